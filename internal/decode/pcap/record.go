package pcap

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
)

// Magic numbers of the pcap file header as a little-endian reader sees them.
const (
	magicMicro           = 0xa1b2c3d4
	magicNano            = 0xa1b23c4d
	magicModified        = 0xa1b2cd34 // Kuznetzov's patch of libpcap: 8 bytes more in each record header
	magicMicroSwapped    = 0xd4c3b2a1
	magicNanoSwapped     = 0x4d3cb2a1
	magicModifiedSwapped = 0x34cdb2a1
)

const fileHeaderLen = 24

// fileHeader reads the head of a pcap file (draft-ietf-opsawg-pcap section 4).
func (r *Reader) fileHeader(magic []byte) error {
	r.scale, r.header = 1000, 16
	m := binary.LittleEndian.Uint32(magic)
	switch m {
	case magicMicroSwapped, magicNanoSwapped, magicModifiedSwapped:
		r.swap, m = true, bits.ReverseBytes32(m)
	}
	switch m {
	case magicMicro:
	case magicNano:
		r.scale = 1
	case magicModified:
		r.header = 24
	default:
		return &Error{Reason: notRecording, Want: "the magic number of pcap or pcapng", Got: fmt.Sprintf("% x", magic)}
	}
	r.setOrder(r.swap)
	h, err := r.in.need(fileHeaderLen, "pcap file header")
	if err != nil {
		return err
	}
	major, minor := r.u16(h[4:]), r.u16(h[6:])
	// Before 2.4 the two lengths of a record stood in the other order.
	if major != 2 || minor < 4 {
		return &Error{Reason: unsupported, Offset: 4, Want: "pcap version 2.4", Got: fmt.Sprintf("%d.%d", major, minor)}
	}
	// The upper bits tell the length of frame check sequences; what follows
	// an IP packet in its frame is ignored anyway.
	r.link = uint16(r.u32(h[20:]))
	r.info.Interfaces = append(r.info.Interfaces, Interface{LinkType: r.link, SnapLen: r.u32(h[16:])})
	r.in.pos += fileHeaderLen
	return nil
}

func (r *Reader) setOrder(big bool) {
	r.swap, r.info.BigEndian = big, big
}

// nextRecord reads a record header and its packet.
func (r *Reader) nextRecord(p *Packet) error {
	n := r.header
	if r.in.end-r.in.pos < n && !r.in.fill(n) {
		if r.in.atEnd() {
			return io.EOF
		}
		return r.in.short(n, "pcap record header")
	}
	h := r.in.buf[r.in.pos : r.in.pos+n : r.in.end]
	sec, frac := binary.LittleEndian.Uint32(h), binary.LittleEndian.Uint32(h[4:])
	capLen, wireLen := binary.LittleEndian.Uint32(h[8:]), binary.LittleEndian.Uint32(h[12:])
	if r.swap {
		sec, frac = bits.ReverseBytes32(sec), bits.ReverseBytes32(frac)
		capLen, wireLen = bits.ReverseBytes32(capLen), bits.ReverseBytes32(wireLen)
	}
	if capLen > maxPacket {
		return &Error{Reason: badLength, Offset: r.in.offset() + 8,
			Want: fmt.Sprintf("a captured length of at most %d", maxPacket), Got: fmt.Sprint(capLen)}
	}
	total := n + int(capLen)
	if r.in.end-r.in.pos < total && !r.in.fill(total) {
		return r.in.short(total, "pcap record")
	}
	p.Data = r.in.buf[r.in.pos+n : r.in.pos+total : r.in.pos+total]
	p.Time = int64(uint64(sec)*1e9 + uint64(frac)*r.scale) // below 2^63: 2^32 s is the year 2106
	p.Untimed = false
	p.CapLen, p.WireLen, p.LinkType, p.Interface = capLen, wireLen, r.link, 0
	r.in.pos += total
	return nil
}
