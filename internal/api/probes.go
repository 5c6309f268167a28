package api

import (
	"context"
	"time"

	"floodmark/internal/model"
)

// ProbeStatus is one probed component of a service.
type ProbeStatus struct {
	Service string // slug
	Name    string // of the service
	Now     model.ProbeNow
	Last    model.ProbeResult // At is 0 before the first
}

// ServiceProbe is what the probes of one component say.
type ServiceProbe struct {
	Service       string         `json:"service" doc:"Slug of the service"`
	ServiceName   string         `json:"service_name" doc:"Its name"`
	Component     string         `json:"component" doc:"Slug of the component"`
	ComponentName string         `json:"component_name" doc:"Its name"`
	Vantage       string         `json:"vantage" doc:"From where it is asked"`
	State         string         `json:"state" doc:"unknown, ok, slow or failing"`
	Failure       string         `json:"failure,omitempty" doc:"Why it fails or nothing is known: own-link, dns, refused, connect-timeout, connect, tls, response-timeout, response, server-error, client-error, unexpected, rate-limited"`
	Since         *time.Time     `json:"since" doc:"When the state began; null before the first"`
	Usual         float64        `json:"usual_seconds,omitempty" doc:"How long the whole request usually takes; absent while that is not known"`
	Text          string         `json:"text" doc:"In words"`
	Last          *ProbedRequest `json:"last,omitempty" doc:"The last request; absent before the first"`
}

// ProbedRequest is one request, phase by phase. A phase that was not reached or
// not needed takes 0 seconds.
type ProbedRequest struct {
	At       *time.Time `json:"at" doc:"When it began"`
	Failure  string     `json:"failure,omitempty" doc:"Why it failed; absent where it did not"`
	Status   int        `json:"status,omitempty" doc:"Of the answer; absent without one"`
	DNS      float64    `json:"dns_seconds" doc:"Until the name was resolved"`
	Connect  float64    `json:"connect_seconds" doc:"Until the connection stood"`
	TLS      float64    `json:"tls_seconds" doc:"Until it was encrypted"`
	Response float64    `json:"response_seconds" doc:"From there until the answer was read, at most its first 256 KiB"`
	Slow     bool       `json:"slow,omitempty" doc:"It came, much later than usual"`
	Text     string     `json:"text" doc:"In words"`
}

type probeList struct {
	Probes []ServiceProbe `json:"probes" doc:"In the order of the configuration"`
}

func (o *operator) probeRoute(get func(id, path, summary, about string) operation) {
	add(o, get("list-probes", "/api/v1/probes", "Probes of services", "The state of each probed component, and the phases of its last request."),
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
		State: string(n.State), Failure: string(n.Failure), Since: at(n.Since), Usual: seconds(n.Median), Text: n.Text}
	if r := &p.Last; r.At != 0 {
		out.Last = &ProbedRequest{at(r.At), string(r.Failure), r.Status, seconds(r.DNS), seconds(r.Connect), seconds(r.TLS), seconds(r.Response), r.Slow, r.Text}
	}
	return out
}

func seconds(ns int64) float64 { return time.Duration(ns).Seconds() }
