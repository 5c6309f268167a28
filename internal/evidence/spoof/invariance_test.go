package spoof

import (
	"math/rand/v2"
	"testing"

	"floodmark/internal/evidence/spoof/spooftest"
	"floodmark/internal/model"
)

// changes are what sampling and mirror ports do to a recording.
func changes(r *rand.Rand) map[string]func([]model.SourceCount) []model.SourceCount {
	type sc = []model.SourceCount
	return map[string]func(sc) sc{
		"1:4":              func(s sc) sc { return spooftest.Thin(s, 4, r) },
		"1:10":             func(s sc) sc { return spooftest.Thin(s, 10, r) },
		"1:100":            func(s sc) sc { return spooftest.Thin(s, 100, r) },
		"doubled":          func(s sc) sc { return spooftest.Repeat(s, 2) },
		"doubled, 1:4":     func(s sc) sc { return spooftest.Thin(spooftest.Repeat(s, 2), 4, r) },
		"partly doubled":   func(s sc) sc { return partly(s, r) },
		"times 1000":       func(s sc) sc { return spooftest.Repeat(s, 1000) },
		"1:10, then times": func(s sc) sc { return spooftest.Repeat(spooftest.Thin(s, 10, r), 1000) },
	}
}

// partly doubles the packets of half of the sources, as a mirror port that
// loses packets does.
func partly(sources []model.SourceCount, r *rand.Rand) []model.SourceCount {
	out := make([]model.SourceCount, len(sources))
	for i, s := range sources {
		s.Packets *= 1 + uint64(r.IntN(2))
		out[i] = s
	}
	return out
}

func checkInvariance(t *testing.T, name string, in Input, r *rand.Rand) (decided bool) {
	t.Helper()
	before := Assess(in)
	for what, change := range changes(r) {
		other := in
		other.Sources = change(in.Sources)
		after := Assess(other)
		if spooftest.Flips(before.Verdict, after.Verdict) {
			t.Errorf("%s, %s: %s became %s: %s", name, what, before.Verdict, after.Verdict, after.Reason)
		}
	}
	return before.Verdict != model.SpoofUndecided
}

func TestSamplingAndDoublingNeverFlipAVerdict(t *testing.T) {
	decided := 0
	for i, s := range scenarios() {
		r := rand.New(rand.NewPCG(uint64(i), 4))
		if checkInvariance(t, s.name, s.input(r, 12000), r) {
			decided++
		}
	}
	if decided < 15 {
		t.Errorf("only %d scenarios were decided at all: the test shows little", decided)
	}
}

func TestSamplingAndDoublingNeverFlipACapture(t *testing.T) {
	flood := captured(t, "pkt.TCP.synflood.spoofed.pcap", func(ip []byte) bool { return ip[9] == 6 && first(ip) && flags(ip) == 0x02 })
	snmp := captured(t, "amp.UDP.snmp.src161.pcapng", func(ip []byte) bool { return ip[9] == 17 && first(ip) && port(ip, 0) == 161 })
	synack := captured(t, "amp.TCP.reflection.SYNACK.pcap", func(ip []byte) bool { return ip[9] == 6 && first(ip) && flags(ip) == 0x12 })
	for name, in := range map[string]Input{"syn flood": flood, "snmp": snmp, "syn-ack": synack} {
		if !checkInvariance(t, name, in, rand.New(rand.NewPCG(5, 5))) {
			t.Errorf("%s: not decided", name)
		}
	}
}
