package triage

import (
	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// counts is what the records add up to. Shares are of packets, or of bytes
// where the anomaly is in bits.
type counts struct {
	records int
	samples float64 // packets as sampled
	sources int     // distinct addresses at the other end
	allowed float64

	class          [model.MaxClasses]float64
	packets, bytes [model.MaxClasses]uint64 // corrected for sampling

	full      float64 // TCP segments with data to the brim
	served    float64 // from ports that servers listen on
	connected float64 // TCP that connections consist of: some SYNs, ACKs, data
	stream    float64 // UDP to the brim, or QUIC
	datagrams float64 // any UDP
	tunnel    float64 // GRE, ESP

	byNet  map[model.Addr]float64
	byFlow map[flow]float64
}

// flow is one stream of packets.
type flow struct {
	peer         model.Addr
	peerPort, at uint16
	proto        uint8
}

func count(l *Look) *counts {
	c := &counts{byNet: make(map[model.Addr]float64), byFlow: make(map[flow]float64)}
	peers := make(map[model.Addr]bool)
	inBits := l.Anomaly.Metric.Unit() == "bits/s"
	total, allowed := 0.0, 0.0
	records := l.Records[:min(len(l.Records), maxRecords)]
	for i := range records {
		r := &records[i]
		w := float64(r.Packets * r.Sample())
		if inBits {
			w = float64(r.Bytes * r.Sample())
		}
		total += w
		if l.allows(r.Src) {
			allowed += w
		}
		c.samples += float64(r.Packets)
		c.add(r, w, l.Anomaly.Direction)
		peers[peer(r, l.Anomaly.Direction)] = true
	}
	c.records, c.sources = len(records), len(peers)
	if total > 0 {
		c.scale(1 / total)
		c.allowed = allowed / total
	}
	return c
}

func (l *Look) allows(a model.Addr) bool {
	for _, p := range l.Allowed {
		if p.Contains(a.Netip()) {
			return true
		}
	}
	return false
}

func peer(r *model.Record, d model.Direction) model.Addr {
	if d == model.Out {
		return r.Dst
	}
	return r.Src
}

// add counts one record of weight w.
func (c *counts) add(r *model.Record, w float64, d model.Direction) {
	class := vector.Classify(r)
	c.class[class] += w
	c.packets[class] += r.Packets * r.Sample()
	c.bytes[class] += r.Bytes * r.Sample()
	p, n, bits := peer(r, d), float64(r.Packets), 48
	if p.Is4() {
		bits = 24
	}
	c.byNet[p.Mask(bits)] += n
	k := flow{p, r.SrcPort, r.DstPort, r.Proto}
	if d == model.Out {
		k.peerPort, k.at = k.at, k.peerPort
	}
	c.byFlow[k] += n
	c.sort(r, w, class)
}

// sort puts a record among the parts of transfers.
func (c *counts) sort(r *model.Record, w float64, class model.Class) {
	long := r.Bytes >= fullLength*r.Packets
	info := vector.Lookup(class)
	if info == nil {
		return
	}
	switch info.Kind {
	case vector.KindData, vector.KindHTTPResponse, vector.KindConn, vector.KindTCPUnknown:
		c.connected += w
		if long {
			c.full += w
		}
		if r.SrcPort < 1024 || r.SrcPort == 8080 || r.SrcPort == 8443 {
			c.served += w
		}
	case vector.KindAck, vector.KindHTTPRequest, vector.KindFinAck, vector.KindSyn, vector.KindSynAck, vector.KindRstAck:
		c.connected += w
	case vector.KindUDP, vector.KindUDPService, vector.KindReflection:
		c.datagrams += w
		if info.Kind != vector.KindReflection && (long || r.SrcPort == 443 || r.DstPort == 443) || class == vector.QUIC || class == vector.QUICPort {
			c.stream += w
		}
	case vector.KindGRE:
		c.tunnel += w
	case vector.KindProto:
		if class == vector.IPsec {
			c.tunnel += w
		}
	}
}

// scale makes shares of weights.
func (c *counts) scale(x float64) {
	for i := range c.class {
		c.class[i] *= x
	}
	for _, p := range []*float64{&c.full, &c.served, &c.connected, &c.stream, &c.datagrams, &c.tunnel} {
		*p *= x
	}
}

// networks is the effective number of networks at the other end, estimated
// from how often two packets are of one; flows the same for streams. It is not
// biased by how few packets there are: a hundred thousand sources do not look
// like twenty because twenty packets were seen.
func (c *counts) networks() float64 { return effective(c.byNet, c.samples) }

func (c *counts) flows() float64 { return effective(c.byFlow, c.samples) }

// effective is pairs of packets over those pairs that are alike. Under three
// such pairs nothing repeats, and there may be any number.
func effective[K comparable](by map[K]float64, n float64) float64 {
	alike := 0.0
	for _, k := range by { // counts are whole numbers: the order does not matter
		alike += k * (k - 1) / 2
	}
	if alike < 3 {
		return 1e9
	}
	return n * (n - 1) / 2 / alike
}
