package triage

import (
	"fmt"
	"net/netip"
	"slices"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

// Look is what there is to look at.
type Look struct {
	Incident string
	Now      int64 // Unix ns
	Anomaly  model.Anomaly
	Records  []model.Record // of the anomaly's target and direction, the last seconds; the first 1,024 are read
	// Back is what the target sends at the same time where the anomaly is
	// inbound, what it receives where it is outbound; zero where that is not in
	// view.
	Back    model.Rates
	Allowed []netip.Prefix // sources that the operator expects a lot from
}

const (
	maxRecords  = 1024
	fewSamples  = 8   // below this only the size of the anomaly speaks
	surely      = 3.0 // times its bound: alarm without waiting for more records
	flooding    = 0.5 // share of what no transfer consists of
	filling     = 0.8 // share of full segments, or of any one thing, in a transfer
	fullLength  = 1000
	fewNetworks = 8.0  // effective number of networks that one transfer comes from
	caches      = 40.0 // the same where they are servers and the target acknowledges
	oneEnd      = 2.0
	bothWays    = 0.5 // packets back for each packet: a conversation
	answering   = 200 // bytes, mean length of packets that carry answers; SYN-ACKs and RSTs have at most 60
)

// Assess says whether to hold the alarm, and why. The findings have no revision:
// they are replaced by those of a full analysis.
func Assess(l *Look) model.Findings {
	c := count(l)
	f := model.Findings{Incident: l.Incident, At: l.Now, AttackVerdict: model.AttackUndecided, Spoofing: model.SpoofUndecided,
		Vectors: []model.Weight{}, Countries: []model.Weight{}, Networks: []model.Weight{}, Samples: uint64(c.records), Sources: uint64(c.sources)}
	multiple := l.Anomaly.Rate / max(l.Anomaly.Bound, 1e-9)
	switch {
	case c.samples < fewSamples:
		f.Hold = multiple < surely
		f.Because = "too few records yet to tell what it is"
	case c.allowed > 0 && (1-c.allowed)*multiple < 1:
		f.AttackVerdict = model.AttackNo
		f.Because = text.RoughPercent(c.allowed) + " comes from sources that the operator allows"
	default:
		f.Because, f.Hold = c.assess(l)
		f.Vectors = c.vectors(f.Hold)
	}
	return f
}

// assess asks first for what no transfer consists of, then what kind of
// transfer this could be.
func (c *counts) assess(l *Look) (why string, hold bool) {
	answered := c.answered(l)
	if share, slug := c.flood(answered); share >= flooding {
		return text.RoughPercent(share) + " of what came is no part of a transfer, most of it as in a " + slug, false
	}
	nets := c.networks()
	switch {
	case c.full >= filling && nets <= fewNetworks:
		return text.RoughPercent(c.full) + " full TCP segments from " + few(nets) + ": looks like a bulk transfer", true
	case c.full >= filling && nets <= caches && c.served >= filling && l.Back[model.TCPPackets] >= 0.1*l.Anomaly.Rates[model.TCPPackets] && l.Back[model.TCPPackets] > 0:
		return text.RoughPercent(c.full) + " full TCP segments from servers, and they are acknowledged: looks like downloads", true
	case c.stream >= filling && nets <= oneEnd && c.flows() <= 2*fewNetworks:
		return text.RoughPercent(c.stream) + " UDP of a few streams with " + few(nets) + ": looks like a transfer or a call", true
	case c.tunnel >= filling && nets <= oneEnd:
		return text.RoughPercent(c.tunnel) + " of a tunnel with " + few(nets), true
	case c.connected >= filling && answered.tcp:
		return text.RoughPercent(c.connected) + " TCP as connections carry it, and as much goes back: looks like many visitors or downloads", true
	case c.connected+c.datagrams >= filling && c.datagrams >= flooding && answered.udp:
		return text.RoughPercent(c.datagrams) + " UDP, and as much goes back: looks like conversations", true
	case c.connected+c.datagrams >= filling && answered.tcp && answered.udp:
		return "TCP and UDP, and as much goes back: looks like many visitors", true
	}
	return "nothing in what came looks like a transfer", false
}

func few(nets float64) string {
	if nets < 1.5 {
		return "one network"
	}
	return "about " + fmt.Sprintf("%.0f", nets) + " networks"
}

// conversation states what goes back, by protocol.
type conversation struct{ tcp, udp, icmp bool }

// answered compares what goes back with what came. RSTs and SYN-ACKs, which
// floods draw, are short; answers of servers are not. Outbound the target is
// the server, and acknowledgements come back.
func (c *counts) answered(l *Look) conversation {
	in, back := &l.Anomaly.Rates, &l.Back
	ratio := func(m model.Metric) bool { return in[m] > 0 && back[m] >= bothWays*in[m] }
	long := back[model.Bits] >= 8*answering*back[model.Packets]
	if l.Anomaly.Direction == model.Out {
		long = long || c.full >= flooding
	}
	return conversation{tcp: ratio(model.TCPPackets) && long, udp: ratio(model.UDPPackets), icmp: ratio(model.ICMPPackets)}
}

// flood is the share of kinds that no transfer consists of, and the heaviest
// vector among them.
func (c *counts) flood(back conversation) (share float64, slug string) {
	most := 0.0
	for class, w := range c.class {
		info := vector.Lookup(model.Class(class))
		if w == 0 || info == nil || !isFlood(info, back) {
			continue
		}
		share += w
		if w > most {
			most, slug = w, info.Slug
		}
	}
	return share, slug
}

// isFlood reports kinds that no transfer consists of. Answers are none where
// the target asks about as often.
func isFlood(info *vector.Info, back conversation) bool {
	switch info.Kind {
	case vector.KindSyn, vector.KindRst, vector.KindRstAck, vector.KindRstData, vector.KindFin, vector.KindFinAck, vector.KindAbnormal,
		vector.KindVSE, vector.KindDNSQuery, vector.KindICMPEcho, vector.KindICMPError, vector.KindICMPOther, vector.KindFragment:
		return true
	case vector.KindSynAck:
		return info.Class == vector.TCPSynAckHigh || !back.tcp
	case vector.KindReflection:
		return !back.udp && info.Class != vector.QUICPort && info.Class != vector.QUIC
	case vector.KindICMPReply:
		return !back.icmp
	case vector.KindProto:
		return info.Class != vector.IPsec
	}
	return false
}

// vectors lists what the records would be vectors of, heaviest first; nothing
// where they look ordinary.
func (c *counts) vectors(hold bool) []model.Weight {
	out := []model.Weight{}
	if hold {
		return out
	}
	for class, w := range c.class {
		info := vector.Lookup(model.Class(class))
		if w < 0.05 || info == nil || info.Kind == vector.KindUDPService || info.Kind == vector.KindConn || info.Kind == vector.KindNone || info.Kind == vector.KindTCPUnknown {
			continue
		}
		i := slices.IndexFunc(out, func(o model.Weight) bool { return o.Value == info.Slug })
		if i < 0 {
			i = len(out)
			out = append(out, model.Weight{Value: info.Slug})
		}
		out[i].Share += w
		out[i].Packets += c.packets[class]
		out[i].Bytes += c.bytes[class]
	}
	slices.SortStableFunc(out, func(a, b model.Weight) int {
		switch {
		case a.Share > b.Share:
			return -1
		case a.Share < b.Share:
			return 1
		}
		return 0
	})
	return out
}
