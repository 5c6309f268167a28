// Package settings is the configuration of `floodmark serve`: one tree of
// structs with every key, its default, its documentation and its limits.
//
// Field comments are the reference: docs/configuration.md is generated from
// them. Load returns a consistent configuration, or every problem with line and
// column, so that callers never validate a value again.
//
// The package opens no sockets or databases. It reads the configuration file,
// the interface and secret files that it names, and environment variables for
// secrets.
//
// A Settings is immutable after Load and may be shared by goroutines. A reload
// loads a new one and calls Restart to find the keys that cannot be changed at
// run time.
package settings
