package vector

import (
	"strings"

	"floodmark/internal/model"
)

// sample is one record that looks like a class, or is the class that it is
// mistaken for.
type sample struct {
	what string
	r    model.Record
	want model.Class
}

// fixture holds what must be a class and what must not.
type fixture struct {
	class model.Class
	is    []sample // want is the class
	isNot []sample // want is another
}

func yesAll(s ...sample) []sample { return s }

const page = "<html><head><title>Access denied</title></head>"

var headerFixtures = []fixture{
	{TCPSyn, yesAll(
		sample{"SYN without options", seg(0x02, 40000, ""), TCPSyn},
		sample{"ECN-setup SYN", seg(0xc2, 40000, ""), TCPSyn},
		sample{"flow of SYNs", tflow(0x02, 40000, 5, 44), TCPSyn},
		sample{"flow with SYN and RST of a surprised host", tflow(0x06, 40000, 2, 42), TCPSyn},
	), yesAll(
		sample{"one packet with SYN and RST", seg(0x06, 40000, ""), TCPAbnormal},
		sample{"flow of a whole connection", tflow(0x1b, 40000, 12, 300), TCPConn},
		sample{"SYN-ACK", seg(0x12, 80, ""), TCPSynAck},
		sample{"exporter that sends no flags", flow(model.ProtoTCP, 40000, 80, 3, 44), TCPUnknown},
	)},
	{TCPSynData, yesAll(sample{"SYN with data", seg(0x02, 40000, "GET / HTTP/1.1\r\n"), TCPSynData}),
		yesAll(sample{"ACK with data", seg(0x10, 40000, "abcdefgh"), TCPData})},
	{TCPSynAck, yesAll(
		sample{"from a web server", seg(0x12, 443, ""), TCPSynAck},
		sample{"with ECE", seg(0x52, 179, ""), TCPSynAck},
		sample{"flow with the repeats", tflow(0x12, 80, 5, 44), TCPSynAck},
		sample{"flow that ends with RST", tflow(0x16, 22, 6, 44), TCPSynAck},
	), yesAll(
		sample{"from a port nobody listens on", seg(0x12, 51515, ""), TCPSynAckHigh},
		sample{"flow of a client: SYN, then ACK", tflow(0x12, 51515, 2, 46), TCPConn},
		sample{"SYN-ACK-PSH in one packet", seg(0x1a, 80, ""), TCPAbnormal},
		sample{"flow of a server's connection", tflow(0x1a, 443, 9, 900), TCPConn},
	)},
	{TCPSynAckHigh, yesAll(
		sample{"packet", seg(0x12, 33333, ""), TCPSynAckHigh},
		sample{"with data", seg(0x12, 33333, "x"), TCPSynAckHigh},
		sample{"flow of one packet", tflow(0x12, 33333, 1, 40), TCPSynAckHigh},
	), yesAll(sample{"from SSH", seg(0x12, 22, ""), TCPSynAck})},
	{TCPAck, yesAll(
		sample{"ACK", seg(0x10, 40000, ""), TCPAck},
		sample{"PSH-ACK without data", seg(0x18, 40000, ""), TCPAck},
		sample{"flow of bare ACKs", tflow(0x10, 40000, 100, 52), TCPAck},
		sample{"IPv6 flow of bare ACKs", with(tflow(0x10, 40000, 100, 72), v6), TCPAck},
	), yesAll(
		sample{"with data", seg(0x18, 40000, "0123456789"), TCPData},
		sample{"flow with data", tflow(0x18, 40000, 100, 600), TCPData},
		sample{"FIN-ACK", seg(0x11, 40000, ""), TCPFinAck},
	)},
	{TCPData, yesAll(
		sample{"random octets", seg(0x18, 40000, "\x01\x02\x03\x04\x05\x06\x07\x08"), TCPData},
		sample{"SSH banner", seg(0x18, 22, "SSH-2.0-OpenSSH_9.2\r\n"), TCPData},
		sample{"flow", tflow(0x10, 40000, 10, 1400), TCPData},
	), yesAll(
		sample{"HTTP request", seg(0x18, 40000, "GET / HTTP/1.1\r\n"), TCPHTTPRequest},
		sample{"no data", seg(0x18, 40000, ""), TCPAck},
	)},
	{TCPHTTPRequest, yesAll(
		sample{"GET", seg(0x18, 40000, "GET /?q=1 HTTP/1.1\r\nHost: example.net\r\n\r\n"), TCPHTTPRequest},
		sample{"POST with FIN", seg(0x19, 40000, "POST /login HTTP/1.1\r\n"), TCPHTTPRequest},
		sample{"HTTP/2 preface", seg(0x18, 40000, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), TCPHTTPRequest},
	), yesAll(
		sample{"a word that starts like a method", seg(0x18, 40000, "GETTING STARTED"), TCPData},
		sample{"an FTP command", seg(0x18, 40000, "PUTS file.txt\r\n"), TCPData},
		sample{"response", seg(0x18, 80, "HTTP/1.1 200 OK\r\n"), TCPHTTPResponse},
	)},
	{TCPHTTPResponse, yesAll(
		sample{"status line", seg(0x18, 80, "HTTP/1.1 403 Forbidden\r\n"), TCPHTTPResponse},
		sample{"block page", seg(0x18, 80, page), TCPHTTPResponse},
		sample{"block page with FIN", seg(0x19, 80, page), TCPHTTPResponse},
	), yesAll(
		sample{"a page from a port that is no web server's", seg(0x18, 50000, page), TCPData},
		sample{"binary data from port 80", seg(0x18, 80, "\x17\x03\x03\x00\x40abcdefg"), TCPData},
	)},
	{TCPRst, yesAll(sample{"RST", seg(0x04, 40000, ""), TCPRst}, sample{"flow", tflow(0x04, 40000, 3, 40), TCPRst}),
		yesAll(sample{"RST-ACK", seg(0x14, 40000, ""), TCPRstAck}, sample{"RST with FIN", seg(0x05, 40000, ""), TCPAbnormal})},
	{TCPRstAck, yesAll(sample{"RST-ACK", seg(0x14, 443, ""), TCPRstAck}, sample{"RST-PSH-ACK", seg(0x1c, 443, ""), TCPRstAck}, sample{"flow", tflow(0x14, 443, 2, 40), TCPRstAck}),
		yesAll(sample{"flow of data that ended with RST", tflow(0x1c, 443, 8, 500), TCPConn}, sample{"RST", seg(0x04, 443, ""), TCPRst})},
	{TCPRstData, yesAll(sample{"RST with a page", seg(0x14, 80, page), TCPRstData}, sample{"RST with text", seg(0x04, 80, "blocked"), TCPRstData}),
		yesAll(sample{"RST without data", seg(0x14, 80, ""), TCPRstAck})},
	{TCPFin, yesAll(sample{"FIN", seg(0x01, 40000, ""), TCPFin}, sample{"flow", tflow(0x01, 40000, 9, 40), TCPFin}),
		yesAll(sample{"FIN-ACK", seg(0x11, 40000, ""), TCPFinAck}, sample{"FIN with SYN", seg(0x03, 40000, ""), TCPAbnormal})},
	{TCPFinAck, yesAll(sample{"FIN-ACK", seg(0x11, 40000, ""), TCPFinAck}, sample{"last data with FIN", seg(0x19, 40000, "the last octets"), TCPFinAck}, sample{"flow", tflow(0x11, 40000, 2, 52), TCPFinAck}),
		yesAll(sample{"flow of data that ended with FIN", tflow(0x19, 40000, 20, 700), TCPConn}, sample{"FIN alone", seg(0x01, 40000, ""), TCPFin})},
	{TCPAbnormal, yesAll(
		sample{"null", seg(0x00, 40000, ""), TCPAbnormal},
		sample{"Xmas", seg(0x29, 40000, ""), TCPAbnormal},
		sample{"all six", seg(0x3f, 40000, ""), TCPAbnormal},
		sample{"SYN-FIN", seg(0x03, 40000, ""), TCPAbnormal},
		sample{"PSH without ACK, with data", seg(0x08, 40000, "data"), TCPAbnormal},
		sample{"flow record of one packet with everything", tflow(0x3f, 40000, 1, 40), TCPAbnormal},
	), yesAll(
		sample{"everything OR-ed over a long flow", tflow(0x3f, 40000, 40, 400), TCPConn},
		sample{"URG in a connection", seg(0x38, 23, "data data"), TCPData},
		sample{"zero from an exporter without flags", flow(model.ProtoTCP, 40000, 80, 1, 40), TCPUnknown},
	)},
	{TCPConn, yesAll(
		sample{"whole connection", tflow(0x1b, 443, 30, 800), TCPConn},
		sample{"handshake seen from the client", tflow(0x12, 50000, 2, 46), TCPConn},
	), yesAll(
		sample{"one packet of it", tflow(0x1b, 443, 1, 40), TCPAbnormal},
		sample{"repeated SYN-ACK", tflow(0x12, 443, 4, 44), TCPSynAck},
	)},
	{TCPUnknown, yesAll(
		sample{"exporter without flags", flow(model.ProtoTCP, 443, 50000, 7, 900), TCPUnknown},
		sample{"header cut off", packet(model.ProtoTCP, 40), TCPUnknown},
	), yesAll(sample{"flags told and zero", tflow(0, 443, 7, 40), TCPAbnormal})},
	{ICMPEcho, yesAll(sample{"v4", icmp(1, 8, 0), ICMPEcho}, sample{"v6", icmp(58, 128, 0), ICMPEcho}),
		yesAll(sample{"reply", icmp(1, 0, 0), ICMPEchoReply}, sample{"type 8 in ICMPv6", icmp(58, 8, 0), ICMPError})},
	{ICMPEchoReply, yesAll(sample{"v4", icmp(1, 0, 0), ICMPEchoReply}, sample{"v6", icmp(58, 129, 0), ICMPEchoReply}),
		yesAll(sample{"request", icmp(1, 8, 0), ICMPEcho}, sample{"the second fragment of a long reply", with(icmp(1, 0, 0), func(r *model.Record) { r.FragOffset = 1480 }), Fragment})},
	{ICMPError, yesAll(sample{"unreachable", icmp(1, 3, 3), ICMPError}, sample{"time exceeded", icmp(1, 11, 0), ICMPError}, sample{"too big", icmp(58, 2, 0), ICMPError}),
		yesAll(sample{"neighbour solicitation", icmp(58, 135, 0), ICMPOther})},
	{ICMPOther, yesAll(sample{"timestamp", icmp(1, 13, 0), ICMPOther}, sample{"router advertisement", icmp(58, 134, 0), ICMPOther}),
		yesAll(sample{"redirect", icmp(1, 5, 1), ICMPError})},
	{ICMPUnknown, yesAll(sample{"flow without a type", flow(1, 0, 0, 5, 84), ICMPUnknown}),
		yesAll(sample{"type 0 told", icmp(1, 0, 0), ICMPEchoReply})},
	{GREIP, yesAll(sample{"IPv4 inside", tunnel(0x0800), GREIP}, sample{"IPv6 inside", tunnel(0x86dd), GREIP}),
		yesAll(sample{"Ethernet inside", tunnel(0x6558), GREEth}, sample{"IP in IP", other(4), IPinIP})},
	{GREEth, yesAll(sample{"Ethernet inside", tunnel(0x6558), GREEth}), yesAll(sample{"IPv4 inside", tunnel(0x0800), GREIP})},
	{GREOther, yesAll(sample{"flow", flow(47, 0, 0, 9, 540), GREOther}, sample{"PPP inside", tunnel(0x880b), GREOther}),
		yesAll(sample{"IPv4 inside", tunnel(0x0800), GREIP})},
	{IPsec, yesAll(sample{"ESP", other(50), IPsec}, sample{"AH", other(51), IPsec}), yesAll(sample{"protocol 52", other(52), ProtoOther})},
	{IPinIP, yesAll(sample{"4", other(4), IPinIP}, sample{"41", other(41), IPinIP}), yesAll(sample{"GRE", other(47), GREOther})},
	{SCTP, yesAll(sample{"132", other(132), SCTP}), yesAll(sample{"DCCP", other(33), ProtoOther})},
	{ProtoRouting, yesAll(sample{"IGMP", other(2), ProtoRouting}, sample{"OSPF", other(89), ProtoRouting}, sample{"VRRP", other(112), ProtoRouting}),
		yesAll(sample{"protocol 90", other(90), ProtoOther})},
	{ProtoOther, yesAll(sample{"253", other(253), ProtoOther}, sample{"0", other(0), ProtoOther}), yesAll(sample{"ESP", other(50), IPsec})},
	{Fragment, yesAll(
		sample{"of UDP", with(other(17), func(r *model.Record) { r.FragOffset = 1480 }), Fragment},
		sample{"of TCP", with(other(6), func(r *model.Record) { r.FragOffset = 8 }), Fragment},
	), yesAll(
		sample{"the first fragment of a DNS answer", with(dgram(53, 40000, dnsMsg(0x8180, "example.net", 46, 20, 1400)), func(r *model.Record) { r.MoreFragments = true }), DNS},
	)},
	{FlowPortsZero, yesAll(
		sample{"UDP", uflow(0, 0, 40, 1400), FlowPortsZero},
		sample{"TCP", with(tflow(0, 0, 40, 1400), func(r *model.Record) { r.DstPort = 0 }), FlowPortsZero},
		sample{"TCP without flags", flow(6, 0, 0, 4, 1400), FlowPortsZero},
	), yesAll(
		sample{"exporter that tells of fragments and says none", with(uflow(0, 0, 40, 1400), func(r *model.Record) { r.Has |= model.HasFragment }), UDP},
		sample{"packet to port 0 from port 0", dgram(0, 0, zeros(9)), UDP},
		sample{"template without ports", with(uflow(0, 0, 4, 100), func(r *model.Record) { r.Has = 0 }), UDP},
	)},
	{UDP, yesAll(
		sample{"512 octets of noise", dgram(41000, 52000, []byte(strings.Repeat("\x9c\x17\xe2\x55", 128))), UDP},
		sample{"empty datagram", dgram(161, 52000, nil), UDP},
		sample{"flow", uflow(41000, 52000, 100, 540), UDP},
	), yesAll(sample{"SNMP answer", dgram(161, 52000, snmp(1, 0xa2)), SNMP})},
	{UDPService, yesAll(
		sample{"QUIC data", dgram(443, 52000, cat(0x4a, zeros(60))), UDPService},
		sample{"ESP in UDP", dgram(4500, 4500, cat(uint32(0xc0ffee01), uint32(7), zeros(100))), UDPService},
		sample{"NAT keepalive", dgram(4500, 4500, cat(0xff)), UDPService},
		sample{"DTLS application data", dgram(443, 52000, cat(23, hexa("fefd0001000000000005"), uint16(40), zeros(40))), UDPService},
		sample{"OpenVPN data", dgram(1194, 52000, cat(0x48, zeros(90))), UDPService},
		sample{"relayed media", dgram(3478, 52000, cat(uint16(0x4001), uint16(60), zeros(60))), UDPService},
		sample{"relayed media as RTP", dgram(3480, 52000, cat(0x80, 0x6f, zeros(160))), UDPService},
		sample{"short DNS answers in a flow", uflow(53, 52000, 3, 130), UDPService},
	), yesAll(
		sample{"long DNS answers in a flow", uflow(53, 52000, 3, 1400), DNSPort},
		sample{"noise from port 80", dgram(80, 52000, cat(0x11, zeros(300))), UDP},
	)},
	{UDPVSE, yesAll(
		sample{"old query", dgram(40000, 27015, cat(uint32(0xffffffff), "TSource Engine Query\x00")), UDPVSE},
		sample{"with a challenge", dgram(40000, 27016, cat(uint32(0xffffffff), "TSource Engine Query\x00", uint32(0x0b0c0d0e))), UDPVSE},
	), yesAll(
		sample{"another query", dgram(40000, 27015, cat(uint32(0xffffffff), "U", uint32(0xffffffff))), UDP},
		sample{"an answer", dgram(27015, 40000, cat(uint32(0xffffffff), "I\x11server\x00map\x00")), Steam},
		sample{"the words without the mark", dgram(40000, 27015, cat(zeros(4), "TSource Engine Query\x00")), UDP},
	)},
	{DNSQuery, yesAll(
		sample{"A", dgram(40000, 53, dnsMsg(0x0100, "k3j9x2q8w1zz.example.net", 1, 0, 0)), DNSQuery},
		sample{"between servers", dgram(53, 53, dnsMsg(0x0000, "example.net", 255, 0, 11)), DNSQuery},
	), yesAll(
		sample{"noise to port 53", dgram(40000, 53, []byte("\xa3\x5f\x7c\x71\x9c\x17\xe2\x55\x9c\x17\xe2\x55\x9c\x17\xe2\x55")), UDP},
		sample{"answer", dgram(53, 40000, dnsMsg(0x8180, "example.net", 1, 1, 16)), DNS},
	)},
	{DNSQueryPort, yesAll(
		sample{"flow", uflow(40000, 53, 4, 66), DNSQueryPort},
		sample{"header only", snapped(40000, 53, dnsMsg(0x0100, "example.net", 1, 0, 0), 0), DNSQueryPort},
		sample{"eight octets of it", snapped(40000, 53, dnsMsg(0x0100, "example.net", 1, 0, 0), 8), DNSQueryPort},
	), yesAll(
		sample{"flow to DNS over TLS", uflow(40000, 853, 4, 66), UDP},
		sample{"flow of long answers between servers", uflow(53, 53, 4, 1200), DNSPort},
	)},
	{NTPTime, yesAll(sample{"mode 4", dgram(123, 40000, cat(0x24, 2, 6, 0xe9, zeros(44))), NTPTime}),
		yesAll(
			sample{"a client's mode 3", dgram(123, 123, cat(0x23, 0, 6, 0xe9, zeros(44))), UDP},
			sample{"too short", dgram(123, 40000, cat(0x24, zeros(19))), UDP},
			sample{"monlist", dgram(123, 40000, cat(hexa("d700032a00060048"), zeros(432))), NTP},
		)},
}

func v6(r *model.Record) {
	r.Src = model.AddrFrom(hexa("20010db8000000000000000000000001"))
	r.Dst = model.AddrFrom(hexa("20010db8000000000000000000000002"))
}
