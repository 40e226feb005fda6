// Package indextest makes corpora, indexes and search services for tests: the embedded cases, indexed once in a test's process, and small
// corpora of random cases.
package indextest

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"iter"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/vidensbank/vidensbank/analyzers"
	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/indexer"
	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/search/embedded"
)

// Cases is a corpus held in memory.
type Cases []*corpus.Case

// Cases reads them in order, until ctx ends.
func (c Cases) Cases(ctx context.Context) iter.Seq2[*corpus.Case, error] {
	return func(yield func(*corpus.Case, error) bool) {
		for _, one := range c {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			if !yield(one, nil) {
				return
			}
		}
	}
}

// Fingerprint tells one such corpus from another.
func (c Cases) Fingerprint() string {
	h := fnv.New64a()
	if err := json.NewEncoder(h).Encode(c); err != nil {
		return err.Error() // plain values: can't happen
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

// Size is the number of cases.
func (c Cases) Size() int { return len(c) }

var analyzer = sync.OnceValues(func() (*analyzers.Analyzer, error) { return analyzers.New(analyzers.Options{}) })

// Analyzer is the plain analyzer, one in a process.
func Analyzer(t testing.TB) *analyzers.Analyzer {
	t.Helper()
	a, err := analyzer()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Build indexes a corpus in a folder of the test's and returns the generation's folder.
func Build(t testing.TB, c indexer.Corpus) string {
	t.Helper()
	data := t.TempDir()
	if _, err := indexer.Build(t.Context(), c, indexer.Options{Data: data, Analyzer: Analyzer(t)}); err != nil {
		t.Fatal(err)
	}
	dir, err := indexer.Current(data)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Open opens a generation until the test ends.
func Open(t testing.TB, dir string) *embedded.Index {
	t.Helper()
	x, err := embedded.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

// Generation is an open index as a service takes it. It knows the facets' values by the embedded taxonomy's names, or by themselves.
func Generation(t testing.TB, dir string) search.Generation {
	t.Helper()
	x, err := embedded.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	c, err := corpus.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return generation(x, Analyzer(t), c.Taxonomy())
}

func generation(x *embedded.Index, a *analyzers.Analyzer, taxonomy *corpus.Taxonomy) search.Generation {
	var names []search.Name
	for _, facet := range []string{search.FacetMunicipality, search.FacetRegion, search.FacetSector, search.FacetTheme, search.FacetKind} {
		for _, v := range x.Values(facet) {
			words := taxonomy.Names(facet, v.Value)
			if len(words) == 0 {
				words = []string{v.Value}
			}
			names = append(names, search.Name{Facet: facet, Value: v.Value, Words: words})
		}
	}
	return search.Generation{
		Engine: x, Analyzer: a.WithVocabulary(x.Vocabulary()), Names: names, Completer: x.Completions(), Close: x.Close,
	}
}

// Service serves a corpus until the test ends.
func Service(t testing.TB, c indexer.Corpus) *search.Service {
	t.Helper()
	s := search.NewService(Generation(t, Build(t, c)), Log())
	t.Cleanup(s.Close)
	return s
}

// Log is one that nobody reads.
func Log() *slog.Logger { return slog.New(slog.DiscardHandler) }

var shared struct {
	once    sync.Once
	err     error
	data    string
	dir     string
	service *search.Service
}

func embeddedOnce() {
	c, err := corpus.Embedded()
	if err != nil {
		shared.err = err
		return
	}
	a, err := analyzer()
	if err != nil {
		shared.err = err
		return
	}
	if shared.data, shared.err = os.MkdirTemp("", "vidensbank-test-"); shared.err != nil {
		return
	}
	if _, shared.err = indexer.Build(context.Background(), c, indexer.Options{Data: shared.data, Analyzer: a}); shared.err != nil {
		return
	}
	if shared.dir, shared.err = indexer.Current(shared.data); shared.err != nil {
		return
	}
	x, err := embedded.Open(shared.dir)
	if err != nil {
		shared.err = err
		return
	}
	shared.service = search.NewService(generation(x, a, c.Taxonomy()), Log())
}

// Main runs a package's tests and removes what Embedded made: os.Exit(indextest.Main(m)).
func Main(m *testing.M) int {
	code := m.Run()
	if shared.service != nil {
		shared.service.Close()
	}
	if shared.data != "" {
		if err := os.RemoveAll(shared.data); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return max(code, 1)
		}
	}
	return code
}

// Embedded is a service over the embedded cases, and its generation's folder: one in a process, for a package whose TestMain is Main.
func Embedded(t testing.TB) (*search.Service, string) {
	t.Helper()
	shared.once.Do(embeddedOnce)
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.service, shared.dir
}

// EmbeddedCases are the embedded cases by document number.
func EmbeddedCases(t testing.TB) Cases {
	t.Helper()
	c, err := corpus.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var out Cases
	for one, err := range c.Cases(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, one)
	}
	return out
}

// Words are what random cases are made of: plain words, inflected, compound, with and without meaning, and some in capitals.
var Words = strings.Fields(`stress stressforebyggelse forebyggelse forebygge forebyggende sundhed sundhedspulje pulje puljer frivillig frivillige
	frivillighed børn barn børnehave børnehaver ældre ældrepleje plejehjem plejehjemmet sygefravær fravær sygemelding sygemeldinger trivsel trives
	trivselsmåling måling målinger arbejdsmiljø arbejdsmiljøet arbejdsmiljørepræsentant repræsentant leder ledere ledelse ledelsen mænd mand bøger
	bog MED MED-udvalg udvalg hovedudvalg kommune kommunen kommuner skole skoler skolebøger lærer lærere pædagog pædagoger vold trusler mobning chikane
	samarbejde samtale samtaler møde møder ferie idé ideer årsplan år åben øvelse øvelser ærlighed nærvær hygge ro pauser pause kaffe job jobcenter
	job-rotation 1990'erne covid-19 12.000 3,5 f.eks. og i på at det den der som med for ikke uden før efter Aalborg Aarhus Ærø Sjælland`)

// Random makes n cases from a seed, with values in every facet, among them the extremes that arithmetic trips over: an empty
// summary, a case of one word, one of 5,000 words, one of stop words alone, two of the same content.
func Random(seed uint64, n int) Cases {
	r := rand.New(rand.NewPCG(seed, 1))
	text := func(words int) string {
		var b strings.Builder
		for range words {
			b.WriteString(Words[min(r.IntN(len(Words)), r.IntN(len(Words)))])
			b.WriteString([]string{" ", " ", " ", ", ", ". ", "\n"}[r.IntN(6)])
		}
		return strings.TrimSpace(b.String())
	}
	some := func(values []string, most int) []string {
		out := []string{}
		for _, i := range r.Perm(len(values))[:r.IntN(most+1)] {
			out = append(out, values[i])
		}
		return out
	}
	one := func(values []string) string { return values[r.IntN(len(values))] }
	out := make(Cases, n)
	for i := range out {
		c := &corpus.Case{
			ID: fmt.Sprintf("sag-%05d", i), Title: text(2 + r.IntN(6)), Summary: text(5 + r.IntN(20)),
			Kind: one([]string{"eksempel", "vaerktoej", ""}), Sector: one([]string{"skole", "dagtilbud", "aeldre-og-sundhed", "egen sektor Å", ""}),
			Themes:         some([]string{"stress", "trivsel", "ledelse", "frivillige", "eget tema Æ"}, 3),
			Municipalities: some([]string{"Aalborg", "Aarhus", "Ærø", "Lejre"}, 2),
			Region:         one([]string{"Nordjylland", "Sjælland", ""}), Year: []int{0, 2009, 2013, 2013, 2020}[r.IntN(5)],
			Workplace: text(r.IntN(3)), Organisation: text(r.IntN(2)), Tools: some([]string{"APV", "trivselsmåling"}, 2),
			Source: corpus.Source{Publisher: "Prøveværket"},
		}
		for _, h := range []string{"Udfordring", "Indsats", "Resultat"}[:r.IntN(4)] {
			c.Sections = append(c.Sections, corpus.Section{Heading: h, Body: text(1 + r.IntN(80))})
		}
		switch i % 40 {
		case 3:
			c.Summary = ""
		case 7:
			*c = corpus.Case{ID: c.ID, Title: one(Words)}
		case 11:
			c.Sections = []corpus.Section{{Body: text(5000)}}
		case 13:
			*c = corpus.Case{ID: c.ID, Title: "og i på", Sections: []corpus.Section{{Body: "det at der som"}}}
		case 17:
			twin := *out[i-1]
			twin.ID = c.ID
			*c = twin
		}
		out[i] = c
	}
	return out
}

// WriteLines writes n generated cases with facet values of their own as a .jsonl file.
func WriteLines(t testing.TB, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "eksport.jsonl")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := rand.New(rand.NewPCG(uint64(n), 2))
	e := json.NewEncoder(f)
	for i := range n {
		var text strings.Builder
		for range 20 + r.IntN(40) {
			text.WriteString(Words[r.IntN(len(Words))] + " ")
		}
		line := map[string]any{
			"id": fmt.Sprintf("æ/%05d", i), "text": text.String(), "title": fmt.Sprintf("Sag %d om %s", i, Words[r.IntN(len(Words))]),
			"sector": fmt.Sprintf("Forvaltning %c", 'A'+i%26), "themes": []string{"egen å", fmt.Sprintf("emne %d", i%7)}, "year": 2000 + i%20,
			"municipality": "Kommune " + string(rune('Ø'-i%3)),
		}
		if err := e.Encode(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
