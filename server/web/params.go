package web

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/vidensbank/vidensbank/search"
)

// The parameters of a search, beside the facets, which have their own names.
const (
	ParamText    = "q"
	ParamSort    = "sort"
	ParamPage    = "page"
	ParamSize    = "size"
	ParamExplain = "explain"
	ParamLang    = "lang"
	ParamLimit   = "limit"
)

// Limits of parameters.
const (
	// MaxValueRunes is the longest facet value: as long as an id may be in a corpus of its own values.
	MaxValueRunes = 200
	// MaxYear is the last year that four digits can write.
	MaxYear = 9999
	// maxEcho is how much of a bad value an error repeats: enough to recognise it.
	maxEcho = 60
)

// SearchParams lists what a search takes, in the order in which URLs are written.
var SearchParams = slices.Concat([]string{ParamText}, search.Facets,
	[]string{ParamSort, ParamPage, ParamSize, ParamExplain, ParamLang})

var sorts = []string{string(search.SortRelevance), string(search.SortNewest), string(search.SortTitle)}

// Params is a search as a URL says it: the query, and how the answer is shown. The query is normal: its text is trimmed, its
// filters are resolved, sorted and unique, sort, page and size are set. So equal searches are equal Params.
type Params struct {
	Query search.Query
	Lang  string            // Danish or English
	Extra map[string]string // further parameters that the part of the server asked for, by name; absent and empty are the same
}

// Options say how a part of the server differs from the API in what it takes.
type Options struct {
	// Extra names further parameters, each given at most once, whose values are passed on as they stand.
	Extra []string
	// Lenient passes over parameters that it doesn't know. People reach pages by links that newsletters and networks have added
	// to (utm_source, fbclid).
	Lenient bool
}

// Search reads the request's search. The error is a *search.InvalidError.
func (s *Site) Search(c *gin.Context, o Options) (Params, error) {
	return s.ParseSearch(c.Request.URL.RawQuery, o)
}

// ParseSearch reads a search from a raw query string. An empty value is as good as an absent one, because that is what a form
// without JavaScript sends. Tabs and line breaks in the text, which pasting brings along, become spaces.
// The error is a *search.InvalidError.
func (s *Site) ParseSearch(raw string, o Options) (Params, error) {
	p := Params{Query: search.Query{Page: 1, Size: search.DefaultSize}, Lang: Danish, Extra: map[string]string{}}
	known := slices.Concat(SearchParams, o.Extra)
	values, err := parse(raw, known, o.Lenient)
	if err != nil {
		return p, err
	}
	single := func(name string, into func(string) error) {
		if err == nil {
			var v string
			if v, err = one(values, name); err == nil && v != "" {
				err = into(v)
			}
		}
	}
	single(ParamText, func(v string) error { p.Query.Text, err = text(v); return err })
	p.Query.Sort = defaultSort(p.Query.Text)
	single(ParamSort, func(v string) error { p.Query.Sort = search.Sort(v); return oneOf(ParamSort, v, sorts) })
	single(ParamPage, func(v string) error { p.Query.Page, err = number(ParamPage, v, search.MaxPage); return err })
	single(ParamSize, func(v string) error { p.Query.Size, err = number(ParamSize, v, search.MaxSize); return err })
	single(ParamExplain, func(v string) error {
		p.Query.Explain = v == "true"
		return oneOf(ParamExplain, v, []string{"true", "false"})
	})
	single(ParamLang, func(v string) error { p.Lang = v; return oneOf(ParamLang, v, []string{Danish, English}) })
	for _, name := range o.Extra {
		single(name, func(v string) error { p.Extra[name] = v; return nil })
	}
	for _, facet := range search.Facets {
		if err == nil {
			err = s.filter(&p.Query, facet, values[facet])
		}
	}
	return p, err
}

// filter adds a facet's chosen values to the query, resolved.
func (s *Site) filter(q *search.Query, facet string, texts []string) error {
	var chosen []string
	for _, t := range texts {
		if t == "" {
			continue
		}
		vs, err := s.resolve(facet, t)
		if err != nil {
			return err
		}
		chosen = append(chosen, vs...)
	}
	if len(chosen) == 0 {
		return nil
	}
	slices.Sort(chosen)
	chosen = slices.Compact(chosen)
	if len(chosen) > search.MaxFilterValues {
		return &search.InvalidError{Param: facet, Want: fmt.Sprintf("højst %d værdier", search.MaxFilterValues)}
	}
	if q.Filters == nil {
		q.Filters = map[string][]string{}
	}
	q.Filters[facet] = chosen
	return nil
}

// resolve gives the values that a text in a URL means.
func (s *Site) resolve(facet, t string) ([]string, error) {
	if err := printable(facet, t); err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(t) > MaxValueRunes {
		return nil, &search.InvalidError{Param: facet, Want: fmt.Sprintf("værdier på højst %d tegn", MaxValueRunes)}
	}
	if facet == search.FacetYear {
		y, ok := digits(t)
		if !ok || y < 1 || y > MaxYear {
			return nil, &search.InvalidError{Param: facet, Value: echo(t), Want: "et årstal med cifre, for eksempel 2013"}
		}
		return []string{strconv.Itoa(y)}, nil
	}
	if s.OpenTaxonomy {
		return []string{t}, nil
	}
	if vs := s.Labels.Resolve(facet, t); len(vs) > 0 {
		return vs, nil
	}
	want := allowedValues[facet]
	if near := s.Labels.Nearest(facet, t); near != "" {
		want += "; »" + near + "« ligner mest"
	}
	return nil, &search.InvalidError{Param: facet, Value: echo(t), Want: want}
}

// allowedValues says in Danish what a facet takes where the taxonomy is closed.
var allowedValues = map[string]string{
	search.FacetSector:       "en sektor fra taksonomien",
	search.FacetTheme:        "et tema fra taksonomien",
	search.FacetMunicipality: "en kommunes navn eller kode",
	search.FacetRegion:       "en af de fem regioner",
	search.FacetKind:         "en type fra taksonomien",
}

// ParseSuggest reads q and limit of a request for completions. The error is a *search.InvalidError.
func ParseSuggest(raw string, limit, max int) (string, int, error) {
	values, err := parse(raw, []string{ParamText, ParamLimit}, false)
	if err != nil {
		return "", 0, err
	}
	q, err := one(values, ParamText)
	if err == nil {
		q, err = text(q)
	}
	if err == nil {
		limit, err = limited(values, limit, max)
	}
	return q, limit, err
}

// ParseLang reads lang alone, as a case's URL has it. The error is a *search.InvalidError.
func ParseLang(raw string) (string, error) {
	values, err := parse(raw, []string{ParamLang}, false)
	if err != nil {
		return "", err
	}
	return langOf(values)
}

// ParseSimilar reads limit and lang of a request for similar cases. The error is a *search.InvalidError.
func ParseSimilar(raw string, limit, max int) (int, string, error) {
	values, err := parse(raw, []string{ParamLimit, ParamLang}, false)
	if err == nil {
		limit, err = limited(values, limit, max)
	}
	lang := Danish
	if err == nil {
		lang, err = langOf(values)
	}
	return limit, lang, err
}

func langOf(values url.Values) (string, error) {
	v, err := one(values, ParamLang)
	if err != nil || v == "" {
		return Danish, err
	}
	return v, oneOf(ParamLang, v, []string{Danish, English})
}

func limited(values url.Values, limit, max int) (int, error) {
	v, err := one(values, ParamLimit)
	if err != nil || v == "" {
		return limit, err
	}
	return number(ParamLimit, v, max)
}

// parse splits a query string strictly: where the standard library drops a pair that it can't read, this says so.
func parse(raw string, known []string, lenient bool) (url.Values, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		if lenient {
			return values, nil // the readable pairs
		}
		return nil, &search.InvalidError{Want: "navn=værdi adskilt af »&«, hvor »%« og »;« i en værdi skrives %25 og %3B"}
	}
	if lenient {
		return values, nil
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(known, name) {
			return nil, &search.InvalidError{Param: echo(name), Want: "kun parametrene " + strings.Join(known, ", ")}
		}
	}
	return values, nil
}

// one gives the value of a parameter that may be given once.
func one(values url.Values, name string) (string, error) {
	switch vs := values[name]; len(vs) {
	case 0:
		return "", nil
	case 1:
		return vs[0], printable(name, vs[0])
	default:
		return "", &search.InvalidError{Param: name, Want: "højst én værdi"}
	}
}

// text cleans the words of a search.
func text(v string) (string, error) {
	v = strings.TrimSpace(strings.NewReplacer("\t", " ", "\n", " ", "\r", " ").Replace(v))
	if n := utf8.RuneCountInString(v); n > search.MaxQueryRunes {
		return "", &search.InvalidError{Param: ParamText, Want: fmt.Sprintf("højst %d tegn (her er %d)", search.MaxQueryRunes, n)}
	}
	return v, nil
}

// printable refuses what is no text.
func printable(name, v string) error {
	if !utf8.ValidString(v) {
		return &search.InvalidError{Param: name, Want: "tekst i UTF-8"}
	}
	for _, r := range v {
		if unicode.IsControl(r) && (name != ParamText || !strings.ContainsRune("\t\n\r", r)) {
			return &search.InvalidError{Param: name, Want: "tekst uden styretegn"}
		}
	}
	return nil
}

func oneOf(name, v string, allowed []string) error {
	if slices.Contains(allowed, v) {
		return nil
	}
	return &search.InvalidError{Param: name, Value: echo(v), Want: strings.Join(allowed, ", ")}
}

func number(name, v string, max int) (int, error) {
	n, ok := digits(v)
	if !ok || n < 1 || n > max {
		return 0, &search.InvalidError{Param: name, Value: echo(v), Want: fmt.Sprintf("et helt tal fra 1 til %d", max)}
	}
	return n, nil
}

// digits reads a number of up to nine digits and nothing else: no sign, no space.
func digits(v string) (int, bool) {
	if v == "" || len(v) > 9 || strings.Trim(v, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(v)
	return n, err == nil
}

// echo is a value that is fit to be repeated in an error: valid, printable, short.
func echo(v string) string {
	v = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return utf8.RuneError
	}, v)
	if utf8.RuneCountInString(v) > maxEcho {
		v = string([]rune(v)[:maxEcho]) + "…"
	}
	return v
}

func defaultSort(text string) search.Sort {
	if text == "" {
		return search.SortNewest
	}
	return search.SortRelevance
}

// Encode writes the search as a query string that ParseSearch reads back: one spelling for equal searches, defaults left out.
// Filters are written in the order in which they stand.
func (p Params) Encode() string {
	var b strings.Builder
	add := func(name, value string) {
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(name) + "=" + url.QueryEscape(value))
	}
	q := p.Query
	if q.Text != "" {
		add(ParamText, q.Text)
	}
	for _, facet := range search.Facets {
		for _, v := range q.Filters[facet] {
			add(facet, v)
		}
	}
	if q.Sort != "" && q.Sort != defaultSort(q.Text) {
		add(ParamSort, string(q.Sort))
	}
	if q.Page > 1 {
		add(ParamPage, strconv.Itoa(q.Page))
	}
	if q.Size != 0 && q.Size != search.DefaultSize {
		add(ParamSize, strconv.Itoa(q.Size))
	}
	if q.Explain {
		add(ParamExplain, "true")
	}
	if p.Lang != "" && p.Lang != Danish {
		add(ParamLang, p.Lang)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Extra)) {
		add(name, p.Extra[name])
	}
	return b.String()
}

// URL is the search under a path: "/?q=stress".
func (p Params) URL(path string) string {
	if e := p.Encode(); e != "" {
		return path + "?" + e
	}
	return path
}

// WithPage is the same search, another page of it.
func (p Params) WithPage(n int) Params {
	p.Query.Page = n
	return p
}

// Pages is the number of the last page that a search with so many hits has, at least 1 and at most search.MaxPage.
func (p Params) Pages(total int) int {
	return max(1, min((total+p.Query.Size-1)/p.Query.Size, search.MaxPage))
}

// SearchURL is the search page for a text and filters, page one.
func SearchURL(text string, filters map[string][]string, lang string) string {
	return Params{Query: search.Query{Text: text, Filters: filters}, Lang: lang}.URL("/")
}

// WithFilter is filters with one more value chosen. The map that is given stays as it is.
func WithFilter(filters map[string][]string, facet, value string) map[string][]string {
	more := map[string][]string{}
	maps.Copy(more, filters)
	if !slices.Contains(more[facet], value) {
		more[facet] = slices.Sorted(slices.Values(append([]string{value}, more[facet]...)))
	}
	return more
}

// CompletionURL is where a completion leads: to a case, to a facet's value, or to a search for a word.
func CompletionURL(c search.Completion, lang string) string {
	switch c.Kind {
	case search.CompletionCase:
		return CaseURL(c.Value)
	case search.CompletionTheme, search.CompletionSector, search.CompletionMunicipality: // named like their facets
		return SearchURL("", map[string][]string{c.Kind: {c.Value}}, lang)
	default:
		return SearchURL(c.Text, nil, lang)
	}
}

// CaseURL is the path of a case's page: "/cases/<id>", the id escaped.
func CaseURL(id string) string { return "/cases/" + url.PathEscape(id) }

// PathValue is a part of the path, unescaped as a path. Gin itself would unescape it as a query, where "+" is a space.
// What isn't escaped text in UTF-8 is search.ErrNotFound: nothing can have such a name.
func PathValue(c *gin.Context, name string) (string, error) {
	v, err := url.PathUnescape(c.Param(name))
	if err != nil || !utf8.ValidString(v) || utf8.RuneCountInString(v) > MaxValueRunes {
		return "", search.ErrNotFound
	}
	return v, nil
}
