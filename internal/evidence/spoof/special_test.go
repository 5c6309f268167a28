package spoof

import (
	"net/netip"
	"testing"

	"floodmark/internal/model"
)

func TestSpecialPurposeIPv6(t *testing.T) {
	for text, want := range map[string][2]bool{
		"2600::1": {false, false}, "2a01:db8::1": {false, false},
		"2001:db8::1": {true, false}, "3fff::1": {true, false}, "fe80::1": {true, false}, "fd00::1": {true, false},
		"ff02::1": {true, true}, "::1": {true, true}, "::": {true, true},
	} {
		special, never := specialPurpose(model.AddrFromNetip(netip.MustParseAddr(text)))
		if special != want[0] || never != want[1] {
			t.Errorf("%s: special %t, never sends %t", text, special, never)
		}
	}
}

// TestOriginsNeedHopLimits: few hop limits from all over the world are told, and
// data without them is not.
func TestOriginsNeedHopLimits(t *testing.T) {
	in := Input{TTLKnown: true}
	for i := range 20000 {
		first := 20 + i%150
		in.Sources = append(in.Sources, model.SourceCount{Addr: model.Addr4(uint32(first)<<24 | uint32(i/150%200)<<16 | uint32(i)&0xffff), Packets: 1, TTL: uint8(50 + i%2)})
	}
	c := count(in)
	if c.effectiveNet16 < 10000 || c.effectiveNet16 > 20000 {
		t.Errorf("%g networks of equal weight, of 20,000", c.effectiveNet16)
	}
	if got := ttlOrigins(in, c); got.Verdict != model.SpoofSpoofed {
		t.Errorf("two hop limits from everywhere: %s, %s", got.Verdict, got.Reason)
	}
	in.TTLKnown = false
	if got := ttlOrigins(in, c); got.Verdict != model.SpoofNotApplicable {
		t.Errorf("without hop limits: %s", got.Verdict)
	}
}
