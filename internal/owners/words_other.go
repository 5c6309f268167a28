//go:build !linux

package owners

import "sync/atomic"

// words returns n words that are zero.
func words(n int) []atomic.Uint64 { return make([]atomic.Uint64, n) }
