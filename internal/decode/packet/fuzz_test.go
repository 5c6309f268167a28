package packet

import (
	"path/filepath"
	"testing"
	"unsafe"

	"floodmark/internal/model"
)

// within reports whether s is part of p, by address.
func within(p, s []byte) bool {
	if len(s) == 0 {
		return true
	}
	if len(p) == 0 {
		return false
	}
	at := uintptr(unsafe.Pointer(&s[0])) - uintptr(unsafe.Pointer(&p[0]))
	return at < uintptr(len(p)) && at+uintptr(len(s)) <= uintptr(len(p))
}

// check holds a record to what every record promises.
func check(t *testing.T, p []byte, wireLen int, r *model.Record) {
	t.Helper()
	if !within(p, r.Payload) || !within(p, r.Options) || !within(p, r.TunnelData) {
		t.Fatalf("slices beyond the packet: %+v", r)
	}
	if r.Bytes > uint64(max(min(wireLen, maxWire), len(p), 40+65535)) || r.Bytes > 0 && uint64(r.IPLen) != r.Bytes {
		t.Fatalf("%d octets in a frame of %d", r.Bytes, wireLen)
	}
	if r.Has&model.HasPayload != 0 && (r.PayloadLen > r.IPLen || int(r.PayloadLen) < len(r.Payload)) {
		t.Fatalf("payload of %d octets, %d recorded, in %d", r.PayloadLen, len(r.Payload), r.IPLen)
	}
	if r.Has&model.HasPayload == 0 && len(r.Payload) > 0 || r.Has&model.HasPorts == 0 && (r.SrcPort|r.DstPort) != 0 ||
		r.Has&model.HasFlags == 0 && r.TCPFlags != 0 || r.Has&model.HasTCP == 0 && (r.Seq|r.Ack) != 0 {
		t.Fatalf("values that are not told: %+v", r)
	}
	if r.FragOffset > 0 && r.Has&(model.HasPorts|model.HasTCP|model.HasICMP) != 0 || r.FragOffset%8 != 0 {
		t.Fatalf("later fragment with a transport header: %+v", r)
	}
	if r.Tunnel != model.NoTunnel && len(r.TunnelData) > len(r.Payload) {
		t.Fatalf("tunnel of %d octets in a payload of %d", len(r.TunnelData), len(r.Payload))
	}
}

func FuzzDecode(f *testing.F) {
	for _, name := range []string{"hosts", "tags", "tunnels", "six", "cooked", "cooked2", "raw", "null", "ppp", "hdlc", "pppoe", "snap", "pseudowire"} {
		link, all := frames(f, filepath.Join("testdata", name+".pcap"))
		for _, p := range all[:min(len(all), 30)] {
			f.Add(p.data, uint16(link), p.wireLen)
		}
	}
	f.Fuzz(func(t *testing.T, p []byte, link uint16, wireLen int) {
		var d Decoder
		var r, q model.Record
		if reason := d.Decode(p, LinkType(link), wireLen, &r); reason == OK {
			check(t, p, wireLen, &r)
			if r.Packets != 1 || !r.IsPacket {
				t.Fatalf("not one packet: %+v", r)
			}
		} else if reason >= Reasons {
			t.Fatalf("reason %d", reason)
		}
		if Quote(&r, &q) {
			check(t, p, wireLen, &q)
		}
		for r.Tunnel != model.NoTunnel {
			size := len(r.TunnelData)
			if d.DecodeInner(&r, &r) != OK {
				break
			}
			check(t, p, wireLen, &r)
			if len(r.TunnelData) >= size && size > 0 {
				t.Fatal("a tunnel inside is no smaller")
			}
		}
		if d.DecodeIP(p, wireLen, &r) == OK {
			check(t, p, wireLen, &r)
		}
	})
}
