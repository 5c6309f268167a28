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

// rateCache spares lookups for each record; gen is device.gen when it was
// filled.
type rateCache struct {
	gen          uint32
	filled       bool
	rate         uint32 // where a record names no sampler
	perInterface bool
	sysInit      int64 // Unix ms of the exporter's boot, 0 unknown
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
	s.exp.device.changed(s)
	return true
}

// rate returns the rate of records that name no sampler themselves: that of
// the domain; else the one rate of all its samplers or line cards; else what
// domain 0 announces, which stands for the whole exporter (RFC 7011 section
// 3.1); else the one rate of the whole device. 0 is "not announced".
func (s *stream) rate() uint32 {
	s.fresh()
	return s.cache.rate
}

// fresh fills the cache where something was announced since.
func (s *stream) fresh() {
	c := &s.cache
	if c.filled && c.gen == s.exp.device.gen {
		return
	}
	*c = rateCache{gen: s.exp.device.gen, filled: true}
	c.rate = s.find(rateTable.shared)
	c.perInterface = s.advertises(byInterface)
	c.sysInit = s.bootTime()
}

// rateOf returns the rate of one sampler or interface, 0 where it was not
// announced.
func (s *stream) rateOf(k rateKey) uint32 {
	s.fresh()
	c := &s.cache
	if c.keyFilled && c.key == k {
		return c.keyRate
	}
	rate := s.find(func(t rateTable, steady bool) (uint32, bool) {
		r := t[k]
		if steady && r.changed {
			return 0, true
		}
		return r.rate, true
	})
	c.key, c.keyRate, c.keyFilled = k, rate, true
	return rate
}

// find looks a rate up from near to far: this domain; domain 0 of the exporter;
// the same domain from other source ports of the device; all domains of the
// device. Within a step all that is announced must agree. What a first pass
// learned (steady) comes after all that was announced in this one.
func (s *stream) find(get func(t rateTable, steady bool) (rate uint32, ok bool)) uint32 {
	for _, steady := range [...]bool{false, true} {
		for _, near := range [...]func(*stream) bool{
			func(o *stream) bool { return o == s },
			func(o *stream) bool { return o.exp == s.exp && o.key == streamKey{s.key.proto, 0} },
			func(o *stream) bool { return o.key == s.key },
			func(o *stream) bool { return o.key.proto == s.key.proto && !o.scoped },
		} {
			if rate := s.agreed(near, steady, get); rate != 0 {
				return rate
			}
		}
	}
	return 0
}

// agreed returns the rate on which the streams that are near agree, 0 where
// they do not or none announced one.
func (s *stream) agreed(near func(*stream) bool, steady bool, get func(rateTable, bool) (uint32, bool)) uint32 {
	var rate uint32
	for _, o := range s.relatives() {
		if !near(o) {
			continue
		}
		t := o.rates
		if steady {
			t = o.learnRate
		}
		switch r, ok := get(t, steady); {
		case !ok || rate != 0 && r != 0 && r != rate:
			return 0
		case r != 0:
			rate = r
		}
	}
	return rate
}

// relatives are the streams whose announcements may hold for s.
func (s *stream) relatives() []*stream {
	if s.exp.device.crowded {
		near := []*stream{s}
		if z := s.exp.streams[streamKey{s.key.proto, 0}]; z != nil && z != s {
			near = append(near, z)
		}
		return near
	}
	return s.exp.device.announcers
}

// bootTime returns IE 160 of an options record in Unix ms: of this domain, else
// what all others of the device agree on, 0 where that is nothing.
func (s *stream) bootTime() int64 {
	if s.sysInit != 0 {
		return s.sysInit
	}
	var at int64
	for _, o := range s.relatives() {
		switch {
		case o.sysInit == 0:
		case at != 0 && o.sysInit != at:
			return 0
		default:
			at = o.sysInit
		}
	}
	return at
}

// announces reports whether rates of this kind are announced for s: by this
// domain, from whichever source port, or by domain 0.
func (s *stream) advertises(kind rateKind) bool {
	for _, o := range s.relatives() {
		near := o.key == s.key || o.exp == s.exp && o.key == streamKey{s.key.proto, 0}
		if near && (o.rates.advertises(kind) || o.learnRate.advertises(kind)) {
			return true
		}
	}
	return false
}

// shared returns the rate of the domain, or the one that all samplers and line
// cards agree on, or 0; ok is false where they do not agree. With steady, rates
// that changed do not count.
func (t rateTable) shared(steady bool) (rate uint32, ok bool) {
	if r, known := t[rateKey{kind: byDomain}]; known && !(steady && r.changed) {
		return r.rate, true
	}
	for k, r := range t {
		if k.kind == byInterface {
			continue
		}
		if steady && r.changed || rate != 0 && r.rate != rate {
			return 0, false
		}
		rate = r.rate
	}
	return rate, true
}

func (t rateTable) advertises(kind rateKind) bool {
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
