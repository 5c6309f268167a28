package api

import (
	"context"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/view"
)

// ProbeStatus is one probed component of a service.
type ProbeStatus struct {
	Service string // slug
	Name    string // of the service
	Now     model.ProbeNow
	Last    model.ProbeResult // At is 0 before the first
}

// ServiceProbe is the probe status of one component.
type ServiceProbe struct {
	Service       string         `json:"service" doc:"Slug of the service"`
	ServiceName   string         `json:"service_name" doc:"Display name of the service"`
	Component     string         `json:"component" doc:"Slug of the component"`
	ComponentName string         `json:"component_name" doc:"Display name of the component"`
	Vantage       string         `json:"vantage" doc:"Name of the vantage point that sends the requests"`
	State         string         `json:"state" enum:"unknown,ok,slow,failing" doc:"Result of several consecutive requests"`
	Failure       string         `json:"failure,omitempty" enum:"vantage-unreachable,dns,refused,connect-timeout,connect,tls,response-timeout,response,server-error,client-error,unexpected,rate-limited" doc:"Reason why the component fails or its state is unknown; absent where it answers"`
	Since         *time.Time     `json:"since" doc:"Start of the current state; null before the first request"`
	Baseline      float64        `json:"baseline_seconds,omitempty" doc:"Usual duration of a whole request in seconds; absent while there is too little history"`
	Text          string         `json:"text" doc:"One-sentence summary of the state"`
	Last          *ProbedRequest `json:"last,omitempty" doc:"Most recent request; absent before the first"`
}

// ProbedRequest is one request, phase by phase. The duration of a phase that was
// not reached or not needed is 0.
type ProbedRequest struct {
	At       *time.Time `json:"at" doc:"Start of the request"`
	Failure  string     `json:"failure,omitempty" enum:"vantage-unreachable,dns,refused,connect-timeout,connect,tls,response-timeout,response,server-error,client-error,unexpected,rate-limited" doc:"Reason why the request failed; absent after a success"`
	Status   int        `json:"status,omitempty" doc:"HTTP status of the response; absent without one"`
	DNS      float64    `json:"dns_seconds" doc:"Duration of name resolution in seconds"`
	Connect  float64    `json:"connect_seconds" doc:"Duration of the TCP handshake in seconds"`
	TLS      float64    `json:"tls_seconds" doc:"Duration of the TLS handshake in seconds"`
	Response float64    `json:"response_seconds" doc:"Seconds from the sending of the request until the response, at most its first 256 KiB, was read"`
	Slow     bool       `json:"slow,omitempty" doc:"Whether the response took much longer than usual"`
	Text     string     `json:"text" doc:"One-sentence summary of the request"`
}

type probeList struct {
	Probes []ServiceProbe `json:"probes" doc:"Probed components in the order of the configuration"`
}

func (o *operator) probeRoute(get func(id, path, summary, about string) operation) {
	add(o, get("list-probes", "/api/v1/probes", "List probes of services", "State of each probed component and the phases of its last request."),
		func(context.Context, *none) (*answer[probeList], error) {
			out := probeList{[]ServiceProbe{}}
			for _, p := range o.back.ProbeStatuses() {
				out.Probes = append(out.Probes, viewProbe(&p))
			}
			return &answer[probeList]{out}, nil
		})
}

func viewProbe(p *ProbeStatus) ServiceProbe {
	n := &p.Now
	out := ServiceProbe{Service: p.Service, ServiceName: p.Name, Component: n.Component, ComponentName: n.Name, Vantage: n.Vantage,
		State: string(n.State), Failure: view.ProbeFailure(n.Failure), Since: view.Time(n.Since), Baseline: seconds(n.Median), Text: n.Text}
	if r := &p.Last; r.At != 0 {
		out.Last = &ProbedRequest{view.Time(r.At), view.ProbeFailure(r.Failure), r.Status, seconds(r.DNS), seconds(r.Connect), seconds(r.TLS), seconds(r.Response), r.Slow, r.Text}
	}
	return out
}

func seconds(ns int64) float64 { return time.Duration(ns).Seconds() }
