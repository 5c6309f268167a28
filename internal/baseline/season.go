package baseline

import (
	"time"
)

// A day is cut into half-hours, weekdays apart from weekends: so each cell of a
// weekday is seen five times in the first week, which hours of the week are not.
const (
	perDay   = 48
	cells    = 2 * perDay
	cellTime = 86400 / perDay // seconds
)

// memory is the days of a kind that a cell remembers.
const memory = 10

// levelADay is the most by which the level of a series follows what lasts, in
// logarithms a day (6 %): a ramp of 20 % a day stays visible.
const levelADay = 0.06

// cellStep is the most by which one day may move a cell that is well known, in
// logarithms before its gain.
const cellStep = 0.15

// cell is what is usual in one half-hour: a mean logarithm of rates.
type cell struct {
	mean float32
	days float32 // at most memory
}

// visit gathers one half-hour.
type visit struct {
	day  int64 // of the half-hour, from 1970 in the series' zone
	slot int64
	n    float64 // buckets
	y, r float64 // sums of values and of distances
	outN float64 // buckets that were out
	outR float64
}

func (v *visit) add(p *pending, out bool) {
	if out {
		v.outN++
		v.outR += p.r
		return
	}
	v.n++
	v.y += p.y
	v.r += p.r
}

// slotOf returns the day and the half-hour of a time, and where in it, 0 to 1.
func (s *Series) slotOf(at int64) (day int64, slot int, part float64) {
	sec := at / 1e9
	if s.cfg.Zone != time.UTC {
		_, off := time.Unix(sec, 0).In(s.cfg.Zone).Zone()
		sec += int64(off)
	}
	day = sec / 86400
	in := sec % 86400
	if in < 0 {
		in += 86400
		day--
	}
	return day, int(in / cellTime), float64(in%cellTime) / cellTime
}

// index returns the cell of a half-hour, which may be that before or after the
// day.
func index(day int64, slot int) int {
	if slot < 0 {
		day, slot = day-1, slot+perDay
	} else if slot >= perDay {
		day, slot = day+1, slot-perDay
	}
	if d := ((day+3)%7 + 7) % 7; d >= 5 { // 1 January 1970 was a Thursday
		return perDay + slot
	}
	return slot
}

// around returns the cell of a time, its nearer neighbour, and the part of the
// neighbour: cells are joined by straight lines between their middles.
func (s *Series) around(at int64) (own, next *cell, part float64) {
	day, slot, in := s.slotOf(at)
	in += s.cfg.Step.Seconds() / 2 / cellTime // the middle of the bucket
	own = &s.cells[index(day, slot)]
	if in < 0.5 {
		return own, &s.cells[index(day, slot-1)], 0.5 - in
	}
	return own, &s.cells[index(day, slot+1)], in - 0.5
}

// seen reports whether this half-hour was ever seen.
func (s *Series) seen(at int64) bool {
	own, _, _ := s.around(at)
	return own.days > 0
}

// usual returns what the cells say of a time, without the level.
func (s *Series) usual(at int64) float64 {
	own, next, part := s.around(at)
	if next.days == 0 {
		return float64(own.mean)
	}
	return float64(own.mean)*(1-part) + float64(next.mean)*part
}

// turn ends the half-hour before that of a time, if there was one.
func (s *Series) turn(at int64) {
	day, slot, _ := s.slotOf(at)
	v := &s.visit
	if v.day == day && v.slot == int64(slot) {
		return
	}
	if v.n+v.outN > 0 {
		s.endVisit()
	}
	s.visit = visit{day: day, slot: int64(slot)}
}

// endVisit learns a half-hour of which at least a third was seen.
func (s *Series) endVisit() {
	v := &s.visit
	full := cellTime / s.cfg.Step.Seconds()
	c := &s.cells[index(v.day, int(v.slot))]
	switch {
	case v.n+v.outN < full/3:
		return
	case c.days == 0:
		if v.n > 0 {
			c.mean, c.days = float32(v.y/v.n)-float32(s.level), 1
		}
		return
	}
	limit := levelADay * cellTime / 86400
	s.moveLevel(clip((v.r+v.outR)/(v.n+v.outN)*cellTime/86400, limit))
	if v.n >= full/3 {
		off := v.r / v.n
		if c.days >= 3 {
			off = clip(off, cellStep)
		}
		c.days = min(c.days+1, memory)
		c.mean += float32(off) / c.days
	}
	s.forget(cellTime)
}

func (s *Series) moveLevel(by float64) { s.level = clip(s.level+by, 20) }
