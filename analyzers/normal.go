package analyzers

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxTermRunes bounds a normal form. The longest words of real Danish text have some 50 letters; what is longer is cut here, at
// both ends alike, so that a pasted blob can't make a term of its own size.
const MaxTermRunes = 80

// digraphWords are stretches of words in which ae, oe or aa are two sounds and stay as they are. Everything else is taken for the keyboard's
// way to write æ, ø, å. The list needs no completeness: index and query fold alike, a missing word only looks odd.
var digraphWords = []string{
	"aerob", "aerodyn", "aeroso", "beboe", "boenhed", "dilemmae", "dramae", "firmae", "goethe", "israel", "joel", "kamerae", "koedukation",
	"koefficient", "koeksist", "michael", "noel", "oboe", "poesi", "poet", "raphael", "rafael", "reggae", "samoa", "skemae", "temae", "zoe",
}

// Normal returns the one spelling of a word: NFC, lower case, accents of loanwords dropped, ae, oe and aa written æ, ø and å,
// German ä and ö written æ and ø, x between a vowel and another letter written ks (fixering == fiksering), hyphens, abbreviation points and
// points between thousands dropped, apostrophes straight.
//
// Århus == Aarhus == aarhus, MED-udvalg == medudvalg, 1990'erne == 1990erne, idé == ide; but not for == før, nor sex == seks.
func Normal(word string) string {
	if isPlain(word) {
		return word
	}
	if !norm.NFC.IsNormalString(word) {
		word = norm.NFC.String(word)
	}
	rs := make([]rune, 0, len(word)+1)
	for _, r := range word {
		if len(rs) >= MaxTermRunes {
			break
		}
		r = unicode.ToLower(r)
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == 'æ' || r == 'ø' || r == 'å':
			rs = append(rs, r)
		case r == '\'' || r == '’' || r == '‘' || r == 'ʼ' || r == '´' || r == '`':
			if len(rs) > 0 {
				rs = append(rs, '\'')
			}
		case r == ',': // a decimal comma: the tokenizer leaves one only between digits
			rs = append(rs, r)
		case unicode.IsDigit(r):
			rs = append(rs, r)
		case r == 'ä':
			rs = append(rs, 'æ')
		case r == 'ö':
			rs = append(rs, 'ø')
		case r == 'ß':
			rs = append(rs, 's', 's')
		case r == 'œ':
			rs = append(rs, 'ø')
		case r == '+' || r == '#' || r == '&':
			rs = append(rs, r) // C#, R&D
		case unicode.IsLetter(r):
			rs = append(rs, baseLetter(r))
		default: // hyphens, points, soft hyphens, stray marks
		}
	}
	rs = foldDigraphs(rs)
	rs = foldX(rs)
	rs = rs[:min(len(rs), MaxTermRunes)] // ks for x makes a word longer
	for len(rs) > 0 && rs[len(rs)-1] == '\'' {
		rs = rs[:len(rs)-1]
	}
	return string(decadeApostrophe(rs))
}

// isPlain tells that word is its own normal form; most words of a running text are.
func isPlain(word string) bool {
	if len(word) > MaxTermRunes {
		return false
	}
	digit := false
	for i := 0; i < len(word); i++ {
		c := word[i]
		switch {
		case c == 'x':
			return false
		case 'a' <= c && c <= 'z':
			if digit {
				return false
			}
			if c == 'e' && i > 0 && (word[i-1] == 'a' || word[i-1] == 'o') || c == 'a' && i > 0 && word[i-1] == 'a' {
				return false
			}
		case '0' <= c && c <= '9':
			digit = true
		case c == 0xc3 && i+1 < len(word) && (word[i+1] == 0xa6 || word[i+1] == 0xb8 || word[i+1] == 0xa5): // æ ø å
			i++
		default:
			return false
		}
	}
	return true
}

// baseLetter is the letter without its accent.
func baseLetter(r rune) rune {
	if r < utf8.RuneSelf {
		return r
	}
	switch r {
	case 'ð':
		return 'd'
	case 'ł':
		return 'l'
	}
	b, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
	return b
}

func foldDigraphs(rs []rune) []rune {
	found := false
	for i := 1; i < len(rs); i++ {
		if rs[i] == 'e' && (rs[i-1] == 'a' || rs[i-1] == 'o') || rs[i] == 'a' && rs[i-1] == 'a' {
			found = true
			break
		}
	}
	if !found {
		return rs
	}
	s := string(rs)
	for _, w := range digraphWords {
		if strings.Contains(s, w) {
			return rs
		}
	}
	out := rs[:0]
	for i := 0; i < len(rs); i++ {
		if i+1 < len(rs) {
			switch {
			case rs[i] == 'a' && rs[i+1] == 'e':
				out = append(out, 'æ')
				i++
				continue
			case rs[i] == 'o' && rs[i+1] == 'e':
				out = append(out, 'ø')
				i++
				continue
			case rs[i] == 'a' && rs[i+1] == 'a':
				out = append(out, 'å')
				i++
				continue
			}
		}
		out = append(out, rs[i])
	}
	return out
}

// foldX writes x as ks inside a word, behind a vowel: both spellings are in use (fixere, fiksere).
func foldX(rs []rune) []rune {
	for i := len(rs) - 2; i > 0; i-- {
		if rs[i] == 'x' && isVowel(rs[i-1]) {
			rs = append(rs[:i], append([]rune{'k', 's'}, rs[i+1:]...)...)
		}
	}
	return rs
}

// decadeApostrophe writes 90erne as 90'erne, so that the stemmer finds the ending behind the number.
func decadeApostrophe(rs []rune) []rune {
	n := 0
	for n < len(rs) && rs[n] >= '0' && rs[n] <= '9' {
		n++
	}
	if n == 0 || n == len(rs) || rs[n] == '\'' || len(rs) == MaxTermRunes {
		return rs
	}
	switch string(rs[n:]) {
	case "er", "ere", "erne", "ernes", "eren", "s":
		return append(rs[:n:n], append([]rune{'\''}, rs[n:]...)...)
	}
	return rs
}
