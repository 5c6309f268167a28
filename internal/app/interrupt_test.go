package app

import (
	"context"
	"errors"
	"strings"
	"testing"

	"floodmark/internal/scenario"
)

// TestInterruptedReading gives up in each of the readings.
func TestInterruptedReading(t *testing.T) {
	paths := put(t, produce(t, "vse-flood", scenario.Options{Scale: 0.5}).file)
	for _, reading := range []string{"first", "second"} {
		ctx, cancel := context.WithCancel(context.Background())
		seen := false
		_, _, err := Analyze(ctx, AnalyzeOptions{Paths: paths, Geo: "none", Progress: func(name string, done, total int64) {
			if done > total {
				t.Errorf("%s: %d of %d octets", name, done, total)
			}
			if strings.HasPrefix(name, reading) {
				seen = true
				cancel()
			}
		}})
		cancel()
		if !seen || !errors.Is(err, context.Canceled) {
			t.Errorf("%s reading: progress seen %v, error %v", reading, seen, err)
		}
	}
}
