package settings

import (
	"testing"
	"time"

	"floodmark/internal/conf"
)

// TestTimesOfDayAreOfTheWallClock looks at each minute of the three days around a
// change of clocks, and wants one span of that day.
func TestTimesOfDayAreOfTheWallClock(t *testing.T) {
	clock := func(s string) conf.TimeOfDay {
		x, err := time.Parse("15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return conf.TimeOfDay(x.Hour()*60 + x.Minute())
	}
	quiet := func(from, to, zone string, days ...Weekday) func(time.Time) bool {
		return (&QuietHours{From: clock(from), To: clock(to), Days: days, Timezone: conf.Zone(zone)}).Covers
	}
	window := func(day Weekday, at string, length time.Duration, zone string) func(time.Time) bool {
		start := clock(at)
		return (&Maintenance{Days: []Weekday{day}, At: &start, For: conf.Duration(length), Timezone: conf.Zone(zone)}).Covers
	}
	for _, c := range []struct {
		name, from, to string // UTC
		covers         func(time.Time) bool
	}{
		{"a short night", "2026-03-28T21:00Z", "2026-03-29T05:00Z", quiet("22:00", "07:00", "Europe/Berlin", "sat")},
		{"a long night", "2026-10-24T20:00Z", "2026-10-25T06:00Z", quiet("22:00", "07:00", "Europe/Berlin", "sat")},
		{"a short night in New York", "2026-03-08T03:00Z", "2026-03-08T11:00Z", quiet("22:00", "07:00", "America/New_York", "sat")},
		{"half an hour more", "2026-04-04T11:00Z", "2026-04-04T20:30Z", quiet("22:00", "07:00", "Australia/Lord_Howe", "sat")},
		{"a day of 25 hours", "2026-10-24T22:00Z", "2026-10-25T23:00Z", quiet("00:00", "00:00", "Europe/Berlin", "sun")},
		{"a day of 23 hours", "2026-03-28T23:00Z", "2026-03-29T22:00Z", quiet("00:00", "00:00", "Europe/Berlin", "sun")},
		{"until a time that comes twice", "2026-10-24T20:00Z", "2026-10-25T00:30Z", quiet("22:00", "02:30", "Europe/Berlin", "sat")},
		{"until a time that is skipped", "2026-03-28T21:00Z", "2026-03-29T01:00Z", quiet("22:00", "02:30", "Europe/Berlin", "sat")},
		{"from a time that is skipped", "2026-03-29T01:00Z", "2026-03-29T03:00Z", quiet("02:30", "05:00", "Europe/Berlin", "sun")},
		{"a window at a time that comes twice", "2026-10-25T00:30Z", "2026-10-25T01:30Z", window("sun", "02:30", time.Hour, "Europe/Berlin")},
		{"a window at a time that is skipped", "2026-03-29T01:00Z", "2026-03-29T02:00Z", window("sun", "02:30", time.Hour, "Europe/Berlin")},
		{"a window at a midnight that is skipped", "2018-11-04T03:00Z", "2018-11-04T04:00Z", window("sun", "00:00", time.Hour, "America/Sao_Paulo")},
		{"a window at another", "2026-03-08T05:00Z", "2026-03-08T06:00Z", window("sun", "00:00", time.Hour, "America/Havana")},
		{"a window at a third", "2026-09-06T04:00Z", "2026-09-06T05:00Z", window("sun", "00:00", time.Hour, "America/Santiago")},
		{"a window over the change", "2026-03-28T23:00Z", "2026-03-29T05:00Z", window("sun", "00:00", 6*time.Hour, "Europe/Berlin")},
		{"a window on a day that was left out", "", "", window("fri", "12:00", time.Hour, "Pacific/Apia")},
		{"the day before it", "2011-12-29T22:00Z", "2011-12-29T23:00Z", window("thu", "12:00", time.Hour, "Pacific/Apia")},
	} {
		middle := time.Date(2011, 12, 30, 10, 0, 0, 0, time.UTC)
		parse := func(s string) time.Time {
			x, err := time.Parse("2006-01-02T15:04Z07:00", s)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		if c.from != "" {
			middle = parse(c.from)
		}
		var spans [][2]time.Time
		within := false
		for at := middle.Add(-36 * time.Hour); at.Before(middle.Add(60 * time.Hour)); at = at.Add(time.Minute) {
			switch now := c.covers(at); {
			case now && !within:
				spans = append(spans, [2]time.Time{at, at})
			case !now && within:
				spans[len(spans)-1][1] = at
			}
			within = c.covers(at)
		}
		switch {
		case c.from == "" && len(spans) > 0:
			t.Errorf("%s: %v", c.name, spans)
		case c.from != "" && (len(spans) != 1 || !spans[0][0].Equal(parse(c.from)) || !spans[0][1].Equal(parse(c.to))):
			t.Errorf("%s: %v, want %s to %s", c.name, spans, c.from, c.to)
		}
	}
}
