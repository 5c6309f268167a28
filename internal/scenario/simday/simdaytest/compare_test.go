package simdaytest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"floodmark/internal/scenario/simday"
	"floodmark/internal/scenario/simday/simdaytest"
)

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func truth() *simday.Document {
	return &simday.Document{
		Incidents: []simday.Incident{{Service: "a", Cause: "attack", From: noon, To: noon.Add(time.Hour), OpenBy: noon.Add(15 * time.Minute), Waves: 2, Parts: map[string]float64{"app": 0.6}, Traffic: true}},
		Quiet:     []string{"b"},
		Claims:    []simday.PublicClaim{{Service: "a", Readings: []simday.ClaimAnswer{{Claim: "country=UA majority of packets", Verdict: "contradicted"}}}},
	}
}

// right is what a server says that is right.
const right = `{"incidents":[{"id":"a-1","state":"easing","target":"service:a","started_at":"2026-06-15T12:01:00Z","opened_at":"2026-06-15T12:05:00Z","burst_count":2,
"user_reports":{"components":[{"slug":"app","low":0.58,"high":0.62}]},"assessment":{"cause":"attack"},"traffic":[{"attack_verdict":"yes"}],
"claims":[{"text":"country=UA majority of packets","checks":[{"interpretations":[{"verdict":"supported"}]},{"interpretations":[{"verdict":"contradicted"}]}]}]},
{"id":"b-1","state":"closed","target":"service:b","started_at":"2026-06-15T12:01:00Z","opened_at":null,"burst_count":0}]}`

func TestDifferences(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"", "", ""},
		{`"service:a"`, `"service:c"`, "missed a"},
		{`"opened_at":"2026-06-15T12:05:00Z"`, `"opened_at":null`, "missed a"},
		{`"2026-06-15T12:05:00Z"`, `"2026-06-15T12:16:00Z"`, "late a"},
		{`"started_at":"2026-06-15T12:01:00Z","opened_at":"2026`, `"started_at":"2026-06-15T08:01:00Z","opened_at":"2026`, "wrong a"},
		{`"started_at":"2026-06-15T12:01:00Z","opened_at":"2026-06-15T12`, `"started_at":"2026-06-15T08:01:00Z","opened_at":"2026-06-15T08`, "missed a"},
		{`"cause":"attack"`, `"cause":"demand"`, "wrong a"},
		{`"cause":"attack"`, `"cause":"undecided"`, "undecided a"},
		{`"burst_count":2`, `"burst_count":1`, "wrong a"},
		{`0.58`, `0.607`, "wrong a"},
		{`0.58`, `0.604`, ""},
		{`"attack_verdict":"yes"`, `"attack_verdict":"no"`, "missed a"},
		{`"opened_at":null`, `"opened_at":"2026-06-15T12:05:00Z"`, "false b"},
	} {
		seen, err := simdaytest.Read([]byte(strings.Replace(right, c.old, c.new, 1)))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range simdaytest.Compare(truth(), seen) {
			got = append(got, fmt.Sprintf("%s %s", d.Grade, d.Service))
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", c.new, got, c.want)
		}
	}
}

func TestClaimsAreCompared(t *testing.T) {
	for verdict, want := range map[string][]simdaytest.Grade{"contradicted": nil, "supported": {simdaytest.Wrong}, "cannot-be-determined": {simdaytest.Undecided}} {
		seen, err := simdaytest.Read([]byte(strings.Replace(right, `"verdict":"contradicted"`, `"verdict":"`+verdict+`"`, 1)))
		if err != nil {
			t.Fatal(err)
		}
		var got []simdaytest.Grade
		for _, d := range simdaytest.Claims(truth(), seen) {
			got = append(got, d.Grade)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", verdict, got, want)
		}
	}
	if got := simdaytest.Claims(truth(), nil); len(got) != 1 || got[0].Grade != simdaytest.Missed {
		t.Errorf("%v", got)
	}
}

func TestNobodyBelievesFalseReports(t *testing.T) {
	x := truth()
	x.Incidents[0].Cause = "false-reports"
	if got := simdaytest.Compare(x, nil); len(got) != 0 {
		t.Errorf("%v", got)
	}
	if _, err := simdaytest.Read([]byte("{")); err == nil {
		t.Error("half an answer was read")
	}
	if one, err := simdaytest.Read([]byte(`{"id":"a-1","target":"service:a"}`)); err != nil || len(one) != 1 || one[0].ID != "a-1" {
		t.Errorf("%v %v", one, err)
	}
}
