package analyzers

import (
	_ "embed"
	"fmt"
	"strings"
)

var (
	//go:embed data/thesaurus.txt
	thesaurusText string
	//go:embed data/families.txt
	familiesText string
)

// Relation says how near an alternative is to the word that it stands for.
type Relation int

// The relations, nearest first.
const (
	Family  Relation = iota + 1 // of the same root: trives, trivsel
	Synonym                     // another word for the same thing: AMR, arbejdsmiljørepræsentant
	Related                     // of the same root, but a thing of its own: ledelse, leder
	Broader                     // a directed entry: pedel leads to teknisk servicemedarbejder
)

// Alternative is what else a query word may be called: one word or several.
type Alternative struct {
	Words    []string // normal forms
	Relation Relation
}

// Text is the alternative as one would write it.
func (a Alternative) Text() string { return strings.Join(a.Words, " ") }

// thesaurus leads from keys (bases joined by a space, for entries of several words) to alternatives.
type thesaurus struct {
	entries  map[string][]Alternative
	maxWords int // of the longest entry
}

func newThesaurus() *thesaurus { return &thesaurus{entries: make(map[string][]Alternative)} }

// read adds lines of "a = b = c" and "a, b > c, d".
func (t *thesaurus) read(name, text string, key func([]string) string) error {
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		from, to, directed := strings.Cut(line, ">")
		if directed {
			left, right := terms(from, ","), terms(to, ",")
			if len(left) == 0 || len(right) == 0 {
				return fmt.Errorf("%s line %d: %q, want a > b", name, n, line)
			}
			for _, l := range left {
				for _, r := range right {
					t.add(l, r, Broader, key)
				}
			}
			continue
		}
		group := terms(line, "=")
		if len(group) < 2 {
			return fmt.Errorf("%s line %d: %q, want a = b, or a > b", name, n, line)
		}
		t.addGroup(group, Synonym, key)
	}
	return nil
}

// readFamilies adds lines of "a b c ~ d e": one family, and behind the tilde the looser kin.
func (t *thesaurus) readFamilies(name, text string, key func([]string) string) error {
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		near, far, _ := strings.Cut(line, "~")
		a, b := terms(near, " "), terms(far, " ")
		if len(a)+len(b) < 2 || len(a) == 0 {
			return fmt.Errorf("%s line %d: %q, want at least two words", name, n, line)
		}
		t.addGroup(a, Family, key)
		for _, x := range a {
			for _, y := range b {
				t.add(x, y, Related, key)
				t.add(y, x, Related, key)
			}
		}
	}
	return nil
}

func (t *thesaurus) addGroup(group [][]string, r Relation, key func([]string) string) {
	for i, a := range group {
		for j, b := range group {
			if i != j {
				t.add(a, b, r, key)
			}
		}
	}
}

// add enters from -> to, once, at its nearest relation; an alternative with the same key as its word says nothing.
func (t *thesaurus) add(from, to []string, r Relation, key func([]string) string) {
	k, target := key(from), key(to)
	if k == target {
		return
	}
	for i, have := range t.entries[k] {
		if key(have.Words) == target {
			if r < have.Relation {
				t.entries[k][i].Relation = r
			}
			return
		}
	}
	t.entries[k] = append(t.entries[k], Alternative{Words: to, Relation: r})
	t.maxWords = max(t.maxWords, len(from))
}

func terms(s, sep string) [][]string {
	var out [][]string
	for _, t := range strings.Split(s, sep) {
		if ws := Words(t); len(ws) > 0 {
			out = append(out, ws)
		}
	}
	return out
}

// Words returns the normal forms of all words of a text.
func Words(text string) []string {
	var out []string
	Tokenize(text, func(t Token) bool {
		if n := Normal(t.Text); n != "" {
			out = append(out, n)
		}
		return true
	})
	return out
}
