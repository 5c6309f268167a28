package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"floodmark/internal/settings"
)

// checkCommand validates a configuration without starting anything.
func checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "Validate a configuration file of floodmark serve",
		Long: "Validates a configuration and prints every problem as FILE:LINE:COLUMN: problem; fix. The exit code is 0 if the file is\n" +
			"valid and 2 otherwise. Files and secrets that do not exist on this host are notes, because they may exist on the host\n" +
			"that the configuration is for.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			notes, err := settings.Check(args[0])
			for _, n := range notes {
				fmt.Fprintln(c.ErrOrStderr(), "note:", n)
			}
			if err != nil {
				return &exitError{exitUsage, err}
			}
			fmt.Fprintln(c.OutOrStdout(), args[0]+": a valid configuration")
			return nil
		},
	}
}
