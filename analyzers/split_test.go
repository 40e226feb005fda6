package analyzers

import (
	"os"
	"strings"
	"testing"
)

// Floors of the splitter on the hand-split development set, with the embedded lexicon alone.
const (
	minCutsFound   = 0.90 // of the true cuts, those among ours, for whole words: every true cut found
	maxSimpleSplit = 0.01
)

func newTestAnalyzer(t testing.TB) *Analyzer {
	t.Helper()
	a, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func readTestdata(t *testing.T, name string) []string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			out = append(out, line)
		}
	}
	return out
}

func TestCompoundsAreCutWhereAPersonCutsThem(t *testing.T) {
	a := newTestAnalyzer(t)
	right, n := 0, 0
	for _, line := range readTestdata(t, "compounds.tsv") {
		word, want, _ := strings.Cut(line, "\t")
		n++
		got := strings.Join(a.Word(word).Parts, "|")
		if got == want {
			right++
		} else {
			t.Logf("%s: %q, want %q", word, got, want)
		}
	}
	share := float64(right) / float64(n)
	t.Logf("%d of %d compounds cut as by hand: %.3f", right, n, share)
	if share < minCutsFound {
		t.Errorf("%.3f of the compounds are cut as by hand, want %.2f", share, minCutsFound)
	}
}

func TestSimpleWordsStayWhole(t *testing.T) {
	a := newTestAnalyzer(t)
	cut, n := 0, 0
	for _, word := range readTestdata(t, "simple.txt") {
		n++
		if parts := a.Word(word).Parts; parts != nil {
			cut++
			t.Logf("%s was cut: %v", word, parts)
		}
	}
	share := float64(cut) / float64(n)
	t.Logf("%d of %d simple words cut: %.3f", cut, n, share)
	if share > maxSimpleSplit {
		t.Errorf("%.3f of the simple words are cut, want at most %.2f", share, maxSimpleSplit)
	}
}
