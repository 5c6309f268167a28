package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"floodmark/internal/backtest"
	"floodmark/internal/backtest/replay"
	"floodmark/internal/model"
	"floodmark/internal/settings"
)

// backtestCommand runs the detectors over recorded data.
func backtestCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "backtest",
		Short: "Run the detectors on recorded data and print what they would have detected",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usage("backtest: a subcommand is required: counts or traffic")
		},
	}
	c.AddCommand(backtestTrafficCommand(), backtestCountsCommand())
	return c
}

// backtestFlags are the options of `floodmark backtest traffic`.
type backtestFlags struct {
	replay.Options
	config, truth string
	json          bool
}

func backtestTrafficCommand() *cobra.Command {
	var f backtestFlags
	c := &cobra.Command{
		Use:   "traffic --config FILE [flags] RECORDING...",
		Short: "Replay traffic recordings through a configuration",
		Long: "Replays captures (pcap, pcapng), recorded flow exports, nfdump files and nfdump CSV through the detection pipeline of\n" +
			"floodmark serve and prints the incidents and alarms per day. With a truth file of floodmark scenario it also prints\n" +
			"which attacks were detected, the detection delay, and the false alarms.",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("backtest traffic: name at least one recording, or - for standard input")
			}
			f.Paths, f.Version = args, release
			return backtestTraffic(c.Context(), c.OutOrStdout(), &f)
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.config, "config", "", "configuration `FILE` (default: built-in defaults)")
	fl.StringVar(&f.truth, "truth", "", "truth `FILE` to compare the result with")
	fl.BoolVar(&f.json, "json", false, "print the result as JSON only")
	fl.Uint32Var(&f.Sampling, "sampling", 0, "sampling rate of packet captures (1 in `N` packets); for flow exports see the configuration")
	return c
}

func backtestTraffic(ctx context.Context, out io.Writer, f *backtestFlags) error {
	f.Settings = settings.Default()
	if f.config != "" {
		var err error
		if f.Settings, err = settings.Load(f.config); err != nil {
			return &exitError{exitUsage, err}
		}
	}
	var truth *backtest.Truth
	if f.truth != "" {
		data, err := os.ReadFile(f.truth)
		if err != nil {
			var pe *fs.PathError
			if errors.As(err, &pe) {
				err = pe.Err
			}
			return usage("--truth %s: %v", f.truth, err)
		}
		if truth, err = backtest.ReadTruth(data); err != nil {
			return usage("--truth %s: %v", f.truth, err)
		}
	}
	line := newProgress(os.Stderr)
	f.Progress = line.show
	stated, err := replay.Run(ctx, &f.Options)
	line.clear()
	if err != nil {
		return analysisError(ctx, err)
	}
	d := backtest.Assess(stated, truth)
	d.Tool, d.Config = model.Tool{Name: "floodmark", Version: release}, f.config
	if !f.json {
		_, err = io.WriteString(out, backtest.Text(d))
	} else {
		var b []byte
		if b, err = json.MarshalIndent(d, "", "  "); err == nil {
			_, err = out.Write(append(b, '\n'))
		}
	}
	if err != nil {
		return &exitError{exitFailed, fmt.Errorf("print: %w", err)}
	}
	return nil
}
