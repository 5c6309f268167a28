package sharedcause_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"floodmark/internal/evidence/sharedcause"
	"floodmark/internal/evidence/sharedcause/sharedcausetest"
	"floodmark/internal/model"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// confusion counts what was said of services whose truth is known.
type confusion struct {
	services, right, wrong, own, undecided int
}

// add judges a world. Of somebody else's outage it is right to name the one who
// had it, as explaining service or as supplier.
func (c *confusion) add(w sharedcausetest.World, of model.CauseKind) {
	for i, cause := range sharedcause.Evaluate(w.Services, w.End) {
		truth, ok := w.Truth[w.Services[i].Slug]
		if !ok || truth.Kind != of {
			continue
		}
		c.services++
		switch {
		case cause.Kind == model.CauseUndecided:
			c.undecided++
		case cause.By == truth.By && (cause.Kind == model.CauseOwn) == (of == model.CauseOwn):
			c.right++
		case cause.Kind == model.CauseOwn:
			c.own++
		default:
			c.wrong++
		}
	}
}

func TestMadeOutages(t *testing.T) {
	for seed := range uint64(20) {
		for _, w := range []sharedcausetest.World{sharedcausetest.ATT(seed), sharedcausetest.Verizon(seed), sharedcausetest.AWS(seed, true), sharedcausetest.AWS(seed, false)} {
			for i, c := range sharedcause.Evaluate(w.Services, w.End) {
				slug := w.Services[i].Slug
				want, excess := w.Truth[slug]
				switch {
				case !excess:
					if c != (model.Cause{}) {
						t.Errorf("%s: %s has no excess and cause %+v", w.Kind, slug, c)
					}
				case want.Kind == model.CauseOwn && c.Kind != model.CauseOwn:
					t.Errorf("%s, seed %d: %s is %s by %q, want own: %s", w.Kind, seed, slug, c.Kind, c.By, c.Text)
				case want.Kind != model.CauseOwn && (c.Kind == model.CauseOwn || c.By != want.By):
					t.Errorf("%s, seed %d: %s is %s by %q, want by %q: %s", w.Kind, seed, slug, c.Kind, c.By, want.By, c.Text)
				case c.Kind != model.CauseOwn && (c.Share < 0.5 || c.Low > c.Share || c.High < c.Share || !strings.Contains(c.Text, c.Name)):
					t.Errorf("%s: %s has %+v", w.Kind, slug, c)
				}
			}
		}
	}
}

// In every minute of the made outages, from a quarter of an hour on, nobody
// else's outage is called own.
func TestNeverOwnWhileItGrows(t *testing.T) {
	for seed := range uint64(5) {
		for _, w := range []sharedcausetest.World{sharedcausetest.ATT(seed), sharedcausetest.Verizon(seed), sharedcausetest.AWS(seed, true), sharedcausetest.AWS(seed, false)} {
			n := len(w.Services[0].Effective)
			for cut := n - 1; cut > 24+3; cut-- {
				services := append([]sharedcause.Service(nil), w.Services...)
				end := w.End - int64(n-cut)*int64(sharedcause.Step)
				for i := range services {
					s := &services[i]
					s.Effective, s.Expected = s.Effective[:cut], s.Expected[:cut]
					s.Excess = s.Excess && s.Since < end-int64(sharedcause.Step)
				}
				for i, c := range sharedcause.Evaluate(services, end) {
					if truth, ok := w.Truth[services[i].Slug]; ok && truth.Kind != model.CauseOwn && c.Kind == model.CauseOwn {
						t.Errorf("%s, seed %d, bin %d: %s is own", w.Kind, seed, cut, services[i].Slug)
					}
				}
			}
		}
	}
}

// rows are what docs/accuracy.md reports.
var rows = []struct {
	kind string
	of   model.CauseKind
	text string
}{
	{sharedcausetest.Own, model.CauseOwn, "an outage of its own, alone"},
	{sharedcausetest.Two, model.CauseOwn, "an outage of its own, another one within half an hour"},
	{sharedcausetest.Spill, model.CauseOwn, "an outage of its own that spills"},
	{sharedcausetest.Supplier, model.CauseOwn, "a supplier that others depend on"},
	{sharedcausetest.Spill, model.CauseElsewhere, "blamed for another of its category"},
	{sharedcausetest.Supplier, model.CauseShared, "depends on a supplier that fails"},
	{sharedcausetest.Owner, model.CauseShared, "all services of an owner"},
	{sharedcausetest.Flash, model.CauseUndecided, "a rise that all services share"},
}

func measure(kind string, of model.CauseKind, from, to uint64) confusion {
	var c confusion
	for seed := from; seed < to; seed++ {
		c.add(sharedcausetest.Random(seed, kind), of)
	}
	return c
}

// TestRandomGraphs holds the rates to bounds. Seeds from 1,000 on were never
// looked at when scores were chosen.
func TestRandomGraphs(t *testing.T) {
	for _, r := range rows {
		c := measure(r.kind, r.of, 1000, 1060)
		t.Logf("%-56s %+v", r.text, c)
		n := float64(c.services)
		switch {
		case c.services == 0:
			t.Errorf("%s: no services", r.text)
		case r.of != model.CauseOwn && float64(c.own) > 0.02*n:
			t.Errorf("%s: called own %d of %d", r.text, c.own, c.services)
		case float64(c.wrong) > 0.05*n:
			t.Errorf("%s: a wrong one named in %d of %d", r.text, c.wrong, c.services)
		case r.of != model.CauseUndecided && float64(c.right) < 0.6*n:
			t.Errorf("%s: right in %d of %d", r.text, c.right, c.services)
		}
	}
}

// A supplier that is not even in the list is named where its dependants rise.
func TestSupplierThatNobodyReportsOn(t *testing.T) {
	w := sharedcausetest.AWS(1, false)
	for i, c := range sharedcause.Evaluate(w.Services[1:], w.End) {
		if truth, ok := w.Truth[w.Services[i+1].Slug]; ok && (c.By != truth.By || c.Kind != truth.Kind) {
			t.Errorf("%s: %+v", w.Services[i+1].Slug, c)
		}
	}
}

func TestCommonModeCancels(t *testing.T) {
	var own, mine, rest, theirs []float64
	for k := range 40 {
		m := 1 + 20*math.Abs(math.Sin(float64(k)))
		own, mine = append(own, math.Round(3*m)), append(mine, 3)
		rest, theirs = append(rest, math.Round(100*m)), append(theirs, 100)
	}
	if e := sharedcause.CommonMode(own, mine, rest, theirs); e > math.Log10(20) {
		t.Errorf("a shared rise gives 10^%.1f", e)
	}
	for k := range own {
		own[k] *= 4
	}
	if e := sharedcause.CommonMode(own, mine, rest, theirs); e < 4 {
		t.Errorf("four times its part gives 10^%.1f only", e)
	}
}

func TestOddInput(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	services := []sharedcause.Service{
		{Slug: "a", DependsOn: []string{"a", "b", "nobody"}, Excess: true, Since: math.MaxInt64, Effective: []float64{nan, inf, -5}, Expected: []float64{1}},
		{Slug: "b", DependsOn: []string{"a"}, Excess: true, Since: math.MinInt64, Dispersion: nan, Followed: []sharedcause.Follow{{Slug: "a", Times: 9, Of: -1}}},
		{Slug: "a", Excess: true, Effective: make([]float64, 1000), Expected: make([]float64, 900)},
		{},
	}
	for _, in := range [][]sharedcause.Service{nil, services, services[1:2]} {
		if got := sharedcause.Evaluate(in, 0); len(got) != len(in) {
			t.Errorf("%d causes of %d services", len(got), len(in))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SliceOfN(rapid.Float64(), 0, 20)
		var in []sharedcause.Service
		for i := range rapid.IntRange(0, 6).Draw(t, "services") {
			in = append(in, sharedcause.Service{Slug: fmt.Sprint(i), Owner: "o", Category: "c", DependsOn: []string{fmt.Sprint(i + 1)}, Excess: rapid.Bool().Draw(t, "excess"),
				Since: rapid.Int64().Draw(t, "since"), Effective: f.Draw(t, "effective"), Expected: f.Draw(t, "expected"), Dispersion: rapid.Float64().Draw(t, "dispersion")})
		}
		end := rapid.Int64().Draw(t, "end")
		got := sharedcause.Evaluate(in, end)
		for i, c := range got {
			if in[i].Excess != (c.Kind != "") || math.IsNaN(c.Share+c.Low+c.High) || c.Low < 0 || c.High > 1 {
				t.Fatalf("%+v", c)
			}
		}
		if d := cmp.Diff(got, sharedcause.Evaluate(in, end)); d != "" {
			t.Fatal(d)
		}
	})
}

func BenchmarkEvaluate(b *testing.B) {
	w := sharedcausetest.AWS(1, true)
	b.ReportAllocs()
	for b.Loop() {
		sharedcause.Evaluate(w.Services, w.End)
	}
}
