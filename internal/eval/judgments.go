// Package eval measures how well queries find the cases that people judged relevant to them: it reads judgments, asks a searcher, computes the
// figures, and shows them beside stock Bleve's, kind by kind.
//
// A folder of judgments has queries and grades in as many files as one likes:
//
//	queries*.tsv   id, kind, set and query, under a header with these names
//	qrels*.txt     "query 0 case grade", TREC's form; the grade is 0 to 3, and a case without a line has 0
//
// Sets made by others have no kinds and no header: id and query, parted by a tab ([TREC]).
//
// Queries are of the set dev, which tuning may look at, or of test, which it may not: reports name single queries only on demand and only of
// the set that was asked for.
package eval

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Kinds of queries, in the order of reports: what stands between the words that are typed and the words of the cases.
var Kinds = []string{"compound", "linking", "inflection", "spelling", "typo", "synonym", "abbreviation", "english", "question", "plain"}

// The sets of queries.
const (
	SetDev  = "dev"
	SetTest = "test"
	SetAll  = "all" // of a report: both
)

// Format is how a folder's files are written.
type Format string

// The formats.
const (
	Own  Format = ""     // kinds and sets, and every slip is a fault
	TREC Format = "trec" // what others publish: no kinds, and judgments of queries or documents that aren't there are passed over
)

const (
	// maxGrade is the best grade of our own judgments, maxGradeTREC of others': the sets in use go up to 4, negative ones count as 0.
	maxGrade     = 3
	maxGradeTREC = 9
	// maxLine bounds a line, in bytes: a query that fills it can't be asked anyway.
	maxLine = 1 << 16
	// maxShown is how many faults an error prints; with a wrong corpus every line is one.
	maxShown = 20
)

// Query is a judged query.
type Query struct {
	ID     string
	Kind   string // "" in sets made by others
	Set    string // SetDev or SetTest; "" in sets made by others
	Text   string
	Grades map[string]int // by case, all above 0; never empty
}

// Judgments are judged queries, by file and line, and what was passed over as they were read.
type Judgments struct {
	Queries []Query
	Notes   []string
}

// Select returns the queries of a set; SetAll is every query.
func (j *Judgments) Select(set string) []Query {
	if set == SetAll {
		return j.Queries
	}
	var out []Query
	for _, q := range j.Queries {
		if q.Set == set {
			out = append(out, q)
		}
	}
	return out
}

// fault is something wrong in a line of a file.
type fault struct {
	file    string
	line    int
	message string
}

// FaultsError tells every fault of the files that were read.
type FaultsError struct{ faults []fault }

func (e *FaultsError) Error() string {
	var b strings.Builder
	for i, f := range e.faults {
		if i == maxShown {
			fmt.Fprintf(&b, "\nand %d more", len(e.faults)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s:%d: %s", f.file, f.line, f.message)
	}
	return b.String()
}

// reader gathers faults, so that one run tells all of them.
type reader struct {
	faults []fault
}

func (r *reader) fault(file string, line int, format string, args ...any) {
	r.faults = append(r.faults, fault{file, line, fmt.Sprintf(format, args...)})
}

func (r *reader) err() error {
	if len(r.faults) == 0 {
		return nil
	}
	return &FaultsError{r.faults}
}

// lines visits the lines of a file, without line ends and byte order mark. What isn't UTF-8 is a fault, and isn't visited.
func (r *reader) lines(name string, visit func(n int, line string)) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, maxLine)
	n := 0
	for in.Scan() {
		n++
		line := in.Text()
		if n == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if !utf8.ValidString(line) {
			r.fault(name, n, "the line isn't UTF-8")
			continue
		}
		visit(n, line)
	}
	switch err := in.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		r.fault(name, n+1, "the line is longer than %d bytes", maxLine)
	case err != nil:
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// place is where a query stands.
type place struct {
	file string
	line int
	at   int // in Judgments.Queries
}

// Read reads the judgments in a folder. Known tells whether a case is in the corpus; nil takes every id. Faults are told all at once, as a *FaultsError.
func Read(dir string, format Format, known func(id string) bool) (*Judgments, error) {
	queryFiles, err := matching(dir, "queries*.tsv")
	if err != nil {
		return nil, err
	}
	gradeFiles, err := matching(dir, "qrels*.txt")
	if err != nil {
		return nil, err
	}
	var r reader
	out := &Judgments{}
	places := map[string]place{}
	for _, name := range queryFiles {
		if err := r.queries(name, format, out, places); err != nil {
			return nil, err
		}
	}
	notes := notes{}
	for _, name := range gradeFiles {
		if err := r.grades(name, format, known, out, places, notes); err != nil {
			return nil, err
		}
	}
	for _, q := range out.Queries {
		if len(q.Grades) > 0 {
			continue
		}
		if format == TREC {
			notes["queries without a relevant document, left out"]++
			continue
		}
		p := places[q.ID]
		r.fault(p.file, p.line, "query %q has no relevant case; it needs one of grade 1 or more in a qrels file", q.ID)
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	out.Queries = slices.DeleteFunc(out.Queries, func(q Query) bool { return len(q.Grades) == 0 })
	if len(out.Queries) == 0 {
		return nil, fmt.Errorf("%s: no query has a judgment", dir)
	}
	for _, text := range slices.Sorted(maps.Keys(notes)) {
		out.Notes = append(out.Notes, fmt.Sprintf("%d %s", notes[text], text))
	}
	return out, nil
}

// notes counts what was passed over, by what it is.
type notes map[string]int

func matching(dir, pattern string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no folder of judgments: %w", err)
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if ok, err := filepath.Match(pattern, e.Name()); err != nil {
			return nil, err
		} else if ok && !e.IsDir() {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s has no file %s; a folder of judgments has queries*.tsv and qrels*.txt", dir, pattern)
	}
	return names, nil
}

// header is the first line of our own queries.
const header = "id\tkind\tset\tquery"

func (r *reader) queries(name string, format Format, out *Judgments, places map[string]place) error {
	empty := true
	err := r.lines(name, func(n int, line string) {
		empty = false
		if format == Own && n == 1 {
			if line != header {
				r.fault(name, n, "the header is %q, and must be %q", line, header)
			}
			return
		}
		fields := strings.Split(line, "\t")
		var q Query
		switch {
		case format == Own && len(fields) == 4:
			q = Query{ID: fields[0], Kind: fields[1], Set: fields[2], Text: fields[3]}
			if !slices.Contains(Kinds, q.Kind) {
				r.fault(name, n, "unknown kind %q (allowed: %s)", q.Kind, strings.Join(Kinds, ", "))
			}
			if q.Set != SetDev && q.Set != SetTest {
				r.fault(name, n, "unknown set %q (allowed: %s, %s)", q.Set, SetDev, SetTest)
			}
		case format == TREC && len(fields) == 2:
			q = Query{ID: fields[0], Text: fields[1]}
		case format == Own:
			r.fault(name, n, "the line has %d columns, and must have 4: id, kind, set, query, parted by tabs", len(fields))
			return
		default:
			r.fault(name, n, "the line has %d columns, and must have 2: id and query, parted by a tab", len(fields))
			return
		}
		if len(strings.Fields(q.ID)) != 1 || strings.TrimSpace(q.ID) != q.ID {
			r.fault(name, n, "id %q must have at least one character and no space", q.ID)
		}
		if strings.TrimSpace(q.Text) == "" {
			r.fault(name, n, "the query is empty")
		}
		if first, taken := places[q.ID]; taken {
			r.fault(name, n, "id %q stands at %s:%d too", q.ID, first.file, first.line)
			return
		}
		places[q.ID] = place{name, n, len(out.Queries)}
		q.Grades = map[string]int{}
		out.Queries = append(out.Queries, q)
	})
	if err == nil && empty {
		r.fault(name, 1, "the file is empty")
	}
	return err
}

func (r *reader) grades(name string, format Format, known func(string) bool, out *Judgments, places map[string]place, notes notes) error {
	lowest, highest := 0, maxGrade
	if format == TREC {
		lowest, highest = -maxGradeTREC, maxGradeTREC
	}
	seen := map[[2]string]int{}
	return r.lines(name, func(n int, line string) {
		fields := strings.Fields(line)
		if len(fields) != 4 {
			r.fault(name, n, "the line has %d fields, and must have 4: query 0 case grade", len(fields))
			return
		}
		query, id := fields[0], fields[2]
		if format == Own && fields[1] != "0" {
			r.fault(name, n, "the second field is %q, and must be 0", fields[1])
		}
		grade, err := strconv.Atoi(fields[3])
		if err != nil || grade < lowest || grade > highest {
			r.fault(name, n, "grade %q must be a whole number from %d to %d", fields[3], lowest, highest)
			return
		}
		key := [2]string{query, id}
		if first, taken := seen[key]; taken {
			r.fault(name, n, "query %q and case %q are judged at line %d too", query, id, first)
			return
		}
		seen[key] = n
		p, asked := places[query]
		if !asked && format == TREC {
			notes["judgments of queries that no file asks, passed over"]++
			return
		}
		if !asked {
			r.fault(name, n, "query %q is in no queries*.tsv", query)
			return
		}
		if known != nil && !known(id) {
			if format == Own {
				r.fault(name, n, "case %q isn't in the corpus", id)
				return
			}
			notes["judged documents that the corpus doesn't have; they count as not found"]++
		}
		if grade <= 0 {
			return
		}
		grades := out.Queries[p.at].Grades
		if _, taken := grades[id]; taken {
			r.fault(name, n, "query %q and case %q are judged in another file too", query, id)
			return
		}
		grades[id] = grade
	})
}
