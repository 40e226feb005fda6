// Package schema is the contract between the indexer that writes a generation and the engine that reads it: field names, how a
// number becomes a term, the files of a generation, and the format's version with its history.
//
// A case is one Bleve document. Its words stand in three fields, each with one entry per word and document:
//
//	exact  the normal form                            forebyggende
//	stem   the base; and again with a byte for        forebyg, forebyg\x01
//	       how often, in documents that repeat it
//	part   bases of the parts of its compounds        stress, forebyg   (of stressforebyggende)
//
// How often is the field-weighted count of BM25F, folded at index time: an occurrence in the title counts TitleWeight times, in the
// summary SummaryWeight times. It's kept to a few levels, each a term with a posting list of its own, so that a query reads
// bitmaps and nothing else. The document's length is a term of the field "len" in the same way. Facet values stand in a field each.
package schema

import (
	"math"
	"math/bits"
	"strconv"
)

// Version is the format's. A generation of another version is rebuilt, never read.
//
// History:
//
//	1  exact, stem with levels, part; forward file of 24-bit word hashes
//	2  the bare stem stands for all its documents, levels for those that repeat it
const Version = 2

// Fields of a document in the index.
const (
	FieldExact  = "exact"
	FieldStem   = "stem"
	FieldPart   = "part"
	FieldLength = "len"
	FieldSource = "source"   // stored: the case as JSON
	FieldOrder  = "titlekey" // the title's collation key
)

// Facets are the facet fields, in the order of results.
var Facets = []string{"sector", "theme", "municipality", "region", "kind", "year"}

// Files of a generation, beside Bleve's own folder.
const (
	BleveDir       = "bleve"
	ForwardFile    = "forward.bin"    // every document's words in order, for nearness and phrases
	VocabularyFile = "vocabulary.txt" // words of the corpus that may be parts of compounds
	SuggestFile    = "suggest.json"   // completions
	ManifestFile   = "manifest.json"
)

// Weights of BM25F's fields, in occurrences of the body.
const (
	TitleWeight   = 4
	SummaryWeight = 2
	BodyWeight    = 1
)

// levels are the upper bounds of the frequency levels, and levelTF what each counts as: the saturation of BM25 makes what lies
// between them equal to within a few hundredths.
var (
	levels  = [...]int{1, 2, 4, 8, math.MaxInt}
	levelTF = [...]float32{1, 2, 3.5, 6, 11}
)

// Levels is how many frequency levels there are. Level 0 is the word once: it has no term of its own.
const Levels = len(levels)

// Level returns the level of a weighted frequency of at least 1.
func Level(tf int) byte {
	for i, top := range levels {
		if tf <= top {
			return byte(i)
		}
	}
	return byte(Levels - 1)
}

// LevelTF is the frequency that a level stands for.
func LevelTF(level byte) float32 { return levelTF[level] }

// StemTerm is the term of field stem for a base at a level. At level 0 it's the base itself, with all its documents; above, the documents
// of that level. The level's byte cannot occur in a base.
func StemTerm(base string, level byte) string {
	if level == 0 {
		return base
	}
	return base + string(rune(level))
}

// EncodeLength puts a length in words into one byte, exact up to 8 and within 1/8 above: a float of three bits behind the leading one.
func EncodeLength(n int) byte {
	if n < 8 {
		return byte(max(n, 0))
	}
	shift := bits.Len(uint(n)) - 4
	return byte(min(shift*8+n>>shift, 255))
}

// DecodeLength returns the smallest length that EncodeLength maps to b.
func DecodeLength(b byte) int {
	if b < 8 {
		return int(b)
	}
	shift := (int(b) - 8) / 8
	return (int(b) - shift*8) << shift
}

// Break separates title, summary and sections in the forward file; no word hashes to it.
const Break = 0

// Hash is a base's 24-bit key in the forward file (FNV-1a, folded), never Break. Two words share one with a chance of 1 in 16 million.
func Hash(base string) uint32 {
	h := uint32(2166136261)
	for i := range len(base) {
		h = (h ^ uint32(base[i])) * 16777619
	}
	h = (h >> 24) ^ (h & 0xffffff)
	if h == Break {
		return 1
	}
	return h
}

// HashBytes is the width of a hash in the forward file.
const HashBytes = 3

// Document is a case as the index stores it: all that a page, a card or an export shows.
type Document struct {
	ID             string    `json:"id"`
	Title          string    `json:"title"`
	Summary        string    `json:"summary,omitempty"`
	Kind           string    `json:"kind,omitempty"`
	Sector         string    `json:"sector,omitempty"`
	Themes         []string  `json:"themes,omitempty"`
	Municipalities []string  `json:"municipalities,omitempty"`
	Region         string    `json:"region,omitempty"`
	Organisation   string    `json:"organisation,omitempty"`
	Workplace      string    `json:"workplace,omitempty"`
	Year           int       `json:"year,omitempty"`
	Tools          []string  `json:"tools,omitempty"`
	Source         Source    `json:"source"`
	Sections       []Section `json:"sections,omitempty"`
}

// Source says who published a case, and where.
type Source struct {
	Publisher string   `json:"publisher,omitempty"`
	URL       string   `json:"url,omitempty"`
	More      []string `json:"more,omitempty"`
}

// Section is a headed part of a case; Body is Markdown.
type Section struct {
	Heading string `json:"heading,omitempty"`
	Body    string `json:"body"`
}

// Values returns the document's values of a facet.
func (d *Document) Values(facet string) []string {
	one := func(s string) []string {
		if s == "" {
			return nil
		}
		return []string{s}
	}
	switch facet {
	case "sector":
		return one(d.Sector)
	case "theme":
		return d.Themes
	case "municipality":
		return d.Municipalities
	case "region":
		return one(d.Region)
	case "kind":
		return one(d.Kind)
	case "year":
		if d.Year != 0 {
			return []string{strconv.Itoa(d.Year)}
		}
	}
	return nil
}
