// Package pages renders what people see: the search page, cases, the page about the bank, errors, and the same search as a feed
// and a spreadsheet. Everything works without JavaScript; the module in static makes it quicker.
//
// A page is a struct (results.go, case.go, text.go), filled from search's values and given to a template of its own language. Texts
// stand in texts/<language>.json, looks in static/vidensbank.css. A page is complete in a buffer before its first byte is sent.
package pages

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"regexp"

	"github.com/gin-gonic/gin"

	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server/web"
)

// Pages answers for a Site.
type Pages struct {
	site      *web.Site
	assets    *assets
	templates map[string]*template.Template // by language
	texts     map[string]texts              // by language
}

// New gives the pages as a web.Part. It also takes over how the site shows faults.
func New(site *web.Site) (web.Module, error) {
	p := &Pages{site: site, templates: map[string]*template.Template{}, texts: map[string]texts{}}
	var err error
	if p.assets, err = loadAssets(); err != nil {
		return nil, err
	}
	for _, lang := range []string{web.Danish, web.English} {
		if p.texts[lang], err = loadTexts(lang); err != nil {
			return nil, err
		}
		if p.templates[lang], err = p.parse(lang); err != nil {
			return nil, err
		}
	}
	site.ErrorPage = p.errorPage
	site.Shell = p.shell
	return p, nil
}

// Routes adds the pages' routes.
func (p *Pages) Routes(r gin.IRouter) {
	web.Get(r, "/", p.site.Page(p.search))
	web.Get(r, "/cases/:id", p.site.Page(p.oneCase))
	web.Get(r, "/om", p.site.Page(p.about))
	web.Get(r, "/was", p.site.Page(p.statement))
	web.Get(r, "/feed.atom", p.site.Page(p.feed))
	web.Get(r, "/eksport.csv", p.site.Page(p.export))
	web.Get(r, "/sitemap.xml", p.site.Page(p.sitemap))
	web.Get(r, "/robots.txt", p.site.Page(p.robots))
	web.Get(r, "/assets/:version/:file", p.asset)
}

// link is an address and what it's called.
type link struct {
	URL, Text string
	Count     int
}

// frame is what every page has around its content.
type frame struct {
	Kind        string // landing, results, case, text, error: the body's class
	Lang        string
	Title       string // of the tab
	Description string
	Canonical   string
	Languages   []language // this page in each language
	Feed        string     // the search as a feed, "" where the page is none
	NoIndex     bool       // not for search engines
	Data        template.JS
	CSS, JS     string
	Icon        string
	Home        string
	About       string
	Was         string
	Embed       string
	Action      string // where the search box leads
	Text        string // what stands in it
	Hidden      []field
	Client      template.JS // texts for the module
	Styles      []string    // of another part, beside our own
	Scripts     []string
}

type language struct{ Code, URL string }

type field struct{ Name, Value string }

// Other is the page in the other language.
func (f frame) Other() language {
	for _, l := range f.Languages {
		if l.Code != f.Lang {
			return l
		}
	}
	return language{}
}

// clientTexts are the texts that the module shows by itself.
var clientTexts = []string{"suggest.word", "suggest.theme", "suggest.sector", "suggest.municipality", "suggest.case", "status.suggestions",
	"status.suggestions.none", "status.failed", "status.filtered", "error.retry", "case.copied", "case.linked", "case.nocopy"}

// frame starts a page. path is its own, without a language.
func (p *Pages) frame(c *gin.Context, kind, lang, title, path string) frame {
	f := frame{Kind: kind, Lang: lang, Title: title, CSS: p.assets.url("vidensbank.css"), JS: p.assets.url("vidensbank.js"), Icon: p.assets.url("mark.svg"),
		Home: inLanguage("/", lang), About: inLanguage("/om", lang), Was: inLanguage("/was", lang), Embed: inLanguage("/indlejr", lang), Action: "/",
		Description: p.texts[lang]["site.description"], Canonical: p.site.BaseURL + inLanguage(path, lang)}
	if name := p.texts[lang]["site.name"]; title != name {
		f.Title += " – " + name
	}
	for _, l := range []string{web.Danish, web.English} {
		f.Languages = append(f.Languages, language{l, inLanguage(path, l)})
	}
	if lang != web.Danish {
		f.Hidden = append(f.Hidden, field{web.ParamLang, lang})
	}
	client := map[string]string{}
	for _, key := range clientTexts {
		client[key] = p.texts[lang][key]
	}
	f.Client = data(client)
	c.Header("Content-Language", lang)
	return f
}

// inLanguage adds a language to a path that has none.
func inLanguage(path, lang string) string {
	if lang == web.Danish {
		return path
	}
	return path + "?" + web.ParamLang + "=" + lang
}

// render executes a page's template into out.
func (p *Pages) render(out *bytes.Buffer, lang, name string, page any) error {
	if err := p.templates[lang].ExecuteTemplate(out, name, page); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	return nil
}

// host is what a Host header may be in an address that we write.
var host = regexp.MustCompile(`^[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$|^\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?$`)

// origin is the public scheme and host, for where an address has to be complete: the configured one, or else the one that the
// client asked for. An answer with the latter isn't for shared caches.
func (p *Pages) origin(c *gin.Context) (string, error) {
	if p.site.BaseURL != "" {
		return p.site.BaseURL, nil
	}
	c.Header("Cache-Control", "private, max-age=60")
	if !host.MatchString(c.Request.Host) {
		return "", &search.InvalidError{Param: "Host", Want: "et værtsnavn"}
	}
	if c.Request.TLS != nil {
		return "https://" + c.Request.Host, nil
	}
	return "http://" + c.Request.Host, nil
}

func (p *Pages) asset(c *gin.Context) {
	a, ok := p.assets.find(c.Param("version"), c.Param("file"))
	if !ok {
		p.site.Fail(c, web.ErrNoRoute)
		return
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	p.site.Write(c, http.StatusOK, a.contentType, a.body)
}
