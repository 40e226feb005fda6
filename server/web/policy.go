package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// Policy is what of the security headers differs between routes. The zero value is the strictest: for an answer that only our
// own pages may frame, and that frames nothing.
type Policy struct {
	FrameAncestors []string // origins that may frame the answer, or "*"; none is our own pages only
	FrameSelf      bool     // the answer may frame pages of ours, as the builder's preview does
}

// Secure sets the security headers of an answer. The server does it for every answer with the zero Policy; a handler that
// needs another calls it again.
func Secure(c *gin.Context, p Policy) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", p.csp())
	h.Set("X-Content-Type-Options", "nosniff")
	// A search's address tells what somebody looks for: it's told to nobody else.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "browsing-topics=(), camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if len(p.FrameAncestors) > 0 {
		// X-Frame-Options knows no list of origins, and would win in old browsers.
		h.Del("X-Frame-Options")
		shared(h)
	} else {
		h.Set("X-Frame-Options", "SAMEORIGIN")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
	}
}

// shared lets other sites load an answer into theirs: the API, the widget's files, the framed page.
func shared(h http.Header) { h.Set("Cross-Origin-Resource-Policy", "cross-origin") }

func (p Policy) csp() string {
	ancestors := "'self'"
	if len(p.FrameAncestors) > 0 {
		// Our own pages always may: the builder's preview does.
		ancestors = "'self' " + strings.Join(p.FrameAncestors, " ")
	}
	csp := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
		"form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors " + ancestors
	if p.FrameSelf {
		csp += "; frame-src 'self'"
	}
	return csp
}
