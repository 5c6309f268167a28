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
	"floodmark/internal/detect/eprocess"
)

// backtestCountsCommand judges a table of counts.
func backtestCountsCommand() *cobra.Command {
	var columns counting.Columns
	var promise string
	c := &cobra.Command{
		Use:   "counts --time COLUMN --count COLUMN [--group COLUMN] [--promise WORDS] FILE.csv",
		Short: "Judge any table of counts as reports are judged",
		Long: "Reads a CSV file (or - for standard input) with a column of times and one of counts, and prints a line of JSON for\n" +
			"each bucket with what was expected, the strength of the evidence and the state; the last line is a summary. Rows of\n" +
			"a group are a series of their own. Missing, repeated and unordered buckets are taken as they are.",
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) != 1:
				return usage("backtest counts: name one CSV file, or - for standard input")
			case columns.Time == "" || columns.Count == "":
				return usage("backtest counts: --time and --count name the columns to read")
			}
			p, err := eprocess.ParsePromise(promise)
			if err != nil {
				return usage("--promise: %v", err)
			}
			return backtestCounts(c.InOrStdin(), c.OutOrStdout(), args[0], counting.Options{Columns: columns, Promise: p})
		},
	}
	fl := c.Flags()
	fl.StringVar(&columns.Time, "time", "", "`COLUMN` of times: Unix seconds, milliseconds or nanoseconds, or RFC 3339")
	fl.StringVar(&columns.Count, "count", "", "`COLUMN` of counts")
	fl.StringVar(&columns.Group, "group", "", "`COLUMN` that names the series of a row; without it all rows are one")
	fl.StringVar(&promise, "promise", "1 per year", "most false episodes of each series, in `WORDS`: \"1 per year\", \"1 per year over all series\"")
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

// failing remembers that output could not be written, which is no fault of the
// table.
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
