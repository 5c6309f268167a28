package duckdb

import (
	"math"
	"testing"

	"floodmark/internal/model"

	"pgregory.net/rapid"
)

// taken is all of a roll-up.
func taken(roll *rollup) (rows [families][]rollRow) {
	roll.take(math.MaxUint32, minuteOf(midday), func(f int, r *rollRow, _ uint32) { rows[f] = append(rows[f], *r) })
	return rows
}

func total(rows []rollRow) (m measure) {
	for i := range rows {
		m.sum(&rows[i].measure)
	}
	return m
}

func TestFoldedRollupKeepsTotals(t *testing.T) {
	roll := newRollup(1024)
	rows := flows(50000)
	for i := range rows {
		f := &rows[i]
		f.First, f.Exporter, f.Direction = midday, uint32(i%5), model.Direction(i%3)
		f.SrcAS, f.DstPort, f.SrcPort, f.InIf, f.OutIf = uint32(i), uint16(i), uint16(2000+i), uint32(i%300), uint32(i%200)
	}
	roll.addNarrow(forms(rows), midday)
	for f, got := range taken(roll) {
		m := total(got)
		if len(got) > 3*1024 || m != (measure{50000 * 300, 50000 * 150000, 50000, 50000 * 30000}) {
			t.Errorf("%s: %d rows, %+v", familyNames[f], len(got), m)
		}
		var exporters [5][3]uint64
		for _, r := range got {
			if r.key.folded() == 3 {
				t.Fatalf("%s: lost its exporter", familyNames[f])
			}
			exporters[r.key[0]>>32][r.key.direction()] += r.flows
		}
		for e, n := range exporters {
			for d, n := range n {
				if n/10 != 333 {
					t.Errorf("%s: exporter %d has %d flows in direction %d", familyNames[f], e, n, d)
				}
			}
		}
	}
	if roll.folded < 2*40000 || roll.folded > 3*50000 {
		t.Errorf("%d folded", roll.folded)
	}
}

func TestFoldingTakesTheOuterNetworkAndKeepsCountries(t *testing.T) {
	f := func(d model.Direction, srcAS, dstAS uint64) {
		t.Helper()
		k := rollKey{head(7, 5, d), 100<<32 | 200, 0x4445<<16 | 0x4e4c}
		got := k.fold(networks)
		if got[1] != srcAS<<32|dstAS || got[2] != k[2] || got.folded() != 1 || got.direction() != uint8(d) || got.minute(10) != 5 {
			t.Errorf("direction %d: %x", d, got)
		}
	}
	f(model.In, 0, 200)
	f(model.Out, 100, 0)
	f(model.Through, 0, 0)
}

func TestHeavyKeysOutlastNoise(t *testing.T) {
	roll := newRollup(1024)
	noise := flows(100)
	for i := range 1000 {
		for j := range noise {
			f := &noise[j]
			f.First, f.SrcAS, f.SrcPort, f.DstPort = midday, uint32(1000+i*100+j), uint16(2000+i*7+j*31), 50000
		}
		if i >= 100 { // begins when the table is full, one row in a hundred
			noise[5].SrcAS, noise[5].SrcPort = 666, 7777
		}
		roll.addNarrow(forms(noise), midday)
	}
	rows := taken(roll)
	find := func(f int, is func(*rollRow) bool) {
		t.Helper()
		var n uint64
		for i := range rows[f] {
			if r := &rows[f][i]; r.key.folded() == 0 && is(r) {
				n += r.flows
			}
		}
		if n < 850 || n > 1000 {
			t.Errorf("%s: %d of 900 flows", familyNames[f], n)
		}
	}
	find(networks, func(r *rollRow) bool { return r.key[1]>>32 == 666 })
	find(services, func(r *rollRow) bool { return r.key[1]>>24 == 7777 })
}

func TestRollupSumsLikeAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		roll := newRollup(1024)
		small := rapid.Uint32Range(0, 3)
		want := make(map[[4]uint32]measure)
		for range rapid.IntRange(0, 300).Draw(t, "rows") {
			f := flow(0)
			minute := rapid.Int64Range(-10, 2).Draw(t, "minute")
			f.First = midday + minute*60e9
			f.SrcAS, f.Exporter, f.Sampling, f.Packets = small.Draw(t, "as"), small.Draw(t, "exporter"), small.Draw(t, "sampling"), uint64(small.Draw(t, "packets"))
			k := [4]uint32{minuteOf(min(f.First, midday)), f.SrcAS, f.Exporter}
			m, one := want[k], measured(f.Packets, f.Bytes, f.Sampling)
			m.sum(&one)
			want[k] = m
			if rapid.Bool().Draw(t, "wide") {
				roll.addWide([]model.FlowRow{f}, midday)
			} else {
				roll.addNarrow(forms([]model.FlowRow{f}), midday)
			}
		}
		got := make(map[[4]uint32]measure)
		roll.take(math.MaxUint32, minuteOf(midday), func(f int, r *rollRow, minute uint32) {
			if f == networks {
				got[[4]uint32{minute, uint32(r.key[1] >> 32), uint32(r.key[0] >> 32)}] = r.measure
			}
		})
		if len(got) != len(want) {
			t.Fatalf("%d keys, want %d", len(got), len(want))
		}
		for k, m := range want {
			if got[k] != m {
				t.Fatalf("%v: %+v, want %+v", k, got[k], m)
			}
		}
	})
}

func TestMinutesStayOpenUntilTaken(t *testing.T) {
	roll := newRollup(1024)
	rows := flows(3)
	for i := range rows {
		rows[i].First = midday + int64(i)*60e9
	}
	roll.addNarrow(forms(rows), midday+10*60e9)
	now := minuteOf(midday) + 10
	var got []uint32
	take := func(f int, _ *rollRow, m uint32) {
		if f == services {
			got = append(got, m)
		}
	}
	roll.take(minuteOf(midday)+2, now, take)
	if len(got) != 2 || got[0] != minuteOf(midday) || got[1] != got[0]+1 {
		t.Fatalf("taken %v", got)
	}
	roll.addNarrow(forms(rows[2:]), midday+10*60e9)
	roll.take(math.MaxUint32, now, func(f int, r *rollRow, _ uint32) {
		if f == services && r.flows != 2 {
			t.Fatalf("the row was not found again: %d", r.flows)
		}
	})
}

func TestManyMinutesAreBounded(t *testing.T) {
	roll := newRollup(1024)
	rows := flows(40000)
	for i := range rows {
		rows[i].First, rows[i].SrcAS = midday-int64(i)*60e9, uint32(i)
	}
	roll.addNarrow(forms(rows), midday)
	for f, got := range taken(roll) {
		if m := total(got); m.flows != 40000 || len(got) > 10*1024 {
			t.Errorf("%s: %d rows, %d flows", familyNames[f], len(got), m.flows)
		}
	}
}
