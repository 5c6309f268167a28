package reporttest

import "floodmark/internal/model"

const (
	hashA = "3f2a9c51d0be7786e1a4b5c80f9d7e62331c48a7be05d19f6a7c2d84e0b19f53"
	hashB = "b81d60e2a94f7c35028e4d6f1a09c7b35e8294a1f06d3b7c58e2190fd4a6c07e"
)

// Cameras is a flood from many real sources: two vectors, claims of every
// verdict, address data, packets complete.
func Cameras() *model.Analysis {
	a := &model.Analysis{
		Schema:    model.AnalysisSchema,
		Tool:      model.Tool{Name: "floodmark", Version: "0.1.0"},
		Synthetic: true,
		Settings:  model.Settings{Claims: []string{"country=UA majority of packets", "over 1 Tbps", "worldwide"}, Seed: 18446744073709551557},
		Inputs:    cameraInputs(),
		Attack:    model.AttackYes,
		AttackReasons: []model.Sentence{
			progress("Packets to 192.0.2.80 rose from 1,200 to 412,300 a second within 4 seconds.", "E1"),
			progress("98.1 % of them match a flood and no request of the target preceded them.", "E2"),
		},
		Summary: []model.Sentence{
			progress("A UDP flood and a SYN flood hit 192.0.2.80 for 58 seconds, 412,300 packets a second at the peak.", "E1", "E2"),
			progress("The source addresses are real: they are consistent with hosts in the networks they claim.", "E4"),
			progress("No country sent a majority; the United States sent most, with 22.1 %.", "E5"),
			progress("The sources look like cameras and recorders of a Mirai kind, with moderate confidence.", "E7"),
		},
		First: "2025-03-10T10:00:04.118Z", Last: "2025-03-10T10:01:02.004Z",
		Target: &model.Target{
			Prefixes: []string{"192.0.2.80/32"}, Hosts: 1, Trait: "host", Evidence: []string{"E2"}, Reachable: "both",
			TopHosts: []model.Weight{{Value: "192.0.2.80", Packets: 18904411, Bytes: 9100332144, Share: 1}},
		},
		Totals: model.Totals{
			Packets: Exact(18904411), Bytes: Exact(9100332144), PeakPPS: 412300, PeakBPS: 1587211008, Seconds: 57.886,
			Sampling: model.Sampling{Rates: []uint32{1}, From: "none", Evidence: []string{}},
			Sources: model.Sources{
				Observed: 6812, Bound: "complete", Coverage: P(0.9991), Note: "An address is not a device: several may share one, and one may have had several.",
				Effective: &model.Estimate{Value: 3120.4412, Low: P(3018.213), High: P(3231.882), Basis: "inverse collision probability, sources as the sampling unit"},
				Top:       topSources(),
			},
		},
		Background: model.Background{
			Packets: 361022, Bytes: 288120034,
			How:      []model.Sentence{progress("Packets of connections that the target answered with data are background.", "E3")},
			Ordinary: []model.Weight{{Value: "HTTPS from established connections", Packets: 340011, Bytes: 281000000, Share: 0.9418}, {Value: "DNS answers to the target's own questions", Packets: 21011, Bytes: 7120034, Share: 0.0582}},
		},
		Spoofing:     model.SpoofSummary{Verdict: model.SpoofReal, Text: []model.Sentence{progress("Both vectors come from the networks they claim.", "E4")}},
		Countries:    cameraCountries(),
		Networks:     cameraNetworks(),
		NetworkKinds: []model.KindShare{{Kind: "access", Share: 0.8312, Sources: 5730}, {Kind: "mobile", Share: 0.0911, Sources: 601}, {Kind: "hosting", Share: 0.0544, Sources: 233}, {Kind: "unknown", Share: 0.0233, Sources: 248}},
		Geo: model.GeoInfo{Status: "looked-up", Date: "2025-03-01", SHA256: hashB, Sources: []string{"geo-whois-asn-country 2025-03 (CC0)", "DB-IP City Lite 2025-03 (CC BY 4.0)"},
			Note: "Country of the address, not of the person.", Attributed: []string{"IP geolocation by DB-IP"}},
		Families:       cameraFamilies(),
		Claims:         cameraClaims(),
		Findings:       []model.Finding{{Code: "capture-drops", Severity: "caution", Text: "The capture says that it lost 1,204 packets (0.006 %).", Evidence: []string{"E9"}}, {Code: "duplicates", Severity: "note", Text: "312 packets were seen twice and counted once.", Evidence: []string{"E10"}}},
		NotAnswerable:  unknowns(),
		Evidence:       cameraEvidence(),
		SampledRecords: specimens(),
	}
	n := 70
	udp, syn := wave(n, 4, 62, 262000), wave(n, 12, 58, 148000)
	a.Series = model.Series{Start: "2025-03-10T10:00:00Z", Step: 1, Vectors: []model.VectorSeries{
		{Name: "udp-flood", Packets: udp, Bytes: scale(udp, 540)},
		{Name: "syn-flood", Packets: syn, Bytes: scale(syn, 60)},
		{Name: "background", Packets: level(n, 5100), Bytes: level(n, 4.1e6)},
	}}
	a.Vectors = cameraVectors()
	return a
}

func cameraInputs() []model.Input {
	return []model.Input{
		{Name: "edge1.pcap.zst", SHA256: hashA, Bytes: 1204991233, Format: "pcap", Compression: "zstd", Kind: "packets", Exports: []string{}, Records: 19265433,
			First: "2025-03-10T10:00:00.002Z", Last: "2025-03-10T10:01:09.998Z", Analysed: true,
			Skipped: []model.Skip{{Reason: "truncated packet header", Records: 14, Bytes: 812, Example: "offset 88123: 20 octets of IPv4 header expected, 9 there"}}},
		{Name: "notes.txt", SHA256: hashB, Bytes: 911, Kind: "", Exports: []string{}, Skipped: []model.Skip{{Reason: "not a recording", Bytes: 911, Example: "offset 0: no known magic number"}}},
	}
}

func topSources() []model.Weight {
	return []model.Weight{
		{Value: "203.0.113.7", Packets: 40122, Bytes: 20100222, Share: 0.002122},
		{Value: "198.51.100.23", Packets: 39011, Bytes: 19800122, Share: 0.002064},
		{Value: "2001:db8:77:1::15", Packets: 31002, Bytes: 16740000, Share: 0.00164},
	}
}

func cameraVectors() []model.Vector {
	test := func(name string, v model.Spoofing, stat, lo, hi float64, why string) model.SpoofTest {
		return model.SpoofTest{Name: name, Verdict: v, Statistic: P(stat), Low: P(lo), High: P(hi), N: 12033, Reason: why, Evidence: "E4"}
	}
	real := model.SpoofVerdict{Verdict: model.SpoofReal, Reason: "Three tests say real, none says spoofed.", Tests: []model.SpoofTest{
		test("collision", model.SpoofReal, 31.22, 29.8, 32.9, "Addresses repeat far more often than random ones would."),
		test("bogon", model.SpoofReal, 0.00012, 0, 0.0006, "Fewer unrouted addresses than the limit for real sources."),
		test("ttl", model.SpoofUndecided, 0.42, 0.31, 0.53, "Initial TTLs of 64 and 255 mix."),
		{Name: "handshake", Verdict: model.SpoofNotApplicable, Reason: "UDP has no handshake.", Evidence: "E4"},
	}, Fraction: &model.Estimate{Value: 0.004, Low: P(0), High: P(0.021), Basis: "mixture of real and uniform sources"}}
	return []model.Vector{
		{Name: "udp-flood", Packets: 13402118, Bytes: 8770221840, SharePackets: Exact(0.70894), ShareBytes: Exact(0.96372), RankPackets: 1, RankBytes: 1,
			First: "2025-03-10T10:00:04.118Z", Last: "2025-03-10T10:01:02.004Z", PeakPPS: 265112, PeakBPS: 1544021120, Traits: []string{"random-ports", "fixed-length"},
			Fields: []model.FieldTop{
				{Field: "dst_port", Distinct: 64511, Values: []model.Weight{{Value: "random", Packets: 13402118, Bytes: 8770221840, Share: 1}}},
				{Field: "length", Distinct: 2, Values: []model.Weight{{Value: "540", Packets: 13390000, Bytes: 7230600000, Share: 0.9991}, {Value: "1028", Packets: 12118, Bytes: 12457304, Share: 0.0009}}},
				{Field: "ttl", Distinct: 41, Values: []model.Weight{{Value: "52", Packets: 1711000, Bytes: 0, Share: 0.1277}, {Value: "49", Packets: 1520000, Bytes: 0, Share: 0.1134}}},
				{Field: "payload", Distinct: 13380211, Values: []model.Weight{{Value: "ffffffff54536f7572636520", Packets: 201, Bytes: 10854, Share: 0.000015}}},
			},
			Sources:     model.VSources{Sources: model.Sources{Observed: 6790, Bound: "complete", Effective: &model.Estimate{Value: 3100, Low: P(3002), High: P(3211), Basis: "cluster"}, Coverage: P(0.9991), Top: topSources()}, Spoofing: real},
			Unsolicited: model.Unsolicited{Verdict: "unsolicited", Reason: "The target sent nothing to these sources."}, Evidence: []string{"E2", "E4"}, Attack: "T1498.001", Advice: []string{"Drop UDP to 192.0.2.80 except ports in use; it serves none."}},
		{Name: "syn-flood", Packets: 5502293, Bytes: 330137580, SharePackets: Exact(0.29106), ShareBytes: Exact(0.03628), RankPackets: 2, RankBytes: 2,
			First: "2025-03-10T10:00:12.001Z", Last: "2025-03-10T10:00:58.317Z", PeakPPS: 149800, PeakBPS: 71904000, Traits: []string{"no-tcp-options"},
			Fields: []model.FieldTop{
				{Field: "dst_port", Distinct: 2, Values: []model.Weight{{Value: "443", Packets: 4402000, Share: 0.8}, {Value: "80", Packets: 1100293, Share: 0.2}}},
				{Field: "tcp_flags", Distinct: 1, Values: []model.Weight{{Value: "......S.", Packets: 5502293, Share: 1}}},
			},
			Sources:     model.VSources{Sources: model.Sources{Observed: 4102, Bound: "complete", Coverage: P(0.998), Top: topSources()[:2]}, Spoofing: real},
			Unsolicited: model.Unsolicited{Verdict: "not-applicable", Reason: "A SYN is the first packet of its connection."}, Evidence: []string{"E2"}, Attack: "T1499.001", Advice: []string{"Turn on SYN cookies."}},
	}
}
