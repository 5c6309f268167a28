package duckdb

import (
	"math/bits"
	"math/rand/v2"

	"floodmark/internal/model"
)

// families are the roll-ups: each sums the same flows by other columns.
const (
	networks = iota
	services
	interfaces

	families
)

// folds is how often a key can be folded.
const folds = 3

// rollKey is what a family groups by:
//
//	all         exporter 32 | low bits of the minute 16 | folded 4 | direction 4 | zero 8
//	networks    src_as 32 | dst_as 32, src_country 16 | dst_country 16, five bits a letter
//	services    port 16 | side 8 | proto 8 | class 8
//	interfaces  in_if 32 | out_if 32
type rollKey [3]uint64

func head(exporter, minute uint32, d model.Direction) uint64 {
	return uint64(exporter)<<32 | uint64(uint16(minute))<<16 | uint64(d&15)<<8
}

func (k *rollKey) folded() uint8    { return uint8(k[0] >> 12 & 15) }
func (k *rollKey) direction() uint8 { return uint8(k[0] >> 8 & 15) }

// minute is the whole minute: the last one not after now with these low bits.
func (k *rollKey) minute(now uint32) uint32 { return now - uint32(uint16(now)-uint16(k[0]>>16)) }

// fold takes from a key what told it from others: first the AS of the outer side,
// the port or the interfaces, then all but exporter and direction, then all but
// the minute.
func (k *rollKey) fold(family int) rollKey {
	const exporter, direction = uint64(0xffffffff) << 32, uint64(15) << 8
	minute := k[0] & 0xffff0000
	switch k.folded() {
	case 0:
		f := rollKey{k[0] | 1<<12, k[1], k[2]}
		switch family {
		case networks:
			f[1] = k[1] & [4]uint64{model.In: 0xffffffff, model.Out: 0xffffffff << 32}[k[0]>>8&3]
		case services:
			f[1] &= 0xffff
		case interfaces:
			f[1] = 0
		}
		return f
	case 1:
		return rollKey{k[0]&(exporter|direction) | minute | 2<<12}
	}
	return rollKey{minute | 3<<12}
}

// measure is what is summed.
type measure struct {
	packets, bytes, flows uint64
	squares               float64
}

func measured(packets, bytes uint64, sampling uint32) measure {
	s := uint64(max(sampling, 1))
	n := packets * s
	return measure{n, bytes * s, 1, float64(n) * float64(s)}
}

func (m *measure) sum(o *measure) {
	m.packets += o.packets
	m.bytes += o.bytes
	m.flows += o.flows
	m.squares += o.squares
}

// rollRow fills one line of the processor's cache.
type rollRow struct {
	key  rollKey
	hash uint64
	measure
}

// weight orders rows where there are too many: by bytes, with packets as large as
// those of the mean of the internet, so that the top lists of both stay.
func (r *rollRow) weight() uint64 { return r.bytes + r.packets<<9 }

// ages is how many minutes have tables of their own, so that those of the present
// one lie densely; older flows share one.
const ages = 4

// rollup sums flows in minutes. It is bounded: see table. The present minutes of
// a family take 64 bytes a key and so stay near the processor.
type rollup struct {
	tables [families][ages + 1]*table
	seed   [3]uint64
	folded uint64 // flows, once for each family
	batch  batch

	touched uint64 // keeps the compiler from dropping loads that are for the cache
}

// batchRows is how many rows are looked up at once: the processor then waits for
// their memory together, not for one after the other.
const batchRows = 64

type batch struct {
	keys   [families][batchRows]rollKey
	sums   [batchRows]measure
	ages   [batchRows]uint8
	hashes [batchRows]uint64
	slots  [batchRows]uint32
}

// newRollup makes one of at most so many keys a family and minute. The hash is
// keyed: networks and ports are chosen by strangers.
func newRollup(largest int) *rollup {
	t := &rollup{seed: [3]uint64{rand.Uint64(), rand.Uint64(), rand.Uint64()}}
	for f := range t.tables {
		for a := range t.tables[f] {
			t.tables[f][a] = newTable(f, largest, &t.seed)
		}
	}
	return t
}

// oldest is how far back a start may lie; earlier ones are counted there. It
// bounds the rows that cannot be folded.
const oldest = 6 * 60 * minuteMs

const minuteMs = int64(60e3)

func minuteOf(ns int64) uint32 { return uint32(max(ns, 0) / 60e9) }

// clamp returns the minute that a flow counts in, that of its start, and the table.
// One that lies ahead of now counts in the present one, so that a wrong clock
// holds no minute open.
func clamp(ms, nowMs int64) (minute uint32, age uint8) {
	minute, now := uint32(max(min(ms, nowMs), nowMs-oldest, 0)/minuteMs), uint32(nowMs/minuteMs)
	if now-minute < ages {
		return minute, uint8(minute % ages)
	}
	return minute, ages
}

// addNarrow counts rows.
func (t *rollup) addNarrow(rows []packed, now int64) {
	b, nowMs := &t.batch, now/1e6
	for len(rows) > 0 {
		part := rows[:min(batchRows, len(rows))]
		rows = rows[len(part):]
		for i := range part {
			r := &part[i]
			minute, age := clamp(r.time, nowMs)
			src, dst := r.far, r.near
			if r.span&3 == uint64(model.Out) {
				src, dst = dst, src
			}
			k := head(uint32(r.span>>27&0xfff), minute, model.Direction(r.span&3))
			b.ages[i] = age
			b.sums[i] = measured(r.what>>32, r.outer>>32, uint32(r.span>>39))
			b.keys[networks][i] = rollKey{k, src>>26<<32 | dst>>26, country(src)<<16 | country(dst)}
			b.keys[services][i] = rollKey{k, serviceKey(uint32(r.inner), uint8(r.what>>16), uint8(r.what>>24))}
			b.keys[interfaces][i] = rollKey{k, src&0xffff<<32 | dst&0xffff}
		}
		t.count(len(part))
	}
}

// country gives a code of place in the bits of model.Code2 that tell letters apart.
func country(place uint64) uint64 { return place>>13&0x1f00 | place>>16&0x1f }

// addWide counts rows.
func (t *rollup) addWide(rows []model.FlowRow, now int64) {
	b, nowMs := &t.batch, now/1e6
	for len(rows) > 0 {
		part := rows[:min(batchRows, len(rows))]
		rows = rows[len(part):]
		for i := range part {
			r := &part[i]
			minute, age := clamp(r.First/1e6, nowMs)
			k := head(r.Exporter, minute, r.Direction)
			b.ages[i] = age
			b.sums[i] = measured(r.Packets, r.Bytes, r.Sampling)
			b.keys[networks][i] = rollKey{k, uint64(r.SrcAS)<<32 | uint64(r.DstAS), uint64(r.SrcCountry&0x1f1f)<<16 | uint64(r.DstCountry&0x1f1f)}
			b.keys[services][i] = rollKey{k, serviceKey(ports(r), r.Proto, uint8(r.Class))}
			b.keys[interfaces][i] = rollKey{k, uint64(r.InIf)<<32 | uint64(r.OutIf)}
		}
		t.count(len(part))
	}
}

// count adds the first n of the batch to all families.
func (t *rollup) count(n int) {
	b := &t.batch
	for f := range t.tables {
		tables, keys := &t.tables[f], &b.keys[f]
		for i := range n {
			b.hashes[i] = keys[i].hash(&t.seed)
			b.slots[i] = tables[b.ages[i]].slot(b.hashes[i])
		}
		for i := range n {
			if s := b.slots[i] & indexMask; s != 0 {
				t.touched ^= tables[b.ages[i]].rows[s-1].hash
			}
		}
		for i := range n {
			tab := tables[b.ages[i]]
			// A slot that was read before others were added is at most of another row.
			if j := uint(b.slots[i]&indexMask) - 1; j < uint(len(tab.rows)) && tab.rows[j].key == keys[i] {
				tab.rows[j].sum(&b.sums[i])
				continue
			}
			tab.row(&keys[i], b.hashes[i]).sum(&b.sums[i])
		}
	}
}

// hash mixes the words in two chains that do not wait for each other; in the way
// of wyhash (Wang Yi, public domain).
func (k *rollKey) hash(seed *[3]uint64) uint64 {
	h1, l1 := bits.Mul64(k[0]^seed[0], k[1]^seed[1])
	h2, l2 := bits.Mul64(k[2]^seed[2]^h1, l1^0x8ebc6af09c88c6e3)
	return h2 ^ l2
}

// take removes the rows of minutes before the given one and gives them to emit
// with their family and minute.
func (t *rollup) take(before, now uint32, emit func(int, *rollRow, uint32)) {
	for f := range t.tables {
		for _, tab := range t.tables[f] {
			for tab := tab; tab != nil; tab = tab.next {
				tab.take(before, now, emit)
				t.folded += tab.folded
				tab.folded = 0
			}
		}
	}
}
