package incident

import (
	"strings"
	"testing"

	"floodmark/internal/model"
)

func TestEvidenceOpensAtOnceAndCalmEnds(t *testing.T) {
	w := play(t, quick)
	w.add(0, flood(host(7), 82_000))
	w.find(w.id(), model.Findings{AttackVerdict: model.AttackYes, Because: "answers that nobody asked for", Vectors: []model.Weight{{Value: "reflection-dns", Share: 1}}})
	if got, want := w.last().Text, "198.51.100.7: 82 k packets/s in, 4.1 times its threshold; DNS reflection; answers that nobody asked for"; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	w.run(1, 60, flood(host(7), 82_000))
	w.wait(600)
	w.want("noticed 198.51.100.7, opened 198.51.100.7, eased 198.51.100.7, ended 198.51.100.7")
	end := w.last()
	if got, want := end.Text, "198.51.100.7: ended after 59 s, 82 k packets/s at its peak"; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	if end.Incident.WaveCount != 1 || end.Incident.State != model.Closed || len(w.m.Open()) != 0 {
		t.Errorf("ended as %+v", end.Incident)
	}
}

func TestSuspicionOpensWithoutAnyWord(t *testing.T) {
	w := play(t, quick)
	w.run(0, 30, flood(host(7), 30_000))
	w.want("noticed 198.51.100.7, opened 198.51.100.7, eased 198.51.100.7")
	if o := w.log[1]; o.At != at(10) || o.Incident.Severity != model.Warning {
		t.Errorf("opened at second %v as %s", float64(o.At-start)/1e9, o.Incident.Severity)
	}
}

func TestTriageWithoutVerdictOpens(t *testing.T) {
	w := play(t, quick)
	w.add(0, flood(host(7), 30_000))
	w.find(w.id(), model.Findings{AttackVerdict: model.AttackUndecided})
	w.want("noticed 198.51.100.7, opened 198.51.100.7")
}

func TestShortBurstOpensNothing(t *testing.T) {
	w := play(t, quick)
	w.run(0, 4, flood(host(7), 90_000))
	w.wait(600)
	w.want("noticed 198.51.100.7, dismissed 198.51.100.7")
	if got, want := w.last().Text, "198.51.100.7: dismissed, too short to judge; 90 k packets/s at its peak"; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
}

func TestPulseWaveOpensOnce(t *testing.T) {
	w := play(t, quick)
	for s := 0.0; s < 300; s += 30 {
		w.run(s, s+5, flood(host(7), 90_000))
	}
	w.wait(900)
	first := w.log[1]
	if first.Type != model.Opened || first.At != at(60) {
		t.Errorf("second change is %s at second %v", first.Type, float64(first.At-start)/1e9)
	}
	if in := w.last().Incident; w.last().Type != model.Ended || in.WaveCount != 10 || in.ID != first.Incident.ID {
		t.Errorf("%s with %d waves", w.last().Type, in.WaveCount)
	}
}

func TestHeldSuspicionWaitsForMore(t *testing.T) {
	hold := model.Findings{AttackVerdict: model.AttackUndecided, Hold: true, Because: "looks like a bulk transfer"}
	t.Run("until it is over", func(t *testing.T) {
		w := play(t, quick)
		for s := 0.0; s < 40; s++ {
			w.add(s, flood(host(7), 30_000))
			w.find(w.id(), hold)
		}
		w.run(40, 41, flood(host(7), 30_000))
		w.wait(600)
		w.want("noticed 198.51.100.7, dismissed 198.51.100.7")
	})
	t.Run("not without being repeated", func(t *testing.T) {
		w := play(t, quick)
		w.add(0, flood(host(7), 30_000))
		w.find(w.id(), hold)
		w.run(1, 15, flood(host(7), 30_000))
		w.want("noticed 198.51.100.7, opened 198.51.100.7, eased 198.51.100.7")
	})
	t.Run("not for ever", func(t *testing.T) {
		w := play(t, quick)
		for s := 0.0; s < 130; s++ {
			w.add(s, flood(host(7), 30_000))
			w.find(w.id(), hold)
		}
		w.want("noticed 198.51.100.7, opened 198.51.100.7")
		if o := w.log[1]; o.At != at(120) {
			t.Errorf("opened at second %v", float64(o.At-start)/1e9)
		}
	})
	t.Run("not against evidence", func(t *testing.T) {
		w := play(t, quick)
		w.add(0, flood(host(7), 30_000))
		w.find(w.id(), hold)
		w.find(w.id(), model.Findings{Revision: 1, AttackVerdict: model.AttackYes})
		w.want("noticed 198.51.100.7, opened 198.51.100.7")
	})
}

func TestOrdinaryTrafficIsDismissedOnce(t *testing.T) {
	w := play(t, quick)
	w.add(0, flood(host(7), 30_000))
	id := w.id()
	w.find(id, model.Findings{Revision: 1, AttackVerdict: model.AttackNo, Because: "a backup"})
	w.run(1, 120, flood(host(7), 30_000))
	w.want("noticed 198.51.100.7, dismissed 198.51.100.7")
	if got, want := w.last().Text, "198.51.100.7: dismissed, ordinary traffic; 30 k packets/s at its peak; a backup"; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	t.Run("unless evidence changes its mind", func(t *testing.T) {
		w.add(121, flood(host(7), 30_000))
		w.find(id, model.Findings{Revision: 2, AttackVerdict: model.AttackYes})
		w.want("noticed 198.51.100.7, dismissed 198.51.100.7, noticed 198.51.100.7, opened 198.51.100.7")
		if w.id() == id {
			t.Error("a closed id was opened again")
		}
	})
}

func TestDismissedTrafficThatOutgrowsItselfIsSuspectedAgain(t *testing.T) {
	w := play(t, quick)
	w.add(0, flood(host(7), 30_000))
	w.find(w.id(), model.Findings{AttackVerdict: model.AttackNo})
	w.run(1, 30, flood(host(7), 89_000))
	w.run(30, 45, flood(host(7), 100_000))
	w.want("noticed 198.51.100.7, dismissed 198.51.100.7, noticed 198.51.100.7, opened 198.51.100.7, eased 198.51.100.7")
}

func TestSeverityRisesAndStays(t *testing.T) {
	w := play(t, quick)
	for s := 0.0; s < 60; s++ {
		rate := 30_000.0
		if s >= 20 && s < 30 {
			rate = 200_000
		}
		w.add(s, flood(host(7), rate))
	}
	w.want("noticed 198.51.100.7, opened 198.51.100.7, escalated 198.51.100.7")
	if l := w.last(); l.Incident.Severity != model.Critical || l.Type != model.Updated {
		t.Errorf("last is %s, %s", l.Type, l.Incident.Severity)
	}
}

func TestRatesAreReportedEveryTenSeconds(t *testing.T) {
	w := play(t, quick)
	for s := 0.0; s < 70; s += 0.25 {
		w.add(s, flood(host(7), 30_000))
	}
	n := 0
	for _, c := range w.log {
		if c.Type == model.Updated {
			n++
		}
	}
	if n != 5 {
		t.Errorf("%d updates in the minute after it opened, want 5", n)
	}
}

func TestNewVectorAndEvidenceAreReported(t *testing.T) {
	w := play(t, quick)
	dns := model.Weight{Value: "reflection-dns", Share: 0.95}
	w.add(0, flood(host(7), 30_000))
	w.find(w.id(), model.Findings{AttackVerdict: model.AttackYes, Vectors: []model.Weight{dns}})
	w.find(w.id(), model.Findings{Revision: 1, AttackVerdict: model.AttackYes, Vectors: []model.Weight{dns, {Value: "syn-flood", Share: 0.05}}})
	w.find(w.id(), model.Findings{Revision: 2, AttackVerdict: model.AttackYes, Vectors: []model.Weight{dns, {Value: "syn-flood", Share: 0.2}}})
	w.find(w.id(), model.Findings{Revision: 3, AttackVerdict: model.AttackNo, Because: "it had asked"})
	w.want("noticed 198.51.100.7, opened 198.51.100.7, changed 198.51.100.7, changed 198.51.100.7")
	if in := w.last().Incident; in.Severity != model.Info || in.State != model.Open {
		t.Errorf("%s, %s", in.Severity, in.State)
	}
}

func TestLateAndDoubledWordsChangeNothing(t *testing.T) {
	w := play(t, quick)
	a := flood(host(7), 30_000)
	w.run(0, 20, a)
	n := len(w.log)
	a.At, a.Since = at(5), at(5) // from before it ceased
	w.step(21, Input{Anomalies: []model.Anomaly{a, a}})
	w.find(w.id(), model.Findings{Revision: 2, AttackVerdict: model.AttackYes})
	n++
	w.find(w.id(), model.Findings{Revision: 2, AttackVerdict: model.AttackYes})
	w.find(w.id(), model.Findings{Revision: 1, AttackVerdict: model.AttackNo})
	w.find("in-nobody", model.Findings{})
	if len(w.log) != n {
		t.Errorf("changes: %s", w.reported())
	}
	if s := w.m.Stats(); s.Late != 4 || s.Unknown != 1 {
		t.Errorf("counted %+v", s)
	}
}

func TestStrangeAnomaliesAreCounted(t *testing.T) {
	w := play(t, quick)
	bad := []model.Anomaly{{}, flood(host(7), 1), flood(host(7), 1), flood(host(7), 1)}
	bad[1].Metric, bad[2].Phase, bad[3].Target = model.Metrics, "soon", model.TargetID{}
	w.step(0, Input{Anomalies: bad})
	if s := w.m.Stats(); s.Strange != 4 || len(w.log) != 0 {
		t.Errorf("counted %+v, told %s", s, w.reported())
	}
}

func TestSilenceOfAnExporterIsNotCalm(t *testing.T) {
	w := play(t, quick)
	for s := 0.0; s < 30; s++ {
		w.add(s, flood(host(7), 30_000))
	}
	w.step(30, Input{Blind: []string{"edge-2"}})
	w.wait(400)
	w.want("noticed 198.51.100.7, opened 198.51.100.7")
	w.step(400, Input{Blind: []string{}})
	w.wait(405)
	w.want("noticed 198.51.100.7, opened 198.51.100.7")
	w.wait(411)
	w.want("noticed 198.51.100.7, opened 198.51.100.7, eased 198.51.100.7")
}

func TestExporterThatIsGoneForGoodHoldsNothing(t *testing.T) {
	w := play(t, quick)
	for s := 0.0; s < 30; s++ {
		w.add(s, flood(host(7), 30_000))
	}
	w.step(30, Input{Blind: []string{"edge-2"}})
	w.wait(3600)
	w.want("noticed 198.51.100.7, opened 198.51.100.7")
	w.wait(4200)
	w.want("noticed 198.51.100.7, opened 198.51.100.7, eased 198.51.100.7, ended 198.51.100.7")
}

func TestWhatIsNotReportedAnyMoreEases(t *testing.T) {
	w := play(t, quick)
	for s := 0.0; s < 30; s++ {
		w.add(s, flood(host(7), 30_000))
	}
	w.wait(88)
	w.want("noticed 198.51.100.7, opened 198.51.100.7")
	w.wait(90)
	w.want("noticed 198.51.100.7, opened 198.51.100.7, eased 198.51.100.7")
}

// TestSilenceRightAfterCalmIsNotCalm: an exporter falls silent some seconds after
// the last anomaly, before the incident has eased.
func TestSilenceRightAfterCalmIsNotCalm(t *testing.T) {
	w := play(t, quick)
	w.run(0, 30, flood(host(7), 30_000))
	w.step(32, Input{Blind: []string{"edge-2"}})
	w.wait(400)
	if strings.Contains(w.reported(), "ended") {
		t.Errorf("changes: %s", w.reported())
	}
}
