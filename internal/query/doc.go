// Package query is the language of questions over stored flows, and the way to
// their answers: Parse reads a question, Resolve looks up its names, Match tells
// whether a live record fits it, Run translates it into SQL, asks the coarsest
// table that can answer, and gives typed rows with standard errors. Points asks
// the stored series of one target. docs/query.md is the reference.
//
// It deliberately owns no store (an Engine is passed in), looks no country or
// network up, and never puts text of a question into SQL: numbers are written by
// this package, text is bound. The SQL keeps to what DuckDB and ClickHouse share.
//
// It holds no goroutine or lock, and looks at the clock only to tell how long an
// answer took. Everything may be called from any
// goroutine; a Question is not changed once parsed, and a Result is the caller's.
package query
