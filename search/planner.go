package search

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/vidensbank/vidensbank/analyzers"
)

// The weights of alternatives, the word's own stem being 1. docs/ranking.md says how they were set and what they do.
const (
	weightStem    = 1.0
	weightExact   = 0.2  // on top of the stem, where the very form stands there
	weightJoined  = 1.0  // neighbouring words written as one: stress forebyggelse, stressforebyggelse
	weightPart    = 0.5  // the word is part of a compound: stress, stressforebyggende
	weightParts   = 0.4  // the compound's parts stand in the document: sundhedspulje, pulje til sundhed
	weightHead    = 0.15 // the end of a longer compound: skolefritidsordning, fritidsordning
	weightLone    = 0.3  // one part only, where nothing has them all
	weightFamily  = 0.6  // trives, trivsel
	weightDerived = 0.5  // kopiere, kopiering
	weightSynonym = 0.75
	weightBroader = 0.6
	weightRelated = 0.25
	weightPlace   = 3.0 // the word names the case's municipality or region
	weightName    = 0.6 // the word names one of the case's other facet values
	weightTypo1   = 0.5 // one edit away
	weightTypo2   = 0.5
	weightRare    = 0.1 // a near word, where the word itself is there but rare
)

// weightEqual is the weight from which an alternative counts as an equal of its word.
const weightEqual = 0.5

// usualAlternatives is how many a word has before the unknown ones are dropped.
const usualAlternatives = 16

// How far a word may expand. Every bound is on work that one query can ask for.
const (
	// maxPlanWords bounds the words that are looked up: longer questions have said it all by then.
	maxPlanWords = 24
	// maxSynonyms bounds the other words for one word.
	maxSynonyms = 12
	// maxSpellings bounds the near words that stand for one; the best few are right or none is.
	maxSpellings = 4
	// nearCandidates bounds the dictionary entries looked at for them.
	nearCandidates = 400
	// maxSpellRunes bounds the words that are spelled: an automaton grows with them.
	maxSpellRunes = 40
	// rareCompound is the number of documents up to which a compound of two is also looked for by one of its parts.
	rareCompound = 10
	// rareDocs is the number of documents up to which a word may be a slip for a word with rareFactor times as many.
	rareDocs   = 2
	rareFactor = 10
)

// Name says that words of a query may mean a value of a facet.
type Name struct {
	Facet, Value string
	Words        []string // labels, spellings, alternative words; each of one word or several
}

// planner turns queries into plans for one engine.
type planner struct {
	analyzer *analyzers.Analyzer
	engine   Engine
	names    map[string][]nameOf // by bases joined with spaces
	maxName  int                 // words in the longest name
}

// nameOf is what a name means. An official name is taken for one even where it is an everyday word.
type nameOf struct {
	facet, value string
	official     bool
}

func isPlace(facet string) bool { return facet == FacetMunicipality || facet == FacetRegion }

func newPlanner(a *analyzers.Analyzer, e Engine, names []Name) *planner {
	p := &planner{analyzer: a, engine: e, names: map[string][]nameOf{}}
	known := map[string]map[string]bool{}
	for _, facet := range Facets {
		known[facet] = map[string]bool{}
		for _, v := range e.Values(facet) {
			known[facet][v.Value] = true
		}
	}
	for _, n := range names {
		if !known[n.Facet][n.Value] { // no case has it: nothing to find
			continue
		}
		for i, w := range n.Words {
			words := analyzers.Words(w)
			if len(words) == 0 {
				continue
			}
			if !isPlace(n.Facet) { // places are taken as they are written
				for i := range words {
					words[i] = a.Base(words[i])
				}
			}
			key := strings.Join(words, " ")
			entry := nameOf{n.Facet, n.Value, i == 0}
			if !slices.ContainsFunc(p.names[key], func(have nameOf) bool { return have.facet == n.Facet && have.value == n.Value }) {
				p.names[key] = append(p.names[key], entry)
			}
			p.maxName = max(p.maxName, len(words))
		}
	}
	return p
}

// planned is a plan with what only the answer's reader needs.
type planned struct {
	Plan
	corrections map[string]string // word as typed -> likelier spelling
	offers      []Offer           // without counts
}

// term is a word of the query on its way into the plan.
type term struct {
	typed    string
	word     *analyzers.Word
	required bool
	phrase   bool // in quotes: no expansion
}

// plan makes a plan of a text. Sorting, paging and filters are the caller's.
func (p *planner) plan(ctx context.Context, text string) (*planned, error) {
	out := &planned{corrections: map[string]string{}}
	var terms []term
	for _, c := range parse(text) {
		switch {
		case c.not:
			p.rule(out, c)
		case c.phrase:
			terms = append(terms, p.phrase(out, c)...)
		default:
			if w := p.analyzer.Word(c.words[0]); w != nil {
				terms = append(terms, term{typed: c.words[0], word: w})
			}
		}
	}
	words, err := p.words(ctx, out, terms)
	if err != nil {
		return nil, err
	}
	out.Words = words
	out.offers = p.offers(terms, text)
	return out, nil
}

// rule adds what a -word or -"phrase" rules out. A phrase rules out by its words together.
func (p *planner) rule(out *planned, c clause) {
	var bases []string
	for _, s := range c.words {
		if w := p.analyzer.Word(s); w != nil && !(w.Stop && len(c.words) > 1) {
			bases = append(bases, w.Base)
		}
	}
	if len(bases) > 0 {
		out.Not = append(out.Not, PlanWord{
			Text:         strings.Join(c.words, " "),
			Alternatives: []Alternative{{Field: FieldStem, Terms: bases, Weight: 1, How: HowStem}},
		})
	}
}

// phrase adds a quoted phrase, and returns its words, which all must be there. Quotes take words in any inflection, and no other word for them.
func (p *planner) phrase(out *planned, c clause) []term {
	var run []string
	var terms []term
	for _, s := range c.words {
		w := p.analyzer.Word(s)
		if w == nil {
			continue
		}
		run = append(run, w.Base)
		if !w.Stop {
			terms = append(terms, term{typed: s, word: w, required: true, phrase: true})
		}
	}
	if len(run) > 1 {
		out.Phrases = append(out.Phrases, run)
	}
	return terms
}

// words expands the terms. Stop words fall away, unless there is nothing else.
func (p *planner) words(ctx context.Context, out *planned, terms []term) ([]PlanWord, error) {
	content := slices.ContainsFunc(terms, func(t term) bool { return !t.word.Stop })
	var words []PlanWord
	seen := map[string]bool{}
	phrases := p.phrasesOf(terms)
	for i, t := range terms {
		if content && t.word.Stop || seen[t.word.Base] || len(words) >= maxPlanWords {
			continue
		}
		seen[t.word.Base] = true
		w := PlanWord{Text: t.typed, Required: t.required, Alternatives: make([]Alternative, 0, usualAlternatives)}
		b := builder{&w}
		b.add(FieldStem, weightStem, HowStem, t.word.Base)
		b.add(FieldExact, weightExact, HowExact, t.word.Normal)
		if !t.phrase {
			if err := p.expand(ctx, out, &b, terms, i, phrases[i]); err != nil {
				return nil, err
			}
		}
		if err := p.weigh(&w); err != nil {
			return nil, err
		}
		if len(w.Alternatives) == 0 && !t.phrase {
			if err := p.fragments(&b, t.word); err != nil {
				return nil, err
			}
			if err := p.weigh(&w); err != nil {
				return nil, err
			}
		}
		words = append(words, w)
	}
	return words, nil
}

// weigh drops a word's alternatives that no document has, and judges its rarity: by the documents that have it or an equal of it. What is less
// than an equal (a part of a compound, a looser relation) and commoner than the word weighs less by as much, so that "funktion" says little
// for a rare "hex-funktion", and "hex" much.
func (p *planner) weigh(w *PlanWord) error {
	kept := w.Alternatives[:0]
	docs := make([]float64, 0, len(w.Alternatives))
	var equal, weak, any float64
	for _, a := range w.Alternatives {
		n, err := p.docs(a)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		kept, docs = append(kept, a), append(docs, n)
		any = max(any, n)
		switch {
		case a.How == HowExact || a.How == HowFacet || len(a.Terms) > 1:
		case a.Weight >= weightEqual:
			equal += min(1, a.Weight) * n
		case weak == 0 || n < weak:
			weak = n
		}
	}
	w.Alternatives = kept
	w.Docs = cmp.Or(equal, weak, any)
	own := p.rarity(w.Docs)
	for i := range kept {
		if a := &kept[i]; a.Weight < weightEqual && a.How != HowExact && a.How != HowFacet && own > 0 {
			a.Weight *= min(1, p.rarity(docs[i])/own)
		}
	}
	return nil
}

// docs is the number of documents with an alternative; of one of several terms, that of the rarest.
func (p *planner) docs(a Alternative) (float64, error) {
	least := -1
	for _, t := range a.Terms {
		n, err := p.engine.Frequency(a.Field, t)
		if err != nil {
			return 0, err
		}
		if least < 0 || n < least {
			least = n
		}
	}
	return float64(max(least, 0)), nil
}

// rarity is BM25's inverse document frequency.
func (p *planner) rarity(docs float64) float64 {
	cases := float64(p.engine.Status().Cases)
	return math.Log(1 + max(0, cases-docs+0.5)/(docs+0.5))
}

// builder collects a word's alternatives, each once at its highest weight.
type builder struct{ word *PlanWord }

func (b *builder) add(field Field, weight float64, how How, terms ...string) {
	for i := range b.word.Alternatives {
		if a := &b.word.Alternatives[i]; a.Field == field && slices.Equal(a.Terms, terms) {
			if weight > a.Weight {
				a.Weight, a.How = weight, how
			}
			return
		}
	}
	b.word.Alternatives = append(b.word.Alternatives, Alternative{Field: field, Terms: terms, Weight: weight, How: how})
}

// expand adds everything that may stand for terms[i].
func (p *planner) expand(ctx context.Context, out *planned, b *builder, terms []term, i int, others []analyzers.Alternative) error {
	t := terms[i]
	own, err := p.engine.Frequency(FieldStem, t.word.Base)
	if err != nil {
		return err
	}
	p.joined(b, terms, i)
	if err := p.otherWords(b, t.word, own, others, 1); err != nil {
		return err
	}
	for _, n := range p.namesAt(terms, i) {
		weight := weightName
		if isPlace(n.facet) {
			weight = weightPlace
		}
		b.add(Field(n.facet), weight, HowFacet, n.value)
	}
	return p.spell(ctx, out, b, t, own)
}

// otherWords adds a word's compounds, parts and synonyms, each at scale times its weight.
func (p *planner) otherWords(b *builder, w *analyzers.Word, own int, others []analyzers.Alternative, scale float64) error {
	b.add(FieldPart, scale*weightPart, HowPart, w.Base)
	if err := p.compound(b, w, own, scale); err != nil {
		return err
	}
	for _, o := range others[:min(len(others), maxSynonyms)] {
		p.other(b, o, scale)
	}
	for _, base := range analyzers.Derivations(w.Base) {
		b.add(FieldStem, scale*weightDerived, HowStem, base)
	}
	return nil
}

// minCut is the shortest half of a misspelt compound, in letters: shorter ones are known by chance.
const minCut = 4

// fragments adds what an unknown word is made of, so that it isn't lost altogether: the two halves of a compound that are both in the index
// by their bases, which forgives doubled letters and missing links (stresforebygelse), or else its known beginning and end.
func (p *planner) fragments(b *builder, w *analyzers.Word) error {
	rs := []rune(w.Normal)
	var best []string
	shorter := 0
	for at := minCut; at+minCut <= len(rs) && len(rs) <= maxSpellRunes; at++ {
		half := min(at, len(rs)-at)
		if half <= shorter {
			continue
		}
		last := p.analyzer.Base(string(rs[at:]))
		for _, first := range []string{string(rs[:at]), strings.TrimSuffix(string(rs[:at]), "s")} {
			halves := []string{p.analyzer.Base(first), last}
			n, err := p.docs(Alternative{Field: FieldAny, Terms: halves})
			if err != nil {
				return err
			}
			if n > 0 {
				best, shorter = halves, half
				break
			}
		}
	}
	if best != nil {
		b.add(FieldAny, weightTypo1, HowSpelling, best...)
		for _, base := range best {
			b.add(FieldAny, weightLone, HowPart, base)
		}
		return nil
	}
	first, last := p.analyzer.Fragments(w)
	for _, base := range []string{first, last} {
		if base != "" {
			b.add(FieldAny, weightLone, HowPart, base)
		}
	}
	return nil
}

// joined adds the compounds that the word may be half of: with its neighbour before and behind, by any linking element.
func (p *planner) joined(b *builder, terms []term, i int) {
	if i > 0 {
		p.join(b, terms[i-1], terms[i])
	}
	if i+1 < len(terms) {
		p.join(b, terms[i], terms[i+1])
	}
}

func (p *planner) join(b *builder, first, second term) {
	if first.phrase || second.phrase {
		return
	}
	// The ending is the same whatever links the two, so one stem serves for all.
	joined := p.analyzer.Base(first.word.Normal + second.word.Normal)
	tail, ok := strings.CutPrefix(joined, first.word.Normal)
	if !ok || tail == "" {
		return
	}
	begin, endsInE := strings.CutSuffix(first.word.Normal, "e")
	b.add(FieldStem, weightJoined, HowPart, joined)
	b.add(FieldStem, weightJoined, HowPart, begin+"s"+tail)
	if endsInE {
		b.add(FieldStem, weightJoined, HowPart, begin+tail)
	} else {
		b.add(FieldStem, weightJoined, HowPart, begin+"e"+tail)
	}
}

// compound adds a compound's parts: all of them, in words of their own or as parts; and where no document has that, each alone.
func (p *planner) compound(b *builder, w *analyzers.Word, own int, scale float64) error {
	if len(w.Parts) < 2 {
		return nil
	}
	var bases []string
	for _, part := range w.Parts {
		n := analyzers.Normal(part)
		if n == "" || p.analyzer.IsStop(n) || p.analyzer.IsParticle(n) {
			continue
		}
		if base := p.analyzer.Base(n); !slices.Contains(bases, base) {
			bases = append(bases, base)
		}
	}
	if len(bases) == 0 {
		return nil
	}
	b.add(FieldAny, scale*weightParts, HowPart, bases...)
	for _, head := range p.analyzer.Heads(w) {
		b.add(FieldAny, scale*weightHead, HowPart, head)
	}
	if own > rareCompound || len(bases) != 2 { // the parts of a longer one say too little by themselves
		return nil
	}
	for _, base := range bases {
		b.add(FieldAny, scale*weightLone, HowPart, base)
	}
	return nil
}

// other adds another word, or a run of words, for the word.
func (p *planner) other(b *builder, o analyzers.Alternative, scale float64) {
	weight, how := weightSynonym, HowSynonym
	switch o.Relation {
	case analyzers.Family:
		weight, how = weightFamily, HowStem
	case analyzers.Related:
		weight, how = weightRelated, HowStem
	case analyzers.Broader:
		weight = weightBroader
	}
	var bases []string
	for _, n := range o.Words {
		if len(o.Words) > 1 && p.analyzer.IsStop(n) {
			continue
		}
		bases = append(bases, p.analyzer.Base(n))
	}
	if len(bases) == 0 {
		return
	}
	b.add(FieldStem, scale*weight, how, bases...)
	if len(bases) == 1 {
		b.add(FieldPart, scale*weight*weightPart, how, bases[0])
	}
}

// phrasesOf finds the thesaurus' entries in a query. Each word of an entry of several words is given the whole entry's alternatives.
func (p *planner) phrasesOf(terms []term) [][]analyzers.Alternative {
	out := make([][]analyzers.Alternative, len(terms))
	bases := make([]string, len(terms))
	for i, t := range terms {
		bases[i] = t.word.Base
	}
	for i := 0; i < len(terms); {
		alts, n := p.analyzer.Alternatives(bases[i:])
		for j := i; j < i+n; j++ {
			out[j] = append(out[j], alts...)
			if n > 1 { // the word by itself, too
				single, _ := p.analyzer.Alternatives(bases[j : j+1])
				out[j] = append(out[j], single...)
			}
		}
		i += max(n, 1)
	}
	return out
}

// namesAt returns the facet values that the words around terms[i] name, by the longest name that covers it.
func (p *planner) namesAt(terms []term, i int) []nameOf {
	for n := min(p.maxName, len(terms)); n > 0; n-- {
		for from := max(0, i-n+1); from <= i && from+n <= len(terms); from++ {
			if names := p.named(terms[from : from+n]); len(names) > 0 {
				return names
			}
		}
	}
	return nil
}

// named returns the facet values that some words name. A place whose name is an everyday word must be written with a capital, or be the
// official name of a municipality.
func (p *planner) named(terms []term) []nameOf {
	var out []nameOf
	for _, n := range p.names[join(terms, func(t term) string { return t.word.Base })] {
		if !isPlace(n.facet) {
			out = append(out, n)
		}
	}
	key := join(terms, func(t term) string { return t.word.Normal })
	names := p.names[key]
	if names == nil {
		names = p.names[strings.TrimSuffix(key, "s")] // Aalborgs
	}
	common := len(terms) == 1 && p.analyzer.Common(terms[0].typed)
	for _, n := range names {
		if isPlace(n.facet) && (!common || n.official && !terms[0].word.Stop) {
			out = append(out, n)
		}
	}
	return out
}

func join(terms []term, key func(term) string) string {
	if len(terms) == 1 {
		return key(terms[0])
	}
	keys := make([]string, len(terms))
	for i, t := range terms {
		keys[i] = key(t)
	}
	return strings.Join(keys, " ")
}

// offers are the facet values that the query names, each with what is left of the query without its words.
func (p *planner) offers(terms []term, text string) []Offer {
	var out []Offer
	for n := min(p.maxName, len(terms)); n > 0; n-- {
		for from := 0; from+n <= len(terms); from++ {
			for _, name := range p.named(terms[from : from+n]) {
				typed := make([]string, n)
				for j := range typed {
					typed[j] = terms[from+j].typed
				}
				o := Offer{Facet: name.facet, Value: name.value, Word: strings.Join(typed, " ")}
				if slices.ContainsFunc(out, func(have Offer) bool { return have.Facet == o.Facet && have.Value == o.Value }) {
					continue
				}
				o.Rest = without(text, typed)
				out = append(out, o)
			}
		}
	}
	return out
}

// without is the text less some words as they were typed: where they stand together, or else each where it stands first.
func without(text string, typed []string) string {
	var tokens []analyzers.Token
	analyzers.Tokenize(text, func(t analyzers.Token) bool {
		tokens = append(tokens, t)
		return true
	})
	for i := range tokens {
		run := tokens[i:min(i+len(typed), len(tokens))]
		if slices.EqualFunc(run, typed, func(t analyzers.Token, w string) bool { return t.Text == w }) {
			return cut(text, run[0].Start, run[len(run)-1].End)
		}
	}
	if len(typed) > 1 {
		for _, w := range typed {
			text = without(text, []string{w})
		}
	}
	return text
}

// cut takes a piece out of a text, with the quotation marks around it and the minus before it.
func cut(text string, from, to int) string {
	before, size := utf8.DecodeLastRuneInString(text[:from])
	if after, n := utf8.DecodeRuneInString(text[to:]); isQuote(before) && isQuote(after) {
		from, to = from-size, to+n
		before, size = utf8.DecodeLastRuneInString(text[:from])
	}
	if isMinus(before) {
		from -= size
	}
	return strings.Join(strings.Fields(text[:from]+" "+text[to:]), " ")
}

// spell adds near words of the index, where the word is unknown there, or rare beside one of them.
func (p *planner) spell(ctx context.Context, out *planned, b *builder, t term, own int) error {
	runes := utf8.RuneCountInString(t.word.Normal)
	if runes < minTypo1 || runes > maxSpellRunes || own > rareDocs || hasDigit(t.word.Normal) {
		return nil
	}
	if own == 0 { // as a part of compounds it is as good as known
		parts, err := p.engine.Frequency(FieldPart, t.word.Base)
		if err != nil || parts > 0 {
			return err
		}
	}
	distance := 1
	known := p.analyzer.Known(t.typed)
	if alternatives, _ := p.analyzer.Alternatives([]string{t.word.Base}); len(alternatives) > 0 {
		known = true // the thesaurus has it
	}
	if runes >= minTypo2 && !known && own == 0 {
		distance = 2
	}
	found, err := p.near(ctx, t.word, distance)
	if err != nil {
		return err
	}
	for i, f := range found[:min(len(found), maxSpellings)] {
		weight := weightTypo1
		if f.cost > 1 {
			weight = weightTypo2
		}
		switch {
		case own > 0:
			if f.docs < own*rareFactor {
				continue
			}
			weight = weightRare
		case known:
			weight = weightRare
		case f.cost > found[0].cost: // behind a nearer one
			weight /= 2
		}
		if i == 0 && !known {
			out.corrections[t.typed] = f.text
		}
		w := p.analyzer.Word(f.text)
		b.add(FieldStem, weight, HowSpelling, w.Base)
		if i > 0 || own > 0 || known {
			continue
		}
		// The likeliest word takes the typed one's place, with all that stands for it.
		others, _ := p.analyzer.Alternatives([]string{w.Base})
		if err := p.otherWords(b, w, f.docs, others, weight); err != nil {
			return err
		}
		for _, n := range p.named([]term{{typed: f.text, word: w}}) {
			b.add(Field(n.facet), weight*weightName, HowFacet, n.value)
		}
	}
	return nil
}

// Words of so many letters may have one slip, or two.
const (
	minTypo1 = 4
	minTypo2 = 8
)

type nearWord struct {
	text string
	cost float64
	docs int
}

// near looks for words of the index that a word may be a slip for, nearest and then most usual first; the word's base is tried too, so that a slip
// in an inflected form finds the word in another.
func (p *planner) near(ctx context.Context, w *analyzers.Word, distance int) ([]nearWord, error) {
	var out []nearWord
	tried := []string{w.Normal}
	if w.Base != w.Normal && utf8.RuneCountInString(w.Base) >= minTypo1 {
		tried = append(tried, w.Base)
	}
	for _, from := range tried {
		d := distance
		if utf8.RuneCountInString(from) < minTypo2 {
			d = 1
		}
		terms, err := p.engine.Near(ctx, from, d, nearCandidates)
		if err != nil {
			return nil, err
		}
		for _, t := range terms {
			cost := analyzers.EditCost(from, t.Text)
			if from == w.Base {
				cost += 0.25
			}
			if t.Text == w.Normal || utf8.RuneCountInString(t.Text) < minTypo1-1 {
				continue
			}
			out = append(out, nearWord{t.Text, cost, t.Docs})
		}
	}
	slices.SortStableFunc(out, func(a, b nearWord) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(b.docs, a.docs), cmp.Compare(a.text, b.text))
	})
	return out, nil
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }
