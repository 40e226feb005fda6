package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestALengthIsKeptWithinAnEighth(t *testing.T) {
	last := byte(0)
	for n := range 200_000 {
		b := EncodeLength(n)
		if b < last {
			t.Fatalf("length %d is %d, a shorter one was %d", n, b, last)
		}
		last = b
		back := DecodeLength(b)
		if back > n || n < 8 && back != n || n >= 8 && n-back > n/8 {
			t.Fatalf("length %d comes back as %d", n, back)
		}
	}
	for _, n := range []int{-1, -1 << 40} {
		if got := EncodeLength(n); got != 0 {
			t.Errorf("length %d is %d, want 0", n, got)
		}
	}
	for _, n := range []int{1 << 30, 1 << 33, 1<<34 - 1, 1 << 40} {
		if b := EncodeLength(n); DecodeLength(b) > n || b < last {
			t.Errorf("length %d is %d, which is %d", n, b, DecodeLength(b))
		}
	}
}

func TestDecodingIsMonotoneAndTheSmallestOfItsClass(t *testing.T) {
	for b := range 255 {
		if DecodeLength(byte(b)) >= DecodeLength(byte(b+1)) {
			t.Errorf("%d decodes to %d, %d to %d", b, DecodeLength(byte(b)), b+1, DecodeLength(byte(b+1)))
		}
		if n := DecodeLength(byte(b)); EncodeLength(n) != byte(b) || n > 0 && EncodeLength(n-1) == byte(b) {
			t.Errorf("%d decodes to %d, which isn't the smallest length of its class", b, n)
		}
	}
}

func TestFrequenciesFallIntoLevelsThatStandForThem(t *testing.T) {
	for _, c := range []struct {
		tf   int
		want byte
	}{{1, 0}, {2, 1}, {3, 2}, {4, 2}, {5, 3}, {8, 3}, {9, 4}, {100, 4}, {1 << 40, 4}} {
		if got := Level(c.tf); got != c.want {
			t.Errorf("Level(%d) = %d, want %d", c.tf, got, c.want)
		}
	}
	for tf := 2; tf < 1000; tf++ {
		if Level(tf) < Level(tf-1) || int(Level(tf)) >= Levels {
			t.Fatalf("Level(%d) = %d after %d", tf, Level(tf), Level(tf-1))
		}
	}
	for l := range byte(Levels - 1) {
		if LevelTF(l) >= LevelTF(l+1) {
			t.Errorf("level %d counts as %g, level %d as %g", l, LevelTF(l), l+1, LevelTF(l+1))
		}
	}
	seen := map[string]bool{}
	for _, base := range []string{"æble", "æbl", ""} {
		for l := range byte(Levels) {
			term := StemTerm(base, l)
			if seen[term] || !strings.HasPrefix(term, base) || len(term) > len(base)+1 || strings.IndexFunc(term[len(base):], unicode.IsPrint) >= 0 {
				t.Errorf("StemTerm(%q, %d) = %q", base, l, term)
			}
			seen[term] = true
		}
	}
}

func TestNoWordHashesToABreak(t *testing.T) {
	seen := map[uint32]string{}
	letters := []rune("abeiknorstæøå")
	twice := 0
	for i := range 200_000 {
		var w strings.Builder
		for n := i; w.Len() < 3 || n > 0; n /= len(letters) {
			w.WriteRune(letters[n%len(letters)])
		}
		h := Hash(w.String())
		if h == Break || h >= 1<<(8*HashBytes) {
			t.Fatalf("Hash(%q) = %d", w.String(), h)
		}
		if have, ok := seen[h]; ok && have != w.String() {
			twice++
		}
		seen[h] = w.String()
	}
	// 200,000 words in 2^24 places: some 1,190 pairs by chance.
	if twice > 2400 {
		t.Errorf("%d of 200,000 words share a hash, twice what chance gives", twice)
	}
	for _, w := range []string{"", "møfæorbøna", "åblejåmønabø", "bøåbabgingin"} { // the last three fold to 0
		if Hash(w) == Break {
			t.Errorf("%q hashes to a break", w)
		}
	}
}

func TestADocumentTellsItsFacetValues(t *testing.T) {
	d := Document{Kind: "eksempel", Sector: "ældre", Themes: []string{"stress", "ånd"}, Municipalities: []string{"Ærø", "Aarhus"}, Region: "Sjælland", Year: 2013}
	for _, c := range []struct {
		facet string
		want  []string
	}{
		{"sector", []string{"ældre"}}, {"theme", []string{"stress", "ånd"}}, {"municipality", []string{"Ærø", "Aarhus"}},
		{"region", []string{"Sjælland"}}, {"kind", []string{"eksempel"}}, {"year", []string{"2013"}}, {"ukendt", nil},
	} {
		if got := d.Values(c.facet); !slices.Equal(got, c.want) {
			t.Errorf("%s has %q, want %q", c.facet, got, c.want)
		}
	}
	for _, facet := range Facets {
		if got := new(Document).Values(facet); len(got) != 0 {
			t.Errorf("an empty document has %q in %s", got, facet)
		}
	}
}

// generation writes files and their manifest, and returns the folder.
func generation(t *testing.T) (string, *Manifest) {
	t.Helper()
	dir := t.TempDir()
	m := &Manifest{Version: Version, Generation: "20261122T000000.000001", Corpus: "æ", Analysis: "ø", Cases: 3, Words: 99}
	if err := os.MkdirAll(filepath.Join(dir, "bleve", "store"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"forward.bin": "åååååååå", "bleve/store/0001.zap": strings.Repeat("zap", 1000), "tom.txt": ""} {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		f, err := NewFile(dir, filepath.FromSlash(name))
		if err != nil {
			t.Fatal(err)
		}
		m.Files = append(m.Files, f)
	}
	writeManifest(t, dir, m)
	return dir, m
}

func writeManifest(t *testing.T, dir string, m *Manifest) {
	t.Helper()
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ManifestFile), b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestAWholeGenerationIsRead(t *testing.T) {
	dir, want := generation(t)
	got, err := ReadManifest(dir)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v, %v, want %+v", got, err, want)
	}
	if got.Total() != 3000+16 {
		t.Errorf("all files have %d bytes, want 3016", got.Total())
	}
	for _, f := range got.Files {
		if strings.Contains(f.Path, `\`) {
			t.Errorf("the path %q isn't portable", f.Path)
		}
	}
}

func TestADamagedGenerationIsRefusedByName(t *testing.T) {
	zap := filepath.Join("bleve", "store", "0001.zap")
	for _, c := range []struct {
		rule   string
		damage func(t *testing.T, dir string, m *Manifest)
		want   []string
		broken bool
	}{
		{"a file cut by one byte", func(t *testing.T, dir string, _ *Manifest) {
			if err := os.Truncate(filepath.Join(dir, zap), 2999); err != nil {
				t.Fatal(err)
			}
		}, []string{"bleve/store/0001.zap", "2999 bytes", "want 3000"}, true},
		{"a file that has grown", func(t *testing.T, dir string, _ *Manifest) {
			if err := os.WriteFile(filepath.Join(dir, "tom.txt"), []byte("å"), 0o644); err != nil {
				t.Fatal(err)
			}
		}, []string{"tom.txt", "2 bytes", "want 0"}, true},
		{"a flipped bit", func(t *testing.T, dir string, _ *Manifest) {
			b, err := os.ReadFile(filepath.Join(dir, zap))
			if err != nil {
				t.Fatal(err)
			}
			b[1234] ^= 4
			if err := os.WriteFile(filepath.Join(dir, zap), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}, []string{"bleve/store/0001.zap", "checksum"}, true},
		{"a missing file", func(t *testing.T, dir string, _ *Manifest) {
			if err := os.Remove(filepath.Join(dir, "forward.bin")); err != nil {
				t.Fatal(err)
			}
		}, []string{"forward.bin"}, true},
		{"another version", func(t *testing.T, dir string, m *Manifest) {
			m.Version = Version + 1
			writeManifest(t, dir, m)
		}, []string{fmt.Sprintf("format %d found", Version+1), fmt.Sprintf("%d wanted", Version)}, false},
		{"no manifest", func(t *testing.T, dir string, _ *Manifest) {
			if err := os.Remove(filepath.Join(dir, ManifestFile)); err != nil {
				t.Fatal(err)
			}
		}, []string{ManifestFile}, true},
		{"half a manifest", func(t *testing.T, dir string, _ *Manifest) {
			if err := os.Truncate(filepath.Join(dir, ManifestFile), 50); err != nil {
				t.Fatal(err)
			}
		}, []string{ManifestFile}, true},
		{"a manifest without files", func(t *testing.T, dir string, m *Manifest) {
			m.Files = nil
			writeManifest(t, dir, m)
		}, []string{ManifestFile, "no files"}, true},
		{"no folder", func(t *testing.T, dir string, _ *Manifest) {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}, []string{ManifestFile}, true},
	} {
		t.Run(c.rule, func(t *testing.T) {
			dir, m := generation(t)
			c.damage(t, dir, m)
			got, err := ReadManifest(dir)
			if err == nil {
				t.Fatalf("it is read: %+v", got)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error is %q, want %q in it", err, want)
				}
			}
			if errors.Is(err, ErrBroken) != c.broken {
				t.Errorf("the error %v is ErrBroken: %v, want %v", err, !c.broken, c.broken)
			}
		})
	}
}

func TestSuggestionsAndVocabularyComeBackAsTheyWere(t *testing.T) {
	dir := t.TempDir()
	want := &Suggestions{Words: []Completion{{"ældrepleje", 3}}, Phrases: []Completion{{"stress i århus", 2}}, Titles: []Title{{"a-å", "Færre <b>sygemeldinger</b> & \"ro\""}}}
	if err := want.Write(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadSuggestions(dir); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	for _, words := range [][]string{{"børn", "ældre", "ånd"}, nil} {
		if err := WriteVocabulary(dir, words); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadVocabulary(dir); err != nil || !slices.Equal(got, words) {
			t.Errorf("%q, %v, want %q", got, err, words)
		}
	}
	empty := t.TempDir()
	if _, err := ReadSuggestions(empty); !errors.Is(err, ErrBroken) || !strings.Contains(err.Error(), SuggestFile) {
		t.Errorf("missing suggestions give %v", err)
	}
	if _, err := ReadVocabulary(empty); !errors.Is(err, ErrBroken) || !strings.Contains(err.Error(), VocabularyFile) {
		t.Errorf("a missing vocabulary gives %v", err)
	}
	if err := os.WriteFile(filepath.Join(empty, SuggestFile), []byte(`{"words":`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSuggestions(empty); !errors.Is(err, ErrBroken) || !strings.Contains(err.Error(), SuggestFile) {
		t.Errorf("half a file of suggestions gives %v", err)
	}
}
