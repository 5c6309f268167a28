package app

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// transform is something that can happen to a recording between the wire and
// the analyst.
type transform struct {
	name string
	// apply returns the recording's files in the order in which they are named
	// to the analysis.
	apply    func(t testing.TB, c *capture, own []netip.Prefix) [][]byte
	sampling uint32 // told to the analysis, 0 for nothing
	thinned  int    // one packet in so many is left; 0 for all
	// keeps is set where nothing is lost that the judgement needs, so that an
	// attack must still be found.
	keeps    bool
	doubled  bool // every packet stands there twice
	oneSided bool // one direction only
	form     bool // only the form of the file differs
}

func transforms() []transform {
	one := func(change func(*capture) *capture) func(testing.TB, *capture, []netip.Prefix) [][]byte {
		return func(_ testing.TB, c *capture, _ []netip.Prefix) [][]byte {
			return [][]byte{change(c).pcapBytes(false)}
		}
	}
	thin := func(n int) func(testing.TB, *capture, []netip.Prefix) [][]byte {
		return one(func(c *capture) *capture { return c.thin(n, 1) })
	}
	return []transform{
		{name: "thinned 1:4", apply: thin(4), thinned: 4},
		{name: "thinned 1:4, told", apply: thin(4), thinned: 4, sampling: 4},
		{name: "thinned 1:10", apply: thin(10), thinned: 10},
		{name: "thinned 1:10, told", apply: thin(10), thinned: 10, sampling: 10},
		{name: "thinned 1:100", apply: thin(100), thinned: 100},
		{name: "thinned 1:100, told", apply: thin(100), thinned: 100, sampling: 100},
		{name: "doubled", keeps: true, doubled: true, apply: one(func(c *capture) *capture { return c.double(0) })},
		{name: "doubled behind a router", keeps: true, doubled: true, apply: one(func(c *capture) *capture { return c.double(1) })},
		{name: "inbound only", oneSided: true, apply: func(_ testing.TB, c *capture, own []netip.Prefix) [][]byte {
			return [][]byte{c.towards(own).pcapBytes(false)}
		}},
		{name: "inbound only, thinned 1:10, told", oneSided: true, thinned: 10, sampling: 10, apply: func(_ testing.TB, c *capture, own []netip.Prefix) [][]byte {
			return [][]byte{c.towards(own).thin(10, 2).pcapBytes(false)}
		}},
		{name: "snapped to 64", apply: one(func(c *capture) *capture { return c.snap(64) })},
		{name: "snapped to 96", apply: one(func(c *capture) *capture { return c.snap(96) })},
		{name: "nanoseconds", form: true, keeps: true, apply: func(_ testing.TB, c *capture, _ []netip.Prefix) [][]byte { return [][]byte{c.pcapBytes(true)} }},
		{name: "gzip", form: true, keeps: true, apply: func(t testing.TB, c *capture, _ []netip.Prefix) [][]byte { return [][]byte{gz(t, c.pcapBytes(false))} }},
		{name: "zstd", form: true, keeps: true, apply: func(t testing.TB, c *capture, _ []netip.Prefix) [][]byte { return [][]byte{zst(t, c.pcapBytes(false))} }},
		{name: "two halves, the later named first", form: true, keeps: true, apply: func(_ testing.TB, c *capture, _ []netip.Prefix) [][]byte {
			n := len(c.frames) / 2
			return [][]byte{(&capture{c.link, c.frames[n:]}).pcapBytes(false), (&capture{c.link, c.frames[:n]}).pcapBytes(false)}
		}},
		{name: "every other packet in another file", form: true, keeps: true, apply: func(_ testing.TB, c *capture, _ []netip.Prefix) [][]byte {
			two := [2]capture{{link: c.link}, {link: c.link}}
			for i, f := range c.frames {
				two[i%2].frames = append(two[i%2].frames, f)
			}
			return [][]byte{two[0].pcapBytes(false), two[1].pcapBytes(false)}
		}},
		{name: "VLAN tag", form: true, keeps: true, apply: one((*capture).tagged)},
		{name: "Linux cooked", form: true, keeps: true, apply: one((*capture).cooked)},
		{name: "raw IP", form: true, keeps: true, apply: one((*capture).raw)},
		{name: "clock set back by 5 s", apply: one((*capture).backwards)},
	}
}

const (
	linkEthernet = 1
	linkRaw      = 101
	linkCooked   = 113
)

// ip returns the offset of the IP header and the EtherType before it; ok is
// false where there is none.
func (c *capture) ip(b []byte) (off int, kind uint16, ok bool) {
	if c.link == linkRaw {
		if len(b) < 20 {
			return 0, 0, false
		}
		return 0, map[bool]uint16{true: 0x86dd, false: 0x0800}[b[0]>>4 == 6], true
	}
	if c.link == linkCooked && len(b) >= 16 {
		kind, off = binary.BigEndian.Uint16(b[14:]), 16
	}
	if c.link == linkEthernet && len(b) >= 14 {
		kind, off = binary.BigEndian.Uint16(b[12:]), 14
	}
	for kind == 0x8100 && len(b) >= off+4 {
		kind, off = binary.BigEndian.Uint16(b[off+2:]), off+4
	}
	return off, kind, kind == 0x0800 && len(b) >= off+20 || kind == 0x86dd && len(b) >= off+40
}

// with makes a capture whose frames are changed; a change to nil drops one.
func (c *capture) with(link uint16, change func(f frame) *frame) *capture {
	out := &capture{link: link, frames: make([]frame, 0, len(c.frames))}
	for _, f := range c.frames {
		if n := change(f); n != nil {
			out.frames = append(out.frames, *n)
		}
	}
	return out
}

// thin keeps one packet in n, by chance.
func (c *capture) thin(n int, seed uint64) *capture {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	return c.with(c.link, func(f frame) *frame {
		if r.IntN(n) > 0 {
			return nil
		}
		return &f
	})
}

// double repeats every packet 20 µs later, hops routers further on.
func (c *capture) double(hops byte) *capture {
	out := &capture{link: c.link}
	for _, f := range c.frames {
		twin := frame{f.at + 20e3, f.wire, f.data}
		if off, kind, ok := c.ip(f.data); ok && hops > 0 {
			twin.data = bytes.Clone(f.data)
			h := twin.data[off:]
			if kind == 0x86dd {
				h[7] -= hops
			} else {
				h[8] -= hops
				copy(h[10:12], []byte{0, 0})
				binary.BigEndian.PutUint16(h[10:], checksum(h[:min(int(h[0]&15)*4, len(h))]))
			}
		}
		out.frames = append(out.frames, f, twin)
	}
	slices.SortStableFunc(out.frames, func(a, b frame) int { return int(a.at - b.at) })
	return out
}

// checksum is the Internet checksum (RFC 1071).
func checksum(b []byte) uint16 {
	sum := uint32(0)
	for i := 0; i+1 < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	for sum>>16 > 0 {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

// towards keeps what goes to one of the networks and does not come from one.
func (c *capture) towards(own []netip.Prefix) *capture {
	in := func(b []byte) bool {
		a, _ := netip.AddrFromSlice(b)
		return slices.ContainsFunc(own, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	return c.with(c.link, func(f frame) *frame {
		off, kind, ok := c.ip(f.data)
		if !ok {
			return nil
		}
		src, dst := f.data[off+12:off+16], f.data[off+16:off+20]
		if kind == 0x86dd {
			src, dst = f.data[off+8:off+24], f.data[off+24:off+40]
		}
		if !in(dst) || in(src) {
			return nil
		}
		return &f
	})
}

// snap cuts what was kept of each packet.
func (c *capture) snap(n int) *capture {
	return c.with(c.link, func(f frame) *frame { return &frame{f.at, f.wire, f.data[:min(n, len(f.data))]} })
}

func (c *capture) tagged() *capture {
	if c.link != linkEthernet {
		return c
	}
	return c.with(c.link, func(f frame) *frame {
		if len(f.data) < 14 {
			return &f
		}
		b := append(bytes.Clone(f.data[:12]), 0x81, 0, 0, 100)
		return &frame{f.at, f.wire + 4, append(b, f.data[12:]...)}
	})
}

func (c *capture) cooked() *capture {
	return c.with(linkCooked, func(f frame) *frame {
		off, kind, ok := c.ip(f.data)
		if !ok {
			return nil
		}
		b := []byte{0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, byte(kind >> 8), byte(kind)}
		return &frame{f.at, f.wire - off + 16, append(b, f.data[off:]...)}
	})
}

func (c *capture) raw() *capture {
	return c.with(linkRaw, func(f frame) *frame {
		off, _, ok := c.ip(f.data)
		if !ok {
			return nil
		}
		return &frame{f.at, f.wire - off, f.data[off:]}
	})
}

// backwards sets the clock back once, in the middle.
func (c *capture) backwards() *capture {
	n, half := 0, len(c.frames)/2
	return c.with(c.link, func(f frame) *frame {
		if n++; n > half {
			f.at -= 5e9
		}
		return &f
	})
}

func gz(t testing.TB, b []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = w.Write(b); err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zst(t testing.TB, b []byte) []byte {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(b, nil)
}
