package report

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"floodmark/internal/model"
	"floodmark/internal/report/reporttest"
)

var update = flag.Bool("update", false, "write the golden files")

func TestTextOfSamples(t *testing.T) {
	for name, a := range reporttest.All() {
		got := Text(a, 100, false)
		file := filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestTextFitsTheTerminal(t *testing.T) {
	samples := reporttest.All()
	long := reporttest.Nasty()
	for range 40 {
		long.Vectors = append(long.Vectors, long.Vectors[0])
		long.Claims = append(long.Claims, long.Claims[0])
		long.Findings = append(long.Findings, long.Findings[0])
		long.Summary = append(long.Summary, long.Summary[0])
	}
	samples["long"] = long
	samples["empty"] = &model.Analysis{}
	for name, a := range samples {
		rapid.Check(t, func(t *rapid.T) {
			width := rapid.IntRange(0, 300).Draw(t, "width")
			s := Text(a, width, false)
			lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
			if len(lines) > maxLines {
				t.Fatalf("%s: %d lines", name, len(lines))
			}
			limit := width
			if width <= 0 || width > maxWidth {
				limit = maxWidth
			}
			for _, l := range lines {
				if columns(l) > max(limit, minWidth) {
					t.Fatalf("%s at %d: %d columns: %s", name, width, columns(l), l)
				}
			}
			if strings.ContainsAny(s, "\x1b\x00\u202e") {
				t.Fatalf("%s: control characters of the recording reach the terminal", name)
			}
		})
	}
}

func TestSyntheticIsStatedFirst(t *testing.T) {
	if s := Text(reporttest.Cameras(), 80, false); !strings.HasPrefix(s, "SYNTHETIC") {
		t.Error(s[:60])
	}
	if s := Text(reporttest.Reflection(), 80, false); strings.Contains(s, "SYNTHETIC") {
		t.Error("a real recording is called synthetic")
	}
}

func TestColorOnlyWhereAsked(t *testing.T) {
	if s := Text(reporttest.Cameras(), 80, true); !strings.Contains(s, "\x1b[1m") {
		t.Error("no emphasis")
	}
}

func TestMustPartsSurvive(t *testing.T) {
	a := reporttest.Nasty()
	s := Text(a, 40, false)
	for _, want := range []string{"ATTACK", "target", "peak", "are they real", "Full report"} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is missing at 40 columns:\n%s", want, s)
		}
	}
}

func TestOutageComesFirst(t *testing.T) {
	a := reporttest.Outage()
	a.Redacted, a.Target.Prefixes = true, []string{"target"}
	s := Text(a, 100, false)
	if i := strings.Index(s, "Users reported problems with Example Archive"); i < 0 || i > strings.Index(s, "ATTACK") || !strings.Contains(s, "withheld: the service's own addresses") {
		t.Error(s)
	}
	for _, width := range []int{40, 100} {
		if s := Text(reporttest.NastyOutage(), width, false); strings.ContainsAny(s, "\x1b\x00\u202e") || strings.Count(s, "\n") > maxLines {
			t.Errorf("at %d: control characters, or %d lines", width, strings.Count(s, "\n"))
		}
	}
}
