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
		Short: "Validate a configuration of floodmark serve",
		Long: "Reads a configuration as floodmark serve does and says everything that is wrong in it: FILE:LINE:COLUMN, what,\n" +
			"and what to write instead. Exit code 0: nothing is wrong; 2: something is.\n" +
			"Files and secrets that are named and are not on this machine are told as notes, for they may be where it is used.",
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
