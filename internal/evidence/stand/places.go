package stand

import "floodmark/internal/model"

// PlaceKey returns the key of a place: "US", "US-CA", or "" where the country is
// not known. A region is what follows the country in ISO 3166-2.
func PlaceKey(country model.Code2, region string) string { return "" }

// Places returns at most most places with their excess over the usual share of
// this service's reports, those that stand out first, then by excess. A
// country's row holds its regions too. A region of fewer than five effective
// reporters is seen only in its country's row, such a country only in the row
// of the rest, whose country is "".
func Places(s *Shares, u *Usual, most int) []model.PlaceShare { return nil }
