package sflow

import "encoding/binary"

// IsExport reports whether a UDP payload is an sFlow version 5 datagram. It
// goes by structure: version, address type, and samples whose lengths and count
// add up to exactly the payload, so that no random payload passes in practice.
// A datagram cut short by the capture does not pass.
func IsExport(payload []byte) bool {
	const smallest = 28 + 8
	if len(payload) < smallest || len(payload)%4 != 0 {
		return false
	}
	be := binary.BigEndian
	at := 24
	switch be.Uint32(payload[4:]) {
	case 1:
	case 2:
		at = 36
	default:
		return false
	}
	if be.Uint32(payload) != 5 || len(payload) < at+4 {
		return false
	}
	samples := be.Uint32(payload[at:])
	b := payload[at+4:]
	if samples == 0 || uint64(samples)*8 > uint64(len(b)) {
		return false
	}
	for ; samples > 0; samples-- {
		if len(b) < 8 {
			return false
		}
		n := be.Uint32(b[4:])
		if n%4 != 0 || uint64(n) > uint64(len(b)-8) {
			return false
		}
		b = b[8+n:]
	}
	return len(b) == 0
}
