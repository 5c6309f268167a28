package sharedcause

import (
	"math"
	"slices"

	"floodmark/internal/model"
)

func clamp(v, low, high float64) float64 { return min(max(v, low), high) }

// shapeScore is what the shape says, between -4 and 2.
func (f fit) shapeScore() float64 { return f.known * clamp(6*(0.5-f.misfit), -4, 2) }

// onsetScore is what it says that one began so many minutes after the other:
// a quarter of an hour is as good as at once, since beginnings of small
// excesses are seen late; before is worse than after.
func onsetScore(later float64) float64 {
	switch {
	case later < -10:
		return clamp((later+10)/10, -4, 0)
	case later <= 15:
		return 0.5
	}
	return clamp((15-later)/20, -3, 0.5)
}

// neighbours returns the readings "the reports are about the outage of that
// service", for every service with excess that does not itself depend on i.
func (t *table) neighbours(i int) []candidate {
	var out []candidate
	leads := t.followers(i)
	for _, j := range t.hot {
		if j == i || slices.Contains(t.ups[j], i) {
			continue
		}
		a, b := t.views[i], t.views[j]
		c := candidate{kind: model.CauseElsewhere, by: j, fit: along(a, b.excess, b.start)}
		c.score = c.fit.shapeScore() + onsetScore(t.later(i, j)) + t.taught(i, j)
		size, lift := math.Log10(b.total/a.total), math.Log10(b.lift/a.lift)
		switch {
		case slices.Contains(t.ups[i], j):
			c.score += 2
		default:
			// Of two services without an edge, people mistake the small one: at
			// least four times fewer, and less beside what is usual for it.
			c.score += clamp(4*(size-0.6), -6, 1.5) + clamp(2*lift, -2, 1)
			if t.s[i].Category == "" || t.s[i].Category != t.s[j].Category {
				c.score -= 2.5
			}
			c.score -= 0.5
			if leads >= 2 {
				c.score -= 3 // those who depend on it felt it
			}
		}
		out = append(out, c)
	}
	return out
}

// followers returns how many services that depend on i have excess that began
// with its own.
func (t *table) followers(i int) int {
	n := 0
	for _, j := range t.hot {
		if slices.Contains(t.ups[j], i) && math.Abs(t.later(j, i)) <= together {
			n++
		}
	}
	return n
}

// taught is what earlier incidents say of one service falling into those of
// another, beside one in twenty by chance: between -0.5 and 2.
func (t *table) taught(i, j int) float64 {
	for _, f := range t.s[i].Followed[:min(len(t.s[i].Followed), 64)] {
		if f.Slug == t.s[j].Slug && f.Of > 0 && f.Times >= 0 {
			rate := (float64(min(f.Times, f.Of)) + 0.05) / (float64(f.Of) + 1)
			return clamp(math.Log(rate/0.05), -0.5, 2)
		}
	}
	return 0
}

// together is how many minutes apart excesses of one cause begin.
const together = 20

// groups returns the readings "they share a cause": a supplier that others
// depend on too, or an owner.
func (t *table) groups(i int) []candidate {
	var out []candidate
	for _, s := range t.ups[i] {
		if c, ok := t.group(i, s, func(j int) bool { return slices.Contains(t.ups[j], s) }); ok {
			out = append(out, c)
		}
	}
	if owner := t.s[i].Owner; owner != "" {
		c, ok := t.group(i, -1, func(j int) bool { return t.s[j].Owner == owner && !slices.Contains(t.ups[j], i) })
		if c.owner = owner; ok {
			out = append(out, c)
		}
	}
	return out
}

// group judges whether i and the other members have excess for one reason,
// which is service s or, where s is -1, something that is not seen itself.
func (t *table) group(i, s int, member func(int) bool) (candidate, bool) {
	var of, with, outside, outsideWith int
	pool, start := make([]float64, t.bins), t.bins-1
	var lifts []float64
	a := t.views[i]
	for j := range t.s {
		if j == i || j == s || slices.Contains(t.ups[j], i) {
			continue
		}
		in := member(j)
		sync := t.s[j].Excess && len(t.views[j].excess) > 0 && math.Abs(t.later(j, i)) <= together
		if in && sync && along(a, t.views[j].excess, t.views[j].start).misfit > 0.75 {
			sync = false // at the same time, but another thing
		}
		switch {
		case in && sync:
			of, with = of+1, with+1
			lifts = append(lifts, t.views[j].lift)
			start = min(start, t.views[j].start)
			for k, x := range t.views[j].excess {
				pool[k] += max(x, 0) / t.views[j].total
			}
		case in:
			of++
		case sync:
			outside, outsideWith = outside+1, outsideWith+1
		default:
			outside++
		}
	}
	felt := s >= 0 && t.s[s].Excess && math.Abs(t.later(s, i)) <= 2*together
	if with == 0 || with == 1 && s >= 0 && !felt {
		return candidate{}, false
	}
	slices.Sort(lifts)
	c := candidate{kind: model.CauseShared, by: s, fit: along(a, pool, start)}
	// The others that spike with it, against how often services outside do.
	p := clamp((float64(outsideWith)+0.5)/(float64(outside)+2), 0.02, 0.9)
	const hit = 0.75 // of members feel what they share
	c.score = -1 + clamp(float64(with)*math.Log(hit/p)+float64(of-with)*math.Log((1-hit)/(1-p)), -4, 5)
	c.score += c.fit.shapeScore()
	// One that rose far more beside its usual than the others is their cause
	// rather than one of them.
	c.score -= 3 * max(0, math.Log10(a.lift/lifts[len(lifts)/2])-0.8)
	switch {
	case felt:
		c.score += 2.5
	case s >= 0:
		c.score -= 0.5
	}
	return c, true
}
