package vector

import "strings"

// svcFixture gives for one service an answer, things that look like it from
// the same port, and what its class by port must and must not take.
type svcFixture struct {
	s      svc
	port   uint16
	answer [][]byte
	not    [][]byte // from the same port; must be UDP or the class in notIs
	// mean lengths of flow records that are and are not the class by port
	flowYes, flowNo uint64
}

var noise = []byte(strings.Repeat("\x9c\x17\xe2\x55\x81\x3b\x60\xf4", 40))

func text(s string) []byte { return []byte(s) }

const uuid = "uuid:2fac1234-31f8-11b4-a222-08002b34c003"

var soapMatch = text(`<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope"><SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch>` + uuid + `</d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>`)
var soapProbe = text(`<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></s:Body></s:Envelope>`)
var soapFault = text(`<SOAP-ENV:Envelope><SOAP-ENV:Body><SOAP-ENV:Fault><SOAP-ENV:Code/></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>`)

var serviceFixtures = []svcFixture{
	{s: svcAFS, port: 7001, answer: [][]byte{cat(hexa("000003e7000000000000006500000000000000000d04000000000000"), " OpenAFS 1.8.9 2023-01-01", zeros(40))},
		not: [][]byte{cat(hexa("000003e7000000000000006500000000000000000d05000000000000"), 0)}, flowYes: 121},
	{s: svcARMS, port: 3283, answer: [][]byte{cat(hexa("000103ea0031"), zeros(1000))}, not: [][]byte{hexa("0014000103"), cat(hexa("000103ea0031"), zeros(900))}, flowYes: 1034, flowNo: 33},
	{s: svcBACnet, port: 47808, answer: [][]byte{
		bvlc(0x0a, cat(hexa("0100"), hexa("30010c0c023fffff194b3ec4020002573f"))),
		bvlc(0x0b, cat(hexa("0120ffff00ff"), hexa("1000c4020002572205c4910022016c"))),
		bvlc(0x04, cat(hexa("c0000209bac0"), hexa("0108000501c8"), hexa("1000c4020002572205c4910022016c"))),
		bvlc(0x00, hexa("0030")),
	}, not: [][]byte{bvlc(0x0b, cat(hexa("0120ffff00ff"), hexa("1008"))), cat(0x81, 0x0a, uint16(99), hexa("0100300102"))}, flowYes: 80},
	{s: svcBitTorrent, port: 6881, answer: [][]byte{text("d1:rd2:id20:mnopqrstuvwxyz1234565:nodes26:abcdefghijklmnopqrstuvwxyze1:t2:aa1:y1:re")},
		not: [][]byte{text("d2:xx20:0123456789012345678901:t2:aa1:y1:ee")}, flowYes: 300},
	{s: svcCharGEN, port: 19, answer: [][]byte{ramp(1024), ramp(200)[90:]}, not: [][]byte{text(strings.Repeat("A", 512)), noise}, flowYes: 1052},
	{s: svcCitrixICA, port: 1604, answer: [][]byte{cat(hexa("3000023102fda8e302000644"), zeros(36))},
		not: [][]byte{cat(hexa("1e00013002fda8e3"), zeros(22)), cat(hexa("3000023102fda8e3"), zeros(10))}, flowYes: 200},
	{s: svcCLDAP, port: 389, answer: [][]byte{ldap(0x64), ldap(0x65)}, not: [][]byte{ldap(0x63), snmp(1, 0xa2)}, flowYes: 1400, flowNo: 80},
	{s: svcCoAP, port: 5683, answer: [][]byte{cat(hexa("68451234"), zeros(8), 0xff, "</sensors/temp>;rt=\"temperature\""), cat(hexa("60841234"))},
		not: [][]byte{cat(hexa("40011234"), 0xbb, ".well-known"), cat(hexa("c8451234"), zeros(20))}, flowYes: 900},
	{s: svcCrestron, port: 41794, answer: [][]byte{cat(hexa("15000000018400040000"), "MC3", zeros(381))}, not: [][]byte{cat(hexa("14000000010400030000"), "MC3", zeros(253))}, flowYes: 422, flowNo: 60},
	{s: svcDHDiscover, port: 37810, answer: [][]byte{cat(hexa("20000000"), "DHIP", zeros(24), `{ "mac" : "02:00:5e:00:53:01", "method" : "client.notifyDevInfo", "params" : {} }`)},
		not: [][]byte{cat(hexa("20000000"), "DHIP", zeros(24), `{ "method" : "DHDiscover.search", "params" : {} }`), cat(hexa("20000000"), "DVIP", zeros(40))}, flowYes: 758, flowNo: 40},
	{s: svcDNS, port: 53, answer: [][]byte{dnsMsg(0x8180, "example.net", 46, 12, 1100), dnsMsg(0x8183, "nx.example.net", 1, 0, 30)},
		not: [][]byte{noise, cat(zeros(2), hexa("fb80"), hexa("ffffffffffffffff"), zeros(30))}, flowYes: 1400, flowNo: 130},
	{s: svcDTLS, port: 443, answer: [][]byte{
		cat(22, hexa("feff0000000000000000"), uint16(47), 3, zeros(2), 35, zeros(44)),
		cat(22, hexa("fefd0000000000000001"), uint16(90), 2, zeros(90)),
	}, not: [][]byte{cat(22, hexa("feff0000000000000000"), uint16(90), 1, zeros(90)), cat(22, hexa("03030000000000000000"), uint16(90), 2, zeros(90))}},
	{s: svcFiveM, port: 30120, answer: [][]byte{cat(uint32(0xffffffff), "infoResponse\n\\sv_maxclients\\32\\clients\\1")}, not: [][]byte{cat(uint32(0xffffffff), "getinfo xxx")}, flowYes: 280, flowNo: 40},
	{s: svcIKE, port: 500, answer: [][]byte{isakmp(0x99, 0x20, 34, 0x20, 200), isakmp(0x99, 0x10, 2, 0, 80)}, not: [][]byte{isakmp(0, 0x20, 34, 0x08, 200), isakmp(0, 0x10, 2, 0, 80)}, flowYes: 232},
	{s: svcIPMI, port: 623, answer: [][]byte{cat(hexa("0600ff06000011be40000010"), zeros(16)), rmcp(7), cat(hexa("0600ff070611"), zeros(40))},
		not: [][]byte{cat(hexa("0600ff06000011be8000000000"), zeros(4)), rmcp(6), cat(hexa("0600ff070610"), zeros(40))}, flowYes: 58},
	{s: svcJenkins, port: 33848, answer: [][]byte{text("<hudson><version>2.193</version><url>http://ci.example.net/</url><server-id>67a6f6f1</server-id></hudson>"), text("<?xml version=\"1.0\"?><hudson><version>2.1</version></hudson>")}, not: [][]byte{text("<html><body>hudson</body></html>")}, flowYes: 168, flowNo: 29},
	{s: svcKad, port: 4672, answer: [][]byte{cat(0xe4, 0x29, zeros(40))}, not: [][]byte{cat(0xc5, 0x29, zeros(40))}, flowYes: 300},
	{s: svcL2TP, port: 1701, answer: [][]byte{cat(hexa("c8020036000500000000000180080000000000028008000000020100"), zeros(26))},
		not: [][]byte{cat(hexa("c8030024"), zeros(32)), cat(hexa("c8020099000500000000000180080000000000028008"), zeros(12))}, flowYes: 120},
	{s: svcLantronix, port: 30718, answer: [][]byte{cat(hexa("000000f9"), zeros(120)), cat(hexa("000000f7"), zeros(26))}, not: [][]byte{hexa("000000f8"), hexa("000000f6")}, flowYes: 152},
	{s: svcMDNS, port: 5353, answer: [][]byte{cat(hexa("000084000000000100000000"), 9, "_services", zeros(60))}, not: [][]byte{dnsMsg(0, "_services._dns-sd._udp.local", 12, 0, 0)}, flowYes: 300},
	{s: svcMemcached, port: 11211, answer: [][]byte{cat(hexa("0000000000020000"), "VALUE a 0 1048576\r\n", zeros(1300)), cat(hexa("0000000100020000"), zeros(1300)), cat(hexa("0000000000010000"), "END\r\n")},
		not: [][]byte{cat(hexa("0000000000010000"), "get a b c\r\n"), cat(hexa("0000000200020000"), zeros(30)), noise}, flowYes: 1428},
	{s: svcMSSQL, port: 1434, answer: [][]byte{cat(5, 60, 0, text("ServerName;DB1;InstanceName;SQLEXPRESS;IsClustered;No;tcp;1;;"[:60]))}, not: [][]byte{{2}, {4, 'a', 'b', 0}, cat(5, 60, 0, zeros(20))}, flowYes: 400},
	{s: svcNATPMP, port: 5351, answer: [][]byte{hexa("0080000000012fd1cb007101"), cat(hexa("02810000"), zeros(56))}, not: [][]byte{hexa("0000"), cat(hexa("02010000"), zeros(56))}, flowYes: 40},
	{s: svcNetBIOS, port: 137, answer: [][]byte{cat(hexa("13370400")[:2], hexa("8400"), hexa("0000000100000000"), 0x20, "CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 0, hexa("00210001"), zeros(100))},
		not: [][]byte{cat(hexa("13370010"), hexa("0001000000000000"), 0x20, "CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 0, hexa("00210001"))}, flowYes: 193},
	{s: svcNetis, port: 53413, answer: [][]byte{cat(hexa("0a00000600010000ffffffff"), "no support commond line\n\x00")}, not: [][]byte{cat(hexa("0a00000600010000ffffffff"), "something else here"), noise}, flowYes: 73},
	{s: svcNTP, port: 123, answer: [][]byte{cat(hexa("d700032a00060048"), zeros(432)), cat(hexa("d682000100000000000001d4"), zeros(200))},
		not: [][]byte{cat(hexa("1700032a"), zeros(4)), cat(hexa("1602000100000000"), zeros(4))}, flowYes: 468, flowNo: 76},
	{s: svcOpenVPN, port: 1194, answer: [][]byte{cat(0x40, zeros(8), 1, zeros(4), zeros(8), zeros(4))}, not: [][]byte{cat(0x38, zeros(13)), cat(0x43, zeros(25))}, flowYes: 54},
	{s: svcPlex, port: 32414, answer: [][]byte{text("HTTP/1.0 200 OK\r\nContent-Type: plex/media-server\r\nName: box\r\nPort: 32400\r\n")}, not: [][]byte{text("HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n"), text("M-SEARCH * HTTP/1.1\r\n\r\n")}, flowYes: 288},
	{s: svcPortmap, port: 111, answer: [][]byte{rpc(1)}, not: [][]byte{rpc(0), noise}, flowYes: 500},
	{s: svcQOTD, port: 17, answer: [][]byte{text("\"We can only see a short distance ahead, but we can see plenty there that needs to be done.\" A. Turing\r\n")}, not: [][]byte{noise, zeros(100)}, flowYes: 200},
	{s: svcQuake, port: 27960, answer: [][]byte{cat(uint32(0xffffffff), "statusResponse\n\\mapname\\q3dm17\n10 50 \"player\"\n"), cat(uint32(0xffffffff), "infoResponse\n\\game\\x"), cat(uint32(0xffffffff), "print\nserver\n")},
		not: [][]byte{cat(uint32(0xffffffff), "getstatus"), cat(uint32(0xffffffff), "statusRequest")}, flowYes: 900, flowNo: 60},
	{s: svcQUIC, port: 443, answer: [][]byte{quicLong(0xc3, 1, 1150), quicLong(0x80, 0, 8), quicLong(0xd3, 0x6b3343cf, 600), cat(0x0e, zeros(8), "PRST", hexa("03000000"), zeros(30))},
		not: [][]byte{quicLong(0x83, 1, 1150), quicLong(0xc3, 0x12345678, 1150), cat(0xc3, uint32(1), 99, zeros(120))}, flowYes: 1228},
	{s: svcRDP, port: 3389, answer: [][]byte{cat(hexa("0000000000400005fb6d06e804d004d0"), zeros(1216))}, not: [][]byte{cat(hexa("ffffffff0040000100000001"), zeros(1216))}, flowYes: 1260, flowNo: 400},
	{s: svcRIP, port: 520, answer: [][]byte{cat(hexa("02010000"), zeros(500)), cat(hexa("02020000"), zeros(40))}, not: [][]byte{cat(hexa("01010000"), zeros(20)), cat(hexa("02010000"), zeros(33))}, flowYes: 532},
	{s: svcSentinel, port: 5093, flowYes: 200},
	{s: svcSIP, port: 5060, answer: [][]byte{text("SIP/2.0 400 Bad Request\r\nContent-Length: 0\r\n\r\n")}, not: [][]byte{text("OPTIONS sip:100@192.0.2.9 SIP/2.0\r\n\r\n"), noise}, flowYes: 400},
	{s: svcSLP, port: 427, answer: [][]byte{slp(2, 2), slp(2, 10), slp(1, 7)}, not: [][]byte{slp(2, 1), slp(2, 9), cat(slp(2, 2), 0)}, flowYes: 1200},
	{s: svcSNMP, port: 161, answer: [][]byte{snmp(1, 0xa2), snmp(0, 0xa2), snmpv3(0), snmp(1, 0xa8)}, not: [][]byte{snmp(1, 0xa5), snmp(1, 0xa0), snmpv3(4), snmp(7, 0xa2), noise}, flowYes: 1400},
	{s: svcSSDP, port: 1900, answer: [][]byte{
		text("HTTP/1.1 200 OK\r\nCache-Control: max-age=120\r\nST: upnp:rootdevice\r\nUSN: " + uuid + "::upnp:rootdevice\r\n\r\n"),
		text("HTTP/1.1 200 OK\r\nst: ssdp:all\r\n\r\n"),
	}, not: [][]byte{text("M-SEARCH * HTTP/1.1\r\nMAN: \"ssdp:discover\"\r\nST: ssdp:all\r\n\r\n"), text("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"), text("NOTIFY * HTTP/1.1\r\nNTS: ssdp:alive\r\n\r\n")}, flowYes: 340, flowNo: 1400},
	{s: svcSteam, port: 27015, answer: [][]byte{cat(uint32(0xffffffff), "I\x11Server\x00de_dust2\x00cstrike\x00"), cat(uint32(0xffffffff), "A", uint32(7)), cat(uint32(0xffffffff), "D\x02\x00name\x00"), cat(uint32(0xfeffffff), zeros(1200))},
		not: [][]byte{cat(uint32(0xffffffff), "U", uint32(0xffffffff)), cat(uint32(0xffffffff), "connect0x0A")}, flowYes: 200, flowNo: 50},
	{s: svcSTUN, port: 3478, answer: [][]byte{stun(0x0101, 80), stun(0x0111, 8)}, not: [][]byte{cat(uint16(0x0101), uint16(80), uint32(0x01020304), zeros(92)), cat(stun(0x0101, 80), zeros(3))}, flowYes: 128},
	{s: svcTFTP, port: 69, answer: [][]byte{cat(hexa("00030001"), zeros(512)), cat(hexa("00050001"), "File not found\x00")}, not: [][]byte{cat(hexa("0001"), "file\x00octet\x00"), cat(hexa("00030001"), zeros(700)), cat(hexa("00050001"), "not ended")}},
	{s: svcTP240, port: 10074, flowYes: 60},
	{s: svcUbiquiti, port: 10001, answer: [][]byte{cat(hexa("0100"), uint16(20), zeros(20)), cat(hexa("0206"), uint16(40), zeros(40))}, not: [][]byte{hexa("01000000"), hexa("02080000"), cat(hexa("0100"), uint16(20), zeros(30))}, flowYes: 150},
	{s: svcVxWorks, port: 17185, answer: [][]byte{rpc(1)}, not: [][]byte{rpc(0)}, flowYes: 216},
	{s: svcWSD, port: 3702, answer: [][]byte{soapMatch, soapFault}, not: [][]byte{soapProbe, text("<html><body>hello</body></html>"), noise}, flowYes: 1000, flowNo: 60},
	{s: svcXDMCP, port: 177, answer: [][]byte{cat(hexa("00010005"), uint16(28), zeros(28))}, not: [][]byte{cat(hexa("00010002"), uint16(1), zeros(1)), cat(hexa("00010005"), uint16(28), zeros(5))}, flowYes: 72},
}
