package reporttest

import (
	"reflect"

	"floodmark/internal/model"
)

// Quiet is a recording of ordinary traffic: no attack in it.
func Quiet() *model.Analysis {
	a := Cameras()
	a.Synthetic = false
	a.Settings = model.Settings{Claims: []string{}, Seed: 7}
	a.Inputs = a.Inputs[:1]
	a.Inputs[0].Skipped = []model.Skip{}
	a.Attack = model.AttackNo
	a.AttackReasons = []model.Sentence{
		progress("Every rise above 3 times the usual rate is a connection that the server answered with data.", "E1"),
		progress("No protocol that reflects was seen without a question before it.", "E2"),
	}
	a.Summary = []model.Sentence{progress("No attack was found in 70 seconds of traffic.", "E1", "E2")}
	a.First, a.Last, a.Target = "2025-03-10T10:00:00.002Z", "2025-03-10T10:01:09.998Z", nil
	a.Totals = model.Totals{Packets: Exact(0), Bytes: Exact(0), Seconds: 69.996, Sampling: model.Sampling{Rates: []uint32{1}, From: "none"}, Sources: model.Sources{Bound: "complete"}}
	a.Series.Vectors = a.Series.Vectors[2:]
	a.Vectors, a.Countries, a.Networks, a.NetworkKinds, a.Families, a.Claims, a.Findings = nil, nil, nil, nil, nil, nil, nil
	a.Spoofing = model.SpoofSummary{Verdict: model.SpoofNotApplicable}
	a.SampledRecords = nil
	a.Evidence = a.Evidence[:3]
	return a
}

// Reflection is a reflected attack with fragments: sources are reflectors, and
// a claim about origin cannot be determined.
func Reflection() *model.Analysis {
	a := Cameras()
	a.Synthetic = false
	a.Settings.Target = "192.0.2.0/24"
	a.Target = &model.Target{Prefixes: []string{"192.0.2.0/24"}, Hosts: 201, Trait: "carpet-bombing", Given: true, Evidence: []string{"E2"}, Reachable: "inbound-only",
		TopHosts: []model.Weight{{Value: "192.0.2.14", Packets: 90111, Share: 0.012}, {Value: "192.0.2.200", Packets: 88110, Share: 0.0117}}}
	v := a.Vectors[:1]
	v[0].Name, v[0].Attack, v[0].Traits = "reflection-dns", "T1498.002", []string{"carpet-bombing", "fragments"}
	v[0].SharePackets, v[0].ShareBytes = Exact(1), Exact(1)
	v[0].Fields = []model.FieldTop{{Field: "src_port", Distinct: 1, Values: []model.Weight{{Value: "53", Packets: 13402118, Share: 1}}},
		{Field: "dns_query_name", Distinct: 1, Values: []model.Weight{{Value: "example.org", Packets: 13402118, Share: 1}}},
		{Field: "dns_query_type", Distinct: 1, Values: []model.Weight{{Value: "RRSIG", Packets: 13402118, Share: 1}}}}
	v[0].Unsolicited = model.Unsolicited{Verdict: "not-applicable", Reason: "Only the inbound direction was recorded."}
	a.Vectors = v
	a.Summary = []model.Sentence{progress("A DNS reflection attack hit 201 addresses in 192.0.2.0/24 for 58 seconds.", "E1"),
		progress("The sources are open resolvers that were abused; they say nothing of where the attack was started.", "E4")}
	a.Families = nil
	a.Claims = []model.Claim{{Text: "country=UA majority of packets", Reading: "more than 50 % of attack packets come from addresses in Ukraine", Verdict: model.CannotBeDetermined, Unit: "share",
		Reasons: []string{"The vector is a reflection: its addresses are those of reflectors, not of the origin."}, Evidence: []string{"E5"}}}
	s := a.Series.Vectors
	s[0].Name = "reflection-dns"
	a.Series.Vectors = []model.VectorSeries{s[0], s[2]}
	return a
}

// Sampled is a spoofed flood in sampled flow records without address data.
func Sampled() *model.Analysis {
	a := Cameras()
	a.Synthetic = false
	a.Inputs[0] = model.Input{Name: "nfcapd.202503101000", SHA256: hashA, Bytes: 410022, Format: "nfdump", Compression: "none", Kind: "flows", Exports: []string{"netflow9"}, Records: 18460, Analysed: true}
	a.Totals.Packets = E(18904000, 18632511.5, 19177011.2, "sampling of packets, 1 in 1,000")
	a.Totals.Bytes = E(9.1e9, 8.94e9, 9.26e9, "sampling of packets, 1 in 1,000")
	a.Totals.Sampling = model.Sampling{Rates: []uint32{1000, 4096}, From: "options", Divided: 1000, Evidence: []string{"E1"}}
	a.Totals.Sources = model.Sources{Observed: 18102, Bound: "lower-bound", Coverage: P(0.0191), Effective: &model.Estimate{Value: 3.1e6, Low: P(2.2e6), Basis: "inverse collision probability"}, Note: "The number of devices cannot be estimated.", Top: topSources()[:1]}
	a.Spoofing = model.SpoofSummary{Verdict: model.SpoofSpoofed, Text: []model.Sentence{progress("The addresses are forged: they repeat no more often than random ones.", "E4")}}
	v := a.Vectors[1:]
	v[0].SharePackets, v[0].ShareBytes = E(1, 0.9991, 1, "sampling of packets (Wilson)"), E(1, 0.999, 1, "sampling of packets (Wilson)")
	v[0].Sources.Spoofing.Verdict, v[0].Sources.Spoofing.Reason = model.SpoofSpoofed, "The collision test and the bogon test say spoofed."
	v[0].Sources.Spoofing.Tests[0].Verdict = model.SpoofSpoofed
	a.Vectors = v
	a.Countries, a.Networks, a.NetworkKinds, a.Families = nil, nil, nil, nil
	a.Geo = model.GeoInfo{Status: "not-looked-up", Note: "No address data is installed; floodmark geo update gets it."}
	a.Claims = a.Claims[:1]
	a.Claims[0].Verdict, a.Claims[0].Low, a.Claims[0].High, a.Claims[0].Reasons = model.CannotBeDetermined, P(0), P(1), []string{"The addresses are forged.", "They were not looked up."}
	s := a.Series.Vectors
	a.Series.Vectors = []model.VectorSeries{s[1], s[2]}
	return a
}

// Nasty is Cameras with hostile text in every string that is not a name from
// a closed list: markup, terminal escapes, direction overrides, great length.
func Nasty() *model.Analysis {
	a := Cameras()
	spoilAll(a)
	return a
}

// spoilAll puts hostile text into what p points to.
func spoilAll(p any) {
	const bad = "</style></title><script>alert(1)</script>\x1b[31m\u202e\"'&{{.}}\x00 javascript:x"
	closed := map[string]bool{"Schema": true, "First": true, "Last": true, "Start": true, "SHA256": true, "Verdict": true, "Attack": true, "Prefixes": true, "Time": true, "ID": true, "Status": true, "Date": true,
		"At": true, "Started": true, "Ended": true, "End": true, "Said": true, "Since": true}
	spoil(reflect.ValueOf(p).Elem(), bad, closed)
}

func spoil(v reflect.Value, bad string, closed map[string]bool) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + bad)
	case reflect.Pointer:
		if !v.IsNil() {
			spoil(v.Elem(), bad, closed)
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i), bad, closed)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if !closed[v.Type().Field(i).Name] {
				spoil(v.Field(i), bad, closed)
			}
		}
	}
}

// All gives every sample by name.
func All() map[string]*model.Analysis {
	return map[string]*model.Analysis{"cameras": Cameras(), "quiet": Quiet(), "reflection": Reflection(), "sampled": Sampled(), "nasty": Nasty(),
		"outage": Outage(), "outside": Outside()}
}
