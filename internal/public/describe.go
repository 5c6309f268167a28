package public

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"floodmark/internal/httpkit"
	"floodmark/internal/view"
)

// Report is the body of a report. It is read as a flat object of strings; this
// type describes it.
type Report struct {
	Service   string `json:"service" doc:"Slug of the service that the report is about"`
	Component string `json:"component,omitempty" doc:"Slug of the affected component of the service"`
	Kind      string `json:"kind" enum:"problem,works" doc:"Whether the service fails or works for the reporter"`
	Text      string `json:"text,omitempty" maxLength:"280" doc:"Description in the reporter's own words"`
	Country   string `json:"country,omitempty" maxLength:"2" doc:"Country that the reporter entered (ISO 3166-1 alpha-2); found from the address if absent"`
	Region    string `json:"region,omitempty" maxLength:"3" doc:"Subdivision that the reporter entered (ISO 3166-2), without the country"`
	Solution  string `json:"solution,omitempty" maxLength:"512" doc:"Solved challenge: its token, a colon, and a nonce for which SHA-256 of the whole has the required number of leading zero bits"`
}

// Suggestion is the body of a suggestion.
type Suggestion struct {
	Name     string `json:"name" maxLength:"60" doc:"Name of the suggested service"`
	URL      string `json:"url,omitempty" maxLength:"200" doc:"Web address of the suggested service"`
	Text     string `json:"text,omitempty" maxLength:"500" doc:"Reason for the suggestion, or components worth listing"`
	Solution string `json:"solution,omitempty" maxLength:"512" doc:"Solved challenge that was requested without a service"`
}

// Challenge is a proof of work, as model.Challenge is encoded.
type Challenge struct {
	Token string `json:"token" doc:"Signed token for one service, network and minute; valid for one report"`
	Bits  int    `json:"bits" minimum:"0" maximum:"255" doc:"Number of leading zero bits that SHA-256(token + \":\" + nonce) must have; 0 if no work is required"`
	Until int64  `json:"until" doc:"Expiry time of the challenge, in Unix nanoseconds"`
}

// described is one operation of the description.
type described struct {
	id, method, path, tag, summary, about string
	params                                []*huma.Param
	body                                  any // nil for none
	answer                                any // nil for an empty one
	status                                int
	errors                                []int
}

var statusDescriptions = map[int]string{
	400: "The body could not be read", 403: "The request was sent by a page of another site, or is not allowed",
	404: "The named service, incident or page does not exist", 405: "The method is not allowed for this path",
	408: "The body did not arrive in time", 413: "The body is larger than 16,384 bytes", 415: "The content type of the body is not supported",
	422: "The request is invalid; detail names the field", 428: "A valid proof of work is required: GET /api/v1/challenge",
	429: "Too many requests from this person or network; Retry-After says when to try again",
	500: "Internal error of the server", 503: "The server is overloaded and stored nothing; Retry-After says when to try again",
}

const apiDescription = "User reports about services: readable by anyone, from any page; reports by programs and by the pages of this server. " +
	"Times are RFC 3339 in UTC. User reports alone never mean that a service is down. Unknown fields and parameters are rejected. " +
	"Errors are application/problem+json (RFC 9457)."

func operations() []described {
	service := &huma.Param{Name: "service", In: "path", Required: true, Description: "Slug of the service", Schema: text(40)}
	asked := &huma.Param{Name: "service", In: "query", Description: "Slug of the service", Schema: text(40)}
	incident := &huma.Param{Name: "incident", In: "path", Required: true, Description: "ID of the incident", Schema: text(maxName)}
	none, posts := []int{404, 422}, []int{400, 403, 404, 408, 413, 415, 422, 428, 429, 503}
	return []described{
		{"list-services", "GET", "/api/v1/services", "services", "List services", "All services and their current state.", nil, nil, Services{}, 200, []int{422}},
		{"get-service", "GET", "/api/v1/services/{service}", "services", "Get a service", "Current state, components, places and notes of one service.", []*huma.Param{service}, nil, view.ServiceDetail{}, 200, none},
		{"get-service-series", "GET", "/api/v1/services/{service}/series", "services", "Get the last 24 hours of counts", "Buckets of 15 minutes with their baseline.", []*huma.Param{service}, nil, view.Series{}, 200, none},
		{"list-service-incidents", "GET", "/api/v1/service-incidents", "incidents", "List incidents of services", "At most 100; incidents that were only suspected are omitted.", []*huma.Param{asked}, nil, Incidents{}, 200, none},
		{"get-service-incident", "GET", "/api/v1/service-incidents/{incident}", "incidents", "Get an incident of a service", "One incident with its changes.", []*huma.Param{incident}, nil, incidentDetail{}, 200, none},
		{"list-public-incidents", "GET", "/api/v1/public/incidents", "incidents", "List attacks on the monitored networks", "Only state, severity and time: no target, source or size.", nil, nil, Attacks{}, 200, []int{422}},
		{"get-challenge", "GET", "/api/v1/challenge", "reports", "Request a challenge", "Proof of work for one report, bound to the service, the network of the requester and the minute. Without service it is for a suggestion.", []*huma.Param{asked}, nil, Challenge{}, 200, []int{404, 422, 429, 503}},
		{"post-report", "POST", "/api/v1/reports", "reports", "Report a problem, or that a service works", "The answer 202 is sent after the report is durable on disk.", nil, Report{}, Receipt{}, 202, posts},
		{"post-suggestion", "POST", "/api/v1/suggestions", "reports", "Suggest a service", "Add a suggestion to the operators' moderation queue.", nil, Suggestion{}, nil, 202, posts},
	}
}

func text(largest int) *huma.Schema { return &huma.Schema{Type: huma.TypeString, MaxLength: &largest} }

// describe makes the description of the API (OpenAPI 3.1).
func describe(version string) ([]byte, error) {
	if version == "" {
		version = "dev"
	}
	schemas := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	spec := &huma.OpenAPI{OpenAPI: "3.1.0", Info: &huma.Info{Title: "Floodmark, public", Version: version, Description: apiDescription}, Components: &huma.Components{Schemas: schemas}}
	schemaOf := func(v any) *huma.Schema { return schemas.Schema(reflect.TypeOf(v), true, reflect.TypeOf(v).Name()) }
	fault := map[string]*huma.MediaType{"application/problem+json": {Schema: schemaOf(httpkit.Problem{})}}
	for _, d := range operations() {
		op := &huma.Operation{OperationID: d.id, Method: d.method, Path: d.path, Summary: d.summary, Description: d.about, Tags: []string{d.tag}, Parameters: d.params, Responses: make(map[string]*huma.Response)}
		ok := &huma.Response{Description: http.StatusText(d.status)}
		if d.answer != nil {
			ok.Content = map[string]*huma.MediaType{"application/json": {Schema: schemaOf(d.answer)}}
		}
		op.Responses[strconv.Itoa(d.status)] = ok
		if d.body != nil {
			op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: schemaOf(d.body)}}}
		}
		for _, code := range append(d.errors, http.StatusMethodNotAllowed, http.StatusInternalServerError) {
			op.Responses[strconv.Itoa(code)] = &huma.Response{Description: statusDescriptions[code], Content: fault}
		}
		spec.AddOperation(op)
	}
	b, err := json.MarshalIndent(spec, "", "  ")
	return append(b, '\n'), err
}
