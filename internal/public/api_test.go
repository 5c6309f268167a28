package public_test

import (
	"strings"
	"testing"
	"time"

	"floodmark/internal/fault"
	"floodmark/internal/model"
	"floodmark/internal/public"
	"floodmark/internal/view"
)

func TestReportsOfPrograms(t *testing.T) {
	s := newSetup(t)
	w := s.post("/api/v1/reports", `{"service":"open","component":"app","kind":"problem","text":"no pictures","country":"de","region":"by","solution":"t:7"}`)
	status(t, w, 202)
	if r := decode[public.Receipt](t, w); r.State != "counted" || !r.At.Equal(s.fake.Now) {
		t.Errorf("%+v", r)
	}
	s.fake.Receipt = model.Duplicate
	if r := decode[public.Receipt](t, s.post("/api/v1/reports", `{"service":"normal","kind":"works","text":null}`, "Sec-Fetch-Site", "same-origin")); r.State != "duplicate" {
		t.Errorf("%+v", r)
	}
	a, b := s.fake.Reports[0], s.fake.Reports[1]
	if a.Via != model.ViaAPI || a.Country != "de" || a.Region != "by" || a.Solution != "t:7" || a.Address.String() != "203.0.113.9" || b.Via != model.ViaPage || b.Kind != model.Works {
		t.Errorf("%+v, %+v", a, b)
	}
}

func TestWrongReportsOfPrograms(t *testing.T) {
	s := newSetup(t)
	for _, c := range []struct {
		body   string
		want   int
		detail string
	}{
		{``, 422, "one JSON object"}, {`[]`, 422, "one JSON object"}, {`"x"`, 422, "one JSON object"}, {`{`, 422, "not JSON"}, {`{"service":"open","kind":"problem"`, 422, "not JSON"},
		{`{"service":"open","kind":"problem"}{}`, 422, "follows"}, {`{"service":"open","kind":"problem","colour":"red"}`, 422, "colour"}, {`{"Service":"open","kind":"problem"}`, 422, "Service"},
		{`{"service":"open","kind":"problem","<b>":"x"}`, 422, "a field that is not known"}, {`{"service":"open","service":"normal","kind":"problem"}`, 422, "more than once"},
		{`{"service":7,"kind":"problem"}`, 422, "has to be a string"}, {`{"service":{"x":1},"kind":"problem"}`, 422, "has to be a string"}, {`{"service":"open","kind":["problem"]}`, 422, "has to be a string"},
		{`{"service":"open"}`, 422, "kind is missing"}, {`{"service":"open","kind":"down"}`, 422, "problem or works"}, {`{"service":"none","kind":"works"}`, 404, "no such service"}, {`{"kind":"works"}`, 404, "no such service"},
		{"{\"service\":\"open\",\"kind\":\"works\",\"text\":\"\xff\"}", 422, "not UTF-8"}, {`{"service":"open","kind":"works","text":null}{`, 422, "follows"},
		{`{"service":"open","kind":"works","text":"` + strings.Repeat("a", 17000) + `"}`, 413, "16,384"}, {strings.Repeat("[", 16000), 422, "one JSON object"},
	} {
		refused(t, s.post("/api/v1/reports", c.body), c.want, c.detail)
	}
	refused(t, s.post("/api/v1/reports", `{}`, "Content-Type", "text/plain"), 415, "application/json")
	refused(t, s.post("/api/v1/reports", `kind=problem`, "Content-Type", "application/x-www-form-urlencoded"), 415, "application/json")
	s.fake.Invalid = "none"
	refused(t, s.post("/api/v1/suggestions", `{"name":"none"}`), 422, "not valid")
	status(t, s.post("/api/v1/suggestions", `{"name":"X"}`), 202)
	if len(s.fake.Reports) != 0 || len(s.fake.Suggestions) != 1 {
		t.Error(s.fake.Reports)
	}
}

func TestParametersOfTheAPI(t *testing.T) {
	s := newSetup(t)
	for _, path := range []string{"/api/v1/services?colour=red", "/api/v1/services/open?x", "/api/v1/service-incidents?service=open&service=normal", "/api/v1/service-incidents?limit=5",
		"/api/v1/challenge?service=open&x=1", "/api/v1/service-incidents?service=%zz", "/api/v1/service-incidents?service=%ff", "/openapi.json?a=1", "/events?service=open&service=normal", "/data/live.csv?x=1"} {
		refused(t, s.get(path), 422, "")
	}
}

func TestServicesAsJSON(t *testing.T) {
	s := newSetup(t)
	all := decode[public.Services](t, s.get("/api/v1/services")).Services
	if len(all) != 7 || all[3].State != "open" || all[3].Severity != "critical" || all[3].Incident == "" || all[1].NoBaseline == "" || all[0].State != "normal" {
		t.Errorf("%+v", all)
	}
	d := decode[view.ServiceDetail](t, s.get("/api/v1/services/open"))
	if d.Slug != "open" || len(d.Components) != 3 || len(d.ComponentShares) != 3 || len(d.Places) != 3 || len(d.Notes) != 1 || d.FirstReportAt == nil {
		t.Errorf("%+v", d)
	}
	series := decode[view.Series](t, s.get("/api/v1/services/open/series"))
	if n := len(series.Buckets); n != 97 || !series.Buckets[96].Partial || series.Buckets[95].State != "open" || series.BucketSeconds != 900 {
		t.Errorf("%d buckets, last %+v", n, series.Buckets[n-1])
	}
	list := decode[public.Incidents](t, s.get("/api/v1/service-incidents")).Incidents
	if len(list) != 4 || list[0].UserReports == nil {
		t.Errorf("%d incidents; the suspicion is not told", len(list))
	}
	story := decode[public.IncidentDetail](t, s.get("/api/v1/service-incidents/in-service-elsewhere-20261124T1035Z"))
	if story.UserReports.Cause.By != "open" || len(story.Changes) != 2 || story.Changes[1].Type != "opened" || story.Changes[1].At == nil {
		t.Errorf("%+v", story)
	}
	attacks := decode[public.Attacks](t, s.get("/api/v1/public/incidents"))
	if len(attacks.Incidents) != 1 || attacks.Incidents[0].ResolvedAt != nil || !attacks.Now.Equal(s.fake.Now) {
		t.Errorf("%+v", attacks)
	}
}

func TestChallengeIsOfOneVisitor(t *testing.T) {
	s := newSetup(t)
	for _, path := range []string{"/api/v1/challenge?service=open", "/fragments/challenge?service=open", "/fragments/challenge?service="} {
		w := s.get(path)
		status(t, w, 200)
		c := decode[model.Challenge](t, w)
		if !strings.HasPrefix(c.Token, "token-") || c.Until == 0 || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %+v %v", path, c, w.Header())
		}
	}
	near := s.get("/fragments/near?service=open&lang=de")
	if near.Code != 200 || near.Header().Get("Cache-Control") != "no-store" || !strings.Contains(near.Body.String(), "Example Net") {
		t.Error(near.Code, near.Header(), near.Body)
	}
}

func TestDumps(t *testing.T) {
	s := newSetup(t)
	w := s.get("/data/2026-11-23.csv?service=open")
	status(t, w, 200)
	h := w.Header()
	if w.Body.String() != s.fake.CSV || h.Get("Content-Type") != "text/csv; charset=utf-8" || h.Get("Content-Disposition") != `attachment; filename="open-2026-11-23.csv"` || h.Get("Access-Control-Allow-Origin") != "*" {
		t.Error(h, w.Body)
	}
	if z := s.get("/data/live.csv", "Accept-Encoding", "gzip"); z.Code != 200 || z.Header().Get("Content-Encoding") != "gzip" {
		t.Error(z.Code, z.Header())
	}
	status(t, s.get("/data/live.parquet"), 200)
	refused(t, s.get("/data/2020-01-01.csv"), 404, "no dump of this day")
	refused(t, s.get("/data/2020-01-01.csv", "Accept-Encoding", "gzip"), 404, "no dump of this day")
	s.fake.DumpFail = &fault.Error{Kind: fault.Unavailable, Text: "x", RetryAfter: time.Second}
	defer func() {
		if recover() == nil {
			t.Error("a dump that broke off looks whole")
		}
	}()
	s.get("/data/live.csv")
}

// TestStaticFiles wants names of content to be kept for ever.
func TestStaticFiles(t *testing.T) {
	s := newSetup(t)
	w := s.get("/static/style.css")
	status(t, w, 200)
	if c := s.get("/static/style.css?v=1").Header().Get("Cache-Control"); !strings.Contains(c, "immutable") || strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Error(c)
	}
}
