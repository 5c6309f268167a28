package server

import (
	"encoding/json"
	"sync"

	"floodmark/internal/model"
)

// registry numbers exporters, once and for all restarts: the stored flows name
// them by number. A capture interface is an exporter, too. Any goroutine may
// use it.
type registry struct {
	mu      sync.Mutex
	known   []exporterName // by number less one
	byName  map[string]uint32
	changed bool
}

// exporterName is how an exporter is known: by address, or as capture:NAME.
type exporterName struct {
	Name string `json:"name"`
}

// mostExporters bounds the registry: decoders bound strangers long before.
const mostExporters = 65535

// otherExporter is the number of all exporters beyond the bound.
const otherExporter = mostExporters

func newRegistry() *registry { return &registry{byName: make(map[string]uint32)} }

// number returns the number of an exporter, giving it the next one where it is
// new.
func (g *registry) number(name string) uint32 {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n, ok := g.byName[name]; ok {
		return n
	}
	if len(g.known) >= mostExporters-1 {
		return otherExporter
	}
	g.known = append(g.known, exporterName{name})
	n := uint32(len(g.known))
	g.byName[name] = n
	g.changed = true
	return n
}

// address returns the number of the exporter with this address.
func (g *registry) address(a model.Addr) uint32 { return g.number(a.String()) }

// name returns the address or capture:NAME of a number, "" where there is none.
func (g *registry) name(n uint32) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n == 0 || int(n) > len(g.known) {
		return ""
	}
	return g.known[n-1].Name
}

// encode returns the registry for the journal, and whether it changed since the
// last call.
func (g *registry) encode() ([]byte, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.changed {
		return nil, false
	}
	g.changed = false
	b, _ := json.Marshal(g.known) // strings cannot fail
	return b, true
}

// decode takes what encode gave.
func (g *registry) decode(b []byte) error {
	var known []exporterName
	if err := json.Unmarshal(b, &known); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.known = known[:min(len(known), mostExporters-1)]
	for i, e := range g.known {
		g.byName[e.Name] = uint32(i + 1)
	}
	return nil
}
