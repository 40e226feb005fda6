package eval

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// folder writes files, by name, into a new folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const top = "id\tkind\tset\tquery\n"

func anything(string) bool { return true }

func TestJudgmentsAreReadFromAllFilesOfAFolder(t *testing.T) {
	dir := folder(t, map[string]string{
		"queries-1.tsv": top + "typo-01\ttypo\tdev\tsygefravar i køkkenet\n",
		"queries-2.tsv": "\ufeffid\tkind\tset\tquery\r\nplain-01\tplain\ttest\tstøj \"i børnehaven\"\r\n",
		"qrels-1.txt":   "typo-01 0 køkken-århus 2\n",
		"qrels-2.txt":   "plain-01 0 støj 3\nplain-01 0 larm 0\ntypo-01 0 sygefravær 1\n",
		"notes.txt":     "ikke vores\n",
	})
	got, err := Read(dir, Own, anything)
	if err != nil {
		t.Fatal(err)
	}
	want := []Query{
		{"typo-01", "typo", "dev", "sygefravar i køkkenet", map[string]int{"køkken-århus": 2, "sygefravær": 1}},
		{"plain-01", "plain", "test", `støj "i børnehaven"`, map[string]int{"støj": 3}},
	}
	if !reflect.DeepEqual(got.Queries, want) || len(got.Notes) != 0 {
		t.Errorf("got %v, notes %v, want %v and none", got.Queries, got.Notes, want)
	}
	for set, n := range map[string]int{SetDev: 1, SetTest: 1, SetAll: 2} {
		if len(got.Select(set)) != n {
			t.Errorf("set %s has %d queries, want %d", set, len(got.Select(set)), n)
		}
	}
}

func TestEveryFaultOfJudgmentsIsToldWithFileAndLine(t *testing.T) {
	good := map[string]string{"queries.tsv": top + "a\tplain\tdev\tstøj\n", "qrels.txt": "a 0 én 1\n"}
	for _, test := range []struct {
		name, file, text string
		want             []string
	}{
		{"a header of other names", "queries.tsv", "id\tset\tkind\tquery\na\tplain\tdev\tstøj\n", []string{`queries.tsv:1: the header is "id\tset\tkind\tquery"`}},
		{"an empty file", "queries-0.tsv", "", []string{"queries-0.tsv:1: the file is empty"}},
		{"an unknown kind", "queries.tsv", top + "a\tsimple\tdev\tstøj\n", []string{`queries.tsv:2: unknown kind "simple" (allowed: compound, linking`}},
		{"an unknown set", "queries.tsv", top + "a\tplain\ttrain\tstøj\n", []string{`queries.tsv:2: unknown set "train" (allowed: dev, test)`}},
		{"all as a query's set", "queries.tsv", top + "a\tplain\tall\tstøj\n", []string{`queries.tsv:2: unknown set "all"`}},
		{"a column too few", "queries.tsv", top + "a\tplain\tdev\n", []string{"queries.tsv:2: the line has 3 columns", `qrels.txt:1: query "a" is in no queries*.tsv`}},
		{"an empty line", "queries.tsv", top + "\na\tplain\tdev\tstøj\n", []string{"queries.tsv:2: the line has 1 columns"}},
		{"an id with a space", "queries.tsv", top + "a\tplain\tdev\tstøj\nb c\tplain\tdev\tlarm\n", []string{`queries.tsv:3: id "b c" must have`, `queries.tsv:3: query "b c" has no relevant case`}},
		{"an empty query", "queries.tsv", top + "a\tplain\tdev\t \n", []string{"queries.tsv:2: the query is empty"}},
		{"an id twice", "queries.tsv", top + "a\tplain\tdev\tstøj\na\ttypo\tdev\tstøjj\n", []string{`queries.tsv:3: id "a" stands at `, "queries.tsv:2 too"}},
		{"an id in two files", "queries-2.tsv", top + "a\tplain\tdev\tstøj\n", []string{`queries.tsv:2: id "a" stands at `, "queries-2.tsv:2 too"}},
		{"bytes that aren't UTF-8", "queries.tsv", top + "a\tplain\tdev\tst\xf8j\n", []string{"queries.tsv:2: the line isn't UTF-8"}},
		{"a line without end", "queries.tsv", top + "a\tplain\tdev\t" + strings.Repeat("å", maxLine) + "\n", []string{"queries.tsv:2: the line is longer than 65536 bytes"}},
		{"a field too many", "qrels.txt", "a 0 én 1 2\n", []string{"qrels.txt:1: the line has 5 fields", "queries.tsv:2: query \"a\" has no relevant case"}},
		{"another second field", "qrels.txt", "a Q0 én 1\n", []string{`qrels.txt:1: the second field is "Q0"`}},
		{"a grade above 3", "qrels.txt", "a 0 én 1\na 0 to 4\n", []string{`qrels.txt:2: grade "4" must be a whole number from 0 to 3`}},
		{"a grade below 0", "qrels.txt", "a 0 én 1\na 0 to -1\n", []string{`qrels.txt:2: grade "-1"`}},
		{"a grade that is no number", "qrels.txt", "a 0 én 1\na 0 to god\n", []string{`qrels.txt:2: grade "god"`}},
		{"a pair twice", "qrels.txt", "a 0 én 1\na 0 én 2\n", []string{`qrels.txt:2: query "a" and case "én" are judged at line 1 too`}},
		{"a pair in two files", "qrels-2.txt", "a 0 én 1\n", []string{`qrels.txt:1: query "a" and case "én" are judged in another file too`}},
		{"an unknown query", "qrels.txt", "a 0 én 1\nb 0 én 1\n", []string{`qrels.txt:2: query "b" is in no queries*.tsv`}},
		{"an unknown case", "qrels.txt", "a 0 én 1\na 0 ukendt 1\n", []string{`qrels.txt:2: case "ukendt" isn't in the corpus`}},
		{"an irrelevant case alone", "qrels.txt", "a 0 én 0\n", []string{`queries.tsv:2: query "a" has no relevant case`}},
		{"several at once", "qrels.txt", "a 0 én 9\nb 0 én 1\n", []string{"qrels.txt:1: grade", "qrels.txt:2: query", "queries.tsv:2: query"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{}
			for name, text := range good {
				files[name] = text
			}
			files[test.file] = test.text
			_, err := Read(folder(t, files), Own, func(id string) bool { return id != "ukendt" })
			var faults *FaultsError
			if !errors.As(err, &faults) {
				t.Fatalf("got %v, want faults", err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, which lacks %q", err, want)
				}
			}
		})
	}
}

func TestManyFaultsAreCutShort(t *testing.T) {
	lines := "a 0 én 1\n" + strings.Repeat("a 0 én 9\n", maxShown+5)
	_, err := Read(folder(t, map[string]string{"queries.tsv": top + "a\tplain\tdev\tstøj\n", "qrels.txt": lines}), Own, nil)
	if err == nil || strings.Count(err.Error(), "\n") != maxShown || !strings.HasSuffix(err.Error(), "\nand 5 more") {
		t.Errorf("got %v, want %d faults and the number of the rest", err, maxShown)
	}
}

func TestAFolderWithoutJudgmentsIsAnError(t *testing.T) {
	for _, test := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"no queries", map[string]string{"qrels.txt": "a 0 én 1\n"}, "has no file queries*.tsv"},
		{"no grades", map[string]string{"queries.tsv": top + "a\tplain\tdev\tstøj\n"}, "has no file qrels*.txt"},
		{"a header alone", map[string]string{"queries.tsv": top, "qrels.txt": ""}, "no query has a judgment"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Read(folder(t, test.files), Own, nil); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	if _, err := Read(filepath.Join(t.TempDir(), "intet"), Own, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v for a missing folder", err)
	}
}

func TestSetsOfOthersAreReadWithTheirLoosenessNoted(t *testing.T) {
	dir := folder(t, map[string]string{
		"queries.tsv": "1\thvad er støj?\n2\tbørnehave\n3\tuden dom\n",
		"qrels.txt":   "1 Q0 én 4\n1\t0\tto\t-1\n2 0 ukendt 1\n2 0 én 1\n9 0 én 1\n9 0 to 1\n",
	})
	got, err := Read(dir, TREC, func(id string) bool { return id != "ukendt" })
	if err != nil {
		t.Fatal(err)
	}
	want := &Judgments{
		Queries: []Query{
			{ID: "1", Text: "hvad er støj?", Grades: map[string]int{"én": 4}},
			{ID: "2", Text: "børnehave", Grades: map[string]int{"ukendt": 1, "én": 1}},
		},
		Notes: []string{
			"1 judged documents that the corpus doesn't have; they count as not found",
			"2 judgments of queries that no file asks, passed over",
			"1 queries without a relevant document, left out",
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
