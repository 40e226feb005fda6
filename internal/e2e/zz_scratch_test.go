package e2e_test

import (
	"os"
	"testing"

	"github.com/vidensbank/vidensbank/internal/e2e"
	"github.com/vidensbank/vidensbank/server"
	"github.com/vidensbank/vidensbank/server/web"
	"github.com/vidensbank/vidensbank/server/widget"
)

func TestScratch(t *testing.T) {
	api := e2e.Serve(t, func(c *server.Config) { c.Parts = []web.Part{widget.New} })
	out := os.Getenv("SHOTS")
	tab := e2e.Open(t, api)
	for _, x := range []struct {
		name, path string
		w, h       int
		dark       bool
	}{
		{"embed1280", "/embed?q=stress", 1280, 900, false},
		{"embed768", "/embed?municipality=Aarhus&locked=all", 768, 900, false},
		{"embed360", "/embed?theme=stress&theme=trivsel", 360, 800, false},
		{"embeddark", "/embed?q=stress&scheme=auto&accent=a31a5b", 1280, 900, true},
		{"build1280", "/indlejr?municipality=Aarhus&locked=all", 1280, 900, false},
		{"build360", "/indlejr?accent=ffcc00", 360, 800, false},
		{"builddark", "/indlejr", 1280, 900, true},
	} {
		tab.Size(x.w, x.h)
		v := "light"
		if x.dark {
			v = "dark"
		}
		tab.Media("", "prefers-color-scheme", v)
		tab.Go(x.path)
		if x.name[:3] == "emb" {
			tab.Wait(`document.querySelector('vidensbank-soeg').shadowRoot?.querySelector('.hit')`)
		} else {
			tab.Wait(`document.querySelector('iframe').contentDocument?.querySelector('vidensbank-soeg').shadowRoot?.querySelector('.hit')`)
		}
		tab.Screenshot(out+"/"+x.name+".png", x.name[:3] == "bui")
		for _, f := range tab.Faults() {
			t.Log(x.name, f)
		}
		for _, f := range tab.Axe() {
			t.Log(x.name, f)
		}
	}
}
