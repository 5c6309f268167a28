package page

import (
	"fmt"
	"slices"
	"strings"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

// fieldView is the most frequent values of one header field, or a remark where
// none stands out.
type fieldView struct {
	Name, Values, Even string
	Rows               []fieldRow
}

type fieldRow struct{ Value, Share string }

var fieldNames = map[string]string{
	"src_port": "source port", "dst_port": "destination port", "tcp_flags": "TCP flags", "ttl": "TTL", "length": "packet length, octets",
	"payload": "payload begins with", "tcp_window": "TCP window", "payload_length": "payload length, octets",
	"dns_query_name": "DNS name", "dns_query_type": "DNS type",
}

// dnsTypes are numbers of the IANA registry of resource record types.
var dnsTypes = map[string]string{"1": "A", "2": "NS", "5": "CNAME", "6": "SOA", "12": "PTR", "15": "MX", "16": "TXT", "28": "AAAA", "33": "SRV",
	"43": "DS", "46": "RRSIG", "48": "DNSKEY", "65": "HTTPS", "255": "ANY"}

func fieldViews(fields []model.FieldTop) []fieldView {
	out := []fieldView{}
	for _, f := range fields[:min(len(fields), 8)] {
		v := fieldView{Name: fieldNames[f.Field]}
		if v.Name == "" {
			v.Name = text.Clean(strings.ReplaceAll(f.Field, "_", " "), 40)
		}
		if f.Distinct > 1 {
			v.Values = text.Count(float64(f.Distinct)) + " values"
		}
		for _, w := range f.Values[:min(len(f.Values), 5)] {
			value := text.Clean(w.Value, 60)
			if f.Field == "tcp_flags" {
				value = flags(value)
			}
			if n, ok := dnsTypes[value]; ok && f.Field == "dns_query_type" {
				value = n
			}
			if strings.TrimSpace(value) != "" {
				v.Rows = append(v.Rows, fieldRow{value, text.Percent(w.Share)})
			}
		}
		if f.Distinct > 50 && len(f.Values) > 0 && f.Values[0].Share < 0.005 {
			v.Even, v.Rows = "no value above "+text.Percent(max(f.Values[0].Share, 0.0001)), nil
		}
		if v.Even != "" || len(v.Rows) > 0 {
			out = append(out, v)
		}
	}
	return out
}

// flags writes the eight places of TCP flags as their names.
func flags(s string) string {
	if len(s) != 8 {
		return s
	}
	names := []string{}
	for i, n := range []string{"CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"} {
		if s[i] != '.' {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, "+")
}

// tag is a trait of a vector in words.
func tag(trait string) string {
	if n, ok := strings.CutPrefix(trait, "pulses:"); ok {
		return text.Clean(n, 6) + " pulses"
	}
	return text.Clean(strings.ReplaceAll(trait, "-", " "), 40)
}

var testNames = map[string]string{
	"handshake": "finished handshakes", "reflection": "kind of service", "icmp-quote": "ICMP quotes", "collision": "how often sources repeat",
	"loudness": "how even sources are", "octet": "octets of addresses", "network-pairs": "sources in one network", "host-free": "space without hosts",
	"quiet-space": "quiet space", "bogon": "reserved space", "unrouted": "unrouted space", "hop-prefix": "hop distance in networks",
	"ttl-origins": "starting TTLs", "ttl-spread": "spread of TTLs", "backscatter": "answers that came back",
}

// testView is one test of whether sources are real, with its name in words.
type testView struct {
	Name string
	T    model.SpoofTest
}

// testViews puts the tests that made the verdict first, and joins the names of
// those that could not be run.
func testViews(v model.SpoofVerdict) (run []testView, notRun string) {
	names := []string{}
	for _, t := range v.Tests[:min(len(v.Tests), 24)] {
		name := testNames[t.Name]
		if name == "" {
			name = text.Clean(strings.ReplaceAll(t.Name, "-", " "), 40)
		}
		if t.Verdict == model.SpoofNotApplicable {
			names = append(names, name)
			continue
		}
		run = append(run, testView{name, t})
	}
	weight := func(t testView) int {
		switch t.T.Verdict {
		case v.Verdict:
			return 0
		case model.SpoofUndecided:
			return 2
		}
		return 1
	}
	slices.SortStableFunc(run, func(a, b testView) int { return weight(a) - weight(b) })
	return run, strings.Join(names, ", ")
}

// claimGroup is one claim with all its readings.
type claimGroup struct {
	Text     string
	Readings []claimView
}

func newClaimView(c model.Claim) claimView {
	return claimView{c, claimWord(c.Verdict), text.Bounds(c.Low, c.High, c.Unit), newClaimBar(c)}
}

func claimGroups(claims []model.Claim) []claimGroup {
	out := []claimGroup{}
	for _, c := range claims {
		v := newClaimView(c)
		if n := len(out); n > 0 && out[n-1].Text == c.Text {
			out[n-1].Readings = append(out[n-1].Readings, v)
			continue
		}
		out = append(out, claimGroup{c.Text, []claimView{v}})
	}
	return out
}

// answered says in one line what the readings of the claims came to.
func answered(claims []model.Claim) string {
	count := map[string]int{}
	for _, c := range claims {
		count[claimWord(c.Verdict).Word]++
	}
	parts := []string{}
	for _, w := range []string{"supported", "contradicted", "cannot be determined"} {
		if n := count[w]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, w))
		}
	}
	return strings.Join(parts, ", ")
}
