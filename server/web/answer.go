package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// CacheSeconds is how long anyone may reuse an answer unasked: long enough for Back and for a class of thirty, short enough
// that a new case is seen the same minute.
const CacheSeconds = 60

// JSON makes a handler that answers a value as JSON, or a fault as a problem. A nil value means that the handler has answered
// itself (304).
func (s *Site) JSON(h func(c *gin.Context) (any, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		v, err := h(c)
		switch {
		case err != nil:
			s.fail(c, err, false)
		case v != nil:
			s.writeJSON(c, http.StatusOK, "application/json; charset=utf-8", v)
		}
	}
}

// Page makes a handler that renders into a buffer, so that a fault half-way still becomes a whole error page. An empty buffer
// means that the handler has answered itself (304, a redirect). The type is HTML unless the handler sets another.
func (s *Site) Page(h func(c *gin.Context, out *bytes.Buffer) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		var out bytes.Buffer
		if err := h(c, &out); err != nil {
			s.fail(c, err, true)
			return
		}
		if out.Len() == 0 {
			return
		}
		contentType := c.Writer.Header().Get("Content-Type")
		if contentType == "" {
			contentType = "text/html; charset=utf-8"
		}
		s.Write(c, http.StatusOK, contentType, out.Bytes())
	}
}

// Write sends a whole body. A failure to send is the client's leaving, which the access log's status can't show: it's logged
// for the curious.
func (s *Site) Write(c *gin.Context, status int, contentType string, body []byte) {
	c.Header("Content-Type", contentType)
	c.Status(status)
	if _, err := c.Writer.Write(body); err != nil {
		s.Log.Debug("answer not sent", "request_id", RequestID(c), "err", Redact(err.Error()))
	}
}

func (s *Site) writeJSON(c *gin.Context, status int, contentType string, v any) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false) // <mark> stays readable; nosniff keeps JSON from being taken for a page
	if err := enc.Encode(v); err != nil {
		if status == http.StatusInternalServerError {
			panic(err) // a Problem is three strings: unreachable
		}
		s.fail(c, fmt.Errorf("encode %T: %w", v, err), false)
		return
	}
	s.Write(c, status, contentType, buf.Bytes())
}

// NotModified sets the validators of an answer, and says whether the client already has it; then the 304 is answered. Call it
// before searching. key names the answer within its index generation: the path and Params.Encode.
// The ETag is weak, because took_ms and the compression differ between answers that mean the same.
func (s *Site) NotModified(c *gin.Context, key string) bool {
	sum := sha256.Sum256([]byte(s.Searcher.Status().Generation + "\x00" + s.Version + "\x00" + key))
	tag := `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	c.Header("ETag", tag)
	c.Header("Cache-Control", fmt.Sprintf("public, max-age=%d", CacheSeconds))
	for _, have := range c.Request.Header.Values("If-None-Match") {
		for one := range strings.SplitSeq(have, ",") {
			if weak(one) == weak(tag) {
				c.Status(http.StatusNotModified)
				c.Writer.WriteHeaderNow()
				return true
			}
		}
	}
	return false
}

// weak strips what weak comparison ignores (RFC 9110, 8.8.3.2).
func weak(tag string) string { return strings.TrimPrefix(strings.TrimSpace(tag), "W/") }

// LinkPages sets the Link header to the pages before and after this one, as paths.
func LinkPages(c *gin.Context, path string, p Params, total int) {
	if last := p.Pages(total); p.Query.Page > 1 {
		prev := min(p.Query.Page-1, last)
		c.Writer.Header().Add("Link", "<"+p.WithPage(prev).URL(path)+`>; rel="prev"`)
	}
	if p.Query.Page < p.Pages(total) {
		c.Writer.Header().Add("Link", "<"+p.WithPage(p.Query.Page+1).URL(path)+`>; rel="next"`)
	}
}
