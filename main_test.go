package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vidensbank/vidensbank/internal/indextest"
	"github.com/vidensbank/vidensbank/server/api"
)

// helperArgs names the command line that this test binary runs as the program itself, for tests that send it signals.
const helperArgs = "VIDENSBANK_TEST_ARGS"

func TestMain(m *testing.M) {
	if args := os.Getenv(helperArgs); args != "" {
		os.Exit(run(strings.Split(args, "\n"), os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(indextest.Main(m))
}

// vidensbank runs the program.
func vidensbank(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	code = runContext(t.Context(), args, strings.NewReader(stdin), &out, &errs)
	return code, out.String(), errs.String()
}

// embeddedData is a data folder with an index of the embedded cases; it isn't to be changed.
func embeddedData(t *testing.T) string {
	t.Helper()
	_, dir := indextest.Embedded(t)
	return filepath.Dir(filepath.Dir(dir))
}

// copyOf copies a data folder into one of the test's own.
func copyOf(t *testing.T, data string) string {
	t.Helper()
	own := t.TempDir()
	if err := os.CopyFS(own, os.DirFS(data)); err != nil {
		t.Fatal(err)
	}
	return own
}

func TestEveryCommandHasHelpWithAnExample(t *testing.T) {
	code, out, _ := vidensbank(t, "", "--help")
	if code != exitOK {
		t.Fatalf("the exit code is %d", code)
	}
	for _, command := range []string{"serve", "index", "search", "check", "analyze", "eval", "version"} {
		if !strings.Contains(out, "\n  "+command+" ") {
			t.Errorf("the program's help doesn't name %s:\n%s", command, out)
		}
		code, help, errs := vidensbank(t, "", command, "--help")
		if code != exitOK || errs != "" {
			t.Errorf("%s --help gives %d, %s", command, code, errs)
		}
		if _, example, ok := strings.Cut(help, "Examples:\n"); !ok || !strings.HasPrefix(example, "  vidensbank "+command) {
			t.Errorf("%s --help has no example:\n%s", command, help)
		}
	}
	if code, alone, _ := vidensbank(t, ""); code != exitOK || alone != out {
		t.Errorf("without a command: %d, %s", code, alone)
	}
}

func TestTheProgramSaysWhatIsWrong(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	empty, text := write("tom.jsonl", ""), write("noter.txt", "å")
	data := embeddedData(t)
	for _, c := range []struct {
		rule  string
		args  []string
		code  int
		wants []string // on standard error
	}{
		{"an unknown command", []string{"søg"}, exitUsage, []string{"unknown command", "søg"}},
		{"an unknown flag", []string{"search", "--farve", "blå", "stress"}, exitUsage, []string{"unknown flag: --farve", "vidensbank search --help"}},
		{"a flag without its value", []string{"serve", "--addr"}, exitUsage, []string{"--addr"}},
		{"a number that isn't one", []string{"search", "--size", "å", "stress"}, exitUsage, []string{"--size", "å"}},
		{"no query", []string{"search"}, exitUsage, []string{"accepts 1 arg"}},
		{"two queries", []string{"search", "stress", "ældre"}, exitUsage, []string{"accepts 1 arg"}},
		{"an index without its corpus", []string{"index", "--data", dir}, exitUsage, []string{"required", "corpus"}},
		{"an argument too many", []string{"version", "å"}, exitUsage, []string{"å"}},
		{"an unknown theme", []string{"search", "--data", data, "--theme", "stres", "ældre"}, exitUsage, []string{`--theme "stres"`, `did you mean "stress"`, "trivsel"}},
		{"an unknown sector", []string{"search", "--data", data, "--sector", "skoler", "ældre"}, exitUsage, []string{`did you mean "skole"`}},
		{"an unknown municipality", []string{"search", "--data", data, "--municipality", "Ålbrog", "ældre"}, exitUsage, []string{`did you mean "Aalborg"`}},
		{"a page too high", []string{"search", "--data", data, "--page", "1001", "ældre"}, exitUsage, []string{"page", "1 til 1000"}},
		{"an unknown order", []string{"search", "--data", data, "--sort", "ældst", "ældre"}, exitUsage, []string{"sort", "newest"}},
		{"a query too long", []string{"search", "--data", data, strings.Repeat("å", 501)}, exitUsage, []string{"q", "500"}},
		{"a corpus that isn't there", []string{"index", "--corpus", "findes-ikke-å", "--data", dir}, exitFault, []string{"findes-ikke-å", "findes ikke"}},
		{"a corpus that is none", []string{"serve", "--corpus", text}, exitFault, []string{"noter.txt", ".jsonl"}},
		{"a corpus without cases", []string{"index", "--corpus", empty, "--data", filepath.Join(dir, "data")}, exitFault, []string{"no cases"}},
		{"a word list that isn't there", []string{"search", "--data", data, "--lexicon", "findes-ikke-ø", "stress"}, exitFault, []string{"findes-ikke-ø"}},
		{"a word list for analyze that isn't there", []string{"analyze", "--lexicon", "findes-ikke-ø", "stress"}, exitFault, []string{"findes-ikke-ø"}},
		{"an address that is none", []string{"serve", "--data", data, "--addr", "æble"}, exitFault, []string{"listening on æble"}},
		{"a base URL that is none", []string{"serve", "--data", data, "--base-url", "æble"}, exitFault, []string{"base URL", "æble"}},
		{"a check of nothing", []string{"check", "findes-ikke-å"}, exitFault, []string{"findes-ikke-å"}},
		{"a check without a path", []string{"check"}, exitUsage, []string{"accepts 1 arg"}},
		{"a data folder that is a file", []string{"index", "--corpus", "corpus/cases", "--data", text}, exitFault, []string{"noter.txt"}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			code, out, errs := vidensbank(t, "", c.args...)
			if code != c.code {
				t.Errorf("the exit code is %d, want %d", code, c.code)
			}
			for _, want := range c.wants {
				if !strings.Contains(errs, want) {
					t.Errorf("standard error is %q, want %q in it", errs, want)
				}
			}
			if out != "" {
				t.Errorf("standard output has %q", out)
			}
		})
	}
}

func TestCheckTellsAllFaultsOfAllFiles(t *testing.T) {
	broken := filepath.Join("corpus", "testdata", "broken")
	code, out, errs := vidensbank(t, "", "check", broken)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != exitFault || errs != "" {
		t.Errorf("the exit code is %d, standard error %q", code, errs)
	}
	files := map[string]bool{}
	for _, l := range lines[:len(lines)-1] {
		file, rest, ok := strings.Cut(l, ".md:")
		line, message, ok2 := strings.Cut(rest, ": ")
		if !ok || !ok2 || strings.Trim(line, "0123456789") != "" || message == "" {
			t.Errorf("%q, want file:line: message", l)
		}
		files[file] = true
	}
	if len(files) < 10 || len(lines) < 30 || !strings.Contains(lines[len(lines)-1], fmt.Sprintf("%d fejl", len(lines)-1)) {
		t.Errorf("%d lines of %d files, the last %q", len(lines), len(files), lines[len(lines)-1])
	}

	t.Run("serve refuses with the same list", func(t *testing.T) {
		code, _, errs := vidensbank(t, "", "serve", "--corpus", broken, "--data", t.TempDir(), "--addr", "127.0.0.1:0")
		if code != exitFault {
			t.Errorf("the exit code is %d", code)
		}
		if want := strings.Join(lines[:len(lines)-1], "\n"); !strings.HasPrefix(errs, want+"\n") {
			t.Errorf("standard error is\n%s\nwant\n%s", errs, want)
		}
	})
	t.Run("index refuses, and leaves the data folder alone", func(t *testing.T) {
		data := filepath.Join(t.TempDir(), "data")
		code, _, errs := vidensbank(t, "", "index", "--corpus", broken, "--data", data)
		if _, err := os.Stat(data); code != exitFault || !strings.Contains(errs, "nothing was changed") || !os.IsNotExist(err) {
			t.Errorf("%d, %q, %v", code, errs, err)
		}
	})
	t.Run("a right corpus passes", func(t *testing.T) {
		code, out, errs := vidensbank(t, "", "check", filepath.Join("corpus", "cases"))
		if want := fmt.Sprintf("%d cases uden fejl\n", len(indextest.EmbeddedCases(t))); code != exitOK || out != want || errs != "" {
			t.Errorf("%d, %q, %q, want %q", code, out, errs, want)
		}
	})
}

func TestAnalyzeShowsWhatTheAnalysisMakesOfAText(t *testing.T) {
	for _, c := range []struct {
		rule, stdin string
		args        []string
		wants       []string
	}{
		{"for people", "", []string{"stressforebyggende samtaler i Århus"}, []string{"stressforebyggende", "led stress + forebyggende", "århus", "stopord"}},
		{"as JSON", "", []string{"--json", "børn"}, []string{`"word":"børn"`, `"base":"barn"`, `"parts":[]`, `"synonyms":[`}},
		{"an irregular word has its key", "", []string{"bøger"}, []string{"nøgle bog"}},
		{"synonyms of an abbreviation", "", []string{"AMR"}, []string{"også arbejdsmiljørepræsentant"}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			code, out, errs := vidensbank(t, c.stdin, append([]string{"analyze"}, c.args...)...)
			if code != exitOK || errs != "" {
				t.Errorf("%d, %s", code, errs)
			}
			for _, want := range c.wants {
				if !strings.Contains(out, want) {
					t.Errorf("the output is %q, want %q in it", out, want)
				}
			}
		})
	}
	t.Run("a JSON array for each line", func(t *testing.T) {
		code, out, errs := vidensbank(t, "stressforebyggelse og ro\n\nÆrø < \"å\"\nsidste linje uden linjeskift", "analyze", "--json")
		lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
		if code != exitOK || errs != "" || len(lines) != 4 {
			t.Fatalf("%d, %q, %d lines: %s", code, errs, len(lines), out)
		}
		var words [][]string
		for _, l := range lines {
			var list []struct {
				Word, Normal, Stem, Base string
				Parts, Synonyms          []string
				Stop                     bool
			}
			if err := json.Unmarshal([]byte(l), &list); err != nil {
				t.Fatalf("%v: %s", err, l)
			}
			line := []string{}
			for _, w := range list {
				if w.Normal == "" || w.Stem == "" || w.Base == "" || w.Parts == nil || w.Synonyms == nil {
					t.Errorf("%+v lacks something", w)
				}
				line = append(line, w.Word)
			}
			words = append(words, line)
		}
		if want := [][]string{{"stressforebyggelse", "og", "ro"}, {}, {"Ærø", "å"}, {"sidste", "linje", "uden", "linjeskift"}}; fmt.Sprint(words) != fmt.Sprint(want) {
			t.Errorf("the words are %q, want %q", words, want)
		}
	})
	t.Run("a line too long is told", func(t *testing.T) {
		code, _, errs := vidensbank(t, strings.Repeat("æ", maxAnalyzeLine), "analyze", "--json")
		if code != exitFault || !strings.Contains(errs, fmt.Sprint(maxAnalyzeLine)) {
			t.Errorf("%d, %q", code, errs)
		}
	})
}

func TestSearchPrintsForPeopleAndForScripts(t *testing.T) {
	data := embeddedData(t)
	t.Run("for people", func(t *testing.T) {
		code, out, errs := vidensbank(t, "", "search", "--data", data, "--size", "3", "--explain", "stress Lejre")
		if code != exitOK || errs != "" {
			t.Fatalf("%d, %s", code, errs)
		}
		for _, want := range []string{" eksempler\n", "\n 1. ", "\n 3. ", "jobcenter-lejre-vi-forebygger-stress-sammen", "Lejre", "→", "Kun kommune Lejre:"} {
			if !strings.Contains(out, want) {
				t.Errorf("the output lacks %q:\n%s", want, out)
			}
		}
		if strings.Contains(out, "<mark>") || strings.Contains(out, "&#") || strings.Contains(out, "\n 4. ") {
			t.Errorf("the output is no plain text of three hits:\n%s", out)
		}
	})
	t.Run("a misspelt and an unknown word", func(t *testing.T) {
		_, out, _ := vidensbank(t, "", "search", "--data", data, "mobing xqzwv")
		for _, want := range []string{"Mente du: mobning xqzwv", "Intet fundet for: xqzwv"} {
			if !strings.Contains(out, want) {
				t.Errorf("the output lacks %q:\n%s", want, out)
			}
		}
	})
	t.Run("as JSON, with filters in any spelling", func(t *testing.T) {
		code, out, errs := vidensbank(t, "", "search", "--data", data, "--json", "--municipality", "Århus kommune", "--municipality", "851", "--theme", "Stress", "trivsel")
		var r api.SearchResponse
		if err := json.Unmarshal([]byte(out), &r); err != nil || code != exitOK || errs != "" {
			t.Fatalf("%v, %d, %s: %s", err, code, errs, out)
		}
		if r.Total == 0 || len(r.Hits) == 0 || len(r.Facets) != 6 || r.Query.Q != "trivsel" || fmt.Sprint(r.Query.Filters["municipality"]) != "[Aarhus Aalborg]" {
			t.Errorf("the answer is %+v", r)
		}
		for _, h := range r.Hits {
			if !slices.Contains(h.Themes, "stress") || !slices.ContainsFunc(h.Municipalities, func(m string) bool { return m == "Aarhus" || m == "Aalborg" }) {
				t.Errorf("%s is of %q, %q", h.ID, h.Themes, h.Municipalities)
			}
		}
	})
	t.Run("a lone minus is a query behind two", func(t *testing.T) {
		code, out, errs := vidensbank(t, "", "search", "--data", data, "--json", "--", "-stress")
		var r api.SearchResponse
		if err := json.Unmarshal([]byte(out), &r); err != nil || code != exitOK || r.Total < 300 {
			t.Errorf("%v, %d, %s, total %d", err, code, errs, r.Total)
		}
	})
}

func TestVersionIsOneLine(t *testing.T) {
	code, out, errs := vidensbank(t, "", "version")
	if code != exitOK || errs != "" || !strings.HasPrefix(out, "vidensbank ") || strings.Count(out, "\n") != 1 || strings.TrimSpace(out) == "vidensbank" {
		t.Errorf("%d, %q, %q", code, out, errs)
	}
}

func TestIndexPrintsWhatItMade(t *testing.T) {
	lines := indextest.WriteLines(t, 50)
	data := t.TempDir()
	code, out, errs := vidensbank(t, "", "index", "--corpus", lines, "--data", data)
	if code != exitOK || errs != "" || !strings.HasPrefix(out, "50 cases, ") || !strings.Contains(out, " bytes, generation ") {
		t.Errorf("%d, %q, %q", code, out, errs)
	}
	for range 3 {
		vidensbank(t, "", "index", "--corpus", lines, "--data", data)
	}
	list, err := os.ReadDir(filepath.Join(data, "generations"))
	if err != nil || len(list) != keptGenerations {
		t.Errorf("after four builds there are %d generations, %v; want %d", len(list), err, keptGenerations)
	}
	t.Run("an unknown key is told once, and passed over", func(t *testing.T) {
		odd := filepath.Join(t.TempDir(), "sær.jsonl")
		if err := os.WriteFile(odd, []byte(`{"id":"a","text":"ældre","farve":"blå"}`+"\n"+`{"id":"ø","text":"ro","farve":"rød"}`+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		code, out, errs := vidensbank(t, "", "index", "--corpus", odd, "--data", t.TempDir())
		if code != exitOK || !strings.HasPrefix(out, "2 cases") || strings.Count(errs, "farve") != 1 {
			t.Errorf("%d, %q, %q", code, out, errs)
		}
	})
	t.Run("an interrupted build says so, and leaves nothing", func(t *testing.T) {
		data := filepath.Join(t.TempDir(), "data")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var out, errs strings.Builder
		code := runContext(ctx, []string{"index", "--corpus", lines, "--data", data}, strings.NewReader(""), &out, &errs)
		list, err := os.ReadDir(data)
		if code != exitFault || !strings.Contains(errs.String(), "stopped") || err != nil || len(list) != 1 {
			t.Errorf("%d, %q, %v, %v", code, &errs, list, err)
		}
	})
}

// logBuffer is a log that a test reads while the program writes.
type logBuffer struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	news chan struct{} // sent to after a write, where somebody may wait
}

func newLogBuffer() *logBuffer { return &logBuffer{news: make(chan struct{}, 1)} }

func (l *logBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, err := l.buf.Write(b)
	select {
	case l.news <- struct{}{}:
	default:
	}
	return n, err
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// get asks a server, and returns status and body.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	return r.StatusCode, string(b)
}
