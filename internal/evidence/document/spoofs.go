package document

import (
	"floodmark/internal/evidence/spoof"
	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// Spoofs runs the tests of whether sources are real, on buckets while the
// judgement still asks and on whole vectors afterwards.
type Spoofs struct {
	Profile *model.Profile
	Seed    uint64
	buckets map[int]model.Spoofing
}

// Bucket gives the verdict on one bucket, as presence.Case wants it.
func (s *Spoofs) Bucket(i int) model.Spoofing {
	if v, ok := s.buckets[i]; ok {
		return v
	}
	c := &s.Profile.Buckets[i]
	info := vector.Lookup(c.Class)
	v := spoof.Assess(s.input(&question{
		sources: c.Sources, samples: float64(c.Samples), kept: c.Kept, info: info, targets: []int{c.Target},
		ttls: c.TTLs.Total > 0,
	})).Verdict
	if s.buckets == nil {
		s.buckets = make(map[int]model.Spoofing)
	}
	s.buckets[i] = v
	return v
}

// question is a set of sources under test.
type question struct {
	sources []model.SourceCount
	samples float64
	kept    float64
	info    *vector.Info
	targets []int
	ttls    bool
	reflect bool
	tcp     bool
}

func (s *Spoofs) input(q *question) spoof.Input {
	in := spoof.Input{
		Sources: q.sources, Samples: uint64(q.samples + 0.5), Kept: q.kept, TTLKnown: q.ttls, Seed: s.Seed, Reflection: q.reflect,
		TCPHandshakePossible: q.tcp || q.info != nil && isTCP(q.info),
	}
	for _, t := range q.targets {
		f := &s.Profile.Targets[t]
		if f.Out >= 10 {
			in.BothDirections = true
		}
		if q.info == nil {
			continue
		}
		in.Quotes = s.quotes(f, q.info, in.Quotes)
	}
	return in
}

// quotes adds up ICMP errors about datagrams to the service's port that claim
// to come from the target, which the target did not send.
func (s *Spoofs) quotes(f *model.TargetFacts, info *vector.Info, q spoof.Quotes) spoof.Quotes {
	for key, n := range f.Quotes {
		tcp := key.Proto == model.ProtoTCP
		switch {
		case tcp && info.Slug == "synack-reflection" && f.TCPTo[key.DstPort] == 0 && (key.DstPort < 1024 || key.DstPort == 8080 || key.DstPort == 8443):
		case !tcp && key.Proto == model.ProtoUDP && hasPort(info, key.DstPort) && f.UDPTo[key.DstPort] == 0:
		default:
			continue
		}
		q.Errors += n
		q.Senders = uint64(f.QuoteSenders)
	}
	return q
}

func hasPort(info *vector.Info, port uint16) bool {
	for _, p := range info.Ports {
		if p == port {
			return true
		}
	}
	return false
}

func isTCP(info *vector.Info) bool { return len(info.Kind) > 4 && info.Kind[:4] == "tcp-" }

// assess gives the verdict on a whole vector.
func (s *Spoofs) assess(g *group) {
	q := &question{sources: g.sources, samples: g.samples, kept: g.kept, info: g.info}
	for _, c := range g.buckets {
		q.targets = append(q.targets, c.Target)
		q.ttls = q.ttls || c.TTLs.Total > 0
		if k := vector.Lookup(c.Class); k != nil && isTCP(k) {
			q.tcp = true
		}
	}
	q.reflect = g.info != nil && g.info.Reflection
	g.verdict = spoof.Assess(s.input(q))
}
