//go:build soak

package firstlook

// All scenarios.
const (
	everyNth = 1
	scale    = 0.2
)
