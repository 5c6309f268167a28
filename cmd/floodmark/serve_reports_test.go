package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/view"
)

// visitor asks the public listener as somebody of an address, behind a proxy
// that is trusted.
type visitor struct {
	s       *served
	address string
	agent   string
}

func (v visitor) ask(method, path, body string, more ...string) (int, http.Header, string) {
	v.s.t.Helper()
	r, err := http.NewRequest(method, v.s.public+path, strings.NewReader(body))
	if err != nil {
		v.s.t.Fatal(err)
	}
	r.Header.Set("X-Forwarded-For", v.address)
	r.Header.Set("User-Agent", v.agent)
	if method == "POST" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(more); i += 2 {
		r.Header.Set(more[i], more[i+1])
	}
	resp, err := v.s.client.Do(r)
	if err != nil {
		v.s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		v.s.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(b)
}

// proof solves a challenge.
func (v visitor) proof(service string) string {
	v.s.t.Helper()
	code, _, b := v.ask("GET", "/api/v1/challenge?service="+service, "")
	var ch struct {
		Token string
		Bits  int
	}
	if err := json.Unmarshal([]byte(b), &ch); code != 200 || err != nil {
		v.s.t.Fatalf("challenge: %d %s", code, b)
	}
	return provedBy(ch.Token, ch.Bits)
}

func (v visitor) report(service, component string) (int, string) {
	v.s.t.Helper()
	code, _, b := v.ask("POST", "/api/v1/reports", fmt.Sprintf(`{"service":%q,"kind":"problem","component":%q,"solution":%q}`, service, component, v.proof(service)))
	return code, b
}

func someone(s *served, n int) visitor {
	return visitor{s, fmt.Sprintf("%d.%d.%d.7", 20+n%60, n*37%256, n*101%256), fmt.Sprintf("Browser/%d", n*n%23)}
}

// TestReportsBecomeAnIncident reports with a clock that runs fast and reads what
// came of it in every form, then over a restart.
func TestReportsBecomeAnIncident(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *bubble) {
		text := "services: [{slug: example, name: Example, components: [app, login]}, {slug: other, name: Other}]\nuser_reports: {trusted_proxies: [127.0.0.0/8], comments: true}\n"
		dir := t.TempDir()
		s := t.serve(text, dir, t.replay("2026-06-15T10:00:00Z", 30))
		s.until("there is some history", func() bool {
			_, _, b := someone(s, 0).ask("GET", "/api/v1/services/example", "")
			return !strings.Contains(b, "baseline_unavailable_reason")
		})
		for n := range 60 {
			if code, b := someone(s, n).report("example", []string{"login", "login", "app"}[n%3]); code != http.StatusAccepted {
				t.Fatalf("report %d: %d %s", n, code, b)
			}
		}
		// The same person counts once, and a proof is good for one report.
		one := someone(s, 1)
		if code, b := one.report("example", "login"); code != http.StatusAccepted || !strings.Contains(b, "duplicate") {
			t.Errorf("again: %d %s", code, b)
		}
		var id string
		s.until("an incident is open", func() bool {
			_, _, b := someone(s, 0).ask("GET", "/api/v1/service-incidents", "")
			var v struct {
				Incidents []struct{ ID, State string }
			}
			if err := json.Unmarshal([]byte(b), &v); err != nil {
				t.Fatalf("%v: %s", err, b)
			}
			if len(v.Incidents) == 0 {
				return false
			}
			id = v.Incidents[0].ID
			return v.Incidents[0].State == "open"
		})
		for path, want := range map[string]string{
			"/": "Example", "/s/example": "Users report problems with Example", "/i/" + id: "Example", "/feed.atom": "Users report problems with Example",
			"/api/v2/summary.json": "user reports only, not confirmed", "/badge/example.svg": "<svg", "/badge/example.json": `"schemaVersion":1`,
			"/data/live.csv": "service,time,problems", "/s/example?lang=de": "Example", "/s/other": "Other", "/api/v1/services/example/series": "problems",
		} {
			var code int
			var h http.Header
			var b string
			s.until(path+" says "+want, func() bool {
				code, h, b = someone(s, 0).ask("GET", path, "")
				return strings.Contains(b, want)
			})
			if code != 200 || !strings.Contains(b, want) || strings.Contains(strings.ToLower(b), "example is down") {
				t.Errorf("%s: %d, lacks %q: %.300s", path, code, want, b)
			}
			if h.Get("Set-Cookie") != "" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("%s: headers %v", path, h)
			}
		}
		operatorKnows(s, id)
		if code := s.stop(); code != exitDone {
			t.Fatalf("exit %d", code)
		}
		s = t.serve(text, dir, t.replay("2026-06-15T10:30:00Z", 1))
		operatorKnows(s, id)
		if code, _, b := someone(s, 0).ask("GET", "/api/v1/service-incidents/"+id, ""); code != 200 {
			t.Errorf("after a restart: %d %s", code, b)
		}
	})
}

// operatorKnows reads an incident of the service example in every form that the
// operator has.
func operatorKnows(s *served, id string) {
	s.t.Helper()
	for path, want := range map[string]int{"?kind=service": 1, "?target=service:example": 1, "?target=service:other": 0, "?kind=host,prefix,network": 0, "?direction=in": 0} {
		var page api.IncidentPage
		s.get("/api/v1/incidents"+path, &page)
		if len(page.Incidents) != want || want == 1 && page.Incidents[0].ID != id {
			s.t.Errorf("%s: %+v", path, page.Incidents)
		}
	}
	var attacks api.IncidentPage
	s.get("/api/v1/attacks", &attacks)
	if len(attacks.Incidents) != 0 {
		s.t.Errorf("attacks: %+v", attacks.Incidents)
	}
	var in view.Incident
	s.get("/api/v1/incidents/"+id, &in)
	if in.Kind != "service" || in.Target != "service:example" || in.OpenedAt == nil || in.UserReports == nil || in.UserReports.Name != "Example" || in.UserReports.Total < 10 || in.UserReports.Peak.Problems == 0 || in.UserReports.FalseAlarmBudget == "" {
		s.t.Errorf("%+v, reports %+v", in, in.UserReports)
	}
	var changes api.ChangePage
	s.get("/api/v1/incidents/"+id+"/changes", &changes)
	if len(changes.Changes) < 2 || changes.Changes[0].Type != "noticed" {
		s.t.Errorf("changes: %+v", changes.Changes)
	}
	if code, b, err := s.send("GET", "/incidents/"+id, ""); code != 200 || !strings.Contains(string(b), "Reports of problems with Example") {
		s.t.Errorf("its page: %d %v %.300s", code, err, b)
	}
	s.until("its evidence speaks of it", func() bool {
		code, b, _ := s.send("GET", "/api/v1/incidents/"+id+"/evidence", "")
		return code == 200 && strings.Contains(string(b), `"incident":"`+id+`"`) && strings.Contains(string(b), `"outage":`)
	})
	resp, err := s.client.Get(s.url + "/api/v1/events?after=0")
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	for l := bufio.NewScanner(resp.Body); l.Scan(); {
		if data, ok := strings.CutPrefix(l.Text(), "data: "); ok && strings.Contains(data, `"type":"opened"`) && strings.Contains(data, `"id":"`+id+`"`) {
			if !strings.Contains(data, `"user_reports":{"service":"example"`) {
				s.t.Errorf("event %s", data)
			}
			return
		}
	}
	s.t.Error("the stream of events does not tell of it")
}

// TestReportsThatAreNotTaken sends what must have a defined answer.
func TestReportsThatAreNotTaken(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *bubble) {
		s := t.serve("services: [{slug: example, name: Example}]\nuser_reports: {trusted_proxies: [127.0.0.0/8]}\n", "", nil)
		v := someone(s, 5)
		proof := v.proof("example")
		good := fmt.Sprintf(`{"service":"example","kind":"problem","component":"login","solution":%q}`, proof)
		for _, c := range []struct {
			name, body string
			more       []string
			want       int
		}{
			{"no proof", `{"service":"example","kind":"problem"}`, nil, 428},
			{"forged proof", `{"service":"example","kind":"problem","solution":"AAAA:1"}`, nil, 428},
			{"unknown service", fmt.Sprintf(`{"service":"none","kind":"problem","solution":%q}`, proof), nil, 404},
			{"unknown component", fmt.Sprintf(`{"service":"example","component":"engine","kind":"problem","solution":%q}`, proof), nil, 422},
			{"wrong type", `{"service":5,"kind":"problem"}`, nil, 422},
			{"unknown field", `{"service":"example","kind":"problem","admin":true}`, nil, 422},
			{"broken", `{"service":`, nil, 0},
			{"too large", `{"service":"example","text":"` + strings.Repeat("a", 20<<10) + `"}`, nil, 413},
			{"another site", good, []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403},
			{"good", good, nil, 202},
			{"the same proof again, of somebody else", good, []string{"User-Agent", "Another/1"}, 428},
		} {
			code, _, b := v.ask("POST", "/api/v1/reports", c.body, c.more...)
			if code != c.want && (c.want != 0 || code < 400 || code > 499) {
				t.Errorf("%s: %d, want %d: %.200s", c.name, code, c.want, b)
			}
			if strings.Contains(b, v.address) {
				t.Errorf("%s: the answer holds the address: %s", c.name, b)
			}
		}
		// A suggestion waits for the operator, and goes when it was looked at.
		if code, _, b := v.ask("POST", "/api/v1/suggestions", `{"name":"A service"}`); code != 428 {
			t.Errorf("suggestion without a proof: %d %s", code, b)
		}
		if code, _, b := v.ask("POST", "/api/v1/suggestions", fmt.Sprintf(`{"name":"A service","url":"https://a.example/","solution":%q}`, v.proof(""))); code != 202 {
			t.Errorf("suggestion: %d %s", code, b)
		}
		var queue struct{ Entries []struct{ ID, Name string } }
		s.get("/api/v1/moderation", &queue)
		if len(queue.Entries) != 1 || queue.Entries[0].Name != "A service" {
			t.Fatalf("%+v", queue)
		}
		if code, b, err := s.send("GET", "/reports", ""); code != 200 || !strings.Contains(string(b), "A service") {
			t.Errorf("the operator's page: %d %v %s", code, err, b)
		}
		if code, b, err := s.send("POST", "/api/v1/moderation/"+queue.Entries[0].ID, `{"approve":true}`); code != 200 {
			t.Errorf("decide: %d %s %v", code, b, err)
		}
		if code, b, err := s.send("POST", "/api/v1/services/example/notes", `{"text":"We are on it."}`); code != 200 {
			t.Errorf("note: %d %s %v", code, b, err)
		}
		s.until("the note is on the page", func() bool {
			_, _, b := v.ask("GET", "/s/example", "")
			return strings.Contains(b, "We are on it.")
		})
	})
}

var formToken = regexp.MustCompile(`name="form" value="([^"]+)"`)

// TestWordsNeedAProof comments as a browser does that runs no script: the first
// attempt gets a form whose token stands for the work some seconds later, once.
func TestWordsNeedAProof(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *bubble) {
		s := t.serve("services: [{slug: example, name: Example}]\nuser_reports: {trusted_proxies: [127.0.0.0/8], comments: true}\n", "", nil)
		v := someone(s, 5)
		for path, body := range map[string]string{"/s/example/comment": "text=It+fails", "/suggest": "name=Another"} {
			post := func(rest string) (int, string) {
				code, _, b := v.ask("POST", path, body+rest, "Content-Type", "application/x-www-form-urlencoded")
				return code, b
			}
			code, b := post("")
			token := formToken.FindStringSubmatch(b)
			if code != 428 || token == nil {
				t.Fatalf("%s without a proof: %d %s", path, code, b)
			}
			s.until("the form of "+path+" is taken", func() bool {
				code, _ := post("&form=" + token[1])
				return code == 200
			})
			if code, _ := post("&form=" + token[1]); code != 428 {
				t.Errorf("%s: the same form again: %d", path, code)
			}
		}
		var queue struct{ Entries []struct{ ID string } }
		if s.get("/api/v1/moderation", &queue); len(queue.Entries) != 2 {
			t.Errorf("%+v", queue)
		}
	})
}

// TestImportTeachesWhatIsUsual imports days of counts into a running server.
func TestImportTeachesWhatIsUsual(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := serving(t, configured(t, "services: [{slug: example, name: Example}]\n"), dir)
	var b strings.Builder
	b.WriteString("service,time,count\n")
	end := time.Now().UTC().Truncate(15 * time.Minute).Add(-time.Hour)
	for at := end.Add(-8 * 24 * time.Hour); at.Before(end); at = at.Add(15 * time.Minute) {
		fmt.Fprintf(&b, "example,%s,%d\n", at.Format(time.RFC3339), at.Unix()/900%5)
	}
	file := writeTest(t, filepath.Join(t.TempDir(), "history.csv"), []byte(b.String()))
	if got := floodmark(t, "import", "--data", dir, file); got.code != exitDone || !strings.Contains(got.stdout, "768 imported") {
		t.Fatalf("%+v", got)
	}
	s.until("eight days of history are known", func() bool {
		_, _, page := someone(s, 1).ask("GET", "/api/v1/services/example", "")
		return !strings.Contains(page, "baseline_unavailable_reason") && strings.Contains(page, `"baseline":{`)
	})
	if got := floodmark(t, "import", "--data", dir, file); got.code != exitUsage {
		t.Errorf("the same history again: %+v", got)
	}
	if got := floodmark(t, "import", "--data", t.TempDir(), file); got.code != exitFailed {
		t.Errorf("no server: %+v", got)
	}
}
