package causetest

import (
	"fmt"
	"math"

	"floodmark/internal/evidence/cause"
	"floodmark/internal/model"
)

// reports plays the minutes of reports, and what other rooms make of them.
func (p *play) reports() {
	worst, normal, lag, half := p.log(p.Size), p.log(p.Normal), p.in(p.Lag), p.in(p.Decay)
	c := &model.UserReports{Service: "example", Name: "Example"}
	level := 0.0
	for m := float64(-lead); m < p.now; m++ {
		x := p.hurt(m - lag)
		if level *= math.Exp2(-1 / half); x > level {
			level += (x - level) * 0.4
		}
		y := float64(p.poisson(normal + worst*level*math.Exp(0.2*p.r.NormFloat64())))
		p.o.Minutes = append(p.o.Minutes, cause.Minute{At: at(m), Effective: y, Expected: normal * math.Exp(0.1*p.r.NormFloat64())})
		if m >= 0 {
			c.Total += uint64(y)
			c.Effective += y
		}
	}
	some := p.in(p.Works)
	if !p.place && p.kind != elsewhere && p.kind != forged && !p.onePart {
		some *= 0.3
	}
	c.Works = uint64(p.poisson(some / (1 - some) * c.Effective))
	c.Cause = p.explained()
	honest := p.kind != forged
	if c.Fraud.Suspected = honest && p.chance(p.Accused) || !honest && p.chance(p.Caught); c.Fraud.Suspected {
		c.Fraud.Synchronized = 0.9
	}
	p.parts(c)
	p.places(c)
	p.o.UserReports = c
}

// explained is what evidence/sharedcause would say of it, and sometimes wrongly.
func (p *play) explained() model.Cause {
	kind := model.CauseOwn
	switch {
	case p.kind == elsewhere:
		kind = model.CauseElsewhere
	case p.kind == dependency && !p.chance(p.Unconfigured):
		kind = model.CauseShared
	}
	switch x := p.r.Float64(); {
	case x < p.in(p.Wrong):
		kind = []model.CauseKind{model.CauseOwn, model.CauseElsewhere, model.CauseShared}[p.r.IntN(3)]
	case x > 1-p.in(p.Blind):
		kind = model.CauseUndecided
	}
	c := model.Cause{Kind: kind}
	if kind == model.CauseElsewhere || kind == model.CauseShared {
		c.By, c.Name, c.Share = "other", "Other", 0.5+0.5*p.r.Float64()
		c.Owner = kind == model.CauseShared && p.r.IntN(6) == 0
	}
	return c
}

func (p *play) parts(c *model.UserReports) {
	shares := []float64{4, 3, 2, 1}
	out := -1
	if p.onePart {
		out = p.r.IntN(len(shares))
	} else if p.r.IntN(12) == 0 {
		out = p.r.IntN(len(shares)) // people name what they use most
	}
	sum := 0.0
	for i := range shares {
		if shares[i] *= math.Exp(0.3 * p.r.NormFloat64()); i == out {
			shares[i] += 5 + 20*p.r.Float64()
		}
		sum += shares[i]
	}
	for i, s := range shares {
		c.Parts = append(c.Parts, model.PartShare{Slug: fmt.Sprint("part", i), Name: fmt.Sprint("Part ", i), Share: s / sum, StandsOut: i == out && c.Total >= 15})
	}
}

// places plays where reports come from: a fault of the network has its place,
// forgers have few networks, and a service of one country looks like itself.
func (p *play) places(c *model.UserReports) {
	countries := 1 + p.r.IntN(8)
	out := -1
	few := p.place || p.kind == forged && p.r.IntN(3) == 0 || p.kind == elsewhere && p.r.IntN(5) == 0 || p.r.IntN(25) == 0
	if few {
		out = p.r.IntN(countries)
	}
	weights, sum := make([]float64, countries), 0.0
	usual, all := make([]float64, countries), 0.0
	for i := range weights {
		usual[i] = 1 / float64(1+i)
		all += usual[i]
		if weights[i] = usual[i] * math.Exp(0.2*p.r.NormFloat64()); i == out {
			weights[i] += 20 * p.r.Float64()
		}
		sum += weights[i]
	}
	for i := range weights {
		x := model.PlaceShare{Country: fmt.Sprintf("A%c", 'A'+i), Effective: c.Effective * weights[i] / sum, Expected: c.Effective * usual[i] / all}
		x.StandsOut = x.Effective > 1.5*x.Expected && c.Total >= 15
		c.Places = append(c.Places, x)
	}
	c.Networks = 1 + int(math.Sqrt(float64(c.Total))*(1+4*p.r.Float64()))
	if p.place && p.r.IntN(3) == 0 || p.kind == forged && p.r.IntN(3) == 0 {
		c.Networks = 1 + p.r.IntN(6)
	}
}

// poisson draws a count.
func (p *play) poisson(mean float64) int {
	if mean > 50 {
		return int(max(0, math.Round(mean+math.Sqrt(mean)*p.r.NormFloat64())))
	}
	limit, n := math.Exp(-mean), 0
	for x := p.r.Float64(); x > limit; n++ {
		x *= p.r.Float64()
	}
	return n
}
