package pcap

import (
	"io"
	"os"
	"path/filepath"
	"testing"

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

func TestRealRecordingsAreReadToTheEnd(t *testing.T) {
	dir := captures(t)
	for _, c := range []struct {
		file, format string
		packets      uint64
	}{
		{"amp.TCP.reflection.SYNACK.pcap", "pcap", 8000},
		{"amp.UDP.snmp.src161.pcapng", "pcap", 4373}, // whatever its name says
		{"amp.dns.RRSIG.fragmented.pcap", "pcap", 4412},
		{"pkt.TCP.synflood.spoofed.pcap", "pcap", 37841},
	} {
		t.Run(c.file, func(t *testing.T) {
			f, err := os.Open(filepath.Join(dir, c.file))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			r, err := NewReader(f)
			if err != nil {
				t.Fatal(err)
			}
			var p Packet
			for err = r.Next(&p); err == nil; err = r.Next(&p) {
				if p.LinkType != 1 || len(p.Data) < 14 {
					t.Fatalf("packet %d: link type %d, %d octets", r.Info().Packets, p.LinkType, len(p.Data))
				}
			}
			if err != io.EOF {
				t.Fatal(err)
			}
			if i := r.Info(); i.Packets != c.packets || i.Format != c.format {
				t.Errorf("got %d packets of %s, want %d of %s", i.Packets, i.Format, c.packets, c.format)
			}
		})
	}
}
