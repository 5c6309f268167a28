package vector

// MITRE ATT&CK techniques (enterprise matrix, https://attack.mitre.org).
const (
	directFlood             = "T1498.001" // Network Denial of Service: Direct Network Flood
	reflectionAmplification = "T1498.002" // Network Denial of Service: Reflection Amplification
	osExhaustion            = "T1499.001" // Endpoint Denial of Service: OS Exhaustion Flood
	serviceExhaustion       = "T1499.002" // Endpoint Denial of Service: Service Exhaustion Flood
)

const (
	rfcTCP  = "RFC 9293 section 3.1"
	rfcICMP = "RFC 792; RFC 4443; IANA ICMP and ICMPv6 parameters"
	ianaIP  = "IANA protocol numbers"
)

// base holds the lines that are not the answer of a particular UDP service, in
// the order of their classes.
var base = [...]Info{
	{Class: None, Name: "none", Slug: "unclassified", Kind: KindNone, Strength: ByHeader, Technique: directFlood,
		Condition: "nothing else fits", Source: ianaIP, Advice: adviceUnknown},
	{Class: TCPSyn, Name: "tcp-syn", Slug: "syn-flood", Kind: KindSyn, Strength: ByHeader, Everyday: true, Technique: osExhaustion,
		Condition: "flags SYN alone of FIN, SYN, RST, PSH, ACK, URG (ECN bits do not matter); in flow records also SYN with RST",
		Source:    rfcTCP + "; RFC 3168 section 6.1.1; RFC 4987", Advice: adviceSyn},
	{Class: TCPSynData, Name: "tcp-syn-data", Slug: "syn-flood", Kind: KindSyn, Strength: ByHeader, Technique: osExhaustion,
		Condition: "SYN alone, with data (TCP Fast Open sends it, RFC 7413)", Source: rfcTCP + "; RFC 7413", Advice: adviceSyn},
	{Class: TCPSynAck, Name: "tcp-synack", Slug: "synack-reflection", Kind: KindSynAck, Strength: ByHeader, Everyday: true, Reflection: true, SpoofedRequests: true,
		Technique: reflectionAmplification, Condition: "SYN and ACK alone, from a port that servers commonly listen on; in flow records also with RST",
		Source: rfcTCP + " and 3.5; RFC 6335 section 6", Advice: adviceSynAck},
	{Class: TCPSynAckHigh, Name: "tcp-synack-high", Slug: "ack-flood", Kind: KindSynAck, Strength: ByHeader, Technique: osExhaustion,
		Condition: "SYN and ACK alone, from a port that servers do not commonly listen on: a flood that was made up", Source: rfcTCP, Advice: adviceAck},
	{Class: TCPAck, Name: "tcp-ack", Slug: "ack-flood", Kind: KindAck, Strength: ByHeader, Everyday: true, Technique: osExhaustion,
		Condition: "ACK, perhaps with PSH or URG, and no data; in flow records a mean of at most 60 octets a packet (IPv6 80)", Source: rfcTCP, Advice: adviceAck},
	{Class: TCPData, Name: "tcp-data", Slug: "ack-flood", Kind: KindData, Strength: ByHeader, Everyday: true, Technique: osExhaustion,
		Condition: "ACK, perhaps with PSH or URG, with data; in flow records a mean of more than 60 octets a packet (IPv6 80)", Source: rfcTCP, Advice: adviceAck},
	{Class: TCPHTTPRequest, Name: "tcp-http-request", Slug: "http-flood", Kind: KindHTTPRequest, Strength: ByPayload, Everyday: true, Technique: serviceExhaustion,
		Condition: "a segment that begins with an HTTP method and a space, or with the HTTP/2 preface", Source: "RFC 9110 section 9.3; RFC 5789; RFC 9113 section 3.4", Advice: adviceHTTP},
	{Class: TCPHTTPResponse, Name: "tcp-http-response", Slug: "tcp-middlebox-reflection", Kind: KindHTTPResponse, Strength: ByPayload, Everyday: true, Reflection: true, SpoofedRequests: true,
		Technique: reflectionAmplification, Ports: []uint16{80, 443, 8080, 8443},
		Condition: "a segment from a web port that begins with HTTP/ or with a page (<html, <!doctype, <iframe, <meta, <script)",
		Source:    "Bock et al., Weaponizing Middleboxes for TCP Reflected Amplification, USENIX Security 2021; Akamai, TCP Middlebox Reflection, 2022", Advice: adviceMiddlebox},
	{Class: TCPRst, Name: "tcp-rst", Slug: "rst-flood", Kind: KindRst, Strength: ByHeader, Everyday: true, Technique: osExhaustion,
		Condition: "RST without ACK; hosts whose addresses were forged answer the target's SYN-ACK this way", Source: rfcTCP + " and 3.10.7.1", Advice: adviceRst},
	{Class: TCPRstAck, Name: "tcp-rst-ack", Slug: "rst-flood", Kind: KindRstAck, Strength: ByHeader, Everyday: true, Technique: osExhaustion,
		Condition: "RST with ACK: the ordinary abort, and the answer of a closed port", Source: rfcTCP + " and 3.10.7.1", Advice: adviceRst},
	{Class: TCPRstData, Name: "tcp-rst-data", Slug: "tcp-middlebox-reflection", Kind: KindRstData, Strength: ByHeader, Reflection: true, SpoofedRequests: true,
		Technique: reflectionAmplification, Condition: "RST with data: hosts seldom send it (RFC 9293 section 3.5.3 allows it), middleboxes that block do",
		Source: "RFC 9293 section 3.5.3; Bock et al., USENIX Security 2021", Advice: adviceMiddlebox},
	{Class: TCPFin, Name: "tcp-fin", Slug: "fin-flood", Kind: KindFin, Strength: ByHeader, Technique: osExhaustion,
		Condition: "FIN alone, without ACK", Source: rfcTCP, Advice: adviceAck},
	{Class: TCPFinAck, Name: "tcp-fin-ack", Slug: "fin-flood", Kind: KindFinAck, Strength: ByHeader, Everyday: true, Technique: osExhaustion,
		Condition: "FIN with ACK: the ordinary end of a connection", Source: rfcTCP + " and 3.6", Advice: adviceAck},
	{Class: TCPAbnormal, Name: "tcp-abnormal", Slug: "tcp-flags-abnormal", Kind: KindAbnormal, Strength: ByHeader, Technique: osExhaustion,
		Condition: "flags that no TCP sends together: none at all, SYN with FIN or RST, FIN with RST, PSH or URG without ACK, …; in flow records only where no ordinary packets can have been OR-ed to it",
		Source:    rfcTCP, Advice: adviceAbnormal},
	{Class: TCPConn, Name: "tcp-conn", Slug: "unclassified", Kind: KindConn, Strength: ByHeader, Everyday: true, Technique: serviceExhaustion,
		Condition: "flow record whose flags are those of an ordinary connection or its end", Source: rfcTCP + "; RFC 7011 (tcpControlBits, IANA IPFIX element 6)", Advice: adviceUnknown},
	{Class: TCPUnknown, Name: "tcp-unknown-flags", Slug: "unclassified", Kind: KindTCPUnknown, Strength: ByHeader, Everyday: true, Technique: directFlood,
		Condition: "TCP whose flags the exporter does not tell, or that are not in the captured part", Source: "IANA IPFIX element 6", Advice: adviceUnknown},
	{Class: UDP, Name: "udp", Slug: "udp-flood", Kind: KindUDP, Strength: ByHeader, Everyday: true, Technique: directFlood,
		Condition: "a datagram that nothing else fits (games, media, tunnels on other ports), also one from a reflecting port whose payload is not the service's", Source: "RFC 768", Advice: adviceUDP},
	{Class: UDPService, Name: "udp-service", Slug: "udp-flood", Kind: KindUDPService, Strength: ByPort, Everyday: true, Technique: directFlood,
		Condition: "ordinary traffic of an everyday service: QUIC data, ESP in UDP, media relays, tunnels, and by port alone the short answers of DNS and NTP", Source: "the service's own line", Advice: adviceUDP},
	{Class: UDPVSE, Name: "udp-vse", Slug: "vse-flood", Kind: KindVSE, Strength: ByPayload, Everyday: true, Technique: serviceExhaustion,
		Condition: "payload ff ff ff ff \"TSource Engine Query\": game clients ask the same, only the number makes it an attack",
		Source:    "Valve Developer Community, Server queries (A2S_INFO); Antonakakis et al., Understanding the Mirai Botnet, USENIX Security 2017", Advice: adviceVSE},
	{Class: DNSQuery, Name: "dns-query", Slug: "dns-query-flood", Kind: KindDNSQuery, Strength: ByPayload, Everyday: true, Technique: serviceExhaustion, Service: "dns",
		Condition: "to port 53, a DNS header with QR 0 and one question", Source: "RFC 1035 section 4.1.1", Advice: adviceDNSQuery},
	{Class: DNSQueryPort, Name: "dns-query-port", Slug: "dns-query-flood", Kind: KindDNSQuery, Strength: ByPort, Everyday: true, Technique: serviceExhaustion, Service: "dns",
		Condition: "to port 53, and no payload to look at", Source: "RFC 1035 section 4.2.1", Advice: adviceDNSQuery},
	{Class: ICMPEcho, Name: "icmp-echo", Slug: "icmp-flood", Kind: KindICMPEcho, Strength: ByHeader, Everyday: true, Technique: directFlood,
		Condition: "echo request: ICMP type 8, ICMPv6 type 128", Source: rfcICMP, Advice: adviceICMP},
	{Class: ICMPEchoReply, Name: "icmp-echo-reply", Slug: "icmp-flood", Kind: KindICMPReply, Strength: ByHeader, Everyday: true, Technique: directFlood,
		Condition: "echo reply: ICMP type 0, ICMPv6 type 129", Source: rfcICMP, Advice: adviceICMP},
	{Class: ICMPError, Name: "icmp-error", Slug: "icmp-flood", Kind: KindICMPError, Strength: ByHeader, Everyday: true, Technique: directFlood,
		Condition: "errors: ICMP types 3, 4, 5, 11, 12, ICMPv6 types below 128; usually the echo of something else", Source: rfcICMP, Advice: adviceICMP},
	{Class: ICMPOther, Name: "icmp-other", Slug: "icmp-flood", Kind: KindICMPOther, Strength: ByHeader, Technique: directFlood,
		Condition: "any other ICMP or ICMPv6 type (neighbour discovery, timestamps, …)", Source: rfcICMP, Advice: adviceICMP},
	{Class: ICMPUnknown, Name: "icmp-unknown", Slug: "icmp-flood", Kind: KindICMPOther, Strength: ByHeader, Everyday: true, Technique: directFlood,
		Condition: "ICMP or ICMPv6 whose type is not told", Source: rfcICMP, Advice: adviceICMP},
	{Class: GREIP, Name: "gre-ip", Slug: "gre-flood", Kind: KindGRE, Strength: ByHeader, Technique: directFlood,
		Condition: "IP protocol 47 that carries IPv4 or IPv6", Source: "RFC 2784; Antonakakis et al., USENIX Security 2017", Advice: adviceGRE},
	{Class: GREEth, Name: "gre-eth", Slug: "gre-flood", Kind: KindGRE, Strength: ByHeader, Technique: directFlood,
		Condition: "IP protocol 47 that carries Ethernet (protocol type 6558)", Source: "RFC 1701; Antonakakis et al., USENIX Security 2017", Advice: adviceGRE},
	{Class: GREOther, Name: "gre", Slug: "gre-flood", Kind: KindGRE, Strength: ByHeader, Technique: directFlood,
		Condition: "IP protocol 47 that carries something else, or it is not told", Source: "RFC 2784", Advice: adviceGRE},
	{Class: IPsec, Name: "ipsec", Slug: "ip-protocol-flood", Kind: KindProto, Strength: ByHeader, Everyday: true, Technique: directFlood,
		Condition: "IP protocols 50 (ESP) and 51 (AH): ordinary where the target ends tunnels", Source: ianaIP, Advice: adviceProto},
	{Class: IPinIP, Name: "ip-in-ip", Slug: "ip-protocol-flood", Kind: KindProto, Strength: ByHeader, Technique: directFlood,
		Condition: "IP protocols 4 and 41", Source: ianaIP, Advice: adviceProto},
	{Class: SCTP, Name: "sctp", Slug: "ip-protocol-flood", Kind: KindProto, Strength: ByHeader, Technique: directFlood,
		Condition: "IP protocol 132", Source: ianaIP, Advice: adviceProto},
	{Class: ProtoRouting, Name: "proto-routing", Slug: "ip-protocol-flood", Kind: KindProto, Strength: ByHeader, Everyday: true, Technique: directFlood,
		Condition: "IP protocols 2 (IGMP), 88 (EIGRP), 89 (OSPF), 103 (PIM), 112 (VRRP): ordinary between routers", Source: ianaIP, Advice: adviceProto},
	{Class: ProtoOther, Name: "proto-other", Slug: "ip-protocol-flood", Kind: KindProto, Strength: ByHeader, Technique: directFlood,
		Condition: "any other IP protocol", Source: ianaIP, Advice: adviceProto},
	{Class: Fragment, Name: "fragment", Slug: "fragment-flood", Kind: KindFragment, Strength: ByHeader, Everyday: true, Technique: directFlood,
		Condition: "a fragment that is not the first; it belongs to its datagram's vector where source, destination and identification are known", Source: "RFC 791 section 3.1; RFC 8200 section 4.5", Advice: adviceFragment},
	{Class: FlowPortsZero, Name: "flow-ports-zero", Slug: "fragment-flood", Kind: KindFragment, Strength: ByPort, Everyday: true, Technique: directFlood,
		Condition: "flow record of TCP or UDP whose ports are both 0, from an exporter that tells nothing of fragments", Source: "RFC 6335 section 6 (port 0 is reserved)", Advice: adviceFragment},
	{Class: NTPTime, Name: "ntp-time", Slug: "reflection-ntp", Kind: KindReflection, Strength: ByPayload, Everyday: true, Reflection: true, SpoofedRequests: true,
		Technique: reflectionAmplification, Service: "ntp", Ports: []uint16{123}, AmplificationLow: 1, AmplificationHigh: 1,
		Condition: "mode 4, 48 octets or more: the answer that tells the time, as long as its request", Source: "RFC 5905 section 7.3", Advice: adviceNTP},
}

// aggregates are the vectors that no record shows by itself.
var aggregates = [...]Info{
	{Name: "dns-water-torture", Slug: "dns-water-torture", Kind: KindAggregate, Strength: ByPayload, Technique: serviceExhaustion, Service: "dns",
		Condition: "DNS queries for ever new names under one zone: first labels nearly all different and of high entropy", Source: "RFC 1035; Antonakakis et al., USENIX Security 2017", Advice: adviceTorture},
	{Name: "slow-http", Slug: "slow-http", Kind: KindAggregate, Strength: ByHeader, Technique: serviceExhaustion,
		Condition: "many long connections to a web server that send hardly anything and complete no request", Source: "RFC 9110 section 15.5.9 (408)", Advice: adviceSlow},
	{Name: "stomp-flood", Slug: "stomp-flood", Kind: KindAggregate, Strength: ByHeader, Technique: osExhaustion,
		Condition: "data segments of one length with advancing sequence numbers in connections whose handshake was completed", Source: "Antonakakis et al., USENIX Security 2017", Advice: adviceStomp},
}
