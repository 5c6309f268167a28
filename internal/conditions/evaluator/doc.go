// Package evaluator derives the conditions of exporters and sockets from their
// counters, decides which exporters are reliable, and compares sFlow samples with
// interface counters.
//
// An Evaluator belongs to one goroutine, gets the time passed in, and keeps nothing
// of what it is given; statuses are completed in place. It remembers at most 16,384
// exporters and 65,536 interfaces.
package evaluator
