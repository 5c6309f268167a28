package settings

import (
	"floodmark/internal/conf"
)

// Collector is one socket that receives flows or samples.
type Collector struct {
	// What it speaks. netflow is NetFlow v5, v9 and IPFIX.
	Protocol Protocol `conf:"protocol,restart"`
	// UDP address and port. Quote an IPv6 one: "[::]:2055".
	Listen conf.AddrPort `conf:"listen,restart"`
	// Who may send: prefixes, addresses and names of exporters. The default is all named exporters and, on loopback, this machine. Beyond loopback somebody must be named. What others send is counted and dropped unread.
	From []string `conf:"from"`
	// Sockets that share the port, each with its own reader. 0 is one for each processor, at most 4.
	Readers int `conf:"readers,restart"`
	// Receive buffer of each socket. More than net.core.rmem_max needs CAP_NET_ADMIN.
	Buffer conf.Bytes `conf:"buffer,restart"`

	allowed []conf.Prefix
}

// SetDefaults gives a collector its defaults.
func (c *Collector) SetDefaults() { *c = Collector{Protocol: NetFlow, Buffer: 32 << 20} }

// Allowed lists who may send, sorted; names of exporters are resolved.
func (c *Collector) Allowed() []conf.Prefix { return c.allowed }

// Exporter is one device that sends flows or samples.
type Exporter struct {
	// Its source address, as datagrams carry it.
	Address conf.Addr `conf:"address"`
	// Its name in pages and alerts. The default is its address.
	Name string `conf:"name"`
	// Sampling rate to use whatever the device tells: one packet in so many. 0 takes what it tells.
	Sampling uint32 `conf:"sampling"`
	// Sampling rate to use as long as the device tells none. 0 is "not known", which is shown.
	DefaultSampling uint32 `conf:"default_sampling"`
	// Silence after which a health condition says that attacks there cannot be seen.
	SilentAfter conf.Duration `conf:"silent_after"`
	// Its interfaces, by index or name.
	Interfaces []Interface `conf:"interfaces"`
	// CSV file of interfaces with a line of titles: exporter (address or name), index, name, role, speed. index or name is enough; role and speed may be empty.
	InterfacesFrom conf.FilePath `conf:"interfaces_from"`
	// Role of the interfaces that are not listed.
	OtherInterfaces Role `conf:"other_interfaces"`
}

// SetDefaults gives an exporter its defaults.
func (e *Exporter) SetDefaults() {
	*e = Exporter{SilentAfter: conf.Duration(3 * minute), OtherInterfaces: Unknown}
}

// UnmarshalText reads an exporter that is given by its address alone.
func (e *Exporter) UnmarshalText(b []byte) error { return e.Address.UnmarshalText(b) }

// Form names the form of an exporter.
func (Exporter) Form() string { return "address or section" }

// Interface is one interface of an exporter.
type Interface struct {
	// SNMP ifIndex. Without, the name finds it.
	Index uint32 `conf:"index"`
	// Its name. Where index is not set, the name as option records tell it, with * for any characters.
	Name string `conf:"name"`
	// Where it leads: external (to other networks), internal (to one's own), ignored (not counted), unknown.
	Role Role `conf:"role"`
	// Its speed, to tell figures that cannot be. The default is what the exporter tells.
	Speed *conf.Rate `conf:"speed"`
}

// SetDefaults gives an interface its defaults.
func (i *Interface) SetDefaults() { *i = Interface{Role: Unknown} }

// Capture is one interface of this machine that is read directly.
type Capture struct {
	// Name of the interface, such as eth1.
	Interface string `conf:"interface"`
	// Take packets to other addresses, too, as a mirror port needs.
	Promiscuous bool `conf:"promiscuous"`
	// How much of each packet is read.
	Snap conf.Bytes `conf:"snap"`
	// Rings that share the packets by flow, each with its own reader. 0 is one.
	Readers int `conf:"readers"`
	// Size of each ring between the kernel and the program. Packets that it cannot hold are counted as dropped.
	Buffer conf.Bytes `conf:"buffer"`
}

// SetDefaults gives a capture its defaults.
func (c *Capture) SetDefaults() {
	*c = Capture{Promiscuous: true, Snap: 256, Buffer: 32 << 20}
}

// Network is one prefix under watch.
type Network struct {
	// The prefix.
	Prefix conf.Prefix `conf:"prefix"`
	// Its group of thresholds. The longest prefix that names a group decides.
	Group string `conf:"group"`
}

// UnmarshalText reads a network that is given by its prefix alone.
func (n *Network) UnmarshalText(b []byte) error { return n.Prefix.UnmarshalText(b) }

// Form names the form of a network.
func (Network) Form() string { return "prefix or section" }

// Customer is who some prefixes belong to. It is a target of its own: the sum
// of its prefixes.
type Customer struct {
	// Its prefixes.
	Prefixes []conf.Prefix `conf:"prefixes"`
	// Its group of thresholds.
	Group string `conf:"group"`
	// Receivers of alerts for this customer's incidents, besides those of the rules.
	Notify []string `conf:"notify"`
}

// AllowedSource is a network whose traffic never raises an incident.
type AllowedSource struct {
	// The prefix.
	Prefix conf.Prefix `conf:"prefix"`
	// What it is, for the record.
	Name string `conf:"name"`
}

// UnmarshalText reads a source that is given by its prefix alone.
func (a *AllowedSource) UnmarshalText(b []byte) error { return a.Prefix.UnmarshalText(b) }

// Form names the form of an allowed source.
func (AllowedSource) Form() string { return "prefix or section" }
