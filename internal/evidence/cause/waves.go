package cause

import (
	"cmp"
	"slices"
	"time"

	"floodmark/internal/model"
)

const (
	// reach is how long before reports begin an attack may have ended and still
	// be asked about.
	reach = 20 * time.Minute
	// after is how long people go on reporting when it is over.
	after = 15 * time.Minute
	// ahead is how much earlier than the attack reports may seem to begin: both
	// beginnings are estimates.
	ahead = 3 * time.Minute
	// apart is how long between two waves lets one see whether reports fell.
	apart = 30 * time.Minute
	// largest is the oldest part of a wave that is looked at.
	largest = 12 * time.Hour
)

// gather unites the waves of attacks by traffic evidence.
func (v *view) gather() {
	var all []span
	for _, p := range v.Traffic[:min(len(v.Traffic), maxParts)] {
		if p.AttackVerdict != model.AttackYes {
			continue
		}
		v.attack = true
		n := len(all)
		for _, w := range p.Waves[:min(len(p.Waves), maxParts)] {
			all = v.addWave(all, w.Start, w.End)
		}
		if len(p.Waves) == 0 {
			all = v.addWave(all, p.Started, p.Ended)
		}
		if len(all) > n {
			v.peak = max(v.peak, sane(p.Peak[model.Bits]))
		}
	}
	slices.SortFunc(all, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	for _, w := range all {
		if n := len(v.waves); n > 0 && w.from <= v.waves[n-1].to {
			v.waves[n-1].to = max(v.waves[n-1].to, w.to)
			continue
		}
		v.waves = append(v.waves, w)
	}
}

// addWave adds a wave where it is in reach of the incident.
func (v *view) addWave(all []span, from, to int64) []span {
	if to == 0 || to > v.Now {
		to = v.Now
	}
	from = max(from, v.Started-int64(largest))
	if to < from || to < v.began()-int64(reach) {
		return all
	}
	return append(all, span{from, to})
}

// coincidence is how well an attack fits one beginning, each from 0 to 1.
type coincidence struct {
	active float64 // it went on at that time
	near   float64 // and began shortly before
	wave   span
}

// at returns how well waves fit a beginning: the best of them.
func at(waves []span, began int64) coincidence {
	var best coincidence
	for i, w := range waves {
		c := coincidence{wave: w, active: 1}
		switch {
		case began < w.from-int64(ahead):
			c.active = ramp(minutes(w.from-int64(ahead)-began), 20, 0)
		case began > w.to+int64(after):
			c.active = ramp(minutes(began-w.to-int64(after)), 20, 0)
		}
		late := minutes(began - w.from)
		c.near = ramp(late, 40, 12) * ramp(late, -12, -3)
		if d := c.active + c.near - best.active - best.near; i == 0 || d > 0 || d == 0 && w.from <= began {
			best = c
		}
	}
	return best
}

// following is how reports rise and fall with waves, each from 0 to 1.
type following struct {
	inside  float64 // of the excess of reports, within waves
	covered float64 // of the time, within waves: what inside is by chance
	felt    float64 // of the time of waves, with an excess of reports
	waves   int     // that lie apart
	known   bool
}

func (v *view) follow() following {
	var f following
	if v.excess == 0 || len(v.waves) == 0 || len(v.bins) < 2 {
		return f
	}
	var wide, core []span
	for i, w := range v.waves {
		wide = append(wide, span{w.from - int64(ahead), w.to + int64(after)})
		late := min(8*int64(time.Minute), (w.to-w.from)/2)
		core = append(core, span{w.from + late, w.to})
		if i == 0 || w.from-v.waves[i-1].to >= int64(apart) {
			f.waves++
		}
	}
	var in, ever, wave, felt float64
	for _, b := range v.bins {
		part := covered(wide, b.from)
		in, ever = in+b.effect*part, ever+part
		if covered(core, b.from) > 1-1e-9 { // all of it: at the edges of a wave both mix
			wave, felt = wave+1, felt+b.high
		}
	}
	f.known = true
	f.inside, f.covered = in/v.excess, ever/float64(len(v.bins))
	if f.felt = 0.5; wave > 0 {
		f.felt = felt / wave
	}
	return f
}

// covered returns the part of a bin that lies within spans, 0 to 1. Where spans
// reach into each other what they share counts once.
func covered(spans []span, from int64) float64 {
	end, sum := from, int64(0)
	for _, s := range spans {
		a, b := max(s.from, end), min(s.to, from+binLength)
		if b > a {
			sum += b - a
			end = b
		}
	}
	return float64(sum) / float64(binLength)
}
