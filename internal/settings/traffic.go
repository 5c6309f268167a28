package settings

import (
	"floodmark/internal/conf"
)

// Collector is one socket that receives flow records or samples.
type Collector struct {
	// Protocol: netflow (NetFlow v5, v9 and IPFIX) or sflow.
	Protocol Protocol `conf:"protocol,restart"`
	// UDP address and port. Quote IPv6 addresses: "[::]:2055".
	Listen conf.AddrPort `conf:"listen,restart"`
	// Sources that may send to this socket: prefixes, addresses or names of exporters. By default all configured exporters and, on loopback, this host. A socket that is reachable from other hosts needs at least one allowed source. Datagrams from other sources are counted and dropped unread.
	AllowedSources []string `conf:"allowed_sources"`
	// Number of sockets that share the port (SO_REUSEPORT), each with its own reader. 0 means one per CPU, at most 4.
	Readers int `conf:"readers,restart"`
	// Receive buffer of each socket. Values above net.core.rmem_max require CAP_NET_ADMIN.
	Buffer conf.Bytes `conf:"buffer,restart"`

	allowed []conf.Prefix
}

// SetDefaults gives a collector its defaults.
func (c *Collector) SetDefaults() { *c = Collector{Protocol: NetFlow, Buffer: 32 << 20} }

// Allowed lists who may send, sorted; names of exporters are resolved.
func (c *Collector) Allowed() []conf.Prefix { return c.allowed }

// Exporter is one device that sends flow records or samples.
type Exporter struct {
	// Source address of its datagrams.
	Address conf.Addr `conf:"address"`
	// Name shown on pages and in alerts. Defaults to the address.
	Name string `conf:"name"`
	// Sampling rate (1 in N packets) to use regardless of what the device advertises. 0 uses the advertised rate.
	OverrideSamplingRate uint32 `conf:"override_sampling_rate"`
	// Sampling rate (1 in N packets) to use while the device advertises none. With 0 the rate is unknown and a condition is raised.
	DefaultSamplingRate uint32 `conf:"default_sampling_rate"`
	// Time without data after which the exporter is stale and a condition is raised.
	StaleAfter conf.Duration `conf:"stale_after"`
	// Interfaces by index or name.
	Interfaces []Interface `conf:"interfaces"`
	// CSV file of interfaces with a header line and the columns exporter (address or name), index, name, role and speed. Either index or name is required; role and speed may be empty.
	InterfacesFile conf.FilePath `conf:"interfaces_file"`
	// Role of interfaces that are not listed.
	DefaultInterfaceRole Role `conf:"default_interface_role"`
}

// SetDefaults gives an exporter its defaults.
func (e *Exporter) SetDefaults() {
	*e = Exporter{StaleAfter: conf.Duration(3 * minute), DefaultInterfaceRole: Unknown}
}

// UnmarshalText reads an exporter that is given by its address alone.
func (e *Exporter) UnmarshalText(b []byte) error { return e.Address.UnmarshalText(b) }

// Form names the form of an exporter.
func (Exporter) Form() string { return "address or section" }

// Interface is one interface of an exporter.
type Interface struct {
	// SNMP ifIndex. If unset, the interface is matched by name.
	Index uint32 `conf:"index"`
	// Name of the interface. If index is unset, it must match the name in the exporter's option records; * matches any characters.
	Name string `conf:"name"`
	// Role: external (to other networks), internal (to your own), ignored (not counted) or unknown.
	Role Role `conf:"role"`
	// Link speed, used to detect impossible rates. Defaults to the speed that the exporter advertises.
	Speed *conf.Rate `conf:"speed"`
}

// SetDefaults gives an interface its defaults.
func (i *Interface) SetDefaults() { *i = Interface{Role: Unknown} }

// Capture is one interface of this host whose packets are captured.
type Capture struct {
	// Interface name, such as eth1.
	Interface string `conf:"interface"`
	// Capture packets to other addresses, too. Required on a mirror (SPAN) port.
	Promiscuous bool `conf:"promiscuous"`
	// Bytes captured of each packet (snapshot length).
	Snaplen conf.Bytes `conf:"snaplen"`
	// Number of capture rings, each with its own reader. Packets are distributed by flow. 0 means one.
	Readers int `conf:"readers"`
	// Size of each ring. Packets that do not fit are counted as dropped.
	Buffer conf.Bytes `conf:"buffer"`
}

// SetDefaults gives a capture its defaults.
func (c *Capture) SetDefaults() {
	*c = Capture{Promiscuous: true, Snaplen: 256, Buffer: 32 << 20}
}

// Network is one monitored prefix.
type Network struct {
	// The prefix.
	Prefix conf.Prefix `conf:"prefix"`
	// Threshold group. The longest prefix that names a group decides.
	Group string `conf:"group"`
}

// UnmarshalText reads a network that is given by its prefix alone.
func (n *Network) UnmarshalText(b []byte) error { return n.Prefix.UnmarshalText(b) }

// Form names the form of a network.
func (Network) Form() string { return "prefix or section" }

// Customer is the holder of some prefixes. It is also a target: the sum of the
// traffic of its prefixes.
type Customer struct {
	// Prefixes of the customer.
	Prefixes []conf.Prefix `conf:"prefixes"`
	// Threshold group.
	Group string `conf:"group"`
	// Additional alert receivers for incidents of this customer.
	Notify []string `conf:"notify"`
}

// IgnoredSource is a network whose traffic never raises an incident.
type IgnoredSource struct {
	// The prefix.
	Prefix conf.Prefix `conf:"prefix"`
	// Description of the source.
	Name string `conf:"name"`
}

// UnmarshalText reads a source that is given by its prefix alone.
func (a *IgnoredSource) UnmarshalText(b []byte) error { return a.Prefix.UnmarshalText(b) }

// Form names the form of an ignored source.
func (IgnoredSource) Form() string { return "prefix or section" }
