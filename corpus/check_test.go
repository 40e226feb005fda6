package corpus

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestAFolderOfBrokenFilesGivesAllFaultsInOneRun(t *testing.T) {
	cases, faults, err := Check("testdata/broken")
	if err != nil {
		t.Fatal(err)
	}
	if cases != 15 {
		t.Errorf("looked at %d cases, want 15", cases)
	}
	got := strings.ReplaceAll((&FaultsError{faults}).Error()+"\n", fmt.Sprint("1990 til ", time.Now().Year()+1), "1990 til NÆSTE ÅR")
	const golden = "testdata/broken.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("faults differ from %s (go test ./corpus -update writes it)\ngot:\n%s\nwant:\n%s", golden, got, want)
	}
	_, err = Open("testdata/broken")
	var loadErr *FaultsError
	if !errors.As(err, &loadErr) || len(loadErr.Faults) != len(faults) {
		t.Errorf("Open gives %T, want the same %d faults as Check", err, len(faults))
	}
}

// front is a faultless front matter for a case named x; replace lines of it with edit.
const front = `---
id: x
title: En titel
summary: Et resumé.
kind: eksempel
sector: skole
themes: [stress]
source: {publisher: Kilden, url: "https://example.org/"}
---
`

const section = "## Indsats\n\nVi talte sammen.\n"

func edit(old, new string) string { return strings.Replace(front, old, new, 1) + section }

func TestCaseFiles(t *testing.T) {
	taxonomy := testTaxonomy(t)
	tests := []struct {
		name, text string
		want       []string // line: start of the message; none for a good file
	}{
		{"a plain case is good", front + section, nil},
		{"line ends of Windows are good", strings.ReplaceAll(front+section, "\n", "\r\n"), nil},
		{"a byte order mark is good", "\uFEFF" + front + section, nil},
		{"a number is a good title", edit("title: En titel", "title: 2013"), nil},
		{"a region is good without a municipality", edit("kind:", "region: Sjælland\nkind:"), nil},
		{"the municipality's own region is good", edit("kind:", "municipality: Lejre\nregion: Sjælland\nkind:"), nil},
		{"next year is good, for plans", edit("kind:", "year: 2027\nkind:"), nil},
		{"raw HTML is text", front + section + "<script>alert(1)</script>\n", nil},
		{"a year range is no phone number", front + section + "I 2013 2014 og 2013-2014.\n", nil},
		{"an empty file", "", []string{"1: filen skal begynde med", "1: casen har ingen afsnit"}},
		{"an unclosed front matter", "---\nid: x\n", []string{"1: oplysningerne skal slutte"}},
		{"a front matter and nothing else", strings.TrimSuffix(front, "\n"), []string{"9: casen har ingen afsnit"}},
		{"an empty front matter", "---\n---\n" + section, []string{"1: id mangler", "1: title mangler", "1: summary mangler", "1: kind mangler", "1: sector mangler", "1: themes mangler", "1: source.publisher mangler"}},
		{"a front matter that is a list", "---\n- a\n---\n" + section, []string{"2: oplysningerne skal være nøgler"}},
		{"a key twice", edit("kind:", "id: x\nkind:"), []string{`5: nøglen "id" står to gange`}},
		{"a null value", edit("kind:", "year: null\nkind:"), []string{`5: nøglen "year" er tom`}},
		{"an empty list", edit("kind:", "tools: []\nkind:"), []string{`5: nøglen "tools" er tom`}},
		{"a list as title", edit("title: En titel", "title: [a, b]"), []string{"3: title skal være en enkelt værdi, ikke en liste"}},
		{"an alias", edit("En titel", "&a En titel\nworkplace: *a"), []string{"4: henvisninger"}},
		{"a merge key", edit("kind:", "<<: {}\nkind:"), []string{`5: ukendt nøgle "<<"`}},
		{"a second document in the front matter", edit(`.org/"}`, ".org/\"}\n--- a"), []string{"9: kun ét YAML-dokument"}},
		{"an end of the document in the front matter", edit("kind:", "...\nkind:"), []string{"6: ugyldig YAML: linjen ..."}},
		{"a year with a day", edit("kind:", "year: 2013-05-01\nkind:"), []string{`5: forkert årstal "2013-05-01" (tilladt: 1990 til 2027)`}},
		{"a year too far ahead", edit("kind:", "year: 2028\nkind:"), []string{`5: forkert årstal "2028"`}},
		{"control characters in a value", edit("En titel", `"a\x07b"`), []string{"3: title indeholder styretegn"}},
		{"control characters as they are in a value", edit("En titel", "a\x07b"), []string{"3: linjen indeholder styretegn"}},
		{"a list that isn't closed", edit("[stress]", "[stress"), []string{"7: ugyldig YAML: listen mangler"}},
		{"a quote within quotes", edit("En titel", "'it's'"), []string{"3: ugyldig YAML: her skulle stå en nøgle"}},
		{"a colon within a text", edit("En titel", "a: b"), []string{"3: ugyldig YAML: et kolon for meget"}},
		{"an anchor that isn't there", edit("En titel", "*a"), []string{"2: ugyldig YAML: unknown anchor"}},
		{"control characters in the body", front + section + "a\x01b\n", []string{"13: linjen indeholder styretegn"}},
		{"a region where the municipalities have several", edit("kind:", "municipality: [Lejre, Odense]\nregion: Sjælland\nkind:"), []string{`6: region "Sjælland" passer ikke: kommunerne ligger i flere`}},
		{"an unknown region", edit("kind:", "region: Jylland\nkind:"), []string{`5: ukendt region "Jylland" (mente du Sjælland? tilladt: Hovedstaden, Sjælland, Syddanmark, Midtjylland, Nordjylland)`}},
		{"a theme twice", edit("[stress]", "[stress, stress]"), []string{`7: tema "stress" står to gange`}},
		{"a source without a host", edit("https://example.org/", "https://"), []string{`8: forkert adresse "https://"`}},
		{"an unknown key in the source", edit("publisher: Kilden", "publisher: Kilden, link: x"), []string{`8: ukendt nøgle "link" i source (mente du`}},
		{"a source that is a text", edit(`{publisher: Kilden, url: "https://example.org/"}`, "Kilden"), []string{"8: source skal være en gruppe"}},
		{"a heading of one #", front + "# Indsats\n\nTekst.\n", []string{"10: overskriften Indsats skal have to #"}},
		{"an underlined heading", front + section + "\nResultat\n---\n", []string{"15: streger under en linje"}},
		{"a section of blanks", front + section + "\n## Resultat\n \n\t\n", []string{"14: afsnittet Resultat er tomt"}},
		{"a heading misspelt", front + "## Invsats\n\nTekst.\n", []string{`10: ukendt overskrift "Invsats" (mente du ## Indsats?`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, faults := parseCase(caseFile{label: "x.md", base: "x.md", folder: "."}, []byte(tt.text), taxonomy, 2026)
			if len(faults) != len(tt.want) {
				t.Fatalf("faults %v, want %q", faults, tt.want)
			}
			for i, f := range faults {
				if !strings.HasPrefix(f.String(), "x.md:"+tt.want[i]) {
					t.Errorf("fault %s, want x.md:%s…", f, tt.want[i])
				}
			}
		})
	}
}

func TestWhatCouldLeadToAPerson(t *testing.T) {
	tests := []struct {
		name, line, want string
	}{
		{"an e-mail address", "Skriv til anna@example.dk.", `e-mailadresse "anna@example.dk"`},
		{"an e-mail address with Danish letters", "søren.ø@blåbær.dk", `e-mailadresse "søren.ø@blåbær.dk"`},
		{"a mailto link", "[mail](mailto:a@b.dk)", `e-mailadresse "a@b.dk"`},
		{"an at sign alone is nothing", "Vi mødes @ kantinen kl. 12.", ""},
		{"a CPR number", "Født 311290-1234.", `CPR-lignende tal "311290-1234"`},
		{"a CPR number in one", "cpr 3112901234", `CPR-lignende tal "3112901234"`},
		{"a CPR number with a blank", "010190 1234", `CPR-lignende tal "010190 1234"`},
		{"a substitute CPR number", "610190-1234", `CPR-lignende tal "610190-1234"`},
		{"the month 13 is no CPR number", "Journal 011390-1234.", ""},
		{"the 31st of April is no CPR number", "310490-1234", ""},
		{"a date at the end of a longer number is no CPR number", "1311290-1234", ""},
		{"a number of thirteen digits is none", "EAN 5798001234567", ""},
		{"a phone number in pairs", "Ring 12 34 56 78.", `telefonnummer "12 34 56 78"`},
		{"a phone number in fours", "tlf. 2345 6789", `telefonnummer "2345 6789"`},
		{"a phone number in one", "tlf.23456789", `telefonnummer "23456789"`},
		{"a phone number with dots", "23.45.67.89", `telefonnummer "23.45.67.89"`},
		{"a phone number with the country's code", "(+45) 1, +45 23 45 67 89", `telefonnummer "+45 23 45 67 89"`},
		{"a phone number with zeros", "004523456789", `telefonnummer "004523456789"`},
		{"a phone number with hard blanks", "23\u00a045\u00a067\u00a089", "telefonnummer \"23\\u00a045\\u00a067\\u00a089\""},
		{"two phone numbers", "23456789/34567890", `telefonnummer "23456789", telefonnummer "34567890"`},
		{"a phone number in a link", "[ring](tel:+4523456789)", `telefonnummer "+4523456789"`},
		{"years are none", "I 2013 2014 og 2013-2014, 1995 2005.", ""},
		{"an amount with dots is none", "12.000.000 kr. og 12 000 000 kr.", ""},
		{"an amount in one is none", "12000000 kr. blev brugt, 50000000 kroner", ""},
		{"a date in one is none", "Notat 20130531 og 31052013", ""},
		{"five pairs are none", "10 20 30 40 50", ""},
		{"a company's number is none", "CVR-nr. 12345678, CVR: 87654321", ""},
		{"a number in an address is none", "https://example.org/12345678?t=+4512345678 og www.a.dk/23456789", ""},
		{"a number of nine digits is none", "123456789", ""},
		{"a decimal number is none", "0,12345678 og 12345678,5", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(private(tt.line), ", "); got != tt.want {
				t.Errorf("private(%q) = %s, want %s", tt.line, got, tt.want)
			}
		})
	}
}

func TestOversizeFilesLinksAndHiddenFiles(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "secret.md")
	write(t, outside, front+section)
	write(t, filepath.Join(dir, "x.md"), front+section)
	write(t, filepath.Join(dir, "big.md"), strings.Replace(front, "id: x", "id: big", 1)+section+strings.Repeat("a", MaxFileBytes))
	write(t, filepath.Join(dir, ".git", "y.md"), "no case")
	write(t, filepath.Join(dir, ".y.md"), "no case")
	write(t, filepath.Join(dir, "y.txt"), "no case")
	if err := os.Symlink(outside, filepath.Join(dir, "leak.md")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := os.Symlink(filepath.Dir(outside), filepath.Join(dir, "out")); err != nil {
		t.Fatal(err)
	}
	cases, faults, err := Check(dir)
	if err != nil {
		t.Fatal(err)
	}
	if cases != 3 || len(faults) != 2 {
		t.Fatalf("%d cases, faults %v; want 3 cases, and faults for the large file and the link out", cases, faults)
	}
	for i, want := range []string{"big.md:1: filen er større end 256 KiB", "leak.md:1: filen kan ikke læses: "} {
		if !strings.HasPrefix(faults[i].String(), filepath.Join(dir, want)) {
			t.Errorf("fault %s, want %s", faults[i], want)
		}
	}
}

func TestTheFolderIsTheSectors(t *testing.T) {
	tests := []struct {
		name, file    string
		folder, alone int // faults of the folder, and of the file alone
	}{
		{"in its sector's folder", "cases/skole/x.md", 0, 0},
		{"in another sector's folder", "cases/stat/x.md", 1, 1},
		{"in no sector's folder under cases", "cases/andet/x.md", 1, 0},
		{"beside the sectors' folders under cases", "cases/x.md", 1, 1},
		{"flat in a folder of one's own", "x.md", 0, 0},
		{"in a folder of another order", "2013/x.md", 0, 0},
		{"in another sector's folder, in a folder of one's own", "stat/x.md", 1, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, tt.file)
			write(t, file, front+section)
			for path, want := range map[string]int{dir: tt.folder, file: tt.alone} {
				cases, faults, err := Check(path)
				if err != nil || cases != 1 || len(faults) != want {
					t.Errorf("Check(%s): %d cases, faults %v, error %v; want %d faults", path, cases, faults, err, want)
				}
			}
		})
	}
}

func TestPathsThatAreNoCorpus(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "x.csv"), "id\n")
	for _, name := range []string{"missing", "x.csv"} {
		if _, _, err := Check(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), "tilladt: en mappe med .md-filer eller en .jsonl-fil") {
			t.Errorf("Check(%s): error %v, want one that says what is allowed", name, err)
		}
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func testTaxonomy(t testing.TB) *Taxonomy {
	t.Helper()
	taxonomy, _, faults, err := readTaxonomy(nil, "")
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	return taxonomy
}

// FuzzCase: no input makes the parser panic, and what it accepts is a whole case that says the same when it is written down and read again.
func FuzzCase(f *testing.F) {
	taxonomy := testTaxonomy(f)
	f.Add([]byte(front + section))
	f.Add([]byte("\uFEFF" + strings.ReplaceAll(front+section, "\n", "\r\n")))
	for _, pattern := range []string{"testdata/*/cases/*/*.md", "cases/beskaeftigelse/*.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	read := func(id string, data []byte) (*Case, []Fault) {
		p, faults := parseCase(caseFile{label: "f", base: id + ".md", folder: "."}, data, taxonomy, 2026)
		return p.value, faults
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, _ := read("x", data)
		c, faults := read(c.ID, data)
		if len(faults) > 0 {
			for _, f := range faults {
				if f.Line < 1 || f.Line > bytes.Count(data, []byte("\n"))+bytes.Count(data, []byte("\r"))+1 {
					t.Errorf("the line of %s isn't in the file", f)
				}
			}
			return
		}
		if c.ID == "" || c.Title == "" || c.Summary == "" || c.Source.Publisher == "" || len(c.Themes) == 0 || len(c.Sections) == 0 {
			t.Fatalf("accepted a case that isn't whole: %+v", c)
		}
		again, faults := read(c.ID, render(c))
		if len(faults) > 0 || fmt.Sprintf("%+v", again) != fmt.Sprintf("%+v", c) {
			t.Fatalf("read %+v, written down and read again %+v, faults %v\n%s", c, again, faults, render(c))
		}
	})
}

// render writes a case as a file.
func render(c *Case) []byte {
	var b bytes.Buffer
	put := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", key, yamlQuote(value))
		}
	}
	list := func(key string, values []string) {
		if len(values) > 0 {
			fmt.Fprintf(&b, "%s:\n", key)
		}
		for _, v := range values {
			fmt.Fprintf(&b, "- %s\n", yamlQuote(v))
		}
	}
	b.WriteString("---\n")
	put("id", c.ID)
	put("title", c.Title)
	put("summary", c.Summary)
	put("kind", c.Kind)
	put("sector", c.Sector)
	list("themes", c.Themes)
	list("municipality", c.Municipalities)
	put("region", c.Region)
	put("organisation", c.Organisation)
	put("workplace", c.Workplace)
	if c.Year > 0 {
		fmt.Fprintf(&b, "year: %d\n", c.Year)
	}
	list("tools", c.Tools)
	fmt.Fprintf(&b, "source:\n  publisher: %s\n", yamlQuote(c.Source.Publisher))
	if c.Source.URL != "" {
		fmt.Fprintf(&b, "  url: %s\n", yamlQuote(c.Source.URL))
	}
	list("more_sources", c.Source.More)
	b.WriteString("---\n")
	for _, s := range c.Sections {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", s.Heading, s.Body)
	}
	return b.Bytes()
}

// yamlQuote writes a one-line text so that YAML reads it back to the letter.
func yamlQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
