package vector

import (
	"encoding/binary"

	"floodmark/internal/model"
)

// lowFlags are the six flags of RFC 793. ECE, CWR and AE are left out: with
// them a SYN is still a SYN (RFC 3168 section 6.1.1, RFC 9768).
const lowFlags = 0x3f

// packetFlags decides each combination of the low six flags in one packet.
// Bits: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32. A segment of a connection
// carries ACK, a SYN goes alone or with ACK, a RST or FIN never with SYN.
// URG with ACK is legal and rare (RFC 9293 section 3.8.5).
var packetFlags = [64]model.Class{
	0x00: TCPAbnormal, 0x01: TCPFin, 0x02: TCPSyn, 0x03: TCPAbnormal,
	0x04: TCPRst, 0x05: TCPAbnormal, 0x06: TCPAbnormal, 0x07: TCPAbnormal,
	0x08: TCPAbnormal, 0x09: TCPAbnormal, 0x0a: TCPAbnormal, 0x0b: TCPAbnormal,
	0x0c: TCPAbnormal, 0x0d: TCPAbnormal, 0x0e: TCPAbnormal, 0x0f: TCPAbnormal,
	0x10: TCPAck, 0x11: TCPFinAck, 0x12: TCPSynAck, 0x13: TCPAbnormal,
	0x14: TCPRstAck, 0x15: TCPAbnormal, 0x16: TCPAbnormal, 0x17: TCPAbnormal,
	0x18: TCPAck, 0x19: TCPFinAck, 0x1a: TCPAbnormal, 0x1b: TCPAbnormal,
	0x1c: TCPRstAck, 0x1d: TCPAbnormal, 0x1e: TCPAbnormal, 0x1f: TCPAbnormal,
	0x20: TCPAbnormal, 0x21: TCPAbnormal, 0x22: TCPAbnormal, 0x23: TCPAbnormal,
	0x24: TCPAbnormal, 0x25: TCPAbnormal, 0x26: TCPAbnormal, 0x27: TCPAbnormal,
	0x28: TCPAbnormal, 0x29: TCPAbnormal, 0x2a: TCPAbnormal, 0x2b: TCPAbnormal,
	0x2c: TCPAbnormal, 0x2d: TCPAbnormal, 0x2e: TCPAbnormal, 0x2f: TCPAbnormal,
	0x30: TCPAck, 0x31: TCPFinAck, 0x32: TCPAbnormal, 0x33: TCPAbnormal,
	0x34: TCPAbnormal, 0x35: TCPAbnormal, 0x36: TCPAbnormal, 0x37: TCPAbnormal,
	0x38: TCPAck, 0x39: TCPFinAck, 0x3a: TCPAbnormal, 0x3b: TCPAbnormal,
	0x3c: TCPAbnormal, 0x3d: TCPAbnormal, 0x3e: TCPAbnormal, 0x3f: TCPAbnormal,
}

// flowFlags decides each combination of flags that were OR-ed over a flow of
// several packets, where an ordinary connection may collect nearly all of
// them. SYN+RST without ACK is a SYN whose sender was surprised by the answer,
// or a half-open scan: it counts as a SYN.
var flowFlags = [64]model.Class{
	0x00: TCPAbnormal, 0x01: TCPFin, 0x02: TCPSyn, 0x03: TCPAbnormal,
	0x04: TCPRst, 0x05: TCPAbnormal, 0x06: TCPSyn, 0x07: TCPAbnormal,
	0x08: TCPAbnormal, 0x09: TCPAbnormal, 0x0a: TCPAbnormal, 0x0b: TCPAbnormal,
	0x0c: TCPAbnormal, 0x0d: TCPAbnormal, 0x0e: TCPAbnormal, 0x0f: TCPAbnormal,
	0x10: TCPAck, 0x11: TCPFinAck, 0x12: TCPSynAck, 0x13: TCPConn,
	0x14: TCPRstAck, 0x15: TCPConn, 0x16: TCPSynAck, 0x17: TCPConn,
	0x18: TCPAck, 0x19: TCPConn, 0x1a: TCPConn, 0x1b: TCPConn,
	0x1c: TCPConn, 0x1d: TCPConn, 0x1e: TCPConn, 0x1f: TCPConn,
	0x20: TCPAbnormal, 0x21: TCPAbnormal, 0x22: TCPAbnormal, 0x23: TCPAbnormal,
	0x24: TCPAbnormal, 0x25: TCPAbnormal, 0x26: TCPAbnormal, 0x27: TCPAbnormal,
	0x28: TCPAbnormal, 0x29: TCPAbnormal, 0x2a: TCPAbnormal, 0x2b: TCPAbnormal,
	0x2c: TCPAbnormal, 0x2d: TCPAbnormal, 0x2e: TCPAbnormal, 0x2f: TCPAbnormal,
	0x30: TCPAck, 0x31: TCPFinAck, 0x32: TCPConn, 0x33: TCPConn,
	0x34: TCPConn, 0x35: TCPConn, 0x36: TCPConn, 0x37: TCPConn,
	0x38: TCPAck, 0x39: TCPConn, 0x3a: TCPConn, 0x3b: TCPConn,
	0x3c: TCPConn, 0x3d: TCPConn, 0x3e: TCPConn, 0x3f: TCPConn,
}

func tcp(r *model.Record) model.Class {
	if r.Has&model.HasFlags == 0 {
		if portsZero(r) {
			return FlowPortsZero
		}
		return TCPUnknown
	}
	if !r.IsPacket {
		return tcpFlow(r)
	}
	c := packetFlags[r.TCPFlags&lowFlags]
	if r.PayloadLen > 0 {
		return tcpPayload(r, c)
	}
	if c == TCPSynAck && !listens(r.SrcPort) {
		return TCPSynAckHigh
	}
	return c
}

// tcpPayload refines the class of a packet that carries data.
func tcpPayload(r *model.Record, c model.Class) model.Class {
	switch c {
	case TCPAck, TCPFinAck:
		if d := httpStart(r.SrcPort, r.Payload); d != None {
			return d
		}
		if c == TCPAck {
			return TCPData
		}
	case TCPSyn:
		return TCPSynData
	case TCPRst, TCPRstAck:
		return TCPRstData
	case TCPSynAck:
		if !listens(r.SrcPort) {
			return TCPSynAckHigh
		}
	}
	return c
}

// maxBare is the longest IPv4 packet of a TCP segment that surely has no data:
// two headers of 20 bytes and the usual options (timestamps 12, RFC 7323; with
// selective acknowledgements up to 40 in all, which plain ACKs seldom need).
const maxBare = 60

func tcpFlow(r *model.Record) model.Class {
	if portsZero(r) {
		return FlowPortsZero
	}
	if r.Packets == 1 { // nothing was OR-ed
		return tcpFlowOf(r, packetFlags[r.TCPFlags&lowFlags])
	}
	return tcpFlowOf(r, flowFlags[r.TCPFlags&lowFlags])
}

func tcpFlowOf(r *model.Record, c model.Class) model.Class {
	switch c {
	case TCPSynAck:
		if listens(r.SrcPort) {
			return TCPSynAck
		}
		if r.Packets == 1 {
			return TCPSynAckHigh
		}
		return TCPConn // a client's SYN and its ACK
	case TCPAck:
		limit := uint64(maxBare)
		if !r.Src.Is4() {
			limit += 20
		}
		if r.Bytes > limit*r.Packets {
			return TCPData
		}
	}
	return c
}

// listens reports whether p is a port that servers commonly listen on: the
// system ports (RFC 6335 section 6) and the usual ones above them.
func listens(p uint16) bool {
	if p < 1024 {
		return true
	}
	switch p {
	case 1433, 1521, 1723, 1883, 2000, 2082, 2083, 2086, 2087, 2095, 2096, 2121, 2222, 2323, 3128, 3306, 3389,
		4443, 5000, 5060, 5222, 5223, 5269, 5432, 5555, 5900, 5985, 6379, 6443, 7547, 7777, 8000, 8008, 8009,
		8080, 8081, 8088, 8089, 8090, 8291, 8443, 8728, 8880, 8883, 8888, 9000, 9090, 9100, 9200, 9443, 10000,
		10443, 11211, 25565, 27017, 34567, 37777:
		return true
	}
	return false
}

// webPort reports the ports that HTTP answers come from.
func webPort(p uint16) bool { return p == 80 || p == 443 || p == 8080 || p == 8443 }

// httpStart looks for the start of an HTTP message, None where there is none.
func httpStart(src uint16, p []byte) model.Class {
	if len(p) < 8 {
		return None
	}
	switch binary.BigEndian.Uint32(p) {
	case txGET, txPOST, txHEAD, txPUT, txDELE, txOPTI, txPATC, txCONN, txTRAC, txPRI:
		if httpMethod(p) > 0 {
			return TCPHTTPRequest
		}
	case txHTTP:
		if p[4] == '/' && webPort(src) {
			return TCPHTTPResponse
		}
	case txHtm, txHTM, txDO, txDo, txIfr, txIFR, txMet, txScr:
		if webPort(src) {
			return TCPHTTPResponse
		}
	}
	return None
}
