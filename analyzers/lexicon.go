package analyzers

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexiconText lists simplex words with class, inflection and linking elements; its format stands on its top.
//
//go:embed data/lexicon.txt
var lexiconText string

// Costs of the splitter, as negative log-likelihoods up to a constant. A split is taken when the sum over its parts stays below
// what a word of that length costs as a whole (see wholeCost). They were set on testdata/compounds.tsv and testdata/simple.txt.
const (
	costKnown      = 4.0 // a part of the embedded lexicon, in a form it is listed with
	costListed     = 6.0 // a part that only the operator's word list has
	costVocabulary = 6.5 // a part that only the corpus' own vocabulary has
	costOddLink    = 2.5 // a linking element that the first part isn't listed with
	costStemTail   = 2.0 // a last part known only by its stem
	costLength3    = 1.0 // parts of three letters are often no parts
	costLength2    = 2.5
	costLength1    = 3.0 // ø and å, and nothing else
)

const (
	// minPart is the shortest part at all: ø, å.
	minPart = 1
	// minListedPart is the shortest part taken from a word list or a vocabulary alone; those have too many short words.
	minListedPart = 4
	// minVerbTail is the shortest form of a verb that ends a compound: er, har and så are endings and chance.
	minVerbTail = 4
	// maxListedWord bounds a line of an operator's word list; longer ones are no words.
	maxListedWord = 60
)

// lexicon knows which strings can stand first and last in a compound, and which words are simple.
type lexicon struct {
	first     map[string]firstPart // surface with its linking element -> the part
	last      map[string]float64   // every inflected form -> cost
	whole     map[string]bool      // simple words in all forms, never cut; true for those that are no names
	particles map[string]bool      // words that are nothing but adverbs, prepositions and the like
	stems     map[string]bool      // stems of last parts, for forms that inflection doesn't list
	lemma     map[string]string    // form with another stem than its lemma -> lemma, "" where it is a form of several
}

type firstPart struct {
	base string // without the linking element
	cost float64
}

func newLexicon() *lexicon {
	l := &lexicon{
		first:     make(map[string]firstPart, 1<<15),
		last:      make(map[string]float64, 1<<17),
		whole:     make(map[string]bool, 1<<17),
		particles: make(map[string]bool, 1<<10),
		stems:     make(map[string]bool, 1<<14),
		lemma:     make(map[string]string, 1<<10),
	}
	return l
}

// readLexicon reads the embedded format: lemma;class;forms;links.
func readLexicon(text string) (*lexicon, error) {
	l := newLexicon()
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, ";")
		if len(f) != 4 {
			return nil, fmt.Errorf("lexicon line %d: %q has %d fields, want lemma;class;forms;links", n, line, len(f))
		}
		if err := l.add(strings.ToLower(f[0]), f[1], f[2], f[3]); err != nil {
			return nil, fmt.Errorf("lexicon line %d: %w", n, err)
		}
	}
	return l, nil
}

func (l *lexicon) add(lemma, class, forms, links string) error {
	var inflected []string
	var irregular []string
	if rest, ok := strings.CutPrefix(forms, "="); ok {
		irregular = strings.Split(rest, ",")
	}
	switch class {
	case "c", "n":
		inflected = nounForms(lemma, class, forms, irregular)
	case "v":
		inflected = verbForms(lemma, forms, irregular)
	case "a":
		inflected = adjectiveForms(lemma, irregular)
	case "x", "m":
		inflected = []string{lemma, lemma + "s"}
	default:
		return fmt.Errorf("%q: class %q, want c, n, v, a, x or m", lemma, class)
	}
	switch {
	case len(irregular) > 0:
		l.addLemma(lemma, inflected)
	case class == "v" || strings.HasSuffix(lemma, "hed"):
		l.addLemma(lemma, slices.DeleteFunc(slices.Clone(inflected), snowballKnows))
	}
	if class == "x" {
		l.particles[Normal(lemma)] = true
	}
	tail := class != "x"
	for _, f := range inflected {
		l.whole[f] = l.whole[f] || class != "m"
		if tail && (class != "v" || utf8.RuneCountInString(f) >= minVerbTail) {
			l.last[f] = costKnown
		}
	}
	if tail && utf8.RuneCountInString(lemma) >= 4 {
		l.stems[Stem(lemma)] = true
	}
	l.addFirst(lemma, class, links, inflected)
	return nil
}

// snowballKnows tells that a regular form surely has its lemma's stem. What is left is the weak past and some plurals: arbejdede, lejlighederne.
func snowballKnows(form string) bool {
	for _, end := range []string{"ede", "edes", "ende", "ene", "hederne", "hedernes"} {
		if strings.HasSuffix(form, end) {
			return false
		}
	}
	return true
}

// addLemma remembers the forms that Snowball gives another stem than their lemma: mænd, arbejdede, lejlighederne.
func (l *lexicon) addLemma(lemma string, forms []string) {
	own := Stem(Normal(lemma))
	for _, f := range forms {
		n := Normal(f)
		have, ok := l.lemma[n]
		switch {
		case Stem(n) == own: // regular for this lemma, so it stays with its stem
			l.lemma[n] = ""
		case !ok:
			l.lemma[n] = lemma
		case have != lemma:
			l.lemma[n] = ""
		}
	}
}

// addFirst enters the forms that lemma takes as the first part of a compound.
func (l *lexicon) addFirst(lemma, class, links string, inflected []string) {
	put := func(surface, base string, cost float64) {
		// Of two readings as likely, the one that needs no linking element: bore|maskine, not bor|e|maskine.
		if have, ok := l.first[surface]; !ok || cost < have.cost || cost == have.cost && len(base) > len(have.base) {
			l.first[surface] = firstPart{base, cost}
		}
	}
	listed := false
	for _, link := range strings.Split(links, ",") {
		if link == "" {
			continue
		}
		listed = true
		switch {
		case link == "0":
			put(lemma, lemma, costKnown)
		case link[0] == '=':
			surface := link[1:]
			put(surface, baseOfFirst(surface, lemma, inflected), costKnown)
		case link == "e" && strings.HasSuffix(lemma, "e"):
			put(lemma, lemma, costKnown)
		default:
			put(lemma+link, lemma, costKnown)
		}
	}
	switch class {
	case "c", "n":
		put(lemma, lemma, costKnown+costOddLink)
		put(lemma+"s", lemma, costKnown+costOddLink)
		if cut, ok := strings.CutSuffix(lemma, "e"); ok { // arbejde: arbejdsmiljø
			put(cut+"s", lemma, costKnown+costOddLink-1)
			if utf8.RuneCountInString(cut) > 3 { // arbejdmiljø, as people write it
				put(cut, lemma, costKnown+costOddLink+1)
			}
		} else {
			put(lemma+"e", lemma, costKnown+costOddLink+0.5)
		}
		for _, end := range []string{"hed", "tion", "sion", "ing", "else", "dom", "skab", "sel", "itet"} {
			if strings.HasSuffix(lemma, end) {
				put(lemma+"s", lemma, costKnown)
			}
		}
	case "v":
		if listed {
			return
		}
		put(lemma, lemma, costKnown+costOddLink)
	case "m":
		put(lemma, lemma, costKnown+1)
		put(lemma+"s", lemma, costKnown+1)
	}
}

// baseOfFirst is the longest beginning of a special first-part form that is itself a form of the word: børne -> børn, øjen -> øjen.
func baseOfFirst(surface, lemma string, inflected []string) string {
	best := ""
	for _, f := range inflected {
		if strings.HasPrefix(surface, f) && len(f) > len(best) && len(surface)-len(f) <= 1 {
			best = f
		}
	}
	switch {
	case best != "":
		return best
	case strings.HasPrefix(surface, strings.TrimSuffix(lemma, "e")+"s"):
		return lemma // arbejds -> arbejde
	}
	return surface
}

func nounForms(lemma, class, forms string, irregular []string) []string {
	out := []string{lemma, lemma + "s"}
	def := "en"
	if class == "n" {
		def = "et"
	}
	plurals := irregular
	stem, endsInE := strings.CutSuffix(lemma, "e")
	switch forms {
	case "r", "er", "e", "s":
		if forms == "er" && endsInE || forms == "e" && endsInE {
			plurals = []string{lemma + "r"}
		} else {
			plurals = []string{lemma + forms}
		}
	case "0":
		plurals = []string{lemma}
	}
	definite := []string{lemma + def}
	if endsInE {
		definite = []string{stem + def}
	} else if r := lastRune(lemma); strings.ContainsRune("bdfgklmnprst", r) {
		definite = append(definite, lemma+string(r)+def) // bus: bussen
		if strings.HasSuffix(lemma, "el") || strings.HasSuffix(lemma, "en") || strings.HasSuffix(lemma, "er") {
			definite = append(definite, lemma[:len(lemma)-2]+lemma[len(lemma)-1:]+def) // himmel: himlen
		}
		if strings.HasSuffix(lemma, "um") {
			definite = append(definite, lemma[:len(lemma)-2]+def, lemma[:len(lemma)-2]+"er", lemma[:len(lemma)-2]+"erne")
		}
	}
	out = appendWithS(out, definite...)
	for _, p := range plurals {
		out = appendWithS(out, p)
		switch {
		case strings.HasSuffix(p, "er"):
			out = appendWithS(out, p+"ne")
		case strings.HasSuffix(p, "e"):
			out = appendWithS(out, p+"ne", p[:len(p)-1]+"erne")
		case strings.HasSuffix(p, "r"):
			out = appendWithS(out, p+"ne")
		default:
			out = appendWithS(out, p+"ene")
			if r := lastRune(p); strings.ContainsRune("bdfgklmnprst", r) {
				out = appendWithS(out, p+string(r)+"ene")
			}
		}
		if class == "c" && strings.HasSuffix(lemma, "er") {
			out = appendWithS(out, strings.TrimSuffix(p, "e")+"ne", lemma+"ne")
		}
	}
	return out
}

func verbForms(lemma, forms string, irregular []string) []string {
	out := append([]string{lemma, lemma + "r", lemma + "s"}, irregular...)
	for _, f := range irregular { // brudt: brudte, brudt
		out = append(out, f+"e", f+"s")
		if strings.HasSuffix(f, "et") {
			out = append(out, strings.TrimSuffix(f, "t")+"de", strings.TrimSuffix(f, "et")+"ne")
		}
	}
	stem, ok := strings.CutSuffix(lemma, "e")
	if !ok {
		return append(out, lemma+"ende", lemma+"et", lemma+"ede", lemma+"t", lemma+"dde")
	}
	out = append(out, stem, stem+"ende", stem+"endes")
	if forms == "te" {
		return append(out, stem+"te", stem+"t", stem+"tes", stem+"ts")
	}
	return append(out, stem+"ede", stem+"et", stem+"edes", stem+"ets")
}

func adjectiveForms(lemma string, irregular []string) []string {
	out := append([]string{lemma, lemma + "t", lemma + "e", lemma + "s"}, irregular...)
	stem := strings.TrimSuffix(lemma, "e")
	out = append(out, stem+"ere", stem+"est", stem+"este", lemma+"es")
	if r := lastRune(lemma); strings.ContainsRune("dgklmnpst", r) {
		d := lemma + string(r)
		out = append(out, d+"e", d+"ere", d+"est", d+"este")
	}
	return out
}

func appendWithS(out []string, forms ...string) []string {
	for _, f := range forms {
		out = append(out, f, f+"s")
	}
	return out
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// addWords joins a plain word list (one a line, what follows a slash is passed over, as in Hunspell's .dic): its words can be parts of
// compounds. Words with capitals, digits or hyphens are passed over: names and abbreviations make more false cuts than true ones.
func (l *lexicon) addWords(r io.Reader) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 0, 4096), 1<<16)
	for line := 1; sc.Scan(); line++ {
		w, _, _ := strings.Cut(sc.Text(), "/")
		w = strings.TrimSpace(w)
		if !utf8.ValidString(w) {
			return fmt.Errorf("line %d: not UTF-8; allowed is a list of words in UTF-8, one a line", line)
		}
		l.addPart(w, costListed)
	}
	return sc.Err()
}

// addPart lets a word stand first (with its usual links) and last in compounds, at a cost.
func (l *lexicon) addPart(w string, cost float64) {
	n := utf8.RuneCountInString(w)
	if n < minListedPart || n > maxListedWord || !allLower(w) {
		return
	}
	if _, ok := l.last[w]; !ok {
		l.last[w] = cost
	}
	for _, link := range []string{"", "s"} {
		if _, ok := l.first[w+link]; !ok {
			c := cost
			if link != "" {
				c += costOddLink / 2
			}
			l.first[w+link] = firstPart{w, c}
		}
	}
}

func allLower(w string) bool {
	for _, r := range w {
		if !unicode.IsLower(r) {
			return false
		}
	}
	return w != ""
}
