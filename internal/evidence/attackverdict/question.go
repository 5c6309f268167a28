package attackverdict

import (
	"slices"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// question is one bucket under judgement.
type question struct {
	*scene
	part   *Part
	f      *model.Facts
	info   *vector.Info
	bucket int

	n       float64 // samples that are not background
	sources float64 // distinct sources that are not background
	settled bool    // an ordinary explanation was found
}

// ordinary are the flags of sources that talk with the target in the ordinary
// way, by kind of record.
func ordinary(k vector.Kind) model.SourceFlags {
	switch {
	case k == vector.KindReflection || k == vector.KindSynAck || k == vector.KindUDP || k == vector.KindUDPService:
		return model.SolicitedPort
	case k == vector.KindHTTPRequest:
		return 0 // who sends requests has a connection, be it a visitor or a flood
	case isTCP(k):
		return model.Handshake | model.GotReplies // the latter: connections that began before the recording
	}
	return model.Handshake
}

// count leaves out the sources with any of the flags.
func (q *question) count(drop model.SourceFlags) {
	q.sources = 0
	q.part.Excluded = drop
	var samples uint64
	for i := range q.f.Sources {
		if q.f.Sources[i].Flags&drop == 0 {
			samples += q.f.Sources[i].Packets
			q.sources++
		}
	}
	q.sources /= q.f.Kept
	q.n = float64(q.f.Samples)
	if q.f.Kept == 1 {
		q.n = float64(samples)
	} else {
		q.n = min(q.n, float64(samples)/q.f.Kept)
	}
}

func (q *question) spoofed() bool {
	return q.c.Spoofed != nil && q.c.Spoofed(q.bucket) == model.SpoofSpoofed
}

func (q *question) reason(forAttack bool, text string) {
	q.part.Reasons = append(q.part.Reasons, Reason{Text: text, For: forAttack, Value: q.n, Unit: "packets", N: q.f.Samples, M: int(q.sources)})
}

func (p *Part) against(text string) {
	p.Reasons = append(p.Reasons, Reason{Text: text})
}

func (q *question) yes(text string) {
	q.part.Verdict = model.AttackYes
	q.reason(true, text)
}

func (q *question) no(text string) {
	q.part.Verdict = model.AttackNo
	q.settled = true
	q.reason(false, text)
}

func (q *question) undecided(text string) {
	q.part.Verdict = model.AttackUndecided
	q.reason(true, text)
}

// Measures that several rules share.

// dominance is the bucket's share of what the target got.
func (q *question) dominance() float64 { return q.n / max(q.in, 1) }

// ratePerSource is packets a second of an average source in the busy seconds:
// those with at least a tenth of the fullest one's packets. A sample is looked at
// in longer steps where seconds hold few samples.
func (q *question) ratePerSource() float64 {
	step := int64(1)
	seconds, packets, peak := q.busy(step)
	for q.c.Profile.Sampled && step < 4096 && peak*float64(q.f.Samples) < 20*q.f.Packets {
		step *= 2
		seconds, packets, peak = q.busy(step)
	}
	seconds = min(seconds, max(float64(q.f.Last-q.f.First)/1e9, 0.01))
	return packets * (q.n / max(float64(q.f.Samples), 1)) / max(q.population(), 1) / max(seconds, 0.01)
}

// busy looks at steps of so many seconds: how long those last that hold at least
// a tenth of the fullest one's packets, what they hold, and what that one holds.
func (q *question) busy(step int64) (seconds, packets, peak float64) {
	steps := q.f.Seconds
	if step > 1 {
		steps = nil
		for _, b := range q.f.Seconds {
			if n := len(steps); n > 0 && steps[n-1].Second == b.Second/step {
				steps[n-1].Packets += b.Packets
			} else {
				steps = append(steps, model.SecondCount{Second: b.Second / step, Packets: b.Packets})
			}
		}
		for _, b := range steps {
			peak = max(peak, b.Packets)
		}
	} else {
		peak = q.f.PeakPPS
	}
	for _, b := range steps {
		if b.Packets >= 0.1*peak {
			seconds += float64(step)
			packets += b.Packets
		}
	}
	return seconds, packets, peak
}

// perHost is the fullest second's packets for each host that got any. Where
// that second holds a few samples only, each of which stands for many packets,
// it is the mean rate.
func (q *question) perHost() float64 {
	rate := q.f.PeakPPS
	if q.c.Profile.Sampled && rate*float64(q.f.Samples) < 20*q.f.Packets {
		rate = q.rate()
	}
	return rate / max(float64(q.t.HostsIn), 1)
}

// together reports that the sources are active at the same time and otherwise
// silent, as machines under one command are: the busy seconds are at most half
// of a recording of at least twenty.
func (q *question) together() bool {
	busy := 0.0
	for _, b := range q.f.Seconds {
		if b.Packets >= 0.1*q.f.PeakPPS {
			busy++
		}
	}
	return q.seconds >= 20 && busy <= 0.5*q.seconds
}

// surge is how many times more packets a busy second has than the others, in a
// recording that is mostly not busy; 0 where it is too short to tell.
func (q *question) surge() float64 {
	var busy, busySeconds, rest float64
	for _, b := range q.f.Seconds {
		if b.Packets >= 0.1*q.f.PeakPPS {
			busy += b.Packets
			busySeconds++
		} else {
			rest += b.Packets
		}
	}
	quiet := q.seconds - busySeconds
	if busySeconds == 0 || quiet < 60 || quiet < busySeconds {
		return 0
	}
	return busy / busySeconds / max(rest/quiet, 0.1)
}

// perConversation is records for each distinct pair of addresses and ports.
func (q *question) perConversation() float64 {
	return float64(q.f.FieldRecords) / max(float64(q.f.Conversations), 1)
}

// answered is the share of samples from sources that the target sent to.
func (q *question) answered() float64 {
	var with, all float64
	for i := range q.f.Sources {
		all += float64(q.f.Sources[i].Packets)
		if q.f.Sources[i].Flags&model.GotReplies != 0 {
			with += float64(q.f.Sources[i].Packets)
		}
	}
	return with / max(all, 1)
}

// proven is the share of sources with a finished handshake.
func (q *question) proven() float64 {
	return float64(q.f.EstablishedSources) / max(float64(len(q.f.Sources)), 1)
}

// oneLength is the share of the most frequent length.
func (q *question) oneLength() float64 { return q.f.Lengths.Share(0) }

// randomPorts reports destination ports that no service has: nearly as many as
// draws, or as many as there are.
func (q *question) randomPorts() bool {
	d := float64(q.f.DstPorts.Distinct)
	return d >= 100 && d >= 0.3*min(float64(q.f.FieldRecords), 3000) && q.f.DstPorts.Share(0) < 0.2
}

// overlap is the share of this bucket's sources that are also in buckets of the
// given kinds towards the same target.
func (q *question) overlap(kinds ...vector.Kind) float64 {
	if len(q.f.Sources) == 0 {
		return 0
	}
	found := make([]bool, len(q.f.Sources))
	for _, i := range q.buckets {
		o := &q.c.Profile.Buckets[i]
		info := vector.Lookup(o.Class)
		if i == q.bucket || info == nil || !slices.Contains(kinds, info.Kind) {
			continue
		}
		markCommon(q.f.Sources, o.Sources, found)
	}
	n := 0
	for _, b := range found {
		if b {
			n++
		}
	}
	return float64(n) / float64(len(found))
}

// sampled counts the samples of buckets of the given kinds towards the same target.
func (q *question) sampled(kinds ...vector.Kind) float64 {
	var n uint64
	for _, i := range q.buckets {
		f := &q.c.Profile.Buckets[i]
		if info := vector.Lookup(f.Class); i != q.bucket && info != nil && slices.Contains(kinds, info.Kind) {
			n += f.Samples
		}
	}
	return float64(n)
}

// markCommon walks two lists in order of address.
func markCommon(a, b []model.SourceCount, found []bool) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch a[i].Addr.Compare(b[j].Addr) {
		case 0:
			found[i] = true
			i++
			j++
		case -1:
			i++
		default:
			j++
		}
	}
}
