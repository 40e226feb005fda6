package server_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server"
	"github.com/vidensbank/vidensbank/server/web"
	"github.com/vidensbank/vidensbank/server/webtest"
)

// logged is a log that a test can read while the server writes.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// start makes a server whose configuration is the default with a change.
func start(t *testing.T, s search.Searcher, change func(*server.Config)) (*server.Server, *logged) {
	t.Helper()
	cfg := server.Defaults()
	if change != nil {
		change(&cfg)
	}
	out := &logged{}
	srv, err := server.New(cfg, s, webtest.Taxonomy, slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	return srv, out
}

// ask sends a request; headers are name, value, name, value.
func ask(h http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func problem(t *testing.T, w *httptest.ResponseRecorder) web.Problem {
	t.Helper()
	var p web.Problem
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type is %q: %s", got, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	if p.Status != w.Code {
		t.Errorf("the problem says %d, the status is %d", p.Status, w.Code)
	}
	return p
}

func cases() *webtest.Searcher {
	lejre := search.Document{ID: "lejre", Title: "Jobcenter Lejre forebygger stress", Kind: "eksempel", Sector: "beskaeftigelse", Themes: []string{"stress", "nyt"},
		Municipalities: []string{"Lejre"}, Region: "sjaelland", Year: 2013, Organisation: "Lejre Kommune", Tools: []string{"APV"},
		Source: search.Source{Publisher: "arbejdsmiljoweb.dk", URL: "https://example.dk/a"}, Sections: []search.Section{{Heading: "Udfordring", Body: "**Meget** at lave"}}}
	odd := search.Document{ID: "a/b+c d", Title: "Skråstreg"}
	return &webtest.Searcher{
		Now:       search.Status{Generation: "g1", Cases: 383},
		Documents: []search.Document{lejre, odd},
		Result: search.Result{
			Total: 45, Generation: "g1", Cases: 383,
			Hits: []search.Hit{
				{Document: lejre, Score: 2.5, Highlight: search.Highlight{Title: "<mark>stress</mark> &amp; jag", Text: "…"}, Matched: []string{"stressforebyggende"}},
				{Document: odd},
			},
			Facets:     []search.Facet{{Name: "sector", Values: []search.FacetValue{{Value: "beskaeftigelse", Count: 3, Selected: true}}}, {Name: "year", Values: []search.FacetValue{{Value: "2013", Count: 1}}}, {Name: "kind"}},
			DidYouMean: &search.Suggestion{Text: "stress", Total: 7},
			Unmatched:  []string{"qwerty"},
			Offers:     []search.Offer{{Facet: "municipality", Value: "Aarhus", Word: "Århus", Rest: "stress", Count: 2}},
			Relaxed:    []search.Relaxed{{Text: "stress", Filters: map[string][]string{"theme": {"stress"}}, Dropped: "Lejre", Total: 4}},
		},
		Completions: []search.Completion{
			{Kind: "word", Text: "stress", Count: 9}, {Kind: "theme", Text: "Stress", Value: "stress", Count: 8}, {Kind: "case", Text: "Skråstreg", Value: "a/b+c d", Count: 1}},
	}
}

func TestSearchAnswersInTheShapeOfTheContract(t *testing.T) {
	s := cases()
	srv, _ := start(t, s, nil)
	w := ask(srv, "GET", "/api/v1/search?q=stress&sector=beskaeftigelse&municipality=%C3%85rhus&page=2")
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	if !strings.Contains(w.Body.String(), `<mark>stress</mark> &amp; jag`) {
		t.Errorf("the highlight isn't as it was made: %s", w.Body)
	}
	var got map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if ms, ok := got["took_ms"].(float64); !ok || ms < 0 {
		t.Errorf("took_ms is %v", got["took_ms"])
	}
	delete(got, "took_ms")
	var want map[string]any
	if err := json.Unmarshal([]byte(`{
	 "query":{"q":"stress","filters":{"sector":["beskaeftigelse"],"municipality":["Aarhus"]},"sort":"relevance","page":2,"size":20},
	 "total":45, "index":{"generation":"g1","cases":383},
	 "hits":[
	  {"id":"lejre","title":"Jobcenter Lejre forebygger stress","summary":"","url":"/cases/lejre","kind":"eksempel","sector":"beskaeftigelse","themes":["stress","nyt"],
	   "municipalities":["Lejre"],"region":"sjaelland","organisation":"Lejre Kommune","workplace":"","year":2013,
	   "labels":{"kind":"Eksempel","sector":"Beskæftigelse","themes":["Stress","nyt"],"region":"Region Sjælland"},
	   "score":2.5,"highlight":{"title":"<mark>stress</mark> &amp; jag","text":"…"},"matched":["stressforebyggende"]},
	  {"id":"a/b+c d","title":"Skråstreg","summary":"","url":"/cases/a%2Fb+c%20d","kind":"","sector":"","themes":[],"municipalities":[],"region":"","organisation":"","workplace":"","year":null,
	   "labels":{"kind":"","sector":"","themes":[],"region":""},"score":0,"highlight":{"title":"","text":""},"matched":[]}],
	 "facets":[
	  {"name":"sector","label":"Sektor","values":[{"value":"beskaeftigelse","label":"Beskæftigelse","count":3,"selected":true}]},
	  {"name":"year","label":"År","values":[{"value":"2013","label":"2013","count":1,"selected":false}]},
	  {"name":"kind","label":"Type","values":[]}],
	 "did_you_mean":{"text":"stress","total":7},
	 "unmatched":["qwerty"],
	 "offers":[{"facet":"municipality","value":"Aarhus","label":"Aarhus","word":"Århus","rest":"stress","count":2,"url":"/?q=stress&sector=beskaeftigelse&municipality=Aarhus"}],
	 "relaxed":[{"q":"stress","filters":{"theme":["stress"]},"dropped":"Lejre","total":4,"url":"/?q=stress&theme=stress"}]}`), &want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if q := s.Last(); q.Text != "stress" || q.Page != 2 || !reflect.DeepEqual(q.Filters["municipality"], []string{"Aarhus"}) {
		t.Errorf("the engine was asked %+v", q)
	}
	wantLinks := []string{`</api/v1/search?q=stress&sector=beskaeftigelse&municipality=Aarhus>; rel="prev"`, `</api/v1/search?q=stress&sector=beskaeftigelse&municipality=Aarhus&page=3>; rel="next"`}
	if got := w.Header().Values("Link"); !reflect.DeepEqual(got, wantLinks) {
		t.Errorf("Link is %q", got)
	}
}

func TestAnEmptyResultHasEmptyListsAndNoNullButDidYouMean(t *testing.T) {
	srv, _ := start(t, &webtest.Searcher{}, nil)
	w := ask(srv, "GET", "/api/v1/search?q=qwerty")
	body := w.Body.String()
	for _, part := range []string{`"hits":[]`, `"facets":[]`, `"did_you_mean":null`, `"unmatched":[]`, `"offers":[]`, `"relaxed":[]`, `"filters":{}`} {
		if !strings.Contains(body, part) {
			t.Errorf("%s is missing: %s", part, body)
		}
	}
	if l := w.Header().Values("Link"); l != nil {
		t.Errorf("Link is %q", l)
	}
}

func TestExplainIsThereOnlyWhereAsked(t *testing.T) {
	s := &webtest.Searcher{OnSearch: func(_ context.Context, q search.Query) (*search.Result, error) {
		h := search.Hit{Document: search.Document{ID: "a"}}
		if q.Explain {
			h.Explain = []search.Matched{{Word: "stres", Term: "stress", How: "spelling", Weight: .5, Score: 1.5}}
		}
		return &search.Result{Total: 1, Hits: []search.Hit{h}}, nil
	}}
	srv, _ := start(t, s, nil)
	if b := ask(srv, "GET", "/api/v1/search?q=stres&explain=true").Body.String(); !strings.Contains(b, `"explain":[{"word":"stres","term":"stress","how":"spelling","weight":0.5,"score":1.5}]`) {
		t.Error(b)
	}
	if b := ask(srv, "GET", "/api/v1/search?q=stres").Body.String(); strings.Contains(b, "explain") {
		t.Error(b)
	}
}

func TestTheOtherRoutesAnswer(t *testing.T) {
	srv, _ := start(t, cases(), nil)
	for name, test := range map[string]struct {
		target string
		status int
		want   string // part of the body
	}{
		"completions, each with where it leads":        {"/api/v1/suggest?q=st", 200, `{"query":"st","suggestions":[{"kind":"word","text":"stress","value":"","url":"/?q=stress","count":9},{"kind":"theme","text":"Stress","value":"stress","url":"/?theme=stress","count":8},{"kind":"case","text":"Skråstreg","value":"a/b+c d","url":"/cases/a%2Fb+c%20d","count":1}]}`},
		"one completion":                               {"/api/v1/suggest?q=st&limit=1", 200, `{"query":"st","suggestions":[{"kind":"word","text":"stress","value":"","url":"/?q=stress","count":9}]}`},
		"no text to complete":                          {"/api/v1/suggest", 200, `{"query":"",`},
		"21 completions are too many":                  {"/api/v1/suggest?q=st&limit=21", 400, "et helt tal fra 1 til 20"},
		"a parameter that completions don't have":      {"/api/v1/suggest?q=st&theme=stress", 400, "kun parametrene q, limit"},
		"a whole case":                                 {"/api/v1/cases/lejre", 200, `"tools":["APV"],"source":{"publisher":"arbejdsmiljoweb.dk","url":"https://example.dk/a","more":[]},"sections":[{"heading":"Udfordring","body":"**Meget** at lave"}]}`},
		"a case with labels in English":                {"/api/v1/cases/lejre?lang=en", 200, `"labels":{"kind":"en:Eksempel","sector":"en:Beskæftigelse","themes":["en:Stress","nyt"],"region":"en:Region Sjælland"}`},
		"a case whose id needs escaping":               {"/api/v1/cases/a%2Fb+c%20d", 200, `"id":"a/b+c d"`},
		"a case that doesn't exist":                    {"/api/v1/cases/findes-ikke", 404, "Der er ingen case med det navn i vidensbanken."},
		"an id that is no text":                        {"/api/v1/cases/%ff", 404, "Der er ingen case med det navn i vidensbanken."},
		"a parameter that a case doesn't have":         {"/api/v1/cases/lejre?q=a", 400, "kun parametrene lang"},
		"similar cases":                                {"/api/v1/cases/lejre/similar", 200, `{"id":"lejre","hits":[{"id":"a/b+c d"`},
		"similar cases of one whose id needs escaping": {"/api/v1/cases/a%2Fb+c%20d/similar?limit=1&lang=en", 200, `{"id":"a/b+c d","hits":[{"id":"lejre"`},
		"no similar case":                              {"/api/v1/cases/lejre/similar?limit=0", 400, "et helt tal fra 1 til 20"},
		"similar cases of none":                        {"/api/v1/cases/findes-ikke/similar", 404, "Casen findes ikke"},
		"the description":                              {"/api/v1/openapi.json", 200, `"openapi": "3.1.0"`},
		"a path under the API":                         {"/api/v2/search", 404, "Siden findes ikke"},
		"a slash too many":                             {"/api/v1/search/", 404, "Siden findes ikke"},
		"alive":                                        {"/healthz", 200, `{"status":"ok"}`},
		"ready":                                        {"/readyz", 200, `{"status":"ok","generation":"g1","cases":383}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := ask(srv, "GET", test.target)
			if w.Code != test.status || !strings.Contains(w.Body.String(), test.want) {
				t.Errorf("%d %s\nwant %d %s", w.Code, w.Body, test.status, test.want)
			}
			if test.status >= 400 {
				problem(t, w)
				if cc := w.Header().Get("Cache-Control"); cc != "no-store" || w.Header().Get("ETag") != "" {
					t.Errorf("a fault may be kept: Cache-Control %q, ETag %q", cc, w.Header().Get("ETag"))
				}
			}
		})
	}
}

func TestABadParameterIsAProblemInDanish(t *testing.T) {
	srv, _ := start(t, cases(), nil)
	w := ask(srv, "GET", "/api/v1/search?theme=stres")
	p := problem(t, w)
	want := web.Problem{Type: "urn:problem-type:vidensbank:invalid-parameter", Title: "Ugyldig parameter", Status: 400, Parameter: "theme",
		Detail: "Parameteren »theme« kan ikke være »stres«. Tilladt: et tema fra taksonomien; »stress« ligner mest.", RequestID: w.Header().Get("X-Request-ID")}
	if p != want || p.RequestID == "" || w.Header().Get("Content-Language") != "da" {
		t.Errorf("got  %+v\nwant %+v", p, want)
	}
}

func TestAnOpenTaxonomyTakesAnyValue(t *testing.T) {
	s := cases()
	srv, _ := start(t, s, func(c *server.Config) { c.OpenTaxonomy = true })
	if w := ask(srv, "GET", "/api/v1/search?theme=noget+helt+andet"); w.Code != 200 || s.Last().Filters["theme"][0] != "noget helt andet" {
		t.Errorf("%d %s, asked %+v", w.Code, w.Body, s.Last())
	}
}

func TestAnAnswerThatTheClientHasIsNotSentAgain(t *testing.T) {
	s := cases()
	srv, _ := start(t, s, nil)
	first := ask(srv, "GET", "/api/v1/search?q=stress&theme=trivsel&theme=stress")
	tag := first.Header().Get("ETag")
	if !strings.HasPrefix(tag, `W/"`) || first.Header().Get("Cache-Control") != "public, max-age=60" {
		t.Fatalf("ETag %q, Cache-Control %q", tag, first.Header().Get("Cache-Control"))
	}
	searched := 0
	s.OnSearch = func(context.Context, search.Query) (*search.Result, error) { searched++; return &search.Result{}, nil }
	for name, test := range map[string]struct {
		target, have string
		status       int
	}{
		"the same search":                  {"/api/v1/search?q=stress&theme=trivsel&theme=stress", tag, 304},
		"the same search, spelled anew":    {"/api/v1/search?theme=stress&page=1&theme=trivsel&q=+stress", tag, 304},
		"one of several tags":              {"/api/v1/search?q=stress&theme=trivsel&theme=stress", `"x", ` + tag, 304},
		"the same tag, called strong":      {"/api/v1/search?q=stress&theme=trivsel&theme=stress", strings.TrimPrefix(tag, "W/"), 304},
		"another page":                     {"/api/v1/search?q=stress&theme=trivsel&theme=stress&page=2", tag, 200},
		"another language":                 {"/api/v1/search?q=stress&theme=trivsel&theme=stress&lang=en", tag, 200},
		"another tag":                      {"/api/v1/search?q=stress&theme=trivsel&theme=stress", `W/"x"`, 200},
		"a tag can't hide a bad parameter": {"/api/v1/search?q=stress&page=0", tag, 400},
	} {
		before := searched
		w := ask(srv, "GET", test.target, "If-None-Match", test.have)
		if w.Code != test.status {
			t.Errorf("%s: %d, want %d", name, w.Code, test.status)
		}
		if w.Code == 304 && (w.Body.Len() > 0 || w.Header().Get("ETag") != tag || searched != before) {
			t.Errorf("%s: a body of %d bytes, ETag %q, searched %d times", name, w.Body.Len(), w.Header().Get("ETag"), searched-before)
		}
	}
	s.Now.Generation = "g2"
	if w := ask(srv, "GET", "/api/v1/search?q=stress&theme=trivsel&theme=stress", "If-None-Match", tag); w.Code != 200 {
		t.Errorf("a new generation: %d", w.Code)
	}
}

func TestMethods(t *testing.T) {
	srv, _ := start(t, cases(), nil)
	for name, test := range map[string]struct {
		method, target string
		status         int
		allow          string
	}{
		"HEAD is GET without a body":            {"HEAD", "/api/v1/search?q=a", 200, ""},
		"HEAD of a fault":                       {"HEAD", "/api/v1/search?page=0", 400, ""},
		"POST can't search":                     {"POST", "/api/v1/search", 405, "GET, HEAD"},
		"DELETE can't delete":                   {"DELETE", "/api/v1/cases/lejre", 405, "GET, HEAD"},
		"an invented method":                    {"BREW", "/healthz", 405, "GET, HEAD"},
		"OPTIONS says what is allowed":          {"OPTIONS", "/api/v1/search", 204, "GET, HEAD, OPTIONS"},
		"OPTIONS of a path that isn't shared":   {"OPTIONS", "/healthz", 405, "GET, HEAD"},
		"POST to nothing is nothing, not a 405": {"POST", "/findes-ikke", 404, ""},
		"GET of nothing":                        {"GET", "/findes-ikke", 404, ""},
	} {
		w := ask(srv, test.method, test.target)
		if w.Code != test.status || w.Header().Get("Allow") != test.allow {
			t.Errorf("%s: %d, Allow %q; want %d, %q", name, w.Code, w.Header().Get("Allow"), test.status, test.allow)
		}
		if w.Code == 405 && problem(t, w).Detail != "Her kan man kun læse: brug GET eller HEAD." {
			t.Errorf("%s: %s", name, w.Body)
		}
	}
}

func TestHEADAnswersTheHeadersOfGETOverTheWire(t *testing.T) {
	srv, _ := start(t, cases(), nil)
	ts := httptest.NewServer(srv)
	defer ts.Close()
	get, err := http.Get(ts.URL + "/api/v1/cases/lejre")
	if err != nil {
		t.Fatal(err)
	}
	defer get.Body.Close()
	head, err := http.Head(ts.URL + "/api/v1/cases/lejre")
	if err != nil {
		t.Fatal(err)
	}
	defer head.Body.Close()
	body, err := io.ReadAll(head.Body)
	if err != nil || len(body) > 0 || head.StatusCode != 200 {
		t.Errorf("HEAD: %d, %d bytes, %v", head.StatusCode, len(body), err)
	}
	for _, h := range []string{"Content-Type", "ETag", "Cache-Control", "Content-Security-Policy"} {
		if get.Header.Get(h) == "" || get.Header.Get(h) != head.Header.Get(h) {
			t.Errorf("%s: GET %q, HEAD %q", h, get.Header.Get(h), head.Header.Get(h))
		}
	}
}

func TestCORSOfTheAPI(t *testing.T) {
	srv, _ := start(t, cases(), func(c *server.Config) { c.CORSOrigins = []string{"https://Intranet.dk:443"} })
	pre := ask(srv, "OPTIONS", "/api/v1/search?q=a", "Origin", "https://intranet.dk", "Access-Control-Request-Method", "GET")
	for header, want := range map[string]string{"Access-Control-Allow-Origin": "https://intranet.dk", "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
		"Access-Control-Allow-Headers": "If-None-Match", "Access-Control-Max-Age": "7200", "Access-Control-Allow-Credentials": "", "Vary": "Origin"} {
		if got := strings.TrimPrefix(strings.Join(pre.Header().Values(header), ", "), "Accept-Encoding, "); pre.Code != 204 || got != want {
			t.Errorf("preflight: %d, %s is %q, want %q", pre.Code, header, got, want)
		}
	}
	for name, target := range map[string]string{"an answer": "/api/v1/search?q=a", "a fault": "/api/v1/search?page=0", "no such path": "/api/x"} {
		w := ask(srv, "GET", target, "Origin", "https://intranet.dk")
		if h := w.Header(); h.Get("Access-Control-Allow-Origin") != "https://intranet.dk" || h.Get("Access-Control-Expose-Headers") != "ETag, Link" || h.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
			t.Errorf("%s: %v", name, h)
		}
	}
	evil := ask(srv, "OPTIONS", "/api/v1/search", "Origin", "https://intranet.dk.evil.org", "Access-Control-Request-Method", "GET")
	if evil.Code != 204 || evil.Header().Get("Access-Control-Allow-Origin") != "" || evil.Header().Get("Access-Control-Allow-Methods") != "" {
		t.Errorf("another origin: %d %v", evil.Code, evil.Header())
	}
}

func TestEveryAnswerHasTheSecurityHeaders(t *testing.T) {
	srv, _ := start(t, cases(), nil)
	for _, target := range []string{"/api/v1/search", "/api/v1/search?page=0", "/findes-ikke", "/healthz", "/metrics"} {
		h := ask(srv, "GET", target).Header()
		for name, want := range map[string]string{
			"Content-Security-Policy":    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'self'",
			"X-Content-Type-Options":     "nosniff",
			"Referrer-Policy":            "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin",
			"X-Frame-Options":            "SAMEORIGIN",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", target, name, h.Get(name), want)
			}
		}
		if h.Get("Permissions-Policy") == "" || len(h.Get("X-Request-ID")) != 16 || h.Get("Set-Cookie") != "" {
			t.Errorf("%s: %v", target, h)
		}
	}
}

func TestRequestIDs(t *testing.T) {
	srv, _ := start(t, cases(), nil)
	for id, kept := range map[string]bool{"abcDEF-123_xyz": true, "kort": false, strings.Repeat("a", 65): false, "a b c d e f g h": false, "aaaaaaaa\"bbbb": false} {
		if got := ask(srv, "GET", "/healthz", "X-Request-ID", id).Header().Get("X-Request-ID"); (got == id) != kept || got == "" {
			t.Errorf("%q became %q", id, got)
		}
	}
}

func TestTextIsCompressedForWhoTakesIt(t *testing.T) {
	srv, _ := start(t, cases(), nil)
	w := ask(srv, "GET", "/api/v1/openapi.json", "Accept-Encoding", "gzip")
	if w.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Accept-Encoding") {
		t.Fatalf("%v", w.Header())
	}
	size := w.Body.Len()
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil || len(body) < 3*size || !json.Valid(body) {
		t.Errorf("%d bytes became %d: %v", size, len(body), err)
	}
	if plain := ask(srv, "GET", "/api/v1/openapi.json"); plain.Header().Get("Content-Encoding") != "" || !bytes.Equal(plain.Body.Bytes(), body) {
		t.Error("who doesn't ask for gzip doesn't get the same plain text")
	}
	if small := ask(srv, "GET", "/healthz", "Accept-Encoding", "gzip"); small.Header().Get("Content-Encoding") != "" {
		t.Error("a small answer was compressed")
	}
}

func TestFaultsOfTheEngineLeakNothing(t *testing.T) {
	type answer = func(context.Context, search.Query) (*search.Result, error)
	for name, test := range map[string]struct {
		answer answer
		status int
		detail string
	}{
		"an unknown error": {func(context.Context, search.Query) (*search.Result, error) { return nil, errors.New("hemmelig sti") }, 500, "Fejlen ligger hos os og er skrevet i loggen. Prøv igen om lidt."},
		"a panic":          {func(context.Context, search.Query) (*search.Result, error) { panic("hemmelig sti") }, 500, "Fejlen ligger hos os og er skrevet i loggen. Prøv igen om lidt."},
		"an answer that isn't JSON": {func(context.Context, search.Query) (*search.Result, error) {
			return &search.Result{Hits: []search.Hit{{Score: nan()}}}, nil
		}, 500, "Fejlen ligger hos os og er skrevet i loggen. Prøv igen om lidt."},
		"a query that it can't take": {func(context.Context, search.Query) (*search.Result, error) {
			return nil, &search.InvalidError{Param: "q", Want: "mindst ét ord"}
		}, 400, "Parameteren »q« er ugyldig. Tilladt: mindst ét ord."},
	} {
		t.Run(name, func(t *testing.T) {
			srv, out := start(t, &webtest.Searcher{OnSearch: test.answer}, nil)
			w := ask(srv, "GET", "/api/v1/search?q=a")
			p := problem(t, w)
			if p.Status != test.status || p.Detail != test.detail || strings.Contains(w.Body.String(), "hemmelig") {
				t.Errorf("%s", w.Body)
			}
			if test.status == 500 && !strings.Contains(out.String(), "request_id="+p.RequestID) {
				t.Errorf("the log doesn't name the request: %s", out)
			}
			if strings.Contains(test.detail, "loggen") && name != "an answer that isn't JSON" && !strings.Contains(out.String(), "hemmelig sti") {
				t.Errorf("the cause isn't in the log: %s", out)
			}
			if w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Error("the security headers are missing")
			}
		})
	}
}

func nan() float64 { zero := 0.0; return zero / zero }

func TestASearchThatTakesTooLongIsStoppedAndAnswered(t *testing.T) {
	for name, answer := range map[string]func(context.Context) error{
		"the engine says why":                func(ctx context.Context) error { return fmt.Errorf("search: %w", ctx.Err()) },
		"the engine calls it something else": func(context.Context) error { return errors.New("interrupted") },
	} {
		s := &webtest.Searcher{OnSearch: func(ctx context.Context, _ search.Query) (*search.Result, error) {
			<-ctx.Done()
			return nil, answer(ctx)
		}}
		srv, _ := start(t, s, func(c *server.Config) { c.RequestTimeout = time.Millisecond })
		w := ask(srv, "GET", "/api/v1/search?q=a")
		if p := problem(t, w); p.Status != 503 || p.Detail != "Søgningen blev ikke færdig i tide. Prøv igen om lidt." || w.Header().Get("Retry-After") != "5" {
			t.Errorf("%s: %s %v", name, w.Body, w.Header())
		}
	}
}

func TestAClientThatLeavesIsLoggedAs499AndNotAsOurFault(t *testing.T) {
	left, leave := context.WithCancel(context.Background())
	s := &webtest.Searcher{OnSearch: func(ctx context.Context, _ search.Query) (*search.Result, error) {
		leave()
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	srv, out := start(t, s, nil)
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, httptest.NewRequest("GET", "/api/v1/search?q=a", nil).WithContext(left))
	if w.Body.Len() > 0 || !strings.Contains(out.String(), "status=499") || strings.Contains(out.String(), "level=ERROR") {
		t.Errorf("%q\n%s", w.Body, out)
	}
}

func TestReadinessIsARealSearch(t *testing.T) {
	for name, test := range map[string]struct {
		result *search.Result
		err    error
		status int
		detail string
	}{
		"an index with cases, though none is found": {&search.Result{Cases: 3, Generation: "g"}, nil, 200, ""},
		"an empty index":                  {&search.Result{}, nil, 503, "Der er ingen cases at søge i endnu."},
		"an engine that fails":            {nil, errors.New("closed"), 503, "Søgningen svarer ikke endnu."},
		"an engine that blames the probe": {nil, &search.InvalidError{Param: "q"}, 503, "Søgningen svarer ikke endnu."},
	} {
		s := &webtest.Searcher{OnSearch: func(context.Context, search.Query) (*search.Result, error) { return test.result, test.err }}
		srv, _ := start(t, s, nil)
		w := ask(srv, "GET", "/readyz")
		if w.Code != test.status || s.Last().Text == "" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v, asked %+v", name, w.Code, w.Header(), s.Last())
		}
		if test.status != 200 && problem(t, w).Detail != test.detail {
			t.Errorf("%s: %s", name, w.Body)
		}
	}
}

func TestMetricsCountWithoutTellingWhoOrWhat(t *testing.T) {
	s := cases()
	srv, _ := start(t, s, nil)
	ask(srv, "GET", "/api/v1/search?q=hemmeligt")
	s.Result.Total = 0
	ask(srv, "GET", "/api/v1/search?q=hemmeligt")
	ask(srv, "GET", "/api/v1/cases/hemmelig")
	ask(srv, "BREW", "/hemmelig/sti")
	ask(srv, "GET", "/readyz")
	body := ask(srv, "GET", "/metrics").Body.String()
	for _, line := range []string{
		`vidensbank_http_requests_total{method="GET",route="/api/v1/search",status="200"} 2`,
		`vidensbank_http_requests_total{method="GET",route="/api/v1/cases/:id",status="404"} 1`,
		`vidensbank_http_requests_total{method="other",route="none",status="404"} 1`,
		`vidensbank_http_request_duration_seconds_count{route="/api/v1/search",status="200"} 2`,
		`vidensbank_http_requests_in_flight 1`,
		`vidensbank_index_cases 383`,
		`vidensbank_index_info{generation="g1"} 1`,
		`vidensbank_searches_total 2`,
		`vidensbank_searches_without_hits_total 1`,
	} {
		if !strings.Contains(body, "\n"+line+"\n") {
			t.Errorf("%s is missing", line)
		}
	}
	if strings.Contains(body, "hemmelig") || strings.Contains(body, "192.0.2.1") {
		t.Error("the metrics tell what was asked, or by whom")
	}
}

func TestTheLogTellsNeitherWhoNorWhat(t *testing.T) {
	srv, out := start(t, cases(), nil)
	r := httptest.NewRequest("GET", "/api/v1/search?q=hemmeligt+ord&theme=stress", nil)
	r.RemoteAddr = "203.0.113.9:4711"
	r.Header.Set("X-Forwarded-For", "203.0.113.10")
	r.Header.Set("User-Agent", "browseren")
	srv.ServeHTTP(httptest.NewRecorder(), r)
	ask(srv, "GET", "/hemmeligt/sti")
	ask(srv, "GET", "/api/v1/cases/hemmeligt")
	text := out.String()
	for _, secret := range []string{"203.0.113", "hemmeligt", "stress", "browseren", "192.0.2.1"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log tells %q:\n%s", secret, text)
		}
	}
	for _, fact := range []string{"method=GET", "route=/api/v1/search", "route=/api/v1/cases/:id", "status=200", "status=404", "ms=", "bytes=", "request_id="} {
		if !strings.Contains(text, fact) {
			t.Errorf("the log doesn't tell %q:\n%s", fact, text)
		}
	}
}

func TestABodyIsRefused(t *testing.T) {
	srv, _ := start(t, cases(), nil)
	r := httptest.NewRequest("GET", "/api/v1/search", strings.NewReader(strings.Repeat("a", 5000)))
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, r)
	if p := problem(t, w); p.Status != 413 {
		t.Errorf("%+v", p)
	}
}

func TestTheConfigurationIsCheckedWhole(t *testing.T) {
	cfg := server.Defaults()
	cfg.CORSOrigins = []string{"https://a.dk/"}
	cfg.EmbedOrigins = []string{"a.dk"}
	cfg.BaseURL = "https://vidensbank.dk/under"
	cfg.WasURL = "javascript:alert(1)"
	cfg.DrainTimeout = 0
	cfg.WriteTimeout = time.Second
	cfg.MaxHeaderBytes = -1
	cfg.MaxBodyBytes = -1
	_, err := server.New(cfg, cases(), webtest.Taxonomy, slog.New(slog.DiscardHandler))
	if err == nil {
		t.Fatal("it was taken")
	}
	for _, fault := range []string{`CORS origins: origin "https://a.dk/"`, `embed origins: origin "a.dk"`, `base URL: origin "https://vidensbank.dk/under"`,
		`accessibility statement: "javascript:alert(1)"`, "drain timeout: 0s", "write timeout: 1s", "header limit: -1", "body limit: -1"} {
		if !strings.Contains(err.Error(), fault) {
			t.Errorf("%s isn't named in:\n%v", fault, err)
		}
	}
	cfg = server.Defaults()
	cfg.BaseURL = "*"
	if _, err := server.New(cfg, cases(), webtest.Taxonomy, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("* was taken as a base URL")
	}
	cfg.BaseURL = "https://Vidensbank.dk/"
	if _, err := server.New(cfg, cases(), webtest.Taxonomy, slog.New(slog.DiscardHandler)); err != nil {
		t.Error(err)
	}
}

// page is a Part as pages and widget are.
type page struct{ site *web.Site }

func (p page) Routes(r gin.IRouter) {
	web.Get(r, "/", p.site.Page(func(c *gin.Context, out *bytes.Buffer) error {
		q, err := p.site.Search(c, web.Options{Lenient: true})
		if err == nil {
			fmt.Fprintf(out, "<p>%s %s", q.Query.Text, p.site.BaseURL)
		}
		return err
	}))
	web.Get(r, "/cases/:id", p.site.Page(func(c *gin.Context, out *bytes.Buffer) error {
		out.WriteString("half a page")
		return search.ErrNotFound
	}))
	web.Get(r, "/panic", p.site.Page(func(*gin.Context, *bytes.Buffer) error { panic("oh") }))
	web.Get(r, "/halfway", func(c *gin.Context) { p.site.Write(c, 200, "text/plain", []byte("half")); panic("oh") })
	web.Get(r, "/gone", p.site.Page(func(c *gin.Context, _ *bytes.Buffer) error { c.Redirect(http.StatusFound, "/"); return nil }))
	web.Get(r, "/feed.xml", p.site.Page(func(c *gin.Context, out *bytes.Buffer) error {
		c.Header("Content-Type", "application/atom+xml")
		out.WriteString("<feed/>")
		return nil
	}))
}

func withPages(c *server.Config) {
	c.BaseURL = "https://Vidensbank.dk/"
	c.Parts = []web.Part{func(site *web.Site) (web.Module, error) {
		site.ErrorPage = func(c *gin.Context, p web.Problem) {
			site.Write(c, p.Status, "text/html; charset=utf-8", []byte("<h1>"+p.Title))
		}
		return page{site}, nil
	}}
}

func TestPartsAddPagesAndAnswerTheirFaults(t *testing.T) {
	srv, _ := start(t, cases(), withPages)
	for name, test := range map[string]struct {
		method, target string
		status         int
		contentType    string
		body           string
	}{
		"a page":                               {"GET", "/?q=stress&utm_source=mail", 200, "text/html; charset=utf-8", "<p>stress https://vidensbank.dk"},
		"a page's bad parameter":               {"GET", "/?page=0", 400, "text/html; charset=utf-8", "<h1>Ugyldig parameter"},
		"a page's fault after half of it":      {"GET", "/cases/x", 404, "text/html; charset=utf-8", "<h1>Casen findes ikke"},
		"a page's panic":                       {"GET", "/panic", 500, "text/html; charset=utf-8", "<h1>Der skete en fejl"},
		"no such page":                         {"GET", "/findes-ikke", 404, "text/html; charset=utf-8", "<h1>Siden findes ikke"},
		"a method that a page doesn't have":    {"POST", "/", 405, "text/html; charset=utf-8", "<h1>Metoden er ikke tilladt"},
		"a redirect":                           {"GET", "/gone", 302, "text/html; charset=utf-8", `<a href="/">Found</a>`},
		"another type":                         {"GET", "/feed.xml", 200, "application/atom+xml", "<feed/>"},
		"the API's faults stay JSON":           {"GET", "/api/nope", 404, "application/problem+json", "Siden findes ikke"},
		"the API's root is the API's":          {"GET", "/api", 404, "application/problem+json", "Siden findes ikke"},
		"a path that only begins like the API": {"GET", "/apiary", 404, "text/html; charset=utf-8", "<h1>Siden findes ikke"},
	} {
		w := ask(srv, test.method, test.target)
		if w.Code != test.status || w.Header().Get("Content-Type") != test.contentType || !strings.Contains(w.Body.String(), test.body) || strings.Contains(w.Body.String(), "half") {
			t.Errorf("%s: %d %s %s", name, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
	failing := server.Defaults()
	failing.Parts = []web.Part{func(*web.Site) (web.Module, error) { return nil, errors.New("a template is broken") }}
	if _, err := server.New(failing, cases(), webtest.Taxonomy, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "a template is broken") {
		t.Errorf("a part that can't start: %v", err)
	}
}

func TestAnAnswerThatPanicsHalfWayIsBrokenOffAndCounted(t *testing.T) {
	srv, out := start(t, cases(), withPages)
	ts := httptest.NewUnstartedServer(srv)
	ts.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	ts.Start()
	defer ts.Close()
	r, err := http.Get(ts.URL + "/halfway")
	if err == nil {
		defer r.Body.Close()
		_, err = io.ReadAll(r.Body)
	}
	if err == nil {
		t.Error("the client took half an answer for whole")
	}
	if !strings.Contains(out.String(), "request failed half-way") || !strings.Contains(ask(srv, "GET", "/metrics").Body.String(), "vidensbank_http_requests_in_flight 1\n") {
		t.Error("it isn't in the log, or still counted as running")
	}
}

// listener tells when it's closed: that is when a shutdown has begun.
type listener struct {
	net.Listener
	closed chan struct{}
	once   sync.Once
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

func listen(t *testing.T) *listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return &listener{Listener: l, closed: make(chan struct{})}
}

func TestShutdownLetsARunningRequestFinish(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	s := &webtest.Searcher{OnSearch: func(ctx context.Context, _ search.Query) (*search.Result, error) {
		close(entered)
		select {
		case <-release:
			return &search.Result{Total: 7}, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
	srv, _ := start(t, s, nil)
	l := listen(t)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	served, answered := make(chan error, 1), make(chan string, 1)
	go func() { served <- srv.Serve(ctx, l) }()
	go func() {
		r, err := http.Get("http://" + l.Addr().String() + "/api/v1/search?q=a")
		if err != nil {
			answered <- err.Error()
			return
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		answered <- fmt.Sprint(r.StatusCode, string(body), err)
	}()
	<-entered
	stop()
	<-l.closed
	close(release)
	if got := <-answered; !strings.HasPrefix(got, "200") || !strings.Contains(got, `"total":7`) {
		t.Errorf("the running request got %s", got)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("connections are still taken")
	}
}

func TestShutdownCutsOffWhatOutlivesTheDrain(t *testing.T) {
	entered, stopped := make(chan struct{}), make(chan struct{})
	s := &webtest.Searcher{OnSearch: func(ctx context.Context, _ search.Query) (*search.Result, error) {
		close(entered)
		<-ctx.Done()
		close(stopped)
		return nil, ctx.Err()
	}}
	srv, _ := start(t, s, func(c *server.Config) {
		c.DrainTimeout, c.RequestTimeout, c.WriteTimeout = time.Millisecond, time.Hour, 2*time.Hour
	})
	l := listen(t)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ctx, l) }()
	go func() {
		if r, err := http.Get("http://" + l.Addr().String() + "/api/v1/search?q=a"); err == nil {
			r.Body.Close()
		}
	}()
	<-entered
	stop()
	if err := <-served; err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("Serve: %v", err)
	}
	<-stopped
}

func TestServeSaysWhyItCannot(t *testing.T) {
	srv, _ := start(t, cases(), nil)
	l := listen(t)
	if err := l.Listener.Close(); err != nil {
		t.Fatal(err)
	}
	if err := srv.Serve(context.Background(), l); err == nil {
		t.Error("a closed listener was served")
	}
}

func TestHeadersWithoutEndAreRefused(t *testing.T) {
	srv, out := start(t, cases(), nil)
	l := listen(t)
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ctx, l) }()
	r, err := http.Get("http://" + l.Addr().String() + "/api/v1/search?q=" + strings.Repeat("a", 64<<10))
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d", r.StatusCode)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	if strings.Contains(out.String(), "127.0.0.1") {
		t.Errorf("the log tells an address: %s", out)
	}
}

func TestWhatNetHTTPItselfLogsTellsNoAddress(t *testing.T) {
	srv, out := start(t, cases(), func(c *server.Config) {
		c.Parts = []web.Part{func(site *web.Site) (web.Module, error) {
			site.ErrorPage = func(*gin.Context, web.Problem) { panic("the error page itself fails") }
			return page{site}, nil
		}}
	})
	l := listen(t)
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ctx, l) }()
	if r, err := http.Get("http://" + l.Addr().String() + "/panic"); err == nil {
		r.Body.Close()
		t.Errorf("status %d", r.StatusCode)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	if text := out.String(); !strings.Contains(text, "panic serving [address]: ") || strings.Contains(text, "127.0.0.1") {
		t.Errorf("the log tells an address, or nothing: %s", text)
	}
}

// Whatever the query string, the server answers it: with cases or with what is wrong, never with a fault of its own.
func FuzzQueryParametersNeverMakeAServerError(f *testing.F) {
	for _, raw := range []string{"", "q=stress&theme=stress", "q=%00", "page=0", "%zz", "theme=stres", "q=a;b", "municipality=0751", "limit=5&lang=en", "q=%ff&q=a"} {
		f.Add(raw)
	}
	cfg := server.Defaults()
	srv, err := server.New(cfg, cases(), webtest.Taxonomy, slog.New(slog.DiscardHandler))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, path := range []string{"/api/v1/search", "/api/v1/suggest", "/api/v1/cases/lejre", "/api/v1/cases/lejre/similar"} {
			r := httptest.NewRequest("GET", path, nil)
			r.URL = &url.URL{Path: path, RawQuery: raw}
			w := httptest.NewRecorder()
			srv.ServeHTTP(w, r)
			if w.Code != 200 && w.Code != 400 {
				t.Fatalf("%s?%s: %d %s", path, raw, w.Code, w.Body)
			}
			if !json.Valid(w.Body.Bytes()) {
				t.Fatalf("%s?%s: not JSON: %s", path, raw, w.Body)
			}
		}
	})
}
