package netflow

import (
	"path/filepath"
	"testing"

	"floodmark/internal/model"
)

func seeds(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.pcap")
	for _, file := range files {
		if filepath.Base(file) == "traffic.pcap" {
			continue
		}
		for _, c := range readCapture(f, file) {
			f.Add(c.payload)
		}
	}
	f.Add(ipfix(0, set(2, tmpl(256, vf(1), f8())), set(256, u8(255), u16(1), u8(1), u32(0))))
	f.Add(v9(0, set(0, tmpl(256, plain()...)), set(256, plainRecord("192.0.2.1", 1, 40))))
}

func f8() spec { return spec{8, 4, 0} }

// FuzzDecode checks that no datagram makes a Decoder panic, loop, emit more
// records than the datagram has bytes, or hold more than its limits; and that
// it does the same when it meets the datagram again.
func FuzzDecode(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		n := 0
		d := New(Config{Emit: func(*model.Record) { n++ }, Limits: Limits{Templates: 8, Fields: 64, AllFields: 200}})
		_ = d.Learn(b, testExporter)
		for range 2 {
			before := n
			if err := d.Decode(b, testExporter, 1); err != nil {
				_ = err.Error()
			}
			if n-before > len(b) {
				t.Errorf("%d records of %d octets", n-before, len(b))
			}
		}
		if d.fields > 200 {
			t.Errorf("%d fields held", d.fields)
		}
		st := d.Stats()
		for _, s := range st.Skipped {
			if s.Bytes > 2*uint64(len(b)) {
				t.Errorf("%v: %d of %d octets skipped", s.Reason, s.Bytes, 2*len(b))
			}
		}
	})
}

func FuzzIsExport(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		proto, ok := IsExport(b, 2055)
		if !ok {
			return
		}
		d := New(Config{})
		if err := d.Decode(b, testExporter, 1); err != nil {
			if e := err.(*Error); e.Reason == ShortHeader || e.Reason == UnknownVersion || e.Reason == CountMismatch ||
				e.Reason == LengthMismatch || e.Reason == BadSetLength || e.Reason == TruncatedSet {
				t.Errorf("taken for %s, but %v", proto, err)
			}
		}
	})
}
