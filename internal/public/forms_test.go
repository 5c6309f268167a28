package public_test

import (
	"errors"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/fault"
	"floodmark/internal/model"
	"floodmark/internal/public"
)

func TestFormReports(t *testing.T) {
	s := newSetup(t)
	s.h = public.New(public.Config{Backend: s.fake, Page: pages,
		ClientAddress: func(*http.Request) netip.Addr { return netip.MustParseAddr("192.0.2.7") }, Referral: func(*http.Request) model.Referral { return model.FromAlert }})
	w := s.form("/s/open/report?lang=de", "component=app&kind=problem&text=+no+%3Cb%3Epictures%3C%2Fb%3E+&place=us-ca&solution=token:1&via=button", "User-Agent", "ua", "Accept-Language", "de")
	status(t, w, 303)
	if l := w.Header().Get("Location"); l != "/s/open/thanks?kind=problem&lang=de&state=counted" {
		t.Error(l)
	}
	shown(t, s.get(w.Header().Get("Location")), 200, "de")
	s.fake.Receipt = model.Duplicate
	status(t, s.form("/s/normal/report", "kind=works"), 303)
	want := []model.Submission{
		{Service: "open", Component: "app", Via: model.ViaButton, Referral: model.FromAlert, Country: "us", Region: "ca", Text: " no <b>pictures</b> ", Address: netip.MustParseAddr("192.0.2.7"), Agent: "ua", Languages: "de", Solution: "token:1"},
		{Service: "normal", Kind: model.Works, Referral: model.FromAlert, Address: netip.MustParseAddr("192.0.2.7")},
	}
	if d := cmp.Diff(want, s.fake.Reports, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); d != "" {
		t.Error(d)
	}
}

func TestFormsWithoutScript(t *testing.T) {
	s := newSetup(t)
	s.fake.Bits = 16
	w := s.get("/s/open/report?component=app&kind=problem")
	shown(t, w, 200, "en")
	if !strings.Contains(w.Body.String(), `name="form" value="token-open"`) || w.Header().Get("Cache-Control") != "no-store" {
		t.Error(w.Header(), w.Body)
	}
	// A tap on the page that everybody gets has no token: the form comes back with one.
	w = s.form("/s/open/report", "component=app&kind=problem&text=still+here")
	shown(t, w, 428, "en")
	if b := w.Body.String(); !strings.Contains(b, `name="form" value="token-open"`) || !strings.Contains(b, "still here") {
		t.Error(b)
	}
	status(t, s.form("/s/open/report", "component=app&kind=problem&form=token-open&solution="), 303)
	if n := len(s.fake.Reports); n != 1 || s.fake.Reports[0].Solution != "token-open" {
		t.Errorf("%+v", s.fake.Reports)
	}
}

// TestMarksOfOurLinks follows a link of a feed to a page, and reports there.
func TestMarksOfOurLinks(t *testing.T) {
	s := newSetup(t)
	var got []string
	s.h = public.New(public.Config{Backend: s.fake, Page: pages, Referral: func(r *http.Request) model.Referral {
		got = append(got, r.URL.Query().Get("from"))
		return model.NoReferral
	}})
	for _, referer := range []string{"http://status.example/s/open?from=feed&lang=de", "http://status.example/s/open", "https://evil.example/?from=feed", "", "%zz", "http://status.example/?from=" + strings.Repeat("a", 3000)} {
		status(t, s.form("/s/open/report", "kind=problem", "Referer", referer), 303)
	}
	if d := cmp.Diff([]string{"feed", "", "", "", "", ""}, got); d != "" {
		t.Error(d)
	}
}

// wrong are bodies of a report's form and what they are answered with.
var wrong = []struct {
	name, body string
	want       int
}{
	{"unknown field", "kind=problem&colour=red", 422},
	{"twice", "component=app&component=login", 422},
	{"component of none", "component=none", 422}, // by the backend
	{"kind of none", "kind=down", 422},
	{"bad escape", "text=%zz", 422},
	{"semicolon", "kind=problem;text=a", 422},
	{"not UTF-8", "text=%ff%fe", 422},
	{"raw octets", "text=\xff", 422},
	{"large", "text=" + strings.Repeat("a", 17000), 413},
}

func TestWrongForms(t *testing.T) {
	s := newSetup(t)
	s.fake.Invalid = "none"
	for _, c := range wrong {
		if w := s.form("/s/open/report", c.body); w.Code != c.want || !strings.Contains(w.Header().Get("Content-Type"), "text/html") || strings.Contains(w.Body.String(), "\x00") {
			t.Errorf("%s: %d %.300s", c.name, w.Code, w.Body)
		}
	}
	body := "kind=problem"
	for kind, want := range map[string]int{"": 415, "text/plain": 415, "application/json": 415, "multipart/form-data; boundary=x": 415, "application/x-www-form-urlencoded; charset=latin1": 415,
		"application/x-www-form-urlencoded; charset=UTF-8": 303, "application/x-www-form-urlencoded;;;": 415} {
		if w := s.form("/s/open/report", body, "Content-Type", kind); w.Code != want {
			t.Errorf("%q: %d", kind, w.Code)
		}
	}
	status(t, s.form("/s/open/report", body, "Content-Encoding", "gzip"), 415)
	status(t, s.form("/s/none/report", body), 404)
	if n := len(s.fake.Reports); n != 1 {
		t.Errorf("%d reports", n)
	}
}

// TestScriptInTextStaysText sends what a browser would run, and looks at every
// page that shows it again.
func TestScriptInTextStaysText(t *testing.T) {
	s := newSetup(t)
	s.fake.Invalid = "none"
	const script = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	encoded := "%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E%3Cimg+src%3Dx+onerror%3Dalert%281%29%3E"
	for _, b := range []string{s.form("/s/open/report", "component="+encoded).Body.String(), s.form("/s/open/report", "component=none&text="+encoded).Body.String(),
		s.get("/s/open/report?component=" + encoded).Body.String(), s.get("/?q=" + encoded).Body.String(), s.get("/s/" + encoded).Body.String(),
		s.form("/suggest", "name="+encoded+"&url=javascript:alert(1)").Body.String(), s.get("/mail/confirm?token=" + encoded).Body.String()} {
		if strings.Contains(b, "<script>alert") || strings.Contains(b, "<img src=x") || strings.Contains(b, script) {
			t.Error(b)
		}
	}
}

// TestCrossSite sends what pages of others can make a browser send.
func TestCrossSite(t *testing.T) {
	s := newSetup(t)
	forms := map[string]string{"/s/open/report": "kind=problem", "/suggest": "name=x", "/s/open/comments": "text=x", "/s/open/comment": "text=x", "/comments/delete": "token=x", "/s/open/subscribe": "address=a@b.example", "/mail/confirm": "token=x", "/mail/unsubscribe": "token=x"}
	for path, body := range forms {
		for _, h := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Sec-Fetch-Site", "", "Origin", "https://evil.example"}, {"Sec-Fetch-Site", "", "Origin", "null"}} {
			if w := s.form(path, body, h...); w.Code != 403 {
				t.Errorf("%s with %v: %d", path, h, w.Code)
			}
		}
	}
	for _, h := range [][]string{{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
		refused(t, s.post("/api/v1/reports", `{"service":"open","kind":"problem"}`, h...), 403, "another site")
		refused(t, s.post("/api/v1/suggestions", `{"name":"x"}`, h...), 403, "another site")
	}
	if len(s.fake.Reports)+len(s.fake.Suggestions)+len(s.fake.Sent)+len(s.fake.Actions) != 0 {
		t.Errorf("%+v", s.fake)
	}
	// Behind a proxy that replaces Host the configured address is ours.
	status(t, s.form("/s/open/report", "kind=problem", "Sec-Fetch-Site", "", "Origin", "https://status.example"), 303)
	status(t, s.form("/s/open/report", "kind=problem", "Sec-Fetch-Site", "", "Origin", ""), 303)
}

func TestSuggestionsWithoutScript(t *testing.T) {
	s := newSetup(t)
	if b := s.get("/suggest").Body.String(); !strings.Contains(b, `name="form" value="token-"`) {
		t.Error(b)
	}
	s.fake.Fail = &fault.Error{Kind: fault.WorkRequired, Text: "x"}
	w := s.form("/suggest", "name=Example&form=token-")
	shown(t, w, 428, "en")
	if !strings.Contains(w.Body.String(), `value="Example"`) {
		t.Error(w.Body)
	}
}

// TestCommentsWithoutScript: the page of a service is everybody's, so that the
// first attempt has no proof and gets a form that has one.
func TestCommentsWithoutScript(t *testing.T) {
	s := newSetup(t)
	if b := s.get("/s/open").Body.String(); strings.Contains(b, `name="form"`) || !strings.Contains(b, `action="/s/open/comment"`) {
		t.Error(b)
	}
	s.fake.Bits = 12
	w := s.form("/s/open/comment", "text=It+works+%3Cagain%3E")
	shown(t, w, 428, "en")
	for _, want := range []string{`action="/s/open/comment"`, "It works &lt;again&gt;", `name="form" value="token-open"`, `role="alert"`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s in %s", want, w.Body)
		}
	}
	status(t, s.form("/s/open/comment", "text=It+works&form=token-open"), 200)
	if last := s.fake.Sent[len(s.fake.Sent)-1]; last.From.Solution != "token-open" || last.From.Service != "open" {
		t.Errorf("%+v", last)
	}
}

func TestOtherForms(t *testing.T) {
	s := newSetup(t)
	s.fake.Invalid = "none"
	for _, c := range []struct {
		path, body string
		want       int
	}{
		{"/suggest", "name=Example&url=https://example.org&text=please&solution=t:1", 200}, {"/suggest", "name=none", 422},
		{"/s/open/comments", "text=It+works+again", 200}, {"/s/open/comments", "text=none", 422}, {"/s/none/comments", "text=x", 404},
		{"/comments/delete", "token=delete-1", 200}, {"/comments/delete", "token=", 422},
		{"/s/open/subscribe", "address=a@b.example", 200}, {"/s/open/subscribe", "address=a@b%0D%0ABcc:x", 200},
		{"/mail/confirm", "token=t1", 200}, {"/mail/unsubscribe", "token=t2", 200},
	} {
		if w := s.form(c.path, c.body); w.Code != c.want || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s: %d %v", c.path, c.body, w.Code, w.Header())
		}
	}
	if d := cmp.Diff([]string{"uncomment delete-1", "subscribe a@b.example open", "subscribe  open", "confirm t1", "unsubscribe t2"}, s.fake.Actions); d != "" {
		t.Error(d)
	}
	if len(s.fake.Suggestions) != 1 || s.fake.Suggestions[0].From.Solution != "t:1" || len(s.fake.Sent) != 1 || s.fake.Sent[0].Service != "open" {
		t.Errorf("%+v %+v", s.fake.Suggestions, s.fake.Sent)
	}
	if b := s.form("/s/open/comments", "text=again").Body.String(); !strings.Contains(b, "delete-2") {
		t.Error("the token that deletes it is not told")
	}
	s.fake.Offers.Comments, s.fake.Offers.Mail = false, false
	status(t, s.form("/s/open/comments", "text=x"), 404)
	status(t, s.form("/s/open/subscribe", "address=a@b.example"), 404)
}

// TestOneClick is RFC 8058: the mail program of anybody posts, in either form.
func TestOneClick(t *testing.T) {
	s := newSetup(t)
	shown(t, s.get("/mail/unsubscribe?token=t"), 200, "en")
	if len(s.fake.Actions) != 0 {
		t.Fatal("a link that was followed has unsubscribed")
	}
	status(t, s.send(request("POST", "/mail/unsubscribe?token=t1", "List-Unsubscribe=One-Click", "Content-Type", "application/x-www-form-urlencoded")), 200)
	status(t, s.send(request("POST", "/mail/unsubscribe?token=t2", "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n", "Content-Type", "multipart/form-data; boundary=x", "Sec-Fetch-Site", "cross-site")), 200)
	status(t, s.send(request("POST", "/mail/unsubscribe?token=t3", "", "Content-Type", "application/x-www-form-urlencoded")), 422)
	if !slices.Equal(s.fake.Actions, []string{"unsubscribe t1", "unsubscribe t2"}) {
		t.Error(s.fake.Actions)
	}
}

// faults are what a Backend may return, and what visitors get.
var faults = []struct {
	err   error
	want  int
	after string
}{
	{&fault.Error{Kind: fault.Invalid, Text: "words for the visitor"}, 422, ""}, {&fault.Error{Kind: fault.NotFound, Text: "words for the visitor"}, 404, ""},
	{&fault.Error{Kind: fault.Forbidden, Text: "words for the visitor"}, 403, ""}, {&fault.Error{Kind: fault.WorkRequired, Text: "words for the visitor"}, 428, ""},
	{&fault.Error{Kind: fault.TooMany, Text: "words for the visitor", RetryAfter: 90 * time.Second}, 429, "90"}, {&fault.Error{Kind: fault.Unavailable, Text: "words for the visitor", RetryAfter: 1500 * time.Millisecond}, 503, "2"},
	{&fault.Error{Kind: fault.Unavailable, Text: "words for the visitor"}, 503, "5"}, {errors.New("secretword"), 500, ""},
}

func TestErrorsOfTheBackend(t *testing.T) {
	for _, c := range faults {
		s := newSetup(t)
		s.fake.Fail = c.err
		for _, path := range []string{"/s/open/report", "/suggest", "/s/open/comments", "/comments/delete", "/s/open/subscribe", "/mail/confirm", "/mail/unsubscribe"} {
			body := map[string]string{"/s/open/report": "kind=problem", "/suggest": "name=x", "/s/open/comments": "text=x", "/s/open/subscribe": "address=a@b.example"}[path]
			if body == "" {
				body = "token=x"
			}
			w := s.form(path, body, "Accept-Language", "es")
			shown(t, w, c.want, "es")
			if w.Header().Get("Retry-After") != c.after || strings.Contains(w.Body.String(), "secretword") {
				t.Errorf("%s: %v %s", path, w.Header(), w.Body)
			}
		}
		w := s.post("/api/v1/reports", `{"service":"open","kind":"problem"}`)
		detail := "words for the visitor"
		if c.want == 500 {
			detail = "the server could not answer this"
		}
		refused(t, w, c.want, detail)
		if w.Header().Get("Retry-After") != c.after {
			t.Error(w.Header())
		}
		if (c.want == 500) != strings.Contains(s.log.String(), "secretword") {
			t.Errorf("log: %s", &s.log)
		}
	}
}

// slow is a body that does not come in time.
type slow struct{}

func (slow) Read([]byte) (int, error) { return 0, os.ErrDeadlineExceeded }

func TestSlowBodies(t *testing.T) {
	s := newSetup(t)
	r := request("POST", "/api/v1/reports", "", "Content-Type", "application/json")
	r.Body, r.ContentLength = http.NoBody, -1
	refused(t, s.send(r), 422, "one JSON object")
	r = request("POST", "/api/v1/reports", "", "Content-Type", "application/json")
	r.Body = struct {
		slow
		closer
	}{}
	refused(t, s.send(r), 408, "in time")
}

type closer struct{}

func (closer) Close() error { return nil }
