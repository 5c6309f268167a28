// Command floodmark watches outages and attacks and says, with evidence, what
// they are. Each command is one file.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"floodmark/internal/conf"
)

// Exit codes, which scripts rely on.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2 // nothing usable in the input, or a wrong usage
)

// exitError carries the exit code of an error that was already worded.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

func run(ctx context.Context, args []string) int {
	root := rootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	var wrong conf.Problems
	if errors.As(err, &wrong) {
		for _, line := range wrong.Lines() { // they begin with the file, as editors want it
			fmt.Fprintln(os.Stderr, line)
		}
	} else {
		fmt.Fprintln(os.Stderr, "floodmark:", oneLine(err.Error()))
	}
	var e *exitError
	if errors.As(err, &e) {
		return e.code
	}
	return exitUsage
}

// oneLine joins the lines of an error, such as cobra's suggestions.
func oneLine(s string) string {
	return strings.Join(strings.Fields(s), " ")
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "floodmark",
		Short:         "An outage and DDoS observatory whose evidence can be checked",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(analyzeCommand(), versionCommand(), verifyCommand(recompute), geoCommand(), scenarioCommand(), demoCommand(), serveCommand(), backtestCommand(), backupCommand(), restoreCommand(), importCommand(), checkCommand(), tokenCommand())
	return root
}
