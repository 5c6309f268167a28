package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"floodmark/internal/model"
	"floodmark/internal/report/seal"
)

// recomputeFunc recomputes from the inputs again with the settings of a report and
// returns the result sealed in its full form.
type recomputeFunc func(ctx context.Context, s model.Settings, paths []string) ([]byte, error)

// verifyCommand checks a report's hashes and signature and, where inputs are
// given, computes it again.
func verifyCommand(recompute recomputeFunc) *cobra.Command {
	var keyFile string
	c := &cobra.Command{
		Use:   "verify REPORT [INPUT...]",
		Short: "Verify the hashes and signature of a report and recompute it from its inputs",
		Long: "REPORT is the output of floodmark analyze --json or an incident report of a server, full or redacted; - reads standard input.\n" +
			"An incident report of a server is verified but not recomputed, because it is based on data sampled at run time.\n" +
			"The first line states whether the report is about synthetic traffic. Exit codes: 0 verified, 1 verification failed, 2 unreadable.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			report, err := readReport(c.InOrStdin(), args[0])
			if err != nil {
				return &exitError{exitUsage, err}
			}
			key, err := readPublicKey(keyFile)
			if err != nil {
				return &exitError{exitUsage, err}
			}
			checks := seal.Verify(report, key)
			checks = slices.Insert(checks, len(checks)-1, again(c.Context(), report, args[1:], recompute))
			return printChecks(c.OutOrStdout(), args[0], checks)
		},
	}
	c.Flags().StringVar(&keyFile, "key", "", "the signer's Ed25519 public key, PEM `FILE`")
	return c
}

func readReport(stdin io.Reader, path string) ([]byte, error) {
	r := stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	b, err := io.ReadAll(io.LimitReader(r, seal.MaxReport+1))
	if err != nil {
		return nil, fmt.Errorf("read report %s: %w", path, err)
	}
	return b, nil
}

func readPublicKey(path string) (ed25519.PublicKey, error) {
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := seal.ParsePublicKey(b)
	if err != nil {
		return nil, fmt.Errorf("--key %s: %w", path, err)
	}
	return key, nil
}

// again computes the report a second time from the inputs given.
func again(ctx context.Context, report []byte, paths []string, recompute recomputeFunc) seal.Check {
	c := seal.Check{Name: "recomputed", State: seal.Unchecked}
	doc, err := seal.Decode(report)
	switch {
	case err == nil && ofServer(doc):
		c.Text = "cannot be done from outside: the report rests on " + rests(doc) + " that a running server kept, not on files; what it says is covered by the root and the signature"
		return c
	case len(paths) == 0:
		c.Text = "no inputs given: name the recordings after the report to compute it again"
		return c
	case err != nil:
		c.Text = "the report cannot be read"
		return c
	}
	if doc.Integrity != nil {
		for path := range doc.Integrity.Suppressed {
			if strings.HasPrefix(path, "/settings/") {
				c.Text = "a setting is withheld in the redacted form: ask for the full report"
				return c
			}
		}
	}
	sealed, err := recompute(ctx, doc.Settings, paths)
	if err != nil {
		c.State, c.Text = seal.Fails, "the inputs cannot be analyzed: "+err.Error()
		return c
	}
	return seal.Recomputed(report, sealed)
}

// ofServer reports whether a report is not about files, so that nobody else can
// have what it was computed from.
func ofServer(doc *model.Analysis) bool {
	return doc.Outage != nil || len(doc.Inputs) > 0 && !slices.ContainsFunc(doc.Inputs, func(in model.Input) bool { return in.Format != "live" })
}

// rests says what such a report was computed from.
func rests(doc *model.Analysis) string {
	seen := slices.ContainsFunc(doc.Inputs, func(in model.Input) bool { return in.Records > 0 })
	switch {
	case doc.Outage == nil:
		return "samples of traffic"
	case !seen:
		return "reports and probes"
	}
	return "reports, probes and samples of traffic"
}

var checkMarks = map[seal.State]string{seal.Holds: "✓", seal.Fails: "✗", seal.Unchecked: "–", seal.Note: "·"}

func printChecks(w io.Writer, name string, checks []seal.Check) error {
	for _, c := range checks {
		if _, err := fmt.Fprintf(w, "%s %-11s %-11s %s\n", checkMarks[c.State], c.Name, c.State, c.Text); err != nil {
			return &exitError{exitFailed, err}
		}
	}
	if seal.Failed(checks) {
		return &exitError{exitFailed, errors.New(name + " does not verify")}
	}
	return nil
}
