package aggregate

import (
	"net/netip"
	"slices"
	"testing"

	"floodmark/internal/model"
)

// flashCrowd adds packets of many sources to hosts first, first+1, ...
func flashCrowd(s *Survey, first model.Addr, hosts, each int, class model.Class) {
	for h := range hosts {
		for i := range each {
			r := datagram(model.Addr4(0x0b000000+uint32(i%40)), model.Addr{Hi: first.Hi, Lo: first.Lo + uint64(h)}, nil, int64(i)*1e6)
			r.IPID = uint32(h*each+i)%65535 + 1
			r.Class = class
			s.Add(&r)
		}
	}
}

func prefixes(list ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range list {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}

func TestSuspects(t *testing.T) {
	cases := []struct {
		name string
		fill func(*Survey)
		want []netip.Prefix // all of them must be there
		not  []netip.Prefix
		most int
	}{
		{"one host", func(s *Survey) { flashCrowd(s, victim, 1, 1000, 20) }, prefixes("198.51.100.7/32"), nil, 1},
		{"a host with too few packets", func(s *Survey) { flashCrowd(s, victim, 1, 19, 20) }, nil, prefixes("198.51.100.7/32"), 0},
		{"three hosts", func(s *Survey) { flashCrowd(s, victim, 3, 1000, 20) },
			prefixes("198.51.100.7/32", "198.51.100.8/32", "198.51.100.9/32"), nil, 3},
		{"an IPv6 host", func(s *Survey) { flashCrowd(s, address("2001:db8::7"), 1, 100, 20) }, prefixes("2001:db8::7/128"), nil, 1},
		{"a /24 evenly", func(s *Survey) { flashCrowd(s, address("198.51.100.0"), 200, 50, 20) },
			prefixes("198.51.100.0/24"), prefixes("198.51.96.0/20", "198.51.100.0/22", "198.51.100.3/32"), 1},
		{"a /22 evenly", func(s *Survey) { flashCrowd(s, address("198.51.100.0"), 1024, 20, 20) },
			prefixes("198.51.100.0/22"), prefixes("198.51.100.0/24", "198.51.101.0/24", "198.51.96.0/20"), 1},
		{"a /20 evenly", func(s *Survey) { flashCrowd(s, address("198.51.96.0"), 4096, 20, 20) },
			prefixes("198.51.96.0/20"), prefixes("198.51.96.0/22", "198.51.100.0/24"), 1},
		{"an IPv6 /64 evenly", func(s *Survey) { flashCrowd(s, address("2001:db8:0:1::"), 100, 50, 20) },
			prefixes("2001:db8:0:1::/64"), nil, 1},
		{"multicast groups", func(s *Survey) {
			flashCrowd(s, address("239.1.2.0"), 200, 50, 20)
			flashCrowd(s, address("255.255.255.255"), 1, 1000, 20)
			flashCrowd(s, address("ff02::1"), 100, 50, 20)
		}, nil, prefixes("239.1.2.0/24"), 0},
		{"fifteen hosts are no carpet", func(s *Survey) { flashCrowd(s, address("198.51.100.0"), 15, 50, 20) },
			prefixes("198.51.100.0/32", "198.51.100.14/32"), prefixes("198.51.100.0/24"), 15},
		{"a /24 in which one host takes nearly all", func(s *Survey) {
			flashCrowd(s, address("198.51.100.0"), 100, 5, 20)
			flashCrowd(s, address("198.51.100.200"), 1, 5000, 20)
		}, prefixes("198.51.100.200/32"), prefixes("198.51.100.0/24"), 1},
		{"a carpet and a busy host of another class in it", func(s *Survey) {
			flashCrowd(s, address("198.51.100.0"), 200, 50, 20)
			flashCrowd(s, address("198.51.100.9"), 1, 9000, 21)
		}, prefixes("198.51.100.0/24", "198.51.100.9/32"), prefixes("198.51.100.8/32"), 2},
	}
	for _, c := range cases {
		s := NewSurvey()
		c.fill(s)
		got := s.Suspects()
		for _, p := range c.want {
			if !slices.Contains(got, p) {
				t.Errorf("%s: %v, want %v among them", c.name, got, p)
			}
		}
		for _, p := range c.not {
			if slices.Contains(got, p) {
				t.Errorf("%s: %v, want no %v", c.name, got, p)
			}
		}
		if len(got) > c.most {
			t.Errorf("%s: %d suspects, want at most %d", c.name, len(got), c.most)
		}
	}
}

// TestSuspectsAreBoundedAndAlwaysTheSame fills the survey with more hosts,
// classes and carpets than may be named, with equal counts everywhere.
func TestSuspectsAreBoundedAndAlwaysTheSame(t *testing.T) {
	make := func() []netip.Prefix {
		s := NewSurvey()
		for i := range uint32(40) {
			flashCrowd(s, model.Addr4(0x0a000000+i<<12), 20, 20, model.Class(1+i%30))
			flashCrowd(s, model.Addr4(0x0a000000+i<<12), 20, 20, model.Class(2+i%30))
		}
		flashCrowd(s, address("203.0.113.0"), 10, 25, 99)
		return s.Suspects()
	}
	first := make()
	if len(first) > maxHostSuspects+maxPrefixSuspects {
		t.Errorf("%d suspects", len(first))
	}
	seen := map[netip.Prefix]bool{}
	for _, p := range first {
		if seen[p] {
			t.Errorf("%v twice", p)
		}
		seen[p] = true
	}
	for range 5 {
		if again := make(); !slices.Equal(first, again) {
			t.Fatalf("suspects differ:\n%v\n%v", first, again)
		}
	}
}
