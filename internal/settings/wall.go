package settings

import (
	"time"

	"floodmark/internal/conf"
)

// date is a day of the calendar, whatever its length is in a time zone.
type date struct {
	year  int
	month time.Month
	day   int
}

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date{y, m, d}
}

func (d date) plus(days int) date {
	return dateOf(time.Date(d.year, d.month, d.day+days, 0, 0, 0, 0, time.UTC))
}

func (d date) weekday() time.Weekday {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC).Weekday()
}

// first returns the first moment of the day at which the wall clock shows at, or,
// where clocks skip that time, at which they skip it. It reports false for a day
// that a change of the time zone leaves out.
func (d date) first(at conf.TimeOfDay, loc *time.Location) (time.Time, bool) {
	wall := time.Date(d.year, d.month, d.day, int(at)/60, int(at)%60, 0, 0, time.UTC)
	// Offsets are at most 15 hours, and no two changes are as near as two days.
	near := wall.Add(-24 * time.Hour).In(loc)
	_, change := near.ZoneBounds()
	before := wall.Add(-offset(near)).In(loc)
	if change.IsZero() || before.Before(change) {
		return before, true
	}
	after := wall.Add(-offset(change)).In(loc)
	if after.Before(change) { // skipped
		return change, dateOf(change) == d || dateOf(change.Add(-1)) == d
	}
	return after, true
}

func offset(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}
