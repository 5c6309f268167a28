// Package shard keeps the rates of one part of the networks under watch and
// tests them against thresholds while records arrive.
//
// Hosts are tested at every sample, and long flow records by the time they
// span (see ring.go); prefixes once a second, with what anomalies of their
// hosts do not explain. Walk does what happens once a second, in slices.
// Customers and the whole are only summed: the caller merges them over all
// shards and tests them with package detect.
//
// It does not know networks, groups or customers beyond the numbers in an
// Update, learns no baselines and opens no incidents. Tables double up to their bounds.
// When the hosts' is full, those idle longest go, never one with an anomaly;
// what finds no place still counts in the sums. Time is passed in.
//
// A Shard belongs to one goroutine at a time; the caller locks. Updates are
// copied; nothing but growing tables allocates in Add.
package shard
