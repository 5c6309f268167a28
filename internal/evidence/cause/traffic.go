package cause

import (
	"fmt"
	"math"

	"floodmark/internal/model"
)

// traffic notes what the network carries.
func (v *view) traffic(n *notes) {
	c := at(v.waves, v.began())
	alone := !v.reported() && v.failed == 0 // the incident is the traffic
	if alone && len(v.waves) > 0 {
		c.active, c.near = 1, 0
	}
	if c.active > 0 {
		v.attacked(n, c, alone)
	}
	no, unclear := v.others()
	switch rest := 1 - c.active; {
	case rest == 0:
	case no != 0:
		v.honest(n, no, rest)
	case unclear:
		n.row("unclear", rest, "there is more traffic than usual, and the records cannot tell whether it is an attack")
	case v.sees():
		text := "its traffic is watched, and no attack was seen at that time"
		if v.attack {
			text = "an attack was seen, but not when this began"
		}
		n.row("no-attack", rest, text)
	}
	if len(v.Traffic) == 0 && v.Ordinary > 0 {
		v.level(n)
	}
}

// attacked weighs an attack that was seen, by how it fits in time and size.
func (v *view) attacked(n *notes, c coincidence, alone bool) {
	chance := v.chance()
	if alone {
		chance = minChance
	}
	text := "traffic evidence shows an attack when this began"
	if alone {
		text = "traffic evidence shows an attack"
	}
	if chance > 0.2 {
		text += ", which happens often on this service by chance"
	}
	n.attack("attack", model.SignalFlow, c.active*math.Log10(causeActive/chance), text)
	if !alone {
		w := c.active * timing(c)
		text := "the attack began shortly before it"
		if w < 0 {
			text = fmt.Sprintf("the attack had gone on for %s before that without trouble", minutesText(minutes(v.began()-c.wave.from)))
			if c.wave.from > v.began() {
				text = "the attack began after it"
			}
		}
		n.attack("onset", model.SignalFlow, w, text)
	}
	if h := v.History; h.Attacks >= 3 && h.AttackPeak > 0 && v.peak > 0 {
		r := math.Log10(v.peak / h.AttackPeak)
		text := "the attack is about as large as those that this service usually bears"
		switch {
		case r > 0.3:
			text = "the attack is larger than the usual ones on this service"
		case r < -0.3:
			text = "the attack is smaller than the usual ones on this service, which it bears"
		}
		n.attack("size", model.SignalFlow, c.active*weightSize*min(max(r, -1), 1), text)
	}
}

// timing weighs how soon after the beginning of an attack something began.
func timing(c coincidence) float64 {
	return c.near*weightNear - (1-c.near)*weightFar
}

// others returns when the first traffic began that is no attack but far more
// than usual, in reach of the incident, 0 for none; and whether there is some
// of which nothing is known.
func (v *view) others() (no int64, unclear bool) {
	for _, p := range v.Traffic[:min(len(v.Traffic), maxParts)] {
		if p.Started > v.Now || p.Ended != 0 && p.Ended < v.began()-int64(reach) {
			continue
		}
		switch p.AttackVerdict {
		case model.AttackNo:
			if no == 0 || p.Started < no {
				no = p.Started
			}
		case model.AttackYes:
		default:
			unclear = true
		}
	}
	return no, unclear
}

// How many minutes after the first trouble its beginning is noted: by people,
// and by several probes in a row.
const (
	states      = 7
	probeStates = 4
)

// honest weighs real clients in unusual numbers: before the first trouble they
// are its cause, after it they come again because they were turned away.
func (v *view) honest(n *notes, from int64, strength float64) {
	if !v.reported() && v.failed == 0 {
		n.row("crowd-alone", strength, "far more real clients than usual come")
		return
	}
	lead := minutes(v.began() - from)
	lead -= states
	if v.failed != 0 && v.failed <= v.Started {
		lead += states - probeStates
	}
	early := ramp(lead, -1, 6) * ramp(lead, 240, 60)
	late := ramp(lead, 1, -4)
	n.row("crowd-first", strength*early, "far more real clients than usual came before it")
	n.row("retries", strength*late, "real clients came in numbers only after it had begun, as those do who are turned away and try again")
}

// level weighs how much ordinary traffic there is.
func (v *view) level(n *notes) {
	of := fmt.Sprintf("traffic towards it is %.0f %% of the usual", 100*min(v.Ordinary, 100))
	n.row("less-traffic", ramp(v.Ordinary, 0.8, 0.4), of)
	n.row("usual-traffic", ramp(v.Ordinary, 0.8, 0.92)*ramp(v.Ordinary, 1.5, 1.25), of)
	n.row("more-traffic", ramp(v.Ordinary, 1.4, 2.5), of)
}
