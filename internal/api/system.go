package api

import (
	"context"
	"net/http"
	"time"

	"floodmark/internal/view"
)

// Clock is the server's time.
type Clock struct {
	Now   time.Time `json:"now" doc:"Current time by the server's clock"`
	Speed float64   `json:"speed" doc:"Speed of the server's clock; 1 is real time"`
	Start time.Time `json:"start" doc:"Start of the server by its clock"`
}

// HealthReport is the health of the server.
type HealthReport struct {
	Live       bool        `json:"live" doc:"Whether the server is alive; false where only a restart helps"`
	Ready      bool        `json:"ready" doc:"Whether detection is running"`
	Version    string      `json:"version" doc:"Version of the program"`
	Reasons    []string    `json:"reasons" doc:"Reasons why the server is not live or not ready"`
	Conditions []Condition `json:"conditions" doc:"Active data-quality conditions, most severe first"`
}

// HealthProbe is the answer to a liveness or readiness probe.
type HealthProbe struct {
	OK bool `json:"ok" doc:"Whether the probe succeeded; true with status 200"`
}

type none struct{}

type oneReceiver struct {
	Name string `path:"name" maxLength:"100" doc:"Name of the receiver"`
}

type probeAnswer struct {
	Status int
	Body   HealthProbe
}

func probe(ok bool) *probeAnswer {
	if ok {
		return &probeAnswer{http.StatusOK, HealthProbe{true}}
	}
	return &probeAnswer{http.StatusServiceUnavailable, HealthProbe{false}}
}

func (o *operator) systemRoutes() {
	get := func(id, path, summary, about string) operation {
		return operation{id: id, method: http.MethodGet, path: path, tag: "system", scope: Read, summary: summary, about: about}
	}
	add(o, get("list-exporters", "/api/v1/exporters", "List exporters", "Loss, templates, sampling rates and their origin, clock and interfaces of each exporter."),
		func(context.Context, *none) (*answer[exporterList], error) {
			var out exporterList
			out.Exporters = []Exporter{}
			for _, e := range o.back.Exporters() {
				out.Exporters = append(out.Exporters, Exporter{e, view.Time(e.LastSeen)})
			}
			return &answer[exporterList]{out}, nil
		})
	add(o, get("list-conditions", "/api/v1/conditions", "List conditions", "Active data-quality conditions: missing data or wrong values, most severe first."),
		func(context.Context, *none) (*answer[conditionList], error) {
			return &answer[conditionList]{conditionList{viewConditions(o.back.Conditions())}}, nil
		})
	add(o, get("list-receivers", "/api/v1/receivers", "List alert receivers", "Delivery status of each receiver of alerts."),
		func(context.Context, *none) (*answer[receiverList], error) {
			out := receiverList{[]Receiver{}}
			for _, r := range o.back.Receivers() {
				out.Receivers = append(out.Receivers, viewReceiver(&r))
			}
			return &answer[receiverList]{out}, nil
		})
	o.probeRoute(get)
	add(o, operation{id: "test-receiver", method: http.MethodPost, path: "/api/v1/receivers/{name}/test", tag: "system", scope: Operate, errors: []int{404, 429, 502, 503, 504}, time: questionTime,
		summary: "Send a test alert", about: "The server answers once the receiver has accepted the message.", status: http.StatusNoContent}, o.testReceiver)
	add(o, get("get-clock", "/api/v1/clock", "Get the server's time", "The clock may run faster than real time during an accelerated replay."),
		func(context.Context, *none) (*answer[Clock], error) {
			now, speed, start := o.back.Clock()
			return &answer[Clock]{Clock{now.UTC(), speed, start.UTC()}}, nil
		})
	add(o, get("get-health", "/api/v1/health", "Get the health of the server", "Liveness, readiness and active conditions."),
		func(context.Context, *none) (*answer[HealthReport], error) {
			h := o.back.Health()
			return &answer[HealthReport]{HealthReport{h.Live, h.Ready, h.Version, view.List(h.Reasons), viewConditions(o.back.Conditions())}}, nil
		})
	live := get("probe-live", "/api/v1/health/live", "Liveness probe", "Status 200 or 503, without a token.")
	ready := get("probe-ready", "/api/v1/health/ready", "Readiness probe", "Status 200 while detection is running, otherwise 503; without a token.")
	live.scope, ready.scope = Anyone, Anyone
	add(o, live, func(context.Context, *none) (*probeAnswer, error) { return probe(o.back.Health().Live), nil })
	add(o, ready, func(context.Context, *none) (*probeAnswer, error) { return probe(o.back.Health().Ready), nil })
	settings := get("get-settings", "/api/v1/settings", "Get the configuration in effect", "Includes every default; secrets are removed.")
	settings.scope, settings.success = Admin, jsonObject("Configuration in effect")
	add(o, settings, func(context.Context, *none) (*document, error) {
		return &document{"application/json", o.back.Settings()}, nil
	})
}

type exporterList struct {
	Exporters []Exporter `json:"exporters" doc:"Exporters in the order of their numbers"`
}

type conditionList struct {
	Conditions []Condition `json:"conditions" doc:"Active conditions, most severe first"`
}

type receiverList struct {
	Receivers []Receiver `json:"receivers" doc:"Receivers in the order of the configuration"`
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
		if p := o.fault(ctx, err); p.Status != http.StatusInternalServerError {
			return nil, p
		}
		// The operator needs the error of the other end.
		return nil, problem(http.StatusBadGateway, err.Error(), "check the receiver's configuration")
	}
	return nil, problem(http.StatusNotFound, "there is no receiver with this name", "GET /api/v1/receivers lists them")
}
