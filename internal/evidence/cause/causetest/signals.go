package causetest

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"floodmark/internal/model"
)

// traffic plays what the network carries: the cause, if it is an attack, and
// attacks that have nothing to do with it.
func (p *play) traffic() {
	rate, long, usual := p.log(p.AttackRate), p.log(p.AttackMins), 1e9*math.Pow(10, 2*p.r.Float64()-1)
	if p.o.Watched = p.chance(p.Watched); !p.o.Watched {
		return
	}
	p.harmless(rate, long, usual)
	if p.kind == attack && !p.missed && p.flood[0][0] < p.now {
		p.part("cause", p.flood, p.evaluated(model.AttackYes), usual*p.log(p.Harmful))
	}
	p.rushes(usual)
	if p.r.IntN(2) == 0 && len(p.o.Traffic) == 0 {
		p.o.Ordinary = p.ordinary()
	}
	slices.SortFunc(p.o.Traffic, func(a, b model.TrafficPart) int { return cmp.Compare(a.Started, b.Started) })
	h := &p.o.History
	if h.Days = p.r.IntN(120); h.Days > 0 {
		h.Attacks = p.poisson(rate * float64(h.Days))
		h.AttackDays = min(h.Attacks, h.Days)
		h.AttackMins, h.AttackPeak = long*math.Exp(0.2*p.r.NormFloat64()), usual*math.Exp(0.3*p.r.NormFloat64())
	}
}

// harmless plays attacks of every day, from twelve hours before on.
func (p *play) harmless(rate, long, usual float64) {
	for m := -720.0; m < p.now && rate > 0; {
		if m += p.r.ExpFloat64() * 1440 / rate; m < p.now {
			end := m + long*math.Exp(0.7*p.r.NormFloat64())
			if end > -360 {
				p.part(fmt.Sprint("daily", len(p.o.Traffic)), [][2]float64{{m, end}}, p.evaluated(model.AttackYes), usual*math.Exp(0.7*p.r.NormFloat64()))
			}
			m = end
		}
	}
}

// rushes plays real clients in unusual numbers: the cause, or a consequence.
func (p *play) rushes(usual float64) {
	first, last := p.waves[0][0], p.waves[len(p.waves)-1][1]
	switch {
	case p.kind == demand && p.r.Float64() > p.in(p.Unseen):
		p.rush, p.rushed = first-1-30*p.r.Float64(), true
	case (p.kind == own || p.kind == dependency) && p.chance(p.Retry):
		p.rush, p.rushed = first+1+10*p.r.Float64(), true
	}
	if p.rushed && p.rush < p.now {
		p.part("rush", [][2]float64{{p.rush, max(last, p.rush+5)}}, p.evaluated(model.AttackNo), usual)
	}
}

// evaluated is what evidence/attackverdict would say of traffic, and sometimes wrongly.
func (p *play) evaluated(truth model.AttackVerdict) model.AttackVerdict {
	switch x := p.r.Float64(); {
	case p.noTTL && x < 0.7:
		return model.AttackUndecided
	case truth == model.AttackYes && x > 1-p.in(p.FalseNo):
		return model.AttackNo
	case truth == model.AttackNo && x > 1-p.in(p.FalseYes):
		return model.AttackYes
	}
	return truth
}

func (p *play) part(id string, spans [][2]float64, verdict model.AttackVerdict, peak float64) {
	t := model.TrafficPart{ID: id, AttackVerdict: verdict, State: model.Open}
	for _, s := range spans {
		from := s[0] + 0.3*p.r.Float64()
		if from > p.now {
			break
		}
		w := model.Wave{Start: at(from), Peak: peak}
		if end := s[1] + 2*p.r.Float64(); end < p.now {
			w.End = at(end)
		}
		t.Waves = append(t.Waves, w)
		t.Ended = w.End
	}
	if len(t.Waves) == 0 {
		return
	}
	t.Started = t.Waves[0].Start
	t.Peak[model.Bits] = peak * (0.8 + 0.4*p.r.Float64())
	p.o.Traffic = append(p.o.Traffic, t)
}

// ordinary is traffic over what is usual.
func (p *play) ordinary() float64 {
	level := 1.0
	if p.hurt(p.now) > 0 {
		switch p.kind {
		case attack:
			level = 0.2 + 1.2*p.r.Float64()
		case own, dependency:
			level = 0.3 + 0.9*p.r.Float64()
		case network:
			if level = 0.1 + 0.6*p.r.Float64(); p.place {
				level = 0.6 + 0.4*p.r.Float64()
			}
		case demand:
			level = 1 + 2*p.r.Float64()
		}
	}
	return level * math.Exp(0.1*p.r.NormFloat64())
}

var failures = [manners]model.ProbeFailure{model.ResponseServer, model.ResponseTimeout, model.ResponseFailed, model.ConnectTimeout, model.ConnectFailed,
	model.ConnectRefused, model.NameFailed, model.TLSFailed, model.ResponseUnlike, model.ResponseThrottled, model.NoFailure}

// probes plays what is measured from here.
func (p *play) probes() {
	if !p.chance(p.Probed) {
		return
	}
	parts := 1 + p.r.IntN(4)
	link := p.chance(p.OwnLink)
	weights := p.Manners[p.kind]
	for i := range weights {
		weights[i] *= math.Exp(p.Tilt * p.r.NormFloat64())
	}
	how := p.of(weights[:])
	touched := p.kind != elsewhere && p.kind != forged && (p.kind != network || !p.place || p.r.IntN(5) == 0)
	for i := range parts {
		n := model.ProbeNow{Component: fmt.Sprint("part", i), Name: fmt.Sprint("Part ", i), Vantage: "here", State: model.ProbeOK, Since: at(-2000)}
		late := 1 + 4*p.r.Float64()
		// What is probed first is the front page, and often not what fails.
		hit := touched && (!p.onePart || i == 0 && p.r.IntN(2) == 0) && p.r.Float64() < 0.9
		switch {
		case link:
			n.State, n.Failure, n.Since = model.ProbeUnknown, model.OwnLink, at(p.now-5)
		case p.chance(p.Flaky):
			n.State, n.Failure, n.Since = model.ProbeFailing, failures[p.r.IntN(manners-1)], at(-1000*p.r.Float64())
		case hit:
			p.fail(&n, how, late)
		}
		p.o.Probes = append(p.o.Probes, n)
	}
}

// fail plays a component that is touched.
func (p *play) fail(n *model.ProbeNow, how int, late float64) {
	slow := failures[how] == model.NoFailure
	for _, w := range p.waves {
		from, to := w[0]+late, w[1]+late
		if from >= p.now || to <= from {
			break
		}
		f := model.Phase{Signal: model.SignalProbe, Part: n.Component, Start: at(from)}
		n.State, n.Failure, n.Since = model.ProbeFailing, failures[how], at(from)
		if slow {
			n.State = model.ProbeSlow
		}
		if to < p.now {
			n.State, n.Failure, n.Since = model.ProbeOK, model.NoFailure, at(to)
			f.End = at(to)
		}
		if !slow {
			p.o.Failing = append(p.o.Failing, f)
		}
	}
}
