package netflow

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"floodmark/internal/decode/packet"
	"floodmark/internal/model"
)

// captured is one datagram of a recording.
type captured struct {
	from    model.Exporter
	port    uint16 // destination
	at      int64
	payload []byte
}

// readCapture reads the UDP datagrams of a pcap file (µs, little-endian,
// Ethernet: what tcpdump writes on this loopback).
func readCapture(t testing.TB, file string) []captured {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	if len(b) < 24 || le.Uint32(b) != 0xa1b2c3d4 || le.Uint32(b[20:]) != 1 {
		t.Fatalf("%s: not a pcap file of the expected form", file)
	}
	var list []captured
	var d packet.Decoder
	for b = b[24:]; len(b) >= 16; {
		n := int(le.Uint32(b[8:]))
		at := int64(le.Uint32(b))*1e9 + int64(le.Uint32(b[4:]))*1e3
		var r model.Record
		if why := d.Decode(b[16:16+n], packet.Ethernet, n, &r); why != packet.OK {
			t.Fatalf("%s: %v", file, why)
		}
		list = append(list, captured{model.Exporter{Addr: r.Src, Port: r.SrcPort}, r.DstPort, at, r.Payload})
		b = b[16+n:]
	}
	if len(list) == 0 {
		t.Fatalf("%s: no datagrams", file)
	}
	return list
}

func wanted(t testing.TB, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows [][]string
	for s := bufio.NewScanner(f); s.Scan(); {
		rows = append(rows, strings.Split(s.Text(), "\t"))
	}
	return rows
}

// seen is a record and the boot time (Unix ns) that holds for it.
type seen struct {
	r    model.Record
	boot int64
}

func decodeCapture(t testing.TB, file string) ([]seen, *Decoder) {
	t.Helper()
	var got []seen
	var d *Decoder
	d = New(Config{Emit: func(r *model.Record) {
		boot := d.hdr.at - int64(d.hdr.uptime)*1e6
		if d.hdr.proto == IPFIX {
			boot = d.hdr.stream.sysInit * 1e6
		}
		got = append(got, seen{*r, boot})
	}})
	for _, c := range readCapture(t, file) {
		if err := d.Decode(c.payload, c.from, c.at); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	return got, d
}

// wantTime turns a time as tshark shows it into Unix ns.
func wantTime(t testing.TB, s string, boot int64) int64 {
	t.Helper()
	if at, err := time.Parse("Jan _2, 2006 15:04:05.999999999 MST", s); err == nil {
		if at.UnixNano() == 0 { // how tshark shows 0 ms since boot
			return boot
		}
		return at.UnixNano()
	}
	var sec float64
	if _, err := fmt.Sscanf(s, "%f", &sec); err != nil {
		t.Fatalf("time %q: %v", s, err)
	}
	return boot + int64(sec*1e9+0.5)
}

func flagsText(r *model.Record) string { return fmt.Sprintf("0x%02x", r.TCPFlags) }

// TestReadsWhatTsharkReads compares every record of recordings made with other
// people's exporters with tshark's reading of the same datagrams.
func TestReadsWhatTsharkReads(t *testing.T) {
	files, err := filepath.Glob("testdata/*.want")
	if err != nil || len(files) < 12 {
		t.Fatalf("recordings: %d, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".want")
		if name == "softflowd-psamp" {
			continue // TestReadsPacketSections
		}
		t.Run(name, func(t *testing.T) {
			got, _ := decodeCapture(t, "testdata/"+name+".pcap")
			rows := wanted(t, file)
			next := 0
			for i, w := range rows {
				if next >= len(got) {
					t.Fatalf("%d records, and tshark reads more", len(got))
				}
				if w[0] == "reverse" {
					compareReverse(t, &got[next].r, rows[i-1], w)
				} else if w[5] == "0" && i+1 < len(rows) && rows[i+1][0] == "reverse" {
					continue // a flow whose first direction carried nothing
				} else {
					compareRow(t, &got[next], w, name != "nfprobe-ipfix-sampled")
				}
				next++
			}
			if next != len(got) {
				t.Errorf("%d records, want %d", len(got), next)
			}
		})
	}
}

func compareRow(t *testing.T, g *seen, w []string, times bool) {
	t.Helper()
	r := &g.r
	check := func(what, got, want string) {
		if got != want {
			t.Errorf("%s to %s: %s is %s, want %s", w[0], w[1], what, got, want)
		}
	}
	check("source", r.Src.String(), w[0])
	check("destination", r.Dst.String(), w[1])
	check("protocol", fmt.Sprint(r.Proto), w[4])
	check("packets", fmt.Sprint(r.Packets), w[5])
	check("octets", fmt.Sprint(r.Bytes), w[6])
	switch {
	case r.Proto == model.ProtoTCP || r.Proto == model.ProtoUDP:
		check("source port", fmt.Sprint(r.SrcPort), w[2])
		check("destination port", fmt.Sprint(r.DstPort), w[3])
		if r.Has&model.HasPorts == 0 {
			t.Error("ports are not marked as told")
		}
		if r.Proto == model.ProtoTCP {
			check("flags", flagsText(r), w[7])
		}
	case r.Has&model.HasICMP != 0:
		var code int
		if w[8] != "-" {
			fmt.Sscanf(w[8], "0x%x", &code)
		} else {
			fmt.Sscanf(w[3], "%d", &code)
		}
		check("icmp", fmt.Sprint(int(r.ICMPType)<<8|int(r.ICMPCode)), fmt.Sprint(code))
	case r.Has&model.HasPorts != 0:
		t.Errorf("protocol %d is marked as having ports", r.Proto)
	}
	if !times {
		return
	}
	for k, at := range []int64{r.First, r.Last} {
		want := wantTime(t, w[9+k], g.boot)
		if diff := at - want; diff < -1000 || diff > 1000 { // tshark rounds NTP fractions otherwise
			t.Errorf("%s to %s: time %d is %v, want %v", w[0], w[1], k, time.Unix(0, at).UTC(), time.Unix(0, want).UTC())
		}
	}
}

func compareReverse(t *testing.T, rev *model.Record, fwd, w []string) {
	t.Helper()
	if rev.Src.String() != fwd[1] || rev.Dst.String() != fwd[0] {
		t.Errorf("reverse of %s to %s is %v to %v", fwd[0], fwd[1], rev.Src, rev.Dst)
	}
	if rev.Has&model.HasPorts != 0 && (fmt.Sprint(rev.SrcPort) != fwd[3] || fmt.Sprint(rev.DstPort) != fwd[2]) {
		t.Errorf("reverse of ports %s to %s is %d to %d", fwd[2], fwd[3], rev.SrcPort, rev.DstPort)
	}
	if fmt.Sprint(rev.Packets) != w[1] || fmt.Sprint(rev.Bytes) != w[2] {
		t.Errorf("reverse: %d packets, %d octets, want %s, %s", rev.Packets, rev.Bytes, w[1], w[2])
	}
	if rev.Proto == model.ProtoTCP && flagsText(rev) != w[3] {
		t.Errorf("reverse: flags %s, want %s", flagsText(rev), w[3])
	}
}

// TestReadsPacketSections compares the packets in IE 315 with tshark's reading.
func TestReadsPacketSections(t *testing.T) {
	got, d := decodeCapture(t, "testdata/softflowd-psamp.pcap")
	rows := wanted(t, "testdata/softflowd-psamp.want")
	if len(got) != len(rows) {
		t.Fatalf("%d records, want %d", len(got), len(rows))
	}
	for i, w := range rows {
		r := &got[i].r
		if strings.Contains(r.Src.String(), ":") {
			w[0], w[1] = w[2], w[3]
		} else if fmt.Sprint(r.Bytes) != w[4] {
			t.Errorf("packet %d: %d octets, want %s", i, r.Bytes, w[4])
		}
		if r.Src.String() != w[0] || r.Dst.String() != w[1] {
			t.Errorf("packet %d: %v to %v, want %s to %s", i, r.Src, r.Dst, w[0], w[1])
		}
		if !r.IsPacket || r.Packets != 1 || r.Has&model.HasTTL == 0 {
			t.Errorf("packet %d is not told as one packet with a TTL: %+v", i, r)
		}
		if sec := r.First / 1e9; sec != testTime {
			t.Errorf("packet %d: observed at %d, want within second %d", i, sec, testTime)
		}
	}
	if s := d.Stats().Skipped; len(s) != 0 {
		t.Errorf("skipped: %+v", s)
	}
}

// TestSamplingOfExporters checks the rates that real exporters told, and by
// which way.
func TestSamplingOfExporters(t *testing.T) {
	for _, c := range []struct {
		file string
		rate uint32
		from RateFrom
	}{
		{"softflowd-v5-sampled", 2, rateFromHeader},
		{"softflowd-v9-sampled", 2, rateFromOptions},   // option by interface 0
		{"nfprobe-v9-sampled", 2, rateFromOptions},     // by sampler
		{"nfprobe-ipfix-sampled", 2, rateFromOptions},  // by sampler
		{"softflowd-ipfix-biflow", 1, rateFromOptions}, // interval 1, space 0
		{"softflowd-v5", 0, rateNotReported},
		{"nfprobe-v9", 0, rateNotReported},
	} {
		t.Run(c.file, func(t *testing.T) {
			got, d := decodeCapture(t, "testdata/"+c.file+".pcap")
			for _, s := range got {
				if s.r.Sampling != c.rate {
					t.Fatalf("sampling %d, want %d", s.r.Sampling, c.rate)
				}
			}
			st := d.Stats()
			if len(st.Streams) != 1 || len(st.Streams[0].Rates) != 1 {
				t.Fatalf("streams: %+v", st.Streams)
			}
			s := st.Streams[0]
			if r := s.Rates[0]; r.Rate != c.rate || r.From != c.from || r.Records != s.Records {
				t.Errorf("rates seen: %+v of %d records, want %d from %v", r, s.Records, c.rate, c.from)
			}
		})
	}
}

// TestExportersLoseNothing checks that following the sequence numbers of real
// exporters over a whole recording finds no loss, and that leaving out a
// datagram does.
func TestExportersLoseNothing(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.want")
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".want")
		_, d := decodeCapture(t, "testdata/"+name+".pcap")
		for _, s := range d.Stats().Streams {
			if s.Lost+s.Gaps+s.Late+s.Restarts != 0 {
				t.Errorf("%s: lost %d, gaps %d, late %d, restarts %d", name, s.Lost, s.Gaps, s.Late, s.Restarts)
			}
		}
	}
	d := New(Config{})
	for i, c := range readCapture(t, "testdata/nfprobe-v9.pcap") {
		if i != 2 {
			_ = d.Decode(c.payload, c.from, c.at)
		}
	}
	if s := d.Stats().Streams[0]; s.Lost != 1 || s.Gaps != 1 {
		t.Errorf("one datagram left out: lost %d in %d gaps", s.Lost, s.Gaps)
	}
}
