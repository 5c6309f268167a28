package seal

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"regexp"

	"floodmark/internal/model"
)

const ipHeader = 20 // bytes of the smallest IPv4 header

var hexRun = regexp.MustCompile(`(?i)(?:[0-9a-f]{2}){20,}`)

// hex zeroes the host part of addresses in IP headers inside a dump, such as
// the datagram that an ICMP error quotes (RFC 792, RFC 4443). It looks for
// anything that could be a header: hiding too much is the safe mistake.
func (r Rules) hex(dump string) string {
	b, err := hex.DecodeString(dump)
	if err != nil {
		return dump
	}
	out := bytes.Clone(b)
	for i := 0; i+ipHeader <= len(b); i++ {
		switch {
		case b[i]>>4 == 4 && b[i]&15 >= 5 && carried(b[i+9]):
			r.zero(out[i+12:], b[i+12:i+16])
			r.zero(out[i+16:], b[i+16:i+20])
		case b[i]>>4 == 6 && i+24 <= len(b) && carried(b[i+6]):
			r.zero(out[i+8:], b[i+8:i+24])
			if i+40 <= len(b) {
				r.zero(out[i+24:], b[i+24:i+40])
			}
		}
	}
	if bytes.Equal(out, b) {
		return dump
	}
	return hex.EncodeToString(out)
}

func carried(proto byte) bool {
	switch proto {
	case model.ProtoICMP, model.ProtoIPIP, model.ProtoTCP, model.ProtoUDP, model.ProtoIPv6,
		model.ProtoGRE, model.ProtoESP, model.ProtoICMPv6, model.ProtoSCTP:
		return true
	}
	return false
}

// zero clears in dst the host part of the address src. What looks like a
// header but is none may overlap one, so a byte once cleared stays so.
func (r Rules) zero(dst, src []byte) {
	a, ok := netip.AddrFromSlice(src)
	if !ok {
		return
	}
	if r.hides(netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen())) {
		clear(dst[:len(src)])
		return
	}
	p, cut := r.truncate(netip.PrefixFrom(a, a.BitLen()))
	if !cut {
		return
	}
	bits := p.Bits()
	if p.Addr().BitLen() != a.BitLen() { // IPv4-mapped
		bits += 96
	}
	for i := bits / 8; i < len(src); i++ {
		dst[i] = 0
	}
}
