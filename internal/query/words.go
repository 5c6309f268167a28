package query

import (
	"maps"
	"slices"
)

// protocols are the IANA protocol numbers that have a name in questions
// (https://www.iana.org/assignments/protocol-numbers).
var protocols = map[string]uint64{"icmp": 1, "igmp": 2, "ipip": 4, "tcp": 6, "udp": 17, "dccp": 33, "ipv6": 41, "gre": 47, "esp": 50,
	"ah": 51, "icmpv6": 58, "eigrp": 88, "ospf": 89, "pim": 103, "vrrp": 112, "l2tp": 115, "sctp": 132, "udplite": 136}

// serviceNames are names of ports (IANA service names and what operators call them).
var serviceNames = map[string]uint64{"qotd": 17, "chargen": 19, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "dns": 53, "dhcp": 67, "tftp": 69,
	"http": 80, "pop3": 110, "portmap": 111, "ntp": 123, "netbios": 137, "imap": 143, "snmp": 161, "bgp": 179, "ldap": 389, "cldap": 389,
	"https": 443, "smb": 445, "smtps": 465, "ike": 500, "syslog": 514, "rip": 520, "submission": 587, "ipmi": 623, "ldaps": 636, "dot": 853,
	"imaps": 993, "pop3s": 995, "openvpn": 1194, "mssql": 1433, "l2tp": 1701, "pptp": 1723, "radius": 1812, "mqtt": 1883, "ssdp": 1900,
	"rtmp": 1935, "nfs": 2049, "ard": 3283, "mysql": 3306, "rdp": 3389, "stun": 3478, "ws-discovery": 3702, "ipsec-nat": 4500, "vxlan": 4789,
	"sip": 5060, "sips": 5061, "xmpp": 5222, "mdns": 5353, "postgres": 5432, "coap": 5683, "vnc": 5900, "redis": 6379, "bittorrent": 6881,
	"memcached": 11211, "minecraft": 25565, "steam": 27015, "mongodb": 27017, "wireguard": 51820}

// flagNames are TCP flags from the lowest bit (RFC 9293 section 3.1).
var flagNames = []string{"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"}

var directions = map[string]uint64{"in": 0, "out": 1, "through": 2}

var answers = map[string]uint64{"no": 0, "yes": 1}

func names(m map[string]uint64) []string { return slices.Sorted(maps.Keys(m)) }

// nameOf is the name of a number; of several the first.
func nameOf(m map[string]uint64, v uint64) string {
	best := ""
	for n, x := range m {
		if x == v && (best == "" || n < best) {
			best = n
		}
	}
	return best
}
