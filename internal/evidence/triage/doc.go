// Package triage looks at the few records that are there in the first second
// of an anomaly and says whether to wait: tests of speed, backups, fills of
// caches, updates and crowds cross thresholds too, and look otherwise than
// floods even in twenty packets.
//
// It holds back an alarm, it does not decide on an attack: its answer is
// "undecided" with or without Hold, or "no" for sources that the operator
// allows. Whoever asks bounds how long a hold may last. docs/methods.md tells
// the limits under presence/first-look, and how often they are wrong.
//
// The package is pure; it may be called from any goroutine, changes no record
// and keeps nothing.
package triage
