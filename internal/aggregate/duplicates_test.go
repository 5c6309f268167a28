package aggregate

import (
	"fmt"
	"testing"

	"floodmark/internal/model"
)

// doubled repeats a share of the records a little later.
func doubled(records []model.Record, every func(i int) bool, after int64) []model.Record {
	var out []model.Record
	for i, r := range records {
		out = append(out, r)
		if every(i) {
			r.First += after
			r.Last += after
			r.TTL-- // seen behind a router
			out = append(out, r)
		}
	}
	return out
}

func always(int) bool { return true }

// several gives packets of a few sources with the identification counting.
func several(n int) []model.Record {
	out := make([]model.Record, n)
	for i := range out {
		r := datagram(model.Addr4(0x0a000000+uint32(i%7)), victim, []byte("ordinary payload"), int64(i)*50_000)
		r.IPID, r.Checksum = uint32(i%65535)+1, uint16(i)
		out[i] = r
	}
	return out
}

func TestDuplicates(t *testing.T) {
	once := several(4000)
	identical := make([]model.Record, 4000)
	for i := range identical {
		identical[i] = datagram(address("192.0.2.1"), victim, []byte("same"), int64(i)*20_000)
		identical[i].IPID = 54321
	}
	noID := make([]model.Record, 4000)
	for i := range noID {
		noID[i] = datagram(address("192.0.2.1"), victim, []byte("same"), int64(i)*20_000)
	}
	var retransmitted []model.Record // one SYN in ten again after per second
	for i := range 2000 {
		r := segment(model.Addr4(0x0a000000+uint32(i)), victim, model.SYN, int64(i)*1e6)
		r.Seq, r.IPID = uint32(i)*7919, uint32(i)+1
		retransmitted = append(retransmitted, r)
	}
	retransmitted = doubled(retransmitted, func(i int) bool { return i%10 == 0 }, 1e9)
	var soon []model.Record // the same, repeated by the sender after one of many round-trip times
	for i, r := range several(4000) {
		r.TTL, r.IPID = 64, 7
		soon = append(soon, r)
		if i%4 == 0 {
			r.First += int64(2e6 + i%90*1e6)
			soon = append(soon, r)
		}
	}
	var anagrams []model.Record // two questions of one identification, whose checksums are equal
	for i := range 2000 {
		name := fmt.Sprintf("customer-hosts-%04d", i)
		for _, n := range []string{name + "ab.example", name + "ba.example"} {
			r := datagram(model.Addr4(0x0a000000+uint32(i%40)), victim, []byte(n), int64(len(anagrams))*1e6)
			r.IPID, r.Checksum = uint32(i)+1, uint16(i)
			anagrams = append(anagrams, r)
		}
	}
	var counting []model.Record // sequence numbers that count up beside identifications at random
	for i := range 60000 {
		r := segment(address("192.0.2.1"), victim, model.SYN, int64(i)*16_000)
		r.Seq, r.IPID = uint32(i), uint32(mix(uint64(i))&0xffff)
		counting = append(counting, r)
	}
	cases := []struct {
		name    string
		records []model.Record
		removed uint64 // 0: not called duplicated
	}{
		{"once", once, 0},
		{"mirror port", doubled(once, always, 3000), 4000},
		{"two taps, two milliseconds", doubled(once, always, 2e6), 4000},
		{"three in ten twice", doubled(once, func(i int) bool { return i%10 < 3 }, 3000), 1200},
		{"one in a thousand twice", doubled(once, func(i int) bool { return i%1000 == 0 }, 3000), 0},
		{"a flood of identical packets", identical, 0},
		{"identical packets without identification", noID, 0},
		{"retransmissions", retransmitted, 0},
		{"retransmissions within a tenth of a second", soon, 0},
		{"different questions with one checksum", anagrams, 0},
		{"sequence numbers that count", counting, 0},
	}
	for _, c := range cases {
		s, p := read(c.records, aTarget)
		if a := s.Audit(); a.Duplicated != (c.removed > 0) {
			t.Errorf("%s: duplicated %v (%d of %d again)", c.name, a.Duplicated, a.Repeats, a.Identifiable)
		}
		if p.Duplicates != c.removed || p.Samples != uint64(len(c.records))-c.removed {
			t.Errorf("%s: %d removed of %d, want %d", c.name, p.Duplicates, len(c.records), c.removed)
		}
	}
}

// TestFlowsReportedTwice: two exporters on the way of the same flows, whose clocks
// differ by per second.
func TestFlowsReportedTwice(t *testing.T) {
	var one, two []model.Record
	for i := range 500 {
		r := flow(model.Addr4(0x0a000000+uint32(i)), victim, int64(i)*1e8, int64(i)*1e8+5e8, uint64(3+i%50), uint64(300+i))
		r.SrcPort = uint16(1024 + i)
		one = append(one, r)
		two = append(two, r)
		r.First += 9e8
		r.Last += 9e8
		r.Exporter = 1
		two = append(two, r)
	}
	if s, p := read(one, aTarget); s.Audit().Duplicated || p.Duplicates != 0 {
		t.Errorf("one exporter: %d removed", p.Duplicates)
	}
	if s, p := read(two, aTarget); !s.Audit().Duplicated || p.Duplicates != 500 {
		t.Errorf("two exporters: %d removed", p.Duplicates)
	}
	same := make([]model.Record, 0, 1000)
	for i := range two { // the same records from one exporter are flows of their own
		r := two[i]
		r.Exporter = 0
		same = append(same, r)
	}
	if s, p := read(same, aTarget); s.Audit().Duplicated || p.Duplicates != 0 {
		t.Errorf("one exporter that repeats: %d removed", p.Duplicates)
	}
}

func TestFingerprintCoversEveryField(t *testing.T) {
	base := segment(address("192.0.2.1"), victim, model.ACK, 0)
	base.IPID = 1
	udp := datagram(address("192.0.2.1"), victim, []byte("0123456789abcdef"), 0)
	f := flow(address("192.0.2.1"), victim, 0, 1e9, 10, 1000)
	h := func(r model.Record, change func(*model.Record)) uint64 {
		change(&r)
		x, _ := fingerprint(&r)
		return content(x, &r)
	}
	none := func(*model.Record) {}
	changes := map[string]func(*model.Record){
		"source": func(r *model.Record) { r.Src.Lo++ }, "destination": func(r *model.Record) { r.Dst.Lo++ },
		"source, upper half": func(r *model.Record) { r.Src.Hi++ }, "ports": func(r *model.Record) { r.SrcPort++ },
		"port": func(r *model.Record) { r.DstPort++ }, "flags": func(r *model.Record) { r.TCPFlags ^= model.PSH },
		"protocol": func(r *model.Record) { r.Proto++ },
	}
	packets := map[string]func(*model.Record){
		"identification": func(r *model.Record) { r.IPID++ }, "offset": func(r *model.Record) { r.FragOffset += 8 },
		"length": func(r *model.Record) { r.IPLen++ }, "sequence": func(r *model.Record) { r.Seq++ },
		"acknowledgement": func(r *model.Record) { r.Ack++ }, "checksum": func(r *model.Record) { r.Checksum++ },
	}
	for name, change := range changes {
		for _, r := range []model.Record{base, udp, f} {
			if h(r, change) == h(r, none) {
				t.Errorf("%s makes no difference", name)
			}
		}
	}
	for name, change := range packets {
		if h(base, change) == h(base, none) {
			t.Errorf("%s makes no difference", name)
		}
	}
	if h(udp, func(r *model.Record) { r.Payload = []byte("another payload!") }) == h(udp, none) {
		t.Error("the payload makes no difference")
	}
	if h(f, func(r *model.Record) { r.Packets++ }) == h(f, none) || h(f, func(r *model.Record) { r.Bytes++ }) == h(f, none) {
		t.Error("counts of flows make no difference")
	}
	if h(base, func(r *model.Record) { r.TTL-- }) != h(base, none) {
		t.Error("the TTL changes on the way")
	}
}

// TestOddRunsAreNoMirror: a mirror port repeats each packet once, so packets that
// come three times as often as twice were sent, not mirrored.
func TestOddRunsAreNoMirror(t *testing.T) {
	w := newTwins(16)
	var list []model.Record
	for i := range 200 {
		r := model.Record{IsPacket: true, Proto: model.ProtoTCP, Src: model.Addr4(0x0a000000 + uint32(i)), Dst: victim, SrcPort: 1000, DstPort: 443, Seq: uint32(i), First: int64(i) * 1e6, IPLen: 40}
		for k := range 2 + i%2 {
			r.First += int64(k) * 1000
			list = append(list, r)
		}
	}
	for round := range 2 { // the second round ends the runs of the first
		for i := range list {
			r := list[i]
			r.First += int64(round) * 10e9
			w.observe(&r)
		}
	}
	if w.even == 0 || w.odd == 0 || w.duplicated(true) {
		t.Errorf("%d even runs, %d odd ones, duplicated %t", w.even, w.odd, w.duplicated(true))
	}
}
