package export

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/gowebpki/jcs"

	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// fingerprint is a DDoS Clearing House fingerprint, as its published
// description of the format (fingerprint_format.md of the dissector) has it.
type fingerprint struct {
	AttackVectors   []fingerprintVector `json:"attack_vectors"`
	Target          string              `json:"target"`
	Tags            []string            `json:"tags"`
	Key             string              `json:"key"`
	TimeStart       string              `json:"time_start"`
	TimeEnd         string              `json:"time_end"`
	DurationSeconds int64               `json:"duration_seconds"`
	TotalFlows      *uint64             `json:"total_flows,omitempty"`
	TotalMegabytes  int64               `json:"total_megabytes"`
	TotalPackets    int64               `json:"total_packets"`
	TotalIPs        uint64              `json:"total_ips"`
	AvgBPS          int64               `json:"avg_bps"`
	AvgPPS          int64               `json:"avg_pps"`
	AvgBpp          int64               `json:"avg_Bpp"`
}

type fingerprintVector struct {
	Service          string             `json:"service"`
	Protocol         string             `json:"protocol"`
	Fraction         *float64           `json:"fraction_of_attack"`
	SourcePort       any                `json:"source_port"`       // number or "random"
	DestinationPorts any                `json:"destination_ports"` // map or "random"
	TCPFlags         map[string]float64 `json:"tcp_flags"`
	Packets          uint64             `json:"nr_packets"`
	Megabytes        int64              `json:"nr_megabytes"`
	TimeStart        string             `json:"time_start"`
	DurationSeconds  int64              `json:"duration_seconds"`
	SourceIPs        []string           `json:"source_ips"`
	TTL              any                `json:"ttl,omitempty"`
	FragmentOffset   any                `json:"fragmentation_offset,omitempty"`
	DNSName          any                `json:"dns_query_name,omitempty"`
	DNSType          any                `json:"dns_query_type,omitempty"`
	HTTPURI          any                `json:"http_uri,omitempty"`
	HTTPMethod       any                `json:"http_method,omitempty"`
	HTTPAgent        any                `json:"http_user_agent,omitempty"`
	NTPCode          any                `json:"ntp_requestcode,omitempty"`
	ICMPType         any                `json:"ICMP type,omitempty"`
}

// outlier is the share from which the format lists a value by itself.
const outlier = 0.1

func ddosch(a *model.Analysis) (any, error) {
	seconds := math.Max(a.Totals.Seconds, 1)
	packets, bytes := a.Totals.Packets.Value, a.Totals.Bytes.Value
	f := &fingerprint{
		AttackVectors: []fingerprintVector{}, Target: "Anonymous", Tags: tags(a),
		TimeStart: a.First, TimeEnd: a.Last, DurationSeconds: int64(math.Round(a.Totals.Seconds)),
		TotalMegabytes: int64(math.Round(bytes / 1e6)), TotalPackets: int64(packets), TotalIPs: a.Totals.Sources.Observed,
		AvgBPS: int64(bytes * 8 / seconds), AvgPPS: int64(packets / seconds), AvgBpp: int64(bytes / math.Max(packets, 1)),
	}
	if a.Target != nil && len(a.Target.Prefixes) > 0 && !a.Redacted {
		f.Target = strings.TrimSuffix(strings.TrimSuffix(a.Target.Prefixes[0], "/32"), "/128")
	}
	for _, in := range a.Inputs {
		if in.Kind == "flows" && in.Analysed {
			if f.TotalFlows == nil {
				f.TotalFlows = new(uint64)
			}
			*f.TotalFlows += in.Records
		}
	}
	for _, v := range a.Vectors {
		f.AttackVectors = append(f.AttackVectors, vectorOf(a, v))
	}
	return f, f.sign()
}

// sign sets the key: the first 128 bits of the SHA-256 of the fingerprint's
// canonical JSON without it. The reference program hashes a printed Python
// object, which no other program can reproduce.
func (f *fingerprint) sign() error {
	b, err := json.Marshal(f)
	if err == nil {
		b, err = jcs.Transform(b)
	}
	if err != nil {
		return err
	}
	h := sha256.Sum256(b)
	f.Key = hex.EncodeToString(h[:16])
	return nil
}

func vectorOf(a *model.Analysis, v model.Vector) fingerprintVector {
	out := fingerprintVector{
		Service: service(v.Name), Protocol: protocol(v.Name), SourcePort: "random", DestinationPorts: outliers(v, "dst_port"),
		Packets: v.Packets, Megabytes: int64(math.Round(float64(v.Bytes) / 1e6)), TimeStart: v.First,
		DurationSeconds: int64(math.Round(instant(v.Last).Sub(instant(v.First)).Seconds())), SourceIPs: listed(v, 0),
	}
	if out.DestinationPorts == nil {
		out.DestinationPorts = "random"
	}
	if v.Name != "fragment-flood" {
		share := v.SharePackets.Value
		out.Fraction = &share
	}
	if w, ok := top(v, "src_port"); ok && w.Share > 0.5 {
		if n, err := strconv.ParseUint(w.Value, 10, 16); err == nil {
			out.SourcePort = n
		}
	}
	if m, ok := outliers(v, "tcp_flags").(map[string]float64); ok && out.Protocol == "TCP" {
		out.TCPFlags = m
	}
	if packetCapture(a) {
		out.TTL, out.FragmentOffset = outliers(v, "ttl"), outliers(v, "fragmentation_offset")
		out.DNSName, out.DNSType = outliers(v, "dns_query_name"), outliers(v, "dns_query_type")
		out.HTTPURI, out.HTTPMethod, out.HTTPAgent = outliers(v, "http_uri"), outliers(v, "http_method"), outliers(v, "http_user_agent")
		out.NTPCode, out.ICMPType = outliers(v, "ntp_requestcode"), outliers(v, "icmp_type")
	}
	return out
}

func packetCapture(a *model.Analysis) bool {
	for _, in := range a.Inputs {
		if in.Analysed && in.Kind == "packets" {
			return true
		}
	}
	return false
}

// outliers are the values of a field that stand out, "random" where none
// does, nil where the field was not seen.
func outliers(v model.Vector, field string) any {
	for _, f := range v.Fields {
		if f.Field != field || len(f.Values) == 0 {
			continue
		}
		m := map[string]float64{}
		for _, w := range f.Values {
			if w.Share > outlier && w.Value != "random" {
				m[text.Clean(w.Value, 200)] = w.Share
			}
		}
		if len(m) > 0 {
			return m
		}
		return "random"
	}
	return nil
}

func service(name string) string {
	switch {
	case name == "fragment-flood":
		return "Fragmented IP packets"
	case strings.HasPrefix(name, "reflection-"):
		return strings.TrimSuffix(wording.Vector(name), " reflection")
	case strings.HasPrefix(name, "dns-"):
		return "DNS"
	case name == "http-flood", name == "slow-http":
		return "HTTP"
	}
	return "Unknown service"
}

func tags(a *model.Analysis) []string {
	t := []string{}
	if a.Synthetic {
		t = append(t, "SYNTHETIC")
	}
	amplified, syn := false, false
	for _, v := range a.Vectors {
		amplified = amplified || reflected(v.Name)
		syn = syn || v.Name == "syn-flood"
	}
	if amplified {
		t = append(t, "Amplification attack")
	}
	if a.Target != nil && a.Target.Trait == "carpet-bombing" {
		t = append(t, "Carpet bombing attack")
	}
	if len(a.Vectors) > 1 {
		t = append(t, "Multi-vector attack")
	}
	if syn {
		t = append(t, "TCP SYN flag attack")
	}
	return t
}
