package attackverdict

import (
	"testing"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

func TestReflection(t *testing.T) {
	snmp := func(sources int, each uint64) []bucket {
		return []bucket{{class: vector.SNMP, sources: sources, each: each}}
	}
	port := func(sources int, each uint64) []bucket {
		return []bucket{{class: vector.SNMPPort, sources: sources, each: each}}
	}
	asks := func(n uint64) func(*model.TargetFacts) { return func(t *model.TargetFacts) { t.UDPTo[161] = n } }
	run(t, []given{
		{name: "unasked", buckets: snmp(20, 10), out: 50, want: yes, says: "had not asked"},
		{name: "asked for", buckets: snmp(15, 10), out: 200, target: asks(150), want: no, says: "asked for these answers itself"},
		{name: "a few requests among very many answers", buckets: snmp(100, 100), out: 3000, target: asks(3000), want: yes, says: "seen in their payload"},
		{name: "every source was asked", buckets: []bucket{{class: vector.SNMP, sources: 20, each: 100, flags: model.SolicitedPort, flagged: 20}}, out: 50, want: no, says: "asked for these answers itself"},
		{name: "asked for, sampled", buckets: snmp(100, 100), out: 3000, target: asks(3000), profile: sampled, want: no, says: "asked for these answers itself"},
		{name: "unasked, from two hosts", buckets: snmp(2, 100), out: 50, want: no, says: "too few to be an attack"},
		{name: "by port alone, five hosts of many", buckets: port(5, 20), other: 1000, out: 50, want: no, says: "too few to be an attack"},
		{name: "by port alone, ten hosts of many", buckets: port(10, 20), other: 1000, out: 50, want: yes, says: "had not asked"},
		{name: "one direction, payload", buckets: snmp(10, 10), want: yes, says: "seen in their payload"},
		{name: "one direction, payload, five hosts", buckets: snmp(5, 10), want: no, says: "as a client or a scan would get"},
		{name: "one direction, port and size", buckets: port(25, 10), want: yes, says: "size and source port"},
		{name: "one direction, port and size, little of all", buckets: port(25, 10), other: 10_000, want: no, says: "as a client"},
		{name: "one direction, port and size, ten hosts", buckets: port(10, 10), want: undecided, says: "may be answers"},
		{name: "questions to a server of it", buckets: []bucket{{class: vector.SNMP, sources: 20, each: 10, set: func(f *model.Facts) { f.DstPorts = only(161, 200) }}},
			out: 200, target: func(t *model.TargetFacts) { t.UDPFrom[161] = 200 }, want: no, says: "questions to"},
		{name: "hit by ports at random", buckets: []bucket{{class: vector.SNMPPort, sources: 10, each: 10, set: length(1)}, {class: vector.UDP, sources: 200, each: 100, set: all(ports, length(1))}},
			out: 50, want: yes, slug: "udp-flood", says: "as a part of it"},
		{name: "too few to say anything", buckets: snmp(1, 29), want: no, says: "too few packets"},
	})
}

func TestEverydayServices(t *testing.T) {
	dns := func(share float64, sources int, large bool) []bucket {
		return []bucket{{class: vector.DNS, sources: sources, each: 10, set: func(f *model.Facts) {
			f.DNS = &model.DNSFacts{Questions: f.Samples, Names: dominated(1, share, 10, f.Samples)}
			if large {
				f.Bytes = 1000 * f.Packets
			}
		}}}
	}
	bare := func(large float64) []bucket {
		return []bucket{{class: vector.DNS, sources: 25, each: 10, set: func(f *model.Facts) { f.Bytes = large * f.Packets }}}
	}
	quic := func(sources int, share float64) []bucket {
		return []bucket{{class: vector.NTPTime, sources: sources, each: 3, set: length(share)}}
	}
	run(t, []given{
		{name: "large answers about one name", buckets: dns(0.9, 10, true), want: yes, says: "about one name"},
		{name: "small answers about one name", buckets: dns(0.9, 10, false), want: no, says: "as a resolver gets them"},
		{name: "large answers about many names", buckets: dns(0.01, 30, true), want: no, says: "as a resolver gets them"},
		{name: "large answers, a third about one name", buckets: dns(0.3, 30, true), want: undecided, says: "large DNS answers"},
		{name: "large, names not seen", buckets: bare(1200), want: yes, says: "from port 53"},
		{name: "small, names not seen", buckets: bare(100), want: no},
		{name: "one length from very many", buckets: quic(600, 0.95), want: yes, says: "one single length"},
		{name: "few lengths from many", buckets: quic(300, 0.75), want: undecided, says: "ordinary users of it could too"},
		{name: "many lengths from many", buckets: quic(600, 0.2), want: no, says: "looks the same"},
	})
}

func TestUDP(t *testing.T) {
	flood := func(sources int, each uint64, set ...func(*model.Facts)) []bucket {
		return []bucket{{class: vector.UDP, sources: sources, each: each, set: all(set...)}}
	}
	run(t, []given{
		{name: "few", buckets: flood(10, 10), want: no, says: "few datagrams"},
		{name: "forged", buckets: flood(1000, 1), spoofed: true, want: yes, says: "forged"},
		{name: "answered", buckets: []bucket{{class: vector.UDP, sources: 100, each: 100, flags: model.GotReplies, flagged: 60}}, out: 100, want: no, says: "answers the senders"},
		{name: "few sources to random ports, unanswered", buckets: flood(3, 10_000, ports), out: 100, want: yes, says: "ports at random, none answered"},
		{name: "one fast stream", buckets: flood(1, 200_000), want: undecided, says: "one fast stream"},
		{name: "one fast stream of a host that is connected too", buckets: append(flood(1, 200_000), bucket{class: vector.TCPData, sources: 1, each: 40, flags: model.Handshake, flagged: 1}), out: 100, want: no, says: "test of speed"},
		{name: "one fast stream beside somebody else's connection", buckets: append(flood(1, 200_000), bucket{class: vector.TCPData, sources: 1, each: 40, from: 9000, flags: model.Handshake, flagged: 1}), out: 100, want: undecided, says: "one fast stream"},
		{name: "six fast sources, one direction", buckets: flood(6, 200_000), want: undecided, says: "a service on this port"},
		{name: "one slow stream", buckets: flood(1, 5000), want: no, says: "very few sources"},
		{name: "one length, fast, unanswered", buckets: flood(50, 200, length(0.95)), out: 100, want: yes, says: "of one length, and the target answers"},
		{name: "random ports, unanswered", buckets: flood(50, 200, ports), out: 100, want: yes, says: "to ports at random, and the target answers"},
		{name: "one length to random ports, unanswered", buckets: flood(50, 200, length(1), ports), out: 100, want: yes, says: "of one length to ports at random, and"},
		{name: "one length, slow, unanswered", buckets: flood(50, 5, length(0.95)), out: 100, want: no, says: "telephony"},
		{name: "one direction, one length to random ports", buckets: flood(50, 200, length(0.95), ports), want: yes, says: "datagrams of one length"},
		{name: "one direction, one length, fast", buckets: flood(50, 200, length(0.95)), want: yes, says: "of them of one length"},
		{name: "one direction, random ports, fast", buckets: flood(50, 200, ports, func(f *model.Facts) { f.Conversations = int(f.FieldRecords) }), want: yes, says: "every one to another port"},
		{name: "one direction, many lengths to one port, very fast", buckets: flood(50, 1000), want: undecided, says: "a service on this port"},
		{name: "one direction, many lengths to one port", buckets: flood(50, 50), want: no, says: "telephony"},
	})
}

func TestVSE(t *testing.T) {
	vse := func(sources int, each uint64) []bucket {
		return []bucket{{class: vector.UDPVSE, sources: sources, each: each}}
	}
	run(t, []given{
		{name: "far too often", buckets: vse(100, 100), want: yes, says: "a game client asks"},
		{name: "forged", buckets: vse(1000, 1), spoofed: true, want: yes, says: "a game client asks"},
		{name: "all at once, in a long recording", buckets: []bucket{{class: vector.UDPVSE, sources: 1000, each: 8, flags: model.GotReplies, flagged: 1000, set: func(f *model.Facts) {
			f.Seconds = nil
			for sec := range int64(20) {
				f.Seconds = append(f.Seconds, model.SecondCount{Second: begin/1e9 + sec, Packets: 400, Bytes: 400 * 53})
			}
			f.PeakPPS, f.First, f.Last = 400, begin, begin+20e9
		}}}, profile: func(p *model.Profile) { p.Last = p.First + 600e9 }, out: 5000, want: yes, says: "at once"},
		{name: "as players do, one direction, most of all", buckets: vse(300, 5), want: undecided, says: "popular server"},
		{name: "as players do", buckets: vse(100, 5), other: 10_000, want: no, says: "pace of game clients"},
		{name: "few", buckets: vse(10, 10), want: no},
	})
}

func TestDNSQueries(t *testing.T) {
	ask := func(sources int, each uint64, distinct uint64, zone, name, label float64, anyType bool) []bucket {
		return []bucket{{class: vector.DNSQuery, sources: sources, each: each, set: func(f *model.Facts) {
			kind := uint64(1)
			if anyType {
				kind = 255
			}
			f.DNS = &model.DNSFacts{Questions: f.Samples, DistinctNames: distinct, Zones: dominated(1, zone, 10, f.Samples), Names: dominated(1, name, 10, f.Samples),
				FirstLabelLen: dominated(12, label, 10, f.Samples), Types: only(kind, f.Samples)}
		}}}
	}
	run(t, []given{
		{name: "random names below one zone", buckets: ask(50, 40, 1900, 0.95, 0.01, 1, false), want: yes, slug: "dns-water-torture", says: "names below one zone"},
		{name: "names of one zone, asked again and again", buckets: ask(50, 40, 200, 0.95, 0.1, 0.3, false), want: no, says: "busy name server"},
		{name: "names of many zones", buckets: ask(50, 40, 1900, 0.05, 0.01, 0.3, false), want: no, says: "busy name server"},
		{name: "ANY of one name", buckets: ask(50, 40, 5, 1, 0.95, 0.3, true), want: yes, says: "everything about it"},
		{name: "one name over and over", buckets: ask(50, 400, 5, 1, 0.95, 0.3, false), want: yes, says: "resolvers remember answers"},
		{name: "one name, slowly", buckets: ask(50, 10, 5, 1, 0.95, 0.3, false), want: no, says: "busy name server"},
		{name: "very many questions of each", buckets: ask(50, 1000, 1000, 0.3, 0.3, 0.3, false), want: yes, says: "questions a second each"},
		{name: "very many names of each, one direction", buckets: ask(50, 1000, 1000, 0.3, 0.01, 0.3, false), want: no, says: "busy name server"},
		{name: "very many names of each, unanswered", buckets: ask(50, 1000, 1000, 0.3, 0.01, 0.3, false), out: 100, want: yes, says: "questions a second each"},
		{name: "forged", buckets: ask(1000, 1, 300, 0.1, 0.1, 0.3, false), spoofed: true, want: yes, says: "forged"},
		{name: "forged, names not seen", buckets: []bucket{{class: vector.DNSQueryPort, sources: 1000, each: 1}}, spoofed: true, want: yes, says: "forged"},
		{name: "names not seen", buckets: []bucket{{class: vector.DNSQueryPort, sources: 1000, each: 1}}, want: no},
		{name: "few", buckets: ask(10, 10, 90, 1, 0.1, 1, false), want: no},
	})
}

func TestICMP(t *testing.T) {
	ping := func(sources int, each uint64) []bucket {
		return []bucket{{class: vector.ICMPEcho, sources: sources, each: each}}
	}
	reply := []bucket{{class: vector.ICMPEchoReply, sources: 30, each: 10}}
	run(t, []given{
		{name: "fast pings", buckets: ping(50, 200), want: yes, says: "ping sends one"},
		{name: "monitoring", buckets: ping(50, 10), other: 10_000, want: no, says: "pace of monitoring"},
		{name: "forged", buckets: ping(1000, 1), spoofed: true, want: yes, says: "forged"},
		{name: "very many sources", buckets: ping(1000, 9), want: yes, says: "most of what the target got"},
		{name: "many sources at once", buckets: ping(60, 50), want: yes, says: "ping at once"},
		{name: "one fast stream", buckets: ping(1, 20_000), want: undecided, says: "or a test"},
		{name: "replies to nothing", buckets: reply, out: 50, want: yes, says: "had not pinged"},
		{name: "replies to our pings", buckets: reply, out: 300, target: func(t *model.TargetFacts) { t.ProtoOut[model.ProtoICMP] = 300 }, want: no, says: "asked for these echo replies"},
		{name: "few", buckets: ping(10, 10), want: no},
	})
}

func TestOtherProtocols(t *testing.T) {
	gre := func(sources int, each uint64) []bucket {
		return []bucket{{class: vector.GREIP, sources: sources, each: each}}
	}
	proto := func(class model.Class, sources int, each uint64, distinct int) []bucket {
		return []bucket{{class: class, sources: sources, each: each, set: func(f *model.Facts) {
			f.Protocols = model.FieldCount{Distinct: distinct, Total: f.Samples}
			for i := range distinct {
				f.Protocols.Top = append(f.Protocols.Top, model.FieldValue{Key: uint64(150 + i), Count: f.Samples / uint64(distinct)})
			}
		}}}
	}
	run(t, []given{
		{name: "GRE from many", buckets: gre(50, 10), want: yes, says: "a tunnel has one"},
		{name: "a tunnel", buckets: gre(1, 1000), out: 500, target: func(t *model.TargetFacts) { t.ProtoOut[model.ProtoGRE] = 500 }, want: no, says: "other end"},
		{name: "GRE from a few, fast", buckets: gre(3, 10_000), want: undecided, says: "several sources"},
		{name: "a tunnel from one side", buckets: gre(1, 1000), want: no, says: "one side"},
		{name: "GRE, forged", buckets: gre(5, 100), spoofed: true, want: yes, says: "a tunnel has one"},
		{name: "little GRE", buckets: gre(50, 1), want: no},
		{name: "protocols at random", buckets: proto(vector.ProtoOther, 5, 1000, 60), want: yes, says: "different IP protocols"},
		{name: "a protocol that the target does not speak", buckets: proto(vector.IPsec, 30, 20, 1), out: 50, want: yes, says: "does not speak it"},
		{name: "a protocol that it speaks", buckets: proto(vector.IPsec, 30, 20, 1), out: 50, target: func(t *model.TargetFacts) { t.ProtoOut[150] = 50 }, want: no, says: "few hosts use"},
		{name: "an unusual protocol from many", buckets: proto(vector.ProtoOther, 60, 10, 1), want: yes, says: "unusual IP protocol from"},
		{name: "IPsec from many, one direction", buckets: proto(vector.IPsec, 60, 10, 1), want: no, says: "few hosts use"},
		{name: "protocols, forged", buckets: proto(vector.IPsec, 300, 1, 1), spoofed: true, want: yes, says: "forged"},
		{name: "few", buckets: proto(vector.ProtoOther, 10, 10, 60), want: no},
	})
}

func TestFragments(t *testing.T) {
	frag := func(sources int, each uint64, flagged int) bucket {
		return bucket{class: vector.Fragment, sources: sources, each: each, flags: model.GotReplies, flagged: flagged}
	}
	run(t, []given{
		{name: "without beginnings", buckets: []bucket{frag(30, 50, 0)}, want: yes, says: "beginnings were never sent"},
		{name: "of hosts that send datagrams", buckets: []bucket{frag(30, 50, 0), {class: vector.UDPService, sources: 30, each: 50}}, want: no, says: "whose datagrams"},
		{name: "of hosts that it talks with", buckets: []bucket{frag(30, 50, 20)}, out: 100, want: no, says: "talks with"},
		{name: "forged", buckets: []bucket{frag(300, 1, 0)}, spoofed: true, want: yes, says: "forged"},
		{name: "from few", buckets: []bucket{frag(3, 500, 0)}, want: undecided, says: "few sources"},
		{name: "little of all", buckets: []bucket{frag(30, 50, 0)}, other: 100_000, want: no, says: "began elsewhere"},
		{name: "few", buckets: []bucket{frag(10, 10, 0)}, want: no},
	})
}
