package export

import (
	"encoding/binary"

	"floodmark/internal/scenario/wire"
)

// sFlow version 5, July 2004.
const (
	headerSFlow = 28
	keptBytes   = 128 // of each packet: the usual setting
)

func (e *Exporter) headerSFlow() {
	be, b := binary.BigEndian, e.buf
	be.PutUint32(b, 5)
	be.PutUint32(b[4:], 1) // the agent's address is IPv4
	a := e.cfg.Addr.As4()
	copy(b[8:], a[:])
	be.PutUint32(b[12:], e.cfg.Domain)
	be.PutUint32(b[16:], e.seq)
	be.PutUint32(b[20:], e.uptime(e.now))
	be.PutUint32(b[24:], uint32(e.count))
	e.units = 1
}

// sample adds a flow sample with the beginning of the packet.
func (e *Exporter) sample(p *wire.Packet, in, out uint32) {
	e.frame = wire.AppendFrame(e.frame[:0], p)
	whole := len(e.frame)
	kept := e.frame[:min(whole, keptBytes)]
	padded := (len(kept) + 3) &^ 3
	pt := e.port(in)
	if pt == nil {
		return
	}
	e.begin(headerSFlow, 8+32+8+16+padded)
	pt.sampleSeq++
	b := appendWords(e.buf, 1, uint32(32+8+16+padded)) // flow_sample
	b = appendWords(b, pt.sampleSeq, pt.Index, e.cfg.Faults.AdvertisedRate, pt.pool, 0, in, out, 1)
	b = appendWords(b, 1, uint32(16+padded))                     // sampled_header
	b = appendWords(b, 1, uint32(whole+4), 4, uint32(len(kept))) // Ethernet; its checksum counts and was removed
	b = append(b, kept...)
	e.buf = append(b, zeros[:padded-len(kept)]...)
	e.count++
	e.flows++
}

// interfaceCounters adds counter samples of the interfaces whose turn it is.
func (e *Exporter) interfaceCounters() {
	for i := range e.ports {
		p := &e.ports[i]
		if p.next == 0 { // turns are spread
			p.next = e.now + counterEvery*int64(i)/int64(len(e.ports))
		}
		if e.now < p.next {
			continue
		}
		p.next += counterEvery
		p.counterSeq++
		e.begin(headerSFlow, 8+12+8+88)
		b := appendWords(e.buf, 2, 12+8+88, p.counterSeq, p.Index, 1) // counters_sample
		b = appendWords(b, 1, 88, p.Index, 6)                         // if_counters, ethernetCsmacd
		b = binary.BigEndian.AppendUint64(b, p.Speed)
		b = appendWords(b, 1, 3) // full duplex; up and meant to be
		b = appendTraffic(b, p.in)
		b = appendWords(b, 0, 0, 0) // discards, errors, unknown protocols
		b = appendTraffic(b, p.out)
		e.buf = appendWords(b, 0, 0, 0) // discards, errors, promiscuous
		e.count++
	}
}

func appendTraffic(b []byte, t traffic) []byte {
	b = binary.BigEndian.AppendUint64(b, t.bytes)
	return appendWords(b, uint32(t.packets), 0, 0) // unicast, multicast, broadcast
}

func appendWords(b []byte, words ...uint32) []byte {
	for _, w := range words {
		b = binary.BigEndian.AppendUint32(b, w)
	}
	return b
}
