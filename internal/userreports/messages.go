package userreports

import (
	"net/netip"
	"sync"

	"floodmark/internal/model"
	"floodmark/internal/userreports/detector"
)

// Message is what other components send: one of the types below.
type Message interface {
	apply(d *detector.Detector)
}

// trafficIncident is an incident of traffic as it is now, and the addresses that
// it is about.
type trafficIncident struct {
	Incident *model.Incident
	Prefixes []netip.Prefix
}

// ProbeStates are those of all probed components of a service.
type ProbeStates struct {
	Service string
	At      int64 // Unix ns
	States  []model.ProbeNow
}

// ServiceTraffic is what went to a service's networks in the minute that began at
// a time, in bits a second.
type ServiceTraffic struct {
	Service    string
	At         int64 // Unix ns
	Mean, Peak float64
}

func (m trafficIncident) apply(d *detector.Detector) { d.Traffic(m.Incident, m.Prefixes) }
func (m ProbeStates) apply(d *detector.Detector)     { d.Probes(m.Service, m.At, m.States) }
func (m ServiceTraffic) apply(d *detector.Detector)  { d.Flows(m.Service, m.At, m.Mean, m.Peak) }

// inbox holds messages until the detector's next turn, so that senders never wait.
type inbox struct {
	mu      sync.Mutex // guards what follows
	list    []Message
	dropped uint64 // found no room
}

// maxMessages bounds what waits; what finds no room is sent again a minute or a
// change later.
const maxMessages = 4096

func (b *inbox) add(m Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.list) >= maxMessages {
		b.dropped++
		return
	}
	b.list = append(b.list, m)
}

func (b *inbox) take() []Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := b.list
	b.list = nil
	return list
}
