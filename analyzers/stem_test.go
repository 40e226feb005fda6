package analyzers

import (
	"bufio"
	"os"
	"path/filepath"
	"testing"
)

func TestStem(t *testing.T) {
	for _, c := range []struct{ word, want string }{
		{"forebyggelse", "forebyg"},
		{"forebyggende", "forebyg"},
		{"stressforebyggelse", "stressforebyg"},
		{"arbejdsmiljøet", "arbejdsmiljø"},
		{"sygemeldingerne", "sygemelding"},
		{"kærlighederne", "kærlighed"},
		{"arbejdsløst", "arbejdsløs"},
		{"hurtigst", "hurt"},
		{"ængsteligt", "ængst"},
		{"oldenborg", "oldenborg"},
		{"bestemt", "bestemt"},
		{"friskt", "frisk"},
		{"is", "is"},
		{"ø", "ø"},
		{"", ""},
		{"90'erne", "90"},
		{"hans'", "hans"},
		{"lo's", "lo"},
	} {
		if got := Stem(c.word); got != c.want {
			t.Errorf("Stem(%q) = %q, want %q", c.word, got, c.want)
		}
	}
}

// The project's vocabulary and its stems (Snowball, BSD licence) stand beside the repository where it is developed.
func TestStemAgreesWithTheReferenceVocabulary(t *testing.T) {
	dir := filepath.Join("..", "..", "shared", "data", "snowball-danish")
	words, err := os.Open(filepath.Join(dir, "voc.txt"))
	if os.IsNotExist(err) {
		t.Skip("SKIPPED: the reference vocabulary of 23,832 words is not beside this checkout; TestStem covers every rule")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer words.Close()
	stems, err := os.Open(filepath.Join(dir, "output.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer stems.Close()
	ws, ss := bufio.NewScanner(words), bufio.NewScanner(stems)
	n, wrong := 0, 0
	for ws.Scan() && ss.Scan() {
		n++
		if got := Stem(ws.Text()); got != ss.Text() {
			if wrong++; wrong <= 20 {
				t.Errorf("Stem(%q) = %q, want %q", ws.Text(), got, ss.Text())
			}
		}
	}
	if n != 23832 || wrong != 0 {
		t.Errorf("%d words compared (want 23832), %d differ", n, wrong)
	}
}
