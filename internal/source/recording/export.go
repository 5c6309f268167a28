package recording

import (
	"fmt"

	"floodmark/internal/decode/netflow"
	"floodmark/internal/decode/sflow"
	"floodmark/internal/model"
)

// Names of the export protocols in reports.
const (
	protoV5    = "netflow5"
	protoV9    = "netflow9"
	protoIPFIX = "ipfix"
	protoSFlow = "sflow5"
)

// Export is a datagram of NetFlow, IPFIX or sFlow as it was captured.
type Export struct {
	Payload []byte
	From    model.Exporter // where it was sent from
	At      int64          // Unix ns, of its capture
	SFlow   bool
}

// Announced calls fn with the datagrams that announce templates or options,
// wherever in the recording they are: whoever learns them first can read what
// was exported before.
func (r *Recording) Announced(fn func(payload []byte, from model.Exporter)) {
	for _, d := range r.learnt {
		fn(d.payload, d.from)
	}
}

// exports decodes the export datagrams of a capture, over all files of one
// reading: templates that one file announces serve the next.
type exports struct {
	r        *Recording
	netflow  *netflow.Decoder
	sflow    *sflow.Decoder
	index    map[model.Exporter]uint32
	byFile   map[*stream]map[string]bool // protocols seen
	datagram uint64
	stream   *stream // of the datagram that is being decoded
}

func (e *exports) init(r *Recording, emit func(*model.Record)) {
	e.r = r
	e.index = make(map[model.Exporter]uint32)
	e.byFile = make(map[*stream]map[string]bool)
	if !r.hasFlows() {
		return
	}
	e.netflow = netflow.New(netflow.Config{Emit: emit, Index: e.number, Skipped: func(err *netflow.Error, records, bytes int) {
		e.skip(err.Proto.String()+" "+err.Reason.String(), err, records, bytes)
	}})
	e.sflow = sflow.New(sflow.Config{Emit: emit, Index: func(_ model.Exporter, agent model.Addr) uint32 {
		return e.number(model.Exporter{Addr: agent})
	}, Skipped: func(err *sflow.Error, records, bytes int) {
		e.skip(protoSFlow+" "+err.Reason.String(), err, records, bytes)
	}})
	for _, d := range r.learnt {
		e.netflow.Learn(d.payload, d.from) // what is wrong with it is reported when it is decoded
	}
}

// number gives an exporter's place in this analysis, from 1.
func (e *exports) number(x model.Exporter) uint32 {
	n, ok := e.index[x]
	if !ok {
		n = uint32(len(e.index) + 1)
		e.index[x] = n
	}
	return n
}

// take decodes the UDP datagram in r, which a packet of the file carried.
func (e *exports) take(s *stream, r *model.Record) {
	proto, ok := exportProto(r)
	if !ok && r.Proto == model.ProtoUDP && (e.r.collectors[collector{r.Dst, r.DstPort}] || e.r.opt.As == flows) {
		proto, ok = versionOf(r.Payload)
	}
	if !ok {
		s.skips.add("not an export datagram", 1, uint64(r.IPLen), fmt.Sprintf("before file offset %d", s.pcap.Offset()))
		return
	}
	if r.Truncated || r.MoreFragments || uint32(len(r.Payload)) < r.PayloadLen {
		s.skips.add("export datagram cut short", 1, uint64(r.IPLen), fmt.Sprintf("before file offset %d: %d of %d octets recorded", s.pcap.Offset(), len(r.Payload), r.PayloadLen))
		if proto == protoSFlow || r.MoreFragments {
			return
		}
	}
	e.datagram++
	if e.byFile[s] == nil {
		e.byFile[s] = make(map[string]bool)
	}
	e.byFile[s][proto] = true
	from := model.Exporter{Addr: r.Src, Port: r.SrcPort}
	if give := e.r.opt.Export; give != nil {
		s.first, s.last = min(s.first, r.First), max(s.last, r.First)
		give(&Export{Payload: r.Payload, From: from, At: r.First, SFlow: proto == protoSFlow})
		return
	}
	e.stream = s
	if proto == protoSFlow { // errors are counted by skip
		_ = e.sflow.Decode(r.Payload, from, r.First)
	} else {
		_ = e.netflow.Decode(r.Payload, from, r.First)
	}
}

// skip counts what a decoder did not read of the datagram at hand, in its own
// unit: what cannot be counted in records counts as one.
func (e *exports) skip(reason string, err error, records, bytes int) {
	s := e.stream
	example := ""
	if s.skips.byReason[reason] == nil {
		example = fmt.Sprintf("before file offset %d: %v", s.pcap.Offset(), err)
	}
	s.skips.add(reason, uint64(max(records, 1)), uint64(bytes), example)
}

// finish notes the protocols that a file held.
func (e *exports) finish(s *stream) {
	in := &e.r.inputs[s.f.input]
	for _, p := range []string{protoV5, protoV9, protoIPFIX, protoSFlow} {
		if e.byFile[s][p] {
			in.Exports = append(in.Exports, p)
		}
	}
}

// facts adds up what the decoders counted.
func (e *exports) facts(f *Facts) {
	f.Datagrams = e.datagram
	if e.netflow == nil {
		return
	}
	n := e.netflow.Stats()
	for _, s := range n.Streams {
		f.LostRecords += s.Lost
		for _, r := range s.Rates {
			if r.Rate > 0 {
				f.RatesFrom[r.From.String()] += r.Records
			}
		}
	}
	sf := e.sflow.Stats()
	for _, a := range sf.Agents {
		f.LostDatagrams += a.Lost
		f.RatesFrom["sflow"] += a.Records
		for _, s := range a.Sources {
			f.SFlowDrops += s.Drops
		}
	}
}

func (r *Recording) hasFlows() bool {
	for _, f := range r.files {
		if f.kind == flows {
			return true
		}
	}
	return false
}

// exportProto recognizes an export datagram.
func exportProto(r *model.Record) (string, bool) {
	if r.Proto != model.ProtoUDP || r.Fragment() || r.Has&model.HasPayload == 0 {
		return "", false
	}
	if proto, ok := netflow.IsExport(r.Payload, r.DstPort); ok {
		return proto, true
	}
	return protoSFlow, sflow.IsExport(r.Payload)
}

// versionOf goes by the version number alone, for datagrams to a known
// collector and for captures that the user calls flows.
func versionOf(p []byte) (string, bool) {
	if len(p) < 4 {
		return "", false
	}
	switch {
	case p[0] == 0 && p[1] == 5:
		return protoV5, true
	case p[0] == 0 && p[1] == 9:
		return protoV9, true
	case p[0] == 0 && p[1] == 10:
		return protoIPFIX, true
	case p[0] == 0 && p[1] == 0 && p[2] == 0 && p[3] == 5:
		return protoSFlow, true
	}
	return "", false
}
