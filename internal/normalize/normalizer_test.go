package normalize

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/dedup"
	"floodmark/internal/model"
)

var (
	ours            = model.Addr4(0xcb007105) // 203.0.113.5
	unknownExporter = model.Addr4(0xc6336407) // 198.51.100.7
	edge1           = model.Addr4(0x0a000001)
	edge2           = model.Addr4(0x0a000002)
)

func inbound() model.Record {
	return model.Record{First: t0 - 5*second, Last: t0, Src: unknownExporter, Dst: ours, Has: model.HasPorts | model.HasInterface,
		SrcPort: 40000, DstPort: 443, Proto: model.ProtoTCP, Packets: 10, Bytes: 4000, Sampling: 1000, Exporter: 1, InIf: 1, OutIf: 2}
}

func outbound() model.Record {
	r := inbound()
	r.Src, r.Dst, r.SrcPort, r.DstPort, r.InIf, r.OutIf = r.Dst, r.Src, r.DstPort, r.SrcPort, r.OutIf, r.InIf
	return r
}

func TestMaxPrefixHolds(t *testing.T) {
	list := []string{"203.0.112.0/20", "203.0.113.0/24", "203.0.113.5/32", "0.0.0.0/1", "255.255.255.255/32", "2001:db8::/32", "2001:db8:5::/48", "ffff::/16", "::/8"}
	p := mustPlan(t, Config{Networks: networks(list...)})
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 200_000 {
		a := model.Addr4(r.Uint32())
		switch i % 5 {
		case 0:
			a = model.Addr4(0xcb007000 + r.Uint32N(0x2000))
		case 1:
			a = model.Addr{Hi: 0x20010db8_0000_0000 + r.Uint64N(1<<36), Lo: r.Uint64()}
		case 2:
			a = model.Addr{Hi: ^uint64(0) >> r.Uint32N(64), Lo: ^uint64(0)}
		case 3:
			a = model.AddrFromNetip(netip.MustParsePrefix(list[r.IntN(len(list))]).Addr())
			a.Lo += r.Uint64N(3) - 1
		}
		want, bits := uint32(0), -1
		for j, s := range list {
			if q := netip.MustParsePrefix(s); !a.IsZero() && q.Contains(a.Netip()) && q.Bits() > bits {
				want, bits = uint32(j+1), q.Bits()
			}
		}
		if got := p.Lookup(a).Prefix; !a.IsZero() && got != want {
			t.Fatalf("%s: network %d, want %d", a, got, want)
		}
	}
}

func TestPlanRefusesContradictions(t *testing.T) {
	for name, c := range map[string]Config{
		"network twice":     {Networks: networks("203.0.113.0/24", "203.0.113.7/24")},
		"zero prefix":       {Networks: []Network{{}}},
		"mapped prefix":     {Networks: networks("::ffff:1.2.3.0/120")},
		"exporter twice":    {Exporters: []Exporter{{Addr: edge1}, {Addr: edge1}}},
		"exporter nowhere":  {Exporters: []Exporter{{}}},
		"allowed not valid": {IgnoredSources: []netip.Prefix{{}}},
	} {
		if _, err := NewPlan(c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestWithoutNetworksEveryDestinationIsATarget(t *testing.T) {
	n := New(mustPlan(t, Config{}), nil, 1)
	r := outbound()
	var out Result
	if v := n.Record(&r, t0, &out); v != Counted || !out.In || out.Out || out.Direction != model.In || out.Dst.Prefix == 0 {
		t.Errorf("%s %+v", v, out)
	}
}

func TestSamplingGoesByWhoKnowsBest(t *testing.T) {
	override := Exporter{Addr: edge1, Sampling: 500, DefaultSampling: 7}
	fallback := Exporter{Addr: edge1, DefaultSampling: 7}
	for _, c := range []struct {
		name      string
		conf      Config
		reported  uint32
		want      uint32
		from      RateFrom
		untrusted bool
	}{
		{"override beats told", Config{Exporters: []Exporter{override}}, 1000, 500, RateOverride, false},
		{"told beats default", Config{Exporters: []Exporter{fallback}}, 1000, 1000, RateAdvertised, false},
		{"told 1 is complete", Config{Exporters: []Exporter{fallback}}, 1, 1, RateAdvertised, false},
		{"default of the exporter", Config{Exporters: []Exporter{fallback}, DefaultSampling: 9}, 0, 7, RateDefault, false},
		{"default of all", Config{DefaultSampling: 9}, 0, 9, RateDefault, false},
		{"nobody", Config{}, 0, 1, RateUnknown, true},
		{"absurd", Config{}, 1<<32 - 1, 1, RateUnknown, true},
	} {
		n := New(mustPlan(t, c.conf), nil, 1)
		n.SetAddress(1, edge1)
		r := inbound()
		r.Sampling = c.reported
		var out Result
		n.Record(&r, t0, &out)
		if out.Sampling != c.want || out.RateFrom != c.from || out.LowQuality != c.untrusted {
			t.Errorf("%s: %d %s untrusted=%v", c.name, out.Sampling, out.RateFrom, out.LowQuality)
		}
	}
}

func TestRolesDecideWhatCounts(t *testing.T) {
	e := Exporter{Addr: edge1, Interfaces: []Interface{{Index: 1, Role: External}, {Index: 2, Role: Internal}, {Index: 3, Role: Internal}, {Name: "mirror*", Role: Ignored}}}
	n := New(mustPlan(t, Config{Networks: networks("203.0.113.0/24"), Exporters: []Exporter{e}}), nil, 1)
	n.SetAddress(1, edge1)
	n.SetInterface(1, 9, "mirror-0/0/1", 1e9)
	in, leaves := inbound(), outbound()
	unknown := inbound()
	unknown.Dst = unknownExporter
	with := func(r model.Record, from, to uint32) model.Record { r.InIf, r.OutIf = from, to; return r }
	for _, c := range []struct {
		name    string
		r       model.Record
		v       Verdict
		in, out bool
	}{
		{"in by external", in, Counted, true, false},
		{"in, seen inside", with(in, 2, 3), Inside, false, false},
		{"in by an interface without role", with(in, 77, 2), Counted, true, false},
		{"out by external", leaves, Counted, false, true},
		{"out, still inside", with(leaves, 2, 3), Inside, false, false},
		{"mirrored", with(in, 9, 2), Dropped, false, false},
		{"between strangers", unknown, Unmonitored, false, false},
	} {
		var out Result
		v := n.Record(&c.r, t0, &out)
		if v != c.v || out.In != c.in || out.Out != c.out {
			t.Errorf("%s: %s in=%v out=%v", c.name, v, out.In, out.Out)
		}
	}
	s := n.Status()[0]
	if s.Stats.UnknownRole != 1 || s.Stats.By != [verdicts]uint64{3, 1, 2, 0, 1} {
		t.Errorf("counted %+v", s.Stats)
	}
}

func TestStarAloneFitsInterfacesWithoutName(t *testing.T) {
	e := Exporter{Addr: edge1, Interfaces: []Interface{{Index: 1, Role: External}, {Name: "*", Role: Internal}}}
	n := New(mustPlan(t, Config{Exporters: []Exporter{e}}), nil, 1)
	n.SetAddress(1, edge1)
	var out Result
	for index, want := range map[uint32]Verdict{1: Counted, 2: Inside} {
		r := inbound()
		r.InIf = index
		if v := n.Record(&r, t0, &out); v != want {
			t.Errorf("interface %d: %s", index, v)
		}
	}
}

func TestTimesAreCorrectedAndClamped(t *testing.T) {
	for _, c := range []struct {
		name              string
		skew, first, last int64 // seconds; first and last before t0
		wantF, wantL      int64
		future, old       uint64
	}{
		{"ordinary", 0, 60, 1, 60, 1, 0, 0},
		{"small skew stays", 2, 60, 1, 60, 1, 0, 0},
		{"clock ahead", 100, -40, -99, 60, 1, 0, 0},
		{"clock behind", -100, 160, 101, 60, 1, 0, 0},
		{"little in the future", 0, 10, -1, 10, 0, 0, 0},
		{"in the future", 0, -50, -60, 0, 0, 1, 0},
		{"too old", 0, 4000, 1, 300, 1, 0, 1},
		{"all too old", 0, 4000, 3000, 300, 300, 0, 1},
		{"ends before it begins", 0, 1, 10, 10, 10, 0, 0},
	} {
		n := New(mustPlan(t, Config{}), nil, 1)
		n.SetSkew(1, c.skew*second)
		r := inbound()
		r.First, r.Last = t0-c.first*second, t0-c.last*second
		var out Result
		n.Record(&r, t0, &out)
		s := n.Status()[0].Stats
		if out.First != t0-c.wantF*second || out.Last != t0-c.wantL*second || s.Future != c.future || s.Old != c.old {
			t.Errorf("%s: %d s to %d s before, future %d old %d", c.name, (t0-out.First)/second, (t0-out.Last)/second, s.Future, s.Old)
		}
	}
}

// TestHorizonFollowsTheActiveTimeout plays an exporter with an active timeout
// of 60 s whose long flows are one record in 500 but most of the traffic.
func TestHorizonFollowsTheActiveTimeout(t *testing.T) {
	n := New(mustPlan(t, Config{}), nil, 1)
	if h, ok := n.ExportDelay(1); ok || h != unmeasuredDelay {
		t.Errorf("before any record: %d s, measured %v", h/second, ok)
	}
	var out Result
	for i := range int64(5000) {
		r := inbound()
		r.First, r.Last = t0-16*second, t0-15*second
		if i%500 == 0 {
			r.First, r.Last, r.Packets = t0-61*second, t0-second, 50_000
		}
		n.Record(&r, t0, &out)
	}
	n.Tick(t0)
	h, ok := n.ExportDelay(1)
	if !ok || h < 61*second || h > 80*second {
		t.Errorf("exportDelay %d s, measured %v", h/second, ok)
	}
	r := inbound()
	r.First = t0 - 200*second
	if n.Record(&r, t0, &out); out.First < t0-h {
		t.Error("a record lies back further than the exportDelay")
	}
	for i := range int64(120) { // the timeout was shortened two hours ago
		for range 300 {
			r := inbound()
			n.Record(&r, t0, &out)
		}
		n.Tick(t0 + i*60*second)
	}
	if h, _ := n.ExportDelay(1); h > 10*second {
		t.Errorf("exportDelay still %d s", h/second)
	}
}

func TestSampledPacketsHaveNoHorizon(t *testing.T) {
	n := New(mustPlan(t, Config{}), nil, 1)
	var out Result
	r := inbound()
	r.IsPacket, r.First = true, r.Last
	n.Record(&r, t0, &out)
	n.Tick(t0)
	if h, ok := n.ExportDelay(1); !ok || h != minExportDelay {
		t.Errorf("%d s, %v", h/second, ok)
	}
}

func TestNewPlanHoldsFromTheNextRecord(t *testing.T) {
	n := New(mustPlan(t, Config{Networks: networks("203.0.113.0/24")}), dedup.New(0, 30*time.Second), 1)
	n.SetAddress(1, edge1)
	var out Result
	r := inbound()
	n.Record(&r, t0, &out)
	n.Use(mustPlan(t, Config{Networks: networks("192.0.2.0/24"), IgnoredSources: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")},
		Exporters: []Exporter{{Addr: edge1, Sampling: 3, Interfaces: []Interface{{Index: 1, Role: Ignored}}}}}))
	if v := n.Record(&r, t0, &out); v != Dropped || out.Sampling != 3 || !out.IgnoredSource || out.Dst != (Monitored{}) {
		t.Errorf("%s %+v", v, out)
	}
}

func TestStatusStatesRatesAndInterfaces(t *testing.T) {
	n := New(mustPlan(t, Config{}), nil, 1)
	n.SetInterface(1, 70_000, "ae0", 1e10)
	var out Result
	for i := range uint32(20) {
		r := inbound()
		r.InIf, r.Sampling = 70_000, 100+i
		n.Record(&r, t0, &out)
	}
	s := n.Status()[0]
	if !s.Stats.RatesFull || s.Stats.Rates[7].Records != 13 || s.Stats.Rates[0] != (Rate{100, RateAdvertised, 1}) {
		t.Errorf("rates %+v", s.Stats.Rates)
	}
	want := Iface{Index: 70_000, Name: "ae0", Speed: 1e10, In: Traffic{Packets: 21900, Bytes: 21900 * 400}}
	if d := cmp.Diff(want, s.Interfaces[0]); d != "" {
		t.Error(d)
	}
}

func TestInterfacesAreBounded(t *testing.T) {
	n := New(mustPlan(t, Config{}), nil, 1)
	var out Result
	for i := range uint32(10_000) {
		r := inbound()
		r.InIf = i * 3
		n.Record(&r, t0, &out)
	}
	if s := n.Status()[0]; len(s.Interfaces) != maxInterfaces || s.Stats.InterfacesRefused == 0 {
		t.Errorf("%d interfaces, %d refused", len(s.Interfaces), s.Stats.InterfacesRefused)
	}
}

func TestNamesMatchPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{{"ae0", "ae0", true}, {"ae0", "ae01", false}, {"ae*", "ae", true}, {"xe-*/0", "xe-0/1/0", true}, {"*", "", true}, {"*x*y", "axbyy", true}, {"a*b", "ac", false}} {
		if got := matches(c.pattern, c.name); got != c.want {
			t.Errorf("%q %q: %v", c.pattern, c.name, got)
		}
	}
}
