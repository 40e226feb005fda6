package analyzers

import (
	"math"
	"strings"
	"unicode/utf8"
)

const (
	// minCompound is the shortest word that is cut: two parts of two and three letters (ørnerede, not ø+l).
	minCompound = 5
	// maxCompound is the longest: what is longer is no word, and the work grows with the square.
	maxCompound = 60
	// maxParts bounds a cut; longer chains are chance.
	maxParts = 6
)

// wholeCost is what an unknown word of n letters costs uncut. Where the parts cost less, they are the likelier reading.
func wholeCost(n int) float64 {
	return 5.5 + 0.9*float64(n)
}

// splitter cuts compounds by the likeliest chain of known parts: those of the lexicon, and those that one corpus adds.
type splitter struct {
	lex    *lexicon
	extra  map[string]bool // the corpus' own words
	starts map[string]bool // their first extraStart bytes
}

// extraStart is how many bytes of the corpus' words tell whether a word may hold one of them.
const extraStart = 4

// mayDiffer tells whether one of the corpus' words may be part of a lower-case word, or of its normal form.
func (s *splitter) mayDiffer(word string) bool {
	if len(s.extra) == 0 {
		return false
	}
	for i := 0; i+extraStart <= len(word); i++ {
		if s.starts[word[i:i+extraStart]] {
			return true
		}
	}
	n := Normal(word)
	return n != word && s.mayDiffer(n)
}

// first looks a first part up, with its linking element.
func (s *splitter) first(surface string) (firstPart, bool) {
	if f, ok := s.lex.first[surface]; ok {
		return f, true
	}
	if s.extra[surface] {
		return firstPart{surface, costVocabulary}, true
	}
	if base, ok := strings.CutSuffix(surface, "s"); ok && s.extra[base] {
		return firstPart{base, costVocabulary + costOddLink/2}, true
	}
	return firstPart{}, false
}

// split returns the parts of a lower-case word without their linking elements, or nil where the word is simple, unknown, or too
// short or long. The cost of a chain is the sum of its parts' costs; the cheapest wins, and must be cheaper than the whole word.
func (s *splitter) split(word string) []string {
	n := utf8.RuneCountInString(word)
	if _, simple := s.lex.whole[word]; simple || n < minCompound || n > maxCompound || !allLower(word) {
		return nil
	}
	// Byte offsets of the runes, so that substrings cost nothing.
	var at [maxCompound + 1]int
	k := 0
	for i := range word {
		at[k] = i
		k++
	}
	at[n] = len(word)

	// best[i] is the cheapest chain that covers word[i:]; parts are found from the end, so that the last part is judged as one.
	type state struct {
		cost  float64
		next  int
		part  string
		parts int
	}
	var best [maxCompound + 1]state
	for i := range best[:n+1] {
		best[i].cost = math.Inf(1)
	}
	for i := n - minPart; i >= 0; i-- {
		if i > 0 { // a last part
			if c, ok := s.lastCost(word[at[i]:], n-i); ok {
				best[i] = state{cost: c, next: n, part: word[at[i]:], parts: 1}
			}
		}
		for j := i + minPart; j <= n-minPart; j++ {
			rest := best[j]
			if math.IsInf(rest.cost, 1) || rest.parts >= maxParts {
				continue
			}
			surface := word[at[i]:at[j]]
			f, ok := s.first(surface)
			if !ok {
				continue
			}
			c := f.cost + shortCost(utf8.RuneCountInString(f.base)) + rest.cost
			if c < best[i].cost {
				best[i] = state{cost: c, next: j, part: f.base, parts: rest.parts + 1}
			}
		}
	}
	if best[0].parts < 2 || best[0].cost >= wholeCost(n) {
		return nil
	}
	parts := make([]string, 0, best[0].parts)
	for i := 0; i < n; i = best[i].next {
		parts = append(parts, best[i].part)
	}
	return parts
}

func (s *splitter) lastCost(tail string, n int) (float64, bool) {
	if c, ok := s.lex.last[tail]; ok {
		return c + shortCost(n), true
	}
	if s.extra[tail] {
		return costVocabulary, true
	}
	if n >= 6 {
		if stem := Stem(tail); utf8.RuneCountInString(stem) >= 4 && s.lex.stems[stem] {
			return costKnown + costStemTail, true
		}
	}
	return 0, false
}

func shortCost(n int) float64 {
	switch {
	case n == 1:
		return costLength1
	case n == 2:
		return costLength2
	case n == 3:
		return costLength3
	}
	return 0
}

// segments cuts a word at its hyphens; a word without one is one segment.
func segments(word string) []string {
	return strings.FieldsFunc(word, func(r rune) bool { return r == '-' || r == '‐' || r == '‑' })
}
