package vector

import "strings"

// lookAlikes adds, per service, payloads that miss its form in one point only.
var lookAlikes = map[svc][][]byte{
	svcAFS:    {cat(hexa("000003e7000000000000006500000000000000000104000000000000"), zeros(40))},
	svcBACnet: {bvlc(0x05, hexa("003c")), bvlc(0x0a, hexa("0200300102")), bvlc(0x0a, hexa("0180300102"))},
	svcCLDAP:  {cat(0x31, ldap(0x64)[1:]), cat(ldap(0x64)[:4], 3, ldap(0x64)[5:])},
	svcCrestron: {
		cat(hexa("15000001018400040000"), zeros(384)), cat(hexa("15000000028400040000"), zeros(384)), cat(hexa("15000000010400040000"), zeros(384)),
	},
	svcDTLS: {cat(24, hexa("feff0000000000000000"), uint16(47), 3, zeros(46)), cat(22, hexa("feff0001000000000000"), uint16(47), 3, zeros(46))},
	svcIPMI: {
		cat(hexa("0600ff06000011bf40000010"), zeros(16)), cat(hexa("0700ff06000011be40000010"), zeros(16)), cat(hexa("0600ff08000011be40000010"), zeros(16)),
	},
	svcJenkins: {text(`<?xml version="1.0"?><project/>`)},
	svcKad:     {hexa("e3290000")},
	svcL2TP: {
		cat(hexa("80020036000500000000000180080000000000028008000000020100"), zeros(26)),
		cat(hexa("c8020036000500000000000180080009000000028008000000020100"), zeros(26)),
	},
	svcNATPMP: {hexa("00c80000000012fd1cb00710"), hexa("0002000000001111cb007101"), hexa("0080000900001111cb007101"), hexa("0384000000001111cb007101"), cat(hexa("02810000"), zeros(9))},
	svcNetBIOS: {
		cat(hexa("13370400000000010000000020"), zeros(60)), cat(hexa("13378400000100010000000020"), zeros(60)),
		cat(hexa("13378400000000050000000020"), zeros(60)), cat(hexa("13378400000000010009000020"), zeros(60)),
	},
	svcNetis:   {cat(hexa("0a01000600010000ffffffff"), "no support commond line\n")},
	svcOpenVPN: {cat(0x40, zeros(400)), cat(0xf8, zeros(25))},
	svcPortmap: {cat(uint32(7), uint32(1), uint32(5), zeros(60))},
	svcQOTD:    {text(strings.Repeat("word ", 300)), text("onewordwithoutanyspace")},
	svcQuake:   {cat(uint32(0xffffff7f), "statusResponse\n")},
	svcQUIC:    {cat(0x0e, zeros(8), "XRST", hexa("03000000"), zeros(30)), hexa("4a00112233445566")},
	svcSLP:     {cat(slp(1, 7), 0), cat(3, slp(2, 2)[1:])},
	svcSNMP: {
		tlv(0x30, tlv(2, 3), tlv(0x30, tlv(2, hexa("00112233")), tlv(2, hexa("05dc")), tlv(5, 0), tlv(2, 3)), zeros(40)),
		tlv(0x30, tlv(2, 3), tlv(0x30, tlv(2, hexa("00112233")), tlv(2, hexa("05dc")), tlv(4, 0, 0), tlv(2, 3)), zeros(40)),
		tlv(0x30, tlv(2, 3), tlv(0x31, tlv(2, hexa("00112233")), tlv(2, hexa("05dc")), tlv(4, 0), tlv(2, 3)), zeros(40)),
		tlv(0x30, tlv(2, 3), tlv(0x30, tlv(4, hexa("00112233")), tlv(2, hexa("05dc")), tlv(4, 0), tlv(2, 3)), zeros(40)),
		cat(0x31, snmp(1, 0xa2)[1:]),
	},
	svcTFTP: {cat(hexa("00030002"), zeros(512)), cat(hexa("0005002a"), "File not found\x00")},
}

// everyday gives, per service, its ordinary traffic, which is no answer that a
// spoofed request draws.
var everyday = map[svc][][]byte{
	svcBitTorrent: {text("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"), cat(hexa("01004a21"), zeros(40))},
	svcDTLS:       {cat(21, hexa("fefd0001000000000001"), uint16(26), zeros(26)), cat(23, hexa("fefd0001000000000005"), uint16(40), zeros(40))},
	svcFiveM:      {cat(hexa("00112233"), zeros(60))},
	svcIKE:        {cat(hexa("ff"))},
	svcKad:        {cat(0xe5, zeros(60)), cat(0xe4, 0x21, zeros(40))},
	svcL2TP:       {cat(hexa("0002000500000000"), zeros(80)), cat(hexa("c8020014000500000001000180080000000000060000"))[:20]},
	svcNTP:        {cat(0x24, 2, 6, 0xe9, zeros(44))},
	svcOpenVPN:    {cat(0x30, zeros(90)), cat(0x28, zeros(21))},
	svcQuake:      {cat(hexa("05000000"), zeros(40))},
	svcQUIC:       {cat(0x4a, zeros(60))},
	svcRDP:        {cat(hexa("0000001200400004"), zeros(900))},
	svcSteam:      {cat(hexa("11000000"), zeros(200))},
	svcSTUN:       {stun(0x0001, 8), cat(uint16(0x4001), uint16(60), zeros(60)), cat(0x80, 0x6f, zeros(160))},
}
