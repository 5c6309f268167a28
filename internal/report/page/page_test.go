package page

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/chart"
	"floodmark/internal/model"
	"floodmark/internal/report/reporttest"
	"floodmark/internal/testenv"
)

var (
	out    = flag.String("out", "", "write the pages of the samples to this folder, to look at them")
	update = flag.Bool("update", false, "write the golden files")
)

func render(t testing.TB, a *model.Analysis) string {
	t.Helper()
	var b bytes.Buffer
	if err := Render(&b, a); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// outline is the structure of a page: headings, anchors and the number of
// charts, which change only on purpose.
func outline(t testing.TB, page string) string {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(page))
	dec.Strict, dec.AutoClose, dec.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var b strings.Builder
	heading, skip := 0, 0
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			for _, a := range e.Attr {
				if a.Name.Local == "id" && e.Name.Local != "pattern" {
					fmt.Fprintf(&b, "#%s\n", a.Value)
				}
				if a.Name.Local == "aria-label" && e.Name.Local == "svg" && !strings.HasPrefix(a.Value, "World map") { // a build may have none
					fmt.Fprintf(&b, "  svg: %s\n", a.Value)
				}
			}
			switch e.Name.Local {
			case "h1", "h2", "h3":
				heading++
				fmt.Fprintf(&b, "%s ", e.Name.Local)
			case "style":
				skip++
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "h1", "h2", "h3":
				heading--
				b.WriteString("\n")
			case "style":
				skip--
			}
		case xml.CharData:
			if heading > 0 && skip == 0 {
				b.WriteString(strings.Join(strings.Fields(string(e)), " "))
			}
		}
	}
}

func TestOutlineOfSamples(t *testing.T) {
	for name, a := range reporttest.All() {
		page := render(t, a)
		if *out != "" {
			if err := os.WriteFile(filepath.Join(*out, name+".html"), []byte(page), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if name == "nasty" {
			continue
		}
		got, file := outline(t, page), filepath.Join("testdata", name+".outline")
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

func TestPageAsksForNothing(t *testing.T) {
	// What loads a resource or runs: none of it may stand in the page.
	loads := regexp.MustCompile(`(?i)<(script|link|img|iframe|object|embed|base|form|video|audio|source|use|image|foreignObject|meta[^>]+refresh)\b|\bsrc\s*=|\son[a-z]+\s*=|@import|url\((?:[^#]|#[^p])|https?://|style="`)
	for name, a := range reporttest.All() {
		page := render(t, a)
		body := page
		if name == "nasty" {
			body = strings.ReplaceAll(page, "&lt;/title&gt;", "")
		}
		if m := loads.FindString(body); m != "" {
			t.Errorf("%s: the page holds %q", name, m)
		}
	}
}

func TestStyleMatchesItsHash(t *testing.T) {
	page := render(t, reporttest.Nasty())
	m := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindAllStringSubmatch(page, -1)
	if len(m) != 1 || m[0][1] != style {
		t.Fatalf("%d style sheets, or not the one that the policy allows", len(m))
	}
	if !strings.Contains(page, "style-src '"+strings.ReplaceAll(styleHash(), "+", "&#43;")+"'") {
		t.Error("the policy does not name the style sheet's hash")
	}
}

func TestHostileTextIsInert(t *testing.T) {
	page := render(t, reporttest.Nasty())
	for _, bad := range []string{"<script", "</title><", "\x1b", "\u202e", "\x00"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if n := strings.Count(page, "<title>"); n != 1 {
		t.Errorf("%d titles", n)
	}
}

func TestEveryCitationHasItsEvidence(t *testing.T) {
	for name, a := range reporttest.All() {
		page := render(t, a)
		for _, m := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
			if !strings.Contains(page, `id="`+m[1]+`"`) && name != "quiet" {
				t.Errorf("%s: nothing is at #%s", name, m[1])
			}
		}
	}
}

func TestPageStaysSmall(t *testing.T) {
	a := reporttest.Nasty()
	long := strings.Repeat("<&\"long ", 4000)
	grow(a, long)
	page := render(t, a)
	if len(page) > 1<<20 {
		t.Errorf("%d bytes", len(page))
	}
	if len(page) < 300_000 {
		t.Errorf("%d bytes: the test grew nothing", len(page))
	}
}

// grow makes every list 2,000 long and many texts very long.
func grow(a *model.Analysis, long string) {
	a.Vectors[0].Fields = slices.Repeat(a.Vectors[0].Fields, 200)
	a.Vectors[0].Fields[0].Values = slices.Repeat([]model.Weight{{Value: long, Share: 0.1}}, 2000)
	a.Vectors[0].Sources.Top = slices.Repeat([]model.Weight{{Value: long}}, 2000)
	a.Vectors[0].Sources.Spoofing.Tests = slices.Repeat(a.Vectors[0].Sources.Spoofing.Tests, 500)
	a.Vectors[0].Traits = slices.Repeat([]string{long}, 2000)
	a.Vectors = slices.Repeat(a.Vectors[:1], 2000)
	a.Countries[0].Name, a.Networks[0].Name = long, long
	a.Countries, a.Networks = slices.Repeat(a.Countries, 200), slices.Repeat(a.Networks, 400)
	a.Claims[0].Text, a.Claims[0].Reading, a.Claims[0].Reasons = long, long, slices.Repeat([]string{long}, 2000)
	a.Claims = slices.Repeat(a.Claims[:1], 2000)
	a.Evidence[0].Statement, a.Evidence[0].Alternatives = long, slices.Repeat([]string{long}, 2000)
	a.Evidence = slices.Repeat(a.Evidence[:1], 2000)
	a.Findings = slices.Repeat(a.Findings, 1000)
	a.Summary = slices.Repeat(a.Summary, 500)
	a.Inputs = slices.Repeat(a.Inputs, 1000)
	a.SampledRecords = slices.Repeat(a.SampledRecords, 700)
	a.Families = slices.Repeat(a.Families, 2000)
	a.NotAnswerable = slices.Repeat(a.NotAnswerable, 500)
	for i := range a.Series.Vectors {
		a.Series.Vectors[i].Packets = slices.Repeat(a.Series.Vectors[i].Packets, 1300) // a day of seconds
		a.Series.Vectors[i].Bytes = slices.Repeat(a.Series.Vectors[i].Bytes, 1300)
	}
	a.Series.Vectors = slices.Repeat(a.Series.Vectors, 10)
}

func TestEmptyAnalysisRenders(t *testing.T) {
	page := render(t, &model.Analysis{})
	if !strings.Contains(page, "Undecided") {
		t.Error("an analysis that says nothing must not look calm")
	}
	broken := reporttest.Cameras()
	broken.Series = model.Series{Start: "yesterday", Step: -1, Vectors: []model.VectorSeries{{Name: "x"}}}
	broken.Countries = []model.Country{{Code: "XX"}}
	render(t, broken)
	broken.Series = model.Series{Start: "2025-03-10T10:00:00Z", Step: 1, Vectors: []model.VectorSeries{{Name: "x", Packets: []float64{0, 0}, Bytes: []float64{-1}}}}
	if page := render(t, broken); strings.Contains(page, "NaN") || strings.Contains(page, "Inf") {
		t.Error("a flat series gives no coordinates")
	}
}

func TestSyntheticIsStatedAtTheTop(t *testing.T) {
	page := render(t, reporttest.Cameras())
	at, body := strings.Index(page, "Synthetic: this report"), strings.Index(page, "<h1>")
	if at < 0 || at > body || !strings.Contains(page, "<title>Synthetic") {
		t.Error("synthetic is not said before the headline and in the title")
	}
	if strings.Contains(render(t, reporttest.Quiet()), "Synthetic") {
		t.Error("a real recording is called synthetic")
	}
}

// TestPeakSurvivesThinning checks that a chart of a long recording still shows
// its busiest second.
func TestPeakSurvivesThinning(t *testing.T) {
	vals := make([]float64, 86400)
	vals[40001] = 777777
	s := model.Series{Start: "2025-03-10T00:00:00Z", Step: 1, Vectors: []model.VectorSeries{{Name: "udp-flood", Packets: vals, Bytes: vals}}}
	layers, group := stack(s, false)
	if len(layers[0].vals) > maxPoints || group < 2 {
		t.Fatalf("%d points, group of %d", len(layers[0].vals), group)
	}
	if slices.Max(layers[0].vals) != 777777 {
		t.Error("the peak is gone")
	}
}

func TestMapClasses(t *testing.T) {
	for v, want := range map[float64]int{0.0001: 1, 0.01: 2, 0.0999: 3, 0.1: 4, 0.2: 5, 1: 5} {
		if got := chart.Class(v, mapSteps); got != want {
			t.Errorf("%v: c%d, want c%d", v, got, want)
		}
	}
	m := newMap(reporttest.Cameras().Countries)
	if m == nil {
		testenv.Missing(t, "this build has no map shapes")
	}
	titles := 0
	for _, s := range m.Shapes {
		if s.Title != "" {
			titles++
		}
	}
	if titles != 9 {
		t.Errorf("%d countries carry a share, want 9", titles)
	}
}
