package pipeline

import (
	"sync"
	"time"

	"floodmark/internal/aggregate/samples"
	"floodmark/internal/aggregate/shard"
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

// Reader turns what one socket receives into counts, rows and samples. One
// goroutine hands it batches; any may ask for its status.
type Reader struct {
	*common

	mu sync.Mutex // guards all that follows; held for a batch at a time, and hardly contended

	netflow *netflow.Decoder // one of the three
	sflow   *sflow.Decoder
	packets *packet.Decoder

	normalizer *normalize.Normalizer
	result     normalize.Result
	places     places
	rows       *duckdb.Writer
	ring       *samples.Ring
	batches    []shardBatch // by shard, what was not handed over yet

	// of a capture
	exporter uint32
	link     packet.LinkType
	rec      model.Record

	plan      *Plan
	at        int64 // arrival of the datagram being decoded
	seenAt    int64 // of a capture: arrival of the last packet at the last status
	undecoded uint64
	notIP     uint64                   // captured packets
	counters  []evaluator.Counters     // of sFlow, since the last status
	received  map[uint32]uint64        // datagrams of exporters at the last status
	started   map[model.Exporter]int64 // of a replay: Unix ns of the start of sFlow agents
}

// shardBatch is updates on their way to one shard.
type shardBatch struct {
	list []shard.Update
}

// maxBatch is how many updates of a shard are gathered before its lock is
// taken; they are also handed over after each read of the socket.
const maxBatch = 256

// Sizes of the rings that reach back before an alarm.
const (
	ringRecords = 65536
	ringSeconds = 60
)

// Datagrams decodes a batch of NetFlow, IPFIX or sFlow.
func (x *Reader) Datagrams(batch []flowudp.Datagram) {
	began := time.Now()
	x.mu.Lock()
	for i := range batch {
		d := &batch[i]
		x.at = d.At
		var err error
		if x.sflow != nil {
			err = x.sflow.Decode(d.Payload, d.From, d.At)
		} else {
			err = x.netflow.Decode(d.Payload, d.From, d.At)
			if x.templates != nil && x.netflow.Reported() {
				x.templates.Keep(d.From, d.Payload)
			}
		}
		if err != nil {
			x.undecoded++
		}
		if !x.clock.System() {
			x.handOver() // a batch of a replay may span seconds
		}
	}
	x.handOver()
	x.mu.Unlock()
	x.measure(began, len(batch))
}

// Packets decodes a batch of captured packets.
func (x *Reader) Packets(batch []afpacket.Packet) {
	began := time.Now()
	x.mu.Lock()
	for i := range batch {
		p := &batch[i]
		x.at = p.At
		if x.packets.Decode(p.Data, x.link, p.Len, &x.rec) != packet.OK {
			x.notIP++
			continue
		}
		x.rec.First, x.rec.Last = p.At, p.At
		x.rec.Exporter, x.rec.Sampling = x.exporter, 1 // a capture is complete
		x.record(&x.rec)
	}
	x.handOver()
	x.mu.Unlock()
	x.measure(began, len(batch))
}

// Record takes a packet or flow record of a recording that arrived at a time, in
// Unix ns. It becomes one of the reader's exporter.
func (x *Reader) Record(r *model.Record, at int64) {
	x.mu.Lock()
	x.at = at
	if r.IsPacket {
		r.First, r.Last = at, at
	}
	r.Exporter, r.Sampling = x.exporter, max(r.Sampling, 1)
	x.record(r)
	x.handOver()
	x.mu.Unlock()
}

// Learn reads the templates of a datagram, for data that comes later.
func (x *Reader) Learn(datagram []byte, from model.Exporter) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.netflow != nil {
		x.netflow.Learn(datagram, from) // what cannot be read is not missed
	}
}

// record takes one record from its meaning to its counts.
func (x *Reader) record(r *model.Record) {
	s := &x.result
	if x.normalizer.Record(r, x.at, s) == normalize.Dropped {
		return
	}
	r.Class = vector.Classify(r)
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

// count gives a record to the shard of a monitored address and to the samples.
func (x *Reader) count(r *model.Record, addr model.Addr, dir model.Direction, w normalize.Monitored) {
	if !x.result.IgnoredSource || dir == model.Out {
		n := shard.Of(addr, len(x.shards))
		h := &x.batches[n]
		h.list = append(h.list, shard.Update{
			Addr: addr, First: r.First, Last: r.Last, Packets: uint32(min(r.Packets, 1<<32-1)), Bytes: r.Bytes, Sampling: r.Sampling,
			Direction: dir, Group: w.Group, Customer: w.Customer, Proto: r.Proto, Flags: flagsOf(r, x.result.LowQuality),
		})
		if len(h.list) == cap(h.list) {
			x.give(n)
		}
	}
	x.ring.Add(r, addr, x.at)
	x.captures.add(r, endpoint{addr, w.Customer, dir, x.at})
}

// flagsOf is what a shard counts apart.
func flagsOf(r *model.Record, lowQuality bool) shard.Flags {
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
	if lowQuality {
		f |= shard.LowQuality
	}
	return f
}

// reflects says of each class whether reflectors send it.
var reflects = func() (t [256]bool) {
	for _, i := range vector.Classes() {
		t[i.Class] = i.Reflection
	}
	return t
}()

// handOver gives every shard what was gathered for it, and the store its rows.
func (x *Reader) handOver() {
	if x.places.n > 0 {
		x.places.flush(x.rows)
	}
	for n := range x.batches {
		if len(x.batches[n].list) > 0 {
			x.give(n)
		}
	}
}

func (x *Reader) give(n int) {
	h := &x.batches[n]
	if x.shards[n].add(x.at, h.list) {
		x.wakeCollector()
	}
	h.list = h.list[:0]
}

// store keeps a record as a row, where there is a store.
func (x *Reader) store(r *model.Record) {
	if x.rows == nil {
		return
	}
	s := &x.result
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
