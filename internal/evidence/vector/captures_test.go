package vector

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"floodmark/internal/model"
	"floodmark/internal/testenv"
)

// The captures are StopDDoS/packet-captures (L.F. Haaijer, 2022), read where
// they are and never copied. The reading here is as small as these four files
// allow: Ethernet or raw IP, IPv4, no options that matter.

// captures returns the folder of recordings, or skips.
func captures(t *testing.T) string {
	dirs := []string{os.Getenv("FLOODMARK_CAPTURES"), "../../../../shared/data/captures"}
	for _, d := range dirs {
		if s, err := os.Stat(d); d != "" && err == nil && s.IsDir() {
			return d
		}
	}
	testenv.Optional(t, "skipped: no recordings (set FLOODMARK_CAPTURES to their folder)")
	return ""
}

// frames splits a pcap or pcapng file (little-endian) into packets with the
// length that they had on the wire.
func frames(t *testing.T, file string) (out [][]byte, wire []int, link int) {
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	if le.Uint32(b) != 0x0a0d0d0a {
		link = int(le.Uint32(b[20:]))
		for i := 24; i+16 <= len(b); {
			n := int(le.Uint32(b[i+8:]))
			out, wire = append(out, b[i+16:i+16+n]), append(wire, int(le.Uint32(b[i+12:])))
			i += 16 + n
		}
		return out, wire, link
	}
	for i := 0; i+12 <= len(b); i += int(le.Uint32(b[i+4:])) {
		switch le.Uint32(b[i:]) {
		case 1:
			link = int(le.Uint16(b[i+8:]))
		case 6:
			n := int(le.Uint32(b[i+20:]))
			out, wire = append(out, b[i+28:i+28+n]), append(wire, int(le.Uint32(b[i+24:])))
		}
	}
	return out, wire, link
}

// record reads IPv4 with UDP, TCP or ICMP; false for anything else.
func record(frame []byte, link int) (r model.Record, ok bool) {
	if link == 1 {
		if len(frame) < 14 || u16(frame[12:]) != 0x0800 {
			return r, false
		}
		frame = frame[14:]
	}
	if len(frame) < 20 || frame[0]>>4 != 4 {
		return r, false
	}
	total, head := int(u16(frame[2:])), int(frame[0]&15)*4
	r = packet(frame[9], total)
	r.FragOffset, r.MoreFragments = u16(frame[6:])&0x1fff*8, frame[6]&0x20 != 0
	if r.FragOffset > 0 {
		return r, true
	}
	p := frame[head:min(len(frame), total)]
	transport := map[uint8]int{model.ProtoUDP: 8, model.ProtoTCP: 20, model.ProtoICMP: 8}[r.Proto]
	if transport == 0 || len(p) < transport {
		return r, true
	}
	switch r.Proto {
	case model.ProtoICMP:
		r.Has, r.ICMPType, r.ICMPCode = r.Has|model.HasICMP, p[0], p[1]
		return r, true
	case model.ProtoTCP:
		r.Has, r.TCPFlags = r.Has|model.HasFlags|model.HasTCP, p[13]
		transport = int(p[12]>>4) * 4
	}
	r.Has |= model.HasPorts | model.HasPayload
	r.SrcPort, r.DstPort = u16(p), u16(p[2:])
	r.PayloadLen = uint32(max(0, total-head-transport))
	if transport <= len(p) {
		r.Payload = p[transport:]
	}
	return r, true
}

// TestCaptures states what the four recordings hold. Shares are of the records
// that the condition names.
func TestCaptures(t *testing.T) {
	dir := captures(t)
	cases := []struct {
		file  string
		of    func(*model.Record) bool
		class model.Class
		share float64
	}{
		{"amp.UDP.snmp.src161.pcapng", isUDP, SNMP, 0.90},
		{"amp.TCP.reflection.SYNACK.pcap", anyRecord, TCPSynAck, 0.50},
		{"amp.dns.RRSIG.fragmented.pcap", isUDP, DNS, 0.95},
		{"pkt.TCP.synflood.spoofed.pcap", anyRecord, TCPSyn, 0.95},
	}
	for _, c := range cases {
		counts, n := map[model.Class]int{}, 0
		list, wire, link := frames(t, filepath.Join(dir, c.file))
		for i, f := range list {
			r, ok := record(f, link)
			if !ok || !c.of(&r) {
				continue
			}
			if r.IPLen > uint32(wire[i]) {
				t.Fatalf("%s: packet %d is longer than it was on the wire", c.file, i)
			}
			counts[Classify(&r)]++
			n++
		}
		got := float64(counts[c.class]) / float64(n)
		for k, v := range counts {
			t.Logf("%s: %-20s %6d of %d", c.file, Lookup(k).Name, v, n)
		}
		if n == 0 || got < c.share {
			t.Errorf("%s: %s is %.3f of %d records, want at least %.2f", c.file, Lookup(c.class).Name, got, n, c.share)
		}
	}
}

func isUDP(r *model.Record) bool   { return r.Proto == model.ProtoUDP && r.FragOffset == 0 }
func anyRecord(*model.Record) bool { return true }
