package search

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/vidensbank/vidensbank/analyzers"
)

// Completions are what a generation offers to complete queries with, most usual first.
type Completions struct {
	Words  []Completion // Kind word: single words and short phrases
	Titles []Completion // Kind case
	Facets []Completion // themes, sectors, municipalities
}

const (
	// maxPrefixScan bounds the entries looked at behind a prefix; shorter prefixes have their best entries ready.
	maxPrefixScan = 4000
	// topOfPrefix is how many of the best entries a short prefix keeps ready.
	topOfPrefix = 24
	// readyPrefix is the longest prefix with its best entries ready, in runes.
	readyPrefix = 3
	// MaxCompletions is the most that may be asked for.
	MaxCompletions = 20
	// fuzzyPrefix is the shortest text that is completed although nothing begins with it, in runes.
	fuzzyPrefix = 4
)

// completer answers prefixes from a sorted list of keys. A case or a facet's value stands under each of its words, so that what is
// typed may begin anywhere in it.
type completer struct {
	keys    []completionKey
	entries []Completion
	ready   map[string][]int32 // best entries by short prefix
	engine  Engine
}

type completionKey struct {
	key   string // normal forms, joined with spaces
	entry int32
}

func newCompleter(g Generation, p *planner) *completer {
	c := &completer{engine: g.Engine, ready: map[string][]int32{}}
	seen := map[string]bool{}
	add := func(e Completion, whole bool, texts ...string) {
		id := int32(len(c.entries))
		c.entries = append(c.entries, e)
		for _, text := range texts {
			words := analyzers.Words(text)
			for i := range words {
				if i > 0 && (whole || p.analyzer.IsStop(words[i])) {
					continue
				}
				c.keys = append(c.keys, completionKey{strings.Join(words[i:], " "), id})
			}
		}
	}
	for _, n := range g.Names {
		if n.Facet != FacetTheme && n.Facet != FacetSector && n.Facet != FacetMunicipality {
			continue
		}
		count := 0
		for _, v := range g.Engine.Values(n.Facet) {
			if v.Value == n.Value {
				count = v.Count
			}
		}
		if count > 0 && len(n.Words) > 0 {
			add(Completion{Kind: n.Facet, Text: n.Words[0], Value: n.Value, Count: count}, false, n.Words...)
		}
	}
	for _, w := range g.Completer.Words {
		if key := strings.ToLower(w.Text); !seen[key] {
			seen[key] = true
			add(w, true, w.Text)
		}
	}
	for _, t := range g.Completer.Titles {
		add(t, false, t.Text)
	}
	slices.SortFunc(c.keys, func(a, b completionKey) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.entry, b.entry))
	})
	c.prepare()
	return c
}

// prepare keeps the best entries of every short prefix, since those have too many to look through.
func (c *completer) prepare() {
	var prefixes [readyPrefix]string
	var lists [readyPrefix][]int32
	flush := func(n int) {
		if prefixes[n] != "" {
			c.ready[prefixes[n]] = slices.Clone(c.best(lists[n], topOfPrefix))
		}
		lists[n] = lists[n][:0]
	}
	for _, k := range c.keys {
		for n := range readyPrefix {
			p := firstRunes(k.key, n+1)
			if p != prefixes[n] {
				flush(n)
				prefixes[n] = p
			}
			if p != "" {
				lists[n] = append(lists[n], k.entry)
			}
		}
	}
	for n := range readyPrefix {
		flush(n)
	}
}

// firstRunes is a string's first n runes, "" where it has fewer.
func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	if n == 0 {
		return s
	}
	return ""
}

// rank orders completions: facet values first, then words, then cases; within a kind those with most cases, then the shorter.
func rank(kind string) int {
	switch kind {
	case CompletionWord:
		return 1
	case CompletionCase:
		return 2
	}
	return 0
}

func (c *completer) compare(a, b int32) int {
	x, y := &c.entries[a], &c.entries[b]
	return cmp.Or(cmp.Compare(rank(x.Kind), rank(y.Kind)), cmp.Compare(y.Count, x.Count), cmp.Compare(len(x.Text), len(y.Text)), cmp.Compare(a, b))
}

// best are the n best of some entries of each kind, in order, without doubles. It sorts the list.
func (c *completer) best(list []int32, n int) []int32 {
	slices.SortFunc(list, c.compare)
	list = slices.Compact(list)
	out := list[:0]
	per := map[int]int{}
	for _, e := range list {
		k := rank(c.entries[e].Kind)
		if per[k]++; per[k] <= n {
			out = append(out, e)
		}
	}
	return out
}

// complete returns completions of a text: what begins with it first, and where nothing does, what begins with something one slip away. When
// the text has several words, its last word is completed too, behind those before it.
func (c *completer) complete(ctx context.Context, text string, limit int) ([]Completion, error) {
	limit = max(1, min(limit, MaxCompletions))
	words := analyzers.Words(text)
	if len(words) == 0 {
		return nil, nil
	}
	key := strings.Join(words, " ")
	if strings.HasSuffix(text, " ") {
		key += " "
	}
	found := c.prefix(key)
	if len(found) == 0 && len(words) == 1 && utf8.RuneCountInString(key) >= fuzzyPrefix {
		var err error
		if found, err = c.nearPrefix(ctx, strings.TrimSpace(key)); err != nil {
			return nil, err
		}
	}
	out := c.pick(found, limit)
	if len(words) > 1 && len(out) < limit && !strings.HasSuffix(text, " ") {
		lead := strings.TrimRight(text[:strings.LastIndexAny(strings.TrimRight(text, " "), " \t")+1], " ")
		for _, e := range c.prefix(words[len(words)-1]) {
			if len(out) == limit {
				break
			}
			if entry := c.entries[e]; entry.Kind == CompletionWord && !strings.Contains(entry.Text, " ") {
				entry.Text = lead + " " + entry.Text
				entry.Value, entry.Count = "", 0
				out = append(out, entry)
			}
		}
	}
	return out, nil
}

// pick takes entries in turn from the kinds, so that no kind fills the list: facet values up to a third, cases up to a third where words
// are enough.
func (c *completer) pick(list []int32, limit int) []Completion {
	third := max(1, limit/3)
	var kinds [3][]int32
	for _, e := range list {
		k := rank(c.entries[e].Kind)
		kinds[k] = append(kinds[k], e)
	}
	take := [3]int{min(third, len(kinds[0])), 0, min(third, len(kinds[2]))}
	take[1] = min(len(kinds[1]), limit-take[0]-take[2])
	for k := range take {
		take[k] = min(len(kinds[k]), take[k]+limit-take[0]-take[1]-take[2])
	}
	out := make([]Completion, 0, limit)
	for k := range kinds {
		for _, e := range kinds[k][:take[k]] {
			out = append(out, c.entries[e])
		}
	}
	return out
}

// prefix returns the best entries with a key that begins with the given one.
func (c *completer) prefix(key string) []int32 {
	if utf8.RuneCountInString(key) <= readyPrefix && !strings.HasSuffix(key, " ") {
		return c.ready[key]
	}
	from := sort.Search(len(c.keys), func(i int) bool { return c.keys[i].key >= key })
	var list []int32
	for i := from; i < len(c.keys) && i < from+maxPrefixScan && strings.HasPrefix(c.keys[i].key, key); i++ {
		list = append(list, c.keys[i].entry)
	}
	return c.best(list, topOfPrefix)
}

// nearPrefix completes a text that nothing begins with: entries that begin with a form of it one slip away. Forms are made by taking one
// letter out, putting two in the other order, or writing æ, ø, å for a, o; what is left must be the beginning of a key up to the slip.
func (c *completer) nearPrefix(ctx context.Context, key string) ([]int32, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rs := []rune(key)
	// The longest beginning that some key has: the slip is at its end, or just before.
	known := 0
	for n := len(rs); n > 0; n-- {
		if len(c.prefix(string(rs[:n]))) > 0 {
			known = n
			break
		}
	}
	var list []int32
	try := func(form []rune) {
		if len(form) >= fuzzyPrefix-1 {
			list = append(list, c.prefix(string(form))...)
		}
	}
	for at := max(1, known-2); at <= min(known, len(rs)-1); at++ {
		try(slices.Delete(slices.Clone(rs), at, at+1)) // a letter too many
		if at+1 < len(rs) {
			swapped := slices.Clone(rs)
			swapped[at], swapped[at+1] = swapped[at+1], swapped[at]
			try(swapped)
		}
		for _, r := range "abcdefghijklmnopqrstuvwxyzæøå" {
			wrong := slices.Clone(rs)
			wrong[at] = r
			try(wrong)
			try(slices.Insert(slices.Clone(rs), at, r)) // a letter missing
		}
	}
	return c.best(list, topOfPrefix), nil
}
