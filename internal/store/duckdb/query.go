package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"
	"time"
)

// Files hold what arrived in their period. A query looks this much further for
// what arrived late, and this much back for exporters whose clock is ahead.
func late(k Kind) int64 {
	switch k {
	case Flows, Seconds:
		return int64(time.Hour)
	}
	return int64(3 * time.Hour)
}

const ahead = int64(5 * time.Minute)

// Query is a question about one table.
type Query struct {
	Table    string        // flows, or networks, services, interfaces or series with _1m or _1h, or series_1s
	From, To int64         // Unix ms; which files are read, not which rows: the SQL must compare time as well
	SQL      string        // with {rows} where the table is meant
	Args     []any         // of its ? signs
	MaxRows  int           // of the answer; 0 means 10,000
	Timeout  time.Duration // 0 means 30 s
}

// Result is the answer to a Query. Use it like sql.Rows and close it: the files
// stay open until then.
type Result struct {
	*sql.Rows
	Missing   []string // files of the time asked for that cannot be read
	Truncated bool     // there were more rows than MaxRows

	left   int
	cancel context.CancelFunc
	free   func()
}

// Next is that of sql.Rows, until MaxRows were seen.
func (r *Result) Next() bool {
	if !r.Rows.Next() {
		return false
	}
	if r.left == 0 {
		r.Truncated = true
		return false
	}
	r.left--
	return true
}

// Close ends the query and gives its files back. It may be called again.
func (r *Result) Close() error {
	err := r.Rows.Close()
	r.cancel()
	if r.free != nil {
		r.free()
		r.free = nil
	}
	return err
}

// Query asks. It ends with ctx or after its time, also while rows are read; the
// error is then that of the context. Rows that were not committed yet (see
// Config.CommitAge) are not seen.
func (s *Store) Query(ctx context.Context, q Query) (*Result, error) {
	k, ok := kindOf[q.Table]
	if !ok {
		return nil, fmt.Errorf("query: no table %q", q.Table)
	}
	if s.closed.Load() {
		return nil, fmt.Errorf("query %s: the flow store is closed", q.Table)
	}
	if q.MaxRows == 0 {
		q.MaxRows = 10000
	}
	if q.Timeout == 0 {
		q.Timeout = 30 * time.Second
	}
	const largest = math.MaxInt64/1000000 - 1<<30 // ms that fit Unix ns, with what is added below
	got, missing := s.files.acquire(k, max(q.From, 0)*1e6-ahead, max(min(q.To, largest), 0)*1e6+late(k))
	free := func() { s.files.release(got) }
	ctx, cancel := context.WithTimeout(ctx, q.Timeout)
	rows, err := s.engine.sql.QueryContext(ctx, strings.ReplaceAll(q.SQL, "{rows}", union(got, k, q.Table)), q.Args...)
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		cancel()
		free()
		return nil, fmt.Errorf("query %s: %w", q.Table, err)
	}
	return &Result{Rows: rows, Missing: missing, left: q.MaxRows, cancel: cancel, free: free}, nil
}

// union names a table over all files, or the empty one.
func union(got []*file, k Kind, table string) string {
	if len(got) == 0 {
		return "empty." + k.String() + "." + table
	}
	var b strings.Builder
	for i, f := range got {
		if i > 0 {
			b.WriteString(" UNION ALL ")
		}
		b.WriteString("SELECT * FROM " + f.alias + ".main." + table)
	}
	return "(" + b.String() + ")"
}
