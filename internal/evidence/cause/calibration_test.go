package cause_test

import (
	"fmt"
	"testing"

	"floodmark/internal/evidence/cause"
	"floodmark/internal/evidence/cause/causetest"
	"floodmark/internal/evidence/share"
	"floodmark/internal/model"
)

// record counts verdicts and those that were right.
type record struct{ stated, right int }

func (r *record) add(right bool) {
	r.stated++
	if right {
		r.right++
	}
}

func (r *record) limits() (low, high float64) {
	return share.Proportion(float64(r.right), float64(r.stated), share.Alpha)
}

// measured is how verdicts on many variants fared.
type measured struct {
	total  int
	words  map[string]*record          // of named causes
	named  map[[2]string]*record       // by what was named, and its word
	truth  map[model.CauseName]*found  // by what it was
	bins   map[int]*record             // by the likelihood of the likeliest cause, named or not, in twentieths
	grades map[model.Confidence]*found // by confidence
	known  map[string]*found           // by the signals there are
	alone  []uint64                    // seeds: better than "likely" on one kind of signal
}

// found is what became of variants of one sort.
type found struct{ all, right, undecided int }

func get[K comparable, V any](m map[K]*V, k K) *V {
	if m[k] == nil {
		m[k] = new(V)
	}
	return m[k]
}

func measure(ranges *causetest.Ranges, from, to uint64) *measured {
	m := &measured{words: map[string]*record{}, named: map[[2]string]*record{}, truth: map[model.CauseName]*found{}, bins: map[int]*record{},
		grades: map[model.Confidence]*found{}, known: map[string]*found{}}
	for seed := from; seed < to; seed++ {
		v := causetest.New(seed, ranges)
		a := cause.Evaluate(&v.Observation)
		m.add(a, v)
		if a.Likelihood >= 0.8 && restsOnOne(&v.Observation, a) {
			m.alone = append(m.alone, seed)
		}
	}
	return m
}

func (m *measured) add(a model.Assessment, v causetest.Variant) {
	m.total++
	right := a.Causes[0].Cause == v.Truth
	get(m.bins, int(20*a.Likelihood)).add(right)
	for _, f := range []*found{get(m.truth, v.Truth), get(m.grades, a.Confidence), get(m.known, known(&v.Observation))} {
		f.all++
		switch {
		case a.Cause == model.NoCause:
			f.undecided++
		case right:
			f.right++
		}
	}
	if a.Cause != model.NoCause {
		get(m.words, a.Words).add(right)
		get(m.named, [2]string{string(a.Cause), a.Words}).add(right)
	}
}

// known names the signals that an observation has.
func known(o *cause.Observation) string {
	text := ""
	if o.UserReports != nil {
		text += ", reports"
	}
	for _, p := range o.Probes {
		if p.State != model.ProbeUnknown {
			text += ", probes"
			break
		}
	}
	if o.Watched || len(o.Traffic) > 0 {
		text += ", traffic"
	}
	if text == "" {
		return "nothing"
	}
	return text[2:]
}

// restsOnOne tells whether the cause is as likely with one kind of signal alone,
// or whether only one has anything to say of it.
func restsOnOne(o *cause.Observation, a model.Assessment) bool {
	reports, probes, flows := *o, *o, *o
	reports.Probes, reports.Failing, reports.Traffic, reports.Watched, reports.Ordinary = nil, nil, nil, false, 0
	probes.UserReports, probes.Minutes, probes.Traffic, probes.Watched, probes.Ordinary = nil, nil, nil, false, 0
	flows.UserReports, flows.Minutes, flows.Probes, flows.Failing = nil, nil, nil, nil
	for _, one := range []*cause.Observation{&reports, &probes, &flows} {
		if b := cause.Evaluate(one); b.Likelihood >= 0.8 {
			return true
		}
	}
	return len(a.Signals) < 2
}

// allowed is the least part of verdicts that must be right, by word.
var allowed = []struct {
	word     string
	smallest float64
}{{"likely", 0.55}, {"very likely", 0.80}}

// TestCalibration holds words to what they mean, on variants whose parameters
// are drawn apart from those that the table was made with.
func TestCalibration(t *testing.T) {
	for name, ranges := range map[string]*causetest.Ranges{"apart": &causetest.Apart, "made": &causetest.Made} {
		m := measure(ranges, 100_000, 108_000)
		for _, w := range allowed {
			r := get(m.words, w.word)
			low, high := r.limits()
			t.Logf("%s: %s %d, right %d (%.3f–%.3f)", name, w.word, r.stated, r.right, low, high)
			if r.stated < 300 || low < w.smallest {
				t.Errorf("%s: %q was right in %d of %d, at least %.3f; wanted %.2f", name, w.word, r.right, r.stated, low, w.smallest)
			}
			// Of each cause there are fewer: it must not be shown to be worse.
			for c := range m.truth {
				r := get(m.named, [2]string{string(c), w.word})
				if _, high := r.limits(); r.stated > 0 && high < w.smallest {
					t.Errorf("%s: %q of %s was right in %d of %d, at most %.3f", name, w.word, c, r.right, r.stated, high)
				}
			}
		}
		for _, seed := range m.alone {
			t.Errorf("%s, seed %d: better than likely on one kind of signal", name, seed)
		}
		for word := range m.words {
			if word != "likely" && word != "very likely" {
				t.Errorf("%s: a cause was named with the word %q", name, word)
			}
		}
		// One that never says anything would be right, too.
		for c, smallest := range map[model.CauseName]float64{model.Attack: 0.25, model.OwnFault: 0.2, model.Elsewhere: 0.5} {
			if f := get(m.truth, c); float64(f.right) < smallest*float64(f.all) {
				t.Errorf("%s: %s was found in %d of %d", name, c, f.right, f.all)
			}
		}
	}
}

// Without reports, probes or traffic of its own nobody knows what it is.
func TestOutsideView(t *testing.T) {
	n := 0
	for seed := range uint64(4000) {
		v := causetest.New(300_000+seed, &causetest.Apart)
		o := v.Observation
		if o.UserReports == nil {
			continue
		}
		o.Probes, o.Failing, o.Traffic, o.Watched, o.Ordinary = nil, nil, nil, false, 0
		n++
		switch a := cause.Evaluate(&o); a.Cause {
		case model.Attack, model.OwnFault, model.Demand:
			t.Errorf("seed %d: %s from reports alone: %s", seed, a.Cause, a.Text)
		}
	}
	if n < 1000 {
		t.Fatal(fmt.Sprint(n, " variants only"))
	}
}
