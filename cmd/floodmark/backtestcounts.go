package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"floodmark/internal/backtest/counting"
	"floodmark/internal/model"
)

// backtestCountsCommand runs the detector of user reports on a table of counts.
func backtestCountsCommand() *cobra.Command {
	var columns counting.Columns
	budget := model.Budget{Max: 1, Per: model.Year}
	c := &cobra.Command{
		Use:   "counts --time COLUMN --count COLUMN [--group COLUMN] [--false-alarm-budget RATE] FILE.csv",
		Short: "Run the outage detector for user reports on a table of counts",
		Long: "Reads a CSV file (or - for standard input) with a time column and a count column. Prints one line of JSON per\n" +
			"bucket with the expected count, the strength of the evidence and the state, and a summary as the last line. Each\n" +
			"value of the group column is a separate series. Buckets may be missing, duplicated or out of order.",
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) != 1:
				return usage("backtest counts: give exactly one CSV file, or - for standard input")
			case columns.Time == "" || columns.Count == "":
				return usage("backtest counts: --time and --count are required")
			}
			return backtestCounts(c.InOrStdin(), c.OutOrStdout(), args[0], counting.Options{Columns: columns, Budget: budget})
		},
	}
	fl := c.Flags()
	fl.StringVar(&columns.Time, "time", "", "`COLUMN` of times: Unix seconds, milliseconds or nanoseconds, or RFC 3339")
	fl.StringVar(&columns.Count, "count", "", "`COLUMN` of counts")
	fl.StringVar(&columns.Group, "group", "", "`COLUMN` with the name of the series; if unset, all rows are one series")
	fl.Var(&budget, "false-alarm-budget", "maximum `RATE` of false alarms: \"1 per year\" (for each series), \"1 per year over all series\"")
	return c
}

func backtestCounts(stdin io.Reader, out io.Writer, name string, o counting.Options) error {
	in := stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			var pe *fs.PathError
			if errors.As(err, &pe) {
				err = pe.Err
			}
			return usage("%s: %v", name, err)
		}
		defer f.Close()
		in = f
	}
	w := bufio.NewWriterSize(out, 64<<10)
	written := &failing{w: w}
	if err := counting.Run(written, in, o); err != nil {
		if written.err != nil {
			return &exitError{exitFailed, err}
		}
		return usage("%s:%v", name, err)
	}
	if err := w.Flush(); err != nil {
		return &exitError{exitFailed, fmt.Errorf("print: %w", err)}
	}
	return nil
}

// failing records a failure to write output, which is not an error in the table.
type failing struct {
	w   io.Writer
	err error
}

func (f *failing) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	if err != nil {
		f.err = err
	}
	return n, err
}
