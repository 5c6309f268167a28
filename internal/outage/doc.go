// Package outage is the judge of services: it turns what each minute said of a
// service into incidents, and tells each step of their lives as changes.
//
// A Judge is a plain state machine: the same observations and commands give the
// same changes, so that a journal of reports replayed onto a Snapshot gives the
// same incidents. It counts no reports, tests nothing (baseline and detect do),
// alerts nobody, and keeps no time of its own.
//
// The words are bound: reports alone say that users report problems, never that
// a service is down.
//
// One goroutine at a time may call a Judge. Observations are not kept; changes
// and snapshots share no memory with it.
package outage
