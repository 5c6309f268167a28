package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"floodmark/internal/api"
	"floodmark/internal/api/apitest"
	"floodmark/internal/fault"
	"floodmark/internal/model"
	"floodmark/internal/query"
	"floodmark/internal/report/reporttest"
)

// operator serves pages as the program does: behind package api, to loopback.
func operator(t *testing.T, back api.Backend) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(api.Operator(api.OperatorConfig{Backend: back, Auth: api.NewAuth(nil, nil), Version: "test",
		Pages: New(Config{Backend: back, Version: "test", Collectors: []string{"127.0.0.1:2055"}, Geo: someGeo})}))
	t.Cleanup(s.Close)
	return s
}

// get returns an answer; white space in pages is collapsed, as browsers do.
func get(t *testing.T, s *httptest.Server, path string) (int, string, http.Header) {
	t.Helper()
	r, err := s.Client().Get(s.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") && !strings.Contains(path, "/report") {
		b = []byte(strings.Join(strings.Fields(string(b)), " "))
	}
	return r.StatusCode, string(b), r.Header
}

// everyPage lists the addresses of pages of a backend.
func everyPage(back api.Backend) []string {
	out := []string{"/", "/traffic", "/traffic?target=198.51.100.1&span=24h&metric=packets&direction=out&kind=prefix", "/traffic?target=198.51.100.0/24", "/traffic?target=customer:acme", "/traffic?target=192.0.2.200",
		"/flows", "/flows?q=" + url.QueryEscape("direction = in group by src_as, src_country top 10 last 5m"), "/flows?q=" + url.QueryEscape("group by time, proto step 1m last 1h"),
		"/incidents", "/incidents?state=open", "/incidents?state=suspected", "/incidents?before=x", "/login", "/login?failed=1&next=/traffic", "/about"}
	for _, in := range back.Incidents(api.IncidentFilter{}) {
		out = append(out, "/incidents/"+in.ID)
	}
	return out
}

var (
	inline    = regexp.MustCompile(`(?i)<style|<script>|\son[a-z]+=|\sstyle=|javascript:`)
	elsewhere = regexp.MustCompile(`(?i)(src|href|action)="(https?:)?//`)
)

func TestEveryPageOfEveryDayIsWholeSmallAndPlain(t *testing.T) {
	for name, back := range map[string]api.Backend{"day": newDay(), "empty": newEmpty(), "calm": newCalm(), "fake": apitest.New()} {
		s := operator(t, back)
		for _, path := range everyPage(back) {
			code, body, header := get(t, s, path)
			if code != 200 || !strings.HasSuffix(strings.TrimSpace(body), "</html>") {
				t.Errorf("%s %s: %d %.300s", name, path, code, body)
			}
			if len(body) > 100_000 {
				t.Errorf("%s %s: %d octets, want under 100,000", name, path, len(body))
			}
			if m := inline.FindString(body); m != "" {
				t.Errorf("%s %s: %q in the page, which the policy forbids", name, path, m)
			}
			if m := elsewhere.FindString(body); m != "" {
				t.Errorf("%s %s: asks elsewhere: %s", name, path, m)
			}
			for _, bad := range []string{"NaN", "+Inf", "%!", "&lt;nil&gt;", "ZgotmplZ", "Jan 0001"} {
				if strings.Contains(body, bad) {
					t.Errorf("%s %s: %q is shown", name, path, bad)
				}
			}
			if csp := header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") {
				t.Errorf("%s %s: policy %q", name, path, csp)
			}
		}
	}
}

func TestMarkupFromOutsideIsText(t *testing.T) {
	back := newHostile()
	doc := reporttest.Nasty()
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	back.Documents[back.All[0].ID] = text
	back.Records[back.All[0].ID] = []model.RecordLine{{Time: nasty, Vector: nasty, Src: nasty, Dst: nasty, Text: nasty}}
	s := operator(t, &hostileFlows{back})
	for _, path := range append(everyPage(back), "/flows?q="+url.QueryEscape(nasty), "/incidents?target="+url.QueryEscape(nasty), "/traffic?target="+url.QueryEscape(nasty),
		"/traffic?target="+url.QueryEscape("customer:"+nasty), "/traffic?metric="+url.QueryEscape(nasty), "/login?next="+url.QueryEscape(nasty), "/incidents/"+url.PathEscape(nasty), "/"+url.PathEscape(nasty)) {
		code, body, _ := get(t, s, path)
		if code >= 500 || !strings.Contains(body, "</html>") {
			t.Errorf("%s: %d", path, code)
		}
		if strings.Contains(body, "<img") || strings.Contains(body, "</script>\"") || strings.ContainsAny(body, "\u202e\x1b") {
			t.Errorf("%s: markup or control characters came through", path)
		}
	}
}

// hostileFlows answers every question with markup.
type hostileFlows struct{ *day }

func (h *hostileFlows) Flows(_ context.Context, q string) (api.FlowAnswer, error) {
	if strings.Contains(q, "<img") {
		return api.FlowAnswer{}, &fault.Error{Kind: fault.Invalid, Text: nasty, Hint: nasty, Column: 3}
	}
	return api.FlowAnswer{Question: nasty, Table: nasty, Missing: []string{nasty}, Columns: []api.FlowColumn{{Name: nasty, Kind: nasty}, {Name: "packets", Kind: "number", Unit: nasty}},
		Rows: [][]any{{nasty, math.NaN()}, {nil}, {nasty, math.Inf(1)}, {[]any{nasty}, 3.0}, {}}}, nil
}

func TestFaultsAreStatedWhereTheyAre(t *testing.T) {
	f := apitest.New()
	f.Fail = errors.New("disk on fire at /var/secret")
	s := operator(t, f)
	for _, path := range everyPage(f) {
		code, body, _ := get(t, s, path)
		if code != 200 && !strings.HasPrefix(path, "/flows?") || strings.Contains(body, "secret") {
			t.Errorf("%s: %d; what only the log should say: %v", path, code, strings.Contains(body, "secret"))
		}
	}
	f.Fail = &fault.Error{Kind: fault.TooMany, Text: "other questions are being answered"}
	s = operator(t, f)
	if _, body, _ := get(t, s, "/traffic"); strings.Count(body, "Other questions are being answered.") < 2 {
		t.Error("/traffic does not say why it cannot show parts")
	}
}

func TestWrongQuestionShowsThePlace(t *testing.T) {
	code, body, _ := get(t, operator(t, newDay()), "/flows?q="+url.QueryEscape("scr = 1"))
	if code != 422 || !strings.Contains(body, "Did you mean") || !strings.Contains(body, `<mark aria-label="here">▸</mark>scr = 1`) {
		t.Errorf("%d %s", code, body)
	}
}

func TestExamplesAndBreakdownsAreQuestions(t *testing.T) {
	var all []string
	for _, e := range examples {
		all = append(all, e.question)
	}
	f := newDay()
	s := operator(t, f)
	for _, direction := range []string{"in", "out"} {
		for _, target := range []string{"network", "198.51.100.1", "2001:db8::1", "198.51.100.0/24"} {
			_, body, _ := get(t, s, "/traffic?direction="+direction+"&target="+url.QueryEscape(target))
			for _, m := range regexp.MustCompile(`href="/flows\?q=([^"]+)"`).FindAllStringSubmatch(body, -1) {
				q, err := url.QueryUnescape(strings.ReplaceAll(m[1], "&#43;", "+"))
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, q)
			}
		}
	}
	if len(all) < len(examples)+8*4 {
		t.Fatalf("%d questions only", len(all))
	}
	for _, q := range all {
		if _, err := query.Parse(q); err != nil {
			t.Errorf("%s: %v", q, err)
		}
	}
}

func TestFormsCommand(t *testing.T) {
	f := apitest.New()
	s := operator(t, f)
	id := f.All[0].ID
	client := *s.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	post := func(command string, form url.Values) int {
		t.Helper()
		r, err := client.PostForm(s.URL+"/incidents/"+id+"/"+command, form)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode == 303 && r.Header.Get("Location") != "/incidents/"+id+"?done="+command {
			t.Errorf("%s leads to %s", command, r.Header.Get("Location"))
		}
		return r.StatusCode
	}
	for command, form := range map[string]url.Values{"acknowledge": {}, "silence": {"hours": {"4"}, "note": {"known"}}, "false-alarm": {"note": {"a backup"}}, "close": {}} {
		if got := post(command, form); got != 303 {
			t.Errorf("%s: %d", command, got)
		}
	}
	if len(f.Commands) != 4 {
		t.Errorf("%d commands arrived", len(f.Commands))
	}
	for _, c := range f.Commands {
		if c.By != "local" || c.Incident != id || c.At != f.Now.UnixNano() || (c.Type == model.Silence) != (c.Until == f.Now.UnixNano()+4*3600e9) {
			t.Errorf("%+v", c)
		}
	}
	for _, bad := range []url.Values{{"hours": {"0"}}, {"hours": {"721"}}, {"hours": {"x"}}, {"hours": {"1"}, "note": {strings.Repeat("x", 2001)}}} {
		if got := post("silence", bad); got < 400 {
			t.Errorf("silence %v: %d", bad, got)
		}
	}
	if got := post("erase", nil); got != 405 {
		t.Errorf("a command that is none: %d", got)
	}
	f.Fail = &fault.Error{Kind: fault.Conflict, Text: "it is closed"}
	if got := post("close", nil); got != 409 {
		t.Errorf("a conflict: %d", got)
	}
	if len(f.Commands) != 4 {
		t.Errorf("%d commands after refusals", len(f.Commands))
	}
}

func TestIncidentOfAServiceHasItsOwnPage(t *testing.T) {
	d := newDay()
	s := operator(t, d)
	for n, state := range []model.State{model.Open, model.Suspected, model.Closed} {
		id := apitest.ServiceIncident(n+1, state).ID
		code, body, _ := get(t, s, "/incidents/"+id)
		for _, want := range []string{"Reports of problems with Example", "820 problems", "Login", "Germany", "Mostly explained by the outage of Other", "at most one false incident"} {
			if code != 200 || !strings.Contains(body, want) {
				t.Errorf("%s: %d, lacks %q", id, code, want)
			}
		}
		if got := strings.Contains(body, "/incidents/"+id+"/acknowledge"); got != (state != model.Closed) {
			t.Errorf("%s, which is %s: may be acknowledged: %v", id, state, got)
		}
		if strings.Contains(body, "Threshold exceeded") || n > 0 && strings.Contains(body, "bit/s") {
			t.Errorf("%s: it speaks of traffic", id)
		}
		for _, path := range []string{"/incidents", "/incidents?state=suspected"} {
			if _, body, _ := get(t, s, path); strings.Contains(body, `<td><a href="/incidents/`+id) {
				t.Errorf("%s lists %s as traffic", path, id)
			}
		}
	}
}

func TestFormsNeedTheScope(t *testing.T) {
	f := apitest.New()
	w := httptest.NewRecorder() // without package api before it nobody may do anything
	New(Config{Backend: f}).ServeHTTP(w, httptest.NewRequest("POST", "/incidents/"+f.All[0].ID+"/close", nil))
	if w.Code != 403 || len(f.Commands) != 0 {
		t.Errorf("%d, %d commands", w.Code, len(f.Commands))
	}
}

func TestReportIsTheFullPageWithAPolicyOfItsOwn(t *testing.T) {
	d := newDay()
	s := operator(t, d)
	code, body, header := get(t, s, "/incidents/"+d.All[0].ID+"/report")
	if code != 200 || !strings.Contains(body, "Floodmark report") {
		t.Fatalf("%d", code)
	}
	own := regexp.MustCompile(`style-src &#39;(sha256-[^&]+(?:&#43;[^&]+)*)&#39;|style-src '(sha256-[^']+)'`).FindString(body)
	hash := styleHash([]byte(body))
	if got := header.Get("Content-Security-Policy"); !strings.Contains(got, "'"+hash+"'") || !strings.Contains(strings.ReplaceAll(own, "&#43;", "+"), hash) {
		t.Errorf("policy %q, the page's own %q", got, own)
	}
	if code, _, _ := get(t, s, "/incidents/"+d.All[3].ID+"/report"); code != 404 {
		t.Errorf("without evidence: %d", code)
	}
}

func TestLoginStatesNothing(t *testing.T) {
	w := httptest.NewRecorder()
	New(Config{Backend: newDay(), Version: "9.9.9"}).ServeHTTP(w, httptest.NewRequest("GET", "/login", nil))
	for _, secret := range []string{"198.51.100", "edge-2", "9.9.9", "/traffic"} {
		if strings.Contains(w.Body.String(), secret) {
			t.Errorf("%q is told before the login", secret)
		}
	}
}

func TestListOfAttacksTurnsPages(t *testing.T) {
	f := apitest.New()
	for n := 2; n <= 120; n++ {
		f.Add(model.Opened, apitest.Incident(n, model.Closed))
	}
	s := operator(t, f)
	seen, path := map[string]bool{}, "/incidents"
	for range 4 {
		_, body, _ := get(t, s, path)
		for _, m := range regexp.MustCompile(`href="/incidents/(in-[^"]+)"`).FindAllStringSubmatch(body, -1) {
			if seen[m[1]] {
				t.Errorf("%s is listed twice", m[1])
			}
			seen[m[1]] = true
		}
		next := regexp.MustCompile(`href="([^"]+)" rel="next"`).FindStringSubmatch(body)
		if next == nil {
			break
		}
		path = strings.ReplaceAll(next[1], "&amp;", "&")
	}
	if len(seen) != 120 {
		t.Errorf("%d incidents on all pages, want 120", len(seen))
	}
}
