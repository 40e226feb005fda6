package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vidensbank/vidensbank/analyzers"
	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/internal/indextest"
	"github.com/vidensbank/vidensbank/internal/schema"
	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/search/embedded"
)

func TestMain(m *testing.M) { os.Exit(indextest.Main(m)) }

// planMaker makes random plans over a corpus' own words.
type planMaker struct {
	r        *rand.Rand
	ref      *reference
	analyzer *analyzers.Analyzer
	words    []string
	facets   map[string][]string
}

func newPlanMaker(t testing.TB, seed uint64, ref *reference, cases indextest.Cases) *planMaker {
	m := &planMaker{r: rand.New(rand.NewPCG(seed, 3)), ref: ref, analyzer: indextest.Analyzer(t).WithVocabulary(ref.x.Vocabulary()), facets: map[string][]string{}}
	for i := 0; i < len(cases); i += 1 + len(cases)/200 {
		m.words = append(m.words, tokens(cases[i].Title+" "+cases[i].Summary)...)
	}
	for _, facet := range search.Facets {
		for _, v := range ref.x.Values(facet) {
			m.facets[facet] = append(m.facets[facet], v.Value)
		}
		m.facets[facet] = append(m.facets[facet], "findes ikke Å")
	}
	return m
}

func (m *planMaker) one(of []string) string { return of[m.r.IntN(len(of))] }

func (m *planMaker) alternative() search.Alternative {
	a := search.Alternative{Weight: math.Round(10+m.r.Float64()*140) / 100, How: search.HowStem}
	w := m.analyzer.Word(m.one(m.words))
	switch m.r.IntN(8) {
	case 0:
		a.Field, a.Terms = search.FieldExact, []string{w.Normal}
	case 1:
		a.Field, a.Terms = search.FieldPart, []string{w.Base}
	case 2:
		a.Field, a.Terms = search.FieldAny, []string{w.Base}
	case 3, 4:
		a.Field = []search.Field{search.FieldStem, search.FieldAny}[m.r.IntN(2)]
		for range 2 + m.r.IntN(3) {
			a.Terms = append(a.Terms, m.analyzer.Word(m.one(m.words)).Base)
		}
	case 5:
		facet := m.one(search.Facets)
		a.Field, a.Terms = search.Field(facet), []string{m.one(m.facets[facet])}
	default:
		a.Field, a.Terms = search.FieldStem, []string{w.Base}
	}
	return a
}

func (m *planMaker) word() search.PlanWord {
	w := search.PlanWord{Text: "æ", Docs: float64(m.r.IntN(len(m.ref.docs) + 1)), Required: m.r.IntN(8) == 0}
	for range 1 + m.r.IntN(5) {
		w.Alternatives = append(w.Alternatives, m.alternative())
	}
	return w
}

func (m *planMaker) phrase() []string {
	d := &m.ref.docs[m.r.IntN(len(m.ref.docs))]
	for _, i := range m.r.Perm(len(d.words)) {
		if piece := d.words[i]; len(piece) > 0 {
			from := m.r.IntN(len(piece))
			return piece[from:min(len(piece), from+1+m.r.IntN(3))]
		}
	}
	return []string{"ø"}
}

func (m *planMaker) plan() *search.Plan {
	p := &search.Plan{
		Facets: search.Facets, Filters: map[string][]string{},
		Sort:  []search.Sort{search.SortRelevance, search.SortRelevance, search.SortNewest, search.SortTitle}[m.r.IntN(4)],
		Limit: []int{0, 1, 10, 20, 100, 10_000}[m.r.IntN(6)], Offset: []int{0, 0, 0, 7, 60, 5000}[m.r.IntN(6)],
	}
	words := []int{0, 1, 1, 2, 2, 3, 5, 8, 24, 35}[m.r.IntN(10)]
	for range words {
		p.Words = append(p.Words, m.word())
	}
	if m.r.IntN(5) == 0 {
		p.Not = append(p.Not, search.PlanWord{Alternatives: []search.Alternative{m.alternative()}})
	}
	if m.r.IntN(6) == 0 {
		p.Phrases = append(p.Phrases, m.phrase())
	}
	for _, facet := range search.Facets {
		if m.r.IntN(5) > 0 {
			continue
		}
		for range 1 + m.r.IntN(3) {
			p.Filters[facet] = append(p.Filters[facet], m.one(m.facets[facet]))
		}
	}
	if m.r.IntN(4) == 0 {
		p.Facets = []string{search.FacetYear, search.FacetTheme}
	}
	return p
}

func randomIndex(t testing.TB, seed uint64, n int) (*reference, indextest.Cases) {
	t.Helper()
	cases := indextest.Random(seed, n)
	x := indextest.Open(t, indextest.Build(t, cases))
	return newReference(t, x, cases), cases
}

func embeddedIndex(t testing.TB) (*reference, indextest.Cases) {
	t.Helper()
	_, dir := indextest.Embedded(t)
	cases := indextest.EmbeddedCases(t)
	return newReference(t, indextest.Open(t, dir), cases), cases
}

func TestRandomPlansAreAnsweredAsTheReferenceAnswersThem(t *testing.T) {
	for _, c := range []struct {
		rule  string
		index func(testing.TB) (*reference, indextest.Cases)
		plans int
	}{
		{"over random cases with extremes", func(t testing.TB) (*reference, indextest.Cases) { return randomIndex(t, 21, 120) }, 400},
		{"over a single case", func(t testing.TB) (*reference, indextest.Cases) { return randomIndex(t, 22, 1) }, 60},
		{"over the embedded cases", embeddedIndex, 80},
	} {
		t.Run(c.rule, func(t *testing.T) {
			ref, cases := c.index(t)
			m := newPlanMaker(t, 7, ref, cases)
			unsure, empty := 0, 0
			for range c.plans {
				p := m.plan()
				if !ref.compare(t, p) {
					unsure++
				}
				if len(ref.execute(p).hits) == 0 {
					empty++
				}
			}
			if unsure > c.plans/20 {
				t.Errorf("the order of %d of %d plans couldn't be judged", unsure, c.plans)
			}
			if empty > c.plans*2/3 {
				t.Errorf("%d of %d plans find nothing: they show nothing", empty, c.plans)
			}
		})
	}
}

// typed are queries as people type them, with and without filters.
var typed = []search.Query{
	{Text: "stress forebyggelse"},
	{Text: "hvad har andre gjort for at få færre sygemeldinger i køkkenet?"},
	{Text: `"psykisk arbejdsmiljø" ældre`},
	{Text: "frivillige -ældre", Filters: map[string][]string{search.FacetTheme: {"samskabelse", "trivsel"}, search.FacetSector: {"aeldre-og-sundhed"}}},
	{Text: "-stress", Sort: search.SortTitle},
	{Text: "-stress -trivsel", Filters: map[string][]string{search.FacetRegion: {"Sjælland"}}},
	{Text: "stress Aalborg"},
	{Text: "sygefravar arbejdsmiljoe tillidsrepresentant"},
	{Text: "MED", Sort: search.SortNewest},
	{Text: "", Sort: search.SortTitle},
	{Text: "", Filters: map[string][]string{search.FacetMunicipality: {"Aarhus", "Ærø"}, search.FacetYear: {"2013", "1066"}}},
	{Text: strings.Repeat("trivsel ledelse samarbejde børn ældre vold pauser møder kollegaer ro ", 6)},
}

func TestTypedQueriesAreAnsweredAsTheReferenceAnswersThem(t *testing.T) {
	service, _ := indextest.Embedded(t)
	ref, _ := embeddedIndex(t)
	for _, q := range typed {
		q.Size = search.MaxSize
		p, err := service.Plan(t.Context(), q, search.Facets)
		if err != nil {
			t.Fatal(err)
		}
		ref.compare(t, p)
	}
}

func TestPagesJoinToTheWholeList(t *testing.T) {
	ref, cases := randomIndex(t, 23, 150)
	m := newPlanMaker(t, 8, ref, cases)
	for range 20 {
		p := m.plan()
		p.Offset, p.Limit = 0, 1000
		whole, err := ref.x.Execute(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{3, 7, 64, 100} {
			var joined []search.Match
			for from := 0; from < len(whole.Matches)+size; from += size {
				page := *p
				page.Offset, page.Limit = from, size
				a, err := ref.x.Execute(t.Context(), &page)
				if err != nil {
					t.Fatal(err)
				}
				if a.Total != whole.Total || !reflect.DeepEqual(a.Facets, whole.Facets) {
					t.Fatalf("%s: page from %d has another total or other counts", describe(p), from)
				}
				joined = append(joined, a.Matches...)
			}
			if !slices.Equal(joined, whole.Matches) {
				t.Fatalf("%s: pages of %d join to\n%v, want\n%v", describe(p), size, joined, whole.Matches)
			}
		}
	}
}

func TestTheLandingPageIsEverythingNewestFirst(t *testing.T) {
	ref, _ := randomIndex(t, 24, 120)
	for _, c := range []struct{ offset, limit int }{{0, 20}, {110, 20}, {500, 20}, {0, 0}, {0, 1000}} {
		ref.compare(t, &search.Plan{Facets: search.Facets, Sort: search.SortRelevance, Offset: c.offset, Limit: c.limit})
		ref.compare(t, &search.Plan{Facets: search.Facets, Sort: search.SortTitle, Offset: c.offset, Limit: c.limit})
	}
}

func TestTitlesSortAsDanesDo(t *testing.T) {
	want := []string{"", "1 års plan", "Abe", "ebbe", "Ebbe og tiden", "Zebra", "Æble", "Øl og æble", "Aalborg", "Ålborg nord", "Åse"}
	var cases indextest.Cases
	for i := range want {
		title := want[(i*7+3)%len(want)]
		cases = append(cases, &corpus.Case{ID: fmt.Sprintf("sag-%d", (i*7+3)%len(want)), Title: title, Sections: []corpus.Section{{Body: "ø"}}})
	}
	x := indextest.Open(t, indextest.Build(t, cases))
	a, err := x.Execute(t.Context(), &search.Plan{Sort: search.SortTitle, Limit: 20})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range a.Matches {
		got = append(got, cases[m.Doc].Title)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the titles come as %q, want %q", got, want)
	}
}

func TestExplanationsAddUpToTheScore(t *testing.T) {
	service, _ := indextest.Embedded(t)
	ref, _ := embeddedIndex(t)
	for _, q := range typed {
		q.Size, q.Sort = embedded.RerankDepth, search.SortRelevance
		p, err := service.Plan(t.Context(), q, nil)
		if err != nil {
			t.Fatal(err)
		}
		a, err := ref.x.Execute(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range a.Matches {
			parts, err := ref.x.Explain(t.Context(), p, m.Doc)
			if err != nil {
				t.Fatal(err)
			}
			sum := 0.0
			for _, part := range parts {
				sum += part.Score
			}
			if !near(sum, m.Score) {
				t.Errorf("%q: document %d has the score %g, its parts add up to %g: %v", q.Text, m.Doc, m.Score, sum, parts)
			}
			if len(p.Words) > 0 && len(parts) == 0 {
				t.Errorf("%q: document %d is not explained", q.Text, m.Doc)
			}
		}
	}
	if ref.x.Dirt() {
		t.Error("Explain leaves the working memory dirty")
	}
}

func TestAlternativesOfManyTermsNeedThemAll(t *testing.T) {
	sentence := "alfa børn cirkus dør ærlig fugl gås hest is jul kat lås"
	var cases indextest.Cases
	words := strings.Fields(sentence)
	for i := range words { // each lacks one word
		cases = append(cases, &corpus.Case{ID: fmt.Sprintf("mangler-%d", i), Title: strings.Join(slices.Concat(words[:i], words[i+1:]), " ")})
	}
	cases = append(cases, &corpus.Case{ID: "hel", Title: sentence})
	x := indextest.Open(t, indextest.Build(t, cases))
	var bases []string
	for _, w := range words {
		bases = append(bases, indextest.Analyzer(t).Word(w).Base)
	}
	all := search.PlanWord{Text: "alle", Docs: 1, Alternatives: []search.Alternative{{Field: search.FieldStem, Terms: bases, Weight: 1}}}
	a, err := x.Execute(t.Context(), &search.Plan{Words: []search.PlanWord{all}, Limit: 50})
	if err != nil || a.Total != 1 || int(a.Matches[0].Doc) != len(words) {
		t.Errorf("twelve terms find %+v, %v; want the one case that has all", a, err)
	}
	a, err = x.Execute(t.Context(), &search.Plan{Not: []search.PlanWord{all}, Limit: 50})
	if err != nil || a.Total != len(words) {
		t.Errorf("without the case that has all twelve there are %+v, %v; want %d", a, err, len(words))
	}
}

// impatient is a context that ends after it has been asked some times.
type impatient struct {
	context.Context
	mu    sync.Mutex
	asked int
	after int
}

func (c *impatient) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asked++; c.asked > c.after {
		return context.DeadlineExceeded
	}
	return nil
}

func TestAnEndedContextEndsTheQueryAndLeavesNothingBehind(t *testing.T) {
	ref, cases := randomIndex(t, 25, 120)
	m := newPlanMaker(t, 9, ref, cases)
	ended := 0
	for range 30 {
		p, next := m.plan(), m.plan()
		for after := 0; ; after++ {
			_, err := ref.x.Execute(&impatient{Context: t.Context(), after: after}, p)
			if err == nil {
				break
			}
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("%s: the error is %v, want the context's", describe(p), err)
			}
			ended++
			if ref.x.Dirt() {
				t.Fatalf("%s: the working memory is dirty after an end at look %d", describe(p), after)
			}
		}
		ref.compare(t, next)
	}
	if ended < 100 {
		t.Errorf("only %d queries were ended", ended)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	p := m.plan()
	for len(p.Words) == 0 {
		p = m.plan()
	}
	if _, err := ref.x.Execute(stopped, p); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled query gives %v", err)
	}
	if _, err := ref.x.Explain(stopped, p, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled explanation gives %v", err)
	}
	if _, err := ref.x.Near(stopped, "sygefravær", 2, 10); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled spelling gives %v", err)
	}
}

func TestEightGoroutinesGetTheSameAnswers(t *testing.T) {
	ref, cases := randomIndex(t, 26, 200)
	m := newPlanMaker(t, 10, ref, cases)
	plans := make([]*search.Plan, 40)
	want := make([]*search.Answer, len(plans))
	for i := range plans {
		plans[i] = m.plan()
		a, err := ref.x.Execute(t.Context(), plans[i])
		if err != nil {
			t.Fatal(err)
		}
		want[i] = a
	}
	var wait sync.WaitGroup
	for g := range 8 {
		wait.Go(func() {
			for round := range 2 {
				if _, err := ref.x.Near(t.Context(), "ældrepleje", 2, 50); err != nil {
					t.Error(err)
				}
				for i := range plans {
					j := (i*11 + g*5 + round) % len(plans)
					got, err := ref.x.Execute(t.Context(), plans[j])
					if err != nil || !reflect.DeepEqual(got, want[j]) {
						t.Errorf("goroutine %d, plan %d: %v, %v, want %v", g, j, got, err, want[j])
						return
					}
					if _, _, err := ref.x.Find(cases[j].ID); err != nil {
						t.Error(err)
					}
					if d, err := ref.x.Document(uint32(j)); err != nil || d.ID != cases[j].ID {
						t.Errorf("document %d is %v, %v", j, d, err)
					}
				}
			}
		})
	}
	wait.Wait()
}

// distance is the edit distance, a transposition of neighbours being one.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}

func TestNearWordsAreAllThoseWithinTheDistance(t *testing.T) {
	ref, _ := randomIndex(t, 27, 120)
	docs := map[string]int{}
	for _, d := range ref.docs {
		for w := range d.exact {
			docs[w]++
		}
	}
	for _, word := range []string{"stres", "sygefravar", "børnehave", "ælder", "idræt", "tirvsel", "x", "arbejdsmiljorepresentant", "måligner"} {
		for _, within := range []int{1, 2} {
			got, err := ref.x.Near(t.Context(), word, within, 1000)
			if err != nil {
				t.Fatal(err)
			}
			have := map[string]int{}
			for _, term := range got {
				have[term.Text] = term.Docs
			}
			for w, n := range docs {
				if near := distance(word, w) <= within; near != (have[w] > 0) || near && have[w] != n {
					t.Errorf("%q is %d edits from %q, found within %d in %d documents, want %d", w, distance(word, w), word, within, have[w], n)
				}
			}
			for w := range have {
				if docs[w] == 0 {
					t.Errorf("%q is in no document", w)
				}
			}
		}
	}
	if got, err := ref.x.Near(t.Context(), "stress", 2, 1); err != nil || len(got) != 1 {
		t.Errorf("with a limit of 1: %v, %v", got, err)
	}
	for _, c := range []struct {
		word     string
		distance int
	}{{"ældre", 0}, {"ældre", 3}, {"\xff", 1}} {
		if _, err := ref.x.Near(t.Context(), c.word, c.distance, 10); err == nil || !strings.Contains(err.Error(), "want") {
			t.Errorf("Near(%q, %d) gives %v, want what is allowed", c.word, c.distance, err)
		}
	}
}

func TestValuesAndFrequenciesAreCounted(t *testing.T) {
	ref, _ := randomIndex(t, 28, 90)
	for _, facet := range search.Facets {
		want := map[string]int{}
		for _, d := range ref.docs {
			for _, v := range d.facets[facet] {
				want[v]++
			}
		}
		got := ref.x.Values(facet)
		if len(got) != len(want) || !slices.IsSortedFunc(got, func(a, b search.FacetValue) int { return strings.Compare(a.Value, b.Value) }) {
			t.Errorf("%s has %v, want %v in order", facet, got, want)
		}
		for _, v := range got {
			if want[v.Value] != v.Count {
				t.Errorf("%s %s has %d, want %d", facet, v.Value, v.Count, want[v.Value])
			}
		}
	}
	if got := ref.x.Values("ukendt"); got != nil {
		t.Errorf("an unknown facet has %v", got)
	}
	for _, field := range []search.Field{search.FieldExact, search.FieldStem, search.FieldPart, search.FacetTheme} {
		for _, term := range []string{"stres", "stress", "børn", "barn", "ældrepleje", "pleje", "plej", "eget tema Æ", "findesikke", ""} {
			want := 0
			for i := range ref.docs {
				if ref.docs[i].frequency(field, term) > 0 {
					want++
				}
			}
			if got, err := ref.x.Frequency(field, term); err != nil || got != want {
				t.Errorf("%s %q is in %d documents (%v), want %d", field, term, got, err, want)
			}
		}
	}
	if _, err := ref.x.Document(90); !errors.Is(err, search.ErrNotFound) {
		t.Errorf("a document behind the last gives %v", err)
	}
	if _, err := ref.x.Execute(t.Context(), &search.Plan{Facets: []string{"farve"}}); err == nil || !strings.Contains(err.Error(), "farve") {
		t.Errorf("an unknown facet gives %v, want its name", err)
	}
}

func TestADamagedGenerationIsNotOpened(t *testing.T) {
	for _, c := range []struct {
		rule   string
		damage func(dir string) error
		want   string
	}{
		{"a cut segment", func(dir string) error {
			zaps, err := filepath.Glob(filepath.Join(dir, schema.BleveDir, "store", "*.zap"))
			if err != nil || len(zaps) != 1 {
				return fmt.Errorf("%v: %w", zaps, err)
			}
			return os.Truncate(zaps[0], 2000)
		}, ".zap"},
		{"no words in order", func(dir string) error { return os.Remove(filepath.Join(dir, schema.ForwardFile)) }, schema.ForwardFile},
		{"no manifest", func(dir string) error { return os.Remove(filepath.Join(dir, schema.ManifestFile)) }, schema.ManifestFile},
		{"a flipped bit in Bleve's own file", func(dir string) error {
			name := filepath.Join(dir, schema.BleveDir, "store", "root.bolt")
			b, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			b[len(b)/2] ^= 1
			return os.WriteFile(name, b, 0o600)
		}, "root.bolt"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			dir := indextest.Build(t, indextest.Random(29, 8))
			if err := c.damage(dir); err != nil {
				t.Fatal(err)
			}
			x, err := embedded.Open(dir)
			if err == nil {
				t.Fatal(errors.Join(errors.New("it is opened"), x.Close()))
			}
			if !errors.Is(err, schema.ErrBroken) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, want ErrBroken with %s", err, c.want)
			}
		})
	}
}
