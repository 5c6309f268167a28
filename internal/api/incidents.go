package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"floodmark/internal/model"
)

var (
	problemType = reflect.TypeFor[Problem]()
	answerType  = reflect.TypeFor[FlowAnswer]()
	changeType  = reflect.TypeFor[Change]()
)

// answer is an answer with a body.
type answer[T any] struct{ Body T }

// IncidentPage is a page of incidents, the newest first.
type IncidentPage struct {
	Incidents []Incident `json:"incidents" doc:"By when they were noticed, the newest first"`
	Next      string     `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
}

// ChangePage is a page of changes.
type ChangePage struct {
	Changes []Change `json:"changes" doc:"Oldest first"`
	Next    string   `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
}

// SamplePage is sampled records.
type SamplePage struct {
	Samples []model.RecordLine `json:"samples" doc:"Oldest first, bounded"`
}

// PageQuery asks for one page of a list.
type PageQuery struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many at most"`
	Cursor string `query:"cursor" maxLength:"200" doc:"next of the page before"`
}

type incidentsInput struct {
	PageQuery
	State     []string  `query:"state" enum:"suspected,open,easing,closed" doc:"Any of these, comma-separated"`
	Severity  []string  `query:"severity" enum:"info,warning,critical" doc:"Any of these, comma-separated"`
	Kind      []string  `query:"kind" enum:"host,prefix,customer,network,service" doc:"Kinds of target, any of these, comma-separated; default all"`
	Target    string    `query:"target" maxLength:"100" doc:"This target and those within it; network is all but services" example:"198.51.100.0/24"`
	Customer  string    `query:"customer" maxLength:"100" doc:"Of this customer"`
	Direction string    `query:"direction" enum:"in,out,through" doc:"Seen from the networks under watch; services have none"`
	Since     time.Time `query:"since" doc:"Still going on then or later"`
	Until     time.Time `query:"until" doc:"Noticed before then"`
}

// IncidentPath names an incident in a path.
type IncidentPath struct {
	ID string `path:"id" maxLength:"64" pattern:"^[A-Za-z0-9._-]+$" doc:"Name of the incident"`
}

func (o *operator) incidentRoutes() {
	add(o, operation{id: "list-incidents", method: http.MethodGet, path: "/api/v1/incidents", tag: "incidents", scope: Read,
		summary: "List incidents", about: "Of traffic and of services, suspicions included; the newest first."},
		func(_ context.Context, in *incidentsInput) (*answer[IncidentPage], error) { return o.list(in, false) })
	add(o, operation{id: "list-attacks", method: http.MethodGet, path: "/api/v1/attacks", tag: "incidents", scope: Read,
		summary: "List attacks", about: "Incidents that have opened, with what is known of their vectors. Suspicions that never opened are left out, and so are incidents of services."},
		func(_ context.Context, in *incidentsInput) (*answer[IncidentPage], error) { return o.list(in, true) })
	add(o, operation{id: "get-incident", method: http.MethodGet, path: "/api/v1/incidents/{id}", tag: "incidents", scope: Read, errors: []int{404},
		summary: "One incident", about: "As it is now."},
		func(_ context.Context, in *IncidentPath) (*answer[Incident], error) {
			inc, _, ok := o.back.Incident(in.ID)
			if !ok {
				return nil, noIncident
			}
			return &answer[Incident]{ViewIncident(&inc)}, nil
		})
	add(o, operation{id: "list-incident-changes", method: http.MethodGet, path: "/api/v1/incidents/{id}/changes", tag: "incidents", scope: Read, errors: []int{404},
		summary: "What happened to an incident", about: "Its changes in order."}, o.incidentChanges)
	add(o, operation{id: "get-evidence", method: http.MethodGet, path: "/api/v1/incidents/{id}/evidence", tag: "incidents", scope: Read, errors: []int{404, 410, 503},
		summary: "Evidence of an incident", about: "A sealed document of form " + model.AnalysisSchema + " (docs/analysis.schema.json), octet by octet as it is kept, so that `floodmark verify` can check it. The redacted form is for the public: it has the same root and signature, and in place of each value withheld its salted hash.", success: jsonObject("The document")},
		o.evidence)
	add(o, operation{id: "list-samples", method: http.MethodGet, path: "/api/v1/incidents/{id}/samples", tag: "incidents", scope: Read, errors: []int{404, 410, 503},
		summary: "Sampled records of an incident", about: "Some of the records that evidence rests on."},
		func(ctx context.Context, in *IncidentPath) (*answer[SamplePage], error) {
			l, err := o.back.Samples(ctx, in.ID)
			return &answer[SamplePage]{SamplePage{list(l)}}, err
		})
}

var noIncident = problem(http.StatusNotFound, "there is no incident of that name", "GET /api/v1/incidents lists them")

// list answers with a page of incidents, or of attacks alone.
func (o *operator) list(in *incidentsInput, attacks bool) (*answer[IncidentPage], error) {
	f := IncidentFilter{Customer: in.Customer, Kinds: kindsOf(in.Kind), OpenedOnly: attacks, Traffic: attacks, Limit: in.Limit + 1}
	for _, s := range in.State {
		f.States = append(f.States, model.State(s))
	}
	for _, s := range in.Severity {
		f.Severities = append(f.Severities, model.Severity(s))
	}
	if in.Target != "" {
		t, err := parseTarget(in.Target)
		if err != nil {
			return nil, err
		}
		f.Target = &t
	}
	if in.Direction != "" {
		var d model.Direction
		_ = d.UnmarshalText([]byte(in.Direction)) // one of the enum
		f.Direction = &d
	}
	if !in.Since.IsZero() {
		f.Since = in.Since.UnixNano()
	}
	if !in.Until.IsZero() {
		f.Until = in.Until.UnixNano()
	}
	var err error
	if f.After, err = parsePosition(in.Cursor); err != nil {
		return nil, err
	}
	found := o.back.Incidents(f)
	page := IncidentPage{Incidents: make([]Incident, 0, len(found))}
	for i := range found {
		if i == in.Limit {
			page.Next = Position(&found[i-1]).cursor()
			break
		}
		page.Incidents = append(page.Incidents, ViewIncident(&found[i]))
	}
	return &answer[IncidentPage]{page}, nil
}

// cursor is the text of a position; callers take it as it is.
func (p IncidentPosition) cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(p.Noticed, 10) + " " + p.ID))
}

func parsePosition(s string) (IncidentPosition, error) {
	if s == "" {
		return IncidentPosition{}, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	noticed, id, ok := strings.Cut(string(b), " ")
	ns, bad := strconv.ParseInt(noticed, 10, 64)
	if err != nil || bad != nil || !ok || id == "" {
		return IncidentPosition{}, badCursor
	}
	return IncidentPosition{ns, id}, nil
}

var badCursor = problem(http.StatusUnprocessableEntity, "the cursor is none of this server", "use next of the page before, or none to begin")

// parseTarget reads a target; in a path the slash of a prefix may be _, as in
// names of incidents.
func parseTarget(s string) (model.TargetID, error) {
	t, err := model.ParseTarget(s)
	if err != nil {
		if u, again := model.ParseTarget(strings.Replace(s, "_", "/", 1)); again == nil {
			return u, nil
		}
		return t, problem(http.StatusUnprocessableEntity, err.Error(), "write a prefix as 198.51.100.0_24, or with %2F, in a path")
	}
	return t, nil
}

type changesInput struct {
	IncidentPath
	PageQuery
}

func (o *operator) incidentChanges(_ context.Context, in *changesInput) (*answer[ChangePage], error) {
	_, changes, ok := o.back.Incident(in.ID)
	if !ok {
		return nil, noIncident
	}
	var after uint64
	if in.Cursor != "" {
		var err error
		if after, err = strconv.ParseUint(in.Cursor, 10, 64); err != nil {
			return nil, badCursor
		}
	}
	page := ChangePage{Changes: []Change{}}
	for i := range changes {
		switch c := &changes[i]; {
		case c.Number <= after:
		case len(page.Changes) == in.Limit:
			page.Next = strconv.FormatUint(page.Changes[in.Limit-1].Number, 10)
			return &answer[ChangePage]{page}, nil
		default:
			page.Changes = append(page.Changes, ViewChange(c))
		}
	}
	return &answer[ChangePage]{page}, nil
}

type evidenceInput struct {
	IncidentPath
	Revision uint64 `query:"revision" doc:"Which document; 0 is the latest"`
	Form     string `query:"form" enum:"full,redacted" default:"full" doc:"The redacted form shows third parties' addresses as networks, and hides those of a service"`
}

// document is an answer that is JSON already.
type document struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func (o *operator) evidence(ctx context.Context, in *evidenceInput) (*document, error) {
	read := o.back.Evidence
	if in.Form == "redacted" {
		read = o.back.Disclosure
	}
	doc, err := read(ctx, in.ID, in.Revision)
	return &document{"application/json", doc}, err
}

// jsonObject describes an answer that is any JSON object.
func jsonObject(about string) map[string]*huma.Response {
	return map[string]*huma.Response{"200": {Description: about, Content: map[string]*huma.MediaType{
		"application/json": {Schema: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: about}}}}}
}
