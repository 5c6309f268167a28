package claim

import (
	"math"
	"strings"
)

// number = [ "peak" | "average" ] compare number rate
//
//	| [ "lasted" ] compare number time
//	| compare integer things .
func (p *parser) number() ([]Reading, error) {
	lead := ""
	if t := p.peek(); t.low == "peak" || t.low == "average" || t.low == "lasted" {
		lead = p.next().low
		p.accept("of")
	}
	t := p.peek()
	rel, ok := p.compare()
	if !ok {
		return nil, p.fail(t, `"over", "at least", "under" or "at most"`, []string{"over", "at-least", "under", "at-most"})
	}
	n := p.next()
	v, unit, glued := splitUnit(n.low)
	if !glued {
		if v, ok = parseNumber(n.low); !ok {
			return nil, p.fail(n, "a number, such as 500 or 30,000", nil)
		}
		u := p.next()
		unit = u.text
		if u.low == "an" || u.low == "a" {
			return nil, p.fail(u, "a unit, such as Gbps or hours", unitWords)
		}
		return p.counted(rel, amount{v, unit, lead, u})
	}
	return p.counted(rel, amount{v, n.text[len(n.text)-len(unit):], lead, n})
}

// amount is a number with its unit, the word that led to it and where it stands.
type amount struct {
	value float64
	unit  string
	lead  string // "peak", "average", "lasted" or ""
	at    token
}

// unitWords are offered where a unit is misspelt.
var unitWords = []string{"bps", "kbps", "Mbps", "Gbps", "Tbps", "pps", "kpps", "Mpps", "Gpps", "countries", "networks",
	"sources", "addresses", "devices", "seconds", "minutes", "hours", "days"}

// counted makes a reading of a number with its unit.
func (p *parser) counted(rel Relation, n amount) ([]Reading, error) {
	factor, name, kind := lookUnit(n.unit)
	rate := n.lead == "peak" || n.lead == "average"
	switch {
	case kind == "":
		return nil, p.fail(n.at, "a unit: bps, Gbps, Mpps, countries, networks, sources, devices, seconds, minutes, hours", unitWords)
	case n.lead == "lasted" && kind != kindDuration:
		return nil, p.fail(n.at, "a time, such as 90 seconds or 1 hour", []string{"seconds", "minutes", "hours", "days"})
	case rate && kind != kindSize:
		return nil, p.fail(n.at, "a rate, such as Gbps or Mpps", []string{"bps", "Mbps", "Gbps", "Tbps", "pps", "kpps", "Mpps"})
	case factor == 0:
		factor = 1
		if n.value != math.Trunc(n.value) {
			return nil, p.fail(n.at, "a whole number of "+name, nil)
		}
	}
	return []Reading{{Kind: kind, Relation: rel, Amount: n.value * factor, Unit: name, Average: n.lead == "average"}}, nil
}

// splitUnit takes "1.5tbps" or "90s" apart.
func splitUnit(s string) (v float64, unit string, ok bool) {
	i := 0
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.' || s[i] == ',') {
		i++
	}
	if i == 0 || i == len(s) {
		return 0, "", false
	}
	v, ok = parseNumber(s[:i])
	return v, s[i:], ok
}

// lookUnit returns the factor to the base unit (0 for things that are counted),
// the base unit and the kind of claim it makes; kind is "" for an unknown unit.
// "Gb/s" is bits and "GB/s" is bytes: the latter is refused, because claims
// about attacks are in bits and a mix-up is a factor of eight.
func lookUnit(unit string) (factor float64, base string, kind Kind) {
	low := strings.ToLower(unit)
	switch low {
	case "countries", "country":
		return 0, "countries", kindCountries
	case "networks", "network", "ases":
		return 0, "networks", kindNetworks
	case "sources", "addresses", "ips":
		return 0, "sources", kindSources
	case "devices", "bots", "cameras", "machines", "computers", "devices/ips", "devices/addresses":
		return 0, "sources", kindDevices
	case "s", "sec", "second", "seconds":
		return 1, "seconds", kindDuration
	case "m", "min", "minute", "minutes":
		return 60, "seconds", kindDuration
	case "h", "hour", "hours":
		return 3600, "seconds", kindDuration
	case "d", "day", "days":
		return 86400, "seconds", kindDuration
	}
	if strings.HasSuffix(unit, "B/s") || strings.HasSuffix(unit, "Bps") && len(unit) > 3 {
		return 0, "", ""
	}
	for _, suffix := range [...]struct{ text, base string }{
		{"bps", "bits/s"}, {"bit/s", "bits/s"}, {"bits/s", "bits/s"}, {"b/s", "bits/s"}, {"pps", "packets/s"}, {"packets/s", "packets/s"},
	} {
		rest, ok := strings.CutSuffix(low, suffix.text)
		if !ok {
			continue
		}
		if f := map[string]float64{"": 1, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12}[rest]; f > 0 {
			return f, suffix.base, kindSize
		}
	}
	return 0, "", ""
}

// worldwide = "worldwide" [ "of" quantity ] .
func (p *parser) worldwide() ([]Reading, error) {
	p.next()
	r := Reading{Kind: kindWorldwide, Quantity: Packets, Unit: "countries", Amount: worldCountries}
	if p.accept("of") {
		q, err := p.quantity()
		if err != nil {
			return nil, err
		}
		r.Quantity = q
	}
	return []Reading{r}, nil
}

// The definition of "worldwide": chosen, not measured, and printed with every
// verdict. Twenty countries are a tenth of those that exist; half a percent
// keeps a country from counting for a handful of packets.
const (
	worldCountries = 20
	worldShare     = 0.005
	worldLargest   = 0.5
)
