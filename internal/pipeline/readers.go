package pipeline

import (
	"floodmark/internal/aggregate/samples"
	"floodmark/internal/aggregate/shard"
	"floodmark/internal/conditions/evaluator"
	"floodmark/internal/decode/netflow"
	"floodmark/internal/decode/packet"
	"floodmark/internal/decode/sflow"
	"floodmark/internal/exporters"
	"floodmark/internal/model"
	"floodmark/internal/normalize"
)

// newReader makes a reader without a decoder.
func (l *Pipeline) newReader() *Reader {
	p := l.inventory.plan.Load()
	x := &Reader{common: &l.common, plan: p, normalizer: normalize.New(p.normalize, l.dedup, l.key), ring: samples.NewRing(ringRecords, ringSeconds),
		received: make(map[uint32]uint64), started: make(map[model.Exporter]int64)}
	if l.d.Store != nil {
		x.rows = l.d.Store.Writer()
	}
	x.places.use(l.inventory.geo.Load())
	x.batches = make([]shardBatch, len(l.shards))
	for i := range x.batches {
		x.batches[i].list = make([]shard.Update, 0, maxBatch)
	}
	l.readers = append(l.readers, x)
	return x
}

// NetFlowReader adds a reader of NetFlow and IPFIX. Readers are added before Run.
func (l *Pipeline) NetFlowReader() *Reader {
	x := l.newReader()
	c := netflow.Config{Emit: x.record,
		Index: func(e model.Exporter) uint32 { return x.introduce(e.Addr) },
		Interface: func(i *netflow.Interface) {
			name := i.Name
			if name == "" {
				name = i.Description
			}
			x.normalizer.SetInterface(i.Exporter, i.Index, name, 0)
		}}
	if l.clock.Follows() {
		c.Exported = x.followExport
	}
	x.netflow = netflow.New(c)
	return x
}

// SFlowReader adds a reader of sFlow.
func (l *Pipeline) SFlowReader() *Reader {
	x := l.newReader()
	c := sflow.Config{Emit: x.record,
		Index: func(from model.Exporter, agent model.Addr) uint32 {
			if agent.IsZero() {
				agent = from.Addr
			}
			return x.introduce(agent)
		},
		Counters: x.addCounters}
	if l.clock.Follows() {
		c.Exported = x.followUptime
	}
	x.sflow = sflow.New(c)
	return x
}

// PacketReader adds a reader of packets of a link type, and of records, under the
// name of an exporter.
func (l *Pipeline) PacketReader(exporter string, link packet.LinkType) *Reader {
	x := l.newReader()
	x.packets, x.link, x.exporter = new(packet.Decoder), link, l.registry.Number(exporter)
	return x
}

// maxCounters bounds counter samples between two calls of Status.
const maxCounters = 4096

func (x *Reader) addCounters(c *sflow.Counters) {
	if len(x.counters) >= maxCounters {
		return
	}
	n := x.registry.Number(c.Agent.String())
	x.normalizer.SetInterface(n, c.IfIndex, "", c.Speed)
	x.counters = append(x.counters, evaluator.Counters{Exporter: n, IfIndex: c.IfIndex, At: c.At, Speed: c.Speed, InBytes: c.InBytes, OutBytes: c.OutBytes})
}

// introduce returns the number of an exporter that the decoder sees for the first
// time.
func (x *Reader) introduce(a model.Addr) uint32 {
	n := x.registry.Number(a.String())
	x.normalizer.SetAddress(n, a)
	if e := x.plan.exporters[a]; e != nil {
		for _, i := range e.Interfaces {
			if i.Index != 0 {
				speed := uint64(0)
				if i.Speed != nil {
					speed = uint64(i.Speed.Value)
				}
				x.normalizer.SetInterface(n, i.Index, i.Name, speed)
			}
		}
	}
	return n
}

// Status has every reader complete what it measured up to a time, in Unix ns.
func (l *Pipeline) Status(now int64) []exporters.ReaderStatus {
	out := make([]exporters.ReaderStatus, len(l.readers))
	lost := uint64(0)
	for i, x := range l.readers {
		out[i] = x.status(now)
		for _, s := range out[i].NetFlow.Streams {
			lost += s.Lost
		}
		for _, a := range out[i].SFlow.Agents {
			lost += a.Lost
		}
	}
	l.lost.Store(lost)
	return out
}

// Lost counts what exporters sent that did not arrive, by their sequence numbers.
func (l *Pipeline) Lost() uint64 { return l.lost.Load() }

// status lets measurements fade, takes over a new configuration, and copies what
// was measured. Rows are handed over, however few.
func (x *Reader) status(now int64) exporters.ReaderStatus {
	x.mu.Lock()
	defer x.mu.Unlock()
	p := x.inventory.plan.Load()
	if p != x.plan {
		x.plan = p
		x.normalizer.Use(p.normalize)
	}
	x.places.use(x.inventory.geo.Load())
	x.normalizer.Tick(now)
	if x.rows != nil {
		x.rows.Flush(now)
	}
	st := exporters.ReaderStatus{Normalizer: x.normalizer.Status(), Undecoded: x.undecoded, NotIP: x.notIP, Counters: x.counters}
	x.counters = nil
	if x.netflow != nil {
		st.NetFlow = x.netflow.Stats()
	}
	if x.sflow != nil {
		st.SFlow = x.sflow.Stats()
	}
	x.setSeen(&st, now)
	return st
}

// setSeen notes which exporters sent something since the last status, and their
// clocks. The exporter's time is that of its last datagram, which arrived within
// the last second.
func (x *Reader) setSeen(st *exporters.ReaderStatus, now int64) {
	for i := range st.NetFlow.Streams {
		s := &st.NetFlow.Streams[i]
		if s.Datagrams == x.received[s.Index] {
			continue
		}
		x.received[s.Index] = s.Datagrams
		skew := s.LastExport - x.at
		x.normalizer.SetSkew(s.Index, skew)
		x.registry.SetSeen(s.Index, x.at, skew)
	}
	for i := range st.SFlow.Agents {
		a := &st.SFlow.Agents[i]
		if a.Datagrams != x.received[a.Index] {
			x.received[a.Index] = a.Datagrams
			x.registry.SetSeen(a.Index, x.at, 0)
		}
	}
	if x.packets != nil && x.at > x.seenAt {
		x.seenAt = x.at
		x.registry.SetSeen(x.exporter, now, 0)
	}
}

// SetQuality sets which exporters can be relied upon, and how long after traffic
// their records arrive.
func (l *Pipeline) SetQuality(statuses []model.ExporterStatus) {
	for _, x := range l.readers {
		x.mu.Lock()
		for i := range statuses {
			x.normalizer.SetQuality(statuses[i].Number, statuses[i].QualityOK)
		}
		x.mu.Unlock()
	}
	l.setExportDelay(statuses)
}

// Gather copies records from the readers' rings, from a time in Unix ns on, in
// order of time.
func (l *Pipeline) Gather(since int64, match func(*model.Record) bool) []model.Record {
	var out []model.Record
	for _, x := range l.readers {
		x.mu.Lock()
		x.ring.Each(since, func(r *model.Record) {
			if match(r) {
				out = append(out, clone(r))
			}
		})
		x.mu.Unlock()
	}
	sortByTime(out)
	return out
}

// Captures are the records that are kept of open incidents.
func (l *Pipeline) Captures() *Captures { return &l.captures }

// Undecoded counts datagrams that could not be decoded as a whole.
func (x *Reader) Undecoded() uint64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.undecoded
}
