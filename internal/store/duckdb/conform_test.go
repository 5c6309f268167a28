package duckdb

import (
	"testing"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/store/storetest"
)

func TestConforms(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Engine {
		s, c := open(t, t.TempDir(), nil)
		return storetest.Engine{
			Add:    func(rows []model.FlowRow) { give(t, s, rows) },
			Points: s.AddPoints,
			Sync:   func() { mustSync(t, s) },
			Advance: func(d time.Duration) {
				c.add(d)
				tick(t, s)
			},
			Ask: func(table, sql string) [][]int64 { return ask(t, s, table, sql) },
		}
	})
}

func ask(t *testing.T, s *Store, table, sql string) (out [][]int64) {
	t.Helper()
	r, err := s.Query(t.Context(), Query{Table: table, To: 1 << 42, SQL: sql})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	names, err := r.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
		row, into := make([]float64, len(names)), make([]any, len(names))
		whole := make([]int64, len(names))
		for i := range row {
			into[i] = &whole[i]
		}
		if err := r.Scan(into...); err != nil { // sums of the engine are of other types
			for i := range row {
				into[i] = &row[i]
			}
			if err := r.Scan(into...); err != nil {
				t.Fatal(err)
			}
			for i, v := range row {
				whole[i] = int64(v)
			}
		}
		out = append(out, whole)
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return out
}
