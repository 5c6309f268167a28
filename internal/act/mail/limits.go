package mail

import (
	"net/netip"
	"time"
)

const (
	perPrefix = 5   // subscriptions asked for from one /24 or /56 in an hour: a household and more
	perHour   = 600 // in all: what a shared relay carries without harm to its name
)

// limits counts requests in the current hour. It forgets all when the next one
// begins, so no prefix is kept for longer.
type limits struct {
	hour int64
	all  int
	by   map[netip.Prefix]int
}

// take counts one request, or says that it is one too many. Visitors of unknown
// address share the limit of all.
func (l *limits) take(now time.Time, from netip.Addr) bool {
	if h := now.Unix() / 3600; h != l.hour || l.by == nil {
		*l = limits{hour: h, by: make(map[netip.Prefix]int)}
	}
	if l.all >= perHour {
		return false
	}
	if from = from.Unmap(); from.IsValid() {
		bits := 56
		if from.Is4() {
			bits = 24
		}
		p, err := from.WithZone("").Prefix(bits)
		if err != nil || l.by[p] >= perPrefix {
			return false
		}
		l.by[p]++
	}
	l.all++
	return true
}
