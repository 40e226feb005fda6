package search_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/internal/indextest"
	"github.com/vidensbank/vidensbank/search"
)

func TestSimilarCasesAreOthersOfTheSameSubject(t *testing.T) {
	s, _ := indextest.Embedded(t)
	for _, c := range []struct {
		rule, id string
		theme    string
		sector   string
		least    int // of the first five with the theme or of the sector
	}{
		{"preventing stress", "jobcenter-lejre-vi-forebygger-stress-sammen", "stress", "beskaeftigelse", 4},
		{"volunteers at a nursing home", "hundested-plejecenter-40-frivillige", "frivillige", "aeldre-og-sundhed", 4},
		{"violence at a school", "agerskov-skole-voldshandleplan", "vold-og-trusler", "skole", 4},
		{"sick leave in a day nursery", "dalby-boernehuse-faxe-fra-15-til-4-5-procent", "sygefravaer", "dagtilbud", 4},
	} {
		t.Run(c.rule, func(t *testing.T) {
			hits, err := s.Similar(t.Context(), c.id, 5)
			if err != nil || len(hits) != 5 {
				t.Fatalf("%d cases, %v, want 5", len(hits), err)
			}
			n := 0
			for i, h := range hits {
				if h.ID == c.id {
					t.Error("a case is similar to itself")
				}
				if slices.Contains(h.Themes, c.theme) || h.Sector == c.sector {
					n++
				}
				if i > 0 && h.Score > hits[i-1].Score {
					t.Errorf("hit %d scores more than the one before", i)
				}
			}
			if n < c.least {
				t.Errorf("%d of 5 are of the subject, want %d: %q", n, c.least, ids(hits))
			}
		})
	}
}

// A text's later words count as its first ones do: two cases that begin alike and end differently have different likes.
func TestTheWholeTextOfACaseDecidesWhatIsSimilar(t *testing.T) {
	filler := strings.Join(indextest.Words[:60], " ") + ". " // more telling words than are looked for
	ends := map[string]string{
		"æble": "Æblehaven fik æbletræer og æblemost.", "svøm": "Svømmehallen fik svømmebassiner og svømmelærere.", "tårn": "Tårnuret fik tårnspir og tårnvægter.",
		"flod": "Flodbåden fik flodkort og flodpram.", "gård": "Gårdspladsen fik gårdhunde og gårdsang.", "kaff": "Kaffestuen fik kaffekopper og kaffebønner.",
	}
	var cases indextest.Cases
	for _, name := range slices.Sorted(maps.Keys(ends)) {
		for j := range 4 {
			cases = append(cases, &corpus.Case{
				ID: fmt.Sprintf("%s-%d", name, j), Title: "En uge", Sections: []corpus.Section{{Body: strings.Repeat(filler, 1+j%2) + ends[name] + " " + ends[name]}},
			})
		}
	}
	s := indextest.Service(t, cases)
	for _, id := range []string{"æble-1", "svøm-2", "gård-0"} {
		hits, err := s.Similar(t.Context(), id, 3)
		if err != nil || len(hits) != 3 {
			t.Fatalf("%v, %v", hits, err)
		}
		for _, h := range hits {
			if name, _, _ := strings.Cut(id, "-"); !strings.HasPrefix(h.ID, name) {
				t.Errorf("like %s are %q: the end of the text counts nothing", id, ids(hits))
				break
			}
		}
	}
}

func TestHowManySimilarCasesThereAreIsBounded(t *testing.T) {
	s, _ := indextest.Embedded(t)
	for _, c := range []struct{ ask, want int }{{-1, 1}, {0, 1}, {1, 1}, {7, 7}, {10_000, 50}} {
		hits, err := s.Similar(t.Context(), "agerskov-skole-voldshandleplan", c.ask)
		if err != nil || len(hits) != c.want {
			t.Errorf("asked for %d, %d are given, %v; want %d", c.ask, len(hits), err, c.want)
		}
	}
}

// typedWords are words whose beginnings a user types.
var typedWords = []string{
	"stress", "sygefravær", "ældrepleje", "arbejdsmiljø", "frivillige", "Århus", "Aalborg", "trivsel", "mobning", "øget", "åben", "psykisk arbejdsmiljø",
	"ledelse", "børnehave", "køkken", "vold og trusler", "MED-udvalg", "Lejre", "covid", "hjemmepleje",
}

func finds(t *testing.T, s *search.Service, c search.Completion) bool {
	t.Helper()
	q := search.Query{Text: c.Text}
	switch c.Kind {
	case search.CompletionCase:
		d, err := s.Case(t.Context(), c.Value)
		return err == nil && d.Title == c.Text
	case search.CompletionTheme, search.CompletionSector, search.CompletionMunicipality:
		q = search.Query{Filters: map[string][]string{c.Kind: {c.Value}}}
	}
	r, err := s.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if c.Kind != search.CompletionWord && r.Total != c.Count {
		t.Errorf("%+v leads to %d cases", c, r.Total)
	}
	return r.Total > 0
}

// maxSuggestTime is what the issue asks for, ten times over for a busy machine.
const maxSuggestTime = 100 * time.Millisecond

func TestEveryCompletionOfEveryBeginningFindsSomething(t *testing.T) {
	s, _ := indextest.Embedded(t)
	tried := map[search.Completion]bool{}
	var slowest time.Duration
	asked := 0
	for _, word := range typedWords {
		runes := []rune(word)
		for n := 1; n <= len(runes); n++ {
			prefix := string(runes[:n])
			start := time.Now()
			got, err := s.Suggest(t.Context(), prefix, 8)
			took := time.Since(start)
			if slowest = max(slowest, took); err != nil {
				t.Fatal(err)
			}
			asked++
			if len(got) == 0 || len(got) > 8 {
				t.Errorf("%q has %d completions, want 1 to 8", prefix, len(got))
			}
			seen := map[string]bool{}
			for _, c := range got {
				if c.Text == "" || c.Text != strings.TrimSpace(c.Text) || seen[c.Kind+c.Value+c.Text] {
					t.Errorf("%q is completed by %+v, or twice", prefix, c)
				}
				seen[c.Kind+c.Value+c.Text] = true
				if !tried[c] && !finds(t, s, c) {
					t.Errorf("%q is completed by %+v, which finds nothing", prefix, c)
				}
				tried[c] = true
			}
		}
	}
	t.Logf("%d beginnings, %d completions, the slowest in %v", asked, len(tried), slowest)
	if slowest > maxSuggestTime {
		t.Errorf("the slowest completion took %v, want at most %v", slowest, maxSuggestTime)
	}
}

func TestCompletionsAreWhatIsTyped(t *testing.T) {
	s, _ := indextest.Embedded(t)
	for _, c := range []struct {
		rule, typed string
		kind, text  string
	}{
		{"a word", "sygefr", search.CompletionTheme, "Sygefravær"},
		{"a word of the texts", "hjemmepl", search.CompletionWord, "hjemmepleje"},
		{"a municipality", "aalb", search.CompletionMunicipality, "Aalborg"},
		{"by its old spelling", "Ålb", search.CompletionMunicipality, "Aalborg"},
		{"a municipality by a former one", "Nexø", search.CompletionMunicipality, "Bornholm"},
		{"with a letter missing", "frvillige", search.CompletionTheme, "Frivillige"},
		{"with a letter too many", "trivvsel", search.CompletionTheme, "Trivsel"},
		{"with two swapped", "mobnnig", search.CompletionTheme, "Mobning"},
		{"with a wrong letter", "ledalse", search.CompletionTheme, "Ledelse"},
		{"behind a word", "stress hjemmepl", search.CompletionWord, "stress hjemmepleje"},
		{"behind a slash", "stress/hjemmepl", search.CompletionWord, "stress/hjemmepleje"},
		{"behind a comma", "ældre,hjemmepl", search.CompletionWord, "ældre,hjemmepleje"},
		{"a case by a word within its title", "skraldemænd", search.CompletionCase, "Skraldemænd indberetter farlige forhold, før ulykken sker"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			got, err := s.Suggest(t.Context(), c.typed, 10)
			if err != nil || !slices.ContainsFunc(got, func(have search.Completion) bool { return have.Kind == c.kind && have.Text == c.text }) {
				t.Errorf("%q is completed by %+v, %v; want %s %q", c.typed, got, err, c.kind, c.text)
			}
		})
	}
	for _, c := range []struct{ rule, typed string }{
		{"nothing", ""}, {"signs", " - \" "}, {"what nothing begins with", "xqzwvk"}, {"a word behind one that is ruled out", "-hjemmepleje hjemmeple"},
		{"a word behind a phrase", `"findes ikke" hjemmeple`},
	} {
		if got, err := s.Suggest(t.Context(), c.typed, 10); err != nil || len(got) != 0 {
			t.Errorf("%s is completed by %+v, %v", c.rule, got, err)
		}
	}
	for _, c := range []struct{ limit, most int }{{-1, 1}, {0, 1}, {3, 3}, {1000, search.MaxCompletions}} {
		if got, err := s.Suggest(t.Context(), "s", c.limit); err != nil || len(got) == 0 || len(got) > c.most {
			t.Errorf("a limit of %d gives %d, %v", c.limit, len(got), err)
		}
	}
}

func TestCorrectionsPutEachWordInItsPlace(t *testing.T) {
	s, _ := indextest.Embedded(t)
	for _, c := range []struct{ rule, text, want string }{
		{"one word", "mobing", "mobning"},
		{"among others", "hvad gør vi mod mobing på arbejdet?", "hvad gør vi mod mobning på arbejdet?"},
		{"twice", "mobing og mobing", "mobning og mobning"},
		{"not within another word", "antimobing mobing", "antimobing mobning"},
		{"two words", "mobing tillidsrepresentant", "mobning tillidsrepræsentant"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			for range 5 { // a Go map has another order each time
				r, err := s.Search(t.Context(), search.Query{Text: c.text, Size: 1 + len(c.text)%7})
				if err != nil {
					t.Fatal(err)
				}
				if r.DidYouMean == nil || !strings.HasSuffix(r.DidYouMean.Text, c.want[strings.LastIndexByte(c.want, ' ')+1:]) || c.rule != "not within another word" && r.DidYouMean.Text != c.want {
					t.Fatalf("%q is corrected to %+v, want %q", c.text, r.DidYouMean, c.want)
				}
				if better, err := s.Search(t.Context(), search.Query{Text: r.DidYouMean.Text}); err != nil || better.Total != r.DidYouMean.Total {
					t.Fatalf("%q promises %d, %v", r.DidYouMean.Text, r.DidYouMean.Total, err)
				}
			}
		})
	}
}

func TestOffersAndWeakerQueriesKeepTheirPromise(t *testing.T) {
	s, _ := indextest.Embedded(t)
	for _, q := range []search.Query{
		{Text: "stress Lejre"}, {Text: "stressforebyggelse stress Aarhus"}, {Text: "sygefravær i dagtilbud"}, {Text: "Nexø ældre"}, {Text: "vold mod lærere i Region Sjælland"},
		{Text: `"ro på gangen i Aalborg" ældre`}, {Text: "køkken", Filters: map[string][]string{search.FacetMunicipality: {"Ærø"}, search.FacetTheme: {"mobning"}}},
		{Text: "-stress -trivsel stress"}, {Text: `"psykisk arbejdsmiljø" "findes overhovedet ikke" å`},
	} {
		r, err := s.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range r.Offers {
			filters := map[string][]string{o.Facet: {o.Value}}
			for f, v := range q.Filters {
				filters[f] = v
			}
			rest, err := s.Search(t.Context(), search.Query{Text: o.Rest, Filters: filters})
			if err != nil || rest.Total != o.Count || o.Count == 0 {
				t.Errorf("%q offers %+v, which finds %d, %v", q.Text, o, rest.Total, err)
			}
			if !strings.Contains(q.Text, o.Word) || len(o.Rest) >= len(q.Text) {
				t.Errorf("%q offers %+v", q.Text, o)
			}
			for _, left := range strings.Fields(o.Rest) { // whole words stay, and nothing else
				if !slices.Contains(strings.Fields(q.Text), left) {
					t.Errorf("%q offers %+v: %q is no word of the query", q.Text, o, left)
				}
			}
		}
		if r.Total > 0 && len(r.Relaxed) > 0 {
			t.Errorf("%q finds %d and is weakened to %+v", q.Text, r.Total, r.Relaxed)
		}
		for _, v := range r.Relaxed {
			weaker, err := s.Search(t.Context(), search.Query{Text: v.Text, Filters: v.Filters})
			if err != nil || weaker.Total != v.Total || v.Total == 0 || v.Dropped == "" {
				t.Errorf("%q is weakened to %+v, which finds %d, %v", q.Text, v, weaker.Total, err)
			}
		}
	}
	r, err := s.Search(t.Context(), search.Query{Text: "køkken", Filters: map[string][]string{search.FacetMunicipality: {"Ærø"}}})
	if err != nil || r.Total != 0 || len(r.Relaxed) == 0 {
		t.Errorf("a kitchen on Ærø: %+v, %v; want none, and a weaker query", r, err)
	}
}

func TestAllVisitsEveryCaseInOrder(t *testing.T) {
	s, _ := indextest.Embedded(t)
	cases := indextest.EmbeddedCases(t)
	i := 0
	err := s.All(t.Context(), func(d search.Document) error {
		if i >= len(cases) || d.ID != cases[i].ID {
			t.Fatalf("case %d is %s", i, d.ID)
		}
		i++
		return nil
	})
	if err != nil || i != len(cases) {
		t.Errorf("%d of %d cases, %v", i, len(cases), err)
	}
}

// A query's worst case answers within 50 ms where it runs alone; the bound is for a busy machine with the race detector on.
const maxWorstTime = time.Second

func TestTheWorstQueriesAnswerInTime(t *testing.T) {
	s, _ := indextest.Embedded(t)
	letters := []rune(strings.Repeat("a b c d e f g h i j k l m n o p q r s t u v w x y z æ ø å ", 9))
	for _, c := range []struct{ rule, text string }{
		{"a word of 500 letters", strings.Repeat("å", 500)},
		{"a compound of 500 letters", strings.Repeat("arbejdsmiljøstressforebyggelse", 20)[:498]},
		{"a misspelt word of 500 letters", strings.Repeat("sygefravar", 50)},
		{"250 words", string(letters[:499])},
		{"80 long words that all are misspelt", strings.TrimSpace(strings.Repeat("trivsl mobng stres ", 26))},
		{"25 misspelt compounds", strings.TrimSpace(strings.Repeat("tilidsrepresentanter ", 23))},
		{"500 quotes", strings.Repeat(`"`, 500)},
		{"quotes and words", strings.Repeat(`"å `, 166)},
		{"250 words ruled out", strings.Repeat("-å ", 166)},
		{"500 minuses", strings.Repeat("-", 500)},
		{"166 phrases", strings.Repeat(`"a"`, 166)},
		{"500 letters e with accents", strings.Repeat("e\u0301", 250)},
		{"500 emoji", strings.Repeat("😀", 500)},
		{"500 apostrophes in a word", "a" + strings.Repeat("'", 498) + "b"},
		{"250 places", strings.Repeat("Aarhus Ærø ", 45)},
	} {
		t.Run(c.rule, func(t *testing.T) {
			if n := utf8.RuneCountInString(c.text); n > search.MaxQueryRunes {
				t.Fatalf("%d letters", n)
			}
			start := time.Now()
			if _, err := s.Search(t.Context(), search.Query{Text: c.text, Size: search.MaxSize}); err != nil {
				t.Fatal(err)
			}
			took := time.Since(start)
			start = time.Now()
			if _, err := s.Suggest(t.Context(), c.text, search.MaxCompletions); err != nil {
				t.Fatal(err)
			}
			t.Logf("search %v, suggest %v", took, time.Since(start))
			if took > maxWorstTime || time.Since(start) > maxWorstTime {
				t.Errorf("it took %v and %v, want at most %v", took, time.Since(start), maxWorstTime)
			}
		})
	}
}

func TestEightClientsAtOnceGetTheSameAnswers(t *testing.T) {
	s, _ := indextest.Embedded(t)
	queries := []string{"stress forebyggelse", "sygefravar", "ældre Århus", `"psykisk arbejdsmiljø"`, "-stress", "hvad gør andre for færre sygemeldinger?", "mobing"}
	want := map[string][]string{}
	for _, q := range queries {
		r, err := s.Search(t.Context(), search.Query{Text: q})
		if err != nil {
			t.Fatal(err)
		}
		want[q] = ids(r.Hits)
	}
	done := make(chan error, 8)
	for g := range 8 {
		go func() {
			for i := range 30 {
				q := queries[(g+i)%len(queries)]
				r, err := s.Search(t.Context(), search.Query{Text: q, Size: 20, Explain: i%10 == g}) // another cache key now and then
				if err != nil {
					done <- err
					return
				}
				if !slices.Equal(ids(r.Hits), want[q]) {
					t.Errorf("%q gives %q, want %q", q, ids(r.Hits), want[q])
				}
			}
			done <- nil
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
