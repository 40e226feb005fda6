package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/spf13/cobra"

	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/indexer"
	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server"
	"github.com/vidensbank/vidensbank/server/api"
	"github.com/vidensbank/vidensbank/server/pages"
	"github.com/vidensbank/vidensbank/server/web"
	"github.com/vidensbank/vidensbank/server/widget"
)

// watchEvery is how often the server looks whether the data folder names another generation.
const watchEvery = 2 * time.Second

func serveCommand() *cobra.Command {
	var s sources
	cfg := server.Defaults()
	cfg.Version = version()
	cfg.Parts = []web.Part{pages.New, widget.New}
	var addr string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the search page, the API and the widget",
		Long: `Serve on one address until SIGTERM or Ctrl-C. A missing, outdated or broken index is built first. A new index that 'vidensbank index' publishes
in the data folder is taken into use without dropping a request.`,
		Example: `  vidensbank serve
  vidensbank serve --addr :8080 --corpus ./cases --data ./data --base-url https://vidensbank.example.dk`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.serve(c.Context(), addr, cfg, newLog(c.ErrOrStderr(), slog.LevelInfo))
		},
	}
	s.flags(c, false)
	c.Flags().StringVar(&addr, "addr", "127.0.0.1:8080", "address to listen on")
	c.Flags().StringVar(&cfg.BaseURL, "base-url", "", "public address, for canonical links and feeds")
	c.Flags().StringVar(&cfg.WasURL, "was-url", "", "address of the accessibility statement")
	c.Flags().StringSliceVar(&cfg.CORSOrigins, "cors-origins", cfg.CORSOrigins, "origins that may read the API from scripts, or *")
	c.Flags().StringSliceVar(&cfg.EmbedOrigins, "embed-origins", cfg.EmbedOrigins, "origins that may frame the embedded page, or *")
	return c
}

func (s sources) serve(ctx context.Context, addr string, cfg server.Config, log *slog.Logger) error {
	o, err := s.open(ctx, log)
	if err != nil {
		return err
	}
	defer o.service.Close()
	cfg.OpenTaxonomy = o.corpus.OpenTaxonomy()
	srv, err := server.New(cfg, o.service, o.corpus.Taxonomy(), log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", addr, err)
	}
	log.Info("serving", "address", "http://"+listener.Addr().String())
	ctx, cancel := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		o.watch(ctx, log)
	}()
	err = srv.Serve(ctx, listener)
	cancel()
	<-watched
	return err
}

// watch takes a newly published generation into use, until ctx ends. One that isn't fit is left alone, and the log says why, once.
func (o *opened) watch(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		dir, err := indexer.Current(o.data)
		if err != nil || dir == o.dir {
			continue
		}
		g, err := o.openGeneration(dir)
		if err != nil {
			log.Warn("the new index is not taken", "reason", err)
			continue
		}
		o.service.Switch(g)
		log.Info("new index in use", "generation", g.Engine.Status().Generation, "cases", g.Engine.Status().Cases)
		if err := indexer.Clean(o.data, keptGenerations); err != nil {
			log.Warn("removing old generations", "error", err)
		}
	}
}

// printJSON prints a result as the HTTP API gives it.
func printJSON(out io.Writer, q search.Query, r *search.Result, c *corpus.Corpus, took time.Duration) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(api.Answer(c.Taxonomy(), q, r, took))
}
