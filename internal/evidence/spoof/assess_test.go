package spoof

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"floodmark/internal/model"
)

func uniformSources(n int) []model.SourceCount {
	r := rand.New(rand.NewPCG(1, 1))
	return spoofer(20, 64, func(r *rand.Rand, _ int) uint32 { return anything(r) })(r, n)
}

func botSources(n int) []model.SourceCount {
	return realBots(11, 1.3, 30000, 1, everywhere)(rand.New(rand.NewPCG(2, 2)), n)
}

func find(t *testing.T, v model.SpoofVerdict, name string) model.SpoofTest {
	t.Helper()
	for _, x := range v.Tests {
		if x.Name == name {
			return x
		}
	}
	t.Fatalf("no test %q in the verdict", name)
	return model.SpoofTest{}
}

func want(t *testing.T, what string, got, want model.Spoofing, reason string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s, want %s: %s", what, got, want, reason)
	}
}

func TestAnonymisedAddressesAreNotAssessed(t *testing.T) {
	v := Assess(Input{Sources: uniformSources(20000), TTLKnown: true, Anonymised: true})
	for _, name := range []string{Octet, NetworkPairs, HostFree, HopPrefix, Bogon} {
		x := find(t, v, name)
		want(t, name, x.Verdict, model.SpoofNotApplicable, x.Reason)
	}
	want(t, "verdict", v.Verdict, model.SpoofUndecided, v.Reason)
}

func TestCarrierSpaceMakesHostFreeNotApplicable(t *testing.T) {
	bots := Assess(Input{Sources: botSources(10000), TTLKnown: true, CarrierInside: true})
	want(t, "without the host-free test nothing is called real", bots.Verdict, model.SpoofUndecided, bots.Reason)
	x := find(t, Assess(Input{Sources: uniformSources(5000), CarrierInside: true}), HostFree)
	want(t, "told", x.Verdict, model.SpoofNotApplicable, x.Reason)

	s := botSources(5000)
	for i := range s[:len(s)/10] {
		s[i].Addr = model.Addr4(33<<24 | s[i].Addr.V4()&0xffffff)
	}
	v := Assess(Input{Sources: s, TTLKnown: true})
	x = find(t, v, HostFree)
	want(t, "seen from one /8", x.Verdict, model.SpoofNotApplicable, x.Reason)
	if v.Verdict == model.SpoofSpoofed {
		t.Errorf("customers behind a carrier's NAT are called spoofed: %s", v.Reason)
	}
}

func TestHandshakeProof(t *testing.T) {
	s := uniformSources(5000)
	for i := range s {
		s[i].Flags |= model.Handshake
	}
	v := Assess(Input{Sources: s, TTLKnown: true, TCPHandshakePossible: true})
	want(t, "all proven", v.Verdict, model.SpoofReal, v.Reason)
	for i := range s[:len(s)/2] {
		s[i].Flags = 0
	}
	v = Assess(Input{Sources: s, TTLKnown: true, TCPHandshakePossible: true})
	want(t, "half proven", find(t, v, Handshake).Verdict, model.SpoofUndecided, v.Reason)
	v = Assess(Input{Sources: s, TTLKnown: true})
	want(t, "could not show", find(t, v, Handshake).Verdict, model.SpoofNotApplicable, v.Reason)
}

func TestReflectionIsRealUnlessTestsSpeakAgainst(t *testing.T) {
	v := Assess(Input{Sources: botSources(60), TTLKnown: true, Reflection: true})
	want(t, "few reflectors", v.Verdict, model.SpoofReal, v.Reason)
	if !strings.Contains(v.Reason, "not the attackers") {
		t.Errorf("reason does not say that reflectors are not the attackers: %s", v.Reason)
	}
	v = Assess(Input{Sources: uniformSources(5000), TTLKnown: true, Reflection: true})
	want(t, "forged answers", v.Verdict, model.SpoofSpoofed, v.Reason)
	once := onceEach(1)(rand.New(rand.NewPCG(3, 3)), 20000)
	v = Assess(Input{Sources: once, TTLKnown: true, Reflection: true})
	want(t, "each answers once", v.Verdict, model.SpoofReal, v.Reason)
}

func TestRealAlwaysNamesTheLimit(t *testing.T) {
	v := Assess(Input{Sources: botSources(10000), TTLKnown: true})
	want(t, "bots", v.Verdict, model.SpoofReal, v.Reason)
	if !strings.Contains(v.Reason, "forges addresses of its own network") {
		t.Errorf("real without its limit: %s", v.Reason)
	}
}

func resets(n int, rst func(r *rand.Rand, s *model.SourceCount)) Input {
	r := rand.New(rand.NewPCG(6, 6))
	s := botSources(n)
	for i := range s {
		if r.IntN(10) == 0 {
			s[i].Flags |= model.SentRST
			rst(r, &s[i])
		}
	}
	return Input{Sources: s, TTLKnown: true}
}

func TestBackscatter(t *testing.T) {
	same := find(t, Assess(resets(1000, func(_ *rand.Rand, s *model.SourceCount) { s.RSTTTL = s.TTL })), Backscatter)
	want(t, "kernel resets of real bots", same.Verdict, model.SpoofUndecided, same.Reason)
	odd := find(t, Assess(resets(1000, func(_ *rand.Rand, s *model.SourceCount) { s.RSTTTL, s.TTL = 50-s.TTL%8, 92-s.TTL%8 })), Backscatter)
	want(t, "real bots with an unusual start TTL", odd.Verdict, model.SpoofUndecided, odd.Reason)
	other := find(t, Assess(resets(1000, func(r *rand.Rand, s *model.SourceCount) { s.RSTTTL = uint8(64 - 4 - r.IntN(24)) })), Backscatter)
	want(t, "resets from elsewhere", other.Verdict, model.SpoofSpoofed, other.Reason)
	mixed := find(t, Assess(resets(300, func(r *rand.Rand, s *model.SourceCount) {
		if s.RSTTTL = s.TTL; r.IntN(2) == 0 {
			s.RSTTTL = uint8(64 - 4 - r.IntN(24))
		}
	})), Backscatter)
	want(t, "half of few resets from elsewhere", mixed.Verdict, model.SpoofUndecided, mixed.Reason)
	few := find(t, Assess(resets(60, func(r *rand.Rand, s *model.SourceCount) { s.RSTTTL = 40 })), Backscatter)
	want(t, "few resets", few.Verdict, model.SpoofUndecided, few.Reason)
}

func TestUnroutedAndBogon(t *testing.T) {
	s := uniformSources(3000)
	in := Input{Sources: s, Routed: func(a model.Addr) bool { return a.V4()>>24 < 180 }}
	x := find(t, Assess(in), Unrouted)
	want(t, "a fifth unrouted", x.Verdict, model.SpoofSpoofed, x.Reason)
	in.Routed = func(a model.Addr) bool { return a.V4()>>16 != s[0].Addr.V4()>>16 }
	x = find(t, Assess(in), Unrouted)
	want(t, "noise", x.Verdict, model.SpoofUndecided, x.Reason)

	for i := range s {
		s[i].Addr = model.Addr4(rand.New(rand.NewPCG(uint64(i), 0)).Uint32())
	}
	x = find(t, Assess(Input{Sources: s}), Bogon)
	want(t, "the whole space", x.Verdict, model.SpoofSpoofed, x.Reason)
	for i := range s {
		s[i].Addr = model.Addr4(0x0a000000 + uint32(i))
	}
	x = find(t, Assess(Input{Sources: s}), Bogon)
	want(t, "a laboratory on 10/8", x.Verdict, model.SpoofUndecided, x.Reason)
	if *x.Statistic != 1 {
		t.Errorf("share of special-purpose sources = %v, want 1", *x.Statistic)
	}
}

func TestTTLSpread(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	pool := spoofer(20, 64, weak(1000))(r, 10000)
	x := find(t, Assess(Input{Sources: pool, TTLKnown: true}), TTLSpread)
	want(t, "one pool, many senders", x.Verdict, model.SpoofSpoofed, x.Reason)
	x = find(t, Assess(Input{Sources: botSources(60000), TTLKnown: true}), TTLSpread)
	want(t, "multipath", x.Verdict, model.SpoofUndecided, x.Reason)
	nat := botSources(60000)
	for i := range nat {
		nat[i].MinTTL, nat[i].MaxTTL = 64-12, 128-13
	}
	x = find(t, Assess(Input{Sources: nat, TTLKnown: true}), TTLSpread)
	want(t, "systems behind a NAT", x.Verdict, model.SpoofUndecided, x.Reason)
}

// IPv6 sources spoofed within the forgers' own /64 must not look like millions.
func TestIPv6IsCountedByNetwork(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	s := make([]model.SourceCount, 30000)
	for i := range s {
		s[i] = model.SourceCount{Packets: 1, TTL: 50, MinTTL: 50, MaxTTL: 50,
			Addr: model.Addr{Hi: 0x2a00<<48 | uint64(r.IntN(500))<<16, Lo: r.Uint64()}}
	}
	e, ok := effectiveIPv6(s, 64, 1)
	if !ok || *e.Low > 500 || *e.High < 500 {
		t.Errorf("effective /64s = %v [%v, %v], want 500", e.Value, *e.Low, *e.High)
	}
	v := Assess(Input{Sources: s, TTLKnown: true})
	want(t, "verdict", v.Verdict, model.SpoofUndecided, v.Reason)
	want(t, "collision", find(t, v, Collision).Verdict, model.SpoofUndecided, find(t, v, Collision).Reason)
	for _, name := range []string{Octet, NetworkPairs, HostFree} {
		want(t, name, find(t, v, name).Verdict, model.SpoofNotApplicable, name)
	}
}

// A table that kept a part of the sources must tell the same number of them.
func TestKeptFractionLeavesTheEffectiveNumber(t *testing.T) {
	s := spoofer(20, 64, weak(300000))(rand.New(rand.NewPCG(9, 9)), 100000)
	kept, samples := s[:0:0], uint64(0)
	for _, x := range s {
		samples += x.Packets
		if x.Addr.Hash() < 1<<62 {
			kept = append(kept, x)
		}
	}
	x := find(t, Assess(Input{Sources: kept, Samples: samples, Kept: 0.25}), Collision)
	if *x.Statistic < 270000 || *x.Statistic > 330000 {
		t.Errorf("effective number %v from a quarter of the sources, want about 300000", *x.Statistic)
	}
	if *x.Low > 300000 || *x.High < 300000 {
		t.Errorf("limits of %v [%v, %v] from a quarter of the sources, want 300000", *x.Statistic, *x.Low, *x.High)
	}
}

func TestNoSources(t *testing.T) {
	v := Assess(Input{TTLKnown: true, TCPHandshakePossible: true, Routed: func(model.Addr) bool { return true }})
	want(t, "verdict", v.Verdict, model.SpoofNotApplicable, v.Reason)
	for _, x := range v.Tests {
		if x.Verdict == model.SpoofReal || x.Verdict == model.SpoofSpoofed {
			t.Errorf("%s decides without sources", x.Name)
		}
	}
}

// Whatever comes in, every test has a reason, values are numbers inside their
// limits, and the same input gives the same answer.
func TestAssessIsSoundAndRepeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 400).Draw(t, "sources")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		nets := rapid.IntRange(1, 100).Draw(t, "networks")
		six := rapid.Float64Range(0, 1).Draw(t, "v6")
		in := Input{TTLKnown: r.IntN(2) == 0, Anonymised: r.IntN(5) == 0, CarrierInside: r.IntN(5) == 0,
			Reflection: r.IntN(3) == 0, TCPHandshakePossible: r.IntN(2) == 0, Kept: float64(r.IntN(3)) / 2, Seed: r.Uint64()}
		for range n {
			s := model.SourceCount{Addr: model.Addr4(uint32(r.IntN(nets))<<16 | r.Uint32()&0xffff), Packets: uint64(r.IntN(5)),
				TTL: uint8(r.IntN(256)), MinTTL: uint8(r.IntN(256)), MaxTTL: uint8(r.IntN(256)), RSTTTL: uint8(r.IntN(256)),
				Flags: model.SourceFlags(r.IntN(64))}
			if r.Float64() < six {
				s.Addr = model.Addr{Hi: r.Uint64(), Lo: r.Uint64()}
			}
			in.Sources = append(in.Sources, s)
		}
		v := Assess(in)
		for _, x := range v.Tests {
			if x.Reason == "" || x.Name == "" || x.Verdict == "" {
				t.Fatalf("incomplete outcome: %+v", x)
			}
			if x.Statistic != nil && x.Low != nil && !(*x.Low <= *x.Statistic) || x.Statistic != nil && x.High != nil && !(*x.High >= *x.Statistic) {
				t.Fatalf("%s: %v is outside [%v, %v]", x.Name, *x.Statistic, x.Low, x.High)
			}
		}
		if v.Reason == "" || v.Verdict == "" {
			t.Fatalf("incomplete verdict: %+v", v)
		}
		if d := cmp.Diff(v, Assess(in)); d != "" {
			t.Fatalf("a second run differs: %s", d)
		}
	})
}

// Many spoofed addresses that sent little must not make a vector spoofed whose
// packets come from few real sources.
func TestSpoofedMinorityOfPackets(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 12))
	both := table{}
	newWorld(11, 1.3, everywhere).bots(r, both, 60000, 1500, 0.5)
	spoof(r, both, 12000, 20, 64, func(int) uint32 { return anything(r) })
	v := Assess(Input{Sources: both.sources(), TTLKnown: true})
	want(t, "most sources forged", find(t, v, HostFree).Verdict, model.SpoofSpoofed, v.Reason)
	want(t, "verdict", v.Verdict, model.SpoofUndecided, v.Reason)
	if !strings.Contains(v.Reason, "smaller part of the packets") {
		t.Errorf("reason: %s", v.Reason)
	}
}

// With few pairs and almost one distance, chance alone gives a large agreement;
// the permutations must hold it back.
func TestChanceAgreementIsNotCoherence(t *testing.T) {
	large := 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 13))
		var keys []uint64
		for net := range uint64(220) {
			for range 2 {
				hop := uint64(10)
				if r.IntN(30) == 0 {
					hop = 14
				}
				keys = append(keys, net<<24|hop)
			}
		}
		slices.Sort(keys)
		h := groupHops(keys)
		k := h.kappa(seed)
		if k.value > hopCoherent {
			large++
		}
		if x := k.verdict(h, &census{d4: 440}); x.Verdict == model.SpoofReal {
			t.Errorf("seed %d: chance called coherent: %s", seed, x.Reason)
		}
	}
	if large == 0 {
		t.Error("chance never gave a large agreement: the test shows nothing")
	}
}

// For addresses drawn at random over the whole space the value of every
// statistic is known.
func TestStatisticsOfRandomAddresses(t *testing.T) {
	v := Assess(Input{Sources: uniformSources(30000), TTLKnown: true})
	for name, known := range map[string][2]float64{
		Octet: {0, 0.004}, NetworkPairs: {1, 0.08}, HostFree: {13.0 / 221, 0.005}, HopPrefix: {0, 0.06}, QuietSpace: {1, 0.08}, Bogon: {0, 0.02},
	} {
		x := find(t, v, name)
		if x.Statistic == nil || *x.Statistic < known[0]-known[1] || *x.Statistic > known[0]+known[1] {
			t.Errorf("%s: %s, want %v within %v", name, x.Reason, known[0], known[1])
		}
	}
}
