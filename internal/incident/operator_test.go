package incident

import (
	"errors"
	"testing"

	"floodmark/internal/model"
)

func opened(t *testing.T) (*world, string) {
	w := play(t, quick)
	for s := 0.0; s <= 10; s++ {
		w.add(s, flood(host(7), 30_000))
	}
	return w, w.id()
}

func TestOperatorsWordIsReported(t *testing.T) {
	for _, c := range []struct {
		do   model.CommandType
		want model.ChangeType
		text string
	}{
		{model.Acknowledge, model.AcknowledgedNow, "198.51.100.7: acknowledged by ann: seen"},
		{model.Silence, model.SilencedNow, "198.51.100.7: no longer silenced by ann: seen"},
		{model.MarkFalseAlarm, model.MarkedFalse, "198.51.100.7: a false alarm, closed by ann: seen"},
		{model.CloseNow, model.Ended, "198.51.100.7: closed by ann: seen"},
	} {
		w, id := opened(t)
		w.text(c.do, id)
		if l := w.last(); l.Type != c.want || l.Text != c.text {
			t.Errorf("%s: told %s, %q", c.do, l.Type, l.Text)
		}
	}
}

func TestWhatAPersonClosedStaysClosedWhileItLasts(t *testing.T) {
	w, id := opened(t)
	w.text(model.CloseNow, id)
	n := len(w.log)
	w.run(11, 200, flood(host(7), 31_000))
	if len(w.log) != n {
		t.Errorf("told %s", w.reported())
	}
	w.wait(600)
	w.add(601, flood(host(7), 31_000))
	if w.last().Type != model.Noticed || w.id() == id {
		t.Errorf("after it had ceased: %s of %s", w.last().Type, w.last().Incident.ID)
	}
}

func TestClosedIncidentCanBeCorrected(t *testing.T) {
	w, id := opened(t)
	w.wait(900)
	if err := w.m.Check(model.Command{Type: model.Acknowledge, Incident: id}); err == nil {
		t.Error("a closed incident may be acknowledged")
	}
	before := w.last().Incident.Revision
	w.text(model.MarkFalseAlarm, id)
	if l := w.last(); l.Type != model.MarkedFalse || l.Incident.FalseAlarm == nil || l.Incident.Revision != before+1 {
		t.Errorf("told %s, %+v", l.Type, l.Incident)
	}
}

func TestUnknownCommandsAreRefused(t *testing.T) {
	w, id := opened(t)
	var unknown *UnknownError
	if err := w.m.Check(model.Command{Type: model.CloseNow, Incident: "in-x"}); !errors.As(err, &unknown) {
		t.Errorf("unknown incident: %v", err)
	}
	if err := w.m.Check(model.Command{Type: "explode", Incident: id}); err == nil {
		t.Error("unknown command: no error")
	}
	w.text("explode", id)
	if s := w.m.Stats(); s.Unknown != 1 {
		t.Errorf("counted %+v", s)
	}
}

func TestMaintenanceIsMarked(t *testing.T) {
	w := play(t, quick)
	w.step(0, Input{Windows: []Window{{Name: "new router", Targets: []model.TargetID{prefix(24)}, From: at(0), To: at(60)}}})
	for s := 0.0; s < 100; s++ {
		w.add(s, flood(host(7), 30_000))
	}
	w.want("noticed 198.51.100.7, opened 198.51.100.7, changed 198.51.100.7")
	if w.log[0].Incident.Maintenance != "new router" || w.last().Incident.Maintenance != "" {
		t.Errorf("noticed within %q, at the end %q", w.log[0].Incident.Maintenance, w.last().Incident.Maintenance)
	}
}
