// Package testenv is what tests may ask of the machine they run on: time enough,
// and what is installed.
//
// It deliberately has one patience, minutes, which is far longer than anything
// takes: a test that waits never depends on how fast the machine is. What can run
// in a testing/synctest bubble does not wait at all.
package testenv

import (
	"os"
	"testing"
	"time"
)

// Patience is how long a test waits before it fails.
const Patience = 5 * time.Minute

const pause = 5 * time.Millisecond

// Eventually waits until ok, and fails the test where that never comes.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for end := time.Now().Add(Patience); !ok(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("waited %s in vain until %s", Patience, what)
		}
	}
}

// Missing skips a test for what this machine lacks, or fails it where
// FLOODMARK_COMPLETE is set: make test prepares everything.
func Missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("FLOODMARK_COMPLETE") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// Optional skips a test for what nobody can be asked to have, such as recordings
// that may not be passed on.
func Optional(t testing.TB, format string, args ...any) {
	t.Helper()
	t.Skipf(format, args...)
}
