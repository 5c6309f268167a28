package engine

import (
	"log/slog"
	"testing"
	"time"

	"floodmark/internal/incident"
	"floodmark/internal/journal"
	"floodmark/internal/model"

	"github.com/google/go-cmp/cmp"
)

// keeping opens a journal and writes steps of a judge to it, inputs of the
// first few only.
func keeping(t *testing.T, dir string, inputs int) *Incidents {
	t.Helper()
	j := openJournal(t, dir)
	defer j.Close()
	m, s := incident.New(incident.Config{}), newIncidents()
	snap := m.Snapshot()
	if err := j.Put(t.Context(), keyMachine, encode(machineState{0, snap})); err != nil {
		t.Fatal(err)
	}
	begin := int64(1_800_000_000e9)
	host := model.HostID(model.Addr4(0xc6336409))
	id := incident.ID(host, model.In, begin)
	for i := range int64(20) {
		in := incident.Input{Now: begin + i*1e9}
		if i == 0 {
			in.Anomalies = []model.Anomaly{{At: in.Now, Since: in.Now, Phase: model.Raised, Kind: model.ByThreshold, Target: host, Metric: model.Packets, Rate: 300e3, Bound: 100e3, Sampling: 1}}
		}
		if i > 12 {
			in.Commands = []model.Command{{Type: model.Acknowledge, Incident: id, By: "x", At: in.Now, Note: time.Duration(i).String()}}
		}
		if int(i) < inputs {
			if _, err := j.Append(t.Context(), journal.Inputs, encode(in)); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range m.Step(in) {
			seq, err := j.Append(t.Context(), journal.Changes, encode(&c))
			if err != nil {
				t.Fatal(err)
			}
			s.fold(seq, c)
		}
	}
	return s
}

func openJournal(t *testing.T, dir string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Config{Dir: dir, Reserve: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// TestRecoveryGoesOnFromWhatEverybodySaw has a journal that kept changes but
// not the inputs that led to them, as on a disk that is nearly full: the next
// change must not be taken for an old one.
func TestRecoveryGoesOnFromWhatEverybodySaw(t *testing.T) {
	for _, inputs := range []int{20, 15, 5, 1, 0} {
		dir := t.TempDir()
		before := keeping(t, dir, inputs)
		j := openJournal(t, dir)
		r, err := recoverFrom(t.Context(), slog.New(slog.DiscardHandler), j, incident.Config{})
		if err != nil {
			t.Fatal(err)
		}
		after, m, missing := r.incidents, r.machine, r.missing
		if diff := cmp.Diff(encode(before.snapshot()), encode(after.snapshot())); diff != "" || len(missing) > 0 {
			t.Errorf("%d inputs: %d missing, %s", inputs, len(missing), diff)
		}
		was := after.Open()
		if len(was) != 1 {
			t.Fatalf("%d inputs: %d incidents are open", inputs, len(was))
		}
		stated := m.Step(incident.Input{Now: 1_800_000_100e9, Commands: []model.Command{{Type: model.Acknowledge, Incident: was[0].ID, By: "y", At: 1_800_000_100e9}}})
		if len(stated) == 0 || stated[0].Incident.Revision != was[0].Revision+1 || stated[0].Incident.State != was[0].State {
			t.Errorf("%d inputs: after revision %d came %+v", inputs, was[0].Revision, stated)
		}
		j.Close()
	}
}
