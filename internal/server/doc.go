// Package server is the line of a running server: it builds the rooms, connects
// them, and owns every goroutine, lock and queue between them. Whoever wants to
// know how it all fits reads line.go.
//
// Readers (one per socket) decode, normalise and count; shards test thresholds;
// one judge turns anomalies, findings and commands into incidents; writers and
// workers are behind bounded queues. A reader waits for nobody but a shard's
// lock, which is held for slices of work only.
package server
