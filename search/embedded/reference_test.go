package embedded_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/vidensbank/vidensbank/analyzers"
	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/internal/indextest"
	"github.com/vidensbank/vidensbank/internal/schema"
	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/search/embedded"
)

// reference is a plain, slow engine over cases: it looks at every document for every word, and knows no postings, bitmaps or heaps.
type reference struct {
	x       *embedded.Index // for the tuned formulas alone
	docs    []refDoc
	average float64
}

// refDoc is a case as the ranking sees it.
type refDoc struct {
	exact, part map[string]bool
	stem        map[string]int // weighted frequency
	words       [][]string     // bases of each piece in order, stop words too; nil for a heading
	length      int
	facets      map[string][]string
	year        int
	titleKey    string
}

func newReference(t testing.TB, x *embedded.Index, cases indextest.Cases) *reference {
	t.Helper()
	a := indextest.Analyzer(t).WithVocabulary(x.Vocabulary())
	r := &reference{x: x}
	order, buf := collate.New(language.Danish), collate.Buffer{}
	total := 0
	for _, c := range cases {
		d := refDoc{exact: map[string]bool{}, part: map[string]bool{}, stem: map[string]int{}, year: c.Year, facets: map[string][]string{
			search.FacetSector: {c.Sector}, search.FacetTheme: c.Themes, search.FacetMunicipality: c.Municipalities,
			search.FacetRegion: {c.Region}, search.FacetKind: {c.Kind}, search.FacetYear: {strconv.Itoa(c.Year)},
		}}
		for facet, values := range d.facets {
			d.facets[facet] = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" || v == "0" })
		}
		d.read(a, c)
		total += d.length
		key := order.KeyFromString(&buf, c.Title)
		d.titleKey = string(key[:min(len(key), 64)]) // the index keeps so much
		buf.Reset()
		r.docs = append(r.docs, d)
	}
	r.average = float64(total) / float64(len(cases))
	return r
}

func (d *refDoc) read(a *analyzers.Analyzer, c *corpus.Case) {
	piece := func(text string, weight int) {
		if text == "" {
			return
		}
		var bases []string
		for _, w := range tokens(text) {
			info := a.Word(w)
			if info == nil || weight == 0 {
				continue
			}
			bases = append(bases, info.Base)
			d.length++
			if info.Stop {
				continue
			}
			d.exact[info.Normal] = true
			d.stem[info.Base] += weight
			for _, k := range info.Keys {
				d.part[k] = true
			}
		}
		d.words = append(d.words, bases)
	}
	piece(c.Title, schema.TitleWeight)
	piece(c.Summary, schema.SummaryWeight)
	for _, s := range c.Sections {
		piece(s.Heading, 0)
		piece(s.Body, schema.BodyWeight)
	}
	piece(c.Organisation, schema.BodyWeight)
	piece(c.Workplace, schema.BodyWeight)
	for _, tool := range c.Tools {
		piece(tool, schema.BodyWeight)
	}
}

func tokens(text string) []string {
	var out []string
	analyzers.Tokenize(text, func(t analyzers.Token) bool {
		out = append(out, t.Text)
		return true
	})
	return out
}

// frequency is how often a document has a term of a field, 0 for never.
func (d *refDoc) frequency(field search.Field, term string) float64 {
	stem := func() float64 {
		if n := d.stem[term]; n > 0 {
			return float64(schema.LevelTF(schema.Level(n)))
		}
		return 0
	}
	has := func(is bool) float64 {
		if is {
			return 1
		}
		return 0
	}
	switch field {
	case search.FieldExact:
		return has(d.exact[term])
	case search.FieldStem:
		return stem()
	case search.FieldPart:
		return has(d.part[term])
	case search.FieldAny:
		return stem() + has(d.part[term])
	}
	return has(slices.Contains(d.facets[string(field)], term))
}

// word is how often a document has a word of a plan by any of its alternatives, and the weight of the best of them, at most 1.
func (d *refDoc) word(w search.PlanWord) (tf, best float64) {
	for _, a := range w.Alternatives {
		n := d.frequency(a.Field, a.Terms[0])
		if len(a.Terms) > 1 {
			n = 1
			for _, term := range a.Terms {
				if d.frequency(a.Field, term) == 0 {
					n = 0
				}
			}
		}
		if n > 0 {
			tf += n * a.Weight
			best = max(best, min(1, a.Weight))
		}
	}
	return tf, best
}

// found is a document that the reference finds.
type found struct {
	doc         int
	key         string // what comes before the score; the lesser is the better
	base, score float64
}

// answer is what the reference says to a plan: all hits in order.
type answer struct {
	hits     []found
	facets   []search.Facet
	wordDocs []int
	// unsure says that the documents at the edge of those that are ranked again have all but the same score, so that arithmetic of another
	// precision may take another.
	unsure bool
}

func (r *reference) execute(p *search.Plan) answer {
	var out answer
	words := p.Words[:min(len(p.Words), embedded.MaxWords)]
	out.wordDocs = make([]int, len(words))
	total := 0.0
	for _, w := range words {
		total += r.x.IDF(w.Docs)
	}
	counts := map[string]map[string]int{}
	for _, facet := range p.Facets {
		counts[facet] = map[string]int{}
	}
	for i := range r.docs {
		d := &r.docs[i]
		score, cover, matched, all := 0.0, 0.0, false, true
		norm := embedded.Tuned.K1 * (1 - embedded.Tuned.B + embedded.Tuned.B*float64(schema.DecodeLength(schema.EncodeLength(d.length)))/max(1, r.average))
		for j, w := range words {
			tf, best := d.word(w)
			if tf == 0 {
				all = all && !w.Required
				continue
			}
			out.wordDocs[j]++
			matched = true
			idf := r.x.IDF(w.Docs)
			score += idf * tf * (embedded.Tuned.K1 + 1) / (tf + norm)
			cover += idf * min(1, best/embedded.Tuned.FullMatch)
		}
		if !all || len(words) > 0 && !matched || d.ruledOut(p.Not) || !d.hasPhrases(p.Phrases) {
			continue
		}
		var failing []string
		for _, facet := range search.Facets {
			if chosen := p.Filters[facet]; len(chosen) > 0 && !slices.ContainsFunc(d.facets[facet], func(v string) bool { return slices.Contains(chosen, v) }) {
				failing = append(failing, facet)
			}
		}
		for facet := range counts {
			if len(failing) == 0 || len(failing) == 1 && failing[0] == facet {
				for _, v := range d.facets[facet] {
					counts[facet][v]++
				}
			}
		}
		if len(failing) > 0 {
			continue
		}
		if len(words) > 0 && total > 0 {
			score *= embedded.Coordination(cover, total)
		}
		out.hits = append(out.hits, found{doc: i, key: d.sortKey(p), base: score, score: score})
	}
	r.rank(p, words, &out)
	for _, facet := range p.Facets {
		out.facets = append(out.facets, facetOf(facet, counts[facet], p.Filters[facet]))
	}
	return out
}

func (d *refDoc) sortKey(p *search.Plan) string {
	switch {
	case p.Sort == search.SortTitle:
		return d.titleKey
	case p.Sort == search.SortNewest || len(p.Words) == 0:
		return fmt.Sprintf("%05d", 10_000-d.year)
	}
	return ""
}

func facetOf(facet string, counts map[string]int, chosen []string) search.Facet {
	f := search.Facet{Name: facet, Values: []search.FacetValue{}}
	for v, n := range counts {
		f.Values = append(f.Values, search.FacetValue{Value: v, Count: n, Selected: slices.Contains(chosen, v)})
	}
	for i, v := range chosen {
		if counts[v] == 0 && !slices.Contains(chosen[:i], v) {
			f.Values = append(f.Values, search.FacetValue{Value: v, Selected: true})
		}
	}
	slices.SortFunc(f.Values, func(a, b search.FacetValue) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return f
}

func (d *refDoc) ruledOut(not []search.PlanWord) bool {
	return slices.ContainsFunc(not, func(w search.PlanWord) bool {
		tf, _ := d.word(w)
		return tf > 0
	})
}

func (d *refDoc) hasPhrases(phrases [][]string) bool {
	for _, run := range phrases {
		has := false
		for _, piece := range d.words {
			for i := 0; i+len(run) <= len(piece); i++ {
				has = has || slices.Equal(piece[i:i+len(run)], run)
			}
		}
		if !has {
			return false
		}
	}
	return true
}

// rank orders the hits: by key, score, and the corpus' order; then the best again by what the places of their words add.
func (r *reference) rank(p *search.Plan, words []search.PlanWord, out *answer) {
	order := func(a, b found) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(b.score, a.score), cmp.Compare(a.doc, b.doc))
	}
	slices.SortFunc(out.hits, order)
	if p.Sort != search.SortRelevance || len(words) == 0 {
		return
	}
	best := out.hits[:min(len(out.hits), embedded.RerankDepth)]
	if len(out.hits) > len(best) {
		last, next := best[len(best)-1].base, out.hits[len(best)].base
		out.unsure = last != next && near(last, next)
	}
	for i := range best {
		best[i].score += r.places(&r.docs[best[i].doc], words)
	}
	slices.SortFunc(best, order)
}

// places is what nearness and the title add to a document's score.
func (r *reference) places(d *refDoc, words []search.PlanWord) float64 {
	words = words[:min(len(words), embedded.MaxNearWords)]
	type place struct {
		at    int
		words uint64 // of the query, that it means
	}
	bits := map[string]uint64{}
	for i, w := range words {
		for _, a := range w.Alternatives {
			if a.Field == search.FieldStem && len(a.Terms) == 1 {
				bits[a.Terms[0]] |= 1 << i
			}
		}
	}
	var places []place
	at := 0
	for _, piece := range d.words {
		for _, base := range piece {
			at++
			if m := bits[base]; m != 0 {
				places = append(places, place{at, m})
			}
		}
		at += embedded.NearWindow + 1
	}
	sum := 0.0
	for w := 1; w < len(words); w++ {
		one, two := uint64(1)<<(w-1), uint64(1)<<w
		closest := math.MaxInt
		for i, later := range places {
			for _, earlier := range slices.Backward(places[:i]) {
				distance := later.at - earlier.at
				if distance > embedded.NearWindow {
					break
				}
				switch later.words & (one | two) {
				case two:
					if earlier.words&one != 0 {
						closest = min(closest, distance)
					}
				case one:
					if earlier.words&two != 0 {
						closest = min(closest, distance+1)
					}
				}
			}
		}
		if closest <= embedded.NearWindow {
			sum += embedded.Tuned.NearWeight * min(r.x.IDF(words[w-1].Docs), r.x.IDF(words[w].Docs)) / float64(closest)
		}
	}
	if len(d.words) == 0 || len(d.words[0]) == 0 {
		return sum
	}
	has, hits, inTitle := 0.0, 0, uint64(0)
	for _, base := range d.words[0] {
		if m := bits[base]; m != 0 {
			hits++
			inTitle |= m
		}
	}
	for i, w := range words {
		if inTitle&(1<<i) != 0 {
			has += r.x.IDF(w.Docs)
		}
	}
	return sum + embedded.Tuned.TitleWeight*has*float64(hits)/float64(len(d.words[0]))
}

// near tells whether two scores are the same but for arithmetic: the engine's has 24 bits.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-4*(1+math.Abs(a)) }

// compare holds the engine's answer to a plan against the reference's.
func (r *reference) compare(t *testing.T, p *search.Plan) (sure bool) {
	t.Helper()
	got, err := r.x.Execute(t.Context(), p)
	if err != nil {
		t.Fatalf("%s: %v", describe(p), err)
	}
	want := r.execute(p)
	if got.Total != len(want.hits) {
		t.Fatalf("%s: total %d, want %d", describe(p), got.Total, len(want.hits))
	}
	if !slices.Equal(got.WordDocs, want.wordDocs) && len(p.Words) > 0 {
		t.Fatalf("%s: words are in %v documents, want %v", describe(p), got.WordDocs, want.wordDocs)
	}
	if g, w := fmt.Sprint(got.Facets), fmt.Sprint(want.facets); g != w {
		t.Fatalf("%s:\n facets %s\n   want %s", describe(p), g, w)
	}
	page := want.hits[min(p.Offset, len(want.hits)):min(p.Offset+p.Limit, len(want.hits))]
	if len(got.Matches) != len(page) {
		t.Fatalf("%s: %d hits on the page, want %d", describe(p), len(got.Matches), len(page))
	}
	if want.unsure {
		return false
	}
	byDoc := map[uint32]found{}
	for _, h := range want.hits {
		byDoc[uint32(h.doc)] = h
	}
	seen := map[uint32]bool{}
	for i, m := range got.Matches {
		h, ok := byDoc[m.Doc]
		switch {
		case !ok || seen[m.Doc]:
			t.Fatalf("%s: hit %d is document %d, which isn't to be found, or twice", describe(p), i, m.Doc)
		case h.key != page[i].key || !near(h.score, page[i].score):
			t.Fatalf("%s: hit %d is document %d with %g, want %d with %g", describe(p), i, m.Doc, m.Score, page[i].doc, page[i].score)
		case h.score == page[i].score && h.base == page[i].base && h.doc != page[i].doc && sameWords(r, h.doc, page[i].doc):
			t.Fatalf("%s: hit %d is document %d, want %d: equals follow the corpus' order", describe(p), i, m.Doc, page[i].doc)
		case len(p.Words) > 0 && !near(m.Score, h.score):
			t.Fatalf("%s: document %d has the score %g, want %g", describe(p), m.Doc, m.Score, h.score)
		}
		seen[m.Doc] = true
	}
	return true
}

func sameWords(r *reference, a, b int) bool {
	return fmt.Sprint(r.docs[a].words, r.docs[a].facets) == fmt.Sprint(r.docs[b].words, r.docs[b].facets)
}

// describe prints a plan so that its failure can be understood.
func describe(p *search.Plan) string {
	var b strings.Builder
	for _, w := range p.Words {
		fmt.Fprintf(&b, "\n  %q required %v docs %g:", w.Text, w.Required, w.Docs)
		for _, a := range w.Alternatives[:min(len(w.Alternatives), 20)] {
			fmt.Fprintf(&b, " %s%q×%.2f", a.Field, a.Terms, a.Weight)
		}
	}
	fmt.Fprintf(&b, "\n  not %v phrases %q filters %v sort %s from %d, %d", p.Not, p.Phrases, p.Filters, p.Sort, p.Offset, p.Limit)
	return b.String()
}
