// Package corpus holds the cases of Vidensbank and the taxonomy they are sorted by: the model, the loader that reads them
// strictly, and the validator that reports every fault. It knows no other package of the project.
package corpus

// Case is one practice example: what a workplace did about its working environment, and what came of it. All strings are
// UTF-8 in NFC. Facet values are the taxonomy's slugs for a folder of Markdown files, and whatever the file says for JSONL.
type Case struct {
	ID             string
	Title          string
	Summary        string
	Kind           string // eksempel, vaerktoej, retningslinje, netvaerk, arrangement; "" when a JSONL line has none
	Sector         string
	Themes         []string
	Municipalities []string // official names
	Region         string   // follows from the municipality where the file gives none
	Organisation   string
	Workplace      string
	Year           int // 0 where the source gives none
	Tools          []string
	Source         Source
	Sections       []Section // in the file's order; JSONL's text is one section without a heading
}

// Source says where a case comes from. URL is empty for the few sources that exist on paper only.
type Source struct {
	Publisher string
	URL       string
	More      []string // further addresses, where the facts come from several pages
}

// Section is a headed part of a case's text. Body is Markdown (plain text for JSONL).
type Section struct {
	Heading string // Udfordring, Indsats, Resultat, Læring, Deltagere, or ""
	Body    string
}
