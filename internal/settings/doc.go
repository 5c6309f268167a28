// Package settings is the configuration of `floodmark serve`: one tree of
// structs with every key, its default, its documentation and its limits.
//
// Comments of fields are the reference: docs/configuration.md is generated from
// them. Load gives a tree that holds together, or every reason why it does not
// with line and column; a caller never checks a value again.
//
// It does not open sockets or databases, and does not know which room uses
// what: package app hands the parts out. It reads the configuration, the files
// of secrets and of interfaces that it names, and the environment for secrets.
//
// A Settings is not changed after Load, so any goroutine may read it. A reload
// loads a new one and asks Restart what the running program cannot take over.
package settings
