// Package api is the JSON API, version 1: search, completion, cases, similar cases, and its own description in OpenAPI 3.1.
// It only translates: web.Params into search.Query, and results into the types of this package.
package api

import (
	_ "embed"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/vidensbank/vidensbank/server/web"
)

// Prefix is where this version of the API lives.
const Prefix = "/api/v1"

// How many completions and similar cases are given where nothing is asked, and at most. A list of completions is read at a
// glance, and similar cases stand beside a case: nobody reads on behind 20 of either.
const (
	DefaultSuggestions = 8
	MaxSuggestions     = 20
	DefaultSimilar     = 5
	MaxSimilar         = 20
)

//go:embed openapi.json
var openAPI []byte

// API answers for a Site.
type API struct {
	site *web.Site
}

// New gives the API as a web.Part.
func New(site *web.Site) (web.Module, error) {
	return &API{site: site}, nil
}

// Routes adds the API's routes.
func (a *API) Routes(r gin.IRouter) {
	web.Get(r, Prefix+"/search", a.site.JSON(a.search))
	web.Get(r, Prefix+"/suggest", a.site.JSON(a.suggest))
	web.Get(r, Prefix+"/cases/:id", a.site.JSON(a.oneCase))
	web.Get(r, Prefix+"/cases/:id/similar", a.site.JSON(a.similar))
	web.Get(r, Prefix+"/openapi.json", a.describe)
}

func (a *API) search(c *gin.Context) (any, error) {
	p, err := a.site.Search(c, web.Options{})
	if err != nil || a.site.NotModified(c, p.URL(Prefix+"/search")) {
		return nil, err
	}
	start := time.Now()
	r, err := a.site.Searcher.Search(c.Request.Context(), p.Query)
	if err != nil {
		return nil, err
	}
	web.LinkPages(c, Prefix+"/search", p, r.Total)
	return a.searchResponse(p, r, time.Since(start)), nil
}

func (a *API) suggest(c *gin.Context) (any, error) {
	q, limit, err := web.ParseSuggest(c.Request.URL.RawQuery, DefaultSuggestions, MaxSuggestions)
	if err != nil || a.site.NotModified(c, c.Request.URL.RequestURI()) {
		return nil, err
	}
	found, err := a.site.Searcher.Suggest(c.Request.Context(), q, limit)
	if err != nil {
		return nil, err
	}
	answer := SuggestResponse{Query: q, Suggestions: make([]Suggestion, 0, len(found))}
	for _, s := range found {
		answer.Suggestions = append(answer.Suggestions, suggestion(s))
	}
	return answer, nil
}

func (a *API) oneCase(c *gin.Context) (any, error) {
	id, err := web.PathValue(c, "id")
	if err != nil {
		return nil, err
	}
	lang, err := web.ParseLang(c.Request.URL.RawQuery)
	if err != nil || a.site.NotModified(c, c.Request.URL.RequestURI()) {
		return nil, err
	}
	d, err := a.site.Searcher.Case(c.Request.Context(), id)
	if err != nil {
		return nil, err
	}
	return a.wholeCase(*d, lang), nil
}

func (a *API) similar(c *gin.Context) (any, error) {
	id, err := web.PathValue(c, "id")
	if err != nil {
		return nil, err
	}
	limit, lang, err := web.ParseSimilar(c.Request.URL.RawQuery, DefaultSimilar, MaxSimilar)
	if err != nil || a.site.NotModified(c, c.Request.URL.RequestURI()) {
		return nil, err
	}
	hits, err := a.site.Searcher.Similar(c.Request.Context(), id, limit)
	if err != nil {
		return nil, err
	}
	return SimilarResponse{ID: id, Hits: a.hits(hits, lang)}, nil
}

func (a *API) describe(c *gin.Context) {
	if !a.site.NotModified(c, Prefix+"/openapi.json") {
		a.site.Write(c, http.StatusOK, "application/json; charset=utf-8", openAPI)
	}
}
