package live

import (
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"floodmark/internal/opendata"
)

// openDays are days of open data that are over and not written yet.
type openDays struct {
	today   int64 // number of the day that goes on, 0 before the first look
	waiting []openDay
	tried   int64                    // Unix ns by the server's clock
	failed  atomic.Pointer[[]string] // those that wait after an attempt
}

type openDay struct {
	name   string // YYYY-MM-DD
	tables opendata.Tables
}

const (
	oneDay = int64(24 * time.Hour)
	// dumpAgain is how long after a failure it is tried again.
	dumpAgain = int64(time.Minute)
	// mostOpenDays bounds the days that wait: the disk that takes none for a week
	// has worse to tell.
	mostOpenDays = 7
)

// dump writes days once they are over. At the start those are looked for that
// ended while the server was off, as far as they are remembered.
func (c *crowd) dump(now int64) {
	d := &c.days
	today, due := now/oneDay, now-d.tried >= dumpAgain || now < d.tried
	if today > d.today && (d.today != 0 || due) {
		c.gather(now)
		due = true
	}
	if !due || len(d.waiting) == 0 {
		return
	}
	d.tried = now
	var left []openDay
	var failed []string
	for _, x := range d.waiting {
		if err := c.dumps.WriteDay(x.name, x.tables); err != nil {
			c.s.log.Warn("the open data of a day was not written; it is tried again each minute", "day", x.name, "err", err)
			left, failed = append(left, x), append(failed, x.name)
		}
	}
	d.waiting = left
	d.failed.Store(&failed)
}

// gather takes what is known of the days before this that are not written: the
// one that has just ended, and older ones of which something is remembered.
func (c *crowd) gather(now int64) {
	d, today := &c.days, now/oneDay
	written, err := c.dumps.Days()
	if err != nil {
		c.s.log.Warn("open data cannot be listed", "err", err)
		if d.tried = now; d.today == 0 {
			return // what is there might be more than what is remembered
		}
	}
	for _, day := range c.remembered() {
		name := dayName(day)
		ended := day == d.today // even where nobody reported
		if day < today && !slices.ContainsFunc(d.waiting, func(x openDay) bool { return x.name == name }) &&
			(ended || err == nil && !slices.Contains(written, name)) {
			d.waiting = append(d.waiting, openDay{name, c.tables(day)})
		}
	}
	if n := len(d.waiting) - mostOpenDays; n > 0 {
		for _, x := range d.waiting[:n] {
			c.s.log.Warn("the open data of a day is given up: it could not be written for a week", "day", x.name)
		}
		d.waiting = slices.Delete(d.waiting, 0, n)
	}
	d.today = today
}

func dayName(day int64) string { return time.Unix(0, day*oneDay).UTC().Format(time.DateOnly) }

// remembered returns the numbers of the days of which quarters are known, and of
// the one that was going on, oldest first.
func (c *crowd) remembered() []int64 {
	var out []int64
	if c.days.today != 0 {
		out = append(out, c.days.today)
	}
	for _, v := range c.views.Load().list {
		for _, b := range v.Day {
			if day := b.At / oneDay; !b.Partial && !slices.Contains(out, day) {
				out = append(out, day)
			}
		}
	}
	slices.Sort(out)
	return out
}

// tables makes the tables of a day.
func (c *crowd) tables(day int64) opendata.Tables {
	var t opendata.Tables
	from, to := day*oneDay, (day+1)*oneDay
	for _, v := range c.views.Load().list {
		for _, r := range opendata.Rows(v.Service.Slug, v.Day) {
			if r.Time >= from && r.Time < to {
				t.Rows = append(t.Rows, r)
			}
		}
	}
	for _, x := range c.line.Cells(from, to) {
		for _, p := range x.Parts {
			t.Parts = append(t.Parts, opendata.Part{Service: x.Service, Time: x.At, Component: p.Key, Problems: p.Problems, Effective: p.Effective})
		}
		for _, p := range x.Places {
			country, region, _ := strings.Cut(p.Key, "-")
			t.Places = append(t.Places, opendata.Place{Service: x.Service, Time: x.At, Country: country, Region: region, Problems: p.Problems, Effective: p.Effective})
		}
	}
	return t
}
