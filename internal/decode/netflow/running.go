package netflow

import "floodmark/internal/model"

// runningFlows remembers what was counted of flows that are exported more than
// once with sums: running totals (IANA elements whose name says TotalCount) and
// firewall events (element 233), of which the last repeats the sum of the
// updates before it. It holds two generations: when the newer is full, the older
// is forgotten.
type runningFlows struct {
	now, before map[flowKey]flowSums
	// forgot is the export time (Unix ns) up to which flows may have been
	// forgotten, 0 where none was.
	forgot int64
}

// flowKey identifies a flow within its exporter's observation domain: by IE 148
// where it is exported, else by its addresses, ports, protocol and ingress
// interface.
type flowKey struct {
	stream           *stream
	id               uint64
	src, dst         model.Addr
	srcPort, dstPort uint16
	proto            uint8
	inIf             uint32
}

// flowSums is what was counted of a flow, forward and reverse.
type flowSums struct {
	first, last int64 // Unix ns
	counts      [2]sums
}

// sums are packets and bytes of one direction.
type sums struct{ packets, bytes uint64 }

// Values of firewallEvent (IE 233, IANA registry).
const (
	eventCreated = 1
	eventDeleted = 2
	eventDenied  = 3
	eventAlert   = 4
	eventUpdate  = 5
)

// startSlack is how far the start of one flow may move between records where
// its exporter gives it relative to a header time in whole seconds.
const startSlack = 2e9

// settleCounts turns sums into what d.rec and d.rev add to what was counted
// before. It returns false where there is nothing to emit, which is counted.
func (d *Decoder) settleCounts(t *template) bool {
	stats := &d.hdr.stream.stats
	switch d.x.event {
	case eventCreated, eventDenied, eventAlert:
		stats.Events++
		return false
	}
	if t.noCounts {
		if d.x.wireLen == 0 {
			stats.Events++ // such as a translation
			return false
		}
		d.rec.Packets, d.rec.Bytes = 1, d.x.wireLen // one packet, reported by its fields (RFC 5476)
		return true
	}
	if !t.totals && d.x.event == 0 {
		return true
	}
	if !d.add(t) {
		return false
	}
	if d.rec.Packets|d.rec.Bytes|d.rev.Packets|d.rev.Bytes == 0 {
		stats.Unchanged++
		return false
	}
	return true
}

// add compares a record with what is remembered of its flow. It returns false
// where the growth cannot be known.
func (d *Decoder) add(t *template) bool {
	r, run := &d.rec, &d.running
	both := [2]*model.Record{r, &d.rev}
	if len(t.revOps) == 0 {
		d.rev.Packets, d.rev.Bytes = 0, 0
	}
	key := flowKey{stream: d.hdr.stream, id: d.x.flowID}
	if key.id == 0 {
		key.src, key.dst, key.srcPort, key.dstPort, key.proto, key.inIf = r.Src, r.Dst, r.SrcPort, r.DstPort, r.Proto, r.InIf
	}
	known, ok := run.get(key)
	if ok && t.hasStart && moved(known.first, r.First, t.looseStart) {
		ok = false // another flow with the same key
	}
	if !ok {
		known = flowSums{first: r.First}
		if run.forgot != 0 && r.First <= run.forgot {
			d.hdr.stream.stats.TotalsUnknown++
			for i, v := range both {
				known.counts[i] = d.sumsOf(v, i)
			}
			known.last = r.Last
			run.put(key, known, d.cfg.Limits.Flows, d.hdr.at)
			return false
		}
	}
	for i, v := range both {
		d.grow(v, i, &known)
	}
	if ok && known.last > r.First {
		r.First, d.rev.First = min(known.last, r.Last), min(known.last, r.Last)
	}
	known.last = max(known.last, r.Last)
	if d.x.event == eventDeleted {
		run.drop(key)
		return true
	}
	run.put(key, known, d.cfg.Limits.Flows, d.hdr.at)
	return true
}

// sumsOf returns the sums that a record holds for one direction.
func (d *Decoder) sumsOf(r *model.Record, side int) sums {
	if d.x.event != 0 {
		return sums{r.Packets, r.Bytes}
	}
	return d.x.totals[side]
}

// grow sets a record's counts to what it adds to known, and adds it there.
func (d *Decoder) grow(r *model.Record, side int, known *flowSums) {
	old := &known.counts[side]
	switch {
	case d.x.event == eventUpdate:
		old.packets += r.Packets
		old.bytes += r.Bytes
	case d.x.event != 0: // the sum of all updates
		r.Packets, r.Bytes = growth(r.Packets, old.packets), growth(r.Bytes, old.bytes)
	default:
		total := d.x.totals[side]
		if total.packets < old.packets || total.bytes < old.bytes {
			*old = sums{} // counters that fall have begun anew
		}
		if r.Packets == 0 { // a delta beside a total is better, where it holds anything
			r.Packets = growth(total.packets, old.packets)
		}
		if r.Bytes == 0 {
			r.Bytes = growth(total.bytes, old.bytes)
		}
		*old = total
	}
}

func growth(total, before uint64) uint64 {
	if total < before {
		return 0
	}
	return total - before
}

func moved(a, b int64, loose bool) bool {
	if loose {
		return a-b > startSlack || b-a > startSlack
	}
	return a != b
}

func (f *runningFlows) get(k flowKey) (flowSums, bool) {
	if s, ok := f.now[k]; ok {
		return s, true
	}
	s, ok := f.before[k]
	return s, ok
}

// put keeps the sums of a flow; limit bounds a generation, at is the export time.
func (f *runningFlows) put(k flowKey, s flowSums, limit int, at int64) {
	if _, ok := f.now[k]; !ok && len(f.now) >= limit {
		if len(f.before) > 0 {
			f.forgot = at
		}
		f.before, f.now = f.now, nil
	}
	if f.now == nil {
		f.now = make(map[flowKey]flowSums)
	}
	f.now[k] = s
}

func (f *runningFlows) drop(k flowKey) {
	delete(f.now, k)
	delete(f.before, k)
}
