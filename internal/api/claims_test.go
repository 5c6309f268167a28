package api_test

import (
	"encoding/json"
	"floodmark/internal/view"
	"strings"
	"testing"

	"floodmark/internal/api/apitest"
	"floodmark/internal/model"
)

// TestClaimIsEntered wants a claim to be kept with who entered it, and all that
// is malformed to be refused.
func TestClaimIsEntered(t *testing.T) {
	s := operator(t, tokens())
	send := func(token, body string, want int) []byte {
		t.Helper()
		r := request("POST", "/api/v1/incidents/"+apitest.Incident(1, model.Open).ID+"/claims", body)
		r.Header.Set("Authorization", "Bearer token-"+token)
		w := s.send(r)
		status(t, w, want)
		return w.Body.Bytes()
	}
	send("read", `{"text":"from all over the world","source":"a newspaper"}`, 403)
	send("operate", `{"text":"from all over the world"}`, 422)
	send("operate", `{"text":"","source":"a newspaper"}`, 422)
	send("operate", `{"text":"`+strings.Repeat("x", 301)+`","source":"a newspaper"}`, 422)
	send("operate", `{"text":"over 1 Tbps","source":"a newspaper","stated_at":"yesterday"}`, 422)
	var c view.Claim
	if err := json.Unmarshal(send("operate", `{"text":"over 1 Tbps","source":"a newspaper","stated_at":"2026-11-24T01:00:00Z"}`, 200), &c); err != nil {
		t.Fatal(err)
	}
	if c.ID != "c1" || c.EnteredBy != "operate" || c.StatedAt == nil || c.StatedAt.Hour() != 1 || c.Checks == nil {
		t.Errorf("%+v", c)
	}
	r := request("GET", "/api/v1/incidents/"+apitest.Incident(1, model.Open).ID, "")
	r.Header.Set("Authorization", "Bearer token-read")
	var in view.Incident
	if err := json.Unmarshal(s.send(r).Body.Bytes(), &in); err != nil || len(in.Claims) != 1 || in.Claims[0].Text != "over 1 Tbps" {
		t.Errorf("%v %+v", err, in.Claims)
	}
	r = request("POST", "/api/v1/incidents/nobody/claims", `{"text":"over 1 Tbps","source":"a newspaper"}`)
	r.Header.Set("Authorization", "Bearer token-operate")
	status(t, s.send(r), 404)
}
