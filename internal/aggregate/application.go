package aggregate

import (
	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// dnsCount counts DNS questions: whole names, the zone that is left when the
// first label is taken away, and how long first labels are.
type dnsCount struct {
	questions              uint64
	names, zones           textCounter
	types, firstLabelBytes counter
}

func (d *dnsCount) add(r *model.Record) {
	q, ok := vector.DNSQuestion(r.Payload)
	if !ok {
		return
	}
	d.questions++
	d.types.add(uint64(q.Type), 1)
	d.names.add(q.Name, 1)
	// names are as on the wire: a length byte before each label
	first := 0
	if len(q.Name) > 0 {
		first = int(q.Name[0])
	}
	d.firstLabelBytes.add(uint64(first), 1)
	d.zones.add(q.Name[min(first+1, len(q.Name)):], 1)
}

func (d *dnsCount) facts() *model.DNSFacts {
	if d == nil {
		return nil
	}
	return &model.DNSFacts{
		Questions: d.questions, Names: d.names.top(10), Zones: d.zones.top(10), Types: d.types.top(5),
		DistinctNames: uint64(d.names.distinct()), FirstLabelLen: d.firstLabelBytes.top(10),
	}
}

// httpCount counts HTTP requests that are in the clear.
type httpCount struct {
	requests, incomplete                 uint64
	paths, pages, hosts, agents, methods textCounter
}

func (c *httpCount) add(r *model.Record) {
	q, ok := vector.HTTPRequest(r.Payload)
	if !ok {
		return
	}
	c.requests++
	if !q.Complete && len(r.Payload) >= int(r.PayloadLen) { // a cut recording hides the end of the head
		c.incomplete++
	}
	c.methods.add(q.Method, 1)
	c.paths.add(cut(q.Target), 1) // with its query: a flood that defeats caches varies only that
	c.pages.add(cut(q.Path()), 1)
	c.hosts.add(cut(q.Host), 1)
	c.agents.add(cut(q.UserAgent), 1)
}

func (c *httpCount) facts() *model.HTTPFacts {
	if c == nil {
		return nil
	}
	return &model.HTTPFacts{Requests: c.requests, Incomplete: c.incomplete, Paths: c.paths.top(10), Pages: c.pages.top(5),
		Hosts: c.hosts.top(5), Agents: c.agents.top(5), Methods: c.methods.top(5)}
}

func cut(b []byte) []byte { return b[:min(len(b), 128)] }
