package cause

import (
	"fmt"
	"math"

	"floodmark/internal/model"
)

// seen is one observation that was made.
type seen struct {
	id     string
	signal model.Signal
	w      odds   // log10 of its probability under each cause, as it counts
	text   string // a clause: no capital, no full stop
}

// notes collects what is seen.
type notes struct{ all []seen }

// row notes a row of the table, with a strength from 0 to 1.
func (n *notes) row(id string, strength float64, text string) {
	r := rows[id]
	s := seen{id: id, signal: r.signal, text: text}
	for c, p := range r.p {
		s.w[c] = strength * r.count * math.Log10(p)
	}
	n.add(s, strength)
}

// attack notes what speaks of an attack against all else, in log10.
func (n *notes) attack(id string, signal model.Signal, weight float64, text string) {
	s := seen{id: id, signal: signal, text: text}
	s.w[attack] = weight
	n.add(s, math.Abs(weight))
}

func (n *notes) add(s seen, strength float64) {
	if strength > 0 {
		n.all = append(n.all, s)
	}
}

// observe notes all that is known, signal by signal.
func observe(v *view) notes {
	var n notes
	v.reports(&n)
	v.probed(&n)
	v.traffic(&n)
	v.lasting(&n)
	return n
}

// lasting weighs how long it has lasted.
func (v *view) lasting(n *notes) {
	hours := minutes(v.Now-v.Started) / 60
	if !(hours > 0.25) {
		return
	}
	s := seen{id: "lasting", text: fmt.Sprintf("it has lasted %s", hoursText(hours))}
	for c, mean := range lengths {
		s.w[c] = -math.Log10(1 + min(hours, 48)/mean)
	}
	n.add(s, 1)
}

func hoursText(h float64) string {
	switch {
	case h < 1.5:
		return fmt.Sprintf("%.0f minutes", 5*math.Round(h*12))
	case h > 48:
		return "more than two days"
	}
	return fmt.Sprintf("%.0f hours", h)
}

// base returns the odds before any evidence and, where the service has a
// history, what it says of them.
func (v *view) base() (odds, []seen) {
	start := baseReports
	switch {
	case v.reported():
	case v.failed != 0 || len(v.Traffic) == 0:
		start = baseProbes
	default:
		start = baseTraffic
	}
	h := v.History
	b := start
	rate := v.attackRate()
	if h.Days >= 7 && h.Attacks >= 0 {
		b[attack] *= min(max(math.Pow(rate/usualRate, 0.25), 0.6), 2)
	}
	var own odds
	all := 0.0
	for c, name := range causes {
		own[c] = float64(max(h.Earlier[name], 0))
		all += own[c]
	}
	if start == baseTraffic {
		own, all = odds{}, 0 // they are known from reports and failures
	}
	b = normal(b)
	for c := range b {
		b[c] = (b[c]*pseudo + own[c]*min(1, maxCounted/max(all, 1))) / (pseudo + min(all, maxCounted))
	}
	if h.Days < 7 && all == 0 {
		return b, nil
	}
	s := seen{id: "base", text: v.baseText(b, rate, int(all))}
	for c := range b {
		s.w[c] = math.Log10(b[c] / start[c])
	}
	return b, []seen{s}
}

func (v *view) baseText(b odds, rate float64, earlier int) string {
	text := ""
	if v.History.Days >= 7 {
		text = fmt.Sprintf("attacks on it were seen on %d of %d days, and ", min(v.History.AttackDays, v.History.Days), v.History.Days)
		if v.History.AttackDays == 0 {
			text = fmt.Sprintf("no attack on it was seen on %d days, and ", v.History.Days)
		}
	}
	if earlier > 0 {
		text += fmt.Sprintf("%d earlier incidents of it are known, and ", earlier)
	}
	return text + fmt.Sprintf("that makes attacks %.0f %% of its incidents before anything is known of this one: a base rate, no evidence", 100*b[attack])
}

// attackRate returns how many attacks a day are to be expected.
func (v *view) attackRate() float64 {
	h := v.History
	return (float64(max(h.Attacks, 0)) + usualRate*usualDays) / (float64(max(h.Days, 0)) + usualDays)
}

// chance returns how probable it is that some attack goes on at a time that has
// nothing to do with it.
func (v *view) chance() float64 {
	long := v.History.AttackMins
	if !(long > 0) {
		long = usualMins
	}
	span := min(long, 24*60) + minutes(int64(after+ahead))
	return min(max(1-math.Exp(-v.attackRate()*span/(24*60)), minChance), maxChance)
}

// normal makes odds sum to 1.
func normal(o odds) odds {
	sum := 0.0
	for _, x := range o {
		sum += x
	}
	for c := range o {
		o[c] /= sum
	}
	return o
}
