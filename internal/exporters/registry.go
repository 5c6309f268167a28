package exporters

import (
	"encoding/json"
	"sync"
)

// Registry numbers exporters, once and for all restarts: stored flows name them
// by number. A capture interface is an exporter, too. Any goroutine may use it.
type Registry struct {
	mu      sync.Mutex // guards what follows
	known   []entry    // by number less one
	byName  map[string]uint32
	earlier int  // how many of known are of earlier runs
	changed bool // since it was last encoded
	seen    map[uint32]sighting
}

// entry is how an exporter is known: by address, or as capture:INTERFACE.
type entry struct {
	Name string `json:"name"`
}

// sighting is the arrival of the last datagram of an exporter.
type sighting struct {
	at   int64 // Unix ns
	skew int64 // ns by which its clock is ahead of ours
}

// maxExporters bounds the registry; decoders bound unknown senders long before.
const maxExporters = 65535

// otherExporter is the number of all exporters beyond the bound.
const otherExporter = maxExporters

// NewRegistry makes an empty registry.
func NewRegistry() *Registry {
	return &Registry{byName: make(map[string]uint32), seen: make(map[uint32]sighting)}
}

// Number returns the number of an exporter, an address or capture:INTERFACE, and
// assigns the next one if it is new.
func (g *Registry) Number(name string) uint32 {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n, ok := g.byName[name]; ok {
		return n
	}
	if len(g.known) >= maxExporters-1 {
		return otherExporter
	}
	g.known = append(g.known, entry{name})
	n := uint32(len(g.known))
	g.byName[name] = n
	g.changed = true
	return n
}

// Address returns the address or capture:INTERFACE of a number, "" where there is
// none.
func (g *Registry) Address(n uint32) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n == 0 || int(n) > len(g.known) {
		return ""
	}
	return g.known[n-1].Name
}

// Len is how many exporters are known. Their numbers are 1 to Len.
func (g *Registry) Len() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.known)
}

// Earlier is how many exporters are known from earlier runs, numbered from 1.
func (g *Registry) Earlier() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.earlier
}

// SetSeen notes the arrival of an exporter's last datagram in Unix ns, and by how
// many ns its clock is ahead of ours. Readers call it once a second and exporter.
func (g *Registry) SetSeen(number uint32, at, skew int64) {
	g.mu.Lock()
	g.seen[number] = sighting{at, skew}
	g.mu.Unlock()
}

// LastSeen returns what SetSeen was last given, 0 if the exporter was not seen
// since the start.
func (g *Registry) LastSeen(number uint32) (at, skew int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	v := g.seen[number]
	return v.at, v.skew
}

// Encode returns names and numbers as JSON, and whether they changed since the
// last call.
func (g *Registry) Encode() ([]byte, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.changed {
		return nil, false
	}
	g.changed = false
	b, _ := json.Marshal(g.known) // strings cannot fail
	return b, true
}

// Decode takes what Encode returned. It fails if the JSON is invalid.
func (g *Registry) Decode(b []byte) error {
	var known []entry
	if err := json.Unmarshal(b, &known); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.known = known[:min(len(known), maxExporters-1)]
	g.earlier = len(g.known)
	for i, e := range g.known {
		g.byName[e.Name] = uint32(i + 1)
	}
	return nil
}
