package scenario

import (
	"context"
	"math"
	"net/netip"
	"testing"
	"time"

	"floodmark/internal/decode/netflow"
	"floodmark/internal/decode/sflow"
	"floodmark/internal/model"
	"floodmark/internal/scenario/export"
)

// heard is what our own decoders made of a run.
type heard struct {
	truth          Truth
	records        uint64
	packets, bytes uint64
	rates          map[uint32]uint64
	first, last    int64
	net            netflow.Stats
	flow           sflow.Stats
	sampled        map[uint32]float64 // bytes by interface that they came in by
	counters       map[uint32][2]sflow.Counters
}

// hear runs a scenario and decodes all that it sends.
func hear(t *testing.T, name string, opt RunOptions) heard {
	t.Helper()
	h := heard{rates: map[uint32]uint64{}, first: math.MaxInt64, sampled: map[uint32]float64{}, counters: map[uint32][2]sflow.Counters{}}
	emit := func(r *model.Record) {
		h.records++
		h.packets += r.Packets
		h.bytes += r.Bytes
		h.rates[r.Sampling]++
		h.first, h.last = min(h.first, r.First), max(h.last, r.Last)
		h.sampled[r.InIf] += float64(r.Bytes+18) * float64(r.Sampling)
	}
	net := netflow.New(netflow.Config{Emit: emit})
	flow := sflow.New(sflow.Config{Emit: emit, Counters: func(c *sflow.Counters) {
		ends := h.counters[c.IfIndex]
		if ends[0].At == 0 {
			ends[0] = *c
		}
		ends[1] = *c
		h.counters[c.IfIndex] = ends
	}})
	opt.Send = func(from netip.Addr, to Collector, d []byte, at int64) error {
		x := model.Exporter{Addr: model.AddrFromNetip(from), Port: 50_000}
		if to == toSFlow {
			if err := flow.Decode(d, x, at); err != nil {
				t.Fatalf("sFlow: %v", err)
			}
			return nil
		}
		if err := net.Decode(d, x, at); err != nil {
			t.Fatalf("NetFlow: %v", err)
		}
		return nil
	}
	var err error
	if h.truth, err = Run(context.Background(), name, opt); err != nil {
		t.Fatal(err)
	}
	h.net, h.flow = net.Stats(), flow.Stats()
	return h
}

var shortRamp = Options{Scale: 0.2, Duration: 20 * time.Minute}

func TestDecodersReadEveryPacket(t *testing.T) {
	t.Parallel()
	for p := export.NetFlow5; p <= export.SFlow; p++ {
		t.Run(p.String(), func(t *testing.T) {
			h := hear(t, "slow-ramp", RunOptions{Options: shortRamp, Protocol: p})
			want, records := h.truth.Packets, uint64(0)
			for _, x := range h.truth.Exporters {
				want -= x.Stats.NotAdvertised
				records += x.Stats.Records
			}
			if h.packets != want || h.records != records || (p != export.NetFlow5 && h.bytes != h.truth.Bytes) {
				t.Errorf("%d packets and %d bytes in %d records, want %d, %d and %d", h.packets, h.bytes, h.records, want, h.truth.Bytes, records)
			}
			if len(h.rates) != 1 || h.rates[1000] == 0 {
				t.Errorf("sampling rates %v", h.rates)
			}
			if len(h.net.Skipped) != 0 || len(h.flow.Skipped) != 0 {
				t.Errorf("not read: %+v %+v", h.net.Skipped, h.flow.Skipped)
			}
			for _, s := range h.net.Streams {
				if s.Lost != 0 || s.Late != 0 || s.Restarts != 0 || s.TimeDisorder != 0 {
					t.Errorf("%+v", s)
				}
			}
			for _, s := range h.flow.Agents {
				if s.Lost != 0 || s.Late != 0 {
					t.Errorf("%+v", s)
				}
			}
			begin := DefaultStart(Info{}).UnixNano()
			if slack := int64(1100 * time.Millisecond); h.first < begin-slack || h.last > begin+int64(20*time.Minute)+slack {
				t.Errorf("records from %v to %v", time.Unix(0, h.first).UTC(), time.Unix(0, h.last).UTC())
			}
		})
	}
}

func TestCountersAgreeWithSamples(t *testing.T) {
	t.Parallel()
	h := hear(t, "slow-ramp", RunOptions{Options: Options{Duration: 20 * time.Minute}, Protocol: export.SFlow})
	if len(h.counters) != 6 {
		t.Fatalf("%d interfaces", len(h.counters))
	}
	for index, ends := range h.counters {
		got := float64(ends[1].InBytes - ends[0].InBytes)
		if want := h.sampled[index]; math.Abs(got-want) > want*0.06 {
			t.Errorf("interface %d counts %.0f bytes in, its samples make %.0f", index, got, want)
		}
	}
}

func TestFaultsShow(t *testing.T) {
	t.Parallel()
	begin := DefaultStart(Info{})
	run := func(p export.Protocol, f export.Faults) heard {
		return hear(t, "slow-ramp", RunOptions{Options: shortRamp, Protocol: p, Faults: map[string]export.Faults{"edge-2": f}})
	}
	stream := func(h heard) netflow.StreamStats { return h.net.Streams[1] }

	h := run(export.NetFlow9, export.Faults{Loss: 0.05})
	if lost := h.truth.Exporters[1].Stats.Lost; lost == 0 || stream(h).Lost+1 < lost || stream(h).Lost > lost {
		t.Errorf("%d datagrams were lost, sequence numbers say %d", lost, stream(h).Lost)
	}
	h = run(export.IPFIX, export.Faults{Skew: 5 * time.Minute})
	if s := stream(h).Skew; s < int64(298*time.Second) || s > int64(302*time.Second) {
		t.Errorf("skew %v", time.Duration(s))
	}
	h = run(export.NetFlow9, export.Faults{Silent: begin.Add(5 * time.Minute).UnixNano()})
	if last := time.Unix(0, stream(h).LastExport); last.After(begin.Add(5*time.Minute)) || h.truth.Exporters[1].Stats.Unsent == 0 {
		t.Errorf("silent from 12:05 on, but heard at %v", last.UTC())
	}
	h = run(export.NetFlow9, export.Faults{NoSamplingRate: true})
	if h.rates[0] == 0 || h.rates[1000] == 0 {
		t.Errorf("rates %v", h.rates)
	}
	h = run(export.NetFlow5, export.Faults{AdvertisedRate: 100})
	if h.rates[100] == 0 || h.rates[1000] == 0 {
		t.Errorf("rates %v", h.rates)
	}
	h = run(export.NetFlow9, export.Faults{Restart: begin.Add(10 * time.Minute).UnixNano()})
	if stream(h).Restarts != 1 || h.truth.Exporters[1].Stats.Forgotten == 0 {
		t.Errorf("%+v", stream(h))
	}
}

func TestTwoEdgesCountEveryPacketTwice(t *testing.T) {
	t.Parallel()
	h := hear(t, "two-edges", RunOptions{Options: Options{Scale: 0.05}})
	if h.packets != 2*h.truth.Packets || h.bytes != 2*h.truth.Bytes {
		t.Errorf("%d packets, want twice %d", h.packets, h.truth.Packets)
	}
	if h.truth.Exporters[0].Stats.Evicted != 0 {
		t.Errorf("%+v", h.truth.Exporters[0].Stats)
	}
}

func TestSamplingRateCanBeChosen(t *testing.T) {
	t.Parallel()
	fine := hear(t, "outbound-flood", RunOptions{Options: Options{Scale: 0.05, Duration: 10 * time.Minute}, Sampling: 100})
	rough := hear(t, "outbound-flood", RunOptions{Options: Options{Scale: 0.05, Duration: 10 * time.Minute}, Sampling: 4096})
	if fine.rates[100] == 0 || rough.rates[4096] == 0 {
		t.Errorf("rates %v and %v", fine.rates, rough.rates)
	}
	a, b := float64(fine.packets)*100, float64(rough.packets)*4096
	if math.Abs(a-b) > 0.25*a {
		t.Errorf("%.0f packets at 1:100, %.0f at 1:4096", a, b)
	}
}
