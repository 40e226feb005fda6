package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/vidensbank/vidensbank/analyzers"
	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/indexer"
	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/search/embedded"
)

// keptGenerations are how many generations stay in a data folder: the current one, and the one before, which a running server may still read.
const keptGenerations = 2

// sources are the flags by which a command finds its cases and its index.
type sources struct {
	corpus  string // "" for the embedded cases
	data    string // "" for a folder of our own in the user's cache
	lexicon string
}

// openCorpus opens the cases to serve or index.
func (s sources) openCorpus() (*corpus.Corpus, error) {
	if s.corpus == "" {
		return corpus.Embedded()
	}
	return corpus.Open(s.corpus)
}

// dataDir is the folder of the index. Without --data it is in the user's cache, or where there is none, in the folder for temporary files; corpora
// from elsewhere get one each, so that they don't take turns in one place.
func (s sources) dataDir(c *corpus.Corpus) (string, error) {
	if s.data != "" {
		return s.data, nil
	}
	base, err := os.UserCacheDir()
	if err != nil {
		base = os.TempDir()
	}
	name := "embedded"
	if s.corpus != "" {
		name = "corpus-" + c.Fingerprint()[:16]
	}
	dir := filepath.Join(base, "vidensbank", name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		dir = filepath.Join(os.TempDir(), fmt.Sprintf("vidensbank-%d", os.Getuid()), name)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", fmt.Errorf("no folder for the index; give one with --data: %w", err)
		}
	}
	return dir, nil
}

// opened is what a command searches with.
type opened struct {
	corpus  *corpus.Corpus
	data    string
	dir     string              // of the generation that was opened last
	base    *analyzers.Analyzer // without the corpus' vocabulary
	service *search.Service
}

// open makes a search service over the current generation. A missing, outdated or broken one is rebuilt from the cases first, and the log says so.
func (s sources) open(ctx context.Context, log *slog.Logger) (*opened, error) {
	c, err := s.openCorpus()
	if err != nil {
		return nil, err
	}
	for _, w := range c.Warnings() {
		log.Warn(w)
	}
	o := &opened{corpus: c}
	if o.base, err = analyzers.New(analyzers.Options{Lexicon: s.lexicon}); err != nil {
		return nil, err
	}
	if o.data, err = s.dataDir(c); err != nil {
		return nil, err
	}
	g, err := o.generation(ctx, log)
	if err != nil {
		return nil, err
	}
	o.service = search.NewService(g, log)
	return o, nil
}

// generation opens the current generation, after rebuilding it where that is needed.
func (o *opened) generation(ctx context.Context, log *slog.Logger) (search.Generation, error) {
	dir, m, err := indexer.Fresh(o.data, o.corpus.Fingerprint(), o.base.Fingerprint())
	if err != nil {
		if errors.Is(err, indexer.ErrNone) {
			log.Info("building the index", "cases", o.corpus.Size(), "folder", o.data)
		} else {
			log.Warn("rebuilding the index", "reason", err, "cases", o.corpus.Size(), "folder", o.data)
		}
		if m, err = indexer.Build(ctx, o.corpus, indexer.Options{Data: o.data, Analyzer: o.base}); err != nil {
			return search.Generation{}, fmt.Errorf("building the index: %w", err)
		}
		if err := indexer.Clean(o.data, keptGenerations); err != nil {
			log.Warn("removing old generations", "error", err)
		}
		debug.FreeOSMemory() // a build's memory is many times what serving needs
		if dir, err = indexer.Current(o.data); err != nil {
			return search.Generation{}, err
		}
	}
	log.Info("index ready", "generation", m.Generation, "cases", m.Cases)
	return o.openGeneration(dir)
}

func (o *opened) openGeneration(dir string) (search.Generation, error) {
	o.dir = dir
	x, err := embedded.Open(dir)
	if err != nil {
		return search.Generation{}, err
	}
	if x.Analysis() != o.base.Fingerprint() {
		return search.Generation{}, errors.Join(errors.New("it was made with other language data, or another --lexicon"), x.Close())
	}
	return search.Generation{
		Engine:    x,
		Analyzer:  o.base.WithVocabulary(x.Vocabulary()),
		Names:     names(o.corpus, x),
		Completer: x.Completions(),
		Close:     x.Close,
	}, nil
}

// names are what the facets' values are called: by the taxonomy, or by themselves where the corpus brings its own values.
func names(c *corpus.Corpus, x search.Engine) []search.Name {
	var out []search.Name
	for _, facet := range []string{search.FacetMunicipality, search.FacetRegion, search.FacetSector, search.FacetTheme, search.FacetKind} {
		for _, v := range x.Values(facet) {
			words := c.Taxonomy().Names(facet, v.Value)
			if len(words) == 0 {
				words = []string{v.Value}
			}
			out = append(out, search.Name{Facet: facet, Value: v.Value, Words: words})
		}
	}
	return out
}
