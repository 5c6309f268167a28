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

// TestTwoInstancesAgreeOnIDs feeds two machines what two vantage points see of
// one attack: different rates and delays, some anomalies lost. Where the ids
// differ, the starts round to neighboring five minutes.
func TestTwoInstancesAgreeOnIDs(t *testing.T) {
	const runs = 400
	equal := 0
	for seed := range uint64(runs) {
		rng := rand.New(rand.NewPCG(seed, 1))
		begin := float64(rng.IntN(3000)) / 10
		a, b := vantage(t, rng, begin), vantage(t, rng, begin)
		if a.ID == b.ID {
			equal++
		}
		if d := rounded(a.Started) - rounded(b.Started); d < -step || d > step {
			t.Errorf("seed %d: starts round to %d s apart", seed, d/1e9)
		}
	}
	t.Logf("%d of %d ids are equal", equal, runs)
	if equal < runs*95/100 {
		t.Errorf("%d of %d ids are equal", equal, runs)
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
