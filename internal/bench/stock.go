package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/da"
	"github.com/blevesearch/bleve/v2/mapping"
	bsearch "github.com/blevesearch/bleve/v2/search"
	bquery "github.com/blevesearch/bleve/v2/search/query"

	"github.com/vidensbank/vidensbank/indexer"
	"github.com/vidensbank/vidensbank/internal/schema"
)

// stockBatch is how many documents stock Bleve is given at a time.
const stockBatch = 1000

// stock is Bleve as its documentation has one use it: its Danish analyzer, its default options for text, and its own facets.
type stock struct {
	index  bleve.Index
	opened time.Duration
}

// stockMapping has three fields of Danish text, which a match query without a field searches together, and a keyword field for each facet.
func stockMapping() mapping.IndexMapping {
	m := bleve.NewIndexMapping()
	m.DefaultAnalyzer = da.AnalyzerName
	m.DefaultMapping.Dynamic = false
	for _, name := range []string{"title", "summary", "text"} {
		text := bleve.NewTextFieldMapping()
		text.Analyzer = da.AnalyzerName
		m.DefaultMapping.AddFieldMappingsAt(name, text)
	}
	for _, facet := range facets {
		f := bleve.NewKeywordFieldMapping()
		f.IncludeInAll, f.IncludeTermVectors, f.Store = false, false, false
		m.DefaultMapping.AddFieldMappingsAt(facet, f)
	}
	return m
}

// buildStock builds an index in a folder, which mustn't be there yet.
func buildStock(ctx context.Context, c indexer.Corpus, dir string) (err error) {
	index, err := bleve.New(dir, stockMapping())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, index.Close()) }()
	batch := index.NewBatch()
	for d, err := range c.Cases(ctx) {
		if err != nil {
			return err
		}
		fields := map[string]any{"title": d.Title, "summary": d.Summary, "text": body(d)}
		for _, facet := range facets {
			fields[facet] = values(d, facet)
		}
		if err := batch.Index(d.ID, fields); err != nil {
			return err
		}
		if batch.Size() == stockBatch {
			if err := index.Batch(batch); err != nil {
				return err
			}
			batch.Reset()
		}
	}
	if batch.Size() == 0 {
		return nil
	}
	return index.Batch(batch)
}

// openStock opens an index that was built. It's read-only, so that merging in the background doesn't disturb the measurements.
func openStock(dir string) (*stock, error) {
	start := time.Now()
	index, err := bleve.OpenUsing(dir, schema.ReadOnly)
	if err != nil {
		return nil, err
	}
	return &stock{index, time.Since(start)}, nil
}

func (s *stock) close() error { return s.index.Close() }

// ask does a task the usual way: one search, and for facets that are counted without their own filter, a search of size 0 for each.
func (s *stock) ask(ctx context.Context, t task, q query) (answer, error) {
	out := &stockAnswer{facets: map[string]*bsearch.FacetResult{}}
	var what bquery.Query = bleve.NewMatchQuery(q.text)
	if t == taskLanding {
		what = bleve.NewMatchAllQuery()
	}
	if t == taskFilter {
		what = filtered(q, "")
	}
	request := bleve.NewSearchRequestOptions(what, hitsWanted, 0, false)
	if t == taskCounts || t == taskLanding {
		for _, facet := range facets {
			request.AddFacet(facet, bleve.NewFacetRequest(facet, maxValues))
		}
	}
	r, err := s.index.SearchInContext(ctx, request)
	if err != nil {
		return nil, err
	}
	out.found = int(r.Total)
	for name, f := range r.Facets {
		out.facets[name] = f
	}
	if t != taskFilter {
		return out, nil
	}
	for _, facet := range facets {
		request := bleve.NewSearchRequestOptions(filtered(q, facet), 0, 0, false)
		request.AddFacet(facet, bleve.NewFacetRequest(facet, maxValues))
		r, err := s.index.SearchInContext(ctx, request)
		if err != nil {
			return nil, err
		}
		out.facets[facet] = r.Facets[facet]
	}
	return out, nil
}

// maxValues is more than the largest facet has.
const maxValues = 128

// filtered is the query under the filters of all facets but one.
func filtered(q query, without string) bquery.Query {
	var chosen []bquery.Query
	for _, facet := range facets {
		if facet == without {
			continue
		}
		for _, v := range q.filters[facet] { // one value each: OR within a facet isn't needed here
			term := bleve.NewTermQuery(v)
			term.SetField(facet)
			chosen = append(chosen, term)
		}
	}
	b := bleve.NewBooleanQuery()
	b.AddMust(bleve.NewMatchQuery(q.text))
	b.AddFilter(bleve.NewConjunctionQuery(chosen...))
	return b
}

type stockAnswer struct {
	found  int
	facets map[string]*bsearch.FacetResult
}

func (a *stockAnswer) total() int { return a.found }

func (a *stockAnswer) counts(facet string) map[string]int {
	out := map[string]int{}
	if f := a.facets[facet]; f != nil {
		for _, v := range f.Terms.Terms() {
			out[v.Term] = v.Count
		}
	}
	return out
}

// stockTerms is what the Danish analyzer makes of a text.
func stockTerms(m mapping.IndexMapping, text string) (map[string]bool, error) {
	a := m.AnalyzerNamed(da.AnalyzerName)
	if a == nil {
		return nil, fmt.Errorf("Bleve has no analyzer %q", da.AnalyzerName)
	}
	out := map[string]bool{}
	for _, t := range a.Analyze([]byte(text)) {
		out[string(t.Term)] = true
	}
	return out, nil
}
