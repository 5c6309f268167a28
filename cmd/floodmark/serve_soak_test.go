//go:build soak

package main

import "testing"

// TestFiftyKillsLoseNothing is TestKillLosesNothingAcknowledged for longer.
func TestFiftyKillsLoseNothing(t *testing.T) { killing(t, 50) }
