package settings

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/conf"
)

// noSystem has no environment and no other files.
var noSystem = conf.System{
	Env:      func(string) (string, bool) { return "", false },
	ReadFile: func(string, int64) ([]byte, error) { return nil, errors.New("not here") },
}

// parse reads a configuration from text.
func parse(t testing.TB, text string) *Settings {
	t.Helper()
	f, err := conf.Parse("floodmark.yaml", []byte(text), noSystem)
	if err != nil {
		t.Fatal(err)
	}
	s, err := load(f)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestBadFiles: the first line of each bad file is all that is said of it.
func TestBadFiles(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.bad.yaml")
	if len(files) < 30 {
		t.Fatalf("found %d files only", len(files))
	}
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(b), "\n")
		want := path + ":" + strings.TrimPrefix(first, "# ")
		if _, err = Load(path); err == nil || (err.Error() != want && !strings.HasPrefix(err.Error(), want+";")) {
			t.Errorf("\n got %v\nwant %s", err, want)
		}
		if _, err := Check(path); err == nil {
			t.Errorf("%s: check finds nothing", path)
		}
	}
}

func TestGoodFiles(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.good.yaml")
	if len(files) == 0 {
		t.Fatal("no files")
	}
	for _, path := range files {
		if _, err := Load(path); err != nil {
			t.Error(err)
		}
	}
}

// TestExamples: the examples are right, and right on this machine where the
// secrets are set that they name.
func TestExamples(t *testing.T) {
	for _, name := range []string{"host", "isp", "community"} {
		path := "../../examples/" + name + ".yaml"
		t.Setenv("FLOODMARK_PAGERDUTY_KEY", "k")
		t.Setenv("FLOODMARK_MAIL", "smtp://mail.example/")
		if _, err := Load(path); err != nil {
			t.Error(err)
		}
	}
}

func TestWhatThisMachineLacksIsANote(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "floodmark.yaml")
	text := "alerts: {heartbeat: {url_file: secret}}\ngeo: {file: geo.db}\nexporters: [{address: 192.0.2.1, interfaces_file: i.csv}]\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	notes, err := Check(path)
	if err != nil {
		t.Error(err)
	}
	var got []string
	for _, n := range notes {
		got = append(got, strings.ReplaceAll(n.String(), dir+"/", ""))
	}
	want := []string{
		"floodmark.yaml:1:32: alerts.heartbeat.url_file: read secret secret: no such file or directory",
		"floodmark.yaml:2:13: geo.file: geo.db: no such file or directory",
		"floodmark.yaml:3:51: exporters[0].interfaces_file: i.csv: no such file or directory",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if _, err := Load(path); err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("load: %v", err)
	}
}

// TestNoFileListensOnLoopbackOnly, and the empty file is the same.
func TestNoFileListensOnLoopbackOnly(t *testing.T) {
	for _, s := range []*Settings{Default(), parse(t, ""), parse(t, "collectors:\n")} {
		var got []string
		for _, c := range s.Collectors {
			got = append(got, string(c.Protocol)+" "+c.Listen.String())
			if len(c.Allowed()) != 2 || !c.Allowed()[0].Addr().IsLoopback() {
				t.Errorf("%s takes from %v", c.Listen, c.Allowed())
			}
		}
		want := []string{"netflow 127.0.0.1:2055", "netflow 127.0.0.1:4739", "sflow 127.0.0.1:6343"}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if !s.HTTP.Operator.Listen.Loopback() || !s.HTTP.Public.Listen.Loopback() || s.HTTP.Operator.Listen.Port() != 8080 {
			t.Errorf("%+v", s.HTTP)
		}
		if len(s.Watched()) != 0 || s.Data.Dir != "data" {
			t.Errorf("%+v", s)
		}
	}
}

func TestOneLineOpensTheCollectorsToTheNamedExporters(t *testing.T) {
	for text, want := range map[string]string{
		"exporters: [192.0.2.1, 192.0.2.2]":                                     "0.0.0.0:2055 [192.0.2.1/32 192.0.2.2/32]",
		"exporters: [192.0.2.1, 2001:db8::1]":                                   "[::]:2055 [192.0.2.1/32 2001:db8::1/128]",
		"exporters: [127.0.0.1]":                                                "127.0.0.1:2055 [127.0.0.0/8 127.0.0.1/32 ::1/128]",
		"exporters: [192.0.2.1]\ncollectors: [{listen: 127.0.0.1:2055}]":        "127.0.0.1:2055 [127.0.0.0/8 192.0.2.1/32 ::1/128]",
		"collectors: [{listen: 0.0.0.0:2055, allowed_sources: [192.0.2.0/24]}]": "0.0.0.0:2055 [192.0.2.0/24]",
		"exporters: [{address: 192.0.2.1, name: r}]\ncollectors: [{listen: 0.0.0.0:2055, allowed_sources: [r, r]}]": "0.0.0.0:2055 [192.0.2.1/32]",
	} {
		c := parse(t, text).Collectors[0]
		var list []string
		for _, p := range c.Allowed() {
			list = append(list, p.String())
		}
		if got := c.Listen.String() + " [" + strings.Join(list, " ") + "]"; got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
	}
	if got := parse(t, "collectors: []").Collectors; len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestWatchedPrefixesTakeFromTheMaxAround(t *testing.T) {
	s := parse(t, `
networks:
  - {prefix: 198.51.100.0/22, group: wide}
  - 198.51.101.0/24
  - {prefix: 198.51.102.128/25, group: games}
  - 2001:db8::/32
customers:
  school: {prefixes: [198.51.102.0/24]}
  bank: {prefixes: [198.51.100.0/24], group: careful}
  club: {prefixes: [198.51.102.128/25]}
groups: {wide: {}, games: {}, careful: {}}
`)
	w := func(p, customer, group string) Watch { return Watch{netip.MustParsePrefix(p), customer, group} }
	want := []Watch{
		w("198.51.100.0/22", "", "wide"), w("198.51.100.0/24", "bank", "careful"), w("198.51.101.0/24", "", "wide"),
		w("198.51.102.0/24", "school", "wide"), w("198.51.102.128/25", "club", "games"), w("2001:db8::/32", "", "default"),
	}
	if d := cmp.Diff(want, s.Watched(), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); d != "" {
		t.Error(d)
	}
}

func TestReloadStatesWhatNeedsARestart(t *testing.T) {
	a := parse(t, "exporters: [192.0.2.1]\nnetworks: [198.51.100.0/24]")
	for text, want := range map[string]string{
		"exporters: [192.0.2.1, 192.0.2.2]\nlog: {level: debug}\nalerts: {receivers: [{name: a, exec: {command: /bin/true}}]}": "",
		"exporters: []":                          "collectors[0].listen collectors[1].listen collectors[2].listen",
		"exporters: [192.0.2.1]\ncollectors: []": "collectors",
		"exporters: [192.0.2.1]\ndata: {dir: /x, min_free_space: 5GB}\ncapture: [{interface: eth0}]": "data.dir capture",
	} {
		var got []string
		for _, k := range a.Restart(parse(t, text)) {
			got = append(got, string(k))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// FuzzLoad: no configuration panics, and one that is taken holds together.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/*.yaml", "../../examples/*.yaml"} {
		files, _ := filepath.Glob(pattern)
		for _, path := range files {
			if b, err := os.ReadFile(path); err == nil {
				f.Add(b)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := conf.Parse("floodmark.yaml", data, noSystem)
		if err != nil {
			return
		}
		s, err := load(c)
		if err != nil {
			return
		}
		for _, x := range s.Collectors {
			if !x.Listen.Loopback() && len(x.Allowed()) == 0 {
				t.Fatalf("%s is open to nobody", x.Listen)
			}
		}
		if !s.HTTP.Operator.Listen.Loopback() && len(s.HTTP.Tokens) == 0 {
			t.Fatal("the operator's listener is open without tokens")
		}
		s.Watched()
		if len(s.Restart(s)) > 0 {
			t.Fatal("differs from itself")
		}
	})
}
