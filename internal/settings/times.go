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
	return weekly{q.Days, q.From, time.Duration(length) * minute, q.Zone}.covers(t)
}

// Covers reports whether t is within the window.
func (m *Maintenance) Covers(t time.Time) bool {
	if m.At == nil {
		return !t.Before(m.From.Time) && t.Before(m.To.Time)
	}
	return weekly{m.Days, *m.At, m.For.Std(), m.Zone}.covers(t)
}

// weekly is a time that begins on some days, or every day where none is named.
type weekly struct {
	days   []Weekday
	at     conf.TimeOfDay
	length time.Duration
	zone   conf.Zone
}

// covers looks at each day that the time may have begun on. Its begin is by the
// clock on the wall, its length is not: where clocks change it ends an hour
// earlier or later.
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
		c.wrong(k, conf.Hint("is either once or every week", "write from: and to:, or days:, at: and for:"))
	case once && !m.To.After(m.From.Time):
		c.wrong(k.Sub("to"), errors.New("is not after from"))
	case often && m.At == nil:
		c.wrong(k, conf.Hint("has no time of day", "write at: \"02:00\""))
	case often:
		c.within(k.Sub("for"), m.For, 60*second, conf.Duration(7*day))
	}
	c.targets(k.Sub("targets"), m.Targets)
	for i, t := range m.Targets {
		if t.Kind == model.ServiceTarget {
			c.wrong(k.Sub("targets").Item(i), conf.Hint("maintenance is of traffic, not of services", "silence the incident, or write a note on the service's page"))
		}
	}
}

// targets checks that customers and services that are named exist.
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

// Under reports whether a target is one of a list, or within one of its
// prefixes, or of one of its customers. customer is whose the target is, or "".
// An empty list holds every target.
func Under(list []model.TargetID, t model.TargetID, customer string) bool {
	if len(list) == 0 {
		return true
	}
	return slices.ContainsFunc(list, func(l model.TargetID) bool {
		return l == t || l.Kind == model.NetworkTarget || l.Contains(t) ||
			(l.Kind == model.CustomerTarget && l.Name == customer)
	})
}
