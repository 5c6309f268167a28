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
	name, qtype, ok := vector.DNSQuestion(r.Payload)
	if !ok {
		return
	}
	d.questions++
	d.types.add(uint64(qtype), 1)
	d.names.add(name, 1)
	first := 0
	for first < len(name) && name[first] != '.' {
		first++
	}
	d.firstLabelBytes.add(uint64(first), 1)
	d.zones.add(name[min(first+1, len(name)):], 1)
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
	requests, incomplete          uint64
	paths, hosts, agents, methods textCounter
}

func (c *httpCount) add(r *model.Record) {
	method, path, host, agent, complete, ok := vector.HTTPRequest(r.Payload)
	if !ok {
		return
	}
	c.requests++
	if !complete && !r.Truncated {
		c.incomplete++
	}
	c.methods.add(method, 1)
	c.paths.add(path[:min(len(path), 128)], 1)
	c.hosts.add(host[:min(len(host), 128)], 1)
	c.agents.add(agent[:min(len(agent), 128)], 1)
}

func (c *httpCount) facts() *model.HTTPFacts {
	if c == nil {
		return nil
	}
	return &model.HTTPFacts{Requests: c.requests, Incomplete: c.incomplete, Paths: c.paths.top(10),
		Hosts: c.hosts.top(5), Agents: c.agents.top(5), Methods: c.methods.top(5)}
}
