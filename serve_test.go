package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/vidensbank/vidensbank/analyzers"
	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/indexer"
	"github.com/vidensbank/vidensbank/internal/indextest"
	"github.com/vidensbank/vidensbank/internal/schema"
	"github.com/vidensbank/vidensbank/server/api"
)

// patience is how long a test waits for what must come; on a busy machine it takes seconds.
const patience = 60 * time.Second

// serving is a running serve command.
type serving struct {
	base string
	log  *logBuffer
	stop context.CancelFunc
	done chan int // the exit code
}

var address = regexp.MustCompile(`msg=serving address=(http://\S+)`)

// waitLog waits until the log matches, and returns the match.
func (s *serving) waitLog(t *testing.T, re *regexp.Regexp) []string {
	t.Helper()
	late := time.After(patience)
	for {
		if m := re.FindStringSubmatch(s.log.String()); m != nil {
			return m
		}
		select {
		case <-s.log.news:
		case code := <-s.done:
			t.Fatalf("serve ended with %d:\n%s", code, s.log)
		case <-late:
			t.Fatalf("the log doesn't say %s:\n%s", re, s.log)
		}
	}
}

// serve starts the serve command on a free port and waits until it serves.
func serve(t *testing.T, args ...string) *serving {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &serving{log: newLogBuffer(), stop: cancel, done: make(chan int, 1)}
	go func() {
		s.done <- runContext(ctx, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...), strings.NewReader(""), io.Discard, s.log)
	}()
	s.base = s.waitLog(t, address)[1]
	t.Cleanup(func() {
		cancel()
		select {
		case <-s.done:
		case <-time.After(patience):
			t.Error("serve doesn't end")
		}
	})
	return s
}

// end stops serve and returns its exit code.
func (s *serving) end(t *testing.T) int {
	t.Helper()
	s.stop()
	select {
	case code := <-s.done:
		s.done <- code // for the cleanup
		return code
	case <-time.After(patience):
		t.Fatal("serve doesn't end")
		return -1
	}
}

func (s *serving) search(t *testing.T, query string) api.SearchResponse {
	t.Helper()
	code, body := get(t, s.base+"/api/v1/search?"+query)
	var r api.SearchResponse
	if err := json.Unmarshal([]byte(body), &r); err != nil || code != http.StatusOK {
		t.Fatalf("%s: %d, %v: %s", query, code, err, body)
	}
	return r
}

func TestServeAnswersWithNothingConfigured(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: builds an index of the embedded cases")
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	s := serve(t)
	if log := s.log.String(); !strings.Contains(log, "building the index") || !strings.Contains(log, "index ready") {
		t.Errorf("the log doesn't say that an index is built:\n%s", log)
	}
	if code, body := get(t, s.base+"/readyz"); code != http.StatusOK || !strings.Contains(body, `"cases":`+strconv.Itoa(len(indextest.EmbeddedCases(t)))) {
		t.Errorf("/readyz says %d, %s", code, body)
	}
	r := s.search(t, "q=stress+forebyggelse")
	if r.Total < 20 || len(r.Hits) != 20 || r.Index.Generation == "" {
		t.Fatalf("stress forebyggelse finds %d, shows %d", r.Total, len(r.Hits))
	}
	for _, h := range r.Hits[:10] {
		if text := strings.ToLower(h.Title + h.Summary + h.Highlight.Text); !strings.Contains(text, "stress") && !slices.Contains(h.Themes, "stress") {
			t.Errorf("%s isn't about stress: %s", h.ID, h.Highlight.Text)
		}
	}
	if again := s.search(t, "q=st%C3%B8j&size=1"); again.Total == 0 {
		t.Error("støj finds nothing")
	}
	for path, want := range map[string]string{
		"/": "<html", "/healthz": "ok", "/metrics": "# HELP", "/cases/" + r.Hits[0].ID: "<h1", "/api/v1/cases/" + r.Hits[0].ID: `"sections"`,
		"/api/v1/cases/" + r.Hits[0].ID + "/similar": `"hits"`, "/api/v1/suggest?q=stre": "stress", "/widget/v1/vidensbank.js": "customElements",
	} {
		if code, body := get(t, s.base+path); code != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s says %d without %q: %.200s", path, code, want, body)
		}
	}
	for path, want := range map[string]int{"/api/v1/search?farve=bl%C3%A5": 400, "/api/v1/search?theme=stres": 400, "/api/v1/cases/findes-ikke": 404, "/findes-ikke": 404} {
		if code, _ := get(t, s.base+path); code != want {
			t.Errorf("%s says %d, want %d", path, code, want)
		}
	}
	if code := s.end(t); code != exitOK {
		t.Errorf("the exit code is %d", code)
	}

	t.Run("the second start takes the same index", func(t *testing.T) {
		s := serve(t)
		if log := s.log.String(); strings.Contains(log, "building") {
			t.Errorf("the index is built again:\n%s", log)
		}
		if got := s.search(t, "q=stress").Index.Generation; got != r.Index.Generation {
			t.Errorf("the generation is %s, want %s", got, r.Index.Generation)
		}
	})
}

func TestStoppingCutsNoAnswer(t *testing.T) {
	s := serve(t, "--data", embeddedData(t))
	stopping := make(chan struct{})
	var answered, refused atomic.Int64
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for {
				r, err := client.Get(s.base + "/api/v1/search?size=100&q=%C3%A6ldre")
				if err != nil { // before an answer has begun, and only once it stops
					select {
					case <-stopping:
						refused.Add(1)
					default:
						t.Errorf("before the stop: %v", err)
					}
					return
				}
				var body api.SearchResponse
				err = json.NewDecoder(r.Body).Decode(&body)
				if closeErr := r.Body.Close(); err != nil || closeErr != nil || r.StatusCode != http.StatusOK || len(body.Hits) == 0 {
					t.Errorf("an answer is cut: %d, %v, %v", r.StatusCode, err, closeErr)
					return
				}
				answered.Add(1)
			}
		})
	}
	for answered.Load() < 50 && !t.Failed() {
		get(t, s.base+"/healthz")
	}
	close(stopping)
	code := s.end(t)
	wait.Wait()
	if code != exitOK || refused.Load() != 8 {
		t.Errorf("the exit code is %d, %d of 8 clients were turned away:\n%s", code, refused.Load(), s.log)
	}
}

func TestSIGTERMEndsTheProcessWithZero(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), helperArgs+"=serve\n--addr\n127.0.0.1:0\n--data\n"+embeddedData(t))
	s := &serving{log: newLogBuffer(), done: make(chan int, 1)}
	cmd.Stderr = s.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	base := s.waitLog(t, address)[1]
	if code, _ := get(t, base+"/readyz"); code != http.StatusOK {
		t.Errorf("/readyz says %d", code)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the process ends with %v:\n%s", err, s.log)
		}
	case <-time.After(patience):
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		t.Fatalf("the process doesn't end:\n%s", s.log)
	}
}

func TestAPublishedIndexIsTakenWithoutAFailedRequest(t *testing.T) {
	data := copyOf(t, embeddedData(t))
	s := serve(t, "--data", data)
	before := s.search(t, "q=stress").Index.Generation
	var next atomic.Value // the new generation's name
	next.Store("")
	var wait sync.WaitGroup
	var asked, seen atomic.Int64
	deadline := time.Now().Add(patience)
	const clients = 2
	for g := range clients {
		wait.Go(func() {
			for i := 0; time.Now().Before(deadline); i++ {
				r, err := http.Get(s.base + "/api/v1/search?q=" + url.QueryEscape([]string{"ældre", "stress", "sygefravær", "Århus"}[(g+i)%4]))
				if err != nil {
					t.Error(err)
					return
				}
				var body api.SearchResponse
				err = json.NewDecoder(r.Body).Decode(&body)
				if closeErr := r.Body.Close(); err != nil || closeErr != nil || r.StatusCode != http.StatusOK || body.Total == 0 {
					t.Errorf("%d, %v, %v: %+v", r.StatusCode, err, closeErr, body)
					return
				}
				asked.Add(1)
				if body.Index.Generation == next.Load() {
					seen.Add(1)
					return
				}
			}
		})
	}
	code, out, errs := vidensbank(t, "", "index", "--corpus", filepath.Join("corpus", "cases"), "--data", data)
	if code != exitOK {
		t.Fatalf("%d, %s", code, errs)
	}
	next.Store(strings.TrimSpace(out[strings.LastIndex(out, " "):]))
	wait.Wait()
	if seen.Load() != clients {
		t.Errorf("%d of %d clients have seen the new generation:\n%s", seen.Load(), clients, s.log)
	}
	t.Logf("%d requests from generation %s to %s", asked.Load(), before, next.Load())
	s.waitLog(t, regexp.MustCompile(`new index in use.*`+regexp.QuoteMeta(next.Load().(string))))

	t.Run("one that is broken or of another analysis is left alone", func(t *testing.T) {
		taken := s.search(t, "q=stress").Index.Generation
		words := filepath.Join(t.TempDir(), "ord.txt")
		if err := os.WriteFile(words, []byte("kvabbelfnult\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := vidensbank(t, "", "index", "--corpus", filepath.Join("corpus", "cases"), "--data", data, "--lexicon", words); code != exitOK {
			t.Fatalf("%d, %s", code, errs)
		}
		s.waitLog(t, regexp.MustCompile(`the new index is not taken.*lexicon`))
		if err := os.WriteFile(filepath.Join(data, "CURRENT"), []byte("findes-ikke-å\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		s.waitLog(t, regexp.MustCompile(`the new index is not taken.*findes-ikke`))
		if got := s.search(t, "q=stress").Index.Generation; got != taken {
			t.Errorf("the generation is %s, want %s", got, taken)
		}
	})
}

func TestABrokenIndexIsRebuiltAtTheStartAndLogged(t *testing.T) {
	lines := indextest.WriteLines(t, 60)
	for _, c := range []struct {
		rule   string
		damage func(t *testing.T, generation string)
		want   string
	}{
		{"a flipped bit", func(t *testing.T, generation string) {
			zaps, err := filepath.Glob(filepath.Join(generation, schema.BleveDir, "store", "*.zap"))
			if err != nil || len(zaps) != 1 {
				t.Fatalf("%v, %v", zaps, err)
			}
			b, err := os.ReadFile(zaps[0])
			if err != nil {
				t.Fatal(err)
			}
			b[len(b)/3] ^= 16
			if err := os.WriteFile(zaps[0], b, 0o644); err != nil {
				t.Fatal(err)
			}
		}, ".zap has"},
		{"a missing file", func(t *testing.T, generation string) {
			if err := os.Remove(filepath.Join(generation, schema.ForwardFile)); err != nil {
				t.Fatal(err)
			}
		}, schema.ForwardFile},
		{"another version", func(t *testing.T, generation string) {
			name := filepath.Join(generation, schema.ManifestFile)
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			old := strings.Replace(string(b), fmt.Sprintf(`"version": %d`, schema.Version), `"version": 0`, 1)
			if err := os.WriteFile(name, []byte(old), 0o644); err != nil {
				t.Fatal(err)
			}
		}, "index format 0 found"},
		{"an index of other cases", func(t *testing.T, generation string) {
			if code, _, errs := vidensbank(t, "", "index", "--corpus", indextest.WriteLines(t, 7), "--data", filepath.Dir(filepath.Dir(generation))); code != exitOK {
				t.Fatal(errs)
			}
		}, "other cases"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			data := t.TempDir()
			if code, _, errs := vidensbank(t, "", "index", "--corpus", lines, "--data", data); code != exitOK {
				t.Fatal(errs)
			}
			generation, err := indexer.Current(data)
			if err != nil {
				t.Fatal(err)
			}
			c.damage(t, generation)
			s := serve(t, "--corpus", lines, "--data", data)
			if log := s.log.String(); !strings.Contains(log, "rebuilding the index") || !strings.Contains(log, c.want) {
				t.Errorf("the log doesn't say why it rebuilds (%q):\n%s", c.want, log)
			}
			if r := s.search(t, "q=stress"); r.Index.Generation == filepath.Base(generation) || r.Index.Cases != 60 || r.Total == 0 {
				t.Errorf("the answer is %+v", r.Index)
			}
		})
	}
}

func TestTenThousandLinesWithValuesOfTheirOwnAreIndexedAndServed(t *testing.T) {
	const n = 10_000
	lines := indextest.WriteLines(t, n)
	data := t.TempDir()
	code, out, errs := vidensbank(t, "", "index", "--corpus", lines, "--data", data)
	if code != exitOK || !strings.HasPrefix(out, "10000 cases, ") {
		t.Fatalf("%d, %q, %q", code, out, errs)
	}
	t.Log(strings.TrimSpace(out))
	s := serve(t, "--corpus", lines, "--data", data)
	if log := s.log.String(); strings.Contains(log, "building") {
		t.Errorf("the index is built again:\n%s", log)
	}
	if r := s.search(t, "size=1"); r.Total != n {
		t.Errorf("all cases are %d", r.Total)
	}
	r := s.search(t, "sector=Forvaltning+A&sector=Forvaltning+B&theme=egen+%C3%A5&year=2003")
	count := func(facet, value string) int {
		for _, f := range r.Facets {
			for _, v := range f.Values {
				if f.Name == facet && v.Value == value {
					return v.Count
				}
			}
		}
		return -1
	}
	year, sector := 0, map[int]int{}
	for i := range n {
		if i%26 < 2 {
			year++
		}
		if i%20 == 3 {
			sector[i%26]++
		}
	}
	if want := sector[0] + sector[1]; r.Total != want || count("theme", "egen å") != want || count("sector", "Forvaltning A") != sector[0] || count("sector", "Forvaltning D") != sector[3] {
		t.Errorf("total %d, want %d; counts %+v", r.Total, want, r.Facets[:2])
	}
	sum := 0
	for y := range 20 {
		if c := count("year", strconv.Itoa(2000+y)); c > 0 {
			sum += c
		}
	}
	if sum != year {
		t.Errorf("the years without their own filter have %d cases, want %d", sum, year)
	}
	if code, body := get(t, s.base+"/api/v1/cases/"+url.PathEscape("æ/00007")); code != http.StatusOK || !strings.Contains(body, "Sag 7 om") {
		t.Errorf("a case with a slash in its id: %d, %.200s", code, body)
	}
}

// handCase is a case as a reader of its file sees it.
type handCase struct {
	words  []string
	facets map[string][]string
}

var listed = regexp.MustCompile(`"[^"]*"|[^,\[\]]+`)

// readByHand reads a Markdown case without the loader: what stands behind the keys, and the words of the texts.
func readByHand(t *testing.T, path string) handCase {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "---\n")
	front, body, ok := strings.Cut(rest, "\n---\n")
	if !ok {
		t.Fatalf("%s has no front matter", path)
	}
	c := handCase{facets: map[string][]string{}}
	text := []string{}
	for line := range strings.Lines(front) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.TrimSpace(value)
		if len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
			value = value[1 : len(value)-1]
		}
		switch key {
		case "title", "summary", "organisation", "workplace":
			text = append(text, value)
		case "tools":
			text = append(text, listed.FindAllString(value, -1)...)
		case "themes":
			for _, v := range listed.FindAllString(value, -1) {
				if v = strings.TrimSpace(v); v != "" {
					c.facets["theme"] = append(c.facets["theme"], v)
				}
			}
		case "municipality":
			for _, v := range listed.FindAllString(value, -1) {
				if v = strings.Trim(strings.TrimSpace(v), `"'`); v != "" {
					c.facets["municipality"] = append(c.facets["municipality"], v)
				}
			}
		case "sector", "kind", "year", "region":
			c.facets[key] = []string{value}
		}
	}
	for line := range strings.Lines(body) {
		if !strings.HasPrefix(line, "## ") {
			text = append(text, line)
		}
	}
	for _, s := range text {
		analyzers.Tokenize(s, func(tok analyzers.Token) bool {
			c.words = append(c.words, tok.Text)
			return true
		})
	}
	return c
}

// matcher says by the analyzers alone what a word of a query stands for: itself in any form and as a part of compounds, its synonyms, and the
// themes and sectors that it names.
type matcher struct {
	analyzer *analyzers.Analyzer
	bases    map[string]bool
	runs     [][]string // other names of several words
	facets   map[string]map[string]bool
}

func newMatcher(a *analyzers.Analyzer, taxonomy *corpus.Taxonomy, word string) *matcher {
	base := a.Word(word).Base
	m := &matcher{analyzer: a, bases: map[string]bool{base: true}, facets: map[string]map[string]bool{}}
	others, _ := a.Alternatives([]string{base})
	for _, o := range others {
		var bases []string
		for _, w := range o.Words {
			if len(o.Words) == 1 || !a.IsStop(w) {
				bases = append(bases, a.Base(w))
			}
		}
		if len(bases) == 1 {
			m.bases[bases[0]] = true
		} else {
			m.runs = append(m.runs, bases)
		}
	}
	for _, facet := range []string{"theme", "sector", "kind"} {
		m.facets[facet] = map[string]bool{}
		for _, id := range taxonomy.IDs(facet) {
			for _, name := range taxonomy.Names(facet, id) {
				if ws := analyzers.Words(name); len(ws) == 1 && a.Base(ws[0]) == base {
					m.facets[facet][id] = true
				}
			}
		}
	}
	return m
}

func (m *matcher) match(c handCase) bool {
	has := map[string]bool{}
	for _, w := range c.words {
		info := m.analyzer.Word(w)
		if info == nil || info.Stop {
			continue
		}
		has[info.Base] = true
		if m.bases[info.Base] || slices.ContainsFunc(info.Keys, func(k string) bool { return m.bases[k] }) {
			return true
		}
	}
	for _, run := range m.runs {
		if !slices.ContainsFunc(run, func(b string) bool { return !has[b] }) {
			return true
		}
	}
	for facet, values := range m.facets {
		if slices.ContainsFunc(c.facets[facet], func(v string) bool { return values[v] }) {
			return true
		}
	}
	return false
}

func TestFacetCountsAgreeWithACountByHandOverTheFiles(t *testing.T) {
	loaded, err := corpus.Open(filepath.Join("corpus", "cases"))
	if err != nil {
		t.Fatal(err)
	}
	data := embeddedData(t)
	dir, err := indexer.Current(data)
	if err != nil {
		t.Fatal(err)
	}
	vocabulary, err := schema.ReadVocabulary(dir)
	if err != nil {
		t.Fatal(err)
	}
	m := newMatcher(indextest.Analyzer(t).WithVocabulary(vocabulary), loaded.Taxonomy(), "frivillige")
	files, err := filepath.Glob(filepath.Join("corpus", "cases", "*", "*.md"))
	if err != nil || len(files) != loaded.Size() {
		t.Fatalf("%d files, %v", len(files), err)
	}
	filters := map[string][]string{"theme": {"samskabelse", "trivsel"}, "sector": {"aeldre-og-sundhed"}}
	total, counts := 0, map[string]map[string]int{}
	for _, f := range files {
		c := readByHand(t, f)
		if len(c.facets["region"]) == 0 {
			if region := loaded.Taxonomy().RegionOf(c.facets["municipality"]); region != "" {
				c.facets["region"] = []string{region}
			}
		}
		if !m.match(c) {
			continue
		}
		failing := ""
		fails := 0
		for facet, values := range filters {
			if !slices.ContainsFunc(c.facets[facet], func(v string) bool { return slices.Contains(values, v) }) {
				failing = facet
				fails++
			}
		}
		if fails == 0 {
			total++
		}
		for _, facet := range []string{"sector", "theme", "municipality", "region", "kind", "year"} {
			if fails == 0 || fails == 1 && facet == failing {
				for _, v := range c.facets[facet] {
					if counts[facet] == nil {
						counts[facet] = map[string]int{}
					}
					counts[facet][v]++
				}
			}
		}
	}
	s := serve(t, "--data", data)
	r := s.search(t, "q=frivillige&theme=samskabelse&theme=trivsel&sector=aeldre-og-sundhed&size=100")
	if r.Total != total || total == 0 {
		t.Errorf("the total is %d, by hand %d", r.Total, total)
	}
	for _, f := range r.Facets {
		got := map[string]int{}
		for _, v := range f.Values {
			if v.Count > 0 {
				got[v.Value] = v.Count
			}
			if v.Selected != slices.Contains(filters[f.Name], v.Value) {
				t.Errorf("%s %s is selected: %v", f.Name, v.Value, v.Selected)
			}
		}
		if !maps.Equal(got, counts[f.Name]) {
			t.Errorf("%s has %v, by hand %v", f.Name, got, counts[f.Name])
		}
	}
	if len(r.Facets) != 6 {
		t.Errorf("%d facets", len(r.Facets))
	}
}
