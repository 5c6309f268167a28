package histogram

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBucketsAreCumulativeAndInclusive(t *testing.T) {
	h := new(1, 10)
	for _, v := range []float64{0.5, 1, 1.5, 10, 11} {
		h.Observe(v)
	}
	want := Counts{Count: 5, Sum: 24, Buckets: map[float64]uint64{1: 2, 10: 4}}
	if d := cmp.Diff(want, h.Counts()); d != "" {
		t.Error(d)
	}
}

func TestConcurrentObservationsAreAllCounted(t *testing.T) {
	h := Sizes()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				h.Observe(2)
			}
		})
	}
	wg.Wait()
	if c := h.Counts(); c.Count != 8000 || c.Sum != 16000 {
		t.Errorf("%+v", c)
	}
}

func TestObserveDoesNotAllocate(t *testing.T) {
	h := Seconds()
	if n := testing.AllocsPerRun(100, func() { h.Observe(0.3) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
