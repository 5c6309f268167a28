package engine

import (
	"encoding/json"
	"fmt"
	"testing"

	"floodmark/internal/model"

	"github.com/google/go-cmp/cmp"
)

func change(id string, revision uint64, st model.State, typ model.ChangeType) model.Change {
	return model.Change{At: int64(revision), Type: typ, Incident: model.Incident{Header: model.Header{ID: id, Revision: revision, State: st, Started: int64(len(id)), Target: model.NetworkID()}}}
}

// TestFoldFromSnapshotEqualsFoldFromStart cuts a journal anywhere.
func TestFoldFromSnapshotEqualsFoldFromStart(t *testing.T) {
	var journal []model.Change
	for i := range uint64(40) {
		journal = append(journal, change(fmt.Sprintf("in-%d", i%3), i/3+1, model.Open, []model.ChangeType{model.Opened, model.Updated, model.Updated, model.Changed}[i%4]))
	}
	whole := newIncidents()
	for i, c := range journal {
		whole.fold(uint64(i+1), c)
	}
	want := whole.snapshot()
	for cut := range journal {
		a := newIncidents()
		for i, c := range journal[:cut] {
			a.fold(uint64(i+1), c)
		}
		b, err := json.Marshal(a.snapshot())
		if err != nil {
			t.Fatal(err)
		}
		var f folded
		if err := json.Unmarshal(b, &f); err != nil {
			t.Fatal(err)
		}
		again := newIncidents()
		again.restore(f)
		for i, c := range journal {
			if uint64(i+1) > f.Seq {
				again.fold(uint64(i+1), c)
			}
		}
		wantJSON, _ := json.Marshal(want)
		gotJSON, _ := json.Marshal(again.snapshot())
		if diff := cmp.Diff(string(wantJSON), string(gotJSON)); diff != "" {
			t.Fatalf("cut at %d: %s", cut, diff)
		}
	}
}

func TestStateIsBounded(t *testing.T) {
	s := newIncidents()
	for i := range MaxIncidents + 5 {
		c := change(fmt.Sprintf("in-%d", i), 1, model.Closed, model.Ended)
		c.Incident.ClosedAt = int64(i)
		s.fold(uint64(i+1), c)
	}
	if n := len(s.incidents); n > MaxIncidents {
		t.Errorf("%d incidents kept", n)
	}
	if _, _, ok := s.Get("in-0"); ok {
		t.Error("the oldest is still there")
	}
	for i := range uint64(3 * maxChanges) {
		s.fold(i, change("long", i+1, model.Open, model.Changed))
	}
	_, changes, _ := s.Get("long")
	if len(changes) != maxChanges || changes[0].Change.Incident.Revision != 1 || changes[maxChanges-1].Change.Incident.Revision != 3*maxChanges {
		t.Errorf("%d changes, from %d to %d", len(changes), changes[0].Change.Incident.Revision, changes[len(changes)-1].Change.Incident.Revision)
	}
}

func TestWaitersHearOfAChange(t *testing.T) {
	s := newIncidents()
	w := s.Changed()
	s.fold(1, change("a", 1, model.Open, model.Opened))
	select {
	case <-w:
	default:
		t.Error("not told")
	}
}

// TestChangesOfServicesKeepWhatFeedsPublish wants the figures of the time of each
// change, since feeds tell its story by them.
func TestChangesOfServicesKeepWhatFeedsPublish(t *testing.T) {
	s := newIncidents()
	for i, typ := range []model.ChangeType{model.Noticed, model.Opened, model.Updated, model.Eased} {
		c := change("in", uint64(i+1), model.Open, typ)
		c.Incident.Target, c.Incident.Opened = model.ServiceID("example"), 5
		c.Incident.UserReports = &model.UserReports{Name: "Example", Peak: model.Bucket{Problems: uint32(10 * i)}, Places: make([]model.PlaceShare, 40),
			Parts: []model.PartShare{{Slug: "app"}, {Slug: "login", StandsOut: true}}}
		s.fold(uint64(i+1), c)
	}
	_, changes, _ := s.Get("in")
	var got []string
	for _, c := range changes {
		in := &c.Change.Incident
		stated := string(c.Change.Type)
		if in.UserReports != nil {
			stated += fmt.Sprintf(" %d, %d part (%s), %d places, since %d", in.UserReports.Peak.Problems, len(in.UserReports.Parts), in.UserReports.Parts[0].Slug, len(in.UserReports.Places), in.Opened)
		}
		got = append(got, stated)
	}
	if d := cmp.Diff([]string{"noticed 0, 1 part (login), 0 places, since 5", "opened 10, 1 part (login), 0 places, since 5", "updated", "eased 30, 1 part (login), 0 places, since 5"}, got); d != "" {
		t.Error(d)
	}
}
