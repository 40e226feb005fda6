package analyzers

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestNormalGivesAWordItsOneSpelling(t *testing.T) {
	for _, c := range []struct{ rule, word, want string }{
		{"aa is å, in a name too", "Aarhus", "århus"},
		{"å is å", "Århus", "århus"},
		{"capitals are lowered", "ÆLDREPLEJE", "ældrepleje"},
		{"oe is ø", "arbejdsmiljoe", "arbejdsmiljø"},
		{"ae is æ", "Naestved", "næstved"},
		{"a decomposed å is å", "a\u030arsplan", "årsplan"},
		{"an accent is dropped", "idé", "ide"},
		{"an accent within is dropped", "caféen", "cafeen"},
		{"å with an accent is its letter, as ø and æ are", "ǿ", "ø"},
		{"German ü is u", "Müller", "muller"},
		{"German ö is ø", "Köln", "køln"},
		{"German ä is æ", "Händel", "hændel"},
		{"a hyphen is dropped", "MED-udvalg", "medudvalg"},
		{"a hyphen before digits is dropped", "covid-19", "covid19"},
		{"a soft hyphen is dropped", "ældre\u00adpleje", "ældrepleje"},
		{"a decade has its apostrophe", "1990'erne", "1990'erne"},
		{"a decade is given its apostrophe", "1990erne", "1990'erne"},
		{"a curly apostrophe is a straight one", "90’erne", "90'erne"},
		{"a trailing apostrophe is dropped", "Jens'", "jens"},
		{"and doesn't hide a decade", "1990s'", "1990's"},
		{"the point between thousands is dropped", "12.000", "12000"},
		{"a decimal comma stays", "3,5", "3,5"},
		{"the point of an abbreviation is dropped", "f.eks", "feks"},
		{"x between a vowel and a letter is ks", "fixering", "fiksering"},
		{"x at the end stays", "sex", "sex"},
		{"e after o stays where they are two sounds", "poesi", "poesi"},
		{"e after a stays where they are two sounds", "temaerne", "temaerne"},
		{"ø is not o", "for", "for"},
		{"å is not a", "måling", "måling"},
		{"signs of names stay", "R&D", "r&d"},
		{"what has no letter is nothing", "-–… ", ""},
		{"nothing is nothing", "", ""},
	} {
		t.Run(c.rule, func(t *testing.T) {
			if got := Normal(c.word); got != c.want {
				t.Errorf("Normal(%q) = %q, want %q", c.word, got, c.want)
			}
		})
	}
}

func TestTokenizeCutsWordsAsDanishWritesThem(t *testing.T) {
	for _, c := range []struct {
		rule, text string
		want       []string
	}{
		{"at spaces and signs", "Stress, trivsel (og ældre): årsplan!", []string{"Stress", "trivsel", "og", "ældre", "årsplan"}},
		{"not at a hyphen within a word", "MED-udvalg og cpr-nummer", []string{"MED-udvalg", "og", "cpr-nummer"}},
		{"at the hyphen of an open compound", "børne- og ungeområdet", []string{"børne", "og", "ungeområdet"}},
		{"at the dash between years", "2014-2016", []string{"2014", "2016"}},
		{"not at the hyphen of covid-19", "covid-19", []string{"covid-19"}},
		{"not at an apostrophe", "1990'erne og mor’s", []string{"1990'erne", "og", "mor’s"}},
		{"not at the point between digits", "12.000 kr. i år", []string{"12.000", "kr", "i", "år"}},
		{"not at a decimal comma", "3,5 procent, 4 år", []string{"3,5", "procent", "4", "år"}},
		{"not at the point of a short abbreviation", "f.eks. bl.a. ældre", []string{"f.eks", "bl.a", "ældre"}},
		{"at the end of a sentence", "Det gik.Så kom", []string{"Det", "gik", "Så", "kom"}},
		{"the signs of names stay", "C# og R&D", []string{"C#", "og", "R&D"}},
		{"a slash parts", "dag/nat/æ", []string{"dag", "nat", "æ"}},
		{"a soft hyphen joins", "ældre\u00adpleje", []string{"ældre\u00adpleje"}},
		{"a decomposed å is within its word", "a\u030arsplan nu", []string{"a\u030arsplan", "nu"}},
		{"an emoji parts", "stress😀ældre", []string{"stress", "ældre"}},
		{"invalid UTF-8 parts", "st\xffår\xc3", []string{"st", "år"}},
		{"a word from right to left is one", "שלום å", []string{"שלום", "å"}},
		{"quotes part", `"ældre" 'pleje' »å«`, []string{"ældre", "pleje", "å"}},
		{"signs alone are no words", "--- … \" ' &", nil},
	} {
		t.Run(c.rule, func(t *testing.T) {
			var got []string
			Tokenize(c.text, func(tok Token) bool {
				got = append(got, tok.Text)
				return true
			})
			if !slices.Equal(got, c.want) {
				t.Errorf("Tokenize(%q) = %q, want %q", c.text, got, c.want)
			}
		})
	}
}

func TestTokenizeGivesByteOffsets(t *testing.T) {
	var got []Token
	Tokenize("På Ærø, åh", func(tok Token) bool {
		got = append(got, tok)
		return true
	})
	want := []Token{{"På", 0, 3}, {"Ærø", 4, 9}, {"åh", 11, 14}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestSlipsCostByHowLikelyTheyAre(t *testing.T) {
	for _, c := range []struct {
		rule, a, b string
		want       float64
	}{
		{"nothing for the same word", "trivsel", "trivsel", 0},
		{"one for a letter missing", "trivsel", "trivsl", costSlip},
		{"one for two letters swapped", "trivsel", "tirvsel", costSlip},
		{"one for a wrong letter", "ledelse", "ledalse", costSlip},
		{"less for a for å", "måling", "maling", costForeign},
		{"less for a for æ", "sygefravær", "sygefravar", costForeign},
		{"less for o for ø", "søgning", "sogning", costForeign},
		{"less for a double letter", "kommune", "komune", costDouble},
		{"more for the first letter", "stress", "ztress", costSlip + costStart},
		{"both for a foreign first letter", "ældre", "aldre", costForeign + costStart},
		{"the length for nothing", "åbo", "", 3},
		{"the sum of two", "børnehave", "bornehve", costForeign + costSlip},
	} {
		t.Run(c.rule, func(t *testing.T) {
			for _, got := range []float64{EditCost(c.a, c.b), EditCost(c.b, c.a)} {
				if math.Abs(got-c.want) > 1e-9 {
					t.Errorf("EditCost(%q, %q) = %g, want %g both ways", c.a, c.b, got, c.want)
				}
			}
		})
	}
}

func TestLikelierSlipsCostLess(t *testing.T) {
	for _, c := range []struct{ rule, word, likely, unlikely string }{
		{"a foreign keyboard before another letter", "måling", "maling", "meling"},
		{"a double letter before another one", "kommune", "komune", "komme"},
		{"within before at the start", "ældrepleje", "ældrepleye", "hldrepleje"},
		{"one slip before two", "børnehave", "børnehve", "børehve"},
	} {
		if likely, unlikely := EditCost(c.word, c.likely), EditCost(c.word, c.unlikely); likely >= unlikely || likely <= 0 {
			t.Errorf("%s: %s for %s costs %g, %s %g", c.rule, c.likely, c.word, likely, c.unlikely, unlikely)
		}
	}
	if double, slip := EditCost("kommune", "komune"), EditCost("kommune", "kommne"); double >= slip {
		t.Errorf("a double letter missing costs %g, another letter %g", double, slip)
	}
}

func TestIrregularFormsShareTheKeyOfTheirWord(t *testing.T) {
	a := newTestAnalyzer(t)
	for _, c := range []struct{ form, word string }{
		{"børn", "barn"}, {"børnenes", "barn"}, {"barnets", "barn"},
		{"mænd", "mand"}, {"mændene", "mand"},
		{"bøger", "bog"}, {"bøgernes", "bog"},
		{"fødder", "fod"}, {"fødderne", "fod"},
		{"tænder", "tand"}, {"øjne", "øje"}, {"gæs", "gås"},
		{"lejlighederne", "lejlighed"}, {"arbejdede", "arbejde"},
		{"skolebøger", "skolebog"}, {"plejebørn", "plejebarn"}, {"plejebørnene", "plejebarn"},
		{"Børn", "barn"}, {"boern", "barn"}, {"fo\u0308dder", "fod"},
	} {
		if got, want := a.Word(c.form).Base, a.Word(c.word).Base; got != want {
			t.Errorf("%s has the key %q, %s %q", c.form, got, c.word, want)
		}
	}
}

func TestWordsThatSnowballJoinsWronglyStayApart(t *testing.T) {
	a := newTestAnalyzer(t)
	for _, c := range []struct{ one, other string }{
		{"ledig", "ledelse"}, {"håndtere", "hånd"}, {"stille", "stilling"}, {"for", "før"}, {"fod", "født"},
	} {
		if one, other := a.Word(c.one).Base, a.Word(c.other).Base; one == other {
			t.Errorf("%s and %s share the key %q", c.one, c.other, one)
		}
	}
}

func TestStopWordsAreThoseWithoutMeaning(t *testing.T) {
	a := newTestAnalyzer(t)
	for _, c := range []struct {
		word string
		stop bool
	}{
		{"og", true}, {"i", true}, {"på", true}, {"med", true}, {"Med", true}, {"hvad", true}, {"når", true},
		{"MED", false}, {"IT", false}, {"ikke", false}, {"uden", false}, {"før", false}, {"efter", false}, {"ældre", false},
		{"MED-udvalg", false}, {"stress", false},
	} {
		if w := a.Word(c.word); w.Stop != c.stop {
			t.Errorf("Word(%q).Stop is %v, want %v", c.word, w.Stop, c.stop)
		}
	}
}

func TestCompoundsAreFoundByTheirPartsAndRunsOfParts(t *testing.T) {
	a := newTestAnalyzer(t)
	for _, c := range []struct {
		word  string
		parts []string
		keys  []string
	}{
		{"stressforebyggende", []string{"stress", "forebyggende"}, []string{"stress", "forebyggelse"}},
		{"trivselsundersøgelse", []string{"trivsel", "undersøgelse"}, []string{"trivsel", "undersøgelser"}},
		{"Arbejdsmiljørepræsentanten", []string{"arbejde", "miljø", "repræsentanten"}, []string{"arbejde", "miljø", "repræsentant", "arbejdsmiljø", "miljørepræsentant"}},
		{"MED-udvalg", []string{"med", "udvalg"}, []string{"udvalg"}},
		{"skolebøger", []string{"skole", "bøger"}, []string{"skole", "bog"}},
		{"arbejdsmiljoe", []string{"arbejde", "miljø"}, []string{"arbejde", "miljø"}},
	} {
		w := a.Word(c.word)
		if !slices.Equal(w.Parts, c.parts) {
			t.Errorf("%s has the parts %q, want %q", c.word, w.Parts, c.parts)
		}
		want := make([]string, len(c.keys))
		for i, k := range c.keys {
			want[i] = a.Word(k).Base
		}
		if !slices.Equal(w.Keys, want) {
			t.Errorf("%s has the keys %q, want %q", c.word, w.Keys, want)
		}
	}
}

func TestALongerCompoundHasHeads(t *testing.T) {
	a := newTestAnalyzer(t)
	got := a.Heads(a.Word("arbejdsmiljørepræsentant"))
	if want := []string{a.Word("miljørepræsentant").Base}; !slices.Equal(got, want) {
		t.Errorf("the heads are %q, want %q", got, want)
	}
	if got := a.Heads(a.Word("sygefravær")); got != nil {
		t.Errorf("a compound of two has the heads %q", got)
	}
}

// ownThesaurus reads a thesaurus of the test's own.
func ownThesaurus(t *testing.T, text string) *Analyzer {
	t.Helper()
	a := newTestAnalyzer(t)
	a.thesaurus = newThesaurus()
	if err := a.thesaurus.read("egen.txt", text, a.key); err != nil {
		t.Fatal(err)
	}
	return a
}

func alternatives(a *Analyzer, text string) (texts []string, relations []Relation, covered int) {
	var bases []string
	for _, n := range Words(text) {
		bases = append(bases, a.Base(n))
	}
	alts, n := a.Alternatives(bases)
	for _, alt := range alts {
		texts, relations = append(texts, alt.Text()), append(relations, alt.Relation)
	}
	return texts, relations, n
}

func TestAlternativesFollowTheThesaurus(t *testing.T) {
	a := ownThesaurus(t, `# en prøve
pedel = teknisk servicemedarbejder
ældre, senior > borger på plejehjem
work-life balance = balance mellem arbejde og fritid
balance = ligevægt
`)
	for _, c := range []struct {
		rule, text string
		want       []string
		relation   Relation
		words      int
	}{
		{"a word finds several", "pedel", []string{"teknisk servicemedarbejder"}, Synonym, 1},
		{"several find the word", "teknisk servicemedarbejder", []string{"pedel"}, Synonym, 2},
		{"in any inflection", "tekniske servicemedarbejdere", []string{"pedel"}, Synonym, 2},
		{"and with words behind", "pedeller på skolen", []string{"teknisk servicemedarbejder"}, Synonym, 1},
		{"an arrow leads on", "ældre", []string{"borger på plejehjem"}, Broader, 1},
		{"from each of its words", "senior", []string{"borger på plejehjem"}, Broader, 1},
		{"and not back", "borger på plejehjem", nil, 0, 0},
		{"of two entries the longer wins", "balance mellem arbejde og fritid", []string{"work-life balance"}, Synonym, 5},
		{"and the shorter where the longer doesn't fit", "balance mellem arbejde", []string{"ligevægt"}, Synonym, 1},
		{"a hyphen is part of its word", "work-life balance", []string{"balance mellem arbejde og fritid"}, Synonym, 2},
		{"an unknown word has none", "æblegrød", nil, 0, 0},
		{"no word has none", "", nil, 0, 0},
	} {
		t.Run(c.rule, func(t *testing.T) {
			got, relations, n := alternatives(a, c.text)
			for i := range got { // a hyphen is gone in the normal form
				got[i] = strings.ReplaceAll(got[i], "worklife", "work-life")
			}
			if !slices.Equal(got, c.want) || n != c.words {
				t.Errorf("%q is also called %q, by %d of its words; want %q by %d", c.text, got, n, c.want, c.words)
			}
			for _, r := range relations {
				if r != c.relation {
					t.Errorf("%q has the relation %d, want %d", c.text, r, c.relation)
				}
			}
		})
	}
}

func TestFamiliesHaveNearAndLooserKin(t *testing.T) {
	a := newTestAnalyzer(t)
	a.thesaurus = newThesaurus()
	if err := a.thesaurus.readFamilies("egne.txt", "ælde ældes ~ ældning\n", a.key); err != nil {
		t.Fatal(err)
	}
	got, relations, _ := alternatives(a, "ælde")
	if want := []string{"ældning"}; !slices.Equal(got, want) || relations[0] != Related {
		t.Errorf("ælde leads to %q (%v), want %q as related: ældes has its key", got, relations, want)
	}
	b := newTestAnalyzer(t)
	if got, relations, _ := alternatives(b, "trives"); !slices.Contains(got, "trivsel") || relations[slices.Index(got, "trivsel")] != Family {
		t.Errorf("trives leads to %q (%v), want trivsel as family", got, relations)
	}
}

func TestSynonymsOfATaxonomyAreAdded(t *testing.T) {
	a := newTestAnalyzer(t)
	b := a.WithSynonyms([][]string{{"Åndenød", "ophørt vejrtrækning"}, {"", "alene"}})
	if got, _, _ := alternatives(b, "åndenød"); !slices.Equal(got, []string{"ophørt vejrtrækning"}) {
		t.Errorf("the new word leads to %q", got)
	}
	if got, _, n := alternatives(b, "ophørt vejrtrækning"); n != 2 || !slices.Equal(got, []string{"åndenød"}) {
		t.Errorf("the new phrase leads to %q by %d words", got, n)
	}
	if got, _, _ := alternatives(a, "åndenød"); got != nil {
		t.Errorf("the first analyzer has learned %q", got)
	}
	if got, _, _ := alternatives(b, "trives"); !slices.Contains(got, "trivsel") {
		t.Errorf("the old entries are gone: %q", got)
	}
}

func TestABadLineIsToldWithFileAndLine(t *testing.T) {
	key := func(ws []string) string { return strings.Join(ws, " ") }
	for _, c := range []struct {
		rule string
		read func() error
		want []string
	}{
		{"a synonym alone", func() error { return newThesaurus().read("egen.txt", "# å\n\nstress = pres\nældre\n", key) }, []string{"egen.txt line 4", `"ældre"`}},
		{"an arrow to nothing", func() error { return newThesaurus().read("egen.txt", "ældre > \n", key) }, []string{"egen.txt line 1", "a > b"}},
		{"an arrow from nothing", func() error { return newThesaurus().read("egen.txt", "å = ø\n > ældre\n", key) }, []string{"egen.txt line 2", "a > b"}},
		{"a group of signs", func() error { return newThesaurus().read("egen.txt", "- = ældre\n", key) }, []string{"egen.txt line 1", "a = b"}},
		{"a family of one", func() error { return newThesaurus().readFamilies("slægt.txt", "å ø\nældre\n", key) }, []string{"slægt.txt line 2", `"ældre"`}},
		{"kin without a family", func() error { return newThesaurus().readFamilies("slægt.txt", "~ ældre yngre\n", key) }, []string{"slægt.txt line 1"}},
		{"three words for a pair", func() error { _, err := readPairs("par.txt", "børn barn\nmænd mand er\n"); return err }, []string{"par.txt line 2", `"mænd mand er"`}},
		{"a lexicon line too short", func() error { _, err := readLexicon("# å\nmål;n;0;s\næble;n\n"); return err }, []string{"lexicon line 3", "2 fields"}},
		{"a class that isn't one", func() error { _, err := readLexicon("æble;q;r;\n"); return err }, []string{"lexicon line 1", `class "q"`}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			err := c.read()
			if err == nil {
				t.Fatal("it is taken")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error is %q, want %q in it", err, want)
				}
			}
		})
	}
}

func TestAnOperatorsWordListCutsMoreAndIsToldWhereItIsWrong(t *testing.T) {
	dir := t.TempDir()
	list := filepath.Join(dir, "ord.txt")
	if err := os.WriteFile(list, []byte("kvabbelfnult/XY\nsnurrepjevs\nÅse\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	plain := newTestAnalyzer(t)
	if parts := plain.Word("kvabbelfnultsnurrepjevs").Parts; parts != nil {
		t.Fatalf("the word is cut without the list: %q", parts)
	}
	a, err := New(Options{Lexicon: list})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := a.Word("kvabbelfnultsnurrepjevs").Parts, []string{"kvabbelfnult", "snurrepjevs"}; !slices.Equal(got, want) {
		t.Errorf("the parts are %q, want %q", got, want)
	}
	if a.Fingerprint() == plain.Fingerprint() {
		t.Error("the fingerprint doesn't tell the list")
	}
	again := newTestAnalyzer(t)
	if again.Fingerprint() != plain.Fingerprint() {
		t.Error("the fingerprint isn't the same twice")
	}
	if _, err := New(Options{Lexicon: filepath.Join(dir, "findes-ikke.txt")}); err == nil || !strings.Contains(err.Error(), "findes-ikke.txt") {
		t.Errorf("a missing list gives %v, want its path", err)
	}
	latin := filepath.Join(dir, "latin1.txt")
	if err := os.WriteFile(latin, []byte("arbejde\n\xe6ble\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{Lexicon: latin}); err == nil || !strings.Contains(err.Error(), "latin1.txt") || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a list in Latin-1 gives %v, want path and line", err)
	}
}

func TestACorpusVocabularyGivesParts(t *testing.T) {
	a := newTestAnalyzer(t)
	if a.Word("kvabbelfnultbørn").Parts != nil {
		t.Fatal("the word is cut without the vocabulary")
	}
	b := a.WithVocabulary([]string{"kvabbelfnult", "og", "å", "Ålborg"})
	if got, want := b.Word("kvabbelfnultbørn").Parts, []string{"kvabbelfnult", "børn"}; !slices.Equal(got, want) {
		t.Errorf("the parts are %q, want %q", got, want)
	}
	if a.Word("kvabbelfnultbørn").Parts != nil {
		t.Error("the first analyzer has learned the vocabulary")
	}
	for _, c := range []struct {
		word string
		want bool
	}{
		{"kvabbelfnult", true}, {"og", false}, {"å", false}, {"Kvabbelfnult", false}, {"stress", false}, {"sygefravær", false}, {"fnult2", false},
		{strings.Repeat("æ", maxListedWord), false},
	} {
		if got := a.CanBePart(c.word); got != c.want {
			t.Errorf("CanBePart(%q) is %v, want %v", c.word, got, c.want)
		}
	}
}

func TestTheAnalyzerKnowsWordsOfTheLanguage(t *testing.T) {
	a := newTestAnalyzer(t)
	for _, c := range []struct {
		word          string
		known, common bool
	}{
		{"arbejde", true, true}, {"børnene", true, true}, {"sygefravær", true, false}, {"og", true, true}, {"Arbejde", true, false},
		{"tillidsrepresentant", false, false}, {"xqzå", false, false}, {"", false, false}, {"aalborg", true, false},
	} {
		if got := a.Known(c.word); got != c.known {
			t.Errorf("Known(%q) is %v, want %v", c.word, got, c.known)
		}
		if got := a.Common(c.word); got != c.common {
			t.Errorf("Common(%q) is %v, want %v", c.word, got, c.common)
		}
	}
}

func TestAnUnknownWordHasFragments(t *testing.T) {
	a := newTestAnalyzer(t)
	first, last := a.Fragments(a.Word("trivselsgrynteri"))
	if first != a.Word("trivsel").Base || last != "" {
		t.Errorf("the fragments are %q and %q, want trivsel and nothing", first, last)
	}
	first, last = a.Fragments(a.Word("grymvflledelse"))
	if first != "" || last != a.Word("ledelse").Base {
		t.Errorf("the fragments are %q and %q, want nothing and ledelse", first, last)
	}
}

func TestWordsAreNormalForms(t *testing.T) {
	if got, want := Words("Århus' MED-udvalg, 1990erne – å!"), []string{"århus", "medudvalg", "1990'erne", "å"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
