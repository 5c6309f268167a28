package wire

import "floodmark/internal/model"

// Fragments cuts p into the IP packets that a sender whose path carries mtu
// bytes would send, the first fragment first, and hands each to emit. A
// packet that fits is handed on as it is. scratch is reused and returned.
func Fragments(p *Packet, mtu int, scratch []byte, emit func(*Packet)) []byte {
	head := 20
	if !p.Src.Is4() {
		head = 48 // with the fragment header
	}
	pseudo := sum(appendAddrs(nil, p), 0)
	scratch = p.appendTransport(scratch[:0], pseudo)
	if head+len(scratch) <= mtu {
		emit(p)
		return scratch
	}
	room := (mtu - head) &^ 7
	f := *p
	f.Raw, f.DF, f.Length = true, false, 0
	for at := 0; at < len(scratch); at += room {
		end := min(at+room, len(scratch))
		f.Offset = uint16(at)
		f.MF = end < len(scratch)
		f.Payload = scratch[at:end]
		emit(&f)
	}
	return scratch
}

func appendAddrs(b []byte, p *Packet) []byte {
	for _, a := range [2]model.Addr{p.Src, p.Dst} {
		s := a.Netip().AsSlice()
		b = append(b, s...)
	}
	return b
}

// AppendInner appends p as an IP packet without any frame around it, for
// tunnels and for the quotes inside ICMP errors.
func AppendInner(b []byte, p *Packet) []byte { return p.appendIP(b) }
