package spoof

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"floodmark/internal/model"
	"floodmark/internal/testenv"
)

// captures finds the folder of real captures, which are never part of the
// project, or skips the test.
func captures(t *testing.T) string {
	dir := os.Getenv("FLOODMARK_CAPTURES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "data", "captures")
	}
	if _, err := os.Stat(dir); err != nil {
		testenv.Optional(t, "skipped: no folder of real captures at %s; set FLOODMARK_CAPTURES", dir)
	}
	return dir
}

// ipv4 calls each with every IPv4 packet over Ethernet in a pcap or pcapng file:
// as much of the formats as these captures use.
func ipv4(t *testing.T, name string, each func(ip []byte)) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	frame := func(f []byte) {
		if len(f) >= 14+20 && f[12] == 8 && f[13] == 0 {
			each(f[14:])
		}
	}
	if bytes.HasPrefix(b, []byte{0x0a, 0x0d, 0x0d, 0x0a}) {
		for len(b) >= 12 {
			size := int(binary.LittleEndian.Uint32(b[4:]))
			if size < 12 || size > len(b) {
				t.Fatalf("%s: block of %d octets", name, size)
			}
			if binary.LittleEndian.Uint32(b) == 6 {
				frame(b[28 : 28+binary.LittleEndian.Uint32(b[20:])])
			}
			b = b[size:]
		}
		return
	}
	for b = b[24:]; len(b) >= 16; {
		size := int(binary.LittleEndian.Uint32(b[8:]))
		frame(b[16 : 16+size])
		b = b[16+size:]
	}
}

func captured(t *testing.T, name string, want func(ip []byte) bool) Input {
	sources := table{}
	ipv4(t, filepath.Join(captures(t), name), func(ip []byte) {
		if want(ip) {
			sources.add(binary.BigEndian.Uint32(ip[12:]), ip[8], 1)
		}
	})
	if len(sources) == 0 {
		t.Fatalf("%s: no packet of the vector found", name)
	}
	return Input{Sources: sources.sources(), TTLKnown: true, Seed: 1}
}

func port(ip []byte, at int) int {
	h := int(ip[0]&15) * 4
	if len(ip) < h+at+2 {
		return -1
	}
	return int(binary.BigEndian.Uint16(ip[h+at:]))
}

func flags(ip []byte) byte {
	if h := int(ip[0]&15) * 4; len(ip) > h+13 {
		return ip[h+13] & 0x3f
	}
	return 0
}

func first(ip []byte) bool { return ip[6]&0x1f == 0 && ip[7] == 0 }

func TestRealCaptures(t *testing.T) {
	cases := []struct {
		file       string
		reflection bool
		want       func(ip []byte) bool
		verdict    model.Spoofing
		raw        []model.Spoofing // what the tests alone may say
	}{
		{"pkt.TCP.synflood.spoofed.pcap", false,
			func(ip []byte) bool { return ip[9] == 6 && first(ip) && flags(ip) == 0x02 },
			model.SpoofSpoofed, []model.Spoofing{model.SpoofSpoofed}},
		{"amp.UDP.snmp.src161.pcapng", true,
			func(ip []byte) bool { return ip[9] == 17 && first(ip) && port(ip, 0) == 161 },
			model.SpoofReal, []model.Spoofing{model.SpoofReal, model.SpoofUndecided}},
		{"amp.TCP.reflection.SYNACK.pcap", true,
			func(ip []byte) bool { return ip[9] == 6 && first(ip) && flags(ip) == 0x12 },
			model.SpoofReal, []model.Spoofing{model.SpoofReal, model.SpoofUndecided}},
		{"amp.dns.RRSIG.fragmented.pcap", true,
			func(ip []byte) bool { return ip[9] == 17 && first(ip) && port(ip, 0) == 53 },
			model.SpoofReal, []model.Spoofing{model.SpoofReal, model.SpoofUndecided}},
	}
	for _, c := range cases {
		t.Run(c.file, func(t *testing.T) {
			in := captured(t, c.file, c.want)
			alone := Assess(in)
			in.Reflection = c.reflection
			got := Assess(in)
			t.Logf("alone: %s: %s", alone.Verdict, alone.Reason)
			for _, x := range got.Tests {
				if x.Statistic != nil {
					t.Logf("%-14s %-14s %10.5g n=%d %s", x.Name, x.Verdict, *x.Statistic, x.N, x.Reason)
				} else {
					t.Logf("%-14s %-14s n=%d %s", x.Name, x.Verdict, x.N, x.Reason)
				}
			}
			if got.Verdict != c.verdict {
				t.Errorf("verdict %s, want %s: %s", got.Verdict, c.verdict, got.Reason)
			}
			ok := false
			for _, v := range c.raw {
				ok = ok || v == alone.Verdict
			}
			if !ok {
				t.Errorf("tests alone say %s, want one of %v: %s", alone.Verdict, c.raw, alone.Reason)
			}
		})
	}
}
