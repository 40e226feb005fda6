package main

import (
	"math"
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// How large the language is, and how its words are spread.
const (
	// vocabularyForms is how many word forms documents are written with. They must be countable in 16 bits.
	vocabularyForms = 60_000
	// madeStems is how many stems are made up beside the real ones.
	madeStems = 5_600
	// zipfShift and zipfPower are those of the Zipf-Mandelbrot law: a word's share is 1/(rank+shift)^power. They put some 6,500 words into
	// 0.2 to 5 % of the documents.
	zipfShift = 8
	zipfPower = 1.05
	// drawSlots is the size of the table that words are drawn from: the rarest form still has its slot.
	drawSlots = 1 << 21
)

// functionWords are the commonest words of Danish text, most usual first.
var functionWords = strings.Fields(`og i at det er en til på af de for med der som den har et ikke vi de om man kan også blev eller men fra var så
	efter skal være når ved have deres bliver hvor nogle alle mange over meget hvis mere hun han dem andre ud end blive under mellem sig op
	ind kunne selv få noget nu havde du jeg denne dette disse hvad hvordan hver fordi samt både gennem uden inden mod før siden igen altid ofte
	helt ned bort hvilke hvem ingen intet enten da jo dog derfor således ligesom imens blandt langs`)

// realStems are words of the field, so that what the analysis knows (inflection, compounds, synonyms) has work to do. The class stands first:
// common and neuter nouns, persons on -er, verbs, adjectives.
const realStems = `
c stress ledelse trivsel indsats aftale opgave gruppe samtale uddannelse læring kultur dialog hverdag forandring beslutning undersøgelse måling
c politik strategi plan metode model erfaring viden kompetence proces udvikling evaluering opfølgning forebyggelse belastning mistanke konflikt
c mobning vold trussel depression angst belønning pause arbejdsdag vagt weekend kommune region institution forvaltning afdeling enhed skole
c børnehave klinik sygehjælp pleje omsorg borger patient elev kollega familie ung aften uge måned time sag rapport vejledning
c tillid relation stemning energi motivation anerkendelse feedback bevægelse motion mad søvn sundhed ulykke skade risiko støj luft lyd farve
n arbejde miljø fravær fællesskab samarbejde møde kursus forløb projekt netværk udvalg hold team område hjem center hus rum kontor værksted
n værktøj skema spørgsmål svar mål resultat tal problem ansvar krav pres tempo behov ønske liv helbred barn menneske sprog ord brev
n budget system program kort kontrakt emne tema princip initiativ tilbud besøg kaffebord køkken gulv lys vindue tøj materiale redskab løft
p leder medarbejder lærer pædagogmedhjælper konsulent frivilligtræner rådgiver sagsbehandler hjælper tillidsmand arbejder træner forsker
p bruger deltager ansøger kunstner håndværker chauffør politiker direktør bygger gartner maler bager fisker vejleder tolk assistent
v arbejd forebyg styrk lytt hjælp støtt udvikl samarbejd planlægg følg måld aftal drøft inddrag afprøv indfør tilpass prioriter evaluer
v løs vurder spørg svar skriv læs mød træn løft bær kør vask ryd lav byg rens hvil smil grin deltag ændr opdag
a god ny stor lille tryg rask syg glad stærk svag travl rolig åben lukket tydelig fælles faglig social fysisk psykisk daglig årlig
a positiv negativ aktiv kreativ effektiv sikker farlig let tung hurtig langsom klar enkel svær vigtig nyttig ærlig venlig varm kold
`

// Sounds that made-up stems are put together from.
var (
	onsets  = strings.Fields(`b bl br d dr f fl fr g gl gr h hj j k kl kn kr kv l m n p pl pr r s sk skr sl sm sn sp st str sv t tr tv v`)
	vowels  = strings.Fields(`a a a e e e i i i o o u u y æ ø å`)
	codas   = strings.Fields(`d ft g gt k ks kt l ld lk ll lm lt m mp n nd ng nk nt p r rd rg rk rm rn rt s sk st t v`)
	medials = strings.Fields(`b d f g k l ld m mp n nd nk p r rd rk s sk st t v`)
)

// lemma is a word with its forms, which stand one after the other in the vocabulary.
type lemma struct {
	stem  string
	class byte
	link  string // between it and what follows it in a compound
	forms []string
}

// vocabulary is the language that documents are written in.
type vocabulary struct {
	forms  []string
	lemmas [][2]uint16 // first form, and the one behind the last
	draws  []uint16    // form numbers, each as often as its share
	of     []uint16    // lemma by form
	small  []uint8     // function words, each as often as its share
}

// newVocabulary makes the language of a seed: real and made-up stems, inflected, and compounds of them.
func newVocabulary(seed uint64) *vocabulary {
	r := rand.New(rand.NewPCG(seed, 0))
	taken := map[string]bool{}
	for _, w := range functionWords {
		taken[w] = true
	}
	var lemmas []lemma
	forms := 0
	add := func(l lemma) {
		for _, f := range inflect(l.stem, l.class) {
			if !taken[f] && forms < vocabularyForms {
				taken[f] = true
				l.forms = append(l.forms, f)
				forms++
			}
		}
		if len(l.forms) > 0 {
			lemmas = append(lemmas, l)
		}
	}
	known := 0
	for line := range strings.Lines(strings.TrimSpace(realStems)) {
		words := strings.Fields(line)
		for _, w := range words[1:] {
			add(lemma{stem: w, class: words[0][0], link: linkOf(r, w)})
			known++
		}
	}
	for range madeStems {
		add(madeUp(r))
	}
	// Compounds are made of the commoner words more often, as a language does.
	simple := lemmas[:len(lemmas):len(lemmas)]
	nouns := make([]int, 0, len(simple))
	for i, l := range simple {
		if l.class != 'v' && l.class != 'a' {
			nouns = append(nouns, i)
		}
	}
	pick := func() *lemma {
		f := r.Float64()
		return &simple[nouns[int(f*f*float64(len(nouns)))]]
	}
	for forms < vocabularyForms {
		first, last := pick(), pick()
		if first == last {
			continue
		}
		add(lemma{stem: first.stem + first.link + last.stem, class: last.class})
	}
	return lemmasToVocabulary(r, lemmas, known, len(simple))
}

// lemmasToVocabulary ranks the lemmas by chance, real words towards the front and compounds towards the end, and gives each form its share.
func lemmasToVocabulary(r *rand.Rand, lemmas []lemma, known, simple int) *vocabulary {
	type ranked struct {
		key float64
		lemma
	}
	order := make([]ranked, len(lemmas))
	for i, l := range lemmas {
		key := r.Float64()
		switch {
		case i < known:
			key *= 0.1
		case i >= simple:
			key = 0.2 + 0.8*key
		}
		order[i] = ranked{key, l}
	}
	sortBy(order, func(x ranked) float64 { return x.key })
	v := &vocabulary{}
	var shares []float64
	for rank, l := range order {
		first := uint16(len(v.forms))
		weight := math.Pow(float64(rank)+zipfShift, -zipfPower)
		for i, f := range l.forms {
			v.forms = append(v.forms, f)
			v.of = append(v.of, uint16(rank))
			shares = append(shares, weight*formShare(i))
		}
		v.lemmas = append(v.lemmas, [2]uint16{first, uint16(len(v.forms))})
	}
	v.draws = drawTable[uint16](shares, drawSlots)
	small := make([]float64, len(functionWords))
	for i := range small {
		small[i] = 1 / float64(i+2)
	}
	v.small = drawTable[uint8](small, 1<<12)
	return v
}

// formShare is the share of a lemma's i-th form: the bare word most.
func formShare(i int) float64 { return 0.45 / float64(1+i) }

// drawTable lists numbers, each about as often as its share, so that drawing one is looking up a random slot.
func drawTable[N uint8 | uint16](shares []float64, slots int) []N {
	sum := 0.0
	for _, s := range shares {
		sum += s
	}
	var out []N
	for i, s := range shares {
		for range max(1, int(s/sum*float64(slots))) {
			out = append(out, N(i))
		}
	}
	return out
}

// madeUp is a word that sounds Danish.
func madeUp(r *rand.Rand) lemma {
	stem := one(r, onsets) + one(r, vowels)
	for range []int{0, 0, 1, 1, 1, 2}[r.IntN(6)] {
		stem += one(r, medials) + one(r, vowels)
	}
	stem += one(r, codas)
	switch n := r.IntN(100); {
	case n < 30:
		return lemma{stem: stem, class: 'c', link: linkOf(r, stem)}
	case n < 42:
		return lemma{stem: stem + one(r, []string{"else", "ning", "hed", "dom"}), class: 'c', link: "s"}
	case n < 58:
		return lemma{stem: stem, class: 'n', link: linkOf(r, stem)}
	case n < 64:
		return lemma{stem: stem + "er", class: 'p'}
	case n < 84:
		return lemma{stem: stem, class: 'v'}
	}
	return lemma{stem: stem + one(r, []string{"", "ig", "som", "lig"}), class: 'a'}
}

func one(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

// linkOf is how a word is joined to what follows it: mostly bare, else with s or e.
func linkOf(r *rand.Rand, stem string) string {
	last, _ := utf8.DecodeLastRuneInString(stem)
	switch n := r.IntN(10); {
	case n < 6 || last == 'e' || last == 's':
		return ""
	case n < 9:
		return "s"
	}
	return "e"
}

// inflect returns a word's forms, the commonest first. It follows the regular patterns and no exceptions.
func inflect(stem string, class byte) []string {
	endings := map[byte][]string{
		'c': {"", "en", "er", "erne", "ens"},
		'n': {"", "et", "er", "erne", "ets"},
		'p': {"", "en", "e", "ne", "nes"},
		'v': {"er", "e", "ede", "et", "ende"},
		'a': {"", "e", "t"},
	}[class]
	if strings.HasSuffix(stem, "e") {
		endings = map[byte][]string{
			'c': {"", "n", "r", "rne", "ns"},
			'n': {"", "t", "r", "rne", "ts"},
			'p': {"", "n", "r", "ne", "ns"},
			'v': {"r", "", "de", "t", "nde"},
			'a': {"", "re"},
		}[class]
	}
	forms := make([]string, len(endings))
	for i, e := range endings {
		forms[i] = stem + e
	}
	return forms
}
