package archive

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"floodmark/internal/opendata"
)

// Source has the counts of days.
type Source interface {
	// ClosedUntil is the time in Unix ns before which everything is counted.
	ClosedUntil() int64
	// Days are the numbers since 1970 of the days of which something is known.
	Days() []int64
	// Tables makes the tables of a day.
	Tables(day int64) opendata.Tables
}

// Config of an Archive.
type Config struct {
	Dir  string
	Tick time.Duration // real time between two looks at the source
	Log  *slog.Logger
}

// Deps are what an Archive is connected to.
type Deps struct {
	Source Source
}

// Archive keeps open data as files. Make it with New.
type Archive struct {
	c      Config
	dir    opendata.Dir
	source Source
	failed atomic.Pointer[[]string]

	// What follows belongs to Run.
	today   int64 // number of the day that goes on, 0 before the first look
	waiting []openDay
	tried   int64 // Unix ns by the source's time
}

// openDay is a day that is over and not written yet.
type openDay struct {
	name   string // YYYY-MM-DD
	tables opendata.Tables
}

const (
	oneDay = int64(24 * time.Hour)
	// retryAfter is how long after a failure it is tried again.
	retryAfter = int64(time.Minute)
	// maxOpenDays bounds the days that wait: the disk that takes none for a week
	// has worse problems.
	maxOpenDays = 7
)

// New makes an archive. It opens nothing.
func New(c Config, d Deps) *Archive {
	return &Archive{c: c, dir: opendata.Dir(c.Dir), source: d.Source}
}

// Run writes days once they are over, until ctx is done.
func (a *Archive) Run(ctx context.Context) error {
	tick := time.NewTicker(a.c.Tick)
	defer tick.Stop()
	for {
		a.step(a.source.ClosedUntil())
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Failed are the days that could not be written at the last attempt.
func (a *Archive) Failed() []string {
	if list := a.failed.Load(); list != nil {
		return *list
	}
	return nil
}

// Days are the days of which there are files, the newest first.
func (a *Archive) Days() ([]string, error) { return a.dir.Days() }

// Dump writes the table of a day in a format; opendata.ErrNone where there is none.
func (a *Archive) Dump(w io.Writer, s opendata.Select) error { return a.dir.Dump(w, s) }

// step writes days that are over. At the start those are looked for that ended
// while the server was off, as far as they are remembered.
func (a *Archive) step(now int64) {
	today, due := now/oneDay, now-a.tried >= retryAfter || now < a.tried
	if today > a.today && (a.today != 0 || due) {
		a.gather(now)
		due = true
	}
	if !due || len(a.waiting) == 0 {
		return
	}
	a.tried = now
	var left []openDay
	var failed []string
	for _, x := range a.waiting {
		if err := a.dir.WriteDay(x.name, x.tables); err != nil {
			a.c.Log.Warn("open data of a day not written; trying again each minute", "day", x.name, "error", err)
			left, failed = append(left, x), append(failed, x.name)
		}
	}
	a.waiting = left
	a.failed.Store(&failed)
}

// gather takes what is known of the days before this that are not written: the
// one that has just ended, and older ones of which something is remembered.
func (a *Archive) gather(now int64) {
	today := now / oneDay
	written, err := a.dir.Days()
	if err != nil {
		a.c.Log.Warn("open data not listed", "error", err)
		if a.tried = now; a.today == 0 {
			return // what is there might be more than what is remembered
		}
	}
	days := a.source.Days()
	if a.today != 0 && !slices.Contains(days, a.today) {
		days = append(days, a.today)
	}
	slices.Sort(days)
	for _, day := range days {
		name := DayName(day)
		ended := day == a.today // even where nobody reported
		if day < today && !slices.ContainsFunc(a.waiting, func(x openDay) bool { return x.name == name }) &&
			(ended || err == nil && !slices.Contains(written, name)) {
			a.waiting = append(a.waiting, openDay{name, a.source.Tables(day)})
		}
	}
	if n := len(a.waiting) - maxOpenDays; n > 0 {
		for _, x := range a.waiting[:n] {
			a.c.Log.Warn("open data of a day given up after a week", "day", x.name)
		}
		a.waiting = slices.Delete(a.waiting, 0, n)
	}
	a.today = today
}

// DayName is the name of a day by its number since 1970: YYYY-MM-DD.
func DayName(day int64) string { return time.Unix(0, day*oneDay).UTC().Format(time.DateOnly) }
