// Package web is what every part of the server shares: how a URL becomes a search and back (Params), how an error becomes an
// answer (Problem, Site.Fail), how handlers are written (Site.JSON, Site.Page), and the headers of an answer (validators,
// security, CORS). It has no routes of its own. The API, the pages and the widget import it; it imports none of them.
//
// A handler binds (Site.Search, PathValue), asks (Site.Searcher) and renders; it returns an error instead of writing one.
package web

import (
	"bytes"
	"html/template"
	"log/slog"

	"github.com/gin-gonic/gin"

	"github.com/vidensbank/vidensbank/search"
)

// The languages of the interface. Cases and error messages are Danish in both.
const (
	Danish  = "da"
	English = "en"
)

// Labels knows the facets' values: a corpus' taxonomy is one.
type Labels interface {
	// Label is what a reader sees of a value, "" where the value isn't known.
	Label(facet, value, lang string) string
	// Resolve gives the values that a text means: itself, an alternative spelling, a code; several for a municipality that was
	// divided in 2007; none where nothing fits.
	Resolve(facet, text string) []string
	// Nearest gives the known value or name closest to a text that Resolve refuses, "" where none is close.
	Nearest(facet, text string) string
}

// Site is what the parts of the server share: the searcher, the labels, the settings that pages show. The server makes one and
// hands it to every Part. Nothing in it changes once requests are served.
type Site struct {
	Searcher search.Searcher
	Labels   Labels
	Log      *slog.Logger

	BaseURL      string   // scheme://host of the public address, without a slash at the end; "" where it isn't known
	WasURL       string   // the accessibility statement; "" where the operator has none
	Version      string   // of the program, part of every ETag
	EmbedOrigins []string // who may frame the embedded page: exact origins, or "*" alone
	OpenTaxonomy bool     // facet values are taken as they stand: the corpus has its own

	// ErrorPage answers a fault on a page for people. The pages' Part sets it; without one such faults are answered as JSON.
	ErrorPage func(c *gin.Context, p Problem)
	// Shell renders another part's content between the site's head and foot. The pages' Part sets it.
	Shell func(c *gin.Context, out *bytes.Buffer, s Shell) error
}

// Shell is a page that another part than the pages makes.
type Shell struct {
	Lang, Title, Description string
	Path                     string // its address without parameters
	Styles, Scripts          []string
	Content                  template.HTML // the main part, with its own h1
}

// Module is a part of the server that has routes: the pages, the widget.
type Module interface {
	Routes(r gin.IRouter)
}

// Part makes a Module for a Site. pages.New and widget.New are Parts; main names them in the server's Config.
type Part func(*Site) (Module, error)

// Get registers a route for GET and HEAD, which every route here answers alike.
func Get(r gin.IRouter, path string, handler gin.HandlerFunc) {
	r.GET(path, handler)
	r.HEAD(path, handler)
}

var facetLabels = map[string]map[string]string{
	Danish: {
		search.FacetSector: "Sektor", search.FacetTheme: "Tema", search.FacetMunicipality: "Kommune",
		search.FacetRegion: "Region", search.FacetKind: "Type", search.FacetYear: "År",
	},
	English: {
		search.FacetSector: "Sector", search.FacetTheme: "Theme", search.FacetMunicipality: "Municipality",
		search.FacetRegion: "Region", search.FacetKind: "Kind", search.FacetYear: "Year",
	},
}

// FacetLabel is a facet's heading, the facet's own name where there is none.
func FacetLabel(facet, lang string) string {
	if l := facetLabels[lang][facet]; l != "" {
		return l
	}
	return facet
}

// Label is what a reader sees of a facet's value: the taxonomy's label, or the value where the taxonomy has none.
func (s *Site) Label(facet, value, lang string) string {
	if value == "" || facet == search.FacetYear {
		return value
	}
	if l := s.Labels.Label(facet, value, lang); l != "" {
		return l
	}
	return value
}
