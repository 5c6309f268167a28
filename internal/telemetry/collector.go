package telemetry

import (
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// room sends the metrics of one room.
type room interface{ collect(ch *scrape, s *Snapshot) }

// collector is a prometheus.collector that reads a Snapshot at each scrape.
type collector struct {
	mu       sync.Mutex // guards max, and lets one scrape run at a time
	max      map[string]float64
	snapshot func() Snapshot
	book     book
	rooms    []room
}

// newCollector returns a collector of what snapshot returns.
func newCollector(snapshot func() Snapshot) *collector {
	c := &collector{snapshot: snapshot, max: make(map[string]float64)}
	b := &c.book
	c.rooms = []room{newProgram(b), newSockets(b), newCaptures(b), newIngest(b), newDecoders(b), newExporters(b), newNormalizer(b), newShards(b),
		newEngine(b), newEvidence(b), newStore(b), newJournal(b), newAlerts(b), newConditions(b), newHTTP(b),
		newUserReports(b), newServices(b), newMail(b), newProbes(b)}
	return c
}

// Describe is that of prometheus.collector.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range c.book.descs {
		ch <- d
	}
}

// Collect is that of prometheus.collector.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.snapshot()
	for _, r := range c.rooms {
		r.collect(&scrape{ch, c.max}, &s)
	}
}

// Register registers the collector of a program, and those of the Go runtime
// and of the process.
func Register(reg prometheus.Registerer, snapshot func() Snapshot) error {
	for _, c := range []prometheus.Collector{newCollector(snapshot), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})} {
		if err := reg.Register(c); err != nil {
			return err
		}
	}
	return nil
}

// Handler serves what is registered: OpenMetrics for those that ask for it,
// else Prometheus' text form. At most two scrapes run at the same time.
func Handler(reg prometheus.Gatherer) http.Handler {
	return promhttp.HandlerFor(reg, promhttp.HandlerOpts{EnableOpenMetrics: true, MaxRequestsInFlight: 2})
}
