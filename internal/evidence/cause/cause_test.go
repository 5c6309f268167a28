package cause_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"floodmark/internal/evidence/cause"
	"floodmark/internal/model"
)

const minute = int64(time.Minute)

// begin is when the made incidents begin.
const begin = int64(1_741_600_000) * int64(time.Second)

// userReports is reports from all over of which nothing special is known.
func userReports(total uint64) *model.UserReports {
	c := &model.UserReports{Total: total, Effective: float64(total), Networks: 200, Cause: model.Cause{Kind: model.CauseOwn}}
	for i, country := range []string{"US", "GB", "DE", "FR"} {
		c.Places = append(c.Places, model.PlaceShare{Country: country, Effective: float64(total) / float64(2+i), Expected: float64(total) / float64(2+i)})
	}
	for i, part := range []string{"app", "web", "login"} {
		c.Parts = append(c.Parts, model.PartShare{Slug: part, Name: part, Share: 0.5 / float64(1+i)})
	}
	return c
}

// series is minutes with reports where high says so, by minutes since the begin.
func series(until int, high func(m int) bool) []cause.Minute {
	var out []cause.Minute
	for m := -30; m < until; m++ {
		x := cause.Minute{At: begin + int64(m)*minute, Effective: 2, Expected: 2}
		if high(m) {
			x.Effective = 60
		}
		out = append(out, x)
	}
	return out
}

func wave(from, to int) model.Wave {
	return model.Wave{Start: begin + int64(from)*minute, End: begin + int64(to)*minute, Peak: 9e9}
}

func traffic(p model.AttackVerdict, waves ...model.Wave) model.TrafficPart {
	t := model.TrafficPart{ID: "t1", Target: "192.0.2.7/32", AttackVerdict: p, Because: "packets from 198.51.100.9", Waves: waves, Started: waves[0].Start, Ended: waves[len(waves)-1].End}
	t.Peak[model.Bits] = 9e9
	return t
}

func probe(state model.ProbeState, f model.ProbeFailure, since int) model.ProbeNow {
	return model.ProbeNow{Component: "web", Name: "Website", State: state, Failure: f, Since: begin + int64(since)*minute}
}

func after(m int) bool { return m >= 0 }

// fiveWaves is reports that follow five waves of an attack.
func fiveWaves() ([]model.Wave, func(m int) bool) {
	var waves []model.Wave
	for i := range 5 {
		waves = append(waves, wave(-2+60*i, 25+60*i))
	}
	return waves, func(m int) bool { return m >= 0 && m%60 < 30 }
}

// cases are incidents that a person would be sure of, or sure not to be.
func cases() map[string]struct {
	o    cause.Observation
	want model.CauseName
	word string // at least; "" for not asked
} {
	waves, follow := fiveWaves()
	daily := cause.History{Days: 60, AttackDays: 58, Attacks: 80, AttackMins: 15, AttackPeak: 8e9}
	type c = struct {
		o    cause.Observation
		want model.CauseName
		word string
	}
	return map[string]c{
		"five waves, reports follow, probes time out": {cause.Observation{Now: begin + 300*minute, Started: begin, UserReports: userReports(5000), Minutes: series(300, follow), Watched: true,
			Traffic: []model.TrafficPart{traffic(model.AttackYes, waves...)}, Probes: []model.ProbeNow{probe(model.ProbeFailing, model.ConnectTimeout, 0)}}, model.Attack, "very likely"},
		"the same on a service attacked every day": {cause.Observation{Now: begin + 300*minute, Started: begin, UserReports: userReports(5000), Minutes: series(300, follow), Watched: true,
			Traffic: []model.TrafficPart{traffic(model.AttackYes, waves...)}, History: daily}, model.Attack, "likely"},
		"the daily attack that ended two hours before": {cause.Observation{Now: begin + 60*minute, Started: begin, UserReports: userReports(900), Minutes: series(60, after), Watched: true,
			Traffic: []model.TrafficPart{traffic(model.AttackYes, wave(-140, -120))}, Probes: []model.ProbeNow{probe(model.ProbeFailing, model.ResponseServer, 0)}, History: daily}, model.OwnFault, "likely"},
		"reports from everywhere and nothing else": {cause.Observation{Now: begin + 60*minute, Started: begin, UserReports: userReports(40000), Minutes: series(60, after)}, model.NoCause, ""},
		"a certificate ran out": {cause.Observation{Now: begin + 60*minute, Started: begin, UserReports: userReports(900), Minutes: series(60, after), Watched: true,
			Probes: []model.ProbeNow{probe(model.ProbeFailing, model.TLSFailed, -1)}}, model.OwnFault, "likely"},
		"a crash, and clients that try again": {cause.Observation{Now: begin + 60*minute, Started: begin, UserReports: userReports(900), Minutes: series(60, after), Watched: true,
			Traffic: []model.TrafficPart{traffic(model.AttackNo, wave(6, 55))}, Probes: []model.ProbeNow{probe(model.ProbeFailing, model.ResponseServer, -1)}}, model.OwnFault, "likely"},
		"a sale begins": {cause.Observation{Now: begin + 60*minute, Started: begin, UserReports: userReports(900), Minutes: series(60, after), Watched: true,
			Traffic: []model.TrafficPart{traffic(model.AttackNo, wave(-20, 55))}, Probes: []model.ProbeNow{probe(model.ProbeSlow, "", -2)}}, model.Demand, "likely"},
	}
}

func TestCases(t *testing.T) {
	for name, c := range cases() {
		a := cause.Evaluate(&c.o)
		t.Logf("%s: %s (%.2f, confidence %s)\n  %v", name, a.Text, a.Likelihood, a.Confidence, a.Causes)
		if a.Cause != c.want {
			t.Errorf("%s: %s, want %s: %s", name, a.Cause, c.want, a.Text)
		}
		words := []string{"likely", "very likely", "almost certain"}
		if c.word != "" && slices.Index(words, a.Words) < slices.Index(words, c.word) {
			t.Errorf("%s: %s, want %s", name, a.Words, c.word)
		}
		holds(t, a)
		for _, r := range a.Reasons[:min(len(a.Reasons), 12)] {
			t.Logf("    %s", fmt.Sprintf("%-7s %-13s %+.2f %s", r.Signal, r.Cause, r.Weight, r.Text))
		}
		t.Log(strings.Join(a.Changes, " "))
	}
}

type failer interface {
	Helper()
	Errorf(string, ...any)
}

// holds checks what every assessment keeps.
func holds(t failer, a model.Assessment) {
	t.Helper()
	sum := 0.0
	for i, c := range a.Causes {
		sum += c.Likelihood
		if !(c.Likelihood >= 0 && c.Likelihood <= 1) || i > 0 && c.Likelihood > a.Causes[i-1].Likelihood || c.Words != cause.Words(c.Likelihood) {
			t.Errorf("causes %+v", a.Causes)
		}
	}
	if len(a.Causes) != 7 || sum < 1-1e-9 || sum > 1+1e-9 {
		t.Errorf("%d likelihoods sum to %v", len(a.Causes), sum)
	}
	if a.Text == "" || len(a.Changes) == 0 || a.Confidence == "" || a.Words == "" {
		t.Errorf("not all is said: %+v", a)
	}
	texts := append([]string{a.Text}, a.Changes...)
	for _, r := range a.Reasons {
		texts = append(texts, r.Text)
	}
	for _, s := range texts {
		if strings.Contains(strings.ToLower(s), "down") || strings.Contains(s, "192.0.2.") || strings.Contains(s, "198.51.100.") || !strings.HasSuffix(s, ".") {
			t.Errorf("text %q", s)
		}
	}
	if (a.Cause == model.NoCause) != (a.Likelihood <= 0.55) {
		t.Errorf("%s at %v", a.Cause, a.Likelihood)
	}
}
