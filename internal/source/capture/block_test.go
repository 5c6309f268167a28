package capture

import (
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

func TestTimesAreTheServersClock(t *testing.T) {
	const s, server = int64(1_700_000_000_000_000_000), int64(5_000_000_000_000)
	ms := int64(time.Millisecond)
	f := func(speed float64, age, want int64) {
		t.Helper()
		if at := (clock{speed: speed}).at(s-age, s, server); at != server-want {
			t.Errorf("%d ns ago at speed %g: %d ns before now, want %d", age, speed, server-at, want)
		}
	}
	f(1, 30*ms, 30*ms)
	f(60, 30*ms, 1800*ms)
	f(1, -5*ms, 0)                        // the system's clock was set back since
	f(1, int64(time.Hour), int64(oldest)) // or forwards
	f(60, int64(time.Hour), int64(oldest)*60)
}

// FuzzBlock walks blocks that no kernel writes.
func FuzzBlock(f *testing.F) {
	good := make([]byte, 512)
	*(*unix.TpacketHdrV1)(unsafe.Pointer(&good[blockHeader])) = unix.TpacketHdrV1{Num_pkts: 2, Offset_to_first_pkt: 48}
	*(*unix.Tpacket3Hdr)(unsafe.Pointer(&good[48])) = unix.Tpacket3Hdr{Next_offset: 160, Snaplen: 60, Len: 70, Mac: 82}
	*(*unix.Tpacket3Hdr)(unsafe.Pointer(&good[208])) = unix.Tpacket3Hdr{Snaplen: 60, Len: 60, Mac: 82, Status: unix.TP_STATUS_VLAN_VALID}
	f.Add(good)
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 56 {
			return
		}
		block := make([]byte, (len(b)+15)/16*16) // aligned, as a ring is
		copy(block, b)
		var r ring
		n := uint64(0)
		r.hand(block, clock{speed: 1}, func(packets []Packet) {
			n += uint64(len(packets))
			for _, p := range packets {
				for _, octet := range p.Data {
					_ = octet
				}
			}
		})
		if r.packets.Load() != n || n > uint64(len(block)) {
			t.Errorf("%d packets handed on, %d counted", n, r.packets.Load())
		}
	})
}
