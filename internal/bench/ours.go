package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/vidensbank/vidensbank/analyzers"
	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/indexer"
	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/search/embedded"
)

// ours is Vidensbank's engine behind its service, with the whole analysis and planning of a query, and without the cache.
type ours struct {
	service  *search.Service
	analyzer *analyzers.Analyzer // the one that the index was made with
	opened   time.Duration
}

// buildOurs builds and publishes a generation in a data folder.
func buildOurs(ctx context.Context, c indexer.Corpus, data string) error {
	a, err := analyzers.New(analyzers.Options{})
	if err != nil {
		return err
	}
	_, err = indexer.Build(ctx, c, indexer.Options{Data: data, Analyzer: a})
	return err
}

// openOurs opens the current generation of a data folder.
func openOurs(data string, t *corpus.Taxonomy) (*ours, error) {
	start := time.Now()
	dir, err := indexer.Current(data)
	if err != nil {
		return nil, err
	}
	a, err := analyzers.New(analyzers.Options{})
	if err != nil {
		return nil, err
	}
	x, err := embedded.Open(dir)
	if err != nil {
		return nil, err
	}
	o := &ours{analyzer: a.WithVocabulary(x.Vocabulary())}
	var names []search.Name
	for _, facet := range facets {
		for _, v := range x.Values(facet) {
			names = append(names, search.Name{Facet: facet, Value: v.Value, Words: t.Names(facet, v.Value)})
		}
	}
	o.service = search.NewService(search.Generation{
		Engine: x, Analyzer: o.analyzer, Names: names, Completer: x.Completions(), Close: x.Close,
	}, slog.New(slog.DiscardHandler))
	o.opened = time.Since(start)
	return o, nil
}

func (o *ours) close() { o.service.Close() }

func (o *ours) ask(ctx context.Context, t task, q query) (answer, error) {
	query, facets := ourQuery(t, q)
	a, err := o.service.Find(ctx, query, facets)
	return ourAnswer{a}, err
}

// ourQuery is a task as the service takes it.
func ourQuery(t task, q query) (search.Query, []string) {
	ask, count := search.Query{Text: q.text, Size: hitsWanted}, facets
	switch t {
	case taskTop:
		count = nil
	case taskFilter:
		ask.Filters = q.filters
	case taskLanding:
		ask.Text = ""
	}
	return ask, count
}

type ourAnswer struct{ *search.Answer }

func (a ourAnswer) total() int { return a.Total }

func (a ourAnswer) counts(facet string) map[string]int {
	out := map[string]int{}
	for _, f := range a.Facets {
		if f.Name != facet {
			continue
		}
		for _, v := range f.Values {
			if v.Count > 0 { // a chosen value stays at 0
				out[v.Value] = v.Count
			}
		}
	}
	return out
}
