// Package vector says what one record of traffic looks like by itself, and
// holds the table of what it can look like.
//
// Classify looks at a single record without any context: "a UDP datagram from
// port 161 with an SNMP response in it", "a SYN". It never says that something
// is an attack: most classes are also what ordinary traffic looks like, and
// whether the target asked for an answer cannot be seen in one record. That is
// decided from all records of a class towards a target; the table (Info) gives
// the facts that this decision needs, and the closed list of vector slugs that
// a report may use. docs/vectors.md prints the same table; a test holds the
// two together.
//
// The package is pure: no goroutine, no lock, no clock, no state that changes
// after start. It allocates nothing per record, keeps nothing of a record, and
// never panics on input. Rooms that read records may call it from any
// goroutine. What Lookup, Classes and BySlug return is shared: read only.
package vector
