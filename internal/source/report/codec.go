package report

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"floodmark/internal/model"
)

// An entry of the journal is a version octet and then reports, each
//
//	8  At, little endian like all
//	1  kind (bit 0), way (bits 1 and 2), referral (bits 3 and 4), withheld (bit 5)
//	1  bits of the proof of work
//	2  country
//	4  network
//	8  person
//	8  prefix
//	4  client
//	   service, component, region, kind of network, text: each its length as a
//	   varint, and its octets
const (
	batchVersion = 1
	fixedOctets  = 8 + 1 + 1 + 2 + 4 + 8 + 8 + 4
	stringMost   = 4 * textMost // octets of any of the strings
)

// AppendBatch begins an entry.
func AppendBatch(b []byte) []byte { return append(b, batchVersion) }

// AppendReport adds a report to an entry.
func AppendReport(b []byte, r *model.Report) []byte {
	le := binary.LittleEndian
	flags := byte(r.Kind&1) | byte(r.Via&3)<<1 | byte(r.Referral&3)<<3
	if r.Suppressed {
		flags |= 1 << 5
	}
	b = le.AppendUint64(b, uint64(r.At))
	b = append(b, flags, r.Work)
	b = le.AppendUint16(b, uint16(r.Country))
	b = le.AppendUint32(b, r.ASN)
	b = le.AppendUint64(b, r.Person)
	b = le.AppendUint64(b, r.Prefix)
	b = le.AppendUint32(b, r.Client)
	for _, s := range [...]string{r.Service, r.Component, r.Region, r.Network, r.Text} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return b
}

var errCut = errors.New("it ends in the middle of a report")

// ParseBatch calls fn for each report of an entry, in order; r is valid during
// the call only, its strings for good. It ends with the first error of fn.
func ParseBatch(b []byte, fn func(r *model.Report) error) error {
	if len(b) == 0 || b[0] != batchVersion {
		return fmt.Errorf("read an entry of reports: it is not of version %d", batchVersion)
	}
	b = b[1:]
	for n := 0; len(b) > 0; n++ {
		var r model.Report
		rest, err := parseReport(b, &r)
		if err != nil {
			return fmt.Errorf("read report %d of an entry: %w", n, err)
		}
		if err := fn(&r); err != nil {
			return err
		}
		b = rest
	}
	return nil
}

func parseReport(b []byte, r *model.Report) ([]byte, error) {
	if len(b) < fixedOctets {
		return nil, errCut
	}
	le := binary.LittleEndian
	at, flags := le.Uint64(b), b[8]
	if at > math.MaxInt64 || flags>>6 != 0 {
		return nil, fmt.Errorf("time %d or flags %08b cannot be", at, flags)
	}
	r.At, r.Work = int64(at), b[9]
	r.Kind, r.Via, r.Referral = model.ReportKind(flags&1), model.Via(flags>>1&3), model.Referral(flags>>3&3)
	r.Suppressed = flags&(1<<5) != 0
	r.Country, r.ASN = model.Code2(le.Uint16(b[10:])), le.Uint32(b[12:])
	r.Person, r.Prefix, r.Client = le.Uint64(b[16:]), le.Uint64(b[24:]), le.Uint32(b[32:])
	b = b[fixedOctets:]
	for _, s := range [...]*string{&r.Service, &r.Component, &r.Region, &r.Network, &r.Text} {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > stringMost || n > uint64(len(b)-size) {
			return nil, errCut
		}
		*s = string(b[size : size+int(n)])
		b = b[size+int(n):]
	}
	return b, nil
}
