package claim

import (
	"fmt"
	"math"

	"floodmark/internal/model"
)

// growing widens bounds of a value that can only grow with what is seen: a
// size, a number of sources, a duration. What was measured here is a lower
// bound of the whole attack unless all of it passed this point or the claim is
// about this point; where the capture dropped packets it always is.
func (a *answer) growing(lo, hi float64) (float64, float64) {
	d := a.data
	switch {
	case d.Lossy:
		a.note("The capture dropped packets, so the figure is a lower bound.")
		return lo, math.Inf(1)
	case a.reading.Here || d.View == viewWhole:
		return lo, hi
	case d.View == viewPart:
		a.note("Only a part of the attack passed this point, so the figure is a lower bound of the whole attack.")
	default:
		a.note("Whether all of the attack passed this point is not known, so the figure is a lower bound of the whole attack; add \"here\" to the claim to ask about this point.")
	}
	return lo, math.Inf(1)
}

func (a *answer) size() {
	e := a.rateOf(a.reading.Unit, a.reading.Average)
	what := "The highest second"
	if a.reading.Average {
		what = "The average"
	}
	lo, hi := interval(e)
	a.value = &e.Value
	a.measured = append(a.measured, fmt.Sprintf("%s%s measured %s.", what, a.inVector(), rate(e.Value, a.reading.Unit)))
	if hi > lo && !math.IsInf(hi, 1) {
		a.bounds = append(a.bounds, fmt.Sprintf("With the error of sampling it was between %s and %s at this point.", rate(lo, a.reading.Unit), rate(hi, a.reading.Unit)))
	} else if math.IsInf(hi, 1) {
		a.bounds = append(a.bounds, fmt.Sprintf("It was at least %s.", rate(lo, a.reading.Unit)))
	} else {
		a.bounds = append(a.bounds, "It is a complete count at this point.")
	}
	lo, hi = a.growing(lo, hi)
	a.limits(lo, hi)
	a.verdict = decide(a.reading.Relation, lo, hi, a.reading.Amount)
}

// rateOf picks the rate that a reading asks for.
func (a *answer) rateOf(unit string, average bool) model.Estimate {
	v := a.data.Volume
	if x := a.vector(); x != nil {
		v = x.Volume
	}
	switch {
	case unit == "packets/s" && average:
		return v.MeanPPS
	case unit == "packets/s":
		return v.PeakPPS
	case average:
		return v.MeanBPS
	}
	return v.PeakBPS
}

func interval(e model.Estimate) (lo, hi float64) {
	hi = math.Inf(1)
	if e.Low != nil {
		lo = *e.Low
	}
	if e.High != nil {
		hi = *e.High
	}
	return lo, hi
}

// magnitude prints the size, and asks for a number to judge by.
func (a *answer) magnitude() {
	bits, packets := a.rateOf("bits/s", false), a.rateOf("packets/s", false)
	lo, hi := interval(bits)
	a.value = &bits.Value
	a.limits(a.growing(lo, hi))
	a.measured = append(a.measured, fmt.Sprintf("The highest second measured %s and %s.", rate(bits.Value, "bits/s"), rate(packets.Value, "packets/s")))
	a.gates = append([]string{fmt.Sprintf("%q is not a number; claim one, such as \"over 1 Tbps\" or \"over 40 Mpps\".", a.reading.Note)}, a.gates...)
	a.verdict = model.CannotBeDetermined
}

// count assesses a number of sources or of devices.
func (a *answer) count() {
	d := a.data
	seen, real, complete := d.SourcesObserved, d.SourcesTrusted, d.SourcesComplete && !d.Sampled
	if v := a.vector(); v != nil {
		seen, real = v.Total.Sources, 0
		if v.trusted() {
			real = seen
		}
	}
	val := float64(seen)
	a.value, a.m = &val, int64(seen)
	a.measured = append(a.measured, fmt.Sprintf("%s source addresses were seen%s, of which %s belong to vectors whose sources are shown to be real and not reflectors.",
		count(val), a.inVector(), count(float64(real))))
	lo, hi := float64(real), val
	if seen > real {
		a.note("Forged addresses and reflectors are no count of attacking hosts, so only real sources make the lower bound.")
		hi = math.Inf(1)
	}
	if d.Anonymised {
		a.note("Anonymised addresses may have been merged, so their number is a lower bound.")
		hi = math.Inf(1)
	}
	if !complete {
		a.note("Not every packet or source is in the data: the number of sources seen is a lower bound, and how many were missed cannot be told.")
		hi = math.Inf(1)
	}
	lo, hi = a.growing(lo, hi)
	a.limits(lo, hi)
	a.bounds = append(a.bounds, boundText(a.low, a.high, "real source addresses"))
	if a.reading.Kind == kindDevices {
		a.block("Addresses are not devices: one address may hide many devices, and one device may use many addresses in turn.")
		return
	}
	a.verdict = decide(a.reading.Relation, lo, hi, a.reading.Amount)
}

func boundText(lo, hi *float64, what string) string {
	switch {
	case hi != nil && *hi == *lo:
		return fmt.Sprintf("There were exactly %s %s.", count(*lo), what)
	case hi != nil:
		return fmt.Sprintf("There were between %s and %s %s.", count(*lo), count(*hi), what)
	}
	return fmt.Sprintf("There were at least %s %s.", count(*lo), what)
}

func (a *answer) duration() {
	d := a.data
	s := d.Seconds
	if v := a.vector(); v != nil {
		s = v.Seconds
	}
	a.value = &s
	a.measured = append(a.measured, fmt.Sprintf("From the first to the last attack packet%s %s passed.", a.inVector(), seconds(s)))
	lo, hi := math.Max(0, s-2*d.Resolution), s+2*d.Resolution
	a.bounds = append(a.bounds, fmt.Sprintf("Either end is known to %s, so it lasted between %s and %s at this point.", seconds(d.Resolution), seconds(lo), seconds(hi)))
	if d.CutStart || d.CutEnd {
		hi = math.Inf(1)
		a.note("The recording " + cutText(d.CutStart, d.CutEnd) + " within the attack, so the duration is a lower bound.")
	}
	lo, hi = a.growing(lo, hi)
	a.limits(lo, hi)
	a.verdict = decide(a.reading.Relation, lo, hi, a.reading.Amount)
}

func cutText(start, end bool) string {
	switch {
	case start && end:
		return "begins and ends"
	case start:
		return "begins"
	}
	return "ends"
}
