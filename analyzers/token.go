package analyzers

import (
	"unicode"
	"unicode/utf8"
)

// Token is a word of a text, with its place.
type Token struct {
	Text       string // as written
	Start, End int    // byte offsets in the text; text[Start:End] == Text
}

// Tokenize calls yield for every word of text, in order, until yield returns false. A word is a run of letters, digits and marks; it
// goes on over a hyphen or an apostrophe between two of them (MED-udvalg, 1990'erne, but not 2014-2016), over a point or comma
// between digits (12.000, 3,5), and over the point of a short abbreviation (f.eks, bl.a).
//
// Invalid UTF-8 separates words. Offsets never go backwards and always stand on rune boundaries.
func Tokenize(text string, yield func(Token) bool) {
	for i := 0; i < len(text); {
		r, size := decode(text, i)
		if !isWordRune(r) || unicode.IsMark(r) {
			i += size
			continue
		}
		end := wordEnd(text, i)
		if !yield(Token{Text: text[i:end], Start: i, End: end}) {
			return
		}
		i = end
	}
}

// wordEnd returns the offset behind the word that begins at start.
func wordEnd(text string, start int) int {
	i := start
	segment := 0 // letters since the last point
	var last rune
	for i < len(text) {
		r, size := decode(text, i)
		if isWordRune(r) {
			last = r
			segment++
			i += size
			continue
		}
		next, _ := decode(text, i+size)
		if !isWordRune(next) || unicode.IsMark(next) {
			if r == '#' || r == '+' { // C#, C++ and the like stay whole after a single letter
				if segment == 1 && unicode.IsLetter(last) {
					return i + size
				}
			}
			return i
		}
		joins := false
		switch r {
		case '-', '‐', '‑', '\u00ad':
			joins = r == '\u00ad' || !unicode.IsDigit(last) || !unicode.IsDigit(next)
		case '\'', '’', '‘', 'ʼ':
			joins = true
		case '.':
			joins = unicode.IsDigit(last) && unicode.IsDigit(next) || segment <= 2 && unicode.IsLetter(last) && unicode.IsLower(next)
			segment = 0
		case ',':
			joins = unicode.IsDigit(last) && unicode.IsDigit(next)
		case '&':
			joins = segment == 1
		}
		if !joins {
			return i
		}
		i += size
	}
	return i
}

// decode is utf8.DecodeRuneInString with invalid bytes and the end of the text told apart from word runes.
func decode(text string, i int) (rune, int) {
	if i >= len(text) {
		return -1, 0
	}
	if c := text[i]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	r, size := utf8.DecodeRuneInString(text[i:])
	if r == utf8.RuneError && size <= 1 {
		return -1, 1
	}
	return r, size
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}
