// Package opendata writes the counts of reports as tables that anybody may have,
// CSV and Parquet, and reads such tables and histories of other origin back.
//
// No person can be found in what it writes: there are totals of a service in 15
// minutes, and cells of components and places that hold at least five effective
// reporters; smaller ones are merged upward and never written, nor can they be
// computed from what is written. docs/open-data.md says why that is enough.
//
// It deliberately decides no retention, knows no services but through what it is
// given, and teaches no baseline: readers hand rows on. Readers bound every line
// and every list, and what they skip is told with its line.
//
// It is an edge: Dir reads and writes files, on the goroutine of the caller. Any
// goroutine may call anything; two may write the same day, and one of them wins.
// Rows are copied.
package opendata
