package view

import (
	"time"

	"floodmark/internal/model"
)

// serviceState is the state of a service without an incident or with one.
func serviceState(s model.State) string {
	if s == "" || s == model.Closed {
		return "normal"
	}
	return string(s)
}

// Service is a service and its current state.
type Service struct {
	Slug         string    `json:"slug" doc:"Slug of the service, as in addresses of pages"`
	Name         string    `json:"name" doc:"Display name of the service"`
	Category     string    `json:"category,omitempty" doc:"Category of the service"`
	At           time.Time `json:"at" doc:"Time that the state and the counts refer to"`
	State        string    `json:"state" enum:"normal,suspected,open,easing" doc:"State by user reports; no state means that the service is down"`
	Severity     string    `json:"severity,omitempty" enum:"info,warning,critical" doc:"Severity of the active incident"`
	Incident     string    `json:"incident,omitempty" doc:"ID of the active incident"`
	NoBaseline   string    `json:"baseline_unavailable_reason,omitempty" doc:"Reason why there is no baseline yet; absent where there is one"`
	Last15m      Bucket    `json:"last_15m" doc:"Counts of the last 15 minutes, a sliding window"`
	TopComponent string    `json:"top_component,omitempty" doc:"Slug of the component that most reports of the last hour name"`
}

// NewService returns the view of a service.
func NewService(sv *model.ServiceNow) Service {
	v := Service{Slug: sv.Service.Slug, Name: sv.Service.Name, Category: sv.Service.Category, At: time.Unix(0, sv.At).UTC(),
		State: serviceState(sv.State), NoBaseline: sv.Why, Last15m: newBucket(&sv.Last15m), TopComponent: sv.Top.Slug}
	if sv.Incident != nil {
		v.Incident, v.Severity = sv.Incident.ID, string(sv.Incident.Severity)
	}
	return v
}

// Component is a part of a service that can fail by itself.
type Component struct {
	Slug string `json:"slug" doc:"Slug of the component, as in reports"`
	Name string `json:"name" doc:"Display name of the component"`
}

// ServiceDetail is everything known about a service now.
type ServiceDetail struct {
	Service
	Components      []Component      `json:"components" doc:"Components that can be reported"`
	URLs            []string         `json:"urls" doc:"Addresses of the service"`
	DependsOn       []string         `json:"depends_on" doc:"Slugs of services whose outages affect this one"`
	FirstReportAt   *time.Time       `json:"first_report_at" doc:"Time of the first report; null before it"`
	ComponentShares []ComponentShare `json:"component_shares" doc:"Problem reports by component, the largest share first"`
	Places          []PlaceShare     `json:"places" doc:"Problem reports by place, the highest ratio first; places with fewer than five effective reporters are merged"`
	Fraud           Fraud            `json:"fraud" doc:"Signs that reports are coordinated or inauthentic"`
	Notes           []Note           `json:"notes" doc:"Notes of the operators of this server, newest first"`
}

// Note is an operator's note on the page of a service.
type Note struct {
	By   string    `json:"by" doc:"Author of the note"`
	At   time.Time `json:"at" doc:"Time of the note"`
	Text string    `json:"text" doc:"Plain text of the note"`
}

// NewServiceDetail returns the view of a service with its notes.
func NewServiceDetail(sv *model.ServiceNow, notes []Note) ServiceDetail {
	return ServiceDetail{Service: NewService(sv),
		Components: each(sv.Service.Components, func(c *model.Component) Component { return Component{c.Slug, c.Name} }),
		URLs:       List(sv.Service.URLs), DependsOn: List(sv.Service.DependsOn), FirstReportAt: Time(sv.Since),
		ComponentShares: each(sv.Parts, newComponentShare), Places: each(sv.Places, newPlaceShare),
		Fraud: newFraud(&sv.Fraud), Notes: List(notes)}
}

// Series is a service's counts of one day.
type Series struct {
	Service       string   `json:"service" doc:"Slug of the service"`
	BucketSeconds int      `json:"bucket_seconds" doc:"Length of one bucket in seconds"`
	Buckets       []Bucket `json:"buckets" doc:"Counts of the last 24 hours, oldest first; the last bucket is partial"`
}

// NewSeries returns the counts of a service.
func NewSeries(sv *model.ServiceNow) Series {
	return Series{sv.Service.Slug, 900, each(sv.Day, newBucket)}
}
