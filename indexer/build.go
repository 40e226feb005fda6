// Package indexer makes index generations out of a corpus: built in a folder of their own, verified, synced to the disk, and
// published by the atomic rename of a pointer.
//
// A data folder looks like this:
//
//	CURRENT                    the name of the generation that serves
//	generations/<name>/        immutable once it is there: Bleve's folder, our files, a manifest with their checksums
//	building-<pid>-<random>/   a build under way; what a killed one left is removed by the next
//
// The build goes through the corpus in batches. Every core takes a batch, analyses it, and writes it as one Bleve segment; at the end
// the segments are merged into one in the corpus' order, so that document numbers follow it. Memory is bounded by the batches in
// work, whatever the corpus' size.
package indexer

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2"
	index "github.com/blevesearch/bleve_index_api"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	zap "github.com/blevesearch/zapx/v17"

	"github.com/vidensbank/vidensbank/analyzers"
	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/internal/schema"
)

const (
	// batchCases is how many cases go into one segment at most: enough that merging is cheap, few enough that two cores' batches
	// stay below 200 MB.
	batchCases = 500
	// batchBytes bounds a batch's text, for corpora of long documents.
	batchBytes = 3 << 20
	// maxTitles bounds the titles that complete queries: their keys are held in memory while the generation serves.
	maxTitles = 50000
	// mergeWidth is how many segments are merged at once. A merge looks at all of them for every term, so that 2,000 at once take longer than
	// a second round does.
	mergeWidth = 32
	// buildingPrefix names the folders of builds under way.
	buildingPrefix = "building-"
)

// Corpus is what an index is made from. *corpus.Corpus is one.
type Corpus interface {
	Cases(ctx context.Context) iter.Seq2[*corpus.Case, error]
	Fingerprint() string
	Size() int
}

// Stages of a build.
const (
	StageRead   = "read"
	StageMerge  = "merge"
	StageVerify = "verify"
)

// Progress says how far a build has come.
type Progress struct {
	Stage string
	Done  int // cases
	Total int
}

// Options of a build. Only Data is required.
type Options struct {
	Data     string              // the data folder, made where it is missing
	Analyzer *analyzers.Analyzer // without the corpus' vocabulary
	Progress func(Progress)      // called from several goroutines; nil for none
	Workers  int                 // 0 for one a core
}

// Build makes a generation from a corpus and publishes it. On any error, and when ctx ends, nothing of it stays.
func Build(ctx context.Context, c Corpus, o Options) (*schema.Manifest, error) {
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if err := os.MkdirAll(filepath.Join(o.Data, generationsDir), 0o755); err != nil {
		return nil, err
	}
	if err := removeAbandoned(o.Data); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(o.Data, fmt.Sprintf("%s%d-", buildingPrefix, os.Getpid()))
	if err != nil {
		return nil, err
	}
	b := &build{dir: dir, corpus: c, options: o}
	m, err := b.run(ctx)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return m, nil
}

type build struct {
	dir      string
	corpus   Corpus
	options  Options
	analyzer *analyzers.Analyzer
	done     atomic.Int64
	words    atomic.Int64
	cases    int
	segments []string // in the corpus' order
	lengths  [][]int  // words of each document, by batch
	titles   []schema.Title
}

func (b *build) run(ctx context.Context) (*schema.Manifest, error) {
	sample, err := b.survey(ctx)
	if err != nil {
		return nil, err
	}
	b.analyzer = b.options.Analyzer.WithVocabulary(sample.vocabulary)
	if err := schema.WriteVocabulary(b.dir, sample.vocabulary); err != nil {
		return nil, err
	}
	if err := b.batches(ctx); err != nil {
		return nil, err
	}
	if b.cases == 0 {
		return nil, errors.New("the corpus has no cases; an index needs at least one")
	}
	b.options.Progress(Progress{StageMerge, b.cases, b.cases})
	if err := b.forward(); err != nil {
		return nil, err
	}
	if err := b.bleve(ctx); err != nil {
		return nil, err
	}
	sample.Titles = b.titles
	if err := sample.Write(b.dir); err != nil {
		return nil, err
	}
	b.options.Progress(Progress{StageVerify, b.cases, b.cases})
	return b.publish(ctx)
}

// batch is a run of cases and its place in the corpus' order.
type batch struct {
	number int
	cases  []*corpus.Case
}

// batches reads the corpus and turns it into segments, on all workers.
func (b *build) batches(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan batch)
	var (
		mu      sync.Mutex
		results = map[int]segmentResult{}
		workers sync.WaitGroup
	)
	for range b.options.Workers {
		workers.Go(func() {
			m := newMaker(b.analyzer)
			for job := range work {
				r, err := b.segment(ctx, m, job)
				if err != nil {
					cancel(err)
					continue // drain, so that the reader never blocks
				}
				mu.Lock()
				results[job.number] = r
				mu.Unlock()
			}
		})
	}
	n, err := b.read(ctx, work)
	close(work)
	workers.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err != nil {
		return err
	}
	for i := range n {
		b.segments = append(b.segments, results[i].path)
		b.lengths = append(b.lengths, results[i].lengths)
		b.titles = append(b.titles, results[i].titles[:min(len(results[i].titles), maxTitles-len(b.titles))]...)
		b.cases += len(results[i].lengths)
	}
	return nil
}

// read cuts the corpus into batches and returns how many there were.
func (b *build) read(ctx context.Context, work chan<- batch) (int, error) {
	n, size := 0, 0
	var cases []*corpus.Case
	send := func() error {
		select {
		case work <- batch{n, cases}:
			n++
			cases, size = nil, 0
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	limit := batchCases
	if total := b.corpus.Size(); total > 0 { // a small corpus still keeps every worker busy
		limit = min(limit, max(1, (total+b.options.Workers-1)/b.options.Workers))
	}
	for c, err := range b.corpus.Cases(ctx) {
		if err != nil {
			return n, err
		}
		cases = append(cases, c)
		size += textBytes(c)
		if len(cases) >= limit || size >= batchBytes {
			if err := send(); err != nil {
				return n, err
			}
		}
	}
	if len(cases) > 0 {
		if err := send(); err != nil {
			return n, err
		}
	}
	return n, nil
}

func textBytes(c *corpus.Case) int {
	n := len(c.Title) + len(c.Summary)
	for _, s := range c.Sections {
		n += len(s.Body)
	}
	return n
}

type segmentResult struct {
	path    string
	lengths []int
	titles  []schema.Title
}

// segment analyses a batch and writes it as a Bleve segment, with its forward data beside it.
func (b *build) segment(ctx context.Context, m *maker, job batch) (segmentResult, error) {
	m.forward, m.lengths, m.words = m.forward[:0], nil, 0
	docs := make([]index.Document, 0, len(job.cases))
	for i, c := range job.cases {
		if i%256 == 0 && ctx.Err() != nil {
			return segmentResult{}, context.Cause(ctx)
		}
		d, err := m.document(c)
		if err != nil {
			return segmentResult{}, err
		}
		docs = append(docs, d)
		b.options.Progress(Progress{StageRead, int(b.done.Add(1)), b.corpus.Size()})
	}
	path := filepath.Join(b.dir, fmt.Sprintf("segment-%06d", job.number))
	if err := os.WriteFile(path+".forward", m.forward, 0o644); err != nil {
		return segmentResult{}, err
	}
	seg, _, err := new(zap.ZapPlugin).New(docs)
	if err != nil {
		return segmentResult{}, fmt.Errorf("segment of cases: %w", err)
	}
	unpersisted, ok := seg.(segment.UnpersistedSegment)
	if !ok {
		return segmentResult{}, fmt.Errorf("Bleve's segment is a %T, which cannot be written", seg)
	}
	if err := unpersisted.Persist(path); err != nil {
		return segmentResult{}, err
	}
	b.words.Add(m.words)
	r := segmentResult{path: path, lengths: m.lengths}
	for _, c := range job.cases {
		if c.Title != "" && job.number*batchCases < maxTitles {
			r.titles = append(r.titles, schema.Title{ID: c.ID, Text: c.Title})
		}
	}
	return r, nil
}

// forward joins the batches' forward data: all hashes, then for every document the byte offset at which its words begin, and the end.
func (b *build) forward() error {
	f, err := os.Create(filepath.Join(b.dir, schema.ForwardFile))
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	for _, path := range b.segments {
		if err := appendFile(w, path+".forward"); err != nil {
			return err
		}
	}
	var offset uint64
	var buf [8]byte
	put := func() error {
		binary.LittleEndian.PutUint64(buf[:], offset)
		_, err := w.Write(buf[:])
		return err
	}
	for _, lengths := range b.lengths {
		for _, n := range lengths {
			if err := put(); err != nil {
				return err
			}
			offset += uint64(n * schema.HashBytes)
		}
	}
	if err := put(); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

func appendFile(w io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.Copy(w, f); err != nil {
		return err
	}
	return os.Remove(path)
}

// bleve merges the segments into a Bleve index of one segment.
//
// Bleve's own builder takes documents in the order of a Go map, a different one each time. Ours have an order, so we merge them with
// the same segment library, and put the result in the place of the one-document segment of an index that Bleve's builder makes.
func (b *build) bleve(ctx context.Context) error {
	dir := filepath.Join(b.dir, schema.BleveDir)
	builder, err := bleve.NewBuilder(dir, schema.Mapping(), map[string]any{"buildPathPrefix": b.dir})
	if err != nil {
		return fmt.Errorf("Bleve's builder: %w", err)
	}
	if err := builder.Index("placeholder", map[string]any{"sector": "placeholder"}); err != nil {
		return fmt.Errorf("Bleve's builder: %w", err)
	}
	if err := builder.Close(); err != nil {
		return fmt.Errorf("Bleve's builder: %w", err)
	}
	placed, err := filepath.Glob(filepath.Join(dir, "store", "*.zap"))
	if err != nil {
		return fmt.Errorf("Bleve's builder: %w", err)
	}
	if len(placed) != 1 {
		return fmt.Errorf("Bleve's builder left %d segments, want 1", len(placed))
	}

	merged, err := b.merge(ctx)
	if err != nil {
		return err
	}
	return os.Rename(merged, placed[0])
}

// merge makes one segment of all, in the corpus' order, by merging neighbours on all workers until one is left.
func (b *build) merge(ctx context.Context) (string, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	paths := b.segments
	for round := 0; round == 0 || len(paths) > 1; round++ {
		groups := slices.Collect(slices.Chunk(paths, mergeWidth))
		next := make([]string, len(groups))
		turn := make(chan struct{}, b.options.Workers)
		var merges sync.WaitGroup
		for i, group := range groups {
			next[i] = filepath.Join(b.dir, fmt.Sprintf("merged-%d-%06d", round, i))
			turn <- struct{}{}
			merges.Go(func() {
				defer func() { <-turn }()
				if err := mergeSegments(ctx, group, next[i]); err != nil {
					cancel(err)
				}
			})
		}
		merges.Wait()
		if cause := context.Cause(ctx); cause != nil {
			return "", cause
		}
		paths = next
	}
	return paths[0], nil
}

// mergeSegments merges segment files into one, and removes them.
func mergeSegments(ctx context.Context, paths []string, target string) error {
	plugin := new(zap.ZapPlugin)
	segments := make([]segment.Segment, 0, len(paths))
	closeAll := func() error {
		var errs []error
		for _, s := range segments {
			errs = append(errs, s.Close())
		}
		return errors.Join(errs...)
	}
	for _, path := range paths {
		s, err := plugin.Open(path)
		if err != nil {
			return errors.Join(err, closeAll())
		}
		segments = append(segments, s)
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
			close(stop)
		case <-done:
		}
	}()
	_, _, err := plugin.Merge(segments, make([]*roaring.Bitmap, len(segments)), target, stop, nil)
	close(done)
	if err := errors.Join(err, closeAll()); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return fmt.Errorf("merging segments: %w", err)
	}
	for _, path := range paths {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// publish writes the manifest, checks the result as a reader would, and makes it current.
func (b *build) publish(ctx context.Context) (*schema.Manifest, error) {
	now := time.Now().UTC()
	m := &schema.Manifest{
		Version:    schema.Version,
		Generation: now.Format("20060102T150405.000000"),
		Made:       now,
		Corpus:     b.corpus.Fingerprint(),
		Analysis:   b.options.Analyzer.Fingerprint(),
		Cases:      b.cases,
		Words:      b.words.Load(),
	}
	err := filepath.WalkDir(b.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			return os.Chmod(path, 0o755) // the server may be another user
		}
		if err := os.Chmod(path, 0o644); err != nil {
			return err
		}
		rel, err := filepath.Rel(b.dir, path)
		if err != nil {
			return err
		}
		f, err := schema.NewFile(b.dir, rel)
		if err != nil {
			return err
		}
		m.Files = append(m.Files, f)
		return syncFile(path)
	})
	if err != nil {
		return nil, err
	}
	js, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	if err := writeSynced(filepath.Join(b.dir, schema.ManifestFile), js); err != nil {
		return nil, err
	}
	if err := b.verify(); err != nil {
		return nil, err
	}
	if ctx.Err() != nil { // the last moment at which nothing has been changed
		return nil, context.Cause(ctx)
	}
	return m, publish(b.options.Data, b.dir, m.Generation)
}

// verify opens the built index with Bleve and asks it what it must know: how many cases it has, and whether a query finds them.
func (b *build) verify() error {
	idx, err := bleve.OpenUsing(filepath.Join(b.dir, schema.BleveDir), schema.ReadOnly)
	if err != nil {
		return fmt.Errorf("verifying the built index: %w", err)
	}
	n, err := idx.DocCount()
	if err == nil && int(n) != b.cases {
		err = fmt.Errorf("%d cases in it, %d were read", n, b.cases)
	}
	if err == nil {
		err = b.probe(idx)
	}
	if err = errors.Join(err, idx.Close()); err != nil { // a second Close panics in Bleve
		return fmt.Errorf("verifying the built index: %w", err)
	}
	return nil
}

// probe searches for every case by its length's field: each has one, so all must be found.
func (b *build) probe(idx bleve.Index) error {
	all := bleve.NewPrefixQuery("")
	all.SetField(schema.FieldLength)
	r, err := idx.Search(bleve.NewSearchRequestOptions(all, 1, 0, false))
	if err != nil {
		return err
	}
	if r.Total != uint64(b.cases) {
		return fmt.Errorf("the probe query finds %d of %d cases", r.Total, b.cases)
	}
	return nil
}
