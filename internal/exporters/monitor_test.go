package exporters

import (
	"slices"
	"testing"
	"time"

	"floodmark/internal/clock"
	"floodmark/internal/decode/netflow"
	"floodmark/internal/engine"
	"floodmark/internal/model"
)

// network is one exporter's reader, configuration and engine.
type network struct {
	registry  *Registry
	datagrams uint64 // of exporter 1, since the start
	quality   []model.ExporterStatus
	stale     [][]string // as the engine was sent
}

func (n *network) Status(int64) []ReaderStatus {
	if n.datagrams == 0 {
		return []ReaderStatus{{}}
	}
	return []ReaderStatus{{NetFlow: netflow.Stats{Streams: []netflow.StreamStats{{Index: 1, Proto: netflow.IPFIX, Datagrams: n.datagrams, Records: 10 * n.datagrams}}}}}
}

func (n *network) SetQuality(list []model.ExporterStatus) { n.quality = list }

func (n *network) ExporterName(address string) string { return "edge " + address }

func (n *network) StaleAfter(string) time.Duration { return 5 * time.Second }

func (n *network) Send(m engine.Message) { n.stale = append(n.stale, m.(engine.StaleExporters)) }

// earlier is a registry that was saved by an earlier run with two exporters.
func earlier(t *testing.T) *Registry {
	t.Helper()
	r, saved := NewRegistry(), NewRegistry()
	saved.Number("192.0.2.1")
	saved.Number("192.0.2.2")
	b, changed := saved.Encode()
	if !changed || r.Decode(b) != nil || r.Earlier() != 2 || r.Number("192.0.2.2") != 2 || r.Number("192.0.2.3") != 3 {
		t.Fatalf("registry: %s", b)
	}
	return r
}

func TestMonitorFollowsExporters(t *testing.T) {
	const start = int64(1_800_000_000_000_000_000)
	c := clock.NewManual(start)
	n := &network{registry: earlier(t)}
	m := NewMonitor(Config{Clock: c}, Deps{Registry: n.registry, Readers: n, Inventory: n, Engine: n})
	look := func(second int64) {
		c.Set(start + second*1e9)
		m.Look(start + second*1e9)
	}
	sent := func(want ...string) {
		t.Helper()
		if len(n.stale) == 0 || !slices.Equal(n.stale[len(n.stale)-1], want) {
			t.Errorf("stale %q, want %q last", n.stale, want)
		}
	}
	look(1)
	sent("edge 192.0.2.1", "edge 192.0.2.2")
	n.datagrams = 100
	n.registry.SetSeen(1, start+2e9, 7)
	look(2)
	sent("edge 192.0.2.2")
	n.datagrams = 300
	look(4)
	if len(n.stale) != 2 {
		t.Errorf("sent again without a change: %q", n.stale)
	}
	list := m.Statuses()
	if len(list) != 1 || list[0].Name != "edge 192.0.2.1" || list[0].DatagramsPerSec != 100 || list[0].RecordsPerSec != 1000 || list[0].Skew != 7 || len(n.quality) != 1 {
		t.Errorf("%+v", list)
	}
	look(8) // 6 s after it was seen
	sent("edge 192.0.2.1", "edge 192.0.2.2")
	if got := m.Conditions(); len(got) != 1 || got[0].Subject != "edge 192.0.2.1" || got[0].Since != start+2e9 {
		t.Errorf("%+v", got)
	}
	n.registry.SetSeen(1, start+3700e9, 0)
	look(3700) // the other one is gone rather than late
	sent()
}
