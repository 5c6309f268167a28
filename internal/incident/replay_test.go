package incident

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"floodmark/internal/model"
)

var small = Config{Hold: 40 * time.Second, Confirm: 5 * time.Second, MaxHold: 15 * time.Second, Active: 6,
	Customers: func(t model.TargetID) []string {
		if t.Addr.V4()&1 == 0 {
			return []string{"acme"}
		}
		return nil
	}}

// targets of random stories: hosts of two prefixes, and what lies around them.
var targets = []model.TargetID{host(1), host(2), host(3), host(4), host(5), prefix(24), prefix(22), prefix(20),
	model.HostID(model.Addr4(0xc6336501)), model.HostID(model.Addr4(0xc6336502)), model.PrefixID(model.Addr4(0xc6336501), 24),
	model.CustomerID("acme"), model.NetworkID()}

func drawAnomaly(t *rapid.T, now int64) model.Anomaly {
	a := flood(rapid.SampledFrom(targets).Draw(t, "target"), float64(rapid.SampledFrom([]int{0, 25, 60, 110, 400}).Draw(t, "kpps"))*1000)
	a.Phase = rapid.SampledFrom([]model.AnomalyPhase{model.Raised, model.Ongoing, model.Ongoing, model.Cleared, model.Cleared}).Draw(t, "phase")
	a.Kind = rapid.SampledFrom([]model.AnomalyKind{model.ByThreshold, model.ByBaseline}).Draw(t, "kind")
	a.Metric = rapid.SampledFrom([]model.Metric{model.Packets, model.Packets, model.Bits, model.Metrics}).Draw(t, "metric")
	a.Direction = rapid.SampledFrom([]model.Direction{model.In, model.In, model.Out}).Draw(t, "direction")
	a.At = now - int64(rapid.IntRange(-2, 8).Draw(t, "late"))*int64(time.Second)
	a.Since = a.At - int64(rapid.IntRange(0, 400).Draw(t, "since"))*int64(time.Second)
	return a
}

// ids of the incidents that commands and findings may speak of.
func drawID(t *rapid.T, known []string) string {
	if len(known) == 0 {
		return "in-nobody"
	}
	return rapid.SampledFrom(known).Draw(t, "id")
}

func drawInput(t *rapid.T, now int64, known []string) Input {
	in := Input{Now: now}
	for range rapid.IntRange(0, 4).Draw(t, "anomalies") {
		in.Anomalies = append(in.Anomalies, drawAnomaly(t, now))
	}
	switch rapid.IntRange(0, 9).Draw(t, "also") {
	case 0, 1:
		in.Findings = []model.Findings{{Incident: drawID(t, known), At: now, Revision: uint64(rapid.IntRange(0, 3).Draw(t, "revision")),
			AttackVerdict: rapid.SampledFrom([]model.AttackVerdict{model.AttackYes, model.AttackNo, model.AttackUndecided}).Draw(t, "presence"),
			Hold:          rapid.Bool().Draw(t, "hold"), Vectors: []model.Weight{{Value: rapid.SampledFrom([]string{"syn-flood", "udp-flood"}).Draw(t, "vector"), Share: 0.5}}}}
	case 2:
		in.Commands = []model.Command{{Incident: drawID(t, known), By: "ann",
			Type: rapid.SampledFrom([]model.CommandType{model.Acknowledge, model.Silence, model.MarkFalseAlarm, model.CloseNow}).Draw(t, "command")}}
	case 3:
		in.Blind = [][]string{{}, {"edge-1"}, {"edge-2", "edge-1"}}[rapid.IntRange(0, 2).Draw(t, "blind")]
	case 4:
		in.Windows = []Window{{Name: "work", Targets: []model.TargetID{rapid.SampledFrom(targets).Draw(t, "window")}, From: now, To: now + int64(30*time.Second)}}
	}
	return in
}

// drawStory plays random inputs and returns them with what they changed.
func drawStory(t *rapid.T) (inputs []Input, changes [][]model.Change) {
	m, now := New(small), start
	var known []string
	for range rapid.IntRange(1, 60).Draw(t, "steps") {
		now += int64(rapid.SampledFrom([]int{-1000, 0, 300, 1000, 1000, 1000, 4000, 15000, 70000}).Draw(t, "ms")) * int64(time.Millisecond)
		in := drawInput(t, now, known)
		out := m.Step(in)
		for _, c := range out {
			if !slices.Contains(known, c.Incident.ID) {
				known = append(known, c.Incident.ID)
			}
		}
		inputs, changes = append(inputs, in), append(changes, out)
	}
	return inputs, changes
}

// TestReplayGivesTheSameIncidents cuts a story anywhere, and goes on from what
// was written down.
func TestReplayGivesTheSameIncidents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inputs, want := drawStory(t)
		cut := rapid.IntRange(0, len(inputs)).Draw(t, "cut")
		m := New(small)
		for i, in := range inputs {
			if i == cut {
				m = throughJSON(t, m)
			}
			if diff := cmp.Diff(want[i], m.Step(in)); diff != "" {
				t.Fatalf("step %d, cut before %d:\n%s", i, cut, diff)
			}
		}
	})
}

func throughJSON(t *rapid.T, m *Machine) *Machine {
	b, err := json.Marshal(m.Snapshot())
	if err != nil {
		t.Fatal(err)
	}
	var s Snapshot
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	return Restore(small, s)
}

// arrows are the ways between states that exist.
var arrows = map[[2]model.State]bool{
	{"", model.Suspected}:              true,
	{model.Suspected, model.Suspected}: true, {model.Suspected, model.Open}: true, {model.Suspected, model.Closed}: true,
	{model.Open, model.Open}: true, {model.Open, model.Easing}: true, {model.Open, model.Closed}: true,
	{model.Easing, model.Easing}: true, {model.Easing, model.Open}: true, {model.Easing, model.Closed}: true,
	{model.Closed, model.Closed}: true, // only to correct
}

// TestLivesAreInOrder checks what holds for every change of every story.
func TestLivesAreInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, changes := drawStory(t)
		last := make(map[string]model.Incident)
		under := make(map[key]string)
		for _, step := range changes {
			for _, c := range step {
				in, was := c.Incident, last[c.Incident.ID]
				if in.Revision != was.Revision+1 {
					t.Fatalf("%s: revision %d after %d", in.ID, in.Revision, was.Revision)
				}
				if !arrows[[2]model.State{was.State, in.State}] || was.State == model.Closed && c.Type != model.MarkedFalse {
					t.Fatalf("%s: %s from %q to %q", in.ID, c.Type, was.State, in.State)
				}
				k := key{in.Target, in.Direction}
				if in.State == model.Closed && under[k] == in.ID {
					delete(under, k)
				} else if in.State != model.Closed {
					if other := under[k]; other != "" && other != in.ID {
						t.Fatalf("%s and %s at the same time", in.ID, other)
					}
					under[k] = in.ID
				}
				checkValues(t, c)
				last[in.ID] = in
			}
		}
	})
}

func checkValues(t *rapid.T, c model.Change) {
	in := c.Incident
	switch {
	case c.Text == "" || len(in.ID) > 48 || len(in.Waves) > maxWaves || in.WaveCount < len(in.Waves) || len(in.Hosts) > in.HostCount:
		t.Fatalf("%+v", c)
	case in.State == model.Open && in.Opened == 0, in.State == model.Easing && in.Ended == 0, (in.State == model.Closed) != (in.ClosedAt > 0):
		t.Fatalf("%s: times of %+v", c.Type, in)
	case in.Excesses == nil || in.Waves == nil || in.Hosts == nil || in.Vectors == nil:
		t.Fatalf("null lists in %+v", in)
	}
	for i, w := range in.Waves {
		if w.End == 0 && i < len(in.Waves)-1 || w.End != 0 && w.End < w.Start {
			t.Fatalf("waves %+v", in.Waves)
		}
	}
}

// TestNothingHappensBeforeItIsDue steps between what is heard.
func TestNothingHappensBeforeItIsDue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inputs, _ := drawStory(t)
		m := New(small)
		for _, in := range inputs {
			m.Step(in)
		}
		for range 30 {
			next := m.Next()
			if next == 0 {
				break
			}
			if out := m.Step(Input{Now: next - 1}); len(out) > 0 {
				t.Fatalf("%s before it was due", out[0].Type)
			}
			m.Step(Input{Now: next})
		}
	})
}

// TestEverythingEndsInSilence lets any story come to its end.
func TestEverythingEndsInSilence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inputs, _ := drawStory(t)
		m := New(small)
		for _, in := range inputs {
			m.Step(in)
		}
		m.Step(Input{Now: m.now, Blind: []string{}})
		for i := 0; m.Next() != 0; i++ {
			if m.Step(Input{Now: m.Next()}); i > 500 {
				t.Fatalf("still waits for %d with %d incidents", m.Next(), len(m.order))
			}
		}
		if len(m.order)+len(m.live)+len(m.byID)+len(m.under) > 0 {
			t.Fatalf("left over: %d, %d, %d, %d", len(m.order), len(m.live), len(m.byID), len(m.under))
		}
	})
}
