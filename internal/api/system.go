package api

import (
	"context"
	"net/http"
	"time"

	"floodmark/internal/model"
)

// Clock is the server's time.
type Clock struct {
	Now   time.Time `json:"now" doc:"By the server's clock"`
	Speed float64   `json:"speed" doc:"How fast that clock runs; 1 is real time"`
	Start time.Time `json:"start" doc:"When the program was started, by that clock"`
}

// HealthReport tells how the program is.
type HealthReport struct {
	Live       bool        `json:"live" doc:"false where only a restart helps"`
	Ready      bool        `json:"ready" doc:"It judges traffic"`
	Version    string      `json:"version" doc:"Of the program"`
	Reasons    []string    `json:"reasons" doc:"Why it is not live or ready"`
	Conditions []Condition `json:"conditions" doc:"In which way it is blind or broken"`
}

// Probe is the answer to a probe.
type Probe struct {
	OK bool `json:"ok" doc:"true with the status 200"`
}

type none struct{}

type oneReceiver struct {
	Name string `path:"name" maxLength:"100" doc:"Name of the receiver"`
}

type probeAnswer struct {
	Status int
	Body   Probe
}

func probe(ok bool) *probeAnswer {
	if ok {
		return &probeAnswer{http.StatusOK, Probe{true}}
	}
	return &probeAnswer{http.StatusServiceUnavailable, Probe{false}}
}

func (o *operator) systemRoutes() {
	get := func(id, path, summary, about string) operation {
		return operation{id: id, method: http.MethodGet, path: path, tag: "system", scope: Read, summary: summary, about: about}
	}
	add(o, get("list-exporters", "/api/v1/exporters", "Exporters", "What is known of each: loss, templates, sampling rates and where they come from, clock, interfaces."),
		func(context.Context, *none) (*answer[exporterList], error) {
			var out exporterList
			out.Exporters = []Exporter{}
			for _, e := range o.back.Exporters() {
				out.Exporters = append(out.Exporters, Exporter{e, at(e.LastSeen)})
			}
			return &answer[exporterList]{out}, nil
		})
	add(o, get("list-conditions", "/api/v1/conditions", "Conditions", "In which way the program is blind or broken now, the heaviest first."),
		func(context.Context, *none) (*answer[conditionList], error) {
			return &answer[conditionList]{conditionList{viewConditions(o.back.Conditions())}}, nil
		})
	add(o, get("list-receivers", "/api/v1/receivers", "Receivers of alerts", "And how they do."),
		func(context.Context, *none) (*answer[receiverList], error) {
			out := receiverList{[]Receiver{}}
			for _, r := range o.back.Receivers() {
				out.Receivers = append(out.Receivers, Receiver{r.Name, r.Kind, r.Sent, r.Failed, r.Pending, at(r.LastSent), r.LastError})
			}
			return &answer[receiverList]{out}, nil
		})
	o.probeRoute(get)
	add(o, operation{id: "test-receiver", method: http.MethodPost, path: "/api/v1/receivers/{name}/test", tag: "system", scope: Operate, errors: []int{404, 429, 502, 503, 504}, time: questionTime,
		summary: "Send a test alert", about: "Answers when the receiver has taken it.", status: http.StatusNoContent}, o.testReceiver)
	add(o, get("get-clock", "/api/v1/clock", "The server's time", "It may run fast, for rehearsals."),
		func(context.Context, *none) (*answer[Clock], error) {
			now, speed, start := o.back.Clock()
			return &answer[Clock]{Clock{now.UTC(), speed, start.UTC()}}, nil
		})
	add(o, get("get-health", "/api/v1/health", "Health", "Whether it does its work, and what it cannot see."),
		func(context.Context, *none) (*answer[HealthReport], error) {
			h := o.back.Health()
			return &answer[HealthReport]{HealthReport{h.Live, h.Ready, h.Version, list(h.Reasons), viewConditions(o.back.Conditions())}}, nil
		})
	live := get("probe-live", "/api/v1/health/live", "Is it alive?", "For probes: 200 or 503, without a token.")
	ready := get("probe-ready", "/api/v1/health/ready", "Does it judge?", "For probes: 200 or 503, without a token.")
	live.scope, ready.scope = Anyone, Anyone
	add(o, live, func(context.Context, *none) (*probeAnswer, error) { return probe(o.back.Health().Live), nil })
	add(o, ready, func(context.Context, *none) (*probeAnswer, error) { return probe(o.back.Health().Ready), nil })
	settings := get("get-settings", "/api/v1/settings", "The configuration in effect", "With every default; secrets are removed.")
	settings.scope, settings.success = Admin, jsonObject("The configuration")
	add(o, settings, func(context.Context, *none) (*document, error) {
		return &document{"application/json", o.back.Settings()}, nil
	})
}

type exporterList struct {
	Exporters []Exporter `json:"exporters" doc:"By number"`
}

type conditionList struct {
	Conditions []Condition `json:"conditions" doc:"The heaviest first"`
}

type receiverList struct {
	Receivers []Receiver `json:"receivers" doc:"In the order of the configuration"`
}

func viewConditions(l []model.Condition) []Condition {
	out := make([]Condition, 0, len(l))
	for _, c := range l {
		out = append(out, Condition{c.Code, c.Subject, string(c.Severity), c.Text, at(c.Since)})
	}
	return out
}

func (o *operator) testReceiver(ctx context.Context, in *oneReceiver) (*none, error) {
	for _, r := range o.back.Receivers() {
		if r.Name != in.Name {
			continue
		}
		err := o.back.TestReceiver(ctx, in.Name)
		if err == nil {
			return nil, nil
		}
		if p, ok := o.fault(ctx, err).(*Problem); ok && p.Status != http.StatusInternalServerError {
			return nil, p
		}
		// What the other end said is what the operator wants to know.
		return nil, problem(http.StatusBadGateway, err.Error(), "look at the receiver's configuration")
	}
	return nil, problem(http.StatusNotFound, "there is no receiver of that name", "GET /api/v1/receivers lists them")
}
