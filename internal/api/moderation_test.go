package api_test

import (
	"testing"

	"floodmark/internal/fault"
)

// TestModeration walks an entry and a note through the queue, and who may do so.
func TestModeration(t *testing.T) {
	s := operator(t, tokens())
	send := func(token, method, path, body string, want int) []byte {
		t.Helper()
		r := request(method, path, body)
		r.Header.Set("Authorization", "Bearer token-"+token)
		w := s.send(r)
		status(t, w, want)
		return w.Body.Bytes()
	}
	const notes = "/api/v1/services/example/notes"
	send("metrics", "GET", "/api/v1/moderation", "", 403)
	send("read", "GET", "/api/v1/moderation", "", 200)
	send("read", "POST", "/api/v1/moderation/c1", `{"approve":true}`, 403)
	send("read", "POST", notes, `{"text":"Fixed."}`, 403)
	send("operate", "POST", "/api/v1/moderation/c1", `{"approve":true}`, 200)
	send("operate", "POST", "/api/v1/moderation/s1", `{"approve":false}`, 200)
	send("operate", "POST", "/api/v1/moderation/s1", `{"approve":false}`, 404)
	send("operate", "POST", notes, `{"text":"Fixed."}`, 200)
	if len(s.userReports.Waiting) != 0 || len(s.userReports.Passed) != 1 || s.userReports.Passed[0].ID != "c1" {
		t.Errorf("waiting %+v, passed %+v", s.userReports.Waiting, s.userReports.Passed)
	}
	if n := s.userReports.ServiceNotes("example"); len(n) != 2 || n[0].Text != "Fixed." || n[0].By != "operate" {
		t.Errorf("notes %+v", n)
	}
	s.userReports.Fail = &fault.Error{Kind: fault.Unavailable, Text: "the journal cannot be written now"}
	send("operate", "POST", notes, `{"text":"Again."}`, 503)
}
