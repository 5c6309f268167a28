package claim

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// testNames knows a handful of countries.
func testNames() Names {
	codes := map[string]string{"ukraine": "UA", "russia": "RU", "united states": "US", "brazil": "BR", "south korea": "KR", "china": "CN", "italy": "IT"}
	adjectives := map[string]string{"russian": "RU"}
	names := map[string]string{}
	for n, c := range codes {
		names[c] = strings.ToUpper(n[:1]) + n[1:]
	}
	return Names{
		Code: func(s string) (string, bool) {
			if c, ok := codes[strings.ToLower(s)]; ok {
				return c, true
			}
			if c, ok := adjectives[strings.ToLower(s)]; ok {
				return c, true
			}
			_, ok := names[strings.ToUpper(s)]
			return strings.ToUpper(s), ok && len(s) == 2
		},
		Name:    func(c string) string { return names[c] },
		Known:   []string{"Brazil", "China", "Italy", "Russia", "South Korea", "Ukraine", "United States"},
		Vectors: []string{"syn-flood", "udp-flood", "reflection-dns"},
	}
}

func prefixes(s ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, x := range s {
		out = append(out, netip.MustParsePrefix(x))
	}
	return out
}

func TestStructuredClaims(t *testing.T) {
	ua := Place{Countries: []string{"UA"}}
	share := func(p Place, rel Relation, amount float64, q Quantity) Reading {
		return Reading{Kind: kindShare, Place: p, Relation: rel, Amount: amount, Quantity: q, Unit: "share"}
	}
	syn := share(ua, quantSome, 0, Packets)
	syn.Vector = "syn-flood"
	here := Reading{Kind: kindSize, Relation: quantOver, Amount: 1e12, Unit: "bits/s", Here: true}
	for text, want := range map[string][]Reading{
		"country=UA majority of packets":                       {share(ua, quantMajority, 0.5, Packets)},
		"Country = ukraine Some of Sources":                    {share(ua, quantSome, 0, Sources)},
		"country=RU,UA,ua at-least 30% of bytes":               {share(Place{Countries: []string{"RU", "UA"}}, quantNoLessThan, 0.3, Bytes)},
		`country="South Korea" under 2.5 % of IPs`:             {share(Place{Countries: []string{"KR"}}, quantUnder, 0.025, Sources)},
		"country=UA at least 7 percent of packets":             {share(ua, quantNoLessThan, 0.07, Packets)},
		"country=UA mainly of packets":                         {share(ua, quantMajority, 0.5, Packets), share(ua, quantPlurality, 0.5, Packets)},
		"country=UA most of packets":                           {share(ua, quantMajority, 0.5, Packets), share(ua, quantPlurality, 0.5, Packets)},
		"as=3320,174 plurality of sources":                     {share(Place{Networks: []uint32{174, 3320}}, quantPlurality, 0, Sources)},
		"as=AS64496 over 10% of bytes":                         {share(Place{Networks: []uint32{64496}}, quantOver, 0.1, Bytes)},
		"prefix=198.51.100.0/24,2001:db8::/32 some of packets": {share(Place{Prefixes: prefixes("198.51.100.0/24", "2001:db8::/32")}, quantSome, 0, Packets)},
		"prefix=10.0.0.0/8,10.2.0.0/16 some of packets":        {share(Place{Prefixes: prefixes("10.0.0.0/8")}, quantSome, 0, Packets)},
		"prefix=192.0.2.77/24 some of packets":                 {share(Place{Prefixes: prefixes("192.0.2.0/24")}, quantSome, 0, Packets)},
		"country=UA some of packets in vector syn-flood":       {syn},
		"country=UA some of packets vector=syn-flood":          {syn},
		"vector=syn-flood country=UA some of packets":          {syn},
		"over 1 Tbps":            {{Kind: kindSize, Relation: quantOver, Amount: 1e12, Unit: "bits/s"}},
		"over 1 Tbps here":       {here},
		"more than 40 Mpps":      {{Kind: kindSize, Relation: quantOver, Amount: 40e6, Unit: "packets/s"}},
		"at least 500 Gbps":      {{Kind: kindSize, Relation: quantNoLessThan, Amount: 500e9, Unit: "bits/s"}},
		"at least 500gbit/s":     {{Kind: kindSize, Relation: quantNoLessThan, Amount: 500e9, Unit: "bits/s"}},
		"peak over 1.5 Gb/s":     {{Kind: kindSize, Relation: quantOver, Amount: 1.5e9, Unit: "bits/s"}},
		"average under 10 kpps":  {{Kind: kindSize, Relation: quantUnder, Amount: 10e3, Unit: "packets/s", Average: true}},
		"worldwide":              {{Kind: kindWorldwide, Quantity: Packets, Amount: 20, Unit: "countries"}},
		"worldwide of sources":   {{Kind: kindWorldwide, Quantity: Sources, Amount: 20, Unit: "countries"}},
		"at least 30 countries":  {{Kind: kindCountries, Relation: quantNoLessThan, Amount: 30, Unit: "countries"}},
		"at least 100 networks":  {{Kind: kindNetworks, Relation: quantNoLessThan, Amount: 100, Unit: "networks"}},
		"at least 10000 sources": {{Kind: kindSources, Relation: quantNoLessThan, Amount: 10000, Unit: "sources"}},
		"over 30,000 devices":    {{Kind: kindDevices, Relation: quantOver, Amount: 30000, Unit: "sources"}},
		"lasted over 1 hour":     {{Kind: kindDuration, Relation: quantOver, Amount: 3600, Unit: "seconds"}},
		"at least 90 s":          {{Kind: kindDuration, Relation: quantNoLessThan, Amount: 90, Unit: "seconds"}},
		"lasted at most 2 days":  {{Kind: kindDuration, Relation: quantNoMoreThan, Amount: 172800, Unit: "seconds"}},
	} {
		c, err := Parse(text, testNames())
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if c.Vague {
			t.Errorf("%q was read as a sentence", text)
		}
		if d := cmp.Diff(want, c.Readings, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); d != "" {
			t.Errorf("%q (-want +got):\n%s", text, d)
		}
	}
}

func TestDevicesAndAddressesAreReportedApart(t *testing.T) {
	c, err := Parse("over 30,000 devices/IPs", testNames())
	if err != nil || c.Readings[0].Kind != kindDevices {
		t.Errorf("got %+v, %v", c.Readings, err)
	}
}

func TestBrokenClaimsAreRefusedWithAColumnAndAHint(t *testing.T) {
	long := strings.Repeat("x", maxText+1)
	for text, want := range map[string]string{
		"":                                           `parse claim: column 1: expected a claim, such as: country=UA majority of packets, found the end`,
		"country=UA majorty of packets":              `parse claim: column 12: expected "some", "plurality", "majority", "mainly", "most", "at-least N%", "over N%", "at-most N%" or "under N%", found "majorty"; did you mean "majority"?`,
		"country=Ukrane some of packets":             `parse claim: column 9: expected a country name or ISO 3166-1 code, found "Ukrane"; did you mean "Ukraine"?`,
		"country= some of packets":                   `parse claim: column 10: expected a country name or ISO 3166-1 code, found "some"`,
		"country=UA majority packets":                `parse claim: column 21: expected "of", found "packets"`,
		"country=UA majority of pakets":              `parse claim: column 24: expected "packets", "bytes" or "sources", found "pakets"; did you mean "packets"?`,
		"country=UA at-least 130% of packets":        `parse claim: column 21: expected a number from 0 to 100, found "130"`,
		"country=UA at-least 30 of packets":          `parse claim: column 24: expected "%", found "of"`,
		"country=UA some of packets in syn":          `parse claim: column 28: expected "in vector NAME", "here" or the end of the claim, found "in"; did you mean "in"?`,
		"country=UA some of packets vector=syn-flod": `parse claim: column 35: expected a known vector (docs/vectors.md), found "syn-flod"; did you mean "syn-flood"?`,
		"as=DTAG some of packets":                    `parse claim: column 4: expected the number of a network, such as 64496, found "DTAG"`,
		"prefix=198.51.100.0 some of packets":        `parse claim: column 8: expected a prefix, such as 198.51.100.0/24 or 2001:db8::/32, found "198.51.100.0"`,
		"over 1 Tpbs":                                `parse claim: column 8: expected a unit: bps, Gbps, Mpps, countries, networks, sources, devices, seconds, minutes, hours, found "Tpbs"; did you mean "Tbps"?`,
		"over 5 GB/s":                                `parse claim: column 8: expected a unit: bps, Gbps, Mpps, countries, networks, sources, devices, seconds, minutes, hours, found "GB/s"; did you mean "Gbps"?`,
		"over 2.5 devices":                           `parse claim: column 10: expected a whole number of sources, found "devices"`,
		"lasted over 1 Gbps":                         `parse claim: column 15: expected a time, such as 90 seconds or 1 hour, found "Gbps"`,
		"peak over 10 hours":                         `parse claim: column 14: expected a rate, such as Gbps or Mpps, found "hours"`,
		"cuontry=UA some of packets":                 `parse claim: column 1: expected "country=", "as=", "prefix=", "worldwide", "peak", "average", "lasted" or "over"/"at least" with a number, found "cuontry"; did you mean "country"?`,
		`country="UA some of packets`:                `parse claim: column 9: expected a closing quote, found "\"UA some of packets"`,
		"it was very bad":                            `parse claim: column 1: expected a claim such as "country=UA majority of packets", or a sentence that names a place, a size, a number or a duration, found "it"`,
		"it came from Ukrian":                        `parse claim: column 14: expected a claim such as "country=UA majority of packets", or a sentence that names a place, a size, a number or a duration, found "Ukrian"; did you mean "Ukraine"?`,
		"it was not from Ukraine":                    `parse claim: column 8: expected a sentence without a negation (say it as "country=UA under 5% of packets"), found "not"`,
		long:                                         `parse claim: column 501: expected at most 500 characters, found "501"`,
	} {
		c, err := Parse(text, testNames())
		var pe *parseError
		if err == nil || !errors.As(err, &pe) {
			t.Errorf("%q: parsed as %+v", text, c.Readings)
			continue
		}
		if d := cmp.Diff(want, err.Error()); d != "" {
			t.Errorf("%q (-want +got):\n%s", text, d)
		}
	}
}

// gist is a reading in a few words.
func gist(rs []Reading) (out []string) {
	for _, r := range rs {
		s := string(r.Kind)
		for _, x := range []string{strings.Join(r.Place.Countries, "+"), string(r.Relation), string(r.Quantity)} {
			if x != "" {
				s += " " + x
			}
		}
		if r.Place.Area {
			s += " area"
		}
		out = append(out, s)
	}
	return out
}

func TestSentencesAreReadInEveryWay(t *testing.T) {
	for text, want := range map[string][]string{
		"IP addresses originating in the Ukraine area": {"share UA some sources area", "share UA plurality sources area", "share UA majority sources area"},
		`"from the Ukraine area"`:                      {"share UA some packets area", "share UA plurality packets area", "share UA majority packets area"},
		"Most of it came from Russia.":                 {"share RU some packets", "share RU plurality packets", "share RU majority packets"},
		"massive cyberattack":                          {"magnitude"},
		"from all over the world":                      {"worldwide packets"},
		"It is in Italy, no doubt":                     nil,
		"it is in Italy":                               {"share IT some packets", "share IT plurality packets", "share IT majority packets"},
		"the traffic came from US and CN":              {"share CN+US some packets", "share CN+US plurality packets", "share CN+US majority packets"},
		"a massive 6.5 Tbps attack":                    {"size at-least"},
		"over 30,000 devices took part":                {"devices over"},
		"more than half came from the United States":   {"share US some packets", "share US plurality packets", "share US majority packets"},
		"it lasted an hour":                            {"duration at-least"},
		"Russian hackers":                              {"share RU some packets", "share RU plurality packets", "share RU majority packets", "actor RU"},
		"over 1 Tbps from Brazil":                      {"share BR some packets", "share BR plurality packets", "share BR majority packets", "size over"},
	} {
		c, err := Parse(text, testNames())
		if (err != nil) != (want == nil) {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if d := cmp.Diff(want, gist(c.Readings), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%q (-want +got):\n%s", text, d)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"country=UA,RU at-least 30% of bytes", "prefix=198.51.100.0/24 some of packets in vector syn-flood here",
		"over 30,000 devices/IPs", "from the Ukraine area", "a massive 6.5 Tbps attack", `country="South Korea" most of sources`} {
		f.Add(s)
	}
	names := testNames()
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text, names)
		if err != nil {
			var pe *parseError
			if !errors.As(err, &pe) || strings.ContainsAny(err.Error(), "\n\r") || pe.Column < 1 {
				t.Fatalf("%q: bad error %q", text, err)
			}
			return
		}
		if len(c.Readings) == 0 || len(c.Readings) > 2*maxText {
			t.Fatalf("%q: %d readings", text, len(c.Readings))
		}
		for _, r := range Check(c, &Data{Attack: "yes"}, names) {
			if r.Claim.Verdict != "cannot-be-determined" {
				t.Fatalf("%q: %s from no data", text, r.Claim.Verdict)
			}
		}
	})
}
