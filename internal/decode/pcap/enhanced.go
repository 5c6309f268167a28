package pcap

import (
	"encoding/binary"
	"fmt"
)

// common delivers the next block if it is the ordinary case in every respect:
// an enhanced packet block, little-endian, whole in the window, without
// options. Anything else is left to block and enhanced, which do the same in
// half the speed and tell what is wrong.
func (r *Reader) common(p *Packet) bool {
	b := r.in.buf[r.in.pos:r.in.end]
	if r.rest > 0 || r.swap || len(b) < 32 || binary.LittleEndian.Uint32(b) != blockEnhanced {
		return false
	}
	total, capLen := uint64(binary.LittleEndian.Uint32(b[4:])), uint64(binary.LittleEndian.Uint32(b[20:]))
	id := uint64(r.section) + uint64(binary.LittleEndian.Uint32(b[8:]))
	if total != 32+(capLen+3)&^3 || total > uint64(len(b)) || capLen > maxPacket || id >= uint64(len(r.ifaces)) ||
		uint64(binary.LittleEndian.Uint32(b[total-4:])) != total {
		return false
	}
	f := &r.ifaces[id]
	p.Time, p.Untimed = f.time(binary.LittleEndian.Uint32(b[12:]), binary.LittleEndian.Uint32(b[16:])), false
	p.Data = b[28 : 28+capLen : 28+capLen]
	p.CapLen, p.WireLen = uint32(capLen), binary.LittleEndian.Uint32(b[24:])
	p.LinkType, p.Interface = f.link, uint32(id)
	r.in.pos += int(total)
	return true
}

// enhanced reads an enhanced packet block (section 4.3). It returns false for
// a packet that cannot be delivered because its interface is not described.
func (r *Reader) enhanced(b []byte, p *Packet) (bool, error) {
	const head = 28
	capLen := r.u32(b[20:])
	padded, err := r.captured(capLen, len(b)-head)
	if err != nil {
		return false, err
	}
	if rest := b[head+padded:]; len(rest) > 0 {
		r.packetOptions(rest)
	}
	return r.deliver(uint64(r.u32(b[8:])), b[:head+capLen:head+capLen], p), nil
}

// obsolete reads a packet block of the kind that enhanced packet blocks have
// replaced (draft-ietf-opsawg-pcapng appendix A).
func (r *Reader) obsolete(b []byte, p *Packet) (bool, error) {
	const head, unknown = 28, 0xffff
	capLen := r.u32(b[20:])
	padded, err := r.captured(capLen, len(b)-head)
	if err != nil {
		return false, err
	}
	if d := r.u16(b[10:]); d != unknown {
		r.info.Drops.Reported = true
		r.info.Drops.AtPackets = saturate(r.info.Drops.AtPackets, uint64(d))
	}
	// Its options 2 and 3 are those of enhanced packet blocks; it has no drop count among them.
	r.options(b[head+padded:], func(code uint16, _ []byte) {
		if code == optComment {
			r.info.PacketComments++
		}
	})
	return r.deliver(uint64(r.u16(b[8:])), b[:head+capLen:head+capLen], p), nil
}

// deliver fills p from the fields that both kinds of packet block share. It
// returns false where the section does not describe the interface.
func (r *Reader) deliver(id uint64, b []byte, p *Packet) bool {
	id += uint64(r.section)
	if id >= uint64(len(r.ifaces)) {
		r.info.OrphanPackets++
		return false
	}
	f := &r.ifaces[id]
	p.Time, p.Untimed = f.time(r.u32(b[12:]), r.u32(b[16:])), false
	p.Data = b[28:]
	p.CapLen, p.WireLen, p.LinkType, p.Interface = uint32(len(p.Data)), r.u32(b[24:]), f.link, uint32(id)
	return true
}

// simple reads a simple packet block (section 4.4): no time, the first
// interface of the section, and a captured length that must be worked out.
func (r *Reader) simple(b []byte, p *Packet) (bool, error) {
	const head = 12
	if r.section >= len(r.ifaces) {
		r.info.OrphanPackets++
		return false, nil
	}
	f := &r.ifaces[r.section]
	wireLen := r.u32(b[8:])
	capLen := min(wireLen, uint32(len(b)-head))
	if f.snap > 0 {
		capLen = min(capLen, f.snap)
	}
	if _, err := r.captured(capLen, len(b)-head); err != nil {
		return false, err
	}
	p.Time, p.Untimed = 0, true
	r.info.PacketsTimeless++
	p.Data = b[head : head+capLen : head+capLen]
	p.CapLen, p.WireLen, p.LinkType, p.Interface = capLen, wireLen, f.link, uint32(r.section)
	return true, nil
}

// captured checks the captured length against the room in its block and
// returns it padded to 4 bytes.
func (r *Reader) captured(capLen uint32, room int) (int, error) {
	padded := (int64(capLen) + 3) &^ 3
	if capLen > maxPacket || padded > int64(room) {
		return 0, &Error{Reason: badLength, Offset: r.start,
			Want: fmt.Sprintf("a packet block that holds at most %d captured octets", min(room, maxPacket)), Got: fmt.Sprint(capLen)}
	}
	return int(padded), nil
}

// packetOptions reads what an enhanced packet block says besides the packet.
func (r *Reader) packetOptions(b []byte) {
	r.options(b, func(code uint16, v []byte) {
		switch {
		case code == optComment:
			r.info.PacketComments++
		case code == epbDropCount && len(v) == 8:
			r.info.Drops.Reported = true
			r.info.Drops.AtPackets = saturate(r.info.Drops.AtPackets, r.u64(v))
		}
	})
}
