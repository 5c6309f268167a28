package claim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"floodmark/internal/model"
)

// world is one way in which truth turns into labelled counts.
type world struct {
	sources   int
	pareto    float64 // tail of loudness; 0 is equally loud
	samples   int     // sampled packets; 0 is a complete count
	unlocated float64 // share of sources without location
	hide      bool    // the sources of the place are the first to be unlocated
	corner    int     // of the accuracy range; 4 picks it
}

// device is one source: where it is, where the data puts it, how loud it is.
type device struct {
	truth, label string
	weight       float64
	samples      uint64
}

var elsewhere = []string{"US", "BR", "CN", "IT"}

// devices draws sources so that the true share of UA is just about t. The
// largest other country is US with the share rival.
func (w world) devices(r *rand.Rand, t, rival float64) ([]device, float64, float64) {
	out := make([]device, w.sources)
	total := 0.0
	for i := range out {
		out[i].weight = 1
		if w.pareto > 0 {
			out[i].weight = math.Pow(1-r.Float64(), -1/w.pareto)
		}
		total += out[i].weight
	}
	ua, us := 0.0, 0.0
	for i := range out {
		switch x := &out[i]; {
		case ua+x.weight <= t*total:
			x.truth, ua = "UA", ua+x.weight
		case us+x.weight <= rival*total:
			x.truth, us = "US", us+x.weight
		default:
			x.truth = elsewhere[1+r.IntN(3)]
		}
	}
	return out, ua / total, us / total
}

// label gives every source its label, wrong ones included, and hides some.
func (w world) label(r *rand.Rand, ds []device) {
	se, sp := []float64{0.90, 0.90, 1, 1, 0}[w.corner], []float64{0.995, 1, 0.995, 1, 0}[w.corner]
	if w.corner == 4 {
		se, sp = 0.90+0.1*r.Float64(), 0.995+0.005*r.Float64()
	}
	hidden := int(w.unlocated * float64(len(ds)))
	for i := range ds {
		d := &ds[i]
		d.label = d.truth
		switch {
		case d.truth == "UA" && r.Float64() > se:
			d.label = elsewhere[r.IntN(4)]
		case d.truth != "UA" && r.Float64() > sp:
			d.label = "UA"
		case d.truth == "US" && r.Float64() > se:
			d.label = elsewhere[1+r.IntN(3)]
		}
		if hidden > 0 && (d.truth == "UA") == w.hide {
			d.label, hidden = "", hidden-1
		}
	}
}

// observe counts packets, sampled or all, into data for Check.
func (w world) observe(r *rand.Rand, ds []device) *Data {
	if w.samples == 0 {
		for i := range ds {
			ds[i].samples = uint64(math.Ceil(1000 * ds[i].weight))
		}
	} else {
		cum, sum := make([]float64, len(ds)), 0.0
		for i := range ds {
			sum += ds[i].weight
			cum[i] = sum
		}
		for range w.samples {
			x, lo, hi := r.Float64()*sum, 0, len(ds)-1
			for lo < hi {
				if mid := (lo + hi) / 2; cum[mid] < x {
					lo = mid + 1
				} else {
					hi = mid
				}
			}
			ds[lo].samples++
		}
	}
	by := map[string]Count{}
	var all Count
	n, squares := 0.0, 0.0
	for _, d := range ds {
		if d.samples == 0 {
			continue
		}
		c := Count{Packets: float64(d.samples), Bytes: 100 * float64(d.samples), Samples: d.samples, Sources: 1}
		by[d.label], all = by[d.label].plus(c), all.plus(c)
		n += float64(d.samples)
		squares += float64(d.samples) * float64(d.samples)
	}
	v := Vector{Name: "udp-flood", Spoof: model.SpoofReal, Total: all, EffPackets: n * n / squares}
	if w.samples > 0 { // the collision estimate, which sampling does not bias
		v.EffPackets = n * (n - 1) / math.Max(1, squares-n)
	}
	for _, l := range []string{"BR", "CN", "IT", "UA", "US"} {
		v.Countries = append(v.Countries, Located{l, by[l]})
	}
	return &Data{Attack: model.AttackYes, Vectors: []Vector{v}, GeoDone: true, Sampled: w.samples > 0, SourcesComplete: w.samples == 0,
		SourcesObserved: all.Sources, SourcesTrusted: all.Sources}
}

// trial is a claim and how the truth is set near its edge.
type trial struct {
	text  string
	share float64 // of UA
	rival float64 // of US
	holds func(ua, us float64) bool
}

var trials = []trial{
	{text: "country=UA majority of packets", share: 0.499, rival: 0.2, holds: func(ua, _ float64) bool { return ua > 0.5 }},
	{text: "country=UA majority of packets", share: 0.5099, rival: 0.2, holds: func(ua, _ float64) bool { return ua > 0.5 }},
	{text: "country=UA at-least 5% of packets", share: 0.0499, rival: 0.5, holds: func(ua, _ float64) bool { return ua >= 0.05 }},
	{text: "country=UA at-least 5% of packets", share: 0.06, rival: 0.5, holds: func(ua, _ float64) bool { return ua >= 0.05 }},
	{text: "country=UA at-least 90% of packets", share: 0.8999, rival: 0.05, holds: func(ua, _ float64) bool { return ua >= 0.9 }},
	{text: "country=UA at-least 90% of packets", share: 0.91, rival: 0.05, holds: func(ua, _ float64) bool { return ua >= 0.9 }},
	{text: "country=UA plurality of packets", share: 0.35, rival: 0.36, holds: func(ua, us float64) bool { return ua > us }},
	{text: "country=UA plurality of packets", share: 0.36, rival: 0.35, holds: func(ua, us float64) bool { return ua > us }},
	{text: "country=UA some of packets", share: 0, rival: 0.6, holds: func(ua, _ float64) bool { return ua > 0 }},
	{text: "country=UA some of packets", share: 0.003, rival: 0.6, holds: func(ua, _ float64) bool { return ua > 0.001 }},
}

func worlds() []world {
	var out []world
	for _, m := range []int{40, 300, 2000} {
		for _, pareto := range []float64{0, 1.2} {
			for _, samples := range []int{0, 400, 4000} {
				for corner := range 5 {
					out = append(out, world{sources: m, pareto: pareto, samples: samples, corner: corner})
				}
				out = append(out, world{sources: m, pareto: pareto, samples: samples, unlocated: 0.1, hide: true, corner: 4},
					world{sources: m, pareto: pareto, samples: samples, unlocated: 0.1, corner: 4})
			}
		}
	}
	return out
}

// TestFalseVerdictsAreRare draws truths near every threshold and labels them
// with errors from the stated ranges: no claim may be decided wrongly in more
// than one case in twenty, over all worlds together and, as far as the runs can
// tell, in any of them.
func TestFalseVerdictsAreRare(t *testing.T) {
	names := testNames()
	worst, bucket := 0.0, 0
	for i, tr := range trials {
		c, err := Parse(tr.text, names)
		if err != nil {
			t.Fatal(err)
		}
		wrong, decided, all := 0, 0, 0
		byWorld := map[world]int{}
		for j, w := range worlds() {
			r := rand.New(rand.NewPCG(uint64(i), uint64(j)))
			for range runs {
				ds, ua, us := w.devices(r, tr.share, tr.rival)
				w.label(r, ds)
				all++
				v := Check(c, w.observe(r, ds), names)[0].Claim.Verdict
				if v != maybe {
					decided++
				}
				if v != maybe && (v == yes) != tr.holds(ua, us) {
					wrong++
					byWorld[w]++
				}
			}
		}
		rate := float64(wrong) / float64(all)
		worst = math.Max(worst, rate)
		t.Logf("%-36s true %.4f: wrong %.2f %%, decided %.1f %% of %d", tr.text, tr.share, 100*rate, 100*float64(decided)/float64(all), all)
		if rate > 0.05 {
			t.Errorf("%s: %d of %d wrong, in %s", tr.text, wrong, all, fmt.Sprint(byWorld))
		}
		largest := 0
		for w, n := range byWorld {
			largest = max(largest, n)
			if tail(n, runs, 0.05) < 1e-4 {
				t.Errorf("%s: %d of %d wrong in %+v", tr.text, n, runs, w)
			}
		}
		bucket = max(bucket, largest)
	}
	t.Logf("worst claim %.2f %%, worst claim in one world %.1f %%", 100*worst, 100*float64(bucket)/runs)
}
