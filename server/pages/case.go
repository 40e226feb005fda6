package pages

import (
	"bytes"
	"html"
	"html/template"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server/web"
)

// similarCases is how many cases stand below one: a row of a wide screen.
const similarCases = 4

// participants is the heading of the section that the facts box shows instead of the text.
const participants = "Deltagere"

// casePage is one case.
type casePage struct {
	frame
	Heading, Summary string
	KindLabel        string // "" for an ordinary example
	Sections         []sectionView
	Facts            []fact
	Participants     template.HTML
	Source           sourceView
	Similar          []hitView
	Mail             string
}

type sectionView struct {
	Heading string
	Body    template.HTML
}

// fact is a line of the facts box; its values may be links.
type fact struct {
	Key    string // of the text that names it
	Values []link
}

type sourceView struct {
	Publisher, URL string
	More           []string
}

func (p *Pages) oneCase(c *gin.Context, out *bytes.Buffer) error {
	id, err := web.PathValue(c, "id")
	if err != nil {
		return err
	}
	lang := langOf(c)
	if p.site.NotModified(c, web.CaseURL(id)+" "+lang) {
		return nil
	}
	ctx := c.Request.Context()
	d, err := p.site.Searcher.Case(ctx, id)
	if err != nil {
		return err
	}
	similar, err := p.site.Searcher.Similar(ctx, id, similarCases)
	if err != nil {
		return err
	}
	page := casePage{frame: p.frame(c, "case", lang, d.Title, web.CaseURL(id)), Heading: d.Title, Summary: d.Summary, Facts: p.facts(*d, lang),
		Source: sourceView{d.Source.Publisher, d.Source.URL, d.Source.More}}
	if d.Summary != "" {
		page.Description = d.Summary
	}
	if d.Kind != "eksempel" {
		page.KindLabel = p.site.Label(search.FacetKind, d.Kind, lang)
	}
	for _, s := range d.Sections {
		body, err := p.body(s.Body)
		if err != nil {
			return err
		}
		if s.Heading == participants {
			page.Participants = body
		} else {
			page.Sections = append(page.Sections, sectionView{s.Heading, body})
		}
	}
	for _, h := range similar {
		page.Similar = append(page.Similar, p.hit(h, web.Params{Lang: lang}))
	}
	address, err := p.origin(c)
	if err != nil {
		return err
	}
	address += page.Canonical[len(p.site.BaseURL):]
	page.Mail = "mailto:?subject=" + mailText(d.Title) + "&body=" + mailText(d.Title+"\n"+address)
	page.Data = p.caseData(*d, address)
	return p.render(out, lang, "case.html", page)
}

// mailText escapes a text for a mailto address (RFC 6068), where "+" is itself.
func mailText(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// langOf is the language that a page of text is asked for. What isn't known is Danish: such a page has nothing else to ask for.
func langOf(c *gin.Context) string {
	if c.Query(web.ParamLang) == web.English {
		return web.English
	}
	return web.Danish
}

func (p *Pages) facts(d search.Document, lang string) []fact {
	var facts []fact
	add := func(key string, values ...link) {
		var some []link
		for _, v := range values {
			if v.Text != "" {
				some = append(some, v)
			}
		}
		if len(some) > 0 {
			facts = append(facts, fact{key, some})
		}
	}
	linked := func(facet string, values ...string) []link {
		var links []link
		for _, v := range values {
			l := link{Text: p.site.Label(facet, v, lang)}
			if v != "" {
				l.URL = web.SearchURL("", map[string][]string{facet: {v}}, lang)
			}
			links = append(links, l)
		}
		return links
	}
	add("case.kind", linked(search.FacetKind, d.Kind)...)
	add("case.workplace", link{Text: d.Workplace})
	if d.Organisation != d.Workplace {
		add("case.organisation", link{Text: d.Organisation})
	}
	add("case.municipality", linked(search.FacetMunicipality, d.Municipalities...)...)
	add("case.region", linked(search.FacetRegion, d.Region)...)
	add("case.sector", linked(search.FacetSector, d.Sector)...)
	if d.Year != 0 {
		add("case.year", linked(search.FacetYear, yearText(d.Year))...)
	}
	add("case.themes", linked(search.FacetTheme, d.Themes...)...)
	var tools []link
	for _, tool := range d.Tools {
		tools = append(tools, link{Text: tool, URL: web.SearchURL(tool, nil, lang)})
	}
	add("case.tools", tools...)
	return facts
}

func yearText(year int) string { return strconv.Itoa(year) }

// plain is a text as a highlight without marks.
func plain(text string) string { return html.EscapeString(text) }

// The vocabulary of schema.org.
type (
	article struct {
		Context     string     `json:"@context"`
		Type        string     `json:"@type"`
		ID          string     `json:"@id"`
		Headline    string     `json:"headline"`
		Description string     `json:"description,omitempty"`
		Language    string     `json:"inLanguage"`
		Genre       string     `json:"genre,omitempty"`
		Keywords    []string   `json:"keywords,omitempty"`
		About       []thing    `json:"about,omitempty"`
		Places      []thing    `json:"spatialCoverage,omitempty"`
		Year        string     `json:"temporalCoverage,omitempty"`
		Citation    []creation `json:"citation,omitempty"`
		PartOf      creation   `json:"isPartOf"`
		Organiser   *thing     `json:"sourceOrganization,omitempty"`
	}
	thing struct {
		Type string `json:"@type"`
		Name string `json:"name"`
	}
	creation struct {
		Type      string `json:"@type"`
		Name      string `json:"name,omitempty"`
		URL       string `json:"url,omitempty"`
		Publisher *thing `json:"publisher,omitempty"`
	}
	website struct {
		Context string  `json:"@context"`
		Type    string  `json:"@type"`
		Name    string  `json:"name"`
		URL     string  `json:"url"`
		Search  *action `json:"potentialAction,omitempty"`
	}
	action struct {
		Type   string `json:"@type"`
		Target string `json:"target"`
		Input  string `json:"query-input"`
	}
)

const schemaOrg = "https://schema.org"

// caseData describes a case to machines: an article about something somewhere, that cites its source.
func (p *Pages) caseData(d search.Document, address string) template.JS {
	a := article{Context: schemaOrg, Type: "Article", ID: address, Headline: d.Title, Description: d.Summary, Language: web.Danish,
		Genre: p.site.Label(search.FacetKind, d.Kind, web.Danish), PartOf: creation{Type: "WebSite", Name: p.texts[web.Danish]["site.name"]}}
	for _, t := range d.Themes {
		label := p.site.Label(search.FacetTheme, t, web.Danish)
		a.Keywords = append(a.Keywords, label)
		a.About = append(a.About, thing{"Thing", label})
	}
	for _, m := range d.Municipalities {
		a.Places = append(a.Places, thing{"AdministrativeArea", m})
	}
	if d.Year != 0 {
		a.Year = yearText(d.Year)
	}
	if d.Organisation != "" {
		a.Organiser = &thing{"Organization", d.Organisation}
	}
	for i, address := range append([]string{d.Source.URL}, d.Source.More...) {
		cited := creation{Type: "CreativeWork"}
		if i == 0 && d.Source.Publisher != "" {
			cited.Publisher = &thing{"Organization", d.Source.Publisher}
		}
		if isWeb(address) {
			cited.URL = address
		}
		if cited.URL != "" || cited.Publisher != nil {
			a.Citation = append(a.Citation, cited)
		}
	}
	return data(a)
}

// siteData describes the search to machines. It needs the public address.
func (p *Pages) siteData() template.JS {
	if p.site.BaseURL == "" {
		return ""
	}
	return data(website{Context: schemaOrg, Type: "WebSite", Name: p.texts[web.Danish]["site.name"], URL: p.site.BaseURL + "/",
		Search: &action{"SearchAction", p.site.BaseURL + "/?" + web.ParamText + "={search_term_string}", "required name=search_term_string"}})
}
