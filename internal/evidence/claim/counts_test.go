package claim

import (
	"strings"
	"testing"
)

func TestCountsAddAndSubtract(t *testing.T) {
	a, b := Count{10, 1000, 5, 4, 90}, Count{3, 400, 2, 1, 40}
	if got := a.plus(b); got != (Count{13, 1400, 7, 5, 130}) {
		t.Errorf("sum %+v", got)
	}
	if got := a.minus(b); got != (Count{7, 600, 3, 3, 50}) {
		t.Errorf("difference %+v", got)
	}
	if got := b.minus(a); got != (Count{}) {
		t.Errorf("less than nothing: %+v", got)
	}
}

// TestMergedAddressesAreALowerBound: anonymised data is never said to hold few
// sources.
func TestMergedAddressesAreALowerBound(t *testing.T) {
	got := ask(t, with(measured(), func(d *Data) { d.Anonymised = true }), "under 10000000 sources here")[0].Claim
	if got.Verdict == yes || !strings.Contains(strings.Join(got.Reasons, " "), "lower bound") {
		t.Errorf("%s %v", got.Verdict, got.Reasons)
	}
}

// TestNetworksAreNamedAsNetworks: a share of networks is of addresses of them,
// one of countries of addresses located there.
func TestNetworksAreNamedAsNetworks(t *testing.T) {
	d := shares(map[string]uint64{"UA": 10000})
	d.Vectors[0].Networks = []Located{{"3320", counted(7000)}}
	d.GeoDone = true
	for text, want := range map[string]string{"as=3320 majority of packets": "came from addresses of ", "country=UA majority of packets": "came from addresses located in "} {
		if got := ask(t, d, text)[0].Claim; !strings.Contains(got.Reading, want) {
			t.Errorf("%s is read as %q", text, got.Reading)
		}
	}
}
