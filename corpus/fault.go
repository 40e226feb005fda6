package corpus

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Fault is one thing that is wrong in a file of a corpus or a taxonomy.
type Fault struct {
	File    string // as reached from the path that was given
	Line    int    // from 1; 1 for what concerns the whole file
	Message string // in Danish, with what is allowed
}

// String gives the fault as editors understand it: file:line: message.
func (f Fault) String() string { return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Message) }

// FaultsError is returned when a corpus can't be loaded for its faults. It holds all of them, sorted by file and line.
type FaultsError struct {
	Faults []Fault
}

// Error lists the faults, one a line.
func (e *FaultsError) Error() string {
	lines := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// sortFaults orders faults by file and line, keeping the order in which those of a line were found.
func sortFaults(faults []Fault) {
	slices.SortStableFunc(faults, func(a, b Fault) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		return a.Line - b.Line
	})
}

// faultsOrNil turns a list into an error, nil when there is no fault.
func faultsOrNil(faults []Fault) error {
	if len(faults) == 0 {
		return nil
	}
	return &FaultsError{Faults: faults}
}

// reporter collects the faults of one file.
type reporter struct {
	file   string
	faults []Fault
}

func (r *reporter) add(line int, format string, args ...any) {
	r.faults = append(r.faults, Fault{File: r.file, Line: max(line, 1), Message: fmt.Sprintf(format, args...)})
}

// maxQuotedRunes keeps a message readable when the wrong value is a whole paragraph.
const maxQuotedRunes = 60

// quote shows a wrong value in a message: on one line, control characters made visible, cut where it is long.
func quote(s string) string {
	n := 0
	for i := range s {
		if n == maxQuotedRunes {
			s = s[:i] + "…"
			break
		}
		n++
	}
	return strconv.Quote(s)
}
