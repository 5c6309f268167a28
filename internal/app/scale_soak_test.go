//go:build soak

package app

// Every scenario is played as it stands, and every verdict on sources has to
// be reached.
const (
	scale        = 1.0
	exactSources = true
)
