package widget

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server/web"
)

// buildView is what indlejr.html shows.
type buildView struct {
	S            settings
	Fault        string // what is wrong with the choices
	Origin       string // of this server, as the codes name it
	Sectors      []valueView
	Themes       []valueView
	Municipality []valueView
	Several      bool // municipalities are chosen
	Facets       []valueView
	Schemes      []valueView
	Colors       []colorView
	Preview      string // the address of the preview
	Codes        []code
	Poor         []string // warnings about contrast
	Everyone     bool     // may frame the search
	Ancestors    []string
	Pinned       string // about the version in the codes
	Note         string // for a host's own statements
	Attributes   []term
	Variables    []term
	Parts        []term
	Events       []term
}

type colorView struct{ Name, Label, Value string }

// code is one to copy.
type code struct {
	ID, Title, About, Text string
	Rows                   int
}

// term is a row of a table. Default may be "".
type term struct{ Name, Default, About string }

// T is the page's text in its language.
func (v buildView) T(key string) (string, error) { return text(v.S.Lang, key) }

// build answers /indlejr: the choices as a form, and what comes of them.
func (w *Widget) build(c *gin.Context, out *bytes.Buffer) error {
	web.Secure(c, web.Policy{FrameSelf: true})
	s, err := parseSettings(w.site, c.Request.URL.RawQuery)
	v := buildView{S: s, Everyone: slices.Contains(w.site.EmbedOrigins, web.AnyOrigin), Ancestors: w.site.EmbedOrigins}
	if err != nil {
		v.Fault = web.ProblemOf(err).Detail
		lang := s.Lang
		if s, err = parseSettings(w.site, ""); err != nil {
			return err
		}
		s.Lang = lang
		v.S = s
	}
	if v.Origin, err = w.origin(c); err != nil {
		return err
	}
	all, err := w.site.Searcher.Search(c.Request.Context(), search.Query{Page: 1, Size: 1})
	if err != nil {
		return err
	}
	v.Sectors = w.choices(all, search.FacetSector, s)
	v.Themes = w.choices(all, search.FacetTheme, s)
	v.Municipality = w.choices(all, search.FacetMunicipality, s)
	v.Several = len(s.Query.Filters[search.FacetMunicipality]) > 1
	for _, f := range slices.Concat(defaultFacets, slices.DeleteFunc(slices.Clone(search.Facets), func(f string) bool { return slices.Contains(defaultFacets, f) })) {
		v.Facets = append(v.Facets, valueView{Value: f, Label: web.FacetLabel(f, s.Lang), Selected: slices.Contains(s.Facets, f)})
	}
	for _, name := range schemes {
		v.Schemes = append(v.Schemes, valueView{Value: name, Label: mustText(s.Lang, "scheme."+name), Selected: s.Scheme == name})
	}
	for _, x := range []struct{ name, value, normal string }{
		{paramAccent, s.Accent, defaultAccent}, {paramBackground, s.Background, defaultBackground}, {paramInk, s.Ink, defaultInk},
	} {
		if x.value == "" {
			x.value = x.normal
		}
		v.Colors = append(v.Colors, colorView{x.name, mustText(s.Lang, "color."+x.name), x.value})
	}
	v.Preview = s.URL(1)
	v.Codes = w.codes(s, v.Origin)
	v.Poor = poorContrast(s)
	v.Pinned = strings.ReplaceAll(mustText(s.Lang, "it.version"), "{version}", Version)
	v.Note = w.note(s.Lang, v.Origin)
	v.Attributes, v.Variables = terms(s.Lang, "attribute.", attributes), terms(s.Lang, "variable.", variables)
	v.Parts, v.Events = terms(s.Lang, "part.", parts), terms(s.Lang, "event.", events)
	var content bytes.Buffer
	if err := w.buildTpl.ExecuteTemplate(&content, "indlejr.html", v); err != nil {
		return fmt.Errorf("render /indlejr: %w", err)
	}
	return w.shell(c, out, web.Shell{
		Lang: s.Lang, Title: mustText(s.Lang, "build.title"), Description: mustText(s.Lang, "build.lede"), Path: "/indlejr",
		Styles: []string{w.asset("indlejr.css")}, Scripts: []string{w.asset("indlejr.js")}, Content: template.HTML(content.String()), // made by a template
	})
}

// shell puts the content into the pages' head and foot, or into a bare document where the server has no pages.
func (w *Widget) shell(c *gin.Context, out *bytes.Buffer, page web.Shell) error {
	if w.site.Shell != nil {
		return w.site.Shell(c, out, page)
	}
	c.Header("Content-Language", page.Lang)
	if err := w.buildTpl.ExecuteTemplate(out, "bare.html", page); err != nil {
		return fmt.Errorf("render /indlejr: %w", err)
	}
	return nil
}

// origin is how the codes name this server: the configured address, or else the one asked for; that's checked, since it's the
// client's word, and not for shared caches.
func (w *Widget) origin(c *gin.Context) (string, error) {
	if w.site.BaseURL != "" {
		return w.site.BaseURL, nil
	}
	c.Header("Cache-Control", "private, max-age="+strconv.Itoa(web.CacheSeconds))
	scheme := "http://"
	if c.Request.TLS != nil {
		scheme = "https://"
	}
	origins, err := web.ParseOrigins([]string{scheme + c.Request.Host})
	if err != nil {
		return "", &search.InvalidError{Param: "Host", Want: "et værtsnavn"}
	}
	return origins[0], nil
}

// choices are a facet's values in the order of their labels, years newest first.
func (w *Widget) choices(r *search.Result, facet string, s settings) []valueView {
	var values []valueView
	for _, f := range r.Facets {
		if f.Name != facet {
			continue
		}
		for _, x := range f.Values {
			values = append(values, valueView{
				Value: x.Value, Label: w.site.Label(facet, x.Value, s.Lang), Count: strconv.Itoa(x.Count),
				Selected: slices.Contains(s.Query.Filters[facet], x.Value),
			})
		}
	}
	order := collate.New(language.Danish)
	slices.SortFunc(values, func(a, b valueView) int { return order.CompareString(a.Label, b.Label) })
	return values
}

// codes are what a host pastes.
func (w *Widget) codes(s settings, origin string) []code {
	label := s.Label
	if label == "" {
		label = mustText(s.Lang, "label")
	}
	e := html.EscapeString
	frame := fmt.Sprintf("<iframe src=\"%s\" title=\"%s\" width=\"100%%\" height=\"%d\" frameborder=\"0\" loading=\"lazy\"></iframe>",
		e(origin+s.URL(1)), e(label), s.Height)
	helper := fmt.Sprintf("<script type=\"module\" src=\"%s/widget/%s/iframe.js\" integrity=\"%s\" crossorigin=\"anonymous\"></script>",
		origin, Version, w.newest["iframe.js"].integrity)
	form := lightForm(s, origin, label)
	page := web.SearchURL(s.Query.Text, s.Query.Filters, s.Lang)
	codes := []code{
		{ID: "iframe", Text: frame},
		{ID: "helper", Text: helper},
		{ID: "element", Text: w.element(s, form, origin)},
		{ID: "link", Text: fmt.Sprintf("<a href=\"%s\">%s</a>", e(origin+page), e(label))},
		{ID: "form", Text: form},
	}
	for i := range codes {
		codes[i].Title = mustText(s.Lang, "code."+codes[i].ID)
		codes[i].About = mustText(s.Lang, "code."+codes[i].ID+".about")
		for line := range strings.Lines(codes[i].Text) {
			codes[i].Rows += 1 + len(line)/codeColumns
		}
	}
	return codes
}

// codeColumns is some width of a code's box, in characters, to guess at its height where CSS can't fit it.
const codeColumns = 90

// element is the script and the tag with the form in it.
func (w *Widget) element(s settings, form, origin string) string {
	e := html.EscapeString
	var b strings.Builder
	fmt.Fprintf(&b, "<script type=\"module\" src=\"%s/widget/%s/vidensbank.js\" integrity=\"%s\" crossorigin=\"anonymous\"></script>\n<vidensbank-soeg",
		origin, Version, w.newest["vidensbank.js"].integrity)
	add := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, " %s=\"%s\"", name, e(value))
		}
	}
	for _, f := range search.Facets {
		add(f, s.Attribute(f))
	}
	for _, p := range s.look() {
		if value := p[1]; p[0] == paramAccent || p[0] == paramBackground || p[0] == paramInk {
			add(p[0], "#"+value)
		} else {
			add(p[0], value)
		}
	}
	b.WriteString(">\n")
	for line := range strings.Lines(form) {
		b.WriteString("  " + line)
	}
	b.WriteString("\n</vidensbank-soeg>")
	return b.String()
}

// lightForm leads to the search page with the preset values.
func lightForm(s settings, origin, label string) string {
	e := html.EscapeString
	var b strings.Builder
	fmt.Fprintf(&b, "<form action=\"%s/\" method=\"get\">\n  <label for=\"vidensbank-q\">%s</label>\n  <input id=\"vidensbank-q\" name=\"q\">\n", origin, e(label))
	hidden := func(name, value string) {
		fmt.Fprintf(&b, "  <input type=\"hidden\" name=\"%s\" value=\"%s\">\n", name, e(value))
	}
	for _, f := range search.Facets {
		for _, v := range s.Query.Filters[f] {
			hidden(f, v)
		}
	}
	if s.Lang != web.Danish {
		hidden(web.ParamLang, s.Lang)
	}
	fmt.Fprintf(&b, "  <button>%s</button>\n</form>", e(mustText(s.Lang, "search")))
	return b.String()
}

// note is the text that a host can put into its own statements.
func (w *Widget) note(lang, origin string) string {
	paragraphs := []string{mustText(lang, "note.access")}
	if w.site.WasURL != "" {
		paragraphs = append(paragraphs, mustText(lang, "note.was"))
	}
	paragraphs = append(paragraphs, mustText(lang, "note.privacy"))
	return strings.NewReplacer("{origin}", origin, "{was}", w.site.WasURL).Replace(strings.Join(paragraphs, "\n\n"))
}

// checksView is a group of checkboxes.
type checksView struct {
	Name, Label, Hint string
	Chosen            bool
	Values            []valueView
}

func newChecks(name, label, hint string, values []valueView) checksView {
	return checksView{name, label, hint, slices.ContainsFunc(values, func(v valueView) bool { return v.Selected }), values}
}

// tableView is one of the reference tables.
type tableView struct {
	Page     buildView
	Caption  string
	Defaults bool
	Terms    []term
}

func newTable(page buildView, caption string, terms []term) tableView {
	return tableView{page, caption, slices.ContainsFunc(terms, func(t term) bool { return t.Default != "" }), terms}
}

// poorContrast tells of chosen colours that WCAG 2.2 AA doesn't allow together.
func poorContrast(s settings) []string {
	or := func(v, normal string) string {
		if v == "" {
			return normal
		}
		return v
	}
	if s.Accent == "" && s.Background == "" && s.Ink == "" || s.Background == "" && s.Scheme != "light" {
		return nil // the style sheet's own, or a background that isn't known here
	}
	background := or(s.Background, defaultBackground)
	ink, accent := or(s.Ink, defaultInk), or(s.Accent, defaultAccent)
	if dark(background) {
		ink, accent = or(s.Ink, darkInk), or(s.Accent, darkAccent)
	}
	var poor []string
	for _, pair := range []struct{ key, color string }{{"contrast.text", ink}, {"contrast.accent", accent}} {
		if ratio := contrast(pair.color, background); ratio < minContrast {
			poor = append(poor, strings.NewReplacer("{ratio}", decimal(ratio, s.Lang), "{min}", decimal(minContrast, s.Lang)).Replace(mustText(s.Lang, pair.key)))
		}
	}
	return poor
}

func decimal(x float64, lang string) string {
	s := strconv.FormatFloat(x, 'f', 1, 64)
	if lang == web.Danish {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}
