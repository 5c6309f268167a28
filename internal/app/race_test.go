//go:build race

package app

// The race detector is many times slower, and what runs at the same time is
// the same for every recording.
const everyNth = 10

// flashScale is the part of their size that recordings of very many packets are
// played at besides; the long run plays them whole.
const flashScale = 0.3
