package pages

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server/web"
)

// exportRows bounds a spreadsheet: 50 searches of the largest page, ten times what a person reads, and quick enough to wait for.
const exportRows = 50 * search.MaxSize

// Atom, RFC 4287.
type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"xml:lang,attr"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  atomAuthor  `xml:"author"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomAuthor struct {
		Name string `xml:"name"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr,omitempty"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		ID         string         `xml:"id"`
		Title      string         `xml:"title"`
		Updated    string         `xml:"updated"`
		Link       atomLink       `xml:"link"`
		Summary    string         `xml:"summary,omitempty"`
		Categories []atomCategory `xml:"category"`
	}
	atomCategory struct {
		Term  string `xml:"term,attr"`
		Label string `xml:"label,attr"`
	}
)

// feed is a search as Atom, the newest cases first. Cases have a year and no date: an entry is dated its year's first day, or
// 1990's where the year isn't known.
func (p *Pages) feed(c *gin.Context, out *bytes.Buffer) error {
	params, err := p.site.Search(c, web.Options{Lenient: true})
	if err != nil {
		return err
	}
	params.Query.Sort = search.SortNewest
	if p.site.NotModified(c, params.URL("/feed.atom")) {
		return nil
	}
	origin, err := p.origin(c)
	if err != nil {
		return err
	}
	r, err := p.site.Searcher.Search(c.Request.Context(), params.Query)
	if err != nil {
		return err
	}
	t := p.texts[params.Lang]
	title := t["site.name"]
	if more := strings.Join(append(nonEmpty(params.Query.Text), p.chosen(params)...), ", "); more != "" {
		title += ": " + more
	}
	f := atomFeed{Lang: web.Danish, ID: origin + params.URL("/feed.atom"), Title: clean(title), Updated: atomDate(0), Author: atomAuthor{t["site.name"]}, Links: []atomLink{
		{"self", "application/atom+xml", origin + params.URL("/feed.atom")}, {"alternate", "text/html", origin + listURL(params)},
	}}
	for _, h := range r.Hits {
		address := origin + inLanguage(web.CaseURL(h.ID), params.Lang)
		e := atomEntry{ID: origin + web.CaseURL(h.ID), Title: clean(h.Title), Updated: atomDate(h.Year), Link: atomLink{"alternate", "text/html", address}, Summary: clean(h.Summary)}
		for _, theme := range h.Themes {
			e.Categories = append(e.Categories, atomCategory{clean(theme), clean(p.site.Label(search.FacetTheme, theme, params.Lang))})
		}
		f.Entries = append(f.Entries, e)
		f.Updated = max(f.Updated, e.Updated)
	}
	c.Header("Content-Type", "application/atom+xml; charset=utf-8")
	return writeXML(out, f)
}

func writeXML(out *bytes.Buffer, v any) error {
	out.WriteString(xml.Header)
	enc := xml.NewEncoder(out)
	enc.Indent("", " ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encode %T: %w", v, err)
	}
	out.WriteByte('\n')
	return nil
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func atomDate(year int) string {
	return time.Date(cmp.Or(year, 1990), time.January, 1, 0, 0, 0, 0, time.UTC).Format(time.RFC3339)
}

// clean takes away what XML and spreadsheets can't hold.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, text)
}

// export is a search as CSV for a Danish spreadsheet: semicolons, UTF-8 with a byte order mark, CRLF, cells that a
// spreadsheet would take for a formula guarded by an apostrophe. It holds all hits, up to exportRows.
func (p *Pages) export(c *gin.Context, out *bytes.Buffer) error {
	params, err := p.site.Search(c, web.Options{Lenient: true})
	if err != nil || p.site.NotModified(c, params.URL("/eksport.csv")) {
		return err
	}
	origin, err := p.origin(c)
	if err != nil {
		return err
	}
	lang := params.Lang
	out.WriteString("\uFEFF")
	w := csv.NewWriter(out)
	w.Comma, w.UseCRLF = ';', true
	if err := w.Write(strings.Split(p.texts[lang]["csv.columns"], ";")); err != nil {
		return err
	}
	q := params.Query
	q.Size = search.MaxSize
	for q.Page = 1; (q.Page-1)*q.Size < exportRows; q.Page++ {
		r, err := p.site.Searcher.Search(c.Request.Context(), q)
		if err != nil {
			return err
		}
		for _, h := range r.Hits {
			if err := w.Write(p.row(h.Document, lang, origin)); err != nil {
				return err
			}
		}
		if q.Page*q.Size >= r.Total {
			break
		}
	}
	w.Flush()
	c.Header("Content-Type", "text/csv; charset=utf-8")
	c.Header("Content-Disposition", `attachment; filename="vidensbank.csv"`)
	return w.Error()
}

func (p *Pages) row(d search.Document, lang, origin string) []string {
	year := ""
	if d.Year != 0 {
		year = yearText(d.Year)
	}
	var themes []string
	for _, t := range d.Themes {
		themes = append(themes, p.site.Label(search.FacetTheme, t, lang))
	}
	cells := []string{d.ID, d.Title, d.Summary, p.site.Label(search.FacetKind, d.Kind, lang), p.site.Label(search.FacetSector, d.Sector, lang), strings.Join(themes, ", "),
		strings.Join(d.Municipalities, ", "), p.site.Label(search.FacetRegion, d.Region, lang), d.Organisation, d.Workplace, year, d.Source.Publisher, d.Source.URL,
		origin + web.CaseURL(d.ID)}
	for i, cell := range cells {
		cells[i] = guard(clean(cell))
	}
	return cells
}

// guard keeps a spreadsheet from running a cell.
func guard(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
