package aggregate

import (
	"encoding/hex"
	"math/bits"

	"floodmark/internal/model"
)

const (
	// fieldsWhole samples of a bucket enter its histograms, then one in eight:
	// shares of header fields need no more, and the hot path gets its time back.
	fieldsWhole  = 1 << 14
	specimens    = 6
	specimenCopy = 64
)

// measure counts one class of records towards one target.
type measure struct {
	target           int
	class            model.Class
	samples, records uint64
	packets, bytes   float64
	packetsVar       float64
	bytesVar         float64
	first, last      int64
	clock            clock
	fields           *fields
	synRetries, slow uint64 // estimates: sources that are kept stand for others
	fragments        uint64
	specimens        []model.Specimen
	dns              *dnsCount
	http             *httpCount
	seen             uint64 // records offered to the histograms
	firstID          uint32
	ids              uint64 // records with an identification
	otherID          bool
}

// fields are the histograms of a measure.
type fields struct {
	records                                           uint64
	samples                                           uint64
	srcPorts, dstPorts, lengths, flags, ttls, windows counter
	optionLens, payloadLens, protocols, icmp, inner   counter
	payloads                                          textCounter
	conversations                                     [1024]uint8 // HyperLogLog of addresses and ports
}

// count adds a record's totals.
func (m *measure) count(r *model.Record) {
	n := float64(r.Sample())
	p, b := float64(r.Packets)*n, float64(r.Bytes)*n
	m.records++
	m.samples += r.Packets
	m.packets += p
	m.bytes += b
	if n > 1 && r.Packets > 0 {
		// Horvitz-Thompson with inclusion probability 1/n for every draw
		// (docs/methods.md, totals); within a flow record all packets are
		// taken to have its mean length.
		m.packetsVar += n * (n - 1) * float64(r.Packets)
		mean := float64(r.Bytes) / float64(r.Packets)
		m.bytesVar += float64(n*(n-1)*mean) * float64(r.Bytes)
	}
	m.first = min(m.first, r.First)
	m.last = max(m.last, r.Last)
	m.clock.add(r.First, r.Last, p, b)
}

// look adds a record's header fields to the histograms.
func (m *measure) look(r *model.Record) {
	m.seen++
	if m.seen > fieldsWhole && m.seen&7 != 0 {
		return
	}
	f := m.fields
	if f == nil {
		f = new(fields)
		m.fields = f
	}
	w := max(r.Packets, 1)
	f.samples += w
	f.records++
	f.converse(r)
	if r.Has&model.HasPorts != 0 {
		f.srcPorts.add(uint64(r.SrcPort), w)
		f.dstPorts.add(uint64(r.DstPort), w)
	}
	if r.Packets > 0 {
		f.lengths.add(r.Bytes/r.Packets, w)
	}
	if r.Has&model.HasFlags != 0 {
		f.flags.add(uint64(r.TCPFlags), w)
	}
	if r.Has&model.HasTTL != 0 {
		f.ttls.add(uint64(r.TTL), w)
	}
	if r.Has&model.HasTCP != 0 {
		f.windows.add(uint64(r.Window), w)
		f.optionLens.add(uint64(len(r.Options)), w)
	}
	if r.Has&model.HasICMP != 0 {
		f.icmp.add(uint64(r.ICMPType)<<8|uint64(r.ICMPCode), w)
	}
	if r.Tunnel != model.NoTunnel {
		f.inner.add(uint64(r.TunnelType), w)
	}
	if r.Proto != model.ProtoTCP && r.Proto != model.ProtoUDP {
		f.protocols.add(uint64(r.Proto), w)
	}
	if r.Has&model.HasPayload != 0 {
		f.payloadLens.add(uint64(r.PayloadLen), w)
		if n := len(r.Payload); n > 0 {
			f.payloads.add(r.Payload[:min(n, 8)], w)
		}
	}
	if r.Has&model.HasIPID != 0 {
		if m.ids++; m.ids == 1 {
			m.firstID = r.IPID
		}
		m.otherID = m.otherID || r.IPID != m.firstID
	}
	m.keep(r)
}

// keep copies a few records as specimens: the first ones, then one each time
// the count doubles.
func (m *measure) keep(r *model.Record) {
	if len(m.specimens) >= specimens && m.seen&(m.seen-1) != 0 {
		return
	}
	s := model.Specimen{Record: *r, Payload: hex.EncodeToString(r.Payload[:min(len(r.Payload), specimenCopy)])}
	s.Record.Payload, s.Record.TunnelData = nil, nil
	s.Record.Options = append([]byte(nil), r.Options[:min(len(r.Options), 40)]...)
	if len(m.specimens) < specimens {
		m.specimens = append(m.specimens, s)
	} else {
		m.specimens[specimens-1] = s
	}
}

// converse counts the distinct pairs of addresses and ports.
func (f *fields) converse(r *model.Record) {
	h := mix(r.Src.Hash() ^ r.Dst.Lo*0xc2b2ae3d27d4eb4f ^ uint64(r.SrcPort)<<16 ^ uint64(r.DstPort))
	if z := uint8(bits.LeadingZeros64(h<<10|0x3ff)) + 1; z > f.conversations[h>>54] {
		f.conversations[h>>54] = z
	}
}
