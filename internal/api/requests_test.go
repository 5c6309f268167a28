package api_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/api"
	"floodmark/internal/api/apitest"
	"floodmark/internal/fault"
	"floodmark/internal/model"
)

func TestPagesHoldEveryIncidentOnce(t *testing.T) {
	s := operator(t, nil)
	for n := 2; n <= 23; n++ {
		s.fake.Add(model.Opened, apitest.Incident(n, model.Open))
	}
	var got []string
	path := "/api/v1/incidents?limit=5"
	for pages := 0; ; pages++ {
		page := decode[api.IncidentPage](t, s.get(path))
		for _, in := range page.Incidents {
			got = append(got, in.Target)
		}
		if page.Next == "" {
			if pages != 4 || len(page.Incidents) != 3 {
				t.Errorf("%d pages, the last of %d", pages+1, len(page.Incidents))
			}
			break
		}
		// What happens meanwhile must not shift the pages.
		s.fake.Add(model.Opened, apitest.Incident(100+pages, model.Open))
		path = "/api/v1/incidents?limit=5&cursor=" + page.Next
	}
	var want []string
	for n := 23; n >= 1; n-- {
		want = append(want, apitest.Host(n).String())
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestPagesOfChanges(t *testing.T) {
	s := operator(t, nil)
	first := decode[api.ChangePage](t, s.get(incident+"/changes?limit=1"))
	second := decode[api.ChangePage](t, s.get(incident+"/changes?limit=1&cursor="+first.Next))
	if len(first.Changes) != 1 || first.Changes[0].Type != "noticed" || len(second.Changes) != 1 || second.Changes[0].Type != "opened" || second.Next != "" {
		t.Errorf("%+v %+v", first, second)
	}
	refused(t, s.get(incident+"/changes?cursor=x"), 422, "cursor")
}

func TestAttacksLeaveSuspicionsOut(t *testing.T) {
	s := operator(t, nil)
	s.fake.Add(model.Noticed, apitest.Incident(2, model.Suspected))
	if n := len(decode[api.IncidentPage](t, s.get("/api/v1/attacks")).Incidents); n != 1 {
		t.Errorf("%d attacks", n)
	}
	if n := len(decode[api.IncidentPage](t, s.get("/api/v1/incidents")).Incidents); n != 2 {
		t.Errorf("%d incidents", n)
	}
}

func TestFilterMatches(t *testing.T) {
	open, closed := apitest.Incident(1, model.Open), apitest.Incident(2, model.Closed)
	prefix, other := model.PrefixID(open.Target.Addr, 24), apitest.Host(9)
	customer, network, out := model.CustomerID("acme"), model.NetworkID(), model.Out
	match := func(f api.IncidentFilter, wantOpen, wantClosed bool) {
		t.Helper()
		if f.Match(&open) != wantOpen || f.Match(&closed) != wantClosed {
			t.Errorf("%+v", f)
		}
	}
	match(api.IncidentFilter{}, true, true)
	match(api.IncidentFilter{States: []model.State{model.Open}}, true, false)
	match(api.IncidentFilter{Severities: []model.Severity{model.Critical}}, false, false)
	match(api.IncidentFilter{Target: &open.Target}, true, false)
	match(api.IncidentFilter{Target: &prefix}, true, true)
	match(api.IncidentFilter{Target: &customer}, true, true)
	match(api.IncidentFilter{Target: &network}, true, true)
	match(api.IncidentFilter{Target: &other}, false, false)
	match(api.IncidentFilter{Customer: "other"}, false, false)
	match(api.IncidentFilter{Direction: &out}, false, false)
	match(api.IncidentFilter{Since: closed.ClosedAt + 1}, true, false)
	match(api.IncidentFilter{Until: closed.Noticed}, true, false)
}

func TestErrorsOfTheBackendAreReported(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		detail string
	}{
		{&fault.Error{Kind: fault.Invalid, Text: `unknown field "scr"`, Hint: `did you mean "src"?`, Column: 4}, 422, `unknown field "scr"`},
		{&fault.Error{Kind: fault.Unavailable, Text: "the store is closed"}, 503, "the store is closed"},
		{&fault.Error{Kind: fault.Timeout, Text: "took too long"}, 504, "took too long"},
		{fmt.Errorf("query: %w", context.DeadlineExceeded), 504, "longer than allowed"},
		{errors.New("secret of the inside"), 500, "could not answer"},
	} {
		s := operator(t, nil)
		s.fake.Fail = c.err
		for _, path := range []string{"/api/v1/flows?q=x", "/api/v1/flows?q=x&format=csv"} {
			w := s.get(path)
			p := refused(t, w, c.status, c.detail)
			if strings.Contains(w.Body.String(), "secret") || strings.Contains(w.Header().Get("Content-Disposition"), "csv") {
				t.Error(w.Body)
			}
			if c.status == 422 && (p.Column != 4 || p.Hint == "") {
				t.Errorf("%+v", p)
			}
			if (w.Header().Get("Retry-After") != "") != (c.status == 503) {
				t.Errorf("Retry-After %q with %d", w.Header().Get("Retry-After"), c.status)
			}
		}
	}
}

func TestReceiversWordsReachTheOperator(t *testing.T) {
	s := operator(t, nil)
	s.fake.Fail = errors.New("post to chat: 403 from the other end")
	refused(t, s.send(request(http.MethodPost, "/api/v1/receivers/chat/test", "")), 502, "403 from the other end")
	if !slices.Equal(s.fake.Tested, []string{"chat"}) {
		t.Error(s.fake.Tested)
	}
}

func TestFlowsComeAsCSVWhereAskedFor(t *testing.T) {
	s := operator(t, nil)
	r := request(http.MethodGet, "/api/v1/flows?q=x", "")
	r.Header.Set("Accept", "text/csv")
	w := s.send(r)
	if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") || !strings.HasPrefix(w.Body.String(), "src_country,packets\r\n") {
		t.Error(w.Header(), w.Body)
	}
	r = request(http.MethodGet, "/api/v1/flows?q=x&format=json", "")
	r.Header.Set("Accept", "text/csv")
	if ct := s.send(r).Header().Get("Content-Type"); ct != "application/json" {
		t.Error(ct)
	}
}

func TestQuestionEndsWhenTheClientLeaves(t *testing.T) {
	for _, path := range []string{"/api/v1/flows?q=x", "/api/v1/flows?q=x&format=csv"} {
		s := operator(t, nil)
		s.fake.Asked, s.fake.Hang = make(chan string), make(chan error)
		ctx, leave := context.WithCancel(request(http.MethodGet, "/", "").Context())
		done := make(chan *httptest.ResponseRecorder)
		go func() { done <- s.send(request(http.MethodGet, path, "").WithContext(ctx)) }()
		<-s.fake.Asked
		leave()
		if err := <-s.fake.Hang; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if w := <-done; w.Code != 499 {
			t.Error(w.Code)
		}
	}
}

// TestWhatIsNoNumberIsAnsweredAllTheSame: an infinite bound must not break an answer.
func TestWhatIsNoNumberIsAnsweredAllTheSame(t *testing.T) {
	s := operator(t, nil)
	inf := math.Inf(1)
	in := apitest.Incident(1, model.Open)
	in.Rates[model.Bits], in.Peak[model.Bits], in.Excesses[0].Bound, in.Waves[0].Peak = inf, math.NaN(), inf, inf
	s.fake.Add(model.Updated, in)
	s.fake.Watched[0].In.Bounds[model.Packets], s.fake.Watched[0].In.Low = inf, math.NaN()
	rows := [][]any{{"DE", inf}, {"FR", 1.5}, {math.NaN(), inf}}
	s.fake.Answer.Rows = rows
	for _, path := range []string{incident, incident + "/changes", "/api/v1/targets", "/api/v1/top?metric=packets"} {
		status(t, s.get(path), 200)
	}
	got := decode[api.FlowAnswer](t, s.get("/api/v1/flows?q=x")).Rows
	if d := cmp.Diff([][]any{{"DE", nil}, {"FR", 1.5}, {nil, nil}}, got); d != "" {
		t.Error(d)
	}
	if rows[0][1] != inf {
		t.Error("what the backend gave was changed")
	}
}

func TestTooManyQuestionsHaveToWait(t *testing.T) {
	s := operator(t, nil)
	s.fake.Asked, s.fake.Hang = make(chan string), make(chan error, api.MaxQuestions)
	ctx, leave := context.WithCancel(request(http.MethodGet, "/", "").Context())
	done := make(chan int)
	for range api.MaxQuestions {
		go func() { done <- s.send(request(http.MethodGet, "/api/v1/flows?q=x", "").WithContext(ctx)).Code }()
		<-s.fake.Asked
	}
	w := s.get("/api/v1/flows?q=one+more")
	if refused(t, w, 429, "too many queries"); w.Header().Get("Retry-After") != "2" {
		t.Error(w.Header())
	}
	refused(t, s.get("/api/v1/targets/198.51.100.1/series"), 429, "too many queries")
	leave()
	for range api.MaxQuestions {
		<-done
	}
	s.fake.Asked, s.fake.Hang = nil, nil
	status(t, s.get("/api/v1/flows?q=again"), 200)
}

func TestBodiesAreBounded(t *testing.T) {
	s := operator(t, nil)
	refused(t, s.send(request(http.MethodPost, "/api/v1/flows", `{"q":"`+strings.Repeat("x", 70_000)+`"}`)), 413, "")
	refused(t, s.get("/api/v1/flows?q="+strings.Repeat("x", 5000)), 422, "query.q")
}

func TestUnknownRoutesAreProblems(t *testing.T) {
	s := operator(t, nil)
	refused(t, s.get("/api/v1/nothing"), 404, "no GET of this path")
	refused(t, s.send(request(http.MethodDelete, "/api/v1/incidents", "")), 404, "no DELETE")
}

func TestProbesReportByStatus(t *testing.T) {
	s := operator(t, tokens())
	s.fake.State.Ready = false
	status(t, s.get("/api/v1/health/live"), 200)
	status(t, s.get("/api/v1/health/ready"), 503)
}

func TestPointsOfASeriesAreBounded(t *testing.T) {
	s := operator(t, nil)
	for query, want := range map[string]int{"": 720, "?from=2025-11-24T02:05:00Z": 366, "?step=1&from=2026-11-24T00:05:00Z": 7200} {
		got := decode[api.Series](t, s.get("/api/v1/targets/198.51.100.1/series"+query))
		if len(got.Points) != want {
			t.Errorf("%q: %d points, want %d (step %d)", query, len(got.Points), want, got.Step)
		}
	}
	refused(t, s.get("/api/v1/targets/198.51.100.1/series?step=1&from=2026-11-23T00:05:00Z"), 422, "10,000 points")
}
