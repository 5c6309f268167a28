package public

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"floodmark/internal/model"
)

// What other signals tell of an incident, as the public may know it: no target,
// no address, no network, no threshold, nobody's name.

const (
	maxParts      = 32  // of traffic
	maxPhases     = 96  // as many as an incident keeps
	maxClaims     = 24  // of an incident, and checks of one
	maxShares     = 10  // vectors, and countries
	maxReasons    = 40  // of an assessment
	maxWhys       = 12  // of one reading of a claim
	hiddenAddress = "…" // stands for an address in a sentence
)

// joined puts what other signals tell into a public incident.
func joined(out, in *model.Incident) {
	out.Assessment, out.Outside = publicAssessment(in.Assessment), publicAssessment(in.Outside)
	names := make(map[string]string, len(in.Traffic))
	largest := make(map[string]float64, len(in.Traffic))
	for i := range first(in.Traffic, maxParts) {
		p := publicTraffic(&in.Traffic[i])
		p.ID = fmt.Sprintf("t%d", i+1) // names of incidents of traffic hold their target
		names[in.Traffic[i].ID], largest[in.Traffic[i].ID] = p.ID, p.Peak[model.Packets]
		out.Traffic = append(out.Traffic, p)
	}
	for _, p := range first(in.Phases, maxPhases) {
		if p.Unit == model.Packets.Unit() && p.Peak > largest[p.Incident] && largest[p.Incident] > 0 {
			// What stands out most changed within the wave: the figure is of bits.
			p.Unit = model.Bits.Unit()
		}
		p.Incident, p.Text = names[p.Incident], scrub(p.Text)
		out.Phases = append(out.Phases, p)
	}
	for _, p := range first(in.Probes, maxParts) {
		p.Text = scrub(p.Text)
		out.Probes = append(out.Probes, p)
	}
	for i := range first(in.Claims, maxClaims) {
		out.Claims = append(out.Claims, publicClaim(&in.Claims[i]))
	}
}

func publicAssessment(in *model.Assessment) *model.Assessment {
	if in == nil {
		return nil
	}
	a := *in
	a.Text, a.Changes, a.Reasons = scrub(a.Text), scrubbed(a.Changes), slices.Clone(first(a.Reasons, maxReasons))
	for i := range a.Reasons {
		a.Reasons[i].Text = scrub(a.Reasons[i].Text)
	}
	return &a
}

func publicTraffic(in *model.TrafficPart) model.TrafficPart {
	p := model.TrafficPart{State: in.State, AttackVerdict: in.AttackVerdict, Started: in.Started, Ended: in.Ended, Waves: in.Waves, Unit: in.Unit,
		Vectors: first(in.Vectors, maxShares), Spoofing: in.Spoofing, Sources: in.Sources}
	p.Peak[model.Bits], p.Peak[model.Packets] = in.Peak[model.Bits], in.Peak[model.Packets]
	if in.Spoofing != model.SpoofSpoofed { // places of forged addresses are of nobody
		p.Countries = first(in.Countries, maxShares)
	}
	return p
}

func publicClaim(in *model.EnteredClaim) model.EnteredClaim {
	c := model.EnteredClaim{ID: in.ID, Text: scrub(in.Text), Source: in.Source, Stated: in.Stated, At: in.At}
	for _, h := range last(in.History, maxClaims) {
		check := model.ClaimCheck{At: h.At}
		for _, r := range first(h.Claims, maxShares) {
			r.Text, r.Reading, r.Reasons, r.Evidence = scrub(r.Text), scrub(r.Reading), scrubbed(first(r.Reasons, maxWhys)), nil
			check.Claims = append(check.Claims, r)
		}
		c.History = append(c.History, check)
	}
	return c
}

func first[T any](s []T, n int) []T { return s[:min(len(s), n)] }

func last[T any](s []T, n int) []T { return s[max(len(s)-n, 0):] }

func scrubbed(s []string) []string {
	out := make([]string, 0, len(s))
	for _, x := range s {
		out = append(out, scrub(x))
	}
	return out
}

// addressLike is what may be an address or a prefix.
var addressLike = regexp.MustCompile(`[0-9A-Fa-f]*[.:][0-9A-Fa-f.:]*(?:/[0-9]{1,3})?`)

// scrub takes addresses and prefixes out of a sentence. The rooms that make
// sentences for the public leave them out themselves; this is the last door.
func scrub(s string) string {
	return addressLike.ReplaceAllStringFunc(s, func(m string) string {
		bare := strings.TrimRight(m, ".:")
		if _, err := netip.ParseAddr(bare); err == nil && bare != "" {
			return hiddenAddress + m[len(bare):]
		}
		if _, err := netip.ParsePrefix(m); err == nil {
			return hiddenAddress
		}
		return m
	})
}
