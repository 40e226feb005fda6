package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/server"
)

// loadClients are how many clients ask at once.
var loadClients = []int{1, 8}

// maxFailed is how many failures a client bears: after that there's no load to be measured.
const maxFailed = 10

// load is what came of a load.
type load struct {
	name     string
	clients  int
	took     time.Duration
	cpu      time.Duration // of server and clients
	times    times
	failed   int
	firstErr error
	heap     [2]int64  // at rest, before and after
	resident [2]uint64 // before and after
}

// addresses are searches in an order that is always the same. The first one is asked first, whoever asks.
type addresses struct {
	list []string
	next atomic.Int64
}

func (a *addresses) take() string { return a.list[int(a.next.Add(1)-1)%len(a.list)] }

// searches makes addresses from queries: plain ones, which the result cache soon knows, or each with a page and filters of its own, so many
// that none comes again before the cache has forgotten it.
func searches(d *documents, queries []query, plain bool) *addresses {
	const perQuery = 200
	a := &addresses{}
	r := rand.New(rand.NewPCG(d.seed, 7))
	rounds := perQuery
	if plain {
		rounds = 1
	}
	for range rounds {
		for _, q := range queries {
			v := url.Values{"q": {q.text}}
			if !plain {
				v.Set("page", strconv.Itoa(1+r.IntN(3)))
				for _, facet := range facets {
					if r.IntN(3) == 0 {
						v.Add(facet, d.value(r, facet))
					}
				}
			}
			a.list = append(a.list, "/api/v1/search?"+v.Encode())
		}
	}
	seen := map[string]bool{}
	a.list = slices.DeleteFunc(a.list, func(s string) bool {
		doubled := seen[s]
		seen[s] = true
		return doubled
	})
	return a
}

// measureLoad serves our index over HTTP in this process and lets clients ask it, one and several, past the cache and with it. Clients and
// server share the machine's cores.
func measureLoad(ctx context.Context, o options, size int, each time.Duration, t *corpus.Taxonomy, out io.Writer) (faults error) {
	dir, err := os.MkdirTemp(o.dir, "vidensbank-bench-")
	if err != nil {
		return err
	}
	defer func() { faults = errors.Join(faults, os.RemoveAll(dir)) }()
	d := newDocuments(o.seed, size, t)
	fmt.Fprintf(o.log, "%d: building ours\n", size)
	if err := buildOurs(ctx, d, dir); err != nil {
		return err
	}
	own, err := openOurs(dir, t)
	if err != nil {
		return err
	}
	defer own.close()
	queries, err := makeQueries(d, own.analyzer, o.queries)
	if err != nil {
		return err
	}
	address, stop, err := serve(ctx, own, t)
	if err != nil {
		return err
	}
	defer func() { faults = errors.Join(faults, stop()) }()

	if path := o.profileOf("load", size); path != "" {
		stop, err := startProfile(path)
		if err != nil {
			return err
		}
		defer func() { faults = errors.Join(faults, stop()) }()
	}
	var loads []*load
	for _, plain := range []bool{false, true} {
		for _, clients := range loadClients {
			l := &load{name: "searches past the cache", clients: clients}
			if plain {
				l.name = "repeated searches, cached"
			}
			fmt.Fprintf(o.log, "%d: %s, %d clients, %v\n", size, l.name, clients, each)
			l.run(ctx, "http://"+address, searches(d, queries, plain), each)
			if l.firstErr != nil {
				faults = errors.Join(faults, fmt.Errorf("%s, %d clients: %d of %d failed: %w", l.name, clients, l.failed, len(l.times)+l.failed, l.firstErr))
			}
			loads = append(loads, l)
		}
	}
	machine(out, o)
	loadTable(out, size, loads)
	return errors.Join(faults, ctx.Err())
}

// serve starts the server on a free port of the loopback interface.
func serve(ctx context.Context, own *ours, t *corpus.Taxonomy) (address string, stop func() error, err error) {
	cfg := server.Defaults()
	cfg.OpenTaxonomy = true
	srv, err := server.New(cfg, own.service, t, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ctx, listener) }()
	return listener.Addr().String(), func() error {
		cancel()
		return <-ended
	}, nil
}

// run lets the clients ask one search after the other until the time is over.
func (l *load) run(ctx context.Context, base string, a *addresses, each time.Duration) {
	transport := &http.Transport{MaxIdleConnsPerHost: l.clients}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	l.heap[0], l.resident[0] = restingHeap(), statusBytes("VmRSS")
	var mu sync.Mutex
	var wg sync.WaitGroup
	start, used := time.Now(), cpuTime()
	for range l.clients {
		wg.Go(func() {
			var own times
			failed := 0
			var first error
			for time.Since(start) < each && ctx.Err() == nil {
				asked := time.Now()
				if err := get(ctx, client, base+a.take()); err != nil {
					failed++
					first = cmp.Or(first, err)
					if failed > maxFailed {
						break
					}
					continue
				}
				own = append(own, time.Since(asked))
			}
			mu.Lock()
			defer mu.Unlock()
			l.times = append(l.times, own...)
			l.failed += failed
			l.firstErr = cmp.Or(l.firstErr, first)
		})
	}
	wg.Wait()
	l.took, l.cpu = time.Since(start), cpuTime()-used
	slices.Sort(l.times)
	l.heap[1], l.resident[1] = restingHeap(), statusBytes("VmRSS")
}

// get reads one answer whole.
func get(ctx context.Context, client *http.Client, address string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	n, err := io.Copy(io.Discard, answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK || n == 0 {
		return fmt.Errorf("%s: status %d, %d bytes", address, answer.StatusCode, n)
	}
	return nil
}

func loadTable(w io.Writer, size int, loads []*load) {
	rows := [][]string{{"", "clients", "searches a second", "CPU ms a search", "p50 ms", "p99 ms", "slowest ms", "failed", "heap MB before, after", "resident MB before, after"}}
	for _, l := range loads {
		rows = append(rows, []string{
			l.name, fmt.Sprint(l.clients), fmt.Sprintf("%.0f", float64(len(l.times))/l.took.Seconds()),
			fmt.Sprintf("%.2f", l.cpu.Seconds()*1e3/float64(max(1, len(l.times)))),
			fmt.Sprintf("%.2f", l.times.at(50).Seconds()*1e3), fmt.Sprintf("%.2f", l.times.at(99).Seconds()*1e3), fmt.Sprintf("%.2f", l.times.at(100).Seconds()*1e3),
			fmt.Sprint(l.failed),
			megabytes(l.heap[0]) + ", " + megabytes(l.heap[1]),
			megabytes(int64(l.resident[0])) + ", " + megabytes(int64(l.resident[1])),
		})
	}
	table(w, "Under load, "+thousands(size)+" cases", rows)
}
