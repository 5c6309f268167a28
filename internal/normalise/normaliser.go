package normalise

import (
	"floodmark/internal/model"
	"floodmark/internal/owners"
)

// Owners decides who tells a flow. *owners.Table is one, shared by all readers.
type Owners interface {
	Active() bool
	Note(observers, inexact int)
	Touch(flow uint64)
	Claim(c owners.Claim) owners.Answer
}

// Normaliser gives the records of one reader their meaning.
type Normaliser struct {
	plan      *Plan
	owners    Owners // nil: nothing is told twice
	key       uint64
	exporters []*exporter
	faded     int64 // when the measurements last faded
	halved    int64
}

// New returns a Normaliser. owners may be nil, for a single exporter or a
// recording. key keeps strangers from making flows collide; all readers of one
// table must have the same.
func New(plan *Plan, owners Owners, key uint64) *Normaliser {
	n := &Normaliser{plan: plan, owners: owners, key: key}
	n.exporters = []*exporter{newExporter(0)}
	n.exporters[0].configure(plan)
	return n
}

// Use goes on with another plan. What was measured is kept.
func (n *Normaliser) Use(plan *Plan) {
	n.plan = plan
	for _, e := range n.exporters {
		if e != nil {
			e.configure(plan)
			n.note(e)
		}
	}
}

// at returns the state of an exporter, making it where the number is new.
func (n *Normaliser) at(number uint32) *exporter {
	if number < uint32(len(n.exporters)) {
		if e := n.exporters[number]; e != nil {
			return e
		}
	}
	if number >= mostExporters {
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

// Introduce tells the address of an exporter, by which configuration knows it.
// It is to be called before the first record, from the decoder's Index.
func (n *Normaliser) Introduce(number uint32, addr model.Addr) {
	e := n.at(number)
	e.addr = addr
	e.configure(n.plan)
	n.note(e)
}

// Interface tells name and speed (bits a second, 0 not known) of an interface,
// as option records, counters or SNMP know them. An empty name leaves it.
func (n *Normaliser) Interface(number, index uint32, name string, speed uint64) {
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

// SetSkew tells by how many ns an exporter's clock is ahead of ours, negative
// where it is behind. Up to two seconds are left uncorrected.
func (n *Normaliser) SetSkew(number uint32, ahead int64) {
	if ahead <= skewAllowed && ahead >= -skewAllowed {
		ahead = 0
	}
	n.at(number).skew = ahead
}

// SetTrust tells whether figures of an exporter can be built on.
func (n *Normaliser) SetTrust(number uint32, trusted bool) { n.at(number).distrusted = !trusted }

// Tick is to be called about once a second with the time in Unix ns. It lets
// measurements fade and takes over what they say now.
func (n *Normaliser) Tick(now int64) {
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

// Record says what a record means. recv is when it arrived, in Unix ns. out is
// overwritten. It does not allocate, but for an exporter's first record on an
// interface.
func (n *Normaliser) Record(r *model.Record, recv int64, out *Seen) Verdict {
	e := n.at(r.Exporter)
	e.stats.Records++
	*out = Seen{Untrusted: e.distrusted}
	flow, owned := uint64(0), n.owners != nil && n.hears(e, r)
	if owned {
		flow = n.flow(r)
		n.owners.Touch(flow)
	}
	e.sampling(r, n.plan, out)
	e.times(r, recv, out)
	out.InWatch = n.plan.Watch(r.Dst)
	if !n.plan.everything {
		out.OutWatch = n.plan.Watch(r.Src)
	}
	out.AllowListed = n.plan.AllowListed(r.Src)
	v, exact := e.verdict(r, out)
	if owned && v <= Unwatched && n.repeated(e, r, out, flow, exact) {
		out.In, out.Out, out.Duplicate = false, false, true
		v = Repeated
	}
	e.stats.By[v]++
	return v
}

// verdict judges the record by its addresses and interfaces alone. exact tells
// that no other record of the same packets can count.
func (e *exporter) verdict(r *model.Record, out *Seen) (v Verdict, exact bool) {
	in, leaves := out.InWatch.Prefix != 0, out.OutWatch.Prefix != 0
	switch {
	case in:
		out.Direction = model.In
	case leaves:
		out.Direction = model.Out
	default:
		out.Direction = model.Through
	}
	return e.judge(r, out, in, leaves)
}

// judge lets the roles of interfaces say whether a record counts, sets In and
// Out, and tells whether no other record of the same packets can count.
func (e *exporter) judge(r *model.Record, out *Seen, in, leaves bool) (v Verdict, exact bool) {
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
	return Unwatched, false
}

func (t *Traffic) add(r *model.Record, sampling uint32) {
	f := uint64(sampling)
	t.Packets += r.Packets * f
	t.Octets += r.Bytes * f
	if r.IsPacket {
		t.Samples++
		b := float64(r.Bytes) * float64(sampling)
		t.Squares += b * b
	}
}

// hears tells the table of owners of a new observer, and returns whether
// duplicates are possible at all.
func (n *Normaliser) hears(e *exporter, r *model.Record) bool {
	if m := min(r.Metered, model.AtEgress); !e.heard[m] {
		e.heard[m] = true
		n.owners.Note(1, 0)
		n.note(e)
	}
	return n.owners.Active()
}

// note tells the table of owners which observers roles make exact. Metering in
// several places is not.
func (n *Normaliser) note(e *exporter) {
	if n.owners == nil {
		return
	}
	places := 0
	for _, h := range e.heard {
		if h {
			places++
		}
	}
	for m := range e.heard {
		if inexact := e.heard[m] && (!e.hasRoles || places > 1); inexact != e.inexact[m] {
			e.inexact[m] = inexact
			if inexact {
				n.owners.Note(0, 1)
			} else {
				n.owners.Note(0, -1)
			}
		}
	}
}
