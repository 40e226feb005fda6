package indexer

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/vidensbank/vidensbank/analyzers"
	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/internal/schema"
)

// Limits of the survey. It looks at the beginning of a corpus before the build, and what it keeps is bounded whatever the corpus is.
const (
	surveyCases    = 2000 // cases looked at
	surveyWords    = 300000
	surveyPhrases  = 500000
	maxVocabulary  = 20000 // words kept as parts of compounds
	minVocabulary  = 3     // cases that a word must stand in to be one
	maxCompletions = 30000 // words, and as many phrases, kept to complete queries
	minPhrase      = 3     // cases that a phrase must stand in
)

// survey is what the beginning of a corpus tells about its language.
type survey struct {
	vocabulary []string
	schema.Suggestions
}

// survey counts words and pairs of neighbouring words by the cases they stand in.
func (b *build) survey(ctx context.Context) (*survey, error) {
	words, phrases := map[string]int{}, map[string]int{}
	s := &survey{}
	n := 0
	a := b.options.Analyzer
	for c, err := range b.corpus.Cases(ctx) {
		if err != nil {
			return nil, err
		}
		if n == surveyCases {
			break
		}
		n++
		countCase(a, c, words, phrases)
	}
	least := min(minVocabulary, max(2, n/100))
	var parts []schema.Completion
	for w, cases := range words {
		if cases >= least && a.CanBePart(w) {
			parts = append(parts, schema.Completion{Text: w, Cases: cases})
		}
		if info := a.Word(w); info == nil || info.Stop || len(w) < 3 {
			continue
		}
		s.Words = append(s.Words, schema.Completion{Text: w, Cases: cases})
	}
	for _, p := range top(parts, maxVocabulary) {
		s.vocabulary = append(s.vocabulary, p.Text)
	}
	slices.Sort(s.vocabulary)
	for p, cases := range phrases {
		if cases >= minPhrase {
			s.Phrases = append(s.Phrases, schema.Completion{Text: p, Cases: cases})
		}
	}
	s.Words, s.Phrases = top(s.Words, maxCompletions), top(s.Phrases, maxCompletions)
	return s, nil
}

func countCase(a *analyzers.Analyzer, c *corpus.Case, words, phrases map[string]int) {
	seenWords, seenPhrases := map[string]bool{}, map[string]bool{}
	count := func(m map[string]int, seen map[string]bool, key string, limit int) {
		if seen[key] {
			return
		}
		seen[key] = true
		if _, ok := m[key]; ok || len(m) < limit {
			m[strings.Clone(key)]++
		}
	}
	text := func(t string) {
		last, end := "", 0 // the content word before, and where it ended
		analyzers.Tokenize(t, func(tok analyzers.Token) bool {
			w := a.Word(tok.Text)
			if w == nil || w.Stop || w.Normal[0] >= '0' && w.Normal[0] <= '9' {
				last = ""
				return true
			}
			surface := strings.ToLower(tok.Text)
			count(words, seenWords, surface, surveyWords)
			if last != "" && tok.Start == end+1 && t[end] == ' ' {
				count(phrases, seenPhrases, last+" "+surface, surveyPhrases)
			}
			last, end = surface, tok.End
			return true
		})
	}
	text(c.Title)
	text(c.Summary)
	for _, s := range c.Sections {
		text(s.Body)
	}
}

// top sorts by cases, then by text, and cuts.
func top(c []schema.Completion, n int) []schema.Completion {
	slices.SortFunc(c, func(a, b schema.Completion) int {
		return cmp.Or(cmp.Compare(b.Cases, a.Cases), cmp.Compare(a.Text, b.Text))
	})
	return c[:min(n, len(c))]
}
