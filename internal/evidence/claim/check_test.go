package claim

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"floodmark/internal/model"
)

// counted makes a count of n sources with ten packets of 100 bytes each.
func counted(n uint64) Count {
	return Count{Packets: float64(10 * n), Bytes: float64(1000 * n), Samples: 10 * n, Sources: n, SqBytes: float64(10 * n * 100 * 100)}
}

// shares makes a complete recording of one UDP flood whose sources are real,
// with so many sources a country.
func shares(by map[string]uint64) *Data {
	v := Vector{Name: "udp-flood", Spoof: model.SpoofReal}
	labels := []string{}
	for l := range by {
		labels = append(labels, l)
	}
	slices.Sort(labels)
	for _, l := range labels {
		v.Countries = append(v.Countries, Located{l, counted(by[l])})
		v.Total = v.Total.plus(counted(by[l]))
	}
	v.EffPackets, v.EffBytes = float64(v.Total.Sources), float64(v.Total.Sources)
	return &Data{Attack: model.AttackYes, Vectors: []Vector{v}, GeoDone: true, GeoDate: "2026-06-30",
		SourcesObserved: v.Total.Sources, SourcesTrusted: v.Total.Sources, SourcesComplete: true}
}

// with applies changes to data.
func with(d *Data, change ...func(*Data)) *Data {
	for _, f := range change {
		f(d)
	}
	return d
}

func unlocated(n uint64) func(*Data) {
	return func(d *Data) {
		v := &d.Vectors[0]
		v.Total = v.Total.plus(counted(n))
		v.NoLocation = counted(n)
		d.SourcesObserved += n
	}
}

func sampled(d *Data) { d.Sampled = true; d.SourcesComplete = false }

// ask parses and checks one structured claim.
func ask(t *testing.T, d *Data, text string) []Result {
	t.Helper()
	c, err := Parse(text, testNames())
	if err != nil {
		t.Fatal(err)
	}
	return Check(c, d, testNames())
}

func est(v, lo, hi float64) model.Estimate { return model.Estimate{Value: v, Low: &lo, High: &hi} }

const (
	yes   = model.Supported
	no    = model.Contradicted
	maybe = model.CannotBeDetermined
)

func TestShareVerdicts(t *testing.T) {
	uaBig := map[string]uint64{"UA": 8000, "US": 1000, "BR": 1000}
	uaHalf := map[string]uint64{"UA": 5000, "US": 4000, "BR": 1000}
	uaSmall := map[string]uint64{"UA": 400, "US": 6000, "BR": 3600}
	uaNone := map[string]uint64{"US": 60000, "BR": 40000}
	for _, c := range []struct {
		name, text string
		data       *Data
		want       model.Verdict
	}{
		{"majority held", "country=UA majority of packets", shares(uaBig), yes},
		{"majority at the edge", "country=UA majority of packets", shares(uaHalf), maybe},
		{"majority missed", "country=UA majority of packets", shares(uaSmall), no},
		{"majority of bytes held", "country=UA majority of bytes", shares(uaBig), yes},
		{"majority of sources held", "country=UA majority of sources", shares(uaBig), yes},
		{"majority of sources missed", "country=UA majority of sources", shares(uaSmall), no},
		{"plurality held", "country=UA plurality of packets", shares(uaBig), yes},
		{"plurality unclear", "country=UA plurality of packets", shares(map[string]uint64{"UA": 5000, "US": 4900}), maybe},
		{"plurality lost", "country=UA plurality of packets", shares(uaSmall), no},
		{"plurality without majority", "country=UA plurality of packets", shares(map[string]uint64{"UA": 4000, "US": 3000, "BR": 3000}), yes},
		{"some held", "country=UA some of packets", shares(uaSmall), yes},
		{"some within wrong labels", "country=UA some of packets", shares(map[string]uint64{"UA": 30, "US": 9970}), maybe},
		{"some absent", "country=UA some of packets", shares(uaNone), no},
		{"some absent but few sources", "country=UA some of packets", shares(map[string]uint64{"US": 200}), maybe},
		{"at least held", "country=UA at-least 70% of packets", shares(uaBig), yes},
		{"at least unclear", "country=UA at-least 82% of packets", shares(uaBig), maybe},
		{"at least missed", "country=UA at-least 95% of packets", shares(uaBig), no},
		{"over held", "country=UA over 70% of packets", shares(uaBig), yes},
		{"under held", "country=UA under 10% of packets", shares(uaSmall), yes},
		{"under missed", "country=UA under 50% of packets", shares(uaBig), no},
		{"at most held", "country=UA at-most 10% of packets", shares(uaSmall), yes},
		{"at most missed", "country=UA at-most 2% of packets", shares(uaSmall), no},
		{"set of countries", "country=UA,US majority of packets", shares(uaHalf), yes},
		{"set of countries is the largest", "country=US,BR plurality of packets", shares(uaSmall), yes},
		{"unlocated part decides nothing", "country=UA majority of packets", with(shares(uaBig), unlocated(9000)), maybe},
		{"unlocated part may lead", "country=UA plurality of packets", with(shares(uaBig), unlocated(9000)), maybe},
		{"a place that no label names may lead", "country=UA plurality of packets", with(shares(map[string]uint64{"UA": 1000}), unlocated(1500)), maybe},
		{"some, three labels of many", "country=UA some of packets", shares(map[string]uint64{"UA": 3, "US": 100000}), maybe},
		{"sampled", "country=UA majority of packets", with(shares(uaBig), sampled), yes},
		{"sampled, small share", "country=UA majority of bytes", with(shares(uaSmall), sampled), no},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ask(t, c.data, c.text)[0].Claim
			if got.Verdict != c.want {
				t.Errorf("verdict %s, want %s: %v", got.Verdict, c.want, got.Reasons)
			}
			if last := got.Reasons[len(got.Reasons)-1]; !strings.Contains(last, "do not show that people or a government") {
				t.Errorf("the standing sentence is missing: %q", last)
			}
			if got.Low == nil || got.High == nil || *got.Low > *got.High {
				t.Errorf("bounds %v %v", got.Low, got.High)
			}
		})
	}
}

func TestSamplingWidensBounds(t *testing.T) {
	few := map[string]uint64{"UA": 60, "US": 40}
	complete := ask(t, shares(few), "country=UA majority of packets")[0].Claim
	samples := ask(t, with(shares(few), sampled), "country=UA majority of packets")[0].Claim
	if !(*samples.Low < *complete.Low && *samples.High > *complete.High) {
		t.Errorf("sampled [%v %v], complete [%v %v]", *samples.Low, *samples.High, *complete.Low, *complete.High)
	}
}

func TestUnequalLengthsWidenByteBounds(t *testing.T) {
	ask1 := func(f func(*Count)) float64 {
		d := with(shares(map[string]uint64{"UA": 300, "US": 200}), sampled)
		for i := range d.Vectors[0].Countries {
			f(&d.Vectors[0].Countries[i].Count)
		}
		c := ask(t, d, "country=UA majority of bytes")[0].Claim
		return *c.High - *c.Low
	}
	equal := ask1(func(*Count) {})
	unequal := ask1(func(c *Count) { c.SqBytes *= 10 })
	unknown := ask1(func(c *Count) { c.SqBytes = 0 })
	if !(equal < unequal && unequal < unknown) {
		t.Errorf("widths %v, %v, %v should grow", equal, unequal, unknown)
	}
}

func TestGates(t *testing.T) {
	big := func() *Data { return shares(map[string]uint64{"UA": 8000, "US": 1000, "BR": 1000}) }
	second := func(v Vector) func(*Data) {
		return func(d *Data) { d.Vectors = append(d.Vectors, v) }
	}
	spoofed := func(n uint64) Vector {
		return Vector{Name: "syn-flood", Spoof: model.SpoofSpoofed, Total: counted(n), Countries: []Located{{"UA", counted(n)}}}
	}
	const claim = "country=UA majority of packets"
	for _, c := range []struct {
		name, text, reason string
		data               *Data
		want               model.Verdict
	}{
		{"no attack", claim, "No attack was found", with(big(), func(d *Data) { d.Attack = model.AttackNo }), maybe},
		{"undecided attack", claim, "undecided", with(big(), func(d *Data) { d.Attack = model.AttackUndecided }), maybe},
		{"unknown vector", claim + " in vector syn-flood", "is not in this recording", big(), maybe},
		{"reflection", claim, "The sources are reflectors", with(big(), func(d *Data) { d.Vectors[0].Reflection = true }), maybe},
		{"reflectors are placed", claim, "The reflectors are in: Ukraine 80 %", with(big(), func(d *Data) { d.Vectors[0].Reflection = true }), maybe},
		{"reflection in part", claim, "are reflected", with(big(), second(Vector{Name: "reflection-dns", Reflection: true, Spoof: model.SpoofReal, Total: counted(20000)})), maybe},
		{"small reflection", claim, "are reflected", with(big(), second(Vector{Name: "reflection-dns", Reflection: true, Spoof: model.SpoofReal, Total: counted(500)})), yes},
		{"one vector of a mix", claim + " in vector udp-flood", "complete count", with(big(), second(Vector{Name: "reflection-dns", Reflection: true, Total: counted(90000)})), yes},
		{"spoofed", claim, "shown to be real", with(big(), func(d *Data) { d.Vectors[0].Spoof = model.SpoofSpoofed }), maybe},
		{"undecided spoofing", claim, "shown to be real", with(big(), func(d *Data) { d.Vectors[0].Spoof = model.SpoofUndecided }), maybe},
		{"test not applicable", claim, "shown to be real", with(big(), func(d *Data) { d.Vectors[0].Spoof = model.SpoofNotApplicable }), maybe},
		{"spoofed part above a tenth", claim, "may be forged", with(big(), second(spoofed(10000))), maybe},
		{"spoofed part below a tenth", claim, "may have forged", with(big(), second(spoofed(500))), yes},
		{"anonymised", claim, "anonymised", with(big(), func(d *Data) { d.Anonymised = true }), maybe},
		{"anonymised prefix", "prefix=10.0.0.0/8 some of packets", "anonymised", with(big(), func(d *Data) { d.Anonymised = true }), maybe},
		{"not looked up", claim, "not looked up", with(big(), func(d *Data) { d.GeoDone = false }), maybe},
		{"few packets", claim, "Too little", shares(map[string]uint64{"UA": 9}), maybe},
		{"few sources", claim, "Too little", with(shares(map[string]uint64{"UA": 29}), func(d *Data) { d.Vectors[0].Countries[0].Samples = 9999 }), maybe},
		{"few sources in two vectors", claim, "Too little", with(shares(map[string]uint64{"UA": 20}), second(shares(map[string]uint64{"UA": 20}).Vectors[0])), maybe},
		{"unknown part", claim, "how large a part is unknown", with(big(), func(d *Data) { d.View = viewPart }), maybe},
		{"known part, small", claim, "passed this point", with(big(), func(d *Data) { d.View, d.Part = viewPart, 0.5 }), maybe},
		{"known part, large", claim, "passed this point", with(big(), func(d *Data) { d.View, d.Part = viewPart, 0.9 }), yes},
		{"part, but about this point", claim + " here", "complete count", with(big(), func(d *Data) { d.View = viewPart }), yes},
		{"view unstated", claim, "what may have gone elsewhere was not seen", big(), yes},
		{"behind CDNs", claim, "CDNs, proxies, VPN", with(big(), unlocated(9000), func(d *Data) {
			d.Vectors[0].Unlocatable, d.Vectors[0].NoLocation = d.Vectors[0].NoLocation, Count{}
		}), maybe},
		{"sampled sources", "country=UA majority of sources", "quiet sources are missed", with(big(), sampled), maybe},
		{"full table of sources", "country=UA plurality of sources", "quiet sources are missed", with(big(), func(d *Data) { d.SourcesComplete = false }), maybe},
		{"some sampled sources", "country=UA some of sources", "labelled Ukraine", with(big(), sampled), yes},
		{"sources over vectors", "country=UA majority of sources", "were not counted once", with(big(), second(big().Vectors[0])), maybe},
		{"sources over vectors, united", "country=UA majority of sources", "labelled Ukraine", with(big(), second(big().Vectors[0]), func(d *Data) { d.Union = &d.Vectors[0] }), yes},
		{"old address data", claim, "is 120 days from the recording", with(big(), func(d *Data) { d.GeoAgeDays = 120 }), yes},
		{"unknown inequality", claim, "as if they were equally loud", with(big(), func(d *Data) { d.Vectors[0].EffPackets = 0 }), yes},
		{"drops", claim, "dropped packets", with(big(), func(d *Data) { d.Lossy = true }), yes},
		{"no base rate", claim, "Base rate: not at hand", big(), yes},
		{"base rate", claim, "times what its size alone would give", with(big(), func(d *Data) { d.Base = map[string]float64{"UA": 0.01} }), yes},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ask(t, c.data, c.text)[0].Claim
			if got.Verdict != c.want {
				t.Errorf("verdict %s, want %s: %v", got.Verdict, c.want, got.Reasons)
			}
			if !strings.Contains(strings.Join(got.Reasons, "\n"), c.reason) {
				t.Errorf("no reason says %q: %q", c.reason, got.Reasons)
			}
		})
	}
}

func TestFreshDataAndWholeViewRaiseNoGate(t *testing.T) {
	d := shares(map[string]uint64{"UA": 8000, "US": 2000})
	d.View = viewWhole
	for _, r := range ask(t, d, "country=UA majority of packets")[0].Claim.Reasons {
		for _, gate := range []string{"elsewhere", "days from", "forged", "reflect", "dropped", "CDN"} {
			if strings.Contains(r, gate) {
				t.Errorf("gate in clean data: %s", r)
			}
		}
	}
}

// One source that sends most of the packets may be labelled wrongly as a
// whole: equal counts of packets then say less.
func TestOneLoudSourceDecidesLess(t *testing.T) {
	d := shares(map[string]uint64{"UA": 6000, "US": 4000})
	if v := ask(t, d, "country=UA majority of packets")[0].Claim.Verdict; v != yes {
		t.Fatalf("equally loud: %s", v)
	}
	d.Vectors[0].EffPackets = 4
	if v := ask(t, d, "country=UA majority of packets")[0].Claim.Verdict; v != maybe {
		t.Errorf("four effective sources: %s", v)
	}
}

func TestNetworksAndPrefixes(t *testing.T) {
	d := shares(map[string]uint64{"UA": 10000})
	v := &d.Vectors[0]
	pre := netip.MustParsePrefix("198.51.100.0/24")
	v.Networks = []Located{{"3320", counted(7000)}, {"174", counted(2000)}}
	v.Prefixes = map[netip.Prefix]Count{pre: counted(5001)}
	v.Unlocatable = counted(100)
	d.GeoDone = true
	for text, want := range map[string]model.Verdict{
		"as=3320 majority of packets":                    yes,
		"as=3320 plurality of bytes":                     yes,
		"as=174 plurality of packets":                    no,
		"as=174 majority of packets":                     no,
		"as=64496 some of packets":                       maybe, // a tenth has no network
		"prefix=198.51.100.0/24 majority of packets":     yes,   // exact: no look-up, complete
		"prefix=198.51.100.0/24 at-least 50.1% of bytes": no,
		"prefix=198.51.100.0/24 plurality of packets":    yes,
		"prefix=203.0.113.0/24 some of packets":          no,
		"prefix=203.0.113.0/24 plurality of packets":     maybe, // other prefixes are not enumerated
	} {
		if got := ask(t, d, text)[0].Claim; got.Verdict != want {
			t.Errorf("%s: %s, want %s: %v", text, got.Verdict, want, got.Reasons)
		}
	}
	d.GeoDone = false
	if got := ask(t, d, "prefix=198.51.100.0/24 majority of packets")[0].Claim; got.Verdict != yes {
		t.Errorf("a prefix needs no address data: %s %v", got.Verdict, got.Reasons)
	}
	c, err := Parse("prefix=198.51.100.0/24,10.0.0.0/8 some of packets", testNames())
	if err != nil || fmt.Sprint(c.Prefixes()) != "[10.0.0.0/8 198.51.100.0/24]" {
		t.Errorf("prefixes to count: %v, %v", c.Prefixes(), err)
	}
}

func TestContestedTerritoryIsComputedBothWays(t *testing.T) {
	const area = "from the Ukraine area"
	verdicts := func(d *Data) (out []model.Verdict) {
		for _, r := range ask(t, d, area) {
			out = append(out, r.Claim.Verdict)
		}
		return out
	}
	for _, c := range []struct {
		name string
		data *Data
		want []model.Verdict
	}{
		{"neither way", shares(map[string]uint64{"UA": 500, "RU": 500, "US": 9000}), []model.Verdict{yes, no, no}},
		{"everything with the neighbour's label could be it", shares(map[string]uint64{"UA": 500, "RU": 6000, "US": 3500}), []model.Verdict{yes, maybe, maybe}},
		{"either way", shares(map[string]uint64{"UA": 7000, "RU": 1000, "US": 2000}), []model.Verdict{yes, yes, yes}},
		{"the data has regions: too few to matter", with(shares(map[string]uint64{"UA": 500, "RU": 6000, "US": 3500}), func(d *Data) {
			d.Vectors[0].Contested = []Contested{{"Crimea", "RU", []string{"RU", "UA"}, counted(50)}}
		}), []model.Verdict{yes, no, no}},
		{"the data has regions: enough to matter", with(shares(map[string]uint64{"UA": 4000, "RU": 4000, "US": 2000}), func(d *Data) {
			d.Vectors[0].Contested = []Contested{{"Crimea", "RU", []string{"RU", "UA"}, counted(3000)}}
		}), []model.Verdict{yes, maybe, maybe}},
		{"labelled with the country itself", with(shares(map[string]uint64{"UA": 7000, "RU": 1000, "US": 2000}), func(d *Data) {
			d.Vectors[0].Contested = []Contested{{"Crimea", "UA", []string{"RU", "UA"}, counted(6000)}}
		}), []model.Verdict{yes, maybe, maybe}},
	} {
		if got := verdicts(c.data); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	text := strings.Join(ask(t, shares(map[string]uint64{"UA": 500, "RU": 500, "US": 9000}), area)[0].Claim.Reasons, " ")
	if !strings.Contains(text, "label contested territory differently") {
		t.Errorf("the note is missing: %s", text)
	}
}

func TestActorClaimsAreNeverDetermined(t *testing.T) {
	got := ask(t, shares(map[string]uint64{"RU": 10000}), "Russian hackers")
	last := got[len(got)-1].Claim
	if last.Verdict != maybe || last.Low != nil || !strings.Contains(last.Reading, "Russia ran the attack") {
		t.Errorf("%+v", last)
	}
}

func TestEvidenceStandsBehindEachReading(t *testing.T) {
	d := shares(map[string]uint64{"UA": 8000, "US": 2000})
	d.Inputs = []string{"abc"}
	r := ask(t, d, "country=UA majority of packets")[0]
	e := r.Evidence[0]
	if e.Method != "claim/share" || e.N != 100000 || e.M != 10000 || *e.Value != 0.8 || e.Low != r.Claim.Low || e.Inputs[0] != "abc" || e.WouldChange == "" || len(e.Alternatives) == 0 {
		t.Errorf("%+v", e)
	}
}
