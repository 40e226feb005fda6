package search

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAQueryIsCutIntoWordsAndPhrases(t *testing.T) {
	word := func(s string) clause { return clause{words: []string{s}} }
	not := func(s string) clause { return clause{words: []string{s}, not: true} }
	phrase := func(s ...string) clause { return clause{words: s, phrase: true} }
	for _, c := range []struct {
		rule, text string
		want       []clause
	}{
		{"words", "stress ældre", []clause{word("stress"), word("ældre")}},
		{"words as they are typed", "Århus MED-udvalg 1990'erne", []clause{word("Århus"), word("MED-udvalg"), word("1990'erne")}},
		{"a quoted phrase", `"psykisk arbejdsmiljø" ro`, []clause{phrase("psykisk", "arbejdsmiljø"), word("ro")}},
		{"a quoted word", `"å"`, []clause{phrase("å")}},
		{"quotes as Danes write them", "»psykisk arbejdsmiljø« „ro på“ “åben”", []clause{phrase("psykisk", "arbejdsmiljø"), phrase("ro", "på"), phrase("åben")}},
		{"a phrase without a space around", `ro"på gangen"nu`, []clause{word("ro"), phrase("på", "gangen"), word("nu")}},
		{"an unbalanced quote is passed over", `"stress ældre`, []clause{word("stress"), word("ældre")}},
		{"and one at the end", `stress ældre"`, []clause{word("stress"), word("ældre")}},
		{"of three quotes the last is passed over", `"ro på" "gang`, []clause{phrase("ro", "på"), word("gang")}},
		{"an empty phrase is nothing", `"" " " ældre`, []clause{word("ældre")}},
		{"a word ruled out", "stress -ældre", []clause{word("stress"), not("ældre")}},
		{"a word ruled out by a true minus", "stress −ældre", []clause{word("stress"), not("ældre")}},
		{"a phrase ruled out", `-"ro på"`, []clause{{words: []string{"ro", "på"}, phrase: true, not: true}}},
		{"a word ruled out behind an unbalanced quote", `-"ældre`, []clause{not("ældre")}},
		{"but not behind a space", `-" ældre`, []clause{word("ældre")}},
		{"a word with a hyphen ruled out", "-MED-udvalg", []clause{not("MED-udvalg")}},
		{"both words of a slash ruled out", "-æble/pære", []clause{not("æble"), not("pære")}},
		{"a hyphen within a word is its own", "covid-19 work-life", []clause{word("covid-19"), word("work-life")}},
		{"a hyphen behind a word is nothing", "børne- og ungeområdet", []clause{word("børne"), word("og"), word("ungeområdet")}},
		{"a hyphen alone is nothing", "stress - ældre --", []clause{word("stress"), word("ældre")}},
		{"two hyphens rule nothing out", "--ældre", []clause{word("ældre")}},
		{"what looks like syntax is text", "titel:stress AND (ældre OR *) +ro ~2 ^3", []clause{
			word("titel"), word("stress"), word("AND"), word("ældre"), word("OR"), word("ro"), word("2"), word("3")}},
		{"brackets and markup are nothing", "<script>å</script>", []clause{word("script"), word("å"), word("script")}},
		{"no text is no clause", " \t\n ", nil},
	} {
		t.Run(c.rule, func(t *testing.T) {
			if got := parse(c.text); !reflect.DeepEqual(got, c.want) {
				t.Errorf("parse(%q) = %+v, want %+v", c.text, got, c.want)
			}
		})
	}
}

func TestFiveHundredQuotesAreNothing(t *testing.T) {
	for _, text := range []string{strings.Repeat(`"`, 500), strings.Repeat(`-"`, 250), strings.Repeat("»„", 250), strings.Repeat("-", 500)} {
		if got := parse(text); got != nil {
			t.Errorf("parse(%.10s…) = %+v", text, got)
		}
	}
	if got := parse(strings.Repeat(`"å`, 250)); len(got) != 250 {
		t.Errorf("250 words between quotes are %d clauses", len(got))
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "stress -ældre", `"ro på" -"å`, "»a« „b“ −c", "\xff\"\xc3", strings.Repeat(`-"`, 50), "a\u00ad-b", `"a"b"c`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range parse(text) {
			if len(c.words) == 0 || !c.phrase && len(c.words) != 1 {
				t.Fatalf("parse(%q) has the clause %+v", text, c)
			}
			for _, w := range c.words {
				if w == "" || !strings.Contains(text, w) || !utf8.ValidString(w) {
					t.Fatalf("parse(%q) has the word %q", text, w)
				}
			}
		}
	})
}

func TestAWordIsTakenOutOfAQuery(t *testing.T) {
	for _, c := range []struct {
		rule, text string
		typed      []string
		want       string
	}{
		{"a word", "stress i Aalborg", []string{"Aalborg"}, "stress i"},
		{"not out of another word", "stressforebyggelse stress", []string{"stress"}, "stressforebyggelse"},
		{"several that stand together", "fysisk arbejdsmiljø for ældre", []string{"fysisk", "arbejdsmiljø"}, "for ældre"},
		{"several that don't", "fysisk -ro arbejdsmiljø", []string{"fysisk", "arbejdsmiljø"}, "-ro"},
		{"together before apart", "ro og ro på", []string{"ro", "på"}, "ro og"},
		{"with its minus", "ældre -stress", []string{"stress"}, "ældre"},
		{"a phrase with its quotes", `ældre "ro på" nu`, []string{"ro", "på"}, "ældre nu"},
		{"a phrase with quotes and minus", `ældre -»ro på«`, []string{"ro", "på"}, "ældre"},
		{"what isn't there stays", "ældre", []string{"stress"}, "ældre"},
		{"the last word", "Ærø", []string{"Ærø"}, ""},
	} {
		t.Run(c.rule, func(t *testing.T) {
			if got := without(c.text, c.typed); got != c.want {
				t.Errorf("%q without %q is %q, want %q", c.text, c.typed, got, c.want)
			}
		})
	}
}
