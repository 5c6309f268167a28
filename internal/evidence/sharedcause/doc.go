// Package sharedcause tells whose outage the reports of a service are about: its
// own, that of another service, that of a supplier or an owner which several
// services share, or undecided.
//
// It compares services by when their excess began, by its shape in time, by
// its size and by what is configured of them. It finds no excess (baseline
// does), keeps nothing from one call to the next and never calls a service
// down. Where two readings are about as good it says undecided. The methods are
// in docs/methods.md under sharedcause/.
//
// The same input gives the same answer; what is passed in is neither changed
// nor kept.
package sharedcause
