package aggregate

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func newClock() *clock { return &clock{pool: &pool{left: poolPages}} }

// placed adds the buckets up.
func (c *clock) placed() (packets, bytes float64) {
	for _, b := range c.buckets() {
		packets += b.Packets
		bytes += b.Bytes
	}
	return packets, bytes
}

// TestClockLosesNothing feeds flows of every length and checks that all
// packets are in a second or told to be lost, and that seconds are in order.
func TestClockLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		var want float64
		n := rapid.IntRange(1, 60).Draw(t, "n")
		for range n {
			first := rapid.OneOf(rapid.Int64Range(-400e9, 400e9), rapid.Int64Range(-1<<62, 1<<62),
				rapid.SampledFrom([]int64{0, -1, 1, -1 << 62, 1 << 62, math.MinInt64, math.MaxInt64, 1e9, 999_999_999, -1e9})).Draw(t, "first")
			last := first
			switch rapid.IntRange(0, 4).Draw(t, "kind") {
			case 1:
				last = sum(first, rapid.Int64Range(0, 40e9).Draw(t, "short"))
			case 2:
				last = sum(first, rapid.Int64Range(0, 3*3600e9).Draw(t, "long"))
			case 3:
				last = sum(first, -rapid.Int64Range(1, 1e18).Draw(t, "backwards"))
			case 4:
				last = rapid.Int64().Draw(t, "anywhere")
			}
			packets := float64(rapid.IntRange(1, 1_000_000).Draw(t, "packets"))
			c.add(first, last, packets, 100*packets)
			want += packets
		}
		packets, bytes := c.placed()
		if got := packets + c.lost; math.Abs(got-want) > 1e-6*want {
			t.Fatalf("%g packets in seconds and %g lost, want %g", packets, c.lost, want)
		}
		if math.Abs(bytes-100*packets) > 1e-6*100*want {
			t.Fatalf("%g octets for %g packets", bytes, packets)
		}
		if c.pool.left < 0 {
			t.Fatalf("%d pages left", c.pool.left)
		}
		list := c.buckets()
		for i := range list {
			if i > 0 && list[i].Second <= list[i-1].Second {
				t.Fatal("seconds are not in order")
			}
			if list[i].Packets < 0 || math.IsNaN(list[i].Packets) {
				t.Fatalf("second %d holds %g packets", list[i].Second, list[i].Packets)
			}
		}
	})
}

// sum adds without passing the ends.
func sum(a, b int64) int64 {
	s := a + b
	if b > 0 && s < a {
		return math.MaxInt64
	}
	if b < 0 && s > a {
		return math.MinInt64
	}
	return s
}

func TestClockCases(t *testing.T) {
	type second struct {
		at      int64
		packets float64
	}
	cases := []struct {
		name        string
		first, last int64
		packets     float64
		want        []second
		lost        float64
	}{
		{"a packet", 5e8, 5e8, 1, []second{{0, 1}}, 0},
		{"a packet before 1970", -1, -1, 1, []second{{-1, 1}}, 0},
		{"backwards", 7e9, 3e9, 4, []second{{7, 4}}, 0},
		{"two halves", 5e8, 15e8, 10, []second{{0, 5}, {1, 5}}, 0},
		{"three seconds", 0, 3e9, 3, []second{{0, 1}, {1, 1}, {2, 1}}, 0},
		{"around 1970", -1e9, 1e9, 2, []second{{-1, 1}, {0, 1}}, 0},
		{"fifty years", 0, 50 * 365 * 86400e9, 9, nil, 9},
		{"all of time", math.MinInt64, math.MaxInt64, 7, nil, 7},
		{"half of time", -1 << 62, 1 << 62, 7, nil, 7},
	}
	for _, c := range cases {
		k := newClock()
		k.add(c.first, c.last, c.packets, 0)
		var got []second
		for _, b := range k.buckets() {
			got = append(got, second{b.Second, math.Round(b.Packets*1e9) / 1e9})
		}
		if !slices.Equal(got, c.want) || k.lost != c.lost {
			t.Errorf("%s: %v, lost %g; want %v, lost %g", c.name, got, k.lost, c.want, c.lost)
		}
	}
}

// TestClockForgetsEndedRates checks that rounding leaves no traffic behind after
// long flows of very different rates, and none between flows years apart.
func TestClockForgetsEndedRates(t *testing.T) {
	c := newClock()
	year := int64(365 * 86400e9)
	for i := range int64(10) {
		c.add(i*1e8, 100e9+i*7e8, 1e15/3, 1)
		c.add(i*1e8, 200e9+i*7e8, 1.0/3, 1)
	}
	c.add(30*year, 30*year+300e9, 300, 1)
	list := c.buckets()
	if len(list) > 600 {
		t.Errorf("%d seconds carry traffic", len(list))
	}
	if end := list[len(list)-1].Second; end != 30*365*86400+299 {
		t.Errorf("traffic ends in second %d", end)
	}
	if len(c.pages) > 5 {
		t.Errorf("%d pages", len(c.pages))
	}
}

func TestClockIsBounded(t *testing.T) {
	c := newClock()
	for i := range int64(maxPages + 100) {
		c.add(i*pageSeconds*1e9, i*pageSeconds*1e9, 1, 1)
	}
	if packets, _ := c.placed(); len(c.pages) != maxPages || packets != maxPages || c.lost != 100 {
		t.Errorf("%d pages, %g packets, %g lost", len(c.pages), packets, c.lost)
	}
	poor := &clock{pool: &pool{left: 2}}
	poor.add(0, 0, 1, 1)
	poor.add(0, 100e9, 100, 1)   // one page for the seconds, one for the rates
	poor.add(600e9, 700e9, 5, 1) // none left
	if packets, _ := poor.placed(); math.Abs(packets-101) > 1e-9 || math.Abs(poor.lost-5) > 1e-9 || !poor.pool.short {
		t.Errorf("%g packets placed, %g lost, short %v", packets, poor.lost, poor.pool.short)
	}
	poor.close(106)
	poor.add(0, 0, 1, 1)
	if poor.pool.left != 2 || poor.lost != 107 || len(poor.buckets()) != 0 {
		t.Errorf("after closing: %d left, %g lost", poor.pool.left, poor.lost)
	}
}
