package eval

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vidensbank/vidensbank/corpus"
)

func TestTheBaselineIsStockBleveWithDanishStemsAndNoMore(t *testing.T) {
	name := filepath.Join(t.TempDir(), "cases.jsonl")
	text := `{"id":"b","title":"Støj i børnehaven","text":"Loftet blev skiftet."}
{"id":"a","title":"Et nyt loft","summary":"Børnehaver med mindre støj","text":"Akustik."}
{"id":"c","title":"Støjdæmpning","text":"Plader på væggene"}
{"id":"e","title":"Ens","text":"ganske ens"}
{"id":"d","title":"Ens","text":"ganske ens"}
`
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := corpus.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", t.TempDir())
	run, err := Baseline(t.Context(), c, []Query{
		{ID: "stem", Text: "børnehavernes"},
		{ID: "field", Text: "plader"},
		{ID: "compound", Text: "støj dæmpning"},
		{ID: "typo", Text: "bønrehave"},
		{ID: "stop", Text: "og i med"},
		{ID: "tie", Text: "ens"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{"stem": "a b", "field": "c", "compound": "a b", "typo": "", "stop": "", "tie": "d e"} {
		got := append([]string{}, run.Answers[query]...)
		if query == "stem" || query == "compound" {
			slices.Sort(got)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", query, got, want)
		}
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) != 0 {
		t.Errorf("the temporary folder holds %v afterwards (%v)", left, err)
	}
}
