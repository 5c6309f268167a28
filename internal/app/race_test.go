//go:build race

package app

// The race detector is many times slower, and what runs at the same time is
// the same for every recording.
const everyNth = 10
