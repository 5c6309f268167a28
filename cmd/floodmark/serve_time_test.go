package main

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/export"
	"floodmark/internal/scenario/sender"
	"floodmark/internal/scenario/wire"
)

// steady is packets of a few flows that last, of one protocol towards a host.
func steady(target string, proto uint8, flows int) func(*rand.Rand) *wire.Packet {
	dst := model.AddrFromNetip(netip.MustParseAddr(target))
	return func(r *rand.Rand) *wire.Packet {
		n := r.IntN(flows)
		p := &wire.Packet{In: true, Src: model.Addr4(0x05060000 | uint32(n)), Dst: dst, Proto: proto, TTL: 55, Sport: uint16(20000 + n), Dport: 443, Length: 400, Tail: wire.TailRandom, Noise: r.Uint64()}
		if proto == model.ProtoTCP {
			p.Sport, p.Dport, p.Flags, p.Length = 443, uint16(50000+n), model.ACK, 1400
		}
		return p
	}
}

func clockOf(t *testing.T, s *served) *sender.Clock {
	t.Helper()
	if s.clock != nil {
		return &sender.Clock{Now: s.clock.Time(), Speed: s.clock.Speed(), Asked: time.Now()}
	}
	c, err := sender.AskClock(t.Context(), s.url)
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

// TestLongTimersNeitherHideNorInvent has an exporter that tells of a flow once
// a minute: a steady flood at 1.5 times the threshold, and downloads at half of
// it, whose records of a whole minute come at once.
func TestLongTimersNeitherHideNorInvent(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *bubble) {
		s := t.serve("networks: [198.51.100.0/24]\n", "", t.replay("2026-06-15T10:00:00Z", 1))
		clock := clockOf(t.T, s)
		f := exporting(t.T, feeds{net: s.net, protocol: export.NetFlow9, from: "127.0.7.1", to: s.netflow, sampling: 1000, active: time.Minute, refresh: 10 * time.Second, clock: clock})
		f.traffic(50, steady("198.51.100.7", model.ProtoTCP, 20))
		s.until("two minutes of downloads are over", func() bool { return clockOf(t.T, s).Now.Sub(clock.Now) > 150*time.Second })
		if list := s.incidents("198.51.100.7"); len(list) > 0 {
			t.Errorf("downloads: %s %s", list[0].State, list[0].Reason)
		}
		begin := clockOf(t.T, s).Now
		f.traffic(150, steady("198.51.100.9", model.ProtoUDP, 40))
		in := s.opened("198.51.100.9")
		e := s.exporters()["127.0.7.1"]
		late := in.DetectedAt.Sub(begin)
		t.Logf("noticed %s after its start, opened after %s; horizon %d s, measured %t", late.Round(time.Second), in.OpenedAt.Sub(begin).Round(time.Second), e.ExportDelay/1e9, e.ExportDelayMeasured)
		// The exporter's timer, and what a busy machine adds at this speed.
		if limit := 100 * time.Second; late > limit {
			t.Errorf("noticed after %s, expected within %s", late, limit)
		}
		s.until("a minute more is over", func() bool { return clockOf(t.T, s).Now.Sub(begin) > 200*time.Second })
		if list := s.incidents("198.51.100.7"); len(list) > 0 {
			t.Errorf("downloads: %s %s", list[0].State, list[0].Reason)
		}
	})
}

// TestPacketReportedTwiceCountsOnce lets every packet pass two exporters that do not
// sample.
func TestPacketReportedTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *bubble) {
		s := t.serve("networks: [198.51.100.0/24]\n", "", t.replay("2026-06-15T10:00:00Z", 1))
		clock := clockOf(t.T, s)
		one := exporting(t.T, feeds{net: s.net, protocol: export.NetFlow9, from: "127.0.8.1", to: s.netflow, sampling: 1, active: 10 * time.Second, clock: clock})
		two := exporting(t.T, feeds{net: s.net, protocol: export.IPFIX, from: "127.0.8.2", to: s.netflow, sampling: 1, active: 10 * time.Second, clock: clock})
		const rate = 400.0
		packet := steady("198.51.100.7", model.ProtoTCP, 20)
		one.traffic(rate, func(r *rand.Rand) *wire.Packet {
			p := packet(r)
			two.mu.Lock()
			two.e.Observe(one.now().UnixNano(), p, 1, 2)
			two.mu.Unlock()
			return p
		})
		s.until("it is told", func() bool { return s.condition("duplicate-traffic") != "" })
		t.Log(s.condition("duplicate-traffic"))
		raised := clockOf(t.T, s).Now
		s.until("records of two active timeouts are in", func() bool { return clockOf(t.T, s).Now.Sub(raised) > 20*time.Second })
		sum, n := 0.0, 0
		begin := clockOf(t.T, s).Now
		s.until("half a minute is over", func() bool {
			var target struct {
				In struct{ Rates map[string]float64 }
			}
			s.get("/api/v1/targets/198.51.100.7", &target)
			sum, n = sum+target.In.Rates["packets"], n+1
			return clockOf(t.T, s).Now.Sub(begin) > 30*time.Second
		})
		if mean := sum / float64(n); mean < 0.8*rate || mean > 1.3*rate {
			t.Errorf("%.0f packets/s on average of %d looks, expected %.0f", mean, n, rate)
		} else {
			t.Logf("%.0f packets/s on average, really %.0f", mean, rate)
		}
	})
}
