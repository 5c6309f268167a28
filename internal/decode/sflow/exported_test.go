package sflow

import (
	"slices"
	"testing"

	"floodmark/internal/model"
)

// TestExportedComesBeforeSamples wants the uptime reported before a sample is
// emitted, and what is returned used as the time of arrival.
func TestExportedComesBeforeSamples(t *testing.T) {
	var got []int64
	d := New(Config{
		Exported: func(from model.Exporter, uptime uint32, recv int64) int64 {
			got = append(got, int64(uptime), recv)
			return recv - 5
		},
		Emit: func(r *model.Record) { got = append(got, r.First, r.Last) },
	})
	if err := d.Decode(datagram(1, flow(1, 1000, 0, raw(headerEthernet, 114, 0, ether(0x0800, udp4(100))))), model.Exporter{}, 77); err != nil {
		t.Fatal(err)
	}
	if want := []int64{1000, 77, 72, 72}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	d.Decode([]byte{0, 0, 0, 4}, model.Exporter{}, 77)
	if len(got) != 4 {
		t.Error("Exported was called for a datagram that is not sFlow")
	}
}
