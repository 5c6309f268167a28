package tally

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"floodmark/internal/model"
)

// spike is reports of a million people: many networks, browsers and places.
func spike(n int) []model.Report {
	r := rand.New(rand.NewPCG(4, 4))
	k := ordinaryCrowd(r)
	k.networks, k.prefixes = 1000, 20000
	out := make([]model.Report, n)
	for i := range out {
		out[i] = k.report(start + int64(i)*int64(minute)*15/int64(n))
	}
	return out
}

// BenchmarkAdd counts reports of a spike, each of a new person.
func BenchmarkAdd(b *testing.B) {
	for _, people := range []int{1000, 700_000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			reports := spike(1 << 16)
			t := New(service)
			r := rand.New(rand.NewPCG(5, 5))
			for i := range people {
				x := reports[i&(1<<16-1)]
				x.Person = r.Uint64()
				t.Add(&x)
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				x := &reports[i&(1<<16-1)]
				x.Person = mix(uint64(i))
				t.Add(x)
				if i++; i%people == 0 {
					b.StopTimer()
					for m := range int64(slots + 1) {
						t.Close(start + (int64(i/people*(slots+1))+m)*minute)
					}
					for j := range people {
						x := reports[j&(1<<16-1)]
						x.Person = r.Uint64()
						t.Add(&x)
					}
					b.StartTimer()
				}
			}
		})
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

// BenchmarkClose closes a minute in a spike of a million people.
func BenchmarkClose(b *testing.B) {
	reports := spike(1_000_000)
	for b.Loop() {
		b.StopTimer()
		t := New(service)
		for i := range reports {
			t.Add(&reports[i])
		}
		b.StartTimer()
		t.Close(start)
		t.Window()
	}
}

// BenchmarkMemory reports the octets of a Tally that knows what is usual and has
// no reports, and of one with a window of ten reports.
func BenchmarkMemory(b *testing.B) {
	k := ordinaryCrowd(rand.New(rand.NewPCG(1, 1)))
	b.ReportAllocs()
	for b.Loop() {
		t := New(service)
		for range 10 {
			r := k.report(start)
			t.Add(&r)
		}
	}
}
