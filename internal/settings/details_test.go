package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"floodmark/internal/conf"
	"floodmark/internal/model"
)

func TestGroupsTakeFromDefaultWhatTheyDoNotSet(t *testing.T) {
	s := parse(t, `
groups:
  default: {thresholds: {host: {in: {packets: 80kpps, udp-bits: 50Mbps}}, network: {in: {bits: 400Gbps}}}}
  games: {thresholds: {host: {in: {packets: 300kpps, flows: off}}}}
`)
	for _, c := range []struct {
		group string
		kind  model.TargetKind
		d     model.Direction
		m     model.Metric
		want  float64
	}{
		{"default", model.HostTarget, model.In, model.Packets, 80e3},
		{"default", model.HostTarget, model.In, model.Bits, 1e9}, // not set, so the default stays
		{"default", model.HostTarget, model.Out, model.Packets, 100e3},
		{"default", model.CustomerTarget, model.In, model.Bits, 0},
		{"games", model.HostTarget, model.In, model.Packets, 300e3},
		{"games", model.HostTarget, model.In, model.UDPBits, 50e6},
		{"games", model.HostTarget, model.In, model.Flows, 0},
		{"games", model.NetworkTarget, model.In, model.Bits, 400e9},
		{"default", model.HostTarget, model.In, model.Flows, 3500},
		{"nobody", model.HostTarget, model.In, model.Packets, 80e3},
		{"default", model.HostTarget, model.Through, model.Packets, 0},
	} {
		if got := s.Rates(c.group, c.kind, c.d)[c.m]; got != c.want {
			t.Errorf("%s %d %s %s: %v, want %v", c.group, c.kind, c.d, c.m, got, c.want)
		}
	}
	if got := defaults().Rates(DefaultGroup, model.HostTarget, model.In)[model.Packets]; got != 100e3 {
		t.Errorf("reading a file changed the defaults: %v", got)
	}
}

// TestDefaultThresholdsAreInTheUnitsOfTheirMetrics, and no customer needs any.
func TestDefaultThresholdsAreInTheUnitsOfTheirMetrics(t *testing.T) {
	th := defaultThresholds()
	for _, k := range th.kinds() {
		for _, l := range []Limits{k.bounds.In, k.bounds.Out} {
			for m, x := range l {
				if err := x.fits(m); err != nil {
					t.Errorf("%s %s: %v", k.key, m, err)
				}
			}
		}
	}
}

func TestMaintenanceCovers(t *testing.T) {
	s := parse(t, `
maintenance:
  - {name: once, from: "2026-03-10T22:00:00Z", to: "2026-03-11T02:00:00Z"}
  - {name: sundays, days: [sun], at: "23:00", for: 3h, timezone: Europe/Berlin}
  - {name: nights, at: "02:00", for: 1h}
  - {name: long, days: [fri], at: "18:00", for: 2d12h}
`)
	for _, c := range []struct {
		window int
		at     string
		want   bool
	}{
		{0, "2026-03-10T21:59:59Z", false}, {0, "2026-03-10T22:00:00Z", true}, {0, "2026-03-11T02:00:00Z", false},
		{1, "2026-03-08T21:59:59Z", false}, {1, "2026-03-08T22:00:00Z", true}, {1, "2026-03-09T00:59:59Z", true}, {1, "2026-03-09T01:00:00Z", false},
		{1, "2026-07-05T21:00:00Z", true}, {1, "2026-07-05T20:59:59Z", false}, // summer time
		{1, "2026-03-10T22:30:00Z", false},
		{2, "2026-03-10T02:30:00Z", true}, {2, "2026-03-10T03:00:00Z", false},
		{3, "2026-03-13T18:00:00Z", true}, {3, "2026-03-16T05:59:59Z", true}, {3, "2026-03-16T06:00:00Z", false},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Maintenance[c.window].Covers(at); got != c.want {
			t.Errorf("%s at %s: %v", s.Maintenance[c.window].Name, c.at, got)
		}
	}
}

func TestQuietHoursCoverTheNight(t *testing.T) {
	q := QuietHours{From: 22 * 60, To: 7 * 60, Days: []Weekday{"fri"}, Timezone: "UTC"}
	for at, want := range map[string]bool{
		"2026-03-13T21:59:00Z": false, "2026-03-13T22:00:00Z": true, "2026-03-14T06:59:00Z": true, "2026-03-14T07:00:00Z": false,
		"2026-03-14T23:00:00Z": false,
	} {
		x, _ := time.Parse(time.RFC3339, at)
		if got := q.Covers(x); got != want {
			t.Errorf("%s: %v", at, got)
		}
	}
}

func TestUnder(t *testing.T) {
	id := func(s string) model.TargetID { x, _ := model.ParseTarget(s); return x }
	for _, c := range []struct {
		list, target, customer string
		want                   bool
	}{
		{"", "198.51.100.7", "", true},
		{"198.51.100.0/24", "198.51.100.7", "", true},
		{"198.51.100.0/24", "198.51.101.7", "", false},
		{"198.51.100.7", "198.51.100.0/24", "", false},
		{"customer:bank", "198.51.100.7", "bank", true},
		{"customer:bank", "customer:bank", "bank", true},
		{"customer:bank", "198.51.100.7", "", false},
		{"network", "2001:db8::1", "", true},
	} {
		var list []model.TargetID
		if c.list != "" {
			list = append(list, id(c.list))
		}
		if got := under(list, id(c.target), c.customer); got != c.want {
			t.Errorf("%s under %s: %v", c.target, c.list, got)
		}
	}
}

func TestInterfacesFromAFile(t *testing.T) {
	s, err := Load("testdata/everything.good.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range s.Exporters[0].Interfaces {
		got = append(got, x.Name+" "+string(x.Role))
	}
	// Interface 1 is listed in the configuration, which stands before the file.
	if want := "mine ignored, ae1 internal, lo0 ignored"; strings.Join(got, ", ") != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFilesOfInterfacesThatAreRefused(t *testing.T) {
	for in, want := range map[string]string{
		"":                                 "no header line",
		"index,name\n":                     "no column exporter",
		"exporter,indx\n":                  `no column is called "indx"`,
		"exporter,index\nr,x\n":            `line 2: index "x" is not a positive number`,
		"exporter,index,name\nq,,\nr,,\n":  "line 3: neither index nor name",
		"exporter,index,role\nr,1,extern":  `line 2: no role is called "extern"`,
		"exporter,index,speed\nr,1,10\n":   `line 2: "10" has no unit`,
		"exporter,index,speed\nr,1,9pps\n": `line 2: speed "9pps" is not in bits per second`,
		"exporter,index\nr\n":              "wrong number of fields",
		"exporter,index\nr,1\nr,1\n":       "",
	} {
		_, err := parseInterfaces([]byte(in), "r")
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
}

// TestProblemsOfAnotherFileNameItAndItsLine, and what to write instead.
func TestProblemsOfAnotherFileNameItAndItsLine(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"floodmark.yaml": "exporters: [{address: 192.0.2.1, interfaces_file: i.csv}]\n", "i.csv": "exporter,index,role\n192.0.2.1,1,extern\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Load(filepath.Join(dir, "floodmark.yaml"))
	want := `floodmark.yaml:1:51: exporters[0].interfaces_file: i.csv: line 2: no role is called "extern"; did you mean "external"?`
	if err == nil || strings.ReplaceAll(err.Error(), dir+"/", "") != want {
		t.Errorf("\n got %v\nwant %s", err, want)
	}
}

func TestScopes(t *testing.T) {
	for scopes, may := range map[Scope]string{"read": "read", "operate": "read operate", "admin": "read operate admin metrics", "metrics": "metrics"} {
		token := Token{Scopes: []Scope{scopes}}
		for _, s := range Scope("").Choices() {
			if got, want := token.Has(Scope(s)), strings.Contains(may, s); got != want {
				t.Errorf("%s for %s: %v", scopes, s, got)
			}
		}
	}
}

func TestHashesOfTokensAreReadAsTheyArePrinted(t *testing.T) {
	h := HashToken("secret")
	var back TokenHash
	if err := back.UnmarshalText([]byte(h.String())); err != nil || back != h || h == HashToken("other") {
		t.Errorf("%v %s %s", err, h, back)
	}
	if err := back.UnmarshalText([]byte("secret")); err == nil || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}

func TestReceiversHaveTheirDefaults(t *testing.T) {
	s := parse(t, "alerts: {receivers: [{name: a, pagerduty: {routing_key: k}}]}")
	p := s.Alerts.Receivers[0].PagerDuty
	if p.URL == "" || p.RoutingKey.Reveal() != "k" || !p.RoutingKey.Equal(conf.NewSecret("k")) {
		t.Errorf("%+v", p)
	}
}

// FuzzInterfaces: no file of interfaces panics, and what it gives names an
// interface each.
func FuzzInterfaces(f *testing.F) {
	f.Add([]byte("exporter,index,name,role,speed\nr,1,ae0,external,10Gbps\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := parseInterfaces(b, "r")
		for _, x := range list {
			if err == nil && x.Index == 0 && x.Name == "" {
				t.Fatalf("%+v", x)
			}
		}
	})
}
