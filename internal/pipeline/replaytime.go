package pipeline

import (
	"encoding/binary"

	"floodmark/internal/clock"
	"floodmark/internal/source/flowudp"
)

// replayTime returns when a datagram of a replay was sent by its own clock, and
// lets the server's follow it. NetFlow and IPFIX carry seconds, sFlow the
// milliseconds since the agent's start.
func (x *Reader) replayTime(d *flowudp.Datagram) int64 {
	at := d.At
	b := d.Payload
	be := binary.BigEndian
	switch {
	case x.netflow != nil && len(b) >= 12 && (be.Uint16(b) == 9 || be.Uint16(b) == 5):
		at = int64(be.Uint32(b[8:])) * 1e9
	case x.netflow != nil && len(b) >= 8 && be.Uint16(b) == 10:
		at = int64(be.Uint32(b[4:])) * 1e9
	case x.sflow != nil && len(b) >= 24 && be.Uint32(b[4:]) == 1: // agent with an IPv4 address
		up := int64(be.Uint32(b[20:])) * 1e6
		start, ok := x.started[d.From]
		if !ok || d.At-up < start { // the datagram that was least late tells best
			start = d.At - up
			x.started[d.From] = start
		}
		at = start + up
	}
	if at > d.At || d.At-at > int64(10*clock.ExporterTimeout)*int64(max(1, x.clock.Speed())) {
		at = d.At
	}
	x.clock.Exported(at)
	return at
}
