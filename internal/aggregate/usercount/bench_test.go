package usercount

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"floodmark/internal/model"
)

// spike is a Tally in a crowd of n people, and reports to go on with.
func spike(n int) (*Tally, []model.Report) {
	r := rand.New(rand.NewPCG(4, 4))
	k := ordinaryCrowd(r)
	k.networks, k.prefixes = 1000, 20000
	reports := make([]model.Report, 1<<16)
	for i := range reports {
		reports[i] = k.report(start + int64(i)*int64(minute)/int64(len(reports)))
	}
	t := New(service)
	for i := range n {
		x := &reports[i&(len(reports)-1)]
		x.Person = r.Uint64()
		t.Add(x)
	}
	return t, reports
}

// BenchmarkAdd counts reports of new persons in a crowd. From 786,432 on the set
// of persons is full.
func BenchmarkAdd(b *testing.B) {
	for _, n := range []int{1000, 700_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			t, reports := spike(n)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				x := &reports[i&(len(reports)-1)]
				x.Person = mix(uint64(i))
				t.Add(x)
				i++
			}
		})
	}
}

// BenchmarkWindow judges a crowd of a million people, as a second's picture does.
func BenchmarkWindow(b *testing.B) {
	t, _ := spike(1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		t.Window()
	}
}

// BenchmarkForget ends the minutes in which the crowd came, set of persons and all.
func BenchmarkForget(b *testing.B) {
	t, _ := spike(1_000_000)
	state := append([]uint32(nil), t.w.persons.cells...)
	by, n, slot := t.w.persons.by, t.w.persons.n, t.w.slot
	for b.Loop() {
		t.w.persons.cells = append([]uint32(nil), state...)
		t.w.persons.by, t.w.persons.n = by, n
		t.w.persons.forget(slot)
	}
}

// BenchmarkIdle closes a quiet minute of 10,000 services.
func BenchmarkIdle(b *testing.B) {
	all := make([]*Tally, 10_000)
	for i := range all {
		all[i] = New(service)
	}
	at := start
	b.ReportAllocs()
	for b.Loop() {
		for _, t := range all {
			t.Close(at)
			t.Learn(true)
		}
		at += minute
	}
}

// BenchmarkNew makes a Tally, and one that has ten reports in its window: what
// they take.
func BenchmarkNew(b *testing.B) {
	k := ordinaryCrowd(rand.New(rand.NewPCG(1, 1)))
	for _, n := range []int{0, 10} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			var t *Tally
			for b.Loop() {
				t = New(service)
				for range n {
					r := k.report(start)
					t.Add(&r)
				}
			}
			if t.service == nil {
				b.Fatal("no service")
			}
		})
	}
}
