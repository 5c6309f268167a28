package telemetry

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"floodmark/internal/model"
)

var update = flag.Bool("update", false, "write docs/metrics.md anew")

// full has at least one value for every metric.
func full() Snapshot {
	return Snapshot{Version: "1.2.3", Started: 1, Ready: true, ClockSpeed: 1,
		Sockets:    []Socket{{Name: "netflow 127.0.0.1:2055", Datagrams: 1, Octets: 2, Dropped: 3, Refused: 4, Truncated: 5, Buffer: 6}},
		Captures:   []Capture{{Interface: "eth1", Packets: 1, Octets: 2, Dropped: 3, Up: true}},
		Decoders:   []Decoder{{Protocol: "ipfix", Records: 1, Lost: 2, Skipped: map[string]uint64{"no-template": 3}}},
		Exporters:  []Exporter{{Name: "edge-1", Datagrams: 1, Records: 2, Lost: 3, LastSeen: 4, QualityOK: true}},
		Normalizer: Normalizer{1, 2, 3, 4, 5},
		Shards:     []Shard{{Name: "0", Targets: 7}},
		Judge:      Judge{Inputs: 1, Incidents: map[model.State]int{model.Open: 2}, Opened: 3, Lag: 0.5},
		Journal:    Journal{Streams: []JournalStream{{Name: "changes", Appended: 1, Octets: 2}}},
		Receivers:  []Receiver{{Name: "chat", Sent: 1}},
		Conditions: []model.Condition{{Code: "exporter-silent", Subject: "192.0.2.77", Severity: model.Critical}, {Code: "exporter-silent", Subject: "edge-3", Severity: model.Critical}},
		HTTP:       HTTP{LoginFailures: 4},
		Reports:    Reports{Submitted: 9, Problems: 5, Works: 1, Refused: map[string]uint64{"queue": 2, "work": 1}},
		Services:   Services{States: map[model.State]int{"": 3, model.Open: 1}, Incidents: map[model.State]int{model.Open: 1}},
		Mail:       Mail{On: true, Subscribers: 7, Sent: 8, Refused: 2},
		Probes: []Probe{{Service: "shop", Component: "api", Results: map[model.ProbeFailure]uint64{model.NoFailure: 6, model.NameFailed: 4}, State: model.ProbeSlow,
			Since: 5, Last: model.ProbeResult{At: 1, TLS: 25e7}}, {Service: "shop", Component: "login", State: model.ProbeUnknown}},
	}
}

func registry(t *testing.T, s Snapshot) *prometheus.Registry {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	if err := r.Register(NewCollector(func() Snapshot { return s })); err != nil {
		t.Fatal(err)
	}
	return r
}

func gathered(t *testing.T) []string {
	t.Helper()
	families, err := registry(t, full()).Gather()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range families {
		names = append(names, f.GetName())
	}
	return names
}

func names() []string {
	var out []string
	for _, d := range Definitions() {
		out = append(out, d.Name)
	}
	return out
}

func TestEveryDefinitionIsGathered(t *testing.T) {
	if d := cmp.Diff(names(), gathered(t)); d != "" {
		t.Error(d)
	}
}

func TestEmptySnapshotIsGathered(t *testing.T) {
	if _, err := registry(t, Snapshot{}).Gather(); err != nil {
		t.Error(err)
	}
}

func TestNamesFollowTheRule(t *testing.T) {
	form := regexp.MustCompile(`^floodmark_[a-z]+(_[a-z]+)+$|^floodmark_ready_bool$`)
	for _, d := range Definitions() {
		if !form.MatchString(d.Name) || (d.Kind == "counter") != strings.HasSuffix(d.Name, "_total") || !strings.HasSuffix(d.Help, ".") {
			t.Errorf("%s (%s): %s", d.Name, d.Kind, d.Help)
		}
	}
}

// TestReportsAreTold looks at what a counter and a state of reports become.
func TestReportsAreTold(t *testing.T) {
	body := scrape(t, "")
	for _, want := range []string{`floodmark_report_counted_reports_total{kind="problem"} 5`, `floodmark_report_refused_reports_total{reason="queue"} 2`,
		`floodmark_service_services{state="none"} 3`, `floodmark_service_services{state="open"} 1`, `floodmark_mail_lost_messages_total{reason="refused"} 2`} {
		if !strings.Contains(body, "\n"+want+"\n") {
			t.Errorf("no %s", want)
		}
	}
}

// TestProbesAreTold by component, result and phase; what was never asked has no
// phases.
func TestProbesAreTold(t *testing.T) {
	body := scrape(t, "")
	for _, want := range []string{`floodmark_probe_results_total{component="api",result="ok",service="shop"} 6`, `floodmark_probe_results_total{component="api",result="dns",service="shop"} 4`,
		`floodmark_probe_phase_seconds{component="api",phase="tls",service="shop"} 0.25`, `floodmark_probe_state_bool{component="api",service="shop",state="slow"} 1`,
		`floodmark_probe_state_bool{component="api",service="shop",state="ok"} 0`} {
		if !strings.Contains(body, "\n"+want+"\n") {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(body, `phase_seconds{component="login"`) {
		t.Error("phases of a request that never was")
	}
}

func TestConditionsAreCountedWithoutSubjects(t *testing.T) {
	body := scrape(t, "")
	if !strings.Contains(body, `floodmark_health_conditions{code="exporter-silent",severity="critical"} 2`) || strings.Contains(body, "192.0.2.77") {
		t.Error(body)
	}
}

func scrape(t *testing.T, accept string) string {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.Header.Set("Accept", accept)
	Handler(registry(t, full())).ServeHTTP(w, r)
	b, err := io.ReadAll(w.Body)
	if err != nil || w.Code != http.StatusOK {
		t.Fatal(w.Code, err)
	}
	return w.Header().Get("Content-Type") + "\n" + string(b)
}

func TestOpenMetricsIsServed(t *testing.T) {
	body := scrape(t, "application/openmetrics-text; version=1.0.0")
	if !strings.HasPrefix(body, "application/openmetrics-text") || !strings.HasSuffix(body, "# EOF\n") ||
		!strings.Contains(body, `floodmark_flowudp_kernel_dropped_datagrams_total{collector="netflow 127.0.0.1:2055"} 3`) {
		t.Error(body)
	}
}

func TestRegisterAddsTheRuntime(t *testing.T) {
	r := prometheus.NewRegistry()
	if err := Register(r, full); err != nil {
		t.Fatal(err)
	}
	if err := Register(r, full); err == nil {
		t.Error("registered twice")
	}
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "go_goroutines" {
			return
		}
	}
	t.Error("no go_goroutines")
}

func root(parts ...string) string { return filepath.Join(append([]string{"..", ".."}, parts...)...) }

// page is docs/metrics.md.
func page() string {
	var b strings.Builder
	b.WriteString(`# Metrics

` + "`/metrics`" + ` of the operator's listener, with the scope ` + "`metrics`" + `, in OpenMetrics or Prometheus' text form. Made by
` + "`go test ./internal/telemetry -update`" + ` from the code. Counters begin at 0 when the program starts. Besides these there are
` + "`go_…` and `process_…`" + ` of the Prometheus library. A dashboard is in ` + "[deploy/grafana](../deploy/grafana/floodmark.json)" + `, alert rules are in
` + "[deploy/prometheus](../deploy/prometheus/floodmark.rules.yml)" + `.

| name | kind | labels | what |
|---|---|---|---|
`)
	for _, d := range Definitions() {
		labels := ""
		for i, l := range d.Labels {
			if i > 0 {
				labels += ", "
			}
			labels += "`" + l + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", d.Name, d.Kind, labels, d.Help)
	}
	return b.String()
}

// TestDocumentedMetricsAreGathered compares docs/metrics.md with a scrape, both ways.
func TestDocumentedMetricsAreGathered(t *testing.T) {
	path := root("docs", "metrics.md")
	if *update {
		if err := os.WriteFile(path, []byte(page()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(b), page()); d != "" {
		t.Errorf("docs/metrics.md is not that of the code; run with -update: %s", d)
	}
	var documented []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(floodmark_[a-z_]+)`").FindAllStringSubmatch(string(b), -1) {
		documented = append(documented, m[1])
	}
	if d := cmp.Diff(documented, gathered(t)); d != "" {
		t.Error(d)
	}
}

var metricName = regexp.MustCompile(`\b(floodmark|go|process)_[a-z_]+\b`)

func checkExpression(t *testing.T, expr string) int {
	known, n := names(), 0
	for _, name := range metricName.FindAllString(expr, -1) {
		n++
		if strings.HasPrefix(name, "floodmark_") && !slices.Contains(known, name) {
			t.Errorf("%q: no metric %s", expr, name)
		}
	}
	if n == 0 {
		t.Errorf("%q names no metric", expr)
	}
	return n
}

// TestDashboardUsesDocumentedMetrics reads every expression of the dashboard.
func TestDashboardUsesDocumentedMetrics(t *testing.T) {
	b, err := os.ReadFile(root("deploy", "grafana", "floodmark.json"))
	if err != nil {
		t.Fatal(err)
	}
	var dash struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(b, &dash); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, p := range dash.Panels {
		for _, q := range p.Targets {
			n += checkExpression(t, q.Expr)
		}
	}
	if n < 20 {
		t.Errorf("%d metrics in the dashboard only; is it read?", n)
	}
}

func TestRulesUseDocumentedMetrics(t *testing.T) {
	b, err := os.ReadFile(root("deploy", "prometheus", "floodmark.rules.yml"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range regexp.MustCompile(`(?m)^\s*expr: (.+)$`).FindAllStringSubmatch(string(b), -1) {
		n += checkExpression(t, m[1])
	}
	if n < 5 {
		t.Errorf("%d metrics in the rules only; are they read?", n)
	}
}
