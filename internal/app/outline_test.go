package app

import (
	"strings"
	"testing"

	"floodmark/internal/model"
	"floodmark/internal/report/seal"
)

// TestIncidentWithoutTraffic examines an incident of which no traffic is seen:
// nothing is said of an attack, and claims about one cannot be determined.
func TestIncidentWithoutTraffic(t *testing.T) {
	a, err := Examine(t.Context(), &Sample{Name: "x", Version: "1", Claims: []string{"IP addresses originating in the Ukraine area", "from all over the world"},
		Synthetic: true, Outage: &model.OutageReport{Incident: "x", Name: "X"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a.Attack != model.AttackUndecided || !a.Synthetic || a.Outage == nil || len(a.Claims) < 2 {
		t.Fatalf("%s %v %v %d claims", a.Attack, a.Synthetic, a.Outage, len(a.Claims))
	}
	for _, c := range a.Claims {
		if c.Verdict != model.CannotBeDetermined || !strings.Contains(strings.Join(c.Reasons, " "), "No traffic") {
			t.Errorf("%s: %s %q", c.Reading, c.Verdict, c.Reasons)
		}
	}
	b, err := seal.Seal(a, make([]byte, 32), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range seal.Verify(b, nil) {
		if c.State == seal.Fails {
			t.Errorf("%s: %s", c.Name, c.Text)
		}
	}
}
