package main

import (
	"fmt"
	"slices"

	"floodmark/internal/geo"
	"floodmark/internal/model"
	"floodmark/internal/scenario/topology"
)

// geoPlaces offers compiled address data to the scenarios.
type geoPlaces struct {
	db    *geo.DB
	kinds []string // of networks; nil: all in which machines stand
}

// scenarioPlaces reads address data for the sources of a scenario.
func scenarioPlaces(file string) (topology.Places, error) {
	db, err := geo.Open(file)
	if err != nil {
		return nil, err
	}
	return geoPlaces{db: db}, nil
}

func (p geoPlaces) Source() string {
	return fmt.Sprintf("address data of %s, sha256 %s", p.db.Info().Date, p.db.Info().SHA256)
}

// Ranges gives the address ranges of a country in which machines stand: those
// of access, mobile, hosting and education networks. It leaves out what two
// sources place differently and what says little of where a device is, so that
// the truth does not hang on them.
func (p geoPlaces) Ranges(country string) []topology.Range {
	var inhabited, other []topology.Range
	p.db.Ranges(country, func(first, last model.Addr, pl model.Place) bool {
		if !first.Is4() {
			return false // IPv4 comes first
		}
		if pl.Disputed() || pl.Unlocatable {
			return true
		}
		r := topology.Range{First: first.V4(), Last: last.V4(), ASN: pl.ASN}
		switch {
		case p.kinds != nil && !slices.Contains(p.kinds, pl.Kind):
		case p.kinds != nil, slices.Contains([]string{"access", "mobile", "hosting", "education"}, pl.Kind):
			inhabited = append(inhabited, r)
		default:
			other = append(other, r)
		}
		return true
	})
	if len(inhabited) == 0 {
		return other
	}
	return inhabited
}
