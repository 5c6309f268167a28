package netflow

import (
	"encoding/binary"
	"math"

	"floodmark/internal/model"
)

// ntpUnix is 1970-01-01 in seconds of NTP's era 0 (RFC 5905 section 6).
const ntpUnix = 2208988800

// setTime sets t to v units of Unix time. Zero, and what no int64 holds, is
// "not reported" and leaves the export time that is there.
func setTime(t *int64, v uint64, unit int64) {
	if v != 0 && v <= uint64(math.MaxInt64/unit) {
		*t = int64(v) * unit
	}
}

// setNTP sets t to an NTP timestamp of 32 bits of seconds and 32 of fraction
// (RFC 7011 sections 6.1.9 and 6.1.10). Seconds without the highest bit are of
// era 1, from 2036 on.
func setNTP(t *int64, v uint64) {
	if v == 0 {
		return
	}
	sec := int64(v >> 32)
	if sec < 1<<31 {
		sec += 1 << 32
	}
	*t = (sec-ntpUnix)*1e9 + int64((v&math.MaxUint32)*1e9>>32)
}

// before returns the time that lies v µs before the export.
func (d *Decoder) before(v uint64) int64 {
	return d.hdr.at - int64(min(v, math.MaxUint32))*1e3
}

// sinceBoot converts ms since the exporter's boot to Unix ns. NetFlow tells the
// boot in its header; IPFIX in IE 160 of the record or of an options record,
// without which the export time has to do. Modulo 2^32, as for NetFlow v5.
func (d *Decoder) sinceBoot(ms uint32) int64 {
	if d.hdr.proto == NetFlow9 {
		return d.uptime(ms)
	}
	init := int64(d.x.sysInit)
	if init == 0 {
		d.hdr.stream.fresh()
		init = d.hdr.stream.cache.sysInit
	}
	if init <= 0 || init > math.MaxInt64/1_000_000 {
		d.hdr.stream.stats.TimesUnknown++
		return d.hdr.at
	}
	up := uint32(d.hdr.at/1e6 - init)
	return d.hdr.at - int64(int32(up-ms))*1e6
}

// applyPair reads a time in the 16 bytes that pmacct's nfprobe sends for
// flowStartMicroseconds and flowEndMicroseconds: seconds and µs of Unix time in
// 8 bytes each.
func applyPair(c code, b []byte, r *model.Record) {
	if len(b) != 16 {
		return
	}
	sec, micro := binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])
	if sec == 0 || sec > math.MaxUint32 || micro >= 1e6 {
		return
	}
	t := int64(sec)*1e9 + int64(micro)*1e3
	if c == cFirstNTP {
		r.First = t
	} else {
		r.Last = t
	}
}
