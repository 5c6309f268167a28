package netflow

import (
	"encoding/binary"
	"math"

	"floodmark/internal/model"
)

// The builders below write export datagrams by hand, for the cases that no
// exporter at hand produces. What exporters produce is in testdata.

const testTime = 1_700_000_000 // 2023-11-14T22:13:20Z, the export time of built datagrams

// spec is one field of a built template: element, length, enterprise number.
type spec struct {
	ie, length int
	pen        uint32
}

// v is a field of variable length.
func vf(ie int) spec { return spec{ie, variableLength, 0} }

// f is a field of n bytes.
func f(ie, n int) spec { return spec{ie, n, 0} }

// rf is a field of the reverse direction.
func rf(ie, n int) spec { return spec{ie, n, reverseEnterprise} }

func u8(v int) []byte     { return []byte{byte(v)} }
func u16(v int) []byte    { return binary.BigEndian.AppendUint16(nil, uint16(v)) }
func u32(v uint32) []byte { return binary.BigEndian.AppendUint32(nil, v) }
func u64(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }
func f64(v float64) []byte {
	return binary.BigEndian.AppendUint64(nil, math.Float64bits(v))
}

func cat(parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// set builds a set with its header.
func set(id int, body ...[]byte) []byte {
	b := cat(body...)
	return cat(u16(id), u16(len(b)+4), b)
}

func specifiers(fields []spec) []byte {
	var b []byte
	for _, x := range fields {
		if x.pen != 0 {
			b = cat(b, u16(x.ie|enterpriseBit), u16(x.length), u32(x.pen))
			continue
		}
		b = cat(b, u16(x.ie), u16(x.length))
	}
	return b
}

// tmpl builds a template record (both versions).
func tmpl(id int, fields ...spec) []byte {
	return cat(u16(id), u16(len(fields)), specifiers(fields))
}

// optTmpl builds an IPFIX options template record whose first fields are scope.
func optTmpl(id, scopes int, fields ...spec) []byte {
	return cat(u16(id), u16(len(fields)), u16(scopes), specifiers(fields))
}

// optTmpl9 builds a NetFlow v9 options template record.
func optTmpl9(id, scopes int, fields ...spec) []byte {
	return cat(u16(id), u16(scopes*4), u16((len(fields)-scopes)*4), specifiers(fields))
}

// ipfix builds a message of domain 7.
func ipfix(seq uint32, sets ...[]byte) []byte {
	b := cat(sets...)
	return cat(u16(10), u16(len(b)+ipfixHeader), u32(testTime), u32(seq), u32(7), b)
}

// v9 builds a datagram of source id 7, one hour after boot.
func v9(seq uint32, sets ...[]byte) []byte {
	b := cat(sets...)
	return cat(u16(9), u16(len(sets)), u32(3_600_000), u32(testTime), u32(seq), u32(7), b)
}

// v5 builds a datagram with an hour of uptime; sampling as in the header.
func v5(seq uint32, sampling int, records ...[]byte) []byte {
	return cat(u16(5), u16(len(records)), u32(3_600_000), u32(testTime), u32(500_000_000), u32(seq),
		u8(1), u8(2), u16(sampling), cat(records...))
}

func ip4(s string) []byte { return u32(addr(s).V4()) }

func ip6(s string) []byte { a := addr(s); return cat(u64(a.Hi), u64(a.Lo)) }

// collector keeps copies of what a Decoder emits.
type collector struct {
	*Decoder
	got []model.Record
}

var testExporter = model.Exporter{Addr: addr("192.0.2.200"), Port: 40000}

func newCollector(cfg Config) *collector {
	c := &collector{}
	cfg.Emit = func(r *model.Record) { c.got = append(c.got, *r) }
	c.Decoder = New(cfg)
	return c
}

func (c *collector) decode(b []byte) error { return c.Decode(b, testExporter, testTime*1e9) }

// skipped returns the records and bytes skipped for a reason.
func (c *collector) skipped(why Reason) (records, bytes uint64) {
	for _, s := range c.Stats().Skipped {
		if s.Reason == why {
			return s.Records, s.Bytes
		}
	}
	return 0, 0
}
