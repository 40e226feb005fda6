package embedded

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/vidensbank/vidensbank/internal/schema"
	"github.com/vidensbank/vidensbank/search"
)

// maxNear bounds the dictionary entries that one spelling may visit: with two edits on a million words they are some hundreds.
const maxNear = 2000

func (x *Index) borrow() *scratch    { return x.pool.Get().(*scratch) }
func (x *Index) giveBack(s *scratch) { x.pool.Put(s) }

// Frequency is the number of documents with a term in a field; those with it in a word of its own and those with it as a part are counted
// apart, so that for FieldAny a document may count twice.
func (x *Index) Frequency(f search.Field, term string) (int, error) {
	s := x.borrow()
	defer x.giveBack(s)
	if f != search.FieldAny {
		return s.frequency(x, string(f), term)
	}
	stem, err := s.frequency(x, schema.FieldStem, term)
	if err != nil {
		return 0, err
	}
	part, err := s.frequency(x, schema.FieldPart, term)
	return stem + part, err
}

// Near returns the words of the index within an edit distance, in the dictionary's order.
func (x *Index) Near(ctx context.Context, word string, distance, limit int) ([]search.Term, error) {
	if !utf8.ValidString(word) || distance < 1 || distance > 2 {
		return nil, fmt.Errorf("near %q within %d edits: want valid UTF-8 and 1 or 2", word, distance)
	}
	dfa, err := x.edits.BuildDfa(word, uint8(distance))
	if err != nil {
		return nil, fmt.Errorf("near %q: %w", word, err)
	}
	dict, err := x.segment.Dictionary(schema.FieldExact)
	if err != nil {
		return nil, err
	}
	var out []search.Term
	it := dict.AutomatonIterator(dfa, nil, nil)
	for range maxNear {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		e, err := it.Next()
		if err != nil {
			return nil, err
		}
		if e == nil {
			break
		}
		if !within([]rune(word), []rune(e.Term), distance) {
			continue
		}
		out = append(out, search.Term{Text: e.Term, Docs: int(e.Count)})
		if len(out) >= limit {
			break
		}
	}
	return out, nil
}

// within tells whether two words are at most so many edits apart, a transposition of neighbours being one. The automaton alone also takes words
// that are one edit further (vellum v1.2.0: leder for ælder).
func within(a, b []rune, distance int) bool {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		row, prev, before := rows[i%3], rows[(i-1)%3], rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(prev[j], row[j-1]) + 1
			if a[i-1] == b[j-1] {
				row[j] = min(row[j], prev[j-1])
			} else {
				row[j] = min(row[j], prev[j-1]+1)
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return rows[len(a)%3][len(b)] <= distance
}

// Document returns what is stored of a document.
func (x *Index) Document(doc uint32) (*search.Document, error) {
	if int(doc) >= x.docs {
		return nil, search.ErrNotFound
	}
	var d search.Document
	found := false
	var fault error
	err := x.segment.VisitStoredFields(uint64(doc), func(field string, _ byte, value []byte, _ []uint64) bool {
		if field != schema.FieldSource {
			return true
		}
		found = true
		fault = json.Unmarshal(value, &d)
		return false
	})
	if err == nil {
		err = fault
	}
	if err == nil && !found {
		err = fmt.Errorf("%w: document %d has no stored case", schema.ErrBroken, doc)
	}
	if err != nil {
		return nil, err
	}
	return &d, nil
}

// Find returns the number of the document with an id.
func (x *Index) Find(id string) (uint32, bool, error) {
	s := x.borrow()
	defer x.giveBack(s)
	bm, doc, one, err := s.postings(x, "_id", []byte(id))
	if err != nil || one {
		return doc, one, err
	}
	if bm == nil || bm.IsEmpty() {
		return 0, false, nil
	}
	return bm.Minimum(), true, nil
}

// Explain says what each word of the plan adds to a document's score, by the same arithmetic as Execute.
func (x *Index) Explain(ctx context.Context, p *search.Plan, doc uint32) ([]search.Matched, error) {
	r := &run{x: x, plan: p, s: x.borrow()}
	defer func() {
		r.s.reset()
		x.giveBack(r.s)
	}()
	if err := r.prepare(); err != nil {
		return nil, err
	}
	if err := r.score(ctx); err != nil {
		return nil, err
	}
	share := r.coordination(r.s.docs[doc].cover)
	var out []search.Matched
	for i := range p.Words[:min(len(p.Words), maxWords)] {
		w := &p.Words[i]
		var tf float32
		from := len(out)
		for _, a := range w.Alternatives {
			n, err := x.occurrencesIn(r.s, a, doc)
			if err != nil {
				return nil, err
			}
			if n > 0 {
				tf += n * float32(a.Weight)
				out = append(out, search.Matched{Word: w.Text, Term: term(a), How: string(a.How), Weight: a.Weight, Score: float64(n) * a.Weight})
			}
		}
		for j := from; j < len(out); j++ { // the word's score, shared out by what each alternative gave
			out[j].Score *= float64(r.idfs[i] * x.saturate(tf, doc) / tf * share)
		}
	}
	near, title := r.places(doc, r.s.docs[doc].mask, r.wordTable())
	if near > 0 {
		out = append(out, search.Matched{How: string(search.HowNearness), Weight: float64(nearWeight), Score: float64(near)})
	}
	if title > 0 {
		out = append(out, search.Matched{How: string(search.HowTitle), Weight: float64(titleWeight), Score: float64(title)})
	}
	return out, nil
}

func term(a search.Alternative) string {
	t := a.Terms[0]
	for _, more := range a.Terms[1:] {
		t += " + " + more
	}
	return t
}

// occurrencesIn is the weighted frequency of an alternative in one document, without its weight.
func (x *Index) occurrencesIn(s *scratch, a search.Alternative, doc uint32) (float32, error) {
	var sum float32
	for _, t := range a.Terms {
		var n float32
		err := s.occurrences(x, a.Field, t, func(docs []uint32, tf float32) {
			if _, ok := slices.BinarySearch(docs, doc); ok {
				n += tf
			}
		})
		if err != nil || n == 0 {
			return 0, err
		}
		sum = n
	}
	if len(a.Terms) > 1 {
		return 1, nil
	}
	return sum, nil
}
