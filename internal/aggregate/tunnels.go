package aggregate

import "floodmark/internal/model"

// Tunnels learns which encapsulations are real tunnels, whose inside is the
// traffic of interest, and which are packets thrown at a target that happen to
// be GRE: a tunnel has few outer senders, and its inside goes to few places.
type Tunnels struct {
	ends map[tunnelEnd]*tunnelFacts
}

type tunnelEnd struct {
	dst  model.Addr
	kind model.Tunnel
}

type tunnelFacts struct {
	senders map[model.Addr]struct{}
	inner   counter // networks that the inside is addressed to
	packets uint64
}

const (
	maxTunnelEnds    = 1024
	maxTunnelSenders = 8
)

// newTunnels returns an empty table.
func newTunnels() *Tunnels { return &Tunnels{ends: make(map[tunnelEnd]*tunnelFacts)} }

// Observe counts an encapsulated packet and what is in it.
func (t *Tunnels) Observe(outer, inner *model.Record) {
	key := tunnelEnd{outer.Dst, outer.Tunnel}
	f := t.ends[key]
	if f == nil {
		if len(t.ends) >= maxTunnelEnds {
			return
		}
		f = &tunnelFacts{senders: make(map[model.Addr]struct{})}
		t.ends[key] = f
	}
	f.packets++
	if len(f.senders) <= maxTunnelSenders {
		f.senders[outer.Src] = struct{}{}
	}
	n := inner.Dst.Mask(24)
	if !inner.Dst.Is4() {
		n = inner.Dst.Mask(48)
	}
	f.inner.add(n.Lo^n.Hi, 1)
}

// Real reports whether the record's encapsulation is a tunnel to look into.
// Its answer changes while a table is still learning.
func (t *Tunnels) Real(outer *model.Record) bool {
	f := t.ends[tunnelEnd{outer.Dst, outer.Tunnel}]
	if f == nil || len(f.senders) > maxTunnelSenders {
		return false
	}
	return f.packets < 64 || float64(f.inner.distinct()) <= 0.25*float64(f.packets)
}
