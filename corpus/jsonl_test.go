package corpus

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestJSONLLines(t *testing.T) {
	long := strings.Repeat("ord ", 30)
	tests := []struct {
		name, line string
		want       *Case
		faults     []string // how they start
	}{
		{"id and text are enough, the title is the first words", `{"id":"a","text":"En kort tekst.\nMed to linjer."}`,
			&Case{ID: "a", Title: "En kort tekst. Med to linjer.", Sections: []Section{{Body: "En kort tekst.\nMed to linjer."}}}, nil},
		{"all keys, values as they stand", `{"id":"a/b c","title":"T","summary":"S","kind":"Notat","sector":"Havn","themes":["Ro","Mak"],"municipality":["Århus","Malmø"],"region":"Skåne","year":1874,"url":"https://example.org/x","text":"t"}`,
			&Case{ID: "a/b c", Title: "T", Summary: "S", Kind: "Notat", Sector: "Havn", Themes: []string{"Ro", "Mak"}, Municipalities: []string{"Århus", "Malmø"}, Region: "Skåne", Year: 1874,
				Source: Source{URL: "https://example.org/x"}, Sections: []Section{{Body: "t"}}}, nil},
		{"empty values are as good as absent", `{"id":"a","title":"","summary":null,"kind":"","sector":"","themes":[""],"municipality":"","region":" ","year":"","url":"","text":"t"}`,
			&Case{ID: "a", Title: "t", Sections: []Section{{Body: "t"}}}, nil},
		{"one municipality, one theme, a year as text", `{"id":"a","municipality":"Lejre","themes":"Ro","year":"2013","text":"t"}`,
			&Case{ID: "a", Title: "t", Municipalities: []string{"Lejre"}, Themes: []string{"Ro"}, Year: 2013, Sections: []Section{{Body: "t"}}}, nil},
		{"repeated values count once", `{"id":"a","themes":[ "Ro" , "Ro" ],"text":"t"}`, &Case{ID: "a", Title: "t", Themes: []string{"Ro"}, Sections: []Section{{Body: "t"}}}, nil},
		{"a number as id", `{"id":1234567890123456789,"text":"t"}`, &Case{ID: "1234567890123456789", Title: "t", Sections: []Section{{Body: "t"}}}, nil},
		{"personal data are the owner's affair", `{"id":"a","text":"Ring 12 34 56 78"}`, &Case{ID: "a", Title: "Ring 12 34 56 78", Sections: []Section{{Body: "Ring 12 34 56 78"}}}, nil},
		{"control characters become spaces", `{"id":"a","text":"x\u0000y\r\nz"}`, &Case{ID: "a", Title: "x y z", Sections: []Section{{Body: "x y\nz"}}}, nil},
		{"letters are composed", `{"id":"a","text":"A\u030arhus"}`, &Case{ID: "a", Title: "Århus", Sections: []Section{{Body: "Århus"}}}, nil},
		{"unknown keys are passed over", `{"id":"a","text":"t","x":{"y":["}",1]},"Text":3}`, &Case{ID: "a", Title: "t", Sections: []Section{{Body: "t"}}}, nil},
		{"a title is cut at a word", `{"id":"a","text":"` + long + `"}`, &Case{ID: "a", Title: strings.TrimSpace(strings.Repeat("ord ", 20)), Sections: []Section{{Body: strings.TrimSpace(long)}}}, nil},
		{"a word without end is cut", `{"id":"a","text":"` + strings.Repeat("å", 100) + `"}`, &Case{ID: "a", Title: strings.Repeat("å", 80), Sections: []Section{{Body: strings.Repeat("å", 100)}}}, nil},
		{"nothing but braces", `{}`, nil, []string{"id mangler", "text mangler"}},
		{"an empty id and a blank text", `{"id":"","text":" \n"}`, nil, []string{"id mangler", "text mangler"}},
		{"an id of 201 characters", `{"id":"` + strings.Repeat("å", 201) + `","text":"t"}`, nil, []string{`id "`}},
		{"an id with a line break", `{"id":"a\nb","text":"t"}`, nil, []string{`id "a\nb" skal være synlige tegn`}},
		{"wrong types, all told", `{"id":["a"],"text":1,"title":{},"themes":[1],"municipality":3,"year":[],"region":true}`, nil,
			[]string{"id skal være en tekst", "text skal være en tekst", "title skal være en tekst", "themes skal være en liste", "municipality skal være en liste", "year skal være et årstal", "region skal være en tekst"}},
		{"a year in words", `{"id":"a","text":"t","year":"i fjor"}`, nil, []string{"forkert årstal"}},
		{"a year with months", `{"id":"a","text":"t","year":2013.5}`, nil, []string{"forkert årstal"}},
		{"the year zero", `{"id":"a","text":"t","year":0}`, nil, []string{"forkert årstal"}},
		{"an address that is a script", `{"id":"a","text":"t","url":"javascript:alert(1)"}`, nil, []string{"forkert adresse"}},
		{"a key twice", `{"id":"a","text":"t","id":"b"}`, nil, []string{"nøglen id står to gange"}},
		{"a list", `["a"]`, nil, []string{"linjen er ikke et JSON-objekt"}},
		{"an open string", `{"id":"a`, nil, []string{"ugyldig JSON ved tegn 9: et komma eller } mangler"}},
		{"two objects", `{"id":"a","text":"t"} {}`, nil, []string{"ugyldig JSON ved tegn 23: der står mere"}},
		{"a comma too many", `{"id":"a","text":"t",}`, nil, []string{"ugyldig JSON ved tegn 22"}},
		{"a value that isn't JSON", `{"id":"a","text":tekst}`, nil, []string{`ugyldig JSON: værdien af "text"`}},
		{"an unknown value that isn't JSON", `{"id":"a","text":"t","x":[1}`, nil, []string{"ugyldig JSON"}},
		{"no value", `{"id":}`, nil, []string{"ugyldig JSON ved tegn 7: en værdi mangler"}},
		{"invalid UTF-8", "{\"id\":\"a\",\"text\":\"\xe5\"}", nil, []string{"ugyldig UTF-8"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &reporter{file: "x.jsonl"}
			got := readLine([]byte(tt.line), r, 7, func(string) {})
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
			if len(r.faults) != len(tt.faults) {
				t.Fatalf("faults %v, want %q", r.faults, tt.faults)
			}
			for i, f := range r.faults {
				if !strings.HasPrefix(f.String(), "x.jsonl:7: "+tt.faults[i]) {
					t.Errorf("fault %s, want x.jsonl:7: %s…", f, tt.faults[i])
				}
			}
		})
	}
}

func TestJSONLFiles(t *testing.T) {
	good := `{"id":"a","text":"t"}`
	tests := []struct {
		name, text string
		cases      int
		faults     []string
		warnings   int
	}{
		{"blank lines, a byte order mark and line ends of Windows are passed over", "\uFEFF" + good + "\r\n\r\n  \n" + `{"id":"b","text":"t"}`, 2, nil, 0},
		{"an unknown key is told once", `{"id":"a","text":"t","x":1}` + "\n" + `{"id":"b","text":"t","x":2,"y":3}`, 2, nil, 2},
		{"an id twice names the first line", good + "\n\n" + good, 2, []string{`:3: id "a" bruges allerede på linje 1`}, 0},
		{"an empty file is told of", "", 0, nil, 1},
		{"a line over 1 MiB is passed over", `{"id":"a","text":"` + strings.Repeat("a", MaxLineBytes) + `"}` + "\n" + `{"id":"b"}` + "\n", 2, []string{":1: linjen er længere end 1024 KiB", ":2: text mangler"}, 0},
		{"a line over 1 MiB at the end", good + "\n" + strings.Repeat("a", 3*MaxLineBytes), 2, []string{":2: linjen er længere end 1024 KiB"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "x.jsonl")
			write(t, name, tt.text)
			cases, faults, err := Check(name)
			if err != nil || cases != tt.cases || len(faults) != len(tt.faults) {
				t.Fatalf("%d cases, faults %v, error %v; want %d and %q", cases, faults, err, tt.cases, tt.faults)
			}
			for i, f := range faults {
				if f.String() != name+tt.faults[i] {
					t.Errorf("fault %s, want %s", f, tt.faults[i])
				}
			}
			if len(faults) > 0 {
				return
			}
			c, err := Open(name)
			if err != nil || c.Size() != tt.cases || len(all(t, c)) != tt.cases || len(c.Warnings()) != tt.warnings || !c.OpenTaxonomy() {
				t.Errorf("error %v, warnings %q", err, c.Warnings())
			}
		})
	}
}

func TestAFileThatIsWrongThroughoutStopsAtAHundredFaults(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.jsonl")
	write(t, name, strings.Repeat("nej\n", 10_000))
	_, faults, err := Check(name)
	if err != nil || len(faults) != MaxLineFaults+1 || !strings.HasPrefix(faults[MaxLineFaults].Message, "… og flere") {
		t.Errorf("%d faults, error %v; want %d and a word that there are more", len(faults), err, MaxLineFaults)
	}
}

func TestALongJSONLFileIsNotHeld(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.jsonl")
	var b strings.Builder
	text := strings.Repeat("en lang tekst ", 100)
	const cases = 5_000
	for i := range cases {
		fmt.Fprintf(&b, "{\"id\":\"%d\",\"text\":%q}\n", i, text)
	}
	write(t, name, b.String())
	size := b.Len()
	b.Reset()
	c, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n := 0
	for one, err := range c.Cases(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprint(n); one.ID != want {
			t.Fatalf("case %s in the place of %s", one.ID, want)
		}
		n++
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); n != cases || held > int64(size)/10 {
		t.Errorf("read %d cases and held %d bytes of %d", n, held, size)
	}
	runtime.KeepAlive(c)
}

// FuzzLine: no line makes the reader panic; what it accepts keeps to the limits and reads the same when written down again; and it
// takes for an object what encoding/json does.
func FuzzLine(f *testing.F) {
	f.Add([]byte(`{"id":"a","text":"t"}`))
	f.Add([]byte(`{"id":1,"title":"T","summary":"S","kind":"k","sector":"s","themes":["a","b"],"municipality":"m","region":"r","year":"2013","url":"https://example.org","text":"\u00e5\ud83d\ude00 x","z":[{}]}`))
	f.Add([]byte(` { "id" : "a\\\"" , "text" : "t" , "x" : -1.5e3 } `))
	f.Add([]byte("{\"id\":\"a\",\"text\":\"\xe5\"}"))
	f.Fuzz(func(t *testing.T, line []byte) {
		r := &reporter{file: "f"}
		c := readLine(line, r, 1, func(string) {})
		if (c == nil) != (len(r.faults) > 0) {
			t.Fatalf("case %+v with faults %v", c, r.faults)
		}
		var object map[string]json.RawMessage
		isObject := utf8.Valid(line) && json.Unmarshal(line, &object) == nil && object != nil
		if all, err := members(line); isObject && err != nil {
			t.Fatalf("members refuses an object: %v", err)
		} else if isObject {
			keys := map[string]bool{}
			for _, m := range all {
				keys[m.key] = true
			}
			if !slices.Equal(slices.Sorted(maps.Keys(keys)), slices.Sorted(maps.Keys(object))) {
				t.Fatalf("keys %v, want %v", keys, object)
			}
		}
		if c == nil {
			return
		}
		if !isObject {
			t.Fatalf("accepted what isn't an object: %q", line)
		}
		if !goodID(c.ID) || c.Title == "" || len(c.Sections) != 1 || c.Sections[0].Body == "" || c.Year < 0 || c.Year > 9999 {
			t.Fatalf("accepted a case that isn't whole: %+v", c)
		}
		again, err := json.Marshal(map[string]any{"id": c.ID, "title": c.Title, "summary": c.Summary, "kind": c.Kind, "sector": c.Sector, "themes": c.Themes,
			"municipality": c.Municipalities, "region": c.Region, "url": c.Source.URL, "text": c.Sections[0].Body})
		if err != nil {
			t.Fatal(err)
		}
		second := readLine(again, r, 2, func(string) {})
		if second == nil {
			t.Fatalf("doesn't accept its own %s: %v", again, r.faults)
		}
		second.Year = c.Year
		if fmt.Sprintf("%+v", second) != fmt.Sprintf("%+v", c) {
			t.Fatalf("read %+v, written down and read again %+v", c, second)
		}
	})
}
