package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"
)

// Definition is one metric, as docs/metrics.md tells it.
type Definition struct {
	Name, Kind, Help string // Kind is counter or gauge
	Labels           []string
}

// series is a metric: its values are sent at each scrape.
type series struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
}

// send gives a value to the scrape that is going on.
func (s series) send(ch chan<- prometheus.Metric, v float64, labels ...string) {
	ch <- prometheus.MustNewConstMetric(s.desc, s.kind, v, labels...) // panics on a wrong number of labels; tests send all
}

func (s series) flag(ch chan<- prometheus.Metric, v bool, labels ...string) {
	n := 0.0
	if v {
		n = 1
	}
	s.send(ch, n, labels...)
}

// book is where metrics are written down as they are made.
type book struct {
	definitions []Definition
	descs       []*prometheus.Desc
}

func (b *book) counter(name, help string, labels ...string) series {
	return b.add("counter", prometheus.CounterValue, name, help, labels)
}

func (b *book) gauge(name, help string, labels ...string) series {
	return b.add("gauge", prometheus.GaugeValue, name, help, labels)
}

func (b *book) add(kind string, v prometheus.ValueType, name, help string, labels []string) series {
	d := prometheus.NewDesc(name, help, labels, nil)
	b.definitions = append(b.definitions, Definition{name, kind, help, labels})
	b.descs = append(b.descs, d)
	return series{d, v}
}
