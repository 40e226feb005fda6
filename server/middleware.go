package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/vidensbank/vidensbank/server/web"
)

const requestIDHeader = "X-Request-ID"

// requestID is what a proxy's id may look like: fit for a log line, too short and too plain for an attack.
var requestID = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)

// identify gives the request an id: the proxy's, or a new one.
func (s *Server) identify(c *gin.Context) {
	id := c.GetHeader(requestIDHeader)
	if !requestID.MatchString(id) {
		var b [8]byte
		rand.Read(b[:]) // never fails, by its documentation
		id = hex.EncodeToString(b[:])
	}
	web.SetRequestID(c, id)
	c.Header(requestIDHeader, id)
}

// record logs and counts the request when it's answered. Neither tells who asked or for what: the route's template, no path, no
// query, no address. bytes are those before compression.
func (s *Server) record(c *gin.Context) {
	start := time.Now()
	defer s.metrics.Begin()()
	defer func() { // also when an answer is broken off
		took := time.Since(start)
		s.metrics.Observe(c, took)
		level := slog.LevelInfo
		if p := c.FullPath(); p == "/healthz" || p == "/readyz" || p == "/metrics" {
			level = slog.LevelDebug // asked every few seconds by machines
		}
		s.log.Log(c.Request.Context(), level, "request", "request_id", web.RequestID(c), "method", c.Request.Method, "route", c.FullPath(),
			"status", c.Writer.Status(), "ms", float64(took.Microseconds())/1000, "bytes", max(c.Writer.Size(), 0))
	}()
	c.Next()
}

// recover turns a panic into an answer that tells nothing. What was half sent is broken off, so that nobody takes it for whole.
func (s *Server) recover(c *gin.Context) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(cause)
		}
		err := fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		if c.Writer.Written() {
			s.log.Error("request failed half-way", "request_id", web.RequestID(c), "route", c.FullPath(), "err", err)
			panic(http.ErrAbortHandler)
		}
		s.site.Fail(c, err)
	}()
	c.Next()
}

// secure sets the headers that every answer has.
func (s *Server) secure(c *gin.Context) { web.Secure(c, web.Policy{}) }

// limit bounds a request's body and time.
func (s *Server) limit(c *gin.Context) {
	if c.Request.ContentLength > s.cfg.MaxBodyBytes {
		s.site.Fail(c, web.ErrTooLarge)
		return
	}
	whole := c.Request
	whole.Body = http.MaxBytesReader(c.Writer, whole.Body, s.cfg.MaxBodyBytes)
	ctx, cancel := context.WithTimeout(whole.Context(), s.cfg.RequestTimeout)
	defer func() {
		cancel()
		c.Request = whole // a panic is answered after this, and its client hasn't left
	}()
	c.Request = whole.WithContext(ctx)
	c.Next()
}

// errorLog is where net/http writes: to our log, without the addresses that it names.
func errorLog(to *slog.Logger) *log.Logger { return log.New(httpErrors{to}, "", 0) }

type httpErrors struct{ log *slog.Logger }

func (w httpErrors) Write(line []byte) (int, error) {
	w.log.Warn("http server", "err", web.Redact(strings.TrimSpace(string(line))))
	return len(line), nil
}
