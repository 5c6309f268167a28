package public_test

import (
	"strings"
	"testing"

	"floodmark/internal/public"
	"floodmark/internal/public/publictest/stories"
)

// TestJoinedIncidentsKeepTheirSecrets looks for what only the operator may see.
func TestJoinedIncidentsKeepTheirSecrets(t *testing.T) {
	s := newSetup(t)
	all := stories.All(s.fake.Now)
	s.fake.Publish(all...)
	for _, story := range all {
		id := story.Incident.ID
		for _, path := range []string{"/", "/feed.atom", "/api/v2/summary.json", "/s/" + story.Slug, "/i/" + id, "/i/" + id + "?lang=de", "/api/v1/service-incidents/" + id, "/api/v1/service-incidents?service=" + story.Slug, "/s/" + story.Slug + "/feed.atom"} {
			w := s.get(path)
			status(t, w, 200)
			for _, secret := range []string{"192.0.2.", "198.51.100.", "AS64500", "Secret Net", "secret-operator", "in-host-"} {
				if strings.Contains(w.Body.String(), secret) {
					t.Errorf("%s tells %s", path, secret)
				}
			}
		}
	}
}

func TestJoinedIncidentInTheAPI(t *testing.T) {
	s := newSetup(t)
	story := stories.After(s.fake.Now)
	s.fake.Publish(story)
	v := decode[public.IncidentDetail](t, s.get("/api/v1/service-incidents/"+story.Incident.ID))
	if v.Assessment == nil || v.Assessment.Cause != "attack" || v.Assessment.Confidence != "high" || len(v.Assessment.Causes) != 7 {
		t.Errorf("assessment %+v", v.Assessment)
	}
	if len(v.Traffic) != 1 || v.Traffic[0].ID != "t1" || v.Traffic[0].AttackVerdict != "yes" || len(v.Traffic[0].Bursts) != 5 || v.Traffic[0].PeakBits != 1.1e12 || v.Traffic[0].Sources != 31250 {
		t.Errorf("traffic %+v", v.Traffic)
	}
	if len(v.Timeline) != 8 || v.Timeline[0].Traffic != "t1" {
		t.Errorf("%d periods, the first %+v", len(v.Timeline), v.Timeline[0])
	}
	if len(v.Claims) != 2 || len(v.Claims[0].Checks) != 2 || v.Claims[0].Checks[1].Interpretations[0].Verdict != "contradicted" {
		t.Errorf("claims %+v", v.Claims)
	}
}

// TestAWaveIsNotMoreThanItsAttack: a figure above the highest packet rate is not
// one of packets.
func TestAWaveIsNotMoreThanItsAttack(t *testing.T) {
	s := newSetup(t)
	story := stories.Attack(s.fake.Now)
	for i := range story.Incident.Phases {
		if p := &story.Incident.Phases[i]; p.Signal == "flow" {
			p.Unit = "packets/s"
		}
	}
	story.Incident.Phases[0].Peak = 3e6
	s.fake.Publish(story)
	v := decode[public.IncidentDetail](t, s.get("/api/v1/service-incidents/"+story.Incident.ID))
	if v.Timeline[0].Unit != "packets/s" || v.Timeline[1].Unit != "bits/s" {
		t.Errorf("timeline %+v", v.Timeline[:2])
	}
}

// TestFeedsNameTheCause wants the cause and, apart, the confidence in what feed
// readers and readers of Statuspage documents show.
func TestFeedsNameTheCause(t *testing.T) {
	s := newSetup(t)
	s.fake.Publish(stories.After(s.fake.Now), stories.Outside(s.fake.Now))
	for _, path := range []string{"/feed.atom", "/api/v2/incidents.json"} {
		b := s.get(path).Body.String()
		for _, want := range []string{"Almost certain an attack: traffic evidence shows an attack when this began, and reports rose and fell with its five waves. Confidence: high. Confirmed by a signal other than user reports.",
			"Undecided: the likeliest is a fault of its own (50 %)", "Confidence: low. User reports only; not confirmed by another signal."} {
			if !strings.Contains(b, want) {
				t.Errorf("%s has no %q", path, want)
			}
		}
	}
}

// TestForgedPlacesAreNotReported keeps countries of addresses that are forged.
func TestForgedPlacesAreNotReported(t *testing.T) {
	s := newSetup(t)
	story := stories.Attack(s.fake.Now)
	story.Incident.Traffic[0].Spoofing = "spoofed"
	s.fake.Publish(story)
	v := decode[public.IncidentDetail](t, s.get("/api/v1/service-incidents/"+story.Incident.ID))
	if len(v.Traffic[0].Countries) != 0 {
		t.Errorf("countries %+v", v.Traffic[0].Countries)
	}
}

func TestReports(t *testing.T) {
	s := newSetup(t)
	story, bare := stories.After(s.fake.Now), stories.Empty(s.fake.Now)
	s.fake.Publish(story, bare)
	w := s.get("/i/" + story.Incident.ID + "/report")
	status(t, w, 200)
	if p := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(p, "default-src 'none'; style-src 'sha256-") || strings.Contains(p, "script") {
		t.Errorf("policy %s", p)
	}
	if w.Header().Get("Content-Type") != "text/html; charset=utf-8" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", w.Header())
	}
	w = s.get("/i/" + story.Incident.ID + "/report.json")
	status(t, w, 200)
	if d := w.Header().Get("Content-Disposition"); d != `attachment; filename="`+story.Incident.ID+`.json"` || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("headers %v", w.Header())
	}
	shown(t, s.get("/i/none/report"), 404, "en")
	refused(t, s.get("/i/none/report.json"), 404, "no such page")
	shown(t, s.get("/i/"+bare.Incident.ID+"/report"), 404, "en")
	refused(t, s.get("/i/"+bare.Incident.ID+"/report.json"), 404, "There is no report")
}

// TestSynthetic wants everything to say that nothing of it happened.
func TestSynthetic(t *testing.T) {
	s := newSetup(t)
	story := stories.After(s.fake.Now)
	s.fake.Publish(story)
	for _, path := range []string{"/", "/s/open", "/i/" + story.Incident.ID, "/data", "/about", "/feed.atom", "/api/v2/summary.json", "/api/v1/services", "/api/v1/service-incidents", "/api/v1/service-incidents/" + story.Incident.ID} {
		if b := s.get(path).Body.String(); strings.Contains(strings.ToLower(b), "synthetic") {
			t.Errorf("%s says so of what happened", path)
		}
	}
	s = newSetup(t)
	s.fake.Publish(story)
	s.fake.Offers.Synthetic = "five-waves"
	for _, path := range []string{"/", "/s/open", "/i/" + story.Incident.ID, "/data", "/about", "/feed.atom", "/api/v2/summary.json", "/api/v1/services", "/api/v1/service-incidents", "/api/v1/service-incidents/" + story.Incident.ID} {
		if b := s.get(path).Body.String(); !strings.Contains(strings.ToLower(b), "synthetic") || !strings.Contains(b, "five-waves") {
			t.Errorf("%s does not say so", path)
		}
	}
	if d := s.get("/data/live.csv").Header().Get("Content-Disposition"); !strings.Contains(d, "synthetic-live.csv") {
		t.Errorf("a dump is called %s", d)
	}
}
