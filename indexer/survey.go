package indexer

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"

	"github.com/vidensbank/vidensbank/analyzers"
	"github.com/vidensbank/vidensbank/corpus"
)

// Limits of the survey. It looks at the beginning of a corpus before the build, and what it keeps is bounded whatever the corpus is.
const (
	surveyCases    = 10000 // cases looked at
	surveyWords    = 300000
	surveyPhrases  = 500000
	maxVocabulary  = 20000 // words kept as parts of compounds
	minVocabulary  = 3     // cases that a word must stand in to be one
	maxCompletions = 30000 // words, and as many phrases, kept to complete queries
	maxTitles      = 50000
	minPhrase      = 3 // cases that a phrase must stand in
)

// survey is what the beginning of a corpus tells about its language.
type survey struct {
	vocabulary []string
	Words      []completion `json:"words"`
	Phrases    []completion `json:"phrases"`
	Titles     []title      `json:"titles"`
}

type completion struct {
	Text  string `json:"t"`
	Cases int    `json:"n"`
}

type title struct {
	ID   string `json:"i"`
	Text string `json:"t"`
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
		if n >= surveyCases && len(s.Titles) >= maxTitles {
			break
		}
		if len(s.Titles) < maxTitles && c.Title != "" {
			s.Titles = append(s.Titles, title{c.ID, c.Title})
		}
		if n++; n > surveyCases {
			continue
		}
		countCase(a, c, words, phrases)
	}
	least := min(minVocabulary, max(2, n/100))
	var parts []completion
	for w, cases := range words {
		if cases >= least && a.CanBePart(w) {
			parts = append(parts, completion{w, cases})
		}
		if info := a.Word(w); info == nil || info.Stop || len(w) < 3 {
			continue
		}
		s.Words = append(s.Words, completion{w, cases})
	}
	for _, p := range top(parts, maxVocabulary) {
		s.vocabulary = append(s.vocabulary, p.Text)
	}
	slices.Sort(s.vocabulary)
	for p, cases := range phrases {
		if cases >= minPhrase {
			s.Phrases = append(s.Phrases, completion{p, cases})
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
func top(c []completion, n int) []completion {
	slices.SortFunc(c, func(a, b completion) int {
		return cmp.Or(cmp.Compare(b.Cases, a.Cases), cmp.Compare(a.Text, b.Text))
	})
	return c[:min(n, len(c))]
}

func (s *survey) write(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	if err := json.NewEncoder(w).Encode(s); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}
