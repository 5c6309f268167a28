package normalize

import (
	"fmt"
	"net/netip"

	"floodmark/internal/model"
)

// Monitored is the monitored prefix of an address, and what it belongs to.
type Monitored struct {
	Prefix   uint32 // position of the prefix in Plan.Networks, plus one; 0 if not monitored
	Group    uint16 // of targets, whose thresholds apply; 0 is the default group
	Customer uint16 // 0 is none
}

// Network is one monitored prefix.
type Network struct {
	Prefix          netip.Prefix
	Group, Customer uint16
}

// Role is the side of the network that an interface of an exporter is on.
type Role uint8

// The roles. Without a role nothing is exact, but nothing is lost.
const (
	RoleUnknown Role = iota
	External         // towards other networks: traffic counts where it passes here
	Internal         // towards our own: it has passed, or will pass, an external one
	Ignored          // a mirror port, a lab: what passes here is dropped, counted
	roles
)

// String returns unknown, external, internal or ignored.
func (r Role) String() string {
	return [...]string{"unknown", "external", "internal", "ignored"}[min(r, roles-1)]
}

// Interface gives interfaces of an exporter a role: by Name where it is set
// ("*" stands for any characters, alone also for interfaces without a known
// name), else by Index (SNMP ifIndex). The first that fits holds.
type Interface struct {
	Index uint32
	Name  string
	Role  Role
}

// Exporter is the configuration of an exporter.
type Exporter struct {
	Addr            model.Addr
	Sampling        uint32 // overrides what the exporter advertises; 0 is none
	DefaultSampling uint32 // if the exporter advertises none; 0 is none
	Interfaces      []Interface
}

// Config is what a Plan is made of.
type Config struct {
	// Networks are the prefixes that are monitored; the longest match holds. None
	// means that every destination is a target, inbound only.
	Networks       []Network
	IgnoredSources []netip.Prefix // sources whose traffic never raises an anomaly
	Exporters      []Exporter
	// DefaultSampling is for exporters without one of their own. 0 is none.
	DefaultSampling uint32
	// MaxExportDelay bounds how long records may lie back, ns; 0 is 31 minutes, one
	// more than the longest usual active timeout.
	MaxExportDelay int64
}

// Plan is a configuration made ready for look-ups. It is immutable and may be
// shared between goroutines.
type Plan struct {
	networks       []Network
	everything     bool
	monitored      table
	ignored        table
	hasIgnored     bool
	exporters      map[model.Addr]*Exporter
	sampling       uint32
	maxExportDelay int64
}

const (
	second                = int64(1e9)
	defaultMaxExportDelay = 31 * 60 * second
	maxNetworks           = 1 << 20
)

// NewPlan checks a configuration and makes it ready. It keeps none of the
// slices it is given.
func NewPlan(c Config) (*Plan, error) {
	p := &Plan{everything: len(c.Networks) == 0, exporters: make(map[model.Addr]*Exporter, len(c.Exporters)),
		sampling: c.DefaultSampling, maxExportDelay: c.MaxExportDelay, hasIgnored: len(c.IgnoredSources) > 0}
	if p.maxExportDelay <= 0 {
		p.maxExportDelay = defaultMaxExportDelay
	}
	if len(c.Networks) > maxNetworks || len(c.IgnoredSources) > maxNetworks {
		return nil, fmt.Errorf("plan networks: more than %d prefixes", maxNetworks)
	}
	nets := make([]netip.Prefix, len(c.Networks))
	for i, n := range c.Networks {
		nets[i] = n.Prefix
	}
	var err error
	if p.monitored, err = newTable(nets); err != nil {
		return nil, fmt.Errorf("plan networks: %w", err)
	}
	if p.ignored, err = newTable(c.IgnoredSources); err != nil {
		return nil, fmt.Errorf("plan ignored sources: %w", err)
	}
	p.networks = append(p.networks, c.Networks...)
	for i := range p.networks {
		p.networks[i].Prefix = p.networks[i].Prefix.Masked()
	}
	for _, e := range c.Exporters {
		if e.Addr.IsZero() {
			return nil, fmt.Errorf("plan exporters: an exporter without address")
		}
		if p.exporters[e.Addr] != nil {
			return nil, fmt.Errorf("plan exporters: %s is listed twice", e.Addr)
		}
		e.Interfaces = append([]Interface(nil), e.Interfaces...)
		p.exporters[e.Addr] = &e
	}
	return p, nil
}

// Everything reports whether every destination is a target.
func (p *Plan) Everything() bool { return p.everything }

// Networks returns the monitored prefixes, masked; Monitored.Prefix counts in them
// from one. The slice belongs to the plan.
func (p *Plan) Networks() []Network { return p.networks }

// Lookup returns what an address belongs to. Without networks, every address is
// monitored, in the default group, with Prefix 1.
func (p *Plan) Lookup(a model.Addr) Monitored {
	if p.everything {
		return Monitored{Prefix: 1}
	}
	v := p.monitored.lookup(a)
	if v == 0 {
		return Monitored{}
	}
	n := &p.networks[v-1]
	return Monitored{Prefix: v, Group: n.Group, Customer: n.Customer}
}

// IgnoredSource reports whether the address is on the list of ignored sources.
func (p *Plan) IgnoredSource(a model.Addr) bool { return p.hasIgnored && p.ignored.lookup(a) != 0 }

// role returns the configured role of an interface; name may be empty.
func (e *Exporter) role(index uint32, name string) Role {
	if e == nil {
		return RoleUnknown
	}
	for _, i := range e.Interfaces {
		if i.Name == "" && i.Index == index || i.Name == "*" || i.Name != "" && name != "" && matches(i.Name, name) {
			return i.Role
		}
	}
	return RoleUnknown
}

// matches compares a name with a pattern in which * stands for any characters.
// It takes at most the product of both lengths.
func matches(pattern, name string) bool {
	star, mark, p, n := -1, 0, 0, 0
	for n < len(name) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, n
			p++
		case p < len(pattern) && pattern[p] == name[n]:
			p++
			n++
		case star >= 0: // the last star takes one character more
			mark++
			p, n = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
