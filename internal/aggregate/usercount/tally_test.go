package usercount

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"floodmark/internal/model"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestMinutesSumToTheWindow wants the minutes' effective counts of the last 15
// closed minutes to be that of the window.
func TestMinutesSumToTheWindow(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	k := ordinaryCrowd(r)
	hosts := ordinaryCrowd(r)
	hosts.kind, hosts.first = "hosting", 5000
	other := ordinaryCrowd(r)
	other.kind, other.first = "unknown", 7000
	tally := New(service)
	var minutes []Minute
	for i := range 200 {
		at := start + int64(i)*minute
		for _, c := range []*crowd{k, hosts, other} {
			for _, x := range c.arrive(at, 2) {
				tally.Add(&x)
			}
		}
		m := tally.Close(at)
		m.Parts = append([]float32(nil), m.Parts...)
		minutes = append(minutes, m)
		w := tally.Window()
		if w.Forgery.Suspected {
			t.Fatalf("minute %d: %+v", i, w.Forgery)
		}
		var sum Window
		parts := make([]float64, len(w.Parts))
		for _, m := range minutes[max(0, len(minutes)-15):] {
			sum.Problems += m.Problems
			sum.Works += m.Works
			sum.Followed += m.Followed
			sum.Effective += m.Effective
			for p, x := range m.Parts {
				parts[p] += float64(x)
			}
		}
		if sum.Problems != w.Problems || sum.Works != w.Works || sum.Followed != w.Followed || math.Abs(sum.Effective-w.Effective) > 1e-6*w.Effective {
			t.Fatalf("minute %d: window %+v, sum %+v", i, w, sum)
		}
		total := 0.0
		for p := range parts {
			if math.Abs(parts[p]-w.Parts[p]) > 1e-3 {
				t.Fatalf("minute %d: parts %v, sum %v", i, w.Parts, parts)
			}
			total += parts[p]
		}
		if math.Abs(total-w.Effective) > 1e-3 {
			t.Fatalf("minute %d: parts come to %.3f of %.3f", i, total, w.Effective)
		}
		places, effective := uint32(0), 0.0
		for _, p := range w.Places {
			places += p.Reports
			effective += p.Effective
		}
		if places != w.Problems || math.Abs(effective-w.Effective) > 1e-3 {
			t.Fatalf("minute %d: places hold %d of %d, %.3f of %.3f", i, places, w.Problems, effective, w.Effective)
		}
	}
}

// TestPersonCountsOncePerWindow wants a person back after the window, not before.
func TestPersonCountsOncePerWindow(t *testing.T) {
	tally := New(service)
	counted := 0
	for i := range 64 {
		at := start + int64(i)*minute
		r := model.Report{At: at, Person: 9, Prefix: 9, ASN: 1, Network: "access"}
		tally.Add(&r)
		counted += int(tally.Close(at).Problems)
	}
	if counted != 4 {
		t.Errorf("counted %d times in 64 minutes, want 4", counted)
	}
}

// TestWhatDoesNotCount is about reports that are kept beside the count.
func TestWhatDoesNotCount(t *testing.T) {
	base := model.Report{At: start, ASN: 1, Network: "access", Component: "login"}
	for _, c := range []struct {
		name   string
		change func(*model.Report)
		want   Window
	}{
		{"problem", func(*model.Report) {}, Window{Problems: 40, Effective: 40}},
		{"withheld", func(r *model.Report) { r.Suppressed = true }, Window{Withheld: 40}},
		{"works", func(r *model.Report) { r.Kind = model.Works }, Window{Works: 40}},
		{"after our alert", func(r *model.Report) { r.Referral = model.FromAlert }, Window{Problems: 40, Followed: 40}},
		{"a link and nobody else", func(r *model.Report) { r.Referral = model.FromElsewhere }, Window{Problems: 40, Followed: 40}},
		{"a link and others", func(r *model.Report) {
			if r.Person%2 == 0 {
				r.Referral = model.FromElsewhere
			}
		}, Window{Problems: 40, Followed: 20, Effective: 29.5}}, // half as many as came directly, when the last one of them came
		{"education", func(r *model.Report) { r.Network = "education" }, Window{Problems: 40, Effective: floorMixed}},
		{"hosting", func(r *model.Report) { r.Network = "hosting" }, Window{Problems: 40, Effective: floorMachine}},
		{"own network", func(r *model.Report) { r.Network, r.ASN = "transit", 64500 }, Window{Problems: 40, Effective: 40}},
		{"no network", func(r *model.Report) { r.Network, r.ASN = "unknown", 0 }, Window{Problems: 40, Effective: 40}},
	} {
		own := *service
		own.ASNs = []uint32{64500}
		tally := New(&own)
		for i := range 40 {
			r := base
			r.Person, r.Prefix = uint64(i), uint64(i)
			c.change(&r)
			tally.Add(&r)
		}
		w := tally.Window()
		got := Window{Problems: w.Problems, Works: w.Works, Followed: w.Followed, Withheld: w.Withheld, Effective: math.Round(w.Effective*100) / 100}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// TestEnough holds the minimum of an incident to its table.
func TestEnough(t *testing.T) {
	for _, c := range []struct {
		name              string
		networks, persons int // persons of each network
		prefixes          int // of each network
		kind              string
		want              bool
	}{
		{"eight people of three networks", 3, 3, 3, "access", true},
		{"seven people of seven networks", 7, 1, 1, "access", false},
		{"two networks", 2, 50, 4, "mobile", false},
		{"two networks of more prefixes", 2, 50, 9, "mobile", true},
		{"one carrier of 40 prefixes", 1, 400, 40, "mobile", true},
		{"one carrier of 16 prefixes", 1, 400, 16, "mobile", false},
		{"three networks of servers", 3, 400, 400, "hosting", false},
		{"three unknown networks", 3, 400, 400, "unknown", false},
		{"fifty unknown networks", 50, 3, 3, "unknown", true},
	} {
		tally := New(service)
		for n := range c.networks {
			for p := range c.persons {
				r := model.Report{At: start, ASN: uint32(n + 1), Network: c.kind, Person: uint64(n)<<32 + uint64(p), Prefix: uint64(n)<<32 + uint64(p%c.prefixes), Client: uint32(p), Component: "app"}
				tally.Add(&r)
			}
		}
		if w := tally.Window(); w.Enough != c.want {
			t.Errorf("%s: enough %v: effective %.1f, breadth %.2f", c.name, w.Enough, w.Effective, w.Breadth)
		}
	}
}

// TestWithoutAddressData wants an incident to be possible, from more prefixes, and
// to say so.
func TestWithoutAddressData(t *testing.T) {
	for prefixes, want := range map[int]bool{1: false, 8: false, 23: false, 24: true, 500: true} {
		tally := New(service)
		for i := range 500 {
			r := model.Report{At: start, Network: "unknown", Person: uint64(i), Prefix: uint64(i % prefixes), Client: uint32(i % 40)}
			tally.Add(&r)
		}
		w := tally.Window()
		if w.Enough != want || w.Effective != float64(prefixes) || w.Forgery.Text == "" {
			t.Errorf("%d prefixes: %+v", prefixes, w)
		}
	}
}

// TestIncidentsAreNotLearnt wants what is usual to stay through an incident and
// through what came just before.
func TestIncidentsAreNotLearnt(t *testing.T) {
	tally, k, rate, at := trial(3, 2)
	before := *tally.usual
	play(tally, at, 60, false, k.steady(50*max(rate, 1)))
	if tally.usual.reports != before.reports || tally.usual.effective != before.effective {
		t.Errorf("learnt %.0f reports in an incident", tally.usual.reports-before.reports)
	}
	if u := tally.Usual(); u == nil || math.Abs(u[0]-0.3) > 0.1 || math.Abs(u[4]-0.15) > 0.1 {
		t.Errorf("usual shares of components are %v", u)
	}
	if l := tally.usual.level(); l < rate/3 || l > 3*rate {
		t.Errorf("usual level is %.3f a minute, of %.3f", l, rate)
	}
}

func TestQuietMinutesCostNothing(t *testing.T) {
	tally := New(service)
	at := start
	if n := testing.AllocsPerRun(1000, func() {
		tally.Close(at)
		tally.Learn(true)
		at += minute
	}); n != 0 {
		t.Errorf("%v allocations in a quiet minute", n)
	}
	r := model.Report{At: at, Person: 1}
	tally.Add(&r)
	play(tally, at, 17, true)
	if tally.w != nil {
		t.Error("an empty window is kept")
	}
}

func TestMinutesLeftOut(t *testing.T) {
	r := model.Report{At: start, Person: 1, ASN: 1, Network: "access"}
	for _, c := range []struct {
		minutes int64
		want    uint32
	}{{0, 1}, {1, 1}, {14, 1}, {15, 0}, {16, 0}, {1 << 20, 0}, {-5, 1}, {-1 << 40, 1}} {
		tally := New(service)
		tally.Add(&r)
		tally.Close(start + c.minutes*minute)
		if got := tally.Window().Problems; got != c.want {
			t.Errorf("closed %d minutes later: %d reports, want %d", c.minutes, got, c.want)
		}
	}
	tally := New(service)
	for _, at := range []int64{math.MinInt64, -1, 0, math.MaxInt64} {
		tally.Refuse(at, 1)
		tally.Close(at)
		tally.Learn(true)
	}
}

// TestSet compares with a map.
func TestSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := set{most: 512}
		model := make(map[uint64]int)
		for slot := range rapid.IntRange(1, 60).Draw(t, "minutes") {
			slot %= slots
			s.forget(slot)
			for k, v := range model {
				if v == slot {
					delete(model, k)
				}
			}
			for _, x := range rapid.SliceOfN(rapid.Uint64Range(0, 500), 0, 80).Draw(t, "hashes") {
				h := mix(x)
				_, old := model[h]
				full := !old && len(model) >= 384
				if got := s.add(h, slot, true); got == old {
					t.Fatalf("add of %x says %v, is held %v", h, got, old)
				}
				if !old && !full {
					model[h] = slot
				}
			}
			if s.n != len(model) {
				t.Fatalf("holds %d, want %d", s.n, len(model))
			}
		}
	})
}

// TestEverythingIsBounded sends a million people of as many networks, browsers,
// places and prefixes as there can be.
func TestEverythingIsBounded(t *testing.T) {
	tally := New(service)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range 1_000_000 {
		x := model.Report{At: start + int64(i)*1000, ASN: r.Uint32N(80000), Network: []string{"access", "unknown", "hosting"}[i%3], Person: r.Uint64(), Prefix: r.Uint64(),
			Client: r.Uint32(), Country: model.Code2(r.Uint32()), Region: string([]byte{byte(r.Uint32()), byte(r.Uint32())})}
		tally.Add(&x)
	}
	w := tally.w
	if n := 4*len(w.persons.cells) + 4*len(w.prefixes.cells); n > 5<<20 {
		t.Errorf("sets take %d octets", n)
	}
	if len(w.networks.items) > mostNetworks || len(w.cells.items) > mostCells || len(w.places.items) > mostPlaces {
		t.Errorf("%d networks, %d cells, %d places", len(w.networks.items), len(w.cells.items), len(w.places.items))
	}
	got := tally.Window()
	if got.Problems < 998_000 || len(got.Places) > mostPlaces {
		t.Errorf("%d problems, %d places", got.Problems, len(got.Places))
	}
	b, _ := tally.MarshalBinary()
	if len(b) > 1<<20 {
		t.Errorf("its state takes %d octets", len(b))
	}
	tally.Close(start)
	play(tally, start+minute, 16, false)
	if tally.w != nil {
		t.Error("memory is kept after the crowd")
	}
}

// TestStateGoesOn wants a Tally that was saved and read to say the same as the one
// that went on.
func TestStateGoesOn(t *testing.T) {
	for seed := range uint64(6) {
		one, k, rate, at := trial(seed, int(seed%3))
		b := &bots{r: k.r, networks: 30, first: 9000, kind: "hosting", prefixes: 50, clients: 3}
		play(one, at, 20, false, k.steady(5*rate), b.steady(3))
		at += 20 * minute
		state, _ := one.MarshalBinary()
		two := New(service)
		if err := two.UnmarshalBinary(state); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(one.Window(), two.Window()); d != "" {
			t.Errorf("seed %d: %s", seed, d)
		}
		for i := range 40 {
			for _, x := range k.arrive(at, 3*rate) {
				one.Add(&x)
				two.Add(&x)
			}
			if d := cmp.Diff(one.Close(at), two.Close(at)); d != "" {
				t.Fatalf("seed %d, minute %d: %s", seed, i, d)
			}
			one.Learn(i > 20)
			two.Learn(i > 20)
			if d := cmp.Diff(one.Window(), two.Window()); d != "" {
				t.Fatalf("seed %d, minute %d: %s", seed, i, d)
			}
			at += minute
		}
		again, _ := one.MarshalBinary()
		three := New(service)
		if err := three.UnmarshalBinary(again); err != nil {
			t.Fatal(err)
		}
		if once, _ := three.MarshalBinary(); len(once) != len(again) {
			t.Errorf("seed %d: written again it has %d octets, not %d", seed, len(once), len(again))
		}
	}
}

func TestStatesThatAreNone(t *testing.T) {
	tally, k, rate, at := trial(2, 1)
	play(tally, at, 5, false, k.steady(rate))
	state, _ := tally.MarshalBinary()
	other := *service
	other.Components = other.Components[:2]
	if err := New(&other).UnmarshalBinary(state); err == nil {
		t.Error("the state of a service with other components is read")
	}
	for n := range state {
		if err := New(service).UnmarshalBinary(state[:n]); err == nil {
			t.Fatalf("the first %d of %d octets are read", n, len(state))
		}
	}
	if err := New(service).UnmarshalBinary(append(bytes.Clone(state), 0)); err == nil {
		t.Error("a state with an octet more is read")
	}
}

func FuzzUnmarshal(f *testing.F) {
	tally, k, rate, at := trial(2, 1)
	play(tally, at, 5, false, k.steady(rate))
	state, _ := tally.MarshalBinary()
	f.Add(state)
	empty, _ := New(service).MarshalBinary()
	f.Add(empty)
	f.Fuzz(func(t *testing.T, b []byte) {
		tally := New(service)
		if tally.UnmarshalBinary(b) != nil {
			return
		}
		at := tally.open
		for i := range 20 {
			r := model.Report{At: at, Person: uint64(i), Prefix: uint64(i), ASN: uint32(i), Network: "access", Component: "login"}
			tally.Add(&r)
			tally.Close(at)
			tally.Learn(i%3 > 0)
			tally.Window()
			at += minute
		}
	})
}
