package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/vidensbank/vidensbank/search"
)

// times are how long something took, once for each time it was done, sorted.
type times []time.Duration

// at returns a percentile.
func (t times) at(percent int) time.Duration {
	if len(t) == 0 {
		return 0
	}
	return t[min(len(t)-1, len(t)*percent/100)]
}

// cost is what one engine needs for one task.
type cost struct {
	times
	bytes  float64 // allocated for a query
	allocs float64
	hits   float64 // found by a query, on average
}

// landingsFor is how many queries one look at the landing page stands for: it's the same one each time.
const landingsFor = 10

// measure asks both engines all queries in every task, in turns, for so many rounds after one that isn't counted. Who goes first
// changes with every query, so that neither always finds the caches as the other left them.
func measure(ctx context.Context, engines [2]engine, queries []query, rounds int) (map[task]*[2]cost, error) {
	out := map[task]*[2]cost{}
	for _, t := range tasks {
		costs := &[2]cost{}
		out[t] = costs
		asked := queries
		if t == taskLanding {
			asked = queries[:max(1, len(queries)/landingsFor)]
		}
		for round := range rounds + 1 {
			for i, q := range asked {
				for turn := range engines {
					which := (turn + i + round) % len(engines)
					start := time.Now()
					_, err := engines[which].ask(ctx, t, q)
					took := time.Since(start)
					if err != nil {
						return nil, fmt.Errorf("%s, %q: %w", t, q.text, err)
					}
					if round > 0 {
						costs[which].times = append(costs[which].times, took)
					}
				}
			}
		}
		for which, e := range engines {
			c := &costs[which]
			slices.Sort(c.times)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for _, q := range asked {
				a, err := e.ask(ctx, t, q)
				if err != nil {
					return nil, err
				}
				c.hits += float64(a.total()) / float64(len(asked))
			}
			runtime.ReadMemStats(&after)
			c.bytes = float64(after.TotalAlloc-before.TotalAlloc) / float64(len(asked))
			c.allocs = float64(after.Mallocs-before.Mallocs) / float64(len(asked))
		}
	}
	return out, nil
}

const (
	// longestPrefix is how many letters of a word are typed one by one.
	longestPrefix = 8
	// suggestions is how many completions a page asks for.
	suggestions = 8
)

// measureSuggestions types the first word of every query, letter by letter.
func measureSuggestions(ctx context.Context, s *search.Service, queries []query, rounds int) (times, error) {
	var out times
	for round := range rounds + 1 {
		for _, q := range queries {
			typed := []rune(strings.Fields(q.text)[0])
			for n := range min(len(typed), longestPrefix) {
				start := time.Now()
				_, err := s.Suggest(ctx, string(typed[:n+1]), suggestions)
				took := time.Since(start)
				if err != nil {
					return nil, err
				}
				if round > 0 {
					out = append(out, took)
				}
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

// profileFor is how long each task is profiled: some hundred samples.
const profileFor = 5 * time.Second

// profile writes where our engine's time goes, with a label for each task, so that pprof -tagfocus tells them apart.
func profile(ctx context.Context, path string, o *ours, queries []query) (err error) {
	stop, err := startProfile(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	for _, t := range []task{taskTop, taskCounts, taskFilter} {
		pprof.Do(ctx, pprof.Labels("task", t.String()[1:2]), func(ctx context.Context) {
			for start := time.Now(); time.Since(start) < profileFor && err == nil; {
				for _, q := range queries {
					if _, err = o.ask(ctx, t, q); err != nil {
						return
					}
				}
			}
		})
	}
	return err
}

// startProfile writes a CPU profile until the returned function is called.
func startProfile(path string) (stop func() error, err error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}

// memory is what a piece of work took, in bytes. resident is 0 where the system doesn't tell.
type memory struct {
	heap     uint64 // the most that Go's objects took
	resident uint64 // the most that the process took, mapped files that were read included
}

// sampleEvery is how often the heap is looked at: a look takes microseconds.
const sampleEvery = 5 * time.Millisecond

// watchMemory begins to watch; the returned function ends it.
func watchMemory() (stop func() memory) {
	settle()
	resetResident()
	var m memory
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(sampleEvery)
		defer tick.Stop()
		for {
			m.heap = max(m.heap, heapBytes())
			select {
			case <-tick.C:
			case <-done:
				return
			}
		}
	})
	return func() memory {
		close(done)
		wg.Wait()
		m.resident = statusBytes("VmHWM")
		return m
	}
}

// settle leaves no garbage.
func settle() {
	runtime.GC()
	debug.FreeOSMemory()
}

// heapBytes is what Go's objects take now, garbage that isn't collected yet included.
func heapBytes() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// resetResident makes Linux forget the process' peak (proc(5), clear_refs). Elsewhere the peak is that of the whole run, or unknown.
func resetResident() {
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // where it can't be reset, the figure is too high, never too low
}

// statusBytes reads a size from /proc/self/status; 0 where there is none.
func statusBytes(name string) uint64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			n, err := strconv.ParseUint(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				return 0
			}
			return n << 10
		}
	}
	return 0
}

// ticksASecond is the unit of /proc/self/stat on Linux, on every architecture that Go runs on (proc(5), USER_HZ).
const ticksASecond = 100

// cpuTime is what the process has used of all cores so far; 0 where the system doesn't tell. Unlike the time on the clock it says little of
// what else the machine does.
func cpuTime() time.Duration {
	b, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	_, rest, ok := strings.Cut(string(b), ") ") // the name before it may hold anything
	f := strings.Fields(rest)
	if !ok || len(f) < 13 {
		return 0
	}
	var ticks int64
	for _, s := range f[11:13] { // utime, stime
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return 0
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / ticksASecond
}

// folderBytes is the size of all files below a folder.
func folderBytes(dir string) (int64, error) {
	var n int64
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	})
	return n, err
}
