package alert_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"floodmark/internal/act/alert"
	"floodmark/internal/act/alert/alerttest"
	"floodmark/internal/model"
)

// tape is a receiver inside the process, for tests of rules and time.
type tape struct {
	mu  sync.Mutex
	got []alert.Message
}

func (p *tape) take(m *alert.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, *m)
	return nil
}

// stated are the messages so far: receiver, reason unless it is a change, and
// incident and type of each event.
func (p *tape) stated() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, m := range p.got {
		s := ""
		if m.Reason != alert.ForChange {
			s = string(m.Reason) + " "
		}
		for i, e := range m.Events {
			if i > 0 {
				s += ", "
			}
			s += e.Incident.ID + " " + string(e.Type)
		}
		out = append(out, s)
	}
	p.got = nil
	return out
}

// bench runs f with a dispatcher in a bubble of time whose receivers are tapes.
func bench(t *testing.T, c alert.Config, f func(t *testing.T, d *alert.Dispatcher, tapes map[string]*tape)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		tapes := make(map[string]*tape)
		for _, r := range c.Receivers {
			tapes[r.Name] = new(tape)
		}
		d, err := alert.New(c, new(alerttest.Outbox), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, p := range tapes {
			d.Divert(name, p.take)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { d.Run(ctx); close(done) }()
		f(t, d, tapes)
		cancel()
		<-done
	})
}

func people(names ...string) []alert.Receiver {
	var out []alert.Receiver
	for _, n := range names {
		out = append(out, alert.Receiver{Name: n, Webhook: &alert.Webhook{URL: "http://127.0.0.1:9/"}})
	}
	return out
}

func want(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("said %q, want %q", got, want)
	}
}

func compose(d *alert.Dispatcher, in *model.Incident, types ...model.ChangeType) {
	for _, c := range types {
		d.Handle(context.Background(), change(in, c))
	}
	synctest.Wait()
}

func TestOneIncidentIsOneThread(t *testing.T) {
	bench(t, alert.Config{Receivers: people("p")}, func(t *testing.T, d *alert.Dispatcher, tapes map[string]*tape) {
		in := incident("a")
		compose(d, &in, model.Noticed, model.Opened, model.Updated, model.Escalated, model.Changed, model.Eased, model.Resumed,
			model.AcknowledgedNow, model.SilencedNow, model.Ended)
		want(t, tapes["p"].stated(), "a opened", "a escalated", "a changed", "a eased", "a resumed", "a ended")
	})
}

func TestWhatNeverOpenedSendsNothing(t *testing.T) {
	bench(t, alert.Config{Receivers: people("p", "q"), Rules: []alert.Rule{{Receivers: []string{"p"}},
		{Receivers: []string{"q"}, Match: alert.Match{Changes: []model.ChangeType{model.Noticed}}}}},
		func(t *testing.T, d *alert.Dispatcher, tapes map[string]*tape) {
			in := incident("a")
			compose(d, &in, model.Noticed, model.Dismissed)
			want(t, tapes["p"].stated())
			want(t, tapes["q"].stated(), "a noticed")
		})
}

func TestMergedIncidentEndsItsThread(t *testing.T) {
	bench(t, alert.Config{Receivers: people("p")}, func(t *testing.T, d *alert.Dispatcher, tapes map[string]*tape) {
		in, other := incident("a"), incident("b")
		compose(d, &in, model.Opened, model.MergedAway)
		compose(d, &other, model.Noticed, model.MergedAway)
		want(t, tapes["p"].stated(), "a opened", "a merged")
	})
}

func TestSilencedSaysOnlyTheEnd(t *testing.T) {
	bench(t, alert.Config{Receivers: people("p")}, func(t *testing.T, d *alert.Dispatcher, tapes map[string]*tape) {
		in, never := incident("a"), incident("b")
		compose(d, &in, model.Opened)
		in.SilencedTo = time.Now().Add(time.Hour).UnixNano()
		never.SilencedTo = in.SilencedTo
		compose(d, &in, model.SilencedNow, model.Escalated, model.Eased, model.Ended)
		compose(d, &never, model.Opened, model.Ended)
		want(t, tapes["p"].stated(), "a opened", "a ended")

		late := incident("c")
		late.SilencedTo = in.SilencedTo
		compose(d, &late, model.Opened)
		time.Sleep(2 * time.Hour)
		compose(d, &late, model.Changed) // the silence is over, and it lasts
		want(t, tapes["p"].stated(), "c changed")
	})
}

func TestMaintenanceSaysNothing(t *testing.T) {
	bench(t, alert.Config{Receivers: people("p")}, func(t *testing.T, d *alert.Dispatcher, tapes map[string]*tape) {
		in := incident("a")
		in.Maintenance = "new routers"
		compose(d, &in, model.Opened, model.Escalated, model.Ended)
		want(t, tapes["p"].stated())
	})
}

// TestFalseAlarmIsCorrected at everybody who had heard, whatever the rules, also
// after the end.
func TestFalseAlarmIsCorrected(t *testing.T) {
	c := alert.Config{Receivers: people("p", "q", "r"), Rules: []alert.Rule{{Receivers: []string{"p"}},
		{Receivers: []string{"q"}, Match: alert.Match{Changes: []model.ChangeType{model.Opened}}},
		{Receivers: []string{"r"}, Match: alert.Match{Severity: model.Critical}}}}
	bench(t, c, func(t *testing.T, d *alert.Dispatcher, tapes map[string]*tape) {
		in := incident("a")
		compose(d, &in, model.Opened)
		in.FalseAlarm = &model.Remark{By: "kim", Note: "backup"}
		compose(d, &in, model.MarkedFalse, model.Eased, model.Ended, model.MarkedFalse)
		want(t, tapes["p"].stated(), "a opened", "a marked-false-alarm")
		want(t, tapes["q"].stated(), "a opened", "a marked-false-alarm")
		want(t, tapes["r"].stated())

		late := incident("b")
		compose(d, &late, model.Opened, model.Ended)
		late.FalseAlarm = &model.Remark{By: "kim"}
		compose(d, &late, model.MarkedFalse)
		want(t, tapes["p"].stated(), "b opened", "b ended", "b marked-false-alarm")
		want(t, tapes["q"].stated(), "b opened", "b marked-false-alarm")
	})
}

// TestCorrectionWaitsForTheMorning also where the incident ends meanwhile, and
// where the rule is for openings only.
func TestCorrectionWaitsForTheMorning(t *testing.T) {
	c := alert.Config{Receivers: people("p"), Rules: []alert.Rule{{Receivers: []string{"p"}, Quiet: night, Match: alert.Match{Changes: []model.ChangeType{model.Opened}}}}}
	bench(t, c, func(t *testing.T, d *alert.Dispatcher, tapes map[string]*tape) {
		in := incident("a")
		in.Severity = model.Critical
		compose(d, &in, model.Opened)
		in.Severity, in.FalseAlarm = model.Info, &model.Remark{By: "kim"}
		compose(d, &in, model.MarkedFalse, model.Ended)
		want(t, tapes["p"].stated(), "a opened")
		time.Sleep(7 * time.Hour)
		want(t, tapes["p"].stated(), "digest a marked-false-alarm")
	})
}

// TestFirstHeardLater: who is told from critical on hears of the escalation as
// of something new, and of nothing before.
func TestFirstHeardLater(t *testing.T) {
	c := alert.Config{Receivers: people("p"), Rules: []alert.Rule{{Receivers: []string{"p"},
		Match: alert.Match{Severity: model.Critical, Changes: []model.ChangeType{model.Opened, model.Ended}}}}}
	bench(t, c, func(t *testing.T, d *alert.Dispatcher, tapes map[string]*tape) {
		in, light := incident("a"), incident("b")
		compose(d, &in, model.Opened)
		in.Severity = model.Critical
		compose(d, &in, model.Escalated, model.Changed)
		in.Severity = model.Warning // lighter at its end
		compose(d, &in, model.Ended)
		compose(d, &light, model.Opened, model.Ended)
		want(t, tapes["p"].stated(), "a escalated", "a ended")
	})
}

func TestGroupWaitJoins(t *testing.T) {
	c := alert.Config{Receivers: people("p", "q"), Rules: []alert.Rule{{Receivers: []string{"p"}, GroupWait: 30 * time.Second}, {Receivers: []string{"q"}}}}
	bench(t, c, func(t *testing.T, d *alert.Dispatcher, tapes map[string]*tape) {
		for i := range 3 {
			in := incident(fmt.Sprintf("i%d", i))
			compose(d, &in, model.Opened)
			time.Sleep(8 * time.Second)
		}
		want(t, tapes["p"].stated())
		want(t, tapes["q"].stated(), "i0 opened", "i1 opened", "i2 opened")
		time.Sleep(10 * time.Second)
		want(t, tapes["p"].stated(), "i0 opened, i1 opened, i2 opened")
	})
}

// night is from 22:00 to 06:00 UTC; bubbles begin at midnight.
func night(t time.Time) bool { h := t.UTC().Hour(); return h >= 22 || h < 6 }

func TestQuietHoursEndInOneDigest(t *testing.T) {
	c := alert.Config{Receivers: people("p"), Rules: []alert.Rule{{Receivers: []string{"p"}, Quiet: night}}}
	bench(t, c, func(t *testing.T, d *alert.Dispatcher, tapes map[string]*tape) {
		over, lasts, worse, muted := incident("over"), incident("lasts"), incident("worse"), incident("muted")
		compose(d, &over, model.Opened, model.Ended)
		compose(d, &lasts, model.Opened, model.Changed)
		compose(d, &muted, model.Opened)
		muted.SilencedTo = time.Now().Add(24 * time.Hour).UnixNano()
		compose(d, &muted, model.SilencedNow)
		compose(d, &worse, model.Opened)
		want(t, tapes["p"].stated())
		worse.Severity = model.Critical
		compose(d, &worse, model.Escalated)
		want(t, tapes["p"].stated(), "worse escalated")
		worse.Severity = model.Warning
		compose(d, &worse, model.Ended)
		want(t, tapes["p"].stated())
		time.Sleep(6*time.Hour + 5*time.Second)
		got := tapes["p"].stated()
		slices.Sort(got)
		want(t, got, "digest lasts opened, worse ended")
		compose(d, &lasts, model.Ended)
		want(t, tapes["p"].stated(), "lasts ended")
	})
}

func TestMachinesHearTheEndAtNight(t *testing.T) {
	c := alert.Config{Receivers: []alert.Receiver{{Name: "pd", PagerDuty: &alert.PagerDuty{RoutingKey: "k"}}},
		Rules: []alert.Rule{{Receivers: []string{"pd"}, Quiet: night, GroupWait: time.Minute, Match: alert.Match{Changes: []model.ChangeType{model.Opened}}}}}
	bench(t, c, func(t *testing.T, d *alert.Dispatcher, tapes map[string]*tape) {
		in := incident("a")
		in.Severity = model.Critical
		compose(d, &in, model.Opened, model.AcknowledgedNow)
		in.Severity = model.Warning
		compose(d, &in, model.Ended)
		want(t, tapes["pd"].stated(), "a opened", "a acknowledged", "a ended")
	})
}

func TestRemindersStopWhenAcknowledged(t *testing.T) {
	c := alert.Config{Receivers: people("p"), Rules: []alert.Rule{{Receivers: []string{"p"}, Repeat: time.Hour}}}
	bench(t, c, func(t *testing.T, d *alert.Dispatcher, tapes map[string]*tape) {
		in := incident("a")
		compose(d, &in, model.Opened)
		time.Sleep(150 * time.Minute)
		want(t, tapes["p"].stated(), "a opened", "reminder a opened", "reminder a opened")
		in.Acknowledged = &model.Remark{By: "kim"}
		compose(d, &in, model.AcknowledgedNow)
		time.Sleep(5 * time.Hour)
		want(t, tapes["p"].stated())
	})
}

func TestFullQueueRefusesOpeningsAndKeepsEndings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, err := alert.New(alert.Config{Receivers: people("p")}, new(alerttest.Outbox), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		first := incident("i0")
		compose(d, &first, model.Opened)
		for i := range 1500 {
			in := incident(fmt.Sprintf("i%d", i+1))
			compose(d, &in, model.Opened)
		}
		if s, c := d.Status()[0], d.Counts(); s.Pending != 1000 || c.Refused != 501 {
			t.Errorf("status %+v, counts %+v", s, c)
		}
		compose(d, &first, model.Ended)
		last := incident("i1500")
		compose(d, &last, model.Ended)
		if s := d.Status()[0]; s.Pending != 1001 {
			t.Errorf("status %+v", s)
		}
	})
}

func TestReloadIsAllOrNothing(t *testing.T) {
	bench(t, alert.Config{Receivers: people("p")}, func(t *testing.T, d *alert.Dispatcher, tapes map[string]*tape) {
		bad := alert.Config{Receivers: append(people("p", "q"), alert.Receiver{Name: "r"})}
		if err := d.Reload(bad); err == nil || len(d.Status()) != 1 {
			t.Errorf("error %v, %d receivers", err, len(d.Status()))
		}
		if err := d.Reload(alert.Config{Receivers: people("p", "q"), Rules: []alert.Rule{{Receivers: []string{"q"}}}}); err != nil {
			t.Fatal(err)
		}
		var q tape
		d.Divert("q", q.take)
		in := incident("a")
		compose(d, &in, model.Opened)
		want(t, tapes["p"].stated())
		want(t, q.stated(), "a opened")
		if err := d.Reload(alert.Config{Receivers: people("p")}); err != nil {
			t.Fatal(err)
		}
		compose(d, &in, model.Changed)
		want(t, tapes["p"].stated(), "a changed")
	})
}

func TestWrongConfigurations(t *testing.T) {
	f := func(c alert.Config, part string) {
		t.Helper()
		if _, err := alert.New(c, new(alerttest.Outbox), nil, nil); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %v, want one with %q", err, part)
		}
	}
	f(alert.Config{Receivers: people("p", "p")}, "used twice")
	f(alert.Config{Receivers: people("")}, "empty")
	f(alert.Config{Receivers: []alert.Receiver{{Name: "p"}}}, "0 ways")
	f(alert.Config{Receivers: people("p"), Rules: []alert.Rule{{Receivers: []string{"q"}}}}, `no receiver "q"`)
	f(alert.Config{Receivers: people("p"), Customers: map[string][]string{"acme": {"q"}}}, `no receiver "q"`)
	f(alert.Config{Receivers: []alert.Receiver{{Name: "p", Exec: &alert.Exec{Command: "true"}}}}, "whole path")
	f(alert.Config{Receivers: []alert.Receiver{{Name: "p", Syslog: &alert.Syslog{Address: "x:1", Transport: "smoke"}}}}, "smoke")
	f(alert.Config{Receivers: []alert.Receiver{{Name: "p", Shoutrrr: &alert.Shoutrrr{URL: "smoke://geheim"}}}}, "shoutrrr")
}

func TestThreadsSurviveARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := new(alerttest.Outbox)
		in, held := incident("a"), incident("b")
		held.Customer = "night"
		c := alert.Config{Receivers: people("p"), Rules: []alert.Rule{{Receivers: []string{"p"}, Match: alert.Match{Customers: []string{"acme"}}, GroupWait: time.Minute},
			{Receivers: []string{"p"}, Match: alert.Match{Customers: []string{"night"}}, Quiet: night}}}
		opened := change(&in, model.Opened)
		for range 3 { // three lives
			d, err := alert.New(c, out, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			d.Handle(context.Background(), opened)
			if held.Revision == 1 {
				compose(d, &held, model.Opened)
			}
		}
		d, err := alert.New(c, out, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		var p tape
		d.Divert("p", p.take)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { d.Run(ctx); close(done) }()
		time.Sleep(2 * time.Minute)
		want(t, p.stated(), "a opened")
		compose(d, &in, model.Eased)
		time.Sleep(6 * time.Hour)
		want(t, p.stated(), "a eased", "digest b opened")
		cancel()
		<-done
	})
}
