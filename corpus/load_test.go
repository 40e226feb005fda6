package corpus

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func all(t *testing.T, c *Corpus) []*Case {
	t.Helper()
	var out []*Case
	for one, err := range c.Cases(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, one)
	}
	return out
}

func TestTheEmbeddedCorpusIsFaultless(t *testing.T) {
	cases, faults, err := Check("cases")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Error(f)
	}
	c, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if c.Size() != cases || cases == 0 || len(all(t, c)) != cases || c.OpenTaxonomy() || len(c.Warnings()) > 0 {
		t.Errorf("embedded are %d cases, the folder has %d", c.Size(), cases)
	}
	folder, err := Open(".")
	if err != nil {
		t.Fatal(err)
	}
	if folder.Fingerprint() != c.Fingerprint() {
		t.Error("the same files have another fingerprint in the folder than embedded")
	}
}

func TestAGoodFolder(t *testing.T) {
	c, err := Open("testdata/good")
	if err != nil {
		t.Fatal(err)
	}
	cases := all(t, c)
	if len(cases) != 2 || c.Size() != 2 {
		t.Fatalf("%d cases, want 2", len(cases))
	}
	a, b := cases[0], cases[1]
	if a.ID != "aarhus-skole-taler-om-stress" || a.Region != "Midtjylland" || a.Year != 2013 || !slices.Equal(a.Themes, []string{"stress", "trivsel"}) ||
		!slices.Equal(a.Municipalities, []string{"Aarhus"}) || a.Source.URL != "https://example.org/a?b=12345678" || !slices.Equal(a.Source.More, []string{"https://example.org/mere"}) ||
		!slices.Equal(a.Sections, []Section{{"Udfordring", "Der var travlt."}, {"Deltagere", "Med i arbejdet var lærerne."}}) || !slices.Equal(a.Tools, []string{"APV"}) ||
		a.Organisation != "Aarhus Kommune" || a.Workplace != "En skole" || a.Kind != "eksempel" || a.Sector != "skole" || a.Title != "En skole taler om stress" {
		t.Errorf("read %+v", a)
	}
	if b.ID != "to-kommuner" || b.Region != "" || b.Summary != "En linje og en til." || !slices.Equal(b.Municipalities, []string{"Aarhus", "Odense"}) || b.Year != 0 ||
		b.Source.URL != "" || !strings.Contains(b.Sections[0].Body, "<script>") {
		t.Errorf("read %+v", b)
	}
}

func TestARegionStandsForACaseWithoutMunicipality(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "x.md"), edit("kind:", "region: Sjælland\nkind:"))
	c, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if one := all(t, c)[0]; one.Region != "Sjælland" || one.Municipalities != nil {
		t.Errorf("region %q, municipalities %q", one.Region, one.Municipalities)
	}
}

func TestTheFingerprintFollowsTheContents(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "x.md")
	read := func() string {
		t.Helper()
		c, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		return c.Fingerprint()
	}
	write(t, file, front+section)
	first := read()
	if again := read(); again != first || len(first) != 64 {
		t.Errorf("fingerprints %s and %s of the same files", first, again)
	}
	write(t, file, front+section+"Mere.\n")
	second := read()
	write(t, filepath.Join(dir, "taxonomy", "regions.yaml"), "- {id: Sjælland, label: Region Sjælland}\n- {id: Hovedstaden, label: H}\n- {id: Syddanmark, label: S}\n- {id: Midtjylland, label: M}\n- {id: Nordjylland, label: N}\n")
	third := read()
	if first == second || second == third {
		t.Errorf("another text or another taxonomy has the same fingerprint: %s %s %s", first, second, third)
	}
}

func TestAFolderWithoutCasesIsToldOf(t *testing.T) {
	c, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if w := c.Warnings(); c.Size() != 0 || len(w) != 1 || !strings.Contains(w[0], "mappen har ingen .md-filer") {
		t.Errorf("size %d, warnings %q", c.Size(), w)
	}
}

func TestReadingStopsWithTheContextAndWithTheReader(t *testing.T) {
	dir := t.TempDir()
	lines := filepath.Join(dir, "x.jsonl")
	write(t, lines, `{"id":"a","text":"t"}`+"\n"+`{"id":"b","text":"t"}`+"\n")
	for _, path := range []string{"testdata/good", lines} {
		c, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var got []error
		for _, err := range c.Cases(ctx) {
			got = append(got, err)
			cancel()
		}
		if len(got) != 2 || got[0] != nil || !errors.Is(got[1], context.Canceled) {
			t.Errorf("%s: errors %v, want nil and then the context's", path, got)
		}
		n := 0
		for _, err := range c.Cases(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			n++
			break
		}
		if n != 1 {
			t.Errorf("%s: read %d cases after a break", path, n)
		}
	}
}

func TestAJSONLFileThatChangesIsNoticed(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.jsonl")
	for _, tt := range []struct{ name, after string }{
		{"another text", `{"id":"a","text":"u"}`},
		{"a case more", `{"id":"a","text":"t"}` + "\n" + `{"id":"b","text":"t"}`},
		{"a fault", `{"id":"a"}`},
		{"gone", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			write(t, name, `{"id":"a","text":"t"}`)
			c, err := Open(name)
			if err != nil {
				t.Fatal(err)
			}
			if tt.after == "" {
				if err := os.Remove(name); err != nil {
					t.Fatal(err)
				}
			} else {
				write(t, name, tt.after)
			}
			var last error
			for _, err := range c.Cases(context.Background()) {
				last = err
			}
			if last == nil {
				t.Error("no error at the end")
			}
		})
	}
}

func BenchmarkEmbedded(b *testing.B) {
	for b.Loop() {
		c, err := Embedded()
		if err != nil || c.Size() == 0 {
			b.Fatal(err)
		}
	}
}
