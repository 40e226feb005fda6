package embedded

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"

	"github.com/vidensbank/vidensbank/internal/schema"
	"github.com/vidensbank/vidensbank/search"
)

const (
	// maxWords is how many words of a plan are looked at: each has a bit in a document's mask.
	maxWords = 30
	// excluded marks a document that a -word rules out.
	excluded = uint32(1) << 31
	// checkEvery is how many hits pass between two looks at the deadline: some 0.2 ms of work.
	checkEvery = 1 << 14
	// blockDocs is how many document numbers are taken from a bitmap at a time.
	blockDocs = 1024
)

// scratch is the working memory of one query, from a pool: dense arrays by document, all zero between queries.
type scratch struct {
	dicts map[string]segment.TermDictionary
	list  segment.PostingsList
	iter  segment.PostingsIterator
	key   []byte
	block [blockDocs]uint32

	docs    []docState
	touched []uint32 // documents with tf set
	members []uint8  // of an alternative of several terms: how many of the first of them a document has
	joined  []uint32 // documents with members set
	hits    []uint32 // documents with mask set
}

// docState is what a query knows of a document. It's one piece, so that a document costs one cache line.
type docState struct {
	tf    float32 // weighted frequency of the word at work
	best  float32 // weight of its best alternative there, at most 1
	score float32
	cover float32 // the weight of the words that it has, those that it has weakly by their share
	mask  uint32  // which words it has
}

func (x *Index) newScratch() *scratch {
	return &scratch{
		dicts:   map[string]segment.TermDictionary{},
		docs:    make([]docState, x.docs),
		members: make([]uint8, x.docs),
	}
}

// reset zeroes what a query has touched, whatever way it ended.
func (s *scratch) reset() {
	for _, d := range s.touched {
		s.docs[d] = docState{}
	}
	for _, d := range s.joined {
		s.members[d] = 0
	}
	for _, d := range s.hits {
		s.docs[d] = docState{}
	}
	s.touched, s.joined, s.hits = s.touched[:0], s.joined[:0], s.hits[:0]
}

// each calls visit with blocks of the documents of a term.
func (s *scratch) each(x *Index, field string, term []byte, visit func([]uint32)) error {
	bm, doc, one, err := s.postings(x, field, term)
	switch {
	case err != nil:
		return err
	case one:
		s.block[0] = doc
		visit(s.block[:1])
	case bm != nil:
		it := bm.ManyIterator()
		for n := it.NextMany(s.block[:]); n > 0; n = it.NextMany(s.block[:]) {
			visit(s.block[:n])
		}
	}
	return nil
}

// postings finds a term's documents: a bitmap that is valid until the next call, or a single document, or neither.
func (s *scratch) postings(x *Index, field string, term []byte) (bm *roaring.Bitmap, doc uint32, one bool, err error) {
	dict, ok := s.dicts[field]
	if !ok {
		if dict, err = x.segment.Dictionary(field); err != nil {
			return nil, 0, false, err
		}
		s.dicts[field] = dict
	}
	if s.list, err = dict.PostingsList(term, nil, s.list); err != nil {
		return nil, 0, false, err
	}
	if s.list.Count() == 0 {
		return nil, 0, false, nil
	}
	s.iter = s.list.Iterator(false, false, false, s.iter)
	pi, ok := s.iter.(segment.OptimizablePostingsIterator)
	if !ok {
		return nil, 0, false, fmt.Errorf("Bleve's postings iterator is a %T without bitmaps", s.iter)
	}
	if d, ok := pi.DocNum1Hit(); ok {
		return nil, uint32(d), true, nil
	}
	return pi.ActualBitmap(), 0, false, nil
}

// occurrences calls visit with the documents of a base in a field of the plan, and how often they have it. A document may come twice: its
// frequencies add up.
func (s *scratch) occurrences(x *Index, field search.Field, term string, visit func(docs []uint32, tf float32)) error {
	switch field {
	case search.FieldStem:
		s.key = append(append(s.key[:0], term...), 0)
		bare := s.key[:len(term)]
		for level := range byte(schema.Levels) {
			key, tf := bare, schema.LevelTF(0)
			if level > 0 { // the bare term has counted the first occurrence
				s.key[len(term)] = level
				key, tf = s.key, schema.LevelTF(level)-schema.LevelTF(0)
			}
			if err := s.each(x, schema.FieldStem, key, func(docs []uint32) { visit(docs, tf) }); err != nil {
				return err
			}
		}
		return nil
	case search.FieldAny:
		if err := s.occurrences(x, search.FieldStem, term, visit); err != nil {
			return err
		}
		return s.occurrences(x, search.FieldPart, term, visit)
	}
	s.key = append(s.key[:0], term...)
	return s.each(x, string(field), s.key, func(docs []uint32) { visit(docs, 1) })
}

// presence calls visit with the documents of a base in a field of the plan. A document may come twice.
func (s *scratch) presence(x *Index, field search.Field, term string, visit func(docs []uint32)) error {
	s.key = append(s.key[:0], term...)
	if field != search.FieldAny {
		return s.each(x, string(field), s.key, visit)
	}
	if err := s.each(x, schema.FieldStem, s.key, visit); err != nil {
		return err
	}
	return s.each(x, schema.FieldPart, s.key, visit)
}

// frequency is the number of documents that presence visits.
func (s *scratch) frequency(x *Index, field, term string) (int, error) {
	s.key = append(s.key[:0], term...)
	bm, _, one, err := s.postings(x, field, s.key)
	switch {
	case err != nil:
		return 0, err
	case one:
		return 1, nil
	case bm != nil:
		return int(bm.GetCardinality()), nil
	}
	return 0, nil
}

// gather sums the weighted frequencies of a word's alternatives into s.tf, and lists the documents in s.touched.
func (s *scratch) gather(ctx context.Context, x *Index, w *search.PlanWord) error {
	for i := range w.Alternatives {
		if err := ctx.Err(); err != nil {
			return err
		}
		a := &w.Alternatives[i]
		weight := float32(a.Weight)
		strength := min(1, weight)
		if len(a.Terms) == 1 {
			err := s.occurrences(x, a.Field, a.Terms[0], func(docs []uint32, tf float32) {
				add := weight * tf
				for _, d := range docs {
					state := &s.docs[d]
					if state.tf == 0 {
						s.touched = append(s.touched, d)
					}
					state.tf += add
					state.best = max(state.best, strength)
				}
			})
			if err != nil {
				return err
			}
			continue
		}
		if err := s.gatherAll(x, a); err != nil {
			return err
		}
	}
	return nil
}

// gatherAll adds an alternative of several terms: documents that have all of them, once.
func (s *scratch) gatherAll(x *Index, a *search.Alternative) error {
	if len(a.Terms) > math.MaxUint8 { // a query has not half as many words
		return fmt.Errorf("an alternative of %d terms: want at most %d", len(a.Terms), math.MaxUint8)
	}
	for i, term := range a.Terms {
		before := uint8(i)
		err := s.presence(x, a.Field, term, func(docs []uint32) {
			for _, d := range docs {
				if s.members[d] != before { // it lacks one before, or comes twice
					continue
				}
				if before == 0 {
					s.joined = append(s.joined, d)
				}
				s.members[d]++
			}
		})
		if err != nil {
			return err
		}
	}
	all := uint8(len(a.Terms))
	weight := float32(a.Weight)
	for _, d := range s.joined {
		if s.members[d] == all {
			state := &s.docs[d]
			if state.tf == 0 {
				s.touched = append(s.touched, d)
			}
			state.tf += weight
			state.best = max(state.best, min(1, weight))
		}
		s.members[d] = 0
	}
	s.joined = s.joined[:0]
	return nil
}

// saturate is BM25's term frequency part, for a document of an encoded length.
func (x *Index) saturate(tf float32, doc uint32) float32 {
	return tf * (bm25K1 + 1) / (tf + x.norms[x.lengths[doc]])
}

// take scores the gathered word into the documents' scores, at its weight in the query, and leaves the word's memory clean.
func (s *scratch) take(x *Index, bit uint32, idf float32) {
	for _, d := range s.touched {
		state := &s.docs[d]
		if state.mask == 0 {
			s.hits = append(s.hits, d)
		}
		state.mask |= bit
		state.score += idf * x.saturate(state.tf, d)
		state.cover += idf * min(1, state.best/fullMatch)
		state.tf, state.best = 0, 0
	}
	s.touched = s.touched[:0]
}

// fullMatch is the weight of an alternative from which a word counts as wholly matched: a synonym is, a part of a compound half.
const fullMatch = 0.7

// exclude marks the gathered documents as ruled out.
func (s *scratch) exclude() {
	for _, d := range s.touched {
		state := &s.docs[d]
		if state.mask == 0 {
			s.hits = append(s.hits, d)
		}
		state.mask |= excluded
		state.tf, state.best = 0, 0
	}
	s.touched = s.touched[:0]
}

// filter is a facet with chosen values, ready to be asked.
type filter struct {
	column  *column
	allowed []bool
}

// run is one execution of a plan.
type run struct {
	x        *Index
	s        *scratch
	plan     *search.Plan
	idfs     [maxWords]float32
	total    float32 // of idfs
	required uint32
	phrases  [][]uint32
	filters  []filter
	failing  []int      // by filter: index into counted facets, -1 where that facet isn't counted
	columns  []*column  // counted facets
	counts   [][]uint32 // by counted facet
	facetOf  []int      // by counted facet: its filter, -1 for none
	wordDocs []int
	found    int
	top      topList
}

// Execute finds, counts and ranks in one pass.
func (x *Index) Execute(ctx context.Context, p *search.Plan) (*search.Answer, error) {
	r := &run{x: x, plan: p}
	if err := r.prepare(); err != nil {
		return nil, err
	}
	if len(p.Words) == 0 && len(p.Not) == 0 && len(p.Phrases) == 0 && len(r.filters) == 0 && p.Sort != search.SortTitle {
		return r.landing(), nil
	}
	r.s = x.pool.Get().(*scratch)
	defer func() {
		r.s.reset()
		x.pool.Put(r.s)
	}()
	if err := r.score(ctx); err != nil {
		return nil, err
	}
	if err := r.collect(ctx); err != nil {
		return nil, err
	}
	return r.answer()
}

// prepare looks up the facets and filters of the plan.
func (r *run) prepare() error {
	p := r.plan
	for _, run := range p.Phrases {
		hashes := make([]uint32, len(run))
		for i, base := range run {
			hashes[i] = schema.Hash(base)
		}
		r.phrases = append(r.phrases, hashes)
	}
	filterOf := map[string]int{}
	for _, facet := range search.Facets {
		values := p.Filters[facet]
		if len(values) == 0 {
			continue
		}
		c := r.x.column(facet)
		f := filter{column: c, allowed: make([]bool, len(c.values))}
		for _, v := range values {
			if i, ok := c.byName[v]; ok {
				f.allowed[i] = true
			}
		}
		filterOf[facet] = len(r.filters)
		r.filters = append(r.filters, f)
		r.failing = append(r.failing, -1)
	}
	for _, facet := range p.Facets {
		c := r.x.column(facet)
		if c == nil {
			return fmt.Errorf("facet %q is none of %v", facet, search.Facets)
		}
		of := -1
		if i, ok := filterOf[facet]; ok {
			of = i
			r.failing[i] = len(r.columns)
		}
		r.facetOf = append(r.facetOf, of)
		r.columns = append(r.columns, c)
		r.counts = append(r.counts, make([]uint32, len(c.values)))
	}
	keep := p.Offset + p.Limit
	if p.Sort == search.SortRelevance && len(p.Words) > 0 {
		keep = max(keep, rerankDepth)
	}
	r.top.limit = min(keep, r.x.docs)
	return nil
}

// landing answers a plan that asks for everything: counts and order were made when the generation opened.
func (r *run) landing() *search.Answer {
	a := &search.Answer{Total: r.x.docs}
	for i, c := range r.columns {
		copy(r.counts[i], c.counts)
	}
	a.Facets = r.facets()
	for i := r.plan.Offset; i < min(r.plan.Offset+r.plan.Limit, r.x.docs); i++ {
		a.Matches = append(a.Matches, search.Match{Doc: r.x.newest[i]})
	}
	return a
}

// score goes through the words, one after the other.
func (r *run) score(ctx context.Context) error {
	for i := range r.plan.Words[:min(len(r.plan.Words), maxWords)] {
		w := &r.plan.Words[i]
		if err := r.s.gather(ctx, r.x, w); err != nil {
			return err
		}
		bit := uint32(1) << i
		r.wordDocs = append(r.wordDocs, len(r.s.touched))
		r.idfs[i] = r.x.idf(w.Docs)
		r.s.take(r.x, bit, r.idfs[i])
		r.total += r.idfs[i]
		if w.Required {
			r.required |= bit
		}
	}
	if len(r.plan.Words) == 0 { // everything, less what the plan rules out
		for d := range uint32(r.x.docs) {
			r.s.docs[d].mask = 1
			r.s.hits = append(r.s.hits, d)
		}
	}
	for i := range r.plan.Not {
		if err := r.s.gather(ctx, r.x, &r.plan.Not[i]); err != nil {
			return err
		}
		r.s.exclude()
	}
	return ctx.Err()
}

// collect goes through the hits once: filters, facet counts, ranking.
func (r *run) collect(ctx context.Context) error {
	key, err := r.sortKey()
	if err != nil {
		return err
	}
	for i, d := range r.s.hits {
		if i%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		state := r.s.docs[d]
		mask := state.mask
		if mask&excluded != 0 || mask&r.required != r.required || !r.hasPhrases(d) {
			continue
		}
		failed := -1
		if len(r.filters) > 0 {
			fails := 0
			for j := range r.filters {
				if !r.filters[j].column.passes(d, r.filters[j].allowed) {
					failed = j
					if fails++; fails > 1 {
						break
					}
				}
			}
			if fails > 1 {
				continue
			}
			if fails == 1 {
				if f := r.failing[failed]; f >= 0 {
					r.columns[f].count(d, r.counts[f])
				}
				continue
			}
		}
		for j, c := range r.columns {
			c.count(d, r.counts[j])
		}
		r.found++
		r.top.offer(entry{doc: d, key: key(d), score: state.score * r.coordination(state.cover)})
	}
	return nil
}

func (r *run) hasPhrases(doc uint32) bool {
	for _, run := range r.phrases {
		if !r.x.forward.contains(doc, run) {
			return false
		}
	}
	return true
}

// sortKey is what documents are ordered by before relevance; 0 throughout where that is all.
func (r *run) sortKey() (func(uint32) int32, error) {
	switch {
	case r.plan.Sort == search.SortTitle:
		ranks, err := r.x.titleOrder()
		return func(d uint32) int32 { return -int32(ranks[d]) }, err
	case r.plan.Sort == search.SortNewest || len(r.plan.Words) == 0:
		return func(d uint32) int32 { return r.x.years[d] }, nil
	}
	return func(uint32) int32 { return 0 }, nil
}

// coordination is the factor for a document that covers some of the query's weight: documents with more of its words come first. The root keeps
// one rare word from being drowned by two common ones.
func (r *run) coordination(cover float32) float32 {
	if r.total == 0 {
		return 1
	}
	return float32(math.Sqrt(float64(cover / r.total)))
}

func (r *run) answer() (*search.Answer, error) {
	entries := r.top.sorted()
	if r.plan.Sort == search.SortRelevance && len(r.plan.Words) > 0 {
		r.rerank(entries[:min(len(entries), rerankDepth)])
	}
	a := &search.Answer{Total: r.found, Facets: r.facets(), WordDocs: r.wordDocs}
	for _, e := range entries[min(r.plan.Offset, len(entries)):min(r.plan.Offset+r.plan.Limit, len(entries))] {
		a.Matches = append(a.Matches, search.Match{Doc: e.doc, Score: float64(e.score)})
	}
	return a, nil
}

// facets makes the counts into values: those with cases, and the chosen ones whatever they have; most cases first.
func (r *run) facets() []search.Facet {
	out := make([]search.Facet, 0, len(r.columns))
	for i, facet := range r.plan.Facets {
		c, counts := r.columns[i], r.counts[i]
		chosen := map[string]bool{}
		for _, v := range r.plan.Filters[facet] {
			chosen[v] = true
		}
		n := 0
		for _, count := range counts {
			if count > 0 {
				n++
			}
		}
		values := make([]search.FacetValue, 0, n+len(chosen))
		for v, count := range counts {
			if name := c.values[v]; count > 0 || chosen[name] {
				values = append(values, search.FacetValue{Value: name, Count: int(count), Selected: chosen[name]})
				delete(chosen, name)
			}
		}
		for name := range chosen { // not in the index at all
			values = append(values, search.FacetValue{Value: name, Selected: true})
		}
		slices.SortFunc(values, func(a, b search.FacetValue) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
		})
		out = append(out, search.Facet{Name: facet, Values: values})
	}
	return out
}
