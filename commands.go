package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/vidensbank/vidensbank/analyzers"
	"github.com/vidensbank/vidensbank/corpus"
	"github.com/vidensbank/vidensbank/indexer"
	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server/web"
)

func (s *sources) flags(c *cobra.Command, require bool) {
	c.Flags().StringVar(&s.corpus, "corpus", "", "a folder of cases or a .jsonl file (default: the embedded cases)")
	c.Flags().StringVar(&s.data, "data", "", "the folder of the index (default: one in the user's cache)")
	c.Flags().StringVar(&s.lexicon, "lexicon", "", "a word list, one word a line, for splitting compounds (Debian: /usr/share/dict/danish)")
	if require {
		for _, f := range []string{"corpus", "data"} {
			if err := c.MarkFlagRequired(f); err != nil {
				panic(err) // a flag that isn't there: a fault of this program
			}
		}
	}
}

func newLog(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}

func indexCommand() *cobra.Command {
	var s sources
	c := &cobra.Command{
		Use:   "index --corpus PATH --data DIR",
		Short: "Build an index generation and publish it",
		Long: `Build an index of a corpus and make it the one that serves. A server that runs on the same data folder changes to it by itself.
When the build fails or is interrupted, the old index stays.`,
		Example: `  vidensbank index --corpus corpus/cases --data ./data
  vidensbank index --corpus export.jsonl --data ./data --lexicon /usr/share/dict/danish`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.index(c.Context(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	s.flags(c, true)
	return c
}

func (s sources) index(ctx context.Context, stdout, stderr io.Writer) error {
	start := time.Now()
	cases, err := s.openCorpus()
	if err != nil {
		return err
	}
	for _, w := range cases.Warnings() {
		fmt.Fprintln(stderr, "vidensbank:", w)
	}
	a, err := analyzers.New(analyzers.Options{Lexicon: s.lexicon})
	if err != nil {
		return err
	}
	progress, done := showProgress(stderr, cases.Size())
	m, err := indexer.Build(ctx, cases, indexer.Options{Data: s.data, Analyzer: a, Progress: progress})
	done()
	if err != nil {
		return err
	}
	if err := indexer.Clean(s.data, keptGenerations); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%d cases, %.2f seconds, %d bytes, generation %s\n", m.Cases, time.Since(start).Seconds(), m.Total(), m.Generation)
	return err
}

// longBuild is how many cases make a build worth a progress bar.
const longBuild = 2000

// showProgress draws a bar with rate and remaining time where stderr is a terminal and the build a long one.
func showProgress(stderr io.Writer, cases int) (func(indexer.Progress), func()) {
	f, ok := stderr.(*os.File)
	if !ok || cases < longBuild || !isTerminal(f) {
		return nil, func() {}
	}
	bar := progressbar.NewOptions(cases,
		progressbar.OptionSetWriter(f), progressbar.OptionShowCount(), progressbar.OptionShowIts(),
		progressbar.OptionSetItsString("cases"), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetPredictTime(true))
	return func(p indexer.Progress) {
		if p.Stage == indexer.StageRead {
			_ = bar.Set(p.Done) // a bar that can't be drawn must not end the build
			return
		}
		bar.Describe(p.Stage)
	}, func() { fmt.Fprintln(f) }
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check PATH",
		Short: "Check a corpus and print every fault",
		Long:  "Check a folder of cases, one case, or a .jsonl file. Every fault of every file is printed as file:line: message; the exit code is 1 if there is any.",
		Example: `  vidensbank check corpus/cases
  vidensbank check export.jsonl`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			n, faults, err := corpus.Check(args[0])
			if err != nil {
				return err
			}
			for _, f := range faults {
				fmt.Fprintln(c.OutOrStdout(), f)
			}
			if len(faults) > 0 {
				fmt.Fprintf(c.OutOrStdout(), "%d fejl i %d cases\n", len(faults), n)
				return errShown
			}
			fmt.Fprintf(c.OutOrStdout(), "%d cases uden fejl\n", n)
			return nil
		},
	}
}

// maxAnalyzeLine bounds a line that analyze reads.
const maxAnalyzeLine = 1 << 20

func analyzeCommand() *cobra.Command {
	var asJSON bool
	var lexicon string
	c := &cobra.Command{
		Use:   `analyze [--json] ["tekst"]`,
		Short: "Show what the analysis makes of a text",
		Long: `Show for each word of a text: its normal form, its stem, the parts of a compound, and what else it may be called.
Without an argument, texts are read from standard input, one a line.`,
		Example: `  vidensbank analyze "stressforebyggende samtaler i Århus"
  vidensbank analyze --json < ord.txt`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			a, err := analyzers.New(analyzers.Options{Lexicon: lexicon})
			if err != nil {
				return err
			}
			out := bufio.NewWriter(c.OutOrStdout())
			if len(args) == 1 {
				return errors.Join(analyzeText(a, args[0], asJSON, out), out.Flush())
			}
			in := bufio.NewScanner(c.InOrStdin())
			in.Buffer(make([]byte, 0, 64<<10), maxAnalyzeLine)
			for in.Scan() {
				if err := analyzeText(a, in.Text(), asJSON, out); err != nil {
					return err
				}
			}
			if err := in.Err(); err != nil {
				return errors.Join(fmt.Errorf("reading standard input (a line has at most %d bytes): %w", maxAnalyzeLine, err), out.Flush())
			}
			return out.Flush()
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON array for each text")
	c.Flags().StringVar(&lexicon, "lexicon", "", "a word list, one word a line, for splitting compounds")
	return c
}

// analyzed is what analyze says of a word.
type analyzed struct {
	Word     string   `json:"word"`
	Normal   string   `json:"normal"`
	Stem     string   `json:"stem"`
	Base     string   `json:"base"` // the index' key: the stem, mended
	Parts    []string `json:"parts"`
	Synonyms []string `json:"synonyms"`
	Stop     bool     `json:"stop,omitempty"`
}

func analyzeText(a *analyzers.Analyzer, text string, asJSON bool, out io.Writer) error {
	words := []analyzed{}
	var bases []string
	analyzers.Tokenize(text, func(t analyzers.Token) bool {
		if w := a.Word(t.Text); w != nil {
			words = append(words, analyzed{t.Text, w.Normal, w.Stem, w.Base, slices.Clip(w.Parts), nil, w.Stop})
			bases = append(bases, w.Base)
		}
		return true
	})
	for i := 0; i < len(words); {
		alternatives, n := a.Alternatives(bases[i:])
		for j := i; j < i+max(n, 1); j++ {
			words[j].Synonyms = []string{}
			for _, alt := range alternatives {
				words[j].Synonyms = append(words[j].Synonyms, alt.Text())
			}
			if words[j].Parts == nil {
				words[j].Parts = []string{}
			}
		}
		i += max(n, 1)
	}
	if asJSON {
		e := json.NewEncoder(out)
		e.SetEscapeHTML(false)
		return e.Encode(words)
	}
	for _, w := range words {
		fmt.Fprintf(out, "%-28s normal %s, stamme %s", w.Word, w.Normal, w.Stem)
		if w.Base != w.Stem {
			fmt.Fprintf(out, ", nøgle %s", w.Base)
		}
		if len(w.Parts) > 0 {
			fmt.Fprintf(out, ", led %s", strings.Join(w.Parts, " + "))
		}
		if len(w.Synonyms) > 0 {
			fmt.Fprintf(out, ", også %s", strings.Join(w.Synonyms, ", "))
		}
		if w.Stop {
			fmt.Fprint(out, ", stopord")
		}
		fmt.Fprintln(out)
	}
	return nil
}

func searchCommand() *cobra.Command {
	var s sources
	var asJSON, explain bool
	var size, page int
	var sort string
	filters := map[string]*[]string{}
	c := &cobra.Command{
		Use:   `search "stress forebyggelse"`,
		Short: "Search from the command line",
		Example: `  vidensbank search "stress forebyggelse"
  vidensbank search "frivillige" --theme samskabelse --theme trivsel --sector aeldre-og-sundhed
  vidensbank search --json --explain "sundhedspulje"`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			log := newLog(c.ErrOrStderr(), slog.LevelWarn)
			o, err := s.open(c.Context(), log)
			if err != nil {
				return err
			}
			defer o.service.Close()
			q := search.Query{Text: args[0], Filters: map[string][]string{}, Sort: search.Sort(sort), Page: page, Size: size, Explain: explain}
			for facet, values := range filters {
				for _, v := range *values {
					resolved, err := resolve(o.corpus, facet, v)
					if err != nil {
						return err
					}
					q.Filters[facet] = append(q.Filters[facet], resolved...)
				}
			}
			start := time.Now()
			r, err := o.service.Search(c.Context(), q)
			var invalid *search.InvalidError
			if errors.As(err, &invalid) {
				return errUsage{invalid}
			}
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), q, r, o.corpus, time.Since(start))
			}
			return printResult(c.OutOrStdout(), r, o.corpus)
		},
	}
	s.flags(c, false)
	for _, facet := range search.Facets {
		filters[facet] = c.Flags().StringArray(facet, nil, "only this "+facet+"; may be repeated")
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the answer as the HTTP API gives it")
	c.Flags().BoolVar(&explain, "explain", false, "say for each hit which word matched how, and what it weighed")
	c.Flags().IntVar(&size, "size", 10, fmt.Sprintf("hits on a page, 1 to %d", search.MaxSize))
	c.Flags().IntVar(&page, "page", 1, "page, from 1")
	c.Flags().StringVar(&sort, "sort", "relevance", "relevance, newest or title")
	return c
}

// resolve gives the facet's values that a flag names.
func resolve(c *corpus.Corpus, facet, text string) ([]string, error) {
	if c.OpenTaxonomy() || facet == search.FacetYear {
		return []string{text}, nil
	}
	if values := c.Taxonomy().Resolve(facet, text); len(values) > 0 {
		return values, nil
	}
	return nil, errUsage{fmt.Errorf("--%s %q is unknown; did you mean %q? allowed: %s", facet, text, c.Taxonomy().Nearest(facet, text),
		strings.Join(c.Taxonomy().IDs(facet), ", "))}
}

func printResult(out io.Writer, r *search.Result, c *corpus.Corpus) error {
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "%d af %d eksempler\n", r.Total, r.Cases)
	if r.DidYouMean != nil {
		fmt.Fprintf(w, "Mente du: %s (%d)\n", r.DidYouMean.Text, r.DidYouMean.Total)
	}
	if len(r.Unmatched) > 0 {
		fmt.Fprintf(w, "Intet fundet for: %s\n", strings.Join(r.Unmatched, ", "))
	}
	for _, o := range r.Offers {
		fmt.Fprintf(w, "Kun %s %s: %d\n", strings.ToLower(web.FacetLabel(o.Facet, web.Danish)), c.Taxonomy().Label(o.Facet, o.Value, web.Danish), o.Count)
	}
	for _, v := range r.Relaxed {
		fmt.Fprintf(w, "Uden %s: %d\n", v.Dropped, v.Total)
	}
	for i, h := range r.Hits {
		fmt.Fprintf(w, "\n%2d. %s\n    %s", i+1, h.Title, h.ID)
		for _, part := range []string{strings.Join(h.Municipalities, ", "), h.Workplace} {
			if part != "" {
				fmt.Fprintf(w, " · %s", part)
			}
		}
		if h.Year != 0 {
			fmt.Fprintf(w, " · %d", h.Year)
		}
		fmt.Fprintf(w, " · %.2f\n", h.Score)
		if h.Highlight.Text != "" {
			fmt.Fprintf(w, "    %s\n", unmark.Replace(h.Highlight.Text))
		}
		if len(h.Matched) > 0 {
			fmt.Fprintf(w, "    matcher %s\n", strings.Join(h.Matched, ", "))
		}
		for _, m := range h.Explain {
			fmt.Fprintf(w, "    %6.3f  %-9s %s → %s (vægt %.2f)\n", m.Score, m.How, m.Word, m.Term, m.Weight)
		}
	}
	return w.Flush()
}

// unmark shows a highlight on a terminal.
var unmark = strings.NewReplacer("<mark>", "[", "</mark>", "]", "&lt;", "<", "&gt;", ">", "&amp;", "&", "&#34;", `"`, "&#39;", "'")
