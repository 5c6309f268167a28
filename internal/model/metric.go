package model

import "fmt"

// Metric is a rate that is counted per target and direction, and that a
// threshold can be set on. All are per second and corrected for sampling.
type Metric uint8

// The metrics. Packets, Bits and Flows count everything; the others are parts.
const (
	Packets           Metric = iota // packets/s
	Bits                            // bits/s of IP packets, header included
	Flows                           // flow records/s; packets of sampled or captured traffic are not flows and count 0
	TCPPackets                      // packets/s
	UDPPackets                      // packets/s
	ICMPPackets                     // packets/s, ICMP and ICMPv6
	OtherPackets                    // packets/s of any other protocol
	SYNPackets                      // packets/s with SYN and without ACK
	FragmentPackets                 // packets/s of non-initial fragments
	ReflectionPackets               // packets/s from the source ports of services that reflect and amplify
	UDPBits                         // bits/s
	ReflectionBits                  // bits/s from such ports

	Metrics // how many there are
)

var metricNames = [Metrics]string{"packets", "bits", "flows", "tcp-packets", "udp-packets", "icmp-packets", "other-packets",
	"syn-packets", "fragment-packets", "reflection-packets", "udp-bits", "reflection-bits"}

// String returns the metric's name in configuration, API and pages.
func (m Metric) String() string {
	if m < Metrics {
		return metricNames[m]
	}
	return fmt.Sprintf("metric(%d)", uint8(m))
}

// Unit returns the unit in reports: packets/s, bits/s or flows/s.
func (m Metric) Unit() string {
	switch m {
	case Bits, UDPBits, ReflectionBits:
		return "bits/s"
	case Flows:
		return "flows/s"
	}
	return "packets/s"
}

// ParseMetric reads the name that String prints.
func ParseMetric(s string) (Metric, bool) {
	for i, n := range metricNames {
		if n == s {
			return Metric(i), true
		}
	}
	return 0, false
}

// MarshalText and UnmarshalText give and take the name.
func (m Metric) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads the name; see MarshalText.
func (m *Metric) UnmarshalText(b []byte) error {
	v, ok := ParseMetric(string(b))
	if !ok {
		return fmt.Errorf("no metric %q", b)
	}
	*m = v
	return nil
}

// Rates is one value for each metric.
type Rates [Metrics]float64

// Direction is seen from the networks under watch.
type Direction uint8

// The directions. Traffic between two watched addresses is In for its
// destination and Out for its source; Through is between strangers.
const (
	In Direction = iota
	Out
	Through
)

var directionNames = [...]string{"in", "out", "through"}

// String returns in, out or through.
func (d Direction) String() string {
	if int(d) < len(directionNames) {
		return directionNames[d]
	}
	return fmt.Sprintf("direction(%d)", uint8(d))
}

// MarshalText gives the name.
func (d Direction) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the name.
func (d *Direction) UnmarshalText(b []byte) error {
	for i, n := range directionNames {
		if n == string(b) {
			*d = Direction(i)
			return nil
		}
	}
	return fmt.Errorf("no direction %q", b)
}
