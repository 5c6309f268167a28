// Package pipeline turns what arrives at sockets into anomalies. A record takes
// this way:
//
//	sources.go   a socket hands a batch of datagrams or packets to its reader
//	reader.go    decode → normalize → classify → row, samples, updates of shards
//	shards.go    count and test every sample → anomalies
//	pipeline.go  the tick, every second: walk shards → sums → points → baselines
//
// Anomalies go to the engine as messages. A reader waits for nobody but for the
// lock of a shard, which is held for slices of work only; the store drops what it
// cannot take, and counts it. The package decides nothing about incidents.
package pipeline
