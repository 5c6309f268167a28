package server

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/normalize"
	"floodmark/internal/settings"
)

// plan is a configuration made ready for the line. It is immutable; a reload
// makes a new one.
type plan struct {
	settings    *settings.Settings
	normalize   *normalize.Plan
	groups      []string                  // by number; 0 is the default group
	customers   []string                  // by number; 0 is none
	prefixes    map[string][]netip.Prefix // of a customer
	allowed     []netip.Prefix
	names       map[model.Addr]string // of exporters
	exporters   map[model.Addr]*settings.Exporter
	silentAfter map[string]time.Duration // of an exporter, by address
}

// newPlan makes a configuration ready.
func newPlan(s *settings.Settings) (*plan, error) {
	p := &plan{settings: s, groups: []string{settings.DefaultGroup}, customers: []string{""},
		prefixes: make(map[string][]netip.Prefix), names: make(map[model.Addr]string),
		exporters: make(map[model.Addr]*settings.Exporter), silentAfter: make(map[string]time.Duration)}
	for _, name := range sortedKeys(s.Groups) {
		if name != settings.DefaultGroup {
			p.groups = append(p.groups, name)
		}
	}
	p.customers = append(p.customers, sortedKeys(s.Customers)...)
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
	p.allowed = c.IgnoredSources
	for i := range s.Exporters {
		e := &s.Exporters[i]
		addr := model.AddrFromNetip(e.Address.Addr)
		p.names[addr], p.exporters[addr] = e.Name, e
		p.silentAfter[addr.String()] = time.Duration(e.StaleAfter)
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
func (p *plan) scope(t model.TargetID) ([]netip.Prefix, uint16) {
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
func (p *plan) customersOf(t model.TargetID) []string {
	if t.Kind > model.PrefixTarget {
		return nil
	}
	if n := p.normalize.Lookup(t.Addr).Customer; n != 0 {
		return []string{p.customers[n]}
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
