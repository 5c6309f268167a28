package sflow

import "fmt"

// Reason says why something in a datagram was not decoded. The set is closed,
// so that a reason can be a label of a counter.
type Reason uint8

// Reasons, in the order in which reports list them.
const (
	ShortHeader     Reason = iota // the datagram ends within its header
	UnknownVersion                // not version 5
	BadAddress                    // agent address of a type that is neither IPv4 nor IPv6
	TruncatedSample               // a sample that goes on past the end of the datagram
	BadSample                     // a sample shorter than its own header, or with records past its end
	UnknownSample                 // a sample format that is not read, of a vendor or newer
	UnreadPacket                  // a sampled header that is not an IP packet, or does not parse
	UnknownHeader                 // a sampled header of a link type that is not read
	NoPacket                      // a flow sample without any record that tells addresses
	UnknownCounters               // counters other than those of generic interfaces
	MissingSamples                // the header tells more samples than the datagram holds
	TrailingBytes                 // bytes after the last sample
	AgentLimit                    // a bound on agents or data sources was reached
	numReasons
)

// String returns the reason's slug, as counters and reports name it.
func (r Reason) String() string {
	switch r {
	case ShortHeader:
		return "short-header"
	case UnknownVersion:
		return "unknown-version"
	case BadAddress:
		return "bad-address"
	case TruncatedSample:
		return "truncated-sample"
	case BadSample:
		return "bad-sample"
	case UnknownSample:
		return "unknown-sample"
	case UnreadPacket:
		return "unread-packet"
	case UnknownHeader:
		return "unknown-header"
	case NoPacket:
		return "no-packet"
	case MissingSamples:
		return "missing-samples"
	case TrailingBytes:
		return "trailing-bytes"
	case AgentLimit:
		return "agent-limit"
	}
	return "unknown"
}

// Error is what was first wrong with a datagram. It belongs to the Decoder and
// is valid until its next call.
type Error struct {
	Reason Reason
	Offset int    // bytes from the start of the datagram
	Format uint32 // data format of the sample or record, 0 where none is meant
	Got    int    // the value that was met
	Want   int    // the value that was needed
	Detail string // what the packet decoder says of a sampled header
}

// Error says what was being decoded and what did not fit.
func (e *Error) Error() string {
	at := fmt.Sprintf("decode sflow5 at octet %d: ", e.Offset)
	switch e.Reason {
	case ShortHeader:
		return at + fmt.Sprintf("%d octets, header needs %d", e.Got, e.Want)
	case UnknownVersion:
		return at + fmt.Sprintf("version %d is not 5", e.Got)
	case BadAddress:
		return at + fmt.Sprintf("address type %d is neither 1 nor 2", e.Got)
	case TruncatedSample:
		return at + fmt.Sprintf("sample of %d octets exceeds the %d left", e.Got, e.Want)
	case BadSample:
		return at + fmt.Sprintf("%s: %d octets, needs %d", formatName(e.Format), e.Got, e.Want)
	case UnknownSample:
		return at + fmt.Sprintf("%s is not read", formatName(e.Format))
	case UnreadPacket:
		return at + "sampled header: " + e.Detail
	case UnknownHeader:
		return at + fmt.Sprintf("sampled header of protocol %d is not read", e.Got)
	case NoPacket:
		return at + "flow sample without addresses"
	case MissingSamples:
		return at + fmt.Sprintf("header tells %d samples, datagram holds %d", e.Want, e.Got)
	case TrailingBytes:
		return at + fmt.Sprintf("%d octets after the last sample", e.Got)
	case AgentLimit:
		return at + fmt.Sprintf("over the limit of %d agents or sources", e.Want)
	}
	return at + e.Reason.String()
}

// formatName names a data format: 20 bits of enterprise, 12 of format.
func formatName(f uint32) string { return fmt.Sprintf("format %d:%d", f>>12, f&0xfff) }

// Skip counts what was not decoded for one reason.
type Skip struct {
	Reason  Reason
	Count   uint64 // how often
	Records uint64 // samples lost, as far as they can be counted
	Bytes   uint64 // bytes of the datagrams that were not decoded
	First   Error  // where it was first met
	At      uint64 // ordinal of that datagram among all given to Decode, from 1
}

// skip counts records and bytes under e's reason and keeps the first error of
// the datagram for the caller.
func (d *Decoder) skip(e Error, records, bytes int) {
	s := &d.skips[e.Reason]
	if s.At == 0 {
		*s = Skip{Reason: e.Reason, First: e, At: d.datagrams}
	}
	s.Count++
	s.Records += uint64(records)
	s.Bytes += uint64(bytes)
	if d.cfg.Skipped != nil {
		d.skipped = e
		d.cfg.Skipped(&d.skipped, records, bytes)
	}
	if !d.failed {
		d.failed, d.err = true, e
	}
}
