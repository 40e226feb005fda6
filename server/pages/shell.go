package pages

import (
	"bytes"
	"html/template"

	"github.com/gin-gonic/gin"

	"github.com/vidensbank/vidensbank/server/web"
)

// shellPage is a page whose content another part makes.
type shellPage struct {
	frame
	Content template.HTML
}

// shell renders it: see web.Site.Shell.
func (p *Pages) shell(c *gin.Context, out *bytes.Buffer, s web.Shell) error {
	page := shellPage{frame: p.frame(c, "text", s.Lang, s.Title, s.Path), Content: s.Content}
	page.Description, page.Styles, page.Scripts = s.Description, s.Styles, s.Scripts
	return p.render(out, s.Lang, "shell.html", page)
}
