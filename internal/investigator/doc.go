// Package investigator owns the workers that look at records of incidents: a
// triage within milliseconds, full evidence documents while an incident lasts, and
// the documents of services' incidents with the claims about them. Its findings go
// to the engine as messages. Documents are files, of which an index is kept in
// memory: pages neither list a directory nor decode a document twice.
//
// Run owns five goroutines: triage, documents of traffic, documents of services,
// the writer of claims, and the schedule.
package investigator
