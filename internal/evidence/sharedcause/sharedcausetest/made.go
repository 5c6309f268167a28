package sharedcausetest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"floodmark/internal/evidence/sharedcause"
	"floodmark/internal/model"
)

// made is a scenario in the making: bins of five minutes, ten hours, the outage
// from bin 24 on.
type made struct {
	r *rand.Rand
	w World
}

const madeBins, madeStart = 120, 24

func newMade(seed uint64, kind string) *made {
	return &made{r: rand.New(rand.NewPCG(seed, 0xdade)), w: World{Kind: kind, Truth: map[string]Truth{}, End: 1708603200 * 1e9}}
}

// add adds a service whose reports in its highest quarter of an hour are peak,
// and begin lag bins after the first ones. A peak of 0 is an ordinary day.
func (m *made) add(s sharedcause.Service, level, peak float64, lag int) *made {
	s.Dispersion = 2.5
	for k := range madeBins {
		x := 0.0
		if t := float64(k - madeStart - lag); t >= 0 && peak > 0 {
			// Up within two hours, down with a half-life of two more.
			x = peak / 3 * min((t+1)/20, 1) * math.Exp2(-max(t-40, 0)/24) * math.Exp(0.1*m.r.NormFloat64())
		}
		s.Effective = append(s.Effective, draw(m.r, level+x, 2.5))
		s.Expected = append(s.Expected, level)
	}
	if peak > 0 {
		s.Excess = true
		s.Since = m.w.End - int64(madeBins-madeStart-lag)*int64(sharedcause.Step)
	}
	m.w.Services = append(m.w.Services, s)
	return m
}

// quiet adds services that have an ordinary day.
func (m *made) quiet(n int, category string) *made {
	for i := range n {
		slug := fmt.Sprintf("%s-%d", category, i)
		m.add(sharedcause.Service{Slug: slug, Name: slug, Category: category}, 1+m.r.Float64()*10, 0, 0)
	}
	return m
}

// carriers are three mobile carriers without an edge between them.
func (m *made) carriers(att, verizon, tmobile float64, failed string) World {
	for _, c := range []struct {
		slug, name string
		peak       float64
	}{{"att", "AT&T", att}, {"verizon", "Verizon", verizon}, {"t-mobile", "T-Mobile", tmobile}} {
		lag := 1
		m.w.Truth[c.slug] = Truth{Kind: model.CauseElsewhere, By: failed}
		if c.slug == failed {
			lag = 0
			m.w.Truth[c.slug] = Truth{Kind: model.CauseOwn}
		}
		m.add(sharedcause.Service{Slug: c.slug, Name: c.name, Category: "carrier"}, 12, c.peak, lag)
	}
	return m.quiet(3, "carrier").quiet(15, "social").w
}

// ATT is after 22 February 2024: about 74,000 reports on AT&T in the quarter of
// an hour from 8:50 on, some 3,200 on Verizon and 1,500 on T-Mobile, which had
// no outage.
func ATT(seed uint64) World {
	return newMade(seed, "22 February 2024, AT&T").carriers(74000, 3200, 1500, "att")
}

// Verizon is after 14 January 2026: 178,284 reports on Verizon in a quarter of
// an hour, some 1,600 each on T-Mobile and AT&T, which had no outage.
func Verizon(seed uint64) World {
	return newMade(seed, "14 January 2026, Verizon").carriers(1600, 178284, 1600, "verizon")
}

// AWS is after 20 October 2025: fifteen tenants of AWS within minutes, with
// fewer reports on AWS itself than on many of them. With supplier false nobody
// reports on AWS yet.
func AWS(seed uint64, supplier bool) World {
	m := newMade(seed, "20 October 2025, AWS")
	peak := 0.0
	if supplier {
		peak = 5000
		m.w.Truth["aws"] = Truth{Kind: model.CauseOwn}
	}
	m.add(sharedcause.Service{Slug: "aws", Name: "Amazon Web Services", Category: "cloud", Owner: "Amazon"}, 2, peak, m.r.IntN(3))
	for i := range 15 {
		s := sharedcause.Service{Slug: fmt.Sprintf("tenant-%d", i), Name: fmt.Sprintf("Tenant %d", i),
			Category: []string{"social", "games", "bank", "shop"}[i%4], DependsOn: []string{"aws"}}
		if i == 0 {
			s.Owner = "Amazon"
		}
		m.w.Truth[s.Slug] = Truth{Kind: model.CauseShared, By: "aws"}
		m.add(s, 1+m.r.Float64()*10, 500*math.Exp(m.r.Float64()*4), m.r.IntN(4))
	}
	return m.quiet(6, "social").quiet(6, "games").quiet(5, "cloud").quiet(4, "bank").w
}
