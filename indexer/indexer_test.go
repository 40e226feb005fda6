package indexer_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vidensbank/vidensbank/analyzers"
	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/indexer"
	"github.com/vidensbank/vidensbank/internal/indextest"
	"github.com/vidensbank/vidensbank/internal/schema"
	"github.com/vidensbank/vidensbank/search"
)

// A test that kills a build runs this binary as the builder: these name what it builds, and where.
const (
	helperCorpus = "VIDENSBANK_TEST_CORPUS"
	helperData   = "VIDENSBANK_TEST_DATA"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(helperCorpus); path != "" {
		if err := buildAsHelper(path, os.Getenv(helperData)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(indextest.Main(m))
}

func buildAsHelper(path, data string) error {
	c, err := corpus.Open(path)
	if err != nil {
		return err
	}
	a, err := analyzers.New(analyzers.Options{})
	if err != nil {
		return err
	}
	_, err = indexer.Build(context.Background(), c, indexer.Options{Data: data, Analyzer: a})
	return err
}

func build(t *testing.T, data string, c indexer.Corpus) *schema.Manifest {
	t.Helper()
	m, err := indexer.Build(t.Context(), c, indexer.Options{Data: data, Analyzer: indextest.Analyzer(t)})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// entries lists a data folder: its own entries, and the generations.
func entries(t *testing.T, data string) []string {
	t.Helper()
	var out []string
	for _, dir := range []string{"", "generations"} {
		list, err := os.ReadDir(filepath.Join(data, dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out
}

// find executes a plan for one base and returns what it finds.
func find(t *testing.T, dir, word string) []search.Match {
	t.Helper()
	x := indextest.Open(t, dir)
	w := indextest.Analyzer(t).Word(word)
	a, err := x.Execute(t.Context(), &search.Plan{
		Words: []search.PlanWord{{Text: word, Alternatives: []search.Alternative{{Field: search.FieldStem, Terms: []string{w.Base}, Weight: 1}}}},
		Sort:  search.SortRelevance, Limit: 50, Facets: search.Facets,
	})
	if err != nil {
		t.Fatal(err)
	}
	return a.Matches
}

func TestABuildIsPublishedFreshAndWhole(t *testing.T) {
	data := t.TempDir()
	cases := indextest.Random(1, 90)
	if _, _, err := indexer.Fresh(data, cases.Fingerprint(), "x"); !errors.Is(err, indexer.ErrNone) {
		t.Errorf("an empty folder gives %v, want ErrNone", err)
	}
	m := build(t, data, cases)
	print := indextest.Analyzer(t).Fingerprint()
	dir, fresh, err := indexer.Fresh(data, cases.Fingerprint(), print)
	if err != nil || !reflect.DeepEqual(fresh, m) || filepath.Base(dir) != m.Generation {
		t.Fatalf("%s, %+v, %v, want %+v", dir, fresh, err, m)
	}
	if m.Cases != 90 || m.Words < 1000 || m.Version != schema.Version || m.Total() == 0 || len(m.Files) < 5 {
		t.Errorf("the manifest is %+v", m)
	}
	for _, want := range []string{schema.ForwardFile, schema.SuggestFile, schema.VocabularyFile} {
		if !slices.ContainsFunc(m.Files, func(f schema.File) bool { return f.Path == want }) {
			t.Errorf("the manifest doesn't name %s: %v", want, m.Files)
		}
	}
	if got, want := entries(t, data), []string{"CURRENT", "generations", filepath.Join("generations", m.Generation)}; !slices.Equal(got, want) {
		t.Errorf("the folder has %q, want %q", got, want)
	}
	x := indextest.Open(t, dir)
	for i, c := range cases {
		d, err := x.Document(uint32(i))
		if err != nil || d.ID != c.ID || d.Title != c.Title {
			t.Fatalf("document %d is %+v, %v, want case %s: numbers follow the corpus' order", i, d, err, c.ID)
		}
		if doc, ok, err := x.Find(c.ID); err != nil || !ok || doc != uint32(i) {
			t.Fatalf("%s is found as %d, %v, %v", c.ID, doc, ok, err)
		}
	}
	if _, ok, err := x.Find("findes-ikke-å"); ok || err != nil {
		t.Errorf("an unknown id is found: %v, %v", ok, err)
	}
}

func TestAnOutdatedIndexIsToldFromAFreshOne(t *testing.T) {
	data := t.TempDir()
	cases := indextest.Random(2, 10)
	print := indextest.Analyzer(t).Fingerprint()
	m := build(t, data, cases)
	dir := filepath.Join(data, "generations", m.Generation)
	for _, c := range []struct {
		rule, corpus, analysis string
		damage                 func() error
		want                   string
	}{
		{"other cases", "andre æbler", print, nil, "other cases"},
		{"other language data", cases.Fingerprint(), "ø", nil, "other language data"},
		{"a cut file", cases.Fingerprint(), print, func() error { return os.Truncate(filepath.Join(dir, schema.ForwardFile), 5) }, schema.ForwardFile},
		{"a generation that is gone", cases.Fingerprint(), print, func() error { return os.RemoveAll(dir) }, schema.ManifestFile},
	} {
		t.Run(c.rule, func(t *testing.T) {
			if c.damage != nil {
				if err := c.damage(); err != nil {
					t.Fatal(err)
				}
			}
			if _, _, err := indexer.Fresh(data, c.corpus, c.analysis); err == nil || errors.Is(err, indexer.ErrNone) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, want %q in it", err, c.want)
			}
		})
	}
	for _, name := range []string{"", "\n", "../../etc", "a/b", ".skjult", "."} {
		if err := os.WriteFile(filepath.Join(data, "CURRENT"), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
		if dir, err := indexer.Current(data); err == nil || !strings.Contains(err.Error(), "CURRENT") {
			t.Errorf("a pointer to %q gives %q, %v", name, dir, err)
		}
	}
}

func TestTheSameCorpusTwiceIsTheSameIndex(t *testing.T) {
	cases := indextest.Random(3, 300)
	var dirs []string
	for _, workers := range []int{1, 4} {
		data := t.TempDir()
		if _, err := indexer.Build(t.Context(), cases, indexer.Options{Data: data, Analyzer: indextest.Analyzer(t), Workers: workers}); err != nil {
			t.Fatal(err)
		}
		dir, err := indexer.Current(data)
		if err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	one, two := indextest.Open(t, dirs[0]), indextest.Open(t, dirs[1])
	for i := range cases {
		a, errA := one.Document(uint32(i))
		b, errB := two.Document(uint32(i))
		if errA != nil || errB != nil || !reflect.DeepEqual(a, b) {
			t.Fatalf("document %d is %+v (%v) and %+v (%v)", i, a, errA, b, errB)
		}
	}
	for _, word := range []string{"stress", "ældre", "børn", "og", "MED", "findesikke"} {
		if a, b := find(t, dirs[0], word), find(t, dirs[1], word); !reflect.DeepEqual(a, b) {
			t.Errorf("%s finds %v and %v", word, a, b)
		}
	}
	if a, b := one.Vocabulary(), two.Vocabulary(); !slices.Equal(a, b) {
		t.Errorf("the vocabularies differ: %q and %q", a, b)
	}
	if a, b := one.Completions(), two.Completions(); !reflect.DeepEqual(a, b) {
		t.Error("the completions differ")
	}
	for _, name := range []string{schema.ForwardFile, schema.SuggestFile, schema.VocabularyFile} {
		a, errA := os.ReadFile(filepath.Join(dirs[0], name))
		b, errB := os.ReadFile(filepath.Join(dirs[1], name))
		if errA != nil || errB != nil || string(a) != string(b) {
			t.Errorf("%s differs (%v, %v)", name, errA, errB)
		}
	}
}

func TestWhatGoesWrongLeavesNoTrace(t *testing.T) {
	errDisk := errors.New("disken er fuld")
	old := indextest.Random(4, 5)
	cases := indextest.Random(5, 400)
	for _, c := range []struct {
		rule  string
		stop  func(cancel func(), p indexer.Progress)
		cases indexer.Corpus
		want  error
	}{
		{"cancelled while reading", func(cancel func(), p indexer.Progress) {
			if p.Stage == indexer.StageRead && p.Done == 150 {
				cancel()
			}
		}, cases, context.Canceled},
		{"cancelled while merging", func(cancel func(), p indexer.Progress) {
			if p.Stage == indexer.StageMerge {
				cancel()
			}
		}, cases, context.Canceled},
		{"cancelled at the last moment", func(cancel func(), p indexer.Progress) {
			if p.Stage == indexer.StageVerify {
				cancel()
			}
		}, cases, context.Canceled},
		{"a corpus that can't be read", func(func(), indexer.Progress) {}, broken{cases, 200, errDisk}, errDisk},
		{"a corpus without cases", func(func(), indexer.Progress) {}, indextest.Cases{}, nil},
	} {
		t.Run(c.rule, func(t *testing.T) {
			data := t.TempDir()
			m := build(t, data, old)
			before := entries(t, data)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			_, err := indexer.Build(ctx, c.cases, indexer.Options{Data: data, Analyzer: indextest.Analyzer(t), Progress: func(p indexer.Progress) { c.stop(cancel, p) }})
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("the error is %v, want %v", err, c.want)
			}
			if c.want == nil && !strings.Contains(err.Error(), "no cases") {
				t.Errorf("the error is %v, want it to say that there are no cases", err)
			}
			if after := entries(t, data); !slices.Equal(before, after) {
				t.Errorf("the folder has %q, before %q", after, before)
			}
			if _, got, err := indexer.Fresh(data, old.Fingerprint(), indextest.Analyzer(t).Fingerprint()); err != nil || got.Generation != m.Generation {
				t.Errorf("the old generation no longer serves: %v", err)
			}
		})
	}
}

// broken is a corpus that can't be read to its end.
type broken struct {
	cases indextest.Cases
	after int
	err   error
}

func (b broken) Fingerprint() string { return b.cases.Fingerprint() }
func (b broken) Size() int           { return b.cases.Size() }

func (b broken) Cases(ctx context.Context) iter.Seq2[*corpus.Case, error] {
	return func(yield func(*corpus.Case, error) bool) {
		n := 0
		for c, err := range b.cases.Cases(ctx) {
			if n++; n > b.after {
				yield(nil, b.err)
				return
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

func TestProgressTellsEveryCaseOnceAndTheStagesInOrder(t *testing.T) {
	cases := indextest.Random(6, 50)
	var mu sync.Mutex
	var stages []string
	seen := map[int]int{}
	_, err := indexer.Build(t.Context(), cases, indexer.Options{Data: t.TempDir(), Analyzer: indextest.Analyzer(t), Progress: func(p indexer.Progress) {
		mu.Lock()
		defer mu.Unlock()
		if len(stages) == 0 || stages[len(stages)-1] != p.Stage {
			stages = append(stages, p.Stage)
		}
		if p.Total != 50 {
			t.Errorf("the total is %d", p.Total)
		}
		if p.Stage == indexer.StageRead {
			seen[p.Done]++
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{indexer.StageRead, indexer.StageMerge, indexer.StageVerify}; !slices.Equal(stages, want) {
		t.Errorf("the stages are %q, want %q", stages, want)
	}
	for i := 1; i <= 50; i++ {
		if seen[i] != 1 {
			t.Errorf("case %d is told %d times", i, seen[i])
		}
	}
}

func TestCleanKeepsTheCurrentGenerationAndTheNewest(t *testing.T) {
	cases := indextest.Random(7, 5)
	for _, c := range []struct{ keep, want int }{{1, 1}, {2, 2}, {3, 3}, {9, 4}} {
		t.Run(fmt.Sprintf("keep %d of 4", c.keep), func(t *testing.T) {
			data := t.TempDir()
			var made []string
			for range 4 {
				made = append(made, build(t, data, cases).Generation)
			}
			if err := indexer.Clean(data, c.keep); err != nil {
				t.Fatal(err)
			}
			list, err := os.ReadDir(filepath.Join(data, "generations"))
			if err != nil {
				t.Fatal(err)
			}
			var left []string
			for _, e := range list {
				left = append(left, e.Name())
			}
			if want := made[4-c.want:]; !slices.Equal(left, want) {
				t.Errorf("left are %q, want %q", left, want)
			}
		})
	}
	t.Run("an old current one stays", func(t *testing.T) {
		data := t.TempDir()
		first := build(t, data, cases).Generation
		build(t, data, cases)
		last := build(t, data, cases).Generation
		if err := os.WriteFile(filepath.Join(data, "CURRENT"), []byte(first+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := indexer.Clean(data, 2); err != nil {
			t.Fatal(err)
		}
		if got, want := entries(t, data)[2:], []string{filepath.Join("generations", first), filepath.Join("generations", last)}; !slices.Equal(got, want) {
			t.Errorf("left are %q, want %q", got, want)
		}
	})
	t.Run("a reader keeps reading what is removed", func(t *testing.T) {
		data := t.TempDir()
		first := build(t, data, cases).Generation
		x := indextest.Open(t, filepath.Join(data, "generations", first))
		build(t, data, cases)
		if err := indexer.Clean(data, 1); err != nil {
			t.Fatal(err)
		}
		for i := range cases {
			if d, err := x.Document(uint32(i)); err != nil || d.ID != cases[i].ID {
				t.Fatalf("document %d is %v, %v", i, d, err)
			}
		}
	})
	if err := indexer.Clean(t.TempDir(), 2); !errors.Is(err, indexer.ErrNone) {
		t.Errorf("cleaning an empty folder gives %v", err)
	}
}

func TestBuildsAtOnceAllSucceed(t *testing.T) {
	data := t.TempDir()
	print := indextest.Analyzer(t).Fingerprint()
	const builds = 8
	corpora := make([]indextest.Cases, builds)
	made := make([]*schema.Manifest, builds)
	var wait, ready sync.WaitGroup // ready: all are about to publish
	ready.Add(builds)
	for i := range corpora {
		corpora[i] = indextest.Random(uint64(80+i), 20)
		wait.Go(func() {
			var once sync.Once
			m, err := indexer.Build(t.Context(), corpora[i], indexer.Options{Data: data, Analyzer: indextest.Analyzer(t), Progress: func(p indexer.Progress) {
				if p.Stage == indexer.StageVerify {
					once.Do(func() { ready.Done(); ready.Wait() })
				}
			}})
			if err != nil {
				t.Error(err)
				once.Do(ready.Done)
			}
			made[i] = m
		})
	}
	wait.Wait()
	if t.Failed() {
		t.FailNow()
	}
	current, err := indexer.Current(data)
	if err != nil {
		t.Fatal(err)
	}
	winner := slices.IndexFunc(made, func(m *schema.Manifest) bool { return m.Generation == filepath.Base(current) })
	if winner < 0 {
		t.Fatalf("CURRENT names %s, which none of the builds made", current)
	}
	if _, _, err := indexer.Fresh(data, corpora[winner].Fingerprint(), print); err != nil {
		t.Error(err)
	}
	for i, m := range made {
		if _, err := schema.ReadManifest(filepath.Join(data, "generations", m.Generation)); err != nil {
			t.Errorf("build %d: %v", i, err)
		}
	}
	if got := entries(t, data); len(got) != 2+builds {
		t.Errorf("the folder has %q", got)
	}
}

func TestCasesOfTheSameTitleAllStand(t *testing.T) {
	var cases indextest.Cases
	for i := range 30 {
		cases = append(cases, &corpus.Case{ID: fmt.Sprintf("å-%02d", i), Title: "Færre sygemeldinger på plejehjemmet Ærø", Year: 2040 - i%3})
	}
	cases = append(cases, &corpus.Case{ID: "sidst", Title: ""})
	dir := indextest.Build(t, cases)
	if got := find(t, dir, "sygemelding"); len(got) != 30 {
		t.Errorf("%d of 30 cases are found", len(got))
	}
	x := indextest.Open(t, dir)
	a, err := x.Execute(t.Context(), &search.Plan{Sort: search.SortTitle, Limit: 40})
	if err != nil || len(a.Matches) != 31 || a.Matches[0].Doc != 30 {
		t.Fatalf("by title: %v, %v; want the case without a title first", a, err)
	}
	for i, m := range a.Matches[1:] {
		if m.Doc != uint32(i) {
			t.Errorf("hit %d is case %d: equal titles follow the corpus' order", i+1, m.Doc)
		}
	}
}

// watched are the moments at which a build is killed, by what is to be seen in the data folder.
var watched = []struct{ moment, pattern string }{
	{"as it begins", "building-*"},
	{"as it writes its first segment", "building-*/segment-*"},
	{"as it writes the words in order", "building-*/" + schema.ForwardFile},
	{"as it makes Bleve's folder", "building-*/" + schema.BleveDir},
	{"as it merges", "building-*/merged-*"},
	{"as it verifies", "building-*/" + schema.ManifestFile},
}

func TestAKilledBuildChangesNothingAndIsCleanedUp(t *testing.T) {
	lines := indextest.WriteLines(t, 1500)
	old := indextest.Random(11, 20)
	for _, w := range watched {
		t.Run(w.moment, func(t *testing.T) {
			var data string
			var m *schema.Manifest
			for try := 1; ; try++ {
				data = t.TempDir()
				m = build(t, data, old)
				if killWhen(t, lines, data, filepath.Join(data, w.pattern)) {
					break
				}
				if try == maxTries {
					t.Fatalf("%s wasn't seen in %d builds", w.pattern, try)
				}
			}
			dir, got, err := indexer.Fresh(data, old.Fingerprint(), indextest.Analyzer(t).Fingerprint())
			if err != nil || got.Generation != m.Generation {
				t.Fatalf("the old generation no longer serves: %v", err)
			}
			if hits := find(t, dir, "stress"); len(hits) == 0 {
				t.Error("the old generation finds nothing")
			}
			next := build(t, data, indextest.Random(12, 20))
			if err := indexer.Clean(data, 1); err != nil {
				t.Fatal(err)
			}
			if got, want := entries(t, data), []string{"CURRENT", "generations", filepath.Join("generations", next.Generation)}; !slices.Equal(got, want) {
				t.Errorf("after the next build the folder has %q, want %q", got, want)
			}
		})
	}
}

// maxTries bounds the builds that are begun to catch one at a moment: on a busy machine one may be over before it is seen.
const maxTries = 10

// killWhen starts a build in a process of its own and kills it as soon as a file of the pattern is there. It tells whether it came in time, before
// the build was published.
func killWhen(t *testing.T, lines, data, pattern string) bool {
	t.Helper()
	before, err := indexer.Current(data)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), helperCorpus+"="+lines, helperData+"="+data)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	look := time.NewTicker(200 * time.Microsecond)
	defer look.Stop()
	for {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("the build fails by itself: %v\n%s", err, &out)
			}
			return false
		case <-look.C:
		}
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 {
			continue
		}
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		<-ended
		after, err := indexer.Current(data)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := schema.ReadManifest(after); err != nil {
			t.Fatalf("what serves after the kill is broken: %v", err)
		}
		return after == before
	}
}

func TestWhatIsLeftOfAPublishIsRemovedByTheNextBuild(t *testing.T) {
	data := t.TempDir()
	dead := exec.Command(os.Args[0], "-test.run=^$")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		fmt.Sprintf("building-%d-1.current", dead.Process.Pid), fmt.Sprintf("building-%d-2", dead.Process.Pid), "building-ødelagt",
	} {
		if err := os.WriteFile(filepath.Join(data, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	living := fmt.Sprintf("building-%d-3", os.Getpid())
	if err := os.Mkdir(filepath.Join(data, living), 0o755); err != nil {
		t.Fatal(err)
	}
	m := build(t, data, indextest.Random(13, 5))
	if got, want := entries(t, data), []string{"CURRENT", living, "generations", filepath.Join("generations", m.Generation)}; !slices.Equal(got, want) {
		t.Errorf("the folder has %q, want %q: a living process' build stays", got, want)
	}
}

func TestLinesWithValuesOfTheirOwnAreIndexed(t *testing.T) {
	const n = 1000
	c, err := corpus.Open(indextest.WriteLines(t, n))
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	m := build(t, data, c)
	if m.Cases != n {
		t.Errorf("%d cases, want %d", m.Cases, n)
	}
	x := indextest.Open(t, filepath.Join(data, "generations", m.Generation))
	for _, want := range []struct {
		facet, value  string
		values, count int
	}{{"sector", "Forvaltning A", 26, 39}, {"theme", "egen å", 8, n}, {"year", "2003", 20, 50}, {"municipality", "Kommune Ø", 3, 334}} {
		values := x.Values(want.facet)
		i := slices.IndexFunc(values, func(v search.FacetValue) bool { return v.Value == want.value })
		if len(values) != want.values || i < 0 || values[i].Count != want.count {
			t.Errorf("%s has %d values, %v; want %d, %s with %d", want.facet, len(values), values, want.values, want.value, want.count)
		}
	}
	if d, err := x.Document(n - 1); err != nil || d.ID != "æ/00999" {
		t.Errorf("the last document is %v, %v", d, err)
	}
}

func TestAFolderThatCannotBeWrittenIsTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "fil")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := indexer.Build(t.Context(), indextest.Random(14, 3), indexer.Options{Data: file, Analyzer: indextest.Analyzer(t)}); err == nil || !strings.Contains(err.Error(), "fil") {
		t.Errorf("the error is %v, want the path in it", err)
	}
}
