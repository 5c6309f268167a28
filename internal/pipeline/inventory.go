package pipeline

import (
	"net/netip"
	"sync/atomic"
	"time"

	"floodmark/internal/geo"
	"floodmark/internal/incident"
	"floodmark/internal/model"
)

// Inventory is what the configuration says of networks, customers and exporters,
// and the address data. A reload replaces both. Any goroutine may ask.
type Inventory struct {
	plan atomic.Pointer[Plan]
	geo  atomic.Pointer[geo.DB] // nil for none
}

// NewInventory makes one. db may be nil.
func NewInventory(p *Plan, db *geo.DB) *Inventory {
	v := new(Inventory)
	v.plan.Store(p)
	v.geo.Store(db)
	return v
}

// Geo is the address data, nil for none.
func (v *Inventory) Geo() *geo.DB { return v.geo.Load() }

// Place is what is known of an address; nothing where there is no address data.
func (v *Inventory) Place(a netip.Addr) model.Place {
	if db := v.geo.Load(); db != nil && a.IsValid() {
		return db.Lookup(model.AddrFromNetip(a))
	}
	return model.Place{}
}

// Prefixes are the addresses of a target, nil for those of all monitored networks
// together, which are nobody's in particular.
func (v *Inventory) Prefixes(t model.TargetID) []netip.Prefix {
	switch t.Kind {
	case model.HostTarget, model.PrefixTarget:
		return []netip.Prefix{t.Prefix()}
	case model.CustomerTarget:
		list, _ := v.Customer(t)
		return list
	}
	return nil
}

// Customer returns the prefixes and the number of a customer, all monitored
// networks for the target that is the whole network, nothing for others.
func (v *Inventory) Customer(t model.TargetID) ([]netip.Prefix, uint16) {
	return v.plan.Load().scope(t)
}

// Allowed are the sources that are configured to be ignored.
func (v *Inventory) Allowed() []netip.Prefix { return v.plan.Load().ignored }

// ExporterName returns the configured name of an exporter's address, or the
// address.
func (v *Inventory) ExporterName(address string) string {
	if name := v.plan.Load().names[address]; name != "" {
		return name
	}
	return address
}

// ExporterNames are all configured names.
func (v *Inventory) ExporterNames() map[string]bool {
	out := make(map[string]bool)
	for _, name := range v.plan.Load().names {
		out[name] = true
	}
	return out
}

// StaleAfter is how long the configuration lets an exporter be silent, 0 for as
// long as the interval that is learned.
func (v *Inventory) StaleAfter(address string) time.Duration {
	return v.plan.Load().staleAfter[address]
}

// IncidentConfig is what incidents are made with.
func (v *Inventory) IncidentConfig() incident.Config {
	i := &v.plan.Load().settings.Incidents
	return incident.Config{Hold: time.Duration(i.ResolveAfter), Confirm: time.Duration(i.PendingFor), MaxHold: time.Duration(i.MaxPending),
		Customers: func(t model.TargetID) []string { return v.plan.Load().customersOf(t) }}
}
