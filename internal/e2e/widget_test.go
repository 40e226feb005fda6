package e2e_test

import (
	"context"
	"embed"
	"fmt"
	"html"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vidensbank/vidensbank/internal/e2e"
	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server"
	"github.com/vidensbank/vidensbank/server/webtest"
)

//go:embed testdata/hosts
var hostPages embed.FS

// hosts serves the pages of testdata/hosts at an origin of their own, with a policy, and with api in place of API.
func hosts(t *testing.T, api, policy string) string {
	t.Helper()
	return e2e.Listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := hostPages.ReadFile(path.Join("testdata/hosts", path.Base(r.URL.Path)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		kinds := map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript"}
		w.Header().Set("Content-Type", kinds[path.Ext(r.URL.Path)])
		w.Header().Set("Content-Security-Policy", strings.ReplaceAll(policy, "API", api))
		if _, err := w.Write([]byte(strings.ReplaceAll(string(b), "API", api))); err != nil {
			t.Error(err)
		}
	}))
}

// policies of hosts. img-src is for the browser's own question for an icon.
const (
	policyNoScript = "default-src 'none'; style-src 'self'; frame-src API 'self'; img-src 'self'"
	policyHelper   = "default-src 'none'; script-src API 'self'; style-src 'self'; frame-src API 'self'; img-src 'self'"
	policyElement  = "default-src 'none'; script-src API; style-src 'self'; connect-src API; form-action API; img-src 'self'; require-trusted-types-for 'script'"
	policyBroken   = "default-src 'none'; script-src API; style-src 'self'; form-action API; img-src 'self'" // forgets connect-src
)

// root is the shadow root of the nth widget, in JavaScript.
func root(n int) string {
	return fmt.Sprintf("document.querySelectorAll('vidensbank-soeg')[%d].shadowRoot", n)
}

// ready waits for the nth widget's first answer.
func ready(tab *e2e.Tab, n int) {
	tab.Wait(root(n) + "?.querySelector('.hit')")
}

// quiet fails where the browser complained, but for icons that hosts don't have.
func quiet(t *testing.T, tab *e2e.Tab) {
	t.Helper()
	for _, f := range tab.Faults() {
		if !strings.Contains(f, "/favicon.ico") {
			t.Errorf("the browser complains: %s", f)
		}
	}
}

// flawless fails where axe finds something.
func flawless(t *testing.T, tab *e2e.Tab) {
	t.Helper()
	for _, f := range tab.Axe() {
		t.Errorf("axe: %s", f)
	}
}

func TestTheWidgetLooksAndWorksTheSameUnderAHostileStyleSheet(t *testing.T) {
	api := e2e.Serve(t, nil)
	tab := e2e.Open(t, hosts(t, api, policyElement))
	tab.Go("/umbraco.html")
	ready(tab, 0)
	style := func(selector, property string) string {
		return e2e.Eval[string](tab, fmt.Sprintf("getComputedStyle(%s.querySelector(%q))[%q]", root(0), selector, property))
	}
	for _, x := range [][3]string{
		{".search", "display", "block"}, {"input", "display", "block"}, {".title", "letterSpacing", "normal"}, {".title", "textTransform", "none"},
		{".text", "textAlign", "start"}, {".hits", "position", "static"}, {".hits", "opacity", "1"}, {"mark, .text", "display", "block"},
		{".text", "lineHeight", "24px"},
	} {
		if got := style(x[0], x[1]); got != x[2] && !(x[0] == ".search" && got == "flex") {
			t.Errorf("%s has %s %s, want %s", x[0], x[1], got, x[2])
		}
	}
	if w := e2e.Eval[float64](tab, root(0)+".querySelector('.vb').getBoundingClientRect().width"); w < 1000 {
		t.Errorf("the widget is %v px wide on a page of 1280", w)
	}
	e2e.Eval[*bool](tab, "void "+root(0)+".querySelector('input').focus()")
	tab.Type("stress")
	tab.Keys("Enter")
	tab.Wait(root(0) + ".querySelector('.hit mark')")
	quiet(t, tab)
}

func TestAHostsFontAndColourSchemeAndVariablesAreTaken(t *testing.T) {
	tab := e2e.Open(t, hosts(t, e2e.Serve(t, nil), policyElement))
	tab.Media("", "prefers-color-scheme", "dark")
	tab.Go("/drupal.html")
	ready(tab, 0)
	if got := e2e.Eval[string](tab, "getComputedStyle("+root(0)+".querySelector('.hit')).fontFamily"); !strings.Contains(got, "Verdana") {
		t.Errorf("the font is %s", got)
	}
	if got := e2e.Eval[string](tab, "getComputedStyle("+root(0)+".querySelector('.vb')).backgroundColor"); got != "rgb(17, 25, 27)" {
		t.Errorf("in a dark host the background is %s", got)
	}
	e2e.Eval[*bool](tab, "void document.querySelector('vidensbank-soeg').parentElement.style.setProperty('--vb-accent', 'rgb(255, 200, 0)')")
	if got := e2e.Eval[string](tab, "getComputedStyle("+root(0)+".querySelector('.search')).backgroundColor"); got != "rgb(255, 200, 0)" {
		t.Errorf("with --vb-accent further up the button is %s", got)
	}
	quiet(t, tab)
}

func TestUnderABaseElementLinksLeadToTheServerInANewTab(t *testing.T) {
	api := e2e.Serve(t, nil)
	tab := e2e.Open(t, hosts(t, api, policyElement))
	tab.Go("/drupal.html")
	ready(tab, 0)
	link := e2e.Eval[[]string](tab, "(a => [a.href, a.target, a.rel, a.textContent])("+root(0)+".querySelector('.hit a'))")
	if !strings.HasPrefix(link[0], api+"/cases/") || link[1] != "_blank" || link[2] != "noopener" || !strings.HasSuffix(link[3], "(åbner i ny fane)") {
		t.Errorf("a case's link is %q", link)
	}
	flawless(t, tab)
	quiet(t, tab)
}

func TestUrlStateKeepsTheHostsOwnQueryByteForByteAndBackWorks(t *testing.T) {
	tab := e2e.Open(t, hosts(t, e2e.Serve(t, nil), policyElement))
	tab.Go("/drupal.html?Side=%C3%A5+b%20c&tom&q=mit#afsnit")
	ready(tab, 0)
	address := func() string { return e2e.Eval[string](tab, "location.search + location.hash") }
	if got := address(); got != "?Side=%C3%A5+b%20c&tom&q=mit#afsnit" {
		t.Fatalf("untouched, the address became %s", got)
	}
	if got := e2e.Eval[string](tab, root(0)+".querySelector('input').value"); got != "" {
		t.Errorf("the host's q was taken: %q", got)
	}
	e2e.Eval[*bool](tab, "void "+root(0)+".querySelector('input').focus()")
	tab.Type("frivillige")
	tab.Keys("Enter")
	tab.Wait(`location.search === "?Side=%C3%A5+b%20c&tom&q=mit&vb-q=frivillige"`)
	tab.Wait(root(0) + ".querySelector('.hit mark')")
	e2e.Eval[*bool](tab, "void ("+root(0)+".querySelector('details').open = true)")
	value := e2e.Eval[string](tab, "(box => { box.click(); return box.parentElement.textContent })("+root(0)+".querySelector('.value input'))")
	tab.Wait(root(0) + ".querySelectorAll('.chip').length === 1")
	if got := address(); !strings.HasPrefix(got, "?Side=%C3%A5+b%20c&tom&q=mit&vb-q=frivillige&vb-theme=") || !strings.HasSuffix(got, "#afsnit") {
		t.Errorf("with %s the address is %s", value, got)
	}
	tab.Back()
	tab.Wait(root(0) + ".querySelectorAll('.chip').length === 0")
	if got := address(); got != "?Side=%C3%A5+b%20c&tom&q=mit&vb-q=frivillige#afsnit" {
		t.Errorf("after Back the address is %s", got)
	}
	tab.Go("/drupal.html?x=1&vb-q=stress")
	tab.Wait(root(0) + "?.querySelector('.hit mark')")
	if got := e2e.Eval[string](tab, root(0)+".querySelector('input').value"); got != "stress" {
		t.Errorf("after a reload the box has %q", got)
	}
	quiet(t, tab)
}

func TestTwoWidgetsOnAPageDontDisturbEachOther(t *testing.T) {
	tab := e2e.Open(t, hosts(t, e2e.Serve(t, nil), policyElement))
	tab.Go("/two.html")
	ready(tab, 0)
	ready(tab, 1)
	before := e2e.Eval[string](tab, root(1)+".querySelector('.count').textContent")
	e2e.Eval[*bool](tab, "void "+root(0)+".querySelector('input').focus()")
	tab.Type("leder")
	tab.Wait(root(0) + ".querySelector('.hit mark')")
	if got := e2e.Eval[string](tab, root(1)+".querySelector('.count').textContent"); got != before {
		t.Errorf("the other says %q, before %q", got, before)
	}
	if got := e2e.Eval[string](tab, root(0)+".querySelector('.locked').textContent"); got != "Viser kun Stress" {
		t.Errorf("the lock says %q", got)
	}
	if e2e.Eval[bool](tab, root(0)+".querySelector('.facets').textContent.includes('Tema')") {
		t.Error("a locked facet is shown")
	}
	if got := e2e.Eval[string](tab, root(1)+".querySelector('.search').textContent"); got != "Search" {
		t.Errorf("the English button is %q", got)
	}
	tab.Keys("Escape")
	flawless(t, tab)
	quiet(t, tab)
}

func TestTheHostHearsOfSearchesAndMayStopAChoice(t *testing.T) {
	tab := e2e.Open(t, hosts(t, e2e.Serve(t, nil), "default-src * 'unsafe-inline'"))
	tab.Go("/two.html")
	ready(tab, 1)
	e2e.Eval[*bool](tab, `void (window.heard = [], addEventListener('vidensbank-search', e => heard.push(e.detail)),
		addEventListener('vidensbank-select', e => { e.preventDefault(); heard.push(e.detail) }))`)
	e2e.Eval[*bool](tab, "void "+root(1)+".querySelector('input').focus()")
	tab.Type("vold")
	tab.Wait("heard.length && heard[0].query === 'vold' && heard[0].total > 0")
	tab.Wait(root(1) + ".querySelector('.hit mark')")
	tab.Keys("Escape")
	e2e.Eval[*bool](tab, "void "+root(1)+".querySelector('.hit a').click()")
	tab.Wait("heard.some(d => d.id && d.url.includes('/cases/' + d.id))")
	if n := e2e.Eval[int](tab, "heard.filter(d => d.total >= 0).length"); n != 1 {
		t.Errorf("one search was told %d times", n)
	}
}

func TestAttributesMayChangeAtAnyTime(t *testing.T) {
	tab := e2e.Open(t, hosts(t, e2e.Serve(t, nil), policyElement))
	tab.Go("/two.html")
	ready(tab, 1)
	e2e.Eval[*bool](tab, `void (e => { e.setAttribute('municipality', 'Århus'); e.setAttribute('locked', ''); e.setAttribute('lang', 'da'); e.setAttribute('facets', 'sector') })(document.querySelectorAll('vidensbank-soeg')[1])`)
	tab.Wait(root(1) + ".querySelector('.locked').textContent === 'Viser kun Aarhus'")
	if got := e2e.Eval[string](tab, root(1)+".querySelector('summary').textContent"); got != "Sektor" {
		t.Errorf("the facet is %q", got)
	}
	e2e.Eval[*bool](tab, "void ("+root(1)+".querySelector('details').open = true, "+root(1)+".querySelector('.value input').click())")
	tab.Wait(root(1) + ".querySelectorAll('.chip').length === 1")
	e2e.Eval[*bool](tab, `void document.querySelectorAll('vidensbank-soeg')[1].setAttribute('lang', 'en')`)
	tab.Wait(root(1) + ".querySelector('.search').textContent === 'Search' && " + root(1) + ".querySelectorAll('.chip').length === 1")
	e2e.Eval[*bool](tab, `void (e => { const p = e.parentElement; e.remove(); p.append(e) })(document.querySelectorAll('vidensbank-soeg')[1])`)
	tab.Wait(root(1) + ".querySelectorAll('form').length === 1 && " + root(1) + ".querySelector('.hit')")
	quiet(t, tab)
}

func TestTheFramedPageWorksInAHostThatAllowsNoScript(t *testing.T) {
	s, _ := e2e.Real(t)
	inner := e2e.Handler(t, s, nil)
	asked := make(chan string, 9)
	api := e2e.Listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			asked <- r.URL.RequestURI()
		}
		inner.ServeHTTP(w, r)
	}))
	tab := e2e.Open(t, hosts(t, api, policyNoScript))
	tab.Go("/sharepoint.html")
	select {
	case got := <-asked:
		if got != "/api/v1/search?municipality=Aarhus&size=10" {
			t.Errorf("the framed page asked for %s", got)
		}
	case <-t.Context().Done():
	case <-time.After(20 * time.Second):
		t.Error("the framed page asked for nothing")
	}
	quiet(t, tab)
	flawless(t, tab)
}

func TestTheHelperGivesOurFramesTheirHeightAndHearsNoOthers(t *testing.T) {
	tab := e2e.Open(t, hosts(t, e2e.Serve(t, nil), policyHelper))
	tab.Go("/helper.html")
	height := func(id string) string { return "parseInt(document.getElementById('" + id + "').style.height)" }
	tab.Wait(height("ours") + " > 500 && " + height("small") + " > 100 && " + height("small") + " < " + height("ours"))
	// What another's page says, and what a page says that has taken ours' place.
	e2e.Eval[*bool](tab, `void dispatchEvent(new MessageEvent('message', {data: {type: 'vidensbank:height', height: 9999}, origin: 'https://evil.example', source: document.getElementById('ours').contentWindow}))`)
	e2e.Eval[*bool](tab, "new Promise(done => { addEventListener('message', e => e.data.height === 9999 && done(null)); document.getElementById('other').src += '?again' })")
	if got := e2e.Eval[string](tab, "['other', 'small', 'ours'].map(id => document.getElementById(id).style.height).join()"); strings.Contains(got, "9999") {
		t.Errorf("another's message was heard: %s", got)
	}
	quiet(t, tab)
}

func TestTheFramedPageIsWholeWithoutScript(t *testing.T) {
	tab := e2e.Open(t, e2e.Serve(t, nil))
	tab.WithoutScript()
	tab.Go("/embed?q=stress&municipality=Aarhus&locked=all&size=5")
	if got := e2e.Eval[string](tab, "document.querySelector('.locked').textContent"); got != "Viser kun Aarhus" {
		t.Errorf("the lock says %q", got)
	}
	link := e2e.Eval[[]string](tab, "(a => [a.target, a.rel])(document.querySelector('li a'))")
	if link[0] != "_blank" || link[1] != "noopener" {
		t.Errorf("a case's link is %q", link)
	}
	tab.Click("summary")
	tab.Click("[name=theme]")
	tab.Click("details[open] button")
	tab.Wait("['municipality=Aarhus', 'locked=municipality', 'q=stress', 'theme='].every(p => location.search.includes(p)) && document.querySelector('[name=theme]').checked && document.querySelector('.locked').textContent === 'Viser kun Aarhus'")
	quiet(t, tab)
}

func TestTheFramedPageIsFlawlessToAxeWhereItsScriptDoesntCome(t *testing.T) {
	s, _ := e2e.Real(t)
	inner := e2e.Handler(t, s, nil)
	api := e2e.Listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/vidensbank.js") {
			http.NotFound(w, r)
			return
		}
		inner.ServeHTTP(w, r)
	}))
	tab := e2e.Open(t, api)
	for _, scheme := range []string{"light", "dark"} {
		tab.Media("", "prefers-color-scheme", scheme)
		tab.Go("/embed?q=stress&theme=stress&scheme=auto")
		tab.Wait("document.querySelector('li a').checkVisibility()")
		flawless(t, tab)
	}
}

func TestTheFormInsideServesWithoutScript(t *testing.T) {
	api := e2e.Serve(t, nil)
	tab := e2e.Open(t, hosts(t, api, policyElement))
	tab.WithoutScript()
	tab.Go("/drupal.html")
	tab.Click("#vidensbank-q")
	tab.Type("stress")
	tab.Keys("Enter")
	tab.Wait("location.href === " + fmt.Sprintf("%q", api+"/?q=stress"))
}

func TestAHostThatBlocksTheServerKeepsItsFormAndIsToldSo(t *testing.T) {
	api := e2e.Serve(t, nil)
	tab := e2e.Open(t, hosts(t, api, policyBroken))
	tab.Go("/drupal.html")
	tab.Wait(root(0) + "?.querySelector('.error:not([hidden])')")
	if got := e2e.Eval[string](tab, root(0)+".querySelector('.error').textContent"); !strings.Contains(got, "Søgningen svarer ikke lige nu.") {
		t.Errorf("it says %q", got)
	}
	if !e2e.Eval[bool](tab, "document.querySelector('#vidensbank-q').checkVisibility() && !"+root(0)+".querySelector('form').checkVisibility()") {
		t.Error("the form inside isn't what is seen")
	}
	tab.Wait(root(0) + ".querySelector('[role=status]').textContent === 'Søgningen svarer ikke lige nu.'")
	flawless(t, tab)
}

func TestAServerThatGoesAwayIsToldAndAsksAgain(t *testing.T) {
	var gone atomic.Bool
	s, _ := e2e.Real(t)
	inner := e2e.Handler(t, s, nil)
	api := e2e.Listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if gone.Load() && strings.HasPrefix(r.URL.Path, "/api/") {
			panic(http.ErrAbortHandler)
		}
		inner.ServeHTTP(w, r)
	}))
	tab := e2e.Open(t, hosts(t, api, policyElement))
	tab.Go("/two.html")
	ready(tab, 1)
	gone.Store(true)
	e2e.Eval[*bool](tab, "void "+root(1)+".querySelector('input').focus()")
	tab.Type("vold")
	tab.Wait(root(1) + ".querySelector('.error:not([hidden])')")
	full := e2e.Eval[string](tab, root(1)+".querySelector('.error a').href")
	if full != api+"/?q=vold&lang=en" {
		t.Errorf("the way out leads to %s", full)
	}
	flawless(t, tab)
	gone.Store(false)
	e2e.Eval[*bool](tab, "void "+root(1)+".querySelector('.error button').click()")
	tab.Wait(root(1) + ".querySelector('.hit mark') && " + root(1) + ".querySelector('.error').hidden")
}

func TestAStaleAnswerNeverReplacesANewerOne(t *testing.T) {
	hold, held := make(chan struct{}), make(chan struct{}, 1)
	s := &webtest.Searcher{Now: search.Status{Generation: "g", Cases: 1}}
	s.OnSearch = func(_ context.Context, q search.Query) (*search.Result, error) {
		if q.Text == "gammel" {
			held <- struct{}{}
			<-hold // answers even when nobody waits any more
		}
		return &search.Result{Total: 1, Cases: 1, Hits: []search.Hit{{Document: search.Document{ID: "a", Title: "Svar på " + q.Text}}}}, nil
	}
	tab := e2e.Open(t, hosts(t, e2e.ServeSearcher(t, s, nil), "default-src * 'unsafe-inline'"))
	tab.Go("/two.html")
	ready(tab, 1)
	// The browser's own cancelling is taken away, so that the old answer does arrive.
	e2e.Eval[*bool](tab, "void (window.plainFetch = fetch, window.arrived = [], window.fetch = (u, o) => plainFetch(u, {...o, signal: undefined}).then(r => (arrived.push(u), r)))")
	e2e.Eval[*bool](tab, "void "+root(1)+".querySelector('input').focus()")
	tab.Type("gammel")
	<-held
	e2e.Eval[*bool](tab, "void "+root(1)+".querySelector('input').select()")
	tab.Type("ny")
	tab.Wait(root(1) + ".querySelector('.hit a').textContent.startsWith('Svar på ny')")
	close(hold)
	tab.Wait("arrived.some(u => u.includes('q=gammel'))")
	e2e.Eval[*bool](tab, "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))")
	if got := e2e.Eval[string](tab, root(1)+".querySelector('.hit a').textContent"); !strings.HasPrefix(got, "Svar på ny") {
		t.Errorf("the old answer replaced the new: %s", got)
	}
}

func TestTheWidgetsSuggestionsAreAComboboxToAScreenReader(t *testing.T) {
	s := &webtest.Searcher{Now: search.Status{Generation: "g", Cases: 2}, Completions: []search.Completion{
		{Kind: "word", Text: "stress", Count: 9}, {Kind: "theme", Text: "Stress", Value: "stress", Count: 8}, {Kind: "case", Text: "Stress i Lejre", Value: "lejre", Count: 1}}}
	s.OnSearch = func(_ context.Context, q search.Query) (*search.Result, error) {
		return &search.Result{Total: 2, Hits: []search.Hit{{Document: search.Document{ID: "lejre", Title: "Stress i Lejre"}, Highlight: search.Highlight{Text: "<mark>" + q.Text + "</mark>"}}}}, nil
	}
	tab := e2e.Open(t, hosts(t, e2e.ServeSearcher(t, s, nil), policyElement))
	tab.Go("/drupal.html")
	ready(tab, 0)
	e2e.Eval[*bool](tab, "void "+root(0)+".querySelector('input').focus()")
	tab.Type("stre")
	tab.Wait(root(0) + ".querySelector('[role=option]')")
	node := func(role string, n int) e2e.Node {
		for _, x := range tab.Tree() {
			if x.Role == role {
				if n == 0 {
					return x
				}
				n--
			}
		}
		t.Fatalf("no %s", role)
		return e2e.Node{}
	}
	if box := node("combobox", 0); box.Name != "Søg i Vidensbanken" || box.Properties["expanded"] != "true" || box.Properties["activedescendant"] != "" {
		t.Errorf("the box is %+v", box)
	}
	tab.Keys("ArrowDown")
	if box := node("combobox", 0); box.Properties["activedescendant"] == "" {
		t.Errorf("after Down the box is %+v", box)
	}
	if option := node("option", 0); option.Properties["selected"] != "true" || !strings.HasPrefix(option.Name, "stress 9") {
		t.Errorf("the first option is %+v", option)
	}
	if typed := e2e.Eval[string](tab, root(0)+".querySelector('input').value"); typed != "stre" {
		t.Errorf("manual selection, but the box became %q", typed)
	}
	flawless(t, tab)
	tab.Keys("Escape")
	if box := node("combobox", 0); box.Properties["expanded"] == "true" {
		t.Errorf("after Escape the box is %+v", box)
	}
	tab.Keys("ArrowDown", "Enter")
	tab.Wait(root(0) + ".querySelector('input').value === 'stress' && " + root(0) + ".querySelector('.hit mark').textContent === 'stress'")
	tab.Wait(root(0) + ".querySelector('[role=status]').textContent === '2 cases fundet'")
	quiet(t, tab)
}

func TestASuggestedValueBecomesAFilterAndASuggestedCaseIsAChoice(t *testing.T) {
	s, _ := e2e.Real(t)
	inner := e2e.Handler(t, s, nil)
	api := e2e.Listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/suggest" {
			inner.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Access-Control-Allow-Origin", "*")
		if _, err := w.Write([]byte(`{"query":"x","suggestions":[{"kind":"municipality","text":"Aarhus","value":"Aarhus","url":"/?municipality=Aarhus","count":18},
			{"kind":"theme","text":"Trivsel","value":"trivsel","url":"/?theme=trivsel","count":97},{"kind":"case","text":"En case","value":"en-case","url":"/cases/en-case","count":1}]}`)); err != nil {
			t.Error(err)
		}
	}))
	tab := e2e.Open(t, hosts(t, api, "default-src * 'unsafe-inline'"))
	tab.Go("/two.html")
	ready(tab, 0)
	ready(tab, 1)
	choose := func(widget int, downs ...string) {
		e2e.Eval[*bool](tab, "void "+root(widget)+".querySelector('input').focus()")
		tab.Type("a")
		tab.Wait(root(widget) + ".querySelector('.list:not([hidden]) [role=option]')")
		tab.Keys(downs...)
		tab.Keys("Enter")
	}
	choose(1, "ArrowDown")
	tab.Wait(root(1) + ".querySelector('.chip')?.textContent === 'Aarhus' && " + root(1) + ".querySelector('input').value === ''")
	e2e.Eval[*bool](tab, "void (window.chosen = null, addEventListener('vidensbank-select', e => { e.preventDefault(); chosen = e.detail }))")
	choose(1, "ArrowUp")
	tab.Wait("chosen?.id === 'en-case'")
	if got := e2e.Eval[string](tab, "chosen.url"); got != api+"/cases/en-case?lang=en" {
		t.Errorf("the case's address is %s", got)
	}
	choose(0, "ArrowDown")
	tab.Wait(root(0) + ".querySelector('.chip')?.textContent === 'Aarhus'")
	if got := e2e.Eval[string](tab, root(0)+".querySelector('.list').textContent"); got != "AarhusKommune" {
		t.Errorf("under a lock on the theme the suggestions are %q", got)
	}
	quiet(t, tab)
}

func TestASiteThatIsntConfiguredCantFrameTheSearch(t *testing.T) {
	api := e2e.Serve(t, func(c *server.Config) { c.EmbedOrigins = []string{"https://intranet.example.dk"} })
	tab := e2e.Open(t, hosts(t, api, policyNoScript))
	tab.Go("/sharepoint.html")
	if f := strings.Join(tab.Faults(), "\n"); !strings.Contains(f, "frame-ancestors") {
		t.Errorf("the browser framed it: %s", f)
	}
}

func TestKeysAloneReachFacetsChipsAndMoreAndTheFocusStays(t *testing.T) {
	tab := e2e.Open(t, hosts(t, e2e.Serve(t, nil), policyElement))
	tab.Go("/drupal.html")
	ready(tab, 0)
	focus := func() string {
		return e2e.Eval[string](tab, "(e => e ? (e.getAttribute('part') || e.type || e.localName) : '')("+root(0)+".activeElement)")
	}
	e2e.Eval[*bool](tab, "void "+root(0)+".querySelector('.search').focus()")
	tab.Keys("Tab")
	if got := focus(); got != "facet-title" {
		t.Fatalf("behind the button comes %s", got)
	}
	if !e2e.Eval[bool](tab, root(0)+".querySelector('details').open") {
		tab.Keys("Enter")
	}
	tab.Keys("Tab", "Space")
	tab.Wait(root(0) + ".querySelectorAll('.chip').length === 1")
	if got := focus(); got != "checkbox" {
		t.Errorf("after a choice the focus is on %s", got)
	}
	e2e.Eval[*bool](tab, "void "+root(0)+".querySelector('.chip').focus()")
	tab.Keys("Enter")
	tab.Wait(root(0) + ".querySelectorAll('.chip').length === 0")
	if got := focus(); got != "count" {
		t.Errorf("after the last chip the focus is on %s", got)
	}
	e2e.Eval[*bool](tab, "void "+root(0)+".querySelector('.more').focus()")
	tab.Keys("Enter")
	tab.Wait(root(0) + ".querySelectorAll('.hit').length === 10")
	if !e2e.Eval[bool](tab, root(0)+".activeElement === "+root(0)+".querySelectorAll('.hit a')[5]") {
		t.Errorf("after more the focus is on %s", focus())
	}
	quiet(t, tab)
}

func TestMarkupInCasesShowsAsTextInTheWidget(t *testing.T) {
	evil := `<img src=x onerror=alert(1)><script>alert(2)</script>`
	s := &webtest.Searcher{Now: search.Status{Generation: "g", Cases: 1}, Result: search.Result{
		Total: 0, Cases: 1, Unmatched: []string{evil}, DidYouMean: &search.Suggestion{Text: evil, Total: 1},
		Hits: []search.Hit{{Document: search.Document{ID: `"><script>`, Title: evil, Summary: evil, Workplace: evil, Themes: []string{evil}, Sector: evil},
			Highlight: search.Highlight{Title: "<mark>x</mark>" + html.EscapeString(evil), Text: evil + `<mark onclick="alert(3)">y</mark><mark><b>z</mark>`}, Matched: []string{evil}}},
		Facets: []search.Facet{{Name: "sector", Values: []search.FacetValue{{Value: evil, Count: 1, Selected: true}}}},
	}, Completions: []search.Completion{{Kind: "word", Text: evil, Count: 1}, {Kind: "case", Text: evil, Value: `javascript:alert(4)`, Count: 1}}}
	api := e2e.ServeSearcher(t, s, func(c *server.Config) { c.OpenTaxonomy = true })
	tab := e2e.Open(t, hosts(t, api, "default-src * 'unsafe-inline'"))
	tab.Go("/umbraco.html")
	ready(tab, 0)
	e2e.Eval[*bool](tab, "void "+root(0)+".querySelector('input').focus()")
	tab.Type("x")
	tab.Wait(root(0) + ".querySelectorAll('[role=option]').length === 2")
	if n := e2e.Eval[int](tab, root(0)+".querySelectorAll('img, script, b:not(.locked b), mark[onclick]').length"); n != 0 {
		t.Errorf("%d elements were made of text", n)
	}
	if got := e2e.Eval[string](tab, root(0)+".querySelector('.hit a').textContent"); !strings.HasPrefix(got, "x"+evil) {
		t.Errorf("the title is %q", got)
	}
	if got := e2e.Eval[string](tab, root(0)+".querySelector('.text').textContent"); got != evil+`<mark onclick="alert(3)">y</mark><b>z` {
		t.Errorf("the excerpt is %q", got)
	}
	if got := e2e.Eval[string](tab, root(0)+".querySelector('.hit a').href"); got != api+"/cases/%22%3E%3Cscript%3E" {
		t.Errorf("the link is %q", got)
	}
	for _, f := range tab.Faults() {
		if strings.HasPrefix(f, "dialog") {
			t.Error(f)
		}
	}
	framed := e2e.Open(t, api)
	framed.WithoutScript()
	framed.Go("/embed?q=x")
	if n := e2e.Eval[int](framed, "document.querySelectorAll('img, body script, b, [onclick]').length"); n != 0 {
		t.Errorf("%d elements were made of text in the framed page", n)
	}
}

func TestTheWidgetFitsAPhoneAndForcedColoursAndSayNothingWrongToAxe(t *testing.T) {
	api := e2e.Serve(t, nil)
	tab := e2e.Open(t, hosts(t, api, policyElement))
	for _, width := range []int{320, 768, 1280} {
		for _, scheme := range []string{"light", "dark"} {
			tab.Size(width, 800)
			tab.Media("", "prefers-color-scheme", scheme)
			for _, page := range []string{"/drupal.html", "/two.html"} {
				tab.Go(page)
				ready(tab, 0)
				if over := e2e.Eval[int](tab, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
					t.Errorf("%s at %d px is %d px too wide", page, width, over)
				}
				flawless(t, tab)
			}
		}
	}
	tab.Media("", "forced-colors", "active", "prefers-reduced-motion", "reduce")
	tab.Go("/drupal.html")
	ready(tab, 0)
	if got := e2e.Eval[string](tab, "getComputedStyle("+root(0)+".querySelector('.search')).borderTopStyle"); got != "solid" {
		t.Errorf("in forced colours the button's border is %s", got)
	}
	if got := e2e.Eval[string](tab, "getComputedStyle("+root(0)+".querySelector('.hits')).transitionDuration"); got != "0s" {
		t.Errorf("with reduced motion the list moves for %s", got)
	}
	quiet(t, tab)
}

func TestTheFramedPageAndTheBuilderAreFlawlessToAxe(t *testing.T) {
	tab := e2e.Open(t, e2e.Serve(t, nil))
	for _, width := range []int{360, 1280} {
		for _, scheme := range []string{"light", "dark"} {
			tab.Size(width, 800)
			tab.Media("", "prefers-color-scheme", scheme)
			for _, page := range []string{"/embed?q=stress&scheme=auto", "/embed?q=qqqq", "/embed?theme=nope", "/embed?accent=ffd447&background=10202b", "/indlejr?municipality=Aarhus&locked=all&accent=ffcc00", "/indlejr?lang=en"} {
				tab.Go(page)
				if strings.HasPrefix(page, "/embed") && !strings.Contains(page, "nope") {
					tab.Wait(root(0) + "?.querySelector('.facet')")
				}
				if over := e2e.Eval[int](tab, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
					t.Errorf("%s at %d px is %d px too wide", page, width, over)
				}
				for _, f := range tab.Axe() {
					t.Errorf("%s, %s, %d px: %s", page, scheme, width, f)
				}
			}
		}
	}
	for _, f := range tab.Faults() {
		if !strings.Contains(f, "400 (Bad Request)") {
			t.Errorf("the browser complains: %s", f)
		}
	}
}

func TestTheBuilderFollowsTheChoicesAtOnceAndByItsButton(t *testing.T) {
	api := e2e.Serve(t, nil)
	tab := e2e.Open(t, api)
	tab.Go("/indlejr")
	e2e.Eval[*bool](tab, `void (s => { s.value = 'Aarhus'; s.dispatchEvent(new Event('input', {bubbles: true})) })(document.getElementById('v-municipality'))`)
	tab.Click("#v-locked")
	tab.Wait(`document.getElementById('kode-iframe').value.includes('municipality=Aarhus&amp;locked=municipality')`)
	tab.Wait(`document.getElementById('kode-element').value.includes('<vidensbank-soeg municipality="Aarhus" locked="municipality">')`)
	tab.Wait(`document.getElementById('visning').contentDocument?.querySelector('vidensbank-soeg')?.shadowRoot?.querySelector('.locked')?.textContent === 'Viser kun Aarhus'`)
	tab.Wait(`document.getElementById('besked').textContent === 'Koden er opdateret.'`)
	quiet(t, tab)
	tab.WithoutScript()
	tab.Go("/indlejr")
	tab.Click("#v-locked")
	tab.Click("#valg button")
	tab.Wait("location.search.includes('locked=all')")
	if !e2e.Eval[bool](tab, "document.getElementById('v-locked').form.action.endsWith('/indlejr') && document.querySelector('.vb-copy').hidden") {
		t.Error("without script a button that needs it is shown")
	}
}

func TestTheElementsCodeOfTheBuilderRunsOnAnotherSiteWithItsChecksum(t *testing.T) {
	api := e2e.Serve(t, nil)
	tab := e2e.Open(t, api)
	tab.Go("/indlejr?theme=stress&locked=all&size=4&accent=a31a5b")
	code := e2e.Eval[string](tab, "document.getElementById('kode-element').value")
	host := e2e.Listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", strings.ReplaceAll(policyElement, "API", api))
		if _, err := fmt.Fprintf(w, `<!doctype html><html lang="da"><head><meta charset="utf-8"><title>Vært</title></head><body><main><h1>Vært</h1><h2>Cases</h2>%s</main></body></html>`, code); err != nil {
			t.Error(err)
		}
	}))
	other := e2e.Open(t, host)
	other.Go("/")
	ready(other, 0)
	if got := e2e.Eval[string](other, "getComputedStyle("+root(0)+".querySelector('.search')).backgroundColor"); got != "rgb(163, 26, 91)" {
		t.Errorf("the button is %s", got)
	}
	if n := e2e.Eval[int](other, root(0)+".querySelectorAll('.hit').length"); n != 4 {
		t.Errorf("%d hits, want 4", n)
	}
	flawless(t, other)
	quiet(t, other)
	for _, r := range other.Requests() {
		if !strings.HasPrefix(r.URL, api) && !strings.HasPrefix(r.URL, host) {
			t.Errorf("a third party was asked: %s", r.URL)
		}
	}
}

func TestTheWidgetStoresNothing(t *testing.T) {
	tab := e2e.Open(t, hosts(t, e2e.Serve(t, nil), "default-src * 'unsafe-inline'"))
	tab.Go("/two.html")
	ready(tab, 0)
	got := e2e.Eval[[]string](tab, "(async () => [document.cookie, String(localStorage.length), String(sessionStorage.length), String((await indexedDB.databases()).length), String((await caches.keys?.().catch(() => []))?.length ?? 0)])()")
	if !slices.Equal(got, []string{"", "0", "0", "0", "0"}) {
		t.Errorf("stored: %q", got)
	}
}
