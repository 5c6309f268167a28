package normalize

import (
	"testing"
	"time"

	"floodmark/internal/dedup"
	"floodmark/internal/model"
)

// FuzzRecord gives arbitrary records to a Normalizer: a factor is never 0,
// times are in order and not beyond what is promised, and verdict and flags
// agree.
func FuzzRecord(f *testing.F) {
	f.Add(t0, t0-second, t0, uint64(0), uint64(0xffffcb007105), uint32(1), uint32(1), uint32(2), uint32(1000), uint64(5), uint8(3), int64(0))
	f.Add(int64(-1<<63), int64(1<<63-1), int64(-1<<63), uint64(1<<63), uint64(0), uint32(1<<31), uint32(1<<30), uint32(0), uint32(0), uint64(1<<63), uint8(255), int64(-1<<63))
	plan, err := NewPlan(Config{Networks: networks("203.0.113.0/24", "2001:db8::/32"),
		Exporters: []Exporter{{Addr: edge1, Interfaces: []Interface{{Index: 1, Role: External}, {Index: 2, Role: Internal}, {Index: 3, Role: Ignored}}}}})
	if err != nil {
		f.Fatal(err)
	}
	n := New(plan, dedup.New(0, 30*time.Second), 7)
	n.SetAddress(1, edge1)
	f.Fuzz(func(t *testing.T, recv, first, last int64, hi, lo uint64, exporter, in, out, rate uint32, packets uint64, bits uint8, skew int64) {
		n.SetSkew(exporter, skew)
		r := model.Record{First: first, Last: last, Src: model.Addr{Hi: lo, Lo: hi}, Dst: model.Addr{Hi: hi, Lo: lo}, Exporter: exporter,
			InIf: in, OutIf: out, Sampling: rate, Packets: packets, Bytes: packets, Metered: model.MeteredAt(bits >> 4), IsPacket: bits&1 != 0}
		if bits&2 != 0 {
			r.Has = model.HasInterface
		}
		var s Result
		v := n.Record(&r, recv, &s)
		h, _ := n.ExportDelay(exporter)
		if s.Sampling == 0 || s.First > s.Last || (v == Counted) != (s.In || s.Out) || (v == Duplicate) != s.Duplicate {
			t.Fatalf("%s %+v", v, s)
		}
		if recv > t0/2 && recv < 2*t0 && (s.First < recv-h || s.Last > recv) {
			t.Fatalf("times %d to %d at %d, exportDelay %d", s.First, s.Last, recv, h)
		}
		n.Tick(recv)
	})
}
