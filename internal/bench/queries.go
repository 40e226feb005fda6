package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/vidensbank/vidensbank/analyzers"
	"github.com/vidensbank/vidensbank/corpus"
)

const (
	// minShare and maxShare bound the share of the documents that a query's word stands in: what people search for is neither rare nor
	// everywhere.
	minShare = 0.002
	maxShare = 0.05
	// queryWords is how many words a query has at most.
	queryWords = 3
	// sampleDocuments is how many documents the shares are counted in.
	sampleDocuments = 5000
)

// query is one search: words, and a chosen value in each facet for those measurements that filter.
type query struct {
	text    string
	filters map[string][]string
}

// makeQueries makes queries of one to three words of middling frequency. A word's frequency is that of its base, in whatever form; of a base that
// has several forms, any may be asked for. The filters are values of a document that the query finds, as one can choose only those that a page shows.
func makeQueries(d *documents, a *analyzers.Analyzer, n int) ([]query, error) {
	sample := min(d.size, sampleDocuments)
	docs := map[string]int{}       // how many have a base
	first := map[string]int{}      // the first that has it
	forms := map[string][]string{} // as it's written
	for i := range sample {
		c := d.document(i)
		seen := map[string]bool{}
		for _, text := range []string{c.Title, c.Summary, body(c)} {
			analyzers.Tokenize(text, func(t analyzers.Token) bool {
				w := a.Word(t.Text)
				if w == nil || w.Stop {
					return true
				}
				if !seen[w.Base] {
					seen[w.Base] = true
					if docs[w.Base]++; docs[w.Base] == 1 {
						first[w.Base] = i
					}
				}
				if form := strings.ToLower(t.Text); !slices.Contains(forms[w.Base], form) {
					forms[w.Base] = append(forms[w.Base], form)
				}
				return true
			})
		}
	}
	type candidate struct {
		base  string
		share float64
	}
	var candidates []candidate
	r := rand.New(rand.NewPCG(d.seed, math.MaxUint64))
	for _, base := range slices.Sorted(maps.Keys(docs)) {
		// Many words share a count: the jitter shuffles them, so that each has its chance.
		share := float64(docs[base]) / float64(sample) * (1 + 1e-3*r.Float64())
		if share >= minShare && share <= maxShare {
			candidates = append(candidates, candidate{base, share})
		}
	}
	if len(candidates) < 10*queryWords {
		return nil, fmt.Errorf("only %d words of middling frequency in %d documents: too few to make queries of", len(candidates), sample)
	}
	sortBy(candidates, func(c candidate) float64 { return c.share })
	queries := make([]query, n)
	for i := range queries {
		var words []string
		var chosen *corpus.Case
		for range 1 + i%queryWords {
			// Even over the logarithm of the share, so that the many rare words don't crowd out the others.
			share := minShare * math.Pow(maxShare/minShare, r.Float64())
			at, _ := slices.BinarySearchFunc(candidates, share, func(c candidate, s float64) int { return cmp.Compare(c.share, s) })
			base := candidates[min(at, len(candidates)-1)].base
			words = append(words, one(r, forms[base]))
			chosen = d.document(first[base])
		}
		queries[i] = query{text: strings.Join(words, " "), filters: map[string][]string{}}
		for _, facet := range facets {
			queries[i].filters[facet] = values(chosen, facet)[:1]
		}
	}
	return queries, nil
}
