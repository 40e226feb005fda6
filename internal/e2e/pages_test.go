package e2e_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vidensbank/vidensbank/internal/e2e"
	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server/webtest"
)

// silent fails where the browser complained of something that the test didn't ask for.
func silent(t *testing.T, tab *e2e.Tab) {
	t.Helper()
	for _, f := range tab.Faults() {
		t.Errorf("the browser complains: %s", f)
	}
}

func focused(tab *e2e.Tab) string {
	return e2e.Eval[string](tab, `(e => e.id || e.className || e.localName)(document.activeElement)`)
}

func TestAConsultantSearchesAndOpensACaseWithTheKeyboardAlone(t *testing.T) {
	tab := e2e.Open(t, e2e.Serve(t, nil))
	tab.Go("/")
	tab.Keys("Tab")
	if got := e2e.Eval[string](tab, `document.activeElement.textContent`); got != "Spring til indholdet" {
		t.Errorf("the first stop is %q", got)
	}
	tab.Keys("/")
	tab.Wait(`document.activeElement.id === "q"`)
	tab.Type("stress forebyggelse")
	tab.Keys("Enter")
	tab.Wait(`location.search === "?q=stress+forebyggelse" && document.querySelectorAll(".list article").length === 20`)
	if h := e2e.Eval[string](tab, `document.querySelector("h1").textContent`); !strings.Contains(h, "cases til »stress forebyggelse«") {
		t.Errorf("the heading is %q", h)
	}
	for range 200 {
		tab.Keys("Tab")
		if e2e.Eval[bool](tab, `document.activeElement.matches(".list h2 a")`) {
			break
		}
	}
	title := e2e.Eval[string](tab, `document.activeElement.textContent`)
	tab.Keys("Enter")
	tab.Wait(`location.pathname.startsWith("/cases/") && document.readyState === "complete"`)
	if h := e2e.Eval[string](tab, `document.querySelector("h1").textContent`); h != title {
		t.Errorf("%q opened %q", title, h)
	}
	tab.Click("#tilbage")
	tab.Wait(`location.search === "?q=stress+forebyggelse" && document.querySelector(".list article")`)
	silent(t, tab)
}

func TestAFacetNarrowsInPlaceAndBackWidensAgain(t *testing.T) {
	tab := e2e.Open(t, e2e.Serve(t, nil))
	tab.Go("/?q=frivillige")
	all := e2e.Eval[string](tab, `document.querySelector("h1").textContent`)
	e2e.Eval[bool](tab, `window.same = true`)
	tab.Click(`input[name=theme][value=samskabelse]`)
	tab.Wait(`location.search === "?q=frivillige&theme=samskabelse" && document.querySelector(".chips")`)
	if !e2e.Eval[bool](tab, `window.same === true`) {
		t.Error("the page was loaded anew")
	}
	if !e2e.Eval[bool](tab, `document.activeElement.matches("input[value=samskabelse]:checked")`) {
		t.Errorf("the focus is on %s", focused(tab))
	}
	narrow := e2e.Eval[string](tab, `document.querySelector("h1").textContent`)
	if narrow == all {
		t.Errorf("the heading stayed %q", all)
	}
	tab.Wait(`document.getElementById("status").textContent === ` + fmt.Sprintf("%q", narrow))
	if e2e.Eval[bool](tab, `!!document.querySelector("#resultater [aria-live], #resultater [role=status]")`) {
		t.Error("the visible count is a live region")
	}
	tab.Click(`input[name=sector][value=aeldre-og-sundhed]`)
	tab.Wait(`document.querySelectorAll(".chips li").length === 3`)
	tab.Back()
	tab.Wait(`location.search === "?q=frivillige&theme=samskabelse" && document.querySelectorAll(".chips li").length === 2`)
	tab.Back()
	tab.Wait(`location.search === "?q=frivillige" && !document.querySelector(".chips")`)
	if h := e2e.Eval[string](tab, `document.querySelector("h1").textContent`); h != all {
		t.Errorf("back at %q, not %q", h, all)
	}
	if e2e.Eval[bool](tab, `document.querySelector("input[value=samskabelse]").checked`) {
		t.Error("the box is still checked")
	}
	tab.Go("/?q=frivillige&theme=samskabelse")
	tab.Click(".clear")
	tab.Wait(`location.search === "?q=frivillige" && !document.querySelector(".chips")`)
	if focused(tab) != "h1" {
		t.Errorf("when its chip is gone, the focus is on %s", focused(tab))
	}
	silent(t, tab)
}

func TestAllOfItWorksWithoutJavaScript(t *testing.T) {
	tab := e2e.Open(t, e2e.Serve(t, nil))
	tab.WithoutScript()
	tab.Go("/")
	tab.Click("#q")
	tab.Type("frivillige")
	tab.Keys("Enter")
	tab.Wait(`location.search === "?q=frivillige" && document.querySelector(".list article")`)
	if e2e.Eval[bool](tab, `document.documentElement.classList.contains("js")`) {
		t.Fatal("the script ran")
	}
	tab.Click(`input[name=theme][value=trivsel]`)
	tab.Click(".apply button")
	tab.Wait(`location.search === "?q=frivillige&theme=trivsel" && document.querySelectorAll(".chips li").length === 2`)
	tab.Click(`#filter-theme .fold`)
	tab.Wait(`location.hash === "#filter-theme" && document.querySelectorAll("#filter-theme li").length > 10`)
	tab.Click(`#filter-theme .fold`)
	tab.Wait(`location.search === "?q=frivillige&theme=trivsel" && document.querySelectorAll("#filter-theme li").length < 10`)
	tab.Click(".sorts a[href*=newest]")
	tab.Wait(`new URLSearchParams(location.search).get("sort") === "newest" && document.querySelector(".list article")`)
	tab.Back()
	tab.Wait(`location.search === "?q=frivillige&theme=trivsel" && document.querySelector(".list article")`)
	tab.Size(360, 740)
	tab.Click(".opener")
	tab.Wait(`location.hash === "#filtre" && getComputedStyle(document.getElementById("filtre")).position === "fixed"`)
	tab.Click(".closer")
	tab.Wait(`getComputedStyle(document.getElementById("filtre")).display === "none"`)
	tab.Click(".list h2 a")
	tab.Wait(`location.pathname.startsWith("/cases/") && document.querySelector("#kilde h2")`)
	if e2e.Eval[bool](tab, `[...document.querySelectorAll("[data-do]")].some((b) => b.getBoundingClientRect().height > 0)`) {
		t.Error("a button that needs JavaScript is shown")
	}
	silent(t, tab)
}

func TestAScreenReaderHearsTheSuggestions(t *testing.T) {
	tab := e2e.Open(t, e2e.Serve(t, nil))
	tab.Go("/")
	tab.Click("#q")
	tab.Type("aal")
	tab.Wait(`document.querySelector("#forslag [role=option]")`)
	tab.Wait(`/forslag/.test(document.getElementById("status").textContent)`)
	tree := tab.Tree()
	box := slices.IndexFunc(tree, func(n e2e.Node) bool { return n.Role == "combobox" })
	if box < 0 || tree[box].Name != "Søg i cases" || tree[box].Properties["expanded"] != "true" || tree[box].Properties["autocomplete"] != "list" {
		t.Fatalf("the box: %+v", tree)
	}
	var options, groups []string
	for _, n := range tree {
		switch n.Role {
		case "option":
			options = append(options, n.Name)
		case "group":
			groups = append(groups, n.Name)
		}
	}
	if !slices.ContainsFunc(options, func(o string) bool { return strings.HasPrefix(o, "Aalborg") }) || !slices.Contains(groups, "Kommuner") {
		t.Errorf("options %q in groups %q", options, groups)
	}
	tab.Keys("ArrowDown")
	if got := e2e.Eval[string](tab, `document.getElementById("q").getAttribute("aria-activedescendant")`); got != "forslag-0" {
		t.Errorf("after Down the active one is %q", got)
	}
	if !slices.ContainsFunc(tab.Tree(), func(n e2e.Node) bool {
		return n.Role == "option" && n.Properties["selected"] == "true" && n.Name == options[0]
	}) {
		t.Error("no option is selected in the tree")
	}
	if e2e.Eval[string](tab, `document.getElementById("q").value`) != "aal" {
		t.Error("the typed text was replaced before anything was chosen")
	}
	tab.Keys("Escape")
	tab.Wait(`document.getElementById("forslag").hidden && document.getElementById("q").getAttribute("aria-expanded") === "false"`)
	if focused(tab) != "q" || e2e.Eval[string](tab, `document.getElementById("q").value`) != "aal" {
		t.Error("Escape took more than the list")
	}
	tab.Keys("ArrowDown")
	tab.Wait(`!document.getElementById("forslag").hidden`)
	at := e2e.Eval[int](tab, `[...document.querySelectorAll("#forslag [role=option]")].findIndex((o) => o.dataset.kind === "municipality")`)
	for range at + 1 {
		tab.Keys("ArrowDown")
	}
	tab.Keys("Enter")
	tab.Wait(`location.search === "?municipality=Aalborg" && document.querySelector(".list article")`)
	silent(t, tab)
}

func TestEnterWithoutAChoiceSearchesForWhatWasTyped(t *testing.T) {
	tab := e2e.Open(t, e2e.Serve(t, nil))
	tab.Go("/?q=frivillige")
	tab.Click("#q")
	e2e.Eval[*bool](tab, `document.getElementById("q").select()`)
	tab.Type("stress")
	tab.Wait(`!document.getElementById("forslag").hidden`)
	tab.Keys("Enter")
	tab.Wait(`location.search === "?q=stress" && document.getElementById("forslag").hidden`)
	if focused(tab) != "q" {
		t.Errorf("the focus left the box for %s", focused(tab))
	}
	silent(t, tab)
}

func TestThePhonesFilterSheetOpensNarrowsAndCloses(t *testing.T) {
	tab := e2e.Open(t, e2e.Serve(t, nil))
	tab.Size(360, 740)
	tab.Go("/?q=stress")
	if e2e.Eval[bool](tab, `document.getElementById("filtre").checkVisibility()`) {
		t.Fatal("the filters stand open on a phone")
	}
	tab.Click(".opener")
	tab.Wait(`document.querySelector(".filters.open[role=dialog]") && document.activeElement.id === "filtre-navn"`)
	if !e2e.Eval[bool](tab, `document.querySelector(".list").inert && document.querySelector(".top").inert`) {
		t.Error("what is behind the sheet can be reached")
	}
	tab.Click(`input[name=theme][value=ledelse]`)
	tab.Wait(`location.search === "?q=stress&theme=ledelse" && document.querySelector(".filters.open") && document.querySelector(".list").inert`)
	button := e2e.Eval[string](tab, `document.querySelector(".apply button").textContent`)
	if !strings.HasPrefix(button, "Vis resultater (") {
		t.Errorf("the button says %q", button)
	}
	tab.Keys("Escape")
	tab.Wait(`!document.querySelector(".filters.open") && document.activeElement.className === "opener" && !document.querySelector(".list").inert`)
	if got := e2e.Eval[string](tab, `document.activeElement.textContent`); got != "Filtre (1)" {
		t.Errorf("the button says %q", got)
	}
	tab.Click(".opener")
	tab.Click(".apply button")
	tab.Wait(`!document.querySelector(".filters.open") && document.querySelector(".list article").checkVisibility()`)
	silent(t, tab)
}

func TestALongListOfMunicipalitiesIsNarrowedByTyping(t *testing.T) {
	tab := e2e.Open(t, e2e.Serve(t, nil))
	tab.Go("/?sort=newest")
	tab.Click(".narrow")
	tab.Type("århus")
	tab.Wait(`[...document.querySelectorAll("#filter-municipality li")].filter((li) => li.checkVisibility()).length === 1`)
	tab.Click(`input[value=Aarhus]`)
	tab.Wait(`new URLSearchParams(location.search).get("municipality") === "Aarhus" && document.querySelector(".narrow").value === "århus"`)
	tab.Click(`#filter-theme .fold`)
	tab.Wait(`document.querySelectorAll("#filter-theme li").length > 10 && document.activeElement.name === "theme"`)
	silent(t, tab)
}

// held lets a handler's answers to some requests wait until they are let go.
type held struct {
	http.Handler
	when  func(*http.Request) bool
	asked chan struct{}
	leave chan struct{}
}

func (h *held) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.when(r) {
		h.Handler.ServeHTTP(w, r)
		return
	}
	answer := httptest.NewRecorder()
	h.Handler.ServeHTTP(answer, r)
	h.asked <- struct{}{}
	<-h.leave
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	if _, err := w.Write(answer.Body.Bytes()); err != nil {
		return // the browser has given up on it, as it should
	}
}

// asking waits until a held request has come.
func (h *held) asking(t *testing.T) {
	t.Helper()
	select {
	case <-h.asked:
	case <-time.After(20 * time.Second):
		close(h.leave)
		t.Fatal("the request that was to be held never came")
	}
}

func TestALateAnswerNeverReplacesANewerOne(t *testing.T) {
	s, _ := e2e.Real(t)
	h := &held{Handler: e2e.Handler(t, s, nil), asked: make(chan struct{}, 1), leave: make(chan struct{}),
		when: func(r *http.Request) bool {
			return r.URL.Query().Get("theme") == "ledelse" && r.URL.Query().Get("sector") == ""
		}}
	tab := e2e.Open(t, e2e.Listen(t, h))
	tab.Go("/?q=trivsel")
	tab.Click(`input[name=theme][value=ledelse]`)
	h.asking(t)
	tab.Wait(`document.querySelector("#resultater[aria-busy]")`)
	tab.Click(`input[name=sector][value=hospital]`)
	tab.Wait(`location.search === "?q=trivsel&sector=hospital&theme=ledelse" && document.querySelectorAll(".chips li").length === 3`)
	close(h.leave)
	e2e.Eval[string](tab, `fetch("/robots.txt").then((a) => a.text())`) // an answer after the late one
	if got := e2e.Eval[string](tab, `location.search + " " + document.querySelectorAll(".chips li").length`); got != "?q=trivsel&sector=hospital&theme=ledelse 3" {
		t.Errorf("the late answer is shown: %s", got)
	}
	silent(t, tab)
}

func TestLateSuggestionsNeverReplaceNewerOnes(t *testing.T) {
	s, _ := e2e.Real(t)
	h := &held{Handler: e2e.Handler(t, s, nil), asked: make(chan struct{}, 1), leave: make(chan struct{}),
		when: func(r *http.Request) bool {
			return r.URL.Path == "/api/v1/suggest" && r.URL.Query().Get("q") == "stres"
		}}
	tab := e2e.Open(t, e2e.Listen(t, h))
	tab.Go("/")
	tab.Click("#q")
	tab.Type("stres")
	h.asking(t)
	tab.Keys("Backspace", "Backspace", "Backspace", "Backspace", "Backspace")
	tab.Type("friv")
	tab.Wait(`document.querySelector("#forslag [role=option]")?.textContent.startsWith("friv")`)
	close(h.leave)
	e2e.Eval[string](tab, `fetch("/api/v1/suggest?q=stres&limit=10").then((a) => a.text())`)
	if got := e2e.Eval[string](tab, `document.querySelector("#forslag [role=option]").textContent`); !strings.HasPrefix(got, "friv") {
		t.Errorf("the late answer is shown: %q", got)
	}
}

func TestWhenTheServerIsGoneThePageSaysSoAndTheFormStillWorks(t *testing.T) {
	s, _ := e2e.Real(t)
	var gone atomic.Bool
	whole := e2e.Handler(t, s, nil)
	tab := e2e.Open(t, e2e.Listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if gone.Load() {
			panic(http.ErrAbortHandler) // the connection is cut
		}
		whole.ServeHTTP(w, r)
	})))
	tab.Go("/?q=stress")
	gone.Store(true)
	tab.Click(`input[name=theme][value=ledelse]`)
	tab.Wait(`document.querySelector(".failed[role=alert]")`)
	if got := e2e.Eval[string](tab, `document.querySelector(".failed").textContent`); !strings.Contains(got, "Vi kunne ikke hente resultaterne") {
		t.Errorf("it says %q", got)
	}
	if got := e2e.Eval[string](tab, `location.search`); got != "?q=stress" {
		t.Errorf("the address is that of an answer that never came: %s", got)
	}
	gone.Store(false)
	tab.Click(".failed a")
	tab.Wait(`location.search === "?q=stress&theme=ledelse" && !document.querySelector(".failed") && document.querySelector(".chips")`)
	gone.Store(true)
	tab.Click(`input[name=sector][value=hospital]`)
	tab.Wait(`document.querySelector(".failed")`)
	gone.Store(false)
	tab.Click("#q")
	tab.Keys("Enter")
	tab.Wait(`location.search === "?q=stress&sector=hospital&theme=ledelse" && !document.querySelector(".failed")`)
}

func TestABrokenAnswerShowsTheServersErrorPage(t *testing.T) {
	s, _ := e2e.Real(t)
	var broken atomic.Bool
	whole := e2e.Handler(t, s, nil)
	tab := e2e.Open(t, e2e.Listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() && r.URL.Query().Has("theme") {
			r.URL.RawQuery = "theme=findes-ikke"
		}
		whole.ServeHTTP(w, r)
	})))
	tab.Go("/?q=stress")
	broken.Store(true)
	tab.Click(`input[name=theme][value=ledelse]`)
	tab.Wait(`document.querySelector("h1").textContent === "Adressen kan ikke bruges"`)
}

func TestAScriptInACaseOrAQueryIsOnlyText(t *testing.T) {
	const evil = `<script>alert(1)</script><img src=x onerror=alert(2)>`
	d := search.Document{ID: "x", Title: evil, Summary: evil, Kind: evil, Sector: evil, Themes: []string{evil}, Municipalities: []string{evil}, Workplace: evil, Organisation: evil, Tools: []string{evil},
		Source:   search.Source{Publisher: evil, URL: "javascript:alert(3)", More: []string{"javascript:alert(4)"}},
		Sections: []search.Section{{Heading: evil, Body: evil + "\n\n[klik](javascript:alert(5))\n\n</div></main>"}}}
	s := &webtest.Searcher{Documents: []search.Document{d, {ID: "y", Title: evil}}, Now: search.Status{Generation: "g", Cases: 2},
		Completions: []search.Completion{{Kind: search.CompletionWord, Text: evil, Value: evil, Count: 1}, {Kind: search.CompletionCase, Text: evil, Value: evil, Count: 1}},
		Result: search.Result{Total: 1, Cases: 2, Generation: "g", Hits: []search.Hit{{Document: d, Matched: []string{evil}, Highlight: search.Highlight{Title: evil, Text: "<mark>" + evil}}},
			Facets:    []search.Facet{{Name: search.FacetTheme, Values: []search.FacetValue{{Value: evil, Count: 1}}}, {Name: search.FacetMunicipality, Values: []search.FacetValue{{Value: evil, Count: 1}}}},
			Unmatched: []string{evil}, DidYouMean: &search.Suggestion{Text: evil, Total: 1}, Offers: []search.Offer{{Facet: search.FacetTheme, Value: evil, Word: evil, Rest: evil, Count: 1}}}}
	tab := e2e.Open(t, e2e.ServeSearcher(t, s, nil))
	safe := func(where string) {
		t.Helper()
		if n := e2e.Eval[int](tab, `document.querySelectorAll("body script, img, [onerror], a[href^='javascript:' i]").length`); n != 0 {
			t.Errorf("%s: %d elements came out of a text", where, n)
		}
		silent(t, tab)
	}
	tab.Go("/?q=" + url.QueryEscape(evil))
	if got := e2e.Eval[string](tab, `document.querySelector(".list h2").textContent`); got != evil {
		t.Errorf("the title reads %q", got)
	}
	safe("the results")
	tab.Click(`.facet input`)
	tab.Wait(`document.querySelector("h1").textContent === "Adressen kan ikke bruges" && document.readyState === "complete"`) // no taxonomy has such a value
	tab.Faults()
	safe("the error page")
	tab.Go("/?q=a")
	e2e.Eval[*bool](tab, `document.getElementById("q").select()`)
	tab.Click("#q")
	tab.Type("b")
	tab.Wait(`document.querySelectorAll("#forslag [role=option]").length === 2`)
	if got := e2e.Eval[string](tab, `document.querySelector("#forslag [role=option] span").textContent`); got != evil {
		t.Errorf("the suggestion reads %q", got)
	}
	safe("the suggestions")
	tab.Go("/cases/x")
	safe("the case")
	tab.Go("/")
	safe("the front page")
}

// pageKinds are one of each.
var pageKinds = []struct{ name, path, then string }{
	{"the front page", "/", ""},
	{"the front page in English", "/?lang=en", ""},
	{"many results", "/?q=stress+forebyggelse", ""},
	{"results under filters", "/?q=samarbejde&theme=trivsel&sector=hospital&page=1", ""},
	{"the second page of all", "/?sort=title&page=2", ""},
	{"a word that nothing mentions", "/?q=frivillige+lirumlarum", ""},
	{"no results", "/?q=kvantefysik&theme=stress", ""},
	{"suggestions", "/?q=", "suggest"},
	{"the filter sheet", "/?q=stress", "sheet"},
	{"a case", "/cases/odsherred-fire-dages-arbejdsuge", ""},
	{"about", "/om", ""},
	{"accessibility", "/was", ""},
	{"no such case", "/cases/findes-ikke", ""},
	{"a bad address", "/?theme=findes-ikke", ""},
}

func TestAxeFindsNothingOnAnyPageInAnyColoursAtAnyWidth(t *testing.T) {
	tab := e2e.Open(t, e2e.Serve(t, nil))
	checked := 0
	for _, kind := range pageKinds {
		for _, width := range []int{1280, 360} {
			if kind.then == "sheet" && width > 360 {
				continue
			}
			for _, scheme := range []string{"light", "dark"} {
				tab.Size(width, 800)
				tab.Media("", "prefers-color-scheme", scheme)
				tab.Go(kind.path)
				switch kind.then {
				case "suggest":
					tab.Click("#q")
					tab.Type("stre")
					tab.Wait(`document.querySelector("#forslag [role=option]")`)
					tab.Keys("ArrowDown")
				case "sheet":
					tab.Click(".opener")
					tab.Wait(`document.querySelector(".filters.open")`)
				}
				for _, fault := range tab.Axe() {
					t.Errorf("%s, %d px, %s: %s", kind.name, width, scheme, fault)
				}
				checked++
			}
		}
	}
	t.Logf("axe-core checked %d pages", checked)
}

func TestNoPageScrollsSidewaysFrom320PixelsOn(t *testing.T) {
	tab := e2e.Open(t, e2e.Serve(t, nil))
	for _, kind := range pageKinds {
		for _, width := range []int{320, 768, 1280, 2560} { // 320 is 1280 at 400 %
			tab.Size(width, 640)
			tab.Go(kind.path)
			if over := e2e.Eval[int](tab, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
				wide := e2e.Eval[string](tab, `[...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".vh")).map((e) => e.localName + "." + e.className).slice(0, 5).join(" ")`)
				t.Errorf("%s at %d px is %d px too wide: %s", kind.name, width, over, wide)
			}
		}
	}
}

func TestACaseIsPrintedOnOneSheet(t *testing.T) {
	s, _ := e2e.Real(t)
	longest, most := "", 0
	if err := s.All(t.Context(), func(d search.Document) error {
		n := len(d.Title) + len(d.Summary) + len(strings.Join(d.Tools, ""))
		for _, x := range d.Sections {
			n += len(x.Body)
		}
		if n > most {
			longest, most = d.ID, n
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	tab := e2e.Open(t, e2e.Serve(t, nil))
	tab.Go("/cases/" + url.PathEscape(longest))
	if sheets, pdf := tab.PDF(); sheets != 1 {
		t.Errorf("%s is printed on %d sheets (%d bytes of PDF)", longest, sheets, len(pdf))
	}
}

func TestAFirstVisitAsksForLittle(t *testing.T) {
	base := e2e.Serve(t, nil)
	for _, path := range []string{"/", "/?q=stress+forebyggelse", "/?sort=newest", "/cases/odsherred-fire-dages-arbejdsuge"} {
		tab := e2e.Open(t, base)
		tab.Go(path)
		tab.Wait(`document.readyState === "complete"`)
		kinds := map[string]int{}
		for _, r := range tab.Requests() {
			if !strings.HasPrefix(r.URL, base) {
				t.Errorf("%s asks a third party: %s", path, r.URL)
			}
			kinds[r.Type]++
		}
		sizes := e2e.Eval[map[string]int](tab, `Promise.all([location.href, ...[...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((e) => e.href || e.src)].map(async (u) =>
			[u.replace(location.origin, ""), (await (await fetch(u)).arrayBuffer()).byteLength])).then(Object.fromEntries)`)
		sum := 0
		for _, n := range sizes {
			sum += n
		}
		t.Logf("%s: %d bytes uncompressed in all, %v; requests %v", path, sum, sizes, kinds)
		if kinds["Document"] != 1 || kinds["Stylesheet"] != 1 || kinds["Script"] != 1 {
			t.Errorf("%s asks for %v", path, kinds)
		}
		if sum > 60_000 {
			t.Errorf("%s weighs %d bytes, want at most 60,000", path, sum)
		}
		silent(t, tab)
	}
}
