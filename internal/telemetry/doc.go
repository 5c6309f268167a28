// Package telemetry tells Prometheus and its kin how the program does, in
// OpenMetrics: one Collector that reads a Snapshot at each scrape.
//
// It deliberately counts nothing itself, so that no figure exists twice: rooms
// count, package app puts their counters into a Snapshot. It opens no listener
// and judges nothing; conditions are handed to it.
//
// Every name stands in metrics.go, spelled out, and in docs/metrics.md. Labels
// are of closed sets or of the configuration; never addresses of strangers.
//
// A Collector may be scraped by any goroutine; the function that makes the
// Snapshot is called by that goroutine, one at a time.
package telemetry
