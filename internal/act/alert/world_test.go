package alert_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"floodmark/internal/act/alert"
	"floodmark/internal/act/alert/alerttest"
	"floodmark/internal/model"
	"floodmark/internal/testenv"
)

const at = int64(1795442590) * 1e9 // 2026-11-23 14:03:10 UTC

func target(s string) model.TargetID {
	return model.HostID(model.AddrFromNetip(netip.MustParseAddr(s)))
}

// incident is one under way.
func incident(id string) model.Incident {
	in := model.Incident{
		Header: model.Header{
			ID: id, Revision: 1, State: model.Open, Severity: model.Warning, Target: target("198.51.100.7"),
			Started: at, Noticed: at + 1e9, Opened: at + 2e9, LastSeen: at + 3e9,
		},
		TrafficIncident: model.TrafficIncident{
			Customer: "acme", Group: "web",
			Vectors:  []model.Weight{{Value: "reflection-dns", Packets: 92, Share: 0.92}},
			Spoofing: model.SpoofUndecided, Sources: 12345,
			Excesses: []model.Excess{{Kind: model.ByThreshold, Metric: model.Bits, Bound: 1e9, Peak: 5.2e9, Since: at, Active: true}},
		},
	}
	in.Rates[model.Bits], in.Peak[model.Bits] = 5.2e9, 5.3e9
	in.Rates[model.Packets], in.Peak[model.Packets] = 1.2e6, 1.3e6
	in.Rates[model.UDPPackets], in.Rates[model.UDPBits] = 1.1e6, 5e9
	return in
}

// change is the next change of in.
func change(in *model.Incident, t model.ChangeType) model.Change {
	in.Revision++
	switch t {
	case model.Ended, model.Dismissed, model.MergedAway:
		in.State, in.Ended, in.ClosedAt = model.Closed, at+60e9, at+90e9
	case model.Eased:
		in.State = model.Easing
	case model.Noticed:
		in.State = model.Suspected
	default:
		in.State = model.Open
	}
	return model.Change{At: at, Type: t, Incident: *in, Text: "what happened: " + string(t)}
}

// request is what a server got.
type request struct {
	header http.Header
	body   string
	path   string
}

func (r request) message(t *testing.T) alert.Message {
	t.Helper()
	var m alert.Message
	if err := json.Unmarshal([]byte(r.body), &m); err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
	return m
}

// server answers with what answer says and keeps what it got.
type server struct {
	*httptest.Server
	mu   sync.Mutex
	got  []request
	came chan struct{}
}

func serve(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *server {
	t.Helper()
	s := &server{came: make(chan struct{}, 1000)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.got = append(s.got, request{r.Header.Clone(), string(b), r.URL.RequestURI()})
		n := len(s.got)
		s.mu.Unlock()
		s.came <- struct{}{}
		if answer != nil {
			answer(n, w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// wait returns the first n requests, once they came.
func (s *server) wait(t *testing.T, n int) []request {
	t.Helper()
	deadline := time.After(testenv.Patience)
	for {
		s.mu.Lock()
		got := append([]request(nil), s.got...)
		s.mu.Unlock()
		if len(got) >= n {
			return got
		}
		select {
		case <-s.came:
		case <-deadline:
			t.Fatalf("%d requests came, want %d", len(got), n)
		}
	}
}

// eventually waits until ok holds.

// logs keeps what was logged.
type logs struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *logs) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// start makes a dispatcher that runs until stop or the end of the test.
func start(t *testing.T, c alert.Config, out alert.Outbox, log *slog.Logger) (d *alert.Dispatcher, stop func()) {
	t.Helper()
	if out == nil {
		out = new(alerttest.Outbox)
	}
	d, err := alert.New(c, out, log, nil)
	if err != nil {
		t.Fatal(err)
	}
	d.Hasten(time.Millisecond)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { d.Run(ctx); close(ended) }()
	stop = func() { cancel(); <-ended }
	t.Cleanup(stop)
	return d, stop
}

// to is a configuration of one webhook.
func to(url string) alert.Config {
	return alert.Config{Receivers: []alert.Receiver{{Name: "hook", Webhook: &alert.Webhook{URL: url, Secret: "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ="}}},
		Link: "https://floodmark.example"}
}
