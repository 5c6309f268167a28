// Package attackverdict answers whether a recording holds an attack at all, and
// which of its traffic that is.
//
// It looks at one class of records towards one suspected target at a time and
// asks what ordinary traffic cannot do: answers that nobody asked for, packets
// of connections that do not exist, many sources that send the same thing and
// never wait for a reply, addresses that are not their senders'. For each
// ordinary thing that looks similar (a server that dies under load, clients
// that come back after an outage, a backup, a test of speed) it asks what that
// would show instead. Size alone never decides. What cannot be distinguished is
// "undecided".
//
// The package is pure; it may be called from any goroutine and keeps nothing.
package attackverdict

import (
	"cmp"
	"slices"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// Case is all that the judgement reads.
type Case struct {
	Profile *model.Profile
	// FlagsSent reports whether flow records carry TCP flags at all.
	FlagsSent bool
	// Spoofed gives the combined verdict on the sources of a bucket of the
	// profile. It is asked only where it matters, since it costs time.
	Spoofed func(bucket int) model.Spoofing
}

// Reason is one observation that moved the judgement.
type Reason struct {
	Text  string
	For   bool // speaks for an attack; otherwise for ordinary traffic
	Value float64
	Unit  string
	N     uint64 // sampled packets that it rests on
	M     int    // sources
}

// Part is the judgement on one bucket of the profile.
type Part struct {
	Bucket   int
	Target   int
	Slug     string
	Verdict  model.AttackVerdict
	Reasons  []Reason
	Excluded model.SourceFlags // sources with one of these flags are background within an attack bucket
	// Within, where it is not 0, is a bucket plus one: only sources that are also
	// in that bucket belong to the attack.
	Within int
	// AtLeast is the least number of packets of a source of the attack; who sent
	// fewer is background.
	AtLeast uint64
	// Needs are flags that every source of the attack has.
	Needs       model.SourceFlags
	Unsolicited model.Unsolicited
}

// Assessment is the answer for a whole recording.
type Assessment struct {
	Verdict model.AttackVerdict
	Parts   []Part // of every bucket, in order of buckets; then further parts of buckets that several vectors share
	Targets []int  // attacked targets, heaviest first
}

// Assess answers for all buckets of the profile.
func Assess(c *Case) Assessment {
	j := Assessment{Verdict: model.AttackNo}
	scenes := make([]*scene, len(c.Profile.Targets))
	for i := range scenes {
		scenes[i] = newScene(c, i)
	}
	shareView(scenes)
	for i := range c.Profile.Buckets {
		j.Parts = append(j.Parts, scenes[c.Profile.Buckets[i].Target].assess(i))
	}
	var more []Part
	for i := range scenes {
		more = append(more, scenes[i].attach(j.Parts)...)
	}
	j.Parts = append(j.Parts, more...)
	j.conclude(c.Profile)
	return j
}

// conclude takes the strongest answer. A part is only allowed to leave the
// whole undecided where it is a good part of what its target got.
func (j *Assessment) conclude(p *model.Profile) {
	weight := make(map[int]float64)
	for i := range j.Parts {
		part := &j.Parts[i]
		bucket := &p.Buckets[part.Bucket]
		switch part.Verdict {
		case model.AttackYes:
			j.Verdict = model.AttackYes
			weight[part.Target] += bucket.Packets
		case model.AttackUndecided:
			if j.Verdict == model.AttackNo && float64(bucket.Samples) >= 0.2*float64(p.Targets[part.Target].In) {
				j.Verdict = model.AttackUndecided
			}
		}
	}
	heaviest := 0.0
	for t, w := range weight {
		heaviest = max(heaviest, w)
		j.Targets = append(j.Targets, t)
	}
	slices.SortFunc(j.Targets, func(a, b int) int {
		return cmp.Or(cmp.Compare(weight[b], weight[a]), cmp.Compare(a, b))
	})
	j.Targets = slices.DeleteFunc(j.Targets, func(t int) bool { return weight[t] < 0.01*heaviest })
	for i := range j.Parts {
		if part := &j.Parts[i]; part.Verdict == model.AttackYes && !slices.Contains(j.Targets, part.Target) {
			part.Verdict = model.AttackUndecided
			part.against("less than a hundredth of what the main target got")
		}
	}
}

// scene is one target and the buckets towards it.
type scene struct {
	c        *Case
	t        *model.TargetFacts
	index    int
	buckets  []int
	bothWays bool    // the recording holds what the target sent
	tcpIn    float64 // samples of TCP towards it
	in       float64 // samples towards it
	seconds  float64 // of the whole recording
}

func newScene(c *Case, target int) *scene {
	t := &c.Profile.Targets[target]
	s := &scene{c: c, t: t, index: target, in: float64(t.In)}
	s.bothWays = t.Out >= 10 && t.Out*20000 >= t.In
	for i := range c.Profile.Buckets {
		f := &c.Profile.Buckets[i]
		if f.Target != target {
			continue
		}
		s.buckets = append(s.buckets, i)
		if info := vector.Lookup(f.Class); info != nil && isTCP(info.Kind) {
			s.tcpIn += float64(f.Samples)
		}
	}
	s.seconds = max(float64(c.Profile.Last-c.Profile.First)/1e9, 1e-3)
	return s
}

// shareView lets a target that sends nothing profit from its neighbors: where
// the recording holds what others of its network send, its silence is silence.
func shareView(scenes []*scene) {
	speaking := make(map[model.Addr]bool)
	net := func(s *scene) model.Addr {
		a := model.AddrFromNetip(s.t.Prefix.Addr())
		if a.Is4() {
			return a.Mask(16)
		}
		return a.Mask(32)
	}
	for _, s := range scenes {
		if s.bothWays {
			speaking[net(s)] = true
		}
	}
	for _, s := range scenes {
		s.bothWays = s.bothWays || speaking[net(s)]
	}
}

func isTCP(k vector.Kind) bool {
	switch k {
	case vector.KindSyn, vector.KindSynAck, vector.KindAck, vector.KindData, vector.KindHTTPRequest, vector.KindHTTPResponse,
		vector.KindRst, vector.KindRstAck, vector.KindRstData, vector.KindFin, vector.KindFinAck, vector.KindAbnormal,
		vector.KindConn, vector.KindTCPUnknown:
		return true
	}
	return false
}

// assess decides one bucket.
func (s *scene) assess(bucket int) Part {
	f := &s.c.Profile.Buckets[bucket]
	info := vector.Lookup(f.Class)
	p := Part{Bucket: bucket, Target: s.index, Verdict: model.AttackNo, Slug: "unclassified",
		Unsolicited: model.Unsolicited{Verdict: "not-applicable", Reason: "no answer can be told from a question in this class"}}
	if info == nil {
		return p
	}
	p.Slug = info.Slug
	if f.Samples < minSamples {
		p.against("too few packets to say anything")
		return p
	}
	q := &question{scene: s, part: &p, f: f, info: info, bucket: bucket}
	q.count(ordinary(info.Kind))
	if rule := rules[info.Kind]; rule != nil {
		rule(q)
	}
	if p.Verdict != model.AttackYes && !q.settled && q.n >= spoofedSamples && q.spoofed() {
		q.yes("the source addresses are not their senders' (see the spoofing tests); no ordinary traffic forges its sources")
	}
	return p
}
