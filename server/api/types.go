package api

import (
	"time"

	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server/web"
)

// The types below are the API's answers. openapi.json describes them to others; a test compares the two. Arrays are never null.

// SearchResponse answers /api/v1/search.
type SearchResponse struct {
	Query      Query       `json:"query"`
	Total      int         `json:"total"`
	TookMS     float64     `json:"took_ms"`
	Index      Index       `json:"index"`
	Hits       []Hit       `json:"hits"`
	Facets     []Facet     `json:"facets"`
	DidYouMean *DidYouMean `json:"did_you_mean"`
	Unmatched  []string    `json:"unmatched"`
	Offers     []Offer     `json:"offers"`
	Relaxed    []Relaxed   `json:"relaxed"`
}

// Query is the search as it was understood.
type Query struct {
	Q       string              `json:"q"`
	Filters map[string][]string `json:"filters"`
	Sort    string              `json:"sort"`
	Page    int                 `json:"page"`
	Size    int                 `json:"size"`
}

// Index is what was searched.
type Index struct {
	Generation string `json:"generation"`
	Cases      int    `json:"cases"`
}

// Card is a case in a list.
type Card struct {
	ID             string   `json:"id"`
	Title          string   `json:"title"`
	Summary        string   `json:"summary"`
	URL            string   `json:"url"`
	Kind           string   `json:"kind"`
	Sector         string   `json:"sector"`
	Themes         []string `json:"themes"`
	Municipalities []string `json:"municipalities"`
	Region         string   `json:"region"`
	Organisation   string   `json:"organisation"`
	Workplace      string   `json:"workplace"`
	Year           *int     `json:"year"`
	Labels         Labels   `json:"labels"`
}

// Labels are what a reader sees of the values beside them.
type Labels struct {
	Kind   string   `json:"kind"`
	Sector string   `json:"sector"`
	Themes []string `json:"themes"`
	Region string   `json:"region"`
}

// Hit is a case that a search found.
type Hit struct {
	Card
	Score     float64   `json:"score"`
	Highlight Highlight `json:"highlight"`
	Matched   []string  `json:"matched"`
	Explain   []Matched `json:"explain,omitempty"`
}

// Highlight is safe HTML with <mark> as its only element.
type Highlight struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Matched is one word's part in a hit's score.
type Matched struct {
	Word   string  `json:"word"`
	Term   string  `json:"term"`
	How    string  `json:"how"`
	Weight float64 `json:"weight"`
	Score  float64 `json:"score"`
}

// Facet is one facet's counts.
type Facet struct {
	Name   string       `json:"name"`
	Label  string       `json:"label"`
	Values []FacetValue `json:"values"`
}

// FacetValue is one value's count.
type FacetValue struct {
	Value    string `json:"value"`
	Label    string `json:"label"`
	Count    int    `json:"count"`
	Selected bool   `json:"selected"`
}

// DidYouMean is a corrected query.
type DidYouMean struct {
	Text  string `json:"text"`
	Total int    `json:"total"`
}

// Offer is a filter that a word of the query names.
type Offer struct {
	Facet string `json:"facet"`
	Value string `json:"value"`
	Label string `json:"label"`
	Word  string `json:"word"`
	Rest  string `json:"rest"`
	Count int    `json:"count"`
	URL   string `json:"url"`
}

// Relaxed is a weaker form of a query that found nothing.
type Relaxed struct {
	Q       string              `json:"q"`
	Filters map[string][]string `json:"filters"`
	Dropped string              `json:"dropped"`
	Total   int                 `json:"total"`
	URL     string              `json:"url"`
}

// SuggestResponse answers /api/v1/suggest.
type SuggestResponse struct {
	Query       string       `json:"query"`
	Suggestions []Suggestion `json:"suggestions"`
}

// Suggestion is one completion.
type Suggestion struct {
	Kind  string `json:"kind"`
	Text  string `json:"text"`
	Value string `json:"value"`
	URL   string `json:"url"`
	Count int    `json:"count"`
}

// Case answers /api/v1/cases/{id}.
type Case struct {
	Card
	Tools    []string  `json:"tools"`
	Source   Source    `json:"source"`
	Sections []Section `json:"sections"`
}

// Source is who published a case.
type Source struct {
	Publisher string   `json:"publisher"`
	URL       string   `json:"url"`
	More      []string `json:"more"`
}

// Section is a part of a case's text, in Markdown.
type Section struct {
	Heading string `json:"heading"`
	Body    string `json:"body"`
}

// SimilarResponse answers /api/v1/cases/{id}/similar.
type SimilarResponse struct {
	ID   string `json:"id"`
	Hits []Hit  `json:"hits"`
}

// Answer is the API's answer to a search, for whoever gives it elsewhere: the command line prints the same JSON.
func Answer(labels web.Labels, q search.Query, r *search.Result, took time.Duration) SearchResponse {
	a := &API{site: &web.Site{Labels: labels}}
	return a.searchResponse(web.Params{Query: q, Lang: web.Danish}, r, took)
}

func (a *API) searchResponse(p web.Params, r *search.Result, took time.Duration) SearchResponse {
	q := p.Query
	answer := SearchResponse{
		Query:     Query{Q: q.Text, Filters: filters(q.Filters), Sort: string(q.Sort), Page: q.Page, Size: q.Size},
		Total:     r.Total,
		TookMS:    float64(took.Microseconds()) / 1000,
		Index:     Index{Generation: r.Generation, Cases: r.Cases},
		Hits:      a.hits(r.Hits, p.Lang),
		Facets:    make([]Facet, 0, len(r.Facets)),
		Unmatched: list(r.Unmatched),
		Offers:    make([]Offer, 0, len(r.Offers)),
		Relaxed:   make([]Relaxed, 0, len(r.Relaxed)),
	}
	for _, f := range r.Facets {
		answer.Facets = append(answer.Facets, a.facet(f, p.Lang))
	}
	if s := r.DidYouMean; s != nil {
		answer.DidYouMean = &DidYouMean{Text: s.Text, Total: s.Total}
	}
	for _, o := range r.Offers {
		answer.Offers = append(answer.Offers, Offer{
			Facet: o.Facet, Value: o.Value, Label: a.site.Label(o.Facet, o.Value, p.Lang), Word: o.Word, Rest: o.Rest, Count: o.Count,
			URL: web.SearchURL(o.Rest, web.WithFilter(q.Filters, o.Facet, o.Value), p.Lang),
		})
	}
	for _, x := range r.Relaxed {
		answer.Relaxed = append(answer.Relaxed, Relaxed{
			Q: x.Text, Filters: filters(x.Filters), Dropped: x.Dropped, Total: x.Total, URL: web.SearchURL(x.Text, x.Filters, p.Lang),
		})
	}
	return answer
}

func (a *API) facet(f search.Facet, lang string) Facet {
	answer := Facet{Name: f.Name, Label: web.FacetLabel(f.Name, lang), Values: make([]FacetValue, 0, len(f.Values))}
	for _, v := range f.Values {
		answer.Values = append(answer.Values, FacetValue{
			Value: v.Value, Label: a.site.Label(f.Name, v.Value, lang), Count: v.Count, Selected: v.Selected,
		})
	}
	return answer
}

func (a *API) hits(hits []search.Hit, lang string) []Hit {
	answer := make([]Hit, 0, len(hits))
	for _, h := range hits {
		one := Hit{Card: a.card(h.Document, lang), Score: h.Score, Highlight: Highlight(h.Highlight), Matched: list(h.Matched)}
		for _, m := range h.Explain {
			one.Explain = append(one.Explain, Matched(m))
		}
		answer = append(answer, one)
	}
	return answer
}

func (a *API) card(d search.Document, lang string) Card {
	card := Card{
		ID: d.ID, Title: d.Title, Summary: d.Summary, URL: web.CaseURL(d.ID), Kind: d.Kind, Sector: d.Sector, Themes: list(d.Themes),
		Municipalities: list(d.Municipalities), Region: d.Region, Organisation: d.Organisation, Workplace: d.Workplace,
		Labels: Labels{
			Kind:   a.site.Label(search.FacetKind, d.Kind, lang),
			Sector: a.site.Label(search.FacetSector, d.Sector, lang),
			Region: a.site.Label(search.FacetRegion, d.Region, lang),
			Themes: make([]string, 0, len(d.Themes)),
		},
	}
	for _, t := range d.Themes {
		card.Labels.Themes = append(card.Labels.Themes, a.site.Label(search.FacetTheme, t, lang))
	}
	if d.Year != 0 {
		card.Year = &d.Year
	}
	return card
}

func (a *API) wholeCase(d search.Document, lang string) Case {
	answer := Case{
		Card: a.card(d, lang), Tools: list(d.Tools), Sections: make([]Section, 0, len(d.Sections)),
		Source: Source{Publisher: d.Source.Publisher, URL: d.Source.URL, More: list(d.Source.More)},
	}
	for _, s := range d.Sections {
		answer.Sections = append(answer.Sections, Section(s))
	}
	return answer
}

func suggestion(c search.Completion) Suggestion {
	return Suggestion{Kind: c.Kind, Text: c.Text, Value: c.Value, URL: web.CompletionURL(c, web.Danish), Count: c.Count}
}

// list is l, never nil: JSON's null would be a second way to say "none".
func list(l []string) []string {
	if l == nil {
		return []string{}
	}
	return l
}

func filters(f map[string][]string) map[string][]string {
	if f == nil {
		return map[string][]string{}
	}
	return f
}
