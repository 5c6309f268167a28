package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"floodmark/internal/decode/pcap"
	"floodmark/internal/scenario/export"
)

// hostile sends octets that no exporter would.
type hostile struct {
	t    *testing.T
	rng  *rand.Rand
	to   []string
	sent int
}

// from sends datagrams from one loopback address to every collector.
func (h *hostile) from(last int, list ...[]byte) {
	h.t.Helper()
	for _, to := range h.to {
		addr, err := net.ResolveUDPAddr("udp", to)
		if err != nil {
			h.t.Fatal(err)
		}
		c, err := net.DialUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 66, byte(last>>8), byte(last))}, addr)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, b := range list {
			if len(b) <= 65507 {
				c.Write(b)
				h.sent++
			}
			if h.sent%64 == 0 {
				<-time.After(time.Millisecond) // what the kernel drops tests nothing
			}
		}
		c.Close()
	}
}

// recorded reads the datagrams of the decoders' own recordings.
func recorded(t *testing.T, room string) (out [][]byte) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "internal", "decode", room, "testdata", "*.pcap"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings of %s: %v", room, err)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := pcap.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		var p pcap.Packet
		for r.Next(&p) == nil {
			if len(p.Data) > 42 {
				out = append(out, bytes.Clone(p.Data[42:])) // Ethernet, IPv4, UDP: 42 octets
			}
		}
		f.Close()
	}
	return out
}

// found reads what fuzzing has found: in the tree, and on this machine.
func found(room string) (out [][]byte) {
	cache, _ := os.UserCacheDir()
	for _, dir := range []string{filepath.Join("..", "..", "internal", "decode", room, "testdata", "fuzz"),
		filepath.Join(cache, "go-build", "fuzz", "floodmark", "internal", "decode", room)} {
		files, _ := filepath.Glob(filepath.Join(dir, "*", "*"))
		for _, name := range files[:min(len(files), 3000)] {
			b, err := os.ReadFile(name)
			if err != nil {
				continue
			}
			for line := range strings.Lines(string(b)) {
				line = strings.TrimSpace(line)
				if text, ok := strings.CutPrefix(line, "[]byte("); ok {
					if s, err := strconv.Unquote(strings.TrimSuffix(text, ")")); err == nil {
						out = append(out, []byte(s))
					}
				}
			}
		}
	}
	return out
}

// spoil damages a datagram: bits, lengths, the end.
func (h *hostile) spoil(b []byte) []byte {
	b = bytes.Clone(b)
	if len(b) < 4 {
		return b
	}
	switch h.rng.IntN(4) {
	case 0:
		for range 1 + h.rng.IntN(4) {
			b[h.rng.IntN(len(b))] ^= 1 << h.rng.IntN(8)
		}
	case 1:
		binary.BigEndian.PutUint16(b[h.rng.IntN(len(b)-1):], uint16(h.rng.Uint32()))
	case 2:
		binary.BigEndian.PutUint32(b[h.rng.IntN(len(b)-3):], []uint32{0, 1, 1<<31 - 1, 1 << 31, 1<<32 - 1}[h.rng.IntN(5)])
	case 3:
		b = b[:h.rng.IntN(len(b))]
	}
	return b
}

// templates is a datagram of NetFlow v9 that tells many templates.
func templates(domain uint32, first, n, fields int) []byte {
	be := binary.BigEndian
	set := be.AppendUint16(nil, 0)
	set = be.AppendUint16(set, uint16(4+n*(4+4*fields)))
	for i := range n {
		set = be.AppendUint16(set, uint16(256+(first+i)%65000))
		set = be.AppendUint16(set, uint16(fields))
		for f := range fields {
			set = be.AppendUint16(set, uint16(1+f))
			set = be.AppendUint16(set, 4)
		}
	}
	return append(header9(uint16(n), uint32(time.Now().Unix()), domain), set...)
}

func header9(count uint16, at, domain uint32) []byte {
	be := binary.BigEndian
	b := be.AppendUint16(nil, 9)
	b = be.AppendUint16(b, count)
	b = be.AppendUint32(b, 1000)
	b = be.AppendUint32(b, at)
	b = be.AppendUint32(b, 1)
	return be.AppendUint32(b, domain)
}

// resident is the memory of the program, octets.
func (s *served) resident() int64 {
	s.t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		s.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "VmRSS:")
	var kb int64
	fmt.Sscan(rest, &kb)
	return kb << 10
}

// TestHostileDatagramsDoNoHarm sends to the collectors what decoders are fuzzed
// with, damaged recordings, noise, floods of templates and of exporters, and
// exporters that lie, while one honest exporter reports an attack.
func TestHostileDatagramsDoNoHarm(t *testing.T) {
	t.Parallel()
	s := serving(t, configured(t, "networks: [198.51.100.0/24]\nmax_tracked_hosts: 100000\n"), t.TempDir())
	exporting(t, feeds{protocol: export.SFlow, from: "127.0.6.1", to: s.sflow, sampling: 1000}).traffic(20, browsing("198.51.100.7"))
	s.until("it is at work", func() bool { return s.metric("floodmark_store_rows_total", "") > 0 })
	before := s.resident()

	h := &hostile{t: t, rng: rand.New(rand.NewPCG(7, 7)), to: []string{s.netflow, s.sflow}}
	var honest [][]byte
	for _, room := range []string{"netflow", "sflow", "packet"} {
		list := recorded(t, room)
		honest = append(honest, list[:min(len(list), 200)]...)
		h.from(1, found(room)...)
	}
	fuzzed := h.sent
	h.from(2, honest...)
	for range 3000 {
		h.from(3, h.spoil(honest[h.rng.IntN(len(honest))]))
	}
	for n := range 1000 {
		b := make([]byte, h.rng.IntN(1472))
		for i := range b {
			b[i] = byte(h.rng.Uint32())
		}
		copy(b, [][]byte{{0, 9}, {0, 10}, {0, 5}, {0, 0, 0, 5}, {}}[n%5])
		h.from(4, b)
	}
	for n := range 400 { // 20 templates each, of up to 2000 exporters and domains
		h.from(1000+n, templates(uint32(n), n*20, 20, 10), templates(uint32(n+1), n*20, 200, 1))
	}
	for n := range 300 { // one exporter, 60,000 templates
		h.from(5, templates(1, n*200, 200, 1))
	}
	for _, at := range []uint32{0, 1, 1 << 31, 1<<32 - 1} { // times that cannot be
		h.from(6, header9(0, at, 9))
	}
	liar := exporting(t, feeds{protocol: export.SFlow, from: "127.0.6.9", to: s.sflow, sampling: 10, faults: export.Faults{AdvertisedRate: 1<<32 - 1, Skew: 1000 * time.Hour}})
	liar.traffic(50, browsing("203.0.113.7"))
	skewed := exporting(t, feeds{protocol: export.NetFlow9, from: "127.0.6.10", to: s.netflow, sampling: 10, faults: export.Faults{AdvertisedRate: 1<<32 - 1, Skew: -1000 * time.Hour}})
	skewed.traffic(50, browsing("203.0.113.8"))

	attacker := exporting(t, feeds{protocol: export.NetFlow9, from: "127.0.6.2", to: s.netflow, sampling: 1000})
	attacker.traffic(250, synFlood("198.51.100.9"))
	s.opened("198.51.100.9")
	s.until("the damage is counted", func() bool { return s.condition("decode-errors") != "" })
	t.Log(s.condition("decode-errors"))
	dropped := s.metric("floodmark_collector_dropped_datagrams_total", "buffer_full")
	if received := s.metric("floodmark_collector_datagrams_total", ""); received+dropped < float64(h.sent) {
		t.Errorf("%g datagrams received and %g dropped of %d", received, dropped, h.sent)
	}
	if grown := s.resident() - before; grown > 500<<20 {
		t.Errorf("memory has grown by %d MiB", grown>>20)
	} else {
		t.Logf("%d datagrams (%d of fuzzing), %g dropped by the kernel; memory %d MiB, %d more than before", h.sent, fuzzed, dropped, s.resident()>>20, grown>>20)
	}
	if strings.Contains(s.log.String(), "panic") {
		t.Error("it panicked")
	}
	if n := strings.Count(s.log.String(), "\n"); n > 500 {
		t.Errorf("%d lines were logged", n)
	}
	if code := s.stop(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
}
