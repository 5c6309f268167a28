package pcap

import (
	"fmt"
	"math"
	"math/bits"
)

// iface is what reading a packet needs to know of its interface.
type iface struct {
	link    uint16
	snap    uint32
	mul     uint64 // ns per unit of time, 0 where the unit is no multiple of 1 ns
	largest uint64 // largest timestamp that mul keeps within int64
	div     uint64 // units per ns where the unit is a smaller power of ten, 0 for a power of two
	shift   uint8  // the unit is 2^-shift s where div and mul are 0
	offset  int64  // ns to add
}

// describeInterface reads an interface description block (section 4.2).
func (r *Reader) describeInterface(b []byte) error {
	if len(r.ifaces) >= maxInterfaces {
		return &Error{Reason: badBlock, Offset: r.start, Want: fmt.Sprintf("at most %d interfaces", maxInterfaces), Got: "one more"}
	}
	f := iface{link: r.u16(b[8:]), snap: r.u32(b[12:])}
	f.resolution(6)
	shown := Interface{LinkType: f.link, SnapLen: f.snap}
	r.options(b[16:], func(code uint16, v []byte) {
		switch {
		case code == ifTsResol && len(v) == 1:
			f.resolution(v[0])
		case code == ifTsOffset && len(v) == 8:
			f.offset = nanoseconds(int64(r.u64(v)))
		case code == ifName && shown.Name == "":
			var names []string
			r.info.keep(&names, v, maxName)
			if len(names) > 0 {
				shown.Name = names[0]
			}
		}
	})
	r.ifaces = append(r.ifaces, f)
	r.info.Interfaces = append(r.info.Interfaces, shown)
	return nil
}

// resolution sets the unit of time from if_tsresol: 10^-v s, or 2^-(v & 0x7f) s
// where the most significant bit is set.
func (f *iface) resolution(v byte) {
	f.mul, f.div, f.shift = 0, 0, 0
	switch {
	case v&0x80 != 0:
		f.shift = v & 0x7f
	case v <= 9:
		f.mul = pow10(9 - int(v))
		f.largest = math.MaxInt64 / f.mul
	case v <= 28:
		f.div = pow10(int(v) - 9)
	default:
		f.shift = 0x7f // 64 bits of either unit are less than 1 ns
	}
}

func pow10(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}

// nanoseconds converts seconds, cut to the range of int64.
func nanoseconds(s int64) int64 {
	const second = 1_000_000_000
	switch {
	case s > math.MaxInt64/second:
		return math.MaxInt64
	case s < math.MinInt64/second:
		return math.MinInt64
	}
	return s * second
}

// time converts a timestamp to Unix ns, cut to the range of int64.
func (f *iface) time(hi, lo uint32) int64 {
	ts := uint64(hi)<<32 | uint64(lo)
	ns := int64(math.MaxInt64)
	switch {
	case f.mul != 0:
		if ts <= f.largest {
			ns = int64(ts * f.mul)
		}
	case f.div != 0:
		ns = int64(ts / f.div)
	default:
		ns = binarySeconds(ts, f.shift)
	}
	if f.offset == 0 {
		return ns
	}
	sum := ns + f.offset
	switch {
	case f.offset > 0 && sum < ns:
		return math.MaxInt64
	case f.offset < 0 && sum > ns:
		return math.MinInt64
	}
	return sum
}

// binarySeconds converts ts * 2^-shift s to ns.
func binarySeconds(ts uint64, shift uint8) int64 {
	hi, lo := bits.Mul64(ts, 1e9)
	switch {
	case shift >= 64: // hi < 2^30, so that the shift leaves what fits
		return int64(hi >> (shift - 64))
	case hi>>shift != 0:
		return math.MaxInt64
	}
	v := lo
	if shift > 0 {
		v = lo>>shift | hi<<(64-shift)
	}
	if v > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(v)
}

// statistics reads an interface statistics block (section 4.6).
func (r *Reader) statistics(b []byte) {
	id := int64(r.u32(b[8:])) + int64(r.section)
	if id >= int64(len(r.ifaces)) {
		r.info.OtherBlocks++
		return
	}
	s := Statistics{Reported: true}
	r.options(b[20:], func(code uint16, v []byte) {
		if len(v) != 8 {
			return
		}
		switch code {
		case isbIfRecv:
			s.Received = r.u64(v)
		case isbIfDrop:
			s.IfDrop = r.u64(v)
		case isbOSDrop:
			s.OSDrop = r.u64(v)
		}
	})
	r.info.Interfaces[id].Statistics = s
}
