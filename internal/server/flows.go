package server

import (
	"context"
	"errors"
	"io"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/fault"
	"floodmark/internal/model"
	"floodmark/internal/query"
	"floodmark/internal/store/duckdb"
)

// stored lets questions ask the store.
type stored struct{ store *duckdb.Store }

// Query asks one statement.
func (e stored) Query(ctx context.Context, q query.Statement) (query.Rows, error) {
	r, err := e.store.Query(ctx, duckdb.Query{Table: q.Table, From: q.From, To: q.To, SQL: q.SQL, Args: q.Args, MaxRows: q.MaxRows, Timeout: q.Timeout})
	if err != nil {
		return nil, err
	}
	return rows{r}, nil
}

// Kept tells which time a table holds.
func (e stored) Kept(table string) (from, to int64) { return e.store.Kept(table) }

// rows are the store's, as questions want them.
type rows struct{ *duckdb.Result }

func (r rows) Missing() []string { return r.Result.Missing }
func (r rows) Truncated() bool   { return r.Result.Truncated }

// names knows exporters and interfaces by name.
type names struct{ s *Server }

// Exporter returns the numbers of a name or address.
func (n names) Exporter(name string) []uint32 {
	var out []uint32
	for i := range uint32(n.s.registry.Len()) {
		if n.s.registry.Address(i+1) == name || n.ExporterName(i+1) == name {
			out = append(out, i+1)
		}
	}
	return out
}

// ExporterName returns the name of an exporter, or its address.
func (n names) ExporterName(number uint32) string {
	return n.s.inventory.ExporterName(n.s.registry.Address(number))
}

// Interfaces returns all interfaces of a name.
func (n names) Interfaces(name string) []query.Interface {
	var out []query.Interface
	for _, e := range n.s.Exporters() {
		for _, f := range e.Interfaces {
			if f.Name == name {
				out = append(out, query.Interface{Exporter: e.Number, Index: f.Index})
			}
		}
	}
	return out
}

// InterfaceName returns the name of an interface.
func (n names) InterfaceName(i query.Interface) string {
	for _, e := range n.s.Exporters() {
		if e.Number != i.Exporter {
			continue
		}
		for _, f := range e.Interfaces {
			if f.Index == i.Index {
				return f.Name
			}
		}
	}
	return ""
}

// ask answers a question.
func (s *Server) ask(ctx context.Context, question string) (query.Result, error) {
	q, err := query.Parse(question)
	if err != nil {
		return query.Result{}, asProblem(err)
	}
	defer s.meters.queries.Since(time.Now())
	r, err := query.Run(ctx, stored{s.store}, q, query.Options{Names: names{s}, Now: s.clock.Now()})
	return r, asProblem(err)
}

// asProblem gives an error of a question the form that the API tells.
func asProblem(err error) error {
	var wrong *query.Error
	switch {
	case errors.As(err, &wrong):
		return &fault.Error{Kind: fault.Invalid, Text: wrong.Text, Hint: wrong.Hint, Column: wrong.Column}
	case errors.Is(err, context.DeadlineExceeded):
		return &fault.Error{Kind: fault.Timeout, Text: "the question took too long", Hint: "ask about a shorter time, or group by fewer fields"}
	}
	return err
}

// Flows answers a question over stored flows.
func (s *Server) Flows(ctx context.Context, question string) (api.FlowAnswer, error) {
	started := time.Now()
	r, err := s.ask(ctx, question)
	if err != nil {
		return api.FlowAnswer{}, err
	}
	a := api.FlowAnswer{Question: r.Question, Table: r.Table, From: r.From, To: r.To, Truncated: r.Truncated, Missing: r.Missing,
		Columns: []api.FlowColumn{}, Rows: [][]any{}, Took: time.Since(started).Seconds()}
	if a.Missing == nil {
		a.Missing = []string{}
	}
	for _, c := range r.Columns {
		a.Columns = append(a.Columns, api.FlowColumn{Name: c.Name, Kind: string(c.Kind), Unit: c.Unit})
	}
	for _, row := range r.Rows {
		out := make([]any, len(row))
		for i, v := range row {
			out[i] = v.Any()
		}
		a.Rows = append(a.Rows, out)
	}
	return a, nil
}

// FlowsCSV answers it as CSV.
func (s *Server) FlowsCSV(ctx context.Context, question string, w io.Writer) error {
	r, err := s.ask(ctx, question)
	if err != nil {
		return err
	}
	return r.WriteCSV(w)
}

// Series returns the stored points of a target.
func (s *Server) Series(ctx context.Context, q api.SeriesQuery) ([]model.Point, error) {
	defer s.meters.queries.Since(time.Now())
	r, err := query.Points(ctx, stored{s.store}, query.SeriesQuestion{Target: q.Target, Direction: q.Direction, From: q.From, To: q.To, Step: q.Step}, query.Limits{})
	if err != nil {
		return nil, asProblem(err)
	}
	out := make([]model.Point, 0, len(r.Points))
	for _, p := range r.Points {
		out = append(out, p.Point)
	}
	return out, nil
}
