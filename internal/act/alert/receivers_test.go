package alert_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"floodmark/internal/act/alert"
	"floodmark/internal/model"
	"floodmark/internal/testenv"
)

type amAlert struct {
	Labels, Annotations map[string]string
	StartsAt, EndsAt    time.Time
	GeneratorURL        string
}

func alertsIn(t *testing.T, r request) []amAlert {
	t.Helper()
	var list []amAlert
	if err := json.Unmarshal([]byte(r.body), &list); err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
	return list
}

func TestAlertmanagerFollowsTheIncident(t *testing.T) {
	s := serve(t, nil)
	c := alert.Config{Link: "https://floodmark.example", Host: "here", Receivers: []alert.Receiver{{Name: "am", Alertmanager: &alert.Alertmanager{URL: s.URL + "/am/", Token: "geheim"}}}}
	d, _ := start(t, c, nil, nil)
	in := incident("a")
	in.Started = time.Now().Add(-time.Minute).UnixNano()
	d.Handle(background, change(&in, model.Opened))
	in.Severity = model.Critical
	d.Handle(background, change(&in, model.Escalated))
	d.Handle(background, change(&in, model.Ended))
	got := s.wait(t, 3)
	if got[0].path != "/am/api/v2/alerts" || got[0].header.Get("Authorization") != "Bearer geheim" {
		t.Errorf("path %s, headers %v", got[0].path, got[0].header)
	}
	opened := alertsIn(t, got[0])[0]
	if l := opened.Labels; l["alertname"] != "FloodmarkIncident" || l["incident"] != "a" || l["severity"] != "warning" || l["target"] != "198.51.100.7" || l["floodmark"] != "here" {
		t.Errorf("labels %v", l)
	}
	if opened.EndsAt.Before(time.Now().Add(4*time.Minute)) || opened.StartsAt.Unix() != in.Started/1e9 || opened.GeneratorURL == "" || !strings.Contains(opened.Annotations["summary"], "DNS reflection") {
		t.Errorf("alert %+v", opened)
	}
	worse := alertsIn(t, got[1])
	if len(worse) != 2 || worse[0].Labels["severity"] != "warning" || worse[0].EndsAt.After(time.Now()) ||
		worse[1].Labels["severity"] != "critical" || worse[1].EndsAt.Before(time.Now()) {
		t.Errorf("escalation %+v", worse)
	}
	if over := alertsIn(t, got[2]); over[0].Labels["severity"] != "critical" || over[0].EndsAt.After(time.Now()) {
		t.Errorf("end %+v", over)
	}
}

func TestAlertmanagerIsReportedAgain(t *testing.T) {
	s := serve(t, nil)
	d, _ := start(t, alert.Config{Receivers: []alert.Receiver{{Name: "am", Alertmanager: &alert.Alertmanager{URL: s.URL}}}}, nil, nil)
	a, b := incident("a"), incident("b")
	d.Handle(background, change(&a, model.Opened))
	d.Handle(background, change(&b, model.Opened))
	d.Handle(background, change(&b, model.Ended))
	s.wait(t, 3)
	d.Refresh(background, "am")
	if list := alertsIn(t, s.wait(t, 4)[3]); len(list) != 1 || list[0].Labels["incident"] != "a" || list[0].EndsAt.Before(time.Now()) {
		t.Errorf("told again %+v", list)
	}
}

func TestPagerDutyFollowsTheIncident(t *testing.T) {
	s := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(202) })
	c := alert.Config{Link: "https://floodmark.example", Receivers: []alert.Receiver{{Name: "pd", PagerDuty: &alert.PagerDuty{RoutingKey: "geheimgeheim", URL: s.URL}}}}
	d, _ := start(t, c, nil, nil)
	in := incident("a")
	for _, t := range []model.ChangeType{model.Opened, model.Changed, model.AcknowledgedNow, model.Eased, model.Ended} {
		d.Handle(background, change(&in, t))
	}
	var did []string
	for _, r := range s.wait(t, 4) {
		var e struct {
			RoutingKey  string `json:"routing_key"`
			EventAction string `json:"event_action"`
			DedupKey    string `json:"dedup_key"`
			Payload     *struct{ Summary, Source, Severity, Timestamp string }
		}
		if err := json.Unmarshal([]byte(r.body), &e); err != nil {
			t.Fatal(err)
		}
		did = append(did, e.EventAction)
		if e.RoutingKey != "geheimgeheim" || e.DedupKey != "floodmark/a" {
			t.Errorf("event %s", r.body)
		}
		if e.EventAction == "trigger" && (e.Payload.Severity != "warning" || e.Payload.Source != "198.51.100.7" || e.Payload.Summary == "") {
			t.Errorf("event %s", r.body)
		}
	}
	want(t, did, "trigger", "trigger", "acknowledge", "resolve")
	testenv.Eventually(t, "all taken", func() bool { return d.Status()[0].Sent == 5 })
	if err := d.Test(background, "pd"); err != nil {
		t.Fatal(err)
	}
	if got := s.wait(t, 6); !strings.Contains(got[4].body, "TEST: ") || !strings.Contains(got[5].body, "resolve") {
		t.Errorf("test %s %s", got[4].body, got[5].body)
	}
}

var syslogLine = regexp.MustCompile(`^<132>1 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ here floodmark \d+ opened \[floodmark@32473 key="a\.2\.opened\.log" reason="change" incident="a" target="198\.51\.100\.7" direction="in" severity="warning" state="open" customer="ac\\"\\\\\\]me" group="web" vector="reflection-dns" bits="5200000000" packets="1200000"\] ` + "\xef\xbb\xbf" + `198\.51\.100\.7: DNS reflection, .*`)

func logTo(network, address string) alert.Config {
	return alert.Config{Host: "here", Receivers: []alert.Receiver{{Name: "log", Syslog: &alert.Syslog{Address: address, Transport: network}}}}
}

func opening() model.Change {
	in := incident("a")
	in.Customer = `ac"\]me`
	return change(&in, model.Opened)
}

func TestSyslogDatagrams(t *testing.T) {
	for network, address := range map[string]string{"udp": "127.0.0.1:0", "unixgram": filepath.Join(t.TempDir(), "log")} {
		conn, err := net.ListenPacket(network, address)
		if err != nil {
			t.Fatal(err)
		}
		d, _ := start(t, logTo(strings.TrimSuffix(network, "gram"), conn.LocalAddr().String()), nil, nil)
		d.Handle(background, opening())
		b := make([]byte, 4096)
		conn.SetReadDeadline(time.Now().Add(testenv.Patience))
		n, _, err := conn.ReadFrom(b)
		if err != nil || !syslogLine.Match(b[:n]) {
			t.Errorf("%s: %v %q", network, err, b[:n])
		}
		conn.Close()
	}
}

// TestSyslogOfAService has the figures of reports in place of those of traffic.
func TestSyslogOfAService(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	d, _ := start(t, logTo("udp", conn.LocalAddr().String()), nil, nil)
	in := outage("a")
	d.Handle(background, change(&in, model.Opened))
	b := make([]byte, 4096)
	conn.SetReadDeadline(time.Now().Add(testenv.Patience))
	n, _, err := conn.ReadFrom(b)
	const want = `incident="a" target="service:x" severity="critical" state="open" part="login" problems="843" effective="820" confirmed="false"] ` + "\xef\xbb\xbf" + `Users report problems with X: 820`
	if err != nil || !strings.Contains(string(b[:n]), want) {
		t.Errorf("%v %q", err, b[:n])
	}
}

// TestSyslogOverTCP refuses the first connection by a reset, and counts the
// octets of the second.
func TestSyslogOverTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
		if c, err = l.Accept(); err != nil {
			return
		}
		defer c.Close()
		r := bufio.NewReader(c)
		var n int
		fmt.Fscanf(r, "%d ", &n)
		b := make([]byte, n)
		io.ReadFull(r, b)
		rest, _ := io.ReadAll(r)
		got <- string(b) + string(rest)
	}()
	d, _ := start(t, logTo("tcp", l.Addr().String()), nil, nil)
	d.Handle(background, opening())
	select {
	case s := <-got:
		if !syslogLine.MatchString(s) {
			t.Errorf("%q", s)
		}
	case <-time.After(testenv.Patience):
		t.Fatal("nothing came")
	}
	testenv.Eventually(t, "sent", func() bool { s := d.Status()[0]; return s.Sent == 1 && s.Failed == 1 })
}

func TestShoutrrrSends(t *testing.T) {
	s := serve(t, nil)
	c := alert.Config{Receivers: []alert.Receiver{{Name: "chat", Shoutrrr: &alert.Shoutrrr{URL: "generic://" + strings.TrimPrefix(s.URL, "http://") + "/hooks/geheim?disabletls=yes&template=json&@token=heimlich"}}}}
	d, _ := start(t, c, nil, nil)
	d.Handle(background, opening())
	if r := s.wait(t, 1)[0]; !strings.Contains(r.body, "198.51.100.7: DNS reflection") || r.path[:13] != "/hooks/geheim" {
		t.Errorf("%s %s", r.path, r.body)
	}
}

func TestShoutrrrErrorsHoldNoSecret(t *testing.T) {
	s := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(500)
		w.Write([]byte("no " + r.URL.Path))
	})
	addr := strings.TrimPrefix(s.URL, "http://")
	for _, url := range []string{"generic://" + addr + "/geheim?disabletls=yes&key=heimlich", "generic://127.0.0.1:1/geheim?disabletls=yes",
		"smtp://user:geheim@127.0.0.1:1/?from=a@b.example&to=c@d.example", "ntfy://:geheim@127.0.0.1:1/heimlich"} {
		d, stop := start(t, alert.Config{Receivers: []alert.Receiver{{Name: "chat", Shoutrrr: &alert.Shoutrrr{URL: url}}}}, nil, nil)
		err := d.Test(background, "chat")
		if err == nil || strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), "heimlich") {
			t.Errorf("%v", err)
		}
		stop()
	}
	for _, url := range []string{"slack://geheim-heimlich", "telegram://geheim:heimlich", "discord://geheim", "smtp://user:geheim%zz@x"} {
		_, err := alert.New(alert.Config{Receivers: []alert.Receiver{{Name: "chat", Shoutrrr: &alert.Shoutrrr{URL: url}}}}, nil, nil, nil)
		if err == nil || strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), "heimlich") {
			t.Errorf("%v", err)
		}
	}
}

func TestHeartbeatStopsWithTheEngine(t *testing.T) {
	s := serve(t, nil)
	var well atomic.Bool
	well.Store(true)
	ctx, cancel := context.WithCancel(context.Background())
	h := alert.Heartbeat{URL: s.URL + "/ping/geheim", Healthy: well.Load, Carry: func() any { return map[string]int{"conditions": 2} }}
	var l logs
	run := func(ctx context.Context) { h.Run(ctx, l.logger()) }
	done := make(chan struct{})
	go func() { run(ctx); close(done) }()
	if r := s.wait(t, 1)[0]; r.path != "/ping/geheim" || r.body != `{"conditions":2}` {
		t.Errorf("%+v", r)
	}
	cancel()
	<-done
	well.Store(false)
	ctx, cancel = context.WithCancel(context.Background())
	done = make(chan struct{})
	go func() { run(ctx); close(done) }()
	testenv.Eventually(t, "it says that the judge stalled", func() bool { return strings.Contains(l.String(), "stalled") })
	cancel()
	<-done
	if len(s.wait(t, 1)) != 1 {
		t.Errorf("beats of a judge that stalled, log %s", l.String())
	}
	h.URL = "geheim"
	if err := h.Run(ctx, slog.New(slog.DiscardHandler)); err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("%v", err)
	}
}

func TestPartsOfAServiceAddressAreHidden(t *testing.T) {
	f := func(url, text, want string) {
		t.Helper()
		if got := alert.CleanChat(url, text); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	f("telegram://123456:geheim@telegram?chats=@noc", "post https://api.telegram.org/bot123456:geheim/x: bot123456 refused geheim", "post (address) *** refused ***")
	f("smtp://user:ge%68eim@mail.example:587/?to=a@b.example", "dial mail.example: login of user by geheim failed", "dial mail.***: login of *** by *** failed")
}
