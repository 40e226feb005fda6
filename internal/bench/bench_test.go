package main

import (
	"bytes"
	"context"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vidensbank/vidensbank/analyzers"
	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/search"
)

func taxonomy(t *testing.T) *corpus.Taxonomy {
	t.Helper()
	c, err := loadOnce()
	if err != nil {
		t.Fatal(err)
	}
	return c.Taxonomy()
}

var loadOnce = sync.OnceValues(corpus.Embedded)

// TestBothEnginesCountAsAHandWould builds both indexes over 1,000 documents and fails on a wrong count, never on a time.
func TestBothEnginesCountAsAHandWould(t *testing.T) {
	o := options{queries: 60, rounds: 0, seed: 3, dir: t.TempDir(), log: io.Discard}
	f, err := measureSize(t.Context(), o, 1000, taxonomy(t))
	if err != nil {
		t.Fatal(err)
	}
	if want := 6*checkedQueries + 2; f.checked < want {
		t.Errorf("%d answers were checked, want %d or more", f.checked, want)
	}
	if f.builds[ourEngine].disk == 0 || f.builds[stockEngine].disk == 0 {
		t.Errorf("an index takes no disk: %+v", f.builds)
	}
}

// wrong is an engine whose answers are a bit off.
type wrong struct {
	engine
	total, count int
}

type wrongAnswer struct {
	answer
	by *wrong
}

func (w *wrong) ask(ctx context.Context, t task, q query) (answer, error) {
	a, err := w.engine.ask(ctx, t, q)
	return wrongAnswer{a, w}, err
}

func (a wrongAnswer) total() int { return a.answer.total() + a.by.total }

func (a wrongAnswer) counts(facet string) map[string]int {
	out := a.answer.counts(facet)
	for _, v := range slices.Sorted(maps.Keys(out)) {
		out[v] += a.by.count
		break
	}
	return out
}

func TestACountThatIsOneOffIsFound(t *testing.T) {
	right := fixed{total_: 3, counts_: map[string]int{"skole": 2, "hospital": 1}}
	want := newCount()
	want.total = 3
	for _, facet := range facets {
		want.facets[facet] = map[string]int{"skole": 2, "hospital": 1}
	}
	for name, c := range map[string]struct {
		engine engine
		task   task
		faults int
	}{
		"a right answer":                          {right, taskCounts, 0},
		"a total that is one off":                 {&wrong{right, 1, 0}, taskTop, 1},
		"counts that are one off in three facets": {&wrong{right, 0, 1}, taskFilter, 3},
		"counts where only the total is asked":    {&wrong{right, 0, 1}, taskTop, 0},
	} {
		faults, err := compare(t.Context(), "ours", c.engine, &check{task: c.task}, want)
		if err != nil {
			t.Fatal(err)
		}
		if len(faults) != c.faults {
			t.Errorf("%s: %d faults, want %d: %q", name, len(faults), c.faults, faults)
		}
	}
}

// fixed always answers the same.
type fixed struct {
	total_  int
	counts_ map[string]int
}

func (f fixed) ask(context.Context, task, query) (answer, error) { return f, nil }
func (f fixed) total() int                                       { return f.total_ }
func (f fixed) counts(string) map[string]int                     { return maps.Clone(f.counts_) }

func TestAFacetIsCountedWithoutItsOwnFilterByHand(t *testing.T) {
	c := newCount()
	filters := map[string][]string{search.FacetSector: {"skole"}, search.FacetMunicipality: {"Lejre"}}
	for _, d := range []corpus.Case{
		{Sector: "skole", Themes: []string{"stress", "trivsel"}, Municipalities: []string{"Lejre"}},
		{Sector: "hospital", Themes: []string{"stress"}, Municipalities: []string{"Lejre"}},
		{Sector: "skole", Themes: []string{"vold"}, Municipalities: []string{"Faxe"}},
		{Sector: "hospital", Themes: []string{"vold"}, Municipalities: []string{"Faxe"}},
	} {
		c.add(&d, filters)
	}
	if c.total != 1 {
		t.Errorf("the total is %d, want 1", c.total)
	}
	for facet, want := range map[string]map[string]int{
		search.FacetSector:       {"skole": 1, "hospital": 1},
		search.FacetTheme:        {"stress": 1, "trivsel": 1},
		search.FacetMunicipality: {"Lejre": 1, "Faxe": 1},
	} {
		if !maps.Equal(c.facets[facet], want) {
			t.Errorf("%s counts %v, want %v", facet, c.facets[facet], want)
		}
	}
}

func TestAPlanIsMatchedByHand(t *testing.T) {
	a, err := analyzers.New(analyzers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := analyse(a, stockMapping(), &corpus.Case{
		Title: "Stressforebyggelse", Summary: "Frivillige i skolen", Sections: []corpus.Section{{Body: "Møder med ledelsen"}}, Sector: "skole",
	})
	if err != nil {
		t.Fatal(err)
	}
	word := func(field search.Field, terms ...string) search.PlanWord {
		return search.PlanWord{Alternatives: []search.Alternative{{Field: field, Terms: terms}}}
	}
	must := word(search.FieldStem, "vold")
	must.Required = true
	stem, part := a.Word("skolen").Base, a.Word("stress").Base
	for name, c := range map[string]struct {
		plan search.Plan
		want bool
	}{
		"a stem":                            {search.Plan{Words: []search.PlanWord{word(search.FieldStem, stem)}}, true},
		"another form is not the exact one": {search.Plan{Words: []search.PlanWord{word(search.FieldExact, "skole")}}, false},
		"the exact form":                    {search.Plan{Words: []search.PlanWord{word(search.FieldExact, "skolen")}}, true},
		"a part of a compound":              {search.Plan{Words: []search.PlanWord{word(search.FieldPart, part)}}, true},
		"a part is no stem":                 {search.Plan{Words: []search.PlanWord{word(search.FieldStem, part)}}, false},
		"a part or a stem, both":            {search.Plan{Words: []search.PlanWord{word(search.FieldAny, part, stem)}}, true},
		"one of two terms":                  {search.Plan{Words: []search.PlanWord{word(search.FieldAny, part, "vold")}}, false},
		"a facet's value":                   {search.Plan{Words: []search.PlanWord{word(search.FacetSector, "skole")}}, true},
		"one word of two":                   {search.Plan{Words: []search.PlanWord{word(search.FieldStem, "vold"), word(search.FieldStem, stem)}}, true},
		"a required word that is missing":   {search.Plan{Words: []search.PlanWord{must, word(search.FieldStem, stem)}}, false},
		"a word that is ruled out":          {search.Plan{Not: []search.PlanWord{word(search.FieldStem, stem)}}, false},
		"nothing asked for":                 {search.Plan{}, true},
		"a phrase":                          {search.Plan{Phrases: [][]string{{a.Word("frivillige").Base, a.Word("i").Base, stem}}}, true},
		"a phrase across two parts":         {search.Plan{Phrases: [][]string{{stem, a.Word("møder").Base}}}, false},
	} {
		if got := d.matches(&c.plan); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestDocumentsAreTheSameForASeed(t *testing.T) {
	tax := taxonomy(t)
	a, b, other := newDocuments(1, 20, tax), newDocuments(1, 50, tax), newDocuments(2, 20, tax)
	if x, y := body(a.document(7)), body(b.document(7)); x != y {
		t.Errorf("two corpora of one seed differ in document 7:\n%s\n%s", x, y)
	}
	if body(a.document(7)) == body(other.document(7)) {
		t.Error("two seeds give the same document")
	}
	if a.Fingerprint() == other.Fingerprint() || a.Fingerprint() == b.Fingerprint() {
		t.Error("two corpora have one fingerprint")
	}
	n := 0
	for c, err := range a.Cases(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if c.Title != a.document(n).Title {
			t.Errorf("document %d is another in the stream", n)
		}
		n++
	}
	if n != a.Size() {
		t.Errorf("the stream has %d documents, want %d", n, a.Size())
	}
}

func TestDocumentsLookAsTheIssueWantsThem(t *testing.T) {
	const size = 2000
	d := newDocuments(1, size, taxonomy(t))
	if n := len(d.words.forms); n != vocabularyForms {
		t.Errorf("the vocabulary has %d forms, want %d", n, vocabularyForms)
	}
	words := 0
	seen := map[string]map[string]int{}
	for _, f := range facets {
		seen[f] = map[string]int{}
	}
	for i := range size {
		c := d.document(i)
		title := len(strings.Fields(c.Title))
		if title < minTitle || title > maxTitle || len(c.Themes) < 1 || len(c.Themes) > maxThemes {
			t.Fatalf("document %d has %d words of title and %d themes", i, title, len(c.Themes))
		}
		words += title + len(strings.Fields(c.Summary)) + len(strings.Fields(body(c)))
		for _, f := range facets {
			for _, v := range values(c, f) {
				seen[f][v]++
			}
		}
	}
	if mean := words / size; mean < 230 || mean > 270 {
		t.Errorf("documents have %d words on average, want about 250", mean)
	}
	for facet, want := range map[string]int{search.FacetSector: 15, search.FacetTheme: 28, search.FacetMunicipality: 98} {
		if len(seen[facet]) != want {
			t.Errorf("%d values of %s, want %d", len(seen[facet]), facet, want)
		}
	}
	counts := slices.Sorted(maps.Values(seen[search.FacetMunicipality]))
	if counts[len(counts)-1] < 5*counts[0] {
		t.Errorf("municipalities have %d to %d documents: not skewed", counts[0], counts[len(counts)-1])
	}
}

func TestQueriesAreOfMiddlingWords(t *testing.T) {
	d := newDocuments(1, 500, taxonomy(t))
	a, err := analyzers.New(analyzers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	queries, err := makeQueries(d, a, 30)
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string]int{}
	for i := range d.size {
		doc, err := analyse(a, stockMapping(), d.document(i))
		if err != nil {
			t.Fatal(err)
		}
		for base := range doc.stem {
			docs[base]++
		}
	}
	distinct := map[string]bool{}
	for i, q := range queries {
		words := strings.Fields(q.text)
		if len(words) != 1+i%queryWords {
			t.Errorf("query %d has %d words: %q", i, len(words), q.text)
		}
		for _, w := range words {
			distinct[w] = true
			if share := float64(docs[a.Word(w).Base]) / float64(d.size); share < minShare || share > maxShare {
				t.Errorf("%q stands in %.2f %% of the documents, want 0.2 to 5", w, share*100)
			}
		}
		for _, facet := range facets {
			if len(q.filters[facet]) != 1 {
				t.Errorf("%q has %d filters of %s, want 1", q.text, len(q.filters[facet]), facet)
			}
		}
	}
	if len(distinct) < 30 {
		t.Errorf("30 queries have only %d different words", len(distinct))
	}
	again, err := makeQueries(d, a, 30)
	if err != nil {
		t.Fatal(err)
	}
	for i := range queries {
		if queries[i].text != again[i].text {
			t.Errorf("query %d is %q, and %q the second time", i, queries[i].text, again[i].text)
		}
	}
}

func TestPercentilesAreTakenFromSortedTimes(t *testing.T) {
	var ts times
	for i := range 200 {
		ts = append(ts, time.Duration(i+1))
	}
	for percent, want := range map[int]time.Duration{0: 1, 50: 101, 99: 199, 100: 200} {
		if got := ts.at(percent); got != want {
			t.Errorf("percentile %d is %d, want %d", percent, got, want)
		}
	}
	if got := (times{}).at(50); got != 0 {
		t.Errorf("no times have a median of %v", got)
	}
}

func TestTheReportHasRatiosAndGoalsForEverySize(t *testing.T) {
	made := func(size int, our, their time.Duration) *figures {
		f := &figures{size: size, costs: map[task]*[2]cost{}, suggest: times{time.Millisecond}}
		for _, task := range tasks {
			f.costs[task] = &[2]cost{{times: times{our}}, {times: times{their}}}
		}
		f.builds = [2]buildFigures{{took: 2 * time.Second, disk: 1e6}, {took: 3 * time.Second, disk: 4e6}}
		return f
	}
	var out bytes.Buffer
	err := report(&out, options{rounds: 1}, []*figures{made(1000, 30*time.Microsecond, 40*time.Microsecond), made(5000, 90*time.Microsecond, 400*time.Microsecond)})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| (a) top ten, exact total | 0.750 (1.5) | 0.225 |",
		"| suggestions, p99 | 1.00 ms (1) | 1.00 ms |",
		"| build, cases a second (goal: at least) | 1.50 (0.8) | 1.50 |",
		"| disk | 0.25 (1) | 0.25 |",
		"| (c) a filter in each facet, counts without the own one | 5,000 | stock | 400.0 |",
		"| (b) + counts of three facets | ours | 3.0 |",
		"| 1,000 | ours | 2.00 | 0.00 | 500 | 1.0 | 1000 |",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, &out)
		}
	}
}

func TestTheServerStandsALoad(t *testing.T) {
	if testing.Short() {
		t.Skip("builds an index")
	}
	var out bytes.Buffer
	args := []string{"-load", "-sizes", "500", "-queries", "20", "-seconds", "200ms", "-dir", t.TempDir()}
	if err := run(t.Context(), args, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "\n| searches past the cache") + strings.Count(out.String(), "\n| repeated searches"); n != 2*len(loadClients) {
		t.Errorf("the report has %d loads, want %d:\n%s", n, 2*len(loadClients), &out)
	}
}

func TestABadCommandLineIsRefusedWithWhatIsAllowed(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"a size that is no number": {[]string{"-sizes", "1000,many"}, "whole number"},
		"a size too small":         {[]string{"-sizes", "10"}, "from 500"},
		"too few queries":          {[]string{"-queries", "1"}, "2 or more"},
		"an argument":              {[]string{"1000"}, "unexpected"},
	} {
		if err := run(t.Context(), c.args, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
}
