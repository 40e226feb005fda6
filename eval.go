package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/internal/eval"
)

// evaluation is the flags of eval.
type evaluation struct {
	sources
	judgments string
	set       string
	setGiven  bool
	format    string
	run       string   // a run file to write
	readRuns  []string // run files to judge beside ours
	worst     int
	json      bool
}

func evalCommand() *cobra.Command {
	var e evaluation
	c := &cobra.Command{
		Use:   "eval --judgments DIR",
		Short: "Measure how well judged queries find their cases",
		Long: `Ask every query of a folder of judgments, and print nDCG@10, MRR@10, recall@20, success@1 and the share of queries without a hit, by kind of query and in all,
beside what stock Bleve with its Danish analyzer gives on the same cases.

The folder holds queries*.tsv (header: id, kind, set, query; parted by tabs) and qrels*.txt ("query 0 case grade", grade 0 to 3). With --format trec it holds a set
made by others: queries*.tsv has id and query and no header, and all queries count as one kind.

Tuning looks at the set dev alone: --worst, which names single queries, needs --set.`,
		Example: `  vidensbank eval --judgments corpus/judgments
  vidensbank eval --judgments corpus/judgments --set dev --worst 10
  vidensbank eval --judgments other --format trec --corpus other/docs.jsonl --run ours.run --read-run lucene.run`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			e.setGiven = c.Flags().Changed("set")
			return e.evaluate(c.Context(), c.OutOrStdout(), newLog(c.ErrOrStderr(), slog.LevelWarn))
		},
	}
	e.flags(c, false)
	c.Flags().Lookup("data").Usage = "the folder of the index (default: a temporary one)"
	c.Flags().StringVar(&e.judgments, "judgments", "", "the folder of queries*.tsv and qrels*.txt")
	c.Flags().StringVar(&e.set, "set", eval.SetAll, "dev, test or all")
	c.Flags().StringVar(&e.format, "format", "", "trec for sets made by others, without kinds and sets")
	c.Flags().StringVar(&e.run, "run", "", "write our answers to this file, in TREC's run format")
	c.Flags().StringArrayVar(&e.readRuns, "read-run", nil, "judge the answers in this run file too; may be repeated; with --format trec and no --corpus, judge run files alone")
	c.Flags().IntVar(&e.worst, "worst", 0, "list this many of the worst queries of the set")
	c.Flags().BoolVar(&e.json, "json", false, "print JSON")
	return c
}

// check refuses flags that contradict each other.
func (e *evaluation) check() error {
	sets := []string{eval.SetDev, eval.SetTest, eval.SetAll}
	switch {
	case e.judgments == "":
		return errUsage{errors.New("--judgments is missing: the folder of queries*.tsv and qrels*.txt, such as corpus/judgments")}
	case e.format != string(eval.Own) && e.format != string(eval.TREC):
		return errUsage{fmt.Errorf("--format %q is unknown; allowed: %s", e.format, eval.TREC)}
	case !slices.Contains(sets, e.set):
		return errUsage{fmt.Errorf("--set %q is unknown; allowed: %s", e.set, strings.Join(sets, ", "))}
	case e.format == string(eval.TREC) && e.set != eval.SetAll:
		return errUsage{fmt.Errorf("--set %s: the queries of --format %s have no sets", e.set, eval.TREC)}
	case e.worst < 0:
		return errUsage{fmt.Errorf("--worst %d must be 0 or more", e.worst)}
	case e.worst > 0 && !e.setGiven && e.format != string(eval.TREC):
		return errUsage{errors.New("--worst names single queries: say with --set whose; tuning looks at dev alone")}
	case e.runsAlone() && e.run != "":
		return errUsage{errors.New("--run writes our own answers: it needs --corpus with --format trec")}
	case e.format == string(eval.TREC) && e.corpus == "" && len(e.readRuns) == 0:
		return errUsage{errors.New("--format trec needs --corpus, the documents that were judged, or --read-run")}
	}
	return nil
}

// runsAlone tells that there is no corpus to ask, only run files to judge.
func (e *evaluation) runsAlone() bool {
	return e.format == string(eval.TREC) && e.corpus == "" && len(e.readRuns) > 0
}

func (e *evaluation) evaluate(ctx context.Context, stdout io.Writer, log *slog.Logger) (err error) {
	if err := e.check(); err != nil {
		return err
	}
	var runs []*eval.Run
	var judgments *eval.Judgments
	var queries []eval.Query
	cases := 0
	if e.runsAlone() {
		if judgments, err = eval.Read(e.judgments, eval.Format(e.format), nil); err != nil {
			return err
		}
		queries = judgments.Select(e.set)
	} else {
		if e.data == "" {
			if e.data, err = os.MkdirTemp("", "vidensbank-eval-"); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, os.RemoveAll(e.data)) }()
		}
		o, err := e.open(ctx, log)
		if err != nil {
			return err
		}
		defer o.service.Close()
		ids, err := caseIDs(ctx, o.corpus)
		if err != nil {
			return err
		}
		if judgments, err = eval.Read(e.judgments, eval.Format(e.format), func(id string) bool { return ids[id] }); err != nil {
			return err
		}
		queries = judgments.Select(e.set)
		own, err := eval.Ask(ctx, o.service, queries)
		if err != nil {
			return err
		}
		baseline, err := eval.Baseline(ctx, o.corpus, queries)
		if err != nil {
			return err
		}
		runs = append(runs, own, baseline)
		cases = o.corpus.Size()
		if e.run != "" {
			if err := writeRun(e.run, own, queries); err != nil {
				return err
			}
		}
	}
	if len(queries) == 0 {
		return fmt.Errorf("%s has no queries of the set %s", e.judgments, e.set)
	}
	for _, name := range e.readRuns {
		run, err := eval.ReadRun(name)
		if err != nil {
			return err
		}
		runs = append(runs, run)
	}
	report := eval.NewReport(queries, e.set, runs, e.worst)
	report.Cases = cases
	report.Notes = append(report.Notes, judgments.Notes...)
	if e.json {
		out := json.NewEncoder(stdout)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		return out.Encode(report)
	}
	return report.Write(stdout)
}

// caseIDs are the ids of a corpus, for judgments to be checked against.
func caseIDs(ctx context.Context, c *corpus.Corpus) (map[string]bool, error) {
	ids := make(map[string]bool, c.Size())
	for one, err := range c.Cases(ctx) {
		if err != nil {
			return nil, err
		}
		ids[one.ID] = true
	}
	return ids, nil
}

func writeRun(name string, run *eval.Run, queries []eval.Query) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(run.Write(f, queries), f.Close())
}
