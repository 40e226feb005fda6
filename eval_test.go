package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vidensbank/vidensbank/internal/eval"
)

// evalRun runs eval, whose temporary folders must be gone afterwards.
func evalRun(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	var out, errs strings.Builder
	code = run(append([]string{"eval"}, args...), strings.NewReader(""), &out, &errs)
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) > 0 {
		t.Errorf("the folder for temporary files holds %v (%v)", left, err)
	}
	return code, out.String(), errs.String()
}

// others writes a set made by others: three documents, two queries, and a run of another engine.
func others(t *testing.T) (dir, corpus, run string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range map[string]string{
		"queries.tsv": "1\tstøjdæmpning i børnehaven\n2\t" + strings.Repeat("meget lang ", 60) + "\n",
		"qrels.txt":   "1 0 loft 2\n1 0 plader 1\n2 0 chef 1\n",
		"docs.jsonl": `{"id":"loft","title":"Nyt loft dæmper støj","text":"Børnehaven fik et nyt loft."}
{"id":"plader","title":"Plader på væggene","text":"Støjen i børnehaven blev mindre."}
{"id":"chef","title":"Ny chef","text":"Sygefraværet faldt."}
`,
		"lucene.run": "1 Q0 plader 1 3.5 lucene\n1 Q0 loft 2 3.25 lucene\n2 Q0 chef 1 1 lucene\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, filepath.Join(dir, "docs.jsonl"), filepath.Join(dir, "lucene.run")
}

func TestEvalComesToTheFiguresOfTheGoldenFile(t *testing.T) {
	want, err := os.ReadFile("internal/eval/testdata/stats.golden")
	if err != nil {
		t.Fatal(err)
	}
	code, out, errs := evalRun(t, "--judgments", "corpus/judgments")
	if code != exitOK || out != string(want) {
		t.Errorf("exit code %d, %s\n%s\nwant the figures of internal/eval/testdata/stats.golden (go test ./internal/eval -update):\n%s", code, errs, out, want)
	}
}

func TestEvalNamesOnlyQueriesOfTheChosenSet(t *testing.T) {
	code, out, errs := evalRun(t, "--judgments", "corpus/judgments", "--set", "dev", "--worst", "1000", "--json")
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	var r eval.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if r.Set != eval.SetDev || len(r.Systems) != 2 || len(r.Worst) != r.Systems[0].All.Queries || len(r.Worst) < 75 {
		t.Errorf("set %q, %d systems, %d queries of %d", r.Set, len(r.Systems), len(r.Worst), r.Systems[0].All.Queries)
	}
	for _, a := range r.Worst {
		if a.Set != eval.SetDev {
			t.Errorf("%s is of the set %s", a.ID, a.Set)
		}
	}
	if _, shown := r.Systems[0].Sets[eval.SetTest]; shown {
		t.Error("the figures of the set test are shown")
	}
}

func TestEvalJudgesSetsAndRunsOfOthers(t *testing.T) {
	dir, docs, lucene := others(t)
	own := filepath.Join(t.TempDir(), "own.run")
	code, out, errs := evalRun(t, "--judgments", dir, "--format", "trec", "--corpus", docs, "--run", own, "--read-run", lucene, "--json")
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	var r eval.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Systems) != 3 || r.Systems[0].Name != eval.OwnName || r.Systems[1].Name != eval.BaselineName || r.Systems[2].Name != "lucene" || r.Cases != 3 {
		t.Fatalf("got %+v", r)
	}
	if got := r.Systems[0].All; got.Queries != 2 || got.Recall20 != 0.5 || got.NoHit != 0.5 {
		t.Errorf("ours %+v, want both cases of one query found and the query that is too long without a hit", got)
	}
	if got := r.Systems[2].All; got.Recall20 != 1 || got.Success1 != 1 {
		t.Errorf("lucene %+v, want everything found", got)
	}
	if len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "1 queries that vidensbank refused") {
		t.Errorf("notes %q", r.Notes)
	}
	written, err := os.ReadFile(own)
	if err != nil || !strings.HasPrefix(string(written), "1 Q0 loft 1 20 vidensbank\n1 Q0 plader 2 19 vidensbank\n") {
		t.Errorf("the run file holds %q (%v)", written, err)
	}

	code, out, errs = evalRun(t, "--judgments", dir, "--format", "trec", "--read-run", own, "--read-run", lucene)
	if code != exitOK || !strings.HasPrefix(out, "2 queries\n\nnDCG@10           n  vidensbank      lucene  difference\n") {
		t.Errorf("exit code %d %s\n%s\nwant the two runs side by side", code, errs, out)
	}
}

func TestEvalRefusesFlagsAndFoldersThatMakeNoSense(t *testing.T) {
	dir, docs, lucene := others(t)
	for _, test := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no judgments", nil, exitUsage, "--judgments is missing"},
		{"an argument", []string{"dev"}, exitUsage, "unknown command"},
		{"an unknown set", []string{"--judgments", dir, "--set", "train"}, exitUsage, `--set "train" is unknown; allowed: dev, test, all`},
		{"an unknown format", []string{"--judgments", dir, "--format", "beir"}, exitUsage, `--format "beir" is unknown; allowed: trec`},
		{"worst of no chosen set", []string{"--judgments", dir, "--worst", "3"}, exitUsage, "--worst names single queries"},
		{"fewer than no worst", []string{"--judgments", dir, "--set", "dev", "--worst", "-3"}, exitUsage, "--worst -3 must be 0 or more"},
		{"a set of others that has none", []string{"--judgments", dir, "--format", "trec", "--corpus", docs, "--set", "dev"}, exitUsage, "have no sets"},
		{"others' queries on our cases", []string{"--judgments", dir, "--format", "trec"}, exitUsage, "needs --corpus"},
		{"our run without a corpus", []string{"--judgments", dir, "--format", "trec", "--read-run", lucene, "--run", "x"}, exitUsage, "it needs --corpus"},
		{"a folder that isn't there", []string{"--judgments", filepath.Join(dir, "intet")}, exitFault, "no folder of judgments"},
		{"others' files without their format", []string{"--judgments", dir}, exitFault, "queries.tsv:1: the header is"},
		{"a run that isn't there", []string{"--judgments", dir, "--format", "trec", "--read-run", filepath.Join(dir, "intet")}, exitFault, "no such file"},
		{"a corpus that isn't there", []string{"--judgments", dir, "--corpus", filepath.Join(dir, "intet")}, exitFault, "findes ikke"},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, out, errs := evalRun(t, test.args...)
			if code != test.code || !strings.Contains(errs, test.want) || out != "" {
				t.Errorf("exit code %d, printed %q, complained %q; want %d and %q", code, out, errs, test.code, test.want)
			}
		})
	}
}
