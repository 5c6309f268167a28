package api_test

import (
	"encoding/json"
	"math"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/api"
	"floodmark/internal/api/apitest"
	"floodmark/internal/model"
)

// TestIncidentsHoldBothKinds lists traffic and services together, in order and
// page by page, and each by itself.
func TestIncidentsHoldBothKinds(t *testing.T) {
	s := operator(t, nil)
	for n := 2; n <= 6; n++ {
		s.fake.Add(model.Opened, apitest.Incident(n, model.Open))
	}
	for n := 1; n <= 6; n++ {
		s.fake.Add(model.Opened, apitest.ServiceIncident(n, model.Open))
	}
	ids := func(path string) (out []string) {
		t.Helper()
		for next, pages := path, 0; next != "" && pages < 20; pages++ {
			page := decode[api.IncidentPage](t, s.get(next))
			for i, in := range page.Incidents {
				out = append(out, in.ID)
				if (in.Kind == "service") != (in.Crowd != nil) || (in.Kind == "service") != (in.Direction == "") {
					t.Errorf("%s: kind %q, direction %q, crowd %v", in.ID, in.Kind, in.Direction, in.Crowd)
				}
				if i > 0 && page.Incidents[i-1].Noticed.Before(*in.Noticed) {
					t.Errorf("%s is out of order", in.ID)
				}
			}
			next = ""
			if page.Next != "" {
				next = path + "&cursor=" + page.Next
			}
		}
		return out
	}
	var both, services, traffic []string
	for n := 6; n >= 1; n-- {
		a, b := apitest.ServiceIncident(n, model.Open).ID, apitest.Incident(n, model.Open).ID
		traffic, services = append(traffic, b), append(services, a)
		both = append(both, b, a)
	}
	for path, want := range map[string][]string{
		"/api/v1/incidents?limit=5":                                   both,
		"/api/v1/incidents?limit=1":                                   both,
		"/api/v1/incidents?limit=4&kind=service":                      services,
		"/api/v1/incidents?limit=4&kind=host,prefix,customer,network": traffic,
		"/api/v1/incidents?limit=5&kind=host,service":                 both,
		"/api/v1/incidents?limit=5&target=service:example":            services,
		"/api/v1/incidents?limit=5&target=service:other":              nil,
		"/api/v1/incidents?limit=5&target=network":                    traffic,
		"/api/v1/incidents?limit=5&direction=in":                      traffic,
		"/api/v1/incidents?limit=5&severity=critical":                 services,
		"/api/v1/attacks?limit=5":                                     traffic,
		"/api/v1/attacks?limit=5&kind=service":                        nil,
	} {
		if d := cmp.Diff(want, ids(path)); d != "" {
			t.Errorf("%s: %s", path, d)
		}
	}
}

// TestCrowdIsInTheView wants every figure of the reports in one incident.
func TestCrowdIsInTheView(t *testing.T) {
	s := operator(t, nil)
	in := apitest.ServiceIncident(1, model.Open)
	s.fake.Add(model.Opened, in)
	got := decode[api.Incident](t, s.get("/api/v1/incidents/"+in.ID)).Crowd
	c := in.Crowd
	begun, earlier := time.Unix(0, c.Peak.At).UTC(), time.Unix(0, c.Similar[0].Started).UTC()
	want := &api.CrowdView{Service: "example", Name: "Example", Evidence: 9.5, Strongest: 11.2, Limit: 6.4, Promise: c.Promise,
		Peak:  api.CrowdBucket{At: &begun, Problems: 820, Effective: 790, Works: 12, Followed: 30, Withheld: 4, Refused: 2, Normal: &api.CrowdBand{Expected: 61, Low: 40, High: 95}},
		Total: 1900, Effective: 1800, Works: 40, Refused: 2, Networks: 61,
		Parts:   []api.CrowdPart{{Slug: "login", Name: "Login", Reports: 1100, Share: 0.8, Low: 0.77, High: 0.83, Usual: 0.2, Evidence: 40, StandsOut: true}, {Reports: 500}},
		Places:  []api.CrowdPlace{{Country: "DE", Reports: 700, Effective: 690, Expected: 300, Excess: 2.3, Low: 2.1, High: 2.5, Evidence: 12, StandsOut: true}, {Reports: 200, Effective: 190, Expected: 210, Excess: 0.9, Low: 0.8, High: 1.1}},
		Cause:   api.CrowdCause{Kind: "elsewhere", By: "other", Name: "Other", Share: 0.6, Low: 0.4, High: 0.8, Text: c.Cause.Text},
		Forgery: api.CrowdForgery{Lockstep: 0.1, Brigade: 0.2, Text: c.Forgery.Text},
		Similar: []api.CrowdEarlier{{ID: "example-20261001T0000Z", Score: 0.8, Started: &earlier, Lasted: 3600, Peak: 500, Text: "the same part"}}, Shape: []float64{790, 610}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestEmptyCrowdIsJSON has lists that are empty and numbers that JSON lacks.
func TestEmptyCrowdIsJSON(t *testing.T) {
	in := model.Incident{Header: model.Header{Target: model.ServiceID("x")},
		ServiceIncident: model.ServiceIncident{Crowd: &model.Crowd{Evidence: math.Inf(-1), Effective: math.NaN()}}}
	b, err := json.Marshal(api.ViewIncident(&in))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"parts":[]`, `"places":[]`, `"similar":[]`, `"shape":[]`, `"evidence":0`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("lacks %s: %s", want, b)
		}
	}
	if strings.Contains(string(b), `"normal"`) {
		t.Error("a band that is not known is told")
	}
}

// TestEventsTellOfServices follows the stream over changes of both kinds.
func TestEventsTellOfServices(t *testing.T) {
	s := operator(t, nil)
	srv := httptest.NewServer(s.h)
	t.Cleanup(srv.Close)
	f := follow(t, srv.URL, "")
	s.fake.Add(model.Opened, apitest.ServiceIncident(1, model.Open))
	f.want("event: change", `"type":"opened"`, `"target":"service:example"`, `"kind":"service"`, `"crowd":{"service":"example"`, `"problems":820`)
	s.fake.Add(model.Escalated, apitest.Incident(1, model.Open))
	f.want("event: change", `"type":"escalated"`, `"kind":"host"`)
}
