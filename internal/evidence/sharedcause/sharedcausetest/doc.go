// Package sharedcausetest makes services with excess whose cause is known: random
// graphs with seeded outages, and outages after figures that were published.
//
// It knows nothing of how package explain judges. It is for tests; the same
// seed makes the same world.
package sharedcausetest
