package web_test

import (
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server/web"
	"github.com/vidensbank/vidensbank/server/webtest"
)

func site(open bool) *web.Site {
	return &web.Site{Searcher: &webtest.Searcher{}, Labels: webtest.Taxonomy, OpenTaxonomy: open}
}

func TestParseSearchReadsWhatPeopleAndFormsSend(t *testing.T) {
	type filters = map[string][]string
	for name, test := range map[string]struct {
		raw  string
		open bool
		want search.Query
		url  string // the one spelling
	}{
		"nothing is the landing page": {"", false, search.Query{Sort: "newest", Page: 1, Size: 20}, "/"},
		"a form's empty fields are as good as absent": {"q=&sector=&theme=&sort=&page=&size=&lang=&explain=", false,
			search.Query{Sort: "newest", Page: 1, Size: 20}, "/"},
		"words are trimmed, pasted line breaks are spaces": {"q=+stress%0Aforebyggelse%09+", false,
			search.Query{Text: "stress forebyggelse", Sort: "relevance", Page: 1, Size: 20}, "/?q=stress+forebyggelse"},
		"Danish letters and signs pass": {"q=l%C3%A6ring+%26+%22br%C3%B8k%22+%C3%A5", false,
			search.Query{Text: `læring & "brøk" å`, Sort: "relevance", Page: 1, Size: 20}, "/?q=l%C3%A6ring+%26+%22br%C3%B8k%22+%C3%A5"},
		"500 Danish letters are not too many": {"q=" + strings.Repeat("%C3%B8", 500), false,
			search.Query{Text: strings.Repeat("ø", 500), Sort: "relevance", Page: 1, Size: 20}, "/?q=" + strings.Repeat("%C3%B8", 500)},
		"values of a facet are sorted and unique": {"theme=trivsel&theme=stress&theme=Trivsel", false,
			search.Query{Filters: filters{"theme": {"stress", "trivsel"}}, Sort: "newest", Page: 1, Size: 20}, "/?theme=stress&theme=trivsel"},
		"a municipality's spelling and code mean its name": {"municipality=%C3%85rhus&municipality=0751", false,
			search.Query{Filters: filters{"municipality": {"Aarhus"}}, Sort: "newest", Page: 1, Size: 20}, "/?municipality=Aarhus"},
		"a municipality divided in 2007 means all its successors": {"municipality=Skjoldborg", false,
			search.Query{Filters: filters{"municipality": {"Lejre", "Roskilde"}}, Sort: "newest", Page: 1, Size: 20}, "/?municipality=Lejre&municipality=Roskilde"},
		"an unknown value of an open taxonomy stays as it stands": {"municipality=%C3%85rhus&theme=x+y", true,
			search.Query{Filters: filters{"municipality": {"Århus"}, "theme": {"x y"}}, Sort: "newest", Page: 1, Size: 20}, "/?theme=x+y&municipality=%C3%85rhus"},
		"everything at once": {"lang=en&explain=true&size=5&page=2&sort=title&year=2013&kind=eksempel&region=sjaelland&q=a", false,
			search.Query{Text: "a", Filters: filters{"year": {"2013"}, "kind": {"eksempel"}, "region": {"sjaelland"}}, Sort: "title", Page: 2, Size: 5, Explain: true},
			"/?q=a&region=sjaelland&kind=eksempel&year=2013&sort=title&page=2&size=5&explain=true&lang=en"},
		"a default that is said is left out of the address": {"q=a&sort=relevance&page=1&size=20&explain=false&lang=da", false,
			search.Query{Text: "a", Sort: "relevance", Page: 1, Size: 20}, "/?q=a"},
		"relevance without words is a choice, not the default": {"sort=relevance", false,
			search.Query{Sort: "relevance", Page: 1, Size: 20}, "/?sort=relevance"},
		"the last page and the largest size are allowed": {"page=1000&size=100", false,
			search.Query{Sort: "newest", Page: 1000, Size: 100}, "/?page=1000&size=100"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := site(test.open).ParseSearch(test.raw, web.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(p.Query, test.want) {
				t.Errorf("got  %+v\nwant %+v", p.Query, test.want)
			}
			if got := p.URL("/"); got != test.url {
				t.Errorf("URL %q, want %q", got, test.url)
			}
		})
	}
}

func TestParseSearchRefusesAndSaysWhatIsAllowed(t *testing.T) {
	for name, test := range map[string]struct {
		raw, param, detail string
	}{
		"an unknown parameter names those that exist": {"tema=stress", "tema", "Parameteren »tema« er ugyldig. Tilladt: kun parametrene q, sector, theme, municipality, region, kind, year, sort, page, size, explain, lang."},
		"a mistyped theme names the nearest":          {"theme=stres", "theme", "Parameteren »theme« kan ikke være »stres«. Tilladt: et tema fra taksonomien; »stress« ligner mest."},
		"a theme like no other names none":            {"theme=xyz", "theme", "Parameteren »theme« kan ikke være »xyz«. Tilladt: et tema fra taksonomien."},
		"an unknown municipality":                     {"municipality=Oslo", "municipality", "Parameteren »municipality« kan ikke være »Oslo«. Tilladt: en kommunes navn eller kode."},
		"an unknown region":                           {"region=x", "region", "Parameteren »region« kan ikke være »x«. Tilladt: en af de fem regioner."},
		"an unknown kind":                             {"kind=x", "kind", "Parameteren »kind« kan ikke være »x«. Tilladt: en type fra taksonomien."},
		"an unknown sector among good ones":           {"sector=aeldre-og-sundhed&sector=x", "sector", "Parameteren »sector« kan ikke være »x«. Tilladt: en sektor fra taksonomien."},
		"page 0":                                      {"page=0", "page", "Parameteren »page« kan ikke være »0«. Tilladt: et helt tal fra 1 til 1000."},
		"page -1":                                     {"page=-1", "page", "Parameteren »page« kan ikke være »-1«. Tilladt: et helt tal fra 1 til 1000."},
		"page 1001":                                   {"page=1001", "page", "Parameteren »page« kan ikke være »1001«. Tilladt: et helt tal fra 1 til 1000."},
		"a page beyond all numbers":                   {"page=99999999999999999999", "page", "Parameteren »page« kan ikke være »99999999999999999999«. Tilladt: et helt tal fra 1 til 1000."},
		"size 101":                                    {"size=101", "size", "Parameteren »size« kan ikke være »101«. Tilladt: et helt tal fra 1 til 100."},
		"a size with a sign":                          {"size=%2B5", "size", "Parameteren »size« kan ikke være »+5«. Tilladt: et helt tal fra 1 til 100."},
		"an unknown order":                            {"sort=best", "sort", "Parameteren »sort« kan ikke være »best«. Tilladt: relevance, newest, title."},
		"explain is true or false":                    {"explain=1", "explain", "Parameteren »explain« kan ikke være »1«. Tilladt: true, false."},
		"a language that we don't have":               {"lang=de", "lang", "Parameteren »lang« kan ikke være »de«. Tilladt: da, en."},
		"a year in words":                             {"year=ifjor", "year", "Parameteren »year« kan ikke være »ifjor«. Tilladt: et årstal med cifre, for eksempel 2013."},
		"year 0":                                      {"year=0", "year", "Parameteren »year« kan ikke være »0«. Tilladt: et årstal med cifre, for eksempel 2013."},
		"q twice":                                     {"q=a&q=b", "q", "Parameteren »q« er ugyldig. Tilladt: højst én værdi."},
		"page twice":                                  {"page=1&page=1", "page", "Parameteren »page« er ugyldig. Tilladt: højst én værdi."},
		"501 letters":                                 {"q=" + strings.Repeat("%C3%B8", 501), "q", "Parameteren »q« er ugyldig. Tilladt: højst 500 tegn (her er 501)."},
		"a zero byte":                                 {"q=a%00b", "q", "Parameteren »q« er ugyldig. Tilladt: tekst uden styretegn."},
		"an escape in a facet":                        {"theme=%1B", "theme", "Parameteren »theme« er ugyldig. Tilladt: tekst uden styretegn."},
		"a line break in a facet":                     {"theme=a%0Ab", "theme", "Parameteren »theme« er ugyldig. Tilladt: tekst uden styretegn."},
		"bytes that are no text":                      {"q=%ff%fe", "q", "Parameteren »q« er ugyldig. Tilladt: tekst i UTF-8."},
		"half an escape":                              {"q=%e", "", "Adressens parametre kan ikke læses. Tilladt: navn=værdi adskilt af »&«, hvor »%« og »;« i en værdi skrives %25 og %3B."},
		"a value without end":                         {"theme=" + strings.Repeat("a", 201), "theme", "Parameteren »theme« er ugyldig. Tilladt: værdier på højst 200 tegn."},
		"a long bad value is cut short":               {"sort=" + strings.Repeat("a", 80), "sort", "Parameteren »sort« kan ikke være »" + strings.Repeat("a", 60) + "…«. Tilladt: relevance, newest, title."},
		"a parameter's name of control characters":    {"%00%1b=1", "\uFFFD\uFFFD", "Parameteren »\uFFFD\uFFFD« er ugyldig. Tilladt: kun parametrene q, sector, theme, municipality, region, kind, year, sort, page, size, explain, lang."},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := site(false).ParseSearch(test.raw, web.Options{})
			p := web.ProblemOf(err)
			if p.Status != 400 || p.Parameter != test.param || p.Detail != test.detail {
				t.Errorf("got  %d %q %s\nwant 400 %q %s", p.Status, p.Parameter, p.Detail, test.param, test.detail)
			}
		})
	}
}

func TestTooManyValuesAreRefusedEvenWhereAnyValueIsAllowed(t *testing.T) {
	v := url.Values{}
	for i := range search.MaxFilterValues + 1 {
		v.Add("theme", "t"+strings.Repeat("x", i%100)+strings.Repeat("y", i/100))
	}
	_, err := site(true).ParseSearch(v.Encode(), web.Options{})
	if p := web.ProblemOf(err); p.Status != 400 || p.Detail != "Parameteren »theme« er ugyldig. Tilladt: højst 200 værdier." {
		t.Errorf("got %+v", p)
	}
}

func TestOptionsAddParametersAndPassOverOthers(t *testing.T) {
	s := site(false)
	p, err := s.ParseSearch("q=a&accent=%23fff", web.Options{Extra: []string{"accent"}})
	if err != nil || p.Extra["accent"] != "#fff" {
		t.Errorf("an extra parameter: got %v, %v", p.Extra, err)
	}
	if got := p.URL("/embed"); got != "/embed?q=a&accent=%23fff" {
		t.Errorf("an extra parameter isn't in the address: %s", got)
	}
	if _, err := s.ParseSearch("accent=a&accent=b", web.Options{Extra: []string{"accent"}}); err == nil {
		t.Error("an extra parameter twice was taken")
	}
	p, err = s.ParseSearch("q=a&utm_source=mail&x=%zz", web.Options{Lenient: true})
	if err != nil || p.URL("/") != "/?q=a" {
		t.Errorf("lenient: got %s, %v", p.URL("/"), err)
	}
	if _, err := s.ParseSearch("q=a&page=x", web.Options{Lenient: true}); err == nil {
		t.Error("lenient took a bad page")
	}
}

func TestPagesAreCountedFromOneToTheLimit(t *testing.T) {
	p := web.Params{Query: search.Query{Size: 20}}
	for total, want := range map[int]int{0: 1, 1: 1, 20: 1, 21: 2, 383: 20, 1_000_000: search.MaxPage} {
		if got := p.Pages(total); got != want {
			t.Errorf("%d cases: %d pages, want %d", total, got, want)
		}
	}
}

func TestAddressesEscapeWhatTheyHold(t *testing.T) {
	for name, test := range map[string]struct{ got, want string }{
		"an id with a slash, a plus and a question mark": {web.CaseURL("a/b+c?d æ"), "/cases/a%2Fb+c%3Fd%20%C3%A6"},
		"a completed word":          {web.CompletionURL(search.Completion{Kind: "word", Text: "stress & jag"}, "da"), "/?q=stress+%26+jag"},
		"a completed theme":         {web.CompletionURL(search.Completion{Kind: "theme", Text: "Stress", Value: "stress"}, "en"), "/?theme=stress&lang=en"},
		"a completed case":          {web.CompletionURL(search.Completion{Kind: "case", Value: "a/b"}, "da"), "/cases/a%2Fb"},
		"a search without anything": {web.SearchURL("", nil, "da"), "/"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q, want %q", name, test.got, test.want)
		}
	}
}

func TestWithFilterLeavesItsArgumentAlone(t *testing.T) {
	before := map[string][]string{"theme": {"trivsel"}}
	after := web.WithFilter(before, "theme", "stress")
	if !reflect.DeepEqual(after, map[string][]string{"theme": {"stress", "trivsel"}}) || !reflect.DeepEqual(before, map[string][]string{"theme": {"trivsel"}}) {
		t.Errorf("before %v, after %v", before, after)
	}
	if again := web.WithFilter(after, "theme", "stress"); !reflect.DeepEqual(again, after) {
		t.Errorf("a value chosen twice: %v", again)
	}
}

// Whatever the query string: it's refused by an InvalidError fit to be shown, or it's a query within its limits whose one
// spelling means the same.
func FuzzParseSearch(f *testing.F) {
	for _, raw := range []string{"", "q=stress+forebyggelse&theme=stress&page=2", "municipality=%C3%85rhus&municipality=Skjoldborg", "q=%00", "q=%ff",
		"page=9999999999", "x=y;z", "q=" + strings.Repeat("a", 600), "year=0002013&size=100&sort=title&lang=en&explain=true", "theme=%E2%80%A8", "q=%C2%85"} {
		f.Add(raw, true)
		f.Add(raw, false)
	}
	f.Fuzz(func(t *testing.T, raw string, open bool) {
		s := site(open)
		p, err := s.ParseSearch(raw, web.Options{})
		if err != nil {
			var invalid *search.InvalidError
			if !errors.As(err, &invalid) {
				t.Fatalf("%q: %T %v", raw, err, err)
			}
			if problem := web.ProblemOf(err); problem.Status != 400 || !utf8.ValidString(problem.Detail) || strings.ContainsFunc(problem.Detail, unicode.IsControl) {
				t.Fatalf("%q: %+v", raw, problem)
			}
			return
		}
		q := p.Query
		if n := utf8.RuneCountInString(q.Text); n > search.MaxQueryRunes || q.Page < 1 || q.Page > search.MaxPage || q.Size < 1 || q.Size > search.MaxSize {
			t.Fatalf("%q: outside the limits: %+v", raw, q)
		}
		again, err := s.ParseSearch(p.Encode(), web.Options{})
		if err != nil || !reflect.DeepEqual(again, p) {
			t.Fatalf("%q: its spelling %q means %+v (%v), want %+v", raw, p.Encode(), again, err, p)
		}
	})
}
