//go:build soak

package scenario

import "testing"

func TestTsharkReadsEveryScenario(t *testing.T) { readWithTshark(t, Names()) }
