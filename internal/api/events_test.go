package api_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/api/apitest"
	"floodmark/internal/model"
)

// follower reads a stream of events over a real connection.
type follower struct {
	t     *testing.T
	lines *bufio.Scanner
	leave func()
}

func follow(t *testing.T, url, last string) *follower {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatal(resp.StatusCode, resp.Header)
	}
	t.Cleanup(func() { cancel(); resp.Body.Close() })
	f := &follower{t, bufio.NewScanner(resp.Body), cancel}
	f.want("retry: 2000")
	return f
}

// want reads the next event and wants each of these in it.
func (f *follower) want(parts ...string) {
	f.t.Helper()
	var event []string
	for f.lines.Scan() && f.lines.Text() != "" {
		event = append(event, f.lines.Text())
	}
	got := strings.Join(event, "\n")
	for _, p := range parts {
		if !strings.Contains(got, p) {
			f.t.Fatalf("event %q, want %q in it", got, p)
		}
	}
}

func TestEventsAreFollowedAndResumed(t *testing.T) {
	s := operator(t, nil)
	srv := httptest.NewServer(s.h)
	t.Cleanup(srv.Close)

	now := follow(t, srv.URL, "")
	s.fake.Add(model.Escalated, apitest.Incident(1, model.Open)) // number 30
	now.want("event: change", "id: 30", `"type":"escalated"`, `"number":30`)
	now.leave()

	s.fake.Add(model.Eased, apitest.Incident(1, model.Easing)) // while nobody looks
	again := follow(t, srv.URL, "20")
	again.want("id: 30")
	again.want("id: 40", `"type":"eased"`)
	s.fake.Add(model.Ended, apitest.Incident(1, model.Closed))
	again.want("id: 50", `"type":"ended"`)
}

func TestLongBacklogIsSentWhole(t *testing.T) {
	s := operator(t, nil)
	srv := httptest.NewServer(s.h)
	t.Cleanup(srv.Close)
	for range 250 {
		s.fake.Add(model.Updated, apitest.Incident(1, model.Open))
	}
	f := follow(t, srv.URL, "0")
	for n := range 252 {
		f.want(fmt.Sprintf("id: %d\n", 10*(n+1)))
	}
}

func TestForgottenChangesResetTheFollower(t *testing.T) {
	s := operator(t, nil)
	s.fake.Trimmed = 20
	srv := httptest.NewServer(s.h)
	t.Cleanup(srv.Close)
	f := follow(t, srv.URL, "10")
	f.want("event: reset", "id: 20")
	s.fake.Add(model.Eased, apitest.Incident(1, model.Easing))
	f.want("event: change", "id: 30")
	follow(t, srv.URL, "999").want("event: reset", "id: 30") // from another installation
}

func TestFollowersAreBounded(t *testing.T) {
	s := operator(t, nil)
	srv := httptest.NewServer(s.h)
	t.Cleanup(srv.Close)
	for range api.MaxStreams {
		follow(t, srv.URL, "")
	}
	refused(t, s.get("/api/v1/events"), 429, "too many event streams")
}

func TestEventNumbersAreChecked(t *testing.T) {
	s := operator(t, nil)
	refused(t, s.get("/api/v1/events?after=yesterday"), 422, "after")
	refused(t, s.get("/api/v1/events?after=99999999999999999999"), 422, "cursor")
}
