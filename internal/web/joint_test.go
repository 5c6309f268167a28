package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"floodmark/internal/api/apitest"
	"floodmark/internal/fault"
	"floodmark/internal/model"
	"floodmark/internal/report/reporttest"
	"floodmark/internal/report/seal"
)

// sealed is a document as the program keeps it.
func sealed(a *model.Analysis) []byte {
	b, err := seal.Seal(a, bytes.Repeat([]byte{7}, 32), nil)
	if err != nil {
		panic(err)
	}
	return b
}

// Disclosure redacts what is kept, as the program does.
func (d *day) Disclosure(ctx context.Context, id string, revision uint64) ([]byte, error) {
	full, err := d.Evidence(ctx, id, revision)
	if err != nil {
		return nil, err
	}
	return seal.Redact(full)
}

// join fills an incident of a service with all that other signals add: two
// incidents of traffic are part of it.
func (d *day) join(in *model.Incident, traffic ...*model.Incident) {
	a := reporttest.Outage()
	now := d.Now.UnixNano()
	in.Assessment, in.Evidence = a.Outage.Assessment, 7
	for i, t := range traffic {
		t.PartOf = in.ID
		p := model.TrafficPart{ID: t.ID, Target: t.Target.String(), State: t.State, AttackVerdict: t.AttackVerdict, Because: t.Because, Started: t.Started, Waves: t.Waves, Unit: "packets/s", Vectors: t.Vectors, Evidence: t.Evidence}
		p.Peak[model.Bits] = 1.4 * gbit / float64(i+1)
		in.Traffic = append(in.Traffic, p)
		for _, w := range t.Waves {
			in.Phases = append(in.Phases, model.Phase{Signal: model.SignalFlow, Incident: t.ID, Start: w.Start, End: w.End, Peak: w.Peak, Unit: "packets/s"})
		}
	}
	in.Phases = append(in.Phases, model.Phase{Signal: model.SignalReport, Start: in.Started, Peak: 820, Unit: "reports in 15 minutes"},
		model.Phase{Signal: model.SignalProbe, Part: "website", Start: now - 190e9, End: now - 100e9, Text: "No answer to a connection within 5 s."})
	in.Probes = []model.ProbeNow{{Component: "website", Name: "Website", Vantage: "this server", State: model.ProbeFailing, Failure: model.ConnectTimeout, Since: now - 190e9, Last: now - 5e9, Text: "No answer to a connection within 5 s."}}
	for _, c := range a.Outage.Claims[:2] {
		e := model.EnteredClaim{ID: "c1", Text: c.Text, Source: c.Source, Stated: now - 300e9, By: "anna", At: now - 200e9}
		for i, k := range c.Checks {
			check := model.ClaimCheck{At: now - int64(150-i*20)*1e9, Evidence: uint64(i + 1)}
			for _, v := range k.Verdicts {
				check.Claims = append(check.Claims, model.Claim{Text: c.Text, Reading: v.Reading, Verdict: v.Verdict, Low: reporttest.P(0.007), High: reporttest.P(0.164), Unit: "share", Reasons: []string{"one reason"}, Evidence: []string{}})
			}
			e.History = append(e.History, check)
		}
		in.Claims = append(in.Claims, e)
	}
	d.Documents[in.ID] = sealed(a)
}

// spoilJoint puts markup wherever an incident of a service holds text.
func spoilJoint(in *model.Incident) {
	if in.Assessment == nil {
		return
	}
	a := *in.Assessment
	a.Text, a.Words, a.Confidence, a.Changes = nasty, nasty, nasty, []string{nasty}
	a.Causes = []model.CauseWeight{{Cause: nasty, Words: nasty, Likelihood: math.Inf(1)}}
	a.Reasons = []model.Reason{{Signal: nasty, Cause: nasty, Text: nasty, Weight: math.NaN()}}
	in.Assessment = &a
	in.Traffic = []model.TrafficPart{{ID: nasty, Target: nasty, Because: nasty, Vectors: []model.Weight{{Value: nasty}}}}
	in.Phases = []model.Phase{{Signal: nasty, Part: nasty, Text: nasty, Unit: nasty, Peak: math.NaN(), Incident: nasty}}
	in.Probes = []model.ProbeNow{{Name: nasty, Vantage: nasty, Text: nasty, State: nasty}}
	in.Claims = []model.EnteredClaim{{Text: nasty, Source: nasty, By: nasty, History: []model.ClaimCheck{{Claims: []model.Claim{{Reading: nasty, Unit: nasty, Low: reporttest.P(1), Reasons: []string{nasty}}}}}}}
}

func TestIncidentOfAServiceShowsItsCause(t *testing.T) {
	d := newDay()
	s := operator(t, d)
	id := apitest.ServiceIncident(1, model.Open).ID
	_, body, _ := get(t, s, "/incidents/"+id)
	for _, want := range []string{"Likely cause", "Almost certain an attack: traffic evidence", "<b>An attack</b>", "97 %, ICD 203 term", "<b>high</b>", "251 times likelier",
		"One place stands out among the reports.", "What would change this assessment", `<a href="/incidents/` + d.All[0].ID + `">`, "No answer to a connection within 5 s.",
		"“country=UA majority of packets”", "a broadcaster, evening news", "How the verdicts changed", `action="/incidents/` + id + `/claim"`,
		`href="/incidents/` + id + `/report?form=redacted"`, `href="/api/v1/incidents/` + id + `/evidence?form=redacted"`, "salted hash"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if _, body, _ := get(t, s, "/incidents/"+d.All[0].ID); !strings.Contains(body, `<a href="/incidents/`+id+`">Part of the incident of Example</a>`) {
		t.Error("an incident of traffic does not lead to what it is part of")
	}
}

func TestOverviewListsAServiceOnceWithItsTraffic(t *testing.T) {
	d := newDay()
	s := operator(t, d)
	id := apitest.ServiceIncident(1, model.Open).ID
	_, body, _ := get(t, s, "/")
	if n := strings.Count(body, `<h2><a href="/incidents/`+id+`">Example</a></h2>`); n != 1 {
		t.Errorf("the service's incident has %d cards", n)
	}
	if n := strings.Count(body, `Part of the incident of <a href="/incidents/`+id+`">Example</a>`); n != 2 {
		t.Errorf("%d incidents of traffic are marked as part of it, want 2", n)
	}
	own, part := strings.Index(body, `<h2><a href="/incidents/`+id), strings.Index(body, `<h2><a href="/incidents/`+d.All[0].ID)
	if own < 0 || part < own {
		t.Error("its traffic does not follow it")
	}
	// The service's incident counts for its two parts; one suspicion stands beside.
	if !strings.Contains(body, "One open incident") {
		t.Error("the headline counts parts by themselves")
	}
	if _, body, _ := get(t, s, "/incidents"); !strings.Contains(body, `part of <a href="/incidents/`+id+`">Example</a>`) {
		t.Error("the list of attacks does not mark what is part of it")
	}
}

func TestBothFormsOfTheReport(t *testing.T) {
	d := newDay()
	s := operator(t, d)
	for _, id := range []string{apitest.ServiceIncident(1, model.Open).ID, d.All[0].ID} {
		service := strings.HasPrefix(id, "example")
		for form, redacted := range map[string]bool{"": false, "?form=full": false, "?form=redacted": true} {
			code, body, header := get(t, s, "/incidents/"+id+"/report"+form)
			if code != 200 || !strings.Contains(header.Get("Content-Security-Policy"), styleHash([]byte(body))) {
				t.Errorf("%s%s: %d", id, form, code)
			}
			if strings.Contains(body, "withheld") != (redacted && service) {
				t.Errorf("%s%s: it does not say what is withheld, or says so where nothing is", id, form)
			}
			if strings.Contains(body, "203.0.113.7<") == redacted || strings.Contains(body, "192.0.2.80") == (redacted && service) {
				t.Errorf("%s%s: addresses of sources or of the target are shown where they should not be, or the other way round", id, form)
			}
			code, body, _ = get(t, s, "/api/v1/incidents/"+id+"/evidence"+form)
			var doc model.Analysis
			if err := json.Unmarshal([]byte(body), &doc); err != nil || code != 200 || doc.Redacted != redacted {
				t.Errorf("document of %s%s: %d, redacted: %v, %v", id, form, code, doc.Redacted, err)
			}
			if seal.Failed(seal.Verify([]byte(body), nil)) {
				t.Errorf("document of %s%s does not verify", id, form)
			}
		}
		if code, _, _ := get(t, s, "/incidents/"+id+"/report?form=half"); code != 422 {
			t.Errorf("a form that is none: %d", code)
		}
	}
}

func TestClaimIsEnteredByAForm(t *testing.T) {
	d := newDay()
	s := operator(t, d)
	id := apitest.ServiceIncident(3, model.Closed).ID
	client := *s.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	post := func(form url.Values) (int, string) {
		t.Helper()
		r, err := client.PostForm(s.URL+"/incidents/"+id+"/claim", form)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(b) + r.Header.Get("Location")
	}
	if code, to := post(url.Values{"text": {"over 1 Tbps"}, "source": {"a post"}, "stated_at": {"2026-11-24T01:30"}}); code != 303 || !strings.HasSuffix(to, "?done=claim#claims") {
		t.Errorf("%d %s", code, to)
	}
	in, _, _ := d.Incident(id)
	if len(in.Claims) != 1 || in.Claims[0].By != "local" || in.Claims[0].Source != "a post" || in.Claims[0].Stated != d.Now.UnixNano()-35*60e9 {
		t.Errorf("%+v", in.Claims)
	}
	if _, body, _ := get(t, s, "/incidents/"+id+"?done=claim"); !strings.Contains(body, "Entered. The claim is checked against the next evidence document") || !strings.Contains(body, "Waiting to be checked against") {
		t.Error("the page does not say what became of it")
	}
	for _, bad := range []url.Values{{}, {"text": {"x"}}, {"source": {"x"}}, {"text": {strings.Repeat("x", 301)}, "source": {"x"}}, {"text": {"x"}, "source": {"x"}, "stated_at": {"yesterday"}},
		{"text": {"x"}, "source": {"x"}, "stated_at": {"2027-01-01T00:00"}}} {
		if code, _ := post(bad); code != 422 {
			t.Errorf("%v: %d", bad, code)
		}
	}
	d.Fail = &fault.Error{Kind: fault.Conflict, Text: "this claim is there already"}
	if code, body := post(url.Values{"text": {"over 1 Tbps"}, "source": {"a post"}}); code != 409 || !strings.Contains(body, "This claim is there already.") {
		t.Errorf("a conflict: %d", code)
	}
}
