package indexer

import (
	"encoding/json"
	"fmt"

	index "github.com/blevesearch/bleve_index_api"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/vidensbank/vidensbank/analyzers"
	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/internal/schema"
)

// maxTitleKey bounds a title's collation key, in bytes: titles that agree so far (some 30 letters) stay in the corpus' order.
const maxTitleKey = 64

// document is one case on its way into Bleve: an index.Document whose terms are ready made.
type document struct {
	id     string
	fields []index.Field
}

var _ index.Document = (*document)(nil)

func (d *document) ID() string                                 { return d.id }
func (d *document) Size() int                                  { return len(d.id) }
func (d *document) VisitComposite(index.CompositeFieldVisitor) {}
func (d *document) HasComposite() bool                         { return false }
func (d *document) NumPlainTextBytes() uint64                  { return 0 }
func (d *document) StoredFieldsBytes() uint64                  { return 0 }
func (d *document) Indexed() bool                              { return true }

func (d *document) VisitFields(visit index.FieldVisitor) {
	for _, f := range d.fields {
		visit(f)
	}
}

// AddIDField adds the field by which Bleve knows a document.
func (d *document) AddIDField() {
	f := newTermField("_id", index.IndexField|index.StoreField, 1)
	f.value = []byte(d.id)
	f.add(d.id)
	d.fields = append(d.fields, f)
}

// termField is a field made of terms, each once per document. All frequencies are 1: how often a word occurs is part of its term.
type termField struct {
	name    string
	options index.FieldIndexingOptions
	value   []byte
	terms   index.TokenFrequencies
	backing []index.TokenFreq
}

var _ index.Field = (*termField)(nil)

func newTermField(name string, options index.FieldIndexingOptions, size int) *termField {
	return &termField{
		name:    name,
		options: options,
		terms:   make(index.TokenFrequencies, size),
		backing: make([]index.TokenFreq, 0, size),
	}
}

// add enters a term; size of newTermField bounds how many there are.
func (f *termField) add(term string) {
	if _, ok := f.terms[term]; ok {
		return
	}
	f.backing = append(f.backing, index.TokenFreq{})
	tf := &f.backing[len(f.backing)-1]
	tf.Term = []byte(term)
	tf.SetFrequency(1)
	f.terms[term] = tf
}

func (f *termField) Name() string                                     { return f.name }
func (f *termField) Value() []byte                                    { return f.value }
func (f *termField) ArrayPositions() []uint64                         { return nil }
func (f *termField) EncodedFieldType() byte                           { return 't' }
func (f *termField) Analyze()                                         {}
func (f *termField) Options() index.FieldIndexingOptions              { return f.options }
func (f *termField) AnalyzedTokenFrequencies() index.TokenFrequencies { return f.terms }
func (f *termField) NumPlainTextBytes() uint64                        { return 0 }

// AnalyzedLength is 1 throughout, since lengths are terms of a field of their own; Bleve writes a single posting into the dictionary
// itself only where the length is not 0.
func (f *termField) AnalyzedLength() int { return 1 }

// maker turns cases into documents. It's for one goroutine: its buffers are used again.
type maker struct {
	analyzer *analyzers.Analyzer
	order    *collate.Collator
	keys     collate.Buffer
	exact    map[string]struct{}
	stem     map[string]int
	part     map[string]struct{}
	forward  []byte // hashes of the batch's documents, one behind the other
	lengths  []int  // words of each document of the batch, breaks included
	words    int64
}

func newMaker(a *analyzers.Analyzer) *maker {
	return &maker{
		analyzer: a,
		order:    collate.New(language.Danish),
		exact:    make(map[string]struct{}),
		stem:     make(map[string]int),
		part:     make(map[string]struct{}),
	}
}

// document makes a case's document, and appends its words to the batch's forward data.
func (m *maker) document(c *corpus.Case) (*document, error) {
	clear(m.exact)
	clear(m.stem)
	clear(m.part)
	start, length := len(m.forward), 0
	length += m.text(c.Title, schema.TitleWeight)
	length += m.text(c.Summary, schema.SummaryWeight)
	for _, s := range c.Sections {
		length += m.text(s.Heading, 0)
		length += m.text(s.Body, schema.BodyWeight)
	}
	for _, t := range append([]string{c.Organisation, c.Workplace}, c.Tools...) {
		length += m.text(t, schema.BodyWeight)
	}
	m.lengths = append(m.lengths, (len(m.forward)-start)/schema.HashBytes)
	m.words += int64(length)

	stored := stored(c)
	source, err := json.Marshal(stored)
	if err != nil {
		return nil, fmt.Errorf("case %s: %w", c.ID, err)
	}
	d := &document{id: c.ID, fields: make([]index.Field, 0, 8+len(schema.Facets))}
	exact := newTermField(schema.FieldExact, index.IndexField, len(m.exact))
	for t := range m.exact {
		exact.add(t)
	}
	stem := newTermField(schema.FieldStem, index.IndexField, 2*len(m.stem))
	for t, tf := range m.stem {
		stem.add(t)
		if level := schema.Level(tf); level > 0 {
			stem.add(schema.StemTerm(t, level))
		}
	}
	part := newTermField(schema.FieldPart, index.IndexField, len(m.part))
	for t := range m.part {
		part.add(t)
	}
	size := newTermField(schema.FieldLength, index.IndexField, 1)
	size.add(string([]byte{schema.EncodeLength(length)}))
	order := newTermField(schema.FieldOrder, index.IndexField, 1)
	order.add(m.titleKey(c.Title))
	src := newTermField(schema.FieldSource, index.StoreField, 0)
	src.value = source
	d.fields = append(d.fields, exact, stem, part, size, order, src)
	for _, facet := range schema.Facets {
		values := stored.Values(facet)
		f := newTermField(facet, index.IndexField, len(values))
		for _, v := range values {
			f.add(v)
		}
		d.fields = append(d.fields, f)
	}
	d.AddIDField()
	return d, nil
}

// text analyses a piece of a case, whose words count weight times, and returns how many they are. Every piece ends with a break. A weight of 0
// (headings, the same in every case) leaves only the break.
func (m *maker) text(text string, weight int) int {
	n := 0
	if weight > 0 {
		analyzers.Tokenize(text, func(t analyzers.Token) bool {
			w := m.analyzer.Word(t.Text)
			if w == nil {
				return true
			}
			n++
			h := schema.Hash(w.Base)
			m.forward = append(m.forward, byte(h), byte(h>>8), byte(h>>16))
			if w.Stop {
				return true
			}
			m.exact[w.Normal] = struct{}{}
			m.stem[w.Base] += weight
			for _, k := range w.Keys {
				m.part[k] = struct{}{}
			}
			return true
		})
	}
	m.forward = append(m.forward, schema.Break, 0, 0)
	return n
}

func (m *maker) titleKey(title string) string {
	m.keys.Reset()
	key := m.order.KeyFromString(&m.keys, title)
	return string(key[:min(len(key), maxTitleKey)])
}

// stored is the case as the index keeps it.
func stored(c *corpus.Case) *schema.Document {
	d := &schema.Document{
		ID: c.ID, Title: c.Title, Summary: c.Summary, Kind: c.Kind, Sector: c.Sector, Themes: c.Themes,
		Municipalities: c.Municipalities, Region: c.Region, Organisation: c.Organisation, Workplace: c.Workplace,
		Year: c.Year, Tools: c.Tools,
		Source: schema.Source{Publisher: c.Source.Publisher, URL: c.Source.URL, More: c.Source.More},
	}
	for _, s := range c.Sections {
		d.Sections = append(d.Sections, schema.Section{Heading: s.Heading, Body: s.Body})
	}
	return d
}
