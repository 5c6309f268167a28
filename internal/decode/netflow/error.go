package netflow

import "fmt"

// Proto is an export protocol of this package.
type Proto uint8

// Export protocols.
const (
	NoProto  Proto = iota
	NetFlow5       // Cisco NetFlow version 5
	NetFlow9       // RFC 3954
	IPFIX          // RFC 7011
)

// String returns the protocol's name in reports: netflow5, netflow9 or ipfix.
func (p Proto) String() string {
	switch p {
	case NetFlow5:
		return "netflow5"
	case NetFlow9:
		return "netflow9"
	case IPFIX:
		return "ipfix"
	}
	return "unknown"
}

// Reason says why something in a datagram was not decoded. The set is closed,
// so that a reason can be a label of a counter.
type Reason uint8

// Reasons, in the order in which reports list them.
const (
	ShortHeader     Reason = iota // the datagram ends within its header
	UnknownVersion                // neither 5, 9 nor 10
	CountMismatch                 // NetFlow v5 header tells more records than the datagram holds
	LengthMismatch                // IPFIX header tells more bytes than the datagram holds
	BadSetLength                  // a set shorter than its own header
	TruncatedSet                  // a set that goes on past the end of the datagram
	ReservedSet                   // a set id that no RFC gives a meaning
	BadTemplate                   // a template that cannot be used: no fields, no bytes, reserved id, cut short
	TemplateLimit                 // a bound on templates or fields was reached
	UnknownTemplate               // data before (or without) its template
	BadRecord                     // a variable-length record that goes on past the end of its set
	TrailingBytes                 // bytes after the last record that are not padding
	NoAddresses                   // a record without any network address
	UnreadSection                 // a packet section (IE 104, 313, 315) that does not parse
	ExporterLimit                 // a bound on exporters or observation domains was reached
	numReasons
)

// String returns the reason's slug, as counters and reports name it.
func (r Reason) String() string {
	switch r {
	case ShortHeader:
		return "short-header"
	case UnknownVersion:
		return "unknown-version"
	case CountMismatch:
		return "count-mismatch"
	case LengthMismatch:
		return "length-mismatch"
	case BadSetLength:
		return "bad-set-length"
	case TruncatedSet:
		return "truncated-set"
	case ReservedSet:
		return "reserved-set"
	case BadTemplate:
		return "bad-template"
	case TemplateLimit:
		return "template-limit"
	case UnknownTemplate:
		return "template-unknown"
	case BadRecord:
		return "bad-record"
	case TrailingBytes:
		return "trailing-bytes"
	case NoAddresses:
		return "no-addresses"
	case UnreadSection:
		return "unread-section"
	case ExporterLimit:
		return "exporter-limit"
	}
	return "unknown"
}

// Error is what was first wrong with a datagram. It belongs to the Decoder and
// is valid until its next call.
type Error struct {
	Proto  Proto
	Reason Reason
	Offset int    // bytes from the start of the datagram
	Set    uint16 // set or template id, 0 where none is meant
	Got    int    // the value that was met
	Want   int    // the value that was needed
}

// Error says what was being decoded and what did not fit.
func (e *Error) Error() string {
	at := fmt.Sprintf("decode %s at octet %d: ", e.Proto, e.Offset)
	switch e.Reason {
	case ShortHeader:
		return at + fmt.Sprintf("%d octets, header needs %d", e.Got, e.Want)
	case UnknownVersion:
		return at + fmt.Sprintf("version %d is not 5, 9 or 10", e.Got)
	case CountMismatch:
		return at + fmt.Sprintf("header tells %d records, datagram holds %d", e.Got, e.Want)
	case LengthMismatch:
		return at + fmt.Sprintf("header tells %d octets, datagram holds %d", e.Got, e.Want)
	case BadSetLength:
		return at + fmt.Sprintf("set %d: length %d is below %d", e.Set, e.Got, e.Want)
	case TruncatedSet:
		return at + fmt.Sprintf("set %d: length %d exceeds the %d octets left", e.Set, e.Got, e.Want)
	case ReservedSet:
		return at + fmt.Sprintf("set id %d is reserved", e.Set)
	case BadTemplate:
		return at + fmt.Sprintf("template %d: cannot be used (%d, needs %d)", e.Set, e.Got, e.Want)
	case TemplateLimit:
		return at + fmt.Sprintf("template %d: over the limit of %d (%d)", e.Set, e.Want, e.Got)
	case UnknownTemplate:
		return at + fmt.Sprintf("set %d: no template yet for its %d octets", e.Set, e.Got)
	case BadRecord:
		return at + fmt.Sprintf("set %d: record exceeds the %d octets left", e.Set, e.Got)
	case TrailingBytes:
		return at + fmt.Sprintf("set %d: %d octets after the last record", e.Set, e.Got)
	case NoAddresses:
		return at + fmt.Sprintf("template %d: %d records without a network address", e.Set, e.Got)
	case UnreadSection:
		return at + fmt.Sprintf("template %d: packet section of %d octets does not parse", e.Set, e.Got)
	case ExporterLimit:
		return at + fmt.Sprintf("over the limit of %d exporters or domains", e.Want)
	}
	return at + e.Reason.String()
}

// Skip counts what was not decoded for one reason.
type Skip struct {
	Reason  Reason
	Count   uint64 // how often
	Records uint64 // records lost, as far as they can be counted
	Bytes   uint64 // bytes of the datagrams that were not decoded
	First   Error  // where it was first met
	At      uint64 // ordinal of that datagram among all given to Decode, from 1
}

// skip counts records and bytes under e's reason and keeps the first error of
// the datagram for the caller.
func (d *Decoder) skip(e Error, records, bytes int) {
	if d.learning {
		return
	}
	e.Proto = d.hdr.proto
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
