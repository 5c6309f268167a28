package netflow

import "floodmark/internal/model"

// exporter is one UDP source.
type exporter struct {
	id      model.Exporter
	index   uint32
	streams map[streamKey]*stream
	gen     uint32 // counts changes of announced rates, so that streams can cache them
	shared  bool   // stands for all further ports of its address
}

type streamKey struct {
	proto  Proto
	domain uint32
}

// stream is what is remembered of one observation domain of one exporter.
type stream struct {
	exp       *exporter
	key       streamKey
	templates map[uint16]*template
	learnt    map[uint16]*template // from a first pass
	rates     rateTable
	learnRate rateTable
	sysInit   int64 // IE 160 of an options record, Unix ms, 0 unknown
	seq       sequence
	seqAfter  sequence // as seq, if numbers count the datagram's own records in
	cache     rateCache
	lastSeen  int // index in stats.Rates
	stats     StreamStats
}

// stream returns the state of one domain, nil where a bound was reached.
func (d *Decoder) stream(from model.Exporter, proto Proto, domain uint32) *stream {
	key := streamKey{proto, domain}
	if c := d.cached; c != nil && c.key == key && c.exp.id == from {
		return c
	}
	e := d.exporter(from)
	if e == nil {
		return nil
	}
	s := e.streams[key]
	if s == nil {
		if len(e.streams) >= d.cfg.Limits.Domains {
			return nil
		}
		s = &stream{exp: e, key: key, templates: make(map[uint16]*template), learnt: make(map[uint16]*template)}
		s.stats = StreamStats{Exporter: e.id, Index: e.index, Proto: proto, Domain: domain}
		e.streams[key] = s
	}
	if !e.shared {
		d.cached = s
	}
	return s
}

// exporter returns the state of a UDP source. Where an address uses more source
// ports than allowed (some exporters take a new one for each datagram), the
// rest of them share one state under port 0.
func (d *Decoder) exporter(from model.Exporter) *exporter {
	if e := d.exporters[from]; e != nil {
		return e
	}
	shared := false
	if len(d.byAddr[from.Addr]) >= d.cfg.Limits.Ports {
		from.Port, shared = 0, true
		if e := d.exporters[from]; e != nil {
			e.shared = true
			return e
		}
	}
	if len(d.exporters) >= d.cfg.Limits.Exporters {
		return nil
	}
	e := &exporter{id: from, shared: shared, streams: make(map[streamKey]*stream), index: uint32(len(d.exporters) + 1)}
	if d.cfg.Index != nil {
		e.index = d.cfg.Index(from)
	}
	d.exporters[from] = e
	d.byAddr[from.Addr] = append(d.byAddr[from.Addr], e)
	return e
}

// template finds what describes a set: what the stream announced; else what the
// same device announced for the same domain from other ports, if all of those
// agree; else what a first pass learnt, if it was never redefined.
func (d *Decoder) template(s *stream, id uint16) *template {
	if t := s.templates[id]; t != nil {
		if t.withdrawn {
			return nil
		}
		return t
	}
	if t := d.templateOfSibling(s, id); t != nil {
		return t
	}
	if t := s.learnt[id]; t != nil && !t.redefined {
		return t
	}
	return nil
}

func (d *Decoder) templateOfSibling(s *stream, id uint16) *template {
	var found *template
	for _, e := range d.byAddr[s.exp.id.Addr] {
		if e == s.exp || e.streams[s.key] == nil {
			continue
		}
		t := e.streams[s.key].templates[id]
		switch {
		case t == nil || t.withdrawn:
		case found == nil:
			found = t
		case !found.same(t.options, t.fields):
			return nil
		}
	}
	return found
}
