// Package metrics counts what the server does, for Prometheus, in a registry of its own. Labels are route templates, methods,
// statuses and the index' generation: no query, no address, nothing about a person.
package metrics

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/vidensbank/vidensbank/search"
)

// noRoute stands for every path that has no route, so that robots can't make labels.
const noRoute = "none"

// durations are the histogram's bounds in seconds: a search in memory takes a millisecond, a page ten, the timeout seconds.
var durations = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// Metrics holds the counters.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
	searches prometheus.Counter
	noHits   prometheus.Counter
}

// New makes the counters. status is asked at each scrape.
func New(status func() search.Status) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vidensbank_http_requests_total", Help: "Requests answered.",
		}, []string{"route", "method", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "vidensbank_http_request_duration_seconds", Help: "Time from a request's headers to the end of its answer.", Buckets: durations,
		}, []string{"route", "status"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "vidensbank_http_requests_in_flight", Help: "Requests being answered.",
		}),
		searches: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vidensbank_searches_total", Help: "Searches that the index answered.",
		}),
		noHits: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "vidensbank_searches_without_hits_total", Help: "Searches that the index answered with no case at all.",
		}),
	}
	m.registry.MustRegister(m.requests, m.duration, m.inFlight, m.searches, m.noHits, index{status},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler answers a scrape.
func (m *Metrics) Handler() http.Handler {
	// The server compresses by itself.
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{DisableCompression: true})
}

// Begin counts a request as running until the function that it gives is called.
func (m *Metrics) Begin() (end func()) {
	m.inFlight.Inc()
	return m.inFlight.Dec
}

// Observe counts a request that was answered.
func (m *Metrics) Observe(c *gin.Context, took time.Duration) {
	route := c.FullPath()
	if route == "" {
		route = noRoute
	}
	status := strconv.Itoa(c.Writer.Status())
	m.requests.WithLabelValues(route, method(c.Request.Method), status).Inc()
	m.duration.WithLabelValues(route, status).Observe(took.Seconds())
}

// method keeps invented methods from making labels.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return m
	default:
		return "other"
	}
}

// Searcher counts the searches of another Searcher, and those that find nothing.
func (m *Metrics) Searcher(s search.Searcher) search.Searcher { return counting{s, m} }

type counting struct {
	search.Searcher
	m *Metrics
}

func (c counting) Search(ctx context.Context, q search.Query) (*search.Result, error) {
	r, err := c.Searcher.Search(ctx, q)
	if err == nil {
		c.m.searches.Inc()
		if r.Total == 0 {
			c.m.noHits.Inc()
		}
	}
	return r, err
}

// index tells the index' state at each scrape, so that an old generation leaves no series behind.
type index struct{ status func() search.Status }

var (
	indexCases = prometheus.NewDesc("vidensbank_index_cases", "Cases in the index that serves.", nil, nil)
	indexInfo  = prometheus.NewDesc("vidensbank_index_info", "The index generation that serves; always 1.", []string{"generation"}, nil)
)

func (i index) Describe(out chan<- *prometheus.Desc) {
	out <- indexCases
	out <- indexInfo
}

func (i index) Collect(out chan<- prometheus.Metric) {
	s := i.status()
	out <- prometheus.MustNewConstMetric(indexCases, prometheus.GaugeValue, float64(s.Cases))
	out <- prometheus.MustNewConstMetric(indexInfo, prometheus.GaugeValue, 1, s.Generation)
}
