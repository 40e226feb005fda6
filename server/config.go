package server

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/vidensbank/vidensbank/server/web"
)

// Limits of a connection. All of a request is in its headers, and all answers are small.
const (
	// readHeaderTimeout and readTimeout leave room for a phone in a tunnel, not for a slow-loris attack.
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 10 * time.Second
	// writeTimeout is the request's time and 20 seconds for a slow line to take the answer.
	writeTimeout = requestTimeout + 20*time.Second
	// idleTimeout is longer than a proxy's usual 60 seconds, so that the proxy closes first and never writes to a closed connection.
	idleTimeout = 90 * time.Second
	// requestTimeout is how long an engine may work on one request. A search takes milliseconds; after seconds nobody waits.
	requestTimeout = 5 * time.Second
	// drainTimeout is how long a shutdown waits for running requests: the request's time and some for sending. Kubernetes
	// kills after 30 seconds.
	drainTimeout = requestTimeout + 5*time.Second
	// maxHeaderBytes has room for a URL that chooses every municipality, and for a proxy's headers.
	maxHeaderBytes = 32 << 10
	// maxBodyBytes is for bodies that clients send without a need; none is read.
	maxBodyBytes = 4 << 10
)

// Config is all that can be set. Start from Defaults.
type Config struct {
	// BaseURL is the public address, scheme://host[:port], for canonical links and feeds; "" leaves them out.
	BaseURL string
	// WasURL is the accessibility statement (http or https) that the footer links to; "" where there is none.
	WasURL string
	// Version is the program's, shown and part of ETags.
	Version string
	// CORSOrigins may read the API from scripts: exact origins, or "*" alone.
	CORSOrigins []string
	// EmbedOrigins may frame the embedded page: exact origins, or "*" alone.
	EmbedOrigins []string
	// OpenTaxonomy takes facet values as they stand, for a corpus that brings its own.
	OpenTaxonomy bool
	// Parts are added to the API: pages.New, widget.New.
	Parts []web.Part

	ReadHeaderTimeout, ReadTimeout, WriteTimeout, IdleTimeout time.Duration

	RequestTimeout time.Duration // for the work on one request
	DrainTimeout   time.Duration // for running requests at shutdown
	MaxHeaderBytes int
	MaxBodyBytes   int64
}

// Defaults is the configuration that serves public content to everyone.
func Defaults() Config {
	return Config{
		Version:           "dev",
		CORSOrigins:       []string{web.AnyOrigin},
		EmbedOrigins:      []string{web.AnyOrigin},
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		RequestTimeout:    requestTimeout,
		DrainTimeout:      drainTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		MaxBodyBytes:      maxBodyBytes,
	}
}

// normal is the configuration with origins and addresses in one spelling. The error names every fault.
func (c Config) normal() (Config, error) {
	var faults []error
	fault := func(what string, err error) {
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", what, err))
		}
	}
	var err error
	c.CORSOrigins, err = web.ParseOrigins(c.CORSOrigins)
	fault("CORS origins", err)
	c.EmbedOrigins, err = web.ParseOrigins(c.EmbedOrigins)
	fault("embed origins", err)
	if c.BaseURL != "" {
		base, err := web.ParseOrigins([]string{strings.TrimSuffix(c.BaseURL, "/")})
		if err == nil && base[0] == web.AnyOrigin {
			err = errors.New("want scheme://host, not *")
		}
		fault("base URL", err)
		if err == nil {
			c.BaseURL = base[0]
		}
	}
	if c.WasURL != "" {
		if u, err := url.Parse(c.WasURL); err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
			fault("accessibility statement", fmt.Errorf("%q: want an address that starts with https:// or http://", c.WasURL))
		}
	}
	for _, d := range []struct {
		name string
		d    time.Duration
	}{
		{"read header timeout", c.ReadHeaderTimeout}, {"read timeout", c.ReadTimeout}, {"write timeout", c.WriteTimeout},
		{"idle timeout", c.IdleTimeout}, {"request timeout", c.RequestTimeout}, {"drain timeout", c.DrainTimeout},
	} {
		if d.d <= 0 {
			fault(d.name, fmt.Errorf("%v: want more than 0", d.d))
		}
	}
	if c.WriteTimeout <= c.RequestTimeout {
		fault("write timeout", fmt.Errorf("%v: want more than the request timeout, %v, or a timeout can't be answered", c.WriteTimeout, c.RequestTimeout))
	}
	if c.MaxHeaderBytes <= 0 {
		fault("header limit", fmt.Errorf("%d bytes: want more than 0", c.MaxHeaderBytes))
	}
	if c.MaxBodyBytes < 0 {
		fault("body limit", fmt.Errorf("%d bytes: want 0 or more", c.MaxBodyBytes))
	}
	return c, errors.Join(faults...)
}
