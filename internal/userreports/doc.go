// Package userreports takes what people report on its way through a server: the
// intake makes reports durable and hands them, in the journal's order, to the
// detector; the changes that come of them go to the engine; pages read immutable
// views.
//
//	Submit → intake → journal (many at a time, synced) → sink → detector → view
//	                                                            └→ pending changes → engine
//
// One mutex guards the detector. It is held while minutes are counted and never
// while a file, the journal or another component is waited for: changes are
// delivered by a goroutine of their own, files are written from copies, and
// readers load a pointer.
//
// Run owns the intake's writer and the goroutine that delivers changes.
package userreports
