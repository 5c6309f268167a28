package duckdb

import (
	"math/bits"

	"floodmark/internal/model"
)

const minuteNs = int64(60e9)

// rollKey is one row of a roll-up, packed so that key and sums fill one line of
// the processor's cache:
//
//	exporter 32 | low bits of the minute 16 | class 8 | direction 4 | side 4
//	in_if 32 | out_if 32
//	src_as 32 | dst_as 32
//	src_country 16 | dst_country 16 | port 16 | proto 8
type rollKey [4]uint64

type rollRow struct {
	key                   rollKey
	packets, bytes, flows uint64
	squares               float64
}

// rollup sums flows by everything but their addresses. It is bounded: keys that
// have no place lose port, class and interfaces, then networks and countries,
// then all but the minute. So totals are always right, those of networks and
// countries longer than those of ports. Their side is sideOther.
type rollup struct {
	rows   []rollRow
	slots  []uint32 // index into rows plus one, by hash
	most   int
	folded uint64 // flows

	touched uint64 // keeps the compiler from dropping loads that are for the cache
}

func newRollup(most int) *rollup {
	return &rollup{most: most, slots: make([]uint32, 1<<bits.Len(uint(4*most-1)))}
}

// hash mixes the words in two chains that do not wait for each other; constants
// as in wyhash (Wang Yi, public domain).
func (k *rollKey) hash() uint64 {
	h1, l1 := bits.Mul64(k[0]^0xa0761d6478bd642f, k[1]^0xe7037ed1a0b428db)
	h2, l2 := bits.Mul64(k[2]^0x8ebc6af09c88c6e3, k[3]^0x589965cc75374cc3)
	h3, l3 := bits.Mul64(h1^l1, h2^l2^0x1d8e4e27c47d124f)
	return h3 ^ l3
}

func minuteOf(ns int64) uint32 { return uint32(max(ns, 0) / minuteNs) }

// minute is the whole minute: the last one not after now with these low bits.
func (k *rollKey) minute(now uint32) uint32 { return now - uint32(uint16(now)-uint16(k[0]>>16)) }

// oldest is how far back a start may lie; earlier ones are counted there. It
// keeps 16 bits of the minute enough.
const oldest = 30 * 24 * 60 * minuteNs

// batch is how many rows are looked up at once: the processor then waits for
// their memory together, not for one after the other.
const batch = 64

// add counts rows in the minute of their start; one that lies ahead of now is
// counted in the present one, so that a wrong clock holds no minute open.
func (t *rollup) add(rows []model.FlowRow, now int64) {
	mask := uint64(len(t.slots) - 1)
	var keys [batch]rollKey
	var hashes [batch]uint64
	var slots [batch]uint32
	for len(rows) > 0 {
		part := rows[:min(batch, len(rows))]
		rows = rows[len(part):]
		for i := range part {
			pack(&keys[i], &part[i], now)
			hashes[i] = keys[i].hash()
			slots[i] = t.slots[hashes[i]&mask]
		}
		for i := range part {
			if s := slots[i]; s != 0 {
				t.touched ^= t.rows[s-1].key[0]
			}
		}
		for i := range part {
			t.count(&keys[i], hashes[i], &part[i])
		}
	}
}

func pack(k *rollKey, r *model.FlowRow, now int64) {
	port, side := service(r)
	minute := minuteOf(max(min(r.First, now), now-oldest))
	k[0] = uint64(r.Exporter)<<32 | uint64(uint16(minute))<<16 | uint64(r.Class)<<8 | uint64(r.Direction&15)<<4 | uint64(side)
	k[1] = uint64(r.InIf)<<32 | uint64(r.OutIf)
	k[2] = uint64(r.SrcAS)<<32 | uint64(r.DstAS)
	k[3] = uint64(r.SrcCountry)<<48 | uint64(r.DstCountry)<<32 | uint64(port)<<16 | uint64(r.Proto)<<8
}

func (t *rollup) count(k *rollKey, hash uint64, r *model.FlowRow) {
	row := t.row(k, hash, t.most)
	if row == nil {
		t.folded++
		o := rollKey{k[0]&^0xff0f | sideOther, 0, k[2], k[3] &^ 0xffff00ff}
		if row = t.row(&o, o.hash(), 2*t.most); row == nil {
			o[2], o[3] = 0, k[3]&0xff00
			if row = t.row(&o, o.hash(), 2*t.most+t.most/4); row == nil {
				o = rollKey{k[0]&0xffff0000 | sideOther}
				row = t.row(&o, o.hash(), 3*t.most)
			}
		}
		if row == nil { // minutes without end are a broken clock
			row = &t.rows[0]
		}
	}
	s := uint64(max(r.Sampling, 1))
	n := r.Packets * s
	row.packets += n
	row.bytes += r.Bytes * s
	row.flows++
	row.squares += float64(n) * float64(s)
}

// row finds or makes the row of k; nil where it would be one too many.
func (t *rollup) row(k *rollKey, hash uint64, most int) *rollRow {
	mask := uint64(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		n := t.slots[i]
		if n == 0 {
			if len(t.rows) >= most {
				return nil
			}
			t.rows = append(t.rows, rollRow{key: *k})
			t.slots[i] = uint32(len(t.rows))
			return &t.rows[len(t.rows)-1]
		}
		if r := &t.rows[n-1]; r.key[2] == k[2] && r.key[3] == k[3] && r.key[0] == k[0] && r.key[1] == k[1] {
			return r
		}
	}
}

// take removes the rows of minutes before the given one and gives them to emit
// with their minute.
func (t *rollup) take(before, now uint32, emit func(*rollRow, uint32)) {
	var kept []rollRow
	for i := range t.rows {
		r := &t.rows[i]
		if m := r.key.minute(now); m < before {
			emit(r, m)
		} else {
			kept = append(kept, *r)
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
}

// addRollup appends one row of a roll-up; time in Unix ms.
func (a *appender) addRollup(r *rollRow, time int64) error {
	i, k := a.n, &r.key
	column[int64](a, 0)[i] = time
	column[uint32](a, 1)[i] = uint32(k[0] >> 32)
	column[uint32](a, 2)[i] = uint32(k[1] >> 32)
	column[uint32](a, 3)[i] = uint32(k[1])
	column[uint8](a, 4)[i] = uint8(k[3] >> 8)
	column[uint32](a, 5)[i] = uint32(k[2] >> 32)
	column[uint32](a, 6)[i] = uint32(k[2])
	column[uint16](a, 7)[i] = uint16(k[3] >> 48)
	column[uint16](a, 8)[i] = uint16(k[3] >> 32)
	column[uint16](a, 9)[i] = uint16(k[3] >> 16)
	column[uint8](a, 10)[i] = uint8(k[0] & 15)
	column[uint8](a, 11)[i] = uint8(k[0] >> 4 & 15)
	column[uint8](a, 12)[i] = uint8(k[0] >> 8)
	column[uint64](a, 13)[i] = r.packets
	column[uint64](a, 14)[i] = r.bytes
	column[uint64](a, 15)[i] = r.flows
	column[float64](a, 16)[i] = r.squares
	return a.next()
}
