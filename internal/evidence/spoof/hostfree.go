package spoof

import (
	"fmt"
	"math"

	"floodmark/internal/evidence/share"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

const (
	darkNoticed   = 0.005 // lower limit of the share that is evidence of spoofing
	darkBlocks    = 4     // /8s that the hits must spread over
	darkNeeded    = 1000  // distinct sources
	neverNoticed  = 0.01
	unroutedLimit = 0.05
)

// darkness is the outcome of the host-free test and what follows from it.
type darkness struct {
	test       model.SpoofTest
	fraction   *model.Estimate // of sources that are spoofed at random; nil where it cannot be told
	maxSources bool            // more than half of the sources are spoofed
	fewSources bool            // fewer than a tenth are spoofed at random
	fewPackets bool            // they sent less than half of the packets
}

// hostFree looks for sources in space that holds no hosts.
func (c *census) hostFree(in Input) darkness {
	switch {
	case in.Anonymised:
		return darkness{test: without(HostFree, c.d4, model.SpoofNotApplicable, notOnAnonymised)}
	case in.CarrierInside:
		return darkness{test: without(HostFree, c.d4, model.SpoofNotApplicable,
			"recorded where carriers use host-free address space inside, before their NAT")}
	case c.d4 == 0:
		return darkness{test: without(HostFree, 0, model.SpoofNotApplicable, "no IPv4 sources")}
	}
	hits, blocks, largest := c.darkHits()
	d := float64(c.d4)
	s := float64(hits) / d
	low, high := share.Proportion(float64(hits), d, share.Alpha)
	out := darkness{test: test(HostFree, c.d4, s, low, high)}
	values := fmt.Sprintf("%d of %d sources (%s; %s to %s) are in space that holds no hosts", hits, c.d4, text.RoughPercent(s), text.RoughPercent(low), text.RoughPercent(high))
	if hits >= 8 && (blocks < darkBlocks || 2*largest > hits) {
		out.test.Verdict = model.SpoofNotApplicable
		out.test.Reason = values + fmt.Sprintf(", but %d of them in one /8, as where a carrier uses that space inside", largest)
		return out
	}
	out.fraction = darkFraction(s, low, high)
	out.maxSources = *out.fraction.Low > 0.5
	out.fewSources = high < darkMin/10
	out.fewPackets = c.darkPacketsFew()
	switch {
	case low > darkNoticed:
		out.test.Verdict = model.SpoofSpoofed
		out.test.Reason = values + "; random addresses give 5.9 %"
	case c.d4 < darkNeeded:
		out.test.Reason = values + fmt.Sprintf("; at least %d sources are needed", darkNeeded)
	default:
		out.test.Reason = values + fmt.Sprintf(", so at most %s are forged at random", text.RoughPercent(*out.fraction.High))
	}
	return out
}

func (c *census) darkHits() (hits, blocks, largest int) {
	for _, n := range c.dark {
		if n > 0 {
			hits, blocks, largest = hits+n, blocks+1, max(largest, n)
		}
	}
	return hits, blocks, largest
}

// darkFraction turns the share in host-free space into the share of sources
// that are spoofed at random. The limits allow for what filters on the way and
// weak generators do to the share of host-free space among spoofed addresses.
func darkFraction(s, low, high float64) *model.Estimate {
	v := math.Min(s/darkUniform, 1)
	l, h := math.Min(low/darkMax, v), math.Max(math.Min(high/darkMin, 1), v)
	return &model.Estimate{Value: v, Low: &l, High: &h, Basis: "share of sources in host-free space (Wilson, 3 % to 7 % among forged)"}
}

// darkPacketsFew reports that spoofed sources, though perhaps many, sent less
// than half of the packets.
func (c *census) darkPacketsFew() bool {
	e := share.Population(c.darkPackets, share.Ratio{}, share.Alpha)
	return e.High != nil && *e.High < darkMin/2
}

// bogon counts sources in special-purpose space. It only supports: filters on
// the way remove such packets, and misconfigured hosts and laboratories send
// them.
func (c *census) bogon(in Input) model.SpoofTest {
	if in.Anonymised {
		return without(Bogon, c.sources(), model.SpoofNotApplicable, notOnAnonymised)
	}
	if c.sources() == 0 {
		return without(Bogon, 0, model.SpoofNotApplicable, "no sources")
	}
	d := float64(c.sources())
	low, high := share.Proportion(float64(c.martian), d, share.Alpha)
	t := test(Bogon, c.sources(), float64(c.martian)/d, low, high)
	t.Reason = fmt.Sprintf("%d of %d sources are in special-purpose space and %d of those where no host can be", c.martian, c.sources(), c.impossible)
	if l, _ := share.Proportion(float64(c.impossible), d, share.Alpha); l > neverNoticed {
		t.Verdict = model.SpoofSpoofed
		return t
	}
	t.Reason += "; their absence says nothing, since networks on the way filter them"
	return t
}

// unrouted counts sources that no route led to at the time.
func unrouted(in Input) model.SpoofTest {
	if in.Routed == nil {
		return without(Unrouted, len(in.Sources), model.SpoofNotApplicable, "no routing table of the time of the recording")
	}
	if in.Anonymised {
		return without(Unrouted, len(in.Sources), model.SpoofNotApplicable, notOnAnonymised)
	}
	if len(in.Sources) == 0 {
		return without(Unrouted, 0, model.SpoofNotApplicable, "no sources")
	}
	k := 0
	for i := range in.Sources {
		if !in.Routed(in.Sources[i].Addr) {
			k++
		}
	}
	d := float64(len(in.Sources))
	low, high := share.Proportion(float64(k), d, share.Alpha)
	t := test(Unrouted, len(in.Sources), float64(k)/d, low, high)
	t.Reason = fmt.Sprintf("%d of %d sources had no route to them (%s to %s)", k, len(in.Sources), text.RoughPercent(low), text.RoughPercent(high))
	if low > unroutedLimit {
		t.Verdict = model.SpoofSpoofed
	}
	return t
}
