// Package server joins the HTTP server: the API, the parts that Config names (pages, widget), health, metrics, and what is
// common to all requests. It's thin over search.Searcher and never sees an index.
//
//	Requests pass, in this order: compression, request id, log and metrics, recovery, security headers, CORS, limits, handler.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"

	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server/api"
	"github.com/vidensbank/vidensbank/server/metrics"
	"github.com/vidensbank/vidensbank/server/web"
)

// Compression: below a packet it saves nothing. The jitter hides an answer's exact size, against guessing at secrets through
// compression (BREACH); there are none today, and it costs at most 33 bytes.
const (
	compressFrom   = 1 << 10
	compressJitter = 32
)

// Server answers HTTP.
type Server struct {
	cfg     Config
	log     *slog.Logger
	site    *web.Site
	probe   search.Searcher // not counted by the metrics
	metrics *metrics.Metrics
	handler http.Handler
}

// New makes a server that answers from searcher, with labels for the facets' values.
func New(cfg Config, searcher search.Searcher, labels web.Labels, log *slog.Logger) (*Server, error) {
	cfg, err := cfg.normal()
	if err != nil {
		return nil, fmt.Errorf("server configuration: %w", err)
	}
	m := metrics.New(searcher.Status)
	s := &Server{cfg: cfg, log: log, probe: searcher, metrics: m, site: &web.Site{
		Searcher: m.Searcher(searcher), Labels: labels, Log: log,
		BaseURL: cfg.BaseURL, WasURL: cfg.WasURL, Version: cfg.Version, EmbedOrigins: cfg.EmbedOrigins, OpenTaxonomy: cfg.OpenTaxonomy,
	}}
	engine, err := s.routes()
	if err != nil {
		return nil, err
	}
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(compressFrom), gzhttp.EnableZstd(false),
		gzhttp.RandomJitter(compressJitter, 0, false), gzhttp.ContentTypeFilter(compressible))
	if err != nil {
		return nil, fmt.Errorf("compression: %w", err)
	}
	s.handler = compress(engine)
	return s, nil
}

// routes is the one place where paths get their handlers.
func (s *Server) routes() (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	// Escaped, an id may hold a slash. Values are unescaped by web.PathValue, because Gin would make "+" a space.
	r.UseEscapedPath, r.UnescapePathValues = true, false
	r.RedirectTrailingSlash = false // one address per thing, and no redirect that a header can bend
	r.HandleMethodNotAllowed = true
	r.ForwardedByClientIP = false // nobody asks for the client's address

	r.Use(s.identify, s.record, s.recover, s.secure, web.CORS(s.cfg.CORSOrigins), s.limit)

	web.Get(r, "/healthz", s.site.JSON(s.alive))
	web.Get(r, "/readyz", s.site.JSON(s.ready))
	web.Get(r, "/metrics", gin.WrapH(s.metrics.Handler()))
	for _, part := range append([]web.Part{api.New}, s.cfg.Parts...) {
		module, err := part(s.site)
		if err != nil {
			return nil, err
		}
		module.Routes(r)
	}
	r.NoRoute(func(c *gin.Context) { s.site.Fail(c, web.ErrNoRoute) })
	r.NoMethod(func(c *gin.Context) { s.site.Fail(c, web.ErrMethod) })
	return r, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Serve answers on the listener until ctx ends. Then it takes no more connections, lets running requests finish for
// Config.DrainTimeout, and returns nil, or an error where some had to be cut off. It closes the listener.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	running, stop := context.WithCancel(context.WithoutCancel(ctx)) // of the requests, which outlive ctx by the drain
	defer stop()
	srv := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: s.cfg.ReadHeaderTimeout,
		ReadTimeout:       s.cfg.ReadTimeout,
		WriteTimeout:      s.cfg.WriteTimeout,
		IdleTimeout:       s.cfg.IdleTimeout,
		MaxHeaderBytes:    s.cfg.MaxHeaderBytes,
		ErrorLog:          errorLog(s.log),
		BaseContext:       func(net.Listener) context.Context { return running },
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.DrainTimeout)
	defer cancel()
	err := srv.Shutdown(drain)
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.Join(fmt.Errorf("shutdown: requests still running after %v were cut off", s.cfg.DrainTimeout), srv.Close())
	}
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, fmt.Errorf("serve: %w", served))
	}
	return err
}

// compressible says which types are text.
func compressible(contentType string) bool {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.HasPrefix(t, "text/") || strings.HasSuffix(t, "json") || strings.HasSuffix(t, "xml") || strings.HasSuffix(t, "javascript")
}
