package live

import (
	"context"
	"io"

	"floodmark/internal/api"
	"floodmark/internal/model"
	"floodmark/internal/store/duckdb"
)

// Flows answers a question over stored flows.
func (s *Server) Flows(context.Context, string) (api.FlowAnswer, error) {
	return api.FlowAnswer{}, &api.Error{Kind: api.Unavailable, Text: "questions over flows are not connected"}
}

// FlowsCSV answers it as CSV.
func (s *Server) FlowsCSV(context.Context, string, io.Writer) error {
	return &api.Error{Kind: api.Unavailable, Text: "questions over flows are not connected"}
}

// Series returns the stored points of a target.
func (s *Server) Series(ctx context.Context, q api.SeriesQuery) ([]model.Point, error) {
	table, step := "series_1s", int64(1)
	switch {
	case q.Step >= 3600:
		table, step = "series_1h", 3600
	case q.Step >= 60:
		table, step = "series_1m", 60
	}
	res, err := s.store.Query(ctx, duckdb.Query{Table: table, From: q.From * 1000, To: q.To * 1000, MaxRows: q.Points() + 1,
		SQL: seriesSQL, Args: []any{q.Step * 1000, q.Target.String(), int(q.Direction), q.From * 1000, q.To * 1000}})
	if err != nil {
		return nil, err
	}
	defer res.Close()
	var out []model.Point
	for res.Next() {
		p := model.Point{Target: q.Target, Direction: q.Direction}
		var rates [model.Metrics]float64
		dst := []any{&p.Time}
		for m := range rates {
			dst = append(dst, &rates[m])
		}
		if err := res.Scan(append(dst, &p.Samples)...); err != nil {
			return nil, err
		}
		p.Time /= 1000
		for m := range rates { // sums of rates over the steps of the table within one of the question
			p.Rates[m] = rates[m] * float64(step) / float64(q.Step)
		}
		out = append(out, p)
	}
	return out, res.Err()
}

// seriesSQL sums what is stored into the steps of a question. Steps without
// traffic are not stored.
const seriesSQL = `SELECT time - time % ? AS t, sum(packets), sum(bits), sum(flows), sum(tcp_packets), sum(udp_packets), sum(icmp_packets),
 sum(other_packets), sum(syn_packets), sum(fragment_packets), sum(reflection_packets), sum(udp_bits), sum(reflection_bits), sum(samples)
FROM {rows} WHERE target = ? AND direction = ? AND time >= ? AND time < ? GROUP BY t ORDER BY t`
