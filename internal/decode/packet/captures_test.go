package packet

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/model"
	"floodmark/internal/testenv"
)

// captures returns the folder of real attack recordings, which is no part of
// the repository.
func captures(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("FLOODMARK_CAPTURES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "data", "captures")
	}
	if _, err := os.Stat(dir); err != nil {
		testenv.Optional(t, "no recordings of real attacks here (set FLOODMARK_CAPTURES): %v", err)
	}
	return dir
}

// TestRealRecordings counts packets by reason and protocol. The values are
// tshark's, with the filters eth.type == 0x0806 and ip.proto == N.
func TestRealRecordings(t *testing.T) {
	dir := captures(t)
	for _, c := range []struct {
		file      string
		reasons   map[string]int
		protocols map[uint8]int
		later     int // fragments after the first
	}{
		{"amp.TCP.reflection.SYNACK.pcap", map[string]int{"ok": 7996, "not-ip": 4}, map[uint8]int{1: 153, 6: 7679, 17: 164}, 1},
		{"amp.UDP.snmp.src161.pcapng", map[string]int{"ok": 4373}, map[uint8]int{1: 294, 17: 4079}, 0},
		{"amp.dns.RRSIG.fragmented.pcap", map[string]int{"ok": 4412}, map[uint8]int{1: 7, 6: 3104, 17: 1300, 47: 1}, 726},
		{"pkt.TCP.synflood.spoofed.pcap", map[string]int{"ok": 37841}, map[uint8]int{6: 37841}, 0},
	} {
		t.Run(c.file, func(t *testing.T) {
			link, all := frames(t, filepath.Join(dir, c.file))
			reasons, protocols, later := map[string]int{}, map[uint8]int{}, 0
			var d Decoder
			var r model.Record
			for _, p := range all {
				reason := d.Decode(p.data, link, p.wireLen, &r)
				reasons[reason.String()]++
				if reason != OK {
					continue
				}
				check(t, p.data, p.wireLen, &r)
				protocols[r.Proto]++
				if r.Fragment() {
					later++
				}
			}
			if diff := cmp.Diff(c.reasons, reasons); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.protocols, protocols); diff != "" {
				t.Error(diff)
			}
			if later != c.later {
				t.Errorf("%d later fragments, want %d", later, c.later)
			}
		})
	}
}
