// Package search is the query side of Vidensbank: a Query is planned once, free of any engine, and executed by one; the Result
// is made of plain values that a server, a command or a test can use as they are.
package search

import (
	"context"
	"errors"

	"github.com/vidensbank/vidensbank/internal/schema"
)

// The facets, by the names that queries, results and URLs use, in the order in which results list them.
const (
	FacetSector       = "sector"
	FacetTheme        = "theme"
	FacetMunicipality = "municipality"
	FacetRegion       = "region"
	FacetKind         = "kind"
	FacetYear         = "year"
)

// Facets lists the facets in the order of results.
var Facets = []string{FacetSector, FacetTheme, FacetMunicipality, FacetRegion, FacetKind, FacetYear}

// Limits of a query. They bound the work that one request can ask for.
const (
	// MaxQueryRunes is the longest text: twice the longest question seen in query logs of the field, with room to paste a title.
	MaxQueryRunes = 500
	// MaxSize is the largest page: enough for a list to copy, small enough to render at once.
	MaxSize = 100
	// DefaultSize is the page's size where none is given.
	DefaultSize = 20
	// MaxPage bounds deep paging: nobody reads on behind the 1,000th page, robots do.
	MaxPage = 1000
	// MaxFilterValues bounds the values chosen in one facet: more than the largest facet (98 municipalities) has.
	MaxFilterValues = 200
)

// Sort says how hits are ordered.
type Sort string

// The orders. Equal keys fall back on relevance, then on the order of the corpus.
const (
	SortRelevance Sort = "relevance"
	SortNewest    Sort = "newest"
	SortTitle     Sort = "title"
)

// Query is one search, as a plain value. The zero value, normalised by the engine, is the landing page: all cases.
type Query struct {
	Text    string
	Filters map[string][]string // facet -> chosen values: OR within a facet, AND across facets
	Sort    Sort                // "" is SortRelevance, and SortNewest where Text is empty
	Page    int                 // from 1; 0 is 1
	Size    int                 // 1 to MaxSize; 0 is DefaultSize
	Explain bool                // fill Hit.Explain
}

// Result is the answer to a Query.
type Result struct {
	Total      int
	Hits       []Hit
	Facets     []Facet
	DidYouMean *Suggestion // a corrected query, nil where none is better
	Unmatched  []string    // words of the query, as typed, that matched nothing at all
	Offers     []Offer     // facet values that the query's own words name ("kun i Aalborg?")
	Relaxed    []Relaxed   // at zero hits: the query with a word or a filter less, and what it finds
	Generation string
	Cases      int // in the whole index
}

// Hit is a case in a result.
type Hit struct {
	Document
	Score     float64
	Highlight Highlight
	Matched   []string  // words of the text that matched but differ from what was typed ("stressforebyggende"), best first, at most 3
	Explain   []Matched // only with Query.Explain
}

// Document is a case as the index stores it, Source where it comes from, Section a part of its text.
type (
	Document = schema.Document
	Source   = schema.Source
	Section  = schema.Section
)

// Highlight holds safe HTML: text is escaped, and <mark> is the only element.
type Highlight struct {
	Title string
	Text  string // the best passage of summary and sections, some 200 characters
}

// Facet is the counts of one facet under the query and every other facet's filter.
type Facet struct {
	Name   string
	Values []FacetValue // most cases first, then by value; chosen values always, also at 0
}

// FacetValue is one value with its count.
type FacetValue struct {
	Value    string
	Count    int
	Selected bool
}

// Suggestion is a corrected query and how many cases it finds.
type Suggestion struct {
	Text  string
	Total int
}

// Offer is a facet value that a word of the query names, and the query that is left when the filter takes the word's place.
type Offer struct {
	Facet, Value string
	Word         string // as typed
	Rest         string // the query without the word
	Count        int    // cases that Rest finds under the filter
}

// Relaxed is a weaker form of a query that found nothing.
type Relaxed struct {
	Text    string
	Filters map[string][]string
	Dropped string // the word or the facet value that was left out
	Total   int
}

// Matched explains one word's part in a hit's score.
type Matched struct {
	Word   string  // as typed
	Term   string  // the indexed term that matched
	How    string  // exact, stem, part, synonym, spelling, phrase, nearness, title, facet
	Weight float64 // the alternative's weight in the plan
	Score  float64 // what it added to the hit's score
}

// Kinds of completion.
const (
	CompletionWord         = "word"
	CompletionTheme        = "theme"
	CompletionSector       = "sector"
	CompletionMunicipality = "municipality"
	CompletionCase         = "case"
)

// Completion is one suggestion while typing. Every one leads to at least one case.
type Completion struct {
	Kind  string
	Text  string // what is shown, and put into the box
	Value string // the facet's value, or the case's id
	Count int    // cases; 1 for a case
}

// ErrNotFound says that no case has the id.
var ErrNotFound = errors.New("no such case")

// InvalidError is a fault in a query that its sender can mend.
type InvalidError struct {
	Param string // q, sector, page, …
	Value string
	Want  string // what is allowed, in Danish, for the reader of the answer
}

func (e *InvalidError) Error() string {
	return "invalid " + e.Param + " " + e.Value + ": " + e.Want
}

// Status describes the index that serves now.
type Status struct {
	Generation string
	Cases      int
}

// Searcher is what a server needs. The embedded engine's Service is one; a test's fake is another.
type Searcher interface {
	Search(ctx context.Context, q Query) (*Result, error)
	Suggest(ctx context.Context, text string, limit int) ([]Completion, error)
	Case(ctx context.Context, id string) (*Document, error)       // ErrNotFound
	Similar(ctx context.Context, id string, n int) ([]Hit, error) // ErrNotFound
	All(ctx context.Context, visit func(Document) error) error    // every case in the corpus' order, for sitemaps and exports
	Status() Status
}
