package search_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/vidensbank/vidensbank/internal/indextest"
	"github.com/vidensbank/vidensbank/search"
)

// behaviour is one entry of testdata/behaviour.txt.
type behaviour struct {
	title string
	line  int
	query search.Query
	wants []want
}

// want is a line of an entry: what is expected, the numbers in it, and the value.
type want struct {
	line    int
	what    string
	numbers []int
	value   string
}

var figures = regexp.MustCompile(`\d+`)

func readBehaviour(t *testing.T) []behaviour {
	t.Helper()
	b, err := os.ReadFile("testdata/behaviour.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []behaviour
	n := 0
	for line := range strings.Lines(string(b)) {
		n++
		text := strings.TrimSpace(line)
		if text == "" || text[0] == '#' {
			continue
		}
		if line[0] != ' ' {
			out = append(out, behaviour{title: text, line: n, query: search.Query{Filters: map[string][]string{}}})
			continue
		}
		what, value, ok := strings.Cut(text, ":")
		if !ok || len(out) == 0 {
			t.Fatalf("behaviour.txt line %d: %q, want »navn: værdi« below a title", n, text)
		}
		value = strings.TrimSpace(value)
		entry := &out[len(out)-1]
		switch what {
		case "søg":
			entry.query.Text = value
		case "filter":
			facet, v, _ := strings.Cut(value, "=")
			entry.query.Filters[facet] = append(entry.query.Filters[facet], v)
		default:
			w := want{line: n, what: strings.Join(strings.Fields(figures.ReplaceAllString(what, "")), " "), value: value}
			for _, f := range figures.FindAllString(what, -1) {
				number, err := strconv.Atoi(f)
				if err != nil {
					t.Fatal(err)
				}
				w.numbers = append(w.numbers, number)
			}
			entry.wants = append(entry.wants, w)
		}
	}
	return out
}

func ids(hits []search.Hit) []string {
	var out []string
	for _, h := range hits {
		out = append(out, h.ID)
	}
	return out
}

func fullText(h search.Hit) string {
	parts := []string{h.Title, h.Summary, h.Organisation, h.Workplace, strings.Join(h.Tools, " ")}
	for _, s := range h.Sections {
		parts = append(parts, s.Body)
	}
	return strings.ToLower(strings.Join(parts, "\n"))
}

// check says what is wrong with a result, or "".
func (w want) check(t *testing.T, s *search.Service, r *search.Result) string {
	first := func(n int) []search.Hit { return r.Hits[:min(n, len(r.Hits))] }
	number := func() int {
		n, err := strconv.Atoi(w.value)
		if err != nil {
			t.Fatalf("behaviour.txt line %d: %v", w.line, err)
		}
		return n
	}
	arguments := map[string]int{"blandt de første": 1, "fælles af": 2, "kommune": 1, "sektor": 1}[w.what]
	if len(w.numbers) != arguments {
		t.Fatalf("behaviour.txt line %d: %d numbers, want %d", w.line, len(w.numbers), arguments)
	}
	switch w.what {
	case "blandt de første":
		for _, id := range strings.Split(w.value, ",") {
			if got := ids(first(w.numbers[0])); !slices.Contains(got, strings.TrimSpace(id)) {
				return fmt.Sprintf("%s isn't among %q", strings.TrimSpace(id), got)
			}
		}
	case "fælles af":
		other, err := s.Search(t.Context(), search.Query{Text: w.value, Size: search.MaxSize})
		if err != nil {
			t.Fatal(err)
		}
		n := w.numbers[1]
		theirs := ids(other.Hits[:min(n, len(other.Hits))])
		both := 0
		for _, id := range ids(first(n)) {
			if slices.Contains(theirs, id) {
				both++
			}
		}
		if wanted := min(w.numbers[0], max(len(theirs), 1)); both < wanted {
			return fmt.Sprintf("%d are the same, want %d: %q and %q", both, wanted, ids(first(n)), theirs)
		}
	case "kommune", "sektor":
		for _, h := range first(w.numbers[0]) {
			if w.what == "kommune" && !slices.Contains(h.Municipalities, w.value) || w.what == "sektor" && h.Sector != w.value {
				return fmt.Sprintf("%s is of %q, %s", h.ID, h.Municipalities, h.Sector)
			}
		}
		if len(r.Hits) < w.numbers[0] {
			return fmt.Sprintf("only %d are found", len(r.Hits))
		}
	case "alle har", "ingen har":
		for _, h := range first(search.DefaultSize) {
			if has := strings.Contains(fullText(h), strings.ToLower(w.value)); has != (w.what == "alle har") {
				return fmt.Sprintf("%s has it: %v", h.ID, has)
			}
		}
	case "mindst":
		if r.Total < number() {
			return fmt.Sprintf("%d are found", r.Total)
		}
	case "højst":
		if r.Total > number() {
			return fmt.Sprintf("%d are found", r.Total)
		}
	case "mente du":
		switch {
		case r.DidYouMean == nil && w.value != "ingen":
			return "nothing is offered"
		case r.DidYouMean != nil && r.DidYouMean.Text != w.value:
			return "offered is " + r.DidYouMean.Text
		}
	case "intet for":
		if !slices.Contains(r.Unmatched, w.value) {
			return fmt.Sprintf("unmatched are %q", r.Unmatched)
		}
	case "tilbyder":
		if !slices.ContainsFunc(r.Offers, func(o search.Offer) bool { return o.Facet+"="+o.Value == w.value && o.Count > 0 }) {
			return fmt.Sprintf("offered are %+v", r.Offers)
		}
	case "svagere":
		if !slices.ContainsFunc(r.Relaxed, func(v search.Relaxed) bool { return v.Dropped == w.value && v.Total > 0 }) {
			return fmt.Sprintf("weaker queries are %+v", r.Relaxed)
		}
	default:
		t.Fatalf("behaviour.txt line %d: %q is unknown; the file's top lists what is known", w.line, w.what)
	}
	return ""
}

func TestSearchBehavesAsCaseWorkersExpect(t *testing.T) {
	s, _ := indextest.Embedded(t)
	entries := readBehaviour(t)
	if len(entries) < 40 {
		t.Errorf("only %d entries", len(entries))
	}
	for _, b := range entries {
		t.Run(b.title, func(t *testing.T) {
			if len(b.wants) == 0 {
				t.Fatalf("behaviour.txt line %d: nothing is expected", b.line)
			}
			b.query.Size = search.MaxSize
			r, err := s.Search(t.Context(), b.query)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range b.wants {
				if wrong := w.check(t, s, r); wrong != "" {
					t.Errorf("behaviour.txt line %d, %q %s %v %q: %s", w.line, b.query.Text, w.what, w.numbers, w.value, wrong)
				}
			}
		})
	}
}
