// Command floodmark is an observatory for outages and DDoS attacks. Each
// subcommand is one file.
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

// exitError adds an exit code to an error.
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
		for _, line := range wrong.Lines() { // editors expect the file name first
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

// oneLine joins the lines of an error message, such as cobra's suggestions.
func oneLine(s string) string {
	return strings.Join(strings.Fields(s), " ")
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "floodmark",
		Short:         "Outage and DDoS observatory with verifiable evidence",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(analyzeCommand(), versionCommand(), verifyCommand(recompute), geoCommand(), scenarioCommand(), demoCommand(), serveCommand(), backtestCommand(), backupCommand(), restoreCommand(), importCommand(), checkCommand(), tokenCommand())
	return root
}
