//go:build soak

package aggregate

import (
	"math"
	"net/netip"
	"runtime"
	"runtime/debug"
	"testing"

	"floodmark/internal/evidence/share"
	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// heap gives the bytes that are in use now, garbage included.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

// TestFiftyMillionSources reads a flood of 50 million spoofed addresses, half
// of them answered, and holds the heap to 700 MiB. A tenth of the packets are
// of sources below one first octet; their share and the number of sources must
// come out of the thinned tables within the intervals.
func TestFiftyMillionSources(t *testing.T) {
	const n = 50_000_000
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(640 << 20))
	peak := uint64(0)
	each := func(add func(*model.Record)) {
		r := segment(model.Addr{}, victim, model.SYN, 0)
		for i := range n {
			// a permutation of 32 bits: every source is new
			x := uint32(i) * 2654435761
			r.Seq, r.SrcPort, r.IPID = x, uint16(x), x>>16
			r.Src, r.Dst, r.TCPFlags = model.Addr4(x), victim, model.SYN
			r.First = begin + int64(i)*1000
			r.Last = r.First
			r.Class = vector.Classify(&r)
			add(&r)
			if i&1 == 0 {
				r.Src, r.Dst, r.TCPFlags, r.Ack = r.Dst, r.Src, model.SYN|model.ACK, r.Seq+1
				r.Class = vector.Classify(&r)
				add(&r)
			}
			if i&(1<<20-1) == 0 {
				peak = max(peak, heap())
			}
		}
	}
	s := NewSurvey()
	each(s.Add)
	if got := s.Suspects(); len(got) == 0 || got[0] != aTarget {
		t.Fatalf("suspects %v, want %v first", got, aTarget)
	}
	p := NewProfiler([]netip.Prefix{aTarget}, s)
	each(p.Add)
	profile := p.Profile()
	peak = max(peak, heap())
	t.Logf("peak of the heap %d MiB", peak>>20)
	if peak > 700<<20 {
		t.Errorf("the heap had %d MiB", peak>>20)
	}
	c := &profile.Buckets[0]
	if c.Samples != n || c.Kept >= 1 || len(c.Sources) > maxSources {
		t.Fatalf("%d samples, %g kept, %d sources", c.Samples, c.Kept, len(c.Sources))
	}
	if e := math.Abs(float64(c.SourcesSeen)/n - 1); e > 0.01 {
		t.Errorf("%d sources seen, want about %d", c.SourcesSeen, n)
	}
	var part, whole share.Sum
	var ratio share.Ratio
	truth := 0
	for i := range n {
		if uint32(i)*2654435761>>24 < 26 {
			truth++
		}
	}
	for _, src := range c.Sources {
		y := 0.0
		whole.Add(float64(src.Packets), float64(src.Packets), 1)
		if src.Addr.V4()>>24 < 26 {
			y = float64(src.Packets)
			part.Add(y, y, 1)
		}
		ratio.Units.Add(float64(src.Packets))
		if y > 0 {
			ratio.Part.Add(float64(src.Packets), y)
		}
	}
	e := share.WindowKept(part, whole, ratio, c.Kept)
	want := float64(truth) / n
	if e.Low == nil || e.High == nil || want < *e.Low || want > *e.High {
		t.Errorf("share %+v, want an interval that holds %g", e, want)
	}
	runtime.KeepAlive(s)
}
