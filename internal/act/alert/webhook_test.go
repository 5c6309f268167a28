package alert_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"floodmark/internal/act/alert"
	"floodmark/internal/act/alert/alerttest"
	"floodmark/internal/conditions"
	"floodmark/internal/model"
	"floodmark/internal/testenv"
)

var background = context.Background()

// TestWebhookIsSigned checks the signature as a receiver would that knows the
// specification only.
func TestWebhookIsSigned(t *testing.T) {
	s := serve(t, nil)
	d, _ := start(t, to(s.URL+"/in?token=geheim"), nil, nil)
	in := incident("in-198.51.100.7-20261123T1400Z")
	d.Handle(background, change(&in, model.Opened))
	r := s.wait(t, 1)[0]
	mac := hmac.New(sha256.New, []byte("secret-secret-secret"))
	mac.Write([]byte(r.header.Get("Webhook-Id") + "." + r.header.Get("Webhook-Timestamp") + "." + r.body))
	if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); r.header.Get("Webhook-Signature") != want {
		t.Errorf("signature %q, want %q", r.header.Get("Webhook-Signature"), want)
	}
	if r.path != "/in?token=geheim" || r.header.Get("Idempotency-Key") != r.header.Get("Webhook-Id") {
		t.Errorf("path %s, headers %v", r.path, r.header)
	}
	m := r.message(t)
	if m.Schema != alert.Schema || len(m.Events) != 1 || !m.Events[0].First || m.Events[0].Link != "https://floodmark.example/incidents/"+in.ID {
		t.Errorf("message %+v", m)
	}
	if want := "198.51.100.7: DNS reflection, 5.20 Gbit/s in, open since 14:03 UTC"; m.Subject != want {
		t.Errorf("subject %q, want %q", m.Subject, want)
	}
	if !strings.Contains(m.Text, "at least 12,345") || !strings.Contains(m.Text, "not examined yet") {
		t.Errorf("text %s", m.Text)
	}
}

func TestRetriesKeepTheKey(t *testing.T) {
	s := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n < 4 {
			w.WriteHeader(500)
		}
	})
	out := new(alerttest.Outbox)
	d, _ := start(t, to(s.URL), out, nil)
	in := incident("a")
	d.Handle(background, change(&in, model.Opened))
	got := s.wait(t, 4)
	for _, r := range got {
		if r.header.Get("Webhook-Id") != "a.2.opened.hook" || r.body != got[0].body {
			t.Errorf("key %q, body %s", r.header.Get("Webhook-Id"), r.body)
		}
	}
	testenv.Eventually(t, "done", func() bool { return out.Outcomes()["a.2.opened.hook"] == "sent" })
	if st := d.Status()[0]; st.Sent != 1 || st.Failed != 3 || st.Pending != 0 || st.LastError != "" || st.Kind != "webhook" {
		t.Errorf("status %+v", st)
	}
}

func TestPendingIsSentAfterRestart(t *testing.T) {
	down := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) })
	out := new(alerttest.Outbox)
	d, stop := start(t, to(down.URL), out, nil)
	in := incident("a")
	opened := change(&in, model.Opened)
	d.Handle(background, opened)
	down.wait(t, 2)
	stop()

	up := serve(t, nil)
	d, _ = start(t, to(up.URL), out, nil)
	if r := up.wait(t, 1)[0]; r.header.Get("Webhook-Id") != "a.2.opened.hook" || r.body != down.wait(t, 1)[0].body {
		t.Errorf("after the restart: %s %s", r.header.Get("Webhook-Id"), r.body)
	}
	d.Handle(background, opened) // the caller is not sure of it
	d.Handle(background, change(&in, model.Ended))
	if m := up.wait(t, 2)[1].message(t); m.Events[0].Type != model.Ended || !m.Events[0].Last {
		t.Errorf("second message %+v", m)
	}
	if c := d.Counts(); c.Repeated != 1 {
		t.Errorf("counts %+v", c)
	}
}

// TestOrderOutlastsFailures: messages on one incident come one after the other,
// however often the first fails.
func TestOrderOutlastsFailures(t *testing.T) {
	s := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n <= 5 {
			w.WriteHeader(500)
		}
	})
	d, _ := start(t, to(s.URL), nil, nil)
	in := incident("a")
	for _, c := range []model.ChangeType{model.Opened, model.Changed, model.Ended} {
		d.Handle(background, change(&in, c))
	}
	var got []string
	for _, r := range s.wait(t, 8)[5:] {
		got = append(got, string(r.message(t).Events[0].Type))
	}
	want(t, got, "opened", "changed", "ended")
	for _, r := range s.wait(t, 8)[:5] {
		if r.message(t).Events[0].Type != model.Opened {
			t.Errorf("%s before the opening was taken", r.message(t).Key)
		}
	}
}

// TestJoinedPartsAreSentOnce where the program died between keeping the whole
// and giving up its parts.
func TestJoinedPartsAreSentOnce(t *testing.T) {
	s := serve(t, nil)
	out := new(alerttest.Outbox)
	c := to(s.URL)
	c.Rules = []alert.Rule{{Receivers: []string{"hook"}, GroupWait: time.Hour}}
	d, stop := start(t, c, out, nil)
	a, b := incident("a"), incident("b")
	d.Handle(background, change(&a, model.Opened))
	d.Handle(background, change(&b, model.Opened))
	stop()
	list, _ := out.Pending(background)
	var whole alert.Delivery
	for _, p := range list {
		if p.Message != nil {
			m := *p.Message
			whole.Parts, whole.Receiver, whole.At, whole.Message = append(whole.Parts, p.Key), "hook", p.At, &m
		}
	}
	whole.Key, whole.Message.Key = "joined", "joined"
	if len(whole.Parts) != 2 {
		t.Fatalf("parts %q", whole.Parts)
	}
	out.Put(background, whole)
	start(t, c, out, nil)
	if r := s.wait(t, 1)[0]; r.header.Get("Webhook-Id") != "joined" {
		t.Errorf("sent %s", r.body)
	}
	for _, key := range whole.Parts {
		if got := out.Outcomes()[key]; got != "joined with others" {
			t.Errorf("%s: %q", key, got)
		}
	}
}

func TestHangingReceiverDelaysNobody(t *testing.T) {
	release := make(chan struct{})
	hang := serve(t, func(_ int, _ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	t.Cleanup(func() { close(release) })
	s := serve(t, nil)
	c := to(s.URL)
	c.Receivers = append(c.Receivers, alert.Receiver{Name: "hangs", Webhook: &alert.Webhook{URL: hang.URL}})
	d, _ := start(t, c, nil, nil)
	for i := range 50 {
		in := incident("i" + strconv.Itoa(i))
		d.Handle(background, change(&in, model.Opened))
	}
	s.wait(t, 50)
	if st := d.Status()[1]; st.Pending != 50 || st.Sent != 0 {
		t.Errorf("status %+v", st)
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	other := serve(t, nil)
	s := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	d, _ := start(t, to(s.URL), nil, nil)
	if err := d.Test(background, "hook"); err == nil || !strings.Contains(err.Error(), "redirects are not followed") {
		t.Errorf("error %v", err)
	}
	if len(other.got) != 0 {
		t.Error("the redirect was followed")
	}
}

// TestSecretsStaySecret makes every kind of failure and looks for secrets.
func TestSecretsStaySecret(t *testing.T) {
	var l logs
	s := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(500)
		w.Write([]byte("no route for " + r.URL.RequestURI() + " whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ="))
	})
	closed := serve(t, nil)
	closed.Close()
	for _, url := range []string{s.URL, closed.URL, "http://localhost:1", "http://127.0.0.1:0"} {
		d, stop := start(t, to(url+"/hooks/geheim?key=heimlich"), nil, l.logger())
		in := incident("a")
		d.Handle(background, change(&in, model.Opened))
		testenv.Eventually(t, "a failure", func() bool { return d.Status()[0].Failed > 2 && len(d.Conditions()) == 1 })
		l.Write([]byte(d.Status()[0].LastError + d.Conditions()[0].Text + d.Test(background, "hook").Error()))
		stop()
	}
	for _, bad := range []string{"geheim", "heimlich", "c2Vjcm"} {
		if strings.Contains(l.String(), bad) {
			t.Errorf("%q in %s", bad, l.String())
		}
	}
	if !strings.Contains(l.String(), "answered 500") || !strings.Contains(l.String(), "connection refused") {
		t.Errorf("errors say too little: %s", l.String())
	}
}

func TestRefusedMessageIsGivenUp(t *testing.T) {
	s := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(400) })
	d, _ := start(t, to(s.URL), nil, nil)
	in := incident("a")
	d.Handle(background, change(&in, model.Opened))
	testenv.Eventually(t, "given up", func() bool { return d.Status()[0].GivenUp == 1 })
	d.Handle(background, change(&in, model.Ended))
	other := incident("b")
	d.Handle(background, change(&other, model.Opened))
	testenv.Eventually(t, "given up", func() bool { return d.Status()[0].GivenUp == 2 })
	for _, r := range s.wait(t, 2) {
		if strings.Contains(r.body, `"type":"ended"`) {
			t.Error("heard of the end of what it never heard of")
		}
	}
}

func TestOldMessageIsGivenUp(t *testing.T) {
	s := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
	c := to(s.URL)
	c.Receivers[0].MaxAge = 50 * time.Millisecond
	out := new(alerttest.Outbox)
	d, _ := start(t, c, out, nil)
	in := incident("a")
	d.Handle(background, change(&in, model.Opened))
	testenv.Eventually(t, "given up", func() bool { return d.Status()[0].GivenUp == 1 })
	testenv.Eventually(t, "outcome", func() bool { return strings.HasPrefix(out.Outcomes()["a.2.opened.hook"], "given up") })
}

func TestPlainHTTPOnlyToLoopback(t *testing.T) {
	for url, ok := range map[string]bool{"http://127.0.0.1/": true, "http://[::1]:80/": true, "http://localhost/": true, "https://hook.example/": true,
		"http://hook.example/": false, "ftp://hook.example/": false, "hook": false} {
		if _, err := alert.New(to(url), new(alerttest.Outbox), nil, nil); (err == nil) != ok {
			t.Errorf("%s: %v", url, err)
		}
	}
	c := to("http://hook.example/")
	c.Receivers[0].Webhook.AllowPlain = true
	if _, err := alert.New(c, new(alerttest.Outbox), nil, nil); err != nil {
		t.Error(err)
	}
}

func TestFailingOutboxStillAlerts(t *testing.T) {
	s := serve(t, nil)
	out := new(alerttest.Outbox)
	d, _ := start(t, to(s.URL), out, nil)
	out.Fail(context.DeadlineExceeded)
	in := incident("a")
	d.Handle(background, change(&in, model.Opened))
	s.wait(t, 1)
	if c := d.Conditions(); len(c) != 1 || c[0].Code != conditions.AlertsNotDurable {
		t.Errorf("conditions %+v", c)
	}
	out.Fail(nil)
	d.Handle(background, change(&in, model.Ended))
	if c := d.Conditions(); len(c) != 0 {
		t.Errorf("conditions %+v", c)
	}
}
