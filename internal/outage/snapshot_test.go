package outage

import (
	"encoding/json"
	"testing"

	"floodmark/internal/model"
)

// TestSnapshotStays: what was taken does not change while the judge goes on.
func TestSnapshotStays(t *testing.T) {
	j := New(Config{})
	play(j, "ssoo")
	s := j.Snapshot()
	before, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		j.Step(minute(4+i, model.Open, 40))
	}
	if after, err := json.Marshal(s); err != nil || string(after) != string(before) {
		t.Errorf("%v: it was\n%s\nand is\n%s", err, before, after)
	}
}

// TestShapeIsBounded: buckets before the incident and after days of it are not
// kept.
func TestShapeIsBounded(t *testing.T) {
	l := &Live{}
	l.Incident.Started = noon
	l.Incident.UserReports = new(model.UserReports)
	for _, n := range []int{-40, 0, 15, 15 * (maxShape + 5)} {
		o := minute(n, model.Open, 40)
		l.shape(o)
	}
	if n := len(l.Incident.UserReports.Shape); n != 2 {
		t.Errorf("%d buckets kept, want 2", n)
	}
}
