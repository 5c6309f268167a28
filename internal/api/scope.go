package api

import "slices"

// Scope is what a route needs and a token has.
type Scope uint8

// The scopes. Operate includes Read; Admin includes everything.
const (
	Anyone  Scope = iota // no token is needed
	Read                 // see everything
	Operate              // speak about incidents, send test alerts
	Admin                // see the configuration
	Scrape               // read metrics
)

var scopeNames = [...]string{"anyone", "read", "operate", "admin", "metrics"}

// String returns the name in the configuration.
func (s Scope) String() string { return scopeNames[min(int(s), len(scopeNames)-1)] }

// ParseScope reads what String prints; anyone is no scope of a token.
func ParseScope(s string) (Scope, bool) {
	i := slices.Index(scopeNames[:], s)
	return Scope(max(i, 0)), i > 0
}

// includes reports whether a token of scopes s may use a route that needs want.
func includes(have []Scope, want Scope) bool {
	if want == Anyone {
		return true
	}
	for _, s := range have {
		if s == want || s == Admin || s == Operate && want == Read {
			return true
		}
	}
	return false
}
