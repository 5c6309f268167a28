package pcap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// FuzzReader reads arbitrary input: it ends, with io.EOF or an *Error inside
// the input, never delivers more than there is, and does so the same way
// whatever the pieces are in which the source gives it.
func FuzzReader(f *testing.F) {
	names, err := filepath.Glob(filepath.Join("testdata", "*.pcap*"))
	if err != nil || len(names) == 0 {
		f.Fatal("no recordings in testdata")
	}
	for _, name := range names {
		if filepath.Ext(name) == ".tsv" {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b[:min(len(b), 2000)])
	}
	e := binary.BigEndian
	f.Add(join(section(e), idb(e, 1, 4, option(e, ifTsResol, []byte{0x8a})), epb(e, 0, 1, []byte("abc"), 3, option(e, epbDropCount, u64s(e, 5))),
		block(e, blockSimple, u32s(e, 300), []byte("efgh")), block(e, blockPacket, u16s(e, 0, 7), u32s(e, 0, 3, 4, 400), []byte("klmn")),
		block(e, blockStatistics, u32s(e, 0, 0, 0), option(e, isbIfDrop, u64s(e, 1)))))
	one, two := make([]byte, bufSize), make([]byte, bufSize)
	f.Fuzz(func(t *testing.T, b []byte) {
		whole, a := drain(t, b, bytes.NewReader(b), one)
		pieces, c := drain(t, b, dribble{bytes.NewReader(b)}, two)
		if whole != pieces || a.Packets != c.Packets || a.Drops != c.Drops {
			t.Fatalf("whole: %+v, in pieces: %+v", a, c)
		}
	})
}

// drain reads all of b from src and returns how much of it was packets.
func drain(t *testing.T, b []byte, src io.Reader, buf []byte) (content int, info Info) {
	t.Helper()
	r, err := newReader(src, buf)
	var p Packet
	for ; err == nil; content += len(p.Data) {
		p = Packet{}
		if err = r.Next(&p); err == nil && (int(p.CapLen) != len(p.Data) || p.CapLen > maxPacket || cap(p.Data) != len(p.Data)) {
			t.Fatalf("packet of %d octets, %d recorded", len(p.Data), p.CapLen)
		}
	}
	var bad *Error
	if err != io.EOF && (!errors.As(err, &bad) || bad.Offset > int64(len(b)) || bad.Reason == readFailed || bad.Reason.String() == "unknown") {
		t.Fatalf("ended with %v", err)
	}
	if content > len(b) {
		t.Fatalf("%d octets of packets in %d", content, len(b))
	}
	if r != nil {
		info = r.Info()
		if r.Offset() > int64(len(b)) || len(info.Comments) > maxTexts || len(info.Interfaces) > maxInterfaces {
			t.Fatalf("at %d of %d: %+v", r.Offset(), len(b), info)
		}
	}
	return content, info
}
