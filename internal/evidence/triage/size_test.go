//go:build !soak

package triage

// A part of the scenarios, small.
const (
	everyNth = 12
	scale    = 0.1
)
