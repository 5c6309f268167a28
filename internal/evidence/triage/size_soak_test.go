//go:build soak

package triage

// All scenarios.
const (
	everyNth = 1
	scale    = 0.2
)
