package shard

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"

	"floodmark/internal/model"
)

// usual has the thresholds that a group usually has.
func usual() []Group {
	return thresholds(func(g *Group) {
		for _, m := range []model.Metric{model.Packets, model.Bits, model.UDPPackets, model.SYNPackets, model.ReflectionBits} {
			g.Host[model.In][m] = 1e11
			g.Prefix[model.In][m] = 4e11
		}
		g.Host[model.Out][model.Packets] = 1e11
	})
}

func filled(hosts int, flags Flags) (*Shard, []Update, int64) {
	s := New(Config{Hosts: hosts + hosts/8, Prefixes: max(hosts/16, 1024), Groups: usual()})
	r := rand.New(rand.NewPCG(1, 2))
	u := make([]Update, 1<<18)
	now := start
	for i := range u {
		// A /24 holds 64 busy hosts.
		n := r.IntN(hosts)
		u[i] = sample(model.Addr4(0x0a000000+uint32(n/64*256+n%64)), 64+r.IntN(1400), 1000, nil)
		u[i].Flags = flags
		u[i].First, u[i].Last = now, now
		if i&1 == 0 {
			u[i].Proto = model.ProtoTCP
		}
	}
	s.Add(now, u)
	return s, u, now
}

// cpu returns the processor time that this process has used, ns: on a busy
// machine the wall clock says little.
func cpu() float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkAdd(b *testing.B) {
	for _, kind := range []Flags{0, Flow} {
		for _, hosts := range []int{1000, 10_000, 100_000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/hosts=%d", [...]string{0: "packets", Flow: "flows"}[kind], hosts), func(b *testing.B) {
				s, u, now := filled(hosts, kind)
				b.ReportAllocs()
				i, used := 0, cpu()
				for b.Loop() {
					i = (i + 256) & (len(u) - 1)
					now += 256_000 // a million updates a second
					s.Add(now, u[i:i+256])
				}
				b.ReportMetric((cpu()-used)/float64(b.N)/256, "cpu-ns/update")
			})
		}
	}
}

// BenchmarkAddInShards is 100,000 hosts in 16 shards, each given 256 updates at a
// time, as a server does.
func BenchmarkAddInShards(b *testing.B) {
	const shards, batch = 16, 256
	_, all, now := filled(100_000, 0)
	var list [shards][]Update
	var s [shards]*Shard
	for i := range all {
		n := Of(all[i].Addr, shards)
		list[n] = append(list[n], all[i])
	}
	for n := range s {
		s[n] = New(Config{Hosts: 131072 / shards, Prefixes: 4096, Groups: usual()})
		s[n].Add(now, list[n])
		list[n] = list[n][:len(list[n])/batch*batch]
	}
	b.ReportAllocs()
	i, used := 0, cpu()
	for b.Loop() {
		l := list[i%shards]
		at := i / shards * batch % len(l)
		now += batch * 1000 // a million updates a second
		s[i%shards].Add(now, l[at:at+batch])
		i++
	}
	b.ReportMetric((cpu()-used)/float64(b.N)/batch, "cpu-ns/update")
}

func BenchmarkWalk(b *testing.B) {
	s, u, now := filled(100_000, 0)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		now += second
		s.Add(now, u)
		b.StartTimer()
		for !s.Walk(now, 1000) {
		}
	}
}
