package aggregate

import "floodmark/internal/model"

// multiplied finds exporters that had already multiplied their counts by the
// sampling rate: then all packet counts of a sampler share a divisor.
type multiplied struct {
	samplers map[sampler]*divisor
}

type sampler struct {
	exporter, domain, rate uint32
}

type divisor struct {
	gcd, bytes uint64 // greatest common divisors of the packet and byte counts
	records    uint64
	first      uint64 // packets of the first record
	varied     bool   // counts differ between records
}

const (
	maxSamplers        = 4096
	minDivisorRecords  = 50 // one record in two is odd by chance: 2^-50 that all are even
	minMultipliedGuess = 10 // smallest divisor believed without a stated rate
)

func (m *multiplied) observe(r *model.Record) {
	key := sampler{r.Exporter, r.Domain, r.Sampling}
	d := m.samplers[key]
	if d == nil {
		if len(m.samplers) >= maxSamplers {
			return
		}
		if m.samplers == nil {
			m.samplers = make(map[sampler]*divisor)
		}
		d = new(divisor)
		m.samplers[key] = d
	}
	if r.Packets == 0 {
		return
	}
	d.records++
	if d.records == 1 {
		d.first = r.Packets
	}
	d.varied = d.varied || r.Packets != d.first
	if d.gcd != 1 {
		d.gcd = gcd(d.gcd, r.Packets)
		d.bytes = gcd(d.bytes, r.Bytes)
	}
}

// factor gives what the counts of this record's sampler were multiplied with,
// 1 where they were not.
func (m *multiplied) factor(r *model.Record) uint32 {
	d := m.samplers[sampler{r.Exporter, r.Domain, r.Sampling}]
	if d == nil || d.records < minDivisorRecords || d.gcd <= 1 || d.gcd > 1<<24 {
		return 1
	}
	if r.Sampling > 1 {
		if d.gcd%uint64(r.Sampling) == 0 && d.bytes%uint64(r.Sampling) == 0 {
			return r.Sampling
		}
		return 1
	}
	// Without a stated rate, flows that all have the same few packets look the
	// same, so a guess needs bytes with the same divisor and either several
	// counts or a divisor that samplers use.
	if d.gcd >= minMultipliedGuess && d.bytes%d.gcd == 0 && (d.varied || commonRate(d.gcd)) {
		return uint32(d.gcd)
	}
	return 1
}

// commonRate reports the sampling factors that people set: powers of two, and
// 1, 2 or 5 times a power of ten, from 100 on.
func commonRate(n uint64) bool {
	if n < 100 {
		return false
	}
	if n&(n-1) == 0 {
		return true
	}
	for n%10 == 0 {
		n /= 10
	}
	return n == 1 || n == 2 || n == 5
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
