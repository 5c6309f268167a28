package spoof

import (
	"fmt"
	"strings"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

const neighbour = "; a sender that forges addresses of its own network passes every test"

// combine gives the verdict of the vector. Evidence comes from two sides that
// have different causes: how addresses were chosen (octet, network-pairs,
// host-free, collision) and how packets travelled (hop-prefix, backscatter).
// Tests of one side are not counted twice.
func combine(in Input, c *census, r results, dark darkness) (model.Spoofing, string) {
	if c.sources() == 0 {
		return model.SpoofNotApplicable, "there are no sources"
	}
	if r.has(Handshake, model.SpoofReal) {
		return model.SpoofReal, r[Handshake].Reason + ", so the addresses are real (or of a proxy or NAT)"
	}
	v, why := raw(in, c, r, dark)
	if !in.Reflection || v == model.SpoofSpoofed {
		return v, why
	}
	if v == model.SpoofReal {
		return model.SpoofReal, r[Reflection].Reason + "; " + why
	}
	against := r.list(model.SpoofSpoofed, Octet, NetworkPairs, HopPrefix, HostFree, Backscatter, Unrouted)
	if r.chosen() != model.SpoofReal || !r.has(HopPrefix, model.SpoofReal) {
		// Services that answer exactly once each repeat as seldom as spoofed
		// addresses; only where both other sides say real is that the reason.
		against = strings.Join(nonEmpty(against, r.list(model.SpoofSpoofed, Collision)), ", ")
	}
	if against != "" {
		return model.SpoofUndecided, "the packets look like answers of services, but against that speaks " + against
	}
	return model.SpoofReal, r[Reflection].Reason + ", and no test speaks against it"
}

// raw is the verdict from addresses and paths alone, without regard to what
// the packets are.
func raw(in Input, c *census, r results, dark darkness) (model.Spoofing, string) {
	if 10*c.p4 < 9*(c.p4+c.p6) {
		return model.SpoofUndecided, "more than a tenth of the packets come from IPv6 sources, for which the tests of addresses have not been calibrated"
	}
	chosen := r.chosen()
	path := r[HopPrefix].Verdict
	proof := r.list(model.SpoofSpoofed, HostFree, Collision, Unrouted)
	switch {
	case dark.fewPackets && r.has(HostFree, model.SpoofSpoofed):
		return model.SpoofUndecided, "sources are forged, but those sent the smaller part of the packets" + r.fraction(dark)
	case spoofed(r, dark, chosen, path, proof != ""):
		return model.SpoofSpoofed, r.reasons(model.SpoofSpoofed) + r.fraction(dark)
	case proof != "" || r.has(Backscatter, model.SpoofSpoofed):
		return model.SpoofUndecided, "the tests disagree or see only a part: " + r.reasons(model.SpoofSpoofed) + r.fraction(dark)
	}
	return genuine(in, r, dark, chosen, path)
}

// spoofed reports whether the tests together show that most of the sources are
// spoofed: proof that some are, with a pattern that all are, or both patterns.
func spoofed(r results, dark darkness, chosen, path model.Spoofing, proof bool) bool {
	contradicted := chosen == model.SpoofReal || path == model.SpoofReal
	switch {
	case dark.maxSources && chosen == model.SpoofSpoofed:
		return true
	case contradicted:
		return false
	case r.has(Backscatter, model.SpoofSpoofed):
		return true
	case chosen == model.SpoofSpoofed && path == model.SpoofSpoofed:
		return true
	}
	return proof && (chosen == model.SpoofSpoofed || path == model.SpoofSpoofed || dark.maxSources)
}

// genuine is the verdict where nothing shows spoofing: real where addresses
// follow the allocation of networks, random spoofing is ruled out and packets
// come the way that their addresses say. Without TTLs in the data uneven
// loudness takes the place of the way: addresses taken from a list are equally
// loud.
func genuine(in Input, r results, dark darkness, chosen, path model.Spoofing) (model.Spoofing, string) {
	impossible := r.has(Bogon, model.SpoofSpoofed)
	few := r[Collision].High != nil && *r[Collision].High < userReportsLargest
	loud := !in.TTLKnown && few && r.has(Loudness, model.SpoofReal)
	switch {
	case chosen == model.SpoofReal && dark.fewSources && notSpread(r) && !impossible && (path == model.SpoofReal || loud):
		return model.SpoofReal, r.reasons(model.SpoofReal) + r.fraction(dark) + neighbour
	case chosen == model.SpoofReal && path == model.SpoofSpoofed:
		return model.SpoofUndecided, "addresses follow the allocation of networks but packets do not come their way, as if taken from a list: " + r[HopPrefix].Reason
	}
	return model.SpoofUndecided, "too little to decide: " + r.missing(in, dark, chosen, path)
}

// notSpread reports that no large part of the sources is spread over the whole
// address space.
func notSpread(r results) bool {
	high := r[QuietSpace].High
	return high != nil && *high < quietLimit
}

// chosen joins the two tests of how addresses were chosen.
func (r results) chosen() model.Spoofing {
	a, b := r[Octet].Verdict, r[NetworkPairs].Verdict
	decides := func(v model.Spoofing) bool { return v == model.SpoofReal || v == model.SpoofSpoofed }
	switch {
	case a == model.SpoofReal && b != model.SpoofReal && r.has(HostFree, model.SpoofSpoofed) && r.has(Collision, model.SpoofSpoofed):
		// A poor generator that never draws some bytes looks allocated to the
		// octet test; hosts in allocated networks neither stand in host-free
		// space nor are as many as this.
		return b
	case decides(a) && decides(b) && a != b:
		return model.SpoofUndecided
	case decides(a):
		return a
	}
	return b
}

// list names the tests among names that say v.
func (r results) list(v model.Spoofing, names ...string) string {
	var out []string
	for _, n := range names {
		if r.has(n, v) {
			out = append(out, n)
		}
	}
	return strings.Join(out, ", ")
}

func nonEmpty(names ...string) []string {
	var out []string
	for _, n := range names {
		if n != "" {
			out = append(out, n)
		}
	}
	return out
}

// decisive are the tests whose reasons make up the reason of a verdict.
var decisive = [...]string{HostFree, HopPrefix, NetworkPairs, Octet, Collision, Backscatter, Unrouted, Loudness}

// reasons joins the reasons of the two most telling tests that say v.
func (r results) reasons(v model.Spoofing) string {
	var out []string
	for _, n := range decisive {
		if r.has(n, v) && len(out) < 2 {
			out = append(out, r[n].Reason)
		}
	}
	return strings.Join(out, "; ")
}

func (r results) fraction(d darkness) string {
	switch {
	case d.fraction == nil:
		return ""
	case r.has(HostFree, model.SpoofSpoofed):
		return fmt.Sprintf("; about %s to %s of the sources are forged at random", text.RoughPercent(*d.fraction.Low), text.RoughPercent(*d.fraction.High))
	case r.chosen() == model.SpoofSpoofed:
		return "" // what is spoofed avoids host-free space
	}
	return fmt.Sprintf("; at most %s of the sources are forged at random", text.RoughPercent(*d.fraction.High))
}

// missing states what keeps a vector from being called real.
func (r results) missing(in Input, dark darkness, chosen, path model.Spoofing) string {
	var out []string
	if chosen != model.SpoofReal {
		out = append(out, r[NetworkPairs].Reason)
	}
	if !dark.fewSources {
		out = append(out, r[HostFree].Reason)
	}
	if !notSpread(r) {
		out = append(out, r[QuietSpace].Reason)
	}
	switch {
	case !in.TTLKnown && !r.has(Loudness, model.SpoofReal):
		out = append(out, "the data has no TTLs and "+r[Loudness].Reason)
	case in.TTLKnown && path != model.SpoofReal:
		out = append(out, r[HopPrefix].Reason)
	}
	if len(out) == 0 {
		out = append(out, r[Collision].Reason)
	}
	return strings.Join(out[:min(len(out), 2)], "; ")
}
