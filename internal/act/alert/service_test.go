package alert_test

import (
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/act/alert"
	"floodmark/internal/model"
	"floodmark/internal/testenv"
	"floodmark/internal/view"
)

// outage is an incident of a service under way.
func outage(id string) model.Incident {
	return model.Incident{
		Header: model.Header{
			ID: id, Revision: 1, State: model.Open, Severity: model.Critical, Target: model.ServiceID("x"), Started: at,
			Noticed: at + 60e9, Opened: at + 120e9, LastSeen: at + 180e9, WaveCount: 1,
		},
		TrafficIncident: model.TrafficIncident{Because: "reports only, unconfirmed"},
		ServiceIncident: model.ServiceIncident{UserReports: &model.UserReports{Service: "x", Name: "X", Evidence: 9.5, Strongest: 11.2, Limit: 6.4, Budget: "at most one false incident per service and year",
			Peak:  model.Bucket{At: at, Problems: 843, Effective: 820.4, Works: 12, Expected: 61, Low: 40.7, High: 94.2, Known: true},
			Total: 1900, Effective: 1800, Works: 40, Networks: 61,
			Parts:   []model.PartShare{{Slug: "login", Name: "login", Reports: 1100, Share: 0.8, Low: 0.77, High: 0.83, Usual: 0.2, StandsOut: true}, {Slug: "app", Name: "app", Share: 0.2, Usual: 0.8}, {Reports: 500}},
			Places:  []model.PlaceShare{{Country: "US", Region: "CA", Reports: 700, Excess: 2.31, Low: 2.1, High: 2.5, StandsOut: true}, {Country: "DE", Excess: 0.9}, {Excess: 0.8}},
			Similar: []model.Similar{{ID: "x-old", Score: 0.8, Started: at - 864e12, Lasted: 5400e9, Peak: 512, Text: "the same part"}}, Shape: []float32{820}}},
	}
}

func elsewhere(in *model.Incident) {
	in.UserReports.Cause = model.Cause{Kind: model.CauseElsewhere, By: "b", Name: "B", Share: 0.7, Low: 0.5, High: 0.9, Text: "Mostly explained by the outage of B (50 to 90 %)."}
}

func TestSubjectsOfServices(t *testing.T) {
	for _, c := range []struct {
		t    model.ChangeType
		set  func(*model.Incident)
		want string
	}{
		{model.Noticed, nil, "Reports of problems with X above the baseline: 820 effective reports in 15 minutes, expected 40 to 95, suspected since 14:03 UTC"},
		{model.Opened, nil, "Users report problems with X: 820 effective reports in 15 minutes, expected 40 to 95; mostly login, since 14:03 UTC"},
		{model.Escalated, nil, "Users report problems with X, now critical: 820 effective reports in 15 minutes, expected 40 to 95; mostly login, since 14:03 UTC"},
		{model.Changed, nil, "Users report problems with X: at most 820 effective reports in 15 minutes, expected 40 to 95; mostly login, since 14:03 UTC"},
		{model.Changed, elsewhere, "Users report problems with X: at most 820 effective reports in 15 minutes, expected 40 to 95; mostly login; Mostly explained by the outage of B (50 to 90 %), since 14:03 UTC"},
		{model.Eased, nil, "Reports of problems with X are back to the baseline: at most 820 effective reports in 15 minutes, expected 40 to 95"},
		{model.Resumed, func(in *model.Incident) { in.WaveCount = 2 }, "Users report problems with X again, burst 2: at most 820 effective reports in 15 minutes, expected 40 to 95; mostly login, since 14:03 UTC"},
		{model.Ended, nil, "Reports of problems with X are over: at most 820 effective reports in 15 minutes, expected 40 to 95; mostly login, 14:03 UTC to 14:04 UTC"},
		{model.Dismissed, nil, "Reports of problems with X: dismissed, within chance, at most 820 effective reports in 15 minutes, expected 40 to 95"},
		{model.MergedAway, func(in *model.Incident) { in.MergedInto = "y" }, "Reports of problems with X: now part of y"},
		{model.MarkedFalse, nil, "Reports of problems with X: correction, it was a false alarm (since 14:03 UTC)"},
		{model.AcknowledgedNow, func(in *model.Incident) { in.Acknowledged = &model.Remark{By: "anna"} }, "Reports of problems with X: acknowledged by anna"},
		{model.Opened, func(in *model.Incident) {
			in.UserReports.Peak.Known, in.UserReports.Peak.Effective, in.UserReports.Parts = false, 1, nil
		}, "Users report problems with X: 1 effective report in 15 minutes, no baseline yet, since 14:03 UTC"},
		{model.Opened, func(in *model.Incident) { in.UserReports.Fraud.Suspected, in.UserReports.Parts = true, nil }, "Users report problems with X: 820 effective reports in 15 minutes, expected 40 to 95; many look inauthentic, since 14:03 UTC"},
		{model.Opened, func(in *model.Incident) { in.UserReports = &model.UserReports{Name: "X\x1b[31m"} }, "Users report problems with X[31m: 0 effective reports in 15 minutes, no baseline yet, since 14:03 UTC"},
	} {
		in := outage("a")
		if c.set != nil {
			c.set(&in)
		}
		ch := change(&in, c.t)
		got := alert.Subject(&ch)
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.t, got, c.want)
		}
		if strings.Contains(strings.ToLower(got), "is down") {
			t.Errorf("%s claims what reports cannot show: %s", c.t, got)
		}
	}
}

func TestTextOfAService(t *testing.T) {
	in := outage("a")
	elsewhere(&in)
	in.UserReports.Fraud = model.Fraud{Suspected: true, Text: "300 came in lockstep"}
	in.UserReports.Refused, in.WaveCount = 7, 2
	in.FalseAlarm = &model.Remark{By: "anna", Note: "a test"}
	ch := change(&in, model.Opened)
	ch.Text = "Users report problems with X"
	const want = `Users report problems with X

Service   X (x)
State     open, critical, since 2026-11-23T14:03:10Z
Peak      820 effective reports in 15 minutes, expected 40 to 95; 843 reports raw
Total     1,900 problem reports, 40 reports that it works
Bursts    2
Component login 80.0 % (usually 20.0 %), app 20.0 % (usually 80.0 %)
Places    US-CA 2.3 times its usual share
Cause     Mostly explained by the outage of B (50 to 90 %)
Caution   many reports look inauthentic: 300 came in lockstep
Caution   7 reports were rejected because the server was full
Basis     reports only, unconfirmed; from 61 networks; false-alarm budget: at most one false incident per service and year
Earlier   2026-11-13T14:03:10Z, at most 512 reports in 15 minutes, for 90 min
Correction marked as a false alarm by anna. a test
Incident  a
Page      https://floodmark.example/incidents/a
`
	if d := cmp.Diff(want, alert.Body(&ch, "https://floodmark.example")); d != "" {
		t.Error(d)
	}
	in = outage("a")
	in.UserReports = &model.UserReports{Name: "X", Confirmed: true}
	ch = change(&in, model.Opened)
	got := alert.Body(&ch, "")
	for _, want := range []string{"Component not known yet", "Places    none significant", "Basis     reports, confirmed by another kind of signal"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q: %s", want, got)
		}
	}
}

// TestWebhookSendsServices reads what a server gets of an incident's whole
// life.
func TestWebhookSendsServices(t *testing.T) {
	s := serve(t, nil)
	d, _ := start(t, to(s.URL), nil, nil)
	in := outage("a")
	for _, c := range []model.ChangeType{model.Noticed, model.Opened, model.Updated, model.Changed, model.Ended} {
		d.Handle(background, change(&in, c))
	}
	got := s.wait(t, 3)
	for i, want := range []model.ChangeType{model.Opened, model.Changed, model.Ended} {
		m := got[i].message(t)
		e := m.Events[0]
		if e.Type != want || e.Last != (want == model.Ended) || m.Subject != e.Subject || e.Link != "https://floodmark.example/incidents/a" || !strings.Contains(m.Text, "unconfirmed") {
			t.Errorf("message %d: %+v", i, m)
		}
	}
	var raw struct {
		Events []struct{ Incident map[string]any }
	}
	if err := json.Unmarshal([]byte(got[0].body), &raw); err != nil {
		t.Fatal(err)
	}
	x := raw.Events[0].Incident
	if x["target"] != "service:x" || x["kind"] != "service" || x["direction"] != nil {
		t.Errorf("incident %v", x)
	}
	const want = `{"service":"x","name":"X","peak":{"at":"2026-11-23T14:03:10Z","problems":843,"effective":820.4,"ok_reports":12,
"referred":0,"suppressed":0,"rejected":0,"baseline":{"mean":61,"low":40.7,"high":94.2},"state":"normal","partial":false},
"total":1900,"effective":1800,"ok_reports":40,"rejected":0,"networks":61,"log10_e_value":9.5,"max_log10_e_value":11.2,"alert_threshold":6.4,
"false_alarm_budget":"at most one false incident per service and year","sustained_1h":false,"confirmed":false,
"components":[{"slug":"login","name":"login","reports":1100,"share":0.8,"low":0.77,"high":0.83,"baseline_share":0.2,"log10_e_value":0,"significant":true},
{"slug":"app","name":"app","reports":0,"share":0.2,"low":0,"high":0,"baseline_share":0.8,"log10_e_value":0,"significant":false},
{"slug":"","name":"","reports":500,"share":0,"low":0,"high":0,"baseline_share":0,"log10_e_value":0,"significant":false}],
"places":[{"country":"US","region":"CA","reports":700,"effective":0,"baseline":0,"ratio":2.31,"low":2.1,"high":2.5,"log10_e_value":0,"significant":true},
{"country":"DE","reports":0,"effective":0,"baseline":0,"ratio":0.9,"low":0,"high":0,"log10_e_value":0,"significant":false},
{"country":"","reports":0,"effective":0,"baseline":0,"ratio":0.8,"low":0,"high":0,"log10_e_value":0,"significant":false}],
"cause":{"kind":"undecided","by_organization":false,"share":0,"low":0,"high":0,"text":""},
"fraud":{"synchronized":0,"brigading":0,"suspected":false,"text":""},"series":[],
"similar":[{"id":"x-old","score":0.8,"started_at":"2026-11-13T14:03:10Z","duration_seconds":5400,"peak":512,"text":"the same part"}]}`
	var wantReports map[string]any
	if err := json.Unmarshal([]byte(want), &wantReports); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(wantReports, x["user_reports"]); d != "" {
		t.Error(d)
	}
}

// TestNumbersThatJSONLacksAreSent has numbers that JSON lacks.
func TestNumbersThatJSONLacksAreSent(t *testing.T) {
	s := serve(t, nil)
	d, _ := start(t, to(s.URL), nil, nil)
	in := outage("a")
	c := in.UserReports
	c.Evidence, c.Strongest, c.Peak.Effective, c.Peak.High = math.Inf(1), math.NaN(), float32(math.NaN()), float32(math.Inf(1))
	c.Parts[0].Share, c.Places[0].Excess, c.Similar[0].Score = math.NaN(), math.Inf(1), math.NaN()
	d.Handle(background, change(&in, model.Opened))
	if m := s.wait(t, 1)[0].message(t); m.Events[0].Incident.UserReports == nil {
		t.Errorf("%+v", m)
	}
}

func TestRulesChooseServices(t *testing.T) {
	network, x, y := model.NetworkID(), model.ServiceID("x"), model.ServiceID("y")
	for name, c := range map[string]struct {
		m    alert.Match
		want string
	}{
		"all":        {alert.Match{}, "send"},
		"it":         {alert.Match{Targets: []model.TargetID{target("198.51.100.7"), x}}, "send"},
		"another":    {alert.Match{Targets: []model.TargetID{y}}, ""},
		"network":    {alert.Match{Targets: []model.TargetID{network}}, ""},
		"inbound":    {alert.Match{Directions: []model.Direction{model.In}}, ""},
		"a customer": {alert.Match{Customers: []string{"acme"}}, ""},
		"a group":    {alert.Match{Groups: []string{"web"}}, ""},
		"critical":   {alert.Match{Severity: model.Critical, Targets: []model.TargetID{x}}, "send"},
	} {
		in := outage("a")
		if got := alert.Routed([]alert.Rule{{Receivers: []string{"p"}, Match: c.m}}, change(&in, model.Opened), false, time.Unix(0, at)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	in := incident("b")
	if got := alert.Routed([]alert.Rule{{Receivers: []string{"p"}, Match: alert.Match{Targets: []model.TargetID{x}}}}, change(&in, model.Opened), false, time.Unix(0, at)); got != "" {
		t.Errorf("traffic by a rule of a service: %q", got)
	}
}

// TestProgramsActOnTrafficOnly hands a service to a script between two hosts.
func TestProgramsActOnTrafficOnly(t *testing.T) {
	path, log := script(t, "")
	d, _ := start(t, runs(path, alert.Exec{Prefixes: true, Details: true}), nil, nil)
	for _, id := range []string{"a", "b"} {
		x := outage("x-" + id)
		for _, c := range []model.ChangeType{model.Opened, model.Escalated, model.Changed, model.Ended} {
			d.Handle(background, change(&x, c))
		}
		in := incident(id)
		d.Handle(background, change(&in, model.Opened))
	}
	testenv.Eventually(t, "two runs", func() bool { return len(lines(log)) >= 4 })
	for i, l := range lines(log) {
		if i%2 == 0 && l != "198.51.100.7 incoming 1200000 ban" || strings.Contains(l, "service:") {
			t.Errorf("run %q", l)
		}
	}
}

func TestMachinesHearOfServices(t *testing.T) {
	am, pd := serve(t, nil), serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(202) })
	c := alert.Config{Host: "here", Receivers: []alert.Receiver{{Name: "am", Alertmanager: &alert.Alertmanager{URL: am.URL}}, {Name: "pd", PagerDuty: &alert.PagerDuty{RoutingKey: "geheimgeheim", URL: pd.URL}}}}
	d, _ := start(t, c, nil, nil)
	in := outage("a")
	d.Handle(background, change(&in, model.Opened))
	d.Handle(background, change(&in, model.Ended))
	opened := alertsIn(t, am.wait(t, 2)[0])[0]
	wantLabels := map[string]string{"alertname": "FloodmarkIncident", "incident": "a", "target": "service:x", "target_kind": "service", "severity": "critical", "floodmark": "here"}
	if d := cmp.Diff(wantLabels, opened.Labels); d != "" {
		t.Error(d)
	}
	if !strings.HasPrefix(opened.Annotations["summary"], "Users report problems with X: 820") || !strings.Contains(opened.Annotations["description"], "unconfirmed") {
		t.Errorf("annotations %v", opened.Annotations)
	}
	var e struct {
		Payload struct {
			Summary, Source, Component, Class string
			Custom                            view.Incident `json:"custom_details"`
		}
	}
	got := pd.wait(t, 2)
	if err := json.Unmarshal([]byte(got[0].body), &e); err != nil {
		t.Fatal(err)
	}
	if p := e.Payload; p.Source != "service:x" || p.Component != "login" || p.Class != "user-reports" || !strings.HasPrefix(p.Summary, "Users report problems with X: 820") || p.Custom.UserReports == nil {
		t.Errorf("%s", got[0].body)
	}
	if !strings.Contains(got[1].body, "resolve") {
		t.Errorf("the end: %s", got[1].body)
	}
}
