package attackverdict

import (
	"fmt"
	"math"
	"slices"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

// udp: datagrams of no known service. Streams, telephony, games and telemetry
// are ordinary: few sources, or sources that are answered, or contents that
// differ from source to source.
func udp(q *question) {
	if q.n < floodSamples {
		q.against("few datagrams that nobody asked for")
		return
	}
	answered := q.answered()
	one, random := q.oneLength() >= 0.8, q.randomPorts()
	fast := q.ratePerSource() >= 10
	switch {
	case q.spoofed():
		q.yes(fmt.Sprintf("%s datagrams from %s forged source addresses", count(q.n), count(q.sources)))
	case q.bothWays && answered >= 0.3:
		q.no(fmt.Sprintf("the target answers the senders of %s of these datagrams", text.RoughPercent(answered)))
	case q.sources < fewSources && q.connected() >= 0.9:
		q.no("a stream of hosts that also hold a connection with the target, as a test of speed does")
	case q.sources < fewSources:
		if q.bothWays && random && q.rate() >= 1000 {
			q.yes(fmt.Sprintf("%s datagrams a second to ports at random, none answered", count(q.rate())))
		} else if q.rate() >= 10000 {
			q.undecided("one fast stream from very few sources: a flood, or a test or a feed that this recording shows one side of")
		} else {
			q.against("a stream from very few sources")
		}
	case q.bothWays && q.replied() < 0.3 && (one && (fast || q.sources >= 1000 || q.sources >= 50 && q.n >= 1000 && q.together()) || random && (fast || q.sources >= 20 && q.n >= 500)):
		q.yes(fmt.Sprintf("%s sources send %s datagrams a second each, %s, and the target answers %s of them", count(q.sources), each(q.ratePerSource()), q.shape(), text.RoughPercent(answered)))
	case !q.bothWays && one && random && q.sources >= 20 && (fast || q.sources >= 1000):
		q.yes(fmt.Sprintf("%s sources send datagrams of one length (%s) to ports at random", count(q.sources), text.RoughPercent(q.oneLength())))
	case !q.bothWays && one && fast && q.sources >= 20 && q.dominance() >= 0.3:
		q.yes(fmt.Sprintf("%s sources send %s datagrams a second each, %s of them of one length", count(q.sources), each(q.ratePerSource()), text.RoughPercent(q.oneLength())))
	case !q.bothWays && random && fast && q.sources >= 20 && q.dominance() >= 0.5 && q.perConversation() < 1.5 && !q.c.Profile.Sampled:
		q.yes(fmt.Sprintf("%s sources send %s datagrams a second each, every one to another port", count(q.sources), each(q.ratePerSource())))
	case q.dominance() >= 0.5 && (q.sources >= 20 && q.ratePerSource() >= 50 || q.rate() >= 10000):
		q.undecided(fmt.Sprintf("%s sources send %s datagrams a second each; a service on this port could look so", count(q.sources), each(q.ratePerSource())))
	default:
		q.against("datagrams as telephony, games and telemetry send them")
	}
}

// connected is the share of samples from sources that also hold a TCP connection
// with the target, whoever opened it.
func (q *question) connected() float64 {
	var with, all float64
	for i := range q.f.Sources {
		s := &q.f.Sources[i]
		all += float64(s.Packets)
		if q.talksTCP(s.Addr) {
			with += float64(s.Packets)
		}
	}
	return with / max(all, 1)
}

// talksTCP reports whether the target and a host speak TCP with each other.
func (q *question) talksTCP(a model.Addr) bool {
	for _, i := range q.buckets {
		f := &q.c.Profile.Buckets[i]
		info := vector.Lookup(f.Class)
		if info == nil || !isTCP(info.Kind) {
			continue
		}
		at, ok := slices.BinarySearchFunc(f.Sources, a, func(s model.SourceCount, a model.Addr) int { return s.Addr.Compare(a) })
		if ok && f.Sources[at].Flags&(model.Handshake|model.GotReplies) != 0 {
			return true
		}
	}
	return false
}

func (q *question) shape() string {
	switch {
	case q.oneLength() >= 0.8 && q.randomPorts():
		return "of one length to ports at random"
	case q.oneLength() >= 0.8:
		return "of one length"
	}
	return "to ports at random"
}

// vse: players ask a game server now and then, and it answers.
func vse(q *question) {
	switch {
	case q.n < floodSamples:
	case q.spoofed() || q.sources >= 20 && q.rate() >= 100 && (q.ratePerSource() >= 2 || q.silent()):
		q.yes(fmt.Sprintf("%s server queries a second from %s sources, %.1f a second each; a game client asks once in a few seconds", count(q.rate()), count(q.sources), q.ratePerSource()))
	case q.sources >= 200 && q.rate() >= 100 && q.surge() >= 20:
		q.yes(fmt.Sprintf("server queries from %s sources at once, %s times as many a second as otherwise", count(q.sources), count(q.surge())))
	case !q.bothWays && q.sources >= 200 && q.dominance() >= 0.7:
		q.undecided("server queries from many sources; a popular server gets them too")
	default:
		q.against("server queries at the pace of game clients")
	}
}

// dnsQuery: random names below one zone, or one question over and over.
func dnsQuery(q *question) {
	d := q.f.DNS
	if q.n < floodSamples {
		return
	}
	if d == nil || d.Questions < floodSamples {
		if q.spoofed() {
			q.yes("DNS queries from forged source addresses")
		}
		return
	}
	unique := float64(d.DistinctNames) / float64(d.Questions)
	zone, label := d.Zones.Share(0), d.FirstLabelLen.Share(0)
	one := d.Names.Share(0)
	switch {
	case zone >= 0.5 && unique >= 0.5 && (label >= 0.6 || unique >= 0.9 && zone >= 0.9):
		q.part.Slug = "dns-water-torture"
		q.yes(fmt.Sprintf("%s of the questions are about names below one zone, and %s of those were asked only once", text.RoughPercent(zone), text.RoughPercent(min(unique/zone, 1))))
	case q.spoofed():
		q.yes("DNS queries from forged source addresses")
	case one >= 0.5 && shareOf(&d.Types, 255) >= 0.5 && q.rate() >= 50 && q.sources >= 20:
		q.yes(fmt.Sprintf("%s of the questions ask for one name and for everything about it (ANY), %.1f a second from each of %s sources", text.RoughPercent(one), q.ratePerSource(), count(q.sources)))
	case one >= 0.5 && q.rate() >= 200 && q.ratePerSource() >= 2 && q.sources >= fewSources:
		q.yes(fmt.Sprintf("%s of %s questions a second ask for one name, %.0f a second from each source; resolvers remember answers", text.RoughPercent(one), count(q.rate()), q.ratePerSource()))
	case q.ratePerSource() >= 50 && q.sources >= 20 && q.rate() >= 2000 && (one >= 0.2 || q.bothWays && q.replied() < 0.5):
		q.yes(fmt.Sprintf("%s sources ask %s questions a second each", count(q.sources), each(q.ratePerSource())))
	default:
		q.no("questions about many names, most of them asked again: a busy name server")
	}
}

// echo: pings and other ICMP messages that are not errors.
func echo(q *question) {
	if q.n < floodSamples {
		return
	}
	unasked := q.info.Kind == vector.KindICMPReply
	if unasked && q.bothWays && float64(q.t.ProtoOut[model.ProtoICMP]+q.t.ProtoOut[model.ProtoICMPv6]) >= 0.3*q.n {
		q.no("the target asked for these echo replies")
		return
	}
	switch {
	case q.spoofed():
		q.yes("ICMP messages from forged source addresses")
	case q.sources >= fewSources && q.ratePerSource() >= 10:
		q.yes(fmt.Sprintf("%s sources send %s ICMP messages a second each; ping sends one", count(q.sources), each(q.ratePerSource())))
	case unasked && q.bothWays && q.sources >= 20:
		q.yes(fmt.Sprintf("echo replies from %s hosts that the target had not pinged", count(q.sources)))
	case q.sources >= 200 && q.rate() >= 500 && q.dominance() >= 0.5:
		q.yes(fmt.Sprintf("%s ICMP messages a second from %s sources are most of what the target got", count(q.rate()), count(q.sources)))
	case q.sources >= 50 && q.n >= 2000 && q.rate() >= 100 && q.dominance() >= 0.8:
		q.yes(fmt.Sprintf("%s sources ping at once, and that is %s of what the target got", count(q.sources), text.RoughPercent(q.dominance())))
	case q.rate() >= 1000 && q.sources < fewSources:
		q.undecided("a fast stream of ICMP from very few sources: a flood, or a test")
	default:
		q.against("pings at the pace of monitoring")
	}
}

// gre: a tunnel has one or a few ends that both speak.
func gre(q *question) {
	switch {
	case q.n < floodSamples:
	case q.spoofed() || q.sources >= 10:
		q.yes(fmt.Sprintf("GRE from %s sources; a tunnel has one", count(q.sources)))
	case q.t.ProtoOut[model.ProtoGRE] > 0:
		q.no("a GRE tunnel whose other end is the target")
	case q.rate() >= 1000 && q.sources >= 2:
		q.undecided("GRE from several sources to a target that sends none")
	default:
		q.against("a GRE tunnel seen from one side")
	}
}

// protocols: protocol numbers at random, or one that nobody uses.
func protocols(q *question) {
	if q.n < floodSamples {
		return
	}
	var entropy float64
	for i := range q.f.Protocols.Top {
		if s := q.f.Protocols.Share(i); s > 0 {
			entropy -= s * math.Log2(s)
		}
	}
	var out uint64
	for _, v := range q.f.Protocols.Top {
		out += q.t.ProtoOut[uint8(v.Key)]
	}
	switch {
	case q.spoofed():
		q.yes("packets of unusual IP protocols from forged source addresses")
	case q.f.Protocols.Distinct >= 16 && entropy > 3:
		q.yes(fmt.Sprintf("packets of %d different IP protocols", q.f.Protocols.Distinct))
	case q.bothWays && out == 0 && q.sources >= 20:
		q.yes(fmt.Sprintf("IP protocol packets from %s sources to a target that does not speak it", count(q.sources)))
	case q.f.Class != vector.IPsec && q.f.Class != vector.ProtoRouting && q.sources >= 50 && q.dominance() >= 0.3:
		q.yes(fmt.Sprintf("packets of an unusual IP protocol from %s sources", count(q.sources)))
	default:
		q.against("a protocol that few hosts use with this target")
	}
}

// fragments that belong to no datagram in the recording.
func fragments(q *question) {
	others := q.overlap(vector.KindReflection, vector.KindUDP, vector.KindUDPService)
	switch {
	case q.n < floodSamples:
	case others >= 0.3:
		q.against("fragments of hosts whose datagrams are in the recording")
	case q.bothWays && q.answered() >= 0.3:
		q.no("fragments of hosts that the target talks with")
	case q.spoofed():
		q.yes("fragments from forged source addresses")
	case q.sources >= fewSources && q.dominance() >= 0.3 && (q.bothWays || q.sources >= 20):
		q.yes(fmt.Sprintf("fragments from %s sources whose beginnings were never sent", count(q.sources)))
	case q.dominance() >= 0.5:
		q.undecided("fragments without beginnings from few sources")
	default:
		q.against("fragments of datagrams that began elsewhere")
	}
}

// attach gives what belongs to an attack its place once that is known: the
// fragments of reflected answers, the resets of reflecting hosts, small buckets
// of the same vector.
func (s *scene) attach(parts []Part) (more []Part) {
	byBucket := make(map[int]*Part)
	for i := range parts {
		byBucket[parts[i].Bucket] = &parts[i]
	}
	var found []Part // as assessed, before anything is attached
	for _, i := range s.buckets {
		if byBucket[i].Verdict == model.AttackYes {
			found = append(found, *byBucket[i])
		}
	}
	for _, i := range s.buckets {
		p := byBucket[i]
		f := &s.c.Profile.Buckets[i]
		info := vector.Lookup(f.Class)
		assessed := p.Verdict == model.AttackYes
		if info == nil || assessed && !isTCP(info.Kind) && info.Kind != vector.KindUDP {
			continue
		}
		attached := false
		for k := range found {
			a := &found[k]
			if a.Bucket == i || assessed && a.Slug == p.Slug && !attached || !s.belongs(f, &s.c.Profile.Buckets[a.Bucket], a, assessed) {
				continue
			}
			part := Part{Bucket: i, Target: p.Target, Verdict: model.AttackYes, Slug: a.Slug, Excluded: a.Excluded, Unsolicited: a.Unsolicited,
				Reasons: []Reason{{Text: "from the sources of " + a.Slug + ", as a part of it", For: true, N: f.Samples}}}
			shared := info.Kind == vector.KindUDP || info.Kind == vector.KindFragment
			if shared || application(a.Slug) {
				part.Within, part.AtLeast, part.Needs = a.Bucket+1, a.AtLeast, a.Needs
			}
			if attached {
				more = append(more, part)
			} else {
				*p, attached = part, true
			}
			if !shared {
				break
			}
		}
	}
	return more
}

func isClosing(k vector.Kind) bool { return k == vector.KindRst || k == vector.KindRstAck }

// belongs reports whether the bucket f is a part of the attack bucket a; assessed
// where f was found to be an attack of its own.
func (s *scene) belongs(f, a *model.Facts, part *Part, assessed bool) bool {
	info, main := vector.Lookup(f.Class), vector.Lookup(a.Class)
	sameService := main.Service != "" && main.Service == info.Service && info.Kind == vector.KindReflection
	orphan := info.Kind == vector.KindFragment && main.Kind == vector.KindReflection
	reset := (info.Kind == vector.KindRst || info.Kind == vector.KindRstAck) && part.Slug == "synack-reflection" && !s.portsOfClients(f)
	switch {
	case sameService:
		return true
	case reset:
		return true
	case isClosing(info.Kind) && part.Slug == "tcp-middlebox-reflection":
		return commonSamples(f.Sources, a.Sources) >= 0.5
	case application(part.Slug) && isTCP(info.Kind):
		// the handshakes and acknowledgements of the machines that flood
		common := commonSamples(f.Sources, a.Sources)
		return common >= 0.5 || !assessed && common > 0
	case (info.Kind == vector.KindReflection || info.Kind == vector.KindUDPService) && noiseHolds(a, f):
		return true
	case orphan:
		return commonSamples(f.Sources, a.Sources) >= 0.05
	case info.Kind == vector.KindUDP && main.Kind == vector.KindReflection:
		// what else the same machines send from the same port, such as the
		// second half of an answer
		return slices.Contains(main.Ports, uint16(topKey(&f.SrcPorts))) && f.SrcPorts.Share(0) >= 0.5 && commonSamples(f.Sources, a.Sources) >= 0.5 ||
			len(main.Ports) == 0 && commonSamples(f.Sources, a.Sources) >= 0.8
	}
	return false
}

// application reports vectors that go on through real connections.
func application(slug string) bool {
	return slug == "http-flood" || slug == "slow-http" || slug == "stomp-flood"
}

func topKey(f *model.FieldCount) uint64 {
	if len(f.Top) == 0 {
		return 0
	}
	return f.Top[0].Key
}

// commonSamples is the share of a's samples that come from sources of b.
func commonSamples(a, b []model.SourceCount) float64 {
	found := make([]bool, len(a))
	markCommon(a, b, found)
	var common, all float64
	for i := range a {
		all += float64(a[i].Packets)
		if found[i] {
			common += float64(a[i].Packets)
		}
	}
	return common / max(all, 1)
}

// portsOfClients reports source ports that clients use rather than services.
func (s *scene) portsOfClients(f *model.Facts) bool {
	low := uint64(0)
	for _, v := range f.SrcPorts.Top {
		if v.Key < 1024 {
			low += v.Count
		}
	}
	return float64(low) < 0.5*float64(f.SrcPorts.Total)
}
