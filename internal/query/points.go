package query

import (
	"context"
	"fmt"
	"strings"

	"floodmark/internal/model"
)

// SeriesQuestion asks for the traffic of one target over time.
type SeriesQuestion struct {
	Target    model.TargetID
	Direction model.Direction
	From, To  int64 // Unix s; To is not included
	Step      int64 // s
}

// SeriesPoint is one step: mean rates, and the largest of one second within it.
type SeriesPoint struct {
	model.Point
	MaxPackets float64 // packets/s
	MaxBits    float64 // bits/s
}

// SeriesResult is the answer, in order of time. Steps without traffic are left
// out.
type SeriesResult struct {
	Table     string // series_1s, series_1m or series_1h
	Points    []SeriesPoint
	Truncated bool
	Missing   []string
}

// maxPoints bounds the answer of Points.
const maxPoints = 100_000

// Points answers a question on the series of a target from the coarsest table
// whose step divides that of the question and that keeps the time: or, where
// none keeps all of it, most of it. Steps are aligned to the Unix epoch, and the
// time to steps.
func Points(ctx context.Context, e Engine, q SeriesQuestion, l Limits) (SeriesResult, error) {
	if q.Step < 1 || q.From < 0 || q.From >= q.To || q.To > lastDay/1e9 || (q.To-q.From)/q.Step >= maxPoints {
		return SeriesResult{}, &Error{Text: fmt.Sprintf("a series has a step of at least 1 s, ends after it begins, and has fewer than %d points", maxPoints)}
	}
	q.From -= q.From % q.Step
	q.To += (q.Step - q.To%q.Step) % q.Step
	t := source(e, q)
	if l.Timeout <= 0 {
		l.Timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, l.Timeout)
	defer cancel()
	rows, err := e.Query(ctx, Statement{Table: t.name, From: q.From * 1000, To: q.To * 1000, SQL: t.pointsSQL(q), Args: []any{q.Target.String()}, MaxRows: maxPoints, Timeout: l.Timeout})
	if err != nil {
		return SeriesResult{}, err
	}
	defer rows.Close()
	r := SeriesResult{Table: t.name}
	cells, dest := make([]cell, pointCells), make([]any, pointCells)
	for i := range cells {
		dest[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return SeriesResult{}, fmt.Errorf("read %s: %w", t.name, err)
		}
		r.Points = append(r.Points, q.point(cells))
	}
	if ctx.Err() != nil {
		return SeriesResult{}, ctx.Err()
	}
	if err := rows.Err(); err != nil {
		return SeriesResult{}, fmt.Errorf("read %s: %w", t.name, err)
	}
	r.Truncated, r.Missing = rows.Truncated(), rows.Missing()
	return r, nil
}

// pointCells counts time, rates, samples, band and peaks.
const pointCells = 1 + int(model.Metrics) + 5

func (q *SeriesQuestion) point(c []cell) SeriesPoint {
	p := SeriesPoint{Point: model.Point{Time: int64(c[0].u) / 1000, Target: q.Target, Direction: q.Direction}}
	for m := range p.Rates {
		p.Rates[m] = c[1+m].float()
	}
	rest := c[1+int(model.Metrics):]
	p.Samples, p.Low, p.High, p.MaxPackets, p.MaxBits = rest[0].float(), rest[1].float(), rest[2].float(), rest[3].float(), rest[4].float()
	return p
}

// seriesSource is one table of series.
type seriesSource struct {
	name  string
	grid  int64 // s of one row
	peaks bool  // it keeps the largest second of a row
}

var seriesSources = []seriesSource{{"series_1h", 3600, true}, {"series_1m", 60, true}, {"series_1s", 1, false}}

func source(e Engine, q SeriesQuestion) seriesSource {
	var best seriesSource
	largest := int64(-1)
	for _, t := range seriesSources {
		if q.Step%t.grid != 0 {
			continue
		}
		from, to := e.Kept(t.name)
		from, to = max(from, q.From*1000), min(to, q.To*1000)
		if kept := max(to-from, 0); kept > largest {
			best, largest = t, kept
		}
	}
	return best
}

// pointsSQL sums by step. Rows without traffic are not stored, so that a mean is
// the sum over all rows that there could be.
func (t *seriesSource) pointsSQL(q SeriesQuestion) string {
	step := number(q.Step * 1000)
	cols := []string{sqlText(binary{raw("time"), "-", binary{raw("time"), "%", step}}) + " AS t"}
	for m := range model.Metrics {
		column := raw(strings.ReplaceAll(m.String(), "-", "_"))
		cols = append(cols, sqlText(binary{call{"sum", double{column}}, "*", raw(fmt.Sprintf("%d / %d.0", t.grid, q.Step))}))
	}
	cols = append(cols, "sum(CAST(samples AS DOUBLE))", bandSQL("low"), bandSQL("high"))
	if t.peaks {
		cols = append(cols, "max(max_packets)", "max(max_bits)")
	} else {
		cols = append(cols, "max(packets)", "max(bits)")
	}
	where := all{raw("target = ?"), binary{raw("direction"), "=", number(q.Direction)}, binary{raw("time"), ">=", number(q.From * 1000)}, binary{raw("time"), "<", number(q.To * 1000)}}
	return "SELECT " + strings.Join(cols, ", ") + " FROM {rows} WHERE " + sqlText(where) + " GROUP BY t ORDER BY t"
}

// bandSQL is the mean of a bound of the normal band, over what has a band.
func bandSQL(column raw) string {
	sum, n := sqlText(call{"sum", double{column}}), sqlText(call{"sum", raw("CASE WHEN high > 0 THEN 1 ELSE 0 END")})
	return "CASE WHEN " + n + " > 0 THEN " + sum + " / " + n + " ELSE 0 END"
}
