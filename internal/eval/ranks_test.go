package eval_test

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/vidensbank/vidensbank/analyzers"
	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/indexer"
	"github.com/vidensbank/vidensbank/internal/eval"
	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/search/embedded"
)

var (
	update = flag.Bool("update", false, "write testdata/ranks.golden and testdata/stats.golden anew")
	raise  = flag.Bool("raise", false, "raise the floors of testdata/floors.txt to floorMargin below the present figures; none is lowered")
)

const (
	judgmentsDir = "../../corpus/judgments"
	ranksFile    = "testdata/ranks.golden"
	statsFile    = "testdata/stats.golden"
	floorsFile   = "testdata/floors.txt"
)

// floorMargin is how far below the figures floors are recorded: some two queries of a kind may get worse by a place or two.
const floorMargin = 0.02

// measurement is the answers to every judged query.
type measurement struct {
	queries []eval.Query
	test    []eval.Query // those of the set test
	runs    []*eval.Run  // ours and the baseline's
	cases   int
}

// measured is made once for all tests here.
var measured = sync.OnceValues(func() (*measurement, error) { return measure(context.Background()) })

// measure indexes the embedded cases and asks every judged query. The joins are those of the program's open.go; a test of the program holds that
// its eval command comes to the figures recorded here.
func measure(ctx context.Context) (_ *measurement, err error) {
	dir, err := os.MkdirTemp("", "vidensbank-ranks-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	c, err := corpus.Embedded()
	if err != nil {
		return nil, err
	}
	base, err := analyzers.New(analyzers.Options{})
	if err != nil {
		return nil, err
	}
	if _, err := indexer.Build(ctx, c, indexer.Options{Data: dir, Analyzer: base}); err != nil {
		return nil, err
	}
	generation, err := indexer.Current(dir)
	if err != nil {
		return nil, err
	}
	x, err := embedded.Open(generation)
	if err != nil {
		return nil, err
	}
	s := search.NewService(search.Generation{
		Engine: x, Analyzer: base.WithVocabulary(x.Vocabulary()), Names: names(c, x), Completer: x.Completions(), Close: x.Close,
	}, slog.New(slog.DiscardHandler))
	defer s.Close()
	ids := map[string]bool{}
	for one, err := range c.Cases(ctx) {
		if err != nil {
			return nil, err
		}
		ids[one.ID] = true
	}
	judgments, err := eval.Read(judgmentsDir, eval.Own, func(id string) bool { return ids[id] })
	if err != nil {
		return nil, err
	}
	own, err := eval.Ask(ctx, s, judgments.Queries)
	if err != nil {
		return nil, err
	}
	baseline, err := eval.Baseline(ctx, c, judgments.Queries)
	if err != nil {
		return nil, err
	}
	return &measurement{judgments.Queries, judgments.Select(eval.SetTest), []*eval.Run{own, baseline}, c.Size()}, nil
}

func names(c *corpus.Corpus, x search.Engine) []search.Name {
	var out []search.Name
	for _, facet := range []string{search.FacetMunicipality, search.FacetRegion, search.FacetSector, search.FacetTheme, search.FacetKind} {
		for _, v := range x.Values(facet) {
			out = append(out, search.Name{Facet: facet, Value: v.Value, Words: c.Taxonomy().Names(facet, v.Value)})
		}
	}
	return out
}

// get is the measurement, or the end of the test.
func get(t *testing.T) *measurement {
	t.Helper()
	m, err := measured()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestRanksAreThoseOfTheGoldenFile makes a change of the ranking a diff: per query the ranks of its relevant cases, by grade, a dash for a case
// that isn't among the first 20, and the first three hits.
func TestRanksAreThoseOfTheGoldenFile(t *testing.T) {
	m := get(t)
	answers := eval.NewReport(m.queries, eval.SetAll, m.runs, len(m.queries)).Worst
	slices.SortFunc(answers, func(a, b eval.Answer) int { return cmp.Compare(a.ID, b.ID) })
	var b strings.Builder
	for _, a := range answers {
		fmt.Fprintf(&b, "%s\t%s\t%s\n", a.ID, ranks(a.Relevant), strings.Join(a.Top, " "))
	}
	golden(t, ranksFile, b.String())
}

// ranks writes "2:1,3 1:2,-": the cases of grade 2 are first and third, of those of grade 1 one is second and one missing.
func ranks(relevant []eval.Placed) string {
	var b strings.Builder
	for i, p := range relevant {
		switch {
		case i == 0:
			fmt.Fprintf(&b, "%d:", p.Grade)
		case p.Grade != relevant[i-1].Grade:
			fmt.Fprintf(&b, " %d:", p.Grade)
		default:
			b.WriteByte(',')
		}
		if p.Rank == 0 {
			b.WriteByte('-')
		} else {
			b.WriteString(strconv.Itoa(p.Rank))
		}
	}
	return b.String()
}

func TestFiguresAreThoseOfTheGoldenFile(t *testing.T) {
	m := get(t)
	var b strings.Builder
	r := eval.NewReport(m.queries, eval.SetAll, m.runs, 0)
	r.Cases = m.cases
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, statsFile, b.String())
}

// maxDiff is how many differing lines are shown; git diff shows all after an update.
const maxDiff = 20

// golden compares a text with a file, or writes the file with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if want := string(b); got != want {
		t.Errorf("%s differs; see what changed, and when it is meant: go test ./internal/eval -update\n%s", name, diff(want, got))
	}
}

// diff lists the lines that only one of the texts has, as far as maxDiff.
func diff(want, got string) string {
	old, now := strings.Split(want, "\n"), strings.Split(got, "\n")
	var out []string
	for _, line := range old {
		if !slices.Contains(now, line) {
			out = append(out, "-"+line)
		}
	}
	for _, line := range now {
		if !slices.Contains(old, line) {
			out = append(out, "+"+line)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(first(a[1:]), first(b[1:])) })
	if len(out) > maxDiff {
		out = append(out[:maxDiff], fmt.Sprintf("and %d lines more", len(out)-maxDiff))
	}
	return strings.Join(out, "\n")
}

func first(line string) string {
	word, _, _ := strings.Cut(line, "\t")
	return word
}

// figure is what floors.txt calls a figure; hit is the share of queries with a hit.
func figure(g eval.Group, metric string) (float64, bool) {
	switch metric {
	case "ndcg@10":
		return g.NDCG10, true
	case "mrr@10":
		return g.MRR10, true
	case "recall@20":
		return g.Recall20, true
	case "success@1":
		return g.Success1, true
	case "hit":
		return 1 - g.NoHit, true
	}
	return 0, false
}

func TestNoFigureIsBelowItsFloor(t *testing.T) {
	m := get(t)
	ours := eval.NewReport(m.queries, eval.SetAll, m.runs, 0).Systems[0]
	b, err := os.ReadFile(floorsFile)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	floored := map[string]bool{}
	for i, line := range lines {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Fields(line)
		if len(fields) != 3 {
			t.Fatalf("%s:%d: the line has %d fields, and must have 3: kind metric floor", floorsFile, i+1, len(fields))
		}
		group, ok := ours.Kinds[fields[0]]
		if fields[0] == "all" {
			group, ok = ours.All, true
		}
		got, known := figure(group, fields[1])
		floor, err := strconv.ParseFloat(fields[2], 64)
		if !ok || !known || err != nil {
			t.Fatalf("%s:%d: %q is no kind, metric and floor", floorsFile, i+1, line)
		}
		floored[fields[0]+" "+fields[1]] = true
		if *raise {
			floor = max(floor, got-floorMargin)
			lines[i] = fmt.Sprintf("%-14s %-10s %.3f", fields[0], fields[1], floor)
		}
		if got < floor {
			t.Errorf("%s of %s is %.3f, below its floor %.3f", fields[1], fields[0], got, floor)
		}
	}
	for _, kind := range append([]string{"all"}, eval.Kinds...) {
		if !floored[kind+" ndcg@10"] {
			t.Errorf("%s has no floor for ndcg@10 of %s", floorsFile, kind)
		}
	}
	if *raise {
		if err := os.WriteFile(floorsFile, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryKindOfTheTestSetIsAheadOfStockBleve(t *testing.T) {
	m := get(t)
	r := eval.NewReport(m.test, eval.SetTest, m.runs, 0)
	for _, kind := range eval.Kinds {
		ours, theirs := r.Systems[0].Kinds[kind], r.Systems[1].Kinds[kind]
		if ours.Queries == 0 || ours.NDCG10 <= theirs.NDCG10 {
			t.Errorf("%s: nDCG@10 %.3f, stock Bleve %.3f, over %d queries", kind, ours.NDCG10, theirs.NDCG10, ours.Queries)
		}
	}
}
