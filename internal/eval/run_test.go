package eval

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/vidensbank/vidensbank/search"
)

// answering is a searcher with ready answers.
type answering struct {
	search.Searcher
	answers map[string][]string
	err     error
}

func (a answering) Search(_ context.Context, q search.Query) (*search.Result, error) {
	if a.err != nil {
		return nil, a.err
	}
	if q.Size != Depth || q.Page > 1 || len(q.Filters) > 0 {
		return nil, errors.New("not the first page")
	}
	if len(q.Text) > 20 {
		return nil, &search.InvalidError{Param: "q", Want: "højst 20 tegn"}
	}
	r := &search.Result{}
	for _, id := range a.answers[q.Text] {
		r.Hits = append(r.Hits, search.Hit{Document: search.Document{ID: id}})
	}
	return r, nil
}

func TestQueriesAreAskedAsThePageAsksThem(t *testing.T) {
	queries := []Query{{ID: "1", Text: "støj"}, {ID: "2", Text: "ingenting"}, {ID: "3", Text: strings.Repeat("lang ", 9)}}
	run, err := Ask(t.Context(), answering{answers: map[string][]string{"støj": {"b", "a"}}}, queries)
	if err != nil {
		t.Fatal(err)
	}
	if want := (&Run{Name: OwnName, Answers: map[string][]string{"1": {"b", "a"}}, Refused: 1}); !reflect.DeepEqual(run, want) {
		t.Errorf("got %v, want %v", run, want)
	}
	broken := errors.New("i stykker")
	if _, err := Ask(t.Context(), answering{err: broken}, queries); !errors.Is(err, broken) || !strings.Contains(err.Error(), "query 1") {
		t.Errorf("got %v, want the searcher's error and the query", err)
	}
}

func TestARunThatIsWrittenIsReadBackTheSame(t *testing.T) {
	run := &Run{Name: "vidensbank", Answers: map[string][]string{"1": {"zebra", "ærø", "aalborg"}, "2": {"én"}, "4": {"ikke-spurgt"}}}
	queries := []Query{{ID: "2"}, {ID: "1"}, {ID: "3"}}
	var b strings.Builder
	if err := run.Write(&b, queries); err != nil {
		t.Fatal(err)
	}
	want := "2 Q0 én 1 20 vidensbank\n1 Q0 zebra 1 20 vidensbank\n1 Q0 ærø 2 19 vidensbank\n1 Q0 aalborg 3 18 vidensbank\n"
	if b.String() != want {
		t.Errorf("wrote\n%swant\n%s", b.String(), want)
	}
	got, err := ReadRun(filepath.Join(folder(t, map[string]string{"a.run": b.String()}), "a.run"))
	if err != nil {
		t.Fatal(err)
	}
	delete(run.Answers, "4")
	if !reflect.DeepEqual(got, run) {
		t.Errorf("read %v, want %v", got, run)
	}
	spaced := &Run{Name: "x", Answers: map[string][]string{"1": {"to ord"}}}
	if err := spaced.Write(&strings.Builder{}, queries); err == nil || !strings.Contains(err.Error(), `"to ord"`) {
		t.Errorf("got %v for an id with a space", err)
	}
}

func TestARunMadeElsewhereIsOrderedByScoreThenRankAndCut(t *testing.T) {
	text := "1 Q0 c 3 0.5 lucene\n1 Q0 b 2 2e1 lucene\n1 Q0 e 2 0.5 lucene\n1 Q0 a 1 -1 lucene\n"
	for i := range 30 {
		text += "2 Q0 " + numbered(30)[i] + " 0 1 lucene\n"
	}
	run, err := ReadRun(filepath.Join(folder(t, map[string]string{"l.run": text}), "l.run"))
	if err != nil {
		t.Fatal(err)
	}
	if run.Name != "lucene" || !reflect.DeepEqual(run.Answers["1"], []string{"b", "e", "c", "a"}) || !reflect.DeepEqual(run.Answers["2"], numbered(Depth)) {
		t.Errorf("got %v", run)
	}
}

func TestEveryFaultOfARunIsToldWithFileAndLine(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"a field too few", "1 Q0 a 1 2\n", "x.run:1: the line has 5 fields"},
		{"a rank that is no number", "1 Q0 a første 2 t\n", `x.run:1: rank "første"`},
		{"a score that is no number", "1 Q0 a 1 2,5 t\n", `x.run:1: score "2,5"`},
		{"NaN", "1 Q0 a 1 NaN t\n", `x.run:1: score "NaN"`},
		{"a case twice", "1 Q0 a 1 2 t\n1 Q0 a 2 1 t\n", `x.run:2: query "1" has case "a" at line 1 too`},
		{"two tags", "1 Q0 a 1 2 t\n1 Q0 b 2 1 u\n", `x.run:2: tag "u" isn't the file's first, "t"`},
		{"no answers", "", "x.run: the run has no answers"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ReadRun(filepath.Join(folder(t, map[string]string{"x.run": test.text}), "x.run"))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	if _, err := ReadRun(filepath.Join(t.TempDir(), "intet")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v for a missing file", err)
	}
}
