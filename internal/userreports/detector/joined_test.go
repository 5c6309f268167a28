package detector

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/model"
)

var own = netip.MustParsePrefix("198.51.100.0/24")

func watchedDetector() *Detector {
	x := *services[0]
	x.Networks = []netip.Prefix{own}
	return New(Config{Services: []*model.Service{&x, services[1]}, Budget: model.Budget{Max: 1, Per: model.Year}})
}

// flooded is an incident of traffic from one minute to another.
func flooded(id string, from, to int) *model.Incident {
	in := &model.Incident{
		Header: model.Header{
			ID: id, State: model.Closed, Started: start + int64(from)*minute, Opened: start + int64(from)*minute,
			LastSeen: start + int64(to)*minute, Ended: start + int64(to)*minute,
			Waves: []model.Wave{{Start: start + int64(from)*minute, End: start + int64(to)*minute, Peak: 3e6, Unit: "packets/s"}},
		},
		TrafficIncident: model.TrafficIncident{
			AttackVerdict: model.AttackYes, Excesses: []model.Excess{{Metric: model.UDPPackets, Bound: 1e5, Peak: 3e6}},
		},
	}
	in.Peak[model.Bits] = 2e10
	return in
}

func TestTrafficJoinsReports(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	l := watchedDetector()
	play(l, r, 0, 2880, 0.1)
	for m := range 2880 {
		l.Flows("x", start+int64(m)*minute, 2e8, 3e8)
	}
	before := flooded("t1", 2700, 2720) // hours earlier, another day's business
	during := flooded("t2", 2878, 2905)
	other := flooded("t3", 2878, 2905)
	l.Traffic(before, []netip.Prefix{netip.MustParsePrefix("198.51.100.7/32")})
	l.Traffic(during, []netip.Prefix{netip.MustParsePrefix("198.51.100.7/32")})
	l.Traffic(other, []netip.Prefix{netip.MustParsePrefix("203.0.113.7/32")})
	play(l, r, 2880, 25, 20)
	in := l.Views(start + 2905*minute)[0].Incident
	if in == nil || len(in.Traffic) != 1 || in.Traffic[0].ID != "t2" {
		t.Fatalf("parts: %+v", in)
	}
	if in.Assessment == nil || in.Assessment.Cause != model.Attack || !in.UserReports.Confirmed {
		t.Errorf("assessed as %+v, confirmed %v", in.Assessment, in.UserReports.Confirmed)
	}
	if in.Outside == nil || in.Outside.Cause != model.NoCause {
		t.Errorf("from outside: %+v", in.Outside)
	}
	var signals []model.Signal
	for _, p := range in.Phases {
		signals = append(signals, p.Signal)
	}
	if d := cmp.Diff([]model.Signal{model.SignalFlow, model.SignalReport}, signals); d != "" {
		t.Errorf("phases: %s", d)
	}

	// What is kept goes on.
	var b bytes.Buffer
	if err := l.Save(&b, 1); err != nil {
		t.Fatal(err)
	}
	again := watchedDetector()
	if _, err := again.Load(&b); err != nil {
		t.Fatal(err)
	}
	now := again.Views(start + 2905*minute)[0]
	if d := cmp.Diff(in.Traffic, now.Incident.Traffic); d != "" {
		t.Errorf("after a restart: %s", d)
	}
	if n := len(now.Flows); n == 0 || now.Flows[n-1].Mean < 1.9e8 || !now.Flows[n-1].Known {
		t.Errorf("traffic after a restart: %+v", now.Flows[max(0, n-1):])
	}
	// When it is over it stays what it was.
	end := play(again, r, 2905, 6*60, 0.1)
	if last := end[len(end)-1]; last.Type != model.Ended || len(last.Incident.Traffic) != 1 || last.Incident.Assessment == nil || len(last.Incident.Phases) != 2 {
		t.Errorf("at its end: %s %+v", last.Type, last.Incident.Phases)
	}
	// A part that turns out to be of another incident is no part any more.
	gone := *during
	gone.MergedInto = "t9"
	l.Traffic(&gone, []netip.Prefix{own})
	play(l, r, 2905, 2, 20)
	if in := l.Views(start + 2907*minute)[0].Incident; len(in.Traffic) != 0 {
		t.Errorf("merged, and still there: %+v", in.Traffic)
	}
}

func TestReportsAloneAreUndecided(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	l := newDetector()
	play(l, r, 0, 2880, 0.1)
	play(l, r, 2880, 40, 20)
	in := l.Views(start + 2920*minute)[0].Incident
	if in.Assessment == nil || in.Assessment.Cause != model.NoCause || in.UserReports.Confirmed || len(in.Assessment.Changes) == 0 {
		t.Errorf("seen from outside: %+v", in.Assessment)
	}
}

func TestProbesJoinReports(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	l := newDetector()
	play(l, r, 0, 2880, 0.1)
	failing := []model.ProbeNow{{Component: "website", Name: "Website", State: model.ProbeFailing, Failure: model.ResponseServer, Since: start + 2879*minute, Text: "answers with errors (503)"}}
	l.Probes("x", start+2880*minute, failing)
	play(l, r, 2880, 20, 20)
	in := l.Views(start + 2900*minute)[0].Incident
	if !in.UserReports.Confirmed || len(in.Probes) != 1 || len(in.Phases) != 2 || in.Phases[0].Signal != model.SignalProbe || in.Phases[0].End != 0 {
		t.Fatalf("%+v", in.Phases)
	}
	well := []model.ProbeNow{{Component: "website", Name: "Website", State: model.ProbeOK, Since: start + 2900*minute}}
	l.Probes("x", start+2901*minute, well)
	play(l, r, 2900, 2, 20)
	if p := l.Views(start + 2902*minute)[0].Incident.Phases[0]; p.End != start+2900*minute {
		t.Errorf("the failure ended at %d", (p.End-start)/minute)
	}
}
