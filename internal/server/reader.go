package server

import (
	"encoding/binary"
	"sync"
	"time"

	"floodmark/internal/aggregate/samples"
	"floodmark/internal/aggregate/shard"
	"floodmark/internal/clock"
	"floodmark/internal/conditions/evaluator"
	"floodmark/internal/decode/netflow"
	"floodmark/internal/decode/packet"
	"floodmark/internal/decode/sflow"
	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
	"floodmark/internal/normalize"
	afpacket "floodmark/internal/source/capture"
	"floodmark/internal/source/flowudp"
	"floodmark/internal/store/duckdb"
)

// reader turns what one socket receives into counts, rows and samples. Its lock
// is held for a batch at a time, by the socket's goroutine or by the tick; it
// is not contended.
type reader struct {
	line *Line
	mu   sync.Mutex

	netflow *netflow.Decoder // one of the three
	sflow   *sflow.Decoder
	packets *packet.Decoder

	norm   *normalize.Normalizer
	seen   normalize.Result
	places places
	rows   *duckdb.Writer
	ring   *samples.Ring
	held   []shardBatch // by shard, what was not handed over yet

	// of capture: one packet in so many is counted
	sampling, turn uint32
	exporter       uint32
	link           packet.LinkType
	rec            model.Record

	using       *plan
	at          int64 // arrival of the datagram being decoded
	heardAt     int64 // of an interface: arrival of the last packet at the last tick
	undecoded   uint64
	unread      uint64 // captured packets that are no IP packets
	lastError   string
	counters    []evaluator.Counters     // of sFlow, since the last tick
	datagramsOf map[uint32]uint64        // of exporters, at the last tick
	uptimes     map[model.Exporter]int64 // of a replay: Unix ns of sFlow agents' start
}

// shardBatch is updates on their way to one shard.
type shardBatch struct {
	list []shard.Update
}

// shardHold is how many updates of a shard are gathered before its lock is
// taken; they are also handed over after each read of the socket.
const shardHold = 256

// Sizes of the rings that reach back before an alarm.
const (
	ringRecords = 65536
	ringSeconds = 60
)

// datagrams is the handler of a collector's socket.
func (x *reader) datagrams(batch []flowudp.Datagram) {
	began := time.Now()
	x.mu.Lock()
	for i := range batch {
		d := &batch[i]
		x.at = d.At
		if x.line.clock.Follows() {
			x.at = x.replayTime(d)
		}
		var err error
		if x.sflow != nil {
			err = x.sflow.Decode(d.Payload, d.From, x.at)
		} else {
			err = x.netflow.Decode(d.Payload, d.From, x.at)
			if x.netflow.Reported() {
				x.line.told.keep(d.From, d.Payload)
			}
		}
		if err != nil {
			x.undecoded++
			x.lastError = err.Error()
		}
		if !x.line.clock.System() {
			x.handOver() // a batch of a replay may span seconds
		}
	}
	x.handOver()
	x.mu.Unlock()
	x.line.meters.batch(began, len(batch))
}

// captured is the handler of an interface.
func (x *reader) captured(batch []afpacket.Packet) {
	began := time.Now()
	x.mu.Lock()
	for i := range batch {
		p := &batch[i]
		if x.turn++; x.turn < x.sampling {
			continue
		}
		x.turn = 0
		x.at = p.At
		if x.packets.Decode(p.Data, x.link, p.Len, &x.rec) != packet.OK {
			x.unread++
			continue
		}
		x.rec.First, x.rec.Last = p.At, p.At
		x.rec.Exporter, x.rec.Sampling = x.exporter, x.sampling
		x.record(&x.rec)
	}
	x.handOver()
	x.mu.Unlock()
	x.line.meters.batch(began, len(batch))
}

// record is the line of one record: from its class to its counts.
func (x *reader) record(r *model.Record) {
	r.Class = vector.Classify(r)
	s := &x.seen
	if x.norm.Record(r, x.at, s) == normalize.Dropped {
		return
	}
	x.store(r)
	if !s.In && !s.Out {
		return
	}
	r.First, r.Last, r.Sampling = s.First, s.Last, s.Sampling
	if s.In {
		x.count(r, r.Dst, model.In, s.Dst)
	}
	if s.Out {
		x.count(r, r.Src, model.Out, s.Src)
	}
}

// count gives a record to the shard of a watched address and to the samples.
func (x *reader) count(r *model.Record, addr model.Addr, dir model.Direction, w normalize.Monitored) {
	l := x.line
	if !x.seen.IgnoredSource || dir == model.Out {
		n := shard.Of(addr, len(l.shards))
		h := &x.held[n]
		h.list = append(h.list, shard.Update{
			Addr: addr, First: r.First, Last: r.Last, Packets: uint32(min(r.Packets, 1<<32-1)), Bytes: r.Bytes, Sampling: r.Sampling,
			Direction: dir, Group: w.Group, Customer: w.Customer, Proto: r.Proto, Flags: flagsOf(r, x.seen.LowQuality),
		})
		if len(h.list) == cap(h.list) {
			x.give(n)
		}
	}
	x.ring.Add(r, addr, x.at)
	l.captures.add(r, addr, w.Customer, dir, x.at)
}

// flagsOf tells a shard what it counts apart.
func flagsOf(r *model.Record, untrusted bool) shard.Flags {
	var f shard.Flags
	if r.Proto == model.ProtoTCP && r.TCPFlags&(model.SYN|model.ACK) == model.SYN {
		f |= shard.SYN
	}
	if r.Fragment() {
		f |= shard.Fragment
	}
	if reflects[r.Class] {
		f |= shard.Reflection
	}
	if !r.IsPacket {
		f |= shard.Flow
	}
	if untrusted {
		f |= shard.LowQuality
	}
	return f
}

// reflects tells of each class whether other people's machines answer in it.
var reflects = func() (t [256]bool) {
	for _, i := range vector.Classes() {
		t[i.Class] = i.Reflection
	}
	return t
}()

// handOver gives every shard what was gathered for it, and the store its rows.
func (x *reader) handOver() {
	if x.places.n > 0 {
		x.places.flush(x.rows)
	}
	for n := range x.held {
		if len(x.held[n].list) > 0 {
			x.give(n)
		}
	}
}

func (x *reader) give(n int) {
	h := &x.held[n]
	if x.line.shards[n].add(x.at, h.list) {
		x.line.wakeCollector()
	}
	h.list = h.list[:0]
}

// store keeps a record as a row, where there is a store.
func (x *reader) store(r *model.Record) {
	if x.rows == nil {
		return
	}
	s := &x.seen
	w := x.places.next()
	w.First, w.Last, w.Src, w.Dst = s.First, s.Last, r.Src, r.Dst
	w.Packets, w.Bytes, w.Sampling = r.Packets, r.Bytes, s.Sampling
	w.Exporter, w.InIf, w.OutIf = r.Exporter, r.InIf, r.OutIf
	w.SrcPort, w.DstPort, w.Proto, w.TCPFlags, w.TTL = r.SrcPort, r.DstPort, r.Proto, r.TCPFlags, r.TTL
	if r.Has&model.HasICMP != 0 {
		w.DstPort = uint16(r.ICMPType)<<8 | uint16(r.ICMPCode)
	}
	w.Direction, w.Class, w.Fragment = s.Direction, r.Class, r.Fragment()
	w.SrcAS, w.DstAS = 0, 0
	if r.Has&model.HasAS != 0 {
		w.SrcAS, w.DstAS = r.SrcAS, r.DstAS
	}
	if x.places.add() {
		x.places.flush(x.rows)
	}
}

// replayTime returns when a datagram of a replay was sent by its own clock, and
// lets the server's follow it. NetFlow and IPFIX carry seconds, sFlow the
// milliseconds since the agent's start.
func (x *reader) replayTime(d *flowudp.Datagram) int64 {
	at := d.At
	b := d.Payload
	be := binary.BigEndian
	switch {
	case x.netflow != nil && len(b) >= 12 && (be.Uint16(b) == 9 || be.Uint16(b) == 5):
		at = int64(be.Uint32(b[8:])) * 1e9
	case x.netflow != nil && len(b) >= 8 && be.Uint16(b) == 10:
		at = int64(be.Uint32(b[4:])) * 1e9
	case x.sflow != nil && len(b) >= 24 && be.Uint32(b[4:]) == 1: // agent with an IPv4 address
		up := int64(be.Uint32(b[20:])) * 1e6
		start, ok := x.uptimes[d.From]
		if !ok || d.At-up < start { // the datagram that was least late tells best
			start = d.At - up
			x.uptimes[d.From] = start
		}
		at = start + up
	}
	if at > d.At || d.At-at > int64(10*clock.ExporterTimeout)*int64(max(1, x.line.clock.Speed())) {
		at = d.At
	}
	x.line.clock.Exported(at)
	return at
}
