// Package document puts the evidence of a recording together: from what was
// counted and assessed to the finished model.Analysis. It decides nothing that
// another part of evidence decides; it merges the buckets of each vector, asks
// every test its question, numbers the evidence and writes the sentences that
// cite it.
//
// It is pure: addresses are located by a function that is passed in, random
// numbers are seeded, time is that of the recording. Build may be called from
// any goroutine; what it is given is read and not kept, except for strings.
package document
