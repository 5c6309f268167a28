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

	"floodmark/internal/httpkit"
	"floodmark/internal/model"
	"floodmark/internal/view"
)

var (
	problemType = reflect.TypeFor[httpkit.Problem]()
	answerType  = reflect.TypeFor[FlowAnswer]()
	changeType  = reflect.TypeFor[view.Change]()
)

// answer is an answer with a body.
type answer[T any] struct{ Body T }

// IncidentPage is a page of incidents, the newest first.
type IncidentPage struct {
	Incidents []view.Incident `json:"incidents" doc:"Incidents by the time of their detection, newest first"`
	Next      string          `json:"next,omitempty" doc:"Cursor of the next page; absent on the last page"`
}

// ChangePage is a page of changes.
type ChangePage struct {
	Changes []view.Change `json:"changes" doc:"Changes of the incident, oldest first"`
	Next    string        `json:"next,omitempty" doc:"Cursor of the next page; absent on the last page"`
}

// Sample is one sampled record of an incident.
type Sample struct {
	Time   string `json:"time" doc:"Time of the record, RFC 3339"`
	Vector string `json:"vector" doc:"Attack vector that the record belongs to"`
	Src    string `json:"src" doc:"Source address and port"`
	Dst    string `json:"dst" doc:"Destination address and port"`
	Text   string `json:"text" doc:"Protocol fields of the record as text"`
}

func viewSamples(l []model.RecordLine) []Sample {
	out := make([]Sample, 0, len(l))
	for _, r := range l {
		out = append(out, Sample(r))
	}
	return out
}

// SamplePage is sampled records.
type SamplePage struct {
	Samples []Sample `json:"samples" doc:"Sampled records, oldest first; bounded"`
}

// PageQuery asks for one page of a list.
type PageQuery struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"Maximum number of items in the answer"`
	Cursor string `query:"cursor" maxLength:"200" doc:"Value of next from the previous page"`
}

type incidentsInput struct {
	PageQuery
	State     []string  `query:"state" enum:"suspected,open,easing,closed" doc:"States, comma-separated; default all"`
	Severity  []string  `query:"severity" enum:"info,warning,critical" doc:"Severities, comma-separated; default all"`
	Kind      []string  `query:"kind" enum:"host,prefix,customer,network,service" doc:"Kinds of target, comma-separated; default all"`
	Target    string    `query:"target" maxLength:"100" doc:"Target whose incidents are listed, with those of targets within it; network covers everything but services" example:"198.51.100.0/24"`
	Customer  string    `query:"customer" maxLength:"100" doc:"Customer whose incidents are listed"`
	Direction string    `query:"direction" enum:"in,out,through" doc:"Direction seen from the monitored networks; services have none"`
	Since     time.Time `query:"since" doc:"Earliest end: incidents that ended before this time are left out"`
	Until     time.Time `query:"until" doc:"Latest detection: incidents detected at or after this time are left out"`
}

// IncidentPath names an incident in a path.
type IncidentPath struct {
	ID string `path:"id" maxLength:"64" pattern:"^[A-Za-z0-9._-]+$" doc:"ID of the incident"`
}

func (o *operator) incidentRoutes() {
	add(o, operation{id: "list-incidents", method: http.MethodGet, path: "/api/v1/incidents", tag: "incidents", scope: Read,
		summary: "List incidents", about: "Incidents of traffic and of services, suspected ones included, newest first."},
		func(_ context.Context, in *incidentsInput) (*answer[IncidentPage], error) { return o.list(in, false) })
	add(o, operation{id: "list-attacks", method: http.MethodGet, path: "/api/v1/attacks", tag: "incidents", scope: Read,
		summary: "List attacks", about: "Incidents of traffic that were opened, with their vectors. Suspected incidents and incidents of services are left out."},
		func(_ context.Context, in *incidentsInput) (*answer[IncidentPage], error) { return o.list(in, true) })
	add(o, operation{id: "get-incident", method: http.MethodGet, path: "/api/v1/incidents/{id}", tag: "incidents", scope: Read, errors: []int{404},
		summary: "Get an incident", about: "Current state of one incident."},
		func(_ context.Context, in *IncidentPath) (*answer[view.Incident], error) {
			inc, _, ok := o.back.Incident(in.ID)
			if !ok {
				return nil, noIncident
			}
			return &answer[view.Incident]{view.NewIncident(&inc)}, nil
		})
	add(o, operation{id: "list-incident-changes", method: http.MethodGet, path: "/api/v1/incidents/{id}/changes", tag: "incidents", scope: Read, errors: []int{404},
		summary: "List the changes of an incident", about: "Every change of one incident, oldest first."}, o.incidentChanges)
	add(o, operation{id: "get-evidence", method: http.MethodGet, path: "/api/v1/incidents/{id}/evidence", tag: "incidents", scope: Read, errors: []int{404, 410, 503},
		summary: "Get the evidence of an incident",
		about:   "A sealed document of the schema " + model.AnalysisSchema + " (docs/analysis.schema.json), byte for byte as stored, so that `floodmark verify` can check it. The redacted form is for publication: it has the same root and signature, and a salted hash in place of each removed value.",
		success: jsonObject("The sealed document")},
		o.evidence)
	add(o, operation{id: "list-samples", method: http.MethodGet, path: "/api/v1/incidents/{id}/samples", tag: "incidents", scope: Read, errors: []int{404, 410, 503},
		summary: "List sampled records of an incident", about: "Some of the records that the evidence rests on."},
		func(ctx context.Context, in *IncidentPath) (*answer[SamplePage], error) {
			l, err := o.back.Samples(ctx, in.ID)
			return &answer[SamplePage]{SamplePage{viewSamples(l)}}, err
		})
}

var noIncident = problem(http.StatusNotFound, "there is no incident with this ID", "GET /api/v1/incidents lists them")

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
	page := IncidentPage{Incidents: make([]view.Incident, 0, len(found))}
	for i := range found {
		if i == in.Limit {
			page.Next = Position(&found[i-1]).cursor()
			break
		}
		page.Incidents = append(page.Incidents, view.NewIncident(&found[i]))
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

var badCursor = problem(http.StatusUnprocessableEntity, "the cursor was not issued by this server", "use next from the previous page, or no cursor for the first page")

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
	page := ChangePage{Changes: []view.Change{}}
	for i := range changes {
		switch c := &changes[i]; {
		case c.Number <= after:
		case len(page.Changes) == in.Limit:
			page.Next = strconv.FormatUint(page.Changes[in.Limit-1].Number, 10)
			return &answer[ChangePage]{page}, nil
		default:
			page.Changes = append(page.Changes, view.NewChange(c))
		}
	}
	return &answer[ChangePage]{page}, nil
}

type evidenceInput struct {
	IncidentPath
	Revision uint64 `query:"revision" doc:"Revision of the document; 0 for the latest"`
	Form     string `query:"form" enum:"full,redacted" default:"full" doc:"Form of the document: the redacted form shows addresses of third parties as networks and hides those of a service"`
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
