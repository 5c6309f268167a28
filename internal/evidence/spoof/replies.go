package spoof

import (
	"fmt"
	"math"

	"floodmark/internal/evidence/share"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

const (
	provenShare       = 0.9
	backscatterNeeded = 20
	backscatterFar    = 0.5 // lower limit of the share of resets that came another way
)

// handshake counts sources that completed a TCP handshake, which takes the
// target's answer to reach them. It is proof only where sequence numbers or the
// other direction show it; flags OR-ed over a flow never do.
func (c *census) handshake(in Input) model.SpoofTest {
	d := c.sources()
	if !in.TCPHandshakePossible {
		return without(Handshake, d, model.SpoofNotApplicable, "no handshake could show in this data")
	}
	if d == 0 || c.p4+c.p6 == 0 {
		return without(Handshake, 0, model.SpoofNotApplicable, "no sources")
	}
	s := float64(c.provenPackets) / float64(c.p4+c.p6)
	t := model.SpoofTest{Name: Handshake, N: int64(d), Statistic: &s, Verdict: model.SpoofUndecided}
	t.Reason = fmt.Sprintf("%d of %d sources, with %s of the packets, completed a handshake", c.proven, d, text.RoughPercent(s))
	if s >= provenShare {
		t.Verdict = model.SpoofReal
	}
	return t
}

// reflection takes over what the vector is: sources that answer are real, and
// are not the attackers.
func reflection(in Input) model.SpoofTest {
	if !in.Reflection {
		return without(Reflection, len(in.Sources), model.SpoofNotApplicable, "the vector is not a reflection")
	}
	return without(Reflection, len(in.Sources), model.SpoofReal,
		"the sources are services answering requests that carried the target's address; they are real but are not the attackers")
}

// icmpQuote takes over ICMP errors that quote the spoofed requests.
func icmpQuote(in Input) model.SpoofTest {
	if in.Quotes.Errors == 0 {
		return without(ICMPQuote, 0, model.SpoofNotApplicable, "no ICMP error quotes a datagram with the target's address")
	}
	n := float64(in.Quotes.Errors)
	t := model.SpoofTest{Name: ICMPQuote, N: int64(in.Quotes.Errors), Statistic: &n, Verdict: model.SpoofReal}
	t.Reason = fmt.Sprintf("%d ICMP errors from %d senders quote requests with the target's address that the target did not send: the requests were forged, the services that answered are real",
		in.Quotes.Errors, in.Quotes.Senders)
	return t
}

// backscatter compares the distance of a source's SYN with that of the reset
// that a real host at the same address sent when the target answered. A
// constant difference is a tool that starts from an unusual TTL, so the median
// is taken off first.
func backscatter(in Input) model.SpoofTest {
	var diff [511]int
	n, resets := 0, 0
	for i := range in.Sources {
		s := &in.Sources[i]
		if s.Flags&model.SentRST == 0 {
			continue
		}
		resets++
		if s.TTL != 0 && s.RSTTTL != 0 {
			n++
			diff[255+int(hops(s.TTL))-int(hops(s.RSTTTL))]++
		}
	}
	if resets == 0 {
		return without(Backscatter, len(in.Sources), model.SpoofNotApplicable, "no source of this vector sent a reset")
	}
	r := float64(resets) / float64(len(in.Sources))
	if n < backscatterNeeded {
		return without(Backscatter, n, model.SpoofUndecided,
			fmt.Sprintf("%d sources (%s) also sent a reset, %d of them with both TTLs; %d are needed", resets, text.RoughPercent(r), n, backscatterNeeded))
	}
	far := farFromMedian(diff[:], n)
	low, high := share.Proportion(float64(far), float64(n), share.Alpha)
	t := test(Backscatter, n, float64(far)/float64(n), low, high)
	t.Reason = fmt.Sprintf("%d sources (%s) also sent a reset; %s of those resets (%s to %s) came from another distance than the attack packets",
		resets, text.RoughPercent(r), text.RoughPercent(*t.Statistic), text.RoughPercent(low), text.RoughPercent(high))
	if low > backscatterFar {
		t.Verdict = model.SpoofSpoofed
		t.Reason += ": hosts that never sent the SYN answered"
	}
	return t
}

func farFromMedian(diff []int, n int) int {
	seen, median := 0, 0
	for d, k := range diff {
		seen += k
		if 2*seen >= n {
			median = d
			break
		}
	}
	far := 0
	for d, k := range diff {
		if math.Abs(float64(d-median)) > spreadHops {
			far += k
		}
	}
	return far
}
