package search

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/vidensbank/vidensbank/analyzers"
)

// Generation is an open engine with what belongs to it.
type Generation struct {
	Engine    Engine
	Analyzer  *analyzers.Analyzer // the one that made the index
	Names     []Name              // what the facets' values are called
	Completer Completions         // words, phrases and titles to complete queries with
	Close     func() error        // called once, when the last search on it has ended
}

// Service is the Searcher over an engine. It changes to a new generation without dropping a search: those under way end on the old one.
type Service struct {
	mu      sync.Mutex
	current *served
	log     *slog.Logger
}

var _ Searcher = (*Service)(nil)

// served is a generation with its readers counted.
type served struct {
	Generation
	planner   *planner
	completer *completer
	cache     *resultCache
	readers   int // the service itself counts as one
}

// NewService serves a generation.
func NewService(g Generation, log *slog.Logger) *Service {
	s := &Service{log: log}
	s.current = newServed(g)
	return s
}

func newServed(g Generation) *served {
	p := newPlanner(g.Analyzer, g.Engine, g.Names)
	return &served{Generation: g, planner: p, completer: newCompleter(g, p), cache: newResultCache(maxCacheBytes), readers: 1}
}

// Switch serves another generation from now on. The old one is closed when its last search has ended.
func (s *Service) Switch(g Generation) {
	next := newServed(g)
	s.mu.Lock()
	old := s.current
	s.current = next
	s.mu.Unlock()
	s.leave(old)
}

// Close ends the service; searches under way end first.
func (s *Service) Close() {
	s.mu.Lock()
	old := s.current
	s.current = nil
	s.mu.Unlock()
	if old != nil {
		s.leave(old)
	}
}

var errClosed = errors.New("the search service is closed")

func (s *Service) enter() (*served, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil {
		return nil, errClosed
	}
	s.current.readers++
	return s.current, nil
}

func (s *Service) leave(g *served) {
	s.mu.Lock()
	g.readers--
	last := g.readers == 0
	s.mu.Unlock()
	if last && g.Close != nil {
		if err := g.Close(); err != nil {
			s.log.Error("closing a generation", "generation", g.Engine.Status().Generation, "error", err)
		}
	}
}

// Status names the generation that serves.
func (s *Service) Status() Status {
	g, err := s.enter()
	if err != nil {
		return Status{}
	}
	defer s.leave(g)
	return g.Engine.Status()
}

// normalise checks a query's bounds and fills in its defaults.
func normalise(q Query) (Query, error) {
	q.Text = strings.TrimSpace(q.Text)
	if !utf8.ValidString(q.Text) {
		return q, &InvalidError{Param: "q", Want: "teksten skal være gyldig UTF-8"}
	}
	if n := utf8.RuneCountInString(q.Text); n > MaxQueryRunes {
		return q, &InvalidError{Param: "q", Value: fmt.Sprint(n), Want: fmt.Sprintf("højst %d tegn", MaxQueryRunes)}
	}
	if q.Page == 0 {
		q.Page = 1
	}
	if q.Page < 1 || q.Page > MaxPage {
		return q, &InvalidError{Param: "page", Value: fmt.Sprint(q.Page), Want: fmt.Sprintf("et helt tal fra 1 til %d", MaxPage)}
	}
	if q.Size == 0 {
		q.Size = DefaultSize
	}
	if q.Size < 1 || q.Size > MaxSize {
		return q, &InvalidError{Param: "size", Value: fmt.Sprint(q.Size), Want: fmt.Sprintf("et helt tal fra 1 til %d", MaxSize)}
	}
	switch q.Sort {
	case "":
		q.Sort = SortRelevance
	case SortRelevance, SortNewest, SortTitle:
	default:
		return q, &InvalidError{Param: "sort", Value: string(q.Sort), Want: "relevance, newest eller title"}
	}
	for facet, values := range q.Filters {
		if !slices.Contains(Facets, facet) {
			return q, &InvalidError{Param: facet, Want: "en af facetterne " + strings.Join(Facets, ", ")}
		}
		if len(values) > MaxFilterValues {
			return q, &InvalidError{Param: facet, Value: fmt.Sprint(len(values)), Want: fmt.Sprintf("højst %d værdier", MaxFilterValues)}
		}
	}
	return q, nil
}

// Search plans and executes a query, and makes its answer readable.
func (s *Service) Search(ctx context.Context, q Query) (*Result, error) {
	q, err := normalise(q)
	if err != nil {
		return nil, err
	}
	g, err := s.enter()
	if err != nil {
		return nil, err
	}
	defer s.leave(g)
	key := cacheKey(q)
	if r, ok := g.cache.get(key); ok {
		return r, nil
	}
	r, err := g.search(ctx, q)
	if err != nil {
		return nil, err
	}
	g.cache.put(key, r)
	return r, nil
}

func (g *served) search(ctx context.Context, q Query) (*Result, error) {
	p, err := g.plan(ctx, q, Facets)
	if err != nil {
		return nil, err
	}
	a, err := g.Engine.Execute(ctx, &p.Plan)
	if err != nil {
		return nil, err
	}
	status := g.Engine.Status()
	r := &Result{Total: a.Total, Facets: a.Facets, Generation: status.Generation, Cases: status.Cases}
	for i, n := range a.WordDocs {
		if n == 0 {
			r.Unmatched = append(r.Unmatched, p.Words[i].Text)
		}
	}
	if r.Hits, err = g.hits(ctx, p, a.Matches, q.Explain); err != nil {
		return nil, err
	}
	if r.DidYouMean, err = g.didYouMean(ctx, q, p); err != nil {
		return nil, err
	}
	if r.Offers, err = g.offers(ctx, q, p); err != nil {
		return nil, err
	}
	if r.Total == 0 {
		if r.Relaxed, err = g.relax(ctx, q); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (g *served) hits(ctx context.Context, p *planned, matches []Match, explain bool) ([]Hit, error) {
	m := newMarker(g.Analyzer, &p.Plan)
	hits := make([]Hit, 0, len(matches))
	for _, match := range matches {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		d, err := g.Engine.Document(match.Doc)
		if err != nil {
			return nil, err
		}
		h := Hit{Document: *d, Score: match.Score}
		h.Highlight, h.Matched = m.highlight(d)
		if explain {
			if h.Explain, err = g.Engine.Explain(ctx, &p.Plan, match.Doc); err != nil {
				return nil, err
			}
		}
		hits = append(hits, h)
	}
	return hits, nil
}

// count is how many cases a query finds.
func (g *served) count(ctx context.Context, text string, filters map[string][]string) (int, error) {
	p, err := g.planner.plan(ctx, text)
	if err != nil {
		return 0, err
	}
	p.Filters, p.Sort = filters, SortNewest
	a, err := g.Engine.Execute(ctx, &p.Plan)
	if err != nil {
		return 0, err
	}
	return a.Total, nil
}

// didYouMean puts likelier spellings in the place of words that the index doesn't have.
func (g *served) didYouMean(ctx context.Context, q Query, p *planned) (*Suggestion, error) {
	if len(p.corrections) == 0 {
		return nil, nil
	}
	var b strings.Builder
	end := 0
	analyzers.Tokenize(q.Text, func(t analyzers.Token) bool {
		if better, ok := p.corrections[t.Text]; ok {
			b.WriteString(q.Text[end:t.Start] + better)
			end = t.End
		}
		return true
	})
	text := b.String() + q.Text[end:]
	n, err := g.count(ctx, text, q.Filters)
	if err != nil || n == 0 {
		return nil, err
	}
	return &Suggestion{Text: text, Total: n}, nil
}

const (
	// maxOffers and maxRelaxed bound what is counted beside the query itself.
	maxOffers  = 3
	maxRelaxed = 5
	// maxWeaker bounds the weaker queries that are tried, found or not: a query may have 250 clauses.
	maxWeaker = 12
)

// offers are the filters that the query's own words name and that aren't chosen yet.
func (g *served) offers(ctx context.Context, q Query, p *planned) ([]Offer, error) {
	var out []Offer
	for _, o := range p.offers {
		if len(out) == maxOffers {
			break
		}
		if len(q.Filters[o.Facet]) > 0 {
			continue
		}
		filters := with(q.Filters, o.Facet, []string{o.Value})
		n, err := g.count(ctx, o.Rest, filters)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			o.Count = n
			out = append(out, o)
		}
	}
	return out, nil
}

// relax weakens a query that found nothing, by one facet's filter or by one clause, and keeps what then finds something.
func (g *served) relax(ctx context.Context, q Query) ([]Relaxed, error) {
	var out []Relaxed
	tried := 0
	try := func(text string, filters map[string][]string, dropped string) error {
		if tried++; tried > maxWeaker {
			return nil
		}
		n, err := g.count(ctx, text, filters)
		if err == nil && n > 0 {
			out = append(out, Relaxed{Text: text, Filters: filters, Dropped: dropped, Total: n})
		}
		return err
	}
	for _, facet := range Facets {
		if len(q.Filters[facet]) == 0 || len(out) == maxRelaxed {
			continue
		}
		if err := try(q.Text, with(q.Filters, facet, nil), facet); err != nil {
			return nil, err
		}
	}
	if plain := strings.Map(dropQuote, q.Text); plain != q.Text && len(out) < maxRelaxed {
		if err := try(plain, q.Filters, "\""); err != nil {
			return nil, err
		}
	}
	clauses := parse(q.Text)
	for _, c := range clauses {
		if len(clauses) < 2 || len(out) == maxRelaxed {
			break
		}
		if err := try(without(q.Text, c.words), q.Filters, strings.Join(c.words, " ")); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func dropQuote(r rune) rune {
	if isQuote(r) {
		return -1
	}
	return r
}

// with is a copy of filters in which a facet has the given values.
func with(filters map[string][]string, facet string, values []string) map[string][]string {
	out := make(map[string][]string, len(filters)+1)
	for f, v := range filters {
		if f != facet {
			out[f] = v
		}
	}
	if len(values) > 0 {
		out[facet] = values
	}
	return out
}

// Suggest completes a query as it is typed.
func (s *Service) Suggest(ctx context.Context, text string, limit int) ([]Completion, error) {
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > MaxQueryRunes {
		return nil, &InvalidError{Param: "q", Want: fmt.Sprintf("højst %d tegn gyldig UTF-8", MaxQueryRunes)}
	}
	g, err := s.enter()
	if err != nil {
		return nil, err
	}
	defer s.leave(g)
	return g.completer.complete(ctx, text, limit)
}

// Case returns the case with an id.
func (s *Service) Case(_ context.Context, id string) (*Document, error) {
	g, err := s.enter()
	if err != nil {
		return nil, err
	}
	defer s.leave(g)
	doc, err := g.find(id)
	if err != nil {
		return nil, err
	}
	return g.Engine.Document(doc)
}

func (g *served) find(id string) (uint32, error) {
	doc, ok, err := g.Engine.Find(id)
	if err == nil && !ok {
		err = ErrNotFound
	}
	return doc, err
}

// All visits every case in the corpus' order.
func (s *Service) All(ctx context.Context, visit func(Document) error) error {
	g, err := s.enter()
	if err != nil {
		return err
	}
	defer s.leave(g)
	for doc := range uint32(g.Engine.Status().Cases) {
		if err := ctx.Err(); err != nil {
			return err
		}
		d, err := g.Engine.Document(doc)
		if err != nil {
			return err
		}
		if err := visit(*d); err != nil {
			return err
		}
	}
	return nil
}
