package main

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"

	"github.com/spf13/cobra"

	"floodmark/internal/settings"
)

// tokenPrefix lets people and scanners of repositories see what a token is.
const tokenPrefix = "fmk_"

// tokenCommand makes tokens for the operator's listener.
func tokenCommand() *cobra.Command {
	c := &cobra.Command{Use: "token", Short: "Manage access tokens of the operator listener"}
	c.AddCommand(&cobra.Command{
		Use:   "new",
		Short: "Create a token and print it once, with its hash for the configuration",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var random [32]byte
			rand.Read(random[:]) // never fails
			token := tokenPrefix + base64.RawURLEncoding.EncodeToString(random[:])
			_, err := fmt.Fprintf(c.OutOrStdout(), "token: %s\nhash: %s\n", token, settings.HashToken(token))
			return err
		},
	})
	return c
}
