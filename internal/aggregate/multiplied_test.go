package aggregate

import (
	"testing"

	"floodmark/internal/model"
)

func TestMultiplied(t *testing.T) {
	rng := random(4)
	varied := func(factor uint64) func(int) (uint64, uint64) {
		return func(int) (uint64, uint64) {
			n := 1 + rng.next()%9
			return n * factor, n * factor * (40 + rng.next()%1400)
		}
	}
	always := func(packets, bytes uint64) func(int) (uint64, uint64) {
		return func(int) (uint64, uint64) { return packets, bytes }
	}
	cases := []struct {
		name      string
		rate      uint32
		n         int
		counts    func(int) (uint64, uint64)
		factor    uint32
		dividedTo uint64 // draws after division, where the counts are constant
	}{
		{name: "ordinary flows", n: 200, counts: varied(1), factor: 1},
		{name: "sampled, not multiplied", rate: 100, n: 200, counts: varied(1), factor: 1},
		{name: "sampled and multiplied", rate: 100, n: 200, counts: varied(100), factor: 100},
		{name: "sampled, multiplied with something else", rate: 100, n: 200, counts: varied(64), factor: 1},
		{name: "multiplied, rate not told", n: 200, counts: varied(1000), factor: 1000},
		{name: "too few to say", n: 49, counts: varied(1000), factor: 1},
		{name: "small divisor, rate not told", n: 200, counts: varied(4), factor: 1},
		{name: "every flow 1,000 packets", n: 200, counts: always(1000, 44000), factor: 1000, dividedTo: 200},
		{name: "every flow 1,024 packets", n: 200, counts: always(1024, 1024*60), factor: 1024, dividedTo: 200},
		{name: "every flow three packets", n: 200, counts: always(3, 180), factor: 1},
		{name: "every flow 12 packets", n: 200, counts: always(12, 1200), factor: 1},
		{name: "an application of 137 packets", n: 200, counts: always(137, 137*60), factor: 1},
		{name: "packets divide, octets do not", n: 200, counts: always(1000, 44001), factor: 1},
		{name: "an absurd divisor", n: 200, counts: always(1<<30, 1<<40), factor: 1},
	}
	for _, c := range cases {
		var records []model.Record
		for i := range c.n {
			packets, bytes := c.counts(i)
			r := flow(model.Addr4(uint32(i)), victim, int64(i)*1e9, int64(i)*1e9, packets, bytes)
			r.Sampling = c.rate
			records = append(records, r)
		}
		s, p := read(records, aTarget)
		if got := max(s.Audit().Multiplied, 1); got != c.factor {
			t.Errorf("%s: factor %d, want %d", c.name, got, c.factor)
		}
		if c.dividedTo > 0 && p.Samples != c.dividedTo {
			t.Errorf("%s: %d draws, want %d", c.name, p.Samples, c.dividedTo)
		}
		var want float64
		for _, r := range records {
			n := float64(r.Packets)
			if c.rate > 1 && c.factor == 1 {
				n *= float64(c.rate)
			}
			want += n
		}
		if p.Packets != want {
			t.Errorf("%s: %g packets, want %g", c.name, p.Packets, want)
		}
	}
}

func TestMultipliedIsJudgedPerSampler(t *testing.T) {
	var m multiplied
	for i := range 200 {
		m.observe(&model.Record{Exporter: 1, Packets: uint64(1+i%7) * 500, Bytes: uint64(1+i%7) * 500 * 60})
		m.observe(&model.Record{Exporter: 2, Packets: uint64(1 + i%7), Bytes: 60})
		m.observe(&model.Record{Exporter: 3})
	}
	for exporter, want := range map[uint32]uint32{1: 500, 2: 1, 3: 1, 4: 1} {
		if got := m.factor(&model.Record{Exporter: exporter}); got != want {
			t.Errorf("exporter %d: %d, want %d", exporter, got, want)
		}
	}
	for i := range uint32(maxSamplers + 100) {
		m.observe(&model.Record{Exporter: 10 + i, Packets: 1})
	}
	if len(m.samplers) != maxSamplers {
		t.Errorf("%d samplers", len(m.samplers))
	}
}

func TestCommonRates(t *testing.T) {
	for n, want := range map[uint64]bool{64: false, 100: true, 128: true, 200: true, 250: false, 500: true, 512: true, 1000: true,
		2000: true, 4096: true, 137: false, 300: false, 10_000: true, 1500: false} {
		if commonRate(n) != want {
			t.Errorf("%d: %v", n, !want)
		}
	}
}
