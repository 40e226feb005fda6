package analyzers

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Word is all that the analysis knows of one word, whatever its place in a text.
type Word struct {
	Normal string   // its one spelling; never empty
	Stem   string   // Snowball's stem
	Base   string   // the key that index and query share: the stem, mended
	Parts  []string // of a compound, as written but in lower case, without linking elements; nil for a simple word
	Keys   []string // bases of the parts, and of each run of parts of a longer compound
	Stop   bool     // carries no meaning in a search
}

// codeVersion goes up with every change of code that gives a word another normal form, base or part, so that indexes are made anew.
const codeVersion = 2

// Options are what an Analyzer knows beyond its embedded data.
type Options struct {
	// Lexicon is the path of a word list, one a line (Debian's wdanish or hunspell-da); "" for none.
	Lexicon string
}

// Analyzer analyses Danish words. It is immutable and safe for any number of goroutines; the words it has seen are cached.
type Analyzer struct {
	bases     *bases
	stop      map[string]bool
	splitter  *splitter
	thesaurus *thesaurus
	print     string
	parent    *Analyzer // without the corpus' vocabulary; nil for one that New made
	cache     wordCache
}

// New makes an analyzer. It fails where the word list can't be read, with the path, and the line if one is at fault.
func New(o Options) (*Analyzer, error) {
	lex, err := readLexicon(lexiconText)
	if err != nil {
		return nil, err
	}
	print := sha256.New()
	fmt.Fprintln(print, codeVersion)
	for _, text := range []string{lexiconText, irregularText, exceptionsText, stopwordsText} {
		io.WriteString(print, text) // a hash never fails
	}
	b := &bases{}
	if b.irregular, err = readPairs("irregular.txt", irregularText); err != nil {
		return nil, err
	}
	if b.exceptions, err = readPairs("exceptions.txt", exceptionsText); err != nil {
		return nil, err
	}
	for form, lemma := range lex.lemma {
		if _, ok := b.irregular[form]; !ok && lemma != "" {
			b.irregular[form] = Normal(lemma)
		}
	}
	lex.lemma = nil
	if o.Lexicon != "" {
		f, err := os.Open(o.Lexicon)
		if err != nil {
			return nil, fmt.Errorf("word list: %w", err)
		}
		defer f.Close()
		if err := lex.addWords(io.TeeReader(bufio.NewReader(f), print)); err != nil {
			return nil, fmt.Errorf("word list %s: %w", o.Lexicon, err)
		}
	}
	a := &Analyzer{
		bases:     b,
		stop:      readWords(stopwordsText),
		splitter:  &splitter{lex: lex},
		thesaurus: newThesaurus(),
		print:     hex.EncodeToString(print.Sum(nil)[:8]),
	}
	a.cache.init()
	if err := a.thesaurus.readFamilies("families.txt", familiesText, a.key); err != nil {
		return nil, err
	}
	if err := a.thesaurus.read("thesaurus.txt", thesaurusText, a.key); err != nil {
		return nil, err
	}
	return a, nil
}

// WithSynonyms returns an analyzer that also knows the given groups: the words and phrases of a group stand for each other.
func (a *Analyzer) WithSynonyms(groups [][]string) *Analyzer {
	t := newThesaurus()
	t.maxWords = a.thesaurus.maxWords
	for k, v := range a.thesaurus.entries {
		t.entries[k] = v[:len(v):len(v)]
	}
	for _, g := range groups {
		var words [][]string
		for _, s := range g {
			if ws := Words(s); len(ws) > 0 {
				words = append(words, ws)
			}
		}
		t.addGroup(words, Synonym, a.key)
	}
	b := &Analyzer{bases: a.bases, stop: a.stop, splitter: a.splitter, thesaurus: t, print: a.print}
	b.cache.init()
	return b
}

// WithVocabulary returns an analyzer that also takes the given words of a corpus for parts of compounds, such as CanBePart allows; short ones and those
// with capitals are passed over. It shares with a what it knows of words that none of them can change.
func (a *Analyzer) WithVocabulary(words []string) *Analyzer {
	s := &splitter{lex: a.splitter.lex, extra: make(map[string]bool, len(words)), starts: make(map[string]bool, len(words))}
	for _, w := range words {
		if utf8.RuneCountInString(w) < minListedPart || !allLower(w) {
			continue
		}
		s.extra[w] = true
		s.starts[w[:extraStart]] = true
	}
	b := &Analyzer{bases: a.bases, stop: a.stop, splitter: s, thesaurus: a.thesaurus, print: a.print, parent: a}
	b.cache.init()
	return b
}

// CanBePart tells whether a word of a corpus, in lower case, is worth knowing as a part: not one that is known already, nor short, nor itself
// a compound.
func (a *Analyzer) CanBePart(word string) bool {
	n := utf8.RuneCountInString(word)
	if n <= minListedPart || n > maxListedWord/3 || !allLower(word) || a.stop[Normal(word)] {
		return false
	}
	lex := a.splitter.lex
	if _, ok := lex.last[word]; ok {
		return false
	}
	if _, ok := lex.whole[word]; ok {
		return false
	}
	if _, ok := lex.first[word]; ok {
		return false
	}
	return a.splitter.split(word) == nil
}

// Fingerprint names the data that decide how an index is made: the embedded ones and the operator's word list. The thesaurus isn't
// among them, since it works on queries alone.
func (a *Analyzer) Fingerprint() string { return a.print }

// key joins the bases of some normal forms.
func (a *Analyzer) key(words []string) string {
	if len(words) == 1 {
		return a.bases.base(words[0])
	}
	keys := make([]string, len(words))
	for i, w := range words {
		keys[i] = a.bases.base(w)
	}
	return strings.Join(keys, " ")
}

// Word analyses a word as it stands in a text. It returns nil for a string without a letter or digit.
func (a *Analyzer) Word(surface string) *Word {
	if w, ok := a.cache.get(surface); ok {
		return w
	}
	w := a.analyze(surface)
	a.cache.put(surface, w)
	return w
}

func (a *Analyzer) analyze(surface string) *Word {
	if a.parent != nil && !a.splitter.mayDiffer(strings.ToLower(surface)) {
		return a.parent.Word(surface)
	}
	normal := Normal(surface)
	if normal == "" {
		return nil
	}
	w := &Word{Normal: normal, Stem: Stem(normal), Base: a.bases.base(normal)}
	w.Stop = a.stop[normal] && !isAcronym(surface)
	if w.Stop {
		return w
	}
	w.Parts, w.Keys = a.parts(surface, normal)
	if len(w.Parts) > 1 && w.Base == w.Stem {
		w.Base = a.compoundBase(w)
	}
	return w
}

// compoundBase gives a compound the irregularity of its last part: skolebøger == skolebog.
func (a *Analyzer) compoundBase(w *Word) string {
	last := Normal(w.Parts[len(w.Parts)-1])
	lemma, ok := a.bases.irregular[last]
	if !ok {
		lemma, ok = a.bases.irregular[strings.TrimSuffix(last, "s")]
	}
	before, found := strings.CutSuffix(w.Normal, last)
	if !ok || !found {
		return w.Base
	}
	return Stem(before + lemma)
}

// Heads returns the bases of a longer compound's endings of at least two parts, longest first: of arbejdsmiljørepræsentant, miljørepræsentant.
func (a *Analyzer) Heads(w *Word) []string {
	var out []string
	for i := 1; i+1 < len(w.Parts); i++ {
		tail := w.Normal
		if at := strings.Index(tail, Normal(w.Parts[i])); at > 0 {
			out = append(out, a.bases.base(tail[at:]))
		}
	}
	return out
}

// Fragments returns the known beginning and the known end of a word that as a whole is unknown and no compound: the longest of each, as
// bases. Either is "" where nothing is known.
func (a *Analyzer) Fragments(w *Word) (first, last string) {
	rs := []rune(w.Normal)
	lex := a.splitter.lex
	for n := len(rs) - 1; n >= minFragment && first == ""; n-- {
		if f, ok := lex.first[string(rs[:n])]; ok && utf8.RuneCountInString(f.base) >= minFragment {
			first = a.bases.base(Normal(f.base))
		}
	}
	for at := 1; at <= len(rs)-minFragment && last == ""; at++ {
		if _, ok := lex.last[string(rs[at:])]; ok {
			last = a.bases.base(string(rs[at:]))
		}
	}
	return first, last
}

// minFragment is the shortest beginning or end of an unknown word that still says something, in letters.
const minFragment = 5

// parts cuts a word at its hyphens and each segment as a compound, first as it is written and, where that finds nothing, in its
// normal form (arbejdsmiljoe).
func (a *Analyzer) parts(surface, normal string) (parts, keys []string) {
	if utf8.RuneCountInString(surface) > MaxTermRunes {
		return nil, nil
	}
	lower := strings.ToLower(surface)
	segs := segments(lower)
	for _, seg := range segs {
		cut := a.splitter.split(seg)
		if _, simple := a.splitter.lex.whole[seg]; cut == nil && !simple {
			if n := Normal(seg); n != seg {
				cut = a.splitter.split(n)
			}
		}
		if cut == nil && len(segs) > 1 {
			cut = []string{seg}
		}
		parts = append(parts, cut...)
	}
	if len(parts) < 2 {
		return nil, nil
	}
	return parts, a.partKeys(parts, normal)
}

// partKeys are the bases of the parts and of every shorter run of parts, without doubles: arbejdsmiljørepræsentant is found by arbejde,
// miljø, repræsentant, arbejdsmiljø and miljørepræsentant.
func (a *Analyzer) partKeys(parts []string, normal string) []string {
	seen := map[string]bool{a.bases.base(normal): true}
	var keys []string
	add := func(word string) {
		n := Normal(word)
		if n == "" || a.stop[n] && utf8.RuneCountInString(n) < 4 {
			return
		}
		if k := a.bases.base(n); !seen[k] {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	for _, p := range parts {
		if utf8.RuneCountInString(p) >= minPart {
			add(p)
		}
	}
	if len(parts) < 3 {
		return keys
	}
	// Runs are taken from the written word, so that they keep their linking elements: where does each part begin in it?
	at := make([]int, 0, len(parts)+1)
	from := 0
	for _, p := range parts {
		n := Normal(p)
		i := strings.Index(normal[from:], n)
		if i < 0 { // arbejds-: the base is not in the word as it is
			i = strings.Index(normal[from:], strings.TrimSuffix(n, "e"))
		}
		if i < 0 {
			return keys
		}
		at = append(at, from+i)
		from += i
	}
	at = append(at, len(normal))
	for i := range parts {
		for j := i + 2; j <= len(parts); j++ {
			if j-i == len(parts) {
				continue
			}
			run := normal[at[i]:at[j]]
			if j < len(parts) { // without the link to the next part
				if end := strings.LastIndex(run, Normal(parts[j-1])); end >= 0 {
					run = run[:end+len(Normal(parts[j-1]))]
				}
			}
			add(run)
		}
	}
	return keys
}

// isAcronym tells that a word is written in capitals: MED is no stop word.
func isAcronym(surface string) bool {
	n := 0
	for _, r := range surface {
		if !unicode.IsUpper(r) {
			return false
		}
		n++
	}
	return n >= 2
}

// Alternatives returns what else the words at the beginning of bases may be called, and how many of them the entry covers: the
// longest entry wins. It returns 0 where there is none.
func (a *Analyzer) Alternatives(bases []string) ([]Alternative, int) {
	for n := min(len(bases), a.thesaurus.maxWords); n > 0; n-- {
		if alts, ok := a.thesaurus.entries[strings.Join(bases[:n], " ")]; ok {
			return alts, n
		}
	}
	return nil, 0
}

// Known tells whether a word is one of the language, as far as the lexicon goes: a simple word in any of its forms, or a compound of such.
func (a *Analyzer) Known(surface string) bool {
	lower := strings.ToLower(surface)
	lex := a.splitter.lex
	if _, ok := lex.whole[lower]; ok || lex.last[lower] > 0 {
		return true
	}
	w := a.Word(surface)
	if w == nil {
		return false
	}
	_, ok := lex.whole[w.Normal]
	return ok || w.Stop || w.Parts != nil
}

// Common tells whether a word, written without a capital, is an everyday word of the lexicon, and so no name: give, ringe, skive.
func (a *Analyzer) Common(surface string) bool {
	w := a.Word(surface)
	return w != nil && strings.ToLower(surface) == surface && (w.Stop || a.splitter.lex.whole[surface])
}

// Base returns the key of a normal form.
func (a *Analyzer) Base(normal string) string { return a.bases.base(normal) }

// IsParticle tells whether a normal form is an adverb, a preposition or the like, which as part of a compound says little: sammen|lægning.
func (a *Analyzer) IsParticle(normal string) bool { return a.splitter.lex.particles[normal] }

// IsStop tells whether a normal form is a stop word.
func (a *Analyzer) IsStop(normal string) bool { return a.stop[normal] }

const (
	cacheShards = 64
	// maxCachedWords bounds each shard; a full one is begun anew. All shards hold some 260,000 words, the vocabulary of 100,000 cases.
	maxCachedWords = 4096
	// maxCachedWord keeps long blobs out of the cache.
	maxCachedWord = 64
)

// wordCache keeps analysed words by their written form, bounded and sharded.
type wordCache struct {
	seed   maphash.Seed
	shards [cacheShards]struct {
		mu    sync.RWMutex
		words map[string]*Word
	}
}

func (c *wordCache) init() { c.seed = maphash.MakeSeed() }

func (c *wordCache) get(surface string) (*Word, bool) {
	s := &c.shards[maphash.String(c.seed, surface)%cacheShards]
	s.mu.RLock()
	w, ok := s.words[surface]
	s.mu.RUnlock()
	return w, ok
}

func (c *wordCache) put(surface string, w *Word) {
	if len(surface) > maxCachedWord {
		return
	}
	s := &c.shards[maphash.String(c.seed, surface)%cacheShards]
	s.mu.Lock()
	if s.words == nil || len(s.words) >= maxCachedWords {
		s.words = make(map[string]*Word, 64)
	}
	s.words[strings.Clone(surface)] = w
	s.mu.Unlock()
}
