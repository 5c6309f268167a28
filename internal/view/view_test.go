package view_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"floodmark/internal/model"
	"floodmark/internal/view"
)

// TestRatesNameEveryMetric holds the names of rates to those of the metrics.
func TestRatesNameEveryMetric(t *testing.T) {
	var in model.Rates
	for m := range model.Metrics {
		in[m] = float64(m) + 1
	}
	b, err := json.Marshal(view.NewRates(&in))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]float64
	if err := json.Unmarshal(b, &got); err != nil || len(got) != int(model.Metrics) {
		t.Fatal(err, got)
	}
	for m := range model.Metrics {
		if named := view.NewRates(&in); got[m.String()] != float64(m)+1 || named.Of(m) != float64(m)+1 {
			t.Errorf("%s is %v", m, got[m.String()])
		}
	}
}

// TestPublicViewsHoldNothingOfOperators plants a secret in every field of an
// incident that only operators may see.
func TestPublicViewsHoldNothingOfOperators(t *testing.T) {
	const secret = "s3cret"
	in := model.Incident{
		Header: model.Header{
			Target: model.CustomerID(secret), Maintenance: secret,
			Acknowledged: &model.Remark{By: secret, Note: secret}, FalseAlarm: &model.Remark{By: secret, Note: secret},
		},
		TrafficIncident: model.TrafficIncident{
			Customer: secret, Group: secret, Because: secret, SplitFrom: secret, Merged: []string{secret},
		},
		ServiceIncident: model.ServiceIncident{
			Traffic: []model.TrafficPart{{Target: secret, Because: secret, Networks: []model.Weight{{Value: secret}}}},
			Claims:  []model.EnteredClaim{{By: secret}},
		},
	}
	public, err := json.Marshal(view.NewPublicIncident(&in))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(public), secret) {
		t.Errorf("the public view holds a field of operators: %s", public)
	}
	operators, err := json.Marshal(view.NewIncident(&in))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(operators), secret); n < 12 {
		t.Errorf("the operator's view holds %d of the planted fields: %s", n, operators)
	}
}

// TestViewsAlwaysEncode gives values that JSON has no number for.
func TestViewsAlwaysEncode(t *testing.T) {
	inf := math.Inf(1)
	in := model.Incident{
		Header:          model.Header{Waves: []model.Wave{{Peak: inf}}},
		TrafficIncident: model.TrafficIncident{Delay: math.NaN(), Excesses: []model.Excess{{Bound: inf, Peak: math.NaN()}}},
		ServiceIncident: model.ServiceIncident{
			UserReports: &model.UserReports{Evidence: inf, Parts: []model.PartShare{{High: inf}}, Places: []model.PlaceShare{{Excess: inf}},
				Shape: []float32{float32(math.NaN())}}, Assessment: &model.Assessment{Reasons: []model.Reason{{Weight: -inf}}}, Claims: []model.EnteredClaim{{History: []model.ClaimCheck{{Claims: []model.Claim{{Low: &inf}}}}}}},
	}
	for m := range in.Peak {
		in.Peak[m] = inf
	}
	b, err := json.Marshal(view.NewIncident(&in))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), `"claims":null`) || strings.Contains(string(b), `"hosts":null`) {
		t.Errorf("a list is null: %s", b)
	}
}

// TestStoredWordsAreTranslated holds what API and pages show to the words of
// docs/renamed.csv, whatever is stored.
func TestStoredWordsAreTranslated(t *testing.T) {
	for kind, want := range map[model.CauseKind]string{model.CauseOwn: "self", model.CauseElsewhere: "upstream",
		model.CauseShared: "shared_dependency", model.CauseUndecided: "undecided", "": "undecided"} {
		if got := view.CauseKind(kind); got != want {
			t.Errorf("cause %q is shown as %q, want %q", kind, got, want)
		}
	}
	if got := view.ProbeFailure(model.OwnLink); got != "vantage-unreachable" {
		t.Errorf("failure of the probe's own link is shown as %q", got)
	}
}
