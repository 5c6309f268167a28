package outage

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"floodmark/internal/model"
)

var service = &model.Service{Slug: "x", Name: "X", Components: []model.Component{{Slug: "app", Name: "App"}, {Slug: "login", Name: "Login"}}}

var noon = time.Date(2025, 3, 10, 12, 2, 0, 0, time.UTC).UnixNano()

// minute makes the nth minute of a day with so many problems.
func minute(n int, state model.State, problems uint64) *Observation {
	at := noon + int64(n)*int64(time.Minute)
	last15m := at - at%int64(15*time.Minute)
	return &Observation{Service: service, At: at, State: state, Since: noon, Score: 6, Limit: 5, Minute: Counts{Problems: problems, Effective: float64(problems)},
		Bucket: model.Bucket{At: last15m, Problems: uint32(15 * problems), Effective: float32(15 * problems), Expected: 3, Known: true}, Networks: 7,
		Parts: []model.PartShare{{Slug: "login", Name: "Login", StandsOut: true}}, Cause: model.Cause{Kind: model.CauseOwn}}
}

// play steps a judge through states, a letter each minute, and returns the types
// of what changed.
func play(j *Evaluate, states string) (types []model.ChangeType, all []model.Change) {
	words := map[byte]model.State{'.': "", 's': model.Suspected, 'o': model.Open, 'e': model.Easing}
	for i := range len(states) {
		n := uint64(0)
		if states[i] == 'o' {
			n = 40
		}
		for _, c := range j.Step(minute(i, words[states[i]], n)) {
			types, all = append(types, c.Type), append(all, c)
		}
	}
	return types, all
}

func TestLives(t *testing.T) {
	for _, c := range []struct {
		name, states string
		want         []model.ChangeType
	}{
		{"quiet", "......", nil},
		{"suspicion that came to nothing", ".ss..", []model.ChangeType{model.Noticed, model.Dismissed}},
		{"an outage", "ssooee.", []model.ChangeType{model.Noticed, model.Opened, model.Eased, model.Ended}},
		{"at once", "oee.", []model.ChangeType{model.Noticed, model.Opened, model.Eased, model.Ended}},
		{"two waves", "ooeeooe.", []model.ChangeType{model.Noticed, model.Opened, model.Eased, model.Resumed, model.Eased, model.Ended}},
		{"doubt does not unsay it", "oosse.", []model.ChangeType{model.Noticed, model.Opened, model.Eased, model.Ended}},
		{"figures every five minutes", "oooooooooooo.", []model.ChangeType{model.Noticed, model.Opened, model.Updated, model.Updated, model.Ended}},
	} {
		got, all := play(New(Config{}), c.states)
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
		for i, x := range all {
			if x.Incident.Revision != uint64(i+1) {
				t.Errorf("%s: change %d has revision %d", c.name, i, x.Incident.Revision)
			}
		}
	}
}

func TestWavesPeakAndTotalAreApart(t *testing.T) {
	_, all := play(New(Config{Budget: "at most one"}), "ooeeooe.")
	in := all[len(all)-1].Incident
	if in.WaveCount != 2 || len(in.Waves) != 2 || in.Waves[0].End == 0 || in.Waves[1].Start < in.Waves[0].End {
		t.Errorf("waves: %+v", in.Waves)
	}
	if in.UserReports.Total != 160 || in.UserReports.Peak.Problems != 600 {
		t.Errorf("total %d, peak %d: want 160 in all and 600 in the highest bucket", in.UserReports.Total, in.UserReports.Peak.Problems)
	}
	if in.UserReports.Budget != "at most one" || in.ID != "x-20250310T1200Z" {
		t.Errorf("promise %q, id %s", in.UserReports.Budget, in.ID)
	}
}

func TestEarlierReportsCount(t *testing.T) {
	j := New(Config{})
	o := minute(0, model.Open, 10)
	o.Earlier = Counts{Problems: 30, Effective: 28, Works: 2}
	c := j.Step(o)
	if got := c[0].Incident.UserReports; got.Total != 40 || got.Effective != 38 || got.Works != 2 {
		t.Errorf("total %d, effective %g, works %d", got.Total, got.Effective, got.Works)
	}
}

func TestSustainedFromAnHour(t *testing.T) {
	_, all := play(New(Config{}), strings.Repeat("o", 59)+"e.")
	if in := all[len(all)-1].Incident; in.UserReports.Sustained {
		t.Error("sustained before an hour")
	}
	_, all = play(New(Config{}), strings.Repeat("o", 63)+"e.")
	if in := all[len(all)-1].Incident; !in.UserReports.Sustained {
		t.Error("not sustained after an hour")
	}
}

func TestOthersOutageIsNoAlarm(t *testing.T) {
	j := New(Config{})
	o := minute(0, model.Open, 100)
	o.Cause = model.Cause{Kind: model.CauseElsewhere, By: "carrier", Name: "Carrier", Share: 0.9, Text: "mostly explained by the outage of Carrier (90 %)"}
	c := j.Step(o)
	last := c[len(c)-1]
	if last.Incident.Severity != model.Info || !strings.Contains(last.Text, "mostly explained by the outage of Carrier") {
		t.Errorf("%s: %s", last.Incident.Severity, last.Text)
	}
}

func TestNewsIsReported(t *testing.T) {
	j := New(Config{})
	play(j, "ooo")
	o := minute(3, model.Open, 40)
	o.Fraud = model.Fraud{Suspected: true}
	c := j.Step(o)
	if len(c) != 1 || c[0].Type != model.Changed || !strings.Contains(c[0].Text, "look made up") {
		t.Errorf("%+v", c)
	}
}

func TestCommands(t *testing.T) {
	j := New(Config{})
	_, all := play(j, "oo")
	id := all[0].Incident.ID
	if _, err := j.Command(model.Command{Type: model.Acknowledge, Incident: "y"}); err == nil {
		t.Error("an unknown incident was acknowledged")
	}
	if c, err := j.Command(model.Command{Type: model.Acknowledge, Incident: id, By: "ann", At: noon}); err != nil || c[0].Incident.Acknowledged.By != "ann" {
		t.Errorf("%v %v", c, err)
	}
	if c, err := j.Command(model.Command{Type: model.MarkFalseAlarm, Incident: id, By: "ann", At: noon}); err != nil || c[0].Incident.State != model.Closed || c[0].Incident.FalseAlarm == nil {
		t.Errorf("%v %v", c, err)
	}
	if got := j.Step(minute(5, model.Open, 40)); got != nil || j.Incident("x") != nil {
		t.Errorf("what was marked false goes on: %v", got)
	}
	j.Step(minute(6, "", 0))
	if got := j.Step(minute(7, model.Open, 40)); len(got) == 0 || got[0].Incident.ID != id+"-2" {
		t.Errorf("the next one: %+v", got)
	}
}

// TestAnySequence checks what must hold whatever happens, and that a snapshot
// goes on as the judge itself does.
func TestAnySequence(t *testing.T) {
	legal := map[model.State][]model.State{"": {model.Suspected}, model.Suspected: {model.Suspected, model.Open, model.Closed},
		model.Open: {model.Open, model.Easing, model.Closed}, model.Easing: {model.Easing, model.Open, model.Closed}}
	rapid.Check(t, func(t *rapid.T) {
		j := New(Config{})
		was, revision := map[string]model.State{}, map[string]uint64{}
		for i := range rapid.IntRange(1, 80).Draw(t, "minutes") {
			state := rapid.SampledFrom([]model.State{"", model.Suspected, model.Open, model.Easing, model.Closed}).Draw(t, "state")
			o := minute(i, state, uint64(rapid.IntRange(0, 500).Draw(t, "problems")))
			o.Cause.Kind = rapid.SampledFrom([]model.CauseKind{model.CauseOwn, model.CauseElsewhere}).Draw(t, "cause")
			copied := New(Config{})
			copied.Restore(again(t, j.Snapshot()))
			changes := j.Step(o)
			if d := cmp.Diff(changes, copied.Step(o)); d != "" {
				t.Fatalf("a restored judge says otherwise: %s", d)
			}
			for _, c := range changes {
				in := &c.Incident
				ok := false
				for _, s := range legal[was[in.ID]] {
					ok = ok || s == in.State
				}
				if !ok || in.Revision != revision[in.ID]+1 {
					t.Fatalf("from %q to %s, revision %d after %d", was[in.ID], in.State, in.Revision, revision[in.ID])
				}
				if strings.Contains(c.Text, "down") || c.Text == "" {
					t.Fatalf("said %q", c.Text)
				}
				was[in.ID], revision[in.ID] = in.State, in.Revision
			}
		}
	})
}

func again(t *rapid.T, s Snapshot) Snapshot {
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var out Snapshot
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
