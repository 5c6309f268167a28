package pipeline

import (
	"floodmark/internal/geo"
	"floodmark/internal/model"
	"floodmark/internal/store/duckdb"
)

// places gathers rows until there are enough to look up where their addresses
// are, many at a time. It belongs to one reader.
type places struct {
	db    *geo.DB
	rows  [placeRows]model.FlowRow
	n     int
	addrs [2 * placeRows]model.Addr // sources at even places
	found [2 * placeRows]geo.Origin
}

const placeRows = 16

// next is the row to be filled in; its SrcAS and DstAS are those that the
// exporter told, or 0.
func (p *places) next() *model.FlowRow { return &p.rows[p.n] }

// add keeps the row that next gave, and reports whether flush is due.
func (p *places) add() (full bool) {
	r := &p.rows[p.n]
	p.addrs[2*p.n], p.addrs[2*p.n+1] = r.Src, r.Dst
	p.n++
	return p.n == placeRows
}

// flush completes the rows and hands them to the store. A network that the
// exporter told stays: the router's own table is nearer to the truth than a
// registry.
func (p *places) flush(to *duckdb.Writer) {
	if p.db != nil {
		p.db.Origins(p.addrs[:2*p.n], p.found[:])
	}
	for i := range p.rows[:p.n] {
		r, src, dst := &p.rows[i], &p.found[2*i], &p.found[2*i+1]
		r.SrcCountry, r.DstCountry = src.Country, dst.Country
		if r.SrcAS == 0 {
			r.SrcAS = src.ASN
		}
		if r.DstAS == 0 {
			r.DstAS = dst.ASN
		}
		to.Add(r)
	}
	p.n = 0
}

// use goes on with other address data.
func (p *places) use(db *geo.DB) {
	if db != p.db {
		p.db = db
		clear(p.found[:])
	}
}
