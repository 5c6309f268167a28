// Package cause tells what brought an incident of a service about: an attack, a
// fault of its own, of a supplier or of the network, somebody else's outage,
// made-up reports, too many people at once, or undecided.
//
// Base rates give the odds before any evidence. Every observation has its
// probability under each cause, in table.go and nowhere else; what is known of
// one kind of signal is added, discounted where it depends on each other, and
// bounded. The result is limited by how many kinds of signal speak for it. A
// wrong confident verdict is worse than none. The method is in docs/methods.md
// under cause/assess, how often it is right in docs/accuracy.md.
//
// It finds no incident, sees no address, and keeps nothing from one call to the
// next. Sentences are for a public page: they name neither sources nor targets,
// and never call a service down. The same input gives the same answer, in
// whatever order its lists come; what is passed in is neither changed nor kept.
package cause
