package pipeline

import (
	"log/slog"
	"net/netip"
	"testing"

	"floodmark/internal/clock"
	"floodmark/internal/conf"
	"floodmark/internal/decode/packet"
	"floodmark/internal/engine"
	"floodmark/internal/evidence/vector"
	"floodmark/internal/exporters"
	"floodmark/internal/model"
	"floodmark/internal/normalize"
	"floodmark/internal/settings"
	afpacket "floodmark/internal/source/capture"
)

// newPipeline makes a pipeline that monitors 198.51.100.0/24.
func newPipeline(t *testing.T, at int64) (*Pipeline, *engine.Replay) {
	t.Helper()
	s := settings.Default()
	s.Networks = []settings.Network{{Prefix: conf.Prefix{Prefix: netip.MustParsePrefix("198.51.100.0/24")}}}
	p, err := NewPlan(s)
	if err != nil {
		t.Fatal(err)
	}
	inventory := NewInventory(p, nil)
	e := engine.NewReplay(inventory.IncidentConfig())
	return New(Config{Clock: clock.NewManual(at), Log: slog.New(slog.DiscardHandler)},
		Deps{Inventory: inventory, Registry: exporters.NewRegistry(), Engine: e, Incidents: e.Incidents()}), e
}

// dns is a response of 60 bytes from port 53 of 192.0.2.1 to 198.51.100.7.
func dns() []byte {
	b := make([]byte, 60)
	copy(b, []byte{0x45, 0, 0, 60, 0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 198, 51, 100, 7, 0, 53, 0x80, 1, 0, 40, 0, 0})
	copy(b[28:], []byte{0, 1, 0x81, 0x80, 0, 1, 0, 1})
	return b
}

// TestCapturedPacketsAreComplete wants each captured packet to stand for itself, and
// not for an unknown number.
func TestCapturedPacketsAreComplete(t *testing.T) {
	const at = 1_800_000_000_000_000_000
	p, _ := newPipeline(t, at)
	x := p.PacketReader("capture:eth0", packet.Raw)
	x.Packets([]afpacket.Packet{{Data: dns(), Len: 60, At: at}})
	rates := p.Status(at)[0].Normalizer
	found := false
	for _, s := range rates {
		for _, r := range s.Stats.Rates {
			if r.Records > 0 {
				found = true
				if r.Rate != 1 || r.From != normalize.RateAdvertised {
					t.Errorf("rate %d from %s", r.Rate, r.From)
				}
			}
		}
	}
	if !found {
		t.Fatal("no record was counted")
	}
	if x.result.LowQuality {
		t.Error("of low quality")
	}
}

// TestRecordsAreClassified wants the samples of a monitored target to carry their
// class.
func TestRecordsAreClassified(t *testing.T) {
	const at = 1_800_000_000_000_000_000
	p, _ := newPipeline(t, at)
	x := p.PacketReader("capture:eth0", packet.Raw)
	x.Packets([]afpacket.Packet{{Data: dns(), Len: 60, At: at}})
	got := p.Gather(0, func(*model.Record) bool { return true })
	if len(got) != 1 || got[0].Class == 0 || got[0].Class != vector.Classify(&got[0]) {
		t.Errorf("%d records, %+v", len(got), got)
	}
}
