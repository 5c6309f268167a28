package topology

import (
	"math/rand/v2"
	"slices"
	"testing"

	"floodmark/internal/model"
)

func rng(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

func TestBlocksOfThePlanAreApartAndPublic(t *testing.T) {
	type block struct {
		Range
		country string
	}
	var all []block
	for country, l := range Build(nil).lines {
		if l.hops < 5 || l.rtt < 5 || len(l.ranges) < 4 {
			t.Errorf("%s: %d hops, %d ms, %d blocks", country, l.hops, l.rtt, len(l.ranges))
		}
		for _, r := range l.ranges {
			all = append(all, block{r, country})
		}
	}
	slices.SortFunc(all, func(a, b block) int { return int(int64(a.First) - int64(b.First)) })
	for i, b := range all {
		if reserved(b.First) || reserved(b.Last) {
			t.Errorf("%s holds reserved space from %v", b.country, model.Addr4(b.First))
		}
		if i > 0 && all[i-1].Last >= b.First {
			t.Errorf("%s and %s share %v", all[i-1].country, b.country, model.Addr4(b.First))
		}
	}
	if len(all) < 200 {
		t.Errorf("only %d blocks were looked at", len(all))
	}
}

func TestUserReportsHasTheSharesAskedForAndNoTwins(t *testing.T) {
	hosts := Build(nil).Hosts(rng(3), UserReports{N: 4000, Shares: []Share{{"US", 50}, {"UA", 1}, {"BR", 49}}, Mix: Cameras, Tail: 1})
	count, seen := map[string]int{}, map[model.Addr]bool{}
	for _, h := range hosts {
		count[h.Country]++
		if seen[h.Addr] || Reserved(h.Addr) {
			t.Errorf("%v appears twice or is reserved", h.Addr)
		}
		seen[h.Addr] = true
	}
	if len(hosts) != 4000 || count["US"] != 2000 || count["UA"] != 40 || count["BR"] != 1960 {
		t.Errorf("%d hosts: %v", len(hosts), count)
	}
}

// Real sources cluster: far fewer /16s than hosts, and neighbours are about
// equally far away. Forged ones do neither.
func TestRealHostsClusterAndNeighboursAreEquallyFar(t *testing.T) {
	hosts := Build(nil).Hosts(rng(5), UserReports{N: 5000, Shares: []Share{{"US", 1}, {"IT", 1}, {"BR", 1}}, Mix: Cameras})
	nets := map[model.Addr][]uint8{}
	for _, h := range hosts {
		nets[h.Addr.Mask(24)] = append(nets[h.Addr.Mask(24)], h.Hops)
	}
	pairs, near := 0, 0
	for _, hops := range nets {
		for i := 1; i < len(hops); i++ {
			pairs++
			if d := int(hops[i]) - int(hops[i-1]); d >= -1 && d <= 1 {
				near++
			}
		}
	}
	if len(nets) > 4000 || pairs < 500 || near < pairs*95/100 {
		t.Errorf("%d /24s, %d of %d neighbours equally far", len(nets), near, pairs)
	}
}

type fewPlaces struct{}

func (fewPlaces) Source() string { return "test data" }
func (fewPlaces) Ranges(country string) []Range {
	if country != "UA" {
		return nil
	}
	return []Range{{First: 0x5b5b5b03, Last: 0x5b5b5bf0, ASN: 64500}, {First: 0x5c000000, Last: 0x5c00ffff, ASN: 64501}}
}

func TestHostsStayInsideTheRangesOfAddressData(t *testing.T) {
	p := Build(fewPlaces{})
	hosts := p.Hosts(rng(7), UserReports{N: 300, Shares: []Share{{"UA", 1}}, Mix: People})
	for _, h := range hosts {
		v := h.Addr.V4()
		first := v >= 0x5b5b5b03 && v <= 0x5b5b5bf0 && h.ASN == 64500
		second := v>>16 == 0x5c00 && h.ASN == 64501
		if !first && !second {
			t.Fatalf("%v of AS%d is outside of the ranges", h.Addr, h.ASN)
		}
	}
	if len(hosts) != 300 || p.Source() != "test data" {
		t.Errorf("%d hosts from %q", len(hosts), p.Source())
	}
}

func TestPermutedNeverRepeats(t *testing.T) {
	const n = 1 << 18
	all := make([]uint32, n)
	bytes := [256]int{}
	for i := range all {
		all[i] = Permuted(42, uint32(i)).V4()
		bytes[all[i]>>24]++
	}
	slices.Sort(all)
	if kept := len(slices.Compact(all)); kept != n {
		t.Errorf("%d of %d addresses are distinct", kept, n)
	}
	for o, c := range bytes { // 1024 expected, standard deviation 32
		if c < 850 || c > 1200 {
			t.Errorf("first octet %d comes %d times", o, c)
		}
	}
}

func TestForgers(t *testing.T) {
	r := rng(9)
	low := false
	for range 20000 {
		if a := Filtered(r); Reserved(a) {
			t.Fatalf("filtered forger gave %v", a)
		}
		low = low || Reserved(Uniform(r))
	}
	if !low {
		t.Error("the uniform forger never gave reserved space")
	}
	weak, seen := WeakForger(1), map[model.Addr]bool{}
	for range 60000 {
		seen[weak(r)] = true
	}
	if len(seen) != 1<<14 {
		t.Errorf("the weak forger has %d addresses", len(seen))
	}
}
