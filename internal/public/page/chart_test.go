package page

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/testenv"
)

// TestChartStatesApart wants what was not counted drawn apart from what was, and
// the start, the threshold and the peak marked.
func TestChartStatesApart(t *testing.T) {
	l, n := newLocale("en"), newOpen()
	c := newChart(l, n.Day, 0, n.Incident)
	if !c.HasRefused || !c.HasSuppressed || c.HasDoubted || !c.HasHot || c.Now == "" || len(c.Shades) != 3 {
		t.Errorf("refused %t, withheld %t, doubted %t, hot %t, %d shades", c.HasRefused, c.HasSuppressed, c.HasDoubted, c.HasHot, len(c.Shades))
	}
	if c.Peak == nil || c.Peak.Label != "40,893 in 15 min" || c.StartLabel != "10:47" || c.Tiny == "" || !c.EdgeIsUsual {
		t.Errorf("peak %+v, start %q, tiny %q", c.Peak, c.StartLabel, c.Tiny)
	}
	if !strings.Contains(c.Alt, "peak 40,893 in 15 minutes") {
		t.Errorf("said: %s", c.Alt)
	}
	if c := newChart(l, newForged().Day, 25, nil); !c.HasDoubted || c.EdgeLabel != "incident threshold: 25" || c.EdgeAt == "" || c.EdgeIsUsual {
		t.Errorf("doubted %t, threshold %q at %q", c.HasDoubted, c.EdgeLabel, c.EdgeAt)
	}
	if c := newChart(l, newCalm().Day, 0, nil); c.Peak != nil || c.Start != "" || len(c.Shades) > 0 {
		t.Error("a calm day has marks")
	}
	if c := newChart(l, newUnknown().Day, 0, nil); c.Band != "" || c.Edge != "" {
		t.Error("a band where nothing is known")
	}
}

// TestChartTakesAnything draws figures that no server would make.
func TestChartTakesAnything(t *testing.T) {
	r, l := rand.New(rand.NewPCG(1, 2)), newLocale("es")
	odd := []float32{0, -1, 1, 7, 1e9, float32(math.Inf(1)), float32(math.NaN()), math.MaxFloat32}
	for range 2000 {
		day := make([]model.Bucket, r.IntN(300))
		for i := range day {
			f := func() float32 { return odd[r.IntN(len(odd))] }
			day[i] = model.Bucket{At: int64(r.IntN(1e9)) - 5e8 + int64(i)*last15m, Problems: r.Uint32() >> r.IntN(32), Suppressed: r.Uint32() >> r.IntN(32), Refused: uint32(r.IntN(3)), Effective: f(), Expected: f(),
				Low: f(), High: f(), Known: r.IntN(2) > 0, Partial: r.IntN(9) == 0}
		}
		in := &model.Incident{Header: model.Header{Started: int64(r.Uint64() >> 1), Waves: []model.Wave{{Start: -5, End: int64(r.Uint64() >> 1)}}}}
		c := newChart(l, day, float64(odd[r.IntN(len(odd))]), in)
		s := newSpark(day)
		for _, text := range []string{c.Bars, c.Hot, c.Band, c.Edge, c.Start, c.EdgeAt} {
			if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") || strings.Contains(text, "e+") {
				t.Fatalf("a path of %q", text)
			}
		}
		common([]*spark{s, nil})
		if s != nil && strings.ContainsAny(s.Line+s.Common, "NI") {
			t.Fatalf("a sparkline of %q, %q", s.Line, s.Common)
		}
	}
}

func TestMapIsSmallAndStatesUncertainty(t *testing.T) {
	s := newSite(t)
	if s.world == nil {
		testenv.Missing(t, "this build has no map shapes: run make web")
	}
	m := s.newMap(s.locale("en"), places())
	total := len(m.Rest)
	classes := map[string]string{}
	for _, x := range m.Shapes {
		total += len(x.Path)
		classes[strings.SplitN(x.Title, ":", 2)[0]] = x.Class
	}
	if total > 36e3 {
		t.Errorf("the shapes are %d bytes", total)
	}
	t.Logf("shapes: %d bytes", total)
	for land, want := range map[string]string{"United Kingdom": "x3 r4", "United States": "x2 r4", "Kenya": "xu r1", "Germany": "x0 r3", "Japan": "xl r1", "Malta": "x3 r1"} {
		if classes[land] != want {
			t.Errorf("%s: %q, want %q", land, classes[land], want)
		}
	}
	if m.Alt != "World map. Significantly more reports than usual from Ireland, Malta, Spain, United Kingdom and United States." {
		t.Errorf("said: %s", m.Alt)
	}
	if s.newMap(s.locale("en"), nil) != nil {
		t.Error("a map of nothing")
	}
}

func TestUnwritableTimes(t *testing.T) {
	l := newLocale("de")
	for _, ns := range []int64{math.MinInt64, -1, 1, math.MaxInt64} {
		if l.when(time.Time{}, ns) == "" || l.lasted(ns) == "" {
			t.Errorf("%d: nothing", ns)
		}
	}
}
