package eval

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/da"

	"github.com/vidensbank/vidensbank/corpus"
)

// BaselineName is what stock Bleve is called in reports and run files.
const BaselineName = "bleve-da"

// baselineBatch is how many cases are indexed at once, so that a large corpus doesn't stand in memory.
const baselineBatch = 500

// Baseline answers the queries with Bleve as its manual sets it up: the default mapping with the analyzer "da", its default scoring, a match query over
// all fields, which are title, summary and text. The index is made in a folder for temporary files, and removed. Equal scores are ordered by id, so that two runs agree.
func Baseline(ctx context.Context, c *corpus.Corpus, queries []Query) (out *Run, err error) {
	dir, err := os.MkdirTemp("", "vidensbank-baseline-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	mapping := bleve.NewIndexMapping()
	mapping.DefaultAnalyzer = da.AnalyzerName
	index, err := bleve.New(filepath.Join(dir, "index"), mapping)
	if err != nil {
		return nil, fmt.Errorf("the baseline's index: %w", err)
	}
	defer func() { err = errors.Join(err, index.Close()) }()
	if err := baselineIndex(ctx, c, index); err != nil {
		return nil, fmt.Errorf("the baseline's index: %w", err)
	}
	out = &Run{Name: BaselineName, Answers: make(map[string][]string, len(queries))}
	for _, q := range queries {
		request := bleve.NewSearchRequestOptions(bleve.NewMatchQuery(q.Text), Depth, 0, false)
		request.SortBy([]string{"-_score", "_id"})
		r, err := index.SearchInContext(ctx, request)
		if err != nil {
			return nil, fmt.Errorf("the baseline's answer to query %s: %w", q.ID, err)
		}
		for _, h := range r.Hits {
			out.Answers[q.ID] = append(out.Answers[q.ID], h.ID)
		}
	}
	return out, nil
}

func baselineIndex(ctx context.Context, c *corpus.Corpus, index bleve.Index) error {
	batch := index.NewBatch()
	for one, err := range c.Cases(ctx) {
		if err != nil {
			return err
		}
		texts := make([]string, len(one.Sections))
		for i, s := range one.Sections {
			texts[i] = s.Body
		}
		if err := batch.Index(one.ID, map[string]string{"title": one.Title, "summary": one.Summary, "text": strings.Join(texts, "\n\n")}); err != nil {
			return err
		}
		if batch.Size() == baselineBatch {
			if err := index.Batch(batch); err != nil {
				return err
			}
			batch.Reset()
		}
	}
	return index.Batch(batch)
}
