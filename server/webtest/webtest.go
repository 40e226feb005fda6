// Package webtest has what tests of the server's parts share: a searcher and a taxonomy that answer what a test wants.
package webtest

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/vidensbank/vidensbank/search"
)

// Searcher answers from its fields and remembers the last query. A nil function answers from Result and Documents.
type Searcher struct {
	Result      search.Result
	Completions []search.Completion
	Documents   []search.Document
	Now         search.Status

	OnSearch  func(ctx context.Context, q search.Query) (*search.Result, error)
	OnSuggest func(ctx context.Context, text string, limit int) ([]search.Completion, error)
	OnCase    func(ctx context.Context, id string) (*search.Document, error)

	mu   sync.Mutex
	last search.Query
}

var _ search.Searcher = (*Searcher)(nil)

// Last is the last query searched.
func (s *Searcher) Last() search.Query {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// Search answers OnSearch or Result.
func (s *Searcher) Search(ctx context.Context, q search.Query) (*search.Result, error) {
	s.mu.Lock()
	s.last = q
	s.mu.Unlock()
	if s.OnSearch != nil {
		return s.OnSearch(ctx, q)
	}
	r := s.Result
	return &r, nil
}

// Suggest answers OnSuggest, or Completions up to the limit.
func (s *Searcher) Suggest(ctx context.Context, text string, limit int) ([]search.Completion, error) {
	if s.OnSuggest != nil {
		return s.OnSuggest(ctx, text, limit)
	}
	return s.Completions[:min(limit, len(s.Completions))], nil
}

// Case answers OnCase, or the document with the id.
func (s *Searcher) Case(ctx context.Context, id string) (*search.Document, error) {
	if s.OnCase != nil {
		return s.OnCase(ctx, id)
	}
	for _, d := range s.Documents {
		if d.ID == id {
			return &d, nil
		}
	}
	return nil, search.ErrNotFound
}

// Similar answers all other documents, up to n.
func (s *Searcher) Similar(ctx context.Context, id string, n int) ([]search.Hit, error) {
	if _, err := s.Case(ctx, id); err != nil {
		return nil, err
	}
	var hits []search.Hit
	for _, d := range s.Documents {
		if d.ID != id && len(hits) < n {
			hits = append(hits, search.Hit{Document: d, Score: 1})
		}
	}
	return hits, nil
}

// All visits the documents.
func (s *Searcher) All(_ context.Context, visit func(search.Document) error) error {
	for _, d := range s.Documents {
		if err := visit(d); err != nil {
			return err
		}
	}
	return nil
}

// Status is Now.
func (s *Searcher) Status() search.Status { return s.Now }

// Labels is a small taxonomy: facet -> value -> the Danish label and other spellings. English labels are the Danish ones with
// "en:" in front. The nearest value is the first that shares the text's first three letters.
type Labels map[string]map[string][]string

// Taxonomy has a few real values of each facet.
var Taxonomy = Labels{
	search.FacetSector:       {"aeldre-og-sundhed": {"Ældre og sundhed"}, "beskaeftigelse": {"Beskæftigelse"}},
	search.FacetTheme:        {"stress": {"Stress"}, "trivsel": {"Trivsel"}, "samskabelse": {"Samskabelse"}},
	search.FacetMunicipality: {"Aarhus": {"Aarhus", "Århus", "0751"}, "Lejre": {"Lejre", "Skjoldborg"}, "Roskilde": {"Roskilde", "Skjoldborg"}},
	search.FacetRegion:       {"sjaelland": {"Region Sjælland"}},
	search.FacetKind:         {"eksempel": {"Eksempel"}, "vaerktoej": {"Værktøj"}},
}

// Label is the first spelling.
func (l Labels) Label(facet, value, lang string) string {
	names := l[facet][value]
	switch {
	case len(names) == 0:
		return ""
	case lang == "en":
		return "en:" + names[0]
	default:
		return names[0]
	}
}

// Resolve gives every value with the spelling, in order.
func (l Labels) Resolve(facet, text string) []string {
	var values []string
	for v, names := range l[facet] {
		if v == text || slices.Contains(names, text) {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return values
}

// Nearest is the first value that begins alike.
func (l Labels) Nearest(facet, text string) string {
	var near []string
	for v := range l[facet] {
		if len(text) >= 3 && strings.HasPrefix(v, text[:3]) {
			near = append(near, v)
		}
	}
	if len(near) == 0 {
		return ""
	}
	return slices.Min(near)
}
