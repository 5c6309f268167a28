package probe

import (
	"crypto/tls"
	"net/http/httptrace"
	"net/netip"
	"sync"
	"time"
)

// phases notes when a request got where. Dials may go on after the request
// was given up, so that everything is under a lock and ends with close.
type phases struct {
	mu     sync.Mutex
	closed bool
	at     [phaseCount]time.Time
	tried  []netip.Addr // addresses to which connections were tried
}

// The steps of a request, in their order.
const (
	dnsStart = iota
	dnsDone
	connectStart
	connectDone // the first address that took the connection
	tlsStart
	tlsDone
	connected
	firstOctet
	phaseCount
)

func (p *phases) note(step int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed && err == nil && p.at[step].IsZero() {
		p.at[step] = time.Now()
	}
}

func (p *phases) try(address string) {
	p.note(connectStart, nil)
	a, err := netip.ParseAddrPort(address)
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed && err == nil {
		p.tried = append(p.tried, a.Addr().Unmap())
	}
}

func (p *phases) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSStart:             func(httptrace.DNSStartInfo) { p.note(dnsStart, nil) },
		DNSDone:              func(i httptrace.DNSDoneInfo) { p.note(dnsDone, i.Err) },
		ConnectStart:         func(_, address string) { p.try(address) },
		ConnectDone:          func(_, _ string, err error) { p.note(connectDone, err) },
		TLSHandshakeStart:    func() { p.note(tlsStart, nil) },
		TLSHandshakeDone:     func(_ tls.ConnectionState, err error) { p.note(tlsDone, err) },
		GotConn:              func(httptrace.GotConnInfo) { p.note(connected, nil) },
		GotFirstResponseByte: func() { p.note(firstOctet, nil) },
	}
}

// close ends noting and gives what was noted.
func (p *phases) close() reached {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	return reached{at: p.at, end: time.Now(), tried: p.tried}
}

// reached is how far a request came.
type reached struct {
	at    [phaseCount]time.Time
	end   time.Time
	tried []netip.Addr
}

func (r *reached) has(step int) bool { return !r.at[step].IsZero() }

// span is the time from one step to another, ns; up to the end of the request
// where the second was not reached, 0 where the first was not.
func (r *reached) span(from, to int) int64 {
	if !r.has(from) {
		return 0
	}
	end := r.end
	if to < phaseCount && r.has(to) {
		end = r.at[to]
	}
	return max(int64(end.Sub(r.at[from])), 1)
}

// stage is the phase in which a request ended.
type stage uint8

const (
	naming stage = iota
	connecting
	securing
	answering
)

func (r *reached) stage() stage {
	switch {
	case r.has(connected):
		return answering
	case r.has(tlsStart):
		return securing
	case r.has(connectStart):
		return connecting
	}
	return naming
}
