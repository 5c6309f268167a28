package normalize

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"floodmark/internal/dedup"
	"floodmark/internal/model"
)

const t0 = int64(1_700_000_000) * second

// records returns flow records from strangers to a monitored /20.
func records(n int) []model.Record {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]model.Record, n)
	for i := range out {
		out[i] = model.Record{
			First: t0 - int64(r.Uint32N(20))*second, Last: t0, Src: model.Addr4(r.Uint32()), Dst: model.Addr4(0xcb007100 + r.Uint32N(4096)),
			Has: model.HasPorts | model.HasInterface, SrcPort: uint16(r.Uint32()), DstPort: 443, Proto: model.ProtoTCP,
			Packets: 1 + uint64(r.Uint32N(50)), Bytes: 4000, Sampling: 1000, Exporter: 1 + r.Uint32N(2), InIf: 1 + r.Uint32N(8), OutIf: 12,
		}
	}
	return out
}

func mustPlan(t testing.TB, c Config) *Plan {
	t.Helper()
	p, err := NewPlan(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func networks(list ...string) []Network {
	var out []Network
	for i, s := range list {
		out = append(out, Network{Prefix: netip.MustParsePrefix(s), Group: uint16(i + 1), Customer: uint16(10 * (i + 1))})
	}
	return out
}

func benchmark(b *testing.B, nets []Network, table Deduplicator) {
	plan := mustPlan(b, Config{Networks: nets})
	n := New(plan, table, 42)
	n.SetAddress(1, model.Addr4(1))
	n.SetAddress(2, model.Addr4(2))
	rs := records(1 << 15)
	type tuple struct {
		src, dst uint32
		port     uint16
		exporter uint8
	}
	tuples := make([]tuple, len(rs)) // a reader's record is one, and warm
	for i, r := range rs {
		tuples[i] = tuple{r.Src.V4(), r.Dst.V4(), r.SrcPort, uint8(r.Exporter)}
	}
	r := rs[0]
	var out Result
	i := 0
	next := func() {
		t := &tuples[i&(1<<15-1)]
		i++
		r.Src, r.Dst, r.SrcPort, r.Exporter = model.Addr4(t.src), model.Addr4(t.dst), t.port, uint32(t.exporter)
		n.Record(&r, t0, &out)
	}
	for range tuples {
		next()
	}
	b.ReportAllocs()
	for b.Loop() {
		next()
	}
}

func many() []Network {
	r := rand.New(rand.NewPCG(3, 4))
	out := networks("203.0.112.0/20")
	seen := map[netip.Prefix]bool{}
	for len(out) < 3000 {
		p := model.Addr4(r.Uint32()).Prefix(20 + int(r.Uint32N(5)))
		if !seen[p] {
			seen[p] = true
			out = append(out, Network{Prefix: p})
		}
	}
	return out
}

func BenchmarkRecord(b *testing.B) {
	b.Run("plain", func(b *testing.B) { benchmark(b, networks("203.0.112.0/20"), nil) })
	b.Run("3000prefixes", func(b *testing.B) { benchmark(b, many(), nil) })
	b.Run("everything", func(b *testing.B) { benchmark(b, nil, nil) })
	for _, flows := range []int{1 << 14, 1 << 18, 1 << 20} {
		b.Run(fmt.Sprintf("duplicates/%d", flows), func(b *testing.B) {
			benchmark(b, networks("203.0.112.0/20"), dedup.New(flows, 30*time.Second))
		})
	}
}

func BenchmarkLookup(b *testing.B) {
	for name, nets := range map[string][]Network{"3": networks("203.0.112.0/20", "192.0.2.0/24", "198.18.0.0/15"), "3000": many()} {
		b.Run(name, func(b *testing.B) {
			p := mustPlan(b, Config{Networks: nets})
			r := rand.New(rand.NewPCG(1, 2))
			q := make([]model.Addr, 4096)
			for i := range q {
				q[i] = model.Addr4(r.Uint32())
			}
			for i := 0; b.Loop(); i++ {
				p.Lookup(q[i&4095])
			}
		})
	}
}

func TestRecordAllocatesNothing(t *testing.T) {
	n := New(mustPlan(t, Config{Networks: networks("203.0.112.0/20")}), dedup.New(1<<12, 30*time.Second), 42)
	rs := records(1 << 10)
	var out Result
	i := 0
	do := func() { n.Record(&rs[i&1023], t0, &out); i++ }
	for range 2048 {
		do()
	}
	if got := testing.AllocsPerRun(2000, do); got != 0 {
		t.Errorf("%v allocations a record, want 0", got)
	}
}
