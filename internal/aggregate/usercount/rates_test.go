package usercount

import (
	"math/rand/v2"
	"strings"
	"testing"

	"floodmark/internal/model"
)

// trials are what is measured: forged and honest crowds with drawn parameters.
// Each returns an hour after days of ordinary reports, and the rate of those.
var trials = []struct {
	name   string
	forged bool
	play   func(seed uint64, days int) (result, float64)
}{
	{"10× normal from 3 networks of servers", true, hosting},
	{"lockstep from 300 networks: one browser, one component, gaps even to ±50 %", true, lockstep},
	{"the same, at random times", true, varied(func(b *bots) { b.jitter = 2 })},
	{"the same, 3 browsers in turn by chance", true, varied(func(b *bots) { b.clients = 3 })},
	{"the same, any component", true, varied(func(b *bots) { b.part = "" })},
	{"30 browsers, any component, even gaps", true, varied(func(b *bots) { b.clients, b.part = 30, "" })},
	{"30 browsers, any component, random times, 300 networks", true, varied(func(b *bots) { b.clients, b.part, b.jitter = 30, "", 2 })},
	{"one carrier behind forty /24s, 40,000 reports", false, func(seed uint64, days int) (result, float64) { return carrier(seed, days), 0 }},
	{"outage of an app, 90 % name login, two browsers", false, func(seed uint64, days int) (result, float64) { return appOutage(seed, days), 0 }},
	{"outage of any part, at once or with a ramp", false, real(func(*crowd) {})},
	{"outage that only a new version of the app has", false, real(func(k *crowd) { k.clients, k.parts = []float64{0, 0, 1}, []float64{1}; k.first = 1000 })},
	{"outage in one region: networks and country never seen", false, real(func(k *crowd) { k.first, k.country, k.kind = 50000, model.ParseCode2("FR"), "access" })},
	{"outage in the news: 70 % follow a link", false, real(func(k *crowd) { k.linked = 0.7 })},
	{"slow trickle, 12 hours", false, func(seed uint64, days int) (result, float64) { return trickle(seed, days), 0 }},
}

// varied is lockstep with something changed.
func varied(change func(*bots)) func(uint64, int) (result, float64) {
	return func(seed uint64, days int) (result, float64) {
		t, k, rate, at := trial(seed, days)
		b := &bots{r: k.r, networks: 300, first: 20000, kind: "access", prefixes: 1 + k.r.IntN(50), clients: 1, jitter: 0.5 * k.r.Float64(), part: "login"}
		change(b)
		return play(t, at, 60, false, k.steady(rate), b.steady(max(10*rate, 5)*(1+4*k.r.Float64()))), rate
	}
}

// real is an outage of 5 to 100 times the usual with something changed.
func real(change func(*crowd)) func(uint64, int) (result, float64) {
	return func(seed uint64, days int) (result, float64) {
		t, k, rate, at := trial(seed, days)
		out := *k
		out.r = rand.New(rand.NewPCG(seed, 17))
		out.works *= out.r.Float64()
		out.sizes = nil
		out.linked += 0.2 * out.r.Float64()
		change(&out)
		return play(t, at, 60, false, k.steady(rate), out.outage(max(5*rate, 3)*(1+19*out.r.Float64()*out.r.Float64()), 1+out.r.IntN(20))), rate
	}
}

// outcome is what became of one trial.
type outcome struct {
	suspected bool // forged: for most of the hour; honest: ever
	counted   bool // forged: a window is above normal, ever; honest: Enough for at least half of the time
}

func judged(forged bool, got result, rate float64) outcome {
	if forged {
		return outcome{2*got.suspected >= got.minutes, got.effective > normal(rate)+poolMachine}
	}
	return outcome{got.suspected > 0, 2*got.enough >= got.minutes}
}

// TestRates holds a few of each to what the table in docs/accuracy.md says.
func TestRates(t *testing.T) {
	for _, c := range trials {
		suspected := 0
		for seed := range uint64(6) {
			got, rate := c.play(1000+seed, int(seed%3))
			if judged(c.forged, got, rate).suspected {
				suspected++
			}
		}
		if caught := strings.HasPrefix(c.name, "10×") || strings.HasPrefix(c.name, "lockstep"); caught && suspected < 6 || !c.forged && suspected > 0 {
			t.Errorf("%s: suspected in %d of 6", c.name, suspected)
		}
	}
}
