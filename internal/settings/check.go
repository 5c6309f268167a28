package settings

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"floodmark/internal/conf"
	"floodmark/internal/model"
)

const (
	second  = conf.Duration(1e9)
	forever = conf.Duration(100 * 365 * day)
	largest = conf.Bytes(1 << 50)
)

func (s *Settings) check(c *checker) {
	s.Data.check(c, "data")
	s.checkExporters(c)
	s.resolveCollectors(c)
	s.checkCapture(c)
	s.checkTargets(c)
	s.checkGroups(c)
	for i, a := range s.IgnoredSources {
		c.set(conf.Key("ignored_sources").Item(i), a.Prefix.Prefix)
	}
	c.count("max_tracked_hosts", s.MaxTrackedHosts, 1000, 50_000_000)
	c.within("baselines.min_history", s.Baselines.MinHistory, 3600*second, conf.Duration(90*day))
	if x := s.Baselines.FalseAlarmBudget.PerYear(1); x < 0.5 || x > 53_000 {
		c.wrong("baselines.false_alarm_budget", conf.Hint("is out of range", "write 0.01 to 1000 per week, such as 1 per week"))
	}
	c.within("incidents.pending_for", s.Incidents.PendingFor, second, 600*second)
	c.within("incidents.max_pending", s.Incidents.MaxPending, max(second, s.Incidents.PendingFor), 3600*second)
	c.within("incidents.resolve_after", s.Incidents.ResolveAfter, 60*second, conf.Duration(day))
	for i := range s.Maintenance {
		s.Maintenance[i].check(c, conf.Key("maintenance").Item(i))
	}
	s.checkServices(c)
	s.HTTP.check(c, "http")
	s.Alerts.check(c, "alerts")
	c.exists("geo.file", s.Geo.File)
}

func (d *Data) check(c *checker, k conf.Key) {
	if d.Dir == "" {
		c.wrong(k.Sub("dir"), errors.New("is required"))
	}
	// Less than this can fill up between two checks of the disk.
	c.size(k.Sub("min_free_space"), d.MinFreeSpace, 100e6, largest)
	c.within(k.Sub("flows").Sub("retention"), d.Flows.Retention, 3600*second, forever)
	c.size(k.Sub("flows").Sub("max_size"), d.Flows.MaxSize, 100e6, largest)
	c.within(k.Sub("series").Sub("retention_1s"), d.Series.Retention1s, 3600*second, forever)
	c.within(k.Sub("series").Sub("retention_1m"), d.Series.Retention1m, 3600*second, forever)
	c.within(k.Sub("series").Sub("retention_1h"), d.Series.Retention1h, 3600*second, forever)
	c.size(k.Sub("series").Sub("max_size"), d.Series.MaxSize, 100e6, largest)
	c.within(k.Sub("incident_retention"), d.IncidentRetention, conf.Duration(day), forever)
}

func (s *Settings) checkCapture(c *checker) {
	seen := make(map[string]bool)
	for i, x := range s.Capture {
		k := conf.Key("capture").Item(i)
		switch {
		case x.Interface == "":
			c.wrong(k, conf.Hint("has no interface", "write interface: eth1"))
		case len(x.Interface) > 15: // IFNAMSIZ of Linux minus the terminating zero
			c.wrong(k.Sub("interface"), errors.New("must have at most 15 bytes"))
		case seen[x.Interface]:
			c.wrong(k.Sub("interface"), fmt.Errorf("%s is listed twice", x.Interface))
		}
		seen[x.Interface] = true
		c.size(k.Sub("snaplen"), x.Snaplen, 64, 65535)
		c.count(k.Sub("readers"), x.Readers, 0, 64)
		c.size(k.Sub("buffer"), x.Buffer, 1<<20, 1<<30)
	}
}

// checkTargets checks networks and customers.
func (s *Settings) checkTargets(c *checker) {
	groups := slices.Sorted(maps.Keys(s.Groups))
	seen := make(map[netip.Prefix]int)
	for i, n := range s.Networks {
		k := conf.Key("networks").Item(i)
		c.known(k.Sub("group"), "group", n.Group, groups)
		if !c.set(k, n.Prefix.Prefix) {
			continue
		}
		if first, twice := seen[n.Prefix.Prefix]; twice {
			c.wrong(k, fmt.Errorf("%s is also networks[%d]", n.Prefix, first))
		}
		seen[n.Prefix.Prefix] = i
	}
	receivers := s.Alerts.names()
	owners := make(map[netip.Prefix]string)
	for _, name := range slices.Sorted(maps.Keys(s.Customers)) {
		x, k := s.Customers[name], conf.Key("customers").Sub(name)
		c.name(k, name, make(map[string]bool))
		c.known(k.Sub("group"), "group", x.Group, groups)
		if len(x.Prefixes) == 0 {
			c.wrong(k, conf.Hint("has no prefixes", "write prefixes: [198.51.100.0/24]"))
		}
		for i, p := range x.Prefixes {
			if !p.IsValid() {
				continue // already reported
			}
			pk := k.Sub("prefixes").Item(i)
			if other, taken := owners[p.Prefix]; taken {
				c.wrong(pk, fmt.Errorf("%s belongs to customer %q", p, other))
			}
			owners[p.Prefix] = name
			if n, also := seen[p.Prefix]; also && x.Group != "" && s.Networks[n].Group != "" && s.Networks[n].Group != x.Group {
				c.wrong(pk, fmt.Errorf("%s is in group %q by networks[%d] and in %q here", p, s.Networks[n].Group, n, x.Group))
			}
		}
		for i, r := range x.Notify {
			c.known(k.Sub("notify").Item(i), "receiver", r, receivers)
		}
	}
}

func (s *Settings) checkGroups(c *checker) {
	for _, name := range slices.Sorted(maps.Keys(s.Groups)) {
		g, k := s.Groups[name], conf.Key("groups").Sub(name)
		c.name(k, name, make(map[string]bool))
		for _, b := range g.Thresholds.kinds() {
			bk := k.Sub("thresholds").Sub(b.key)
			b.bounds.In.check(c, bk.Sub("in"))
			b.bounds.Out.check(c, bk.Sub("out"))
			if b.kind == model.NetworkTarget && name != DefaultGroup && (b.bounds.In.any() || b.bounds.Out.any()) {
				c.wrong(bk, conf.Hint("the network as a whole is in no group", "write it in groups.default"))
			}
		}
	}
}

// any reports whether a metric has a threshold.
func (l Limits) any() bool {
	for _, x := range l {
		if !x.Off {
			return true
		}
	}
	return false
}

func (l Limits) check(c *checker, k conf.Key) {
	for m, x := range l {
		c.wrong(k.Sub(m.String()), x.fits(m))
	}
}

// Watch is one monitored prefix.
type Watch struct {
	Prefix   netip.Prefix
	Customer string // "" for none
	Group    string // DefaultGroup where none is named
}

// Watched lists the prefixes of networks and customers, each once, in order of
// address and length. Customer and group of a prefix are those of the longest
// prefix around it, or itself, that names one. Without any, every destination
// is a target.
func (s *Settings) Watched() []Watch {
	all := make(map[netip.Prefix]Watch)
	for name, x := range s.Customers {
		for _, p := range x.Prefixes {
			all[p.Prefix] = Watch{p.Prefix, name, x.Group}
		}
	}
	for _, n := range s.Networks {
		w := all[n.Prefix.Prefix]
		w.Prefix = n.Prefix.Prefix
		if n.Group != "" {
			w.Group = n.Group
		}
		all[w.Prefix] = w
	}
	out := slices.SortedFunc(maps.Values(all), func(a, b Watch) int { return a.Prefix.Compare(b.Prefix) })
	for i := range out {
		w := &out[i]
		for bits := w.Prefix.Bits() - 1; bits >= 0 && (w.Customer == "" || w.Group == ""); bits-- {
			around, _ := w.Prefix.Addr().Prefix(bits)
			if o, ok := all[around]; ok {
				if w.Customer == "" {
					w.Customer = o.Customer
				}
				if w.Group == "" {
					w.Group = o.Group
				}
			}
		}
	}
	for i := range out {
		if out[i].Group == "" {
			out[i].Group = DefaultGroup
		}
	}
	return out
}
