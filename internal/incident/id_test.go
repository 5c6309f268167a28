package incident

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"floodmark/internal/model"
)

func TestID(t *testing.T) {
	target := func(s string) model.TargetID {
		v, err := model.ParseTarget(s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	plainURL := regexp.MustCompile(`^[a-z0-9._TZ-]{1,48}$`)
	for _, c := range []struct {
		target model.TargetID
		dir    model.Direction
		start  int64
		want   string
	}{
		{target("198.51.100.7"), model.In, at(7 * 60), "in-198.51.100.7-20261124T0205Z"},
		{target("198.51.100.0/24"), model.Out, at(299.9), "out-198.51.100.0_24-20261124T0200Z"},
		{target("2001:db8::/48"), model.In, at(0), "in-2001-db8--_48-20261124T0200Z"},
		{target("2001:db8:1234:5678:9abc:def0:1234:5678"), model.Through, at(0), "through-x################-20261124T0200Z"},
		{model.CustomerID("acme"), model.In, at(0), "in-c.acme-20261124T0200Z"},
		{model.CustomerID("Ångström & Sons"), model.In, at(0), "in-k################-20261124T0200Z"},
		{model.NetworkID(), model.In, at(0), "in-network-20261124T0200Z"},
	} {
		got := ID(c.target, c.dir, c.start)
		form := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(c.want), "#", "[0-9a-f]") + "$")
		if !form.MatchString(got) || !plainURL.MatchString(got) {
			t.Errorf("ID(%s) is %q, want %q", c.target, got, c.want)
		}
	}
}

func TestSecondIncidentOfFiveMinutesGetsANumber(t *testing.T) {
	w := play(t, small)
	w.run(0, 20, flood(host(7), 30_000))
	w.wait(100)
	w.run(101, 120, flood(host(7), 30_000))
	if id := w.id(); id != "in-198.51.100.7-20261124T0200Z-2" {
		t.Errorf("id %q", id)
	}
}

// TestTwoInstancesMeanTheSame feeds two machines what two vantages of one
// attack would hear: other rates, other delays, some words lost.
func TestTwoInstancesMeanTheSame(t *testing.T) {
	const runs = 400
	same, joined := 0, 0
	for seed := range uint64(runs) {
		rng := rand.New(rand.NewPCG(seed, 1))
		begin := float64(rng.IntN(3000)) / 10
		a, b := vantage(t, rng, begin), vantage(t, rng, begin)
		if a.ID == b.ID {
			same++
		}
		if Same(&a, &b) {
			joined++
		}
	}
	t.Logf("%d of %d ids are equal, %d mean the same", same, runs, joined)
	if joined != runs || same < runs*95/100 {
		t.Errorf("%d of %d ids are equal, %d mean the same", same, runs, joined)
	}
}

func vantage(t *testing.T, rng *rand.Rand, begin float64) model.Incident {
	m := New(quick)
	delay := 1 + 4*rng.Float64()
	var last model.Incident
	for s := begin + delay; s < begin+60; s++ {
		a := flood(host(7), 30_000*(0.8+0.4*rng.Float64()))
		a.At, a.Since = at(s), at(begin+3*rng.Float64())
		if rng.IntN(10) == 0 {
			continue
		}
		for _, c := range m.Step(Input{Now: at(s), Anomalies: []model.Anomaly{a}}) {
			last = c.Incident
		}
	}
	if last.State != model.Open {
		t.Fatalf("state %s", last.State)
	}
	return last
}

func TestOtherIncidentsAreNotTheSame(t *testing.T) {
	a := model.Incident{Target: host(7), Started: at(0), Ended: at(200)}
	for name, b := range map[string]model.Incident{
		"other target":    {Target: host(8), Started: at(0)},
		"other direction": {Target: host(7), Direction: model.Out, Started: at(0)},
		"ten minutes on":  {Target: host(7), Started: at(600)},
		"after its end":   {Target: host(7), Started: at(301)},
	} {
		if Same(&a, &b) || Same(&b, &a) {
			t.Errorf("%s: the same", name)
		}
	}
	b := model.Incident{Target: host(7), Started: at(-1)}
	if !Same(&a, &b) || !Same(&b, &a) {
		t.Error("a second earlier, in other five minutes: not the same")
	}
}

func TestAdoptedIncidentsGoOn(t *testing.T) {
	w, id := opened(t)
	m := New(quick)
	m.Adopt(w.m.Open())
	out := m.Step(Input{Now: at(12), Anomalies: []model.Anomaly{flood(host(7), 30_000)}})
	out = append(out, m.Step(Input{Now: at(25), Anomalies: []model.Anomaly{flood(host(7), 30_000)}})...)
	if len(out) == 0 || out[0].Incident.ID != id || out[0].Type != model.Updated || out[0].Incident.Revision != w.last().Incident.Revision+1 {
		t.Errorf("told %+v", out)
	}
}
