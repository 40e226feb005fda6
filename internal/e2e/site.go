package e2e

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"

	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server"
)

var embedded = sync.OnceValues(func() (*standIn, error) {
	c, err := corpus.Embedded()
	if err != nil {
		return nil, err
	}
	return newStandIn(c)
})

// Real gives a searcher over the embedded cases, and their taxonomy.
func Real(r Reporter) (search.Searcher, *corpus.Taxonomy) {
	r.Helper()
	s, err := embedded()
	if err != nil {
		r.Fatalf("%v", err)
	}
	return s, s.taxonomy
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
	return listen(r, Handler(r, s, change))
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
	return listen(r, h)
}

func listen(r Reporter, h http.Handler) string {
	s := httptest.NewServer(h)
	r.Cleanup(s.Close)
	return s.URL
}
