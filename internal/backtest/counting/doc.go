// Package counting runs the detector of counts over a table: any CSV with a
// column of times and one of counts, in one series or several. It reads the
// table, hands each bucket to the detector in order of time, and scores the
// alarms against onsets found in the counts themselves.
//
// It knows nothing of services or people. docs/counts.md tells the form of what
// comes out. What cannot be read is skipped and counted by reason; a table of
// which nothing can be read is an error with the line.
//
// It is pure but for the reader that is passed in. Nothing is kept.
package counting
