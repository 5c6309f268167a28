package nfdump

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"floodmark/internal/model"

	"github.com/google/go-cmp/cmp"
)

func addr(s string) model.Addr { return model.AddrFromNetip(netip.MustParseAddr(s)) }

// readAll reads records until the end; lines that do not parse are returned.
func readAll(t testing.TB, in io.Reader, cfg Config) ([]model.Record, []error, Stats) {
	t.Helper()
	r, err := NewReader(in, cfg)
	if err != nil {
		t.Fatal(err)
	}
	var got []model.Record
	var bad []error
	for {
		var rec model.Record
		err := r.ReadInto(&rec)
		var e *Error
		switch {
		case err == nil:
			got = append(got, rec)
		case errors.Is(err, io.EOF):
			return got, bad, r.Stats()
		case errors.As(err, &e):
			bad = append(bad, err)
		default:
			t.Fatal(err)
		}
	}
}

func readFile(t testing.TB, name string, cfg Config) []model.Record {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, bad, _ := readAll(t, f, cfg)
	if len(bad) != 0 {
		t.Errorf("%s: %v", name, bad)
	}
	return got
}

// summary returns what the trailer of a CSV says: flows, bytes, packets.
func summary(t testing.TB, name string) (flows, bytes, packets uint64) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	if _, err := fmt.Sscanf(lines[len(lines)-1], "%d,%d,%d", &flows, &bytes, &packets); err != nil {
		t.Fatal(err)
	}
	return flows, bytes, packets
}

// TestReadsWhatNfdumpPrints compares the records of both outputs of the same
// files with each other, and their sums with nfdump's own summary.
func TestReadsWhatNfdumpPrints(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.fmt")
	if len(files) != 4 {
		t.Fatalf("%d recordings", len(files))
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".fmt")
		t.Run(name, func(t *testing.T) {
			csv := readFile(t, name+".csv", Config{})
			exact := readFile(t, name+".fmt", Config{Columns: Columns})
			flows, bytes, packets := summary(t, name+".csv")
			if uint64(len(csv)) != flows || len(exact) != len(csv) {
				t.Fatalf("%d records of CSV, %d of the other output, want %d", len(csv), len(exact), flows)
			}
			for i := range csv {
				bytes -= csv[i].Bytes
				packets -= csv[i].Packets
				if csv[i].First != exact[i].First/1e9*1e9 {
					t.Errorf("record %d begins %d, want the second of %d", i, csv[i].First, exact[i].First)
				}
				if csv[i].Last-csv[i].First != exact[i].Last-exact[i].First {
					t.Errorf("record %d lasts %d, want %d", i, csv[i].Last-csv[i].First, exact[i].Last-exact[i].First)
				}
				csv[i].First, csv[i].Last = exact[i].First, exact[i].Last
			}
			if bytes != 0 || packets != 0 {
				t.Errorf("the sums are off by %d octets, %d packets", bytes, packets)
			}
			if diff := cmp.Diff(exact, csv); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOneRecording(t *testing.T) {
	got := readFile(t, "softflowd-ipfix.fmt", Config{Columns: Columns})
	at := time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC).UnixNano()
	has := model.HasInterface | model.HasAS
	want := map[string]model.Record{
		"tcp": {First: at, Last: at + 100e6, Src: addr("192.0.2.80"), Dst: addr("198.51.100.10"), SrcPort: 443, DstPort: 40001, Proto: 6,
			TCPFlags: model.ACK | model.SYN | model.FIN, Packets: 6, Bytes: 5052, Exporter: 1, Has: has | model.HasPorts | model.HasFlags},
		"icmp": {First: at + 250e6, Last: at + 250e6, Src: addr("198.51.100.12"), Dst: addr("192.0.2.80"), Proto: 1, ICMPType: 8,
			Packets: 1, Bytes: 84, Exporter: 1, Has: has | model.HasICMP},
		"unreachable": {First: at + 270e6, Last: at + 270e6, Src: addr("192.0.2.80"), Dst: addr("198.51.100.13"), Proto: 1, ICMPType: 3,
			ICMPCode: 3, Packets: 1, Bytes: 64, Exporter: 1, Has: has | model.HasICMP},
		"icmp6": {First: at + 280e6, Last: at + 280e6, Src: addr("2001:db8:1::12"), Dst: addr("2001:db8:2::80"), Proto: 58, ICMPType: 128,
			Packets: 1, Bytes: 104, Exporter: 1, Has: has | model.HasICMP},
		"gre": {First: at + 450e6, Last: at + 450e6, Src: addr("203.0.113.202"), Dst: addr("192.0.2.80"), Proto: 47,
			Packets: 1, Bytes: 64, Exporter: 1, Has: has},
	}
	for name, w := range want {
		found := false
		for _, g := range got {
			found = found || cmp.Equal(g, w)
		}
		if !found {
			t.Errorf("%s: no such record: %+v", name, w)
		}
	}
}

// TestProtocolNames reads one flow of each protocol, whose number nfdump prints
// as the source port (but for TCP-like port columns, also as itself).
func TestProtocolNames(t *testing.T) {
	const header = "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt"
	f, err := os.Open("testdata/protocols-1.7.1.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	scan := bufio.NewScanner(f)
	n := 0
	for ; scan.Scan(); n++ {
		others := strings.Repeat(",other", strings.Count(scan.Text(), ",")-strings.Count(header, ","))
		got, bad, _ := readAll(t, strings.NewReader(header+others+"\n"+scan.Text()+"\n"), Config{})
		if len(bad) != 0 || len(got) != 1 {
			t.Fatalf("protocol %d: %v", n, bad)
		}
		want := uint8(n)
		if n == 38 {
			want = 35 // both are printed IDPR
		}
		if got[0].Proto != want {
			t.Errorf("protocol %d is read as %d", n, got[0].Proto)
		}
		if n == model.ProtoTCP && got[0].TCPFlags != 6 {
			t.Errorf("flags %#x, want 6", got[0].TCPFlags)
		}
	}
	if n != 138 {
		t.Errorf("%d protocols, want 138", n)
	}
}

// The columns of other versions: 1.6.x with its flags of 6 letters and the
// line "Summary", and the names from 1.7.5 on with milliseconds.
func TestColumnsOfOtherVersions(t *testing.T) {
	at := time.Date(2024, 2, 29, 23, 59, 58, 250e6, time.UTC).UnixNano()
	want := model.Record{First: at, Last: at + 1500e6, Src: addr("192.0.2.1"), Dst: addr("198.51.100.1"), Has: model.HasPorts,
		SrcPort: 1234, DstPort: 80, Proto: 6, Packets: 3, Bytes: 180, Exporter: 1}
	for _, c := range []struct {
		name, text string
		change     func(*model.Record)
	}{
		{"1.6", "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das\n" +
			"2024-02-29 23:59:58,2024-02-29 23:59:59,1.500,192.0.2.1,198.51.100.1,1234,80,TCP,.AP.SF,0,0,3,180,0,0,2,3,64500,64501\n" +
			"Summary\nflows,bytes,packets,avg_bps,avg_pps,avg_bpp\n1,180,3,0,0,0\n", func(r *model.Record) {
			r.First, r.Last = at-250e6, at+1250e6
			r.TCPFlags, r.InIf, r.OutIf, r.SrcAS, r.DstAS = 0x1b, 2, 3, 64500, 64501
			r.Has |= model.HasFlags | model.HasInterface | model.HasAS
		}},
		{"1.7.5", "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows\r\n" +
			"2024-02-29 23:59:58.250,1.500,6,192.0.2.1,1234,198.51.100.1,80,3,180,1\r\n", func(*model.Record) {}},
		{"long duration", "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes\n" +
			"2024-02-29T23:59:58.250,1 02:03:04.500,TCP,192.0.2.1,1234,198.51.100.1,80,3,180\n", func(r *model.Record) {
			r.Last = at + (86400+2*3600+3*60+4)*1e9 + 5e8
		}},
		{"end instead of duration", "tsr,te,pr,sa,sp,da,dp,pkt,byt\n1709251198.250,1709251199.75,6,192.0.2.1,1234,198.51.100.1,80,3,180\n",
			func(*model.Record) {}},
		{"outgoing counts only", "tsr,td,pr,sa,sp,da,dp,ipkt,ibyt,opkt,obyt\n1709251198.250,1.5,6,192.0.2.1,1234,198.51.100.1,80,0,0,3,180\n",
			func(*model.Record) {}},
		{"two dumps one after the other", "tsr,td,pr,sa,sp,da,dp,pkt,byt\nSummary\nflows,bytes\n0,0\ntsr,td,pr,sa,sp,da,dp,pkt,byt\n" +
			"1709251198.250,1.5,6,192.0.2.1,1234,198.51.100.1,80,3,180\nNo matching flows\n\n", func(*model.Record) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := want
			c.change(&w)
			got, bad, _ := readAll(t, iotest.OneByteReader(strings.NewReader(c.text)), Config{})
			if diff := cmp.Diff([]model.Record{w}, got); diff != "" || len(bad) != 0 {
				t.Error(diff, bad)
			}
		})
	}
}

func TestBadLinesAreCountedByReason(t *testing.T) {
	const header = "ts,td,pr,sa,sp,da,dp,pkt,byt,flg\n"
	good := "2024-02-29 23:59:58.250,1.5,6,192.0.2.1,1234,198.51.100.1,80,3,180,.AP.SF\n"
	for _, c := range []struct {
		why  Reason
		line string
		n    int // of its line
	}{
		{BadTime, strings.Replace(good, "23:59", "25:59", 1), 2},
		{BadTime, strings.Replace(good, "2024-02-29 23:59:58.250", "2024-13-29 23:59:58", 1), 2},
		{BadTime, strings.Replace(good, "1.5", "1:2:3:4:5", 1), 2},
		{BadTime, strings.Replace(good, "1.5", "-1", 1), 2},
		{BadProtocol, strings.Replace(good, ",6,", ",256,", 1), 2},
		{BadProtocol, strings.Replace(good, ",6,", ",-,", 1), 2},
		{BadAddress, strings.Replace(good, "192.0.2.1", "192.0.2.256", 1), 2},
		{BadAddress, strings.Replace(good, "192.0.2.1", "2001:d..::1", 1), 2},
		{BadPort, strings.Replace(good, "1234", "65536", 1), 2},
		{BadCount, strings.Replace(good, "180", "1.2 M", 1), 2},
		{BadFlags, strings.Replace(good, ".AP.SF", ".xyz..", 1), 2},
		{BadColumns, "2024-02-29 23:59:58.250,1.5,6\n", 2},
		{LongLine, strings.Repeat("x", 3*maxLine) + "\n", 2},
		{BadHeader, "ts,sa,da\n", 2},
	} {
		t.Run(c.why.String(), func(t *testing.T) {
			got, bad, st := readAll(t, strings.NewReader(header+c.line+good), Config{})
			if len(bad) != 1 || len(got) != 1 {
				t.Fatalf("%d records, errors %v", len(got), bad)
			}
			e := bad[0].(*Error)
			if e.Reason != c.why || e.Line != c.n || !strings.Contains(e.Error(), "line 2") || len(e.Text) > 40 {
				t.Errorf("%v, line %d: %v", e.Reason, e.Line, e)
			}
			if len(st.Skipped) != 1 || st.Skipped[0].Records != 1 || st.Skipped[0].Bytes < uint64(len(c.line)-1) {
				t.Errorf("%+v", st.Skipped)
			}
		})
	}
	t.Run("no header", func(t *testing.T) {
		got, bad, _ := readAll(t, strings.NewReader(good), Config{})
		if len(got) != 0 || len(bad) != 1 || bad[0].(*Error).Reason != NoHeader {
			t.Errorf("%d records, %v", len(got), bad)
		}
	})
	t.Run("columns without addresses", func(t *testing.T) {
		if _, err := NewReader(nil, Config{Columns: "ts,td,pr,pkt,byt"}); err == nil {
			t.Error("no error")
		}
	})
	t.Run("a broken reader", func(t *testing.T) {
		r, _ := NewReader(iotest.ErrReader(io.ErrUnexpectedEOF), Config{})
		if err := r.ReadInto(&model.Record{}); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Error(err)
		}
	})
}

func TestRoutersAndEngines(t *testing.T) {
	const text = "ts,td,pr,sa,da,pkt,byt,ra,eng\n" +
		"1,0,47,192.0.2.1,198.51.100.1,1,1,203.0.113.1,0/0\n" +
		"1,0,47,192.0.2.1,198.51.100.1,1,1,2001:db8::1,1/2\n" +
		"1,0,47,192.0.2.1,198.51.100.1,1,1,203.0.113.1,0/0\n"
	var asked []string
	got, _, st := readAll(t, strings.NewReader(text), Config{Index: func(a model.Addr) uint32 {
		asked = append(asked, a.String())
		return uint32(10 * len(asked))
	}})
	var list [][2]uint32
	for _, r := range got {
		list = append(list, [2]uint32{r.Exporter, r.Domain})
	}
	if diff := cmp.Diff([][2]uint32{{10, 0}, {20, 258}, {10, 0}}, list); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"203.0.113.1", "2001:db8::1"}, asked); diff != "" {
		t.Error(diff)
	}
	if st.Zoneless != 0 || st.WholeSeconds != 3 {
		t.Errorf("%+v", st)
	}
}

func TestExporters(t *testing.T) {
	f, err := os.Open("testdata/softflowd-v5-sampled.exporters")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := ReadExporters(f)
	want := []Exporter{{ID: 1, Addr: addr("127.0.0.1"), Version: 5, Packets: 1, Flows: 10, Samplers: []Sampler{{ID: -1, Rate: 2}}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	got, err = ReadExporters(strings.NewReader("SysID: 3, IP: 2001:db8::1, version: 10, ID: 7, Sequence failures: 2, packets: 5, flows: 6\n" +
		"    Sampler: ID: 9, algorithm: 2, packet interval: 1, packet space: 999\nnonsense: 1\n"))
	want = []Exporter{{ID: 3, Addr: addr("2001:db8::1"), Version: 10, Domain: 7, Lost: 2, Packets: 5, Flows: 6, Samplers: []Sampler{{9, 1000}}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// The recordings were printed with the arguments that Args gives.
func TestArgsAreThoseOfTheRecordings(t *testing.T) {
	script, err := os.ReadFile("../netflow/testdata/record.sh")
	if err != nil {
		t.Fatal(err)
	}
	args := Args("FILE")
	format := args[len(args)-1]
	if !strings.Contains(string(script), "fmt='"+format+"'") {
		t.Errorf("record.sh prints another format than %s", format)
	}
	if want := "fmt:%" + strings.ReplaceAll(Columns, ",", ",%"); format != want {
		t.Errorf("format %s, want %s", format, want)
	}
}

func TestSniff(t *testing.T) {
	csv, err := os.ReadFile("testdata/softflowd-v5.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		b    []byte
		want Format
	}{
		{"1.7, little-endian", []byte{0x0c, 0xa5, 2, 0, 1}, Binary2},
		{"1.7, big-endian", []byte{0xa5, 0x0c, 0, 2, 0}, Binary2},
		{"1.6", []byte{0x0c, 0xa5, 1, 0}, Binary1},
		{"another layout", []byte{0x0c, 0xa5, 3, 0}, NotNfdump},
		{"short", []byte{0x0c, 0xa5}, NotNfdump},
		{"CSV", csv[:600], CSV},
		{"new CSV", []byte("firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows\n"), CSV},
		{"statistics", []byte("ts,te,td,pr,val,fl,flP,ipkt,ipktP,ibyt\n"), NotNfdump},
		{"other CSV", []byte("time,host,bytes\n"), NotNfdump},
		{"empty", nil, NotNfdump},
	} {
		if got := Sniff(c.b); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func FuzzReader(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.csv")
	for _, file := range files {
		b, _ := os.ReadFile(file)
		f.Add(b[:min(len(b), 4000)], false)
	}
	f.Add([]byte("1700000000.220,0.000,17,198.51.100.11,192.0.2.53,5353,53,........,1,68,0,0,0,0,0,0,127.0.0.1,0/0\n"), true)
	f.Fuzz(func(t *testing.T, b []byte, fixed bool) {
		cfg := Config{}
		if fixed {
			cfg.Columns = Columns
		}
		got, bad, st := readAll(t, strings.NewReader(string(b)), cfg)
		if st.Bytes != uint64(len(b)) || uint64(len(got)) != st.Records || uint64(len(got)+len(bad)) > st.Lines {
			t.Errorf("%d records, %d errors, %+v", len(got), len(bad), st)
		}
		for _, r := range got {
			if r.Last < r.First || r.First < 0 || r.Src.IsZero() && !strings.Contains(string(b), "::") {
				t.Errorf("%+v", r)
			}
		}
		_ = Sniff(b)
		_, _ = ReadExporters(strings.NewReader(string(b)))
	})
}

func BenchmarkReader(b *testing.B) {
	line := "1700000000.220,0.010,17   ,                          198.51.100.11,     192.0.2.53,  5353,    53,........,       1,      68,       0,       0,     0,     0,     0,     0,     127.0.0.1,  0/0  \n"
	text := strings.Repeat(line, 1000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	var rec model.Record
	for b.Loop() {
		r, _ := NewReader(strings.NewReader(text), Config{Columns: Columns})
		for r.ReadInto(&rec) == nil {
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/record")
}

// A name with a comma moves the columns after it: such a line is skipped and
// counted with its bytes, never read wrongly. In quotes the comma is text.
func TestCommaInAName(t *testing.T) {
	const header = "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,dstOrg,packets,bytes,flows\n"
	line := func(name string) string {
		return "2026-03-10 12:00:00.000,0.000,UDP,198.51.100.1,53,203.0.113.5,40000," + name + ",10,14000,1"
	}
	for _, c := range []struct {
		line  string
		reads bool
	}{
		{line("Example"), true},
		{line("Foo, 17"), false},
		{line("a,b,c"), false},
		{line(`"Foo, 17"`), true},
		{line(`"Foo ""and"" Bar, 17"`), true},
		{line("Example") + ",", true}, // a comma at the end adds nothing
		{line("Example") + ",1", false},
	} {
		got, bad, _ := readAll(t, strings.NewReader(header+c.line+"\n"), Config{})
		switch {
		case c.reads && (len(bad) != 0 || len(got) != 1 || got[0].Packets != 10 || got[0].Bytes != 14000):
			t.Errorf("%s: %+v, %v", c.line, got, bad)
		case !c.reads && (len(got) != 0 || len(bad) != 1 || bad[0].(*Error).Size != len(c.line)):
			t.Errorf("%s: %+v, %v", c.line, got, bad)
		}
	}
}
