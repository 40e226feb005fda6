package main

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/blevesearch/bleve/v2/mapping"

	"github.com/vidensbank/vidensbank/analyzers"
	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/search"
)

const (
	// checkedQueries is how many of the queries are held against the reference, in each task.
	checkedQueries = 30
	// sectionBreak stands between the parts of a document in its run of words: no phrase goes across it.
	sectionBreak = ""
)

// check is one question whose answer is known: both engines must say what counting by hand says.
type check struct {
	task task
	query
	plan  *search.Plan    // ours
	terms map[string]bool // stock's
}

// count is what the reference counts for a check.
type count struct {
	total  int
	facets map[string]map[string]int
}

func newCount() *count {
	c := &count{facets: map[string]map[string]int{}}
	for _, facet := range facets {
		c.facets[facet] = map[string]int{}
	}
	return c
}

// add counts a document that matches: in the total where it passes every filter, and in each facet where it passes all the others'.
func (c *count) add(d *corpus.Case, filters map[string][]string) {
	passes := func(but string) bool {
		for facet, chosen := range filters {
			if facet != but && !slices.ContainsFunc(values(d, facet), func(v string) bool { return slices.Contains(chosen, v) }) {
				return false
			}
		}
		return true
	}
	if passes("") {
		c.total++
	}
	for _, facet := range facets {
		if passes(facet) {
			for _, v := range values(d, facet) {
				c.facets[facet][v]++
			}
		}
	}
}

// analysed is a document as the reference reads it: every word of it by every name that the plan may call it.
type analysed struct {
	document          *corpus.Case
	exact, stem, part map[string]bool
	bases             []string
	stock             map[string]bool
}

func analyse(a *analyzers.Analyzer, m mapping.IndexMapping, c *corpus.Case) (*analysed, error) {
	d := &analysed{document: c, exact: map[string]bool{}, stem: map[string]bool{}, part: map[string]bool{}}
	texts := []string{c.Title, c.Summary, body(c)}
	for _, text := range texts {
		analyzers.Tokenize(text, func(t analyzers.Token) bool {
			w := a.Word(t.Text)
			if w == nil {
				return true
			}
			d.bases = append(d.bases, w.Base)
			if w.Stop {
				return true
			}
			d.exact[w.Normal], d.stem[w.Base] = true, true
			for _, k := range w.Keys {
				d.part[k] = true
			}
			return true
		})
		d.bases = append(d.bases, sectionBreak)
	}
	var err error
	d.stock, err = stockTerms(m, strings.Join(texts, "\n"))
	return d, err
}

func (d *analysed) hasTerm(field search.Field, term string) bool {
	switch field {
	case search.FieldExact:
		return d.exact[term]
	case search.FieldStem:
		return d.stem[term]
	case search.FieldPart:
		return d.part[term]
	case search.FieldAny:
		return d.stem[term] || d.part[term]
	}
	return slices.Contains(values(d.document, string(field)), term)
}

// hasWord tells whether one of the word's alternatives has all its terms in the document.
func (d *analysed) hasWord(w search.PlanWord) bool {
	return slices.ContainsFunc(w.Alternatives, func(a search.Alternative) bool {
		return !slices.ContainsFunc(a.Terms, func(t string) bool { return !d.hasTerm(a.Field, t) })
	})
}

func (d *analysed) hasPhrase(run []string) bool {
	for i := 0; i+len(run) <= len(d.bases); i++ {
		if slices.Equal(d.bases[i:i+len(run)], run) {
			return true
		}
	}
	return false
}

// matches tells whether a document is found by a plan, whatever the filters: it has one of its words, all that are required, all phrases, and
// nothing that is ruled out. A plan that asks for nothing finds everything.
func (d *analysed) matches(p *search.Plan) bool {
	found := len(p.Words) == 0
	for _, w := range p.Words {
		has := d.hasWord(w)
		found = found || has
		if w.Required && !has {
			return false
		}
	}
	for _, w := range p.Not {
		if d.hasWord(w) {
			return false
		}
	}
	for _, run := range p.Phrases {
		if !d.hasPhrase(run) {
			return false
		}
	}
	return found
}

// matchesStock tells whether a document has any of a match query's terms.
func (d *analysed) matchesStock(c *check) bool {
	if c.task == taskLanding {
		return true
	}
	for t := range c.terms {
		if d.stock[t] {
			return true
		}
	}
	return false
}

// makeChecks chooses what is checked: some of the queries in every task, and for ours also what only it is asked, phrases, words ruled out, and
// filters of many values.
func makeChecks(ctx context.Context, d *documents, o *ours, queries []query) (both, onlyOurs []*check, err error) {
	m := stockMapping()
	add := func(to *[]*check, t task, q query) {
		if err != nil {
			return
		}
		c := &check{task: t, query: q}
		ask, count := ourQuery(t, q)
		if c.plan, err = o.service.Plan(ctx, ask, count); err == nil {
			c.terms, err = stockTerms(m, q.text)
		}
		*to = append(*to, c)
	}
	chosen := queries[:min(len(queries), checkedQueries)]
	for _, q := range chosen {
		for _, t := range []task{taskTop, taskCounts, taskFilter} {
			add(&both, t, q)
		}
	}
	add(&both, taskLanding, queries[0])
	for i := range len(chosen) - 1 {
		word, other := strings.Fields(queries[i].text)[0], strings.Fields(queries[i+1].text)[0]
		q := queries[i]
		q.text, q.filters = word+" -"+other, map[string][]string{}
		for _, facet := range facets { // every third value: OR within a facet, AND across
			for j := i % 3; j < len(d.values[facet]); j += 3 {
				q.filters[facet] = append(q.filters[facet], d.values[facet][j])
			}
		}
		add(&onlyOurs, taskFilter, q)
		q.text = `"` + queries[i].text + `"`
		add(&onlyOurs, taskCounts, q)
	}
	return both, onlyOurs, err
}

// verify holds both engines' totals and counts against the reference. The error names every answer that is wrong.
func verify(ctx context.Context, d *documents, o *ours, s *stock, queries []query) (checked int, err error) {
	both, onlyOurs, err := makeChecks(ctx, d, o, queries)
	if err != nil {
		return 0, err
	}
	all := slices.Concat(both, onlyOurs)
	wantOurs, wantStock, err := countByHand(ctx, d, o.analyzer, all)
	if err != nil {
		return 0, err
	}
	var faults []string
	for i, c := range all {
		f, err := compare(ctx, "ours", o, c, wantOurs[i])
		if err != nil {
			return 0, err
		}
		faults = append(faults, f...)
		if i >= len(both) {
			continue
		}
		if f, err = compare(ctx, "stock", s, c, wantStock[i]); err != nil {
			return 0, err
		}
		faults = append(faults, f...)
	}
	if len(faults) > 0 {
		return 0, fmt.Errorf("%d wrong counts:\n%s", len(faults), strings.Join(faults, "\n"))
	}
	return len(all) + len(both), nil
}

func compare(ctx context.Context, name string, e engine, c *check, want *count) ([]string, error) {
	got, err := e.ask(ctx, c.task, c.query)
	if err != nil {
		return nil, fmt.Errorf("%s, %s, %q: %w", name, c.task, c.text, err)
	}
	var faults []string
	if got.total() != want.total {
		faults = append(faults, fmt.Sprintf("%s, %s, %q: a total of %d, want %d", name, c.task, c.text, got.total(), want.total))
	}
	if c.task == taskTop {
		return faults, nil
	}
	for _, facet := range facets {
		if have := got.counts(facet); !maps.Equal(have, want.facets[facet]) {
			faults = append(faults, fmt.Sprintf("%s, %s, %q: %s counts %v, want %v", name, c.task, c.text, facet, have, want.facets[facet]))
		}
	}
	return faults, nil
}

// countByHand goes through every document and counts, for every check, what each engine must find. The documents are shared out over the cores.
func countByHand(ctx context.Context, d *documents, a *analyzers.Analyzer, checks []*check) (forOurs, forStock []*count, err error) {
	workers := runtime.GOMAXPROCS(0)
	type result struct {
		ours, stock []*count
		err         error
	}
	results := make([]result, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			r := &results[w]
			for range checks {
				r.ours, r.stock = append(r.ours, newCount()), append(r.stock, newCount())
			}
			m := stockMapping()
			for i := w; i < d.size && r.err == nil; i += workers {
				if r.err = ctx.Err(); r.err != nil {
					return
				}
				var doc *analysed
				if doc, r.err = analyse(a, m, d.document(i)); r.err != nil {
					return
				}
				for j, c := range checks {
					var filters map[string][]string
					if c.task == taskFilter {
						filters = c.filters
					}
					if doc.matches(c.plan) {
						r.ours[j].add(doc.document, filters)
					}
					if doc.matchesStock(c) {
						r.stock[j].add(doc.document, filters)
					}
				}
			}
		})
	}
	wg.Wait()
	forOurs, forStock = results[0].ours, results[0].stock
	for i, r := range results {
		if r.err != nil {
			return nil, nil, r.err
		}
		if i == 0 {
			continue
		}
		for j := range checks {
			forOurs[j].merge(r.ours[j])
			forStock[j].merge(r.stock[j])
		}
	}
	return forOurs, forStock, nil
}

func (c *count) merge(o *count) {
	c.total += o.total
	for facet, counts := range o.facets {
		for v, n := range counts {
			c.facets[facet][v] += n
		}
	}
}
