// Package incident is the incident engine: it turns anomalies, findings of evidence and
// the operator's words into incidents, and tells each step of their lives.
//
// A Machine is a plain state machine: Step takes what was heard since the last
// step and returns what changed; the same inputs give the same changes, so that
// a journal of inputs replayed onto a Snapshot gives the same incidents. It
// looks at no traffic, learns nothing, alerts nobody, and keeps no time of its
// own: between inputs somebody must call Step when Next is due.
//
// An id is made of direction, target and start rounded to five minutes, so that
// two instances usually agree on it; docs/decisions/0014-incident-identity.md
// lists where they may differ.
//
// One goroutine at a time may call a Machine. Inputs are not kept; changes and
// snapshots share no memory with the machine.
package incident
