package search

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/vidensbank/vidensbank/analyzers"
)

const (
	// similarTerms is how many of a case's most telling words look for its like.
	similarTerms = 24
	// similarThemes is what a shared theme or sector counts, in occurrences of a word.
	similarThemes = 0.8
	// maxSimilar bounds how many are asked for.
	maxSimilar = 50
)

// Similar returns the cases most like one: by its most telling words, its themes and its sector.
func (s *Service) Similar(ctx context.Context, id string, n int) ([]Hit, error) {
	g, err := s.enter()
	if err != nil {
		return nil, err
	}
	defer s.leave(g)
	doc, err := g.find(id)
	if err != nil {
		return nil, err
	}
	d, err := g.Engine.Document(doc)
	if err != nil {
		return nil, err
	}
	p, err := g.like(d)
	if err != nil {
		return nil, err
	}
	n = max(1, min(n, maxSimilar))
	p.Limit, p.Sort = n+1, SortRelevance
	a, err := g.Engine.Execute(ctx, &p.Plan)
	if err != nil {
		return nil, err
	}
	matches := slices.DeleteFunc(a.Matches, func(m Match) bool { return m.Doc == doc })
	return g.hits(ctx, &planned{}, matches[:min(n, len(matches))], false)
}

// like makes a plan of a case's most telling words: those that are frequent in it and rare elsewhere.
func (g *served) like(d *Document) (*planned, error) {
	type word struct {
		base   string
		docs   int
		tf     float64
		weight float64
	}
	words := map[string]*word{}
	read := func(text string, weight float64) {
		analyzers.Tokenize(text, func(t analyzers.Token) bool {
			w := g.Analyzer.Word(t.Text)
			if w == nil || w.Stop || hasDigit(w.Normal) {
				return true
			}
			add := func(key string, weight float64) {
				if words[key] == nil {
					words[key] = &word{base: key}
				}
				words[key].tf += weight
			}
			add(w.Base, weight)
			for _, key := range w.Keys {
				add(key, weight/2)
			}
			return true
		})
	}
	read(d.Title, 3)
	read(d.Summary, 2)
	for _, s := range d.Sections {
		read(s.Body, 1)
	}
	cases := float64(g.Engine.Status().Cases)
	list := make([]*word, 0, len(words))
	for _, w := range words {
		df, err := g.Engine.Frequency(FieldAny, w.base)
		if err != nil {
			return nil, err
		}
		if df < 2 { // this case alone
			continue
		}
		w.docs = df
		w.weight = w.tf / (w.tf + 2) * math.Log(1+cases/float64(df))
		list = append(list, w)
	}
	slices.SortFunc(list, func(a, b *word) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.base, b.base))
	})
	p := &planned{}
	for _, w := range list[:min(len(list), similarTerms)] {
		p.Words = append(p.Words, PlanWord{Text: w.base, Docs: float64(w.docs), Alternatives: []Alternative{
			{Field: FieldStem, Terms: []string{w.base}, Weight: 1, How: HowStem},
			{Field: FieldPart, Terms: []string{w.base}, Weight: weightPart, How: HowPart},
		}})
	}
	for _, facet := range []string{FacetTheme, FacetSector} {
		for _, v := range d.Values(facet) {
			docs, err := g.Engine.Frequency(Field(facet), v)
			if err != nil {
				return nil, err
			}
			p.Words = append(p.Words, PlanWord{Text: v, Docs: float64(docs), Alternatives: []Alternative{
				{Field: Field(facet), Terms: []string{v}, Weight: similarThemes, How: HowFacet},
			}})
		}
	}
	return p, nil
}
