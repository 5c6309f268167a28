package attackverdict

import (
	"math"
	"testing"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// storm is what a sample of one in a thousand shows of clients whose connections
// are opened, asked something and reset. Hardly any is drawn twice.
func storm(first model.Class) given {
	g := given{out: 1400, profile: sampled, target: tcpOut(1400, 700, 700)}
	for i, class := range []model.Class{vector.TCPSyn, vector.TCPAck, vector.TCPData} {
		c := sampledOnce(class, 800)
		c.from = uint32(1000 * i)
		if class == first {
			g.buckets = append([]bucket{c}, g.buckets...)
		} else {
			g.buckets = append(g.buckets, c)
		}
	}
	return g
}

// sampledOnce is a bucket of so many samples, each for a thousand packets, of another
// source each but for one in forty, over three minutes.
func sampledOnce(class model.Class, samples int, set ...func(*model.Facts)) bucket {
	return bucket{class: class, sources: samples, each: 1, seconds: 180, set: all(append([]func(*model.Facts){system, func(f *model.Facts) {
		for i := range f.Sources {
			if i%40 == 0 {
				f.Sources[i].Packets = 2
				f.Samples++
			}
		}
		weigh(f)
	}}, set...)...)}
}

// weigh makes every draw stand for a thousand packets.
func weigh(f *model.Facts) {
	f.Packets = 1000 * float64(f.Samples)
	for i := range f.Seconds {
		f.Seconds[i].Packets *= 1000
	}
	f.PeakPPS *= 1000
}

func tcpOut(packets, synacks, resets uint64) func(*model.TargetFacts) {
	return func(t *model.TargetFacts) {
		t.ProtoOut[model.ProtoTCP], t.SYNACKOut, t.RSTOut = packets, synacks, resets
	}
}

func TestThinSamplesOfAFailingServer(t *testing.T) {
	for _, class := range []model.Class{vector.TCPSyn, vector.TCPAck, vector.TCPData} {
		if j, _ := storm(class).assess(); j.Verdict == yes || j.Parts[0].Verdict == yes {
			t.Errorf("class %d: %+v", class, j.Parts)
		}
	}
	slow := func(f *model.Facts) { f.Seconds, f.PeakPPS = spreadOver(600, f), 2000 }
	run(t, []given{
		{name: "requests of many sizes, unanswered", buckets: []bucket{sampledOnce(vector.TCPData, 800)}, out: 50, target: tcpOut(20, 20, 0), profile: sampled, want: undecided, says: "a server that died"},
		{name: "little beside others", buckets: []bucket{sampledOnce(vector.TCPData, 800)}, other: 5000, out: 50, target: tcpOut(20, 20, 0), profile: sampled, want: no, says: "beside others"},
		{name: "fewer than those who knock", buckets: []bucket{often(vector.TCPAck, 6), often(vector.TCPSyn, 6)}, out: 50, profile: sampled, want: undecided, says: "a server that died"},
		{name: "slow", buckets: []bucket{often(vector.TCPAck, 5, slow)}, out: 50, profile: sampled, want: undecided, says: "a server that died"},
		{name: "ends of connections that are seen in total", buckets: []bucket{sampledOnce(vector.TCPRst, 800), {class: vector.TCPData, sources: 700, each: 1, from: 5000}}, out: 50, profile: sampled, want: no, says: "ends of connections"},
	})
}

// TestThinFlowRecords: the same of flows, in which repeats are never seen.
func TestThinFlowRecords(t *testing.T) {
	thin := func(p *model.Profile) { sampled(p); flows(p) }
	lengths := func(size uint64) func(*model.Facts) {
		return func(f *model.Facts) { f.PayloadLens, f.Lengths = model.FieldCount{}, only(size, f.FieldRecords) }
	}
	storm := []bucket{often(vector.TCPSyn, 5), often(vector.TCPAck, 6)}
	run(t, []given{
		{name: "opened and reset, fast", buckets: storm, out: 1500, target: tcpOut(1500, 1400, 100), profile: thin, want: no},
		{name: "SYNs beside acknowledgements, unanswered", buckets: storm, out: 50, target: tcpOut(20, 20, 0), profile: thin, want: yes, says: "go on with"},
		{name: "SYNs that the target answers", buckets: []bucket{often(vector.TCPSyn, 5)}, out: 1500, target: tcpOut(1500, 1500, 0), profile: thin, want: yes, says: "go on with"},
		{name: "of as many sources as are drawn", buckets: []bucket{sampledOnce(vector.TCPSyn, 800)}, out: 50, profile: thin, want: undecided, says: "does not answer"},
		{name: "segments of one odd length", buckets: []bucket{often(vector.TCPData, 5, lengths(552))}, out: 50, profile: thin, want: yes, says: "not with these"},
		{name: "segments that are full", buckets: []bucket{often(vector.TCPData, 5, lengths(1500))}, out: 50, profile: thin, want: undecided, says: "a server that died"},
	})
}

func TestFloodsInThinSamples(t *testing.T) {
	content := func(f *model.Facts) { f.PayloadLens = only(512, f.FieldRecords) }
	run(t, []given{
		{name: "nothing answers", buckets: []bucket{often(vector.TCPAck, 5)}, out: 50, target: tcpOut(20, 0, 0), profile: sampled, want: yes, says: "not with these"},
		{name: "refused", buckets: []bucket{often(vector.TCPAck, 5)}, out: 1500, target: tcpOut(1500, 0, 1490), profile: sampled, want: yes, says: "not with these"},
		{name: "one size", buckets: []bucket{often(vector.TCPData, 5, content)}, out: 50, target: tcpOut(20, 0, 0), profile: sampled, want: yes, says: "not with these"},
		{name: "the target talks, and not with these", buckets: []bucket{often(vector.TCPAck, 5)}, out: 500, target: tcpOut(500, 0, 0), profile: sampled, want: yes, says: "not with these"},
		{name: "the target talks, with whom nobody can say", buckets: []bucket{sampledOnce(vector.TCPAck, 800, fast)}, out: 200, target: tcpOut(200, 0, 0), profile: sampled, want: undecided, says: "nobody can say"},
		{name: "the target talks as much", buckets: []bucket{often(vector.TCPAck, 5)}, out: 2000, target: tcpOut(2000, 160, 0), profile: sampled, want: no, says: "one side"},
		{name: "SYNs, fast", buckets: []bucket{often(vector.TCPSyn, 5, system)}, out: 1500, target: tcpOut(1500, 1500, 0), profile: sampled, want: yes, says: "never finished"},
		{name: "SYNs of as many as are drawn", buckets: []bucket{sampledOnce(vector.TCPSyn, 800)}, out: 800, target: tcpOut(800, 800, 0), profile: sampled, want: undecided, says: "does not answer"},
	})
}

// often is three hundred sources with so many samples each, for a thousand packets each.
func often(class model.Class, each uint64, set ...func(*model.Facts)) bucket {
	return bucket{class: class, sources: 300, each: each, set: all(append([]func(*model.Facts){weigh}, set...)...)}
}

// fast makes the packets of a bucket come in per second.
func fast(f *model.Facts) {
	f.Seconds, f.PeakPPS, f.Last = []model.SecondCount{{Second: begin / 1e9, Packets: f.Packets}}, f.Packets, f.First+1e9
}

func spreadOver(seconds int, f *model.Facts) []model.SecondCount {
	f.Last = f.First + int64(seconds)*1e9
	var out []model.SecondCount
	for s := range seconds {
		out = append(out, model.SecondCount{Second: begin/1e9 + int64(s), Packets: f.Packets / 1e4 / float64(seconds)})
	}
	return out
}

// TestPopulation: of 20,000 sources that were drawn 0.1 times each on average,
// nearly all are seen; a rate for each of those drawn would be ten times too high.
func TestPopulation(t *testing.T) {
	f := bucket{class: vector.TCPAck, sources: 1903, each: 1}.facts()
	for i := range 93 { // Poisson: 1,810 once, 90 twice, three three times
		f.Sources[i].Packets = 2
	}
	for i := range 3 {
		f.Sources[i].Packets = 3
	}
	p := &model.Profile{Sampled: true}
	q := &question{scene: &scene{c: &Case{Profile: p}}, part: &Part{}, f: &f, sources: 1903}
	if n := q.population(); math.Abs(n-20_000) > 2000 {
		t.Errorf("%.0f", n)
	}
	p.Sampled = false
	if n := q.population(); n != 1903 {
		t.Errorf("not sampled: %.0f", n)
	}
}
