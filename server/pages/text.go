package pages

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/vidensbank/vidensbank/server/web"
)

// textPage is a page of text: what the bank is.
type textPage struct {
	frame
	Heading, Lede string
	Sections      []textSection
}

type textSection struct {
	ID, Heading, Text string
	Link              *link
}

func (p *Pages) about(c *gin.Context, out *bytes.Buffer) error {
	lang := langOf(c)
	if p.site.NotModified(c, "/om "+lang) {
		return nil
	}
	t := p.texts[lang]
	page := textPage{frame: p.frame(c, "text", lang, t["about.title"], "/om"), Heading: t["about.title"], Lede: t["about.lede"], Sections: []textSection{
		{"soeg", t["about.use"], t["about.use.text"], nil},
		{"tekster", t["about.text"], t["about.text.text"], nil},
		{"tal", t["about.counts"], t["about.counts.text"], nil},
		{"privatliv", t["about.privacy"], t["about.privacy.text"], nil},
		{"del", t["about.share"], t["about.share.text"], nil},
		{"indlejr", t["about.embed"], t["about.embed.text"], &link{URL: inLanguage("/indlejr", lang), Text: t["about.embed.link"]}},
	}}
	return p.render(out, lang, "text.html", page)
}

// statement leads to the operator's accessibility statement. Without one it says so.
func (p *Pages) statement(c *gin.Context, out *bytes.Buffer) error {
	if p.site.WasURL != "" {
		c.Redirect(http.StatusFound, p.site.WasURL)
		return nil
	}
	lang := langOf(c)
	t := p.texts[lang]
	return p.render(out, lang, "text.html", textPage{frame: p.frame(c, "text", lang, t["was.title"], "/was"), Heading: t["was.title"], Lede: t["was.lede"],
		Sections: []textSection{{"", t["footer.was"], t["was.missing"], nil}}})
}

// errorPage shows a fault.
type errorPage struct {
	frame
	Heading, Detail string
	Said            string // the problem's own words, which are Danish
	RequestID       string
	Retry           bool
	Instead         *link
}

// errorKinds are the faults that have words of their own; others are told like 500.
var errorKinds = map[int]string{
	http.StatusBadRequest: "400", http.StatusNotFound: "404", http.StatusServiceUnavailable: "503",
}

func (p *Pages) errorPage(c *gin.Context, problem web.Problem) {
	lang := langOf(c)
	kind, own := errorKinds[problem.Status]
	if !own {
		kind = "500"
	}
	id, isCase := strings.CutPrefix(c.Request.URL.Path, "/cases/")
	if isCase && problem.Status == http.StatusNotFound {
		kind = "404.case"
	}
	t := p.texts[lang]
	page := errorPage{frame: p.frame(c, "error", lang, t["error."+kind], "/"), Heading: t["error."+kind], Detail: t["error.detail."+kind], Retry: problem.Status >= 500}
	page.NoIndex, page.Canonical, page.Languages = true, "", nil
	if problem.Status == http.StatusBadRequest || !own && problem.Status < 500 {
		page.Said = problem.Detail
	}
	if problem.Status >= 500 {
		page.RequestID = problem.RequestID
	}
	if words := strings.TrimSpace(strings.Map(hyphenToSpace, id)); kind == "404.case" && words != "" {
		said, err := t.say("error.search", "q", words)
		if err == nil {
			page.Instead = &link{URL: web.SearchURL(words, nil, lang), Text: said}
		}
	}
	var out bytes.Buffer
	if err := p.render(&out, lang, "error.html", page); err != nil {
		p.site.Log.Error("no error page", "request_id", problem.RequestID, "err", err)
		out.Reset()
		fmt.Fprintln(&out, problem.Title)
		p.site.Write(c, problem.Status, "text/plain; charset=utf-8", out.Bytes())
		return
	}
	p.site.Write(c, problem.Status, "text/html; charset=utf-8", out.Bytes())
}

// hyphenToSpace makes words of an id. Control characters fall away.
func hyphenToSpace(r rune) rune {
	switch {
	case r == '-' || r == '_' || r == '/':
		return ' '
	case r < ' ' || r == 0x7f || r == 0xfffd:
		return -1
	}
	return r
}
