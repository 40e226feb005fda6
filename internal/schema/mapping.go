package schema

import (
	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/mapping"
)

// Mapping tells Bleve's own tools what stands in a generation, so that it opens and searches like any other index: every field is
// made of keywords, since the analysis is ours and done before.
func Mapping() mapping.IndexMapping {
	m := bleve.NewIndexMapping()
	m.DefaultAnalyzer = keyword.Name
	m.DefaultMapping.Dynamic = false
	field := bleve.NewKeywordFieldMapping()
	field.Store, field.IncludeInAll, field.IncludeTermVectors, field.DocValues = false, false, false, false
	for _, name := range append([]string{FieldExact, FieldStem, FieldPart, FieldLength, FieldOrder}, Facets...) {
		m.DefaultMapping.AddFieldMappingsAt(name, field)
	}
	source := bleve.NewKeywordFieldMapping()
	source.Index, source.Store, source.IncludeInAll, source.DocValues = false, true, false, false
	m.DefaultMapping.AddFieldMappingsAt(FieldSource, source)
	return m
}

// ReadOnly are the options with which a generation's Bleve index is opened: it is immutable, and a lock must not make an open wait for
// ever.
var ReadOnly = map[string]any{"read_only": true, "bolt_timeout": "2s"}
