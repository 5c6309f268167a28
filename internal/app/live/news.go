package live

import (
	"net/netip"
	"sync"
	"time"

	line "floodmark/internal/app/crowd"
	"floodmark/internal/model"
)

// news is what other signals tell the line of reports. Whoever has something
// to tell must not wait for a journal that is slow, so it is put here and heard
// before the next minute is closed.
type news struct {
	mu   sync.Mutex
	list []func(*line.Line)
	lost uint64 // found no room
}

// mostNews bounds what waits; what finds no room is told anew a minute or a
// change later.
const mostNews = 4096

func (n *news) tell(f func(*line.Line)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.list) >= mostNews {
		n.lost++
		return
	}
	n.list = append(n.list, f)
}

// hear has the line hear all that waits.
func (n *news) hear(l *line.Line) {
	n.mu.Lock()
	list := n.list
	n.list = nil
	n.mu.Unlock()
	for _, f := range list {
		f(l)
	}
}

// traffic tells the services of an incident's addresses about it.
func (c *crowd) traffic(in *model.Incident) {
	where := c.s.where(in.Target)
	if len(where) == 0 || in.Direction != model.In {
		return
	}
	x := *in
	c.news.tell(func(l *line.Line) { l.Traffic(&x, where) })
}

// probed tells a service what its probes say.
func (c *crowd) probed(slug string, at int64, now []model.ProbeNow) {
	c.news.tell(func(l *line.Line) { l.Probes(slug, at, now) })
}

// where returns the addresses of a target.
func (s *Server) where(t model.TargetID) []netip.Prefix {
	switch t.Kind {
	case model.HostTarget, model.PrefixTarget:
		return []netip.Prefix{t.Prefix()}
	case model.CustomerTarget:
		list, _ := s.line.plan.Load().scope(t)
		return list
	}
	return nil // all watched networks together are nobody's in particular
}

// remindTraffic tells the line of the incidents of the last day: after a start
// it knows of none.
func (c *crowd) remindTraffic() {
	now := c.s.clock.Now()
	for _, in := range c.s.incidents.Traffic() {
		if in.State != model.Closed || now-in.ClosedAt < int64(24*time.Hour) {
			c.traffic(&in)
		}
	}
	c.news.hear(c.line)
}
