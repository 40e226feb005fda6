package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vidensbank/vidensbank/analyzers"
)

// clause is a piece of a query: a word, or a quoted phrase, wanted or not.
type clause struct {
	words  []string // as typed
	phrase bool
	not    bool
}

// parse cuts a query into clauses. "quoted words" are a phrase and -word rules a word out; anything else that looks like syntax is
// text. A quotation mark without its partner is passed over.
func parse(text string) []clause {
	var out []clause
	minus := false // one that stands before a quotation mark without its partner
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		if unicode.IsSpace(r) {
			text = text[size:]
			minus = false
			continue
		}
		not := minus
		minus = false
		if isMinus(r) && startsWord(text[size:]) {
			not = true
			text = text[size:]
			r, size = utf8.DecodeRuneInString(text)
		}
		if isQuote(r) {
			if end := strings.IndexFunc(text[size:], isQuote); end >= 0 {
				if words := typedWords(text[size : size+end]); len(words) > 0 {
					out = append(out, clause{words: words, phrase: true, not: not})
				}
				_, closing := utf8.DecodeRuneInString(text[size+end:])
				text = text[size+end+closing:]
				continue
			}
			text = text[size:]
			minus = not
			continue
		}
		end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || isQuote(r) })
		if end < 0 {
			end = len(text)
		}
		for _, w := range typedWords(text[:end]) {
			out = append(out, clause{words: []string{w}, not: not})
		}
		text = text[end:]
	}
	return out
}

func startsWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r) || unicode.IsDigit(r) || isQuote(r)
}

func isMinus(r rune) bool { return r == '-' || r == '−' }

func isQuote(r rune) bool {
	switch r {
	case '"', '“', '”', '„', '»', '«':
		return true
	}
	return false
}

func typedWords(s string) []string {
	var out []string
	analyzers.Tokenize(s, func(t analyzers.Token) bool {
		out = append(out, t.Text)
		return true
	})
	return out
}
