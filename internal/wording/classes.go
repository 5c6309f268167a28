package wording

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"floodmark/internal/text"
)

var classNames = map[string]string{
	"tcp-syn": "TCP SYN", "tcp-syn-data": "TCP SYN with data", "tcp-synack": "TCP SYN-ACK", "tcp-synack-high": "TCP SYN-ACK from high ports",
	"tcp-ack": "TCP ACK", "tcp-data": "TCP data", "tcp-http-request": "HTTP requests", "tcp-http-response": "HTTP responses",
	"tcp-rst": "TCP RST", "tcp-rst-ack": "TCP RST-ACK", "tcp-rst-data": "TCP RST with data", "tcp-fin": "TCP FIN", "tcp-fin-ack": "TCP FIN-ACK",
	"tcp-abnormal": "abnormal TCP flags", "tcp-conn": "TCP connections", "tcp-unknown-flags": "TCP without flags known",
	"udp-service": "UDP of known services", "udp-vse": "Source Engine queries", "dns-query": "DNS queries", "dns-query-port": "DNS queries (by port)",
	"icmp-echo": "ICMP echo requests", "icmp-echo-reply": "ICMP echo replies", "icmp-error": "ICMP errors", "icmp-other": "other ICMP",
	"icmp-unknown": "ICMP of unknown type", "gre-ip": "GRE with IP inside", "gre-eth": "GRE with Ethernet inside", "ip-in-ip": "IP in IP",
	"proto-other": "other IP protocols", "proto-routing": "routing protocols", "ntp-time": "NTP time answers", "flow-ports-zero": "flows without ports",
}

var plainClasses = map[string]string{"udp": "UDP", "fragment": "IP fragments", "gre": "GRE", "sctp": "SCTP", "ipsec": "IPsec", "none": "none", "other": "other"}

// Class is the name of a class of packets for people; the text itself where
// it is no class.
func Class(s string) string {
	if n, ok := plainClasses[s]; ok {
		return n
	}
	if n, ok := services[s]; ok {
		return n + " answers"
	}
	if n, ok := services[strings.TrimSuffix(s, "-port")]; ok {
		return n + " answers (by port)"
	}
	return Words(s)
}

var slug = regexp.MustCompile(`[a-z0-9]+(-[a-z0-9]+)+`)

// Words writes the slugs of vectors and classes in a sentence of the document
// as the names that people use.
func Words(s string) string {
	return slug.ReplaceAllStringFunc(s, func(w string) string {
		if n, ok := classNames[w]; ok {
			return n
		}
		if n, ok := vectorNames[w]; ok {
			return n
		}
		if service, ok := strings.CutPrefix(w, "reflection-"); ok && services[service] != "" {
			return services[service] + " reflection"
		}
		if service := strings.TrimSuffix(w, "-port"); service != w && services[service] != "" {
			return services[service] + " (by port)"
		}
		return w
	})
}

// Sentence cleans a sentence of the document to at most n characters, in
// words, with a capital letter and a full stop.
func Sentence(s string, n int) string {
	s = strings.TrimSpace(Words(text.Clean(s, n)))
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 || first == utf8.RuneError {
		return s
	}
	s = string(unicode.ToUpper(first)) + s[size:]
	if last, _ := utf8.DecodeLastRuneInString(s); strings.ContainsRune(".!?…:", last) {
		return s
	}
	return s + "."
}
