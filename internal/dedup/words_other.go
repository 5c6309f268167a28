//go:build !linux

package dedup

import "sync/atomic"

// newWords returns n words that are zero.
func newWords(n int) []atomic.Uint64 { return make([]atomic.Uint64, n) }
