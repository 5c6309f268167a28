package app

import (
	"floodmark/internal/evidence/claim"
	"floodmark/internal/evidence/vector"
	"floodmark/internal/geo/country"
)

// claimNames is what the claim parser knows of the world.
func claimNames() claim.Names {
	n := claim.Names{
		Code: func(name string) (string, bool) {
			c, err := country.Code(name)
			return c, err == nil
		},
		Name:    country.Name,
		Vectors: vector.Slugs(),
	}
	for _, c := range country.Codes() {
		n.Known = append(n.Known, country.Name(c))
	}
	return n
}
