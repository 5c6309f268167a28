package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"floodmark/internal/geo"
	"floodmark/internal/geo/compile"
)

// geoCommand compiles address databases.
func geoCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "geo",
		Short: "Manage the address database (countries and networks)",
	}
	c.AddCommand(geoUpdateCommand())
	return c
}

func geoUpdateCommand() *cobra.Command {
	var from []string
	var out string
	c := &cobra.Command{
		Use:   "update",
		Short: "Compile an address database",
		Long: "Fetches public address data with the npm client and compiles it into one file. --from uses local data instead: a\n" +
			"directory with @ip-location-db packages (such as node_modules), or files in MaxMind's format such as GeoLite2 or\n" +
			"IPinfo, which take precedence.",
		Example: "  floodmark geo update\n  floodmark geo update --from web/node_modules --out bin/geo.db",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return geoUpdate(c, from, out)
		},
	}
	c.Flags().StringArrayVar(&from, "from", nil, "read the data from this `DIR` or file instead of fetching it; may be repeated")
	c.Flags().StringVar(&out, "out", "", "write the database to `FILE` instead of the default path")
	return c
}

func geoUpdate(c *cobra.Command, from []string, out string) error {
	began := time.Now()
	progress := func(line string) { fmt.Fprintf(c.ErrOrStderr(), "geo: %s\n", line) }
	if out == "" {
		path, err := geo.DefaultPath()
		if err != nil {
			return err
		}
		out = path
	}
	atFault := exitUsage // whose data is unusable: what the user named, or what was fetched
	if len(from) == 0 {
		atFault = exitFailed
		dir, err := os.MkdirTemp("", "floodmark-geo-")
		if err != nil {
			return &exitError{exitFailed, fmt.Errorf("make a temporary folder: %w", err)}
		}
		defer os.RemoveAll(dir)
		if err := compile.Fetch(c.Context(), dir, progress); err != nil {
			return &exitError{exitFailed, err}
		}
		from = []string{dir}
	}
	r, err := compile.Files(from, progress)
	if err != nil {
		return &exitError{atFault, err}
	}
	if err := compile.Write(out, r.Data); err != nil {
		return &exitError{exitFailed, err}
	}
	printGeo(c.OutOrStdout(), out, r)
	progress(fmt.Sprintf("done in %.1f s", time.Since(began).Seconds()))
	return nil
}

// printGeo says what was written and whose data it is.
func printGeo(w io.Writer, path string, r compile.Result) {
	in := r.Info
	fmt.Fprintf(w, "%s: %.1f MB, data of %s\nkinds: %s\n", path, float64(len(r.Data))/1e6, in.Date, in.Classed())
	if in.Located4 > 0 {
		fmt.Fprintf(w, "the two country sources disagree on %.1f %% of the IPv4 addresses that both know\n", in.DisputedPercent())
	}
	for _, s := range in.Sources {
		fmt.Fprintf(w, "%s: %s %s of %s, %s\n", s.Use, s.Name, s.Version, s.Date, s.Licence)
		if s.Attribution != "" {
			fmt.Fprintf(w, "  %s\n", s.Attribution)
		}
		if s.Caution != "" {
			fmt.Fprintf(w, "  caution: %s\n", s.Caution)
		}
	}
}
