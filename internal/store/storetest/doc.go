// Package storetest checks that a store of flows and series keeps what it was
// given and answers alike, whatever engine is behind it. The SQL is what DuckDB
// and ClickHouse both take: plain SELECT, WHERE, GROUP BY, ORDER BY.
//
// It deliberately does not check files, retention, speed or faults: those differ
// by engine. It is for tests; Run's functions are called from the test's goroutine.
package storetest
