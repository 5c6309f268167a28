package attackverdict

import (
	"fmt"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

// syn: connection requests. A server that dies under load gets many of them
// too, but its clients repeat each one with the same ports and sequence
// number, at growing distances, with the options of their operating systems.
func syn(q *question) {
	if q.n < floodSamples {
		q.against("few connection requests that were not finished")
		return
	}
	retries := float64(q.f.SYNRetries) / max(float64(q.f.Samples), 1)
	bare := shareOf(&q.f.OptionLens, 0)
	packets := q.f.OptionLens.Total > 0
	switch {
	case q.scan():
		q.no("few sources knock at many ports: a scan")
	case packets && retries >= 0.25 && bare < 0.2:
		q.no(fmt.Sprintf("%s of the SYNs repeat an earlier one with the same ports and sequence number, as clients do when a server does not answer", text.RoughPercent(retries)))
	case q.spoofed():
		q.yes(fmt.Sprintf("%s SYNs from %s forged source addresses", count(q.n), count(q.sources)))
	case q.perHost() < 5:
		q.no("a few connection requests to each host: the scanning that every address gets")
	case packets && bare >= 0.8 && (q.sources >= 20 || q.rate() >= 100):
		q.yes(fmt.Sprintf("%s of the SYNs carry no TCP option at all; every operating system sends some", text.RoughPercent(bare)))
	case q.n < 0.5*float64(q.f.Samples) && q.ratePerSource() < 5:
		q.no("most requests belong to sources that finished a handshake")
	case packets && !q.c.Profile.Sampled && q.sources >= 20 && q.n >= 500 && retries < 0.05 && q.n/q.sources >= 3 && q.talking() < 0.3:
		q.yes(fmt.Sprintf("%s sources open %.0f connections each, go on with none and repeat none; a client whose server does not answer asks again", count(q.sources), q.n/q.sources))
	case packets && q.bothWays && float64(q.t.SYNACKOut) >= 0.3*q.n && q.proven() < 0.1 && retries < 0.1 && q.sources >= 20 && q.goingOn() < 0.3 && (!q.c.Profile.Sampled || q.ratePerSource() >= 5):
		// samples do not show repeats, but clients that repeat are slow
		q.yes(fmt.Sprintf("the target answered, and %s of %s sources never finished the handshake nor tried again", text.RoughPercent(1-q.proven()), count(q.sources)))
	case !packets:
		synFlows(q)
	case q.dominance() >= 0.5 && q.sources >= 20:
		q.undecided("many unfinished connection requests; a server that does not answer gets them too")
	default:
		q.against("unfinished connection requests, as scans and lost clients leave them")
	}
}

// goingOn is the share of the sources that send more than SYNs. A recording
// that lacks packets has few whole handshakes, but it has the segments.
func (q *question) goingOn() float64 {
	return q.besides(vector.KindAck, vector.KindData, vector.KindHTTPRequest, vector.KindFinAck, vector.KindConn)
}

// talking is the share of the packets from sources that go on with a
// connection: the target sends them segments, or, where its packets are not in
// the recording, they send some themselves. In a thin sample both must show in
// total: another flood of the same sources is no conversation.
func (q *question) talking() float64 {
	switch {
	case !q.bothWays:
		return q.goingOn()
	case q.thin():
		return min(q.goingOn(), q.replied())
	}
	return q.answered()
}

// synFlows assesses SYNs in flow records or samples, where repeats cannot be seen.
func synFlows(q *question) {
	perRecord := float64(q.f.Samples) / max(float64(q.f.Records), 1)
	talking := q.talking()
	switch {
	case perRecord >= 1.5 && perRecord <= 8 && !q.c.Profile.Sampled:
		q.no(fmt.Sprintf("%.1f SYNs in each flow: repeats, as clients send them to a server that does not answer", perRecord))
	case q.sources >= 20 && q.ratePerSource() >= 5 && talking < 0.2:
		q.yes(fmt.Sprintf("%s sources open %s connections a second each, and go on with %s of them", count(q.sources), each(q.ratePerSource()), text.RoughPercent(talking)))
	case !q.c.Profile.Sampled && q.sources >= 20 && q.n >= 500 && q.n/q.sources >= 3 && talking < 0.1:
		q.yes(fmt.Sprintf("%s sources open %.0f connections each and go on with %s of them", count(q.sources), q.n/q.sources, text.RoughPercent(talking)))
	case q.dominance() >= 0.5 && q.sources >= 20 && talking < 0.2:
		q.undecided("most of what the target got are SYNs of sources that finish no connection")
	}
}

// scan reports a few sources that try many ports of the target.
func (q *question) scan() bool {
	return q.sources <= fewSources && q.f.DstPorts.Distinct >= 50 && q.f.DstPorts.Share(0) < 0.3
}

// rate is packets a second over the time that the bucket spans.
func (q *question) rate() float64 {
	return q.f.Packets * 1e9 / max(float64(q.f.Last-q.f.First), 1e7)
}

// ack: segments of connections that do not exist.
func ack(q *question) {
	q.part.Slug = "ack-flood"
	stray(q, "acknowledgements", 0.5)
}

// data: segments with content. Where their sources finished a handshake this
// is STOMP: a connection opened to carry nothing but packets.
func data(q *question) {
	constant := q.f.PayloadLens.Share(0)
	if q.proven() >= 0.5 || q.opened() {
		q.count(0)
		q.stomp(constant)
		return
	}
	q.part.Slug = "ack-flood"
	stray(q, "segments", 0.5)
}

// opened guesses, where the target's own packets are missing, that the sources
// opened connections: most of them sent a SYN or a few, not a flood of them.
func (q *question) opened() bool {
	if q.bothWays || q.c.Profile.Sampled || q.overlap(vector.KindSyn) < 0.5 {
		return false
	}
	syns := 0.0
	for _, i := range q.buckets {
		f := &q.c.Profile.Buckets[i]
		if info := vector.Lookup(f.Class); info != nil && info.Kind == vector.KindSyn {
			syns += float64(f.Samples)
		}
	}
	return syns <= 3*q.sources
}

// stomp: real uploads fill segments to the brim and wait for the receiver;
// a flood through real connections sends one odd size as fast as it can.
func (q *question) stomp(constant float64) {
	size := float64(0)
	if len(q.f.PayloadLens.Top) > 0 {
		size = float64(q.f.PayloadLens.Top[0].Key)
	}
	out := float64(q.t.Out) / max(q.in, 1)
	switch {
	case q.slow():
		q.part.Slug, q.part.Needs, q.part.Excluded = "slow-http", model.SlowSender, 0
		q.yes(fmt.Sprintf("%s sources keep connections open with a few octets at a time and never finish a request", count(q.sources)))
	case constant >= 0.85 && size < 1200 && q.sources >= fewSources && q.n >= floodSamples && (q.ratePerSource() >= 20 || q.ratePerSource() >= 0.5 && q.noise()) && (!q.bothWays || out < 0.5):
		q.part.Slug = "stomp-flood"
		q.part.Excluded = 0
		q.yes(fmt.Sprintf("%s sources opened connections and then sent %.0f segments a second each, %s of them with exactly %.0f octets", count(q.sources), q.ratePerSource(), text.RoughPercent(constant), size))
	default:
		q.no("data of connections that were really opened")
	}
}

// noise reports payloads that do not repeat even in their first octets, which
// messages of a protocol do.
func (q *question) noise() bool {
	return q.f.Payloads.Total >= 100 && q.f.Payloads.Share(0) < 0.2 && float64(q.f.Payloads.Distinct) >= max(30, 0.3*min(q.sources, 500))
}

// slow reports trickled requests: nearly all segments tiny, nearly no request complete.
func (q *question) slow() bool {
	if float64(q.f.SlowSegments) < 0.6*float64(q.f.Samples) || q.sources < 20 {
		return false
	}
	for _, i := range q.buckets {
		if h := q.c.Profile.Buckets[i].HTTP; h != nil && h.Requests >= 20 {
			return float64(h.Incomplete) >= 0.7*float64(h.Requests)
		}
	}
	return false
}

// stray assesses segments without a connection: nobody answers them, or, where
// the target's own packets are missing, no conversation is in them.
func stray(q *question, what string, weight float64) {
	if q.n < floodSamples || q.dominance() < 0.05 {
		q.against("few segments outside of known connections")
		return
	}
	opened := q.overlap(vector.KindSyn, vector.KindSynAck)
	closed := q.overlap(vector.KindFinAck, vector.KindRstAck)
	lone := q.perConversation()
	silent := q.silent()
	switch {
	case q.spoofed():
		q.yes(fmt.Sprintf("%s %s from %s forged source addresses", count(q.n), what, count(q.sources)))
	case silent && q.thin():
		q.thinStray(what, weight)
	case silent && q.sources >= fewSources && (q.ratePerSource() >= 5 || q.sources >= 20 && q.n >= 500 && lone < 2):
		// clients of a server that died repeat their last segment too, but slowly
		q.yes(fmt.Sprintf("the target answered %s of these %s from %s sources, and none of them had finished a handshake", text.RoughPercent(q.answered()), what, count(q.sources)))
	case silent && q.n >= 1000 && q.rate() >= 500 && float64(q.t.RSTOut) >= 0.3*q.n:
		q.yes(fmt.Sprintf("the target refuses these %s with %s resets: there are no such connections", what, count(float64(q.t.RSTOut))))
	case q.bothWays && q.answered() >= 0.5:
		q.no("the target talks with these hosts")
	case q.bothWays && q.thin() && q.replied() < 0.5 && q.dominance() >= weight && q.sources >= 20 && q.ratePerSource() >= 5:
		q.undecided(fmt.Sprintf("for %s %s the target sent %s packets of conversations: in so thin a sample nobody can say with whom", count(q.n), what, count(q.answers())))
	case !q.c.Profile.Sampled && q.c.Profile.PacketLevel && lone < 1.5 && q.n >= 5*q.sources && opened < 0.3 && q.sources >= 20 && q.dominance() >= weight*0.4:
		q.yes(fmt.Sprintf("%s %s from %s sources, %.1f for each pair of ports: conversations have more", count(q.n), what, count(q.sources), lone))
	case q.oneLength() >= 0.95 && q.randomPorts() && q.sources >= 20 && opened < 0.3 && q.oddSize():
		q.yes(fmt.Sprintf("%s of the %s from %s sources have one length and go to ports at random", text.RoughPercent(q.oneLength()), what, count(q.sources)))
	case q.dominance() >= weight && q.sources >= 20 && opened < 0.05 && closed < 0.05 && q.seconds >= 20 && !q.c.Profile.Sampled && q.ratePerSource() >= 20:
		q.undecided(fmt.Sprintf("%s from %s sources of which none opened or closed a connection in this recording", what, count(q.sources)))
	default:
		q.against("as ordinary connections look from one side")
	}
}

// oddSize reports content of one size that is not what fills a segment: bulk
// data is, and acknowledgements without content all look alike.
func (q *question) oddSize() bool {
	t := q.f.PayloadLens.Top
	return len(t) > 0 && t[0].Key > 0 && t[0].Key <= 1000
}

// closing: FIN and RST. FIN+ACK and RST+ACK end every ordinary connection.
func closing(q *question) {
	share := q.n / max(q.tcpIn, 1)
	if q.n < floodSamples {
		return
	}
	syns := q.besides(vector.KindSyn)
	open := q.besides(vector.KindAck, vector.KindData, vector.KindHTTPRequest, vector.KindSynAck, vector.KindConn)
	switch {
	case q.info.Kind == vector.KindRst && syns >= 0.3:
		q.no("resets of hosts whose address sent SYNs before: they answer our SYN-ACKs")
	case q.spoofed():
		q.yes(fmt.Sprintf("%s segments that close connections, from %s forged source addresses", count(q.n), count(q.sources)))
	case share >= 0.5 && open+syns < 0.2 && q.sources >= fewSources && (!q.bothWays || q.replied() < 0.2):
		q.yes(fmt.Sprintf("%s of the TCP packets close connections, and %s of their sources had one", text.RoughPercent(share), text.RoughPercent(open+syns)))
	default:
		q.against("ends of connections")
	}
}

// abnormal: combinations of flags that no TCP sends.
func abnormal(q *question) {
	switch {
	case !q.c.Profile.PacketLevel && !q.c.FlagsSent:
		q.no("the exporter does not send TCP flags; zero means not told")
	case q.n < floodSamples:
		q.against("few packets with impossible flags")
	case q.scan():
		q.no("few sources try many ports: a scan")
	case q.sources >= fewSources || q.rate() >= 1000:
		q.yes(fmt.Sprintf("%s packets from %s sources with combinations of TCP flags that no connection has", count(q.n), count(q.sources)))
	default:
		q.undecided("packets with impossible flags from very few sources")
	}
}

// httpRequest: a flood repeats one request, or one with a random part, from
// each source far faster than people click and without what a page needs.
func httpRequest(q *question) {
	h := q.f.HTTP
	if h == nil || h.Requests < floodSamples || q.sources < fewSources {
		if q.slowRequests() {
			return
		}
		q.against("few requests, or from few sources")
		return
	}
	if q.slowRequests() {
		return
	}
	one, each := h.Paths.Share(0), q.ratePerSource()
	// one page with an ever different query defeats caches; an application
	// asks for many pages
	random := float64(h.Paths.Distinct) >= 0.6*float64(min(h.Requests, 2000)) && h.Pages.Share(0) >= 0.5
	mechanical := one >= 0.6 || random
	// people come with about as many user agents as they are
	uniform := float64(h.Agents.Distinct) <= max(3, 0.1*q.sources)
	switch {
	case mechanical && each >= 2 && q.loud() < 20:
		q.undecided(fmt.Sprintf("%d machines send %s requests a second; a test of load looks the same", q.loud(), count(q.f.PeakPPS)))
	case mechanical && (each >= 2 || each >= 0.5 && uniform && q.sources >= 50 && q.overlap(vector.KindRst, vector.KindRstAck) >= 0.5):
		q.part.Excluded = 0
		q.part.AtLeast = q.tenthOfUsual()
		q.yes(fmt.Sprintf("%s sources with %d user agents send %.1f requests a second each, %s", count(q.sources), h.Agents.Distinct, each, pathWords(one, random)))
	case each >= 10 && q.loud() >= 20 && uniform:
		q.part.Excluded = 0
		q.part.AtLeast = q.tenthOfUsual()
		q.yes(fmt.Sprintf("%s sources with %d user agents send %.0f requests a second each, which nobody clicks", count(q.sources), h.Agents.Distinct, each))
	case each >= 10 && uniform:
		q.undecided(fmt.Sprintf("%s sources send %.0f requests a second each; programs that share this service could too", count(q.sources), each))
	case mechanical && uniform && each >= 1 && q.sources >= 20:
		q.undecided(fmt.Sprintf("%s sources with %d user agents send %.1f requests a second each, %s; an application that polls could too", count(q.sources), h.Agents.Distinct, each, pathWords(one, random)))
	default:
		q.no("requests for many pages and their parts, at the pace of people")
	}
}

func pathWords(one float64, random bool) string {
	if random {
		return "most of them for one page, nearly every one with another query"
	}
	return text.RoughPercent(one) + " of them for one path"
}

// slowRequests: heads of requests that never end.
func (q *question) slowRequests() bool {
	h := q.f.HTTP
	if h == nil || h.Requests < 50 || q.sources < 20 || float64(h.Incomplete) < 0.7*float64(h.Requests) {
		return false
	}
	for _, i := range q.buckets {
		f := &q.c.Profile.Buckets[i]
		if info := vector.Lookup(f.Class); info != nil && info.Kind == vector.KindData && float64(f.SlowSegments) >= 0.6*float64(f.Samples) {
			q.part.Slug, q.part.Needs, q.part.Excluded = "slow-http", model.SlowSender, 0
			q.yes(fmt.Sprintf("%s of %s requests never end their head, and what follows comes a few octets at a time", text.RoughPercent(float64(h.Incomplete)/float64(h.Requests)), count(float64(h.Requests))))
			return true
		}
	}
	return false
}

func shareOf(f *model.FieldCount, key uint64) float64 {
	for i := range f.Top {
		if f.Top[i].Key == key {
			return f.Share(i)
		}
	}
	return 0
}

// loud counts the sources with at least tenthOfUsual packets.
func (q *question) loud() int {
	least, n := q.tenthOfUsual(), 0
	for i := range q.f.Sources {
		if q.f.Sources[i].Packets >= least {
			n++
		}
	}
	return n
}

// tenthOfUsual is a tenth of the packets of the source that an average
// packet comes from: visitors among the machines of a flood send less.
func (q *question) tenthOfUsual() uint64 {
	var sum, squares float64
	for i := range q.f.Sources {
		n := float64(q.f.Sources[i].Packets)
		sum += n
		squares += n * n
	}
	return uint64(squares / max(sum, 1) / 10)
}
