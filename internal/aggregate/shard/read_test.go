package shard

import (
	"testing"

	"floodmark/internal/model"
	"pgregory.net/rapid"
)

func TestReading(t *testing.T) {
	w := newWorld(t, Config{Customers: 3, Groups: hostPackets(100000)})
	for n := range 40 {
		w.steady(float64(10000+1000*n), sample(addr4(n), 1000, 100, func(u *Update) { u.Customer = uint16(1 + n&1) }))
	}
	w.run(10, nil)
	top := w.s.Top(3, model.Packets, model.In)
	if len(top) != 3 || top[0].Rate < top[1].Rate || top[0].Rate < 45000 || top[0].Rate > 54000 {
		t.Errorf("top %v", top)
	}
	total := [3]float64{}
	w.s.Customers(func(c int, s *Sum) {
		total[c] = s.Rates[model.In][model.Packets]
		if v := s.Weight(model.Packets, model.In); v < 90 || v > 110 {
			t.Errorf("customer %d: weight %.0f", c, v)
		}
		if v := s.Rates[model.In][model.Bits] / total[c]; v < 7990 || v > 8010 {
			t.Errorf("customer %d: %.0f bits a packet", c, v)
		}
	})
	if total[0] < 1.1e6 || total[0] > 1.3e6 || total[1]+total[2] < total[0]*0.99 || total[1]+total[2] > total[0]*1.01 {
		t.Errorf("sums %v", total)
	}
	prefixes, hosts := 0, 0
	w.s.Points(func(id model.TargetID, in, out *model.Rates) {
		switch id.Kind {
		case model.PrefixTarget:
			prefixes++
			if in[model.UDPPackets] < total[0]*0.99 || in[model.UDPPackets] > total[0]*1.01 {
				t.Errorf("%s: %.0f", id, in[model.UDPPackets])
			}
		case model.HostTarget:
			hosts++
		}
	})
	if prefixes != 3 || hosts < boardSize || hosts > 40 {
		t.Errorf("%d prefixes and %d hosts", prefixes, hosts)
	}
	if n := w.s.Stats().Near; n != 0 {
		t.Errorf("%d targets near a threshold", n)
	}
	w.s.SetGroups(hostPackets(60000))
	w.run(2, nil)
	if n := w.s.Stats().Near; n < 15 || n > 25 {
		t.Errorf("%d targets above half of the threshold, want about 19", n)
	}
}

// TestTimeDoesNotGoBack: an earlier time changes nothing but is counted.
func TestTimeDoesNotGoBack(t *testing.T) {
	w := newWorld(t, Config{Groups: hostPackets(20000)})
	w.feed([]Update{sample(addr4(1), 100, 1000, nil)}, nil)
	w.now -= 100 * second
	w.feed([]Update{sample(addr4(1), 100, 1000, func(u *Update) { u.First, u.Last, u.Flags = 1<<62, -1<<62, Flow })}, nil)
	w.now += 1e9 * second
	w.feed([]Update{sample(addr4(1), 100, 1000, func(u *Update) { u.First, u.Last, u.Flags = -1<<62, 1<<62, Flow })}, nil)
	if n := w.s.Stats().Updates; n != 3 {
		t.Errorf("%d updates", n)
	}
}

// TestIndexFindsWhatIsInIt against a map.
func TestIndexFindsWhatIsInIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const n = 40
		hash := make([]uint64, n)
		for i := range hash {
			hash[i] = rapid.Uint64Range(0, 20).Draw(t, "hash")
		}
		x, in := newIndex(n), map[uint32]bool{}
		of := func(i uint32) uint64 { return hash[i] }
		for range rapid.IntRange(0, 200).Draw(t, "steps") {
			i := uint32(rapid.IntRange(0, n-1).Draw(t, "entry"))
			if in[i] {
				x.remove(hash[i], i, of)
				delete(in, i)
			} else {
				x.put(hash[i], i)
				in[i] = true
			}
		}
		for i := range uint32(n) {
			found := false
			for p := hash[i] & x.mask; x.slots[p] != 0; p = (p + 1) & x.mask {
				found = found || x.slots[p]&numberMask == i+1
			}
			if found != in[i] {
				t.Fatalf("entry %d: found %v, is in it %v", i, found, in[i])
			}
		}
	})
}

func TestAddDoesNotAllocate(t *testing.T) {
	w := newWorld(t, Config{Hosts: 1000, Groups: carpet()})
	const n = 3000
	b := make([]Update, 2*n)
	for i := range b {
		b[i] = sample(addr4(i%n), 100, 1, nil)
		if i&3 == 0 {
			b[i].Flags, b[i].First, b[i].Last = Flow, w.now-20*second, w.now
		}
	}
	i := 0
	if got := testing.AllocsPerRun(200, func() {
		i = (i + 500) % n
		w.now += 300 * ms
		w.s.Add(w.now, b[i:i+500])
		for !w.s.Walk(w.now, 100) {
		}
	}); got != 0 {
		t.Errorf("%g allocations", got)
	}
}
