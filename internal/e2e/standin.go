package e2e

import (
	"cmp"
	"context"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/search"
)

// standIn searches the embedded cases by looking at each.
type standIn struct {
	taxonomy *corpus.Taxonomy
	docs     []search.Document
}

func newStandIn(c *corpus.Corpus) (*standIn, error) {
	s := &standIn{taxonomy: c.Taxonomy()}
	for one, err := range c.Cases(context.Background()) {
		if err != nil {
			return nil, err
		}
		d := search.Document{ID: one.ID, Title: one.Title, Summary: one.Summary, Kind: one.Kind, Sector: one.Sector, Themes: one.Themes,
			Municipalities: one.Municipalities, Region: one.Region, Organisation: one.Organisation, Workplace: one.Workplace, Year: one.Year, Tools: one.Tools,
			Source: search.Source{Publisher: one.Source.Publisher, URL: one.Source.URL, More: one.Source.More}}
		for _, x := range one.Sections {
			d.Sections = append(d.Sections, search.Section{Heading: x.Heading, Body: x.Body})
		}
		s.docs = append(s.docs, d)
	}
	return s, nil
}

func values(d search.Document, facet string) []string {
	switch facet {
	case search.FacetSector:
		return []string{d.Sector}
	case search.FacetTheme:
		return d.Themes
	case search.FacetMunicipality:
		return d.Municipalities
	case search.FacetRegion:
		return []string{d.Region}
	case search.FacetKind:
		return []string{d.Kind}
	default:
		if d.Year == 0 {
			return nil
		}
		return []string{strconv.Itoa(d.Year)}
	}
}

func whole(d search.Document) string {
	t := d.Title + "\n" + d.Summary
	for _, s := range d.Sections {
		t += "\n" + s.Body
	}
	return strings.ToLower(t)
}

func (s *standIn) Search(ctx context.Context, q search.Query) (*search.Result, error) {
	words := strings.Fields(strings.ToLower(q.Text))
	stems := make([]string, len(words))
	for i, w := range words {
		stems[i] = string([]rune(w)[:max(1, len([]rune(w))-3)])
		if len([]rune(w)) < 6 {
			stems[i] = w
		}
	}
	res := &search.Result{Cases: len(s.docs), Generation: "stand-in"}
	counts := map[string]map[string]int{}
	seen := make([]bool, len(stems))
	var hits []search.Hit
	for _, d := range s.docs {
		text := whole(d)
		score := 0.0
		for i, w := range stems {
			if n := strings.Count(text, w); n > 0 {
				score += 1 + float64(n)/10
				seen[i] = true
				if strings.Contains(strings.ToLower(d.Title), w) {
					score++
				}
			}
		}
		if len(words) > 0 && score == 0 {
			continue
		}
		missed, last := 0, ""
		for f, chosen := range q.Filters {
			if !slices.ContainsFunc(values(d, f), func(v string) bool { return slices.Contains(chosen, v) }) {
				missed++
				last = f
			}
		}
		for _, f := range search.Facets {
			if missed == 0 || missed == 1 && last == f {
				for _, v := range values(d, f) {
					if v != "" {
						if counts[f] == nil {
							counts[f] = map[string]int{}
						}
						counts[f][v]++
					}
				}
			}
		}
		if missed == 0 {
			h := search.Hit{Document: d, Score: score}
			h.Highlight.Title = mark(d.Title, stems)
			passage := d.Summary
			for _, x := range d.Sections {
				for _, w := range stems {
					if strings.Contains(strings.ToLower(x.Body), w) && len(x.Body) < 300 {
						passage = x.Body
					}
				}
			}
			h.Highlight.Text = mark(strings.ReplaceAll(passage, "- ", ""), stems)
			if len(words) > 0 && !strings.Contains(text, words[0]) {
				if m := regexp.MustCompile(`\p{L}*` + regexp.QuoteMeta(stems[0]) + `\p{L}*`).FindString(text); m != "" {
					h.Matched = []string{m}
				}
			}
			hits = append(hits, h)
		}
	}
	for i, w := range words {
		if !seen[i] {
			res.Unmatched = append(res.Unmatched, w)
		}
	}
	slices.SortStableFunc(hits, func(a, b search.Hit) int {
		switch {
		case q.Sort == search.SortNewest || q.Sort == "" && q.Text == "":
			return cmp.Compare(b.Year, a.Year)
		case q.Sort == search.SortTitle:
			return cmp.Compare(a.Title, b.Title)
		}
		return cmp.Compare(b.Score, a.Score)
	})
	res.Total = len(hits)
	for _, f := range search.Facets {
		facet := search.Facet{Name: f}
		for _, v := range q.Filters[f] {
			if counts[f][v] == 0 {
				if counts[f] == nil {
					counts[f] = map[string]int{}
				}
				counts[f][v] = 0
			}
		}
		for v, n := range counts[f] {
			facet.Values = append(facet.Values, search.FacetValue{Value: v, Count: n, Selected: slices.Contains(q.Filters[f], v)})
		}
		slices.SortFunc(facet.Values, func(a, b search.FacetValue) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
		})
		res.Facets = append(res.Facets, facet)
	}
	size, page := cmp.Or(q.Size, search.DefaultSize), max(q.Page, 1)
	from := min((page-1)*size, len(hits))
	res.Hits = hits[from:min(from+size, len(hits))]
	if q.Text == "stres" || q.Text == "arbejdsmilø" {
		res.DidYouMean = &search.Suggestion{Text: map[string]string{"stres": "stress", "arbejdsmilø": "arbejdsmiljø"}[q.Text], Total: 83}
	}
	for _, w := range words {
		if m := s.taxonomy.Resolve(search.FacetMunicipality, w); len(m) > 0 && len(words) > 1 {
			rest := strings.TrimSpace(strings.Replace(strings.ToLower(q.Text), w, "", 1))
			res.Offers = append(res.Offers, search.Offer{Facet: search.FacetMunicipality, Value: m[0], Word: w, Rest: rest, Count: 7})
		}
	}
	if res.Total == 0 {
		if len(q.Filters) > 0 {
			for f, vs := range q.Filters {
				less := map[string][]string{}
				for g, ws := range q.Filters {
					if g != f {
						less[g] = ws
					}
				}
				res.Relaxed = append(res.Relaxed, search.Relaxed{Text: q.Text, Filters: less, Dropped: vs[0], Total: 12})
			}
		}
		for i, w := range words {
			if len(words) > 1 {
				res.Relaxed = append(res.Relaxed, search.Relaxed{Text: strings.Join(append(slices.Clone(words[:i]), words[i+1:]...), " "), Filters: q.Filters, Dropped: w, Total: 31})
			}
		}
	}
	return res, nil
}

func mark(text string, stems []string) string {
	t := html.EscapeString(text)
	for _, w := range stems {
		re := regexp.MustCompile(`(?i)\p{L}*` + regexp.QuoteMeta(w) + `\p{L}*`)
		t = re.ReplaceAllString(t, "<mark>$0</mark>")
	}
	return t
}

func (s *standIn) Suggest(_ context.Context, text string, limit int) ([]search.Completion, error) {
	t := strings.ToLower(text)
	if t == "" {
		return nil, nil
	}
	var words, more []search.Completion
	count := map[string]int{}
	for _, d := range s.docs {
		for _, w := range slices.Compact(slices.Sorted(slices.Values(strings.FieldsFunc(whole(d), func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzæøå", r) })))) {
			if strings.HasPrefix(w, t) {
				count[w]++
			}
		}
	}
	for w, n := range count {
		words = append(words, search.Completion{Kind: search.CompletionWord, Text: w, Value: w, Count: n})
	}
	slices.SortFunc(words, func(a, b search.Completion) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Text, b.Text))
	})
	for _, f := range []string{search.FacetTheme, search.FacetSector, search.FacetMunicipality} {
		for _, id := range s.taxonomy.IDs(f) {
			if l := s.taxonomy.Label(f, id, "da"); strings.HasPrefix(strings.ToLower(l), t) {
				n := 0
				for _, d := range s.docs {
					if slices.Contains(values(d, f), id) {
						n++
					}
				}
				if n > 0 {
					more = append(more, search.Completion{Kind: f, Text: l, Value: id, Count: n})
				}
			}
		}
	}
	for _, d := range s.docs {
		if strings.Contains(strings.ToLower(d.Title), t) && len(more) < 6 {
			more = append(more, search.Completion{Kind: search.CompletionCase, Text: d.Title, Value: d.ID, Count: 1})
		}
	}
	words = append(words[:min(4, len(words))], more...)
	return words[:min(limit, len(words))], nil
}

func (s *standIn) Case(_ context.Context, id string) (*search.Document, error) {
	for _, d := range s.docs {
		if d.ID == id {
			return &d, nil
		}
	}
	return nil, search.ErrNotFound
}

func (s *standIn) Similar(ctx context.Context, id string, n int) ([]search.Hit, error) {
	d, err := s.Case(ctx, id)
	if err != nil {
		return nil, err
	}
	r, err := s.Search(ctx, search.Query{Filters: map[string][]string{search.FacetTheme: d.Themes}, Size: 100})
	if err != nil {
		return nil, err
	}
	hits := slices.DeleteFunc(r.Hits, func(h search.Hit) bool { return h.ID == id })
	return hits[:min(n, len(hits))], nil
}

func (s *standIn) All(_ context.Context, visit func(search.Document) error) error {
	for _, d := range s.docs {
		if err := visit(d); err != nil {
			return err
		}
	}
	return nil
}

func (s *standIn) Status() search.Status {
	return search.Status{Generation: "stand-in", Cases: len(s.docs)}
}
