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
	Untrusted                    // from an exporter in bad health
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
	weights  = 16 // slots but Flows, whose samples weigh 1
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
	{model.OtherPackets, model.In, 5}, {model.SYNPackets, model.In, 6}, {model.FragmentPackets, model.In, 7},
	{model.ReflectionPackets, model.In, 8}, {model.UDPBits, model.In, 9}, {model.ReflectionBits, model.In, 10},
	{model.Packets, model.Out, 11}, {model.Bits, model.Out, 12}, {model.Flows, model.Out, noWeight},
	{model.TCPPackets, model.Out, 13}, {model.UDPPackets, model.Out, 14}, {model.SYNPackets, model.Out, 15},
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

// parts is an update split by metric.
type parts struct {
	n    int
	slot [10]uint8
	w    [10]float32
}

func (p *parts) add(k int, w float32) {
	p.slot[p.n], p.w[p.n] = uint8(k), w
	p.n++
}

// split fills in what an update counts as. Packets and bits come first.
func (p *parts) split(u *Update) {
	f := float32(max(u.Sampling, 1))
	w, b := float32(u.Packets)*f, float32(u.Bytes)*8*f
	p.n = 0
	if u.Direction == model.Out {
		p.add(firstOut, w)
		p.add(firstOut+1, b)
		switch u.Proto {
		case model.ProtoTCP:
			p.add(firstOut+3, w)
		case model.ProtoUDP:
			p.add(firstOut+4, w)
		}
		if u.Flags&SYN != 0 {
			p.add(firstOut+5, w)
		}
		if u.Flags&Flow != 0 {
			p.add(firstOut+2, 1)
		}
		return
	}
	p.add(int(model.Packets), w)
	p.add(int(model.Bits), b)
	switch u.Proto {
	case model.ProtoTCP:
		p.add(int(model.TCPPackets), w)
	case model.ProtoUDP:
		p.add(int(model.UDPPackets), w)
		p.add(int(model.UDPBits), b)
	case model.ProtoICMP, model.ProtoICMPv6:
		p.add(int(model.ICMPPackets), w)
	default:
		p.add(int(model.OtherPackets), w)
	}
	if u.Flags&SYN != 0 {
		p.add(int(model.SYNPackets), w)
	}
	if u.Flags&Fragment != 0 {
		p.add(int(model.FragmentPackets), w)
	}
	if u.Flags&Reflection != 0 {
		p.add(int(model.ReflectionPackets), w)
		p.add(int(model.ReflectionBits), b)
	}
	if u.Flags&Flow != 0 {
		p.add(int(model.Flows), 1)
	}
}
