package e2e_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/vidensbank/vidensbank/internal/e2e"
)

func TestMain(m *testing.M) {
	code := m.Run()
	e2e.Close()
	os.Exit(code)
}

func TestTheHarnessHearsWhatTheBrowserComplainsOf(t *testing.T) {
	base := e2e.Listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "script-src 'none'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if _, err := w.Write([]byte(`<!doctype html><title>x</title><script>alert(1)</script><button aria-expanded=true>Åbn</button>`)); err != nil {
			t.Error(err)
		}
	}))
	tab := e2e.Open(t, base)
	tab.Go("/")
	if f := strings.Join(tab.Faults(), "\n"); !strings.Contains(f, "Content Security Policy") {
		t.Errorf("a blocked script isn't told: %s", f)
	}
	found := false
	for _, n := range tab.Tree() {
		found = found || n.Role == "button" && n.Name == "Åbn" && n.Properties["expanded"] == "true"
	}
	if !found {
		t.Errorf("the tree has no expanded button: %v", tab.Tree())
	}
	if f := strings.Join(tab.Axe(), "\n"); !strings.Contains(f, "html-has-lang") {
		t.Errorf("axe doesn't miss the language: %s", f)
	}
}
