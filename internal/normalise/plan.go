package normalise

import (
	"fmt"
	"net/netip"

	"floodmark/internal/model"
)

// Watch is what a watched prefix belongs to.
type Watch struct {
	Prefix   uint32 // position of the prefix in Plan.Networks, plus one; 0 is "not watched"
	Group    uint16 // of targets, whose thresholds apply; 0 is the default group
	Customer uint16 // 0 is none
}

// Network is one watched prefix.
type Network struct {
	Prefix          netip.Prefix
	Group, Customer uint16
}

// Role is the side of the network that an interface of an exporter is on.
type Role uint8

// The roles. A role that is not told makes nothing exact, but loses nothing.
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

// Exporter is what configuration says of an exporter.
type Exporter struct {
	Addr            model.Addr
	Sampling        uint32 // overrides what the exporter tells; 0 is none
	DefaultSampling uint32 // where the exporter tells nothing; 0 is none
	Interfaces      []Interface
}

// Config is what a Plan is made of.
type Config struct {
	// Networks are the prefixes under watch; the longest match holds. None
	// means that every destination is a target, inbound only.
	Networks  []Network
	Allowed   []netip.Prefix // sources whose traffic is ordinary, however much
	Exporters []Exporter
	// DefaultSampling is for exporters without one of their own. 0 is none.
	DefaultSampling uint32
	// MaxHorizon bounds how long records may lie back, ns; 0 is 31 minutes, one
	// more than the longest usual active timeout.
	MaxHorizon int64
}

// Plan is a configuration made ready for look-ups. It is immutable and may be
// shared between goroutines.
type Plan struct {
	networks   []Network
	everything bool
	watched    table
	allowed    table
	hasAllowed bool
	exporters  map[model.Addr]*Exporter
	sampling   uint32
	maxHorizon int64
}

const (
	second            = int64(1e9)
	defaultMaxHorizon = 31 * 60 * second
	mostNetworks      = 1 << 20
)

// NewPlan checks a configuration and makes it ready. It keeps none of the
// slices it is given.
func NewPlan(c Config) (*Plan, error) {
	p := &Plan{everything: len(c.Networks) == 0, exporters: make(map[model.Addr]*Exporter, len(c.Exporters)),
		sampling: c.DefaultSampling, maxHorizon: c.MaxHorizon, hasAllowed: len(c.Allowed) > 0}
	if p.maxHorizon <= 0 {
		p.maxHorizon = defaultMaxHorizon
	}
	if len(c.Networks) > mostNetworks || len(c.Allowed) > mostNetworks {
		return nil, fmt.Errorf("plan networks: more than %d prefixes", mostNetworks)
	}
	nets := make([]netip.Prefix, len(c.Networks))
	for i, n := range c.Networks {
		nets[i] = n.Prefix
	}
	var err error
	if p.watched, err = newTable(nets); err != nil {
		return nil, fmt.Errorf("plan networks: %w", err)
	}
	if p.allowed, err = newTable(c.Allowed); err != nil {
		return nil, fmt.Errorf("plan allowed sources: %w", err)
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
			return nil, fmt.Errorf("plan exporters: %s is told twice", e.Addr)
		}
		e.Interfaces = append([]Interface(nil), e.Interfaces...)
		p.exporters[e.Addr] = &e
	}
	return p, nil
}

// Everything reports whether every destination is a target.
func (p *Plan) Everything() bool { return p.everything }

// Networks returns the watched prefixes, masked; Watch.Prefix counts in them
// from one. The slice belongs to the plan.
func (p *Plan) Networks() []Network { return p.networks }

// Watch returns what an address belongs to. Without networks, every address is
// watched, in the default group, with Prefix 1.
func (p *Plan) Watch(a model.Addr) Watch {
	if p.everything {
		return Watch{Prefix: 1}
	}
	v := p.watched.lookup(a)
	if v == 0 {
		return Watch{}
	}
	n := &p.networks[v-1]
	return Watch{Prefix: v, Group: n.Group, Customer: n.Customer}
}

// AllowListed reports whether the address is on the list of allowed sources.
func (p *Plan) AllowListed(a model.Addr) bool { return p.hasAllowed && p.allowed.lookup(a) != 0 }

// role returns what configuration says of an interface; name may be empty.
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
