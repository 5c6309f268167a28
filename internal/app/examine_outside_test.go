package app

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"floodmark/internal/model"
)

// TestNothingSeenGivesNoRates wants a document about an incident that is seen
// from outside alone to tell no value of traffic, in no sentence.
func TestNothingSeenGivesNoRates(t *testing.T) {
	claims := []string{"over 1 Tbps", "country=UA majority of packets", "worldwide", "enormous", "more than 100000 sources", "more than 2 hours"}
	for i := 0; i < len(claims); i++ {
		if CheckClaim(claims[i]) != nil { // not in the language
			claims = append(claims[:i:i], claims[i+1:]...)
			i--
		}
	}
	a, err := Examine(context.Background(), &Sample{Name: "x", Claims: claims, Outage: &model.OutageReport{}, Lost: 7}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(claims) < 3 || len(a.Claims) < len(claims) {
		t.Fatalf("%d claims, %d answers", len(claims), len(a.Claims))
	}
	for _, c := range a.Claims {
		if c.Verdict != model.CannotBeDetermined || c.Low != nil || c.High != nil {
			t.Errorf("%s: %s, %v to %v", c.Reading, c.Verdict, c.Low, c.High)
		}
	}
	b, err := json.Marshal(struct {
		C []model.Claim
		F []model.Finding
		S []model.Sentence
	}{a.Claims, a.Findings, a.Summary})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"NaN", " 0 bit/s", " 0 packets", "holds 0", "records or datagrams are missing"} {
		if strings.Contains(string(b), bad) {
			t.Errorf("the document speaks of %q", bad)
		}
	}
}
