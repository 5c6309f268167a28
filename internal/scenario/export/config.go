package export

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"time"
)

// Protocol is what an exporter speaks.
type Protocol uint8

// Protocols.
const (
	NetFlow5 Protocol = iota + 1
	NetFlow9          // RFC 3954
	IPFIX             // RFC 7011
	SFlow             // sFlow version 5, July 2004
)

var protocolNames = [...]string{"", "netflow5", "netflow9", "ipfix", "sflow"}

// String returns the name in options and truth files.
func (p Protocol) String() string { return protocolNames[p] }

// ParseProtocol reads the name that String prints.
func ParseProtocol(s string) (Protocol, error) {
	for i, name := range protocolNames[1:] {
		if s == name {
			return Protocol(i + 1), nil
		}
	}
	return 0, fmt.Errorf("unknown export protocol %q: one of %s", s, strings.Join(protocolNames[1:], ", "))
}

// Interface is one interface of an exporter.
type Interface struct {
	Index       uint32 `json:"index"`       // SNMP ifIndex
	Name        string `json:"name"`        // IE 82
	Description string `json:"description"` // IE 83
	Speed       uint64 `json:"speed"`       // bits/s
	External    bool   `json:"external"`    // leads out of the network
}

// Faults are ways in which an exporter misleads its collector. The zero value
// is an honest one.
type Faults struct {
	Loss           float64       `json:"loss,omitempty"`        // part of the datagrams that never arrive
	Skew           time.Duration `json:"skew_ns,omitempty"`     // by how much its clock is ahead
	AdvertisedRate uint32        `json:"told_rate,omitempty"`   // sampling rate that it advertises instead of its own
	NoSamplingRate bool          `json:"no_rate,omitempty"`     // advertises no sampling rate; sFlow, which must, advertises 0
	Silent         int64         `json:"silent_from,omitempty"` // sends nothing from this time on, Unix ns; 0: never
	Restart        int64         `json:"restart_at,omitempty"`  // starts anew at this time, Unix ns; 0: never
}

// Config describes an exporter.
type Config struct {
	Name       string
	Addr       netip.Addr // agent address of sFlow
	Protocol   Protocol
	Sampling   uint32 // the packets observed are one in so many; 0 and 1: all
	Interfaces []Interface
	Domain     uint32        // observation domain, source id, engine id, sub-agent
	Active     time.Duration // of the flow cache; 0 is 60 s
	Inactive   time.Duration // of the flow cache; 0 is 15 s
	Refresh    time.Duration // of templates and options; 0 is 60 s
	Boot       int64         // when it started, Unix ns
	Faults     Faults
	Rand       *rand.Rand
	// Send takes each datagram at the time that it leaves, Unix ns. An error
	// ends the export.
	Send func(datagram []byte, at int64) error
}

// maxRate5 is what 14 bits hold (NetFlow v5 header, sampling_interval).
const maxRate5 = 1<<14 - 1

func (c *Config) complete() error {
	if c.Protocol < NetFlow5 || c.Protocol > SFlow {
		return fmt.Errorf("exporter %s: no protocol", c.Name)
	}
	c.Sampling = max(c.Sampling, 1)
	if c.Faults.AdvertisedRate == 0 {
		c.Faults.AdvertisedRate = c.Sampling
	}
	if c.Faults.NoSamplingRate {
		c.Faults.AdvertisedRate = 0
	}
	if c.Protocol == NetFlow5 && c.Faults.AdvertisedRate > maxRate5 {
		return fmt.Errorf("exporter %s: NetFlow v5 cannot advertise a sampling rate of 1 in %d, only up to %d", c.Name, c.Faults.AdvertisedRate, maxRate5)
	}
	c.Active = either(c.Active, 60*time.Second)
	c.Inactive = either(c.Inactive, 15*time.Second)
	c.Refresh = either(c.Refresh, 60*time.Second)
	return nil
}

func either(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
}
