package analyzers

import (
	"reflect"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"
)

// seeds are texts that have broken analyzers, ours or others'.
var seeds = []string{
	"",
	"stress forebyggelse i Århus",
	"Stressforebyggende samtaler på ældreområdet, ca. 12.000 kr. (3,5 %)",
	"MED-udvalg, cpr-nummer, 1990'erne, 1990erne, f.eks. bl.a. C# R&D covid-19 2014-2016",
	strings.Repeat("å", 500),
	strings.Repeat("arbejdsmiljø", 42),
	strings.Repeat("ax", 60),
	strings.Repeat(`"`, 500),
	strings.Repeat("a-", 300) + "b",
	strings.Repeat("'", 100) + "x" + strings.Repeat("'", 100),
	"a\u030arbejde a\u030angst e\u0301 i\u0308",
	strings.Repeat("e\u0301", 90),
	"\u0301\u0302 kun mærker",
	"😀 👩‍👩‍👧 stress😀forebyggelse 🇩🇰",
	"\u200fשלום עולם\u200e مرحبا بالعالم",
	"stress\u00adfore\u00adbyggelse blød\u00ad",
	"\xff\xfestress\xc3 \xe2\x82 \xc3\xa6\xc3",
	"æ\xc3\xb8å\xa5ø",
	"Ærø Østerbro Århus Aarhus AARHUS ÆLDRE İstanbul ǅ ﬁn ß ẞ",
	"arbejdsmiljoe skemaet poesi oboe aaeoeaa aoe",
	"ʼ ʼʼ 'n 's ' ’ ´ ` \u02bc\u02bc",
	"xxx axx xax ax-x 90x 0xff",
	"a\x00b\x01c\x1f\x7f",
	"１２３ ٣٤٥ ½ ² Ⅷ",
	"Müller Ångström naïve façade Dvořák łódź ðe œuvre",
	"-stress --stress- -\"stress −stress",
	"\t\r\n\v\f\u00a0\u2028\u2029stress\u3000forebyggelse",
}

// checkTokens holds the tokenizer's laws against a text.
func checkTokens(t *testing.T, text string) {
	t.Helper()
	end, calls := 0, 0
	Tokenize(text, func(tok Token) bool {
		calls++
		switch {
		case tok.Start < end:
			t.Fatalf("%q: token %q begins at %d, the one before ended at %d", text, tok.Text, tok.Start, end)
		case tok.End <= tok.Start || tok.End > len(text):
			t.Fatalf("%q: token %q has offsets %d to %d in a text of %d bytes", text, tok.Text, tok.Start, tok.End, len(text))
		case text[tok.Start:tok.End] != tok.Text:
			t.Fatalf("%q: token %q, but the text has %q there", text, tok.Text, text[tok.Start:tok.End])
		case !utf8.RuneStart(text[tok.Start]) || tok.End < len(text) && utf8.ValidString(text) && !utf8.RuneStart(text[tok.End]):
			t.Fatalf("%q: token %q isn't cut at rune boundaries", text, tok.Text)
		case !utf8.ValidString(tok.Text):
			t.Fatalf("%q: token %q is no UTF-8", text, tok.Text)
		case strings.IndexFunc(tok.Text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) != 0:
			t.Fatalf("%q: token %q doesn't begin with a letter or digit", text, tok.Text)
		}
		end = tok.End
		return true
	})
	stopped := 0
	Tokenize(text, func(Token) bool { stopped++; return false })
	if stopped != min(calls, 1) {
		t.Fatalf("%q: %d calls after a stop at the first of %d words", text, stopped, calls)
	}
}

// hasText tells that a word has a letter or digit that a normal form must keep. An apostrophe is one to Unicode where it is a modifier letter, but
// not to us.
func hasText(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return r != 'ʼ' && (unicode.IsLetter(r) || unicode.IsDigit(r))
	}) >= 0
}

// checkWord holds the laws of normal forms and analysed words against a word.
func checkWord(t *testing.T, a *Analyzer, surface string) {
	t.Helper()
	n := Normal(surface)
	if again := Normal(n); again != n {
		t.Fatalf("Normal(%q) = %q, whose normal form is %q", surface, n, again)
	}
	if !utf8.ValidString(n) {
		t.Fatalf("Normal(%q) = %q, which is no UTF-8", surface, n)
	}
	if i := strings.IndexFunc(n, func(r rune) bool { return 'A' <= r && r <= 'Z' }); i >= 0 {
		t.Fatalf("Normal(%q) = %q has a capital", surface, n)
	}
	if length := utf8.RuneCountInString(n); length > MaxTermRunes {
		t.Fatalf("Normal(%q) has %d letters, want at most %d", surface, length, MaxTermRunes)
	}
	if hasText(surface) && utf8.ValidString(surface) && n == "" {
		t.Fatalf("Normal(%q) is empty, though it has letters", surface)
	}
	w := a.Word(surface)
	if (w == nil) != (n == "") {
		t.Fatalf("Word(%q) is %v, its normal form is %q", surface, w, n)
	}
	if again := a.Word(surface); !reflect.DeepEqual(w, again) {
		t.Fatalf("Word(%q) gives %+v, then %+v", surface, w, again)
	}
	if fresh := a.analyze(surface); !reflect.DeepEqual(w, fresh) {
		t.Fatalf("Word(%q) gives %+v from the cache, %+v anew", surface, w, fresh)
	}
	if w == nil {
		return
	}
	if w.Normal != n || w.Stem == "" || w.Base == "" {
		t.Fatalf("Word(%q) = %+v: want normal form %q, and no empty stem or base", surface, w, n)
	}
	if len(w.Parts) == 1 {
		t.Fatalf("Word(%q) has one part alone: %q", surface, w.Parts)
	}
	if w.Stop && (w.Parts != nil || w.Keys != nil) {
		t.Fatalf("Word(%q) is a stop word with parts %q and keys %q", surface, w.Parts, w.Keys)
	}
	if len(w.Parts) == 0 && len(w.Keys) > 0 {
		t.Fatalf("Word(%q) is simple and has keys %q", surface, w.Keys)
	}
	for _, p := range w.Parts {
		if p == "" || !utf8.ValidString(p) {
			t.Fatalf("Word(%q) has the part %q of %q", surface, p, w.Parts)
		}
	}
	seen := map[string]bool{}
	for _, k := range w.Keys {
		if k == "" || seen[k] || !utf8.ValidString(k) {
			t.Fatalf("Word(%q) has the key %q of %q: want none empty, none twice", surface, k, w.Keys)
		}
		seen[k] = true
	}
	for _, h := range a.Heads(w) {
		if h == "" {
			t.Fatalf("Word(%q) has an empty head", surface)
		}
	}
	a.Fragments(w)
	a.Known(surface)
	a.Common(surface)
}

func TestLawsHoldForTextsThatBreakAnalyzers(t *testing.T) {
	a := newTestAnalyzer(t)
	for _, s := range seeds {
		checkTokens(t, s)
		checkWord(t, a, s)
		for _, w := range strings.Fields(s) {
			checkWord(t, a, w)
		}
		Tokenize(s, func(tok Token) bool {
			checkWord(t, a, tok.Text)
			return true
		})
	}
}

func TestLawsHoldForTheHandSplitWords(t *testing.T) {
	a := newTestAnalyzer(t)
	for _, line := range readTestdata(t, "compounds.tsv") {
		word, _, _ := strings.Cut(line, "\t")
		checkWord(t, a, word)
		checkWord(t, a, strings.ToUpper(word))
	}
	for _, word := range readTestdata(t, "simple.txt") {
		checkWord(t, a, word)
	}
}

func TestFourGoroutinesGetTheSameWords(t *testing.T) {
	words := []string{"Århus", "børnehaverne", "skolebøger"}
	for _, line := range readTestdata(t, "compounds.tsv") {
		word, _, _ := strings.Cut(line, "\t")
		words = append(words, word)
	}
	one := newTestAnalyzer(t)
	want := make([]*Word, len(words))
	for i, w := range words {
		want[i] = one.analyze(w)
	}
	shared := newTestAnalyzer(t)
	var wait sync.WaitGroup
	for g := range 4 {
		wait.Go(func() {
			for round := range 3 {
				for i := range words {
					j := (i*7 + g*len(words)/4 + round) % len(words)
					if got := shared.Word(words[j]); !reflect.DeepEqual(got, want[j]) {
						t.Errorf("goroutine %d: Word(%q) = %+v, want %+v", g, words[j], got, want[j])
						return
					}
				}
			}
		})
	}
	wait.Wait()
}

func TestTheCacheStaysBoundedAndRight(t *testing.T) {
	a := newTestAnalyzer(t)
	letters := []rune("abdefgiklmnoprstuvyæøå")
	word := func(i int) string {
		var b strings.Builder
		for range 6 {
			b.WriteRune(letters[i%len(letters)])
			i /= len(letters)
		}
		return b.String()
	}
	const words = cacheShards * maxCachedWords / 8
	for i := range words {
		a.Word(word(i))
	}
	for i := range a.cache.shards {
		if n := len(a.cache.shards[i].words); n > maxCachedWords {
			t.Errorf("shard %d holds %d words, want at most %d", i, n, maxCachedWords)
		}
	}
	long := strings.Repeat("ældre", 20)
	for range 2 {
		if w := a.Word(long); w == nil || w.Normal != Normal(long) {
			t.Errorf("Word(%q) = %+v", long, w)
		}
	}
	if _, ok := a.cache.get(long); ok {
		t.Errorf("a word of %d bytes is kept, want at most %d", len(long), maxCachedWord)
	}
}

// fuzzed bounds what a fuzzed word costs: the laws don't change with more of the same.
const fuzzed = 4096

func FuzzTokenize(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) <= fuzzed {
			checkTokens(t, text)
		}
	})
}

func FuzzWord(f *testing.F) {
	a := newTestAnalyzer(f)
	for _, s := range seeds {
		f.Add(s)
		for _, w := range strings.Fields(s) {
			f.Add(w)
		}
	}
	f.Fuzz(func(t *testing.T, word string) {
		if len(word) <= fuzzed {
			checkWord(t, a, word)
		}
	})
}
