package vector

import (
	"encoding/binary"
	"encoding/hex"
	"strings"

	"floodmark/internal/model"
)

// Builders of records. Addresses are of the documentation ranges (RFC 5737).

func hexa(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// cat joins bytes and strings into one payload.
func cat(parts ...any) []byte {
	var out []byte
	for _, p := range parts {
		switch v := p.(type) {
		case string:
			out = append(out, v...)
		case []byte:
			out = append(out, v...)
		case int:
			out = append(out, byte(v))
		case uint16:
			out = binary.BigEndian.AppendUint16(out, v)
		case uint32:
			out = binary.BigEndian.AppendUint32(out, v)
		}
	}
	return out
}

func zeros(n int) []byte { return make([]byte, n) }

func packet(proto uint8, length int) model.Record {
	return model.Record{Src: model.Addr4(0xc0000201), Dst: model.Addr4(0xcb007105), Proto: proto, IsPacket: true,
		Has: model.HasTTL | model.HasFragment, Packets: 1, Bytes: uint64(length), IPLen: uint32(length), TTL: 50}
}

// dgram is a whole UDP datagram as a packet.
func dgram(sp, dp uint16, payload []byte) model.Record {
	r := packet(model.ProtoUDP, 28+len(payload))
	r.Has |= model.HasPorts | model.HasPayload
	r.SrcPort, r.DstPort, r.Payload, r.PayloadLen = sp, dp, payload, uint32(len(payload))
	return r
}

// snapped is the same with only the first n bytes of the payload captured.
func snapped(sp, dp uint16, payload []byte, n int) model.Record {
	r := dgram(sp, dp, payload)
	r.Payload, r.Truncated = payload[:n], true
	return r
}

// flow is a flow record of packets with that mean length.
func flow(proto uint8, sp, dp uint16, packets, mean uint64) model.Record {
	return model.Record{Src: model.Addr4(0xc0000201), Dst: model.Addr4(0xcb007105), Proto: proto, Has: model.HasPorts,
		SrcPort: sp, DstPort: dp, Packets: packets, Bytes: packets * mean}
}

func uflow(sp, dp uint16, packets, mean uint64) model.Record {
	return flow(model.ProtoUDP, sp, dp, packets, mean)
}

func tflow(flags uint8, sp uint16, packets, mean uint64) model.Record {
	r := flow(model.ProtoTCP, sp, 50123, packets, mean)
	r.Has |= model.HasFlags
	r.TCPFlags = flags
	return r
}

// seg is a TCP segment as a packet.
func seg(flags uint8, sp uint16, payload string) model.Record {
	r := packet(model.ProtoTCP, 40+len(payload))
	r.Has |= model.HasPorts | model.HasFlags | model.HasTCP | model.HasPayload
	r.SrcPort, r.DstPort, r.TCPFlags = sp, 50123, flags
	r.Payload, r.PayloadLen = []byte(payload), uint32(len(payload))
	return r
}

func icmp(proto, typ, code uint8) model.Record {
	r := packet(proto, 64)
	r.Has |= model.HasICMP
	r.ICMPType, r.ICMPCode = typ, code
	return r
}

func other(proto uint8) model.Record { return packet(proto, 512) }

func tunnel(inner uint16) model.Record {
	r := packet(model.ProtoGRE, 540)
	r.Tunnel, r.TunnelType = model.GRE, inner
	return r
}

func with(r model.Record, f func(*model.Record)) model.Record {
	f(&r)
	return r
}

// tlv writes a BER value (ITU-T X.690).
func tlv(tag int, parts ...any) []byte {
	v := cat(parts...)
	if len(v) < 128 {
		return cat(tag, len(v), v)
	}
	return cat(tag, 0x82, uint16(len(v)), v)
}

// snmp is a message of version 2c with the PDU of that tag.
func snmp(version, pdu int) []byte {
	bind := tlv(0x30, tlv(0x30, tlv(0x06, hexa("2b06010201010100")), tlv(0x04, strings.Repeat("router ", 30))))
	return tlv(0x30, tlv(2, version), tlv(4, "public"), tlv(pdu, tlv(2, hexa("1234")), tlv(2, 0), tlv(2, 0), bind))
}

// snmpv3 is a message of version 3 with these flags and an opaque rest.
func snmpv3(flags int) []byte {
	return tlv(0x30, tlv(2, 3), tlv(0x30, tlv(2, hexa("00112233")), tlv(2, hexa("05dc")), tlv(4, flags), tlv(2, 3)), tlv(4, zeros(40)), tlv(4, zeros(30)))
}

// ldap is an LDAPMessage with the operation of that tag.
func ldap(op int) []byte {
	return tlv(0x30, tlv(2, 7), tlv(op, tlv(4), tlv(0x30, strings.Repeat("attribute ", 100))))
}

// dnsMsg is a message with one question for name and the given rest.
func dnsMsg(flags uint16, name string, qtype, answers uint16, rest int) []byte {
	b := cat(uint16(0x1a2b), flags, uint16(1), answers, uint16(0), uint16(0))
	for _, l := range strings.Split(name, ".") {
		b = cat(b, len(l), l)
	}
	return cat(b, 0, qtype, uint16(1), zeros(rest))
}

// rpc is an ONC RPC message of that type (0 call, 1 reply).
func rpc(typ uint32) []byte {
	return cat(uint32(0x72fe1d13), typ, uint32(0), uint32(0), uint32(0), uint32(0), zeros(80))
}

// isakmp is an IKE header with a body of n bytes.
func isakmp(responder uint32, version, exchange, flags, n int) []byte {
	return cat(uint32(0x11223344), uint32(0x55667788), responder, responder, 0x21, version, exchange, flags, uint32(0), uint32(28+n), zeros(n))
}

// stun is a message of that type with a body of n bytes.
func stun(typ uint16, n int) []byte {
	return cat(typ, uint16(n), uint32(0x2112a442), zeros(12), zeros(n))
}

// ramp is CharGEN's pattern.
func ramp(n int) []byte {
	b := zeros(n)
	for i := range b {
		b[i] = byte(' ' + i%95)
	}
	return b
}

// bvlc is a BACnet/IP message around that NPDU and APDU.
func bvlc(function int, body []byte) []byte {
	return cat(0x81, function, uint16(4+len(body)), body)
}

// rmcp is an IPMI 1.5 message without authentication and that network function.
func rmcp(netfn int) []byte {
	return cat(hexa("0600ff07"), 0, zeros(8), 9, 0x81, netfn<<2, zeros(8))
}

// quicLong is a long header of that version with connection ids of 8 bytes.
func quicLong(first int, version uint32, n int) []byte {
	return cat(first, version, 8, zeros(8), 8, zeros(8), zeros(n))
}

func slp(version, function int) []byte {
	body := cat(0, 0, zeros(3), uint16(7), uint16(2), "en", zeros(30))
	if version == 1 {
		return cat(1, function, uint16(4+len(body)), body)
	}
	n := 5 + len(body)
	return cat(2, function, 0, uint16(n), body)
}
