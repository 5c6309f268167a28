//go:build soak

package journal

import "testing"

func TestKilledTwoHundredTimesNothingAcknowledgedIsLost(t *testing.T) { kill(t, 200) }
