package page

import (
	"strconv"
	"strings"
)

// maxRanges bounds how much of a header is looked at.
const maxRanges = 32

// Match chooses the language for an Accept-Language header: the one of ours
// that the reader likes best, the first of equals, English where there is none
// (RFC 9110, section 12.5.4, with the lookup of RFC 4647, section 3.4).
func Match(acceptLanguage string) string {
	best, weight := "", 0.0
	for range maxRanges {
		if acceptLanguage == "" {
			break
		}
		var part string
		part, acceptLanguage, _ = strings.Cut(acceptLanguage, ",")
		tag, params, _ := strings.Cut(part, ";")
		primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		if primary == "*" {
			primary = languages[0]
		}
		if q := quality(params); q > weight && Known(primary) {
			best, weight = primary, q
		}
	}
	if best == "" {
		return languages[0]
	}
	return best
}

// quality is the weight of a range, 1 where none is given, 0 for a wrong one.
func quality(params string) float64 {
	name, value, ok := strings.Cut(strings.TrimSpace(params), "=")
	if !ok || strings.TrimSpace(strings.ToLower(name)) != "q" {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}
