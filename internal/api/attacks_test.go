package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/api/apitest"
	"floodmark/internal/model"
)

func attacks(f *apitest.Fake, hold time.Duration) []model.PublicAttack {
	return api.PublicAttacks(f.All, f.Now, key, hold)
}

// TestAttacksShowNoSecret looks for everything that an incident holds.
func TestAttacksShowNoSecret(t *testing.T) {
	text := fmt.Sprintf("%+v", attacks(secretBackend(), 0))
	for _, secret := range []string{word, fmt.Sprint(figure), "198.51.100", "203.0.113", "192.0.2", "acme", "dns-response", "AS64500"} {
		if strings.Contains(text, secret) {
			t.Errorf("tells %s: %s", secret, text)
		}
	}
	if len(text) < 500 {
		t.Error(text)
	}
}

func TestAttacksFollowTheState(t *testing.T) {
	var states []string
	for _, v := range attacks(secretBackend(), 0) {
		states = append(states, v.State)
		if v.Started.Second() != 0 || v.Severity != "critical" || (v.State == "resolved") == v.Ended.IsZero() && v.State != "withdrawn" || v.Text == "" {
			t.Errorf("%+v", v)
		}
	}
	// The newest first; the suspicion (6) is not told.
	if s := strings.Join(states, " "); s != "ongoing withdrawn resolved ongoing resolved easing ongoing" {
		t.Error(s)
	}
}

func TestAttackNamesStayAndRevealNothing(t *testing.T) {
	f := secretBackend()
	a, b := attacks(f, 0), attacks(secretBackend(), 0)
	other := api.PublicAttacks(f.All, f.Now, []byte("another installation"), 0)
	seen := make(map[string]bool)
	for i := range a {
		if a[i].ID != b[i].ID || a[i].ID == other[i].ID || len(a[i].ID) != 20 || seen[a[i].ID] {
			t.Errorf("%q, %q and with another key %q", a[i].ID, b[i].ID, other[i].ID)
		}
		seen[a[i].ID] = true
	}
}

func TestAttacksAreHeldBack(t *testing.T) {
	f := apitest.New()
	if n := len(attacks(f, 10*time.Minute)); n != 0 {
		t.Errorf("%d told within the time", n)
	}
	f.Now = f.Now.Add(10 * time.Minute)
	if n := len(attacks(f, 10*time.Minute)); n != 1 {
		t.Errorf("%d told after it", n)
	}
}

func TestMergedAndOldAttacksAreNotReported(t *testing.T) {
	f := apitest.New()
	merged := apitest.Incident(2, model.Closed)
	merged.MergedInto = f.All[0].ID
	f.Add(model.MergedAway, merged)
	f.Add(model.Ended, apitest.Incident(3, model.Closed))
	if n := len(attacks(f, 0)); n != 2 {
		t.Errorf("%d told, want 2", n)
	}
	f.Now = f.Now.AddDate(0, 0, 31)
	if n := len(attacks(f, 0)); n != 1 {
		t.Errorf("%d told after a month, want the open one", n)
	}
}

func TestServicesAreNoAttacks(t *testing.T) {
	f := apitest.New()
	service := apitest.Incident(2, model.Open)
	service.Target = model.ServiceID("x")
	f.Add(model.Opened, service)
	if n := len(attacks(f, 0)); n != 1 {
		t.Errorf("%d told, want the attack alone", n)
	}
}

func TestAttacksAreBounded(t *testing.T) {
	f := apitest.New()
	f.All = nil
	for i := range 150 {
		f.All = append(f.All, apitest.Incident(i%250+1, model.Open))
	}
	got := attacks(f, 0)
	if len(got) != 100 || got[0].Started.Before(got[99].Started) {
		t.Errorf("%d told", len(got))
	}
}
