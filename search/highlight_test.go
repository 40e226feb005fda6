package search

import (
	"html"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/vidensbank/vidensbank/analyzers"
)

var plainAnalyzer = sync.OnceValues(func() (*analyzers.Analyzer, error) { return analyzers.New(analyzers.Options{}) })

func testAnalyzer(t testing.TB) *analyzers.Analyzer {
	t.Helper()
	a, err := plainAnalyzer()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// planOf looks for the words of a text in any inflection, and as parts of compounds.
func planOf(a *analyzers.Analyzer, text string) *Plan {
	p := &Plan{}
	for _, s := range typedWords(text) {
		if w := a.Word(s); w != nil {
			p.Words = append(p.Words, PlanWord{Text: s, Alternatives: []Alternative{
				{Field: FieldStem, Terms: []string{w.Base}, Weight: 1, How: HowStem}, {Field: FieldPart, Terms: []string{w.Base}, Weight: 1, How: HowPart},
			}})
		}
	}
	return p
}

// unmarked checks that a highlight is safe HTML with <mark> alone, and returns the text that it shows.
func unmarked(t *testing.T, h string) string {
	t.Helper()
	rest, open := h, false
	for {
		i := strings.IndexAny(rest, "<>")
		if i < 0 {
			break
		}
		switch {
		case !open && strings.HasPrefix(rest[i:], "<mark>"):
			open, rest = true, rest[i+len("<mark>"):]
			if strings.HasPrefix(rest, "</mark>") {
				t.Fatalf("an empty mark in %q", h)
			}
		case open && strings.HasPrefix(rest[i:], "</mark>"):
			open, rest = false, rest[i+len("</mark>"):]
		default:
			t.Fatalf("unsafe or unbalanced at %q in %q", rest[i:], h)
		}
	}
	if open {
		t.Fatalf("an open mark in %q", h)
	}
	return html.UnescapeString(strings.NewReplacer("<mark>", "", "</mark>", "").Replace(h))
}

// checkHighlight holds the laws of highlights against a document and a query.
func checkHighlight(t *testing.T, a *analyzers.Analyzer, d *Document, query string) Highlight {
	t.Helper()
	h, matched := newMarker(a, planOf(a, query)).highlight(d)
	if got := unmarked(t, h.Title); got != d.Title {
		t.Fatalf("the title %q is shown as %q", d.Title, got)
	}
	passage := unmarked(t, h.Text)
	found := false
	for _, text := range append([]string{d.Summary}, bodies(d)...) {
		inner := passage
		if !strings.Contains(text, inner) {
			inner = strings.TrimPrefix(inner, "… ")
		}
		if !strings.Contains(text, inner) {
			inner = strings.TrimSuffix(inner, " …")
		}
		if strings.Contains(text, inner) {
			found = true
			if n := utf8.RuneCountInString(inner); n > passageRunes {
				t.Fatalf("a passage of %d letters, want at most %d: %q", n, passageRunes, inner)
			}
			if utf8.ValidString(text) && !utf8.ValidString(inner) {
				t.Fatalf("the passage %q is cut within a letter", inner)
			}
		}
	}
	if !found {
		t.Fatalf("the passage %q stands nowhere in %+v", passage, d)
	}
	if len(matched) > maxMatched {
		t.Fatalf("%d differing words are named: %q", len(matched), matched)
	}
	return h
}

func bodies(d *Document) []string {
	var out []string
	for _, s := range d.Sections {
		out = append(out, plainText(s.Body))
	}
	return out
}

func TestHighlightsMarkWhatMatches(t *testing.T) {
	a := testAnalyzer(t)
	for _, c := range []struct{ rule, text, query, want string }{
		{"the word", "Mindre stress nu", "stress", "Mindre <mark>stress</mark> nu"},
		{"in any inflection", "Børnenes bøger, børnene", "barn bog", "<mark>Børnenes</mark> <mark>bøger</mark>, <mark>børnene</mark>"},
		{"a compound whole", "En stressforebyggende plan", "stress", "En <mark>stressforebyggende</mark> plan"},
		{"å and aa alike", "I Århus og Aarhus", "aarhus", "I <mark>Århus</mark> og <mark>Aarhus</mark>"},
		{"a decomposed å whole", "En a\u030arsplan her", "årsplan", "En <mark>a\u030arsplan</mark> her"},
		{"MED but not med", "MED er med", "MED", "<mark>MED</mark> er med"},
		{"nothing where nothing matches", "Ældre og ro", "stress", "Ældre og ro"},
		{"markup is text", "<script>alert('stress')</script> & \"ro\"", "stress", "&lt;script&gt;alert(&#39;<mark>stress</mark>&#39;)&lt;/script&gt; &amp; &#34;ro&#34;"},
		{"a marked script is text", "<script>", "script", "&lt;<mark>script</mark>&gt;"},
		{"signs within a marked word are text", "R&D og l'été", "R&D l'été", "<mark>R&amp;D</mark> og <mark>l&#39;été</mark>"},
		{"an entity is text", "&lt;mark&gt; ærlig", "lt ærlig", "&amp;<mark>lt</mark>;mark&amp;gt; <mark>ærlig</mark>"},
		{"a mark of the text is text", "<mark>ældre</mark>", "ældre", "&lt;mark&gt;<mark>ældre</mark>&lt;/mark&gt;"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			h := checkHighlight(t, a, &Document{Title: c.text, Summary: "ø"}, c.query)
			if h.Title != c.want {
				t.Errorf("%q for %q is %q, want %q", c.text, c.query, h.Title, c.want)
			}
		})
	}
}

func TestThePassageIsTheOneWithMostOfTheQuery(t *testing.T) {
	a := testAnalyzer(t)
	long := strings.Repeat("Her står der ikke noget om sagen på åen. ", 12)
	for _, c := range []struct {
		rule string
		doc  Document
		want []string // in the passage
		not  string
	}{
		{"of a section where it has more", Document{Summary: "Om stress.", Sections: []Section{{Body: "Om ro."}, {Body: "Stress og ældre i én plan."}}}, []string{"<mark>Stress</mark> og <mark>ældre</mark>"}, "Om ro"},
		{"of the summary where they are equal", Document{Summary: "Om stress.", Sections: []Section{{Body: "Og stress igen."}}}, []string{"Om <mark>stress</mark>"}, "igen"},
		{"of the summary where nothing matches", Document{Summary: "Om ro.", Sections: []Section{{Body: "Åben."}}}, []string{"Om ro."}, "Åben"},
		{"of a section where there is no summary", Document{Sections: []Section{{Body: "Åben."}}}, []string{"Åben."}, "…"},
		{"from a sentence's beginning", Document{Sections: []Section{{Body: long + "Så kom stress hos ældre. " + long}}}, []string{"… Så kom <mark>stress</mark> hos <mark>ældre</mark>.", " …"}, ""},
		{"without the marks of Markdown", Document{Sections: []Section{{Body: "- **stress**\n- hos __ældre__\n\n> citat"}}}, []string{"<mark>stress</mark> hos <mark>ældre</mark> citat"}, "*"},
		{"of nothing is nothing", Document{Title: "Stress"}, []string{""}, "…"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			h := checkHighlight(t, a, &c.doc, "stress ældre")
			for _, want := range c.want {
				if !strings.Contains(h.Text, want) {
					t.Errorf("the passage is %q, want %q in it", h.Text, want)
				}
			}
			if c.not != "" && strings.Contains(h.Text, c.not) {
				t.Errorf("the passage is %q, without %q", h.Text, c.not)
			}
		})
	}
}

func TestWordsThatDifferFromTheTypedOnesAreNamed(t *testing.T) {
	a := testAnalyzer(t)
	d := &Document{Title: "Stressforebyggende", Summary: "Stress, stresspolitik, ældrestress, stresskurve, stressforebyggende.", Sections: []Section{{Body: "stresser"}}}
	_, matched := newMarker(a, planOf(a, "stress")).highlight(d)
	if len(matched) != maxMatched || matched[0] != "stressforebyggende" || matched[1] != "stresspolitik" {
		t.Errorf("named are %q", matched)
	}
}

func TestWeakReasonsAreNotMarked(t *testing.T) {
	a := testAnalyzer(t)
	p := planOf(a, "ældre")
	for _, how := range []How{HowPart, HowSpelling} {
		p.Words[0].Alternatives = []Alternative{{Field: FieldStem, Terms: []string{a.Word("pleje").Base}, Weight: weightLone, How: how}}
		h, _ := newMarker(a, p).highlight(&Document{Title: "Pleje"})
		if got := strings.Contains(h.Title, "<mark>"); got != (how == HowSpelling) {
			t.Errorf("a weak %s gives %q", how, h.Title)
		}
	}
}

func FuzzHighlight(f *testing.F) {
	long := strings.Repeat("Stress på ældreområdet. ", 40)
	for _, s := range [][3]string{
		{"Stress", "ældre", "stress ældre"}, {"<script>", "</script><b onclick='x'>å", "script å b"}, {long, long, "stress"},
		{"a\xffb", "\xc3\xa6\xc3", "a b æ"}, {"&amp;lt;", "&#34;&&;", "amp lt 34"}, {"e\u0301e\u0301", strings.Repeat("æ", 500), "é"},
		{"- *x*", strings.Repeat("å ", 300) + "<mark>x</mark>", "x mark"}, {"", "", ""}, {"x", strings.Repeat("<", 400) + "stress" + strings.Repeat(">", 400), "stress"},
		{"… x …", "… ø …", "ø"},
	} {
		f.Add(s[0], s[1], s[2])
	}
	a := testAnalyzer(f)
	f.Fuzz(func(t *testing.T, title, body, query string) {
		if len(title)+len(body)+len(query) > 8192 {
			return
		}
		checkHighlight(t, a, &Document{Title: title, Summary: body, Sections: []Section{{Body: body}, {Body: title + "\n" + body}}}, query)
	})
}
