package dedup

import (
	"sync"
	"testing"
	"time"
)

const sec = int64(1e9)

func at(observer uint32, first, last int64) Claim {
	return Claim{Flow: 0xabcdef0123456789, Observer: observer, First: first * sec, Last: last * sec}
}

func TestFirstToReportOwns(t *testing.T) {
	tb := New(1024, 30*time.Second)
	for _, c := range []struct {
		name  string
		claim Claim
		want  Answer
	}{
		{"first", at(1, 100, 160), Answer{Primary: 1, Accepted: true, New: true}},
		{"other, overlapping", at(2, 145, 205), Answer{Primary: 1, FirstDuplicate: true}},
		{"other, again", at(2, 150, 205), Answer{Primary: 1}},
		{"primary goes on", at(1, 160, 220), Answer{Primary: 1, Accepted: true}},
		{"other after 30 s of maxIdle", at(2, 250, 260), Answer{Primary: 1}},
		{"other after 31 s of maxIdle", at(2, 251, 260), Answer{Primary: 2, Accepted: true, New: true}},
		{"former primary", at(1, 252, 262), Answer{Primary: 2, FirstDuplicate: true}},
		{"former primary, known to count", Claim{Flow: at(1, 0, 0).Flow, Observer: 1, First: 260 * sec, Last: 262 * sec, Take: true}, Answer{Primary: 1, Accepted: true}},
	} {
		if got := tb.Claim(c.claim); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestFullTableForgetsTheOldestAndCountsIt(t *testing.T) {
	tb := New(1, 30*time.Second)
	for i := range uint64(4096) {
		tb.Claim(Claim{Flow: i * 0x9e3779b97f4a7c15, Observer: 1, First: 100 * sec, Last: 100 * sec})
	}
	if got := tb.Evicted(); got < 3000 {
		t.Errorf("%d evicted, want most of 4096-1024", got)
	}
	tb = New(1, 30*time.Second)
	for i := range uint64(4096) {
		now := int64(i) * sec
		tb.Claim(Claim{Flow: i * 0x9e3779b97f4a7c15, Observer: 1, First: now, Last: now})
	}
	if got := tb.Evicted(); got != 0 {
		t.Errorf("%d evicted though all were silent", got)
	}
}

func TestTimeWrapsAround(t *testing.T) {
	tb := New(1024, 30*time.Second)
	base := int64(1<<timeBits) - 10
	tb.Claim(at(1, base, base))
	if got := tb.Claim(at(2, base+20, base+20)); got.Accepted {
		t.Errorf("lost at the wrap: %+v", got)
	}
	if got := tb.Claim(at(2, base+31, base+31)); !got.Accepted {
		t.Errorf("kept beyond maxIdle at the wrap: %+v", got)
	}
}

func TestHostileTimesDoNotPanic(t *testing.T) {
	tb := New(1024, 30*time.Second)
	for _, x := range []int64{-1 << 63, -1, 0, 1, 1<<63 - 1} {
		for _, y := range []int64{-1 << 63, -1, 0, 1, 1<<63 - 1} {
			tb.Claim(Claim{Flow: 0, Observer: 1<<32 - 1, First: x, Last: y})
			tb.Claim(Claim{Flow: 1<<64 - 1, Observer: 2, First: x, Last: y, Take: true})
		}
	}
}

func TestActiveNeedsTwoObserversAndOneInexact(t *testing.T) {
	tb := New(1024, time.Second)
	for _, s := range []struct {
		observers, inexact int
		want               bool
	}{{1, 1, false}, {1, 0, true}, {0, -1, false}} {
		tb.AddObservers(s.observers, s.inexact)
		if got := tb.Active(); got != s.want {
			t.Errorf("after %+v: %v", s, got)
		}
	}
}

// TestOneOwnerAmongReaders lets two goroutines claim the same flows: each flow
// has one primary afterwards, and the race detector is content.
func TestOneOwnerAmongReaders(t *testing.T) {
	const flows = 2000
	tb := New(1<<16, 30*time.Second)
	var mine [2]int
	var wg sync.WaitGroup
	for me := range mine {
		wg.Go(func() {
			for i := range uint64(flows) {
				if tb.Claim(Claim{Flow: (i + 1) * 0x9e3779b97f4a7c15, Observer: uint32(me), First: sec, Last: sec}).Accepted {
					mine[me]++
				}
			}
		})
	}
	wg.Wait()
	if sum := mine[0] + mine[1]; sum != flows {
		t.Errorf("%d flows counted %d times", flows, sum)
	}
}

func TestClaimAllocatesNothing(t *testing.T) {
	tb := New(1024, time.Second)
	var i uint64
	if n := testing.AllocsPerRun(1000, func() {
		i++
		tb.Claim(Claim{Flow: i * 0x9e3779b97f4a7c15, Observer: uint32(i & 1), First: sec, Last: sec})
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkClaim(b *testing.B) {
	tb := New(1<<20, 30*time.Second)
	for i := uint64(0); b.Loop(); i++ {
		tb.Claim(Claim{Flow: (i & 0xffff) * 0x9e3779b97f4a7c15, Observer: uint32(i & 1), First: sec, Last: sec})
	}
}

func BenchmarkClaimInCache(b *testing.B) {
	tb := New(1<<20, 30*time.Second)
	for i := uint64(0); b.Loop(); i++ {
		tb.Claim(Claim{Flow: (i & 0xff) * 0x9e3779b97f4a7c15, Observer: uint32(i & 1), First: sec, Last: sec})
	}
}
