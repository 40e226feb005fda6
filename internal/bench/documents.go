package main

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/search"
)

// What a document is made of.
const (
	minTitle, maxTitle     = 6, 10  // words
	minSummary, maxSummary = 20, 32 // words
	minBody, maxBody       = 170, 260
	minSentence            = 8
	maxSentence            = 18
	maxThemes              = 4
	// topicLemmas is how many words a document keeps coming back to, topicShare how much of its content words they are.
	topicLemmas = 8
	topicShare  = 0.25
	// functionShare is how much of running Danish text is function words.
	functionShare = 0.42
	// facetSkew makes the first values of a facet the commonest: a value's share is 1/(rank+1)^facetSkew.
	facetSkew = 0.8
)

// facets are the ones that documents have values of.
var facets = []string{search.FacetSector, search.FacetTheme, search.FacetMunicipality}

// documents is a corpus made up from a seed. A document is made whenever it's asked for, from the seed and its number, and never held.
type documents struct {
	seed   uint64
	size   int
	words  *vocabulary
	values map[string][]string // by facet
	draws  map[string][]uint8  // by facet: value numbers, each as often as its share
}

// newDocuments makes a corpus of the given size whose facets have the taxonomy's values: 15 sectors, 28 themes, 98 municipalities. Corpora of
// one seed begin with the same documents.
func newDocuments(seed uint64, size int, t *corpus.Taxonomy) *documents {
	d := &documents{seed: seed, size: size, words: newVocabulary(seed), values: map[string][]string{}, draws: map[string][]uint8{}}
	for _, facet := range facets {
		d.values[facet] = t.IDs(facet)
		shares := make([]float64, len(d.values[facet]))
		for i := range shares {
			shares[i] = 1 / math.Pow(float64(i+1), facetSkew)
		}
		d.draws[facet] = drawTable[uint8](shares, 1<<12)
	}
	return d
}

// Fingerprint tells the corpora of two seeds and sizes apart.
func (d *documents) Fingerprint() string { return fmt.Sprintf("bench-%d-%d", d.seed, d.size) }

// Size is the number of documents.
func (d *documents) Size() int { return d.size }

// Cases makes all documents, one after the other.
func (d *documents) Cases(ctx context.Context) iter.Seq2[*corpus.Case, error] {
	return func(yield func(*corpus.Case, error) bool) {
		for i := range d.size {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			if !yield(d.document(i), nil) {
				return
			}
		}
	}
}

// document makes one document.
func (d *documents) document(i int) *corpus.Case {
	w := writer{r: rand.New(rand.NewPCG(d.seed, uint64(i)+1)), words: d.words}
	for j := range w.topics {
		w.topics[j] = d.words.of[w.form()]
	}
	c := &corpus.Case{ID: fmt.Sprintf("sag-%07d", i)}
	c.Title = w.title(between(w.r, minTitle, maxTitle))
	c.Summary = w.text(between(w.r, minSummary, maxSummary))
	c.Sections = []corpus.Section{{Body: w.text(between(w.r, minBody, maxBody))}}
	c.Sector = d.value(w.r, search.FacetSector)
	c.Municipalities = []string{d.value(w.r, search.FacetMunicipality)}
	for range 1 + w.r.IntN(maxThemes) {
		if v := d.value(w.r, search.FacetTheme); !slices.Contains(c.Themes, v) {
			c.Themes = append(c.Themes, v)
		}
	}
	return c
}

// value draws a value of a facet.
func (d *documents) value(r *rand.Rand, facet string) string {
	table := d.draws[facet]
	return d.values[facet][table[r.IntN(len(table))]]
}

func between(r *rand.Rand, low, high int) int { return low + r.IntN(high-low+1) }

// writer writes one document.
type writer struct {
	r      *rand.Rand
	words  *vocabulary
	topics [topicLemmas]uint16
}

// form draws a form of the vocabulary.
func (w *writer) form() uint16 { return w.words.draws[w.r.IntN(len(w.words.draws))] }

// content draws a content word: one of the document's topics, or any.
func (w *writer) content() string {
	if w.r.Float64() < topicShare {
		return w.topic()
	}
	return w.words.forms[w.form()]
}

// topic draws a topic, the first ones more often, in one of its forms.
func (w *writer) topic() string {
	l := w.words.lemmas[w.topics[w.r.IntN(1+w.r.IntN(topicLemmas))]]
	return w.words.forms[l[0]+uint16(w.r.IntN(int(l[1]-l[0])))]
}

func (w *writer) function() string {
	return functionWords[w.words.small[w.r.IntN(len(w.words.small))]]
}

func (w *writer) title(words int) string {
	var b strings.Builder
	for i := range words {
		next := w.topic()
		if i%3 == 1 {
			next = w.function()
		}
		put(&b, next, i == 0)
	}
	return b.String()
}

// text writes sentences of so many words altogether.
func (w *writer) text(words int) string {
	var b strings.Builder
	b.Grow(words * 8)
	for words > 0 {
		n := min(words, between(w.r, minSentence, maxSentence))
		if words-n < minSentence {
			n = words
		}
		for i := range n {
			var next string
			if w.r.Float64() < functionShare {
				next = w.function()
			} else {
				next = w.content()
			}
			put(&b, next, i == 0)
		}
		b.WriteByte('.')
		words -= n
	}
	return b.String()
}

// put writes a word behind a space, with a capital where it begins a sentence.
func put(b *strings.Builder, word string, first bool) {
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	if !first {
		b.WriteString(word)
		return
	}
	r, size := utf8.DecodeRuneInString(word)
	b.WriteRune(unicode.ToUpper(r))
	b.WriteString(word[size:])
}

// body is a document's text without title and summary.
func body(c *corpus.Case) string { return c.Sections[0].Body }

// values returns a document's values of a facet.
func values(c *corpus.Case, facet string) []string {
	switch facet {
	case search.FacetSector:
		return []string{c.Sector}
	case search.FacetTheme:
		return c.Themes
	}
	return c.Municipalities
}

func sortBy[T any](s []T, key func(T) float64) {
	slices.SortStableFunc(s, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}
