// Package pcap reads recordings of packets in the pcap and pcapng formats
// (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng) from an io.Reader, packet
// by packet, with what the recording says of itself: drops, comments, the
// program that wrote it.
//
// It does not look into packets, does not decompress, does not write, and does
// not judge timestamps: a clock that runs backwards is delivered as it stands.
//
// A Reader belongs to one goroutine at a time; it starts none and reads from
// its source only inside NewReader and Next. The Reader owns the memory of the
// packets it hands out: Packet.Data is valid until the next call of Next.
// No length of the input is trusted: see maxPacket and maxBlock.
package pcap

import (
	"encoding/binary"
	"io"
)

// Limits on what a length field may claim.
const (
	maxPacket     = 256 << 10 // bytes captured of one packet
	maxBlock      = 16 << 20  // bytes of one pcapng block
	maxInterfaces = 1 << 16   // pcapng interfaces in one recording
)

// Packet is one captured packet.
type Packet struct {
	// Time is Unix time in ns, cut to the range of int64. Untimed is set where
	// the recording has none (simple packet blocks); Time is 0 then.
	Time    int64
	Untimed bool
	// Data is what was captured, valid until the next call of Next.
	Data []byte
	// CapLen is len(Data); WireLen is what the packet measured on the wire as
	// the recording tells it, which damaged recordings may put below CapLen.
	CapLen, WireLen uint32
	// LinkType is the LINKTYPE_ number (https://www.tcpdump.org/linktypes.html).
	LinkType uint16
	// Interface is an index into Info.Interfaces. It counts over the whole
	// recording, also across the sections of a pcapng file, and is 0 in pcap.
	Interface uint32
}

// Reader reads one recording.
type Reader struct {
	in   input
	swap bool // the file, or the current pcapng section, is big-endian
	ng   bool
	err  error // sticky: what the next call of Next returns
	info Info

	// pcap
	header int    // bytes of a record header: 16, or 24 in Kuznetzov's variant
	scale  uint64 // ns per unit of the fraction
	link   uint16

	// pcapng
	ifaces  []iface
	section int   // index into ifaces of the current section's first
	start   int64 // offset of the current block
	rest    int   // bytes of the current block beyond the window
}

// NewReader reads the head of a recording from src. The error is an *Error
// when the input is no recording, of an unsupported version, or ends inside
// its head.
func NewReader(src io.Reader) (*Reader, error) { return newReader(src, make([]byte, bufSize)) }

func newReader(src io.Reader, buf []byte) (*Reader, error) {
	r := &Reader{in: input{src: src, buf: buf}}
	magic, err := r.in.need(4, "the magic number of pcap or pcapng")
	if err != nil {
		return nil, err
	}
	if binary.LittleEndian.Uint32(magic) == blockSection {
		r.ng = true
		r.info.Format = "pcapng"
		err = r.firstSection()
	} else {
		r.info.Format = "pcap"
		err = r.fileHeader(magic)
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Next fills p with the next packet. It returns io.EOF after the last one and
// an *Error where the recording is damaged or cut; everything before that
// place has been delivered, and nothing after it will be. It allocates nothing
// for packets.
func (r *Reader) Next(p *Packet) error {
	if r.err != nil {
		return r.err
	}
	var err error
	if r.ng {
		err = r.nextBlock(p)
	} else {
		err = r.nextRecord(p)
	}
	if err != nil {
		r.err = err
		return err
	}
	r.info.Packets++
	return nil
}

// Offset returns how many bytes of the input have been read and understood,
// for the display of progress.
func (r *Reader) Offset() int64 { return r.in.offset() }

// Sniff recognizes a recording by its first octets (12 are enough; 4 are the
// least): "pcap" or "pcapng". It is true also for variants that NewReader
// refuses with a clear error.
func Sniff(prefix []byte) (format string, ok bool) {
	if len(prefix) < 4 {
		return "", false
	}
	switch m := binary.LittleEndian.Uint32(prefix); m {
	case magicMicro, magicNano, magicModified, magicMicroSwapped, magicNanoSwapped, magicModifiedSwapped:
		return "pcap", true
	case blockSection:
		if len(prefix) < 12 {
			return "pcapng", true
		}
		if b := binary.LittleEndian.Uint32(prefix[8:]); b == byteOrderMagic || b == byteOrderSwapped {
			return "pcapng", true
		}
	}
	return "", false
}
