package evaluator

import (
	"math"
	"strings"
	"testing"

	"floodmark/internal/conditions"
	"floodmark/internal/model"
)

const t0 = int64(1_700_000_000) * second // 22:13:20 UTC

// play updates a Evaluator every second, as the test changes the state.
type play struct {
	w        *Evaluator
	now      int64
	states   []model.ExporterStatus
	sockets  []model.SocketStatus
	reported []model.Condition
}

func newPlay(names ...string) *play {
	p := &play{w: New(), now: t0, sockets: []model.SocketStatus{{Address: "udp/2055"}}}
	for i, n := range names {
		p.states = append(p.states, model.ExporterStatus{Number: uint32(i + 1), Name: n, LossUnit: "datagrams"})
	}
	return p
}

// run lets seconds pass in which every exporter sends 10 datagrams of 100
// records, then does what the test wants.
func (p *play) run(seconds int, each func(s *model.ExporterStatus)) {
	for range seconds {
		p.now += second
		for i := range p.states {
			s := &p.states[i]
			s.Datagrams += 10
			s.Expected += 10
			s.Records += 1000
			s.LastSeen = p.now
			if each != nil {
				each(s)
			}
		}
		p.sockets[0].Datagrams += 10
		p.reported = p.w.Update(p.now, p.states, p.sockets)
	}
}

func (p *play) get(code string) *model.Condition {
	for i := range p.reported {
		if p.reported[i].Code == code {
			return &p.reported[i]
		}
	}
	return nil
}

func TestHealthyExporterRaisesNothing(t *testing.T) {
	p := newPlay("edge-1", "edge-2")
	p.run(600, func(s *model.ExporterStatus) {
		s.Rates = []model.RateShare{{Rate: 1000, From: "advertised", Records: s.Records}}
		s.Skew, s.ExportDelay, s.ExportDelayMeasured = second, 62*second, true
		if s.Records%50_000 == 0 {
			s.Lost++ // one datagram in 500
		}
	})
	if len(p.reported) != 0 || !p.states[0].QualityOK {
		t.Errorf("%+v", p.reported)
	}
}

// TestEachConditionIsReportedAndTakenBack breaks one thing at a time: how long
// until it is told, what the text must hold, how long until it is taken back.
func TestEachConditionIsReportedAndTakenBack(t *testing.T) {
	for _, c := range []struct {
		code            string
		broken          func(p *play, s *model.ExporterStatus)
		reported, atMin int // seconds
		text            string
		back            int
		untrusted       bool
	}{
		{conditions.ExporterLoss, func(_ *play, s *model.ExporterStatus) { s.Lost++; s.Expected++ }, 30, 0, "was lost", 200, true},
		{conditions.KernelDrops, func(p *play, _ *model.ExporterStatus) { p.sockets[0].Dropped += 3 }, 5, 0, "rmem_max", 130, false},
		{conditions.SamplingRateUnknown, func(_ *play, s *model.ExporterStatus) {
			s.Rates = []model.RateShare{{Rate: 1, From: "unknown", Records: s.Records}}
		}, 140, 115, "edge-1 advertises no sampling rate", 130, true},
		{conditions.ClockSkew, func(_ *play, s *model.ExporterStatus) { s.Skew = -90 * second }, 65, 55, "90 s behind", 65, false},
		{conditions.TemplatesMissing, func(_ *play, s *model.ExporterStatus) { s.UnknownSets++ }, 40, 28, "no known template", 130, false},
		{conditions.ExportDelayHigh, func(_ *play, s *model.ExporterStatus) { s.ExportDelay, s.ExportDelayMeasured = 310*second, true }, 65, 55, "up to 5 min late", 310, false},
		{conditions.UnknownExporters, func(p *play, _ *model.ExporterStatus) {
			p.sockets[0].UnknownDatagrams++
			p.sockets[0].LastUnknown = "192.0.2.66"
		}, 5, 0, "192.0.2.66", 370, false},
		{conditions.DecodeErrors, func(_ *play, s *model.ExporterStatus) { s.Errors++; s.LastError = "decode ipfix: short header" }, 10, 0, "short header", 190, false},
	} {
		t.Run(c.code, func(t *testing.T) {
			p := newPlay("edge-1")
			p.run(120, nil)
			at := 0
			for at < 400 && p.get(c.code) == nil {
				p.run(1, func(s *model.ExporterStatus) { c.broken(p, s) })
				at++
			}
			if at > c.reported || at < c.atMin {
				t.Fatalf("raised after %d s, want %d to %d", at, c.atMin, c.reported)
			}
			since := p.get(c.code).Since
			p.run(30, func(s *model.ExporterStatus) { c.broken(p, s) })
			got := p.get(c.code)
			if got == nil || got.Since != since || !strings.Contains(got.Text, c.text) {
				t.Fatalf("%+v", got)
			}
			if p.states[0].QualityOK == c.untrusted {
				t.Errorf("trusted %v, distrust %v", p.states[0].QualityOK, p.states[0].QualityIssues)
			}
			p.states[0].Skew, p.states[0].ExportDelay = 0, 0
			if c.back > 70 {
				p.run(10, nil)
				if p.get(c.code) == nil {
					t.Error("taken back at once")
				}
			}
			p.run(c.back, nil)
			if got := p.get(c.code); got != nil {
				t.Errorf("still raised: %+v", got)
			}
		})
	}
}

func TestStaleExporterIsReported(t *testing.T) {
	p := newPlay("edge-1", "edge-2")
	p.run(100, nil)
	quiet := p.now
	p.run(29, func(s *model.ExporterStatus) {
		if s.Number == 2 {
			s.LastSeen = quiet
		}
	})
	if p.get(conditions.ExporterStale) != nil {
		t.Fatal("raised too early")
	}
	p.run(3, func(s *model.ExporterStatus) {
		if s.Number == 2 {
			s.LastSeen = quiet
		}
	})
	c := p.get(conditions.ExporterStale)
	if c == nil || c.Text != "no flows from edge-2 since 22:15 UTC: attacks there are not seen" || c.Since != quiet || c.Subject != "edge-2" {
		t.Fatalf("%+v", c)
	}
	if p.run(1, nil); p.get(conditions.ExporterStale) != nil {
		t.Error("still raised")
	}
}

func TestUsualGapIsNoSilence(t *testing.T) {
	p := newPlay("slow")
	heard := p.now
	p.run(1000, func(s *model.ExporterStatus) {
		if p.now-heard >= 25*second {
			heard = p.now
		}
		s.LastSeen = heard
	})
	p.run(70, func(s *model.ExporterStatus) { s.LastSeen = heard })
	if p.get(conditions.ExporterStale) != nil {
		t.Error("told within three usual gaps")
	}
	p.run(10, func(s *model.ExporterStatus) { s.LastSeen = heard })
	if p.get(conditions.ExporterStale) == nil {
		t.Error("not told after three usual gaps")
	}
}

func TestExporterNeverSeenIsStale(t *testing.T) {
	p := newPlay("edge-9")
	p.run(70, func(s *model.ExporterStatus) { s.LastSeen = 0 })
	if c := p.get(conditions.ExporterStale); c == nil || !strings.Contains(c.Text, "edge-9 has never sent anything") {
		t.Errorf("%+v", p.reported)
	}
}

func TestRateChangeIsReportedOnceForTenMinutes(t *testing.T) {
	p := newPlay("edge-1")
	reported := func(rates ...uint64) func(s *model.ExporterStatus) {
		return func(s *model.ExporterStatus) {
			if len(s.Rates) == 0 {
				s.Rates = []model.RateShare{{Rate: 1000, From: "advertised"}, {Rate: 4096, From: "advertised"}}
			}
			s.Rates[0].Records += rates[0]
			s.Rates[1].Records += rates[1]
		}
	}
	p.run(300, reported(1000, 0))
	p.run(130, reported(0, 1000))
	if c := p.get(conditions.SamplingRateChanged); c == nil || !strings.Contains(c.Text, "from 1:1000 to 1:4096 (advertised)") {
		t.Fatalf("%+v", p.reported)
	}
	if p.run(700, reported(0, 1000)); p.get(conditions.SamplingRateChanged) != nil {
		t.Error("still raised")
	}
}

func TestDuplicatesNameBothExporters(t *testing.T) {
	p := newPlay("edge-1", "core-1")
	p.run(300, func(s *model.ExporterStatus) {
		if s.Number == 2 {
			s.Duplicates = []model.DuplicateTraffic{{Primary: 1, Records: s.Records * 96 / 100}}
		}
	})
	c := p.get(conditions.DuplicateTraffic)
	if c == nil || !strings.HasPrefix(c.Text, "core-1 and edge-1 report the same traffic: 48 % of records") {
		t.Errorf("%+v", p.reported)
	}
}

// counterPlay lets an interface carry bytes a second by its counters, and f
// times as much by samples at 1:1000.
func counterPlay(p *play, seconds int, bytes uint64, f float64, wrap uint64, from *uint64) {
	for i := range seconds {
		p.run(1, func(s *model.ExporterStatus) {
			s.Rates = []model.RateShare{{Rate: 1000, From: "advertised", Records: s.Records}}
			if len(s.Interfaces) == 0 {
				s.Interfaces = []model.InterfaceStatus{{Index: 7, Name: "ae0", Speed: 1e9}}
			}
			in := &s.Interfaces[0].In
			seen := uint64(float64(bytes) * f / 1000) // packets of 982 octets and 18 of framing
			in.Packets += seen
			in.Bytes += seen * 982
			in.Samples += seen / 1000
			in.Variance += float64(seen/1000) * 982e3 * 982e3
		})
		*from += bytes
		if i%20 == 0 {
			v := *from
			if wrap != 0 {
				v %= wrap
			}
			p.w.Count(Counters{Exporter: 1, IfIndex: 7, At: p.now, Speed: 1e9, InBytes: v, OutBytes: v})
		}
	}
}

func TestSamplesAndCountersThatAgreeRaiseNothing(t *testing.T) {
	for name, wrap := range map[string]uint64{"64 bits": 0, "32 bits": 1 << 32} {
		p := newPlay("edge-1")
		from := uint64(1<<32 - 1e9) // wraps again and again
		counterPlay(p, 900, 100e6, 1, wrap, &from)
		if p.get(conditions.SamplingRateMismatch) != nil {
			t.Errorf("%s: %+v", name, p.reported)
		}
		in := p.states[0].Interfaces[0].In
		if math.Abs(in.BitsCounted-800e6) > 8e6 || math.Abs(in.BitsSampled-800e6) > 16e6 || in.BitsInterval <= 0 {
			t.Errorf("%s: %+v", name, in)
		}
	}
}

func TestWrongSamplingRateIsContradicted(t *testing.T) {
	p := newPlay("edge-1")
	from := uint64(0)
	counterPlay(p, 500, 100e6, 0.5, 0, &from)
	c := p.get(conditions.SamplingRateMismatch)
	if c == nil || !strings.Contains(c.Text, "ae0 of edge-1 received 400 Mbit/s by samples") ||
		!strings.Contains(c.Text, "800 Mbit/s by its own counters") || !strings.Contains(c.Text, "about 1:2000") {
		t.Fatalf("%+v", p.reported)
	}
	if p.states[0].QualityOK {
		t.Error("figures are still trusted")
	}
	counterPlay(p, 700, 100e6, 1, 0, &from)
	if p.get(conditions.SamplingRateMismatch) != nil || !p.states[0].QualityOK {
		t.Error("not taken back")
	}
}

func TestRestartOfCountersIsIgnored(t *testing.T) {
	p := newPlay("edge-1")
	from := uint64(1 << 40)
	counterPlay(p, 300, 100e6, 1, 0, &from)
	from = 0
	counterPlay(p, 700, 100e6, 1, 0, &from)
	if p.get(conditions.SamplingRateMismatch) != nil {
		t.Errorf("%+v", p.reported)
	}
}

func TestHostileCountersDoNotPanic(t *testing.T) {
	w := New()
	for _, at := range []int64{1, 0, -1, math.MaxInt64, math.MinInt64} {
		for _, v := range []uint64{0, 1, math.MaxUint32, 1 << 40, math.MaxUint64} {
			w.Count(Counters{At: at, InBytes: v, OutBytes: ^v, Speed: v})
			w.Update(at, []model.ExporterStatus{{Interfaces: make([]model.InterfaceStatus, 1), LastSeen: int64(v), Skew: int64(v), ExportDelay: -int64(v)}}, nil)
		}
	}
}
