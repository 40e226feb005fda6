package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// The goals as a ratio to stock Bleve's median at 1,000, 10,000 and 100,000 documents, and Lucene's beyond; see issue 4 of the project.
var goals = map[task][3]float64{
	taskTop:     {1.5, 1.0, 1.0},
	taskCounts:  {0.40, 0.25, 0.15},
	taskFilter:  {0.60, 0.40, 0.30},
	taskLanding: {0.10, 0.05, 0.01},
}

// goalSizes are the sizes that goals are set for.
var goalSizes = [3]int{1_000, 10_000, 100_000}

// goal writes what must be reached at a size, "" where nothing is said.
func goal(by [3]float64, size int) string {
	for i, s := range goalSizes {
		if s == size {
			return fmt.Sprintf(" (%.2g)", by[i])
		}
	}
	return ""
}

// report writes the tables as Markdown.
func report(out io.Writer, o options, all []*figures) error {
	w := bufio.NewWriter(out)
	machine(w, o)
	if o.rounds > 0 {
		ratios(w, all)
		percentiles(w, all)
		suggestTable(w, all)
	}
	builds(w, all)
	if o.rounds > 0 && len(all) > 1 {
		growth(w, all)
	}
	return w.Flush()
}

func machine(w io.Writer, o options) {
	fmt.Fprintf(w, "%s, %s, %d cores (%s), %s, Bleve %s; seed %d, %d queries, %d rounds.\n",
		time.Now().Format(time.DateOnly), runtime.GOOS+"/"+runtime.GOARCH, runtime.NumCPU(), processor(), runtime.Version(),
		moduleVersion("github.com/blevesearch/bleve/v2"), o.seed, o.queries, o.rounds)
}

// processor is the CPU's name where Linux tells it.
func processor() string {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err == nil {
		for line := range strings.Lines(string(b)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				return strings.TrimSpace(value)
			}
		}
	}
	return "unknown processor"
}

// moduleVersion is a dependency's version; a test binary and the like don't know it.
func moduleVersion(path string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == path {
				return m.Version
			}
		}
	}
	return "of unknown version"
}

// table writes a table; cells of the first row are the head.
func table(w io.Writer, title string, rows [][]string) {
	fmt.Fprintf(w, "\n### %s\n\n", title)
	for i, row := range rows {
		fmt.Fprintln(w, "| "+strings.Join(row, " | ")+" |")
		if i == 0 {
			fmt.Fprintln(w, "|"+strings.Repeat(" --- |", len(row)))
		}
	}
}

func head(first string, all []*figures) []string {
	row := []string{first}
	for _, f := range all {
		row = append(row, thousands(f.size))
	}
	return row
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func ratios(w io.Writer, all []*figures) {
	rows := [][]string{head("median, ours / stock Bleve (goal: at most)", all)}
	for _, t := range tasks {
		row := []string{t.String()}
		for _, f := range all {
			c := f.costs[t]
			row = append(row, ratio(float64(c[ourEngine].at(50)), float64(c[stockEngine].at(50)))+goal(goals[t], f.size))
		}
		rows = append(rows, row)
	}
	row := []string{"suggestions, p99"}
	for _, f := range all {
		row = append(row, fmt.Sprintf("%.2f ms%s", f.suggest.at(99).Seconds()*1e3, goal([3]float64{1, 1, 2}, f.size)))
	}
	rows = append(rows, row)
	row = []string{"build, cases a second (goal: at least)"}
	for _, f := range all {
		row = append(row, fmt.Sprintf("%.2f%s", f.builds[stockEngine].took.Seconds()/f.builds[ourEngine].took.Seconds(), goal([3]float64{0.8, 1, 1}, f.size)))
	}
	rows = append(rows, row)
	row = []string{"build, CPU time"}
	for _, f := range all {
		row = append(row, ratio(float64(f.builds[ourEngine].cpu), float64(f.builds[stockEngine].cpu)))
	}
	rows = append(rows, row)
	row = []string{"build, peak heap"}
	for _, f := range all {
		row = append(row, ratio(float64(f.builds[ourEngine].peak.heap), float64(f.builds[stockEngine].peak.heap)))
	}
	rows = append(rows, row)
	row = []string{"disk"}
	for _, f := range all {
		row = append(row, fmt.Sprintf("%.2f%s", float64(f.builds[ourEngine].disk)/float64(f.builds[stockEngine].disk), goal([3]float64{1, 1, 1}, f.size)))
	}
	table(w, "Beside stock Bleve", append(rows, row))
}

// ratio writes ours / theirs, "?" where it isn't known.
func ratio(ours, theirs float64) string {
	switch {
	case theirs == 0:
		return "?"
	case ours < theirs/100:
		return fmt.Sprintf("%.5f", ours/theirs)
	}
	return fmt.Sprintf("%.3f", ours/theirs)
}

var engineNames = [2]string{"ours", "stock"}

func percentiles(w io.Writer, all []*figures) {
	rows := [][]string{{"", "cases", "engine", "p50 µs", "p95 µs", "p99 µs", "found", "bytes", "allocations"}}
	for _, t := range tasks {
		for _, f := range all {
			for e, name := range engineNames {
				c := f.costs[t][e]
				rows = append(rows, []string{
					t.String(), thousands(f.size), name, micros(c.at(50)), micros(c.at(95)), micros(c.at(99)),
					fmt.Sprintf("%.0f", c.hits), fmt.Sprintf("%.0f", c.bytes), fmt.Sprintf("%.0f", c.allocs),
				})
			}
		}
	}
	table(w, "A query", rows)
}

func micros(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Nanoseconds())/1e3) }

func suggestTable(w io.Writer, all []*figures) {
	rows := [][]string{{"cases", "p50 µs", "p95 µs", "p99 µs", "slowest µs"}}
	for _, f := range all {
		s := f.suggest
		rows = append(rows, []string{thousands(f.size), micros(s.at(50)), micros(s.at(95)), micros(s.at(99)), micros(s.at(100))})
	}
	table(w, "Suggestions, ours", rows)
}

func builds(w io.Writer, all []*figures) {
	rows := [][]string{{"cases", "engine", "build s", "of CPU", "cases a second", "disk MB", "bytes a case", "peak heap MB", "peak resident MB", "open ms", "idle heap MB"}}
	for _, f := range all {
		for e, name := range engineNames {
			b := f.builds[e]
			rows = append(rows, []string{
				thousands(f.size), name, fmt.Sprintf("%.2f", b.took.Seconds()), fmt.Sprintf("%.2f", b.cpu.Seconds()), fmt.Sprintf("%.0f", float64(f.size)/b.took.Seconds()),
				megabytes(b.disk), fmt.Sprint(b.disk / int64(f.size)), megabytes(int64(b.peak.heap)), megabytes(int64(b.peak.resident)),
				fmt.Sprintf("%.1f", b.opened.Seconds()*1e3), megabytes(b.idle),
			})
		}
	}
	table(w, "Build, disk, memory", rows)
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f", float64(n)/1e6) }

// growth shows by what a median grows from one size to the next.
func growth(w io.Writer, all []*figures) {
	first := []string{"median, times that of the size before", "engine"}
	for i, f := range all[1:] {
		first = append(first, thousands(all[i].size)+" → "+thousands(f.size))
	}
	rows := [][]string{first}
	for _, t := range tasks {
		for e, name := range engineNames {
			row := []string{t.String(), name}
			for i, f := range all[1:] {
				row = append(row, fmt.Sprintf("%.1f", float64(f.costs[t][e].at(50))/float64(all[i].costs[t][e].at(50))))
			}
			rows = append(rows, row)
		}
	}
	table(w, "Growth", rows)
}
