package baseline

import (
	"fmt"
	"math"
	"time"
)

// Config is what a series is and what is promised for it. Series with another
// Step do not read each other's state.
type Config struct {
	// Step is the length of a bucket, from a second to half an hour.
	Step time.Duration
	// Promise is the most false alarms of this series in a week, high and low
	// together. A promise for a whole network is divided by the number of its
	// series by whoever makes them. At least 1e-9.
	Promise float64
	// Learn is the least time that must have been learnt from before anything is
	// known.
	Learn time.Duration
	// Floor is the least value that can be called high, and the least that must
	// be expected before its absence can be called low. In the unit of values.
	Floor float64
	// Ratio is how many times the expected value must be exceeded, or undercut,
	// beside all else. At least 1.
	Ratio float64
	// Zone is where the day of this series begins; nil for UTC. In UTC a change to
	// summer time moves people's habits by an hour against what was learnt.
	Zone *time.Location
}

// Expectation is what is normal at some time.
type Expectation struct {
	Known bool
	Why   string // why it is not known, as "2 of 7 days seen"; empty where it is
	// Mean is the middle of what is normal, Low and High its edges for one
	// bucket. Low is 0 where nothing is too little.
	Mean, Low, High float64
	// Quality is from 0 to 1: the part of a month's knowledge that it rests on.
	Quality float64
}

// State is how a bucket compares with what is normal.
type State uint8

// The states of a bucket.
const (
	Unknown State = iota // nothing is known yet
	Normal
	High
	Low
)

// String returns unknown, normal, high or low.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state %d", uint8(s))
}

var stateNames = [...]string{"unknown", "normal", "high", "low"}

// Verdict is a bucket judged. Value, Expected and Bound are comparable: Value is
// the bucket, or the mean of the last minutes or hours where that is what is
// out of bounds.
type Verdict struct {
	State    State
	Why      string // of Unknown
	Value    float64
	Expected float64
	Bound    float64 // edge of what is normal, on the side of State; 0 unless High or Low
	Score    float64 // evidence in parts of what the promise asks for; 1 and more is out
	Since    int64   // Unix ns, where it is estimated to have begun; 0 unless High or Low
	Over     time.Duration
}

// Series is the memory of one series of buckets. Make it with New.
type Series struct {
	cfg  Config
	gain [4]float64 // of the running means, from Step

	last    int64   // start of the newest bucket that was judged
	learnt  float64 // seconds that were learnt from
	weight  float64 // what one sample stands for, ordinarily
	level   float64 // by which all cells are off now: added to logarithms
	cells   [cells]cell
	visit   visit
	out     State
	since   int64
	test    int // that found what is out
	rates   rates
	pending pending
}

// pending is what Judge leaves for Learn of the same bucket. It is not kept.
type pending struct {
	at    int64
	y, r  float64 // value and its distance from what was expected, in the domain of the model
	noise float64
	known bool // r has a meaning
}

// New returns an empty series. A Config out of its bounds is brought into them.
func New(cfg Config) *Series {
	cfg.Step = min(max(cfg.Step, time.Second), 30*time.Minute)
	cfg.Promise = max(cfg.Promise, 1e-9)
	cfg.Ratio = max(cfg.Ratio, 1)
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	s := &Series{cfg: cfg}
	for i, tau := range means {
		s.gain[i] = -math.Expm1(-cfg.Step.Seconds() / tau)
	}
	s.reset()
	return s
}

func (s *Series) reset() {
	for i := range s.rates.spread {
		s.rates.spread[i] = firstSpread * firstSpread
	}
	s.bounds()
}

// Judge compares the bucket that begins at a time with what is normal. weight is
// how much of v one independent sample stands for (packets a second in buckets
// of 10 s at 1:1000: 100), 0 for complete counts. Buckets come in order; a
// bucket that is not later than the last one is Unknown and changes nothing.
func (s *Series) Judge(at int64, v, weight float64) Verdict {
	if at <= s.last && s.last != 0 {
		return Verdict{State: Unknown, Why: "older than what was judged before"}
	}
	if !(v >= 0) || v > most || !(weight >= 0) || weight > most {
		return Verdict{State: Unknown, Why: "not a number of traffic"}
	}
	if s.last != 0 && at-s.last > 3*int64(s.cfg.Step)/2 {
		s.Gap(s.last+int64(s.cfg.Step), at)
	}
	s.last = at
	s.turn(at)
	return s.judgeRate(at, v, weight)
}

// Learn takes the same bucket as what is normal. frozen says that it is not: an
// incident, a maintenance window. A bucket that was not judged is judged first.
// What is out of bounds is learnt from only as far as the level of the whole
// series may follow in a day.
func (s *Series) Learn(at int64, v float64, frozen bool) {
	if s.pending.at != at {
		if s.Judge(at, v, s.weight); s.pending.at != at {
			return
		}
	}
	p := s.pending
	s.pending.at = 0
	if frozen {
		s.forgetPeaks()
		return
	}
	if s.out == Normal || s.out == Unknown {
		s.learnt += s.cfg.Step.Seconds()
	}
	s.visit.add(&p, s.out == High || s.out == Low)
	s.learnRate(at, &p)
}

// Gap says that nothing is known of the buckets from one time up to another:
// that is neither zero nor normal. Running means fade towards what is usual.
func (s *Series) Gap(from, to int64) {
	if to <= from || to <= s.last {
		return
	}
	missing := time.Duration(to - max(from, s.last)).Seconds()
	s.rates.fade(missing)
	s.forgetPeaks()
	s.turn(to)
	s.last = max(s.last, to-int64(s.cfg.Step))
	if missing > gapEnds {
		s.out, s.since = Unknown, 0
	}
}

// gapEnds is the seconds without data after which nothing goes on that was out
// before.
const gapEnds = 3600

// known returns why nothing is known for a time, or nothing.
func (s *Series) known(at int64) (why string) {
	if want := s.cfg.Learn.Seconds(); s.learnt < want {
		if want < 2*86400 {
			return fmt.Sprintf("%d of %d hours seen", int(s.learnt/3600), int(math.Ceil(want/3600)))
		}
		return fmt.Sprintf("%d of %d days seen", int(s.learnt/86400), int(math.Ceil(want/86400)))
	}
	if !s.seen(at) {
		return "this time of day has not been seen"
	}
	return ""
}

// Expect returns what is normal for the bucket that begins at a time.
func (s *Series) Expect(at int64) Expectation {
	e := Expectation{Why: s.known(at), Quality: min(1, s.learnt/(28*86400))}
	e.Known = e.Why == ""
	if !s.seen(at) {
		return e
	}
	s.expectRate(at, &e)
	return e
}

// begins notes when something is out and returns its beginning.
func (s *Series) begins(state State, since int64) int64 {
	if state != s.out || s.since == 0 {
		s.since = since
	}
	s.out = state
	if state == Normal || state == Unknown {
		s.since = 0
	}
	return s.since
}
