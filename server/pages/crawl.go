package pages

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"

	"github.com/gin-gonic/gin"

	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server/web"
)

// sitemapURLs is the most that the protocol (sitemaps.org) allows in one file. A larger corpus is listed so far.
const sitemapURLs = 50_000

type siteMap struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []siteMapURL `xml:"url"`
}

type siteMapURL struct {
	Location string `xml:"loc"`
}

var errFull = errors.New("the sitemap is full")

// sitemap lists the front page, the page about the bank and every case.
func (p *Pages) sitemap(c *gin.Context, out *bytes.Buffer) error {
	if p.site.NotModified(c, "/sitemap.xml") {
		return nil
	}
	origin, err := p.origin(c)
	if err != nil {
		return err
	}
	m := siteMap{URLs: []siteMapURL{{origin + "/"}, {origin + "/om"}}}
	err = p.site.Searcher.All(c.Request.Context(), func(d search.Document) error {
		if len(m.URLs) == sitemapURLs {
			return errFull
		}
		m.URLs = append(m.URLs, siteMapURL{origin + web.CaseURL(d.ID)})
		return nil
	})
	if err != nil && !errors.Is(err, errFull) {
		return err
	}
	c.Header("Content-Type", "application/xml; charset=utf-8")
	return writeXML(out, m)
}

// robots lets everyone read the pages, and spares searches: there are endlessly many, and all of what they find is in the sitemap.
func (p *Pages) robots(c *gin.Context, out *bytes.Buffer) error {
	origin, err := p.origin(c)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "User-agent: *\nDisallow: /api/\nDisallow: /eksport.csv\nDisallow: /feed.atom\nDisallow: /embed\nDisallow: /*?q=\n\nSitemap: %s/sitemap.xml\n", origin)
	c.Header("Content-Type", "text/plain; charset=utf-8")
	return nil
}
