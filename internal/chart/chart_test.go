package chart

import (
	"math"
	"slices"
	"testing"
)

func TestScaleEndsOnATick(t *testing.T) {
	for _, c := range []struct {
		v, minStep, top, step float64
	}{{0, 0, 1, 1}, {97, 0, 100, 50}, {4, 1, 4, 1}, {0.3, 0, 0.3, 0.1}, {2.5e9, 0, 3e9, 1e9}, {2, 1, 2, 1}, {math.NaN(), 1, 1, 1}} {
		s := NewScale(c.v, 4, c.minStep)
		if math.Abs(s.Top-c.top) > 1e-9*c.top || math.Abs(s.Step-c.step) > 1e-9*c.step {
			t.Errorf("NewScale(%g) = %+v, want top %g step %g", c.v, s, c.top, c.step)
		}
		if n := len(s.Ticks()); n < 1 || n > 6 {
			t.Errorf("NewScale(%g) has %d ticks", c.v, n)
		}
	}
	if s := (Scale{10, 5}); s.Part(-1) != 0 || s.Part(20) != 1 || s.Part(math.NaN()) != 0 || s.Part(5) != 0.5 {
		t.Error("parts are not limited to 0 to 1")
	}
}

func TestTimeTicksFallOnTheClock(t *testing.T) {
	var labels []string
	for _, x := range TimeTicks(1741600000, 1741600000+3600, 8) { // 09:46:40 UTC
		labels = append(labels, x.Label)
		if x.Part <= 0.04 || x.Part >= 0.96 || x.At%600 != 0 {
			t.Errorf("tick %+v", x)
		}
	}
	if want := []string{"09:50", "10:00", "10:10", "10:20", "10:30", "10:40"}; !slices.Equal(labels, want) {
		t.Errorf("got %v, want %v", labels, want)
	}
	for _, span := range []int64{2, 60, 86400, 400 * 86400, 40 * 365 * 86400} {
		if n := len(TimeTicks(0, span, 8)); n > 17 {
			t.Errorf("%d ticks in %d s", n, span)
		}
	}
}

func TestPaths(t *testing.T) {
	f, gap := Square(0, 10, 10), math.NaN()
	for _, c := range []struct{ got, want string }{
		{f.Line(nil), ""},
		{f.Line([]Point{{0, 0}, {5, 10}, {6, gap}, {10, 5}}), "M0 1000L500 0M1000 500h1"},
		{f.Line([]Point{{0, 99}, {5, -3}}), "M0 0L500 1000"},
		{f.Band([]Range{{0, 1, 2}, {5, 1, 2}, {6, gap, gap}}, 60), "M0 800L500 800L500 900L0 900Z"},
		{f.Band([]Range{{0, 1, 2}, {1, 1, 2}, {2, 1, 2}, {3, 1, 2}, {4, 1, 2}}, 2), "M0 800L200 800L400 800L400 900L200 900L0 900Z"},
		{f.Bars([]Column{{0, 1, 0, 5}, {1, 2, 0, 0.001}}, 0.1), "M10 1000V500H90V1000zM110 1000V996H190V1000z"},
		{f.StepLine([]Column{{0, 1, 0, 5}, {1, 2, 0, 6}, {3, 4, 0, 7}}), "M0 500H100V400H200M300 300H400"},
		{f.StepBand([]Column{{0, 1, 2, 5}, {1, 2, 2, 6}, {3, 4, 0, 7}}), "M0 500H100V400H200V800H0zM300 300H400V1000H300z"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
	stack := Frame{Left: 4, Right: 104, Top: 10, Base: 110, Max: 4}.Stack([][]float64{{1, 2}, {1, 2}})
	if want := []string{"M4 85L104 60L104 110L4 110Z", "M4 60L104 10L104 60L4 85Z"}; !slices.Equal(stack, want) {
		t.Errorf("stack %v, want %v", stack, want)
	}
}

func TestLabelsStayWithinTheFrame(t *testing.T) {
	f := Frame{Left: 4, Right: 354}
	for _, c := range []struct {
		x, at  float64
		anchor string
	}{{10, 4, "start"}, {180, 180, "middle"}, {350, 354, "end"}} {
		if at, anchor := f.Label(c.x, 20); at != c.at || anchor != c.anchor {
			t.Errorf("label at %g: %g %s", c.x, at, anchor)
		}
	}
	if Anchor(0.1) != "start" || Anchor(0.5) != "middle" || Anchor(0.9) != "end" || Percent(0.1234) != "12.3%" {
		t.Error("anchors or percentages are wrong")
	}
}

func TestThinningKeepsPeaks(t *testing.T) {
	v := []float64{1, 9, 2, 3, 3, 8, 7}
	if got := Busiest(len(v), 3, func(i int) float64 { return v[i] }); !slices.Equal(got, []int{1, 5, 6}) {
		t.Errorf("got %v", got)
	}
	for _, c := range []struct {
		step, group int64
		want        string
	}{{1, 1, "second by second"}, {60, 1, "each point is the mean of 60 s"}, {1, 5, "each point is the busiest second of 5 s"}, {60, 5, "means of 60 s; each point is the highest of 5 min"}} {
		if got := PointNote(c.step, c.group); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestNiceSteps(t *testing.T) {
	for v, want := range map[float64]float64{0: 1, 4: 1, 5: 2, 412300: 200000, 0.9: 0.5, 1.59e9: 5e8} {
		if got := NiceStep(v, 4); got != want {
			t.Errorf("step for %v: %v, want %v", v, got, want)
		}
	}
}
