package server

import (
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/telemetry/histogram"
)

// meters are the histograms and counters that belong to no single component.
type meters struct {
	detection        *histogram.Histogram // seconds from the start of traffic to the opening of its incident
	evidence         *histogram.Histogram // seconds of a job
	queries          *histogram.Histogram // seconds
	operator, public *histogram.Histogram // seconds of an HTTP request
	opened           atomic.Uint64        // traffic incidents
}

func newMeters() *meters {
	return &meters{detection: histogram.Delays(), evidence: histogram.Seconds(),
		queries: histogram.Seconds(), operator: histogram.Seconds(), public: histogram.Seconds()}
}

// count updates the meters of incidents by a published change.
func (m *meters) count(c *model.Change) {
	if c.Type == model.Opened && c.Incident.Target.Kind != model.ServiceTarget {
		m.opened.Add(1)
		m.detection.Observe(float64(c.At-c.Incident.Started) / 1e9)
	}
}

// timed measures the requests to h. Event streams, which last as long as their
// reader likes, are not counted.
func timed(h http.Handler, into *histogram.Histogram) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		h.ServeHTTP(w, r)
		if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream") {
			into.Since(began)
		}
	})
}
