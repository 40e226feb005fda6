package eval

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/vidensbank/vidensbank/search"
)

// OwnName is what our own answers are called in reports and run files.
const OwnName = "vidensbank"

// Run is the answers of one system.
type Run struct {
	Name    string
	Answers map[string][]string // by query: ids by rank, at most Depth
	Refused int                 // queries that the system didn't take, such as too long ones: they count as queries without a hit
}

// Ask puts the queries to a searcher, as the search page does: the first page of the order by relevance.
func Ask(ctx context.Context, s search.Searcher, queries []Query) (*Run, error) {
	out := &Run{Name: OwnName, Answers: make(map[string][]string, len(queries))}
	for _, q := range queries {
		r, err := s.Search(ctx, search.Query{Text: q.Text, Size: Depth})
		var invalid *search.InvalidError
		if errors.As(err, &invalid) {
			out.Refused++
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("query %s: %w", q.ID, err)
		}
		for _, h := range r.Hits {
			out.Answers[q.ID] = append(out.Answers[q.ID], h.ID)
		}
	}
	return out, nil
}

// Write writes the answers to queries as a TREC run file, "query Q0 case rank score name" a line. The score counts down from Depth, so that
// programs which sort by it (trec_eval breaks ties by id) keep the order.
func (r *Run) Write(w io.Writer, queries []Query) error {
	out := bufio.NewWriter(w)
	for _, q := range queries {
		for i, id := range r.Answers[q.ID] {
			if len(strings.Fields(id)) != 1 {
				return fmt.Errorf("a run file can't hold the id %q: it has spaces", id)
			}
			fmt.Fprintf(out, "%s Q0 %s %d %d %s\n", q.ID, id, i+1, Depth-i, r.Name)
		}
	}
	return out.Flush()
}

// ReadRun reads a TREC run file. As in trec_eval the order is that of falling scores; equal scores keep the order of the ranks. The run is called by its tag. Answers to
// queries that aren't asked are kept and do no harm. Faults are told all at once, as a *FaultsError.
func ReadRun(name string) (*Run, error) {
	type line struct {
		id    string
		score float64
		rank  int
	}
	var r reader
	out := &Run{Answers: map[string][]string{}}
	answers := map[string][]line{}
	seen := map[[2]string]int{}
	err := r.lines(name, func(n int, text string) {
		fields := strings.Fields(text)
		if len(fields) != 6 {
			r.fault(name, n, "the line has %d fields, and must have 6: query Q0 case rank score tag", len(fields))
			return
		}
		query, id, tag := fields[0], fields[2], fields[5]
		rank, err := strconv.Atoi(fields[3])
		if err != nil {
			r.fault(name, n, "rank %q must be a whole number", fields[3])
		}
		score, err := strconv.ParseFloat(fields[4], 64)
		if err != nil || score != score {
			r.fault(name, n, "score %q must be a number", fields[4])
		}
		key := [2]string{query, id}
		if first, taken := seen[key]; taken {
			r.fault(name, n, "query %q has case %q at line %d too", query, id, first)
		}
		seen[key] = n
		if out.Name == "" {
			out.Name = tag
		}
		if tag != out.Name {
			r.fault(name, n, "tag %q isn't the file's first, %q: one run a file", tag, out.Name)
		}
		answers[query] = append(answers[query], line{id, score, rank})
	})
	if err != nil {
		return nil, err
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	if len(answers) == 0 {
		return nil, errors.New(name + ": the run has no answers")
	}
	for query, lines := range answers {
		slices.SortStableFunc(lines, func(a, b line) int {
			return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.rank, b.rank))
		})
		for _, l := range lines[:min(len(lines), Depth)] {
			out.Answers[query] = append(out.Answers[query], l.id)
		}
	}
	return out, nil
}
