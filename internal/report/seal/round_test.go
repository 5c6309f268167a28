package seal

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"floodmark/internal/model"
	"floodmark/internal/report/reporttest"
)

func TestRoundedValues(t *testing.T) {
	a := reporttest.Cameras()
	a.Totals.Packets = reporttest.E(18904123.4, 18632511.5, 19177011.2, "")
	a.Totals.PeakPPS = 412300
	a.Totals.Seconds = 57.88649
	a.Vectors[0].Packets = 1<<60 + 1
	e := &model.Estimate{Value: 0.123449, Low: reporttest.P(0.123449), High: reporttest.P(0.123441)}
	a.Totals.Sources.Effective = e
	b, err := Round(a)
	if err != nil {
		t.Fatal(err)
	}
	p := b.Totals.Packets
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"value", p.Value, 18900000}, {"low", *p.Low, 18630000}, {"high", *p.High, 19180000},
		{"peak", b.Totals.PeakPPS, 412300}, {"seconds", b.Totals.Seconds, 57.886},
		{"large count", float64(b.Vectors[0].Packets), 1 << 60},
		{"low bound down", *b.Totals.Sources.Effective.Low, 0.1234}, {"high bound up", *b.Totals.Sources.Effective.High, 0.1235},
		{"complete count", *b.Vectors[0].SharePackets.Low, b.Vectors[0].SharePackets.Value},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
	if b.Settings.Seed != a.Settings.Seed {
		t.Error("the seed was rounded")
	}
	if a.Totals.Seconds != 57.88649 {
		t.Error("the argument was changed")
	}
	a.Totals.PeakBPS = math.NaN()
	if _, err := Round(a); err == nil || err.Error() != "round /Totals/PeakBPS: NaN is not a figure" {
		t.Errorf("got %v", err)
	}
}

func TestRoundingNeverNarrowsAnInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64Range(-1e15, 1e15).Draw(t, "f")
		lo, err := outwards(f, -1, "")
		hi, err2 := outwards(f, 1, "")
		mid, err3 := nearest(f, "")
		if err != nil || err2 != nil || err3 != nil {
			t.Fatal(err, err2, err3)
		}
		slack := math.Abs(f) * 1e-11
		if lo > f+slack || hi < f-slack || lo > mid || hi < mid && mid != f {
			t.Fatalf("%v: [%v, %v] around %v", f, lo, hi, mid)
		}
		again, _ := outwards(lo, -1, "")
		if again != lo {
			t.Fatalf("%v: not stable: %v, then %v", f, lo, again)
		}
	})
}
