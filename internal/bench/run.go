package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/indexer"
)

// options are the command line's.
type options struct {
	sizes   []int
	queries int
	rounds  int
	seed    uint64
	dir     string // where the indexes are made; "" for the system's folder for temporary files
	profile string // folder for CPU profiles; "" for none
	log     io.Writer
}

// Which engine a figure is of.
const (
	ourEngine = iota
	stockEngine
)

// figures are what was measured at one size.
type figures struct {
	size    int
	checked int // answers that were held against the reference
	costs   map[task]*[2]cost
	suggest times
	builds  [2]buildFigures
}

// buildFigures are those of an index: how it was made, and what it takes.
type buildFigures struct {
	took   time.Duration
	cpu    time.Duration // of all cores together
	disk   int64
	peak   memory        // while it was built
	opened time.Duration // until it was ready to answer
	idle   int64         // heap of the opened index, at rest
}

// measureSize builds both indexes over so many documents, checks their counts, and only then takes the time.
func measureSize(ctx context.Context, o options, size int, t *corpus.Taxonomy) (f *figures, err error) {
	dir, err := os.MkdirTemp(o.dir, "vidensbank-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	f = &figures{size: size}
	say := func(format string, args ...any) {
		fmt.Fprintf(o.log, "%d: "+format+"\n", append([]any{size}, args...)...)
	}
	d := newDocuments(o.seed, size, t)
	ourData, stockData := filepath.Join(dir, "ours"), filepath.Join(dir, "stock")

	say("building ours")
	if err := os.Mkdir(ourData, 0o755); err != nil {
		return nil, err
	}
	f.builds[ourEngine], err = measureBuild(ourData, o.profileOf("build", size), func() error {
		return buildOurs(ctx, d, ourData)
	})
	if err != nil {
		return nil, err
	}
	before := restingHeap()
	own, err := openOurs(ourData, t)
	if err != nil {
		return nil, err
	}
	defer own.close()
	f.builds[ourEngine].opened, f.builds[ourEngine].idle = own.opened, restingHeap()-before

	say("building stock Bleve")
	f.builds[stockEngine], err = measureBuild(stockData, "", func() error { return buildStock(ctx, d, stockData) })
	if err != nil {
		return nil, err
	}
	before = restingHeap()
	other, err := openStock(stockData)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, other.close()) }()
	f.builds[stockEngine].opened, f.builds[stockEngine].idle = other.opened, restingHeap()-before

	queries, err := makeQueries(d, own.analyzer, o.queries)
	if err != nil {
		return nil, err
	}
	say("counting by hand")
	if f.checked, err = verify(ctx, d, own, other, queries); err != nil {
		return nil, fmt.Errorf("%d documents: %w", size, err)
	}
	if o.rounds == 0 {
		return f, nil
	}
	say("%d answers are right; measuring", f.checked)
	if f.costs, err = measure(ctx, [2]engine{own, other}, queries, o.rounds); err != nil {
		return nil, err
	}
	if f.suggest, err = measureSuggestions(ctx, own.service, queries, o.rounds); err != nil {
		return nil, err
	}
	if path := o.profileOf("queries", size); path != "" {
		err = profile(ctx, path, own, queries)
	}
	return f, err
}

func (o options) profileOf(what string, size int) string {
	if o.profile == "" {
		return ""
	}
	return filepath.Join(o.profile, fmt.Sprintf("%s-%d.prof", what, size))
}

func restingHeap() int64 {
	settle()
	return int64(heapBytes())
}

// measureBuild takes time and memory of a build into a folder.
func measureBuild(dir, profile string, build func() error) (f buildFigures, err error) {
	if profile != "" {
		stop, err := startProfile(profile)
		if err != nil {
			return f, err
		}
		defer func() { err = errors.Join(err, stop()) }()
	}
	stop := watchMemory()
	start, used := time.Now(), cpuTime()
	err = build()
	f.took, f.cpu, f.peak = time.Since(start), cpuTime()-used, stop()
	if err != nil {
		return f, err
	}
	f.disk, err = folderBytes(dir)
	return f, err
}

var _ indexer.Corpus = (*documents)(nil)
