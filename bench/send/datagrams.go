package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"
)

// traffic is what records are about.
type traffic struct {
	rand     *rand.Rand
	hosts    int    // addresses under watch, in 198.18.0.0/15
	sources  uint64 // strangers; 0: each record has a new one
	flood    bool   // packets of 1,400 octets by UDP, else ordinary TCP and UDP
	sampling uint32 // of sFlow, one in so many
}

// record is one flow, or one sampled packet.
type record struct {
	src, dst, srcAS, packets, bytes uint32
	srcPort, dstPort                uint16
	proto, flags                    byte
}

// watched is the first address under watch, 198.18.0.0 (RFC 2544).
const watched = 198<<24 | 18<<16

func (t *traffic) next() record {
	r := t.rand
	x := record{src: r.Uint32(), dst: host(uint32(r.IntN(t.hosts)), t.hosts), packets: 1 + r.Uint32N(20), srcPort: uint16(1024 + r.IntN(64512)), proto: 6, flags: 0x18, dstPort: 443}
	if t.sources > 0 {
		x.src = unknownExporter(r.Uint64N(t.sources))
	}
	x.srcAS = x.src >> 16 // one network has neighbouring addresses
	x.bytes = x.packets * (60 + r.Uint32N(1400))
	switch {
	case t.flood:
		x.proto, x.flags, x.dstPort, x.packets, x.bytes = 17, 0, 80, 1, 1400
	case r.IntN(4) == 0:
		x.proto, x.flags = 17, 0
	}
	return x
}

// host gives the n-th of so many addresses spread evenly over a /15.
func host(n uint32, hosts int) uint32 { return watched + n*uint32(max(1, 1<<17/hosts)) }

// unknownExporter gives the n-th of many addresses between 11.0.0.0 and 171.0.0.0.
func unknownExporter(n uint64) uint32 { return 11<<24 + uint32(n*2654435761%(160<<24)) }

// exporter makes datagrams of one protocol and, when they leave, gives them the
// sequence numbers and times of an honest device.
type exporter struct {
	proto     string
	per       int // records a datagram
	boot      time.Time
	datagrams uint32
	records   uint32
	sampling  uint32
}

var be = binary.BigEndian

// usual is how many records a datagram of an Ethernet's length holds.
var usual = map[string]int{"netflow5": 29, "netflow9": 28, "ipfix": 28, "sflow": 8}

func newExporter(proto string, per int, sampling uint32) (*exporter, error) {
	if usual[proto] == 0 {
		return nil, fmt.Errorf("protocol %q: expected netflow5, netflow9, ipfix or sflow", proto)
	}
	if per == 0 {
		per = usual[proto]
	}
	return &exporter{proto: proto, per: per, boot: time.Now().Add(-time.Hour), sampling: sampling}, nil
}

func (e *exporter) uptime(now time.Time) uint32 { return uint32(now.Sub(e.boot).Milliseconds()) }

// make returns a datagram without the numbers that stamp fills in.
func (e *exporter) make(t *traffic) []byte {
	switch e.proto {
	case "netflow5":
		return e.netflow5(t)
	case "sflow":
		return e.sflow(t)
	}
	return e.templated(t)
}

// Where stamp writes.
const (
	netflow5Header, netflow5Record = 24, 48
	templatedRecord                = 48
	sampleHeader                   = 64 // octets of the sampled packet
)

func (e *exporter) netflow5(t *traffic) []byte {
	b := make([]byte, netflow5Header+netflow5Record*e.per)
	be.PutUint16(b, 5)
	be.PutUint16(b[2:], uint16(e.per))
	for p := b[netflow5Header:]; len(p) > 0; p = p[netflow5Record:] {
		x := t.next()
		be.PutUint32(p, x.src)
		be.PutUint32(p[4:], x.dst)
		be.PutUint16(p[12:], 1) // input and output interface
		be.PutUint16(p[14:], 2)
		be.PutUint32(p[16:], x.packets)
		be.PutUint32(p[20:], x.bytes)
		be.PutUint16(p[32:], x.srcPort)
		be.PutUint16(p[34:], x.dstPort)
		p[37], p[38] = x.flags, x.proto
		be.PutUint16(p[40:], uint16(x.srcAS))
		be.PutUint16(p[42:], 64500)
	}
	return b
}

// fields of NetFlow v9 and IPFIX: number and length (IANA, IPFIX Information
// Elements). The last two of four octets are times, which IPFIX tells in Unix
// seconds (150, 151) and NetFlow v9 in ms of uptime (22, 21).
func fields(ipfix bool) [][2]uint16 {
	first, last := uint16(22), uint16(21)
	if ipfix {
		first, last = 150, 151
	}
	return [][2]uint16{{8, 4}, {12, 4}, {1, 4}, {2, 4}, {10, 4}, {14, 4}, {16, 4}, {17, 4}, {first, 4}, {last, 4}, {7, 2}, {11, 2}, {4, 1}, {5, 1}, {6, 1}, {61, 1}}
}

const timesAt = 32 // of a record of the template above

func (e *exporter) header() []byte {
	if e.proto == "ipfix" {
		b := make([]byte, 16)
		be.PutUint16(b, 10)
		be.PutUint32(b[12:], 7)
		return b
	}
	b := make([]byte, 20)
	be.PutUint16(b, 9)
	be.PutUint16(b[2:], uint16(e.per))
	be.PutUint32(b[16:], 7)
	return b
}

// finish closes the set that begins after the header.
func (e *exporter) finish(b []byte) []byte {
	set := len(e.header())
	be.PutUint16(b[set+2:], uint16(len(b)-set))
	if e.proto == "ipfix" {
		be.PutUint16(b[2:], uint16(len(b)))
	}
	return b
}

// template returns the datagram that tells the template, nil where none is
// needed.
func (e *exporter) template() []byte {
	if e.proto != "netflow9" && e.proto != "ipfix" {
		return nil
	}
	b, id := e.header(), uint16(0)
	if e.proto == "ipfix" {
		id = 2
	} else {
		be.PutUint16(b[2:], 1)
	}
	list := fields(e.proto == "ipfix")
	for _, v := range []uint16{id, 0, 260, uint16(len(list))} {
		b = be.AppendUint16(b, v)
	}
	for _, f := range list {
		b = be.AppendUint16(be.AppendUint16(b, f[0]), f[1])
	}
	return e.finish(b)
}

func (e *exporter) templated(t *traffic) []byte {
	b := be.AppendUint32(e.header(), 260<<16)
	for range e.per {
		x := t.next()
		for _, v := range []uint32{x.src, x.dst, x.bytes, x.packets, 1, 2, x.srcAS, 64500, 0, 0} {
			b = be.AppendUint32(b, v)
		}
		b = be.AppendUint16(be.AppendUint16(b, x.srcPort), x.dstPort)
		b = append(b, x.proto, 0, x.flags, 0)
	}
	return e.finish(b)
}

// sflow makes flow samples with the beginning of an Ethernet frame each.
func (e *exporter) sflow(t *traffic) []byte {
	b := words(nil, 5, 1, 127<<24|1, 0, 0, 0, uint32(e.per))
	for range e.per {
		x := t.next()
		length := max(x.bytes/x.packets, 64)
		b = words(b, 1, 56+sampleHeader, 0, 1, e.sampling, 0, 0, 1, 2, 1) // sample of source 1, in by 1, out by 2, one record:
		b = words(b, 1, 16+sampleHeader, 1, length+18, 4, sampleHeader)   // header of an Ethernet frame
		at := len(b)
		b = append(b, make([]byte, sampleHeader)...)
		p := b[at:]
		be.PutUint16(p[12:], 0x0800)
		p[14], p[22], p[23] = 0x45, 57, x.proto
		be.PutUint16(p[16:], uint16(length))
		be.PutUint32(p[26:], x.src)
		be.PutUint32(p[30:], x.dst)
		be.PutUint16(p[34:], x.srcPort)
		be.PutUint16(p[36:], x.dstPort)
		if x.proto == 6 {
			p[46], p[47] = 0x50, x.flags
		} else {
			be.PutUint16(p[38:], uint16(length-20))
		}
	}
	return b
}

func words(b []byte, list ...uint32) []byte {
	for _, v := range list {
		b = be.AppendUint32(b, v)
	}
	return b
}

// stamp fills in what depends on when a datagram leaves. records is 0 for a
// template.
func (e *exporter) stamp(b []byte, records int, now time.Time) {
	uptime, seconds := e.uptime(now), uint32(now.Unix())
	switch e.proto {
	case "netflow5":
		be.PutUint32(b[4:], uptime)
		be.PutUint32(b[8:], seconds)
		be.PutUint32(b[12:], uint32(now.Nanosecond()))
		be.PutUint32(b[16:], e.records)
		for p := b[netflow5Header:]; len(p) > 0; p = p[netflow5Record:] {
			be.PutUint32(p[24:], uptime-1000)
			be.PutUint32(p[28:], uptime)
		}
	case "netflow9":
		be.PutUint32(b[4:], uptime)
		be.PutUint32(b[8:], seconds)
		be.PutUint32(b[12:], e.datagrams)
		times(b[24:], records, uptime-1000, uptime)
	case "ipfix":
		be.PutUint32(b[4:], seconds)
		be.PutUint32(b[8:], e.records)
		times(b[20:], records, seconds-1, seconds)
	case "sflow":
		be.PutUint32(b[16:], e.datagrams)
		be.PutUint32(b[20:], uptime)
		p := b[28:]
		for n := range uint32(records) {
			be.PutUint32(p[8:], e.records+n)
			be.PutUint32(p[20:], (e.records+n+1)*e.sampling) // packets seen so far
			p = p[8+be.Uint32(p[4:]):]
		}
	}
	e.datagrams++
	e.records += uint32(records)
}

func times(p []byte, records int, first, last uint32) {
	for range records {
		be.PutUint32(p[timesAt:], first)
		be.PutUint32(p[timesAt+4:], last)
		p = p[templatedRecord:]
	}
}
