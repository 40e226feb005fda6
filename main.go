// Vidensbank is a search engine for practice examples: what Danish public workplaces did about stress, well-being, volunteers and the rest of the
// working environment, and what came of it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/vidensbank/vidensbank/corpus"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// Exit codes, as the shell sees them.
const (
	exitOK    = 0
	exitFault = 1 // the work failed, or check found faults
	exitUsage = 2 // the command line is wrong
)

// errUsage wraps errors of the command line.
type errUsage struct{ error }

// errShown ends a command whose fault has been printed.
var errShown = errors.New("shown")

// run is the program: it joins the rooms, and is the only place that knows them all. It returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return runContext(ctx, args, stdin, stdout, stderr)
}

func runContext(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:           "vidensbank",
		Short:         "Search practice examples on the working environment of Danish public workplaces",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return errUsage{fmt.Errorf("%w\nsee 'vidensbank %s --help'", err, c.Name())}
	})
	root.AddCommand(serveCommand(), indexCommand(), searchCommand(), checkCommand(), analyzeCommand(), evalCommand(), versionCommand())
	err := root.ExecuteContext(ctx)
	var usage errUsage
	var faults *corpus.FaultsError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errShown):
		return exitFault
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(stderr, "vidensbank: stopped")
		return exitFault
	case errors.As(err, &faults):
		fmt.Fprintln(stderr, err)
		fmt.Fprintf(stderr, "vidensbank: %d faults in the corpus; nothing was changed\n", len(faults.Faults))
		return exitFault
	case errors.As(err, &usage) || isUsage(err):
		fmt.Fprintln(stderr, "vidensbank:", err)
		return exitUsage
	}
	fmt.Fprintln(stderr, "vidensbank:", err)
	return exitFault
}

// isUsage recognises cobra's own complaints about commands and arguments, which have no type.
func isUsage(err error) bool {
	for _, begin := range []string{"unknown command", "accepts ", "requires ", "required flag", "unknown flag"} {
		if len(err.Error()) >= len(begin) && err.Error()[:len(begin)] == begin {
			return true
		}
	}
	return false
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: `  vidensbank version`,
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(c.OutOrStdout(), "vidensbank", version())
			return err
		},
	}
}

// version is the module's, as the Go tool stamped it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return developmentVersion
	}
	return info.Main.Version
}

// developmentVersion is what a build from a checkout calls itself.
const developmentVersion = "1.0.0-dev"
