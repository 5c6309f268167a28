package samples

import (
	"bytes"
	"math"
	"testing"

	"floodmark/internal/model"
)

const second = int64(1e9)

func packet(src, dst uint32, at int64, payload string) *model.Record {
	return &model.Record{First: at, Last: at, Src: model.Addr4(src), Dst: model.Addr4(dst), Packets: 1, Bytes: 100, Sampling: 1000,
		IsPacket: true, Has: model.HasPayload, Payload: []byte(payload), Options: []byte{2, 4, 5, 0xb4}}
}

// TestEstimatesStayUnbiased offers far more than the ring keeps.
func TestEstimatesStayUnbiased(t *testing.T) {
	for _, perSecond := range []int{10, 100, 1000, 33333} {
		g := NewRing(20000, 10)
		for s := range int64(10) {
			for i := range perSecond {
				at := s*second + int64(i)*second/int64(perSecond)
				g.Add(packet(uint32(i), 7, at, "x"), model.Addr4(7), at)
			}
		}
		sum := 0.0
		g.Each(0, func(r *model.Record) { sum += float64(r.Packets) * float64(r.Sampling) })
		want := float64(perSecond) * 10 * 1000
		if math.Abs(sum/want-1) > 0.15 {
			t.Errorf("%d a second: %d kept estimate %.3g packets, offered were %.3g", perSecond, g.Len(), sum, want)
		}
	}
}

// TestQuietAddressSurvivesBusyOne keeps what the target had before the flood.
func TestQuietAddressSurvivesBusyOne(t *testing.T) {
	g := NewRing(4096, 20)
	for s := range int64(20) {
		for i := range 5 {
			at := s*second + int64(i)
			g.Add(packet(9, 8, at, "quiet"), model.Addr4(8), at)
		}
		for i := range 50000 {
			at := s*second + int64(i)*1000
			g.Add(packet(uint32(i), 7, at, "flood"), model.Addr4(7), at)
		}
	}
	quiet := 0
	g.Each(0, func(r *model.Record) {
		if r.Dst == model.Addr4(8) {
			quiet++
		}
	})
	if quiet < 20 {
		t.Errorf("%d records of the quiet address are left of 100", quiet)
	}
	if g.Seen() != 20*50005 {
		t.Errorf("seen %d", g.Seen())
	}
}

// TestKeepsItsOwnBytes overwrites the caller's buffers after Add.
func TestKeepsItsOwnBytes(t *testing.T) {
	g := NewRing(4, 1)
	r := packet(1, 2, 5, "hello")
	g.Add(r, r.Dst, 5)
	copy(r.Payload, "XXXXX")
	copy(r.Options, "YYYY")
	n := 0
	g.Each(0, func(k *model.Record) {
		n++
		if !bytes.Equal(k.Payload, []byte("hello")) || !bytes.Equal(k.Options, []byte{2, 4, 5, 0xb4}) {
			t.Errorf("kept %q and % x", k.Payload, k.Options)
		}
	})
	if n != 1 {
		t.Fatalf("%d records", n)
	}
}

func TestOldestAreOverwrittenAndOrderIsKept(t *testing.T) {
	g := NewRing(8, 1)
	for i := range int64(20) {
		g.Add(packet(1, uint32(i), i*second, ""), model.Addr4(uint32(i)), i*second)
	}
	var got []int64
	g.Each(14*second, func(r *model.Record) { got = append(got, r.First/second) })
	for i, v := range got {
		if v != int64(14+i) {
			t.Fatalf("order %v", got)
		}
	}
	if len(got) != 6 || g.Len() != 8 {
		t.Errorf("%v, %d kept", got, g.Len())
	}
}

func TestAddAllocatesNothing(t *testing.T) {
	g := NewRing(128, 1)
	r := packet(1, 2, 5, "hello")
	if n := testing.AllocsPerRun(1000, func() { g.Add(r, r.Dst, 5) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkAdd(b *testing.B) {
	g := NewRing(65536, 20)
	r := packet(1, 2, 5, "hello")
	for i := range b.N {
		r.Dst = model.Addr4(uint32(i * 7 % 5000))
		g.Add(r, r.Dst, int64(i)*1000)
	}
}
