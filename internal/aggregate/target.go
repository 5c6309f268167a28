package aggregate

import (
	"cmp"
	"net/netip"
	"slices"

	"floodmark/internal/model"
)

// target counts what one suspected target got and sent, whatever its class.
type target struct {
	prefix  netip.Prefix
	in, out uint64
	inBytes float64
	byClass [model.MaxClasses]uint16 // measure by class, plus one
	dst     destinations
	udpTo, udpFrom, tcpTo, tcpFrom,
	protoOut ports
	synOut, synAckOut, rstOut uint64
	quotes                    map[model.QuoteKey]uint64
}

// ports counts packets by port, in a table that exists once it is needed.
type ports struct{ n *[1 << 16]uint32 }

func (p *ports) add(port uint16, w uint64) {
	if p.n == nil {
		p.n = new([1 << 16]uint32)
	}
	p.n[port] += uint32(min(w, 1<<31))
}

func (p *ports) counts() map[uint16]uint64 {
	m := make(map[uint16]uint64)
	if p.n != nil {
		for port, n := range p.n {
			if n > 0 {
				m[uint16(port)] = uint64(n)
			}
		}
	}
	return m
}

func newTarget(p netip.Prefix) *target {
	return &target{prefix: p, quotes: make(map[model.QuoteKey]uint64)}
}

// sent counts a packet that the target sent.
func (t *target) sent(r *model.Record) {
	switch r.Proto {
	case model.ProtoUDP:
		if r.Has&model.HasPorts != 0 {
			t.udpTo.add(r.DstPort, r.Packets)
			t.udpFrom.add(r.SrcPort, r.Packets)
		}
	case model.ProtoTCP:
		if r.Has&model.HasPorts != 0 {
			t.tcpTo.add(r.DstPort, r.Packets)
			t.tcpFrom.add(r.SrcPort, r.Packets)
		}
		switch {
		case r.TCPFlags&model.RST != 0:
			t.rstOut += r.Packets
		case r.TCPFlags&(model.SYN|model.ACK) == model.SYN:
			t.synOut += r.Packets
		case r.TCPFlags&(model.SYN|model.ACK) == model.SYN|model.ACK:
			t.synAckOut += r.Packets
		}
	}
	t.protoOut.add(uint16(r.Proto), r.Packets)
}

func (t *target) facts() model.TargetFacts {
	f := model.TargetFacts{
		Prefix: t.prefix, In: t.in, Out: t.out, InBytes: t.inBytes, HostsIn: len(t.dst.count),
		TopHosts: t.dst.top(), UDPTo: t.udpTo.counts(), UDPFrom: t.udpFrom.counts(), TCPTo: t.tcpTo.counts(), TCPFrom: t.tcpFrom.counts(),
		ProtoOut: make(map[uint8]uint64), SYNOut: t.synOut, SYNACKOut: t.synAckOut, RSTOut: t.rstOut, Quotes: t.quotes,
	}
	for p, n := range t.protoOut.counts() {
		f.ProtoOut[uint8(p)] = n
	}
	return f
}

// destinations counts the hosts of a target that got packets.
type destinations struct {
	count map[model.Addr]*uint64
	last  model.Addr
	at    *uint64
}

const maxDestinations = 1 << 17

func (d *destinations) add(a model.Addr, w uint64) {
	if d.at == nil || a != d.last {
		n := d.count[a]
		if n == nil {
			if d.count == nil {
				d.count = make(map[model.Addr]*uint64)
			}
			if len(d.count) >= maxDestinations {
				return
			}
			n = new(uint64)
			d.count[a] = n
		}
		d.last, d.at = a, n
	}
	*d.at += w
}

func (d *destinations) top() []model.FieldValue {
	type host struct {
		a model.Addr
		n uint64
	}
	list := make([]host, 0, len(d.count))
	for a, n := range d.count {
		list = append(list, host{a, *n})
	}
	slices.SortFunc(list, func(x, y host) int { return cmp.Or(cmp.Compare(y.n, x.n), x.a.Compare(y.a)) })
	var out []model.FieldValue
	for _, h := range list[:min(10, len(list))] {
		out = append(out, model.FieldValue{Text: h.a.String(), Count: h.n})
	}
	return out
}

// fragments joins the later fragments of a datagram to the class of its first
// (RFC 791 section 3.2: source, destination, protocol and identification name
// a datagram). It remembers a bounded number of datagrams.
type fragments struct {
	slots map[fragmentKey]model.Class
	ring  []fragmentKey
	next  int
}

type fragmentKey struct {
	src, dst model.Addr
	id       uint32
	proto    uint8
}

const maxDatagrams = 1 << 16

func (f *fragments) begin(r *model.Record) {
	k := fragmentKey{r.Src, r.Dst, r.IPID, r.Proto}
	if f.slots == nil {
		f.slots = make(map[fragmentKey]model.Class)
		f.ring = make([]fragmentKey, maxDatagrams)
	}
	if _, ok := f.slots[k]; !ok {
		delete(f.slots, f.ring[f.next])
		f.ring[f.next] = k
		f.next = (f.next + 1) % maxDatagrams
	}
	f.slots[k] = r.Class
}

func (f *fragments) class(r *model.Record) (model.Class, bool) {
	c, ok := f.slots[fragmentKey{r.Src, r.Dst, r.IPID, r.Proto}]
	return c, ok
}
