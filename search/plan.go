package search

import "context"

// Plan is a query made ready for any engine: what to look for, in which field, with what weight. It's a plain value; the analysis
// of language ends here.
type Plan struct {
	Words   []PlanWord
	Not     []PlanWord // documents that match one of these are out
	Phrases [][]string // runs of bases; all of them must stand in a document
	Filters map[string][]string
	Facets  []string // counted under the query and every other facet's filter
	Sort    Sort
	Offset  int
	Limit   int
}

// PlanWord is one word of the query with everything that may stand for it. Its alternatives are fields of one word in the sense of BM25F:
// their weighted frequencies add up before they saturate, and it counts once.
type PlanWord struct {
	Text         string // as typed
	Alternatives []Alternative
	Docs         float64 // how many documents have it or an equal of it: what its rarity is judged by
	Required     bool
}

// Alternative is a way to match a word: a document has it if it has all Terms in Field.
type Alternative struct {
	Field  Field
	Terms  []string
	Weight float64 // of one occurrence, that of the word itself being 1
	How    How
}

// Field names what an alternative is looked up in. A facet's name is a field too: its terms are values.
type Field string

// The fields.
const (
	FieldExact Field = "exact" // normal forms
	FieldStem  Field = "stem"  // bases
	FieldPart  Field = "part"  // bases of parts of compounds
	FieldAny   Field = "any"   // stem or part
)

// How says by what right an alternative stands for its word.
type How string

// The ways to match.
const (
	HowExact    How = "exact"
	HowStem     How = "stem"
	HowPart     How = "part"
	HowSynonym  How = "synonym"
	HowSpelling How = "spelling"
	HowFacet    How = "facet"
	HowNearness How = "nearness"
	HowTitle    How = "title"
)

// Answer is what an engine finds for a Plan.
type Answer struct {
	Total    int
	Matches  []Match // from Plan.Offset, at most Plan.Limit
	Facets   []Facet
	WordDocs []int // by Plan.Words: how many documents each word has, whatever the filters
}

// Match is a found document, by the engine's number for it.
type Match struct {
	Doc   uint32
	Score float64
}

// Term is an entry of an engine's dictionary.
type Term struct {
	Text string
	Docs int
}

// Engine executes plans on one generation. All methods are safe for any number of goroutines.
type Engine interface {
	// Execute finds, counts and ranks. It ends early with the context's error.
	Execute(ctx context.Context, p *Plan) (*Answer, error)
	// Explain says what each word of the plan adds to a document's score.
	Explain(ctx context.Context, p *Plan, doc uint32) ([]Matched, error)
	// Frequency is the number of documents with a term in a field.
	Frequency(f Field, term string) (int, error)
	// Near returns words of the index (normal forms) within an edit distance of 1 or 2, at most limit of them.
	Near(ctx context.Context, word string, distance, limit int) ([]Term, error)
	// Document returns what is stored of a document.
	Document(doc uint32) (*Document, error)
	// Find returns the number of the document with an id.
	Find(id string) (uint32, bool, error)
	// Values are a facet's values with their counts over all documents, by value.
	Values(facet string) []FacetValue
	// Status names the generation.
	Status() Status
}
