package settings

import (
	"errors"
	"slices"
	"time"

	"floodmark/internal/conf"
	"floodmark/internal/model"
)

// Covers reports whether t is within quiet hours. Both ends are times of the
// wall clock, so that quiet hours are longer or shorter on the days on which
// clocks change.
func (q *QuietHours) Covers(t time.Time) bool {
	days := 0 // from the start to the end
	if q.To <= q.From {
		days = 1
	}
	loc := q.Timezone.Location()
	return startsNear(t, loc, q.Days, days, func(d date) bool {
		begin, ok := d.first(q.From, loc)
		end, _ := d.plus(days).first(q.To, loc)
		return ok && !t.Before(begin) && t.Before(end)
	})
}

// Covers reports whether t is within the window. A weekly window starts at a time
// of the wall clock, once, and has an absolute length.
func (m *Maintenance) Covers(t time.Time) bool {
	if m.At == nil {
		return !t.Before(m.From.Time) && t.Before(m.To.Time)
	}
	loc, length := m.Timezone.Location(), m.For.Std()
	return startsNear(t, loc, m.Days, int(length/day)+1, func(d date) bool {
		begin, ok := d.first(*m.At, loc)
		return ok && !t.Before(begin) && t.Before(begin.Add(length))
	})
}

// startsNear tries the days, up to back days before that of t, on which something
// weekly may have started. Without days it starts on every day.
func startsNear(t time.Time, loc *time.Location, days []Weekday, back int, covers func(date) bool) bool {
	today := dateOf(t.In(loc))
	for n := range back + 1 {
		d := today.plus(-n)
		on := len(days) == 0 || slices.ContainsFunc(days, func(x Weekday) bool { return x.Weekday() == d.weekday() })
		if on && covers(d) {
			return true
		}
	}
	return false
}

func (m *Maintenance) check(c *checker, k conf.Key) {
	c.name(k.Sub("name"), m.Name, make(map[string]bool))
	once := !m.From.IsZero() || !m.To.IsZero()
	often := m.At != nil || len(m.Days) > 0 || m.For != 0
	switch {
	case once == often:
		c.wrong(k, conf.Hint("must be either one-time or weekly", "write from: and to:, or days:, at: and for:"))
	case once && !m.To.After(m.From.Time):
		c.wrong(k.Sub("to"), errors.New("is not after from"))
	case often && m.At == nil:
		c.wrong(k, conf.Hint("has no start time", "write at: \"02:00\""))
	case often:
		c.within(k.Sub("for"), m.For, 60*second, conf.Duration(7*day))
	}
	c.targets(k.Sub("targets"), m.Targets)
	for i, t := range m.Targets {
		if t.Kind == model.ServiceTarget {
			c.wrong(k.Sub("targets").Item(i), conf.Hint("maintenance windows apply to traffic targets, not to services", "silence the incident, or add a note to the service page"))
		}
	}
}

// targets checks that the customers and services in the list exist.
func (c *checker) targets(k conf.Key, list []model.TargetID) {
	for i, t := range list {
		if t.Kind == model.CustomerTarget {
			c.known(k.Item(i), "customer", t.Name, c.s.customers())
		}
		if t.Kind == model.ServiceTarget {
			c.known(k.Item(i), "service", t.Name, c.s.slugs())
		}
	}
}

// under reports whether a target is in a list: listed itself, within a listed
// prefix, or of a listed customer. customer is the customer of the target, or
// "". An empty list contains every target.
func under(list []model.TargetID, t model.TargetID, customer string) bool {
	if len(list) == 0 {
		return true
	}
	return slices.ContainsFunc(list, func(l model.TargetID) bool {
		return l == t || l.Kind == model.NetworkTarget || l.Contains(t) ||
			(l.Kind == model.CustomerTarget && l.Name == customer)
	})
}
