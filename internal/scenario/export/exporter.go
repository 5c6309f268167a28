package export

import (
	"math"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/wire"
)

const (
	maxDatagram  = 1400 // what fits an Ethernet frame through most tunnels
	flowFlush    = int64(time.Second)
	sampleFlush  = int64(250 * time.Millisecond) // sFlow: no sample waits longer than a second
	counterEvery = int64(20 * time.Second)
)

// Stats counts what an exporter did.
type Stats struct {
	Observed      uint64 `json:"observed"`   // packets sampled
	Datagrams     uint64 `json:"datagrams"`  // sent
	Records       uint64 `json:"records"`    // flow records or flow samples in them
	Lost          uint64 `json:"lost"`       // datagrams lost on the way, by its faults
	Unsent        uint64 `json:"unsent"`     // datagrams not sent while silent
	NotAdvertised uint64 `json:"not_told"`   // packets that the protocol cannot tell: IPv6 in NetFlow v5
	Forgotten     uint64 `json:"forgotten"`  // flows that a restart lost
	Evicted       uint64 `json:"evicted"`    // flows sent early for lack of memory
	PeakFlows     int    `json:"peak_flows"` // flows under way at once
}

// port is an interface with its counters and its sampler.
type port struct {
	Interface
	in, out    traffic
	next       int64 // counter sample
	counterSeq uint32
	sampleSeq  uint32
	pool       uint32
}

type traffic struct{ bytes, packets uint64 }

// Exporter is one device.
type Exporter struct {
	cfg   Config
	stats Stats
	boot  int64
	now   int64
	err   error

	ports   []port
	cache   cache
	refresh int64 // when templates are due
	flush   int64 // when a datagram that is not full goes
	seq     uint32
	skip    float64 // -log(1-1/N): makes an exponential draw a geometric one

	buf   []byte // the datagram being filled
	count int    // records in it, templates included where the header counts them
	units uint32 // what the sequence number grows by with it
	flows uint64 // flow records or samples in it
	set   int    // offset of the open set, 0 for none
	setID uint16
	frame []byte
}

// New returns an exporter. Nothing is sent before the first call of Observe or
// Advance.
func New(cfg Config) (*Exporter, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	e := &Exporter{cfg: cfg, boot: cfg.Boot, cache: newCache(), buf: make([]byte, 0, maxDatagram+256)}
	for _, i := range cfg.Interfaces {
		e.ports = append(e.ports, port{Interface: i, in: traffic{1 << 34, 1 << 24}, out: traffic{1 << 35, 1 << 25}})
	}
	if cfg.Sampling > 1 {
		e.skip = -math.Log1p(-1 / float64(cfg.Sampling))
	}
	return e, nil
}

// Stats returns what was counted.
func (e *Exporter) Stats() Stats { return e.stats }

// Observe takes one sampled packet that came in by the interface with index in
// and left by out. Times never run backwards. The error is that of
// Config.Send; it sticks.
func (e *Exporter) Observe(now int64, p *wire.Packet, in, out uint32) error {
	if err := e.Advance(now); err != nil {
		return err
	}
	e.stats.Observed++
	// Between two samples lie packets that nobody looks at: their number is
	// geometric with the sampling rate as mean. They are in the counters of
	// the interfaces, so that these differ from the samples as in real life.
	n := uint64(1)
	if e.skip > 0 {
		n += uint64(e.cfg.Rand.ExpFloat64() / e.skip)
	}
	bytes := p.Len()
	from, to := e.port(in), e.port(out)
	whole := n * uint64(bytes+18) // ifInOctets counts framing too (RFC 2863): Ethernet header and checksum
	if from != nil {
		from.in.bytes += whole
		from.in.packets += n
		from.pool += uint32(n)
	}
	if to != nil {
		to.out.bytes += whole
		to.out.packets += n
	}
	if e.cfg.Protocol == SFlow {
		e.sample(p, in, out)
	} else {
		e.meter(p, bytes, in, out)
	}
	return e.err
}

func (e *Exporter) port(index uint32) *port {
	for i := range e.ports {
		if e.ports[i].Index == index {
			return &e.ports[i]
		}
	}
	return nil
}

// meter counts a packet into its flow.
func (e *Exporter) meter(p *wire.Packet, bytes int, in, out uint32) {
	if e.cfg.Protocol == NetFlow5 && !p.Src.Is4() {
		e.stats.NotAdvertised++
		return
	}
	k := key{src: p.Src, dst: p.Dst, proto: p.Proto, tos: p.TOS, in: in, out: out}
	flags := uint8(0)
	switch {
	case p.Offset > 0 || p.Raw && !p.MF: // only a first fragment begins with ports
	case p.Proto == model.ProtoTCP:
		k.sport, k.dport, flags = p.Sport, p.Dport, p.Flags
	case p.Proto == model.ProtoUDP:
		k.sport, k.dport = p.Sport, p.Dport
	case p.Proto == model.ProtoICMP || p.Proto == model.ProtoICMPv6:
		k.dport = uint16(p.ICMPType)<<8 | uint16(p.ICMPCode)
	}
	if len(e.cache.index) >= maxFlows {
		e.stats.Evicted++
		e.record(e.cache.take(e.cache.calmest(), endLack))
	}
	f, id := e.cache.entry(&k, e.now)
	e.stats.PeakFlows = max(e.stats.PeakFlows, len(e.cache.index))
	f.packets++
	f.bytes += uint64(bytes)
	f.flags |= flags
	f.ttl = min(f.ttl, p.TTL)
	if pt := e.port(in); pt != nil {
		f.external = pt.External
	}
	if flags&(model.FIN|model.RST) != 0 {
		e.record(e.cache.take(id, endFlags))
	}
}

// Advance lets time pass: flows expire, templates and counters are repeated,
// and what waited long enough is sent.
func (e *Exporter) Advance(now int64) error {
	e.now = max(e.now, now)
	if at := e.cfg.Faults.Restart; at > 0 && e.now >= at && e.boot < at {
		e.restart(at)
	}
	if e.cfg.Protocol == SFlow {
		e.interfaceCounters()
	} else {
		if e.now >= e.refresh {
			e.announce()
			e.refresh = e.now + int64(e.cfg.Refresh)
		}
		e.expire()
	}
	if e.flush == 0 || e.now >= e.flush {
		e.sendOff()
	}
	return e.err
}

func (e *Exporter) expire() {
	for id := e.cache.oldest(); id != 0 && e.now-e.cache.all[id].first >= int64(e.cfg.Active); id = e.cache.oldest() {
		e.record(e.cache.take(id, endActive))
	}
	for id := e.cache.calmest(); id != 0 && e.now-e.cache.all[id].last >= int64(e.cfg.Inactive); id = e.cache.calmest() {
		e.record(e.cache.take(id, endIdle))
	}
}

// restart forgets all but the configuration.
func (e *Exporter) restart(at int64) {
	e.stats.Forgotten += uint64(len(e.cache.index))
	e.cache = newCache()
	e.boot, e.seq, e.refresh = at, 0, 0
	e.discard()
	for i, pt := range e.ports {
		e.ports[i] = port{Interface: pt.Interface}
	}
}

// Close sends all that is still kept, as an exporter does that is shut down
// in an orderly way.
func (e *Exporter) Close(now int64) error {
	if err := e.Advance(now); err != nil {
		return err
	}
	for id := e.cache.calmest(); id != 0; id = e.cache.calmest() {
		e.record(e.cache.take(id, endForced))
	}
	e.sendOff()
	return e.err
}

// record adds a finished flow to the datagram.
func (e *Exporter) record(f *flow) {
	switch e.cfg.Protocol {
	case NetFlow5:
		e.record5(f)
	case NetFlow9:
		e.data(f, fields9)
	default:
		e.data(f, fieldsIPFIX)
	}
	e.flows++
}

// sendOff finishes the datagram and sends it, if there is anything in it.
func (e *Exporter) sendOff() {
	every := flowFlush
	if e.cfg.Protocol == SFlow {
		every = sampleFlush
	}
	e.flush = e.now + every
	if e.count == 0 || e.err != nil {
		return
	}
	e.closeSet()
	switch e.cfg.Protocol {
	case NetFlow5:
		e.header5()
	case NetFlow9:
		e.header9()
	case IPFIX:
		e.headerIPFIX()
	default:
		e.headerSFlow()
	}
	e.seq += e.units
	f := &e.cfg.Faults
	switch {
	case f.Silent > 0 && e.now >= f.Silent:
		e.stats.Unsent++
	case f.Loss > 0 && e.cfg.Rand.Float64() < f.Loss:
		e.stats.Lost++
	default:
		e.stats.Datagrams++
		e.stats.Records += e.flows
		e.err = e.cfg.Send(e.buf, e.now)
	}
	e.discard()
}

func (e *Exporter) discard() {
	e.buf, e.count, e.units, e.flows, e.set, e.setID = e.buf[:0], 0, 0, 0, 0, 0
}

// begin makes room for n bytes in a datagram that has a header of the given
// size.
func (e *Exporter) begin(header, n int) {
	if len(e.buf) > 0 && len(e.buf)+n > maxDatagram {
		e.sendOff()
	}
	if len(e.buf) == 0 {
		e.buf = append(e.buf, zeros[:header]...)
	}
}

var zeros [64]byte

// clock is what the exporter believes to be the time.
func (e *Exporter) clock(at int64) int64 { return at + int64(e.cfg.Faults.Skew) }

// uptime is ms since boot, modulo 2^32.
func (e *Exporter) uptime(at int64) uint32 { return uint32((at - e.boot) / 1e6) }
