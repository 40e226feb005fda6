package embedded

import (
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// column holds a facet of all documents in flat arrays, made from Bleve's postings when a generation opens. Value numbers are ranks in the
// sorted values; single is used where no document has two values.
type column struct {
	values []string
	counts []uint32
	byName map[string]uint32
	single []uint32 // value number + 1 by document, 0 for none
	starts []uint32 // where a document's values begin in many; one longer than documents
	many   []uint32
}

// newColumn reads a facet's dictionary and postings.
func newColumn(seg segment.Segment, field string, docs int) (*column, error) {
	c := &column{byName: map[string]uint32{}}
	perDoc := make([]uint32, docs)
	var postings []*roaring.Bitmap
	err := eachTerm(seg, field, func(term string, b *roaring.Bitmap) error {
		c.byName[term] = uint32(len(c.values))
		c.values = append(c.values, term)
		c.counts = append(c.counts, uint32(b.GetCardinality()))
		postings = append(postings, b)
		it := b.Iterator()
		for it.HasNext() {
			perDoc[it.Next()]++
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("facet %s: %w", field, err)
	}
	if len(perDoc) == 0 || slices.Max(perDoc) <= 1 {
		c.single = perDoc
		for v, b := range postings {
			for it := b.Iterator(); it.HasNext(); {
				c.single[it.Next()] = uint32(v) + 1
			}
		}
		return c, nil
	}
	c.starts = make([]uint32, docs+1)
	for d, n := range perDoc {
		c.starts[d+1] = c.starts[d] + n
	}
	c.many = make([]uint32, c.starts[docs])
	fill := perDoc
	copy(fill, c.starts)
	for v, b := range postings {
		for it := b.Iterator(); it.HasNext(); {
			d := it.Next()
			c.many[fill[d]] = uint32(v)
			fill[d]++
		}
	}
	return c, nil
}

// eachTerm visits the terms of a field in order, with a bitmap of their documents that stays valid as long as the segment is open.
func eachTerm(seg segment.Segment, field string, visit func(string, *roaring.Bitmap) error) error {
	dict, err := seg.Dictionary(field)
	if err != nil {
		return err
	}
	it := dict.AutomatonIterator(nil, nil, nil)
	for {
		e, err := it.Next()
		if err != nil {
			return err
		}
		if e == nil {
			return nil
		}
		pl, err := dict.PostingsList([]byte(e.Term), nil, nil)
		if err != nil {
			return err
		}
		b := roaring.New()
		pi, ok := pl.Iterator(false, false, false, nil).(segment.OptimizablePostingsIterator)
		if !ok {
			return fmt.Errorf("Bleve's postings iterator is a %T without bitmaps", pi)
		}
		if doc, ok := pi.DocNum1Hit(); ok {
			b.Add(uint32(doc))
		} else if bm := pi.ActualBitmap(); bm != nil {
			b = bm
		}
		if err := visit(e.Term, b); err != nil {
			return err
		}
	}
}

// passes tells whether a document has one of the allowed values.
func (c *column) passes(doc uint32, allowed []bool) bool {
	if c.single != nil {
		v := c.single[doc]
		return v != 0 && allowed[v-1]
	}
	for _, v := range c.many[c.starts[doc]:c.starts[doc+1]] {
		if allowed[v] {
			return true
		}
	}
	return false
}

// count adds a document's values to counts.
func (c *column) count(doc uint32, counts []uint32) {
	if c.single != nil {
		if v := c.single[doc]; v != 0 {
			counts[v-1]++
		}
		return
	}
	for _, v := range c.many[c.starts[doc]:c.starts[doc+1]] {
		counts[v]++
	}
}
