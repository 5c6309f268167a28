// Package engine is the one writer of incidents. It takes messages of a closed
// list from the traffic pipeline, the evidence workers, the data-quality checks
// and operators, steps the state machine of package incident, and takes the
// changes that user reports led to. All changes go through one goroutine, which
// appends them to the journal, folds them into what everybody may see, and now
// and then writes a snapshot of that fold:
//
//	Send, Command → inbox → step ─┐
//	Write ────────────────────────┴→ queue → writer: inputs, changes → fold → Published, snapshot
//
// Since the same goroutine appends, folds and takes snapshots, a snapshot never
// claims a change that it lacks. Nothing is visible before it is on the disk.
//
// Run owns two goroutines: the one that steps and the one that writes. Everything
// else may be called from any goroutine.
package engine
