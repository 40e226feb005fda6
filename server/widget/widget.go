// Package widget is how other sites show the search: the custom element <vidensbank-soeg> (vidensbank.js), a page for iframes
// (/embed) with a helper for the page around it (iframe.js), and the page that makes the codes to paste (/indlejr).
//
// /embed and the element are one code base: the page holds the element with attributes from the address, and inside it a form
// and results made by the server, which serve until the script has its first answer, and without script.
//
// A file under a version never changes, because hosts pin its checksum (SRI). So: to change vidensbank.js or iframe.js after a
// release, copy both to releases/<Version>/ first, where they're still served from, and raise Version; releases/checksums.txt
// and its test hold on to that. /widget/v1/ always has the newest.
package widget

import (
	"embed"
	"fmt"
	"html/template"

	"github.com/gin-gonic/gin"

	"github.com/vidensbank/vidensbank/server/web"
)

// Version is that of vidensbank.js and iframe.js. Its first number is the "v1" of the short-cached address: it's raised when
// an attribute, an event, a variable or a part goes or changes its meaning.
const Version = "1.0.0"

//go:embed vidensbank.js iframe.js releases assets
var files embed.FS

//go:embed embed.html indlejr.html bare.html
var templates embed.FS

// Widget answers for a Site.
type Widget struct {
	site     *web.Site
	served   map[string]map[string]*file // version -> name
	newest   map[string]*file
	embedTpl *template.Template
	buildTpl *template.Template
}

// New gives the widget as a web.Part.
func New(site *web.Site) (web.Module, error) {
	served, err := load(files)
	if err != nil {
		return nil, fmt.Errorf("widget: %w", err)
	}
	w := &Widget{site: site, served: served, newest: served[newest]}
	funcs := template.FuncMap{"asset": w.asset, "checks": newChecks, "table": newTable}
	if w.embedTpl, err = template.New("embed.html").Funcs(funcs).ParseFS(templates, "embed.html"); err != nil {
		return nil, fmt.Errorf("widget: %w", err)
	}
	if w.buildTpl, err = template.New("indlejr.html").Funcs(funcs).ParseFS(templates, "indlejr.html", "bare.html"); err != nil {
		return nil, fmt.Errorf("widget: %w", err)
	}
	return w, nil
}

// Routes adds the widget's routes.
func (w *Widget) Routes(r gin.IRouter) {
	web.Get(r, "/widget/:version/:file", w.serve)
	web.Get(r, "/embed", w.embed)
	web.Get(r, "/indlejr", w.site.Page(w.build))
}

// asset is the address of a file of ours with its content's mark, so that a page never meets an older one in a cache.
func (w *Widget) asset(name string) string {
	return "/widget/" + newest + "/" + name + "?v=" + w.newest[name].mark
}
