package payload

import (
	"encoding/binary"
	"math/rand/v2"

	"floodmark/internal/scenario/wire"
)

// Gen is what a payload may depend on.
type Gen struct {
	R    *rand.Rand
	Host uint64 // the machine that sends: its answers are alike
	Xact uint64 // the transaction: a question and its answer share it
	I    int    // number of the datagram within one answer
	Of   int    // datagrams that the answer has
}

// Maker appends one payload.
type Maker func(b []byte, g *Gen) []byte

// Service is one UDP service.
type Service struct {
	Name    string // as in the vector reflection-NAME
	Port    uint16
	Inside  bool   // belongs in a local network; else across the internet
	SamePrt bool   // clients ask from the service's own port
	Group   uint32 // address that a whole local network listens to; 0: none
	Query   Maker  // an ordinary question
	Answer  Maker  // its answer
	Abuse   Maker  // one datagram of what an abused machine sends; nil: Answer
	Bursts  [2]int // least and most datagrams that one forged question draws
	Gap     float64
	Egress  float64 // part of the machines that answer from another port
	Data    Maker   // what flows afterwards, both ways, in the same conversation; nil: nothing
}

func u16(b []byte, v int) []byte    { return binary.BigEndian.AppendUint16(b, uint16(v)) }
func u32(b []byte, v uint32) []byte { return binary.BigEndian.AppendUint32(b, v) }
func u64(b []byte, v uint64) []byte { return binary.BigEndian.AppendUint64(b, v) }

func noise(b []byte, n int, seed uint64) []byte { return wire.AppendTail(b, n, wire.TailRandom, seed) }

func zeros(b []byte, n int) []byte { return wire.AppendTail(b, n, wire.TailZero, 0) }

// between is a number from lo to hi that belongs to the machine.
func between(h uint64, lo, hi int) int {
	h ^= h >> 29
	h *= 0xbf58476d1ce4e5b9
	return lo + int(h>>33)%(hi-lo+1)
}

// broadcast is that of the local network 198.18.16.0/22 (RFC 919).
const broadcast = 198<<24 | 18<<16 | 19<<8 | 255

const (
	us = 1e3
	ms = 1e6
)

// Services lists every service that a reflection vector is named after.
func Services() []Service {
	return []Service{
		{Name: "dns", Port: 53, Query: DNSQuery, Answer: DNSAnswer, Abuse: dnsLarge, Bursts: [2]int{1, 1}},
		{Name: "ntp", Port: 123, SamePrt: true, Query: ntpQuery, Answer: ntpAnswer, Abuse: ntpMonlist, Bursts: [2]int{4, 100}, Gap: 18 * us},
		{Name: "cldap", Port: 389, Inside: true, Query: cldapQuery, Answer: cldapNetlogon, Abuse: cldapRoot, Bursts: [2]int{1, 1}},
		{Name: "memcached", Port: 11211, Inside: true, Query: memcachedGet, Answer: memcachedSmall, Abuse: memcachedLarge, Bursts: [2]int{50, 180}, Gap: 12 * us},
		{Name: "ssdp", Port: 1900, Inside: true, Group: 239<<24 | 255<<16 | 255<<8 | 250, Query: ssdpSearch, Answer: ssdpAnswer, Bursts: [2]int{3, 11}, Gap: 900 * us, Egress: 0.32},
		{Name: "chargen", Port: 19, Inside: true, Query: oneByte, Answer: chargen, Bursts: [2]int{1, 1}},
		{Name: "qotd", Port: 17, Inside: true, Query: oneByte, Answer: quote, Bursts: [2]int{1, 1}},
		{Name: "snmp", Port: 161, Inside: true, Query: snmpGet, Answer: snmpAnswer, Abuse: snmpBulk, Bursts: [2]int{1, 1}},
		{Name: "netbios", Port: 137, Inside: true, Group: broadcast, SamePrt: true, Query: netbiosQuery, Answer: netbiosStatus, Bursts: [2]int{1, 2}, Gap: 2 * ms},
		{Name: "portmap", Port: 111, Inside: true, Query: portmapGetport, Answer: portmapPort, Abuse: portmapDump, Bursts: [2]int{1, 1}},
		{Name: "rip", Port: 520, Inside: true, Group: 224<<24 | 9, SamePrt: true, Query: ripRequest, Answer: ripResponse, Bursts: [2]int{1, 10}, Gap: 200 * us},
		{Name: "tftp", Port: 69, Inside: true, Query: tftpRead, Answer: tftpData, Bursts: [2]int{2, 6}, Gap: 1000 * ms, Egress: 1},
		{Name: "mdns", Port: 5353, Inside: true, Group: 224<<24 | 251, SamePrt: true, Query: mdnsQuery, Answer: mdnsAnswer, Bursts: [2]int{1, 1}},
		{Name: "steam", Port: 27015, Query: A2SInfo, Answer: A2SAnswer, Abuse: a2sRules, Bursts: [2]int{1, 4}, Gap: 30 * us},
		{Name: "ws-discovery", Port: 3702, Inside: true, Group: 239<<24 | 255<<16 | 255<<8 | 250, Query: wsdProbe, Answer: wsdMatch, Bursts: [2]int{1, 1}},
		{Name: "arms", Port: 3283, Inside: true, Query: armsQuery, Answer: armsAnswer, Bursts: [2]int{2, 2}, Gap: 60 * us},
		{Name: "rdp", Port: 3389, Inside: true, Query: rdpSYN, Answer: rdpSYNACK, Bursts: [2]int{2, 5}, Gap: 400 * ms, Data: rdpData},
		{Name: "coap", Port: 5683, Inside: true, Query: coapGet, Answer: coapReading, Abuse: coapCore, Bursts: [2]int{1, 1}},
		{Name: "dhdiscover", Port: 37810, Inside: true, Group: 239<<24 | 255<<16 | 255<<8 | 251, Query: dhQuery, Answer: dhAnswer, Bursts: [2]int{1, 1}},
		{Name: "tp240", Port: 10074, Inside: true, Query: tp240Query, Answer: tp240Answer, Abuse: tp240Blast, Bursts: [2]int{200, 900}, Gap: 60 * us},
		{Name: "slp", Port: 427, Inside: true, Group: 239<<24 | 255<<16 | 255<<8 | 253, Query: slpRequest, Answer: slpReply, Bursts: [2]int{1, 1}},
		{Name: "plex", Port: 32414, Inside: true, Group: 239<<24 | 250, Query: plexSearch, Answer: plexAnswer, Bursts: [2]int{1, 2}, Gap: 300 * us},
		{Name: "jenkins", Port: 33848, Inside: true, Group: broadcast, Query: oneByte, Answer: jenkinsAnswer, Bursts: [2]int{1, 1}},
		{Name: "stun", Port: 3478, Query: STUNRequest, Answer: STUNResponse, Bursts: [2]int{1, 1}, Data: rtp},
		{Name: "dtls", Port: 443, Query: dtlsHello, Answer: dtlsVerify, Abuse: dtlsFlight, Bursts: [2]int{4, 8}, Gap: 15 * us, Data: dtlsData},
		{Name: "quic", Port: 443, Query: quicInitial, Answer: quicServer, Bursts: [2]int{3, 8}, Gap: 20 * us, Data: QUICData},
		{Name: "openvpn", Port: 1194, Query: openvpnReset, Answer: openvpnServer, Bursts: [2]int{4, 8}, Gap: 2000 * ms, Data: openvpnData},
		{Name: "l2tp", Port: 1701, Query: l2tpSCCRQ, Answer: l2tpSCCRP, Bursts: [2]int{4, 9}, Gap: 1000 * ms, Data: l2tpData},
		{Name: "mssql", Port: 1434, Inside: true, Group: broadcast, Query: mssqlQuery, Answer: mssqlAnswer, Bursts: [2]int{1, 1}},
		{Name: "ipmi", Port: 623, Inside: true, Query: ipmiQuery, Answer: ipmiAnswer, Bursts: [2]int{1, 1}},
		{Name: "ike", Port: 500, SamePrt: true, Query: ikeInit, Answer: ikeAnswer, Bursts: [2]int{3, 9}, Gap: 3000 * ms},
		{Name: "bacnet", Port: 47808, Inside: true, Group: broadcast, SamePrt: true, Query: bacnetRead, Answer: bacnetValue, Abuse: bacnetMany, Bursts: [2]int{1, 1}},
		{Name: "ubiquiti", Port: 10001, Inside: true, Group: broadcast, Query: ubntQuery, Answer: ubntAnswer, Bursts: [2]int{1, 1}},
	}
}
