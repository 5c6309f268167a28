package probe

import (
	"context"
	"errors"
	"net"
	"net/http/httptrace"
	"net/netip"
	"slices"
	"sync"
	"time"

	"floodmark/internal/model"
)

const (
	controlTimeout = 5 * time.Second
	maxPeers       = 6 // hosts of other services that are asked
	minPeers       = 2 // besides the service itself, to say anything without a control
)

// link is the last look at our own link. Looks are shared: one serves all
// requests that began before it did.
type link struct {
	mu    sync.Mutex // held during a look
	began time.Time
	found seen
}

// seen is how far others were reached.
type seen struct {
	asked    bool // enough others to say anything
	answered bool // one was reached
	names    bool // one had a name, which says something of the resolver
	named    bool // such a name was resolved
}

// down reports whether a failure in that stage is one of our own link. What
// others say is not asked where the other side was reached.
func (s seen) down(at model.ProbeFailure) bool {
	if !s.asked {
		return false
	}
	if at == model.NameFailed && s.names {
		return !s.named
	}
	return !s.answered
}

// ownLink looks whether a failure may be our own link's, and rewrites the result
// where it is. began is when its request did.
func (p *Prober) ownLink(ctx context.Context, t *target, began time.Time, r *model.ProbeResult) {
	switch r.Failure {
	case model.NameFailed, model.ConnectTimeout, model.ConnectFailed, model.TLSFailed, model.ResponseTimeout, model.ResponseFailed:
	default: // the other side was reached and said something
		return
	}
	if r.Status != 0 || !p.look(ctx, t, began).down(r.Failure) {
		return
	}
	r.Failure, r.Text = model.OwnLink, "Nothing else is reached either: our own link is down."
}

// look asks the controls, and where none answers, or there is none, hosts of
// other services. Controls are asked for an answer, others for a connection; who
// refuses it was reached. A look by another target that failed serves as well.
func (p *Prober) look(ctx context.Context, t *target, began time.Time) seen {
	l := &p.link
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.began.After(began) {
		return l.found
	}
	now := time.Now()
	found := seen{asked: len(p.control) > 0}
	p.each(p.control, &found, func(c *target) (named, answered bool) {
		r := p.ask(ctx, c)
		return r.Failure != model.NameFailed, r.Status != 0 || r.Failure == model.ConnectRefused
	})
	if !found.answered {
		p.lookAtPeers(ctx, t, &found)
	}
	if ctx.Err() == nil {
		l.began, l.found = now, found
	}
	return found
}

// each asks all of a list at once and adds what was seen.
func (p *Prober) each(list []*target, into *seen, ask func(*target) (named, answered bool)) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	for _, c := range list {
		wg.Go(func() {
			named, answered := ask(c)
			mu.Lock()
			defer mu.Unlock()
			into.answered = into.answered || answered
			if !c.literal {
				into.names = true
				into.named = into.named || named
			}
		})
	}
	wg.Wait()
}

// lookAtPeers asks hosts of other services. Whether two names are of one host is
// only known once both were tried.
func (p *Prober) lookAtPeers(ctx context.Context, t *target, found *seen) {
	peers := p.peers(t)
	if !found.asked && len(peers) < minPeers {
		return
	}
	var others seen
	p.each(peers, &others, func(c *target) (named, answered bool) { return p.dial(ctx, c) })
	if !found.asked && !others.answered && hosts(t, peers) < minPeers {
		return
	}
	found.asked, found.answered = true, others.answered
	found.names, found.named = found.names || others.names, found.named || others.named
}

// peers are targets of other services on other hosts, each host once. Which
// ones does not depend on when it is asked.
func (p *Prober) peers(t *target) []*target {
	used := map[string]bool{t.host: true}
	services := map[string]bool{t.Service: true}
	var out []*target
	for _, x := range p.targets {
		if len(out) < maxPeers && !used[x.host] && !services[x.Service] {
			used[x.host], services[x.Service] = true, true
			out = append(out, x)
		}
	}
	return out
}

// hosts counts the hosts of the peers besides that of t: names and ports of one
// address are one host. A name without an address is one of its own.
func hosts(t *target, peers []*target) (n int) {
	used := make(map[netip.Addr]bool)
	for _, a := range t.addresses() {
		used[a] = true
	}
	for _, x := range peers {
		addresses := x.addresses()
		if !slices.ContainsFunc(addresses, func(a netip.Addr) bool { return used[a] }) {
			n++
		}
		for _, a := range addresses {
			used[a] = true
		}
	}
	return n
}

func (t *target) connectedTo(tried []netip.Addr) {
	if len(tried) > 0 {
		t.tried.Store(&tried)
	}
}

func (t *target) addresses() []netip.Addr {
	if p := t.tried.Load(); p != nil {
		return *p
	}
	return nil
}

// dial connects to a target's host and hangs up.
func (p *Prober) dial(ctx context.Context, t *target) (named, answered bool) {
	ctx, cancel := context.WithTimeout(ctx, controlTimeout)
	defer cancel()
	if t.literal {
		ctx = context.WithValue(ctx, literalKey{}, true)
	}
	var ph phases
	port := t.url.Port()
	if port == "" {
		port = t.url.Scheme
	}
	conn, err := p.connect(httptrace.WithClientTrace(ctx, ph.trace()), "tcp", net.JoinHostPort(t.url.Hostname(), port))
	r := ph.close()
	t.connectedTo(r.tried)
	if err == nil {
		conn.Close()
		return true, true
	}
	if r.stage() == naming {
		return false, false
	}
	f, _ := failure(connecting, err, errors.Is(ctx.Err(), context.DeadlineExceeded))
	return true, f == model.ConnectRefused
}
