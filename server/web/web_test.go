package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server/web"
)

func init() { gin.SetMode(gin.ReleaseMode) }

func TestParseOrigins(t *testing.T) {
	for origin, want := range map[string]string{ // "" is refused
		"https://test.com":               "https://test.com",
		"https://TEST.com:443":           "https://test.com",
		"http://test.com:80":             "http://test.com",
		"http://localhost:3000":          "http://localhost:3000",
		"https://[::1]:8443":             "https://[::1]:8443",
		"*":                              "*",
		"":                               "",
		"null":                           "",
		"test.com":                       "",
		"//test.com":                     "",
		"https://":                       "",
		"https://test.com/":              "",
		"https://test.com/path":          "",
		"https://test.com?x":             "",
		"https://test.com?":              "",
		"https://test.com#":              "",
		"https://user@test.com":          "",
		"https://*.test.com":             "",
		"ftp://test.com":                 "",
		"https://test.com:":              "",
		"https://test.com:x":             "",
		"https://a.dk https://b.dk":      "",
		"https://a.dk; script-src *":     "",
		"https://a.dk,https://b.dk":      "",
		"https://a.dk\r\nX-Injected: 1":  "",
		"https://a.dk'":                  "",
		"javascript:alert(1)//https://a": "",
	} {
		got, err := web.ParseOrigins([]string{origin})
		switch {
		case want == "" && err == nil:
			t.Errorf("%q was taken as %q", origin, got)
		case want == "" && !strings.Contains(err.Error(), fmt.Sprintf("%q", origin)):
			t.Errorf("%q: the error doesn't name it: %v", origin, err)
		case want != "" && (err != nil || got[0] != want):
			t.Errorf("%q: got %q, %v; want %q", origin, got, err, want)
		}
	}
	if _, err := web.ParseOrigins([]string{"https://a.dk", "*"}); err == nil {
		t.Error("* among others was taken")
	}
}

func TestCORSComparesOriginsWhole(t *testing.T) {
	some := []string{"https://test.com", "http://localhost:3000"}
	for name, test := range map[string]struct {
		allowed      []string
		path, origin string
		want         string
	}{
		"an origin on the list":               {some, "/api/v1/search", "https://test.com", "https://test.com"},
		"another on the list, for the widget": {some, "/widget/v1/vidensbank.js", "http://localhost:3000", "http://localhost:3000"},
		"a longer host":                       {some, "/api/v1/search", "https://test.com.evil.org", ""},
		"a longer name in front":              {some, "/api/v1/search", "https://eviltest.com", ""},
		"a subdomain":                         {some, "/api/v1/search", "https://a.test.com", ""},
		"another scheme":                      {some, "/api/v1/search", "http://test.com", ""},
		"another port":                        {some, "/api/v1/search", "https://test.com:8443", ""},
		"a dot that isn't the dot":            {some, "/api/v1/search", "https://testxcom", ""},
		"null":                                {some, "/api/v1/search", "null", ""},
		"no list":                             {nil, "/api/v1/search", "https://test.com", ""},
		"everyone":                            {[]string{"*"}, "/api/v1/search", "https://whoever.dk", "*"},
		"everyone, but not for pages":         {[]string{"*"}, "/", "https://whoever.dk", ""},
		"everyone, but not for a path named alike":  {[]string{"*"}, "/apis", "https://whoever.dk", ""},
		"a request from the same origin or no page": {[]string{"*"}, "/api/v1/search", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := gin.New()
			r.Use(web.CORS(test.allowed))
			r.NoRoute(func(c *gin.Context) { c.Status(http.StatusOK) })
			req := httptest.NewRequest("GET", test.path, nil)
			if test.origin != "" {
				req.Header.Set("Origin", test.origin)
			}
			w := httptest.NewRecorder()
			r.ServeHTTP(w, req)
			if got := w.Header().Get("Access-Control-Allow-Origin"); got != test.want {
				t.Errorf("allows %q, want %q", got, test.want)
			}
			if w.Header().Get("Access-Control-Allow-Credentials") != "" {
				t.Error("credentials are allowed")
			}
			if shared := strings.HasPrefix(test.path, "/api/") || strings.HasPrefix(test.path, "/widget/"); shared != (w.Header().Get("Vary") == "Origin") {
				t.Errorf("Vary is %q", w.Header().Get("Vary"))
			}
		})
	}
}

func TestThePolicyOfTheEmbeddedPageNamesItsHosts(t *testing.T) {
	for name, test := range map[string]struct {
		policy            web.Policy
		csp, frame, share string
	}{
		"a page is framed by ours only": {web.Policy{}, "frame-ancestors 'self'", "SAMEORIGIN", "same-origin"},
		"the embedded page by everyone": {web.Policy{FrameAncestors: []string{"*"}}, "frame-ancestors 'self' *", "", "cross-origin"},
		"the embedded page by a list":   {web.Policy{FrameAncestors: []string{"https://a.dk", "https://b.dk"}}, "frame-ancestors 'self' https://a.dk https://b.dk", "", "cross-origin"},
		"the builder shows a preview":   {web.Policy{FrameSelf: true}, "frame-ancestors 'self'; frame-src 'self'", "SAMEORIGIN", "same-origin"},
	} {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		web.Secure(c, web.Policy{})
		web.Secure(c, test.policy)
		h := c.Writer.Header()
		if !strings.HasSuffix(h.Get("Content-Security-Policy"), "; "+test.csp) || h.Get("X-Frame-Options") != test.frame ||
			h.Get("Cross-Origin-Resource-Policy") != test.share {
			t.Errorf("%s: %v", name, h)
		}
		if csp := h.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.HasPrefix(csp, "default-src 'none'; script-src 'self'; style-src 'self';") {
			t.Errorf("%s: %s", name, csp)
		}
	}
}

func TestEveryErrorHasItsAnswer(t *testing.T) {
	for name, test := range map[string]struct {
		err    error
		status int
		kind   string
	}{
		"a fault that the sender can mend":      {fmt.Errorf("plan: %w", &search.InvalidError{Param: "q", Value: "a", Want: "mindst to tegn."}), 400, "invalid-parameter"},
		"no such case":                          {fmt.Errorf("case x: %w", search.ErrNotFound), 404, "case-not-found"},
		"no such path":                          {web.ErrNoRoute, 404, "not-found"},
		"a method that isn't allowed":           {web.ErrMethod, 405, "method-not-allowed"},
		"a body":                                {web.ErrTooLarge, 413, "too-large"},
		"the time is over":                      {fmt.Errorf("search: %w", context.DeadlineExceeded), 503, "timeout"},
		"no index yet":                          {fmt.Errorf("%w: opening", web.ErrNotReady), 503, "not-ready"},
		"an empty index":                        {web.ErrNoCases, 503, "not-ready"},
		"anything else":                         {errors.New("disk full at /var/lib"), 500, "internal"},
		"a stop that the client didn't ask for": {context.Canceled, 500, "internal"},
	} {
		p := web.ProblemOf(test.err)
		if p.Status != test.status || p.Type != "urn:problem-type:vidensbank:"+test.kind || p.Title == "" || p.Detail == "" {
			t.Errorf("%s: %+v", name, p)
		}
		if strings.Contains(p.Detail, "disk") {
			t.Errorf("%s: the cause is told: %s", name, p.Detail)
		}
	}
	p := web.ProblemOf(&search.InvalidError{Param: "q", Value: "a", Want: "mindst to tegn."})
	if p.Detail != "Parameteren »q« kan ikke være »a«. Tilladt: mindst to tegn." {
		t.Errorf("an engine's full stop is doubled: %s", p.Detail)
	}
}

func TestRedactTakesAddressesOutOfTexts(t *testing.T) {
	for text, want := range map[string]string{
		"write tcp 127.0.0.1:8080->10.1.2.3:51234: write: broken pipe":      "write tcp [address]->[address]: write: broken pipe",
		"http: TLS handshake error from 192.0.2.7:4711: EOF":                "http: TLS handshake error from [address]: EOF",
		"read tcp [::1]:8080->[2001:db8::1%eth0]:443: i/o timeout":          "read tcp [address]->[address]: i/o timeout",
		"peer 2001:db8::7 left":                                             "peer [address] left",
		"http: panic serving [fe80::1]:99: boom":                            "http: panic serving [address]: boom",
		"http: Accept error: accept tcp: too many open files; retrying 5ms": "http: Accept error: accept tcp: too many open files; retrying 5ms",
		"net/http: line server.go:3212 at 12:30":                            "net/http: line server.go:3212 at 12:30",
	} {
		if got := web.Redact(text); got != want {
			t.Errorf("%q\ngot  %q\nwant %q", text, got, want)
		}
	}
}
