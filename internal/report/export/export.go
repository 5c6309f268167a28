// Package export writes a finished analysis in the forms that others read: a
// DDoS Clearing House fingerprint (ddosch), a MISP event with the ddos object
// (misp) and a STIX 2.1 bundle (stix).
//
// None of them ever names a threat actor or an attribution. Source addresses
// are given only where the spoofing tests say real, and never for vectors
// whose sources are ordinary resolvers. Identifiers follow from the content,
// so the same analysis gives the same bytes. Pure; any goroutine.
package export

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// errNoAttack is returned where the analysis holds no vector to describe.
var errNoAttack = errors.New("no attack to describe")

// maxSources is the most source addresses given per vector in MISP and STIX.
const maxSources = 10

// Formats returns the names of the formats, sorted.
func Formats() []string { return []string{"ddosch", "misp", "stix"} }

// Write writes a in the named format. An unknown name and an analysis without
// an attack are errors, and so is a report of an incident that is seen from
// outside alone; so are those of w.
func Write(name string, w io.Writer, a *model.Analysis) error {
	build, ok := map[string]func(*model.Analysis) (any, error){"ddosch": ddosch, "misp": misp, "stix": stix}[name]
	if !ok {
		return fmt.Errorf("export %s: unknown format, want one of %s", text.Clean(name, 20), strings.Join(Formats(), ", "))
	}
	if wording.PublicOnly(a) {
		return fmt.Errorf("export %s: %w: no traffic towards the service was recorded", name, errNoAttack)
	}
	if a.Attack == model.AttackNo || len(a.Vectors) == 0 {
		return fmt.Errorf("export %s: %w", name, errNoAttack)
	}
	doc, err := build(a)
	if err != nil {
		return fmt.Errorf("export %s: %w", name, err)
	}
	b, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return fmt.Errorf("export %s: %w", name, err)
	}
	if _, err := w.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("export %s: %w", name, err)
	}
	return nil
}

// listed gives the addresses of a vector that may be shown as its sources:
// none unless they are real, none where they are resolvers in ordinary use.
func listed(v model.Vector, n int) []string {
	if v.Sources.Spoofing.Verdict != model.SpoofReal || v.Name == "dns-water-torture" {
		return []string{}
	}
	out := []string{}
	for _, t := range v.Sources.Top {
		if n > 0 && len(out) == n {
			break
		}
		if isNetwork(t.Value) {
			out = append(out, t.Value)
		}
	}
	return out
}

// isNetwork reports whether s is an address or a prefix.
func isNetwork(s string) bool {
	if _, err := netip.ParsePrefix(s); err == nil {
		return true
	}
	a, err := netip.ParseAddr(s)
	return err == nil && a.Zone() == ""
}

// reflected reports whether a vector's sources are reflectors.
func reflected(name string) bool { return strings.Contains(name, "reflection") }

// protocol is the IP protocol of a vector by its name.
func protocol(name string) string {
	switch {
	case name == "synack-reflection", name == "tcp-middlebox-reflection", strings.HasPrefix(name, "tcp-"):
		return "TCP"
	case strings.HasPrefix(name, "reflection-"):
		return "UDP"
	}
	switch name {
	case "syn-flood", "ack-flood", "rst-flood", "fin-flood", "stomp-flood", "http-flood", "slow-http":
		return "TCP"
	case "udp-flood", "vse-flood", "dns-water-torture", "dns-query-flood":
		return "UDP"
	case "icmp-flood":
		return "ICMP"
	case "gre-flood":
		return "GRE"
	}
	return "IP"
}

// top is the most frequent value of a field and its share.
func top(v model.Vector, field string) (model.Weight, bool) {
	for _, f := range v.Fields {
		if f.Field == field && len(f.Values) > 0 {
			return f.Values[0], true
		}
	}
	return model.Weight{}, false
}

// uuid5 is a name-based UUID (RFC 9562 section 5.5) in the given namespace.
func uuid5(namespace, name string) string {
	ns, err := hex.DecodeString(strings.ReplaceAll(namespace, "-", ""))
	if err != nil {
		ns = nil
	}
	h := sha1.Sum(append(ns, name...))
	h[6] = h[6]&0x0f | 0x50
	h[8] = h[8]&0x3f | 0x80
	s := hex.EncodeToString(h[:16])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// Namespace is that of the identifiers that this package makes, apart from
// those of STIX cyber-observables.
const Namespace = "5f0c3b7e-6d0f-4a55-9a55-6f1f6b0b5c8e"

// identity tells one analysis from another: its inputs, settings and times.
func identity(a *model.Analysis) string {
	var b strings.Builder
	for _, in := range a.Inputs {
		b.WriteString(in.SHA256 + " ")
	}
	fmt.Fprintf(&b, "%s %s %s %d %v", a.First, a.Last, a.Settings.Target, a.Settings.Sampling, a.Redacted)
	return b.String()
}

// instant reads a time of the analysis; the zero time where it has none.
func instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
