// Package app is the line: it builds the rooms and connects them. Whoever wants
// to know how it all fits reads analyze.go.
package app
