// Package embedded is the engine on Bleve: it opens one generation and executes plans on it. It's the only package of the query side
// that knows Bleve, and no type of Bleve leaves it.
//
// Bleve holds the dictionary, the postings and the stored cases; finding, scoring and counting are ours, over its postings as bitmaps.
// A query is one pass: every word's documents are scored into dense arrays from a pool, then the hits are filtered, counted in every facet
// and ranked together. The best of them are ranked again by what bitmaps don't know: how near the words stand to each other, and
// how much of the title they are.
package embedded

import (
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	"github.com/blevesearch/vellum/levenshtein"

	"github.com/vidensbank/vidensbank/internal/schema"
	"github.com/vidensbank/vidensbank/search"
)

// BM25's parameters (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009): k1 says how soon a word's repetition stops counting, b how
// much a long document is held back. Set on the dev half of the judged queries; docs/ranking.md has the figures.
const (
	bm25K1 = 1.2
	bm25B  = 0.7
	// idfPower sharpens (above 1) the difference between rare words and common ones.
	idfPower = 1.0
)

// Index is an open generation.
type Index struct {
	manifest *schema.Manifest
	bleve    bleve.Index
	reader   index.IndexReader
	segment  segment.Segment
	docs     int
	lengths  []uint8      // encoded length by document
	norms    [256]float32 // k1·(1-b+b·length/average) by encoded length
	columns  []*column    // by schema.Facets
	years    []int32      // by document, 0 for none
	newest   []uint32     // all documents, newest first
	forward  *forward
	edits    *levenshtein.LevenshteinAutomatonBuilder
	pool     sync.Pool // of *scratch

	suggestions *schema.Suggestions
	vocabulary  []string

	titleOrder func() ([]uint32, error) // rank of every document's title, made when first asked for
}

var _ search.Engine = (*Index)(nil)

// Open opens the generation in a folder, after its files have been held against their checksums. The error says what is wrong
// (schema.ErrBroken where it is damage).
func Open(dir string) (*Index, error) {
	m, err := schema.ReadManifest(dir)
	if err != nil {
		return nil, err
	}
	bi, err := bleve.OpenUsing(filepath.Join(dir, schema.BleveDir), schema.ReadOnly)
	if err != nil {
		return nil, fmt.Errorf("opening the Bleve index: %w", err)
	}
	x := &Index{manifest: m, bleve: bi, docs: m.Cases}
	if err := x.load(dir); err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return x, nil
}

func (x *Index) load(dir string) error {
	adv, err := x.bleve.Advanced()
	if err != nil {
		return err
	}
	if x.reader, err = adv.Reader(); err != nil {
		return err
	}
	snapshot, ok := x.reader.(*scorch.IndexSnapshot)
	if !ok || len(snapshot.Segments()) != 1 {
		return fmt.Errorf("%w: Bleve's index is not one segment", schema.ErrBroken)
	}
	x.segment = snapshot.Segments()[0].Segment()
	if n := x.segment.Count(); n != uint64(x.docs) {
		return fmt.Errorf("%w: Bleve's index has %d documents, the manifest %d", schema.ErrBroken, n, x.docs)
	}
	for _, facet := range schema.Facets {
		c, err := newColumn(x.segment, facet, x.docs)
		if err != nil {
			return err
		}
		x.columns = append(x.columns, c)
	}
	if err := x.loadLengths(); err != nil {
		return err
	}
	x.loadYears()
	if x.forward, err = openForward(filepath.Join(dir, schema.ForwardFile), x.docs); err != nil {
		return err
	}
	if x.edits, err = editAutomata(); err != nil {
		return err
	}
	if x.suggestions, err = schema.ReadSuggestions(dir); err != nil {
		return err
	}
	if x.vocabulary, err = schema.ReadVocabulary(dir); err != nil {
		return err
	}
	x.titleOrder = sync.OnceValues(x.rankTitles)
	x.pool.New = func() any { return x.newScratch() }
	return nil
}

// editAutomata is made once: two edits, a transposition being one.
var editAutomata = sync.OnceValues(func() (*levenshtein.LevenshteinAutomatonBuilder, error) {
	return levenshtein.NewLevenshteinAutomatonBuilder(2, true)
})

func (x *Index) loadLengths() error {
	x.lengths = make([]uint8, x.docs)
	err := eachTerm(x.segment, schema.FieldLength, func(term string, b *roaring.Bitmap) error {
		if len(term) != 1 {
			return fmt.Errorf("%w: a length of %d bytes", schema.ErrBroken, len(term))
		}
		for it := b.Iterator(); it.HasNext(); {
			x.lengths[it.Next()] = term[0]
		}
		return nil
	})
	if err != nil {
		return err
	}
	average := max(1, float64(x.manifest.Words)/float64(x.docs))
	for i := range x.norms {
		x.norms[i] = float32(bm25K1 * (1 - bm25B + bm25B*float64(schema.DecodeLength(byte(i)))/average))
	}
	return nil
}

func (x *Index) loadYears() {
	x.years = make([]int32, x.docs)
	c := x.column(search.FacetYear)
	number := make([]int32, len(c.values))
	for i, v := range c.values {
		if n, err := strconv.ParseInt(v, 10, 32); err == nil {
			number[i] = int32(n)
		}
	}
	for d := range x.years {
		if c.single != nil {
			if v := c.single[d]; v != 0 {
				x.years[d] = number[v-1]
			}
		}
	}
	x.newest = make([]uint32, x.docs)
	for d := range x.newest {
		x.newest[d] = uint32(d)
	}
	slices.SortStableFunc(x.newest, func(a, b uint32) int { return int(x.years[b]) - int(x.years[a]) })
}

// rankTitles orders all documents by their titles' collation keys; equal keys rank alike.
func (x *Index) rankTitles() ([]uint32, error) {
	ranks := make([]uint32, x.docs)
	rank := uint32(0)
	err := eachTerm(x.segment, schema.FieldOrder, func(_ string, b *roaring.Bitmap) error {
		for it := b.Iterator(); it.HasNext(); {
			ranks[it.Next()] = rank
		}
		rank++
		return nil
	})
	return ranks, err
}

func (x *Index) column(facet string) *column {
	if i := slices.Index(schema.Facets, facet); i >= 0 {
		return x.columns[i]
	}
	return nil
}

// Close lets the generation go. No other call may be under way.
func (x *Index) Close() error {
	var errs []error
	if x.forward != nil {
		errs = append(errs, x.forward.close())
	}
	if x.reader != nil {
		errs = append(errs, x.reader.Close())
	}
	return errors.Join(append(errs, x.bleve.Close())...)
}

func closing(c io.Closer, err error) error { return errors.Join(err, c.Close()) }

// Completions are what the generation offers to complete queries with.
func (x *Index) Completions() search.Completions {
	var c search.Completions
	for _, list := range [][]schema.Completion{x.suggestions.Words, x.suggestions.Phrases} {
		for _, w := range list {
			c.Words = append(c.Words, search.Completion{Kind: search.CompletionWord, Text: w.Text, Count: w.Cases})
		}
	}
	for _, t := range x.suggestions.Titles {
		c.Titles = append(c.Titles, search.Completion{Kind: search.CompletionCase, Text: t.Text, Value: t.ID, Count: 1})
	}
	return c
}

// Vocabulary are the corpus' own words that its analysis took for parts of compounds.
func (x *Index) Vocabulary() []string { return x.vocabulary }

// Analysis is the fingerprint of the language data that the generation was made with.
func (x *Index) Analysis() string { return x.manifest.Analysis }

// Status names the generation.
func (x *Index) Status() search.Status {
	return search.Status{Generation: x.manifest.Generation, Cases: x.docs}
}

// Values are a facet's values over all documents, in order.
func (x *Index) Values(facet string) []search.FacetValue {
	c := x.column(facet)
	if c == nil {
		return nil
	}
	out := make([]search.FacetValue, len(c.values))
	for i, v := range c.values {
		out[i] = search.FacetValue{Value: v, Count: int(c.counts[i])}
	}
	return out
}

// idf is BM25's inverse document frequency, always positive.
func (x *Index) idf(docs float64) float32 {
	return float32(math.Pow(math.Log(1+max(0, float64(x.docs)-docs+0.5)/(docs+0.5))+0.01, idfPower))
}
