package cause_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"floodmark/internal/evidence/cause"
	"floodmark/internal/evidence/cause/causetest"
	"floodmark/internal/model"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func variant(t *rapid.T) causetest.Variant {
	ranges := rapid.SampledFrom([]*causetest.Ranges{&causetest.Made, &causetest.Apart}).Draw(t, "ranges")
	return causetest.New(rapid.Uint64().Draw(t, "seed"), ranges)
}

func text(t *rapid.T, o *cause.Observation) string {
	b, err := json.Marshal(cause.Evaluate(o))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func likelihood(a model.Assessment, c model.CauseName) float64 {
	for _, w := range a.Causes {
		if w.Cause == c {
			return w.Likelihood
		}
	}
	return math.NaN()
}

func TestEveryAssessmentHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := variant(t)
		a := cause.Evaluate(&v.Observation)
		holds(t, a)
		if len(a.Reasons) > 28 || len(a.Changes) > 5 {
			t.Errorf("%d reasons, %d changes", len(a.Reasons), len(a.Changes))
		}
	})
}

func shuffled[E any](r *rand.Rand, s []E) []E {
	s = slices.Clone(s)
	r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	return s
}

func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := variant(t).Observation
		before := text(t, &o)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0))
		x := o
		x.Minutes, x.Traffic, x.Probes, x.Failing = shuffled(r, o.Minutes), shuffled(r, o.Traffic), shuffled(r, o.Probes), shuffled(r, o.Failing)
		if o.UserReports != nil {
			c := *o.UserReports
			c.Parts, c.Places = shuffled(r, c.Parts), shuffled(r, c.Places)
			x.UserReports = &c
		}
		for i := range x.Traffic {
			x.Traffic[i].Waves = shuffled(r, x.Traffic[i].Waves)
		}
		if after := text(t, &x); after != before {
			t.Fatalf("another order:\n%s\n%s", before, after)
		}
		if again := text(t, &o); again != before {
			t.Fatalf("the same input:\n%s\n%s", before, again)
		}
	})
}

// What knows nothing changes nothing, and neither does the calendar.
func TestNoSignalChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := variant(t).Observation
		before := text(t, &o)
		x := o
		x.Probes = append(slices.Clone(o.Probes), model.ProbeNow{Component: "new", State: model.ProbeUnknown},
			model.ProbeNow{Component: "cut", State: model.ProbeFailing, Failure: model.OwnLink, Since: o.Started}, model.ProbeNow{})
		x.Failing = append(slices.Clone(o.Failing), model.Phase{Start: o.Started - 600*minute, End: o.Started - 500*minute})
		if x.History.Earlier == nil {
			x.History.Earlier = map[model.CauseName]int{model.Attack: 0, "something": 7}
		}
		if after := text(t, &x); after != before {
			t.Fatalf("unknown probes:\n%s\n%s", before, after)
		}
		by := rapid.Int64Range(-1e4, 1e4).Draw(t, "minutes") * minute
		if after := text(t, later(o, by)); after != before {
			t.Fatalf("%d minutes later: %s", by/minute, cmp.Diff(cause.Evaluate(&o), cause.Evaluate(later(o, by))))
		}
	})
}

// later is the same at another time.
func later(o cause.Observation, by int64) *cause.Observation {
	o.Now, o.Started = o.Now+by, o.Started+by
	o.Minutes, o.Traffic, o.Probes, o.Failing = slices.Clone(o.Minutes), slices.Clone(o.Traffic), slices.Clone(o.Probes), slices.Clone(o.Failing)
	end := func(x int64) int64 {
		if x == 0 {
			return 0
		}
		return x + by
	}
	for i := range o.Minutes {
		o.Minutes[i].At += by
	}
	for i := range o.Traffic {
		p := &o.Traffic[i]
		p.Started, p.Ended, p.Waves = p.Started+by, end(p.Ended), slices.Clone(p.Waves)
		for k := range p.Waves {
			p.Waves[k].Start, p.Waves[k].End = p.Waves[k].Start+by, end(p.Waves[k].End)
		}
	}
	for i := range o.Probes {
		o.Probes[i].Since += by
	}
	for i := range o.Failing {
		o.Failing[i].Start, o.Failing[i].End = o.Failing[i].Start+by, end(o.Failing[i].End)
	}
	return &o
}

// fit is an attack and reports that go with it more or less.
type fit struct {
	before, long    int     // minutes that the attack began before reports, and how long it went on
	within, without float64 // reports a minute beyond the usual, in its time and afterwards
	rate            int     // attacks in 30 days
}

func (f fit) likelihood(o cause.Observation) float64 {
	o.Now, o.Started, o.Watched, o.Ordinary = begin+240*minute, begin, true, 0
	o.UserReports = userReports(2000)
	o.Failing = nil
	o.Traffic = []model.TrafficPart{traffic(model.AttackYes, wave(-f.before, f.long))}
	o.History = cause.History{Days: 30, AttackDays: min(f.rate, 30), Attacks: f.rate}
	o.Minutes = nil
	for m := -30; m < 240; m++ {
		x := cause.Minute{At: begin + int64(m)*minute, Effective: 3, Expected: 3}
		switch {
		case m >= 0 && m < f.long:
			x.Effective += f.within
		case m >= 0:
			x.Effective += f.without
		}
		o.Minutes = append(o.Minutes, x)
	}
	return likelihood(cause.Evaluate(&o), model.Attack)
}

// An attack that fits better in time is never less likely to be the cause.
func TestCoincidenceNeverLowers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := variant(t).Observation
		f := fit{before: rapid.IntRange(0, 90).Draw(t, "before"), long: rapid.IntRange(15, 200).Draw(t, "long"), within: rapid.Float64Range(0, 60).Draw(t, "within"),
			without: rapid.Float64Range(0, 60).Draw(t, "without"), rate: rapid.IntRange(0, 200).Draw(t, "rate")}
		const rounding = 2e-4
		base := f.likelihood(o)
		better := func(what string, g fit) {
			if p := g.likelihood(o); p < base-rounding {
				t.Fatalf("%s: %.4f, then %.4f: %+v, %+v", what, base, p, f, g)
			}
		}
		g := f
		g.before = rapid.IntRange(0, f.before).Draw(t, "nearer")
		better("nearer", g)
		g = f
		g.without = rapid.Float64Range(0, f.without).Draw(t, "less outside")
		better("fewer reports outside the attack", g)
	})
}

// An attack that had nothing to do with it makes no attack of it: whatever
// happened hours before leaves the likelihood under that of no attack seen plus
// what the base rate gives.
func TestOldAttackIsNoEvidence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := variant(t).Observation
		o.Traffic, o.Watched, o.Ordinary = nil, true, 0
		without := likelihood(cause.Evaluate(&o), model.Attack)
		first := o.Started
		for _, f := range o.Failing {
			first = min(first, f.Start)
		}
		for _, p := range o.Probes {
			first = min(first, p.Since)
		}
		ago := rapid.Int64Range(61, 600).Draw(t, "minutes ago") * minute
		o.Traffic = []model.TrafficPart{{AttackVerdict: model.AttackYes, Started: first - ago - 30*minute, Ended: first - ago, Waves: []model.Wave{{Start: first - ago - 30*minute, End: first - ago}}}}
		if with := likelihood(cause.Evaluate(&o), model.Attack); o.UserReports != nil && math.Abs(with-without) > 2e-4 {
			t.Fatalf("%.4f without, %.4f with an attack that ended %d minutes before", without, with, ago/minute)
		}
	})
}

func TestOddInput(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	odd := []float64{nan, inf, -inf, -1, 0, 1e300}
	times := []int64{0, -1, 1, math.MinInt64, math.MaxInt64, begin}
	rapid.Check(t, func(t *rapid.T) {
		f := func() float64 { return rapid.SampledFrom(odd).Draw(t, "f") }
		at := func() int64 { return rapid.SampledFrom(times).Draw(t, "t") }
		o := cause.Observation{Now: at(), Started: at(), Watched: rapid.Bool().Draw(t, "watched"), Ordinary: f(), Minutes: []cause.Minute{{at(), f(), f()}, {at(), f(), f()}},
			Traffic: []model.TrafficPart{{AttackVerdict: rapid.SampledFrom([]model.AttackVerdict{"yes", "no", "undecided", ""}).Draw(t, "presence"), Started: at(), Ended: at(),
				Peak: model.Rates{f(), f()}, Waves: []model.Wave{{Start: at(), End: at()}, {Start: at(), End: at()}}}},
			Probes:  []model.ProbeNow{{State: model.ProbeFailing, Failure: "new", Since: at()}, {State: model.ProbeSlow, Since: at()}},
			Failing: []model.Phase{{Start: at(), End: at()}},
			History: cause.History{Days: -1, AttackDays: 5, Attacks: 1 << 60, AttackMins: f(), AttackPeak: f(), Earlier: map[model.CauseName]int{model.Attack: -5, model.Demand: 1 << 60}}}
		if rapid.Bool().Draw(t, "reports") {
			o.UserReports = &model.UserReports{Total: math.MaxUint64, Works: math.MaxUint64, Networks: -1, Parts: []model.PartShare{{Slug: "a", Share: f(), StandsOut: true}, {Slug: "b", Share: f()}},
				Places: []model.PlaceShare{{Country: "US", Effective: f(), Expected: f(), StandsOut: true}, {Effective: f(), Expected: f()}}, Cause: model.Cause{Kind: "shared", Share: f()}}
		}
		if rapid.Bool().Draw(t, "history") {
			o.History.Days = 30
		}
		holds(t, cause.Evaluate(&o))
	})
	holds(t, cause.Evaluate(&cause.Observation{}))
}

func TestWords(t *testing.T) {
	for p, want := range map[float64]string{0: "almost no chance", 0.0499: "almost no chance", 0.05: "very unlikely", 0.2: "unlikely", 0.45: "roughly even chance", 0.55: "roughly even chance",
		0.5501: "likely", 0.79: "likely", 0.8: "very likely", 0.95: "almost certain"} {
		if got := cause.Words(p); got != want {
			t.Errorf("%v is %q, want %q", p, got, want)
		}
	}
}

func BenchmarkEvaluate(b *testing.B) {
	v := causetest.New(3, &causetest.Made)
	b.ReportAllocs()
	for b.Loop() {
		cause.Evaluate(&v.Observation)
	}
}
