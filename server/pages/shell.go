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
	Styles, Scripts []string
	Content         template.HTML
}

// shell renders it: see web.Site.Shell.
func (p *Pages) shell(c *gin.Context, out *bytes.Buffer, s web.Shell) error {
	page := shellPage{frame: p.frame(c, "text", s.Lang, s.Title, s.Path), Styles: s.Styles, Scripts: s.Scripts, Content: s.Content}
	page.Description = s.Description
	return p.render(out, s.Lang, "shell.html", page)
}
