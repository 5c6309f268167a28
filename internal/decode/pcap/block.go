package pcap

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
)

// Block types (draft-ietf-opsawg-pcapng section 11.1).
const (
	blockSection    = 0x0a0d0d0a // the same in both byte orders
	blockInterface  = 1
	blockPacket     = 2 // obsolete
	blockSimple     = 3
	blockNames      = 4
	blockStatistics = 5
	blockEnhanced   = 6
	blockJournal    = 9
	blockSecrets    = 10
	blockCustom     = 0x00000bad
	blockCustomKeep = 0x40000bad // the same, not to be copied by editors
)

const (
	byteOrderMagic   = 0x1a2b3c4d
	byteOrderSwapped = 0x4d3c2b1a
)

// smallest is the least total length of the blocks that are read.
func smallest(typ uint32) uint32 {
	switch typ {
	case blockSection:
		return 28
	case blockInterface:
		return 20
	case blockPacket, blockEnhanced:
		return 32
	case blockSimple:
		return 16
	case blockStatistics:
		return 24
	}
	return 12
}

func (r *Reader) u16(b []byte) uint16 {
	v := binary.LittleEndian.Uint16(b)
	if r.swap {
		v = bits.ReverseBytes16(v)
	}
	return v
}

func (r *Reader) u32(b []byte) uint32 {
	v := binary.LittleEndian.Uint32(b)
	if r.swap {
		v = bits.ReverseBytes32(v)
	}
	return v
}

func (r *Reader) u64(b []byte) uint64 {
	v := binary.LittleEndian.Uint64(b)
	if r.swap {
		v = bits.ReverseBytes64(v)
	}
	return v
}

// firstSection reads the block that makes the input a pcapng file.
func (r *Reader) firstSection() error {
	h, err := r.in.need(12, "pcapng section header")
	if err != nil {
		return err
	}
	if m := binary.LittleEndian.Uint32(h[8:]); m != byteOrderMagic && m != byteOrderSwapped {
		return &Error{Reason: notRecording, Offset: 8, Want: "the byte-order magic of pcapng", Got: fmt.Sprintf("% x", h[8:12])}
	}
	b, err := r.block()
	if err != nil {
		return err
	}
	return r.sectionHeader(b)
}

// nextBlock reads blocks until one of them is a packet.
func (r *Reader) nextBlock(p *Packet) error {
	for {
		if r.common(p) {
			return nil
		}
		b, err := r.block()
		if err != nil {
			return err
		}
		got := false
		switch r.u32(b) {
		case blockEnhanced:
			got, err = r.enhanced(b, p)
		case blockSimple:
			got, err = r.simple(b, p)
		case blockPacket:
			got, err = r.obsolete(b, p)
		default:
			err = r.other(b)
		}
		if got || err != nil {
			return err
		}
	}
}

// other reads what is not a packet.
func (r *Reader) other(b []byte) error {
	switch r.u32(b) {
	case blockSection:
		return r.sectionHeader(b)
	case blockInterface:
		return r.describeInterface(b)
	case blockStatistics:
		r.statistics(b)
	case blockNames, blockSecrets, blockJournal:
		r.info.OtherBlocks++
	case blockCustom, blockCustomKeep:
		r.info.CustomBlocks++
	default:
		r.info.UnknownBlocks++
	}
	return nil
}

// block consumes the next block and returns it with its head, and with its
// trailing length cut off. Of a block larger than the window it returns the
// beginning; the rest is skipped by the next call, so that what is returned
// stays where it is until then.
func (r *Reader) block() ([]byte, error) {
	if r.rest > 0 {
		if err := r.in.skip(r.rest, "a pcapng block's end"); err != nil {
			return nil, err
		}
		r.rest = 0
	}
	if r.in.end-r.in.pos < 12 && !r.in.fill(12) {
		if r.in.atEnd() {
			return nil, io.EOF
		}
		return nil, r.in.short(12, "pcapng block header")
	}
	h := r.in.buf[r.in.pos:r.in.end]
	r.start = r.in.offset()
	if binary.LittleEndian.Uint32(h) == blockSection {
		if err := r.sectionOrder(h); err != nil {
			return nil, err
		}
	}
	total := r.u32(h[4:])
	if least := smallest(r.u32(h)); total < least || total > maxBlock || total%4 != 0 {
		return nil, &Error{Reason: badLength, Offset: r.in.offset() + 4,
			Want: fmt.Sprintf("a block length of %d to %d in steps of 4", least, maxBlock), Got: fmt.Sprint(total)}
	}
	n := min(int(total), len(r.in.buf))
	if r.in.end-r.in.pos < n && !r.in.fill(n) {
		return nil, r.in.short(int(total), "pcapng block")
	}
	b := r.in.buf[r.in.pos : r.in.pos+n]
	if n == int(total) {
		if again := r.u32(b[n-4:]); again != total {
			return nil, &Error{Reason: badLength, Offset: r.in.offset() + int64(n) - 4,
				Want: fmt.Sprintf("the block's length %d again", total), Got: fmt.Sprint(again)}
		}
		b = b[: n-4 : n-4]
	}
	r.in.pos += n
	r.rest = int(total) - n
	return b, nil
}

func (r *Reader) sectionOrder(h []byte) error {
	switch binary.LittleEndian.Uint32(h[8:]) {
	case byteOrderMagic:
		r.setOrder(false)
	case byteOrderSwapped:
		r.setOrder(true)
	default:
		return &Error{Reason: badBlock, Offset: r.in.offset() + 8, Want: "the byte-order magic of pcapng",
			Got: fmt.Sprintf("% x", h[8:12])}
	}
	return nil
}

// sectionHeader begins a section (section 4.1). Its length field is not used:
// sections end where the next one begins.
func (r *Reader) sectionHeader(b []byte) error {
	if major := r.u16(b[12:]); major != 1 {
		return &Error{Reason: unsupported, Offset: r.start + 12, Want: "a section of pcapng version 1",
			Got: fmt.Sprintf("version %d.%d", major, r.u16(b[14:]))}
	}
	r.info.Sections++
	r.section = len(r.ifaces)
	r.options(b[24:], func(code uint16, v []byte) {
		switch code {
		case optComment:
			r.info.keep(&r.info.Comments, v, maxComment)
		case shbUserAppl:
			r.info.keep(&r.info.Apps, v, maxName)
		}
	})
	return nil
}
