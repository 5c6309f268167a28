package normalize

import (
	"floodmark/internal/dedup"
	"floodmark/internal/model"
)

// Deduplicator decides which observer of a flow counts. *dedup.Table is one, shared by all readers.
type Deduplicator interface {
	Active() bool
	AddObservers(observers, inexact int)
	Prefetch(flow uint64)
	Claim(c dedup.Claim) dedup.Answer
}

// Normalizer gives the records of one reader their meaning.
type Normalizer struct {
	plan      *Plan
	dedup     Deduplicator // nil: there are no duplicates
	key       uint64
	exporters []*exporter
	faded     int64 // when the measurements last faded
	halved    int64
}

// New returns a Normalizer. d may be nil, for a single exporter or a recording.
// key is a secret that keeps senders from making flows collide; all readers of one
// table must have the same.
func New(plan *Plan, d Deduplicator, key uint64) *Normalizer {
	n := &Normalizer{plan: plan, dedup: d, key: key}
	n.exporters = []*exporter{newExporter(0)}
	n.exporters[0].configure(plan)
	return n
}

// Use goes on with another plan. What was measured is kept.
func (n *Normalizer) Use(plan *Plan) {
	n.plan = plan
	for _, e := range n.exporters {
		if e != nil {
			e.configure(plan)
			n.updateObservers(e)
		}
	}
}

// at returns the state of an exporter, making it where the number is new.
func (n *Normalizer) at(number uint32) *exporter {
	if number < uint32(len(n.exporters)) {
		if e := n.exporters[number]; e != nil {
			return e
		}
	}
	if number >= maxExporters {
		return n.exporters[0]
	}
	for uint32(len(n.exporters)) <= number {
		n.exporters = append(n.exporters, nil)
	}
	e := newExporter(number)
	e.configure(n.plan)
	n.exporters[number] = e
	return e
}

// SetAddress sets the address of an exporter, by which it is configured.
// It is to be called before the first record, from the decoder's Index.
func (n *Normalizer) SetAddress(number uint32, addr model.Addr) {
	e := n.at(number)
	e.addr = addr
	e.configure(n.plan)
	n.updateObservers(e)
}

// SetInterface sets name and speed (bit/s, 0 if unknown) of an interface, from
// option records, counters or SNMP. An empty name keeps the current one.
func (n *Normalizer) SetInterface(number, index uint32, name string, speed uint64) {
	e := n.at(number)
	f := e.iface(index)
	if f == e.ifs[0] {
		return
	}
	if name != "" && name != f.Name {
		f.Name = name[:min(len(name), 255)]
		f.Role = e.conf.role(index, f.Name)
	}
	if speed != 0 {
		f.Speed = speed
	}
}

// skewAllowed is what clocks may differ by before times are corrected: times in
// export headers are whole seconds, and datagrams take their time.
const skewAllowed = 2 * second

// SetSkew sets by how many ns an exporter's clock is ahead of ours, negative if it
// is behind. Up to two seconds are left uncorrected.
func (n *Normalizer) SetSkew(number uint32, ahead int64) {
	if ahead <= skewAllowed && ahead >= -skewAllowed {
		ahead = 0
	}
	n.at(number).skew = ahead
}

// SetQuality sets whether the data of an exporter is reliable.
func (n *Normalizer) SetQuality(number uint32, ok bool) { n.at(number).lowQuality = !ok }

// Tick is to be called about once a second with the time in Unix ns. It lets
// measurements fade and takes over what they say now.
func (n *Normalizer) Tick(now int64) {
	fade := now-n.faded >= 60*second
	halve := now-n.halved >= 300*second
	if fade {
		n.faded = now
	}
	if halve {
		n.halved = now
	}
	for _, e := range n.exporters {
		if e == nil {
			continue
		}
		if fade {
			e.first.fade()
			e.last.fade()
		}
		if halve {
			e.fadePairs()
		}
		e.settle(n.plan)
	}
}

// Record determines what a record means. recv is when it arrived, in Unix ns. out is
// overwritten. It does not allocate, but for an exporter's first record on an
// interface.
func (n *Normalizer) Record(r *model.Record, recv int64, out *Result) Verdict {
	e := n.at(r.Exporter)
	e.stats.Records++
	*out = Result{LowQuality: e.lowQuality}
	flow, owned := uint64(0), n.dedup != nil && n.observe(e, r)
	if owned {
		flow = n.flow(r)
		n.dedup.Prefetch(flow)
	}
	e.sampling(r, n.plan, out)
	e.times(r, recv, out)
	out.Dst = n.plan.Lookup(r.Dst)
	if !n.plan.everything {
		out.Src = n.plan.Lookup(r.Src)
	}
	out.IgnoredSource = n.plan.IgnoredSource(r.Src)
	v, exact := e.verdict(r, out)
	if owned && v <= Unmonitored && n.isDuplicate(e, e.claim(r, out, flow, exact)) {
		out.In, out.Out, out.Duplicate = false, false, true
		v = Duplicate
	}
	e.stats.By[v]++
	return v
}

// verdict decides by addresses and interfaces alone. exact means that no other
// record of the same packets can count.
func (e *exporter) verdict(r *model.Record, out *Result) (v Verdict, exact bool) {
	in, leaves := out.Dst.Prefix != 0, out.Src.Prefix != 0
	switch {
	case in:
		out.Direction = model.In
	case leaves:
		out.Direction = model.Out
	default:
		out.Direction = model.Through
	}
	return e.applyRoles(r, out, in, leaves)
}

// applyRoles decides by interface roles whether a record counts, sets In and Out,
// and reports whether no other record of the same packets can count.
func (e *exporter) applyRoles(r *model.Record, out *Result, in, leaves bool) (v Verdict, exact bool) {
	out.In, out.Out = in, leaves
	wanted := in || leaves
	if r.Has&model.HasInterface != 0 {
		from, to := e.iface(r.InIf), e.iface(r.OutIf)
		from.In.add(r, out.Sampling)
		to.Out.add(r, out.Sampling)
		if e.hasRoles {
			if from.Role == Ignored || to.Role == Ignored {
				out.In, out.Out = false, false
				return Dropped, false
			}
			if in && from.Role == RoleUnknown || leaves && to.Role == RoleUnknown {
				e.stats.UnknownRole++
			}
			out.In = in && from.Role != Internal
			out.Out = leaves && to.Role != Internal
			exact = (!out.In || from.Role == External && r.Metered != model.AtEgress) &&
				(!out.Out || to.Role == External && r.Metered != model.AtIngress)
		}
	}
	switch {
	case out.In || out.Out:
		return Counted, exact
	case wanted:
		return Inside, false
	}
	return Unmonitored, false
}

func (t *Traffic) add(r *model.Record, sampling uint32) {
	f := uint64(sampling)
	t.Packets += r.Packets * f
	t.Bytes += r.Bytes * f
	if r.IsPacket {
		t.Samples++
		b := float64(r.Bytes) * float64(sampling)
		t.Variance += b * b
	}
}

// observe registers a new observer, and reports whether duplicates are possible
// at all.
func (n *Normalizer) observe(e *exporter, r *model.Record) bool {
	if m := min(r.Metered, model.AtEgress); !e.observed[m] {
		e.observed[m] = true
		n.dedup.AddObservers(1, 0)
		n.updateObservers(e)
	}
	return n.dedup.Active()
}

// updateObservers passes on which observers are inexact: those without roles, and
// those that meter in several places.
func (n *Normalizer) updateObservers(e *exporter) {
	if n.dedup == nil {
		return
	}
	places := 0
	for _, h := range e.observed {
		if h {
			places++
		}
	}
	for m := range e.observed {
		if inexact := e.observed[m] && (!e.hasRoles || places > 1); inexact != e.inexact[m] {
			e.inexact[m] = inexact
			if inexact {
				n.dedup.AddObservers(0, 1)
			} else {
				n.dedup.AddObservers(0, -1)
			}
		}
	}
}
