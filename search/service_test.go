package search_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/vidensbank/vidensbank/internal/indextest"
	"github.com/vidensbank/vidensbank/search"
)

func TestMain(m *testing.M) { os.Exit(indextest.Main(m)) }

// fake is an engine of one case per title; what a test wants to see or hold up goes through its hooks.
type fake struct {
	name    string
	titles  []string
	execute func(ctx context.Context) error // before each answer
	closed  atomic.Int32
	working atomic.Int32
	asked   atomic.Int32
}

func (f *fake) Execute(ctx context.Context, p *search.Plan) (*search.Answer, error) {
	if f.closed.Load() > 0 {
		return nil, errors.New("asked after it was closed")
	}
	f.asked.Add(1)
	f.working.Add(1)
	defer f.working.Add(-1)
	if f.execute != nil {
		if err := f.execute(ctx); err != nil {
			return nil, err
		}
	}
	a := &search.Answer{Total: len(f.titles), WordDocs: make([]int, len(p.Words))}
	for i := range a.WordDocs {
		a.WordDocs[i] = 1
	}
	for i := p.Offset; i < min(p.Offset+p.Limit, len(f.titles)); i++ {
		a.Matches = append(a.Matches, search.Match{Doc: uint32(i), Score: 1})
	}
	if f.closed.Load() > 0 {
		return nil, errors.New("closed while it worked")
	}
	return a, nil
}

func (f *fake) Explain(context.Context, *search.Plan, uint32) ([]search.Matched, error) {
	return []search.Matched{{Word: "å"}}, nil
}
func (f *fake) Frequency(search.Field, string) (int, error) { return 1, nil }
func (f *fake) Near(context.Context, string, int, int) ([]search.Term, error) {
	return nil, nil
}
func (f *fake) Document(doc uint32) (*search.Document, error) {
	return &search.Document{ID: f.name, Title: f.titles[doc], Summary: f.name}, nil
}
func (f *fake) Find(id string) (uint32, bool, error) { return 0, id == f.name, nil }
func (f *fake) Values(string) []search.FacetValue    { return nil }
func (f *fake) Status() search.Status                { return search.Status{Generation: f.name, Cases: len(f.titles)} }
func (f *fake) generation(t testing.TB) search.Generation {
	return search.Generation{Engine: f, Analyzer: indextest.Analyzer(t), Close: func() error {
		if n := f.working.Load(); n > 0 {
			return fmt.Errorf("closed under %d searches", n)
		}
		f.closed.Add(1)
		return nil
	}}
}

func newFake(name string) *fake {
	return &fake{name: name, titles: []string{"Stress hos ældre", "Ro på"}}
}

func TestASwitchLetsSearchesEndOnTheOldEngineAndClosesItOnce(t *testing.T) {
	old, next := newFake("gammel"), newFake("ny å")
	entered, release := make(chan struct{}, 3), make(chan struct{})
	old.execute = func(context.Context) error {
		entered <- struct{}{}
		<-release
		return nil
	}
	s := search.NewService(old.generation(t), indextest.Log())
	defer s.Close()
	results := make(chan *search.Result, 3)
	for i := range 3 {
		go func() {
			r, err := s.Search(t.Context(), search.Query{Text: fmt.Sprintf("ældre%d", i)})
			if err != nil {
				t.Error(err)
			}
			results <- r
		}()
	}
	for range 3 {
		<-entered
	}
	s.Switch(next.generation(t))
	if r, err := s.Search(t.Context(), search.Query{Text: "ældre"}); err != nil || r.Generation != "ny å" || r.Hits[0].ID != "ny å" {
		t.Errorf("after the switch: %+v, %v, want the new engine", r, err)
	}
	if n := old.closed.Load(); n != 0 {
		t.Errorf("the old engine is closed under its searches")
	}
	close(release)
	for range 3 {
		if r := <-results; r.Generation != "gammel" {
			t.Errorf("a search that began on the old engine ends on %q", r.Generation)
		}
	}
	if n := old.closed.Load(); n != 1 {
		t.Errorf("the old engine is closed %d times after its last search, want 1", n)
	}
	s.Switch(newFake("tredje").generation(t))
	if n := next.closed.Load(); n != 1 {
		t.Errorf("the idle engine is closed %d times, want 1", n)
	}
	s.Close()
	s.Close()
	if n := old.closed.Load(); n != 1 {
		t.Errorf("the old engine is closed %d times, want 1", n)
	}
}

func TestSwitchingUnderLoadDropsNothing(t *testing.T) {
	engines := []*fake{newFake("0")}
	s := search.NewService(engines[0].generation(t), indextest.Log())
	stop := make(chan struct{})
	var served atomic.Int64
	var wait sync.WaitGroup
	for g := range 4 {
		wait.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				r, err := s.Search(t.Context(), search.Query{Text: fmt.Sprintf("æ%d %d", g, i%50)})
				if err != nil || r.Total != 2 || r.Hits[0].ID != r.Generation {
					t.Errorf("%+v, %v: an answer must be of one engine", r, err)
					return
				}
				if err := s.All(t.Context(), func(search.Document) error { return nil }); err != nil {
					t.Error(err)
					return
				}
				served.Add(1)
			}
		})
	}
	for i := 1; i <= 200; i++ {
		f := newFake(fmt.Sprint(i))
		engines = append(engines, f)
		s.Switch(f.generation(t))
		if got := s.Status().Generation; got != f.name {
			t.Errorf("after switch %d the service has %q", i, got)
		}
		for before := served.Load(); served.Load() == before && !t.Failed(); { // some are served on each
			if _, err := s.Search(t.Context(), search.Query{Text: "ø"}); err != nil {
				t.Error(err)
			}
		}
	}
	close(stop)
	wait.Wait()
	s.Close()
	for _, f := range engines {
		if n := f.closed.Load(); n != 1 {
			t.Errorf("engine %s is closed %d times, want 1", f.name, n)
		}
	}
	if _, err := s.Search(t.Context(), search.Query{}); err == nil {
		t.Error("a closed service answers")
	}
	if got := s.Status(); got != (search.Status{}) {
		t.Errorf("a closed service has the status %+v", got)
	}
}

func TestARepeatedQueryIsAnsweredFromTheCacheUntilTheSwitch(t *testing.T) {
	one, two := newFake("én"), newFake("to")
	s := search.NewService(one.generation(t), indextest.Log())
	defer s.Close()
	q := search.Query{Text: "ældre", Filters: map[string][]string{search.FacetTheme: {"stress"}}}
	first, err := s.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	asked := one.asked.Load()
	second, err := s.Search(t.Context(), q)
	if err != nil || !reflect.DeepEqual(first, second) || one.asked.Load() != asked {
		t.Errorf("%+v, %v after %d more questions to the engine; want the same answer and none", second, err, one.asked.Load()-asked)
	}
	s.Switch(two.generation(t))
	if r, err := s.Search(t.Context(), q); err != nil || r.Generation != "to" || two.asked.Load() == 0 {
		t.Errorf("after the switch: %+v, %v; want a fresh answer", r, err)
	}
}

func TestAFailedOrCancelledSearchIsNotKept(t *testing.T) {
	f := newFake("å")
	errDisk := errors.New("disken svarer ikke")
	fail := true
	f.execute = func(ctx context.Context) error {
		if fail {
			return errDisk
		}
		return ctx.Err()
	}
	s := search.NewService(f.generation(t), indextest.Log())
	defer s.Close()
	if _, err := s.Search(t.Context(), search.Query{Text: "ældre"}); !errors.Is(err, errDisk) {
		t.Errorf("the error is %v, want the engine's", err)
	}
	fail = false
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Search(ctx, search.Query{Text: "ældre"}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v, want the context's", err)
	}
	if r, err := s.Search(t.Context(), search.Query{Text: "ældre"}); err != nil || r.Total != 2 {
		t.Errorf("%+v, %v, want the answer", r, err)
	}
}

func TestAQueryThatFindsNothingAsksTheEngineAFewTimes(t *testing.T) {
	for _, text := range []string{strings.Repeat(`"å" `, 125), strings.Repeat(`-æ `, 166), strings.Repeat("ældre ", 80)} {
		f := &fake{name: "tom"}
		s := search.NewService(f.generation(t), indextest.Log())
		filters := map[string][]string{}
		for _, facet := range search.Facets {
			filters[facet] = []string{"ø"}
		}
		if _, err := s.Search(t.Context(), search.Query{Text: text, Filters: filters}); err != nil {
			t.Fatal(err)
		}
		if n := f.asked.Load(); n > 20 {
			t.Errorf("%.20s…: the engine is asked %d times", text, n)
		}
		s.Close()
	}
}

func TestQueriesBeyondTheLimitsAreRefusedWithWhatIsAllowed(t *testing.T) {
	s, _ := indextest.Embedded(t)
	many := make([]string, search.MaxFilterValues+1)
	for i := range many {
		many[i] = fmt.Sprint("ø", i)
	}
	for _, c := range []struct {
		rule, param, want string
		q                 search.Query
	}{
		{"a text too long", "q", "500", search.Query{Text: strings.Repeat("å", search.MaxQueryRunes+1)}},
		{"a text that is no UTF-8", "q", "UTF-8", search.Query{Text: "\xe6ldre"}},
		{"a page below 1", "page", "1 til 1000", search.Query{Page: -1}},
		{"a page too high", "page", "1 til 1000", search.Query{Page: search.MaxPage + 1}},
		{"a size below 1", "size", "1 til 100", search.Query{Size: -1}},
		{"a size too large", "size", "1 til 100", search.Query{Size: search.MaxSize + 1}},
		{"an unknown sort", "sort", "newest", search.Query{Sort: "ældste"}},
		{"an unknown facet", "farve", "sector", search.Query{Filters: map[string][]string{"farve": {"blå"}}}},
		{"too many values", "theme", "200", search.Query{Filters: map[string][]string{"theme": many}}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			r, err := s.Search(t.Context(), c.q)
			var invalid *search.InvalidError
			if !errors.As(err, &invalid) || invalid.Param != c.param || !strings.Contains(invalid.Want, c.want) {
				t.Errorf("%+v, %v; want InvalidError for %s with %q", r, err, c.param, c.want)
			}
			if err != nil && !strings.Contains(err.Error(), c.param) {
				t.Errorf("the message %q doesn't name %s", err, c.param)
			}
		})
	}
	for _, q := range []search.Query{
		{Text: strings.Repeat("å", search.MaxQueryRunes)}, {Text: "  " + strings.Repeat("å", search.MaxQueryRunes) + "\n"}, {Page: search.MaxPage},
		{Size: search.MaxSize}, {Sort: search.SortTitle}, {Filters: map[string][]string{"theme": many[1:]}}, {},
	} {
		if _, err := s.Search(t.Context(), q); err != nil {
			t.Errorf("a query at the limit is refused: %v", err)
		}
	}
	if _, err := s.Suggest(t.Context(), strings.Repeat("å", search.MaxQueryRunes+1), 5); !errors.As(err, new(*search.InvalidError)) {
		t.Errorf("a text too long to complete gives %v", err)
	}
	if _, err := s.Suggest(t.Context(), "\xff", 5); !errors.As(err, new(*search.InvalidError)) {
		t.Errorf("no UTF-8 to complete gives %v", err)
	}
	for _, err := range []error{
		func() error { _, err := s.Case(t.Context(), "findes-ikke-å"); return err }(),
		func() error { _, err := s.Similar(t.Context(), "findes-ikke-å", 5); return err }(),
	} {
		if !errors.Is(err, search.ErrNotFound) {
			t.Errorf("an unknown case gives %v, want ErrNotFound", err)
		}
	}
}
