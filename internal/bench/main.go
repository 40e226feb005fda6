// Bench measures Vidensbank beside stock Bleve: the same documents, the same queries, in one process and in turns.
//
//	go run ./internal/bench -sizes 1000,10000,100000
//
// The documents are made up from a seed: Danish-looking text of some 250 words a case, with facets of 15, 28 and 98 values. Queries are one to
// three words that 0.2 to 5 % of the documents have. Before anything is timed, totals and facet counts of both engines are held against a count by
// hand, document by document; a wrong one ends the run with exit code 1. The result is Markdown on standard output, as docs/performance.md keeps
// it; progress goes to standard error.
//
// Ours does its whole Danish analysis (compounds, synonyms, spelling), so it finds more than stock Bleve's stemmer does, and its
// times include that. Its result cache is left out. Stock Bleve is asked for ids only.
//
// Times of one run can be compared with each other. Those of two runs can't, unless the machine had nothing else to do.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"github.com/vidensbank/vidensbank/corpus"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o := options{log: stderr}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	sizes := flags.String("sizes", "1000", "numbers of documents, separated by commas")
	flags.IntVar(&o.queries, "queries", 200, "number of queries")
	flags.IntVar(&o.rounds, "rounds", 5, "how often each query is timed; 0 checks the counts and times nothing")
	flags.Uint64Var(&o.seed, "seed", 1, "what documents and queries are made from")
	flags.StringVar(&o.dir, "dir", "", "folder for the indexes, which are removed at the end (default: the system's for temporary files)")
	flags.StringVar(&o.profile, "cpuprofile", "", "folder to write CPU profiles into: of our build and our queries, or of the load")
	underLoad := flags.Bool("load", false, "measure HTTP under load instead, with our engine only")
	seconds := flags.Duration("seconds", 10*time.Second, "how long each load lasts")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	for s := range strings.SplitSeq(*sizes, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || n < minSize {
			return fmt.Errorf("-sizes: %q is no whole number from %d", s, minSize)
		}
		o.sizes = append(o.sizes, n)
	}
	if o.queries < 2 || o.rounds < 0 {
		return errors.New("-queries must be 2 or more, and -rounds 0 or more")
	}
	embedded, err := corpus.Embedded()
	if err != nil {
		return err
	}
	if *underLoad {
		for _, size := range o.sizes {
			if err := measureLoad(ctx, o, size, *seconds, embedded.Taxonomy(), stdout); err != nil {
				return err
			}
		}
		return nil
	}
	var all []*figures
	for _, size := range o.sizes {
		f, err := measureSize(ctx, o, size, embedded.Taxonomy())
		if err != nil {
			return err
		}
		all = append(all, f)
	}
	return report(stdout, o, all)
}

// minSize is the smallest corpus that has words of middling frequency enough.
const minSize = 500
