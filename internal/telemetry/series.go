package telemetry

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"floodmark/internal/telemetry/histogram"
)

// definition is one metric, as documented in docs/metrics.md.
type definition struct {
	Name, Kind, Help string // Kind is counter, gauge or histogram
	Labels           []string
}

// scrape receives the values of one scrape.
type scrape struct {
	metrics chan<- prometheus.Metric
	max     map[string]float64 // highest value sent so far of each counter, by name and labels
}

// series is a metric whose values are sent at each scrape.
type series struct {
	name string
	desc *prometheus.Desc
	kind prometheus.ValueType
}

// send adds a value to the scrape. A counter never falls: losses do when late
// datagrams arrive after all, and the sum of all unnamed exporters does when one
// of them gets a name. Prometheus would take either for a restart.
func (s series) send(ch *scrape, v float64, labels ...string) {
	if s.kind == prometheus.CounterValue {
		key := s.name + "\x00" + strings.Join(labels, "\x00")
		v = max(v, ch.max[key])
		ch.max[key] = v
	}
	ch.metrics <- prometheus.MustNewConstMetric(s.desc, s.kind, v, labels...) // panics on a wrong number of labels; tests send all
}

func (s series) flag(ch *scrape, v bool, labels ...string) {
	n := 0.0
	if v {
		n = 1
	}
	s.send(ch, n, labels...)
}

func (s series) sendHistogram(ch *scrape, c histogram.Counts, labels ...string) {
	ch.metrics <- prometheus.MustNewConstHistogram(s.desc, c.Count, c.Sum, c.Buckets, labels...)
}

// book records the metrics as they are created.
type book struct {
	definitions []definition
	descs       []*prometheus.Desc
}

func (b *book) counter(name, help string, labels ...string) series {
	return b.add(definition{name, "counter", help, labels}, prometheus.CounterValue)
}

func (b *book) gauge(name, help string, labels ...string) series {
	return b.add(definition{name, "gauge", help, labels}, prometheus.GaugeValue)
}

func (b *book) histogram(name, help string, labels ...string) series {
	return b.add(definition{name, "histogram", help, labels}, prometheus.UntypedValue)
}

func (b *book) add(def definition, v prometheus.ValueType) series {
	d := prometheus.NewDesc(def.Name, def.Help, def.Labels, nil)
	b.definitions = append(b.definitions, def)
	b.descs = append(b.descs, d)
	return series{def.Name, d, v}
}
