package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/vidensbank/vidensbank/search"
)

// RetryAfterSeconds is what a 503 asks a client to wait: longer than the switch to a new index, shorter than patience.
const RetryAfterSeconds = 5

// StatusClientClosed is nginx' number for a client that left before its answer. It appears in the log only.
const StatusClientClosed = 499

// Faults of requests, beside those of package search.
var (
	ErrNoRoute  = errors.New("no such path")
	ErrMethod   = errors.New("method not allowed")
	ErrTooLarge = errors.New("request body too large")
	ErrNotReady = errors.New("not ready")
	ErrNoCases  = errors.New("not ready: the index has no cases")
)

// Problem is an answer about a fault, RFC 9457. It says nothing about causes inside the server.
type Problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Parameter string `json:"parameter,omitempty"`
	RequestID string `json:"request_id,omitempty"` // to find the cause in the log
}

// problemType starts every problem's type.
const problemType = "urn:problem-type:vidensbank:"

// kinds is the one table from errors to answers. The first that matches counts; what matches none is the last.
var kinds = []struct {
	is      error
	problem Problem
}{
	{search.ErrNotFound, Problem{"case-not-found", "Casen findes ikke", http.StatusNotFound, "Der er ingen case med det navn i vidensbanken.", "", ""}},
	{ErrNoRoute, Problem{"not-found", "Siden findes ikke", http.StatusNotFound, "Der er ikke noget på den adresse.", "", ""}},
	{ErrMethod, Problem{"method-not-allowed", "Metoden er ikke tilladt", http.StatusMethodNotAllowed, "Her kan man kun læse: brug GET eller HEAD.", "", ""}},
	{ErrTooLarge, Problem{"too-large", "Forespørgslen er for stor", http.StatusRequestEntityTooLarge, "Her tages der ikke imod indhold. Send søgningen i adressen.", "", ""}},
	{ErrNotReady, Problem{"not-ready", "Ikke klar", http.StatusServiceUnavailable, "Søgningen svarer ikke endnu.", "", ""}},
	{ErrNoCases, Problem{"not-ready", "Ikke klar", http.StatusServiceUnavailable, "Der er ingen cases at søge i endnu.", "", ""}},
	{context.DeadlineExceeded, Problem{"timeout", "Det tog for lang tid", http.StatusServiceUnavailable, "Søgningen blev ikke færdig i tide. Prøv igen om lidt.", "", ""}},
}

var internal = Problem{"internal", "Der skete en fejl", http.StatusInternalServerError, "Fejlen ligger hos os og er skrevet i loggen. Prøv igen om lidt.", "", ""}

// ProblemOf turns an error into an answer.
func ProblemOf(err error) Problem {
	p := internal
	var invalid *search.InvalidError
	if errors.As(err, &invalid) {
		p = Problem{Type: "invalid-parameter", Title: "Ugyldig parameter", Status: http.StatusBadRequest, Parameter: invalid.Param, Detail: detail(invalid)}
	} else {
		for _, k := range kinds {
			if errors.Is(err, k.is) {
				p = k.problem
				break
			}
		}
	}
	p.Type = problemType + p.Type
	return p
}

func detail(e *search.InvalidError) string {
	want := strings.TrimSuffix(e.Want, ".")
	if e.Param == "" {
		return fmt.Sprintf("Adressens parametre kan ikke læses. Tilladt: %s.", want)
	}
	if e.Value == "" {
		return fmt.Sprintf("Parameteren »%s« er ugyldig. Tilladt: %s.", e.Param, want)
	}
	return fmt.Sprintf("Parameteren »%s« kan ikke være »%s«. Tilladt: %s.", e.Param, e.Value, want)
}

// Fail answers a fault of a path that isn't known to be a page or not: as JSON under /api and for the operator's paths, else
// as a page.
func (s *Site) Fail(c *gin.Context, err error) {
	p := c.Request.URL.Path
	page := !under(p, "/api") && p != "/healthz" && p != "/readyz" && p != "/metrics"
	s.fail(c, err, page)
}

// fail answers a fault, and logs it where it is the server's.
func (s *Site) fail(c *gin.Context, err error, page bool) {
	c.Abort()
	ctx := c.Request.Context()
	if ctx.Err() == context.Canceled {
		c.Status(StatusClientClosed) // nobody is there to read
		return
	}
	p := ProblemOf(err)
	if p.Status == http.StatusInternalServerError && ctx.Err() == context.DeadlineExceeded {
		err = errors.Join(context.DeadlineExceeded, err) // an engine may call its being stopped what it likes
		p = ProblemOf(err)
	}
	p.RequestID = RequestID(c)
	if p.Status >= http.StatusInternalServerError {
		s.Log.ErrorContext(ctx, "request failed", "request_id", p.RequestID, "route", c.FullPath(), "status", p.Status, "err", err)
	}
	h := c.Writer.Header()
	h.Del("ETag")
	h.Del("Link")
	h.Set("Cache-Control", "no-store")
	if p.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", strconv.Itoa(RetryAfterSeconds))
	}
	if page && s.ErrorPage != nil {
		s.ErrorPage(c, p)
		return
	}
	h.Set("Content-Language", Danish)
	s.writeJSON(c, p.Status, "application/problem+json", p)
}

const requestIDKey = "vidensbank.request_id"

// SetRequestID stores the request's id for RequestID.
func SetRequestID(c *gin.Context, id string) { c.Set(requestIDKey, id) }

// RequestID is the id that log and answer share for this request.
func RequestID(c *gin.Context) string { return c.GetString(requestIDKey) }

// under says whether a path is a prefix' own or below it.
func under(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}
