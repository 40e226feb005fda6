package widget

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server/web"
)

// The parameters of /embed beside those of a search. They are the element's attributes by the same names.
const (
	paramLocked      = "locked"
	paramFacets      = "facets"
	paramLabel       = "label"
	paramPlaceholder = "placeholder"
	paramScheme      = "scheme"
	paramAccent      = "accent"
	paramBackground  = "background"
	paramInk         = "text"
	paramHeight      = "height" // of /indlejr only: the iframe's
)

// Words among the values.
const (
	lockAll = "all"
	noFacet = "none"
)

const (
	defaultSize = 10 // hits: a widget is a part of somebody's page; the same as in vidensbank.js
	// maxLabelRunes is for the texts that a host may set: a line on a phone, twice.
	maxLabelRunes = 100
	// Heights of the iframe in CSS pixels: room for the box and a hit; a long page.
	minHeight, maxHeight, defaultHeight = 300, 3000, 700
)

// The colours of the style sheets: what the builder starts from, and what stands on dark.
const (
	defaultAccent     = "#0f4c5c"
	defaultBackground = "#ffffff"
	defaultInk        = "#1b2528"
	darkAccent        = "#86cfd9"
	darkInk           = "#e8ebe8"
)

var (
	extra         = []string{paramLocked, paramFacets, paramLabel, paramPlaceholder, paramScheme, paramAccent, paramBackground, paramInk, paramHeight}
	schemes       = []string{"light", "dark", "auto"}
	defaultFacets = []string{search.FacetTheme, search.FacetSector, search.FacetMunicipality}
	hexColor      = regexp.MustCompile(`^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`)
)

// settings are what /embed shows, as its address says: a search, and how it's shown.
type settings struct {
	web.Params
	Locked      []string // facets whose chosen values a visitor can't change, in the order of search.Facets
	Facets      []string // shown, without the locked ones
	Label       string   // "" is the language's own, as for Placeholder
	Placeholder string
	Scheme      string // light, dark or auto
	Accent      string // #rrggbb in lower case, or "" for the style sheet's, as for the two below
	Background  string
	Ink         string
	Height      int
}

// parseSettings reads settings from a raw query string. facets and locked may repeat, as a form's checkboxes do. The error is a
// *search.InvalidError.
func parseSettings(site *web.Site, raw string) (settings, error) {
	values, _ := url.ParseQuery(raw) // what can't be read is passed over, as web.Options.Lenient does
	for _, name := range []string{paramLocked, paramFacets} {
		if len(values[name]) > 1 {
			values.Set(name, strings.Join(values[name], ","))
		}
	}
	if values.Get(web.ParamSize) == "" {
		values.Set(web.ParamSize, strconv.Itoa(defaultSize))
	}
	p, err := site.ParseSearch(values.Encode(), web.Options{Extra: extra, Lenient: true})
	s := settings{Params: p, Facets: defaultFacets, Scheme: "light", Height: defaultHeight}
	if err != nil {
		if s.Lang != web.English {
			s.Lang = web.Danish // whatever was asked for
		}
		return s, err
	}
	if s.Locked, err = s.locked(p.Extra[paramLocked]); err != nil {
		return s, err
	}
	if list := p.Extra[paramFacets]; list != "" {
		if s.Facets, err = facetNames(paramFacets, list, noFacet); err != nil {
			return s, err
		}
	}
	s.Facets = slices.DeleteFunc(slices.Clone(s.Facets), func(f string) bool { return slices.Contains(s.Locked, f) })
	for name, into := range map[string]*string{paramLabel: &s.Label, paramPlaceholder: &s.Placeholder} {
		*into = strings.TrimSpace(p.Extra[name])
		if utf8.RuneCountInString(*into) > maxLabelRunes {
			return s, &search.InvalidError{Param: name, Want: fmt.Sprintf("højst %d tegn", maxLabelRunes)}
		}
	}
	if v := p.Extra[paramScheme]; v != "" {
		if !slices.Contains(schemes, v) {
			return s, &search.InvalidError{Param: paramScheme, Value: short(v), Want: strings.Join(schemes, ", ")}
		}
		s.Scheme = v
	}
	for _, c := range []struct {
		name, normal string
		into         *string
	}{{paramAccent, defaultAccent, &s.Accent}, {paramBackground, defaultBackground, &s.Background}, {paramInk, defaultInk, &s.Ink}} {
		if *c.into, err = color(c.name, p.Extra[c.name]); err != nil {
			return s, err
		}
		if *c.into == c.normal {
			*c.into = ""
		}
	}
	if v := p.Extra[paramHeight]; v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < minHeight || n > maxHeight {
			return s, &search.InvalidError{Param: paramHeight, Value: short(v), Want: fmt.Sprintf("et helt tal fra %d til %d", minHeight, maxHeight)}
		}
		s.Height = n
	}
	return s, nil
}

// locked are the facets that a text locks, of those that have a chosen value.
func (s settings) locked(text string) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	names, err := facetNames(paramLocked, text, lockAll)
	if err != nil {
		return nil, err
	}
	if slices.Contains(strings.Split(text, ","), lockAll) {
		names = search.Facets
	}
	var locked []string
	for _, f := range search.Facets {
		if len(s.Query.Filters[f]) > 0 && slices.Contains(names, f) {
			locked = append(locked, f)
		}
	}
	return locked, nil
}

// facetNames reads names of facets separated by commas. word is one that stands for no name of its own.
func facetNames(param, text, word string) ([]string, error) {
	var names []string
	for name := range strings.SplitSeq(text, ",") {
		name = strings.TrimSpace(name)
		switch {
		case name == "" || name == word || slices.Contains(names, name):
		case slices.Contains(search.Facets, name):
			names = append(names, name)
		default:
			return nil, &search.InvalidError{Param: param, Value: short(name), Want: word + " eller navne adskilt af komma: " + strings.Join(search.Facets, ", ")}
		}
	}
	return names, nil
}

// color reads a colour strictly: nothing else gets near a style.
func color(param, v string) (string, error) {
	if v == "" {
		return "", nil
	}
	if !hexColor.MatchString(v) {
		return "", &search.InvalidError{Param: param, Value: short(v), Want: "en farve med tre eller seks hexadecimale cifre, for eksempel 0f4c5c"}
	}
	v = strings.ToLower(strings.TrimPrefix(v, "#"))
	if len(v) == 3 {
		v = string([]byte{v[0], v[0], v[1], v[1], v[2], v[2]})
	}
	return "#" + v, nil
}

// short is a bad value, fit to be repeated.
func short(v string) string {
	if r := []rune(v); len(r) > maxLabelRunes {
		return string(r[:maxLabelRunes]) + "…"
	}
	return v
}

// look gives the parameters beside the search: name and value in turn, defaults left out.
func (s settings) look() [][2]string {
	var pairs [][2]string
	add := func(name, value string) {
		if value != "" {
			pairs = append(pairs, [2]string{name, value})
		}
	}
	if len(s.Locked) > 0 {
		add(paramLocked, s.LockedAttribute())
	}
	if !slices.Equal(s.Facets, s.withoutLocked(defaultFacets)) {
		add(paramFacets, s.FacetsAttribute())
	}
	if s.Query.Size != defaultSize {
		add(web.ParamSize, strconv.Itoa(s.Query.Size))
	}
	if s.Lang == web.English {
		add(web.ParamLang, s.Lang)
	}
	add(paramLabel, s.Label)
	add(paramPlaceholder, s.Placeholder)
	if s.Scheme != "light" {
		add(paramScheme, s.Scheme)
	}
	add(paramAccent, strings.TrimPrefix(s.Accent, "#"))
	add(paramBackground, strings.TrimPrefix(s.Background, "#"))
	add(paramInk, strings.TrimPrefix(s.Ink, "#"))
	return pairs
}

// URL is /embed with these settings and a page of the results, in one spelling.
func (s settings) URL(page int) string {
	var pairs [][2]string
	if s.Query.Text != "" {
		pairs = append(pairs, [2]string{web.ParamText, s.Query.Text})
	}
	for _, f := range search.Facets {
		for _, v := range s.Query.Filters[f] {
			pairs = append(pairs, [2]string{f, v})
		}
	}
	pairs = append(pairs, s.look()...)
	if page > 1 {
		pairs = append(pairs, [2]string{web.ParamPage, strconv.Itoa(page)})
	}
	var b strings.Builder
	b.WriteString("/embed")
	for i, p := range pairs {
		b.WriteByte("?&"[min(i, 1)])
		b.WriteString(url.QueryEscape(p[0]) + "=" + url.QueryEscape(p[1]))
	}
	return b.String()
}

// Hidden are the form's fields that a visitor doesn't see: the look, and locked values.
func (s settings) Hidden() [][2]string {
	var pairs [][2]string
	for _, f := range s.Locked {
		for _, v := range s.Query.Filters[f] {
			pairs = append(pairs, [2]string{f, v})
		}
	}
	return append(pairs, s.look()...)
}

// Attribute is a facet's chosen values as the element takes them.
func (s settings) Attribute(facet string) string {
	values := s.Query.Filters[facet]
	text := strings.Join(values, ",")
	if strings.Count(text, ",") >= len(values) && len(values) > 0 { // a value has a comma of its own
		return strings.Join(values, "|") + "|"
	}
	return text
}

// LockedAttribute names the locked facets. It's never lockAll: what a visitor without script adds to the address stays free.
func (s settings) LockedAttribute() string { return strings.Join(s.Locked, ",") }

// FacetsAttribute names the facets shown.
func (s settings) FacetsAttribute() string {
	if len(s.Facets) == 0 {
		return noFacet
	}
	return strings.Join(s.Facets, ",")
}

func (s settings) withoutLocked(facets []string) []string {
	return slices.DeleteFunc(slices.Clone(facets), func(f string) bool { return slices.Contains(s.Locked, f) })
}

// dark says whether a #rrggbb colour carries white text better than black (WCAG 2.2, contrast ratio).
func dark(color string) bool { return contrast(color, "#ffffff") > contrast(color, "#000000") }
