package attackverdict

import (
	"fmt"
	"slices"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

// reflection: answers of a service that can be made to answer a victim.
// Proof is that the victim never asked; where its own packets are not in the
// recording, the answers themselves must show abuse.
func reflection(q *question) {
	if q.questions() {
		q.no(fmt.Sprintf("questions to %s of the target, which answers from that port", q.info.Service))
		return
	}
	if q.partOfNoise() {
		q.no("ports drawn at random hit the one of " + q.info.Service + " too: these packets are a part of the flood of datagrams")
		return
	}
	if q.solicited() {
		return
	}
	if q.part.Unsolicited.Verdict == "unsolicited" {
		least := 3.0
		if q.info.Strength != vector.ByPayload && q.dominance() < 0.5 {
			least = 8 // a port alone is soon hit by chance, though not by most of the packets
		}
		if q.n >= 50 && q.sources >= least {
			q.yes(fmt.Sprintf("%s answers of %s from %s sources that the target had not asked", count(q.n), q.info.Service, count(q.sources)))
			return
		}
		q.against("unasked answers, but too few to be an attack")
		return
	}
	switch {
	case q.info.Everyday:
		q.everydayService()
	case q.info.Strength == vector.ByPayload && q.sources >= 8 && q.n >= 50:
		q.yes(fmt.Sprintf("answers of %s, seen in their payload, from %s sources to one target; hosts do not ask that many such servers", q.info.Service, count(q.sources)))
	case q.sources >= 20 && q.n >= 100 && q.dominance() >= 0.1:
		q.yes(fmt.Sprintf("packets of the size and source port of %s from %s sources to one target", q.info.Service, count(q.sources)))
	case q.sources >= 8 && q.n >= 50 && q.dominance() >= 0.2:
		q.undecided(fmt.Sprintf("packets that may be answers of %s, from %s sources", q.info.Service, count(q.sources)))
	default:
		q.against("few answers from few sources, as a client or a scan would get")
	}
}

// questions reports packets that go to the port of the service rather than come
// from it, where the target answers from that port: in a recording that keeps
// the first octets only, some questions look like answers.
func (q *question) questions() bool {
	to := uint16(topKey(&q.f.DstPorts))
	return slices.Contains(q.info.Ports, to) && q.f.DstPorts.Share(0) >= 0.5 && !slices.Contains(q.info.Ports, uint16(topKey(&q.f.SrcPorts))) &&
		float64(q.t.UDPFrom[to]) >= 0.2*float64(q.f.Samples)
}

// against notes a reason for ordinary traffic without settling the question.
func (q *question) against(text string) { q.reason(false, text) }

// solicited tests whether the target asked, and settles the question if so.
func (q *question) solicited() bool {
	u := &q.part.Unsolicited
	if !q.bothWays {
		*u = model.Unsolicited{Verdict: "not-applicable", Reason: "the recording does not hold what the target sent, so nobody can say whether it had asked"}
		return false
	}
	var requests uint64
	for _, p := range q.info.Ports {
		requests += q.t.UDPTo[p]
	}
	ratio := float64(requests) / max(float64(q.f.Samples), 1)
	asked := float64(q.f.SolicitedSamples) / max(float64(q.f.Samples), 1)
	if ratio >= 0.2 || asked >= 0.5 && !q.c.Profile.Sampled {
		*u = model.Unsolicited{Verdict: "solicited", Reason: fmt.Sprintf("the target sent %d requests to this service for %d answers", requests, q.f.Samples)}
		if q.n < floodSamples || asked >= 0.5 || q.c.Profile.Sampled {
			q.no("the target asked for these answers itself")
			return true
		}
		return false
	}
	*u = model.Unsolicited{Verdict: "unsolicited", Reason: fmt.Sprintf("the target sent %d requests to this service for %d answers from %s sources", requests, q.f.Samples, count(q.sources))}
	return false
}

// everydayService asks more of services whose answers ordinary users get a lot
// of: names that repeat and answers that are large for DNS, one size from very
// many sources for the others.
func (q *question) everydayService() {
	large := q.f.Lengths.Total > 0 && q.f.Bytes/max(q.f.Packets, 1) >= 400 || q.f.Fragments > 0
	if d := q.f.DNS; d != nil && d.Questions >= 20 {
		same := d.Names.Share(0)
		switch {
		case large && same >= 0.5 && q.sources >= 5:
			q.yes(fmt.Sprintf("%s of the DNS answers are about one name, they are large, and they come from %s servers", text.RoughPercent(same), count(q.sources)))
		case large && same >= 0.2 && q.sources >= 20:
			q.undecided(fmt.Sprintf("large DNS answers, %s of them about one name", text.RoughPercent(same)))
		default:
			q.against("DNS answers about many names, as a resolver gets them")
		}
		return
	}
	if q.info.Service == "dns" {
		if large && q.sources >= 20 && q.n >= 100 && q.dominance() >= 0.3 {
			q.yes(fmt.Sprintf("large packets from port 53 of %s sources are %s of what the target got", count(q.sources), text.RoughPercent(q.dominance())))
		}
		return
	}
	switch {
	case q.oneLength() >= 0.85 && q.sources >= 500 && q.dominance() >= 0.5 && q.perConversation() < 4:
		q.yes(fmt.Sprintf("%s sources send packets of one single length (%s of them) from the port of %s", count(q.sources), text.RoughPercent(q.oneLength()), q.info.Service))
	case q.oneLength() >= 0.7 && q.sources >= 200 && q.dominance() >= 0.7:
		q.undecided(fmt.Sprintf("%s sources send packets of few lengths from the port of %s; ordinary users of it could too", count(q.sources), q.info.Service))
	default:
		q.against(fmt.Sprintf("ordinary use of %s looks the same", q.info.Service))
	}
}

// synAck: answers to connections that the target did not open.
func synAck(q *question) {
	u := &q.part.Unsolicited
	switch {
	case q.bothWays && float64(q.t.SYNOut) >= 0.2*q.n:
		*u = model.Unsolicited{Verdict: "solicited", Reason: fmt.Sprintf("the target sent %d SYNs for %d SYN-ACKs", q.t.SYNOut, q.f.Samples)}
		q.no("the target opened these connections itself")
		return
	case q.bothWays:
		*u = model.Unsolicited{Verdict: "unsolicited", Reason: fmt.Sprintf("the target sent %d SYNs for %d SYN-ACKs", q.t.SYNOut, q.f.Samples)}
		if q.n >= 50 && q.sources >= 5 && q.perHost() >= 2 {
			q.yes(fmt.Sprintf("%s SYN-ACKs from %s sources answer SYNs that the target never sent", count(q.n), count(q.sources)))
		}
		return
	}
	*u = model.Unsolicited{Verdict: "not-applicable", Reason: "the recording does not hold what the target sent"}
	if q.perHost() < 5 {
		q.no("a few stray answers to each host, as anybody's addresses get when others forge them")
		return
	}
	data := q.besides(vector.KindAck, vector.KindData, vector.KindHTTPResponse, vector.KindFinAck, vector.KindConn)
	switch {
	case q.sources >= 20 && q.n >= 100 && data < 0.1:
		q.yes(fmt.Sprintf("SYN-ACKs from %s sources, and only %s of those ever sent data: nobody goes on with these connections", count(q.sources), text.RoughPercent(data)))
	case data >= 0.5:
		q.no(fmt.Sprintf("%s of the hosts that answered with SYN-ACK also sent data: connections of the target itself", text.RoughPercent(data)))
	case q.sources >= 20 && q.n >= 100:
		q.undecided(fmt.Sprintf("SYN-ACKs from %s sources, of which %s sent data", count(q.sources), text.RoughPercent(data)))
	}
}

// middlebox: pages and resets with content for connections that do not exist.
func middlebox(q *question) {
	if q.bothWays {
		if float64(q.t.SYNOut) < 0.05*q.n && q.n >= 50 && q.sources >= 5 && q.f.SolicitedSources == 0 {
			q.part.Unsolicited = model.Unsolicited{Verdict: "unsolicited", Reason: "the target opened no connection to these hosts"}
			q.yes(fmt.Sprintf("%s sources send pages or resets with content for connections that the target never opened", count(q.sources)))
		}
		return
	}
	opened := q.besides(vector.KindSynAck, vector.KindFinAck)
	if q.sources >= 20 && q.n >= 100 && opened < 0.05 {
		q.yes(fmt.Sprintf("%s sources send pages with no connection before them (%s of them answered a SYN)", count(q.sources), text.RoughPercent(opened)))
	}
}

// partOfNoise reports that a flood with source ports at random, from the same
// sources, accounts for this bucket.
func (q *question) partOfNoise() bool {
	for _, i := range q.buckets {
		if o := &q.c.Profile.Buckets[i]; noiseHolds(o, q.f) {
			return true
		}
	}
	return false
}

// noiseHolds reports whether the bucket f is what the flood o of datagrams with
// random ports leaves in a class by chance.
func noiseHolds(o, f *model.Facts) bool {
	info := vector.Lookup(o.Class)
	return info != nil && info.Kind == vector.KindUDP && o.Samples >= 20*f.Samples && o.SrcPorts.Distinct >= 1000 &&
		o.SrcPorts.Share(0) < 0.1 && (sameLength(o, f) || commonSamples(f.Sources, o.Sources) >= 0.5)
}

// sameLength reports that most packets of both have one and the same length.
func sameLength(a, b *model.Facts) bool {
	return a.Lengths.Share(0) >= 0.5 && b.Lengths.Share(0) >= 0.5 && a.Lengths.Top[0].Key == b.Lengths.Top[0].Key
}
