package e2e

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"

	"github.com/vidensbank/vidensbank/analyzers"
	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/indexer"
	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/search/embedded"
	"github.com/vidensbank/vidensbank/server"
)

// bank is the embedded cases with their index, built once for a run, in a folder of its own.
type bank struct {
	service  *search.Service
	taxonomy *corpus.Taxonomy
	folder   string
}

var embeddedBank = sync.OnceValues(func() (*bank, error) {
	c, err := corpus.Embedded()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "vidensbank-e2e-")
	if err != nil {
		return nil, err
	}
	b := &bank{taxonomy: c.Taxonomy(), folder: folder}
	a, err := analyzers.New(analyzers.Options{})
	if err != nil {
		return nil, err
	}
	if _, err := indexer.Build(context.Background(), c, indexer.Options{Data: folder, Analyzer: a}); err != nil {
		return nil, err
	}
	dir, err := indexer.Current(folder)
	if err != nil {
		return nil, err
	}
	x, err := embedded.Open(dir)
	if err != nil {
		return nil, err
	}
	var names []search.Name
	for _, facet := range []string{search.FacetMunicipality, search.FacetRegion, search.FacetSector, search.FacetTheme, search.FacetKind} {
		for _, v := range x.Values(facet) {
			names = append(names, search.Name{Facet: facet, Value: v.Value, Words: c.Taxonomy().Names(facet, v.Value)})
		}
	}
	b.service = search.NewService(search.Generation{Engine: x, Analyzer: a.WithVocabulary(x.Vocabulary()), Names: names, Completer: x.Completions(),
		Close: x.Close}, slog.New(slog.DiscardHandler))
	atClose(func() {
		b.service.Close()
		if err := os.RemoveAll(folder); err != nil {
			slog.Warn("the index of the tests stays", "err", err)
		}
	})
	return b, nil
})

// Real gives the search over the embedded cases, and their taxonomy.
func Real(r Reporter) (search.Searcher, *corpus.Taxonomy) {
	r.Helper()
	b, err := embeddedBank()
	if err != nil {
		r.Fatalf("%v", err)
	}
	return b.service, b.taxonomy
}

// Serve starts the whole server on a free port with the embedded cases, until the test ends, and gives its address. change may
// alter the configuration.
func Serve(r Reporter, change func(*server.Config)) string {
	r.Helper()
	s, _ := Real(r)
	return ServeSearcher(r, s, change)
}

// ServeSearcher is Serve with a searcher of the test's own.
func ServeSearcher(r Reporter, s search.Searcher, change func(*server.Config)) string {
	r.Helper()
	return Listen(r, Handler(r, s, change))
}

// Handler is the whole server, for tests that stand between it and the browser.
func Handler(r Reporter, s search.Searcher, change func(*server.Config)) http.Handler {
	r.Helper()
	_, taxonomy := Real(r)
	cfg := server.Defaults()
	cfg.Parts = parts
	if change != nil {
		change(&cfg)
	}
	h, err := server.New(cfg, s, taxonomy, slog.New(slog.DiscardHandler))
	if err != nil {
		r.Fatalf("%v", err)
	}
	return h
}

// Listen serves any handler on a free port until the test ends: a host page that embeds the widget, a server between.
func Listen(r Reporter, h http.Handler) string {
	r.Helper()
	s := httptest.NewServer(h)
	r.Cleanup(s.Close)
	return s.URL
}
