// Package telemetry exposes the program's metrics in OpenMetrics format: one
// Collector that reads a Snapshot at each scrape.
//
// It counts nothing itself, so that no number exists twice: components count, and
// the server copies their counters into a Snapshot. It opens no listener and
// evaluates nothing; conditions are passed in.
//
// Every name is spelled out in this package and in docs/metrics.md. Label values
// come from closed sets or from the configuration, never from senders.
//
// A Collector may be scraped by any goroutine; the function that returns the
// Snapshot is called by that goroutine, one at a time.
package telemetry
