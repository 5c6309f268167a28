package api

import (
	"context"
	"net/http"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/view"
)

// TargetList is the heaviest targets.
type TargetList struct {
	Targets []Target `json:"targets" doc:"Targets, highest rate first"`
	Total   int      `json:"total" doc:"Number of all matching targets, listed or not"`
}

// Top is a ranking of targets by one metric.
type Top struct {
	At        *time.Time `json:"at" doc:"End of the second that the ranking refers to"`
	Metric    string     `json:"metric" doc:"Metric that the ranking is ordered by"`
	Unit      string     `json:"unit" doc:"Unit of value and threshold"`
	Direction string     `json:"direction" enum:"in,out" doc:"Direction seen from the monitored networks"`
	Entries   []TopEntry `json:"entries" doc:"Targets, highest rate first"`
	Total     int        `json:"total" doc:"Number of all matching targets, listed or not"`
}

// TopEntry is one place of a ranking.
type TopEntry struct {
	Target    string  `json:"target" doc:"Address, prefix, customer:NAME or network"`
	Value     float64 `json:"value" doc:"Current rate, corrected for sampling"`
	Threshold float64 `json:"threshold" doc:"Configured threshold; 0 for none"`
}

// Series is the traffic of a target over time.
type Series struct {
	Target    string        `json:"target" doc:"Address, prefix, customer:NAME or network"`
	Direction string        `json:"direction" enum:"in,out" doc:"Direction seen from the monitored networks"`
	From      time.Time     `json:"from" doc:"Start of the period"`
	To        time.Time     `json:"to" doc:"End of the period, not included"`
	Step      int64         `json:"step_seconds" doc:"Length of one step in seconds"`
	Points    []SeriesPoint `json:"points" doc:"Traffic per step, oldest first; steps without traffic may be left out"`
}

type targetsInput struct {
	Metric    string   `query:"metric" default:"bits" enum:"packets,bits,flows,tcp-packets,udp-packets,icmp-packets,other-packets,syn-packets,fragment-packets,reflection-packets,udp-bits,reflection-bits" doc:"Metric that targets are ordered by"`
	Direction string   `query:"direction" default:"in" enum:"in,out" doc:"Direction seen from the monitored networks"`
	Kind      []string `query:"kind" enum:"host,prefix,customer,network" doc:"Kinds of target, comma-separated; default all"`
	Within    string   `query:"within" maxLength:"100" doc:"Target that is listed with the targets within it" example:"198.51.100.0/24"`
	Group     string   `query:"group" maxLength:"100" doc:"Group of targets that share thresholds"`
	Limit     int      `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"Maximum number of targets in the answer"`
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
	Direction string    `query:"direction" default:"in" enum:"in,out" doc:"Direction seen from the monitored networks"`
	From      time.Time `query:"from" doc:"Start of the period; default one hour before to"`
	To        time.Time `query:"to" doc:"End of the period, not included; default now"`
	Step      int64     `query:"step" minimum:"0" maximum:"86400" doc:"Length of one step in seconds; default the shortest that gives at most 1,000 points"`
}

// maxPoints bounds a series.
const maxPoints = 10_000

func (o *operator) targetRoutes() {
	add(o, operation{id: "list-targets", method: http.MethodGet, path: "/api/v1/targets", tag: "traffic", scope: Read,
		summary: "List targets", about: "Current rates, thresholds and baselines of targets, highest rate first."},
		func(_ context.Context, in *targetsInput) (*answer[TargetList], error) {
			q, err := in.query()
			if err != nil {
				return nil, err
			}
			found, total := o.back.Targets(q)
			out := TargetList{Targets: make([]Target, 0, len(found)), Total: total}
			for i := range found {
				out.Targets = append(out.Targets, viewTarget(&found[i]))
			}
			return &answer[TargetList]{out}, nil
		})
	add(o, operation{id: "top-targets", method: http.MethodGet, path: "/api/v1/top", tag: "traffic", scope: Read,
		summary: "Rank targets by one metric", about: "Short form of the list of targets. For rankings of networks, countries or ports, query flows, such as flows?q=group by src_as top 10 last 1h."}, o.top)
	add(o, operation{id: "get-target", method: http.MethodGet, path: "/api/v1/targets/{target}", tag: "traffic", scope: Read, errors: []int{404},
		summary: "Get a target", about: "Current rates, thresholds and baseline of one target."},
		func(_ context.Context, in *TargetPath) (*answer[Target], error) {
			id, err := parseTarget(in.Target)
			if err != nil {
				return nil, err
			}
			t, ok := o.back.Target(id)
			if !ok {
				return nil, noTarget
			}
			return &answer[Target]{viewTarget(&t)}, nil
		})
	add(o, operation{id: "get-series", method: http.MethodGet, path: "/api/v1/targets/{target}/series", tag: "traffic", scope: Read, errors: []int{404, 429, 503, 504}, time: questionTime,
		summary: "Get the traffic of a target over time", about: "Mean rates and baseline of each step. At most 10,000 points."}, o.series)
}

var noTarget = problem(http.StatusNotFound, "this target is not monitored or had no traffic", "GET /api/v1/targets lists them")

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
		out.Entries = append(out.Entries, TopEntry{found[i].Target.String(), view.Finite(t.Rates[q.Metric]), view.Finite(t.Bounds[q.Metric])})
	}
	out.At = view.Time(latest)
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
		v := SeriesPoint{Time: time.Unix(p.Time, 0).UTC(), Rates: view.NewRates(&p.Rates), Samples: view.Finite(p.Samples)}
		if p.Low != 0 || p.High != 0 {
			v.Baseline = &Baseline{view.Finite(p.Low), view.Finite(p.High)}
		}
		out.Points = append(out.Points, v)
	}
	return &answer[Series]{out}, nil
}

// steps are the step lengths in seconds that the default is chosen from.
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
		return q, problem(http.StatusUnprocessableEntity, "this would be more than 10,000 points", "use a longer step or a shorter period")
	}
	return q, nil
}
