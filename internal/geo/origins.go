package geo

import "floodmark/internal/model"

// Origin is country and network of an address in numbers, zero where unknown. A
// country on which two sources disagree is unknown.
type Origin struct {
	ASN     uint32
	Country model.Code2
}

// lanes is how many searches go side by side.
const lanes = 32

// Origins fills in out, as long as addrs, what is known of each address. It
// does not allocate. Next to as many calls of Lookup it takes half of the
// time where addresses are as random as those of a spoofed flood: most of a
// search is waiting for memory, and here the searches wait together.
func (db *DB) Origins(addrs []model.Addr, out []Origin) {
	for len(addrs) > 0 {
		n := min(len(addrs), lanes)
		var found [lanes]place
		db.find(addrs[:n], &found)
		for i, p := range found[:n] {
			out[i] = db.origin(p)
		}
		addrs, out = addrs[n:], out[n:]
	}
}

func (db *DB) origin(p place) Origin {
	if len(db.asns) == 0 {
		return Origin{}
	}
	o := Origin{ASN: db.asns[p.network()], Country: db.codes[p.country()]}
	if second := db.codes[p.country2()]; second != 0 && second != o.Country {
		o.Country = 0
	}
	return o
}

// find searches as find4 does, each step for all addresses.
func (db *DB) find(addrs []model.Addr, found *[lanes]place) {
	var at, left [lanes]uint32
	four := uint32(0) // bits: which are IPv4
	if len(db.index4) > 0 {
		for i := range addrs {
			if a := &addrs[i]; a.Is4() {
				h := a.V4() >> 16
				at[i], left[i] = db.index4[h], db.index4[h+1]-db.index4[h]
				four |= 1 << i
			}
		}
	}
	for i := range addrs {
		low, n, v := at[i], left[i], uint16(addrs[i].Lo)
		for n > 1 {
			half := n / 2
			next := low
			if db.low4[next+half] <= v {
				next += half
			}
			low, n = next, n-half
		}
		at[i] = low
	}
	for i := range addrs {
		switch {
		case four&(1<<i) != 0:
			found[i] = db.place4[at[i]]
		case !addrs[i].Is4():
			found[i] = db.find6(addrs[i])
		}
	}
}
