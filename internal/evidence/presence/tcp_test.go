package presence

import (
	"testing"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// system gives SYNs the options of an operating system.
var system = options(20, 1)

func retries(share float64) func(*model.Facts) {
	return func(f *model.Facts) { f.SYNRetries = uint64(share * float64(f.Draws)) }
}

func TestSYNs(t *testing.T) {
	syn := func(sources int, each uint64, set ...func(*model.Facts)) cell {
		return cell{class: vector.TCPSyn, sources: sources, each: each, set: all(set...)}
	}
	finished := func(sources int, each uint64, flagged int) cell {
		return cell{class: vector.TCPSyn, sources: sources, each: each, flags: model.Handshake, flagged: flagged, set: system}
	}
	answers := func(n uint64) func(*model.TargetFacts) { return func(t *model.TargetFacts) { t.SYNACKOut = n } }
	run(t, []given{
		{name: "few", cells: []cell{syn(10, 10, system)}, want: no, says: "few connection requests"},
		{name: "a scan", cells: []cell{syn(2, 500, system, ports)}, want: no, says: "a scan"},
		{name: "a server that dies", cells: []cell{syn(200, 10, system, retries(0.6))}, want: no, says: "as clients do when a server does not answer"},
		{name: "repeats without options are no clients", cells: []cell{syn(200, 10, options(0, 1), retries(0.6))}, want: yes, says: "no TCP option"},
		{name: "forged", cells: []cell{syn(1000, 1, system)}, spoofed: true, want: yes, says: "forged"},
		{name: "a few to each host", cells: []cell{syn(300, 1, system)}, target: func(t *model.TargetFacts) { t.HostsIn = 200 }, want: no, says: "every address gets"},
		{name: "no options", cells: []cell{syn(50, 20, options(0, 0.95))}, want: yes, says: "no TCP option"},
		{name: "no options, slowly from few", cells: []cell{syn(5, 60, options(0, 0.95))}, want: no, says: "scans and lost clients"},
		{name: "most finish", cells: []cell{finished(700, 10, 500)}, other: 10_000, want: no, says: "finished a handshake"},
		{name: "each opens many and goes on with none", cells: []cell{syn(100, 50, system)}, want: yes, says: "go on with none"},
		{name: "each opens many and goes on", cells: []cell{syn(100, 50, system), {class: vector.TCPData, sources: 100, each: 500}}, want: no, says: "scans and lost clients"},
		{name: "answered, never finished, once each", cells: []cell{syn(300, 2, system)}, out: 600, target: answers(600), want: yes, says: "the target answered"},
		{name: "answered, and they go on", cells: []cell{syn(300, 2, system), {class: vector.TCPAck, sources: 300, each: 20}}, out: 600, target: answers(600), want: no, says: "scans and lost clients"},
		{name: "unanswered, once each", cells: []cell{syn(300, 2, system)}, want: undecided, says: "a server that does not answer"},
		{name: "unanswered, little of all", cells: []cell{syn(300, 2, system)}, other: 10_000, want: no, says: "scans and lost clients"},
	})
}

func TestSYNFlows(t *testing.T) {
	syn := func(sources int, each uint64, perRecord float64) cell {
		return cell{class: vector.TCPSyn, sources: sources, each: each, set: func(f *model.Facts) { f.Records = uint64(float64(f.Draws) / perRecord) }}
	}
	run(t, []given{
		{name: "repeats in each flow", cells: []cell{syn(100, 50, 3)}, profile: flows, want: no, says: "SYNs in each flow"},
		{name: "fast", cells: []cell{syn(100, 100, 1)}, profile: flows, want: yes, says: "connections a second each"},
		{name: "fast, and they go on", cells: []cell{syn(100, 100, 1), {class: vector.TCPConn, sources: 100, each: 100}}, profile: flows, want: no},
		{name: "many of each", cells: []cell{syn(200, 20, 1)}, profile: flows, want: yes, says: "connections each and go on"},
		{name: "sampled", cells: []cell{syn(200, 20, 1)}, profile: func(p *model.Profile) { flows(p); sampled(p) }, want: undecided, says: "finish no connection"},
		{name: "little of all", cells: []cell{syn(200, 2, 1)}, other: 10_000, profile: flows, want: no},
	})
}

func TestSYNACKs(t *testing.T) {
	answers := func(sources int, each uint64) cell {
		return cell{class: vector.TCPSynAck, sources: sources, each: each}
	}
	run(t, []given{
		{name: "to nobody's SYNs", cells: []cell{answers(50, 10)}, out: 50, want: yes, says: "never sent"},
		{name: "to our SYNs", cells: []cell{answers(50, 10)}, out: 500, target: func(t *model.TargetFacts) { t.SYNOut = 450 }, want: no, says: "itself"},
		{name: "a few to each host", cells: []cell{answers(50, 10)}, out: 50, target: func(t *model.TargetFacts) { t.HostsIn = 200 }, want: no},
		{name: "one direction, no data after them", cells: []cell{answers(50, 10)}, want: yes, says: "nobody goes on"},
		{name: "one direction, data after them", cells: []cell{answers(50, 10), {class: vector.TCPData, sources: 40, each: 50}}, want: no, says: "also sent data"},
		{name: "one direction, some data", cells: []cell{answers(50, 10), {class: vector.TCPData, sources: 12, each: 50}}, want: undecided, says: "of which"},
		{name: "one direction, strays", cells: []cell{answers(50, 10)}, target: func(t *model.TargetFacts) { t.HostsIn = 200 }, want: no, says: "stray"},
		{name: "one direction, few sources", cells: []cell{answers(5, 100)}, want: no},
	})
}

func TestMiddleboxes(t *testing.T) {
	pages := cell{class: vector.TCPHTTPResponse, sources: 30, each: 10}
	resets := cell{class: vector.TCPRstData, sources: 30, each: 10}
	run(t, []given{
		{name: "pages without connections", cells: []cell{pages}, out: 50, want: yes, says: "never opened"},
		{name: "resets with content", cells: []cell{resets}, out: 50, want: yes, says: "never opened"},
		{name: "pages of our own connections", cells: []cell{pages}, out: 500, target: func(t *model.TargetFacts) { t.SYNOut = 30 }, want: no},
		{name: "one direction", cells: []cell{pages}, want: yes, says: "no connection before them"},
		{name: "one direction, after SYN-ACKs", cells: []cell{pages, {class: vector.TCPSynAck, sources: 30, each: 10}, {class: vector.TCPData, sources: 30, each: 10}}, want: no},
	})
}

func TestStraySegments(t *testing.T) {
	ack := func(sources int, each uint64, set ...func(*model.Facts)) cell {
		return cell{class: vector.TCPAck, sources: sources, each: each, set: all(set...)}
	}
	talking := cell{class: vector.TCPAck, sources: 100, each: 50, flags: model.GotReplies, flagged: 70}
	scattered := func(f *model.Facts) { f.Conversations = int(f.FieldRecords) }
	content := func(size uint64) func(*model.Facts) {
		return func(f *model.Facts) { f.PayloadLens = only(size, f.FieldRecords) }
	}
	run(t, []given{
		{name: "few", cells: []cell{ack(10, 10)}, want: no, says: "few segments"},
		{name: "little of all", cells: []cell{ack(100, 10)}, other: 100_000, want: no, says: "few segments"},
		{name: "forged", cells: []cell{ack(1000, 1)}, spoofed: true, want: yes, says: "forged"},
		{name: "unanswered", cells: []cell{ack(100, 100)}, out: 50, want: yes, says: "none of them had finished a handshake"},
		{name: "answered", cells: []cell{talking}, out: 50, want: no, says: "talks with these hosts"},
		{name: "one direction, every packet another pair of ports", cells: []cell{ack(100, 100, scattered)}, want: yes, says: "conversations have more"},
		{name: "one direction, conversations", cells: []cell{ack(100, 100)}, want: no, says: "ordinary connections"},
		{name: "flows to random ports, one size", cells: []cell{ack(100, 100, ports, length(1), content(512))}, profile: flows, want: yes, says: "go to ports at random"},
		{name: "flows to random ports, full segments", cells: []cell{ack(100, 100, ports, length(1), content(1460))}, profile: flows, want: no, says: "ordinary connections"},
		{name: "none opens or closes", cells: []cell{ack(100, 500)}, profile: flows, want: undecided, says: "opened or closed"},
		{name: "one source, refused with resets", cells: []cell{{class: vector.TCPData, sources: 1, each: 50_000}}, out: 40_000, target: func(t *model.TargetFacts) { t.RSTOut = 40_000 }, want: yes, says: "no such connections"},
		{name: "one source, not refused", cells: []cell{{class: vector.TCPData, sources: 1, each: 50_000}}, out: 40_000, want: no, says: "from one side"},
		{name: "segments with content, unanswered", cells: []cell{{class: vector.TCPData, sources: 100, each: 100}}, out: 50, want: yes, says: "segments from"},
	})
}

func TestFloodsThroughConnections(t *testing.T) {
	data := func(each uint64, size uint64, share float64, set ...func(*model.Facts)) cell {
		return cell{class: vector.TCPData, sources: 50, each: each, flags: model.Handshake, flagged: 50, set: all(append(set, func(f *model.Facts) {
			f.PayloadLens = mostly(size, share, 20, f.FieldRecords)
		})...)}
	}
	noise := func(f *model.Facts) { f.Payloads = spread(int(f.FieldRecords), f.FieldRecords) }
	slow := func(f *model.Facts) { f.SlowSegments = f.Draws }
	request := func(incomplete uint64) cell {
		return cell{class: vector.TCPHTTPRequest, sources: 50, each: 2, flags: model.Handshake | model.Trickles, flagged: 50, set: func(f *model.Facts) {
			f.HTTP = &model.HTTPFacts{Requests: 100, Incomplete: incomplete}
		}}
	}
	trickle := data(40, 8, 0.9, slow)
	trickle.flags |= model.Trickles
	run(t, []given{
		{name: "one odd size, fast", cells: []cell{data(400, 768, 0.95)}, out: 50, want: yes, slug: "stomp-flood", says: "exactly 768"},
		{name: "one odd size, slower, noise", cells: []cell{data(20, 768, 0.95, noise)}, out: 50, want: yes, slug: "stomp-flood", says: "exactly 768"},
		{name: "one odd size, slower, a protocol", cells: []cell{data(20, 768, 0.95)}, out: 50, want: no, slug: "ack-flood", says: "really opened"},
		{name: "an upload", cells: []cell{data(400, 1460, 0.95)}, out: 50, want: no, slug: "ack-flood", says: "really opened"},
		{name: "many sizes", cells: []cell{data(400, 768, 0.4)}, out: 50, want: no, slug: "ack-flood", says: "really opened"},
		{name: "trickled requests", cells: []cell{trickle, request(90)}, out: 50, want: yes, slug: "slow-http", says: "a few octets at a time"},
		{name: "tiny segments of complete requests", cells: []cell{trickle, request(10)}, out: 50, want: no, slug: "ack-flood", says: "really opened"},
		{name: "tiny segments without requests", cells: []cell{trickle}, out: 50, want: no, slug: "ack-flood", says: "really opened"},
		{name: "heads that never end", cells: []cell{request(90), trickle}, out: 50, want: yes, slug: "slow-http", says: "never end their head"},
		{name: "heads that end", cells: []cell{request(10), trickle}, out: 50, want: no, says: "few requests"},
		{name: "heads cut off, and bulk after them", cells: []cell{request(90), data(40, 1460, 0.9)}, out: 50, want: no, says: "few requests"},
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
	make := func(w web) cell {
		return cell{class: vector.TCPHTTPRequest, sources: w.sources, each: w.each, flags: model.Handshake, flagged: w.sources, from: w.from, set: func(f *model.Facts) {
			f.HTTP = &model.HTTPFacts{Requests: f.Draws, Paths: mostly(1, w.path, w.paths, f.Draws), Pages: mostly(1, w.page, 10, f.Draws), Agents: spread(w.agents, f.Draws)}
		}}
	}
	polls := make(web{sources: 60, each: 15, path: 0.9, paths: 3, page: 0.9, agents: 2})
	run(t, []given{
		{name: "one path, fast", cells: []cell{make(web{sources: 50, each: 100, path: 0.9, paths: 5, page: 0.9, agents: 3})}, out: 50, want: yes, says: "for one path"},
		{name: "one page, random queries", cells: []cell{make(web{sources: 50, each: 100, path: 0.01, paths: 4000, page: 0.9, agents: 3})}, out: 50, want: yes, says: "another query"},
		{name: "many pages, faster than clicks, few user agents", cells: []cell{make(web{sources: 50, each: 1000, path: 0.05, paths: 300, page: 0.05, agents: 2})}, out: 50, want: yes, says: "nobody clicks"},
		{name: "the same from few machines", cells: []cell{make(web{sources: 8, each: 1000, path: 0.05, paths: 300, page: 0.05, agents: 2})}, out: 50, want: undecided, says: "programs that share"},
		{name: "many pages, as fast", cells: []cell{make(web{sources: 50, each: 100, path: 0.05, paths: 300, page: 0.05, agents: 40})}, out: 50, want: no, says: "pace of people"},
		{name: "one path, at the pace of people", cells: []cell{make(web{sources: 500, each: 3, path: 0.9, paths: 5, page: 0.9, agents: 200})}, out: 50, want: no, says: "pace of people"},
		{name: "few machines", cells: []cell{make(web{sources: 10, each: 1000, path: 0.9, paths: 5, page: 0.9, agents: 1})}, out: 50, want: undecided, says: "a test of load"},
		{name: "an application that polls", cells: []cell{polls}, out: 50, want: undecided, says: "that polls"},
		{name: "one path, and they reset connections", cells: []cell{polls, {class: vector.TCPRstAck, sources: 60, each: 15}}, out: 50, want: yes, says: "for one path"},
		{name: "few", cells: []cell{make(web{sources: 10, each: 5, path: 1, paths: 1, page: 1, agents: 1})}, out: 50, want: no, says: "few requests"},
		{name: "from few sources", cells: []cell{make(web{sources: 3, each: 5000, path: 1, paths: 1, page: 1, agents: 1})}, out: 50, want: no, says: "from few sources"},
	})
}

func TestClosing(t *testing.T) {
	rst := func(class model.Class) cell { return cell{class: class, sources: 100, each: 20} }
	run(t, []given{
		{name: "resets alone", cells: []cell{rst(vector.TCPRst)}, want: yes, says: "close connections"},
		{name: "ends alone", cells: []cell{rst(vector.TCPFin)}, want: yes, says: "close connections"},
		{name: "resets after SYNs of the same addresses", cells: []cell{rst(vector.TCPRst), {class: vector.TCPSyn, sources: 50, each: 20, set: system}}, want: no, says: "answer our SYN-ACKs"},
		{name: "forged", cells: []cell{rst(vector.TCPRst)}, spoofed: true, want: yes, says: "forged"},
		{name: "ends of connections", cells: []cell{rst(vector.TCPFinAck), {class: vector.TCPData, sources: 100, each: 200}}, want: no, says: "ends of connections"},
		{name: "few", cells: []cell{{class: vector.TCPRst, sources: 10, each: 10}}, want: no},
	})
}

func TestAbnormalFlags(t *testing.T) {
	odd := func(sources int, each uint64, set ...func(*model.Facts)) []cell {
		return []cell{{class: vector.TCPAbnormal, sources: sources, each: each, set: all(set...)}}
	}
	run(t, []given{
		{name: "from many", cells: odd(50, 20), want: yes, says: "no connection has"},
		{name: "from one, fast", cells: odd(1, 20_000), want: yes, says: "no connection has"},
		{name: "from one", cells: odd(1, 500), want: undecided, says: "very few sources"},
		{name: "a scan", cells: odd(2, 500, ports), want: no, says: "a scan"},
		{name: "few", cells: odd(10, 10), want: no, says: "few packets"},
		{name: "an exporter that sends no flags", cells: odd(50, 20), profile: flows, noFlags: true, want: no, says: "zero means not told"},
		{name: "an exporter that sends them", cells: odd(50, 20), profile: flows, want: yes, says: "no connection has"},
	})
}
