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
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"floodmark/internal/model"
	"floodmark/internal/telemetry/histogram"
)

var update = flag.Bool("update", false, "rewrite docs/metrics.md")

// full has at least one value for every metric.
func full() Snapshot {
	took := histogram.Seconds()
	took.Observe(0.02)
	c := took.Counts()
	return Snapshot{Version: "1.2.3", Started: 1, Ready: true, ClockSpeed: 1,
		Sockets:     []Socket{{Name: "netflow 127.0.0.1:2055", Datagrams: 1, Bytes: 2, Dropped: 3, UnknownExporter: 4, Truncated: 5, Buffer: 6}},
		Captures:    []Capture{{Interface: "eth1", Packets: 1, Bytes: 2, Dropped: 3, Up: true}},
		Ingest:      Ingest{Seconds: c, Size: c},
		Decoders:    []Decoder{{Protocol: "ipfix", Records: 1, Lost: 2, Skipped: map[string]uint64{"no-template": 3}}},
		Exporters:   []Exporter{{Name: "edge-1", Datagrams: 1, Records: 2, Lost: 3, LastSeen: 4, QualityOK: true}},
		Normalizer:  Normalizer{1, 2, 3, 4, 5},
		Shards:      []Shard{{Name: "0", Targets: 7}},
		Engine:      Engine{Inputs: 1, Incidents: map[model.State]int{model.Open: 2}, Opened: 3, Lag: 0.5, DetectionDelay: c},
		Evidence:    Evidence{Workers: 1, Completed: 2, Seconds: c},
		Store:       Store{Rows: 1, Flush: c},
		Journal:     Journal{Streams: []JournalStream{{Name: "changes", Commits: 1, Bytes: 2}}, Append: c, Sync: c},
		Receivers:   []Receiver{{Name: "chat", Sent: 1, Seconds: c}},
		Conditions:  []model.Condition{{Code: "exporter-stale", Subject: "192.0.2.77", Severity: model.Critical}, {Code: "exporter-stale", Subject: "edge-3", Severity: model.Critical}},
		HTTP:        HTTP{FailedLogins: 4, Requests: map[string]histogram.Counts{"operator": c, "public": c}, Queries: c},
		UserReports: UserReports{Submitted: 9, Problems: 5, Works: 1, Rejected: map[string]uint64{"queue_full": 2, "work_missing": 1}, Write: c},
		Services:    Services{States: map[model.State]int{"": 3, model.Open: 1}, Incidents: map[model.State]int{model.Open: 1}},
		Mail:        Mail{On: true, Subscribers: 7, Sent: 8, Rejected: 2},
		Probes: []Probe{{Service: "shop", Component: "api", Results: map[model.ProbeFailure]uint64{model.NoFailure: 6, model.NameFailed: 4}, State: model.ProbeSlow,
			Since: 5, Last: model.ProbeResult{At: 1, TLS: 25e7}}, {Service: "shop", Component: "login", State: model.ProbeUnknown}},
	}
}

func registry(t *testing.T, s Snapshot) *prometheus.Registry {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	if err := r.Register(newCollector(func() Snapshot { return s })); err != nil {
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
	for _, d := range definitions() {
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

// TestNamesFollowTheRules checks names, units and help texts by the rules of
// Prometheus.
func TestNamesFollowTheRules(t *testing.T) {
	families, err := registry(t, full()).Gather()
	if err != nil {
		t.Fatal(err)
	}
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	form := regexp.MustCompile(`^floodmark(_[a-z]+)+$`)
	for _, d := range definitions() {
		if !form.MatchString(d.Name) || !strings.HasSuffix(d.Help, ".") || strings.HasSuffix(d.Name, "_bool") {
			t.Errorf("%s (%s): %s", d.Name, d.Kind, d.Help)
		}
	}
}

// TestCountersNeverFall scrapes a count of losses that shrank, as it does when
// datagrams arrive late.
func TestCountersNeverFall(t *testing.T) {
	s := full()
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(newCollector(func() Snapshot { return s }))
	before := counters(t, r)
	s = Snapshot{Exporters: []Exporter{{Name: "edge-1", Lost: 1}}, Mail: Mail{On: true}, Receivers: []Receiver{{Name: "chat"}}}
	n := 0
	for name, v := range counters(t, r) {
		if v < before[name] {
			t.Errorf("%s fell from %v to %v", name, before[name], v)
		}
		n++
	}
	if n < 20 {
		t.Errorf("%d counters only", n)
	}
}

func counters(t *testing.T, g prometheus.Gatherer) map[string]float64 {
	t.Helper()
	families, err := g.Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]float64)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if c := m.GetCounter(); c != nil {
				out[f.GetName()+fmt.Sprint(m.GetLabel())] = c.GetValue()
			}
		}
	}
	return out
}

// TestUserReportsAreExposed looks at counters and states of user reports.
func TestUserReportsAreExposed(t *testing.T) {
	body := get(t, "")
	for _, want := range []string{`floodmark_user_report_counted_total{kind="problem"} 5`, `floodmark_user_report_rejected_total{reason="queue_full"} 2`,
		`floodmark_services{state="none"} 3`, `floodmark_services{state="open"} 1`, `floodmark_mail_dropped_messages_total{reason="rejected"} 2`} {
		if !strings.Contains(body, "\n"+want+"\n") {
			t.Errorf("no %s", want)
		}
	}
}

// TestProbesAreExposed by component, result and phase; a component that was never
// probed has no phases.
func TestProbesAreExposed(t *testing.T) {
	body := get(t, "")
	for _, want := range []string{`floodmark_probe_results_total{component="api",result="ok",service="shop"} 6`, `floodmark_probe_results_total{component="api",result="dns",service="shop"} 4`,
		`floodmark_probe_phase_duration_seconds{component="api",phase="tls",service="shop"} 0.25`, `floodmark_probe_state{component="api",service="shop",state="slow"} 1`,
		`floodmark_probe_state{component="api",service="shop",state="ok"} 0`} {
		if !strings.Contains(body, "\n"+want+"\n") {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(body, `phase_duration_seconds{component="login"`) {
		t.Error("phases of a request that never was")
	}
}

func TestConditionsAreCountedWithoutSubjects(t *testing.T) {
	body := get(t, "")
	if !strings.Contains(body, `floodmark_conditions{code="exporter-stale",severity="critical"} 2`) || strings.Contains(body, "192.0.2.77") {
		t.Error(body)
	}
}

func get(t *testing.T, accept string) string {
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
	body := get(t, "application/openmetrics-text; version=1.0.0")
	if !strings.HasPrefix(body, "application/openmetrics-text") || !strings.HasSuffix(body, "# EOF\n") ||
		!strings.Contains(body, `floodmark_collector_dropped_datagrams_total{collector="netflow 127.0.0.1:2055",reason="buffer_full"} 3`) {
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

` + "`/metrics`" + ` on the operator's listener serves these metrics in OpenMetrics or Prometheus text format. A token needs the scope
` + "`metrics`" + `. Counters start at 0 with the program and never fall. The Prometheus library adds ` + "`go_…` and `process_…`" + `.
A Grafana dashboard is in ` + "[deploy/grafana](../deploy/grafana/floodmark.json)" + `, alert rules are in ` + "[deploy/prometheus](../deploy/prometheus/floodmark.rules.yml)" + `.
Generated by ` + "`go test ./internal/telemetry -update`" + `.

| name | type | labels | description |
|---|---|---|---|
`)
	for _, d := range definitions() {
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
	histograms := make(map[string]bool)
	for _, d := range definitions() {
		histograms[d.Name] = d.Kind == "histogram"
	}
	for _, name := range metricName.FindAllString(expr, -1) {
		n++
		for _, suffix := range []string{"_bucket", "_count", "_sum"} {
			if base, ok := strings.CutSuffix(name, suffix); ok && histograms[base] {
				name = base
			}
		}
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
