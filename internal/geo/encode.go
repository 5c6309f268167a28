package geo

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// The file, all numbers little-endian:
//
//	magic    8 bytes "FLDMGEO" and the version
//	length   uint32, of the header
//	header   JSON: what the database says of itself, and how many of each follow
//	codes    2 bytes each
//	networks 10 bytes each: AS number, end of its name in names, kind, flags
//	names    UTF-8, one after the other
//	places   8 bytes each: country, second country, flags, 0, network
//	IPv4     65,537 × uint32 index, n × uint16 low halves, n × uint32 places
//	IPv6     n × uint64 high halves, n × uint64 low halves, n × uint32 places
//	trailer  SHA-256 of everything before it
const (
	magic        = "FLDMGEO"
	version      = 1
	maxHeader    = 1 << 20
	maxName      = 255
	maxCountries = 256
	index4Len    = 1<<16 + 1

	flagUnlocatable = 1
)

// header is the JSON part of the file.
type header struct {
	Info     Info `json:"info"`
	Codes    int  `json:"codes"`
	Networks int  `json:"networks"`
	Names    int  `json:"names_bytes"`
	Places   int  `json:"places"`
	Ranges4  int  `json:"ranges4"`
	Ranges6  int  `json:"ranges6"`
}

// Encode returns the finished file: the same bytes for the same ranges and
// info. Counts in info are set by the builder. The builder must not be used
// afterwards.
func (b *Builder) Encode(info Info) ([]byte, error) {
	b.close4()
	info.Networks, info.Unclassed = b.stats.Networks, b.stats.Unclassed
	info.Located4, info.Disputed4 = b.stats.Located4, b.stats.Disputed4
	info.Networked4, info.Unclassed4 = b.stats.Networked4, b.stats.Unclassed4
	h := header{
		Info: info, Codes: len(b.codes) - 1, Networks: len(b.networks) - 1, Places: len(b.places) - 1,
		Ranges4: len(b.low4), Ranges6: len(b.hi6),
	}
	for _, n := range b.networks {
		h.Names += len(n.name)
	}
	text, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("encode address database: %w", err)
	}
	if len(text) > maxHeader {
		return nil, fmt.Errorf("encode address database: header of %d bytes exceeds %d", len(text), maxHeader)
	}
	out := make([]byte, 0, int(h.size())+len(text)+64)
	out = append(append(out, magic...), version)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(text)))
	out = append(out, text...)
	out = b.appendTables(out)
	out = b.appendRanges(out)
	sum := sha256.Sum256(out)
	return append(out, sum[:]...), nil
}

// close4 carries the last place to the end of the address space.
func (b *Builder) close4() {
	if len(b.place4) == 0 {
		b.add4(0, 0)
	}
	b.add4(0xffff_0000, b.place4[len(b.place4)-1])
}

func (b *Builder) appendTables(out []byte) []byte {
	for _, c := range b.codes[1:] {
		out = append(out, c...)
	}
	end := 0
	for _, n := range b.networks[1:] {
		end += len(n.name)
		out = binary.LittleEndian.AppendUint32(out, n.asn)
		out = binary.LittleEndian.AppendUint32(out, uint32(end))
		out = append(out, n.kind, flags(n.unlocatable))
	}
	for _, n := range b.networks[1:] {
		out = append(out, n.name...)
	}
	for _, p := range b.places[1:] {
		out = append(out, p.country(), p.country2(), flags(p&unlocatable != 0), 0)
		out = binary.LittleEndian.AppendUint32(out, p.network())
	}
	return out
}

func (b *Builder) appendRanges(out []byte) []byte {
	for _, i := range b.index4 {
		out = binary.LittleEndian.AppendUint32(out, i)
	}
	out = binary.LittleEndian.AppendUint32(out, uint32(len(b.low4)))
	for _, v := range b.low4 {
		out = binary.LittleEndian.AppendUint16(out, v)
	}
	for _, p := range b.place4 {
		out = binary.LittleEndian.AppendUint32(out, p)
	}
	for _, list := range [][]uint64{b.hi6, b.lo6} {
		for _, v := range list {
			out = binary.LittleEndian.AppendUint64(out, v)
		}
	}
	for _, p := range b.place6 {
		out = binary.LittleEndian.AppendUint32(out, p)
	}
	return out
}

func flags(unlocatable bool) byte {
	if unlocatable {
		return flagUnlocatable
	}
	return 0
}

// size returns the bytes of all tables; the counts must not be negative.
func (h header) size() uint64 {
	return 2*uint64(h.Codes) + 10*uint64(h.Networks) + uint64(h.Names) + 8*uint64(h.Places) +
		4*index4Len + 6*uint64(h.Ranges4) + 20*uint64(h.Ranges6)
}
