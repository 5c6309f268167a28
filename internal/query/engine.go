package query

import (
	"context"
	"time"
)

// Engine is the store that is asked. Its methods may be called from any
// goroutine.
type Engine interface {
	// Query asks one statement. It ends with ctx or after its timeout.
	Query(ctx context.Context, s Statement) (Rows, error)
	// Kept tells which time a table holds whole, in Unix ms: from the oldest
	// rows that were not removed to where no more rows are to come but late
	// ones. A table that holds nothing gives 0, 0.
	Kept(table string) (from, to int64)
}

// tableNames returns the names of all tables that are asked.
func tableNames() []string {
	var out []string
	for _, t := range tables {
		out = append(out, t.name)
	}
	for _, t := range seriesSources {
		out = append(out, t.name)
	}
	return out
}

// Statement is one SQL statement over one table.
type Statement struct {
	Table    string        // flows, networks_1m, series_1s, …: see Tables
	From, To int64         // Unix ms; the SQL compares time as well
	SQL      string        // with {rows} where the table is meant, perhaps twice
	Args     []any         // of its ? signs
	MaxRows  int           // of the answer
	Timeout  time.Duration // of the statement
}

// Rows are the rows of an answer, as of database/sql. Missing and Truncated are
// asked after the last row and before Close.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
	Missing() []string // stored files that could not be read
	Truncated() bool   // there were more rows than MaxRows
}
