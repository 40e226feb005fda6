package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

// AnyOrigin admits every site. It stands alone in a list.
const AnyOrigin = "*"

// PreflightSeconds is how long a browser may remember what CORS allows: two hours, the most that Chromium takes.
const PreflightSeconds = "7200"

// ParseOrigins checks a list of origins and gives it in the spelling that browsers use: lower case, no default port.
// An origin is scheme://host or scheme://host:port, complete; "*" stands alone.
func ParseOrigins(list []string) ([]string, error) {
	var origins []string
	for _, o := range list {
		if o == AnyOrigin {
			if len(list) > 1 {
				return nil, fmt.Errorf("origin %q among others: it admits every site, so leave the others out", o)
			}
			return []string{AnyOrigin}, nil
		}
		u, err := url.Parse(o)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || strings.HasSuffix(u.Host, ":") ||
			u.User != nil || u.Path != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" ||
			strings.ContainsAny(u.Host, "*,; '\"") || strings.HasSuffix(o, "#") {
			return nil, fmt.Errorf("origin %q: want scheme://host or scheme://host:port with http or https and nothing behind it, such as https://intranet.example.dk, or * alone", o)
		}
		host := strings.ToLower(u.Host)
		if (u.Scheme == "http" && u.Port() == "80") || (u.Scheme == "https" && u.Port() == "443") {
			host = strings.TrimSuffix(host, ":"+u.Port())
		}
		origins = append(origins, u.Scheme+"://"+host)
	}
	return origins, nil
}

// CORS lets pages of other origins read the API and load the widget: GET and HEAD, without credentials. origins come from
// ParseOrigins; they are compared whole, so https://test.com doesn't admit https://test.com.evil.org.
func CORS(origins []string) gin.HandlerFunc {
	every := slices.Contains(origins, AnyOrigin)
	return func(c *gin.Context) {
		if p := c.Request.URL.Path; !under(p, "/api") && !under(p, "/widget") {
			return
		}
		h := c.Writer.Header()
		shared(h)
		h.Add("Vary", "Origin")
		if c.Request.Method == http.MethodOptions {
			h.Set("Allow", "GET, HEAD, OPTIONS")
			defer c.AbortWithStatus(http.StatusNoContent)
		}
		origin := c.GetHeader("Origin")
		switch {
		case origin == "":
			return
		case every:
			h.Set("Access-Control-Allow-Origin", AnyOrigin)
		case slices.Contains(origins, origin):
			h.Set("Access-Control-Allow-Origin", origin)
		default:
			return
		}
		h.Set("Access-Control-Expose-Headers", "ETag, Link")
		if c.Request.Method == http.MethodOptions {
			h.Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
			h.Set("Access-Control-Allow-Headers", "If-None-Match")
			h.Set("Access-Control-Max-Age", PreflightSeconds)
		}
	}
}
