package pages_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server"
	"github.com/vidensbank/vidensbank/server/pages"
	"github.com/vidensbank/vidensbank/server/web"
	"github.com/vidensbank/vidensbank/server/webtest"
)

// lejre is a case with everything.
var lejre = search.Document{
	ID: "jobcenter-lejre", Title: "Jobcenter Lejre forebygger stress", Summary: "Stress blev et fælles ansvar.", Kind: "eksempel", Sector: "beskaeftigelse",
	Themes: []string{"stress", "trivsel"}, Municipalities: []string{"Lejre"}, Region: "sjaelland", Organisation: "Lejre Kommune", Workplace: "Jobcenter Lejre", Year: 2013,
	Tools:    []string{"APV"},
	Source:   search.Source{Publisher: "arbejdsmiljoweb.dk", URL: "https://example.org/kilde", More: []string{"https://example.org/mere"}},
	Sections: []search.Section{{Heading: "Indsats", Body: "Vi talte *sammen* på [møder](https://example.org/m)."}, {Heading: "Deltagere", Body: "Alle ansatte."}},
}

var aarhus = search.Document{ID: "aarhus", Title: "Ro i Aarhus", Summary: "Pauser.", Kind: "vaerktoej", Sector: "aeldre-og-sundhed", Themes: []string{"stress"}, Municipalities: []string{"Aarhus"}}

// found is a searcher that finds both cases, and has something to say of every kind.
func found() *webtest.Searcher {
	hit := func(d search.Document, title string) search.Hit {
		return search.Hit{Document: d, Score: 1, Highlight: search.Highlight{Title: title, Text: "Et <mark>stress</mark> sted"}, Matched: []string{"stressforebyggende"}}
	}
	var years []search.FacetValue
	for y := 2005; y < 2025; y++ {
		years = append(years, search.FacetValue{Value: fmt.Sprint(y), Count: 1, Selected: y == 2006})
	}
	return &webtest.Searcher{
		Documents: []search.Document{lejre, aarhus}, Now: search.Status{Generation: "g1", Cases: 383},
		Result: search.Result{Total: 1042, Cases: 383, Generation: "g1", Hits: []search.Hit{hit(lejre, "Jobcenter Lejre forebygger <mark>stress</mark>"), hit(aarhus, "Ro i Aarhus")},
			Facets: []search.Facet{
				{Name: search.FacetSector, Values: []search.FacetValue{{Value: "beskaeftigelse", Count: 1, Selected: true}, {Value: "aeldre-og-sundhed", Count: 1}}},
				{Name: search.FacetTheme, Values: []search.FacetValue{{Value: "stress", Count: 2}, {Value: "trivsel", Count: 1}}},
				{Name: search.FacetMunicipality, Values: []search.FacetValue{{Value: "Aarhus", Count: 1}, {Value: "Lejre", Count: 1}}},
				{Name: search.FacetRegion}, {Name: search.FacetKind, Values: []search.FacetValue{{Value: "vaerktoej", Count: 1}}}, {Name: search.FacetYear, Values: years},
			},
			DidYouMean: &search.Suggestion{Text: "stress", Total: 31}, Unmatched: []string{"lirum", "larum"},
			Offers: []search.Offer{{Facet: search.FacetMunicipality, Value: "Aarhus", Word: "århus", Rest: "stress", Count: 7}},
		},
	}
}

// nothing is a searcher that finds nothing but what is left without a filter or word.
func nothing() *webtest.Searcher {
	s := found()
	s.OnSearch = func(_ context.Context, q search.Query) (*search.Result, error) {
		if q.Text == "" && len(q.Filters) == 0 {
			return &s.Result, nil
		}
		return &search.Result{Cases: 383, Generation: "g1", Relaxed: []search.Relaxed{
			{Text: "stres", Filters: q.Filters, Dropped: "lirum", Total: 4},
			{Text: q.Text, Filters: map[string][]string{}, Dropped: "beskaeftigelse", Total: 1},
		}}, nil
	}
	return s
}

func serve(t *testing.T, s search.Searcher, change func(*server.Config)) *server.Server {
	t.Helper()
	cfg := server.Defaults()
	cfg.Parts = []web.Part{pages.New}
	cfg.BaseURL = "https://viden.example.dk"
	if change != nil {
		change(&cfg)
	}
	srv, err := server.New(cfg, s, webtest.Taxonomy, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return srv
}

func get(h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// every is a path to every kind of page.
var every = []string{"/", "/?lang=en", "/?q=stress", "/?q=stress&lang=en", "/?sort=title", "/?q=stress&page=3&sector=beskaeftigelse&year=2006", "/cases/jobcenter-lejre", "/cases/jobcenter-lejre?lang=en",
	"/cases/aarhus", "/om", "/om?lang=en", "/was", "/cases/ukendt-case", "/findes-ikke", "/?theme=stres", "/?page=0&lang=en"}

func TestEveryPageIsWholeAndHasNothingInline(t *testing.T) {
	srv := serve(t, found(), nil)
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|javascript:|<script(?: type="module" src="/assets/[^"]+"| type="application/(?:ld\+)?json"(?: id="texts")?)?>`)
	data := regexp.MustCompile(`<script type="application/json".*?</script>`)
	for _, path := range every {
		w := get(srv, path)
		body := w.Body.String()
		if w.Header().Get("Content-Type") != "text/html; charset=utf-8" || !strings.HasPrefix(body, "<!doctype html>") || !strings.HasSuffix(strings.TrimSpace(body), "</html>") {
			t.Errorf("%s is no whole page: %s\n%.200s", path, w.Header().Get("Content-Type"), body)
		}
		for _, m := range inline.FindAllString(body, -1) {
			if m == "<script>" || !strings.HasPrefix(m, "<script") {
				t.Errorf("%s has %q", path, m)
			}
		}
		for _, bad := range []string{"ZgotmplZ", "<no value>", "{n}", "{q}", "{v}", "{w}", "%!"} {
			if strings.Contains(data.ReplaceAllString(body, ""), bad) {
				t.Errorf("%s shows %q", path, bad)
			}
		}
		if n := strings.Count(body, "<h1"); n != 1 {
			t.Errorf("%s has %d h1", path, n)
		}
		lang := "da"
		if strings.Contains(path, "lang=en") {
			lang = "en"
		}
		if !strings.Contains(body, `<html lang="`+lang+`">`) || w.Header().Get("Content-Language") != lang {
			t.Errorf("%s isn't in %s: %s", path, lang, w.Header().Get("Content-Language"))
		}
		csp := w.Header().Get("Content-Security-Policy")
		for _, part := range []string{"script-src 'self';", "style-src 'self';", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'self'"} {
			if !strings.Contains(csp, part) {
				t.Errorf("%s: the policy lacks %s: %s", path, part, csp)
			}
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Set-Cookie") != "" {
			t.Errorf("%s: headers %v", path, w.Header())
		}
	}
}

func TestASearchShowsWhatWasFound(t *testing.T) {
	for name, test := range map[string]struct {
		path string
		want []string
	}{
		"the count, in Danish":                    {"/?q=stress", []string{`<h1>1.042 cases <span>til »stress«</span></h1>`}},
		"the count, in English":                   {"/?q=stress&lang=en", []string{`<h1>1,042 cases <span>for “stress”</span></h1>`}},
		"the title and passage with their marks":  {"/?q=stress", []string{`Jobcenter Lejre forebygger <mark>stress</mark></a>`, `Et <mark>stress</mark> sted`}},
		"where and when":                          {"/?q=stress", []string{`Jobcenter Lejre · Lejre · Beskæftigelse · 2013`}},
		"a kind that isn't an example":            {"/?q=stress", []string{`<p class=kind>Værktøj</p>`}},
		"the words that matched":                  {"/?q=stress", []string{`matcher <b>stressforebyggende</b>`}},
		"a better spelling":                       {"/?q=stres", []string{`Mente du <a href="/?q=stress">stress</a>? <b>31 cases</b>`}},
		"the words that nothing mentions":         {"/?q=stress+lirum+larum", []string{`Ingen cases nævner »lirum«, »larum«.`}},
		"an offer to take a word for a place":     {"/?q=stress+%C3%A5rhus", []string{`<a href="/?q=stress&amp;municipality=Aarhus">Vis kun Aarhus Kommune</a> <b>7 cases</b>`}},
		"a theme that narrows the search":         {"/?q=stress&sector=beskaeftigelse", []string{`<a href="/?q=stress&amp;sector=beskaeftigelse&amp;theme=trivsel">Trivsel</a>`}},
		"a checked value":                         {"/?q=stress&sector=beskaeftigelse", []string{`name=sector value="beskaeftigelse" checked>`}},
		"a chip, and all of them away":            {"/?q=stress&sector=beskaeftigelse", []string{`href="/?q=stress"><span class="vh">Fjern filteret</span> <span>Sektor:</span> Beskæftigelse<svg`, `class="clear" href="/?q=stress">Ryd alle`}},
		"a facet that names what there is more":   {"/?q=stress", []string{`<a class=fold href="/?q=stress&amp;vis=year#filter-year">Vis flere år</a>`}},
		"all values of a facet, and the way back": {"/?q=stress&vis=year", []string{`value="2005"`, `<a class=fold href="/?q=stress#filter-year">Vis færre år</a>`, `<input type="hidden" name="vis" value="year">`, `<link rel="canonical" href="https://viden.example.dk/?q=stress">`}},
		"a chosen year in front of the others":    {"/?q=stress", []string{`value="2006" checked`}},
		"another order":                           {"/?q=stress", []string{`<a href="/?q=stress&amp;sort=newest">Nyeste</a>`, `<a href="/?q=stress" aria-current="true">Bedste match</a>`}},
		"an order that the form keeps":            {"/?q=stress&sort=title", []string{`<input type="hidden" name="sort" value="title">`}},
		"the pages around":                        {"/?q=stress&page=3", []string{`<a href="/?q=stress&amp;page=2" rel="prev">`, `<a href="/?q=stress&amp;page=4" rel="next">`, `aria-current="page"`, `Side 3 af 53`}},
		"the search as feed, sheet and JSON":      {"/?q=stress&sector=beskaeftigelse", []string{`/feed.atom?q=stress&amp;sector=beskaeftigelse`, `/eksport.csv?q=stress&amp;sector=beskaeftigelse`, `/api/v1/search?q=stress&amp;sector=beskaeftigelse`}},
		"the other language":                      {"/?q=stress", []string{`<a id="sprog" href="/?q=stress&amp;lang=en" lang="en"`}},
		"English, which stays English":            {"/?q=stress&lang=en", []string{`href="/cases/jobcenter-lejre?lang=en"`, `<input type="hidden" name="lang" value="en">`, `href="/?q=stress&amp;sort=newest&amp;lang=en"`}},
		"all cases, which isn't the front page":   {"/?sort=newest", []string{`<h1>1.042 cases</h1>`, `href="/?sort=title"`, `<a href="/?sort=newest" aria-current="true">Nyeste</a>`}},
		"an empty form":                           {"/?q=", []string{`<h1>1.042 cases</h1>`}},
	} {
		body := get(serve(t, found(), nil), test.path).Body.String()
		for _, want := range test.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s: %s lacks %s\n%s", name, test.path, want, body[strings.Index(body, "<body"):])
			}
		}
	}
}

func TestTheFrontPageIsForThoseWhoAskNothingYet(t *testing.T) {
	srv := serve(t, found(), nil)
	for _, path := range []string{"/", "/?utm_source=nyhedsbrev"} {
		body := get(srv, path).Body.String()
		for _, want := range []string{"Lær af andre arbejdspladser", "Søg i 383 cases", `<a href="/?q=stress&#43;forebyggelse"`, `<a href="/?theme=stress">Stress</a> <b>2</b>`,
			`<a href="/?sector=aeldre-og-sundhed">Ældre og sundhed</a>`, `href="/cases/jobcenter-lejre"`, `<a class="more" href="/?sort=newest">Se alle 383 cases</a>`, `"@type":"SearchAction"`} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %s", path, want)
			}
		}
		if strings.Index(body, "Beskæftigelse</a> <b>") > strings.Index(body, "Ældre og sundhed</a> <b>") {
			t.Errorf("%s: Æ stands before B", path)
		}
	}
}

func TestNothingFoundOffersWaysOn(t *testing.T) {
	body := get(serve(t, nothing(), nil), "/?q=stres+lirum&sector=beskaeftigelse").Body.String()
	for _, want := range []string{
		`<h1>Ingen cases passer til »stres lirum«</h1>`,
		`<a href="/?q=stres&amp;sector=beskaeftigelse">uden ordet »lirum«</a> <b>4 cases</b>`,
		`<a href="/?q=stres&#43;lirum">uden filteret Beskæftigelse</a> <b>1 case</b>`,
		`Temaet, der ligger nærmest</h2>`, `<a href="/?theme=stress">Stress</a> <b>2 cases</b>`,
		`<a href="/?theme=trivsel">Trivsel <b>1</b></a>`,
		`href="/om#del"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s\n%s", want, body[strings.Index(body, "<main"):])
		}
	}
	if body = get(serve(t, nothing(), nil), "/?q=kvantefysik").Body.String(); strings.Contains(body, "ligger nærmest") {
		t.Error("a theme is near to quantum physics")
	}
}

func TestACaseIsReadInPeace(t *testing.T) {
	body := get(serve(t, found(), nil), "/cases/jobcenter-lejre").Body.String()
	for _, want := range []string{
		"<title>Jobcenter Lejre forebygger stress – Vidensbank</title>", `<link rel="canonical" href="https://viden.example.dk/cases/jobcenter-lejre">`,
		"<h1>Jobcenter Lejre forebygger stress</h1>", `<h2>Indsats</h2>`, `<em>sammen</em>`, `<a href="https://example.org/m" rel="noopener nofollow">møder</a>`,
		`<dt>Kommune</dt><dd lang="da"><a href="/?municipality=Lejre">Lejre</a></dd>`, `<dt>Værktøjer</dt><dd lang="da"><a href="/?q=APV">APV</a></dd>`,
		`<dt>Hvem deltog</dt><dd lang="da"><p>Alle ansatte.</p>`, `<p class="publisher" lang="da">arbejdsmiljoweb.dk</p>`,
		`<a class="go" href="https://example.org/kilde" rel="noopener external">Læs hos kilden</a>`, `href="https://example.org/mere"`,
		`href="mailto:?subject=Jobcenter%20Lejre%20forebygger%20stress&amp;body=`, `Cases der ligner</h2>`, `href="/cases/aarhus"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s\n%s", want, body)
		}
	}
	if strings.Contains(body, "<h2>Deltagere</h2>") {
		t.Error("who took part is told twice")
	}
	block := regexp.MustCompile(`<script type="application/ld\+json">(.*?)</script>`).FindStringSubmatch(body)
	if block == nil {
		t.Fatal("no JSON-LD")
	}
	var article struct {
		Type     string `json:"@type"`
		ID       string `json:"@id"`
		Headline string
		Citation []struct{ URL string }
	}
	if err := json.Unmarshal([]byte(block[1]), &article); err != nil {
		t.Fatal(err)
	}
	if article.Type != "Article" || article.ID != "https://viden.example.dk/cases/jobcenter-lejre" || len(article.Citation) != 2 || article.Citation[0].URL != lejre.Source.URL {
		t.Errorf("JSON-LD: %+v", article)
	}
}

func TestWhatACaseTriesIsShownAsText(t *testing.T) {
	const script = `<script>alert(1)</script>`
	for name, test := range map[string]struct {
		d          search.Document
		path       string
		want, deny string
	}{
		"a title":              {search.Document{Title: script}, "/cases/x", "&lt;script&gt;alert(1)&lt;/script&gt;</h1>", script},
		"a summary":            {search.Document{Title: "x", Summary: `"><img src=x onerror=alert(1)>`}, "/cases/x", "&lt;img src=x onerror=alert(1)&gt;</p>", "<img"},
		"a text":               {search.Document{Title: "x", Sections: []search.Section{{Body: script}}}, "/cases/x", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>", script},
		"HTML in a text":       {search.Document{Title: "x", Sections: []search.Section{{Body: "a <b onclick=alert(1)>b</b>\n\n<div>c"}}}, "/cases/x", "&lt;b onclick=alert(1)&gt;b&lt;/b&gt;", "<div>c"},
		"a javascript link":    {search.Document{Title: "x", Sections: []search.Section{{Body: "[klik](javascript:alert(1)) og [her](data:text/html,x)"}}}, "/cases/x", "<p>klik og her</p>", "javascript:"},
		"a link in disguise":   {search.Document{Title: "x", Sections: []search.Section{{Body: "[klik](&#106;avascript&colon;alert(1)) [ned](/asset) <javascript:alert(1)>"}}}, "/cases/x", "klik", `href="j`},
		"an image":             {search.Document{Title: "x", Sections: []search.Section{{Body: "![kat](https://example.org/k.png)"}}}, "/cases/x", "<p>kat</p>", "<img"},
		"broken markup":        {search.Document{Title: "x", Sections: []search.Section{{Body: "</p></main><h1>**[a](b"}}}, "/cases/x", "&lt;/p&gt;&lt;/main&gt;&lt;h1&gt;", "</main><h1>"},
		"a source":             {search.Document{Title: "x", Source: search.Source{Publisher: script, URL: "javascript:alert(1)", More: []string{"javascript:alert(2)"}}}, "/cases/x", "<p>javascript:alert(1)</p>", `href="javascript`},
		"a tool":               {search.Document{Title: "x", Tools: []string{`"><script>`}}, "/cases/x", "&lt;script&gt;</a>", `"><script>`},
		"the end of data":      {search.Document{Title: "</script><script>alert(1)</script>"}, "/cases/x", `\u003c/script\u003e`, "</script><script>alert"},
		"a case in a list":     {search.Document{Title: script, Summary: script, Workplace: script, Sector: script, Themes: []string{script}}, "/?q=x", "&lt;script&gt;alert(1)&lt;/script&gt;</a>", script},
		"a query":              {search.Document{Title: "x"}, "/?q=%3Cscript%3Ealert(1)%3C/script%3E", "til »&lt;script&gt;alert(1)&lt;/script&gt;«", script},
		"a query in quotes":    {search.Document{Title: "x"}, `/?q=%22+autofocus+onfocus=alert(1)+x=%22`, `value="&#34; autofocus onfocus=alert(1) x=&#34;"`, `" autofocus`},
		"an address":           {search.Document{Title: "x"}, "/cases/%3Cscript%3Ealert(1)%3C%2Fscript%3E", "&lt;script&gt;alert(1)", script},
		"a parameter's value":  {search.Document{Title: "x"}, "/?theme=%3Cscript%3Ealert(1)%3C/script%3E", "&lt;script&gt;alert(1)", script},
		"a municipality's own": {search.Document{Title: "x", Municipalities: []string{script}}, "/cases/x", "&lt;script&gt;alert(1)&lt;/script&gt;</a>", script},
	} {
		test.d.ID = "x"
		s := &webtest.Searcher{Documents: []search.Document{test.d, {ID: "y", Title: script, Workplace: script}}, Result: search.Result{Total: 1, Hits: []search.Hit{{Document: test.d}},
			Facets: []search.Facet{{Name: search.FacetTheme, Values: []search.FacetValue{{Value: script, Count: 1}}}}, Unmatched: []string{script}, DidYouMean: &search.Suggestion{Text: script}}}
		body := get(serve(t, s, nil), test.path).Body.String()
		if !strings.Contains(body, test.want) {
			t.Errorf("%s: lacks %s\n%s", name, test.want, body)
		}
		if strings.Contains(body, test.deny) {
			t.Errorf("%s: has %s\n%s", name, test.deny, body)
		}
	}
}

func TestAHighlightHoldsMarksAndNothingElse(t *testing.T) {
	for highlight, want := range map[string]string{
		"et <mark>stress</mark> sted":         "et <mark>stress</mark> sted",
		"A &amp; B &lt;b&gt;":                 "A &amp; B &lt;b&gt;",
		"<mark>åben":                          "<mark>åben</mark>",
		"</mark>lukket":                       "&lt;/mark&gt;lukket",
		"<mark><mark>to</mark>":               "<mark>&lt;mark&gt;to</mark>",
		"<mark onclick=x>a</mark>":            "&lt;mark onclick=x&gt;a&lt;/mark&gt;",
		"<script>alert(1)</script>":           "&lt;script&gt;alert(1)&lt;/script&gt;",
		"a < b <mark>c</mark> &quot;d&quot;<": "a &lt; b <mark>c</mark> &#34;d&#34;&lt;",
	} {
		s := &webtest.Searcher{Result: search.Result{Total: 1, Hits: []search.Hit{{Document: aarhus, Highlight: search.Highlight{Title: "x", Text: highlight}}}}}
		if body := get(serve(t, s, nil), "/?q=x").Body.String(); !strings.Contains(body, `<p>`+want+"</p>") {
			t.Errorf("%s: want %s\n%s", highlight, want, body[strings.Index(body, "<article"):])
		}
	}
}

func TestACorpusOfPlainTextIsShownAsItIs(t *testing.T) {
	d := search.Document{ID: "x", Title: "x", Kind: "notat", Sections: []search.Section{{Body: "# ikke en overskrift\n<b>\r\n\r\n*to*"}}}
	body := get(serve(t, &webtest.Searcher{Documents: []search.Document{d}}, func(c *server.Config) { c.OpenTaxonomy = true }), "/cases/x").Body.String()
	if !strings.Contains(body, "<p># ikke en overskrift<br>&lt;b&gt;</p>\n<p>*to*</p>") {
		t.Error(body)
	}
}

func TestFaultsHaveAPageOfTheSameDesign(t *testing.T) {
	broken := found()
	broken.OnSearch = func(context.Context, search.Query) (*search.Result, error) {
		return nil, errors.New("disk full at /var/lib")
	}
	late := found()
	late.OnSearch = func(context.Context, search.Query) (*search.Result, error) { return nil, context.DeadlineExceeded }
	for name, test := range map[string]struct {
		s      search.Searcher
		path   string
		status int
		want   []string
	}{
		"an unknown path":     {found(), "/findes-ikke", 404, []string{"<h1>Siden findes ikke</h1>", `role="search"`}},
		"an unknown case":     {found(), "/cases/jobcenter-hvorhen", 404, []string{"<h1>Casen findes ikke</h1>", `<a href="/?q=jobcenter&#43;hvorhen">Søg i stedet efter »jobcenter hvorhen«</a>`}},
		"an unknown value":    {found(), "/?theme=stres", 400, []string{"Parameteren »theme« kan ikke være »stres«", "»stress« ligner mest"}},
		"a page that isn't":   {found(), "/?page=x&lang=en", 400, []string{"<h1>The address can&#39;t be used</h1>"}},
		"a broken engine":     {broken, "/?q=a", 500, []string{"<h1>Der skete en fejl hos os</h1>", "Fejlens nummer:", `<a href="">Prøv igen</a>`}},
		"an engine too slow":  {late, "/?q=a", 503, []string{"<h1>Søgningen svarer ikke lige nu</h1>"}},
		"a wrong asset":       {found(), "/assets/old/vidensbank.css", 404, []string{"<h1>Siden findes ikke</h1>"}},
		"a feed with a fault": {found(), "/feed.atom?theme=stres", 400, []string{"<h1>Adressen kan ikke bruges</h1>"}},
	} {
		w := get(serve(t, test.s, nil), test.path)
		if w.Code != test.status || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
		for _, want := range test.want {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: lacks %s\n%s", name, want, w.Body)
			}
		}
		if strings.Contains(w.Body.String(), "disk full") {
			t.Errorf("%s tells the cause", name)
		}
	}
}

func TestAPageIsSentOnce(t *testing.T) {
	s := found()
	srv := serve(t, s, nil)
	for _, path := range []string{"/", "/?q=stress", "/cases/aarhus", "/om", "/feed.atom", "/eksport.csv", "/sitemap.xml"} {
		tag := get(srv, path).Header().Get("ETag")
		w := get(srv, path, "If-None-Match", tag)
		if tag == "" || w.Code != http.StatusNotModified || w.Body.Len() > 0 {
			t.Errorf("%s: %q is answered with %d and %d bytes", path, tag, w.Code, w.Body.Len())
		}
	}
	if a, b := get(srv, "/").Header().Get("ETag"), get(srv, "/?q=").Header().Get("ETag"); a == b {
		t.Error("the front page and all cases share a tag")
	}
}

func TestAssetsLiveForEver(t *testing.T) {
	srv := serve(t, found(), nil)
	body := get(srv, "/").Body.String()
	addresses := regexp.MustCompile(`"(/assets/[^"]+)"`).FindAllStringSubmatch(body, -1)
	if len(addresses) != 3 {
		t.Fatalf("%d assets: %v", len(addresses), addresses)
	}
	for _, a := range addresses {
		w := get(srv, a[1])
		if w.Code != 200 || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" || w.Body.Len() == 0 {
			t.Errorf("%s: %d %v", a[1], w.Code, w.Header())
		}
		if strings.Contains(w.Body.String(), "/*") || strings.Contains(w.Body.String(), "\n\t") {
			t.Errorf("%s carries comments or indentation", a[1])
		}
	}
}

func TestTheAccessibilityStatementIsTheOperators(t *testing.T) {
	w := get(serve(t, found(), func(c *server.Config) { c.WasURL = "https://www.was.digst.dk/viden" }), "/was")
	if w.Code != http.StatusFound || w.Header().Get("Location") != "https://www.was.digst.dk/viden" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w = get(serve(t, found(), nil), "/was"); w.Code != 200 || !strings.Contains(w.Body.String(), "Tilgængelighedserklæring") {
		t.Errorf("without one: %d", w.Code)
	}
}

func TestASearchIsAFeed(t *testing.T) {
	s := found()
	w := get(serve(t, s, nil), "/feed.atom?q=stress&theme=trivsel&sort=title")
	var feed struct {
		XMLName xml.Name
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Updated string `xml:"updated"`
			Link    struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(w.Body.Bytes(), &feed); err != nil {
		t.Fatal(err)
	}
	if w.Header().Get("Content-Type") != "application/atom+xml; charset=utf-8" || feed.XMLName.Space != "http://www.w3.org/2005/Atom" || feed.Title != "Vidensbank: stress, Trivsel" || feed.Updated != "2013-01-01T00:00:00Z" {
		t.Errorf("%s %+v", w.Header().Get("Content-Type"), feed)
	}
	if len(feed.Entries) != 2 || feed.Entries[0].ID != "https://viden.example.dk/cases/jobcenter-lejre" || feed.Entries[0].Link.Href != feed.Entries[0].ID || feed.Entries[1].Updated != "1990-01-01T00:00:00Z" {
		t.Errorf("%+v", feed.Entries)
	}
	if s.Last().Sort != search.SortNewest {
		t.Errorf("sorted by %s", s.Last().Sort)
	}
}

func TestASearchIsASpreadsheetForDanishExcel(t *testing.T) {
	s := found()
	wild := search.Document{ID: "w", Title: `=HYPERLINK("x")`, Summary: "+1", Organisation: "@a", Workplace: "-2;3\n4"}
	s.OnSearch = func(_ context.Context, q search.Query) (*search.Result, error) {
		if q.Size != search.MaxSize {
			t.Errorf("size %d", q.Size)
		}
		r := &search.Result{Total: search.MaxSize + 1}
		if q.Page == 1 {
			for range search.MaxSize {
				r.Hits = append(r.Hits, search.Hit{Document: lejre})
			}
		} else {
			r.Hits = []search.Hit{{Document: wild}}
		}
		return r, nil
	}
	w := get(serve(t, s, nil), "/eksport.csv?q=stress")
	body := w.Body.String()
	if !strings.HasPrefix(body, "\uFEFFId;Titel;") || !strings.Contains(body, "\r\n") || strings.Contains(body, "sep=") || w.Header().Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("%v %.100q", w.Header(), body)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\uFEFF")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) != search.MaxSize+2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if want := []string{"jobcenter-lejre", lejre.Title, lejre.Summary, "Eksempel", "Beskæftigelse", "Stress, Trivsel", "Lejre", "Region Sjælland", "Lejre Kommune", "Jobcenter Lejre", "2013", "arbejdsmiljoweb.dk",
		"https://example.org/kilde", "https://viden.example.dk/cases/jobcenter-lejre"}; !slices.Equal(rows[1], want) {
		t.Errorf("%q", rows[1])
	}
	last := rows[len(rows)-1]
	if last[1] != `'=HYPERLINK("x")` || last[2] != "'+1" || last[8] != "'@a" || last[9] != "'-2;3\n4" {
		t.Errorf("unguarded: %q", last)
	}
}

func TestSearchEnginesFindEveryCase(t *testing.T) {
	srv := serve(t, found(), nil)
	var m struct {
		URLs []string `xml:"url>loc"`
	}
	if err := xml.Unmarshal(get(srv, "/sitemap.xml").Body.Bytes(), &m); err != nil {
		t.Fatal(err)
	}
	if want := []string{"https://viden.example.dk/", "https://viden.example.dk/om", "https://viden.example.dk/cases/jobcenter-lejre", "https://viden.example.dk/cases/aarhus"}; !slices.Equal(m.URLs, want) {
		t.Errorf("%q", m.URLs)
	}
	if body := get(srv, "/robots.txt").Body.String(); !strings.Contains(body, "Sitemap: https://viden.example.dk/sitemap.xml\n") {
		t.Error(body)
	}
}

func TestWithoutABaseURLAddressesFollowTheRequest(t *testing.T) {
	srv := serve(t, found(), func(c *server.Config) { c.BaseURL = "" })
	w := get(srv, "http://intra.example.dk:8080/sitemap.xml")
	if !strings.Contains(w.Body.String(), "<loc>http://intra.example.dk:8080/cases/aarhus</loc>") || !strings.HasPrefix(w.Header().Get("Cache-Control"), "private") {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
	r := httptest.NewRequest("GET", "/sitemap.xml", nil)
	r.Host = `evil"><x`
	bad := httptest.NewRecorder()
	srv.ServeHTTP(bad, r)
	if bad.Code != 400 || strings.Contains(bad.Body.String(), "<x") {
		t.Errorf("a bent host: %d %s", bad.Code, bad.Body)
	}
}

// firstView is the most that a first visit may load, uncompressed, in bytes.
const firstView = 60_000

func TestTheFirstViewIsLight(t *testing.T) {
	srv := serve(t, found(), nil)
	for _, path := range []string{"/", "/?q=stress", "/cases/jobcenter-lejre"} {
		body := get(srv, path).Body.String()
		sum := len(body)
		for _, a := range regexp.MustCompile(`"(/assets/[^"]+)"`).FindAllStringSubmatch(body, -1) {
			n := get(srv, a[1]).Body.Len()
			t.Logf("%s: %d bytes of %s", path, n, a[1])
			sum += n
		}
		t.Logf("%s: %d bytes of HTML, %d in all", path, len(body), sum)
		if sum > firstView {
			t.Errorf("%s weighs %d bytes, want at most %d", path, sum, firstView)
		}
		if n := strings.Count(body, `rel="stylesheet"`); n != 1 {
			t.Errorf("%s has %d style sheets", path, n)
		}
	}
}

func TestBothLanguagesSayTheSameThings(t *testing.T) {
	all := map[string]map[string]string{}
	for _, lang := range []string{"da", "en"} {
		b, err := os.ReadFile("texts/" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(b, &texts); err != nil {
			t.Fatal(err)
		}
		all[lang] = texts
	}
	place := regexp.MustCompile(`\{\w+\}`)
	sources := ""
	for _, pattern := range []string{"*.go", "templates/*.html", "static/*.js"} {
		files, err := os.ReadDir(strings.Split(pattern, "*")[0] + ".")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			name := strings.Split(pattern, "*")[0] + f.Name()
			if f.IsDir() || strings.HasSuffix(name, "_test.go") || !strings.HasSuffix(name, pattern[strings.LastIndex(pattern, "."):]) {
				continue
			}
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			sources += string(b)
		}
	}
	made := regexp.MustCompile(`^(facet\.(more|less|filter)|hint\.offer|sort|landing\.figure|suggest|error(\.detail)?)\.[^.]+(\.case)?$|^cases\.(one|other)$`) // keys that are put together
	for key, text := range all["da"] {
		other, ok := all["en"][key]
		if !ok {
			t.Errorf("English lacks %s", key)
		}
		a, b := place.FindAllString(text, -1), place.FindAllString(other, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%s has the places %v in Danish, %v in English", key, a, b)
		}
		if !made.MatchString(key) && !strings.Contains(sources, `"`+key+`"`) {
			t.Errorf("nothing says %s", key)
		}
	}
	for key := range all["en"] {
		if _, ok := all["da"][key]; !ok {
			t.Errorf("Danish lacks %s", key)
		}
	}
}
