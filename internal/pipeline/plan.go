package pipeline

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/normalize"
	"floodmark/internal/settings"
)

// Plan is a configuration prepared for lookups: what is monitored, by which
// thresholds, and who exports. It is immutable; a reload makes a new one.
type Plan struct {
	settings   *settings.Settings
	normalize  *normalize.Plan
	groups     []string                  // by number; 0 is the default group
	customers  []string                  // by number; 0 is none
	prefixes   map[string][]netip.Prefix // of a customer
	ignored    []netip.Prefix            // sources
	exporters  map[model.Addr]*settings.Exporter
	names      map[string]string        // of an exporter, by address
	staleAfter map[string]time.Duration // of an exporter, by address
}

// NewPlan prepares a configuration. It fails if prefixes contradict each other.
func NewPlan(s *settings.Settings) (*Plan, error) {
	p := &Plan{settings: s, groups: []string{settings.DefaultGroup}, customers: []string{""},
		prefixes: make(map[string][]netip.Prefix), names: make(map[string]string),
		exporters: make(map[model.Addr]*settings.Exporter), staleAfter: make(map[string]time.Duration)}
	for _, name := range slices.Sorted(maps.Keys(s.Groups)) {
		if name != settings.DefaultGroup {
			p.groups = append(p.groups, name)
		}
	}
	p.customers = append(p.customers, slices.Sorted(maps.Keys(s.Customers))...)
	c := normalize.Config{}
	for _, w := range s.Watched() {
		c.Networks = append(c.Networks, normalize.Network{Prefix: w.Prefix,
			Group: uint16(max(slices.Index(p.groups, w.Group), 0)), Customer: uint16(max(slices.Index(p.customers, w.Customer), 0))})
		if w.Customer != "" {
			p.prefixes[w.Customer] = append(p.prefixes[w.Customer], w.Prefix)
		}
	}
	for _, a := range s.IgnoredSources {
		c.IgnoredSources = append(c.IgnoredSources, a.Prefix.Prefix)
	}
	p.ignored = c.IgnoredSources
	for i := range s.Exporters {
		e := &s.Exporters[i]
		addr := model.AddrFromNetip(e.Address.Addr)
		p.names[addr.String()], p.exporters[addr] = e.Name, e
		p.staleAfter[addr.String()] = time.Duration(e.StaleAfter)
		c.Exporters = append(c.Exporters, normalize.Exporter{Addr: addr, Sampling: e.OverrideSamplingRate, DefaultSampling: e.DefaultSamplingRate, Interfaces: interfacesOf(e)})
	}
	var err error
	if p.normalize, err = normalize.NewPlan(c); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	return p, nil
}

// interfacesOf translates roles; the one of all others stands last.
func interfacesOf(e *settings.Exporter) []normalize.Interface {
	var out []normalize.Interface
	for _, i := range e.Interfaces {
		out = append(out, normalize.Interface{Index: i.Index, Name: i.Name, Role: roleOf(i.Role)})
	}
	if r := roleOf(e.DefaultInterfaceRole); r != normalize.RoleUnknown {
		out = append(out, normalize.Interface{Name: "*", Role: r})
	}
	return out
}

func roleOf(r settings.Role) normalize.Role {
	switch r {
	case settings.External:
		return normalize.External
	case settings.Internal:
		return normalize.Internal
	case settings.Ignored:
		return normalize.Ignored
	}
	return normalize.RoleUnknown
}

// scope gives a customer's prefixes and number; nothing for other targets.
func (p *Plan) scope(t model.TargetID) ([]netip.Prefix, uint16) {
	switch t.Kind {
	case model.CustomerTarget:
		return p.prefixes[t.Name], uint16(max(slices.Index(p.customers, t.Name), 0))
	case model.NetworkTarget:
		var all []netip.Prefix
		for _, n := range p.normalize.Networks() {
			all = append(all, n.Prefix)
		}
		return all, 0
	}
	return nil, 0
}

// customersOf names the customer that a target belongs to.
func (p *Plan) customersOf(t model.TargetID) []string {
	if t.Kind > model.PrefixTarget {
		return nil
	}
	if n := p.normalize.Lookup(t.Addr).Customer; n != 0 {
		return []string{p.customers[n]}
	}
	return nil
}
