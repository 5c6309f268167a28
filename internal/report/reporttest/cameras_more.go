package reporttest

import "floodmark/internal/model"

func cameraCountries() []model.Country {
	c := func(code, name string, v, lo, hi, plo, phi float64, n uint64) model.Country {
		return model.Country{Code: code, Name: name, Share: E(v, lo, hi, "this window: sampling of packets (Wilson)"),
			Population: E(v*0.98, plo, phi, "population of sources: clustered by source"), ShareBytes: v * 1.01, ShareSources: v * 0.9,
			Packets: uint64(v * 18904411), Bytes: uint64(v * 9100332144), Sources: n}
	}
	return []model.Country{
		c("US", "United States", 0.2211, 0.2209, 0.2213, 0.201, 0.243, 1402),
		c("MX", "Mexico", 0.1533, 0.1531, 0.1535, 0.136, 0.172, 1011),
		c("ES", "Spain", 0.1210, 0.1208, 0.1212, 0.104, 0.139, 803),
		c("IT", "Italy", 0.1104, 0.1102, 0.1106, 0.094, 0.128, 744),
		c("BR", "Brazil", 0.1013, 0.1011, 0.1015, 0.086, 0.118, 702),
		c("VN", "Vietnam", 0.0611, 0.0610, 0.0612, 0.049, 0.075, 433),
		c("TR", "Türkiye", 0.0402, 0.0401, 0.0403, 0.031, 0.052, 287),
		c("IN", "India", 0.0388, 0.0387, 0.0389, 0.029, 0.050, 271),
		c("UA", "Ukraine", 0.0121, 0.0120, 0.0122, 0.007, 0.019, 88),
		c("unknown", "not located", 0.1407, 0.1405, 0.1409, 0.122, 0.161, 1071),
	}
}

func cameraNetworks() []model.Network {
	n := func(asn uint32, name, cc, kind string, v float64, s uint64) model.Network {
		return model.Network{ASN: asn, Name: name, Country: cc, Kind: kind, Share: E(v, v*0.998, v*1.002, "this window"),
			Population: E(v, v*0.87, v*1.14, "population"), ShareBytes: v, ShareSources: v * 0.95, Packets: uint64(v * 18904411), Bytes: uint64(v * 9.1e9), Sources: s}
	}
	return []model.Network{
		n(64496, "EXAMPLE-CABLE Example Cable Holdings, Inc.", "US", "access", 0.0912, 611),
		n(64497, "EJEMPLO-TEL Telefonía de Ejemplo S.A. de C.V.", "MX", "access", 0.0870, 590),
		n(64498, "ESEMPIO-NET", "IT", "access", 0.0655, 421),
		n(64499, "EXEMPLO-MOVEL", "BR", "mobile", 0.0511, 333),
		n(0, "not looked up", "", "unknown", 0.1407, 1071),
	}
}

func cameraFamilies() []model.Family {
	return []model.Family{{
		Name: "Mirai and variants", Grade: "moderate", Likelihood: "likely (55–80 %)", Confidence: "moderate",
		Indications:  []string{"2,911 of 6,812 sources (42.7 %) also sent SYNs whose sequence number equals the destination address.", "UDP payloads of 512 random bytes with an initial TTL of 64."},
		Against:      []string{"No GRE and no STOMP vector was seen."},
		AlsoProduced: []string{"Any program that shares the scanner code of Mirai, which is public."},
		WouldChange:  "Less than 5 % of sources with the scan mark in a longer recording.", Evidence: []string{"E7"},
	}}
}

func cameraClaims() []model.Claim {
	return []model.Claim{
		{Text: "country=UA majority of packets", Reading: "more than 50 % of attack packets come from addresses in Ukraine", Verdict: model.Contradicted, Low: P(0.0068), High: P(0.1642), Unit: "share",
			Reasons: []string{"Even if every source that could not be located were in Ukraine, its share would be 16.4 % at most.", "Addresses located in Ukraine do not show that people or a government there ran the attack."}, Evidence: []string{"E5", "E6"}},
		{Text: "country=UA plurality of packets", Reading: "no other country sent more packets than Ukraine", Verdict: model.Contradicted, Low: P(0.0068), High: P(0.1642), Unit: "share", Reasons: []string{"The United States' lower bound of 20.1 % is above it."}, Evidence: []string{"E5"}},
		{Text: "country=US at-least-25% of packets", Reading: "at least 25 % of attack packets come from addresses in the United States", Verdict: model.CannotBeDetermined, Low: P(0.201), High: P(0.384), Unit: "share", Reasons: []string{"14.1 % of packets could not be located."}, Evidence: []string{"E5"}},
		{Text: "over 1 Tbps", Reading: "the peak of one second is above 1 Tbit/s", Verdict: model.CannotBeDetermined, Low: P(1.587e9), High: nil, Unit: "bits/s", Reasons: []string{"The recording shows one place; what arrived elsewhere is not in it."}, Evidence: []string{"E1"}},
		{Text: "worldwide", Reading: "sources in at least 20 countries, none with more than half", Verdict: model.Supported, Low: P(61), High: P(74), Unit: "countries", Reasons: []string{}, Evidence: []string{"E5"}},
	}
}

func unknowns() []model.Unknown {
	return []model.Unknown{
		{Question: "Who ran or rented the botnet?", Why: "Packets carry no name.", Fixed: true},
		{Question: "From where was it commanded?", Why: "Commands do not pass the target.", Fixed: true},
		{Question: "Why, and whether a state is behind it?", Why: "Motive is not in traffic.", Fixed: true},
		{Question: "How large was the attack elsewhere?", Why: "One vantage was recorded.", Fixed: false},
	}
}

func cameraEvidence() []model.Evidence {
	e := func(id, text, kind, method string, v, lo, hi *float64, unit string) model.Evidence {
		return model.Evidence{ID: id, Statement: text, Kind: kind, Method: method, Version: 1, Inputs: []string{hashA}, Value: v, Low: lo, High: hi, Unit: unit, N: 18904411, M: 6812, Alternatives: []string{}}
	}
	out := []model.Evidence{
		e("E1", "Peak of 412,300 packets a second at 10:00:31 UTC.", "measured", "totals", P(412300), P(412300), P(412300), "packets/s"),
		e("E2", "98.1 % of packets towards 192.0.2.80 match udp-flood or syn-flood.", "measured", "vectors", P(0.98127), P(0.9812), P(0.9814), "share"),
		e("E3", "361,022 packets belong to connections with data in both directions.", "measured", "background", P(361022), nil, nil, "packets"),
		e("E4", "Source addresses repeat 31 times more often than uniform random addresses would.", "measured", "collision", P(31.22), P(29.8), P(32.9), ""),
		e("E5", "22.1 % of attack packets come from addresses in the United States.", "looked-up", "shares", P(0.2211), P(0.2209), P(0.2213), "share"),
		e("E6", "14.1 % of packets could not be located.", "looked-up", "shares", P(0.1407), P(0.1405), P(0.1409), "share"),
		e("E7", "2,911 sources also sent the scan mark, among them 203.0.113.7 and 2001:db8:77:1::15.", "measured", "scan-join", P(0.4273), P(0.4156), P(0.4391), "share"),
		e("E8", "An ICMP error from 198.51.100.1 quotes a datagram 192.0.2.80:53 > 203.0.113.99:4411.", "measured", "quotes", nil, nil, nil, ""),
		e("E9", "The capture file counts 1,204 dropped packets.", "reported", "drops", P(1204), nil, nil, "packets"),
		e("E10", "312 packets are byte for byte the same as one within 1 ms.", "measured", "duplicates", P(312), nil, nil, "packets"),
	}
	out[3].Alternatives = []string{"Forged addresses inside the sender's own network pass this test."}
	out[3].WouldChange = "A collision ratio below 3."
	out[3].Subject = "udp-flood"
	return out
}

func specimens() []model.RecordLine {
	return []model.RecordLine{
		{Time: "2025-03-10T10:00:04.118Z", Vector: "udp-flood", Src: "203.0.113.7", Dst: "192.0.2.80", Text: "UDP 203.0.113.7:41022 > 192.0.2.80:9011 length 540 ttl 52"},
		{Time: "2025-03-10T10:00:12.001Z", Vector: "syn-flood", Src: "2001:db8:77:1::15", Dst: "192.0.2.80", Text: "TCP SYN [2001:db8:77:1::15]:1024 seq 3221225985"},
		{Time: "2025-03-10T10:00:13.500Z", Vector: "udp-flood", Src: "198.51.100.1", Dst: "192.0.2.80", Text: "ICMP unreachable, quotes 4500001c000100004011f96ec0000250cb007163003511350008a0b1"},
	}
}
