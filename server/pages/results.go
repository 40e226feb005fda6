package pages

import (
	"bytes"
	"cmp"
	"context"
	"html/template"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/collate"
	xlang "golang.org/x/text/language"

	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server/api"
	"github.com/vidensbank/vidensbank/server/web"
)

// How much the search page shows at first.
const (
	// facetHead is how many values a facet shows before "Vis flere": a column that is read at a glance.
	facetHead = 6
	// newest is how many cases the landing page shows: two rows of three.
	newest = 6
	// zeroThemes is how many themes are offered where nothing was found.
	zeroThemes = 8
	// pagesAround is how many pages the pager lists on each side of the one shown.
	pagesAround = 2
	// nearestPrefix is how many letters a word must share with a theme's name to be taken for it: "stres" for Stress.
	nearestPrefix = 4
)

// examples are searches that show what can be asked. They are Danish in every language, as the cases are.
var examples = []string{"stress forebyggelse", "frivillige på plejehjem", "vold og trusler"}

// openFacets are those that stand open where nothing is chosen in them.
var openFacets = []string{search.FacetSector, search.FacetTheme, search.FacetMunicipality}

// paramMore names the facet whose values are all shown. The others show their head: all values of all facets would weigh more than
// the hits.
const paramMore = "vis"

// filterFrom is how many values a facet has before it gets a box to filter them.
const filterFrom = 12

// resultsPage is a search and what it found.
type resultsPage struct {
	frame
	Query  string
	Total  int
	Status string // what a screen reader is told when the page is updated
	Hits   []hitView
	Facets []facetView
	Chips  []chip
	Clear  string
	Sorts  []sortLink
	Pager  pager

	DidYouMean *link
	Unmatched  string // the words, quoted
	Offers     []link
	Zero       *zeroHelp

	CSV, Atom, JSON string
}

// landingPage is the front page.
type landingPage struct {
	frame
	Cases           int
	Examples        []link
	Themes, Sectors []link
	Newest          []hitView
	Figures         []link // what the bank holds, in numbers
	All             string
}

type hitView struct {
	URL            string
	Lang           template.HTMLAttr // says that the case is Danish, on a page that isn't
	Title, Passage string            // highlights
	Kind           string            // "" for an ordinary example
	Place          []string
	Themes         []link
	Matched        []string
}

type facetView struct {
	Name, Label string
	Open        bool
	Filter      bool
	Values      []valueView
	More, Less  string // the page with all values, or with the first ones; "" where they are the same
}

type valueView struct {
	Name, Value, Label string
	Count              int
	Selected           bool
}

type chip struct{ Facet, Label, URL string }

type sortLink struct {
	Key, URL string
	Current  bool
}

type pager struct {
	Number, Last int
	Prev, Next   string
	Pages        []pageLink
}

// pageLink is a page of the pager, or a gap where URL and Current are empty.
type pageLink struct {
	Number  int
	URL     string
	Current bool
}

// zeroHelp is what a search without hits is answered with.
type zeroHelp struct {
	Relaxed []relaxedLink
	Theme   *link
	Themes  []link
	Share   string
}

type relaxedLink struct {
	link
	Word, Filter string // what was left out: one of the two
}

func (p *Pages) search(c *gin.Context, out *bytes.Buffer) error {
	params, err := p.site.Search(c, web.Options{Lenient: true, Extra: []string{paramMore}})
	if err != nil {
		return err
	}
	if !slices.Contains(search.Facets, params.Extra[paramMore]) {
		params.Extra = nil
	}
	landing := isLanding(c.Request.URL.Query())
	key := params.URL("/")
	if landing {
		key = "landing " + key
	}
	if p.site.NotModified(c, key) {
		return nil
	}
	if landing {
		return p.landing(c, out, params)
	}
	ctx := c.Request.Context()
	r, err := p.site.Searcher.Search(ctx, params.Query)
	if err != nil {
		return err
	}
	web.LinkPages(c, "/", params, r.Total)
	page, err := p.results(ctx, c, params, r)
	if err != nil {
		return err
	}
	return p.render(out, params.Lang, "results.html", page)
}

// isLanding tells the front page from a search for nothing: it has none of a search's parameters.
func isLanding(values url.Values) bool {
	for _, name := range web.SearchParams {
		if name != web.ParamLang && values.Has(name) {
			return false
		}
	}
	return true
}

// listURL is a search's address. One that looks for nothing says its order, to differ from the front page.
func listURL(params web.Params) string {
	bare := web.Params{Query: params.Query}
	e := bare.Encode()
	if e == "" {
		e = web.ParamSort + "=" + string(search.SortNewest)
	}
	if more := params.Extra[paramMore]; more != "" {
		e += "&" + paramMore + "=" + more
	}
	if params.Lang == web.English {
		e += "&" + web.ParamLang + "=" + params.Lang
	}
	return "/?" + e
}

// showing is the search with all values of a facet, or none's.
func showing(params web.Params, facet string) web.Params {
	params.Extra = nil
	if facet != "" {
		params.Extra = map[string]string{paramMore: facet}
	}
	return params
}

// with gives the search with a change to its query, on the first page. Text and filters may be replaced, not written into.
func with(params web.Params, change func(q *search.Query)) string {
	params.Query.Page = 1
	change(&params.Query)
	return listURL(params)
}

func (p *Pages) landing(c *gin.Context, out *bytes.Buffer, params web.Params) error {
	r, err := p.site.Searcher.Search(c.Request.Context(), search.Query{Sort: search.SortNewest, Page: 1, Size: newest})
	if err != nil {
		return err
	}
	t := p.texts[params.Lang]
	page := landingPage{frame: p.frame(c, "landing", params.Lang, t["site.name"], "/"), Cases: r.Cases, All: listURL(web.Params{Lang: params.Lang}),
		Themes: p.facetLinks(r, search.FacetTheme, params.Lang), Sectors: p.facetLinks(r, search.FacetSector, params.Lang)}
	for _, e := range examples {
		page.Examples = append(page.Examples, link{URL: web.SearchURL(e, nil, params.Lang), Text: e})
	}
	for _, h := range r.Hits {
		page.Newest = append(page.Newest, p.hit(h, web.Params{Lang: params.Lang}))
	}
	page.Figures = []link{{Text: t["landing.figure.cases"], Count: r.Cases}}
	for _, f := range r.Facets {
		if f.Name == search.FacetMunicipality || f.Name == search.FacetTheme {
			page.Figures = append(page.Figures, link{Text: t["landing.figure."+f.Name], Count: len(f.Values)})
		}
	}
	page.Data = p.siteData()
	return p.render(out, params.Lang, "landing.html", page)
}

// facetLinks are a facet's values as searches of their own, in the order of their names.
func (p *Pages) facetLinks(r *search.Result, facet, lang string) []link {
	var links []link
	for _, f := range r.Facets {
		if f.Name != facet {
			continue
		}
		for _, v := range f.Values {
			links = append(links, link{URL: web.SearchURL("", map[string][]string{facet: {v.Value}}, lang), Text: p.site.Label(facet, v.Value, lang), Count: v.Count})
		}
	}
	c := collator(lang)
	slices.SortStableFunc(links, func(a, b link) int { return c.CompareString(a.Text, b.Text) })
	return links
}

// collator orders names as a language does: in Danish æ, ø, å last, and aa as å. It isn't safe for concurrent use.
func collator(lang string) *collate.Collator {
	if lang == web.English {
		return collate.New(xlang.English)
	}
	return collate.New(xlang.Danish)
}

func (p *Pages) results(ctx context.Context, c *gin.Context, params web.Params, r *search.Result) (resultsPage, error) {
	q, lang, t := params.Query, params.Lang, p.texts[params.Lang]
	title := t["results.all"]
	switch chosen := p.chosen(params); {
	case q.Text != "" && len(chosen) > 0:
		title = q.Text + " (" + strings.Join(chosen, ", ") + ")"
	case q.Text != "":
		title = q.Text
	case len(chosen) > 0:
		title = strings.Join(chosen, ", ")
	}
	var err error
	page := resultsPage{frame: p.frame(c, "results", lang, title, "/"), Query: q.Text, Total: r.Total}
	page.Text = q.Text
	page.NoIndex = true // a search is no page of its own; cases are
	page.Canonical = p.site.BaseURL + listURL(showing(params, ""))
	page.Languages = nil
	for _, l := range []string{web.Danish, web.English} {
		other := params
		other.Lang = l
		page.Languages = append(page.Languages, language{l, listURL(other)})
	}
	if q.Sort != "" && with(params, func(q *search.Query) { q.Sort = "" }) != with(params, func(*search.Query) {}) {
		page.Hidden = append(page.Hidden, field{web.ParamSort, string(q.Sort)})
	}
	if more := params.Extra[paramMore]; more != "" {
		page.Hidden = append(page.Hidden, field{paramMore, more})
	}
	for _, h := range r.Hits {
		page.Hits = append(page.Hits, p.hit(h, params))
	}
	for _, f := range r.Facets {
		if v, ok := p.facet(f, params); ok {
			page.Facets = append(page.Facets, v)
		}
	}
	page.Chips = p.chips(params)
	page.Clear = with(params, func(q *search.Query) { q.Filters = nil })
	for _, s := range []search.Sort{search.SortRelevance, search.SortNewest, search.SortTitle} {
		if s == search.SortRelevance && q.Text == "" {
			continue // there is nothing to match
		}
		page.Sorts = append(page.Sorts, sortLink{"sort." + string(s), with(params, func(q *search.Query) { q.Sort = s }), s == q.Sort})
	}
	page.Pager = pages(params, r.Total)
	if s := r.DidYouMean; s != nil {
		page.DidYouMean = &link{URL: with(params, func(q *search.Query) { q.Text = s.Text }), Text: s.Text, Count: s.Total}
	}
	if r.Total > 0 && len(r.Unmatched) > 0 {
		if page.Unmatched, err = t.quote(r.Unmatched); err != nil {
			return page, err
		}
	}
	for _, o := range r.Offers {
		said, err := t.say("hint.offer."+o.Facet, "v", p.site.Label(o.Facet, o.Value, lang))
		if err != nil {
			return page, err
		}
		page.Offers = append(page.Offers, link{Text: said, Count: o.Count, URL: with(params, func(q *search.Query) {
			q.Text, q.Filters = o.Rest, web.WithFilter(q.Filters, o.Facet, o.Value)
		})})
	}
	if page.Status, err = p.heading(lang, q.Text, r.Total); err != nil {
		return page, err
	}
	if r.Total == 0 {
		if page.Zero, err = p.zero(ctx, params, r); err != nil {
			return page, err
		}
	}
	all := showing(params.WithPage(1), "")
	page.CSV, page.Atom, page.JSON = all.URL("/eksport.csv"), all.URL("/feed.atom"), all.URL(api.Prefix+"/search")
	page.Feed = page.Atom
	return page, nil
}

// heading says how many cases were found, in a sentence of its own.
func (p *Pages) heading(lang, text string, total int) (string, error) {
	t := p.texts[lang]
	if total == 0 && text != "" {
		return t.say("results.none.q", "q", text)
	}
	if total == 0 {
		return t.say("results.none")
	}
	n, err := t.count(lang, "cases", total)
	if err != nil || text == "" {
		return n, err
	}
	q, err := t.say("results.q", "q", text)
	return n + " " + q, err
}

// chosen are the labels of the chosen filters.
func (p *Pages) chosen(params web.Params) []string {
	var labels []string
	for _, facet := range search.Facets {
		for _, v := range params.Query.Filters[facet] {
			labels = append(labels, p.site.Label(facet, v, params.Lang))
		}
	}
	return labels
}

func (p *Pages) chips(params web.Params) []chip {
	var chips []chip
	for _, facet := range search.Facets {
		for _, v := range params.Query.Filters[facet] {
			chips = append(chips, chip{
				Facet: web.FacetLabel(facet, params.Lang), Label: p.site.Label(facet, v, params.Lang),
				URL: with(params, func(q *search.Query) { q.Filters = without(q.Filters, facet, v) }),
			})
		}
	}
	return chips
}

// without is filters with one value less.
func without(filters map[string][]string, facet, value string) map[string][]string {
	less := maps.Clone(filters)
	less[facet] = slices.DeleteFunc(slices.Clone(less[facet]), func(v string) bool { return v == value })
	return less
}

func (p *Pages) hit(h search.Hit, params web.Params) hitView {
	v := hitView{
		URL: inLanguage(web.CaseURL(h.ID), params.Lang), Title: cmp.Or(h.Highlight.Title, plain(h.Title)),
		Passage: cmp.Or(h.Highlight.Text, plain(h.Summary)), Matched: h.Matched,
	}
	if params.Lang != web.Danish {
		v.Lang = ` lang="da"`
	}
	if h.Kind != "eksempel" {
		v.Kind = p.site.Label(search.FacetKind, h.Kind, params.Lang)
	}
	v.Place = p.place(h.Document, params.Lang)
	for _, theme := range h.Themes {
		v.Themes = append(v.Themes, link{Text: p.site.Label(search.FacetTheme, theme, params.Lang), URL: with(params, func(q *search.Query) {
			q.Filters = web.WithFilter(q.Filters, search.FacetTheme, theme)
		})})
	}
	return v
}

// place says where and when: workplace, municipalities or else organisation, sector, year.
func (p *Pages) place(d search.Document, lang string) []string {
	where := strings.Join(d.Municipalities, ", ")
	if where == "" {
		where = cmp.Or(d.Organisation, p.site.Label(search.FacetRegion, d.Region, lang))
	}
	year := ""
	if d.Year != 0 {
		year = yearText(d.Year)
	}
	var parts []string
	for _, part := range []string{d.Workplace, where, p.site.Label(search.FacetSector, d.Sector, lang), year} {
		if part != "" && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return parts
}

func (p *Pages) facet(f search.Facet, params web.Params) (facetView, bool) {
	lang := params.Lang
	v := facetView{Name: f.Name, Label: web.FacetLabel(f.Name, lang), Open: slices.Contains(openFacets, f.Name), Filter: f.Name == search.FacetMunicipality && len(f.Values) >= filterFrom}
	values := slices.Clone(f.Values)
	if f.Name == search.FacetYear {
		slices.SortStableFunc(values, func(a, b search.FacetValue) int { return strings.Compare(b.Value, a.Value) })
	}
	whole := params.Extra[paramMore] == f.Name || len(values) <= facetHead+2 // two values more aren't worth a click
	for i, one := range values {
		v.Open = v.Open || one.Selected
		if i < facetHead || one.Selected || whole {
			v.Values = append(v.Values, valueView{f.Name, one.Value, p.site.Label(f.Name, one.Value, lang), one.Count, one.Selected})
		}
	}
	switch {
	case len(v.Values) < len(values):
		v.More = listURL(showing(params, f.Name)) + "#filter-" + f.Name
	case params.Extra[paramMore] == f.Name:
		v.Less, v.Open = listURL(showing(params, ""))+"#filter-"+f.Name, true
	}
	return v, len(values) > 0
}

func pages(params web.Params, total int) pager {
	last := params.Pages(total)
	p := pager{Number: params.Query.Page, Last: last}
	at := func(n int) string { return listURL(params.WithPage(n)) }
	if p.Number > 1 {
		p.Prev = at(min(p.Number-1, last))
	}
	if p.Number < last {
		p.Next = at(p.Number + 1)
	}
	gap := false
	for n := 1; n <= last; n++ {
		if n == 1 || n == last || n >= p.Number-pagesAround && n <= p.Number+pagesAround {
			p.Pages = append(p.Pages, pageLink{n, at(n), n == p.Number})
			gap = false
		} else if !gap {
			p.Pages = append(p.Pages, pageLink{})
			gap = true
		}
	}
	return p
}

// zero gathers what may help where nothing was found.
func (p *Pages) zero(ctx context.Context, params web.Params, r *search.Result) (*zeroHelp, error) {
	z := &zeroHelp{Share: inLanguage("/om", params.Lang) + "#del"}
	for _, x := range r.Relaxed {
		one := relaxedLink{link: link{Count: x.Total, URL: with(params, func(q *search.Query) { q.Text, q.Filters = x.Text, x.Filters })}}
		if x.Text != params.Query.Text {
			one.Word = x.Dropped
		} else {
			one.Filter = p.droppedLabel(params, x)
		}
		z.Relaxed = append(z.Relaxed, one)
	}
	every, err := p.site.Searcher.Search(ctx, search.Query{Sort: search.SortNewest, Page: 1, Size: 1})
	if err != nil {
		return nil, err
	}
	near := p.nearestTheme(params.Query.Text)
	for _, f := range every.Facets {
		if f.Name != search.FacetTheme {
			continue
		}
		for _, v := range f.Values {
			one := link{URL: web.SearchURL("", map[string][]string{f.Name: {v.Value}}, params.Lang), Text: p.site.Label(f.Name, v.Value, params.Lang), Count: v.Count}
			if v.Value == near {
				z.Theme = &one
			} else if len(z.Themes) < zeroThemes {
				z.Themes = append(z.Themes, one)
			}
		}
	}
	return z, nil
}

// droppedLabel names the filter that a relaxed query has less.
func (p *Pages) droppedLabel(params web.Params, x search.Relaxed) string {
	for facet, values := range params.Query.Filters {
		if slices.Contains(values, x.Dropped) && !slices.Contains(x.Filters[facet], x.Dropped) {
			return p.site.Label(facet, x.Dropped, params.Lang)
		}
	}
	return x.Dropped
}

// nearestTheme is the theme that a word of the text names or nearly names, "" where none does.
func (p *Pages) nearestTheme(text string) string {
	for _, word := range strings.Fields(text) {
		if vs := p.site.Labels.Resolve(search.FacetTheme, word); len(vs) > 0 {
			return vs[0]
		}
		near := p.site.Labels.Nearest(search.FacetTheme, word)
		label := strings.ToLower(p.site.Label(search.FacetTheme, near, web.Danish))
		if start := []rune(strings.ToLower(word)); near != "" && len(start) >= nearestPrefix && utf8.RuneCountInString(label) >= nearestPrefix &&
			strings.HasPrefix(label, string(start[:nearestPrefix])) {
			return near
		}
	}
	return ""
}
