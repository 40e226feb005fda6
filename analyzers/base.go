package analyzers

import (
	_ "embed"
	"fmt"
	"strings"
)

var (
	//go:embed data/irregular.txt
	irregularText string
	//go:embed data/exceptions.txt
	exceptionsText string
	//go:embed data/stopwords.txt
	stopwordsText string
)

// readPairs reads "word base" lines; # begins a comment line.
func readPairs(name, text string) (map[string]string, error) {
	out := make(map[string]string)
	n := 0
	for line := range strings.Lines(text) {
		n++
		f := strings.Fields(line)
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		if len(f) != 2 {
			return nil, fmt.Errorf("%s line %d: %q, want two words: form and base", name, n, strings.TrimSpace(line))
		}
		out[Normal(f[0])] = Normal(f[1])
	}
	return out, nil
}

func readWords(text string) map[string]bool {
	out := make(map[string]bool)
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && line[0] != '#' {
			out[Normal(line)] = true
		}
	}
	return out
}

// bases mends Snowball's stems: irregular forms lead to their lemma's stem, and words that Snowball joins with a different one keep
// a key of their own.
type bases struct {
	irregular  map[string]string // normal form -> lemma's normal form
	exceptions map[string]string // normal form -> key
}

// base returns the key that index and query share for a normal form.
func (b *bases) base(normal string) string {
	if key, ok := b.exceptions[normal]; ok {
		return key
	}
	if genitive, ok := strings.CutSuffix(normal, "s"); ok {
		if key, ok := b.exceptions[genitive]; ok {
			return key
		}
		if lemma, ok := b.irregular[genitive]; ok {
			return b.lemmaKey(lemma)
		}
	}
	if lemma, ok := b.irregular[normal]; ok {
		return b.lemmaKey(lemma)
	}
	return Stem(normal)
}

func (b *bases) lemmaKey(lemma string) string {
	if key, ok := b.exceptions[lemma]; ok {
		return key
	}
	return Stem(lemma)
}
