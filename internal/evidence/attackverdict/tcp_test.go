package attackverdict

import (
	"testing"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// system gives SYNs the options of an operating system.
var system = options(20, 1)

func retries(share float64) func(*model.Facts) {
	return func(f *model.Facts) { f.SYNRetries = uint64(share * float64(f.Samples)) }
}

func TestSYNs(t *testing.T) {
	syn := func(sources int, each uint64, set ...func(*model.Facts)) bucket {
		return bucket{class: vector.TCPSyn, sources: sources, each: each, set: all(set...)}
	}
	finished := func(sources int, each uint64, flagged int) bucket {
		return bucket{class: vector.TCPSyn, sources: sources, each: each, flags: model.Handshake, flagged: flagged, set: system}
	}
	answers := func(n uint64) func(*model.TargetFacts) { return func(t *model.TargetFacts) { t.SYNACKOut = n } }
	run(t, []given{
		{name: "few", buckets: []bucket{syn(10, 10, system)}, want: no, says: "few connection requests"},
		{name: "a scan", buckets: []bucket{syn(2, 500, system, ports)}, want: no, says: "a scan"},
		{name: "a server that dies", buckets: []bucket{syn(200, 10, system, retries(0.6))}, want: no, says: "as clients do when a server does not answer"},
		{name: "repeats without options are no clients", buckets: []bucket{syn(200, 10, options(0, 1), retries(0.6))}, want: yes, says: "no TCP option"},
		{name: "forged", buckets: []bucket{syn(1000, 1, system)}, spoofed: true, want: yes, says: "forged"},
		{name: "a few to each host", buckets: []bucket{syn(300, 1, system)}, target: func(t *model.TargetFacts) { t.HostsIn = 200 }, want: no, says: "every address gets"},
		{name: "no options", buckets: []bucket{syn(50, 20, options(0, 0.95))}, want: yes, says: "no TCP option"},
		{name: "no options, slowly from few", buckets: []bucket{syn(5, 60, options(0, 0.95))}, want: no, says: "scans and lost clients"},
		{name: "most finish", buckets: []bucket{finished(700, 10, 500)}, other: 10_000, want: no, says: "finished a handshake"},
		{name: "each opens many and goes on with none", buckets: []bucket{syn(100, 50, system)}, want: yes, says: "go on with none"},
		{name: "each opens many and goes on", buckets: []bucket{syn(100, 50, system), {class: vector.TCPData, sources: 100, each: 500}}, want: no, says: "scans and lost clients"},
		{name: "answered, never finished, once each", buckets: []bucket{syn(300, 2, system)}, out: 600, target: answers(600), want: yes, says: "the target answered"},
		{name: "answered, and they go on", buckets: []bucket{syn(300, 2, system), {class: vector.TCPAck, sources: 300, each: 20}}, out: 600, target: answers(600), want: no, says: "scans and lost clients"},
		{name: "unanswered, once each", buckets: []bucket{syn(300, 2, system)}, want: undecided, says: "a server that does not answer"},
		{name: "unanswered, little of all", buckets: []bucket{syn(300, 2, system)}, other: 10_000, want: no, says: "scans and lost clients"},
	})
}

func TestSYNFlows(t *testing.T) {
	syn := func(sources int, each uint64, perRecord float64) bucket {
		return bucket{class: vector.TCPSyn, sources: sources, each: each, set: func(f *model.Facts) { f.Records = uint64(float64(f.Samples) / perRecord) }}
	}
	run(t, []given{
		{name: "repeats in each flow", buckets: []bucket{syn(100, 50, 3)}, profile: flows, want: no, says: "SYNs in each flow"},
		{name: "fast", buckets: []bucket{syn(100, 100, 1)}, profile: flows, want: yes, says: "connections a second each"},
		{name: "fast, and they go on", buckets: []bucket{syn(100, 100, 1), {class: vector.TCPConn, sources: 100, each: 100}}, profile: flows, want: no},
		{name: "many of each", buckets: []bucket{syn(200, 20, 1)}, profile: flows, want: yes, says: "connections each and go on"},
		{name: "sampled", buckets: []bucket{syn(200, 20, 1)}, profile: func(p *model.Profile) { flows(p); sampled(p) }, want: undecided, says: "finish no connection"},
		{name: "little of all", buckets: []bucket{syn(200, 2, 1)}, other: 10_000, profile: flows, want: no},
	})
}

func TestSYNACKs(t *testing.T) {
	answers := func(sources int, each uint64) bucket {
		return bucket{class: vector.TCPSynAck, sources: sources, each: each}
	}
	run(t, []given{
		{name: "to nobody's SYNs", buckets: []bucket{answers(50, 10)}, out: 50, want: yes, says: "never sent"},
		{name: "to our SYNs", buckets: []bucket{answers(50, 10)}, out: 500, target: func(t *model.TargetFacts) { t.SYNOut = 450 }, want: no, says: "itself"},
		{name: "a few to each host", buckets: []bucket{answers(50, 10)}, out: 50, target: func(t *model.TargetFacts) { t.HostsIn = 200 }, want: no},
		{name: "one direction, no data after them", buckets: []bucket{answers(50, 10)}, want: yes, says: "nobody goes on"},
		{name: "one direction, data after them", buckets: []bucket{answers(50, 10), {class: vector.TCPData, sources: 40, each: 50}}, want: no, says: "also sent data"},
		{name: "one direction, some data", buckets: []bucket{answers(50, 10), {class: vector.TCPData, sources: 12, each: 50}}, want: undecided, says: "of which"},
		{name: "one direction, strays", buckets: []bucket{answers(50, 10)}, target: func(t *model.TargetFacts) { t.HostsIn = 200 }, want: no, says: "stray"},
		{name: "one direction, few sources", buckets: []bucket{answers(5, 100)}, want: no},
	})
}

func TestMiddleboxes(t *testing.T) {
	pages := bucket{class: vector.TCPHTTPResponse, sources: 30, each: 10}
	resets := bucket{class: vector.TCPRstData, sources: 30, each: 10}
	run(t, []given{
		{name: "pages without connections", buckets: []bucket{pages}, out: 50, want: yes, says: "never opened"},
		{name: "resets with content", buckets: []bucket{resets}, out: 50, want: yes, says: "never opened"},
		{name: "pages of our own connections", buckets: []bucket{pages}, out: 500, target: func(t *model.TargetFacts) { t.SYNOut = 30 }, want: no},
		{name: "one direction", buckets: []bucket{pages}, want: yes, says: "no connection before them"},
		{name: "one direction, after SYN-ACKs", buckets: []bucket{pages, {class: vector.TCPSynAck, sources: 30, each: 10}, {class: vector.TCPData, sources: 30, each: 10}}, want: no},
	})
}

func TestStraySegments(t *testing.T) {
	ack := func(sources int, each uint64, set ...func(*model.Facts)) bucket {
		return bucket{class: vector.TCPAck, sources: sources, each: each, set: all(set...)}
	}
	talking := bucket{class: vector.TCPAck, sources: 100, each: 50, flags: model.GotReplies, flagged: 70}
	scattered := func(f *model.Facts) { f.Conversations = int(f.FieldRecords) }
	content := func(size uint64) func(*model.Facts) {
		return func(f *model.Facts) { f.PayloadLens = only(size, f.FieldRecords) }
	}
	run(t, []given{
		{name: "few", buckets: []bucket{ack(10, 10)}, want: no, says: "few segments"},
		{name: "little of all", buckets: []bucket{ack(100, 10)}, other: 100_000, want: no, says: "few segments"},
		{name: "forged", buckets: []bucket{ack(1000, 1)}, spoofed: true, want: yes, says: "forged"},
		{name: "unanswered", buckets: []bucket{ack(100, 100)}, out: 50, want: yes, says: "none of them had finished a handshake"},
		{name: "answered", buckets: []bucket{talking}, out: 50, want: no, says: "talks with these hosts"},
		{name: "one direction, every packet another pair of ports", buckets: []bucket{ack(100, 100, scattered)}, want: yes, says: "conversations have more"},
		{name: "one direction, conversations", buckets: []bucket{ack(100, 100)}, want: no, says: "ordinary connections"},
		{name: "flows to random ports, one size", buckets: []bucket{ack(100, 100, ports, length(1), content(512))}, profile: flows, want: yes, says: "go to ports at random"},
		{name: "flows to random ports, full segments", buckets: []bucket{ack(100, 100, ports, length(1), content(1460))}, profile: flows, want: no, says: "ordinary connections"},
		{name: "none opens or closes", buckets: []bucket{ack(100, 500)}, profile: flows, want: undecided, says: "opened or closed"},
		{name: "one source, refused with resets", buckets: []bucket{{class: vector.TCPData, sources: 1, each: 50_000}}, out: 40_000, target: func(t *model.TargetFacts) { t.RSTOut = 40_000 }, want: yes, says: "no such connections"},
		{name: "one source, not refused", buckets: []bucket{{class: vector.TCPData, sources: 1, each: 50_000}}, out: 40_000, want: no, says: "from one side"},
		{name: "segments with content, unanswered", buckets: []bucket{{class: vector.TCPData, sources: 100, each: 100}}, out: 50, want: yes, says: "segments from"},
	})
}

func TestFloodsThroughConnections(t *testing.T) {
	data := func(each uint64, size uint64, share float64, set ...func(*model.Facts)) bucket {
		return bucket{class: vector.TCPData, sources: 50, each: each, flags: model.Handshake, flagged: 50, set: all(append(set, func(f *model.Facts) {
			f.PayloadLens = dominated(size, share, 20, f.FieldRecords)
		})...)}
	}
	noise := func(f *model.Facts) { f.Payloads = spread(int(f.FieldRecords), f.FieldRecords) }
	slow := func(f *model.Facts) { f.SlowSegments = f.Samples }
	request := func(incomplete uint64) bucket {
		return bucket{class: vector.TCPHTTPRequest, sources: 50, each: 2, flags: model.Handshake | model.SlowSender, flagged: 50, set: func(f *model.Facts) {
			f.HTTP = &model.HTTPFacts{Requests: 100, Incomplete: incomplete}
		}}
	}
	trickle := data(40, 8, 0.9, slow)
	trickle.flags |= model.SlowSender
	run(t, []given{
		{name: "one odd size, fast", buckets: []bucket{data(400, 768, 0.95)}, out: 50, want: yes, slug: "stomp-flood", says: "exactly 768"},
		{name: "one odd size, slower, noise", buckets: []bucket{data(20, 768, 0.95, noise)}, out: 50, want: yes, slug: "stomp-flood", says: "exactly 768"},
		{name: "one odd size, slower, a protocol", buckets: []bucket{data(20, 768, 0.95)}, out: 50, want: no, slug: "ack-flood", says: "really opened"},
		{name: "an upload", buckets: []bucket{data(400, 1460, 0.95)}, out: 50, want: no, slug: "ack-flood", says: "really opened"},
		{name: "many sizes", buckets: []bucket{data(400, 768, 0.4)}, out: 50, want: no, slug: "ack-flood", says: "really opened"},
		{name: "trickled requests", buckets: []bucket{trickle, request(90)}, out: 50, want: yes, slug: "slow-http", says: "a few octets at a time"},
		{name: "tiny segments of complete requests", buckets: []bucket{trickle, request(10)}, out: 50, want: no, slug: "ack-flood", says: "really opened"},
		{name: "tiny segments without requests", buckets: []bucket{trickle}, out: 50, want: no, slug: "ack-flood", says: "really opened"},
		{name: "heads that never end", buckets: []bucket{request(90), trickle}, out: 50, want: yes, slug: "slow-http", says: "never end their head"},
		{name: "heads that end", buckets: []bucket{request(10), trickle}, out: 50, want: no, says: "few requests"},
		{name: "heads cut off, and bulk after them", buckets: []bucket{request(90), data(40, 1460, 0.9)}, out: 50, want: no, says: "few requests"},
	})
}

func TestRequests(t *testing.T) {
	type web struct {
		sources int
		each    uint64
		path    float64
		paths   int
		page    float64
		agents  int
		from    uint32
	}
	make := func(w web) bucket {
		return bucket{class: vector.TCPHTTPRequest, sources: w.sources, each: w.each, flags: model.Handshake, flagged: w.sources, from: w.from, set: func(f *model.Facts) {
			f.HTTP = &model.HTTPFacts{Requests: f.Samples, Paths: dominated(1, w.path, w.paths, f.Samples), Pages: dominated(1, w.page, 10, f.Samples), Agents: spread(w.agents, f.Samples)}
		}}
	}
	polls := make(web{sources: 60, each: 15, path: 0.9, paths: 3, page: 0.9, agents: 2})
	run(t, []given{
		{name: "one path, fast", buckets: []bucket{make(web{sources: 50, each: 100, path: 0.9, paths: 5, page: 0.9, agents: 3})}, out: 50, want: yes, says: "for one path"},
		{name: "one page, random queries", buckets: []bucket{make(web{sources: 50, each: 100, path: 0.01, paths: 4000, page: 0.9, agents: 3})}, out: 50, want: yes, says: "another query"},
		{name: "many pages, faster than clicks, few user agents", buckets: []bucket{make(web{sources: 50, each: 1000, path: 0.05, paths: 300, page: 0.05, agents: 2})}, out: 50, want: yes, says: "nobody clicks"},
		{name: "the same from few machines", buckets: []bucket{make(web{sources: 8, each: 1000, path: 0.05, paths: 300, page: 0.05, agents: 2})}, out: 50, want: undecided, says: "programs that share"},
		{name: "many pages, as fast", buckets: []bucket{make(web{sources: 50, each: 100, path: 0.05, paths: 300, page: 0.05, agents: 40})}, out: 50, want: no, says: "pace of people"},
		{name: "one path, at the pace of people", buckets: []bucket{make(web{sources: 500, each: 3, path: 0.9, paths: 5, page: 0.9, agents: 200})}, out: 50, want: no, says: "pace of people"},
		{name: "few machines", buckets: []bucket{make(web{sources: 10, each: 1000, path: 0.9, paths: 5, page: 0.9, agents: 1})}, out: 50, want: undecided, says: "a test of load"},
		{name: "an application that polls", buckets: []bucket{polls}, out: 50, want: undecided, says: "that polls"},
		{name: "one path, and they reset connections", buckets: []bucket{polls, {class: vector.TCPRstAck, sources: 60, each: 15}}, out: 50, want: yes, says: "for one path"},
		{name: "few", buckets: []bucket{make(web{sources: 10, each: 5, path: 1, paths: 1, page: 1, agents: 1})}, out: 50, want: no, says: "few requests"},
		{name: "from few sources", buckets: []bucket{make(web{sources: 3, each: 5000, path: 1, paths: 1, page: 1, agents: 1})}, out: 50, want: no, says: "from few sources"},
	})
}

func TestClosing(t *testing.T) {
	rst := func(class model.Class) bucket { return bucket{class: class, sources: 100, each: 20} }
	run(t, []given{
		{name: "resets alone", buckets: []bucket{rst(vector.TCPRst)}, want: yes, says: "close connections"},
		{name: "ends alone", buckets: []bucket{rst(vector.TCPFin)}, want: yes, says: "close connections"},
		{name: "resets after SYNs of the same addresses", buckets: []bucket{rst(vector.TCPRst), {class: vector.TCPSyn, sources: 50, each: 20, set: system}}, want: no, says: "answer our SYN-ACKs"},
		{name: "forged", buckets: []bucket{rst(vector.TCPRst)}, spoofed: true, want: yes, says: "forged"},
		{name: "ends of connections", buckets: []bucket{rst(vector.TCPFinAck), {class: vector.TCPData, sources: 100, each: 200}}, want: no, says: "ends of connections"},
		{name: "few", buckets: []bucket{{class: vector.TCPRst, sources: 10, each: 10}}, want: no},
	})
}

func TestAbnormalFlags(t *testing.T) {
	odd := func(sources int, each uint64, set ...func(*model.Facts)) []bucket {
		return []bucket{{class: vector.TCPAbnormal, sources: sources, each: each, set: all(set...)}}
	}
	run(t, []given{
		{name: "from many", buckets: odd(50, 20), want: yes, says: "no connection has"},
		{name: "from one, fast", buckets: odd(1, 20_000), want: yes, says: "no connection has"},
		{name: "from one", buckets: odd(1, 500), want: undecided, says: "very few sources"},
		{name: "a scan", buckets: odd(2, 500, ports), want: no, says: "a scan"},
		{name: "few", buckets: odd(10, 10), want: no, says: "few packets"},
		{name: "an exporter that sends no flags", buckets: odd(50, 20), profile: flows, noFlags: true, want: no, says: "zero means not told"},
		{name: "an exporter that sends them", buckets: odd(50, 20), profile: flows, want: yes, says: "no connection has"},
	})
}
