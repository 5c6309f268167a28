package public

import (
	"math"
	"time"

	"floodmark/internal/model"
)

// stateOf is the state of a service in words of the API.
func stateOf(s model.State) string {
	if s == "" || s == model.Closed {
		return "normal"
	}
	return string(s)
}

// moment is a time of Unix ns, nil for "not yet".
func moment(ns int64) *time.Time {
	if ns == 0 {
		return nil
	}
	t := time.Unix(0, ns).UTC()
	return &t
}

// finite makes 0 of what JSON has no number for.
func finite[T float32 | float64](v T) T {
	if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return v
}

// Bucket is the counts of one service in 15 minutes.
type Bucket struct {
	At        time.Time `json:"at" doc:"Its beginning"`
	Problems  uint32    `json:"problems" doc:"Reports of problems, one a person"`
	Effective float32   `json:"effective" doc:"The same, with what looks made up discounted"`
	Works     uint32    `json:"works" doc:"Reports that it works"`
	Followed  uint32    `json:"followed" doc:"Of the problems: came after an alert of ours or from a link elsewhere"`
	Withheld  uint32    `json:"withheld" doc:"Taken and not counted: over a limit"`
	Refused   uint32    `json:"refused" doc:"Not taken: the server was full"`
	Known     bool      `json:"known" doc:"expected, low and high have a meaning: there is enough history"`
	Expected  float32   `json:"expected" doc:"What is normal, of effective"`
	Low       float32   `json:"low" doc:"Lower edge of what is normal"`
	High      float32   `json:"high" doc:"Upper edge of what is normal"`
	State     string    `json:"state" enum:"normal,suspected,open,easing" doc:"Of an incident at that time"`
	Partial   bool      `json:"partial" doc:"Its time is not over"`
}

func viewBucket(b *model.Bucket) Bucket {
	return Bucket{At: time.Unix(0, b.At).UTC(), Problems: b.Problems, Effective: finite(b.Effective), Works: b.Works, Followed: b.Followed, Withheld: b.Withheld,
		Refused: b.Refused, Known: b.Known, Expected: finite(b.Expected), Low: finite(b.Low), High: finite(b.High), State: stateOf(b.State), Partial: b.Partial}
}

// Part is the share of one component of the problems.
type Part struct {
	Component string  `json:"component" doc:"Component, empty for reports that name none"`
	Name      string  `json:"name" doc:"Its name"`
	Reports   uint64  `json:"reports" doc:"That name it"`
	Share     float64 `json:"share" doc:"Of the reports that name a component, 0 to 1"`
	Low       float64 `json:"low" doc:"Lower end of the 95 % interval of share"`
	High      float64 `json:"high" doc:"Upper end of it"`
	Usual     float64 `json:"usual" doc:"Share on ordinary days"`
	StandsOut bool    `json:"stands_out" doc:"The share is surely above the usual one"`
}

func viewParts(parts []model.PartShare) []Part {
	out := make([]Part, 0, len(parts))
	for _, p := range parts {
		out = append(out, Part{p.Slug, p.Name, p.Reports, finite(p.Share), finite(p.Low), finite(p.High), finite(p.Usual), p.StandsOut})
	}
	return out
}

// Place is one place's reports beside its usual share.
type Place struct {
	Country   string  `json:"country" doc:"ISO 3166-1 alpha-2, empty for the rest, merged"`
	Region    string  `json:"region,omitempty" doc:"Part of it, ISO 3166-2 without the country"`
	Reports   uint64  `json:"reports" doc:"Reports of problems from there"`
	Effective float64 `json:"effective" doc:"The same, with what looks made up discounted"`
	Expected  float64 `json:"expected" doc:"effective, if everybody had their usual share"`
	Excess    float64 `json:"excess" doc:"effective by expected"`
	Low       float64 `json:"low" doc:"Lower end of the 95 % interval of excess"`
	High      float64 `json:"high" doc:"Upper end of it"`
	StandsOut bool    `json:"stands_out" doc:"The excess is sure"`
}

func viewPlaces(places []model.PlaceShare) []Place {
	out := make([]Place, 0, len(places))
	for _, p := range places {
		out = append(out, Place{p.Country, p.Region, p.Reports, finite(p.Effective), finite(p.Expected), finite(p.Excess), finite(p.Low), finite(p.High), p.StandsOut})
	}
	return out
}

// Forgery is how much the reports look made by few hands.
type Forgery struct {
	Lockstep  float64 `json:"lockstep" doc:"0 to 1: how alike and how evenly spaced they are"`
	Brigade   float64 `json:"brigade" doc:"0 to 1: how much they follow one link, or come from networks that never report"`
	Suspected bool    `json:"suspected" doc:"They look made up"`
	Text      string  `json:"text" doc:"One sentence, empty where there is nothing to say"`
}

func viewForgery(f model.Forgery) Forgery {
	return Forgery{finite(f.Lockstep), finite(f.Brigade), f.Suspected, f.Text}
}

// Service is a service and how it is now.
type Service struct {
	Slug     string    `json:"slug" doc:"Its name in addresses"`
	Name     string    `json:"name" doc:"Its name"`
	Category string    `json:"category,omitempty" doc:"What kind of service"`
	At       time.Time `json:"at" doc:"When this was so"`
	State    string    `json:"state" enum:"normal,suspected,open,easing" doc:"What reports say: no state says that the service is down"`
	Severity string    `json:"severity,omitempty" enum:"info,warning,critical" doc:"Of its incident"`
	Incident string    `json:"incident,omitempty" doc:"Id of the incident that goes on"`
	Why      string    `json:"why,omitempty" doc:"Why it is not known what is normal"`
	Quarter  Bucket    `json:"quarter" doc:"The last 15 minutes, sliding"`
	Top      string    `json:"top,omitempty" doc:"Component that is named most in the last hour"`
}

func viewService(sv *model.ServiceNow) Service {
	v := Service{Slug: sv.Service.Slug, Name: sv.Service.Name, Category: sv.Service.Category, At: time.Unix(0, sv.At).UTC(), State: stateOf(sv.State),
		Why: sv.Why, Quarter: viewBucket(&sv.Quarter), Top: sv.Top.Slug}
	if sv.Incident != nil {
		v.Incident, v.Severity = sv.Incident.ID, string(sv.Incident.Severity)
	}
	return v
}

// Services is every service.
type Services struct {
	Services  []Service `json:"services" doc:"In the order of the configuration"`
	Synthetic string    `json:"synthetic,omitempty" doc:"Name of the scenario that is replayed: nothing of this happened"`
}

// Component is a part of a service that can fail by itself.
type Component struct {
	Slug string `json:"slug" doc:"Its name in reports"`
	Name string `json:"name" doc:"Its name"`
}

// ServiceDetail is all that is known of a service now.
type ServiceDetail struct {
	Service
	Components []Component `json:"components" doc:"What can be reported"`
	URLs       []string    `json:"urls" doc:"Addresses of the service"`
	DependsOn  []string    `json:"depends_on" doc:"Services whose outage is felt here"`
	Since      *time.Time  `json:"since" doc:"First report; null for none yet"`
	Parts      []Part      `json:"parts" doc:"Components by share of the problems"`
	Places     []Place     `json:"places" doc:"Places by excess; those with fewer than five effective reporters are merged"`
	Forgery    Forgery     `json:"forgery" doc:"Whether reports look made up"`
	Notes      []Note      `json:"notes" doc:"Words of those who run the service, the newest first"`
}

// Note is the word of those who run a service.
type Note struct {
	By   string    `json:"by" doc:"Who"`
	At   time.Time `json:"at" doc:"When"`
	Text string    `json:"text" doc:"What they say"`
}

func (s *site) viewDetail(sv *model.ServiceNow) ServiceDetail {
	v := ServiceDetail{Service: viewService(sv), Components: []Component{}, URLs: append([]string{}, sv.Service.URLs...), DependsOn: append([]string{}, sv.Service.DependsOn...),
		Since: moment(sv.Since), Parts: viewParts(sv.Parts), Places: viewPlaces(sv.Places), Forgery: viewForgery(sv.Forgery), Notes: []Note{}}
	for _, c := range sv.Service.Components {
		v.Components = append(v.Components, Component{c.Slug, c.Name})
	}
	for _, n := range s.Backend.Notes(sv.Service.Slug) {
		v.Notes = append(v.Notes, Note{n.By, time.Unix(0, n.At).UTC(), n.Text})
	}
	return v
}

// Series is the counts of a service over a day.
type Series struct {
	Service string   `json:"service" doc:"Which one"`
	Seconds int      `json:"seconds" doc:"Length of a bucket"`
	Buckets []Bucket `json:"buckets" doc:"The last 24 hours, oldest first; the last one is partial"`
}

func viewSeries(sv *model.ServiceNow) Series {
	v := Series{Service: sv.Service.Slug, Seconds: 900, Buckets: make([]Bucket, 0, len(sv.Day))}
	for i := range sv.Day {
		v.Buckets = append(v.Buckets, viewBucket(&sv.Day[i]))
	}
	return v
}
