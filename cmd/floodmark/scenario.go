package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"floodmark/internal/scenario"
)

// scenarioCommand lists, describes and writes synthetic recordings.
func scenarioCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "scenario",
		Short: "Synthetic incidents with ground truth",
		Long: "Writes synthetic recordings of attacks, of harmless traffic that resembles an attack, and of ordinary days, each with a\n" +
			"truth file. Every recording is marked as synthetic.",
	}
	c.AddCommand(scenarioListCommand(), scenarioShowCommand(), scenarioWriteCommand(), scenarioRunCommand())
	return c
}

func scenarioListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the scenarios", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "NAME\tATTACK\tLENGTH\tTITLE")
			for _, name := range append(scenario.Names(), scenario.LiveNames()...) {
				i, err := scenario.Describe(name)
				if err != nil {
					return err
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", i.Name, yesNo(i.Attack), i.Length, i.Title)
			}
			if err := listDays(w); err != nil {
				return err
			}
			return w.Flush()
		},
	}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func scenarioShowCommand() *cobra.Command {
	var config bool
	var front string
	c := &cobra.Command{
		Use: "show NAME", Short: "Describe a scenario, or print the file of a whole day", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if d, isDay, err := loadDay(args[0]); isDay {
				if err != nil {
					return err
				}
				return showDay(c.OutOrStdout(), args[0], d, config, front)
			}
			if config {
				return fmt.Errorf("scenario %s needs no configuration: --config is of whole days", args[0])
			}
			i, err := scenario.Describe(args[0])
			if err != nil {
				return err
			}
			w := c.OutOrStdout()
			fmt.Fprintf(w, "%s: %s\nattack: %s\nlength: %s\nrecorded at: %s\n", i.Name, i.Title, yesNo(i.Attack), i.Length, i.Vantage)
			if i.Vector != "" {
				fmt.Fprintf(w, "fixture of: %s\n", i.Vector)
			}
			if i.Live {
				fmt.Fprintf(w, "live: made for `floodmark scenario run %s`; `write --as` makes a file of what its exporters send\n", i.Name)
			}
			if i.LooksLike != "" {
				fmt.Fprintf(w, "looks like, but is not: %s\n", i.LooksLike)
			}
			if i.Sampling > 1 {
				fmt.Fprintf(w, "sampling: one packet in %d (analyze with --sampling %d)\n", i.Sampling, i.Sampling)
			}
			fmt.Fprintln(w, "synthetic: yes; no recording of any real network was used")
			return nil
		},
	}
	c.Flags().StringVar(&front, "front", "", "with --config: address of the simulated web servers of scenario run --front, for probes (whole days)")
	c.Flags().BoolVar(&config, "config", false, "print the configuration of a server to replay the day to (whole days)")
	return c
}

func scenarioWriteCommand() *cobra.Command {
	var x exportFlags
	opt := &x.opt.Options
	var out, dir, geoFile string
	var force, exports bool
	c := &cobra.Command{
		Use: "write NAME --out FILE|--dir DIR", Short: "Write a scenario as pcapng with its ground truth", Args: cobra.ExactArgs(1),
		Long: "Writes a scenario as pcapng, and FILE.truth.json beside it. With --out - the recording goes to standard\n" +
			"output and the truth to standard error. With --as or --exports the file holds no packets of the traffic, but\n" +
			"the export datagrams that report it. Of a whole day --dir makes a directory: what its exporters send\n" +
			"(traffic.pcapng), the counts of the ordinary days before (history.csv) and all (counts.csv), single reports\n" +
			"(reports.csv) and the truth (truth.json).",
		RunE: func(c *cobra.Command, args []string) error {
			if dir != "" {
				if err := writeDay(args[0], &dayFiles{seed: opt.Seed, dir: dir, force: force}, geoFile, c.ErrOrStderr()); err != nil {
					return &exitError{exitFailed, err}
				}
				return nil
			}
			if err := x.read(args[0]); err != nil {
				return err
			}
			if err := x.readFaults(); err != nil {
				return err
			}
			write := func(w io.Writer) (scenario.Truth, error) { return scenario.Write(w, args[0], *opt) }
			if x.opt.Protocol != 0 || exports {
				write = func(w io.Writer) (scenario.Truth, error) { return scenario.WriteExports(w, args[0], x.opt) }
			} else if x.opt.Sampling != 0 || len(x.faults) > 0 {
				return errors.New("--sampling and --fault are of exporters: say --as or --exports")
			}
			if geoFile != "" {
				places, err := scenarioPlaces(geoFile)
				if err != nil {
					return err
				}
				opt.Places = places
			}
			var err error
			if out == "-" {
				err = writeScenarioTo(c.OutOrStdout(), c.ErrOrStderr(), write)
			} else {
				err = writeScenarioFile(c.ErrOrStderr(), out, force, write)
			}
			if err != nil {
				return &exitError{exitFailed, err}
			}
			return nil
		},
	}
	x.add(c, "as")
	f := c.Flags()
	f.BoolVar(&exports, "exports", false, "write export datagrams, each exporter in its own protocol")
	f.StringVar(&out, "out", "", "file to write, or - for standard output")
	f.Uint64Var(&opt.Seed, "seed", 1, "random seed; the same seed gives the same bytes")
	f.StringVar(&geoFile, "geo", "", "sample source addresses from this address database instead of the built-in plan")
	f.Float64Var(&opt.Scale, "scale", 1, "factor for rates and numbers of hosts")
	f.DurationVar(&opt.Duration, "duration", 0*time.Second, "length of the recording (default: the scenario's own)")
	f.BoolVar(&force, "force", false, "overwrite an existing file")
	f.StringVar(&dir, "dir", "", "directory to write a whole day to")
	c.MarkFlagsOneRequired("out", "dir")
	c.MarkFlagsMutuallyExclusive("out", "dir")
	return c
}

func writeScenarioTo(w, truthTo io.Writer, write func(io.Writer) (scenario.Truth, error)) error {
	truth, err := write(w)
	if err != nil {
		return err
	}
	b, err := truth.JSON()
	if err != nil {
		return err
	}
	_, err = truthTo.Write(b)
	return err
}

// writeScenarioFile leaves nothing half written: on an error both files go.
func writeScenarioFile(diag io.Writer, out string, force bool, write func(io.Writer) (scenario.Truth, error)) (err error) {
	truthFile := out + ".truth.json"
	mode := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if !force {
		mode |= os.O_EXCL
		if _, err := os.Lstat(truthFile); err == nil {
			return fmt.Errorf("write scenario: %s exists (--force overwrites it)", truthFile)
		}
	}
	f, err := os.OpenFile(out, mode, 0o644)
	if os.IsExist(err) {
		return fmt.Errorf("write scenario: %s exists (--force overwrites it)", out)
	}
	if err != nil {
		return fmt.Errorf("write scenario: %w", err)
	}
	defer func() {
		if err != nil {
			f.Close()
			if i, e := os.Lstat(out); e == nil && i.Mode().IsRegular() {
				os.Remove(out)
			}
		}
	}()
	truth, err := write(f)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write scenario: %w", err)
	}
	b, err := truth.JSON()
	if err != nil {
		return err
	}
	if err := os.WriteFile(truthFile, b, 0o644); err != nil {
		return fmt.Errorf("write scenario: %w", err)
	}
	fmt.Fprintf(diag, "%s: synthetic, %d packets; truth in %s\n", out, truth.Packets, truthFile)
	return nil
}
