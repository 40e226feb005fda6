package analyzers

import "github.com/kljensen/snowball/snowballword"

// The suffixes of each step, longest first, so that the first that fits is the longest that fits.
var (
	mainSuffixes = suffixes(
		"erendes",
		"erende", "hedens",
		"ethed", "erede", "endes", "heden", "heder", "ernes", "erens", "erets",
		"ered", "ende", "erne", "eren", "erer", "heds", "enes", "eres", "eret",
		"hed", "ene", "ere", "ens", "ers", "ets",
		"en", "er", "es", "et",
		"e", "s",
	)
	consonantPairs = suffixes("gd", "dt", "gt", "kt")
	otherSuffixes  = suffixes("løst", "elig", "els", "lig", "ig")
	igst           = []rune("igst")
)

func suffixes(list ...string) [][]rune {
	out := make([][]rune, len(list))
	for i, s := range list {
		out[i] = []rune(s)
	}
	return out
}

// firstSuffix returns the first of the suffixes that ends the word within R1, nil for none.
func firstSuffix(w *snowballword.SnowballWord, list [][]rune) []rune {
	for _, s := range list {
		if w.HasSuffixRunesIn(w.R1start, len(w.RS), s) {
			return s
		}
	}
	return nil
}

// Stem returns the Snowball stem of a lower-case word in NFC, by the Danish algorithm of Snowball 3.1
// (https://snowballstem.org/algorithms/danish/stemmer.html), in which R1 begins behind an apostrophe, the apostrophe counts as an s-ending,
// only b d f g k l m n p r s t are undoubled, and a trailing apostrophe is removed.
//
// The stem is a key, not a word: forebyggelse == forebyggende == forebyg, but not trives == trivsel; what Snowball keeps
// apart or joins wrongly is mended by Base.
func Stem(word string) string {
	w := snowballword.New(word)
	w.R1start = danishR1(w.RS)
	removeMainSuffix(w)
	removeConsonantPair(w)
	removeOtherSuffix(w)
	undouble(w)
	if n := len(w.RS); n > 1 && w.RS[n-1] == '\'' {
		w.RemoveLastNRunes(1)
	}
	return w.String()
}

// danishR1 is the region after the first non-vowel that follows a vowel, but not before the third letter; behind an apostrophe
// where the word has one ("90'erne").
func danishR1(rs []rune) int {
	if len(rs) < 3 {
		return len(rs)
	}
	for i, r := range rs {
		if r == '\'' && i > 0 {
			return i + 1
		}
	}
	for i := 1; i < len(rs); i++ {
		if isVowel(rs[i-1]) && !isVowel(rs[i]) {
			return max(i+1, 3)
		}
	}
	return len(rs)
}

func removeMainSuffix(w *snowballword.SnowballWord) {
	suffix := firstSuffix(w, mainSuffixes)
	if suffix == nil {
		return
	}
	if len(suffix) == 1 && suffix[0] == 's' {
		if n := len(w.RS); n < 2 || !endsBeforeS(w.RS[n-2]) {
			return
		}
	}
	w.RemoveLastNRunes(len(suffix))
}

func removeConsonantPair(w *snowballword.SnowballWord) {
	if firstSuffix(w, consonantPairs) != nil {
		w.RemoveLastNRunes(1)
	}
}

func removeOtherSuffix(w *snowballword.SnowballWord) {
	if w.HasSuffixRunes(igst) {
		w.RemoveLastNRunes(2)
	}
	switch suffix := firstSuffix(w, otherSuffixes); {
	case suffix == nil:
	case suffix[len(suffix)-1] == 't': // løst
		w.RemoveLastNRunes(1)
	default:
		w.RemoveLastNRunes(len(suffix))
		removeConsonantPair(w)
	}
}

func undouble(w *snowballword.SnowballWord) {
	n := len(w.RS)
	if n < 2 || n-1 < w.R1start || w.RS[n-1] != w.RS[n-2] {
		return
	}
	switch w.RS[n-1] {
	case 'b', 'd', 'f', 'g', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't':
		w.RemoveLastNRunes(1)
	}
}

func isVowel(r rune) bool {
	switch r {
	case 'a', 'e', 'i', 'o', 'u', 'y', 'æ', 'ø', 'å':
		return true
	}
	return false
}

// endsBeforeS tells whether a final s after r is an ending and not part of the word.
func endsBeforeS(r rune) bool {
	switch r {
	case 'a', 'b', 'c', 'd', 'f', 'g', 'h', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'r', 't', 'v', 'y', 'z', 'å', '\'':
		return true
	}
	return false
}
