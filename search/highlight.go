package search

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vidensbank/vidensbank/analyzers"
)

const (
	// passageRunes is how long a result's passage is: two to three lines of a result list.
	passageRunes = 220
	// maxMatched is how many differing words a hit names.
	maxMatched = 3
)

// marker knows which words of a text a plan matches. It works on the stored text with the analysis that made the index, so that no
// engine's offsets matter.
type marker struct {
	analyzer *analyzers.Analyzer
	exact    map[string]uint32 // normal form -> words of the plan, as bits
	stem     map[string]uint32
	part     map[string]uint32
	typed    map[string]bool // bases of the words as typed
}

func newMarker(a *analyzers.Analyzer, p *Plan) *marker {
	m := &marker{analyzer: a, exact: map[string]uint32{}, stem: map[string]uint32{}, part: map[string]uint32{}, typed: map[string]bool{}}
	for i, w := range p.Words {
		bit := uint32(1) << min(i, 31)
		if info := a.Word(w.Text); info != nil {
			m.typed[info.Base] = true
		}
		for _, alt := range w.Alternatives {
			if alt.Weight <= weightLone && alt.How != HowSpelling { // too weak to be shown as a reason
				continue
			}
			for _, t := range alt.Terms {
				switch alt.Field {
				case FieldExact:
					m.exact[t] |= bit
				case FieldStem:
					m.stem[t] |= bit
				case FieldPart:
					m.part[t] |= bit
				case FieldAny:
					m.stem[t] |= bit
					m.part[t] |= bit
				}
			}
		}
	}
	return m
}

// match returns the plan's words that a word of the text stands for, and whether it differs from what was typed.
func (m *marker) match(w *analyzers.Word) (bits uint32, differs bool) {
	if w == nil || w.Stop {
		return 0, false
	}
	bits = m.exact[w.Normal] | m.stem[w.Base]
	for _, k := range w.Keys {
		bits |= m.part[k]
	}
	return bits, !m.typed[w.Base]
}

// found is a matching word of a text.
type found struct {
	start, end int
	bits       uint32
	differs    bool
	normal     string
}

func (m *marker) find(text string) []found {
	var out []found
	analyzers.Tokenize(text, func(t analyzers.Token) bool {
		w := m.analyzer.Word(t.Text)
		if bits, differs := m.match(w); bits != 0 {
			out = append(out, found{t.Start, t.End, bits, differs, w.Normal})
		}
		return true
	})
	return out
}

// mark returns text[from:to] as safe HTML with the matching words in <mark>.
func mark(text string, from, to int, words []found) string {
	var b strings.Builder
	at := from
	for _, w := range words {
		if w.start < from || w.end > to {
			continue
		}
		b.WriteString(html.EscapeString(text[at:w.start]))
		b.WriteString("<mark>")
		b.WriteString(html.EscapeString(text[w.start:w.end]))
		b.WriteString("</mark>")
		at = w.end
	}
	b.WriteString(html.EscapeString(text[at:to]))
	return b.String()
}

// highlight makes a hit's title and best passage, and names the words that matched though they differ from the query's.
func (m *marker) highlight(d *Document) (Highlight, []string) {
	title := m.find(d.Title)
	h := Highlight{Title: mark(d.Title, 0, len(d.Title), title)}
	texts := make([]string, 0, len(d.Sections)+1)
	texts = append(texts, d.Summary)
	for _, s := range d.Sections {
		texts = append(texts, plainText(s.Body))
	}
	var matched []string
	name := func(words []found) {
		for _, w := range words {
			if w.differs && len(matched) < maxMatched && !contains(matched, w.normal) {
				matched = append(matched, w.normal)
			}
		}
	}
	name(title)
	best, bestScore := 0, -1.0
	var bestAt passage
	var bestWords []found
	for i, text := range texts {
		words := m.find(text)
		name(words)
		p := bestPassage(text, words)
		if i == 0 {
			p.score += 0.1 // of equals, the summary
		}
		if p.score > bestScore && text != "" {
			best, bestScore, bestAt, bestWords = i, p.score, p, words
		}
	}
	if bestScore >= 0 {
		h.Text = mark(texts[best], bestAt.from, bestAt.to, bestWords)
		if bestAt.from > 0 {
			h.Text = "… " + h.Text
		}
		if bestAt.to < len(texts[best]) {
			h.Text += " …"
		}
	}
	return h, matched
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}

type passage struct {
	from, to int
	score    float64
}

// bestPassage is the stretch of a text with the most different words of the query, as long as a passage may be, from the beginning of
// a sentence where one is near.
func bestPassage(text string, words []found) passage {
	if utf8.RuneCountInString(text) <= passageRunes {
		return passage{0, len(text), distinct(words)}
	}
	best := passage{from: 0, to: cutAt(text, 0), score: 0}
	for i := range words {
		from := sentenceStart(text, words[i].start)
		to := cutAt(text, from)
		j := i
		for j < len(words) && words[j].end <= to {
			j++
		}
		if score := distinct(words[i:j]); score > best.score {
			best = passage{from, to, score}
		}
	}
	return best
}

// distinct counts a passage's different words of the query, and a little for each repetition.
func distinct(words []found) float64 {
	var all uint32
	score := 0.0
	for _, w := range words {
		if w.bits&^all != 0 {
			score++
		} else {
			score += 0.05
		}
		all |= w.bits
	}
	return score
}

// sentenceStart goes back from at to the beginning of its sentence, or of a word some 60 letters before.
func sentenceStart(text string, at int) int {
	const back = 90
	low := max(0, at-back)
	for i := at; i > low; i-- {
		if i >= 2 && text[i-1] == ' ' && strings.IndexByte(".!?:", text[i-2]) >= 0 {
			return i
		}
	}
	if low == 0 {
		return 0
	}
	low = max(low, at-60)
	if i := strings.IndexByte(text[low:at], ' '); i >= 0 {
		return low + i + 1
	}
	return at
}

// cutAt is where a passage from an offset ends: at a word's end within passageRunes.
func cutAt(text string, from int) int {
	n, space := 0, -1
	for i, r := range text[from:] {
		if n == passageRunes {
			if space > 0 {
				return from + space
			}
			return from + i
		}
		if unicode.IsSpace(r) {
			space = i
		}
		n++
	}
	return len(text)
}

// plainText takes the marks of Markdown that our cases use out of a text: list bullets, emphasis, links, line breaks.
func plainText(markdown string) string {
	var b strings.Builder
	b.Grow(len(markdown))
	for line := range strings.Lines(markdown) {
		line = strings.TrimSpace(line)
		line = strings.TrimLeft(line, "#>")
		for _, bullet := range []string{"- ", "* ", "+ "} {
			line = strings.TrimPrefix(strings.TrimSpace(line), bullet)
		}
		if line == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strings.NewReplacer("**", "", "__", "").Replace(line))
	}
	return b.String()
}
