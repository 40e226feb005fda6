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
