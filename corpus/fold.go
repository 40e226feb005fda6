package corpus

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

var danishLetters = strings.NewReplacer("å", "aa", "æ", "ae", "ø", "oe", "ä", "ae", "ö", "oe", "é", "e", "ü", "u")

// fold brings the ways of writing a name together: case, å/aa, æ/ae, ø/oe, hyphen or space. fold("Høje-Tåstrup") == fold("hoeje taastrup").
func fold(s string) string {
	s = danishLetters.Replace(strings.ToLower(norm.NFC.String(s)))
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || r == '-' || r == '_' || r == '‐' || r == '–'
	}), " ")
}

// editDistance counts the letters to insert, delete, replace or swap with their neighbour that turn a into b.
func editDistance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// nearest returns the candidate with the smallest edit distance to text, the first of equals, or "" when there is none.
func nearest(text string, candidates []string) string {
	folded := []rune(fold(text))
	best, bestDistance := "", -1
	for _, c := range candidates {
		if d := editDistance(folded, []rune(fold(c))); bestDistance < 0 || d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}
