package nfdump

import "floodmark/internal/model"

// record reads a line into rec. It returns nil, or what did not parse.
func (r *Reader) record(line []byte, rec *model.Record) error {
	r.fields = split(line, r.fields)
	c := &r.cols
	if c.count <= maxColumns && (len(r.fields) < c.count || anyText(r.fields[c.count:])) {
		return r.skip(BadColumns, line, len(line))
	}
	*rec = model.Record{}
	for _, read := range [...]func(*Reader, *model.Record) (Reason, []byte, bool){
		(*Reader).times, (*Reader).addresses, (*Reader).transport, (*Reader).counts, (*Reader).network,
	} {
		if why, text, ok := read(r, rec); !ok {
			return r.skip(why, text, len(line))
		}
	}
	return nil
}

// anyText reports whether one of the fields beyond the header's is not empty: a
// name with a comma in it, say, has moved all that follows.
func anyText(fields [][]byte) bool {
	for _, f := range fields {
		if len(f) > 0 {
			return true
		}
	}
	return false
}

// field returns the text of a column, nil where the output has none.
func (r *Reader) field(c column) []byte {
	if i := r.cols.at[c]; i >= 0 && i < len(r.fields) {
		return r.fields[i]
	}
	return nil
}

// times reads start and duration, or start and end. The duration is reported in ms
// where start and end are in whole seconds, so that it goes first.
func (r *Reader) times(rec *model.Record) (Reason, []byte, bool) {
	text := r.field(cStart)
	first, zoneless, whole, ok := instant(text)
	if !ok {
		return BadTime, text, false
	}
	rec.First, rec.Last = first, first
	if text = r.field(cDuration); text != nil {
		d, ok := duration(text)
		if !ok {
			return BadTime, text, false
		}
		rec.Last += d
	} else if text = r.field(cEnd); text != nil {
		last, _, _, ok := instant(text)
		if !ok {
			return BadTime, text, false
		}
		rec.Last = max(first, last)
	}
	if zoneless {
		r.stats.Zoneless++
	}
	if whole {
		r.stats.WholeSeconds++
	}
	return 0, nil, true
}

func (r *Reader) addresses(rec *model.Record) (Reason, []byte, bool) {
	var ok bool
	text := r.field(cSrc)
	if rec.Src, ok = address(text); !ok {
		return BadAddress, text, false
	}
	text = r.field(cDst)
	if rec.Dst, ok = address(text); !ok {
		return BadAddress, text, false
	}
	return 0, nil, true
}

// transport reads protocol, ports and flags.
func (r *Reader) transport(rec *model.Record) (Reason, []byte, bool) {
	var ok bool
	text := r.field(cProto)
	if rec.Proto, ok = protocol(text); !ok {
		return BadProtocol, text, false
	}
	src, dst := r.field(cSrcPort), r.field(cDstPort)
	switch rec.Proto {
	case model.ProtoTCP, model.ProtoUDP, model.ProtoSCTP, 33, 136: // DCCP, UDP-Lite
		if src == nil || dst == nil {
			break
		}
		s, ok1 := number(src)
		d, ok2 := number(dst)
		if !ok1 || s > 0xffff {
			return BadPort, src, false
		}
		if !ok2 || d > 0xffff {
			return BadPort, dst, false
		}
		rec.SrcPort, rec.DstPort = uint16(s), uint16(d)
		rec.Has |= model.HasPorts
	case model.ProtoICMP, model.ProtoICMPv6:
		if dst != nil && !icmp(dst, rec) {
			return BadPort, dst, false
		}
	}
	if text = r.field(cFlags); text != nil && rec.Proto == model.ProtoTCP {
		if rec.TCPFlags, ok = flags(text); !ok {
			return BadFlags, text, false
		}
		rec.Has |= model.HasFlags
	}
	return 0, nil, true
}

// icmp reads type and code, which stand in the destination port as "8.0" or as
// type times 256 plus code. Zero is "echo reply" or "not reported": it cannot be
// known which.
func icmp(text []byte, rec *model.Record) bool {
	kind, code := text, []byte(nil)
	for i, c := range text {
		if c == '.' {
			kind, code = text[:i], text[i+1:]
		}
	}
	k, ok := number(kind)
	if !ok || k > 0xffff {
		return false
	}
	c := k & 0xff
	if code == nil {
		k >>= 8
	} else if c, ok = number(code); !ok || c > 255 || k > 255 {
		return false
	}
	if k|c != 0 {
		rec.ICMPType, rec.ICMPCode = uint8(k), uint8(c)
		rec.Has |= model.HasICMP
	}
	return true
}

// counts reads packets and bytes. Outgoing counts stand in where there are no
// incoming ones. With both, nfdump's output does not tell whether they are the
// same traffic sent on (NetFlow) or the answers (nfdump -b): they are left out.
func (r *Reader) counts(rec *model.Record) (Reason, []byte, bool) {
	var v [4]uint64
	for i, c := range [...]column{cPackets, cBytes, cOutPackets, cOutBytes} {
		text := r.field(c)
		if text == nil {
			continue
		}
		n, ok := number(text)
		if !ok {
			return BadCount, text, false
		}
		v[i] = n
	}
	rec.Packets, rec.Bytes = v[0], v[1]
	switch out := v[2]|v[3] != 0; {
	case out && v[0]|v[1] == 0:
		rec.Packets, rec.Bytes = v[2], v[3]
	case out:
		r.stats.OutIgnored++
	}
	return 0, nil, true
}

// network reads what the exporter tells of itself and of routing. Values that
// do not parse are left out: the flow is whole without them.
func (r *Reader) network(rec *model.Record) (Reason, []byte, bool) {
	for _, f := range [...]struct {
		column column
		into   *uint32
		bit    model.Fields
	}{
		{cInIf, &rec.InIf, model.HasInterface}, {cOutIf, &rec.OutIf, model.HasInterface},
		{cSrcAS, &rec.SrcAS, model.HasAS}, {cDstAS, &rec.DstAS, model.HasAS},
	} {
		if v, ok := number(r.field(f.column)); ok && v <= 0xffffffff {
			*f.into = uint32(v)
			rec.Has |= f.bit
		}
	}
	if kind, id, ok := engine(r.field(cEngine)); ok {
		rec.Domain = kind<<8 | id
	}
	rec.Exporter = r.exporter()
	return 0, nil, true
}

// engine reads "type/id".
func engine(b []byte) (kind, id uint32, ok bool) {
	for i, c := range b {
		if c == '/' {
			k, ok1 := number(b[:i])
			n, ok2 := number(b[i+1:])
			return uint32(k), uint32(n), ok1 && ok2 && k <= 255 && n <= 255
		}
	}
	return 0, 0, false
}

func (r *Reader) exporter() uint32 {
	router, _ := address(r.field(cRouter))
	if i, ok := r.routers[router]; ok {
		return i
	}
	if len(r.routers) >= maxRouters {
		router = model.Addr{}
		if i, ok := r.routers[router]; ok {
			return i
		}
	}
	i := uint32(len(r.routers) + 1)
	if r.cfg.Index != nil {
		i = r.cfg.Index(router)
	}
	r.routers[router] = i
	return i
}
