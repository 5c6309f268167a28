package eprocess

import (
	"time"

	"floodmark/internal/model"
)

const (
	// hold is how long after its last wave an episode goes on: several spikes of
	// one day are waves of one.
	hold = 4 * time.Hour
	// longest is how long an episode may be open before its level is taken for
	// what is normal now.
	longest = 24 * time.Hour
	// suspicion is the part of the limit's logarithm from which there is one.
	suspicion = 0.6
	// calm and calmTime are how many buckets in a row, and how long, must be
	// normal before a wave is over.
	calm     = 2
	calmTime = 15 * time.Minute
)

// Episode follows a series from its verdicts through states. The zero Episode is
// none. Its fields are exported to be kept.
type Episode struct {
	State  model.State // "" for none
	Opened int64       // Unix ns
	Quiet  int         // normal buckets in a row
	Last   int64       // Unix ns of the last bucket out of what is normal
	Waves  int
}

// Step takes a verdict and returns the state. enough says that there are at
// least as many people as an episode needs; without, it is never opened.
func (e *Episode) Step(at int64, v *Verdict, enough bool) model.State {
	strong := v.Over && v.High
	// In short buckets an outage that goes on is seen in many of them together,
	// and evidence takes long to fall.
	out := v.High || v.Over && v.Lately > multiples[0]
	switch e.State {
	case model.Open:
		if out {
			e.Quiet, e.Last = 0, at
		} else if e.Quiet++; e.Quiet >= calm && at-e.Last >= int64(calmTime) {
			e.State = model.Easing
		}
		if at-e.Opened > int64(longest) {
			*e = Episode{}
		}
	case model.Easing:
		switch {
		case strong && enough:
			e.State, e.Quiet, e.Last = model.Open, 0, at
			e.Waves++
		case at-e.Last > int64(hold):
			*e = Episode{}
		}
	default:
		switch {
		case v.Known && v.Over && enough:
			*e = Episode{State: model.Open, Opened: at, Last: at, Waves: 1}
		case v.Known && v.Score >= suspicion*v.Limit:
			e.State = model.Suspected
		default:
			e.State = ""
		}
	}
	return e.State
}

// Take judges a bucket, follows its episode and learns what is normal from it.
func (e *Episode) Take(s *Series, at int64, y float64, enough bool) (Verdict, model.State) {
	before := e.State
	v := s.Judge(at, y)
	state := e.Step(at, &v, enough)
	s.Heed(at, y, v.High, before, state)
	return v, state
}

// Heed takes a judged bucket for what it was: ordinary, or one of an episode,
// whose states before and after the bucket are given. high is the verdict's
// High.
func (s *Series) Heed(at int64, y float64, high bool, before, now model.State) {
	if now == model.Easing && before == model.Open || now == "" && before == model.Easing {
		s.Forget()
	}
	if now == model.Open {
		s.Waiting = s.Waiting[:0] // what waits is its beginning
	}
	if now == "" || now == model.Easing && !high {
		s.learn(at, y)
	} else {
		s.passed(at, y)
	}
}
