package app

import (
	"bytes"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/model"
)

// realRecordings are recordings of real attacks with what is known of them.
var realRecordings = []struct {
	file    string
	vectors []string
	spoofed bool
	// packets that the attack has at least and at most, counted with tshark
	smallest, largest uint64
}{
	// ip.proto == 6: SYN-ACKs and resets; the rest are ICMP errors and a scan
	{"amp.TCP.reflection.SYNACK.pcap", []string{"synack-reflection"}, false, 6500, 7679},
	// udp.srcport == 161 and the fragments
	{"amp.UDP.snmp.src161.pcapng", []string{"reflection-snmp"}, false, 3900, 4079},
	// udp.srcport == 53 or ip.frag_offset > 0; the 3,104 TCP packets are ordinary
	{"amp.dns.RRSIG.fragmented.pcap", []string{"reflection-dns"}, false, 1150, 1300},
	{"pkt.TCP.synflood.spoofed.pcap", []string{"syn-flood"}, true, 37000, 37841},
}

func TestRealRecordings(t *testing.T) {
	for _, c := range realRecordings {
		t.Run(c.file, func(t *testing.T) {
			a := analyze(t, AnalyzeOptions{Paths: []string{captureFile(t, c.file)}})
			if a.Attack != model.AttackYes || a.Synthetic {
				t.Errorf("attack %s, synthetic %v%s", a.Attack, a.Synthetic, reasons(a))
			}
			if d := cmp.Diff(strings.Join(c.vectors, " "), names(a)); d != "" {
				t.Fatalf("vectors (-want +got):\n%s", d)
			}
			v := &a.Vectors[0]
			if v.Packets < c.smallest || v.Packets > c.largest {
				t.Errorf("%s: %d packets, want %d to %d", v.Name, v.Packets, c.smallest, c.largest)
			}
			if s := v.Sources.Spoofing; s.Verdict != sourcesVerdict(c.spoofed) {
				t.Errorf("sources are %s: %s", s.Verdict, s.Reason)
			}
			if strings.Contains(c.file, "fragmented") != slices.Contains(v.Traits, "fragmented") {
				t.Errorf("traits %q", v.Traits)
			}
		})
	}
}

// TestRealRecordingsTransformed: verdicts may be lost, never turned round.
func TestRealRecordingsTransformed(t *testing.T) {
	for _, c := range realRecordings {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			file, err := os.ReadFile(captureFile(t, c.file))
			if err != nil {
				t.Fatal(err)
			}
			all := readCapture(t, bytes.NewReader(file))
			before := analyzeBytes(t, AnalyzeOptions{}, file)
			target := make([]netip.Prefix, 0, len(before.Target.Prefixes))
			for _, s := range before.Target.Prefixes {
				target = append(target, netip.MustParsePrefix(s))
			}
			for _, x := range transforms() {
				after := analyzeBytes(t, AnalyzeOptions{Sampling: x.sampling}, x.apply(t, all, target)...)
				if x.keeps && (after.Attack != model.AttackYes || names(after) != names(before)) {
					t.Errorf("%s: attack %s, vectors %s%s", x.name, after.Attack, names(after), reasons(after))
				}
				for i := range after.Vectors {
					v := &after.Vectors[i]
					if s := v.Sources.Spoofing; s.Verdict == sourcesVerdict(!c.spoofed) {
						t.Errorf("%s: sources of %s are %s: %s", x.name, v.Name, s.Verdict, s.Reason)
					}
				}
				if is := after.Totals.Packets.Value; x.doubled && (findingNamed(after, "duplicates") == nil || !near(is, before.Totals.Packets.Value, 0.02)) {
					t.Errorf("%s: %.0f packets became %.0f; findings %+v", x.name, before.Totals.Packets.Value, is, after.Findings)
				}
			}
		})
	}
}
