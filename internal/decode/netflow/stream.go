package netflow

import "floodmark/internal/model"

// exporter is one UDP source.
type exporter struct {
	id      model.Exporter
	index   uint32
	streams map[streamKey]*stream
	device  *device
	shared  bool // stands for all further ports of its address
}

// device is all UDP sources of one address: an exporter may use several source
// ports and observation domains, and what it announces from one often holds for
// the others (RFC 7011 section 3.1, RFC 3954 section 5.1).
type device struct {
	exporters []*exporter
	// announcers are the streams that announced a sampling rate or a boot time,
	// in order of the first time.
	announcers []*stream
	crowded    bool   // more streams announced something than are kept
	gen        uint32 // counts changes of what is announced, so that streams can cache it
}

// maxAnnouncers bounds device.announcers. Beyond it nothing is taken over from
// other streams, so that no exporter makes lookups expensive.
const maxAnnouncers = 64

// changed notes that s announced something new.
func (v *device) changed(s *stream) {
	v.gen++
	if s.announcer || v.crowded {
		return
	}
	if len(v.announcers) >= maxAnnouncers {
		v.crowded = true
		return
	}
	s.announcer = true
	v.announcers = append(v.announcers, s)
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
	announcer bool  // is in device.announcers
	scoped    bool  // its rates were announced for it by name (IE 149 in the scope), and so for no other
	seq       [numCounting]sequence

	// Records and template records of datagrams whose number of records is known.
	numbered, numberedTemplates uint64
	cache                       rateCache
	lastSeen                    int // index in stats.Rates
	stats                       StreamStats
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
	dev := d.devices[from.Addr]
	if dev == nil {
		dev = new(device)
	}
	if len(dev.exporters) >= d.cfg.Limits.Ports {
		from.Port, shared = 0, true
		if e := d.exporters[from]; e != nil {
			e.shared = true
			return e
		}
	}
	if len(d.exporters) >= d.cfg.Limits.Exporters {
		return nil
	}
	e := &exporter{id: from, shared: shared, device: dev, streams: make(map[streamKey]*stream), index: uint32(len(d.exporters) + 1)}
	if d.cfg.Index != nil {
		e.index = d.cfg.Index(from)
	}
	d.exporters[from] = e
	dev.exporters = append(dev.exporters, e)
	d.devices[from.Addr] = dev
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
	for _, e := range s.exp.device.exporters {
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
