package cause

import (
	"cmp"
	"math"
	"slices"
	"time"

	"floodmark/internal/model"
)

// Observation is what is known of an incident of a service at some time.
type Observation struct {
	Now     int64  // Unix ns
	Started int64  // Unix ns, estimated begin of the excess of reports; of the first other signal where nobody reports
	Name    string // of the service, for sentences
	// UserReports is what people report; nil where nobody does.
	UserReports *model.UserReports
	// Minutes are since shortly before Started (half an hour is good), one a
	// minute; the last day is read.
	Minutes []Minute
	// Watched tells that traffic towards the service's networks was seen, so that
	// an attack on them would have been.
	Watched bool
	// Ordinary is traffic towards its networks over what is usual, in the last
	// minutes; 0 where it is not known.
	Ordinary float64
	// Traffic are incidents of its networks' traffic since some hours before
	// Started, those that have ended too.
	Traffic []model.TrafficPart
	// Probes are of its components, from this server.
	Probes []model.ProbeNow
	// Failing is when probes failed, since shortly before Started. An end of 0 is
	// a failure that lasts.
	Failing []model.Phase
	History History
}

// Minute is the reports of one minute.
type Minute struct {
	At        int64   // Unix ns, its beginning
	Effective float64 // reports of problems, with what looks made up discounted
	Expected  float64 // what is usual
}

// History is what is known of a service from before this incident. The zero
// value is nothing.
type History struct {
	Days       int     // on which its traffic was watched, with or without attacks
	AttackDays int     // of Days, with an attack by traffic evidence
	Attacks    int     // on Days
	AttackMins float64 // usual length of an attack, minutes; 0 where not known
	AttackPeak float64 // usual peak of an attack, bits a second; 0 where not known
	// Earlier counts incidents of the service by what they were: best by what
	// people said afterwards, else by assessments of "very likely" or better.
	Earlier map[model.CauseName]int
}

const (
	maxMinutes = 1440 // a day
	maxParts   = 256  // of each other list
)

// view is an observation put in order, with what several signals ask of it.
type view struct {
	*Observation
	bins   []bin
	excess float64 // reports beyond the usual, in bins that are high
	waves  []span  // of attacks by traffic evidence, apart from each other, in order
	attack bool    // there is such an attack, in reach or not
	peak   float64 // of attacks in reach, bits a second
	failed int64   // Unix ns, when a probe began to fail or to be slow, nearest to Started; 0 for none
	probes []model.ProbeNow
}

// span is a stretch of time, Unix ns.
type span struct{ from, to int64 }

// bin is five minutes of reports.
type bin struct {
	from     int64   // Unix ns
	effect   float64 // reports beyond the usual
	high     float64 // 0 to 1: how clearly there are more than usual
	n        int     // minutes in it
	y, usual float64
}

// early is how long before reports a failure may begin and still be the
// beginning of the same incident.
const early = time.Hour

const binLength = 5 * int64(time.Minute)

func newView(o *Observation) *view {
	v := &view{Observation: o}
	v.probes = v.answering()
	v.failed = v.failure()
	v.cut()
	v.gather()
	return v
}

// reported tells that people report beyond the usual.
func (v *view) reported() bool { return v.UserReports != nil }

// answering returns the probes that know something, in order: not those whose
// own link is broken.
func (v *view) answering() []model.ProbeNow {
	var out []model.ProbeNow
	for _, p := range v.Probes {
		known := p.State == model.ProbeOK || p.State == model.ProbeSlow || p.State == model.ProbeFailing
		if known && p.Failure != model.OwnLink && len(out) < maxParts {
			out = append(out, p)
		}
	}
	return out
}

// failure returns when the failure or slowness began that is nearest to the
// beginning of the incident: a component may have been failing for days.
func (v *view) failure() int64 {
	best := int64(0)
	try := func(at int64) {
		a, b := math.Abs(minutes(at-v.Started)), math.Abs(minutes(best-v.Started))
		if at != 0 && at <= v.Now && (best == 0 || a < b || a == b && at < best) {
			best = at
		}
	}
	for _, p := range v.probes {
		if p.State != model.ProbeOK {
			try(p.Since)
		}
	}
	for _, f := range v.Failing[:min(len(v.Failing), maxParts)] {
		if f.End == 0 || f.End >= v.Started-int64(reach) {
			try(f.Start)
		}
	}
	return best
}

// began returns when people or probes first noticed.
func (v *view) began() int64 {
	switch {
	case v.failed == 0:
		return v.Started
	case v.reported():
		return max(min(v.Started, v.failed), v.Started-int64(early))
	}
	return v.failed
}

// cut puts the minutes into bins of five minutes that begin with the incident.
func (v *view) cut() {
	if !v.reported() {
		return
	}
	minutes := slices.Clone(v.Minutes)
	slices.SortFunc(minutes, func(a, b Minute) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Effective, b.Effective), cmp.Compare(a.Expected, b.Expected))
	})
	minutes = minutes[max(0, len(minutes)-maxMinutes):]
	for _, m := range minutes {
		from := m.At - ((m.At-v.Started)%binLength+binLength)%binLength
		if n := len(v.bins); n == 0 || v.bins[n-1].from != from {
			v.bins = append(v.bins, bin{from: from})
		}
		b := &v.bins[len(v.bins)-1]
		b.n, b.y, b.usual = b.n+1, b.y+sane(m.Effective), b.usual+sane(m.Expected)
	}
	for i := range v.bins {
		b := &v.bins[i]
		over := b.y - b.usual
		b.high = ramp(over/math.Sqrt(b.usual+1), 1, 4)
		b.effect = max(over, 0) * b.high
		v.excess += b.effect
	}
}

// ramp is 0 up to from, 1 from to on, and straight between; from may be the
// larger one.
func ramp(x, from, to float64) float64 {
	r := (x - from) / (to - from)
	if !(r > 0) {
		return 0
	}
	return min(r, 1)
}

func sane(x float64) float64 {
	if !(x > 0) {
		return 0
	}
	return min(x, 1e12)
}

func minutes(ns int64) float64 { return float64(ns) / float64(time.Minute) }
