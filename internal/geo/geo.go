// Package geo answers which country and which network an address belongs to,
// from one compact file that package compile makes of public address data.
//
// It reads that file whole, checks it, and answers lookups without allocating;
// a DB never changes after Open, so any goroutine may use it. It does not
// fetch or compile data (package compile does), does not guess: what the data
// does not know stays empty, and it says nothing of where a person is: an
// address in a country is a line of a registry, not a place.
package geo

import (
	"sort"

	"floodmark/internal/model"
)

// DB is a loaded address database. The zero value knows no address.
type DB struct {
	info      Info
	countries []string  // index 0 is ""
	networks  []network // index 0 is the unknown network

	// The same, small, for Origins.
	codes [256]model.Code2
	asns  []uint32

	// IPv4: index[h] is where the ranges of h.0/16 begin; low holds the low
	// 16 bits at which a range begins, the first of each /16 being 0.
	index4 []uint32
	low4   []uint16
	place4 []place

	// IPv6: the 128-bit addresses at which a range begins, the first being 0.
	// coarse6 is every coarseStep-th of hi6, small enough to stay in cache.
	hi6, lo6 []uint64
	place6   []place
	coarse6  []uint64
}

// coarseStep is the best of 16, 32, 64 and 128, with one level or two above it.
const coarseStep = 64

type network struct {
	asn         uint32
	name        string
	kind        uint8 // index into Kinds
	unlocatable bool
}

// place is what is known of a range: a country's number in bits 0 to 7, the
// second country's in 8 to 15, unlocatable in bit 16, a network's number in the
// upper half. It is kept beside the range and not behind a number, because
// another step through memory is most of what a lookup costs.
type place uint64

const unlocatable place = 1 << 16

func newPlace(country, country2 uint8, far bool, network uint32) place {
	p := place(country) | place(country2)<<8 | place(network)<<32
	if far {
		p |= unlocatable
	}
	return p
}

func (p place) country() uint8  { return uint8(p) }
func (p place) country2() uint8 { return uint8(p >> 8) }
func (p place) network() uint32 { return uint32(p >> 32) }

// kinds are the values of model.Place.Kind; the file stores their position.
var kinds = [...]string{"unknown", "access", "mobile", "hosting", "cdn", "vpn", "education", "transit"}

// Lookup returns what the data says of an address; the zero Place, with Kind
// "unknown", where it says nothing. It does not allocate: the strings belong
// to the DB and live as long as it.
func (db *DB) Lookup(a model.Addr) model.Place {
	if a.Is4() {
		return db.at(db.find4(a.V4()))
	}
	return db.at(db.find6(a))
}

// find4 searches without branches that the processor would have to guess.
func (db *DB) find4(v uint32) place {
	if len(db.index4) == 0 {
		return 0
	}
	at, end := db.index4[v>>16], db.index4[v>>16+1]
	low := uint16(v)
	for n := end - at; n > 1; {
		half := n / 2
		next := at
		if db.low4[at+half] <= low {
			next = at + half
		}
		at, n = next, n-half
	}
	return db.place4[at]
}

func (db *DB) find6(a model.Addr) place {
	if len(db.hi6) == 0 {
		return 0
	}
	return db.place6[db.range6(a)]
}

// range6 returns the last range that begins at or before a.
func (db *DB) range6(a model.Addr) int {
	// First the last high half below a's, or the first of all. Not "at or
	// below": several ranges may share a's high half, and then the low halves
	// decide, which is rare and done last.
	at := lastBelow(db.coarse6, a.Hi) * coarseStep
	at += lastBelow(db.hi6[at:min(at+coarseStep, len(db.hi6))], a.Hi)
	rest, low := db.hi6[at+1:], db.lo6[at+1:]
	if len(rest) == 0 || rest[0] != a.Hi {
		return at
	}
	return at + sort.Search(len(rest), func(i int) bool { return rest[i] > a.Hi || low[i] > a.Lo })
}

// lastBelow returns the place of the last value below v in an ascending list,
// 0 where there is none.
func lastBelow(list []uint64, v uint64) int {
	at := 0
	for n := len(list); n > 1; {
		half := n / 2
		next := at
		if list[at+half] < v {
			next = at + half
		}
		at, n = next, n-half
	}
	return at
}

func (db *DB) at(p place) model.Place {
	if len(db.networks) == 0 {
		return model.Place{Kind: kinds[0]}
	}
	n := &db.networks[p.network()]
	return model.Place{
		Country:     db.countries[p.country()],
		Country2:    db.countries[p.country2()],
		ASN:         n.asn,
		AS:          n.name,
		Kind:        kinds[n.kind],
		Unlocatable: p&unlocatable != 0 || n.unlocatable,
	}
}

// Ranges calls fn for every range of addresses whose country is the given
// ISO 3166-1 alpha-2 code, in ascending order, IPv4 first; every located range
// where country is "". Both ends are inside. fn returns false to stop.
// Neighbouring ranges may hold the same place.
func (db *DB) Ranges(country string, fn func(first, last model.Addr, p model.Place) bool) {
	want := func(p place) bool {
		c := db.countries[p.country()]
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
