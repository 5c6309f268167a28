// Package packet turns the bytes of a captured or sampled packet into a
// model.Record: the link layer, the tags and labels around an IP packet, the
// IP header with its extensions, and the transport header. On request it looks
// into tunnels (DecodeInner) and into the datagrams that ICMP errors quote
// (Quote).
//
// It does not reassemble fragments, does not verify checksums, does not read
// what transports carry, and does not judge: a packet whose transport header
// is nonsense is delivered with what could be read, since attacks send such
// packets. Which packets were not delivered, and why, is the Reason that every
// call returns, for the caller to count.
//
// The functions are pure and allocate nothing. A Decoder belongs to one
// goroutine at a time. Slices in a record point into the caller's packet and
// live as long as that.
package packet

import (
	"encoding/binary"

	"floodmark/internal/model"
)

// LinkType is a LINKTYPE_ number (https://www.tcpdump.org/linktypes.html).
type LinkType uint16

// Link types that Decode reads.
const (
	BSDLoopback     LinkType = 0
	Ethernet        LinkType = 1
	PPP             LinkType = 9
	RawDLT          LinkType = 12 // DLT_RAW of most systems, found in old files
	RawOpenBSD      LinkType = 14 // DLT_RAW of OpenBSD
	PPPSerial       LinkType = 50
	PPPEthernet     LinkType = 51 // begins with the PPPoE header
	Raw             LinkType = 101
	CiscoHDLC       LinkType = 104
	OpenBSDLoopback LinkType = 108
	LinuxCooked     LinkType = 113
	MPLS            LinkType = 219
	RawIPv4         LinkType = 228
	RawIPv6         LinkType = 229
	LinuxCooked2    LinkType = 276
)

// Reason is why a packet was not delivered, or OK.
type Reason uint8

// Reasons, a closed list.
const (
	OK              Reason = iota
	NotIP                  // ARP, spanning tree, LLDP and the like
	Short                  // the recording ends before the addresses
	BadVersion             // the IP version is not what the layer around it says
	BadHeaderLength        // an IPv4 header length below 20 bytes
	BadLength              // an IPv4 total length below the header length
	UnsupportedLink        // a link type that is not read
	TooDeep                // more tags and labels around each other than is plausible
	NotTunnel              // DecodeInner of a record without a tunnel
	Reasons                // how many there are
)

var reasons = [Reasons]string{"ok", "not-ip", "short", "bad-version", "bad-header-length", "bad-length",
	"unsupported-link", "too-deep", "not-tunnel"}

// String returns the reason's name in reports.
func (r Reason) String() string {
	if r < Reasons {
		return reasons[r]
	}
	return "unknown"
}

// Notes are things seen in a delivered packet that the record has no field for.
type Notes uint8

// Notes. They do not exclude each other.
const (
	// LengthFromWire: the IP header gave length 0, as it does in packets that
	// were recorded before the network card cut them up (TSO), and in IPv6
	// jumbograms. Bytes is taken from the frame.
	LengthFromWire Notes = 1 << iota
	// LengthBeyondWire: the IP header claims more than the frame measured.
	// Bytes is what the header claims.
	LengthBeyondWire
	// BadTransport: the transport header contradicts itself or the IP length.
	// What could be read of it stands in the record.
	BadTransport
	// DeepHeaders: more IPv6 extension headers than are read; Proto is the
	// first that was not.
	DeepHeaders
)

const (
	maxTags    = 8  // VLAN tags, label stacks, PPPoE and Ethernet headers around one IP packet
	maxLabels  = 16 // of one MPLS label stack
	maxHeaders = 12 // IPv6 extension headers
	// maxWire is twice what the largest packet before segmentation measures (512 KiB with Linux).
	maxWire = 1 << 20
)

// Decoder decodes packets. The zero Decoder is ready for use.
type Decoder struct {
	Notes Notes // of the last packet that was delivered
}

// Decode reads a frame of the given link type into r. Of the frame, wireLen
// bytes were on the wire and p was captured. It overwrites all of r: where it
// was seen, when and at what sampling rate is for the caller to set afterwards
// (Packets is 1, Has states what is known). When the reason is not OK the
// record holds nothing of use.
func (d *Decoder) Decode(p []byte, link LinkType, wireLen int, r *model.Record) Reason {
	*r = model.Record{}
	d.Notes = 0
	wireLen = onWire(wireLen, p)
	// The common case by the straight way.
	if link == Ethernet && len(p) >= 34 && p[12] == 8 && p[13] == 0 {
		return d.ipv4(p[14:], wireLen-14, r)
	}
	at, kind, reason := linkHeader(p, link)
	if reason == OK {
		at, kind, reason = unwrap(p, at, kind)
	}
	if reason != OK {
		return reason
	}
	return d.network(p[at:], kind, wireLen-at, r)
}

// DecodeIP reads a packet that begins with its IP header, of either version,
// as Decode does.
func (d *Decoder) DecodeIP(p []byte, wireLen int, r *model.Record) Reason {
	*r = model.Record{}
	d.Notes = 0
	return d.network(p, anyIP, onWire(wireLen, p), r)
}

// onWire keeps what a recording says of a packet's length on the wire within
// reason: it is at least what was captured, and at most maxWire.
func onWire(wireLen int, p []byte) int { return max(min(wireLen, maxWire), len(p)) }

// network reads an IP packet of the version that kind tells.
func (d *Decoder) network(p []byte, kind uint16, wireLen int, r *model.Record) Reason {
	if kind == anyIP {
		if len(p) == 0 {
			return Short
		}
		if kind = version(p); kind == 0 {
			return BadVersion
		}
	}
	switch kind {
	case typeIPv4:
		return d.ipv4(p, wireLen, r)
	case typeIPv6:
		return d.ipv6(p, wireLen, r)
	}
	return NotIP
}

// version returns the EtherType of the IP version that p begins with, or 0.
func version(p []byte) uint16 {
	switch p[0] >> 4 {
	case 4:
		return typeIPv4
	case 6:
		return typeIPv6
	}
	return 0
}

func u16(b []byte) uint16 { return binary.BigEndian.Uint16(b) }
func u32(b []byte) uint32 { return binary.BigEndian.Uint32(b) }
