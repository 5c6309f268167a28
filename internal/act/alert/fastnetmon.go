package alert

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"floodmark/internal/model"
	"floodmark/internal/view"
)

// The fields of FastNetMon's JSON documents (fastnetmon.com, "FastNetMon JSON
// formats"; per-host alerts): rates of octets and packets, for both directions
// and by protocol. The whole list is always there, since scripts read fields
// without asking; what is not measured is 0 and named under floodmark.unknown.
var fastnetmonRates = []struct {
	name    string // after incoming_ or outgoing_, or with total_ before it
	metric  model.Metric
	known   bool
	divisor float64
}{
	{"tcp_pps", model.TCPPackets, true, 1},
	{"tcp_traffic", 0, false, 8},
	{"syn_tcp_pps", model.SYNPackets, true, 1},
	{"syn_tcp_traffic", 0, false, 8},
	{"udp_pps", model.UDPPackets, true, 1},
	{"udp_traffic", model.UDPBits, true, 8},
	{"icmp_pps", model.ICMPPackets, true, 1},
	{"icmp_traffic", 0, false, 8},
	{"ip_fragmented_pps", model.FragmentPackets, true, 1},
	{"ip_fragmented_traffic", 0, false, 8},
}

// fastnetmon writes an event in FastNetMon's form. Traffic is in octets/s.
func fastnetmon(action string, e *Event) map[string]any {
	in := &e.Incident
	d := map[string]any{
		"attack_uuid":             uuid(in.ID),
		"attack_severity":         severity(model.Severity(in.Severity), "low", "middle", "high"),
		"attack_type":             attackType(in),
		"initial_attack_power":    count(in.Rates.Packets),
		"peak_attack_power":       count(in.Peak.Packets),
		"attack_direction":        heading(e),
		"attack_protocol":         protocol(in),
		"attack_detection_source": "automatic",
		"host_group":              in.Group,
	}
	mine, other := heading(e), "outgoing"
	if mine == other {
		other = "incoming"
	}
	unknown := []string{}
	set := func(name, direction, format string, v float64, known bool) {
		key := fmt.Sprintf(format, direction, name)
		if d[key] = count(v); !known {
			unknown = append(unknown, key)
		}
	}
	for _, dir := range []string{mine, other} {
		for _, f := range fastnetmonRates {
			v := 0.0
			if dir == mine && f.known {
				v = in.Rates.Of(f.metric) / f.divisor
			}
			set(f.name, dir, "%s_%s", v, dir == mine && f.known)
		}
		for _, f := range []struct {
			name string
			v    float64
		}{{"traffic", in.Rates.Bits / 8}, {"pps", in.Rates.Packets}, {"flows", in.Rates.Flows}} {
			if dir != mine {
				f.v = 0
			}
			set(f.name, dir, "total_%s_%s", f.v, dir == mine)
			set(f.name, dir, "average_%s_%s", f.v, dir == mine)
		}
	}
	return map[string]any{"ip": in.Target, "action": action, "alert_scope": "host", "attack_details": d,
		"floodmark": map[string]any{"schema": Schema, "event": e, "unknown": unknown}}
}

func count(v float64) int64 { return int64(max(v, 0)) }

// severity maps the three severities to another system's words.
func severity[T any](s model.Severity, info, warning, critical T) T {
	switch s {
	case model.Critical:
		return critical
	case model.Warning:
		return warning
	}
	return info
}

// attackType says the heaviest vector in FastNetMon's words, where it has one.
func attackType(in *view.Incident) string {
	if len(in.Vectors) == 0 {
		return "unknown"
	}
	v := in.Vectors[0].Value
	switch v {
	case "syn-flood":
		return "syn_flood"
	case "icmp-flood":
		return "icmp_flood"
	case "udp-flood":
		return "udp_flood"
	case "fragment-flood":
		return "ip_fragmentation"
	}
	for _, s := range []string{"dns", "ntp", "ssdp", "snmp", "chargen"} {
		if v == "reflection-"+s {
			return s + "_amplification"
		}
	}
	if strings.HasPrefix(v, "reflection-") {
		return "udp_flood"
	}
	return "unknown"
}

// protocol names the one that has most of the packets.
func protocol(in *view.Incident) string {
	name, highest := "unknown", in.Rates.Packets/2
	for _, p := range []struct {
		name   string
		metric model.Metric
	}{{"tcp", model.TCPPackets}, {"udp", model.UDPPackets}, {"icmp", model.ICMPPackets}} {
		if v := in.Rates.Of(p.metric); v > highest {
			name, highest = p.name, v
		}
	}
	return name
}

// uuid makes an identifier of an incident's in the form that scripts expect
// (RFC 9562 section 5.8).
func uuid(id string) string {
	b := sha256.Sum256([]byte(id))
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}
