package duckdb

import (
	"math/bits"

	"floodmark/internal/model"
)

// Sides of a roll-up's port.
const (
	sideNone   = 0
	sideSource = 1
	sideDest   = 2
	sideOther  = 3 // the row folds what had no place; its other columns are 0
)

const minuteNs = int64(60e9)

// rollKey is one row of a roll-up: minute, side and direction, then the rest.
type rollKey [5]uint64

type rollRow struct {
	key                   rollKey
	packets, bytes, flows uint64
	squares               float64
}

// rollup sums flows by everything but their addresses. It is bounded: keys that
// have no place are folded into one row for each minute, exporter, protocol and
// direction, and where even these are too many into one for each minute.
type rollup struct {
	rows   []rollRow
	slots  []uint32 // index into rows plus one, by hash
	most   int
	folded uint64 // flows
}

func newRollup(most int) *rollup {
	n := 1 << bits.Len(uint(4*most-1))
	return &rollup{most: most, slots: make([]uint32, n)}
}

func (k *rollKey) hash() uint64 {
	h := uint64(0x9e3779b97f4a7c15)
	for _, w := range k {
		hi, lo := bits.Mul64(h^w, 0xd6e8feb86659fd93)
		h = hi ^ lo
	}
	return h
}

func minuteOf(ns int64) uint32 { return uint32(max(ns, 0) / minuteNs) }

// add counts one row in the minute of its start.
func (t *rollup) add(r *model.FlowRow) {
	port, side := service(r)
	head := uint64(minuteOf(r.First))<<32 | uint64(r.Direction)<<8
	k := rollKey{head | uint64(side), uint64(r.Exporter), uint64(r.InIf)<<32 | uint64(r.OutIf), uint64(r.SrcAS)<<32 | uint64(r.DstAS),
		uint64(r.SrcCountry)<<48 | uint64(r.DstCountry)<<32 | uint64(port)<<16 | uint64(r.Proto)<<8 | uint64(r.Class)}
	row := t.row(&k, t.most)
	if row == nil {
		t.folded++
		k = rollKey{head | sideOther, uint64(r.Exporter), 0, 0, uint64(r.Proto) << 8}
		if row = t.row(&k, t.most+t.most/4); row == nil {
			k = rollKey{uint64(minuteOf(r.First))<<32 | sideOther}
			row = t.row(&k, 2*t.most)
		}
	}
	if row == nil { // so many minutes at once are a broken clock
		row = &t.rows[0]
	}
	s := uint64(max(r.Sampling, 1))
	row.packets += r.Packets * s
	row.bytes += r.Bytes * s
	row.flows++
	row.squares += float64(r.Packets) * float64(s) * float64(s)
}

// row finds or makes the row of k; nil where it would be one too many.
func (t *rollup) row(k *rollKey, most int) *rollRow {
	mask := uint64(len(t.slots) - 1)
	for i := k.hash() & mask; ; i = (i + 1) & mask {
		n := t.slots[i]
		if n == 0 {
			if len(t.rows) >= most {
				return nil
			}
			t.rows = append(t.rows, rollRow{key: *k})
			t.slots[i] = uint32(len(t.rows))
			return &t.rows[len(t.rows)-1]
		}
		if t.rows[n-1].key == *k {
			return &t.rows[n-1]
		}
	}
}

// take removes the rows of minutes before the given one and gives them to emit.
func (t *rollup) take(before uint32, emit func(*rollRow) error) error {
	kept := t.rows[:0:0]
	var err error
	for i := range t.rows {
		r := &t.rows[i]
		if r.key.minute() >= before {
			kept = append(kept, *r)
		} else if err == nil {
			err = emit(r)
		}
	}
	clear(t.slots)
	t.rows = append(t.rows[:0], kept...)
	mask := uint64(len(t.slots) - 1)
	for n := range t.rows {
		i := t.rows[n].key.hash() & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = uint32(n + 1)
	}
	return err
}

func (k *rollKey) minute() uint32 { return uint32(k[0] >> 32) }

// service picks the port that tells what a flow is for: the known one, else the
// lower one. ICMP's type and code stand in the destination port.
func service(r *model.FlowRow) (port uint16, side uint8) {
	switch r.Proto {
	case 6, 17, 132, 33, 136: // TCP, UDP, SCTP, DCCP, UDP-Lite (IANA protocol numbers)
	case 1, 58:
		return r.DstPort, sideDest
	default:
		return 0, sideNone
	}
	s, d := r.SrcPort, r.DstPort
	ks, kd := known(s), known(d)
	if ks && !kd || ks == kd && s < d {
		return s, sideSource
	}
	return d, sideDest
}

// known tells ports above 1023 that are services all the same (IANA service
// names); the lower ones are anyway.
func known(p uint16) bool {
	if p < 1024 {
		return p != 0
	}
	switch p {
	case 1194, 1433, 1701, 1723, 1812, 1883, 1900, 1935, 2049, 3128, 3306, 3389, 3478, 3702, 4500, 4789, 5060, 5061, 5222, 5353, 5432, 5683,
		5900, 6379, 6881, 8000, 8080, 8443, 8883, 9100, 9200, 11211, 25565, 27015, 27017, 30120, 51820:
		return true
	}
	return false
}

// addRollup appends one row of a roll-up; time in Unix ms.
func (a *appender) addRollup(r *rollRow, time int64) error {
	i, k := a.n, &r.key
	column[int64](a, 0)[i] = time
	column[uint32](a, 1)[i] = uint32(k[1])
	column[uint32](a, 2)[i] = uint32(k[2] >> 32)
	column[uint32](a, 3)[i] = uint32(k[2])
	column[uint8](a, 4)[i] = uint8(k[4] >> 8)
	column[uint32](a, 5)[i] = uint32(k[3] >> 32)
	column[uint32](a, 6)[i] = uint32(k[3])
	column[uint16](a, 7)[i] = uint16(k[4] >> 48)
	column[uint16](a, 8)[i] = uint16(k[4] >> 32)
	column[uint16](a, 9)[i] = uint16(k[4] >> 16)
	column[uint8](a, 10)[i] = uint8(k[0])
	column[uint8](a, 11)[i] = uint8(k[0] >> 8)
	column[uint8](a, 12)[i] = uint8(k[4])
	column[uint64](a, 13)[i] = r.packets
	column[uint64](a, 14)[i] = r.bytes
	column[uint64](a, 15)[i] = r.flows
	column[float64](a, 16)[i] = r.squares
	return a.next()
}
