// Package duckdb keeps flows, their roll-ups and the series of targets in DuckDB
// files under one directory: one file per period and kind, removed whole when
// they are too old or too many. The schema is told in schema.go.
//
// It deliberately does not judge, look addresses up, parse a query language or
// keep anything that was acknowledged to somebody: a crash may lose the flows of
// the last two CommitAge, a full queue or disk may lose more, and both are counted.
//
// A Writer belongs to one goroutine and never blocks; everything else may be
// called from any goroutine. The Store owns one goroutine that appends, rotates
// and removes, and the threads of DuckDB. Rows and points are copied. Of a
// Result, Close must be called.
package duckdb
