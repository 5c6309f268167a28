package live

import (
	"floodmark/internal/geo"
	"floodmark/internal/model"
)

// places remembers where the latest addresses are, since most records are of
// addresses just met. It belongs to one reader.
type places struct {
	db    *geo.DB
	cache [placeSlots]place
}

type place struct {
	addr    model.Addr
	asn     uint32
	country model.Code2
}

const placeSlots = 8192

// of returns country and network of an address, zero where unknown. A country
// on which two sources disagree is unknown.
func (p *places) of(a model.Addr) (model.Code2, uint32) {
	if p.db == nil {
		return 0, 0
	}
	c := &p.cache[a.Hash()%placeSlots]
	if c.addr != a {
		found := p.db.Lookup(a)
		*c = place{addr: a, asn: found.ASN}
		if !found.Disputed() {
			c.country = model.ParseCode2(found.Country)
		}
	}
	return c.country, c.asn
}

// use goes on with other address data.
func (p *places) use(db *geo.DB) {
	if db != p.db {
		p.db = db
		clear(p.cache[:])
	}
}
