package wire

import (
	"encoding/binary"
	"io"
)

// Header describes a file of packets.
type Header struct {
	Application string // shb_userappl: what wrote the file
	Comment     string // opt_comment of the section
	Interface   string // if_description
	Snap        int    // bytes kept of each frame; 0 keeps them all
	VLAN        uint16 // 802.1Q tag of every frame, 0 for none
}

// Writer writes Ethernet frames as one pcapng section with one interface and
// times in nanoseconds (draft-ietf-opsawg-pcapng). It holds at most one buffer
// of about a megabyte. The first error of the underlying writer sticks and
// comes back from Flush.
type Writer struct {
	w    io.Writer
	buf  []byte
	err  error
	snap int
	vlan uint16
}

const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockPacket    = 6
	flushAt        = 1 << 20
)

// Locally administered MAC addresses: the router's and the watched side's.
var router, inside = [6]byte{0x02, 0, 0x5e, 0, 0, 1}, [6]byte{0x02, 0, 0x5e, 0, 0, 2}

// NewWriter starts a file. The header is written with the first flush.
func NewWriter(w io.Writer, h Header) *Writer {
	wr := &Writer{w: w, buf: make([]byte, 0, flushAt+1<<17), snap: h.Snap, vlan: h.VLAN}
	section := binary.LittleEndian.AppendUint32(nil, 0x1a2b3c4d)
	section = append(section, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255) // 1.0, length not told
	section = appendOption(section, 4, h.Application)
	section = appendOption(section, 1, h.Comment)
	section = append(section, 0, 0, 0, 0)
	wr.block(blockSection, section)
	iface := []byte{1, 0, 0, 0} // Ethernet
	iface = binary.LittleEndian.AppendUint32(iface, uint32(h.Snap))
	iface = appendOption(iface, 3, h.Interface)
	iface = append(iface, 9, 0, 1, 0, 9, 0, 0, 0) // if_tsresol: 10^-9
	iface = append(iface, 0, 0, 0, 0)
	wr.block(blockInterface, iface)
	return wr
}

func appendOption(b []byte, code uint16, s string) []byte {
	if s == "" {
		return b
	}
	b = binary.LittleEndian.AppendUint16(b, code)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(s)))
	b = append(b, s...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func (w *Writer) block(kind uint32, body []byte) {
	n := uint32(12 + len(body))
	w.buf = binary.LittleEndian.AppendUint32(w.buf, kind)
	w.buf = binary.LittleEndian.AppendUint32(w.buf, n)
	w.buf = append(w.buf, body...)
	w.buf = binary.LittleEndian.AppendUint32(w.buf, n)
}

// Packet writes p at time ns (Unix nanoseconds) and returns the bytes of the
// IP packet, header included.
func (w *Writer) Packet(ns int64, p *Packet) int {
	at := len(w.buf)
	b := append(w.buf, make([]byte, 28)...)
	frame := len(b)
	b = w.appendEthernet(b, p)
	ip := len(b)
	b = p.appendIP(b)
	bytes := len(b) - ip
	if p.In { // a received frame is never shorter than 60 bytes (IEEE 802.3, without its checksum)
		for len(b)-frame < 60 {
			b = append(b, 0)
		}
	}
	wire := len(b) - frame
	kept := wire
	if w.snap > 0 && kept > w.snap {
		kept = w.snap
		b = b[:frame+kept]
	}
	for (len(b)-frame)%4 != 0 {
		b = append(b, 0)
	}
	total := uint32(len(b) - at + 4)
	b = binary.LittleEndian.AppendUint32(b, total)
	h := b[at:]
	binary.LittleEndian.PutUint32(h, blockPacket)
	binary.LittleEndian.PutUint32(h[4:], total)
	binary.LittleEndian.PutUint32(h[12:], uint32(uint64(ns)>>32))
	binary.LittleEndian.PutUint32(h[16:], uint32(ns))
	binary.LittleEndian.PutUint32(h[20:], uint32(kept))
	binary.LittleEndian.PutUint32(h[24:], uint32(wire))
	w.buf = b
	if len(b) >= flushAt {
		w.write()
	}
	return bytes
}

func (w *Writer) appendEthernet(b []byte, p *Packet) []byte {
	dst, src := inside, router
	if !p.In {
		dst, src = router, inside
	}
	b = append(b, dst[:]...)
	b = append(b, src[:]...)
	if w.vlan != 0 {
		b = append(b, 0x81, 0, byte(w.vlan>>8), byte(w.vlan))
	}
	if p.Src.Is4() {
		return append(b, 0x08, 0x00)
	}
	return append(b, 0x86, 0xdd)
}

func (w *Writer) write() {
	if w.err == nil && len(w.buf) > 0 {
		_, w.err = w.w.Write(w.buf)
	}
	w.buf = w.buf[:0]
}

// Err returns the first error of the underlying writer.
func (w *Writer) Err() error { return w.err }

// Flush writes what is buffered and returns the first error met.
func (w *Writer) Flush() error {
	w.write()
	return w.err
}
