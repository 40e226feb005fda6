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
	keys     []completionKey
	entries  []Completion
	ready    map[string][]hit // best entries by short prefix
	analyzer *analyzers.Analyzer
	engine   Engine
}

type completionKey struct {
	key   string // normal forms, joined with spaces
	entry int32
	alias bool // not what the entry is called, but another word for it
}

// hit is an entry that a prefix leads to.
type hit struct {
	entry int32
	alias bool
}

func newCompleter(g Generation, p *planner) *completer {
	c := &completer{engine: g.Engine, analyzer: g.Analyzer, ready: map[string][]hit{}}
	seen := map[string]bool{}
	// add enters e under its text, from each word of it on unless it is taken whole, and under its aliases.
	add := func(e Completion, whole bool, aliases ...string) {
		id := int32(len(c.entries))
		c.entries = append(c.entries, e)
		for n, text := range append([]string{e.Text}, aliases...) {
			words := analyzers.Words(text)
			key := strings.Join(words, " ")
			for i, w := range words {
				if i == 0 || !whole && !p.analyzer.IsStop(w) {
					c.keys = append(c.keys, completionKey{key, id, n > 0 || i > 0})
				}
				key = key[min(len(w)+1, len(key)):]
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
			add(Completion{Kind: n.Facet, Text: n.Words[0], Value: n.Value, Count: count}, false, n.Words[1:]...)
		}
	}
	for _, w := range g.Completer.Words {
		if key := strings.ToLower(w.Text); !seen[key] {
			seen[key] = true
			add(w, true)
		}
	}
	for _, t := range g.Completer.Titles {
		add(t, false)
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
	var lists [readyPrefix][]hit
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
				lists[n] = append(lists[n], hit{k.entry, k.alias})
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

// rank orders completions: facet values first, then words, then cases. A facet's value that goes by another name than what was typed
// comes behind the words.
func (c *completer) rank(h hit) int {
	switch c.entries[h.entry].Kind {
	case CompletionWord:
		return rankWord
	case CompletionCase:
		return 3
	}
	if h.alias {
		return 2
	}
	return 0
}

const (
	rankWord = 1
	ranks    = 4 // how many there are
)

// compare orders by rank; within one by cases, then the shorter text.
func (c *completer) compare(a, b hit) int {
	x, y := &c.entries[a.entry], &c.entries[b.entry]
	return cmp.Or(cmp.Compare(c.rank(a), c.rank(b)), cmp.Compare(y.Count, x.Count), cmp.Compare(len(x.Text), len(y.Text)), cmp.Compare(a.entry, b.entry))
}

// best are the n best of each rank, in order, each entry once. It sorts the list.
func (c *completer) best(list []hit, n int) []hit {
	slices.SortFunc(list, c.compare)
	out := list[:0]
	var per [ranks]int
	seen := make(map[int32]bool, min(len(list), n*ranks))
	for _, h := range list {
		if k := c.rank(h); per[k] < n && !seen[h.entry] {
			per[k]++
			seen[h.entry] = true
			out = append(out, h)
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
	if lead := leadOf(text); len(words) > 1 && len(out) < limit && !strings.HasSuffix(text, " ") && !demands(lead) {
		for _, h := range c.prefix(words[len(words)-1]) {
			if len(out) == limit {
				break
			}
			if entry := c.entries[h.entry]; entry.Kind == CompletionWord && !strings.Contains(entry.Text, " ") {
				entry.Text = lead + entry.Text
				entry.Value, entry.Count = "", 0
				if !slices.ContainsFunc(out, func(have Completion) bool { return have.Kind == entry.Kind && have.Text == entry.Text }) {
					out = append(out, entry)
				}
			}
		}
	}
	return out, nil
}

// leadOf is what stands before a text's last word.
func leadOf(text string) string {
	start := 0
	analyzers.Tokenize(text, func(t analyzers.Token) bool {
		start = t.Start
		return true
	})
	return text[:start]
}

// demands tells that a text rules words out or has quoted phrases, so that with another word behind it, it may find nothing.
func demands(text string) bool {
	return slices.ContainsFunc(parse(text), func(c clause) bool { return c.not || c.phrase })
}

// pick takes entries from the ranks, so that none fills the list: facet values and cases up to a third each where words are enough.
func (c *completer) pick(list []hit, limit int) []Completion {
	third := max(1, limit/3)
	var byRank [ranks][]hit
	var bases []string // of byRank[rankWord]
	for _, h := range list {
		k := c.rank(h)
		if k == rankWord { // of one word's inflections, the shortest
			base := c.base(c.entries[h.entry].Text)
			if i := slices.Index(bases, base); i >= 0 {
				if have := &byRank[k][i]; len(c.entries[h.entry].Text) < len(c.entries[have.entry].Text) {
					*have = h
				}
				continue
			}
			bases = append(bases, base)
		}
		byRank[k] = append(byRank[k], h)
	}
	var take [ranks]int
	left := limit
	give := func(k, most int) {
		n := min(len(byRank[k])-take[k], most, left)
		take[k] += n
		left -= n
	}
	give(0, third)
	give(3, third)
	for k := range ranks {
		give(k, left)
	}
	out := make([]Completion, 0, limit)
	for k := range byRank {
		for _, h := range byRank[k][:take[k]] {
			out = append(out, c.entries[h.entry])
		}
	}
	return out
}

// base is what the inflections of a word or phrase have in common.
func (c *completer) base(text string) string {
	words := analyzers.Words(text)
	for i, w := range words {
		words[i] = c.analyzer.Base(w)
	}
	return strings.Join(words, " ")
}

// prefix returns the best entries with a key that begins with the given one.
func (c *completer) prefix(key string) []hit {
	if utf8.RuneCountInString(key) <= readyPrefix && !strings.HasSuffix(key, " ") {
		return c.ready[key]
	}
	from := sort.Search(len(c.keys), func(i int) bool { return c.keys[i].key >= key })
	var list []hit
	for i := from; i < len(c.keys) && i < from+maxPrefixScan && strings.HasPrefix(c.keys[i].key, key); i++ {
		list = append(list, hit{c.keys[i].entry, c.keys[i].alias})
	}
	return c.best(list, topOfPrefix)
}

// nearPrefix completes a text that nothing begins with: entries that begin with a form of it one slip away. Forms are made by taking one
// letter out, putting two in the other order, or writing æ, ø, å for a, o; what is left must be the beginning of a key up to the slip.
func (c *completer) nearPrefix(ctx context.Context, key string) ([]hit, error) {
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
	var list []hit
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
