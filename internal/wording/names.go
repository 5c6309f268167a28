package wording

import (
	"strings"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

var vectorNames = map[string]string{
	"syn-flood": "SYN flood", "synack-reflection": "SYN-ACK reflection", "ack-flood": "ACK flood", "rst-flood": "RST flood",
	"fin-flood": "FIN flood", "tcp-flags-abnormal": "abnormal TCP flags", "tcp-middlebox-reflection": "TCP middlebox reflection",
	"stomp-flood": "STOMP flood", "udp-flood": "UDP flood", "icmp-flood": "ICMP flood", "gre-flood": "GRE flood",
	"vse-flood": "Source Engine query flood", "dns-water-torture": "DNS water torture", "dns-query-flood": "DNS query flood",
	"http-flood": "HTTP flood", "slow-http": "slow HTTP", "fragment-flood": "fragment flood", "ip-protocol-flood": "IP protocol flood",
	"unclassified": "unclassified traffic", "background": "background",
}

var services = map[string]string{
	"dns": "DNS", "ntp": "NTP", "cldap": "CLDAP", "memcached": "memcached", "ssdp": "SSDP", "chargen": "CharGen", "qotd": "QOTD",
	"snmp": "SNMP", "netbios": "NetBIOS", "portmap": "portmap", "rip": "RIP", "tftp": "TFTP", "mdns": "mDNS", "steam": "Steam",
	"ws-discovery": "WS-Discovery", "arms": "ARMS", "rdp": "RDP", "coap": "CoAP", "slp": "SLP", "plex": "Plex", "stun": "STUN",
	"dtls": "DTLS", "quic": "QUIC", "openvpn": "OpenVPN", "l2tp": "L2TP", "mssql": "MS SQL", "ipmi": "IPMI", "ike": "IKE",
	"bacnet": "BACnet", "ubiquiti": "Ubiquiti discovery", "jenkins": "Jenkins", "tp240": "TP-240", "dhdiscover": "DHDiscover",
}

// Vector is the name of a vector for people; the slug itself where none is known.
func Vector(slug string) string {
	if n, ok := vectorNames[slug]; ok {
		return n
	}
	if s, ok := strings.CutPrefix(slug, "reflection-"); ok {
		if n, ok := services[s]; ok {
			s = n
		}
		return text.Clean(s, 30) + " reflection"
	}
	return text.Clean(slug, 40)
}

// Spoof says in words what a spoofing verdict means.
func Spoof(v model.Spoofing) string {
	switch v {
	case model.SpoofReal:
		return "real (from the networks they claim)"
	case model.SpoofSpoofed:
		return "spoofed (forged)"
	case model.SpoofUndecided:
		return "undecided"
	}
	return "not applicable"
}

// Verdict says in words what a claim's verdict is.
func Verdict(v model.Verdict) string {
	switch v {
	case model.Supported, model.Contradicted:
		return string(v)
	}
	return "cannot be determined"
}

// Headline is the report in one line.
func Headline(a *model.Analysis) string {
	switch a.Attack {
	case model.AttackNo:
		return "No attack found"
	case model.AttackYes:
		if len(a.Vectors) == 0 {
			return "An attack"
		}
		names := []string{}
		for i, v := range a.Vectors {
			if i == 2 && len(a.Vectors) > 3 {
				names = append(names, text.Count(float64(len(a.Vectors)-2))+" other vectors")
				break
			}
			names = append(names, Vector(v.Name))
		}
		s := text.List(names)
		return strings.ToUpper(s[:1]) + s[1:]
	}
	return "Undecided whether this is an attack"
}
