package eval

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Report is what an evaluation found: several systems, of which the first is measured against the others.
type Report struct {
	Set     string   `json:"set"`
	Cases   int      `json:"cases"` // in the corpus; 0 where only run files were judged
	Notes   []string `json:"notes"`
	Systems []System `json:"systems"`
	Worst   []Answer `json:"worst,omitempty"` // of the first system, lowest nDCG first
}

// System is the figures of one system: by kind and by set of the queries, and the mean over all of them.
type System struct {
	Name  string           `json:"name"`
	Kinds map[string]Group `json:"kinds"`
	Sets  map[string]Group `json:"sets"`
	All   Group            `json:"all"`
}

// Group is the means over some queries.
type Group struct {
	Queries int `json:"queries"`
	Figures
}

// Answer is the first system's answer to one query.
type Answer struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind,omitempty"`
	Set      string   `json:"set,omitempty"`
	Query    string   `json:"query"`
	Figures           // of the first system
	Others   []Figure `json:"others"` // nDCG@10 of the other systems
	Relevant []Placed `json:"relevant"`
	Top      []string `json:"top"` // the first ids, at most shownTop
}

// Figure is one system's nDCG@10.
type Figure struct {
	Name   string  `json:"name"`
	NDCG10 float64 `json:"ndcg_at_10"`
}

// Placed is a relevant case and its rank, 0 where it isn't among the first Depth.
type Placed struct {
	ID    string `json:"id"`
	Grade int    `json:"grade"`
	Rank  int    `json:"rank"`
}

// shownTop is how many of an answer's hits are named: enough to see what took the place of the relevant ones.
const shownTop = 3

// NewReport judges the runs on the queries of a set. It lists the worst queries of the first run, as many as worst says.
func NewReport(queries []Query, set string, runs []*Run, worst int) *Report {
	out := &Report{Set: set, Notes: []string{}}
	for _, run := range runs {
		out.Systems = append(out.Systems, judgeRun(queries, run))
		if run.Refused > 0 {
			out.Notes = append(out.Notes, fmt.Sprintf("%d queries that %s refused; they count as queries without a hit", run.Refused, run.Name))
		}
	}
	if worst <= 0 || len(runs) == 0 {
		return out
	}
	for _, q := range queries {
		a := answer(q, runs[0])
		a.Others = []Figure{}
		for _, other := range runs[1:] {
			a.Others = append(a.Others, Figure{other.Name, Judge(other.Answers[q.ID], q.Grades).NDCG10})
		}
		out.Worst = append(out.Worst, a)
	}
	slices.SortStableFunc(out.Worst, func(a, b Answer) int {
		return cmp.Or(cmp.Compare(a.NDCG10, b.NDCG10), cmp.Compare(a.Recall20, b.Recall20), cmp.Compare(a.ID, b.ID))
	})
	out.Worst = out.Worst[:min(worst, len(out.Worst))]
	return out
}

func judgeRun(queries []Query, run *Run) System {
	kinds, sets, all := map[string][]Figures{}, map[string][]Figures{}, []Figures{}
	for _, q := range queries {
		f := Judge(run.Answers[q.ID], q.Grades)
		all = append(all, f)
		if q.Kind != "" {
			kinds[q.Kind] = append(kinds[q.Kind], f)
		}
		if q.Set != "" {
			sets[q.Set] = append(sets[q.Set], f)
		}
	}
	return System{Name: run.Name, Kinds: groups(kinds), Sets: groups(sets), All: Group{len(all), Mean(all)}}
}

func groups(by map[string][]Figures) map[string]Group {
	out := make(map[string]Group, len(by))
	for name, figures := range by {
		out[name] = Group{len(figures), Mean(figures)}
	}
	return out
}

func answer(q Query, run *Run) Answer {
	ids := run.Answers[q.ID]
	a := Answer{
		ID: q.ID, Kind: q.Kind, Set: q.Set, Query: q.Text, Figures: Judge(ids, q.Grades),
		Top: append([]string{}, ids[:min(len(ids), shownTop)]...),
	}
	for _, id := range slices.Sorted(maps.Keys(q.Grades)) {
		a.Relevant = append(a.Relevant, Placed{id, q.Grades[id], slices.Index(ids, id) + 1})
	}
	slices.SortStableFunc(a.Relevant, func(x, y Placed) int {
		return cmp.Or(cmp.Compare(y.Grade, x.Grade), cmp.Compare(placedKey(x), placedKey(y)))
	})
	return a
}

// placedKey sorts what wasn't found behind what was.
func placedKey(p Placed) int {
	if p.Rank == 0 {
		return Depth + 1
	}
	return p.Rank
}

// row is a line of a table: a group's name, and how to find it in a system.
type row struct {
	name string
	of   func(System) Group
}

// rows are the kinds, the sets where there are several, and all.
func (r *Report) rows() []row {
	var out []row
	for _, kind := range Kinds {
		if _, ok := r.Systems[0].Kinds[kind]; ok {
			out = append(out, row{kind, func(s System) Group { return s.Kinds[kind] }})
		}
	}
	if len(r.Systems[0].Sets) > 1 {
		for _, set := range []string{SetDev, SetTest} {
			out = append(out, row{set, func(s System) Group { return s.Sets[set] }})
		}
	}
	return append(out, row{"all", func(s System) Group { return s.All }})
}

// minColumn is the least width of a column: "difference", and two spaces before it.
const minColumn = 12

// Write prints the report as tables of fixed width.
func (r *Report) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%d queries", r.Systems[0].All.Queries)
	if r.Set != SetAll {
		fmt.Fprintf(out, " of the set %s", r.Set)
	}
	if r.Cases > 0 {
		fmt.Fprintf(out, ", %d cases", r.Cases)
	}
	fmt.Fprintln(out)
	for _, note := range r.Notes {
		fmt.Fprintf(out, "note: %s\n", note)
	}

	fmt.Fprintf(out, "\n%-14s%5s", "nDCG@10", "n")
	for i, s := range r.Systems {
		fmt.Fprintf(out, "  %*s", width(s)-2, s.Name)
		if i > 0 {
			fmt.Fprintf(out, "%*s", minColumn, "difference")
		}
	}
	fmt.Fprintln(out)
	for _, row := range r.rows() {
		first := row.of(r.Systems[0])
		fmt.Fprintf(out, "%-14s%5d", row.name, first.Queries)
		for i, s := range r.Systems {
			fmt.Fprintf(out, "%*.3f", width(s), row.of(s).NDCG10)
			if i > 0 {
				fmt.Fprintf(out, "%+*.3f", minColumn, first.NDCG10-row.of(s).NDCG10)
			}
		}
		fmt.Fprintln(out)
	}

	for _, s := range r.Systems {
		fmt.Fprintf(out, "\n%-14s%5s%10s%10s%11s%11s%9s\n", s.Name, "n", "nDCG@10", "MRR@10", "recall@20", "success@1", "no hit")
		for _, row := range r.rows() {
			g := row.of(s)
			fmt.Fprintf(out, "%-14s%5d%10.3f%10.3f%11.3f%11.3f%9.3f\n", row.name, g.Queries, g.NDCG10, g.MRR10, g.Recall20, g.Success1, g.NoHit)
		}
	}
	if len(r.Worst) > 0 {
		fmt.Fprintf(out, "\nThe worst of %s, with the ranks of the relevant cases within the first %d:\n", r.Systems[0].Name, Depth)
	}
	for _, a := range r.Worst {
		a.write(out)
	}
	return out.Flush()
}

func width(s System) int { return max(len([]rune(s.Name))+2, minColumn) }

func (a Answer) write(out io.Writer) {
	fmt.Fprintf(out, "\n%.3f  %s  %s\n", a.NDCG10, a.ID, a.Query)
	for _, o := range a.Others {
		fmt.Fprintf(out, "%.3f  %s\n", o.NDCG10, o.Name)
	}
	for _, p := range a.Relevant {
		fmt.Fprintf(out, "%8s  grade %d  %s\n", rankText(p.Rank), p.Grade, p.ID)
	}
	if len(a.Top) == 0 {
		fmt.Fprintln(out, "     top  no hit")
		return
	}
	fmt.Fprintf(out, "     top  %s\n", strings.Join(a.Top, ", "))
}

// rankText is a rank, or a dash where there is none.
func rankText(rank int) string {
	if rank == 0 {
		return "-"
	}
	return strconv.Itoa(rank)
}
