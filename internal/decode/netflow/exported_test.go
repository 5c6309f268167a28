package netflow

import (
	"slices"
	"testing"

	"floodmark/internal/model"
)

// TestExportedComesBeforeRecords wants the export time of each format reported
// before a record is emitted, and what is returned used as the time of arrival.
func TestExportedComesBeforeRecords(t *testing.T) {
	const recv = (testTime + 9) * 1e9
	template := tmpl(300, f(8, 4), f(12, 4), f(1, 4), f(2, 4))
	data := set(300, ip4("192.0.2.1"), ip4("198.51.100.1"), u32(100), u32(1))
	for name, c := range map[string]struct {
		datagram []byte
		want     int64
	}{
		"v5":          {v5(1, 0, make([]byte, v5Record)), testTime*1e9 + 5e8},
		"v9":          {v9(1, set(0, template), data), testTime * 1e9},
		"ipfix":       {ipfix(1, set(2, template), data), testTime * 1e9},
		"clock unset": {slices.Concat(u16(10), u16(ipfixHeader), u32(0), u32(1), u32(7)), recv},
	} {
		exported, records := []int64(nil), 0
		d := New(Config{
			Exported: func(_ model.Exporter, at, arrived int64) int64 {
				if exported = append(exported, at, arrived); records > 0 {
					t.Errorf("%s: reported after a record", name)
				}
				return at
			},
			Emit: func(*model.Record) { records++ },
		})
		if err := d.Decode(c.datagram, testExporter, recv); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if want := []int64{c.want, recv}; !slices.Equal(exported, want) {
			t.Errorf("%s: got %v, want %v", name, exported, want)
		}
		if s := d.Stats().Streams[0]; s.Skew != 0 {
			t.Errorf("%s: a skew of %d to the arrival that was returned", name, s.Skew)
		}
		d.Learn(c.datagram, testExporter)
		d.Decode([]byte{0, 4, 0, 0}, testExporter, recv)
		if len(exported) != 2 {
			t.Errorf("%s: reported for a datagram that is learned or unknown", name)
		}
	}
}
