package incident

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"floodmark/internal/model"
)

// start is a full five minutes.
const start = int64(1_795_485_600_000_000_000) // 2026-11-24T02:00:00Z

func host(last byte) model.TargetID { return model.HostID(model.Addr4(0xc6336400 + uint32(last))) } // 198.51.100.x

func prefix(bits int) model.TargetID { return model.PrefixID(model.Addr4(0xc6336400), bits) }

// world plays a machine in seconds.
type world struct {
	t   testing.TB
	m   *Machine
	now float64
	log []model.Change
}

func play(t testing.TB, c Config) *world { return &world{t: t, m: New(c)} }

func at(sec float64) int64 { return start + int64(sec*1e9) }

// step hears something at per second.
func (w *world) step(sec float64, in Input) []model.Change {
	w.now = sec
	in.Now = at(sec)
	out := w.m.Step(in)
	w.log = append(w.log, out...)
	return out
}

// run tells the same anomalies every second, and says Cleared of them at the end.
func (w *world) run(from, to float64, all ...model.Anomaly) {
	for s := from; s < to; s++ {
		w.add(s, all...)
	}
	for i := range all {
		all[i].Phase = model.Cleared
	}
	w.add(to, all...)
}

func (w *world) add(sec float64, all ...model.Anomaly) []model.Change {
	list := append([]model.Anomaly(nil), all...)
	for i := range list {
		list[i].At = at(sec)
		list[i].Since = at(sec)
	}
	return w.step(sec, Input{Anomalies: list})
}

// wait steps when something is due, until sec.
func (w *world) wait(sec float64) {
	for n := w.m.Next(); n != 0 && n <= at(sec); n = w.m.Next() {
		w.step(float64(n-start)/1e9, Input{})
	}
	w.step(sec, Input{})
}

// reported is the story so far: type and target of each change but updates.
func (w *world) reported() string {
	var s []string
	for _, c := range w.log {
		if c.Type != model.Updated {
			s = append(s, fmt.Sprintf("%s %s", c.Type, c.Incident.Target))
		}
	}
	return strings.Join(s, ", ")
}

func (w *world) want(story string) {
	w.t.Helper()
	if got := w.reported(); got != story {
		w.t.Errorf("told  %s\nwant  %s", got, story)
	}
}

// flood is an anomaly of so many packets a second against a bound of 20,000.
func flood(t model.TargetID, pps float64) model.Anomaly {
	a := model.Anomaly{Phase: model.Ongoing, Kind: model.ByThreshold, Target: t, Metric: model.Packets, Rate: pps, Bound: 20_000, Samples: 50, Sampling: 1000}
	a.Rates[model.Packets], a.Rates[model.Bits] = pps, pps*8000
	return a
}

func (w *world) find(id string, f model.Findings) []model.Change {
	f.Incident, f.At = id, at(w.now)
	return w.step(w.now, Input{Findings: []model.Findings{f}})
}

func (w *world) id() string {
	w.t.Helper()
	open := w.m.Open()
	if len(open) != 1 {
		w.t.Fatalf("%d incidents, want 1", len(open))
	}
	return open[0].ID
}

func (w *world) text(c model.CommandType, id string) []model.Change {
	return w.step(w.now, Input{Commands: []model.Command{{Type: c, Incident: id, By: "ann", Note: "seen"}}})
}

func (w *world) last() model.Change {
	w.t.Helper()
	if len(w.log) == 0 {
		w.t.Fatal("nothing was told")
	}
	return w.log[len(w.log)-1]
}

var quick = Config{Hold: 5 * time.Minute, Confirm: 10 * time.Second}
