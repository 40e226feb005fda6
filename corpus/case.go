// Package corpus holds the cases of Vidensbank and the taxonomy they are sorted by: the model, the loader that reads them
// strictly, and the validator that reports every fault. It knows no other package of the project.
//
// A corpus is one of two things. A folder of Markdown files with YAML front matter is curated: every key, value and heading is
// checked against the taxonomy, its texts against privacy, and it is held in memory. A .jsonl file is a bulk export from elsewhere:
// its facet values are taken as they stand, and it is streamed, never held.
//
// Loading and checking are the same work, so a corpus that [Check] passes is one that [Open] loads, and the other way round.
// Faults are told in Danish, all of them at once, each with its file and line.
//
// Traps: a symbolic link out of the folder isn't followed, and a fault is told for it. Files whose names start with a dot, and files
// that aren't .md, are no cases. Line ends and a byte order mark are the file's own affair: they never reach a Case.
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
	Region         string   // of a folder's case: the one that all its municipalities lie in, or what the file gives without one
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
