package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"floodmark/internal/backup"
	"floodmark/internal/server"
)

// backupCommand asks the running server for a copy of its data.
func backupCommand() *cobra.Command {
	var data string
	c := &cobra.Command{
		Use: "backup DIR", Short: "Back up the data of a running server to DIR", Args: cobra.ExactArgs(1),
		Long: "Copies incidents, evidence, series, flows and baselines of a running server to DIR, which must be empty or not exist.\n" +
			"The server keeps running and writes DIR itself, so its user needs write permission. The key of the reporter hashes is\n" +
			"not part of a backup: a restored server creates a new one. Restore with `floodmark restore`.",
		RunE: func(c *cobra.Command, args []string) error {
			dir, err := filepath.Abs(args[0])
			if err != nil {
				return err
			}
			if err := askBackup(c.Context(), data, dir); err != nil {
				return &exitError{exitFailed, err}
			}
			fmt.Fprintf(c.OutOrStdout(), "%s: whole\n", dir)
			return nil
		},
	}
	c.Flags().StringVar(&data, "data", "data", "data directory of the server")
	return c
}

// control is a client of the server of a data directory.
func control(data string) *http.Client {
	socket := server.ControlSocket(data)
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}}
}

// askBackup asks the server of a data directory, by the socket in it.
func askBackup(ctx context.Context, data, dir string) error {
	client := control(data)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://control/backup", strings.NewReader(url.Values{"dir": {dir}}.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("backup: no server answers in %s (%w); give its directory by --data, or copy the directory of a stopped one", data, errors.Unwrap(err))
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(io.LimitReader(res.Body, 4096))
		return errors.New(strings.TrimSpace(string(b)))
	}
	return nil
}

// restoreCommand makes a data directory of a backup.
func restoreCommand() *cobra.Command {
	var data string
	c := &cobra.Command{
		Use: "restore BACKUP", Short: "Create a data directory from a backup", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := backup.Restore(c.Context(), args[0], data, "floodmark "+release); err != nil {
				return &exitError{exitFailed, err}
			}
			fmt.Fprintf(c.OutOrStdout(), "%s: restored; start with: floodmark serve --data %s\n", data, data)
			return nil
		},
	}
	c.Flags().StringVar(&data, "data", "data", "data directory to create; it must be empty or not exist")
	return c
}
