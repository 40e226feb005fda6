package analyzers

import (
	"strings"
	"unicode/utf8"
)

// minDerived is the shortest base that a derivation is looked for of, in letters: shorter ones meet by chance (ring, regn).
const minDerived = 4

// Derivations returns the bases that a base's verb or noun would have by the productive endings that Snowball leaves: kopier (kopiere), kopiering;
// slet (slette), sletning; administrer (administrere), administration. They are guesses, and mean something only where an index has them.
func Derivations(base string) []string {
	var out []string
	add := func(stem string) {
		if utf8.RuneCountInString(stem) >= minDerived && stem != base {
			out = append(out, stem)
		}
	}
	switch {
	case strings.HasSuffix(base, "ering"):
		verb := strings.TrimSuffix(base, "ing") // kopiering: kopier
		add(verb)
		add(strings.TrimSuffix(verb, "er") + "ation")
	case strings.HasSuffix(base, "ning"):
		add(strings.TrimSuffix(base, "ning"))
		add(strings.TrimSuffix(base, "ing"))
	case strings.HasSuffix(base, "ing"):
		add(strings.TrimSuffix(base, "ing"))
	case strings.HasSuffix(base, "ation"):
		verb := strings.TrimSuffix(base, "ation") + "er"
		add(verb)
		add(verb + "ing")
	case strings.HasSuffix(base, "er"):
		add(base + "ing")
		add(strings.TrimSuffix(base, "er") + "ation")
	default:
		add(base + "ning")
		add(base + "ing")
	}
	return out
}
