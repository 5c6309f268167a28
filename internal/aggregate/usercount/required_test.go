package usercount

import (
	"math"
	"math/rand/v2"
	"testing"

	"floodmark/internal/model"
)

const runs = 20

// trial draws a service that has been seen for some days at half a report to
// four a minute, and returns it with its crowd, its rate and the time.
func trial(seed uint64, days int) (t *Tally, k *crowd, rate float64, at int64) {
	r := rand.New(rand.NewPCG(seed, 11))
	k = ordinaryCrowd(r)
	rate = 0.1 + 2*r.Float64()*r.Float64()
	if days == 0 {
		return New(service), k, rate, start
	}
	t, at = taught(k, rate, days)
	return t, k, rate, at
}

// hosting is ten times the normal from 3 networks of servers.
func hosting(seed uint64, days int) (result, float64) {
	t, k, rate, at := trial(seed, days)
	b := &bots{r: k.r, networks: 3, first: 9000, kind: "hosting", prefixes: 1 + k.r.IntN(3000), clients: 1 + k.r.IntN(40), jitter: 2 * k.r.Float64()}
	return play(t, at, 60, false, k.steady(rate), b.steady(10*max(rate, 0.5))), rate
}

// lockstep is one program behind 300 networks of people.
func lockstep(seed uint64, days int) (result, float64) {
	t, k, rate, at := trial(seed, days)
	b := &bots{r: k.r, networks: 300, first: 20000, kind: "access", prefixes: 1 + k.r.IntN(50), clients: 1, jitter: 0.5 * k.r.Float64(), part: "login"}
	return play(t, at, 60, false, k.steady(rate), b.steady(max(10*rate, 5)*(1+4*k.r.Float64()))), rate
}

// carrier is 40,000 reports from forty prefixes of one network in 30 minutes.
func carrier(seed uint64, days int) result {
	t, k, rate, at := trial(seed, days)
	c := ordinaryCrowd(k.r)
	c.networks, c.prefixes, c.first, c.kind, c.works, c.linked = 1, 40, 1000+uint32(k.r.IntN(5)), "mobile", 0.01, 0
	return play(t, at, 15, false, k.steady(rate), c.outage(40000.0/15*1.5, 15))
}

// appOutage is a real outage of which most name login, with two browsers.
func appOutage(seed uint64, days int) result {
	t, k, rate, at := trial(seed, days)
	k.clients = []float64{0.55, 0.4, 0.03, 0.02}
	k.parts = []float64{0.04, 0.9, 0.03, 0.02}
	k.works *= 0.1
	k.linked = 0.3 * k.r.Float64()
	return play(t, at, 60, false, k.outage(max(10*rate, 5)*(1+20*k.r.Float64()*k.r.Float64()), 1+k.r.IntN(15)))
}

// trickle is a small service on an ordinary day.
func trickle(seed uint64, days int) result {
	t, k, rate, at := trial(seed, days)
	return play(t, at, 12*60, true, k.steady(min(rate, 0.5)))
}

func TestForgedFromThreeHostingNetworks(t *testing.T) {
	for seed := range uint64(runs) {
		got, rate := hosting(seed, int(seed%3))
		if got.suspected < 30 || got.text == "" {
			t.Errorf("seed %d: suspected in %d of 60 minutes: %+v", seed, got.suspected, got.last)
		}
		if limit := normal(rate) + poolMachine; got.effective > limit {
			t.Errorf("seed %d: effective %.1f, normal is up to %.1f", seed, got.effective, limit)
		}
	}
}

// normal is what an ordinary window may reach: its mean and five deviations of a
// count with a minute's dispersion of 1.
func normal(rate float64) float64 {
	mean := slots * rate
	return mean + 5*math.Sqrt(mean+slots*rate*rate) + 3
}

func TestLockstepFrom300Networks(t *testing.T) {
	for seed := range uint64(runs) {
		got, rate := lockstep(seed, int(seed%3))
		if got.suspected < 50 {
			t.Errorf("seed %d: suspected in %d of 60 minutes: %+v", seed, got.suspected, got.last.Forgery)
		}
		if limit := normal(rate); got.effective > limit {
			t.Errorf("seed %d: effective %.1f, normal is up to %.1f", seed, got.effective, limit)
		}
	}
}

func TestOneCarrierIsNotDiscounted(t *testing.T) {
	for seed := range uint64(4) {
		got := carrier(seed, int(seed%2))
		w := got.last
		if w.Forgery.Suspected || !w.Enough || w.Effective < 0.95*float64(w.Problems-w.Followed) || w.Problems < 20000 {
			t.Errorf("seed %d: %d problems, effective %.0f, breadth %.1f, enough %v, %+v", seed, w.Problems, w.Effective, w.Breadth, w.Enough, w.Forgery)
		}
		if got.suspected > 0 {
			t.Errorf("seed %d: suspected in %d minutes: %s", seed, got.suspected, got.text)
		}
	}
}

func TestOutageOfAnApp(t *testing.T) {
	for seed := range uint64(runs) {
		if got := appOutage(seed, int(seed%3)); got.suspected > 0 || got.enough < 40 {
			t.Errorf("seed %d: suspected in %d minutes (%s), enough in %d", seed, got.suspected, got.text, got.enough)
		}
	}
}

func TestTrickleIsHonest(t *testing.T) {
	for seed := range uint64(runs) {
		if got := trickle(seed, int(seed%3)); got.suspected > 0 {
			t.Errorf("seed %d: suspected in %d minutes: %s", seed, got.suspected, got.text)
		}
	}
}

// TestBotsBesideAnOutage wants a real outage to stay one when a program joins in.
func TestBotsBesideAnOutage(t *testing.T) {
	tally, k, rate, at := trial(5, 2)
	b := &bots{r: k.r, networks: 300, first: 20000, kind: "access", prefixes: 9, clients: 1, jitter: 0.1, part: "login"}
	got := play(tally, at, 40, false, k.outage(100*max(rate, 1), 5), b.steady(30))
	if got.suspected > 3 || got.enough < 35 {
		t.Errorf("suspected in %d minutes, enough in %d", got.suspected, got.enough)
	}
}

// TestManyNetworksOfServers wants the bound on all of them together to hold.
func TestManyNetworksOfServers(t *testing.T) {
	for _, kind := range []string{"hosting", "vpn", "cdn", "transit"} {
		tally, k, _, at := trial(7, 0)
		b := &bots{r: k.r, networks: 500, first: 9000, kind: kind, prefixes: 100, clients: 30, jitter: 2}
		got := play(tally, at, 30, false, b.steady(200))
		if got.effective > poolMachine || got.enough > 0 || got.suspected < 25 {
			t.Errorf("%s: effective %.1f, enough %d, suspected %d", kind, got.effective, got.enough, got.suspected)
		}
	}
}

func TestOnePersonAndOnePrefixNever(t *testing.T) {
	for _, kind := range []string{"access", "mobile", "hosting", "unknown", ""} {
		tally := New(service)
		for i := range 1000 {
			r := model.Report{At: start + int64(i), ASN: 5, Network: kind, Person: 1, Prefix: uint64(i)}
			tally.Add(&r)
			r = model.Report{At: start + int64(i), ASN: 6, Network: kind, Person: uint64(i) + 2, Prefix: 7}
			tally.Add(&r)
			r.ASN, r.Person = 0, r.Person<<32
			tally.Add(&r)
		}
		if w := tally.Window(); w.Enough {
			t.Errorf("%q: %+v", kind, w)
		}
	}
}
