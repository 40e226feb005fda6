package analyzers

import "github.com/kljensen/snowball/snowballword"

// The suffixes of step 1, longest first, so that the first that fits is the longest that fits.
var mainSuffixes = []string{
	"erendes",
	"erende", "hedens",
	"ethed", "erede", "endes", "heden", "heder", "ernes", "erens", "erets",
	"ered", "ende", "erne", "eren", "erer", "heds", "enes", "eres", "eret",
	"hed", "ene", "ere", "ens", "ers", "ets",
	"en", "er", "es", "et",
	"e", "s",
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
	suffix := w.FirstSuffixIn(w.R1start, len(w.RS), mainSuffixes...)
	if suffix == "" {
		return
	}
	if suffix == "s" {
		if n := len(w.RS); n < 2 || !endsBeforeS(w.RS[n-2]) {
			return
		}
	}
	w.RemoveLastNRunes(len(suffix)) // all suffixes are ASCII
}

func removeConsonantPair(w *snowballword.SnowballWord) {
	if w.FirstSuffixIn(w.R1start, len(w.RS), "gd", "dt", "gt", "kt") != "" {
		w.RemoveLastNRunes(1)
	}
}

func removeOtherSuffix(w *snowballword.SnowballWord) {
	if w.HasSuffixRunes([]rune("igst")) {
		w.RemoveLastNRunes(2)
	}
	switch suffix := w.FirstSuffixIn(w.R1start, len(w.RS), "løst", "elig", "els", "lig", "ig"); suffix {
	case "":
	case "løst":
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
