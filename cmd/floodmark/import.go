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

	"floodmark/internal/userreports"
)

// importCommand imports report history into a running server.
func importCommand() *cobra.Command {
	var data string
	var reports bool
	c := &cobra.Command{
		Use: "import FILE.csv", Short: "Import report history to train baselines", Args: cobra.ExactArgs(1),
		Long: "Trains the baselines of a running server with older data, oldest rows first: counts per 15 minutes (columns service,\n" +
			"time, count and optionally component) or, with --reports, individual reports (service, time, component, kind,\n" +
			"country). Incidents in the history raise no alerts. Import the history before the server receives reports.",
		RunE: func(c *cobra.Command, args []string) error {
			f, err := os.Open(args[0])
			if err != nil {
				return usage("import: %v", err)
			}
			defer f.Close()
			return importFile(c.OutOrStdout(), f, data, reports)
		},
	}
	c.Flags().StringVar(&data, "data", "data", "data directory of the server")
	c.Flags().BoolVar(&reports, "reports", false, "the file contains individual reports instead of counts")
	return c
}

func importFile(out io.Writer, f *os.File, data string, reports bool) error {
	url := "http://control/import"
	if reports {
		url += "?form=reports"
	}
	res, err := control(data).Post(url, "text/csv", f)
	if err != nil {
		return &exitError{exitFailed, fmt.Errorf("import: no server is running in %s (%w); start it, or set its data directory with --data", data, errors.Unwrap(err))}
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(io.LimitReader(res.Body, 4096))
		return usage("import %s: %s", f.Name(), strings.TrimSpace(string(b)))
	}
	var result userreports.Imported
	if err := json.NewDecoder(res.Body).Decode(&result); err != nil {
		return &exitError{exitFailed, fmt.Errorf("import: %w", err)}
	}
	for _, e := range result.Errors {
		fmt.Fprintf(out, "%s: %s\n", f.Name(), e)
	}
	if len(result.Unknown) > 0 {
		fmt.Fprintf(out, "%s: unknown services: %s\n", f.Name(), strings.Join(result.Unknown, ", "))
	}
	fmt.Fprintf(out, "%s: %d lines, %d imported, %d skipped, %d too recent\n", f.Name(), result.Lines, result.Taken, result.Skipped, result.Late)
	if result.Taken == 0 || result.Late >= result.Taken {
		return usage("import %s: nothing was imported", f.Name())
	}
	return nil
}
