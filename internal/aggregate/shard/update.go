package shard

import (
	"math/bits"

	"floodmark/internal/model"
)

// Update is one record, seen from the watched address. 56 octets.
type Update struct {
	Addr      model.Addr // the watched one
	First     int64      // Unix ns; equal to Last for a packet
	Last      int64
	Bytes     uint64 // of IP packets, as sampled
	Packets   uint32 // as sampled
	Sampling  uint32 // one in so many; 0 counts as 1
	Group     uint16 // index into Config.Groups; beyond them is 0
	Customer  uint16 // 0 is none
	Direction model.Direction
	Proto     uint8 // IANA
	Flags     Flags
}

// Flags are facts of an Update.
type Flags uint8

// What may be known of an Update.
const (
	SYN        Flags = 1 << iota // TCP with SYN and without ACK
	Fragment                     // not the first of its datagram
	Reflection                   // from the port of a service that reflects and amplifies
	Flow                         // a flow record; not set for a packet
	LowQuality                   // from an exporter in bad health
)

// Of returns which of so many shards an address belongs to. All addresses of a
// /20 or of an IPv6 /48 are in one.
func Of(addr model.Addr, shards int) int {
	n := 48
	if addr.Is4() {
		n = 20
	}
	hi, _ := bits.Mul64(addr.Mask(n).Hash(), uint64(shards))
	return int(hi)
}

// A slot is one metric in one direction: the metrics In in their order, then
// those that are tested Out.
const (
	slots    = int(model.Metrics) + 6
	firstOut = int(model.Metrics)
	weights  = 15 // slots but Flows, whose samples weigh 1; ICMP and OtherPackets share one
)

// slot describes one of the slots.
type slot struct {
	metric model.Metric
	dir    model.Direction
	weight uint8 // index of its weight; noWeight for 1
}

const noWeight = 0xff

var slotTable = [slots]slot{
	{model.Packets, model.In, 0}, {model.Bits, model.In, 1}, {model.Flows, model.In, noWeight},
	{model.TCPPackets, model.In, 2}, {model.UDPPackets, model.In, 3}, {model.ICMPPackets, model.In, 4},
	{model.OtherPackets, model.In, 4}, {model.SYNPackets, model.In, 5}, {model.FragmentPackets, model.In, 6},
	{model.ReflectionPackets, model.In, 7}, {model.UDPBits, model.In, 8}, {model.ReflectionBits, model.In, 9},
	{model.Packets, model.Out, 10}, {model.Bits, model.Out, 11}, {model.Flows, model.Out, noWeight},
	{model.TCPPackets, model.Out, 12}, {model.UDPPackets, model.Out, 13}, {model.SYNPackets, model.Out, 14},
}

// slotOf returns the slot of a metric, -1 where it is not counted.
func slotOf(m model.Metric, d model.Direction) int {
	for k, s := range &slotTable {
		if s.metric == m && s.dir == d {
			return k
		}
	}
	return -1
}

// parts is what an update counts as. Every update has four fixed parts, some of
// which may be 0, so that no branch depends on what kind of packet comes next.
type parts struct {
	kind
	v    [4]float32 // packets, bits, flows; see valueOf
	part [2]float32 // of the protocol's slots
	more uint32     // slots by Flags, over the fixed ones
	mask uint32     // all slots
}

// kind is how the packets of a protocol count in one direction: in the slots
// packets and the next one, in the protocol's and in its bits'.
type kind struct {
	packets, proto, bits uint8
	out                  bool
	share                [2]float32 // 1 where the direction has such a slot
	slots                uint32
}

// kinds are the kinds by direction and protocol, and flagged the slots by
// direction and Flags.
var (
	kinds   = kindTable()
	flagged = flagTable()
)

func kindTable() (table [2][256]kind) {
	const out = uint8(firstOut)
	for n := range 256 {
		in := kind{packets: uint8(model.Packets), proto: uint8(model.OtherPackets), bits: uint8(model.Bits), share: [2]float32{1, 0}}
		to := kind{packets: out, proto: out, bits: out, out: true}
		switch n {
		case model.ProtoTCP:
			in.proto = uint8(model.TCPPackets)
			to.proto, to.share[0] = out+3, 1
		case model.ProtoUDP:
			in.proto, in.bits, in.share[1] = uint8(model.UDPPackets), uint8(model.UDPBits), 1
			to.proto, to.share[0] = out+4, 1
		case model.ProtoICMP, model.ProtoICMPv6:
			in.proto = uint8(model.ICMPPackets)
		}
		for d, k := range [2]kind{in, to} {
			k.slots = 3<<k.packets | 1<<k.proto | 1<<k.bits
			table[d][n] = k
		}
	}
	return table
}

func flagTable() (out [2][LowQuality]uint32) {
	for f := range LowQuality {
		if f&SYN != 0 {
			out[0][f] |= 1 << model.SYNPackets
			out[1][f] |= 1 << (firstOut + 5)
		}
		if f&Fragment != 0 {
			out[0][f] |= 1 << model.FragmentPackets
		}
		if f&Reflection != 0 {
			out[0][f] |= 1<<model.ReflectionPackets | 1<<model.ReflectionBits
		}
		if f&Flow != 0 {
			out[0][f] |= 1 << model.Flows
			out[1][f] |= 1 << (firstOut + 2)
		}
	}
	return out
}

// valueOf tells which of parts.v a slot counts.
var valueOf = func() (out [32]uint8) {
	for k, s := range &slotTable {
		switch s.metric.Unit() {
		case "bits/s":
			out[k] = 1
		case "flows/s":
			out[k] = 2
		}
	}
	return out
}()

// split fills in what an update counts as.
func (p *parts) split(u *Update) {
	f := float32(max(u.Sampling, 1))
	w, b := float32(u.Packets)*f, float32(u.Bytes)*8*f
	d := u.Direction & 1
	p.kind = kinds[d][u.Proto]
	p.v = [4]float32{w, b, 1}
	p.part = [2]float32{w * p.share[0], b * p.share[1]}
	p.more = flagged[d][u.Flags&(LowQuality-1)]
	p.mask = p.slots | p.more
}

// addTo adds the parts to a target's slots.
func addTo[F float32 | float64](to *[slots]F, p *parts) {
	to[p.packets] += F(p.v[0])
	to[p.packets+1] += F(p.v[1])
	to[p.proto] += F(p.part[0])
	to[p.bits] += F(p.part[1])
	for m := p.more; m != 0; m &= m - 1 {
		k := trailing(m)
		to[k] += F(p.v[valueOf[k]&3])
	}
}
