package pcap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var orders = []struct {
	name string
	o    order
}{{"little-endian", binary.LittleEndian}, {"big-endian", binary.BigEndian}}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestPcapVariants(t *testing.T) {
	for _, o := range orders {
		for _, v := range []struct {
			name  string
			magic uint32
			extra []byte
			time  int64
		}{
			{"microseconds", magicMicro, nil, 1_700_000_000_000_007_000},
			{"nanoseconds", magicNano, nil, 1_700_000_000_000_000_007},
			{"modified", magicModified, u32s(o.o, 3, 0), 1_700_000_000_000_007_000},
		} {
			t.Run(o.name+" "+v.name, func(t *testing.T) {
				rec := func(data string) []byte {
					return join(u32s(o.o, 1_700_000_000, 7, uint32(len(data)), 1500), v.extra, []byte(data))
				}
				file := join(fileHeader(o.o, v.magic, 1<<28|101), rec("abc"), rec(""), rec("defgh"))
				got, info, err := read(bytes.NewReader(file))
				if err != io.EOF || len(got) != 3 || info.BigEndian != (o.name == "big-endian") || info.Interfaces[0].SnapLen != 262144 {
					t.Fatalf("%d packets, %v, %+v", len(got), err, info)
				}
				for i, size := range []uint32{3, 0, 5} {
					g := got[i]
					if g.Cap != size || g.Wire != 1500 || g.Time != v.time || g.Interface != 0 || g.Link != 101 {
						t.Errorf("packet %d: %+v", i, g)
					}
				}
				if f, ok := Sniff(file); !ok || f != "pcap" {
					t.Errorf("sniffed %q, %v", f, ok)
				}
			})
		}
	}
}

func TestPcapngBlocks(t *testing.T) {
	for _, o := range orders {
		t.Run(o.name, func(t *testing.T) {
			e := o.o
			file := join(
				section(e, option(e, optComment, []byte("first")), option(e, shbUserAppl, []byte("floodmark scenario camera-flood")), u32s(e, 0)),
				idb(e, 1, 4, option(e, ifName, []byte("eth0")), option(e, ifTsResol, []byte{9})),
				idb(e, 113, 0, option(e, ifTsOffset, u64s(e, 1_000_000_000))),
				epb(e, 0, 1_700_000_000_000_000_001, []byte("abc"), 100, option(e, epbDropCount, u64s(e, 5)), option(e, optComment, []byte("x")), u32s(e, 0)),
				epb(e, 1, 700_000_000_000_002, []byte("abcd"), 200),
				epb(e, 7, 0, []byte("orphan"), 6),
				block(e, blockSimple, u32s(e, 300), []byte("efgh")), // cut by the snap length
				block(e, blockSimple, u32s(e, 2), []byte("ij")),
				block(e, blockPacket, u16s(e, 1, 7), u32s(e, 0, 3, 5, 400), []byte("klmno"), make([]byte, 3)),
				block(e, blockPacket, u16s(e, 1, 0xffff), u32s(e, 0, 4, 0, 0)),
				block(e, blockNames, make([]byte, 8)), block(e, blockSecrets, make([]byte, 8)), block(e, blockJournal),
				block(e, blockCustom, u32s(e, 1)), block(e, blockCustomKeep, u32s(e, 1)),
				block(e, 0x80000001, make([]byte, 400)), block(e, 0x0bad, nil),
				block(e, blockStatistics, u32s(e, 0, 0, 0), option(e, isbIfDrop, u64s(e, 1))), // counts from the start: the next one replaces it
				block(e, blockStatistics, u32s(e, 0, 0, 0), option(e, isbIfRecv, u64s(e, 100)), option(e, isbIfDrop, u64s(e, 10)), option(e, isbOSDrop, u64s(e, 20))),
				block(e, blockStatistics, u32s(e, 1, 0, 0), option(e, isbIfRecv, u64s(e, 1000))),
				block(e, blockStatistics, u32s(e, 9, 0, 0)),
				section(e, option(e, optComment, []byte("second")), option(e, optComment, []byte("first"))),
				idb(e, 101, 0),
				epb(e, 0, 1, nil, 0),
			)
			got, info, err := read(bytes.NewReader(file))
			if err != io.EOF {
				t.Fatal(err)
			}
			type short struct {
				Time      int64
				Cap, Wire uint32
				Interface uint32
				Link      uint16
			}
			var have []short
			for _, g := range got {
				have = append(have, short{g.Time, g.Cap, g.Wire, g.Interface, g.Link})
			}
			want := []short{
				{1_700_000_000_000_000_001, 3, 100, 0, 1},
				{1_700_000_000_000_002_000, 4, 200, 1, 113},
				{0, 4, 300, 0, 1}, {0, 2, 2, 0, 1},
				{1_000_000_000_000_003_000, 5, 400, 1, 113}, {1_000_000_000_000_004_000, 0, 0, 1, 113},
				{1000, 0, 0, 2, 101},
			}
			if diff := cmp.Diff(want, have); diff != "" {
				t.Error(diff)
			}
			wantInfo := Info{
				Format: "pcapng", BigEndian: o.name == "big-endian", Packets: 7, Sections: 2, PacketComments: 1, OrphanPackets: 1, PacketsTimeless: 2,
				Interfaces: []Interface{{1, 4, "eth0", Statistics{true, 100, 10, 20}}, {113, 0, "", Statistics{true, 1000, 0, 0}}, {LinkType: 101}},
				Apps:       []string{"floodmark scenario camera-flood"}, Comments: []string{"first", "second"},
				Drops:       Drops{Reported: true, Received: 1100, IfDrop: 10, OSDrop: 20, AtPackets: 12, Interfaces: 2},
				OtherBlocks: 4, CustomBlocks: 3, UnknownBlocks: 1,
			}
			if diff := cmp.Diff(wantInfo, info); diff != "" {
				t.Error(diff)
			}
			if m := info.Drops.Missed(); m != 30 {
				t.Errorf("missed %d", m)
			}
		})
	}
}

func TestUnitsOfTime(t *testing.T) {
	e := binary.LittleEndian
	cases := []struct {
		resolution byte
		offset     int64
		ts         uint64
		want       int64
	}{
		{6, 0, 1_700_000_000_123_456, 1_700_000_000_123_456_000},
		{0, 0, 1_700_000_000, 1_700_000_000_000_000_000},
		{3, 0, 1_700_000_000_123, 1_700_000_000_123_000_000},
		{9, 0, math.MaxInt64, math.MaxInt64},
		{9, 0, math.MaxUint64, math.MaxInt64},
		{6, 0, math.MaxUint64, math.MaxInt64},
		{12, 0, 1_700_000_000_123_456, 1_700_000_000_123},
		{19, 0, math.MaxUint64, 1_844_674_407},
		{28, 0, math.MaxUint64, 1},
		{29, 0, math.MaxUint64, 0},
		{127, 0, math.MaxUint64 - 1, 0},
		{0x80, 0, 1_700_000_000, 1_700_000_000_000_000_000},
		{0x80, 0, math.MaxUint64, math.MaxInt64},
		{0x80 | 1, 0, 3, 1_500_000_000},
		{0x80 | 10, 0, 1_700_000_000<<10 | 512, 1_700_000_000_500_000_000},
		{0x80 | 32, 0, 1_700_000_000<<32 | 1<<31, 1_700_000_000_500_000_000},
		{0x80 | 63, 0, 1 << 63, 1_000_000_000},
		{0x80 | 64, 0, 1 << 63, 500_000_000},
		{0x80 | 65, 0, 1 << 63, 250_000_000},
		{0xff, 0, math.MaxUint64, 0},
		{6, 5, 1, 5_000_001_000},
		{6, -5, 1, -4_999_999_000},
		{6, math.MaxInt64, 1, math.MaxInt64},
		{6, math.MinInt64, 1, math.MinInt64 + 1000},
		{9, math.MinInt64, 0, math.MinInt64},
	}
	for _, c := range cases {
		file := join(section(e), idb(e, 1, 0, option(e, ifTsResol, []byte{c.resolution}), option(e, ifTsOffset, u64s(e, uint64(c.offset)))),
			epb(e, 0, c.ts, nil, 0))
		got, _, err := read(bytes.NewReader(file))
		if err != io.EOF || len(got) != 1 || got[0].Time != c.want {
			t.Errorf("resolution %#x, offset %d, %d: %v %+v, want %d", c.resolution, c.offset, c.ts, err, got, c.want)
		}
	}
}

func TestDamage(t *testing.T) {
	e := binary.LittleEndian
	head := join(section(e), idb(e, 1, 0))
	good := epb(e, 0, 1, []byte("abcd"), 4)
	pcap := join(fileHeader(e, magicMicro, 1), record(e, 1, 2, []byte("abcd"), 4))
	patch := func(b []byte, at int, v ...byte) []byte { b = bytes.Clone(b); copy(b[at:], v); return b }
	at := int64(len(head) + len(good))
	cases := []struct {
		name    string
		file    []byte
		packets int
		reason  Reason
		offset  int64
	}{
		{"empty", nil, 0, truncated, 0},
		{"three octets", []byte{0xd4, 0xc3, 0xb2}, 0, truncated, 0},
		{"text", []byte("hello, this is no recording"), 0, notRecording, 0},
		{"gzip", []byte("\x1f\x8b\x08\x00 and so on, for a while"), 0, notRecording, 0},
		{"head cut", pcap[:20], 0, truncated, 0},
		{"version 1.0", patch(pcap, 4, 1, 0, 0, 0), 0, unsupported, 4},
		{"version 2.2", patch(pcap, 4, 2, 0, 2, 0), 0, unsupported, 4},
		{"record header cut", append(bytes.Clone(pcap), 1, 2, 3), 1, truncated, 44},
		{"record cut", join(pcap, record(e, 1, 2, []byte("abcd"), 4)[:18]), 1, truncated, 44},
		{"absurd length", join(pcap, record(e, 1, 2, nil, 4)[:8], u32s(e, maxPacket+1, 9)), 1, badLength, 52},
		{"pcapng head cut", head[:11], 0, truncated, 0},
		{"pcapng without byte order", patch(head, 8, 1, 2, 3, 4), 0, notRecording, 8},
		{"pcapng version 2", patch(head, 12, 2), 0, unsupported, 12},
		{"section shorter than its head", patch(head, 4, 24), 0, badLength, 4},
		{"block header cut", join(head, good, good[:11]), 1, truncated, at},
		{"block cut", join(head, good, good[:len(good)-1]), 1, truncated, at},
		{"length not in steps of 4", join(head, good, patch(good, 4, 37)), 1, badLength, at + 4},
		{"length 0", join(head, good, patch(good, 4, 0)), 1, badLength, at + 4},
		{"length above 16 MiB", join(head, good, patch(good, 4, 4, 0, 0, 1)), 1, badLength, at + 4},
		{"another length at the end", join(head, good, patch(good, len(good)-4, 0)), 1, badLength, at + int64(len(good)) - 4},
		{"captured length beyond the block", join(head, good, patch(good, 20, 9)), 1, badLength, at},
		{"captured length beyond everything", join(head, good, patch(good, 20, 0xff, 0xff, 0xff, 0xff)), 1, badLength, at},
		{"obsolete block with such a length", join(head, good, patch(good, 0, 2), patch(patch(good, 0, 2), 20, 0xff)), 2, badLength, at + int64(len(good))},
		{"simple block too large", join(head, good, block(e, blockSimple, u32s(e, maxPacket+4), make([]byte, maxPacket+4))), 1, badLength, at},
		{"section without byte order", join(head, good, patch(head, 8, 0)), 1, badBlock, at + 8},
		{"large block cut", join(head, good, block(e, 99, make([]byte, 3<<20))[:2<<20]), 1, truncated, at + bufSize},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, _, err := read(bytes.NewReader(c.file))
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("error %v", err)
			}
			if e.Reason != c.reason || e.Offset != c.offset || len(got) != c.packets {
				t.Errorf("%d packets and %v at %d, want %d and %v at %d: %v", len(got), e.Reason, e.Offset, c.packets, c.reason, c.offset, err)
			}
			if s := err.Error(); strings.Contains(s, "\n") || !strings.HasPrefix(s, "read recording at offset ") || strings.Contains(s, "expected ,") {
				t.Errorf("message %q", s)
			}
		})
	}
}

func TestLargeBlocksArePassedOver(t *testing.T) {
	e := binary.BigEndian
	file := join(section(e), idb(e, 1, 0), block(e, 99, make([]byte, 5<<20)), epb(e, 0, 1, []byte("abcd"), 4),
		epb(e, 0, 2, make([]byte, maxPacket), maxPacket, option(e, optComment, make([]byte, 60000))),
		block(e, blockEnhanced, u32s(e, 0, 0, 3, 4, 4), []byte("efgh"), make([]byte, 2<<20)), epb(e, 0, 4, nil, 0))
	got, info, err := read(bytes.NewReader(file))
	if err != io.EOF || len(got) != 4 || got[3].Time != 4000 || info.UnknownBlocks != 1 || info.PacketComments != 1 {
		t.Errorf("%v, %d packets, %+v", err, len(got), info)
	}
}

func TestTextsAreBounded(t *testing.T) {
	e := binary.LittleEndian
	var file []byte
	for i := range 200 {
		file = append(file, section(e, option(e, optComment, append(u16s(e, uint16(i)+300), bytes.Repeat([]byte("c"), 5000)...)))...)
	}
	file = append(file, section(e, option(e, shbUserAppl, []byte("bad \xff text\x00and more")), u16s(e, 1, 400))...)
	_, info, err := read(bytes.NewReader(file))
	if err != io.EOF || len(info.Comments) > maxTexts || info.CommentsCut == 0 || info.DamagedOptions != 1 {
		t.Errorf("%v: %d comments, %d cut, %d damaged", err, len(info.Comments), info.CommentsCut, info.DamagedOptions)
	}
	if diff := cmp.Diff([]string{"bad \uFFFD text"}, info.Apps); diff != "" {
		t.Error(diff)
	}
}

func TestInterfacesAreBounded(t *testing.T) {
	e := binary.LittleEndian
	file := append(section(e), bytes.Repeat(idb(e, 1, 0), maxInterfaces+1)...)
	_, info, err := read(bytes.NewReader(file))
	var bad *Error
	if !errors.As(err, &bad) || bad.Reason != badBlock || len(info.Interfaces) != maxInterfaces {
		t.Errorf("%v with %d interfaces", err, len(info.Interfaces))
	}
}

func TestDropsDoNotWrapRound(t *testing.T) {
	e := binary.LittleEndian
	drop := option(e, epbDropCount, u64s(e, math.MaxUint64-1))
	file := join(section(e), idb(e, 1, 0), epb(e, 0, 0, nil, 0, drop), epb(e, 0, 0, nil, 0, drop))
	if _, info, err := read(bytes.NewReader(file)); err != io.EOF || info.Drops.AtPackets != math.MaxUint64 || info.Drops.Missed() != math.MaxUint64 {
		t.Errorf("%v: %+v", err, info.Drops)
	}
}

// failing gives an error of its own after its bytes, or nothing at all.
type failing struct {
	b   []byte
	err error
}

func (f *failing) Read(b []byte) (int, error) {
	n := copy(b, f.b)
	f.b = f.b[n:]
	if n == 0 {
		return 0, f.err
	}
	return n, nil
}

func TestErrorsOfTheSourceAreKept(t *testing.T) {
	e := binary.LittleEndian
	file := join(fileHeader(e, magicMicro, 1), record(e, 1, 2, []byte("abcd"), 4))
	own := errors.New("checksum of the compression is wrong")
	for _, c := range []struct {
		name string
		b    []byte
		give error
		want error
	}{
		{"at a boundary", file, own, own},
		{"within a record", file[:len(file)-1], own, own},
		{"no progress", file, nil, io.ErrNoProgress},
	} {
		got, _, err := read(&failing{bytes.Clone(c.b), c.give})
		var bad *Error
		if !errors.Is(err, c.want) || !errors.As(err, &bad) || bad.Reason != readFailed {
			t.Errorf("%s: %v after %d packets", c.name, err, len(got))
		}
	}
}

// TestEveryCutIsReportedOrClean cuts the recordings of testdata at every byte:
// what is delivered is the beginning of the whole, and the error states where.
func TestEveryCutIsReportedOrClean(t *testing.T) {
	buf := make([]byte, 2048) // hardly more than the largest packet, so that the window moves often
	for _, name := range []string{"micro.pcap", "modified.pcap", "two.pcapng", "comments.pcapng"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		whole, _, _ := read(bytes.NewReader(b))
		clean := 0
		for n := range b {
			got, _, err := readBy(bytes.NewReader(b[:n]), buf)
			if len(got) > len(whole) || !slices.Equal(whole[:len(got)], got) {
				t.Fatalf("%s cut to %d: other packets", name, n)
			}
			var bad *Error
			switch {
			case err == io.EOF:
				clean++
			case !errors.As(err, &bad) || bad.Reason != truncated || bad.Offset > int64(n):
				t.Fatalf("%s cut to %d: %v", name, n, err)
			}
		}
		if clean < len(whole) || clean > len(whole)+8 {
			t.Errorf("%s: %d cuts are clean, of %d packets", name, clean, len(whole))
		}
	}
}

func TestSniffRefusesOtherFiles(t *testing.T) {
	for _, s := range []string{"", "\xd4\xc3\xb2", "PK\x03\x04", "\x1f\x8b\x08\x00", "\x0a\x0d\x0d\x0a....text", "nfcapd"} {
		if f, ok := Sniff([]byte(s)); ok {
			t.Errorf("%q is %s", s, f)
		}
	}
}

func TestReasonsHaveNames(t *testing.T) {
	names := map[string]bool{}
	for r := Reason(0); r <= readFailed; r++ {
		if s := r.String(); s == "" || names[s] {
			t.Errorf("reason %d is called %q", r, s)
		} else {
			names[s] = true
		}
	}
}

func TestReadingAllocatesNothing(t *testing.T) {
	e := binary.LittleEndian
	ng := &endless{head: join(section(e), idb(e, 1, 0)),
		body: join(epb(e, 0, 1, make([]byte, 60), 60), epb(e, 0, 1, make([]byte, 61), 61, option(e, epbDropCount, u64s(e, 1))), block(e, blockSimple, u32s(e, 4, 0)))}
	for _, src := range []*endless{benchPcap(), ng} {
		r, err := NewReader(src)
		if err != nil {
			t.Fatal(err)
		}
		var p Packet
		if n := testing.AllocsPerRun(50_000, func() {
			if err := r.Next(&p); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%v allocations", n)
		}
	}
}
