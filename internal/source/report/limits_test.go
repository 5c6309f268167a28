package report

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"floodmark/internal/model"
)

// agents are browsers as people have them: a few are common.
func agent(rng *rand.Rand) (agent, languages string) {
	return fmt.Sprintf("Phone/%d", int(rng.ExpFloat64()*6)), []string{"de", "de", "de", "en", "tr"}[rng.IntN(5)]
}

// A carrier's customers share addresses, and all report in a quarter of an hour.
func TestACarriersCustomersAllCount(t *testing.T) {
	b := newBench(t, newState())
	b.run()
	const people = 40_000
	rng := rand.New(rand.NewPCG(1, 2))
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		got  = map[string]int{}
		next = make(chan model.Submission, 64)
	)
	for range 16 {
		wg.Go(func() {
			for s := range next {
				a := b.submit(b.proved(s))
				mu.Lock()
				got[a]++
				mu.Unlock()
			}
		})
	}
	for range people {
		s := model.Submission{Service: "alpha", Address: netip.AddrFrom4([4]byte{10, 1, byte(rng.IntN(40)), byte(rng.IntN(256))})}
		s.Agent, s.Languages = agent(rng)
		next <- s
		b.time.Add(int64(15*time.Minute) / people)
	}
	close(next)
	wg.Wait()
	if got["counted"]+got["duplicate"] != people || got["duplicate"] > 20 {
		t.Errorf("%v", got)
	}
	if n := len(b.j.all(t)); n != got["counted"] {
		t.Errorf("%d are kept, %v", n, got)
	}
	t.Logf("%v; %d people were taken for somebody who had reported", got, got["duplicate"])
}

// What is from one place with ever new browsers counts up to the place's limit,
// is kept a while longer, and then is not taken.
func TestFloodsFromFewPlaces(t *testing.T) {
	type flood struct {
		address             func(i int) string
		n                   int
		counted, kept, many int
	}
	for name, f := range map[string]flood{
		"one machine":           {func(int) string { return "20.0.0.1" }, 200, 20, 160, 40},
		"a /24 of machines":     {func(i int) string { return fmt.Sprintf("20.0.0.%d", i%256) }, 200, 20, 160, 40},
		"a network of machines": {func(i int) string { return fmt.Sprintf("20.0.%d.1", i%256) }, 1700, 200, 1600, 100},
		"a VPN":                 {func(i int) string { return fmt.Sprintf("30.0.%d.1", i%8) }, 160, 160, 160, 0},
		"an unknown network":    {func(i int) string { return fmt.Sprintf("203.0.113.%d", i%256) }, 200, 20, 160, 40},
		"no network known":      {func(i int) string { return fmt.Sprintf("9.%d.%d.1", i/256, i%256) }, 3000, 3000, 3000, 0},
		"a home":                {func(int) string { return "100.64.0.1" }, 2100, 256, 2048, 52},
		"a /64":                 {func(i int) string { return fmt.Sprintf("2001:db8::%x", i) }, 300, 32, 256, 44},
		"a /48 that is unknown": {func(i int) string { return fmt.Sprintf("3fff:0:0:%x00::1", i%256) }, 500, 60, 480, 20},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, newState())
			b.run()
			got := map[string]int{}
			s := from("10.0.0.1")
			for i := range f.n {
				s.Address, s.Agent = netip.MustParseAddr(f.address(i)), fmt.Sprint("forged ", i)
				got[b.submit(b.proved(s))]++
			}
			if got["counted"] != f.counted || got["counted"]+got["suppressed"] != f.kept || got["many"] != f.many {
				t.Errorf("%v, want %d counted, %d kept, %d refused", got, f.counted, f.kept, f.many)
			}
			if list := b.j.all(t); len(list) != f.kept || list[len(list)-1].Suppressed != (f.kept > f.counted) {
				t.Errorf("%d are kept, the last suppressed: %v", len(list), list[len(list)-1].Suppressed)
			}
			if got := b.submit(b.proved(from("100.65.0.1"))); got != "counted" {
				t.Errorf("somebody at home meanwhile: %s", got)
			}
		})
	}
}

// Two of a kind behind one address: at home it is one who asks again, in a busy
// prefix of a carrier another one.
func TestSameBrowserBehindOneAddress(t *testing.T) {
	b := newBench(t, newState())
	b.run()
	s := from("10.2.0.1")
	b.want("counted", b.proved(s))
	b.want("duplicate", b.proved(s))
	for i := range sharedFrom {
		b.want("counted", b.proved(from(fmt.Sprintf("10.2.0.%d", 10+i))))
	}
	b.want("duplicate", s) // without a proof of one's own
	for range sameMost - 1 {
		b.want("counted", b.proved(s))
	}
	b.want("duplicate", b.proved(s))
	for i := range 30 { // machines do not share
		b.submit(b.proved(from(fmt.Sprintf("20.0.0.%d", i))))
	}
	b.want("duplicate", b.proved(from("20.0.0.1")))
}

// Without address data nobody's network is known, a carrier's neither.
func TestLimitsWithoutAddressData(t *testing.T) {
	for name, place := range map[string]func(netip.Addr) model.Place{"nil": nil, "zero": func(netip.Addr) model.Place { return model.Place{} }} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, newState())
			b.c.Place = place
			b.run()
			got := map[string]int{}
			for i := range 1100 {
				s := from(fmt.Sprintf("10.0.0.%d", i%250))
				s.Agent = fmt.Sprint(i)
				got[b.submit(b.proved(s))]++
			}
			if got["counted"] != 1024 || got["suppressed"] != 76 {
				t.Errorf("%v", got)
			}
			if r := b.j.all(t)[0]; r.Network != "unknown" || r.Country != 0 || r.ASN != 0 {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestSendersAreForgottenAfterTwoWindows(t *testing.T) {
	b := newBench(t, newState())
	b.run()
	for w := range 4 {
		for i := range 50 {
			s := from("100.64.0.1")
			s.Address = netip.AddrFrom4([4]byte{100, 64 + byte(w), byte(i), 1})
			b.want("counted", b.proved(s))
		}
		if n := len(b.persons.now) + len(b.persons.before); n > 100 {
			t.Errorf("%d people are remembered in window %d", n, w)
		}
		b.time.Add(window)
	}
	b.time.Add(2 * window)
	b.want("counted", b.proved(from("100.64.0.1")))
	if n := len(b.persons.now) + len(b.persons.before); n != 1 {
		t.Errorf("%d people are remembered", n)
	}
}

// A table that is full makes reports not count, and loses none.
func TestFullTablesWithhold(t *testing.T) {
	for name, fill := range map[string]func(*bench){
		"people": func(b *bench) { b.persons.most = 5 },
		"counts": func(b *bench) { b.counts.most = 20 },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, newState())
			fill(b)
			b.run()
			got := map[string]int{}
			for i := range 20 {
				got[b.submit(b.proved(from(fmt.Sprintf("100.64.%d.1", i))))]++
			}
			if got["counted"] < 3 || got["counted"] > 8 || got["counted"]+got["suppressed"] != 20 || len(b.j.all(t)) != 20 {
				t.Errorf("%v", got)
			}
			if len(b.persons.now) > b.persons.most || len(b.counts.now) > b.counts.most {
				t.Errorf("%d people, %d counts", len(b.persons.now), len(b.counts.now))
			}
		})
	}
}

// The count of a sliding window, estimated from two fixed ones, is never above
// what came in the last two windows and never below what came in the current one.
func TestCountedIsBetweenItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRecent[uint32](100)
		at, times := testStart, []int64(nil)
		for range rapid.IntRange(1, 200).Draw(t, "events") {
			at += rapid.Int64Range(0, window/4).Draw(t, "gap")
			r.turn(at)
			r.put(7, r.now[7]+1)
			times = append(times, at)
			var least, most uint32
			for _, x := range times {
				if x >= r.since {
					least++
				}
				if x > at-2*window {
					most++
				}
			}
			if n := counted(&r, 7); n < least || n > most {
				t.Fatalf("%d counted, between %d and %d came", n, least, most)
			}
		}
	})
}

// Whatever is asked for in whatever order, the journal never holds more than one
// report of a person that counts in a window, at home.
func TestNobodyCountsTwice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBench(t, newState())
		stop := b.run()
		defer stop()
		last := map[said]int64{}
		for range rapid.IntRange(1, 40).Draw(rt, "submissions") {
			var a [4]byte
			binary.BigEndian.PutUint32(a[:], 100<<24|64<<16|uint32(rapid.IntRange(0, 2).Draw(rt, "home"))<<8)
			s := model.Submission{Service: "alpha", Address: netip.AddrFrom4(a), Kind: model.ReportKind(rapid.IntRange(0, 1).Draw(rt, "kind"))}
			b.submit(b.proved(s))
			b.time.Add(rapid.Int64Range(0, window/2).Draw(rt, "pause"))
		}
		for _, r := range b.j.all(t) {
			key := said{r.Person, r.Kind}
			if before, ok := last[key]; ok && r.At-before < window {
				rt.Fatalf("counted twice in %s", time.Duration(r.At-before))
			}
			last[key] = r.At
		}
	})
}
