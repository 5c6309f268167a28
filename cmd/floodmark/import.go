package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"floodmark/internal/app/live"
)

// importCommand teaches a running server what was usual.
func importCommand() *cobra.Command {
	var data string
	var reports bool
	c := &cobra.Command{
		Use: "import FILE.csv", Short: "Teach a running server what people reported before", Args: cobra.ExactArgs(1),
		Long: "Reads counts of 15 minutes (columns service, time, count and, if wanted, component) or, with --reports, single\n" +
			"reports (service, time, component, kind, country) of the time before the server's own, oldest first, and has a\n" +
			"running server learn from them what is usual. Nothing is told of incidents in them. Do it before people report.",
		RunE: func(c *cobra.Command, args []string) error {
			f, err := os.Open(args[0])
			if err != nil {
				return usage("import: %v", err)
			}
			defer f.Close()
			return importFile(c.OutOrStdout(), f, data, reports)
		},
	}
	c.Flags().StringVar(&data, "data", "data", "directory of the server's data")
	c.Flags().BoolVar(&reports, "reports", false, "the file holds single reports, not counts")
	return c
}

func importFile(out io.Writer, f *os.File, data string, reports bool) error {
	url := "http://control/import"
	if reports {
		url += "?form=reports"
	}
	res, err := control(data).Post(url, "text/csv", f)
	if err != nil {
		return &exitError{exitFailed, fmt.Errorf("import: no server answers in %s (%w); start it, or give its directory by --data", data, errors.Unwrap(err))}
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(io.LimitReader(res.Body, 4096))
		return usage("import %s: %s", f.Name(), strings.TrimSpace(string(b)))
	}
	var told live.Imported
	if err := json.NewDecoder(res.Body).Decode(&told); err != nil {
		return &exitError{exitFailed, fmt.Errorf("import: %w", err)}
	}
	for _, e := range told.Errors {
		fmt.Fprintf(out, "%s: %s\n", f.Name(), e)
	}
	if len(told.Unknown) > 0 {
		fmt.Fprintf(out, "%s: no such services: %s\n", f.Name(), strings.Join(told.Unknown, ", "))
	}
	fmt.Fprintf(out, "%s: %d lines, %d taken, %d skipped, %d not before what the server has seen\n", f.Name(), told.Lines, told.Taken, told.Skipped, told.Late)
	if told.Taken == 0 || told.Late >= told.Taken {
		return usage("import %s: nothing was learnt", f.Name())
	}
	return nil
}
