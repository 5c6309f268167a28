package api

import (
	"context"
	"net/http"
	"time"

	"floodmark/internal/model"
)

// TargetList is the heaviest targets.
type TargetList struct {
	Targets []Target `json:"targets" doc:"The heaviest first"`
	Total   int      `json:"total" doc:"All that were asked for, shown or not"`
}

// Top is a ranking of targets by one metric.
type Top struct {
	At        *time.Time `json:"at" doc:"End of the second that it is of"`
	Metric    string     `json:"metric" doc:"That it is ordered by"`
	Unit      string     `json:"unit" doc:"Of values"`
	Direction string     `json:"direction" enum:"in,out" doc:"Seen from the networks under watch"`
	Entries   []TopEntry `json:"entries" doc:"The heaviest first"`
	Total     int        `json:"total" doc:"All that were asked for, shown or not"`
}

// TopEntry is one place of a ranking.
type TopEntry struct {
	Target string  `json:"target" doc:"Address, prefix, customer:NAME or network"`
	Value  float64 `json:"value" doc:"Now, corrected for sampling"`
	Bound  float64 `json:"bound" doc:"Threshold; 0 for none"`
}

// Series is the traffic of a target over time.
type Series struct {
	Target    string        `json:"target" doc:"Address, prefix, customer:NAME or network"`
	Direction string        `json:"direction" enum:"in,out" doc:"Seen from the networks under watch"`
	From      time.Time     `json:"from" doc:"Start"`
	To        time.Time     `json:"to" doc:"End, not included"`
	Step      int64         `json:"step_seconds" doc:"Length of one point"`
	Points    []SeriesPoint `json:"points" doc:"In order of time; steps without traffic may be left out"`
}

type targetsInput struct {
	Metric    string   `query:"metric" default:"bits" enum:"packets,bits,flows,tcp-packets,udp-packets,icmp-packets,other-packets,syn-packets,fragment-packets,reflection-packets,udp-bits,reflection-bits" doc:"That targets are ordered by"`
	Direction string   `query:"direction" default:"in" enum:"in,out" doc:"Seen from the networks under watch"`
	Kind      []string `query:"kind" enum:"host,prefix,customer,network" doc:"Any of these, comma-separated; default all"`
	Within    string   `query:"within" maxLength:"100" doc:"This target and those within it" example:"198.51.100.0/24"`
	Group     string   `query:"group" maxLength:"100" doc:"Of this group of thresholds"`
	Limit     int      `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many at most"`
}

func (in *targetsInput) query() (TargetQuery, error) {
	q := TargetQuery{Kinds: kindsOf(in.Kind), Group: in.Group, Limit: in.Limit}
	_ = q.Metric.UnmarshalText([]byte(in.Metric))       // one of the enum
	_ = q.Direction.UnmarshalText([]byte(in.Direction)) // one of the enum
	if in.Within != "" {
		t, err := parseTarget(in.Within)
		if err != nil {
			return q, err
		}
		q.Within = &t
	}
	return q, nil
}

// TargetPath names a target in a path.
type TargetPath struct {
	Target string `path:"target" maxLength:"100" doc:"Address, prefix (198.51.100.0_24, or with %2F), customer:NAME or network"`
}

type seriesInput struct {
	TargetPath
	Direction string    `query:"direction" default:"in" enum:"in,out" doc:"Seen from the networks under watch"`
	From      time.Time `query:"from" doc:"Start; default one hour before to"`
	To        time.Time `query:"to" doc:"End, not included; default now"`
	Step      int64     `query:"step" minimum:"0" maximum:"86400" doc:"Seconds of one point; default the shortest that gives at most 1,000 points"`
}

// maxPoints bounds a series.
const maxPoints = 10_000

func (o *operator) targetRoutes() {
	add(o, operation{id: "list-targets", method: http.MethodGet, path: "/api/v1/targets", tag: "traffic", scope: Read,
		summary: "Targets now", about: "With rates, thresholds and what is normal, the heaviest first."},
		func(_ context.Context, in *targetsInput) (*answer[TargetList], error) {
			q, err := in.query()
			if err != nil {
				return nil, err
			}
			found, total := o.back.Targets(q)
			out := TargetList{Targets: make([]Target, 0, len(found)), Total: total}
			for i := range found {
				out.Targets = append(out.Targets, ViewTarget(&found[i]))
			}
			return &answer[TargetList]{out}, nil
		})
	add(o, operation{id: "top-targets", method: http.MethodGet, path: "/api/v1/top", tag: "traffic", scope: Read,
		summary: "Top targets by one metric", about: "The short form of targets. Rankings of networks, countries, ports and so on are questions: flows?q=group by src_as top 10 last 1h."}, o.top)
	add(o, operation{id: "get-target", method: http.MethodGet, path: "/api/v1/targets/{target}", tag: "traffic", scope: Read, errors: []int{404},
		summary: "One target now", about: "With rates, thresholds and what is normal."},
		func(_ context.Context, in *TargetPath) (*answer[Target], error) {
			id, err := parseTarget(in.Target)
			if err != nil {
				return nil, err
			}
			t, ok := o.back.Target(id)
			if !ok {
				return nil, noTarget
			}
			return &answer[Target]{ViewTarget(&t)}, nil
		})
	add(o, operation{id: "get-series", method: http.MethodGet, path: "/api/v1/targets/{target}/series", tag: "traffic", scope: Read, errors: []int{404, 429, 503, 504}, time: questionTime,
		summary: "Traffic of a target over time", about: "Mean rates of each step, with what was normal then. At most 10,000 points."}, o.series)
}

var noTarget = problem(http.StatusNotFound, "this target is not watched, or has had no traffic", "GET /api/v1/targets lists them")

func (o *operator) top(_ context.Context, in *targetsInput) (*answer[Top], error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	found, total := o.back.Targets(q)
	out := Top{Metric: q.Metric.String(), Unit: q.Metric.Unit(), Direction: q.Direction.String(), Entries: make([]TopEntry, 0, len(found)), Total: total}
	latest := int64(0)
	for i := range found {
		t := &found[i].In
		if q.Direction == model.Out {
			t = &found[i].Out
		}
		latest = max(latest, found[i].At)
		out.Entries = append(out.Entries, TopEntry{found[i].Target.String(), finite(t.Rates[q.Metric]), finite(t.Bounds[q.Metric])})
	}
	out.At = at(latest)
	return &answer[Top]{out}, nil
}

func (o *operator) series(ctx context.Context, in *seriesInput) (*answer[Series], error) {
	id, err := parseTarget(in.Target)
	if err != nil {
		return nil, err
	}
	q, err := o.span(in, id)
	if err != nil {
		return nil, err
	}
	done, err := o.question()
	if err != nil {
		return nil, err
	}
	defer done()
	points, err := o.back.Series(ctx, q)
	if err != nil {
		return nil, err
	}
	out := Series{id.String(), q.Direction.String(), time.Unix(q.From, 0).UTC(), time.Unix(q.To, 0).UTC(), q.Step, make([]SeriesPoint, 0, len(points))}
	for i := range points {
		p := &points[i]
		v := SeriesPoint{Time: time.Unix(p.Time, 0).UTC(), Rates: rates(&p.Rates), Samples: finite(p.Samples)}
		if p.Low != 0 || p.High != 0 {
			v.Normal = &Band{finite(p.Low), finite(p.High)}
		}
		out.Points = append(out.Points, v)
	}
	return &answer[Series]{out}, nil
}

// steps are the lengths of points that are chosen by themselves, in seconds.
var steps = []int64{1, 2, 5, 10, 30, 60, 300, 600, 1800, 3600, 10800, 21600, 86400}

func (o *operator) span(in *seriesInput, id model.TargetID) (SeriesQuery, error) {
	q := SeriesQuery{Target: id, Step: in.Step}
	_ = q.Direction.UnmarshalText([]byte(in.Direction)) // one of the enum
	if in.To.IsZero() {
		in.To, _, _ = o.back.Clock()
	}
	if in.From.IsZero() {
		in.From = in.To.Add(-time.Hour)
	}
	q.From, q.To = in.From.Unix(), in.To.Unix()
	if q.From < 0 || q.To <= q.From || q.To-q.From > 100*366*86400 {
		return q, problem(http.StatusUnprocessableEntity, "from must be before to", "both are RFC 3339, such as 2026-01-02T15:04:05Z")
	}
	if q.Step == 0 {
		q.Step = steps[len(steps)-1]
		for _, s := range steps {
			if (q.To-q.From)/s <= 1000 {
				q.Step = s
				break
			}
		}
	}
	q.From -= q.From % q.Step
	if q.Points() > maxPoints {
		return q, problem(http.StatusUnprocessableEntity, "this would be more than 10,000 points", "ask for a longer step or a shorter time")
	}
	return q, nil
}
