package widget

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server"
	"github.com/vidensbank/vidensbank/server/web"
	"github.com/vidensbank/vidensbank/server/webtest"
)

// maxGzip is how heavy the element may be on the line.
const maxGzip = 12000

func serve(t *testing.T, s search.Searcher, change func(*server.Config)) http.Handler {
	t.Helper()
	cfg := server.Defaults()
	cfg.Parts = []web.Part{New}
	if change != nil {
		change(&cfg)
	}
	h, err := server.New(cfg, s, webtest.Taxonomy, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func get(h http.Handler, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func cases() *webtest.Searcher {
	return &webtest.Searcher{
		Now: search.Status{Generation: "g1", Cases: 383},
		Result: search.Result{
			Total: 25,
			Hits: []search.Hit{
				{Document: search.Document{ID: "lejre", Title: "Lejre", Sector: "beskaeftigelse", Themes: []string{"stress"}, Municipalities: []string{"Lejre"}, Workplace: "Jobcenter Lejre", Year: 2013},
					Highlight: search.Highlight{Title: "<mark>Stress</mark> &lt;b&gt;", Text: "Før <mark>stress</mark> &amp; efter"}},
				{Document: search.Document{ID: "a/b", Title: "<img src=x onerror=alert(1)>", Summary: "<script>alert(1)</script>", Organisation: "Aarhus Kommune", Municipalities: []string{"Aarhus"}}},
			},
			Facets: []search.Facet{
				{Name: "sector", Values: []search.FacetValue{{Value: "beskaeftigelse", Count: 3}}},
				{Name: "theme", Values: []search.FacetValue{{Value: "stress", Count: 12, Selected: true}, {Value: "trivsel", Count: 4}}},
				{Name: "municipality", Values: []search.FacetValue{{Value: "Aarhus", Count: 4}, {Value: "Lejre", Count: 2}}},
				{Name: "year"},
			},
			DidYouMean: &search.Suggestion{Text: "stress", Total: 9},
		},
	}
}

func TestTheElementWeighsUnderTwelveKilobytesCompressed(t *testing.T) {
	w := get(serve(t, cases(), nil), "/widget/v1/vidensbank.js", "Accept-Encoding", "gzip")
	if w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("isn't compressed: %v", w.Header())
	}
	zipped := w.Body.Len()
	r, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("vidensbank.js: %d bytes as sent, %d with gzip", len(plain), zipped)
	if zipped > maxGzip {
		t.Errorf("%d bytes, want at most %d", zipped, maxGzip)
	}
	if !bytes.Contains(plain, []byte("customElements.define('vidensbank-soeg'")) {
		t.Error("that isn't the element")
	}
}

func TestFilesAreServedForOtherSitesWithTheRightCache(t *testing.T) {
	h := serve(t, cases(), nil)
	for path, cache := range map[string]string{
		"/widget/v1/vidensbank.js":                 cacheNewest,
		"/widget/v1/iframe.js":                     cacheNewest,
		"/widget/v1/embed.css":                     cacheNewest,
		"/widget/" + Version + "/vidensbank.js":    cachePinned,
		"/widget/" + Version + "/iframe.js":        cachePinned,
		"/widget/0.0.1/vidensbank.js":              "",
		"/widget/v2/vidensbank.js":                 "",
		"/widget/v1/nothing.js":                    "",
		"/widget/" + Version + "/embed.css":        "",
		"/widget/v1/..%2fwidget.go":                "",
		"/widget/v1/":                              "",
		"/widget/":                                 "",
		"/widget/v1/releases/checksums.txt":        "",
		"/widget/" + Version + "/vidensbank.js/":   "",
		"/widget/" + Version + "/../vidensbank.js": "",
	} {
		w := get(h, path, "Origin", "https://intranet.example.dk")
		if cache == "" {
			if w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") == cachePinned {
				t.Errorf("%s: %d %v, want 404", path, w.Code, w.Header())
			}
			continue
		}
		for name, want := range map[string]string{
			"Cache-Control": cache, "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin", "X-Content-Type-Options": "nosniff",
		} {
			if got := w.Header().Get(name); w.Code != 200 || got != want {
				t.Errorf("%s: %d, %s is %q, want %q", path, w.Code, name, got, want)
			}
		}
		if again := get(h, path, "If-None-Match", w.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s: unchanged, but %d with %d bytes", path, again.Code, again.Body.Len())
		}
	}
}

func TestOnlyConfiguredOriginsMayLoadTheFilesByScript(t *testing.T) {
	h := serve(t, cases(), func(c *server.Config) { c.CORSOrigins = []string{"https://intranet.example.dk"} })
	for origin, want := range map[string]string{"https://intranet.example.dk": "https://intranet.example.dk", "https://intranet.example.dk.evil.org": ""} {
		if got := get(h, "/widget/v1/vidensbank.js", "Origin", origin).Header().Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s gets %q, want %q", origin, got, want)
		}
	}
}

func TestTheIntegrityLineOfTheBuilderIsThatOfTheServedBytes(t *testing.T) {
	h := serve(t, cases(), nil)
	page := get(h, "/indlejr").Body.String()
	for _, name := range released {
		path := "/widget/" + Version + "/" + name
		sum := sha512.Sum384(get(h, path).Body.Bytes())
		want := "http://example.com" + path + `" integrity="sha384-` + base64.StdEncoding.EncodeToString(sum[:]) + `"`
		if !strings.Contains(decode(page), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// decode undoes the escaping of a textarea's text.
func decode(page string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#43;", "+", "&amp;", "&").Replace(page)
}

func TestAReleasedFileNeverChanges(t *testing.T) {
	served, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	b, err := files.ReadFile("releases/checksums.txt")
	if err != nil {
		t.Fatal(err)
	}
	recorded := string(b)
	for version := range served {
		if version == newest {
			continue
		}
		for name, f := range served[version] {
			if line := version + " " + name + " " + f.integrity + "\n"; !strings.Contains(recorded, line) {
				t.Errorf("%s of version %s isn't what was released. Before the first release of %s, put this line into releases/checksums.txt; after it, keep the old file (see the package's comment):\n%s", name, version, version, line)
			}
		}
	}
	for line := range strings.Lines(recorded) {
		f := strings.Fields(line)
		if len(f) != 3 || served[f[0]][f[1]] == nil {
			t.Errorf("recorded, but not served: %s", line)
		}
	}
}

func TestOlderReleasesAreServedBesideTheNewest(t *testing.T) {
	old := fstest.MapFS{
		"vidensbank.js": {Data: []byte("new")}, "iframe.js": {Data: []byte("new")}, "releases/0.9.0/vidensbank.js": {Data: []byte("old")}, "releases/0.9.0/iframe.js": {Data: []byte("old")},
	}
	served, err := load(old)
	if err != nil {
		t.Fatal(err)
	}
	for version, want := range map[string]string{"v1": "new\n", Version: "new\n", "0.9.0": "old\n"} {
		if got := string(served[version]["vidensbank.js"].body); got != want {
			t.Errorf("%s is %q, want %q", version, got, want)
		}
	}
	old["releases/"+Version+"/vidensbank.js"] = &fstest.MapFile{Data: []byte("?")}
	if _, err := load(old); err == nil {
		t.Error("a version that is served twice was taken")
	}
	if _, err := load(fstest.MapFS{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without files: %v", err)
	}
}

func TestTheFramedPageSaysWhoMayFrameIt(t *testing.T) {
	for name, test := range map[string]struct {
		origins []string
		want    string
	}{
		"everyone": {[]string{"*"}, "frame-ancestors 'self' *"},
		"some":     {[]string{"https://a.dk", "https://b.dk"}, "frame-ancestors 'self' https://a.dk https://b.dk"},
	} {
		h := serve(t, cases(), func(c *server.Config) { c.EmbedOrigins = test.origins })
		for _, path := range []string{"/embed", "/embed?theme=nope"} {
			w := get(h, path)
			csp := w.Header().Get("Content-Security-Policy")
			if !strings.HasSuffix(csp, test.want) || w.Header().Get("X-Frame-Options") != "" {
				t.Errorf("%s, %s: %s, X-Frame-Options %q", name, path, csp, w.Header().Get("X-Frame-Options"))
			}
			if strings.Contains(csp, "unsafe") || !strings.Contains(csp, "script-src 'self'") {
				t.Errorf("%s: a lax policy: %s", name, csp)
			}
		}
	}
}

func TestTheFramedPageIsCompleteWithoutScript(t *testing.T) {
	s := cases()
	page := get(serve(t, s, nil), "/embed?q=stres&theme=stress&municipality=%C3%85rhus&locked=municipality&accent=abc&size=10").Body.String()
	for _, want := range []string{
		`<vidensbank-soeg heading-level="2" theme="stress" municipality="Aarhus" locked="municipality" facets="theme,sector" size="10" lang="da" scheme="light" accent="#aabbcc">`,
		`<form action="/embed" method="get">`,
		`name="q" type="text" value="stres"`,
		`<input type="hidden" name="municipality" value="Aarhus">`,
		`<input type="hidden" name="accent" value="aabbcc">`,
		`<input type="hidden" name="locked" value="municipality">`,
		`<input type="checkbox" name="theme" value="stress" checked> <span>Stress</span> <small>12</small>`,
		`Viser kun <b>Aarhus</b>`,
		`25 cases`,
		`Mente du <a href="/embed?q=stress&amp;theme=stress&amp;municipality=Aarhus&amp;locked=municipality&amp;accent=aabbcc">stress</a>?`,
		`<a href="/cases/lejre" target="_blank" rel="noopener"><mark>Stress</mark> &lt;b&gt;<span`,
		`<p class="text">Før <mark>stress</mark> &amp; efter</p>`,
		`<p class="meta">Jobcenter Lejre · Beskæftigelse · 2013</p>`,
		`<p class="meta">Aarhus Kommune</p>`,
		`<a href="/cases/a%2Fb" target="_blank" rel="noopener">&lt;img src=x onerror=alert(1)&gt;`,
		`&lt;script&gt;alert(1)&lt;/script&gt;`,
		`href="/embed?q=stres&amp;theme=stress&amp;municipality=Aarhus&amp;locked=municipality&amp;accent=aabbcc&amp;page=2"`,
		`href="/?q=stres&amp;theme=stress&amp;municipality=Aarhus" target="_blank" rel="noopener"`,
		`<meta name="robots" content="noindex">`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, bad := range []string{"<style", " style=", "onclick", "<script>", "<img", `name="municipality" value="Lejre"`} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
	if q := s.Last(); q.Size != 10 || q.Text != "stres" {
		t.Errorf("searched for %+v", q)
	}
	if t.Failed() {
		t.Log(page)
	}
}

func TestParametersOfTheFramedPage(t *testing.T) {
	h := serve(t, cases(), nil)
	for query, want := range map[string]string{ // of a good one a part of the page, of a bad one "!" and a part of the message
		"":                         `facets="theme,sector,municipality" size="10" lang="da" scheme="light">`,
		"utm_source=x&q=stress":    `value="stress"`,
		"facets=none":              `facets="none"`,
		"facets=year,theme":        `facets="year,theme"`,
		"facets=none&facets=theme": `facets="theme"`,
		"locked=all":               `lang="da" scheme="light">`, // nothing to lock
		"theme=stress&locked=all":  `theme="stress" locked="theme" facets="sector,municipality"`,
		"theme=stress&sector=beskaeftigelse&locked=theme": `locked="theme" facets="sector,municipality"`,
		"size=3":                             `size="3"`,
		"lang=en":                            `<html lang="en">`,
		"label=Find+%3Cb%3E":                 `label="Find &lt;b&gt;"`,
		"accent=%230F4C5C":                   `scheme="light">`, // the style sheet's own
		"accent=%23ABCDEF":                   `accent="#abcdef"`,
		"background=123":                     `<meta name="color-scheme" content="dark">`,
		"background=ffe":                     `<meta name="color-scheme" content="light">`,
		"scheme=auto":                        `<meta name="color-scheme" content="light dark">`,
		"municipality=Skjoldborg&locked=all": `municipality="Lejre,Roskilde" locked="municipality"`,
		"accent=red":                         "!»accent«",
		"accent=%23ff":                       "!»accent«",
		"accent=fff%3Bcolor:red":             "!»accent«",
		"accent=0b5a6g":                      "!»accent«",
		"background=url(//evil.org)":         "!»background«",
		"text=var(--x)":                      "!»text«",
		"scheme=pink":                        "!light, dark, auto",
		"facets=themes":                      "!sector, theme",
		"locked=nope&theme=stress":           "!»locked«",
		"theme=stre":                         "!ligner mest",
		"size=0":                             "!1 til 100",
		"size=101":                           "!1 til 100",
		"lang=sv":                            "!da, en",
		"label=" + strings.Repeat("x", 101):  "!100 tegn",
		"q=" + strings.Repeat("x", 501):      "!500 tegn",
		"accent=fff&accent=000":              "!højst én værdi",
		"scheme=%3Cscript%3Ealert(1)%3C%2Fscript%3E": "!&lt;script&gt;",
		"height=5": "!300",
	} {
		w := get(h, "/embed?"+query)
		message, bad := strings.CutPrefix(want, "!")
		status := 200
		if bad {
			status = 400
		}
		if w.Code != status || !strings.Contains(w.Body.String(), message) || strings.Contains(w.Body.String(), "<script>") {
			t.Errorf("%s: %d, want %d and %s:\n%s", query, w.Code, status, message, w.Body)
		}
		if bad && w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: a fault may be cached: %v", query, w.Header())
		}
	}
}

func TestTheFramedPageTellsOfAFailingSearchInsideTheFrame(t *testing.T) {
	s := cases()
	s.OnSearch = func(context.Context, search.Query) (*search.Result, error) { return nil, errors.New("disk on fire") }
	w := get(serve(t, s, nil), "/embed?q=stress")
	body := w.Body.String()
	if w.Code != 500 || strings.Contains(body, "fire") || !strings.Contains(body, "Søgningen kan ikke vises.") || !strings.Contains(body, `href="/?q=stress" target="_blank"`) {
		t.Errorf("%d: %s", w.Code, body)
	}
	if w.Header().Get("ETag") != "" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("a fault may be cached: %v", w.Header())
	}
}

func TestTheFramedPageAnswersItsETag(t *testing.T) {
	h := serve(t, cases(), nil)
	w := get(h, "/embed?q=a")
	if got := get(h, "/embed?q=a", "If-None-Match", w.Header().Get("ETag")); got.Code != http.StatusNotModified {
		t.Errorf("unchanged, but %d", got.Code)
	}
	if got := get(h, "/embed?q=b", "If-None-Match", w.Header().Get("ETag")); got.Code != http.StatusOK {
		t.Errorf("another search, but %d", got.Code)
	}
}

func TestSettingsHaveOneSpelling(t *testing.T) {
	site := &web.Site{Labels: webtest.Taxonomy, Searcher: cases()}
	for _, raw := range []string{
		"", "q=a&page=3", "theme=trivsel&theme=stress&locked=all", "theme=stress&sector=beskaeftigelse&locked=sector&facets=none",
		"accent=123&background=000&text=fff&scheme=dark&label=A&placeholder=B&lang=en&size=7", "municipality=0751&facets=theme&facets=year",
	} {
		a, err := parseSettings(site, raw)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(a.URL(1))
		if err != nil {
			t.Fatal(err)
		}
		b, err := parseSettings(site, u.RawQuery)
		if err != nil || b.URL(1) != a.URL(1) || !slices.Equal(a.Locked, b.Locked) || !slices.Equal(a.Facets, b.Facets) || a.Accent != b.Accent {
			t.Errorf("%s became %s, that %s (%v)", raw, a.URL(1), b.URL(1), err)
		}
	}
}

func TestValuesWithACommaAreWrittenWithABar(t *testing.T) {
	for want, values := range map[string][]string{
		"a,b": {"a", "b"}, "a": {"a"}, "": nil, "a, b|": {"a, b"}, "a, b|c|": {"a, b", "c"},
	} {
		s := settings{}
		s.Query.Filters = map[string][]string{"sector": values}
		if got := s.Attribute("sector"); got != want {
			t.Errorf("%q became %q, want %q", values, got, want)
		}
	}
}

func FuzzParseSettings(f *testing.F) {
	for _, seed := range []string{"q=a&theme=stress&locked=all", "accent=%23fff&facets=theme,year", "label=%00", "size=5&scheme=auto", "%zz", "a;b", "facets=none&facets=,"} {
		f.Add(seed)
	}
	site := &web.Site{Labels: webtest.Taxonomy, Searcher: cases()}
	f.Fuzz(func(t *testing.T, raw string) {
		s, err := parseSettings(site, raw)
		if err != nil {
			var invalid *search.InvalidError
			if !errors.As(err, &invalid) {
				t.Fatalf("%q: %T %v", raw, err, err)
			}
			return
		}
		for _, c := range []string{s.Accent, s.Background, s.Ink} {
			if c != "" && !regexp.MustCompile(`^#[0-9a-f]{6}$`).MatchString(c) {
				t.Fatalf("%q: colour %q", raw, c)
			}
		}
		u, err := url.Parse(s.URL(1))
		if err != nil {
			t.Fatalf("%q: %v", raw, err)
		}
		again, err := parseSettings(site, u.RawQuery)
		if err != nil || again.URL(1) != s.URL(1) {
			t.Fatalf("%q: %q became %q (%v)", raw, s.URL(1), again.URL(1), err)
		}
	})
}

func TestTheBuilderMakesCodesThatFollowTheChoices(t *testing.T) {
	h := serve(t, cases(), func(c *server.Config) {
		c.BaseURL, c.EmbedOrigins, c.WasURL = "https://vidensbank.example", []string{"https://intranet.example.dk"}, "https://was.example/erklaering"
	})
	w := get(h, "/indlejr?municipality=Aarhus&theme=&locked=all&facets=none&facets=theme&facets=year&accent=%23a31a5b&background=%23ffffff&text=%231b2528&scheme=light&lang=da&size=5&height=550&label=Find+%22cases%22")
	page := decode(decode(w.Body.String()))
	if w.Code != 200 {
		t.Fatalf("%d: %s", w.Code, page)
	}
	for _, want := range []string{
		`<iframe src="https://vidensbank.example/embed?municipality=Aarhus&locked=municipality&facets=theme,year&size=5`,
		`title="Find "cases"" width="100%" height="550" frameborder="0" loading="lazy"></iframe>`,
		`<vidensbank-soeg municipality="Aarhus" locked="municipality" facets="theme,year" `,
		`accent="#a31a5b"`,
		`<form action="https://vidensbank.example/" method="get">`,
		`<input type="hidden" name="municipality" value="Aarhus">`,
		`<a href="https://vidensbank.example/?municipality=Aarhus">Find "cases"</a>`,
		`frame-src https://vidensbank.example; script-src https://vidensbank.example`,
		`script-src https://vidensbank.example; connect-src https://vidensbank.example; form-action https://vidensbank.example`,
		`<code>https://intranet.example.dk</code>`,
		`HTML Field Security`,
		`https://was.example/erklaering`,
		`<iframe id="visning" src="/embed?municipality=Aarhus&locked=municipality`,
		`<option value="Aarhus" selected>Aarhus (4)</option>`,
		`name="locked" value="all" aria-describedby="v-locked-om" checked`,
		`name="facets" value="year" checked`,
	} {
		if !strings.Contains(strings.ReplaceAll(page, "%2C", ","), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, "background=") && strings.Contains(page, `background="#`) {
		t.Error("the style sheet's own colours stand in the codes")
	}
	if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "frame-src 'self'") || !strings.HasSuffix(strings.Split(csp, "; frame-src")[0], "frame-ancestors 'self'") {
		t.Errorf("policy: %s", csp)
	}
}

func TestTheBuilderWarnsOfColoursThatAreHardToRead(t *testing.T) {
	h := serve(t, cases(), nil)
	for query, want := range map[string]string{ // "" for no warning
		"accent=ffcc00":                        "kontrasten 1,5:1",
		"accent=ffcc00&lang=en":                "contrast of 1.5:1",
		"text=888888":                          "kontrasten 3,5:1",
		"accent=0f4c5c&background=0f4c5c":      "",
		"accent=0a6a61&background=083a41":      "Hovedfarven",
		"accent=86cfd9&background=11191b":      "",
		"accent=ffcc00&scheme=dark":            "",
		"background=11191b":                    "",
		"accent=a31a5b":                        "",
		"accent=a31a5b&background=ffffff":      "",
		"background=eeeeee&text=222222&size=9": "",
	} {
		page := get(h, "/indlejr?"+query).Body.String()
		if got := strings.Contains(page, "<p>Teksten har") || strings.Contains(page, "<p>Hovedfarven") || strings.Contains(page, "<p>The main colour"); got != (want != "") || !strings.Contains(page, want) {
			t.Errorf("%s: warned %t, want %q", query, got, want)
		}
	}
}

func TestTheBuilderTellsAFaultAndStaysUsable(t *testing.T) {
	w := get(serve(t, cases(), nil), "/indlejr?height=5&lang=en")
	if page := w.Body.String(); !strings.Contains(page, "These choices can’t be used.") || !strings.Contains(page, "»height«") || !strings.Contains(page, `id="kode-iframe"`) {
		t.Errorf("%d: %s", w.Code, page)
	}
}

func TestTheBuilderTakesNoHostThatIsNone(t *testing.T) {
	r := httptest.NewRequest("GET", "/indlejr", nil)
	r.Host = `evil.org"><script>`
	w := httptest.NewRecorder()
	serve(t, cases(), nil).ServeHTTP(w, r)
	if w.Code != 400 || strings.Contains(w.Body.String(), "<script>") {
		t.Errorf("%d: %s", w.Code, w.Body)
	}
}

func TestTextsAreTheSameKeysInBothLanguages(t *testing.T) {
	da, en := slices.Sorted(maps.Keys(texts[web.Danish])), slices.Sorted(maps.Keys(texts[web.English]))
	if !slices.Equal(da, en) {
		t.Errorf("Danish %v\nEnglish %v", da, en)
	}
	for lang, t1 := range texts {
		for key, v := range t1 {
			if strings.TrimSpace(v) == "" {
				t.Errorf("%s: %s is empty", lang, key)
			}
		}
	}
}

// TestTheTablesNameAllThatAHostCanSet compares the tables of /indlejr and the documentation with the module itself.
func TestTheTablesNameAllThatAHostCanSet(t *testing.T) {
	b, err := files.ReadFile("vidensbank.js")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("../../docs/embedding.md")
	if err != nil {
		t.Fatal(err)
	}
	js := string(b)
	all := func(pattern string) []string {
		var names []string
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(js, -1) {
			names = append(names, m[1])
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
	inTable := func(table [][2]string) []string {
		var names []string
		for _, row := range table {
			names = append(names, row[0])
			if !bytes.Contains(doc, []byte("`"+row[0]+"`")) {
				t.Errorf("docs/embedding.md lacks %s", row[0])
			}
		}
		slices.Sort(names)
		return names
	}
	list := regexp.MustCompile(`observedAttributes = \[([^\]]*)\]`).FindStringSubmatch(js)
	if list == nil {
		t.Fatal("no observed attributes")
	}
	var observed []string
	for _, m := range regexp.MustCompile(`'([a-z-]+)'`).FindAllStringSubmatch(list[1], -1) {
		observed = append(observed, m[1])
	}
	observed = append(observed, search.Facets...)
	slices.Sort(observed)
	for name, pair := range map[string][2][]string{
		"attributes": {observed, inTable(attributes)},
		"variables":  {all(`var\((--vb-[a-z-]+)`), inTable(variables)},
		"parts":      {all(`part: '([a-z-]+)'`), inTable(parts)},
		"events":     {all(`CustomEvent\('([a-z-]+)'`), inTable(events)},
	} {
		if !slices.Equal(pair[0], pair[1]) {
			t.Errorf("%s of the module: %v\nin the table: %v", name, pair[0], pair[1])
		}
	}
}

func TestTheModuleHasNothingThatAStrictHostForbids(t *testing.T) {
	for _, name := range []string{"vidensbank.js", "iframe.js", "assets/embed.js", "assets/indlejr.js"} {
		b, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "localStorage", "sessionStorage", "indexedDB", "document.cookie", "createElement('style')", "'style'", "setHTMLUnsafe"} {
			if strings.Contains(string(b), bad) {
				t.Errorf("%s has %s", name, bad)
			}
		}
		for _, m := range regexp.MustCompile(`https?://[a-z.]+`).FindAllString(string(b), -1) {
			if m != "https://vidensbank.example" {
				t.Errorf("%s names %s", name, m)
			}
		}
	}
}

func TestContrastIsThatOfWCAG(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want string
	}{{"#ffffff", "#000000", "21.00"}, {"#777777", "#ffffff", "4.48"}, {"#0f4c5c", "#0f4c5c", "1.00"}, {"#ff0000", "#ffffff", "4.00"}} {
		if got := fmt.Sprintf("%.2f", contrast(test.a, test.b)); got != test.want {
			t.Errorf("%s on %s: %s, want %s", test.a, test.b, got, test.want)
		}
	}
}
