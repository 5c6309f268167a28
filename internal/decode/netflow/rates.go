package netflow

import "math"

// rateKind says what an announced sampling rate holds for.
type rateKind uint8

const (
	byDomain    rateKind = iota // all of the observation domain
	bySampler                   // IE 48 samplerId or 302 selectorId
	byInterface                 // IE 10 or RFC 3954 scope 2
	byLineCard                  // IE 141 or RFC 3954 scope 3
)

// String returns the kind's name in reports.
func (k rateKind) String() string {
	switch k {
	case byDomain:
		return "domain"
	case bySampler:
		return "sampler"
	case byInterface:
		return "interface"
	}
	return "line-card"
}

type rateKey struct {
	kind rateKind
	id   uint64
}

// announcedRate is one sampling rate that options records told.
type announcedRate struct {
	rate    uint32
	changed bool // told differently at another time
}

// rateTable holds the sampling rates that options records told.
type rateTable map[rateKey]announcedRate

// rateCache spares lookups for each record; gen is exporter.gen when it was
// filled.
type rateCache struct {
	gen          uint32
	filled       bool
	rate         uint32 // where a record names no sampler
	perInterface bool
	key          rateKey
	keyRate      uint32
	keyFilled    bool
}

// announce keeps a rate from an options record. It returns false where the
// table is full.
func (s *stream) announce(t *rateTable, k rateKey, rate uint32, limit int) bool {
	if *t == nil {
		*t = make(rateTable)
	}
	old, known := (*t)[k]
	switch {
	case known && old.rate == rate:
		return true
	case !known && len(*t) >= limit:
		return false
	}
	(*t)[k] = announcedRate{rate: rate, changed: known}
	s.exp.gen++
	return true
}

// rate returns the rate of records that name no sampler themselves: that of
// the domain; else the one rate of all its samplers or line cards; else what
// domain 0 tells, which stands for the whole exporter (RFC 7011 section 3.1).
// 0 is "not told".
func (s *stream) rate() uint32 {
	c := &s.cache
	if c.filled && c.gen == s.exp.gen {
		return c.rate
	}
	*c = rateCache{gen: s.exp.gen, filled: true}
	c.rate = s.rates.shared(false)
	if c.rate == 0 {
		c.rate = s.whole().rates.shared(false)
	}
	if c.rate == 0 {
		c.rate = s.learnRate.shared(true)
	}
	if c.rate == 0 {
		c.rate = s.whole().learnRate.shared(true)
	}
	c.perInterface = s.rates.tells(byInterface) || s.learnRate.tells(byInterface)
	return c.rate
}

// whole returns the stream of domain 0 of the same exporter, s where there is
// none.
func (s *stream) whole() *stream {
	if z := s.exp.streams[streamKey{s.key.proto, 0}]; z != nil {
		return z
	}
	return s
}

// rateOf returns the rate of one sampler or interface, 0 where it was not told.
func (s *stream) rateOf(k rateKey) uint32 {
	s.rate() // drops what was cached before the last change
	c := &s.cache
	if c.keyFilled && c.key == k {
		return c.keyRate
	}
	rate := s.rates[k].rate
	if rate == 0 {
		rate = s.whole().rates[k].rate
	}
	for _, t := range [...]rateTable{s.learnRate, s.whole().learnRate} {
		if r := t[k]; rate == 0 && !r.changed {
			rate = r.rate
		}
	}
	c.key, c.keyRate, c.keyFilled = k, rate, true
	return rate
}

// shared returns the rate of the domain, or the one that all samplers and line
// cards agree on, or 0. With steady, rates that changed do not count.
func (t rateTable) shared(steady bool) uint32 {
	if r, ok := t[rateKey{kind: byDomain}]; ok && !(steady && r.changed) {
		return r.rate
	}
	var rate uint32
	for k, r := range t {
		if k.kind == byInterface {
			continue
		}
		if steady && r.changed || rate != 0 && r.rate != rate {
			return 0
		}
		rate = r.rate
	}
	return rate
}

func (t rateTable) tells(kind rateKind) bool {
	for k := range t {
		if k.kind == kind {
			return true
		}
	}
	return false
}

// ownRate returns the sampling rate that a record's fields tell, 0 for none:
// one packet in so many was looked at. RFC 5477 section 8.2: of interval and
// space, interval packets are taken and space packets skipped; of size and
// population, size out of each population.
func (x *extra) ownRate() uint32 {
	switch {
	case x.rate != 0:
		return rate32(x.rate)
	case x.interval != 0:
		return rate32(divideRound(addCap(x.interval, x.space), x.interval))
	case x.size != 0 && x.population != 0:
		return rate32(divideRound(x.population, x.size))
	case x.probability > 1.0/math.MaxUint32 && x.probability <= 1:
		return rate32(uint64(math.Round(1 / x.probability)))
	}
	return 0
}

func rate32(v uint64) uint32 { return uint32(min(max(v, 1), math.MaxUint32)) }

func addCap(a, b uint64) uint64 {
	if b > math.MaxUint64-a {
		return math.MaxUint64
	}
	return a + b
}

func divideRound(a, b uint64) uint64 { return a/b + (a%b+b/2)/b }
