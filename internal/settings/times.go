package settings

import (
	"errors"
	"slices"
	"time"

	"floodmark/internal/conf"
	"floodmark/internal/model"
)

// Covers reports whether t is within quiet hours.
func (q *QuietHours) Covers(t time.Time) bool {
	length := int(q.To) - int(q.From)
	if length <= 0 {
		length += 24 * 60
	}
	return weekly{q.Days, q.From, time.Duration(length) * minute, q.Timezone}.covers(t)
}

// Covers reports whether t is within the window.
func (m *Maintenance) Covers(t time.Time) bool {
	if m.At == nil {
		return !t.Before(m.From.Time) && t.Before(m.To.Time)
	}
	return weekly{m.Days, *m.At, m.For.Std(), m.Timezone}.covers(t)
}

// weekly is a window that starts on the given days, or every day if there are
// none.
type weekly struct {
	days   []Weekday
	at     conf.TimeOfDay
	length time.Duration
	zone   conf.Zone
}

// covers checks every day on which the window may have started. The start is in
// local time and the length is absolute, so that a window across a DST change
// ends an hour earlier or later in local time.
func (w weekly) covers(t time.Time) bool {
	local := t.In(w.zone.Location())
	y, m, d := local.Date()
	for back := range int(w.length/day) + 2 {
		begin := time.Date(y, m, d-back, int(w.at)/60, int(w.at)%60, 0, 0, local.Location())
		on := len(w.days) == 0 || slices.ContainsFunc(w.days, func(x Weekday) bool { return x.Weekday() == begin.Weekday() })
		if on && !t.Before(begin) && t.Before(begin.Add(w.length)) {
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
