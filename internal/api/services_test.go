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
	"floodmark/internal/view"
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
				if (in.Kind == "service") != (in.UserReports != nil) || (in.Kind == "service") != (in.Direction == "") {
					t.Errorf("%s: kind %q, direction %q, reports %v", in.ID, in.Kind, in.Direction, in.UserReports)
				}
				if i > 0 && page.Incidents[i-1].DetectedAt.Before(*in.DetectedAt) {
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

// TestUserReportsAreInTheView wants every value of the reports in one incident.
func TestUserReportsAreInTheView(t *testing.T) {
	s := operator(t, nil)
	in := apitest.ServiceIncident(1, model.Open)
	s.fake.Add(model.Opened, in)
	got := decode[view.Incident](t, s.get("/api/v1/incidents/"+in.ID)).UserReports
	c := in.UserReports
	begun, earlier := time.Unix(0, c.Peak.At).UTC(), time.Unix(0, c.Similar[0].Started).UTC()
	want := &view.UserReports{Service: "example", Name: "Example", LogEValue: 9.5, MaxLogEValue: 11.2, AlertThreshold: 6.4, FalseAlarmBudget: c.Budget,
		Peak: view.Bucket{At: begun, Problems: 820, Effective: 790, OKReports: 12, Referred: 30, Suppressed: 4, Rejected: 2,
			Baseline: &view.Band{Mean: 61, Low: 40, High: 95}, State: "normal"},
		Total: 1900, Effective: 1800, OKReports: 40, Rejected: 2, Networks: 61,
		Components: []view.ComponentShare{{Slug: "login", Name: "Login", Reports: 1100, Share: 0.8, Low: 0.77, High: 0.83, BaselineShare: 0.2,
			LogEValue: 40, Significant: true}, {Reports: 500}},
		Places: []view.PlaceShare{{Country: "DE", Reports: 700, Effective: 690, Baseline: 300, Ratio: 2.3, Low: 2.1, High: 2.5, LogEValue: 12, Significant: true},
			{Reports: 200, Effective: 190, Baseline: 210, Ratio: 0.9, Low: 0.8, High: 1.1}},
		Cause:   view.ReportCause{Kind: "upstream", By: "other", Name: "Other", Share: 0.6, Low: 0.4, High: 0.8, Text: c.Cause.Text},
		Fraud:   view.Fraud{Synchronized: 0.1, Brigading: 0.2, Text: c.Fraud.Text},
		Similar: []view.Similar{{ID: "example-20261001T0000Z", Score: 0.8, StartedAt: &earlier, Duration: 3600, Peak: 500, Text: "the same part"}},
		Series:  []float32{790, 610}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestEmptyUserReportsAreJSON has lists that are empty and numbers that JSON lacks.
func TestEmptyUserReportsAreJSON(t *testing.T) {
	in := model.Incident{Header: model.Header{Target: model.ServiceID("x")},
		ServiceIncident: model.ServiceIncident{UserReports: &model.UserReports{Evidence: math.Inf(-1), Effective: math.NaN()}}}
	b, err := json.Marshal(view.NewIncident(&in))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"components":[]`, `"places":[]`, `"similar":[]`, `"series":[]`, `"log10_e_value":0`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("lacks %s: %s", want, b)
		}
	}
	if strings.Contains(string(b), `"baseline"`) {
		t.Error("an unknown baseline is listed")
	}
}

// TestEventsIncludeServices follows the stream over changes of both kinds.
func TestEventsIncludeServices(t *testing.T) {
	s := operator(t, nil)
	srv := httptest.NewServer(s.h)
	t.Cleanup(srv.Close)
	f := follow(t, srv.URL, "")
	s.fake.Add(model.Opened, apitest.ServiceIncident(1, model.Open))
	f.want("event: change", `"type":"opened"`, `"target":"service:example"`, `"kind":"service"`, `"user_reports":{"service":"example"`, `"problems":820`)
	s.fake.Add(model.Escalated, apitest.Incident(1, model.Open))
	f.want("event: change", `"type":"escalated"`, `"kind":"host"`)
}
