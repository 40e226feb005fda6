package widget

import (
	"bytes"
	"errors"
	"html"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server/web"
)

// embedView is what embed.html shows.
type embedView struct {
	S              settings
	Label          string
	Placeholder    string
	ColorScheme    string
	Fault          string // what is wrong with the address, or with the server; then nothing below is set but Full
	Only           string // labels of the locked values
	Count          string
	Meant          *link
	Facets         []facetView
	Hits           []hitView
	Earlier, Later string // addresses of the pages before and after
	Full           string // the search on its own page
}

type link struct{ URL, Text string }

type facetView struct {
	Name, Label string
	Chosen      string // how many values are, "" for none
	Values      []valueView
}

type valueView struct {
	Value, Label, Count string
	Selected            bool
}

type hitView struct {
	URL          string
	Title, Text  template.HTML // with <mark> as the only element
	Meta, Themes string
}

// T is the page's text in its language.
func (v embedView) T(key string) (string, error) { return text(v.S.Lang, key) }

// embed answers the page for iframes. A fault is told inside the frame, in a page that fits there.
func (w *Widget) embed(c *gin.Context) {
	web.Secure(c, web.Policy{FrameAncestors: w.site.EmbedOrigins})
	s, err := parseSettings(w.site, c.Request.URL.RawQuery)
	if err == nil && w.site.NotModified(c, c.Request.URL.RequestURI()) {
		return
	}
	v := w.embedFrame(s)
	status := http.StatusOK
	if err == nil {
		err = w.fill(c, &v)
	}
	if err != nil {
		problem := web.ProblemOf(err)
		status, v.Fault = problem.Status, problem.Detail
		h := c.Writer.Header()
		h.Del("ETag")
		h.Set("Cache-Control", "no-store")
		var invalid *search.InvalidError
		if !errors.As(err, &invalid) {
			w.site.Log.ErrorContext(c.Request.Context(), "request failed", "request_id", web.RequestID(c), "route", c.FullPath(), "status", status, "err", err)
		}
	}
	var out bytes.Buffer
	if err := w.embedTpl.Execute(&out, v); err != nil {
		w.site.Fail(c, err)
		return
	}
	w.site.Write(c, status, "text/html; charset=utf-8", out.Bytes())
}

// embedFrame is the page without hits.
func (w *Widget) embedFrame(s settings) embedView {
	v := embedView{S: s, Label: s.Label, Placeholder: s.Placeholder, Full: web.SearchURL(s.Query.Text, s.Query.Filters, s.Lang)}
	v.ColorScheme = map[string]string{"light": "light", "dark": "dark", "auto": "light dark"}[s.Scheme]
	if s.Background != "" {
		v.ColorScheme = "light"
		if dark(s.Background) {
			v.ColorScheme = "dark"
		}
	}
	if v.Label == "" {
		v.Label = mustText(s.Lang, "label")
	}
	if v.Placeholder == "" {
		v.Placeholder = mustText(s.Lang, "placeholder")
	}
	return v
}

// fill searches, and puts the answer into the view.
func (w *Widget) fill(c *gin.Context, v *embedView) error {
	s := v.S
	r, err := w.site.Searcher.Search(c.Request.Context(), s.Query)
	if err != nil {
		return err
	}
	v.Count = count(r.Total, s.Lang)
	if r.DidYouMean != nil {
		meant := s
		meant.Query.Text = r.DidYouMean.Text
		v.Meant = &link{meant.URL(1), r.DidYouMean.Text}
	}
	var only []string
	for _, f := range s.Locked {
		for _, value := range s.Query.Filters[f] {
			only = append(only, w.site.Label(f, value, s.Lang))
		}
	}
	v.Only = strings.Join(only, ", ")
	for _, name := range s.Facets {
		for _, f := range r.Facets {
			if f.Name == name && len(f.Values) > 0 {
				v.Facets = append(v.Facets, w.facet(f, s.Lang))
			}
		}
	}
	for _, h := range r.Hits {
		v.Hits = append(v.Hits, w.hit(h, s.Lang))
	}
	if s.Query.Page > 1 {
		v.Earlier = s.URL(min(s.Query.Page-1, s.Pages(r.Total)))
	}
	if s.Query.Page < s.Pages(r.Total) {
		v.Later = s.URL(s.Query.Page + 1)
	}
	return nil
}

func (w *Widget) facet(f search.Facet, lang string) facetView {
	v := facetView{Name: f.Name, Label: web.FacetLabel(f.Name, lang)}
	chosen := 0
	for _, x := range f.Values {
		v.Values = append(v.Values, valueView{x.Value, w.site.Label(f.Name, x.Value, lang), strconv.Itoa(x.Count), x.Selected})
		if x.Selected {
			chosen++
		}
	}
	if chosen > 0 {
		v.Chosen = strings.ReplaceAll(mustText(lang, "chosen"), "{n}", strconv.Itoa(chosen))
	}
	return v
}

func (w *Widget) hit(h search.Hit, lang string) hitView {
	v := hitView{URL: web.CaseURL(h.ID), Title: marked(h.Highlight.Title), Text: marked(h.Highlight.Text)}
	if lang == web.English {
		v.URL += "?" + web.ParamLang + "=" + lang
	}
	if v.Title == "" {
		v.Title = template.HTML(template.HTMLEscapeString(h.Title))
	}
	if v.Text == "" {
		v.Text = template.HTML(template.HTMLEscapeString(h.Summary))
	}
	meta := []string{h.Workplace}
	if h.Workplace == "" {
		meta[0] = h.Organisation
	}
	for _, m := range h.Municipalities {
		if !strings.Contains(meta[0], m) {
			meta = append(meta, m)
		}
	}
	meta = append(meta, w.site.Label(search.FacetSector, h.Sector, lang))
	if h.Year != 0 {
		meta = append(meta, strconv.Itoa(h.Year))
	}
	v.Meta = strings.Join(slices.DeleteFunc(meta, func(s string) bool { return s == "" }), " · ")
	var themes []string
	for _, t := range h.Themes {
		themes = append(themes, w.site.Label(search.FacetTheme, t, lang))
	}
	v.Themes = strings.Join(themes, " · ")
	return v
}

var mark = regexp.MustCompile(`(?s)<mark>(.*?)</mark>`)

// marked is a highlight in which <mark> is the only element, whatever the text holds: the element does the same.
func marked(highlight string) template.HTML {
	plain := func(s string) string { return html.EscapeString(html.UnescapeString(s)) }
	var b strings.Builder
	end := 0
	for _, m := range mark.FindAllStringSubmatchIndex(highlight, -1) {
		b.WriteString(plain(highlight[end:m[0]]) + "<mark>" + plain(highlight[m[2]:m[3]]) + "</mark>")
		end = m[1]
	}
	b.WriteString(plain(highlight[end:]))
	return template.HTML(b.String())
}
