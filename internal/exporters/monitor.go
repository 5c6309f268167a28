package exporters

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"floodmark/internal/clock"
	"floodmark/internal/conditions"
	"floodmark/internal/conditions/evaluator"
	"floodmark/internal/engine"
	"floodmark/internal/model"
)

// Readers are those of the pipeline.
type Readers interface {
	// Status has every reader complete what it measured up to a time, in Unix ns.
	Status(now int64) []ReaderStatus
	// SetQuality says which exporters can be relied upon, and how long they take
	// to export.
	SetQuality([]model.ExporterStatus)
}

// Sockets are those that exporters send to.
type Sockets interface {
	Statuses() []model.SocketStatus
}

// Inventory is what the configuration says of exporters.
type Inventory interface {
	// ExporterName returns the configured name of an address, or the address.
	ExporterName(address string) string
	// StaleAfter is how long an exporter may be silent, 0 for no limit but the
	// interval that is learned.
	StaleAfter(address string) time.Duration
}

// Engine is told which exporters are silent.
type Engine interface {
	Send(engine.Message)
}

// Config of a Monitor.
type Config struct {
	Clock *clock.Clock
}

// Deps are what a Monitor is connected to. Sockets may be nil.
type Deps struct {
	Registry  *Registry
	Readers   Readers
	Sockets   Sockets
	Inventory Inventory
	Engine    Engine
}

// Monitor evaluates the data quality of exporters, about once a second. Look
// belongs to one goroutine; any may ask for what it found. Make it with
// NewMonitor.
type Monitor struct {
	c       Config
	d       Deps
	started time.Time

	// of Look
	evaluator *evaluator.Evaluator
	lookedAt  int64           // Unix ns
	stale     map[string]bool // names that the engine was last sent
	unseen    map[uint32]bool // exporters of earlier runs, not seen since the start

	mu         sync.Mutex // guards what follows
	statuses   []model.ExporterStatus
	sockets    []model.SocketStatus
	conditions []model.Condition
	skipped    map[Skip]uint64
}

// maxAuditSpeed is the speed of the clock up to which samples are compared with
// the counters of interfaces: in a faster replay they are not of the same time.
const maxAuditSpeed = 10

// lateExporters is how long exporters of earlier runs are waited for.
const lateExporters = time.Hour

// NewMonitor makes a monitor. Exporters of earlier runs are stale until they are
// seen.
func NewMonitor(c Config, d Deps) *Monitor {
	m := &Monitor{c: c, d: d, started: c.Clock.Time(), evaluator: evaluator.New(), stale: make(map[string]bool), unseen: make(map[uint32]bool)}
	for n := range d.Registry.Earlier() {
		m.unseen[uint32(n+1)] = true
	}
	return m
}

// Look gathers what readers and sockets measured up to a time in Unix ns,
// evaluates it, and sends the engine which exporters are stale.
func (m *Monitor) Look(now int64) {
	readers := m.d.Readers.Status(now)
	if m.c.Clock.Speed() <= maxAuditSpeed {
		for i := range readers {
			for _, c := range readers[i].Counters {
				m.evaluator.Count(c)
			}
		}
	}
	statuses := join(readers)
	m.setNames(statuses)
	m.setRates(statuses, float64(now-m.lookedAt)/1e9)
	var sockets []model.SocketStatus
	if m.d.Sockets != nil {
		sockets = m.d.Sockets.Statuses()
	}
	found := m.withStale(now, statuses, m.evaluator.Update(now, statuses, sockets))
	m.lookedAt = now
	m.mu.Lock()
	m.statuses, m.sockets, m.conditions, m.skipped = statuses, sockets, found, skippedBy(readers)
	m.mu.Unlock()
	m.d.Readers.SetQuality(statuses)
	m.sendStale(statuses, found)
}

// setNames adds what the registry and the configuration know of exporters.
func (m *Monitor) setNames(list []model.ExporterStatus) {
	for i := range list {
		e := &list[i]
		e.Address = m.d.Registry.Address(e.Number)
		e.Name = m.d.Inventory.ExporterName(e.Address)
		e.LastSeen, e.Skew = m.d.Registry.LastSeen(e.Number)
	}
}

// setRates compares the counters with those of the last look, so many seconds ago.
func (m *Monitor) setRates(list []model.ExporterStatus, seconds float64) {
	if m.lookedAt == 0 || seconds <= 0 {
		return
	}
	before := make(map[uint32]*model.ExporterStatus, len(m.statuses))
	for i := range m.statuses { // written by this goroutine only
		before[m.statuses[i].Number] = &m.statuses[i]
	}
	for i := range list {
		e := &list[i]
		if b := before[e.Number]; b != nil {
			e.DatagramsPerSec = float64(e.Datagrams-min(b.Datagrams, e.Datagrams)) / seconds
			e.RecordsPerSec = float64(e.Records-min(b.Records, e.Records)) / seconds
		}
	}
}

// withStale adds the exporters that have been silent for longer than the
// configuration allows, where the interval learned from them does not show it yet.
func (m *Monitor) withStale(now int64, statuses []model.ExporterStatus, list []model.Condition) []model.Condition {
	for i := range statuses {
		e := &statuses[i]
		after := m.d.Inventory.StaleAfter(e.Address)
		if after == 0 || e.LastSeen == 0 || now-e.LastSeen < int64(after) ||
			slices.ContainsFunc(list, func(c model.Condition) bool { return c.Code == conditions.ExporterStale && c.Subject == e.Name }) {
			continue
		}
		list = append(list, model.Condition{Code: conditions.ExporterStale, Subject: e.Name, Severity: model.Critical, Since: e.LastSeen,
			Text: fmt.Sprintf("no flows from %s since %s: attacks there are not seen", e.Name, time.Unix(0, e.LastSeen).UTC().Format("15:04"))})
	}
	return list
}

// sendStale sends the engine which exporters are silent, if that changed: those
// that are stale, and those of earlier runs that have not been seen yet.
func (m *Monitor) sendStale(statuses []model.ExporterStatus, found []model.Condition) {
	stale := make(map[string]bool)
	for _, c := range found {
		if c.Code == conditions.ExporterStale {
			stale[c.Subject] = true
		}
	}
	for _, e := range statuses {
		if e.LastSeen != 0 {
			delete(m.unseen, e.Number)
		}
	}
	if m.c.Clock.Time().Sub(m.started) > lateExporters {
		clear(m.unseen) // gone rather than late
	}
	for n := range m.unseen {
		stale[m.d.Inventory.ExporterName(m.d.Registry.Address(n))] = true
	}
	if maps.Equal(stale, m.stale) {
		return
	}
	m.stale = stale
	m.d.Engine.Send(engine.StaleExporters(slices.Sorted(maps.Keys(stale))))
}

// Statuses returns what is known of each exporter, by number.
func (m *Monitor) Statuses() []model.ExporterStatus {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.statuses)
}

// Conditions returns those of exporters and sockets.
func (m *Monitor) Conditions() []model.Condition {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.conditions)
}

// Skipped counts what the decoders of all readers skipped.
func (m *Monitor) Skipped() map[Skip]uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.skipped)
}
