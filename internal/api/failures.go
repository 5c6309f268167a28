package api

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// A place that failed to log in so often within a window waits for its end.
// Tokens cannot be guessed: this only keeps the noise down.
const (
	failuresAllowed = 5
	failureWindow   = time.Minute
	maxPlaces       = 4096
)

// failures counts failed logins by the place that they came from: an IPv4
// address or an IPv6 /64.
type failures struct {
	mu              sync.Mutex
	byPlace         map[string]failure
	failed, refused uint64
}

type failure struct {
	count int
	until time.Time
}

// place names where a request came from, for counting.
func place(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if a = a.Unmap().WithZone(""); a.Is6() {
		p, _ := a.Prefix(64) // a valid length
		return p.String()
	}
	return a.String()
}

// wait tells how long a place has to wait before its next login, 0 for not at all.
func (f *failures) wait(place string, now time.Time) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	v := f.byPlace[place]
	if v.count < failuresAllowed || !now.Before(v.until) {
		return 0
	}
	f.refused++
	return v.until.Sub(now)
}

// add counts a failed login. Where too many places are remembered, the one
// whose window ends first is forgotten.
func (f *failures) add(place string, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failed++
	v, known := f.byPlace[place]
	if !now.Before(v.until) {
		v = failure{until: now.Add(failureWindow)}
	}
	v.count++
	if !known && len(f.byPlace) >= maxPlaces {
		f.forget(now)
	}
	f.byPlace[place] = v
}

func (f *failures) forget(now time.Time) {
	var first string
	var when time.Time
	for k, v := range f.byPlace {
		if !now.Before(v.until) {
			delete(f.byPlace, k)
		} else if when.IsZero() || v.until.Before(when) {
			first, when = k, v.until
		}
	}
	if len(f.byPlace) >= maxPlaces {
		delete(f.byPlace, first)
	}
}

func (f *failures) counts() (failed, refused uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failed, f.refused
}
