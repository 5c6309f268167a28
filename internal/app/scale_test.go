//go:build !soak

package app

// Every scenario is played at a tenth of its size. Verdicts on the sources of
// so few packets may stay undecided.
const (
	scale        = 0.1
	exactSources = false
)
