package aggregate

import (
	"net/netip"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// begin is when the traffic of the tests starts, Unix ns.
const begin = 1_750_000_000_000_000_000

var (
	victim  = model.AddrFromNetip(netip.MustParseAddr("198.51.100.7"))
	aTarget = netip.MustParsePrefix("198.51.100.7/32")
)

func address(s string) model.Addr { return model.AddrFromNetip(netip.MustParseAddr(s)) }

// random is SplitMix64, so that floods of any length need no memory.
type random uint64

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// packet gives a packet of the protocol at a time after begin, in ns.
func packet(src, dst model.Addr, proto uint8, at int64) model.Record {
	return model.Record{
		First: begin + at, Last: begin + at, Src: src, Dst: dst, Proto: proto, IsPacket: true, Packets: 1, Bytes: 40, IPLen: 40,
		Has: model.HasPorts | model.HasTTL | model.HasIPID | model.HasFragment, TTL: 60,
	}
}

// segment gives a TCP segment without content.
func segment(src, dst model.Addr, flags uint8, at int64) model.Record {
	r := packet(src, dst, model.ProtoTCP, at)
	r.Has |= model.HasFlags | model.HasTCP | model.HasPayload | model.HasChecksum
	r.TCPFlags, r.SrcPort, r.DstPort, r.Window = flags, 40000, 443, 512
	return r
}

// datagram gives a UDP datagram with a payload.
func datagram(src, dst model.Addr, payload []byte, at int64) model.Record {
	r := packet(src, dst, model.ProtoUDP, at)
	r.Has |= model.HasPayload | model.HasChecksum
	r.SrcPort, r.DstPort, r.Payload, r.PayloadLen = 40000, 9000, payload, uint32(len(payload))
	r.IPLen = uint32(28 + len(payload))
	r.Bytes = uint64(r.IPLen)
	return r
}

// flow gives a flow record of UDP.
func flow(src, dst model.Addr, first, last int64, packets, bytes uint64) model.Record {
	return model.Record{First: begin + first, Last: begin + last, Src: src, Dst: dst, Proto: model.ProtoUDP, Has: model.HasPorts,
		SrcPort: 40000, DstPort: 9000, Packets: packets, Bytes: bytes}
}

// a flood fills in the i-th record.
type flood func(r *model.Record, i int)

// synFlood sends SYNs of ever new spoofed addresses, 1 µs apart.
func synFlood() flood {
	rng := random(1)
	base := segment(model.Addr{}, victim, model.SYN, 0)
	return func(r *model.Record, i int) {
		*r = base
		x := rng.next()
		r.Src, r.Seq, r.SrcPort, r.IPID = model.Addr4(uint32(x)), uint32(x>>32), uint16(x>>20), uint32(uint16(x>>40))
		r.First = begin + int64(i)*1000
		r.Last = r.First
	}
}

var noise = func() (b [4096]byte) {
	rng := random(2)
	for i := range b {
		b[i] = byte(rng.next())
	}
	return b
}()

// udpFlood sends datagrams of the given number of sources to random ports.
func udpFlood(sources uint64) flood {
	rng := random(3)
	base := datagram(model.Addr{}, victim, noise[:512], 0)
	return func(r *model.Record, i int) {
		*r = base
		x := rng.next()
		r.Src = model.Addr4(0x0b000000 | uint32(x%sources)*2654435761>>8)
		r.DstPort, r.IPID = uint16(x>>20), uint32(uint16(x>>40))
		r.Payload = noise[x>>52:][:512&(len(noise)-int(x>>52))]
		r.First = begin + int64(i)*1000
		r.Last = r.First
	}
}

// mixed sends both, and what the target answers.
func mixed() flood {
	syn, udp := synFlood(), udpFlood(5000)
	return func(r *model.Record, i int) {
		switch i & 3 {
		case 0, 1:
			syn(r, i)
		case 2:
			udp(r, i)
		default:
			syn(r, i)
			r.Src, r.Dst, r.TCPFlags, r.Ack = r.Dst, r.Src, model.SYN|model.ACK, r.Seq+1
		}
	}
}

// floods are the traffic of the benchmarks, by name.
var floods = []struct {
	name string
	make func() flood
}{
	{"syn-spoofed", synFlood},
	{"udp-5000-sources", func() flood { return udpFlood(5000) }},
	{"mixed", mixed},
}

// survey reads n records.
func survey(f flood, n int) *Survey {
	s := NewSurvey()
	var r model.Record
	for i := range n {
		f(&r, i)
		r.Class = vector.Classify(&r)
		s.Add(&r)
	}
	return s
}

// read gives the profile of records, both readings done, with the targets that
// are asked for.
func read(records []model.Record, targets ...netip.Prefix) (*Survey, *model.Profile) {
	s := NewSurvey()
	for i := range records {
		r := records[i]
		r.Class = vector.Classify(&r)
		s.Add(&r)
	}
	p := NewProfiler(targets, s)
	for i := range records {
		r := records[i]
		r.Class = vector.Classify(&r)
		p.Add(&r)
	}
	return s, p.Profile()
}
