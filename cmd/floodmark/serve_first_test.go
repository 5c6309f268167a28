package main

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"floodmark/internal/report/seal"
	"floodmark/internal/scenario/export"
	"floodmark/internal/view"
)

// TestServeNeedsNoConfiguration starts the program on its default ports and
// lets exporters of every protocol report to them.
func TestServeNeedsNoConfiguration(t *testing.T) {
	t.Parallel()
	if !alone(t) {
		return
	}
	s := serving(t, "", filepath.Join(t.TempDir(), "data"))
	if s.url != "http://127.0.0.1:8080" || s.public != "http://127.0.0.1:8081" {
		t.Errorf("listens on %s and %s", s.url, s.public)
	}
	for _, c := range []feeds{
		{protocol: export.NetFlow9, from: "127.0.1.1", to: "127.0.0.1:2055", sampling: 1000},
		{protocol: export.IPFIX, from: "127.0.1.2", to: "127.0.0.1:4739", sampling: 100},
		{protocol: export.NetFlow5, from: "127.0.1.3", to: "127.0.0.1:2055", sampling: 10},
		{protocol: export.SFlow, from: "127.0.1.4", to: "127.0.0.1:6343", sampling: 512},
	} {
		exporting(t, c).traffic(50, browsing("198.51.100."+c.from[len("127.0.1."):]))
	}
	attacker := exporting(t, feeds{protocol: export.SFlow, from: "127.0.1.5", to: "127.0.0.1:6343", sampling: 1000})
	attacker.traffic(300, udpFlood("198.51.100.200"))

	in := s.opened("198.51.100.200")
	if in.Direction != "in" {
		t.Errorf("direction %s", in.Direction)
	}
	want := map[string]uint32{"127.0.1.1": 1000, "127.0.1.2": 100, "127.0.1.3": 10, "127.0.1.4": 512}
	s.until("every exporter is listed with its rate", func() bool {
		all := s.exporters()
		for name, rate := range want {
			e, ok := all[name]
			if !ok || len(e.Rates) != 1 || e.Rates[0].Rate != rate || e.Rates[0].From != "advertised" {
				return false
			}
		}
		return true
	})
	for name, e := range s.exporters() {
		t.Logf("%s: %v, rates %v, export delay %d s", name, e.Protocols, e.Rates, e.ExportDelay/1e9)
		if e.Records == 0 || e.LastSeen == nil || e.Lost != 0 {
			t.Errorf("%s: %d records, last seen %v, %d lost", name, e.Records, e.LastSeen, e.Lost)
		}
	}
	if n := s.metric("floodmark_collector_datagrams_total", "netflow"); n < 5 {
		t.Errorf("%g datagrams of NetFlow counted", n)
	}
	if code := s.stop(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
}

// hook is a receiver of webhooks that checks signatures.
type hook struct {
	mu       sync.Mutex
	messages []alertMessage
	forged   int
}

type alertMessage struct {
	Key    string
	Events []struct {
		Type     string
		First    bool
		Incident struct {
			ID, Target string
			Revision   uint64
		}
	}
}

const hookSecret = "s3cret of the test"

func newHook(t testing.TB) (*hook, string) {
	h := new(hook)
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return h, srv.URL
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	mac := hmac.New(sha256.New, []byte(hookSecret))
	fmt.Fprintf(mac, "%s.%s.%s", r.Header.Get("Webhook-Id"), r.Header.Get("Webhook-Timestamp"), body)
	var m alertMessage
	err = json.Unmarshal(body, &m)
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.Header.Get("Webhook-Signature") != "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)) || err != nil || m.Key != r.Header.Get("Idempotency-Key") {
		h.forged++
		return
	}
	h.messages = append(h.messages, m)
}

// heard lists the keys of messages of a type on an incident.
func (h *hook) heard(kind, id string) (keys []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, m := range h.messages {
		for _, e := range m.Events {
			if e.Type == kind && e.Incident.ID == id {
				keys = append(keys, m.Key)
			}
		}
	}
	return keys
}

// webhook is the configuration of a receiver.
func webhook(t testing.TB, url string) string {
	secret := writeTest(t, filepath.Join(t.TempDir(), "secret"), []byte(hookSecret))
	return fmt.Sprintf("alerts:\n  receivers:\n    - name: hook\n      webhook: {url: %q, secret_file: %q}\n", url, secret)
}

// events follows the stream of changes.
func (s *served) events(ctx context.Context, fn func(c view.Change)) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/api/v1/events?after=0", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	go func() {
		defer resp.Body.Close()
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			var c view.Change
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && json.Unmarshal([]byte(data), &c) == nil {
				fn(c)
			}
		}
	}()
}

// TestAttackIsReportedEverywhere follows one attack from datagrams to everything
// that tells of it, and over a restart.
func TestAttackIsReportedEverywhere(t *testing.T) {
	t.Parallel()
	h, url := newHook(t)
	s := serving(t, configured(t, "networks: [198.51.100.0/24]\n"+webhook(t, url)), t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex
	types := make(map[string]string)
	s.events(ctx, func(c view.Change) { mu.Lock(); types[c.Type] = c.Incident.Target; mu.Unlock() })

	// Templates come once an hour: what a restart forgets stays forgotten.
	f := exporting(t, feeds{protocol: export.NetFlow9, from: "127.0.2.1", to: s.netflow, sampling: 1000, refresh: time.Hour})
	f.traffic(20, browsing("198.51.100.7"))
	flood := f.traffic(300, udpFlood("198.51.100.9"))
	in := s.opened("198.51.100.9")

	s.until("the stream tells of it", func() bool { mu.Lock(); defer mu.Unlock(); return types["opened"] == "198.51.100.9" })
	s.until("the webhook is told", func() bool { return len(h.heard("opened", in.ID)) == 1 })
	s.until("evidence says attack", func() bool {
		s.get("/api/v1/incidents/"+in.ID, &in)
		return in.Evidence > 0 && in.AttackVerdict == "yes"
	})
	code, doc, err := s.send("GET", "/api/v1/incidents/"+in.ID+"/evidence", "")
	if err != nil || code != 200 {
		t.Fatalf("evidence: %d %v %s", code, err, doc)
	}
	if _, err := seal.Decode(doc); err != nil {
		t.Error("evidence:", err)
	}
	file := writeTest(t, filepath.Join(t.TempDir(), "evidence.json"), doc)
	if o := floodmark(t, "verify", file); o.code != 0 {
		t.Errorf("verify: %d %s %s", o.code, o.stdout, o.stderr)
	}
	s.until("stored flows answer", func() bool {
		var a struct{ Rows [][]any }
		s.get("/api/v1/flows?q=dst+%3D+198.51.100.9+group+by+proto+last+1h", &a)
		return len(a.Rows) == 1
	})
	for name, smallest := range map[string]float64{"floodmark_incidents_opened_total": 1, "floodmark_exporter_records_total": 100,
		"floodmark_alert_sent_messages_total": 1, "floodmark_ready": 1, "floodmark_store_rows_total": 100} {
		if v := s.metric(name, ""); v < smallest {
			t.Errorf("metric %s is %g, expected at least %g", name, v, smallest)
		}
	}
	before := s.exporters()["127.0.2.1"]
	if code := s.stop(); code != exitDone {
		t.Errorf("exit code %d", code)
	}

	next := s.again()
	t.Logf("ready after %s, after a restart %s", s.ready.Round(time.Millisecond), next.ready.Round(time.Millisecond))
	found := false
	for _, x := range next.incidents("198.51.100.9") {
		found = found || x.ID == in.ID && x.Revision >= in.Revision && x.Evidence >= in.Evidence
	}
	if !found {
		t.Errorf("incident %s is gone after a restart", in.ID)
	}
	next.until("flows are read without new templates", func() bool { return next.exporters()["127.0.2.1"].Records > 0 })
	after := next.exporters()["127.0.2.1"]
	if after.Number != before.Number || after.UnknownSets != 0 || len(after.Rates) != 1 || after.Rates[0].Rate != 1000 {
		t.Errorf("after a restart number %d (was %d), %d sets without template, rates %v", after.Number, before.Number, after.UnknownSets, after.Rates)
	}
	flood()
	if h.mu.Lock(); h.forged > 0 {
		t.Errorf("%d messages with a wrong signature", h.forged)
	}
	h.mu.Unlock()
	if ids := next.incidents("198.51.100.9"); len(ids) != 1 {
		t.Errorf("%d incidents of one attack", len(ids))
	}
	if code := next.stop(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
}

// TestSignalsWhileStarting ends the program at moments in which it is not yet
// whole: it never hangs.
func TestSignalsWhileStarting(t *testing.T) {
	t.Parallel()
	file, dir := configured(t, ""), t.TempDir()
	for _, after := range []time.Duration{0, 50 * time.Millisecond, 150 * time.Millisecond, 300 * time.Millisecond} {
		s := launch(t, file, dir)
		s.until("it claims its directory", func() bool { _, err := os.Stat(filepath.Join(dir, "lock")); return err == nil })
		<-time.After(after)
		s.signal(syscall.SIGTERM)
		s.until("it stops", func() bool {
			select {
			case <-s.exited:
				return true
			default:
				return false
			}
		})
	}
	if code := serving(t, file, dir).stop(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
}
