// Package geo answers which country and which network an address belongs to,
// from one compact file that package compile makes of public address data.
//
// It reads that file whole, checks it, and answers lookups without allocating;
// a DB never changes after Open, so any goroutine may use it. It does not
// fetch or compile data (package compile does), does not guess: what the data
// does not know stays empty, and it says nothing of where a person is: an
// address in a country is a line of a registry, not a place.
package geo

import "floodmark/internal/model"

// DB is a loaded address database. The zero value knows no address.
type DB struct {
	info      Info
	countries []string  // index 0 is ""
	networks  []network // index 0 is the unknown network
	places    []place   // index 0 knows nothing

	// IPv4: index[h] is where the ranges of h.0/16 begin; low holds the low
	// 16 bits at which a range begins, the first of each /16 being 0.
	index4 []uint32
	low4   []uint16
	place4 []uint32

	// IPv6: the 128-bit addresses at which a range begins, the first being 0.
	// coarse6 is every coarseStep-th of hi6, small enough to stay in cache.
	hi6, lo6 []uint64
	place6   []uint32
	coarse6  []uint64
}

const coarseStep = 64

type network struct {
	asn         uint32
	name        string
	kind        uint8 // index into Kinds
	unlocatable bool
}

type place struct {
	country, country2 uint8
	unlocatable       bool
	network           uint32
}

// Kinds are the values of model.Place.Kind; the file stores their position.
var Kinds = [...]string{"unknown", "access", "mobile", "hosting", "cdn", "vpn", "education", "transit"}

// Lookup returns what the data says of an address; the zero Place, with Kind
// "unknown", where it says nothing. It does not allocate: the strings belong
// to the DB and live as long as it.
func (db *DB) Lookup(a model.Addr) model.Place {
	if a.Is4() {
		return db.at(db.find4(a.V4()))
	}
	return db.at(db.find6(a))
}

func (db *DB) find4(v uint32) uint32 {
	if len(db.index4) == 0 {
		return 0
	}
	lo, hi := db.index4[v>>16], db.index4[v>>16+1]
	low := uint16(v)
	for hi-lo > 1 {
		if m := lo + (hi-lo)/2; db.low4[m] <= low {
			lo = m
		} else {
			hi = m
		}
	}
	return db.place4[lo]
}

func (db *DB) find6(a model.Addr) uint32 {
	if len(db.hi6) == 0 {
		return 0
	}
	return db.place6[db.range6(a)]
}

// range6 returns the last range that begins at or before a.
func (db *DB) range6(a model.Addr) int {
	// The coarse step must look for "before", not "at or before": several
	// ranges may share the high half, and the right one of them may lie before
	// a coarse entry with the same high half.
	lo, hi := 0, len(db.coarse6)
	for hi-lo > 1 {
		if m := lo + (hi-lo)/2; db.coarse6[m] < a.Hi {
			lo = m
		} else {
			hi = m
		}
	}
	lo, hi = lo*coarseStep, len(db.hi6)
	if end := lo + coarseStep; end < hi && db.hi6[end] > a.Hi {
		hi = end
	}
	for hi-lo > 1 {
		m := lo + (hi-lo)/2
		if h := db.hi6[m]; h < a.Hi || h == a.Hi && db.lo6[m] <= a.Lo {
			lo = m
		} else {
			hi = m
		}
	}
	return lo
}

func (db *DB) at(i uint32) model.Place {
	if len(db.places) == 0 {
		return model.Place{Kind: Kinds[0]}
	}
	p := &db.places[i]
	n := &db.networks[p.network]
	return model.Place{
		Country:     db.countries[p.country],
		Country2:    db.countries[p.country2],
		ASN:         n.asn,
		AS:          n.name,
		Kind:        Kinds[n.kind],
		Unlocatable: p.unlocatable || n.unlocatable,
	}
}

// Ranges calls fn for every range of addresses whose country is the given
// ISO 3166-1 alpha-2 code, in ascending order, IPv4 first; every located range
// where country is "". Both ends are inside. fn returns false to stop.
// Neighbouring ranges may hold the same place.
func (db *DB) Ranges(country string, fn func(first, last model.Addr, p model.Place) bool) {
	want := func(i uint32) bool {
		c := db.countries[db.places[i].country]
		return c != "" && (country == "" || c == country)
	}
	for h := 0; h+1 < len(db.index4); h++ {
		for i := db.index4[h]; i < db.index4[h+1]; i++ {
			last := uint32(0xffff)
			if i+1 < db.index4[h+1] {
				last = uint32(db.low4[i+1]) - 1
			}
			top := uint32(h) << 16
			if want(db.place4[i]) && !fn(model.Addr4(top|uint32(db.low4[i])), model.Addr4(top|last), db.at(db.place4[i])) {
				return
			}
		}
	}
	for i := range db.hi6 {
		last := model.Addr{Hi: ^uint64(0), Lo: ^uint64(0)}
		if i+1 < len(db.hi6) {
			last = before(model.Addr{Hi: db.hi6[i+1], Lo: db.lo6[i+1]})
		}
		if want(db.place6[i]) && !fn(model.Addr{Hi: db.hi6[i], Lo: db.lo6[i]}, last, db.at(db.place6[i])) {
			return
		}
	}
}

// before returns the address just below a, which must not be the lowest.
func before(a model.Addr) model.Addr {
	if a.Lo == 0 {
		return model.Addr{Hi: a.Hi - 1, Lo: ^uint64(0)}
	}
	return model.Addr{Hi: a.Hi, Lo: a.Lo - 1}
}
