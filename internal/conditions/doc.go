// Package conditions is the registry of data-quality conditions: ways in which data
// is missing or a value is wrong. Every code is listed in Codes with its severity,
// when it is raised and cleared, and what to do; docs/conditions.md is generated
// from that list.
//
// A Registry holds the conditions that components raise themselves, and lists all.
// It may be used by any goroutine.
//
// The package reads no packets, repairs nothing, sends no messages and keeps no
// history: conditions are as of now, with the time they began.
package conditions
