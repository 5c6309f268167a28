package public

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// Report is the body of a report. It is read as a flat object of texts; this
// form describes it.
type Report struct {
	Service   string `json:"service" doc:"Slug of the service"`
	Component string `json:"component,omitempty" doc:"What does not work, of the components of the service"`
	Kind      string `json:"kind" enum:"problem,works" doc:"Whether it fails or works"`
	Text      string `json:"text,omitempty" maxLength:"280" doc:"In the reporter's words"`
	Country   string `json:"country,omitempty" maxLength:"2" doc:"ISO 3166-1 alpha-2, as the reporter says; else it is found from the address"`
	Region    string `json:"region,omitempty" maxLength:"3" doc:"ISO 3166-2 without the country"`
	Solution  string `json:"solution,omitempty" maxLength:"512" doc:"Of a challenge: its token, a colon, and a nonce such that SHA-256 of it begins with so many zero bits"`
}

// Suggestion is a service that somebody misses.
type Suggestion struct {
	Name     string `json:"name" maxLength:"80" doc:"Of the service"`
	URL      string `json:"url,omitempty" maxLength:"200" doc:"Its address"`
	Text     string `json:"text,omitempty" maxLength:"500" doc:"Why, or which components"`
	Solution string `json:"solution,omitempty" maxLength:"512" doc:"Of a challenge without service"`
}

// Challenge is a proof of work, as model.Challenge is encoded.
type Challenge struct {
	Token string `json:"token" doc:"Names service, prefix and minute; signed; used once"`
	Bits  int    `json:"bits" minimum:"0" maximum:"255" doc:"Leading zero bits that SHA-256(token + \":\" + nonce) must have; 0 for no work"`
	Until int64  `json:"until" doc:"When it ends, Unix ns"`
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

var wordsOf = map[int]string{
	400: "The body cannot be read", 403: "A page of another site sent this, or it is not allowed", 404: "There is none of that name", 405: "The path does not take this method",
	408: "The body did not come in time", 413: "The body is larger than 16,384 octets", 415: "The body is of another kind", 422: "The request is wrong; detail says where",
	428: "A proof of work is needed, or the one that came is not valid: GET /api/v1/challenge", 429: "Too much from this person or network; Retry-After says when to try again",
	500: "A fault of the server", 503: "The server is full and kept nothing; Retry-After says when to try again",
}

const aboutAPI = "What people report of services: read by anybody, from any page; reports by programs and by our own pages. Times are RFC 3339 in UTC. " +
	"Reports alone never say that a service is down. Unknown fields and parameters are refused. Errors are application/problem+json (RFC 9457)."

func operations() []described {
	service := &huma.Param{Name: "service", In: "path", Required: true, Description: "Slug of the service", Schema: text(40)}
	asked := &huma.Param{Name: "service", In: "query", Description: "Slug of the service", Schema: text(40)}
	incident := &huma.Param{Name: "incident", In: "path", Required: true, Description: "Id of the incident", Schema: text(maxName)}
	none, posts := []int{404, 422}, []int{400, 403, 404, 408, 413, 415, 422, 428, 429, 503}
	return []described{
		{"list-services", "GET", "/api/v1/services", "services", "List services", "Every service and how it is now.", nil, nil, Services{}, 200, []int{422}},
		{"get-service", "GET", "/api/v1/services/{service}", "services", "Get a service", "All that is known of it now.", []*huma.Param{service}, nil, ServiceDetail{}, 200, none},
		{"get-service-series", "GET", "/api/v1/services/{service}/series", "services", "Get a day of counts", "Buckets of 15 minutes beside what is normal.", []*huma.Param{service}, nil, Series{}, 200, none},
		{"list-service-incidents", "GET", "/api/v1/service-incidents", "incidents", "List incidents of services", "At most 100; suspicions that never opened are left out.", []*huma.Param{asked}, nil, Incidents{}, 200, none},
		{"get-service-incident", "GET", "/api/v1/service-incidents/{incident}", "incidents", "Get an incident of a service", "With its changes.", []*huma.Param{incident}, nil, IncidentStory{}, 200, none},
		{"list-public-incidents", "GET", "/api/v1/public/incidents", "incidents", "List attacks on watched networks", "In closed words; no target, source or size is told.", nil, nil, Attacks{}, 200, []int{422}},
		{"get-challenge", "GET", "/api/v1/challenge", "reports", "Ask for a proof of work", "Bound to the service, the network that asks and the minute. Without service it is for a suggestion.", []*huma.Param{asked}, nil, Challenge{}, 200, []int{404, 422, 429, 503}},
		{"post-report", "POST", "/api/v1/reports", "reports", "Report a problem, or that it works", "The answer 202 comes after the report is safe on disk.", nil, Report{}, Receipt{}, 202, posts},
		{"post-suggestion", "POST", "/api/v1/suggestions", "reports", "Suggest a service", "It goes to the operator.", nil, Suggestion{}, nil, 202, posts},
	}
}

func text(most int) *huma.Schema { return &huma.Schema{Type: huma.TypeString, MaxLength: &most} }

// describe makes the description of the API (OpenAPI 3.1).
func describe(version string) ([]byte, error) {
	if version == "" {
		version = "dev"
	}
	schemas := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	spec := &huma.OpenAPI{OpenAPI: "3.1.0", Info: &huma.Info{Title: "Floodmark, public", Version: version, Description: aboutAPI}, Components: &huma.Components{Schemas: schemas}}
	schemaOf := func(v any) *huma.Schema { return schemas.Schema(reflect.TypeOf(v), true, reflect.TypeOf(v).Name()) }
	fault := map[string]*huma.MediaType{"application/problem+json": {Schema: schemaOf(Problem{})}}
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
			op.Responses[strconv.Itoa(code)] = &huma.Response{Description: wordsOf[code], Content: fault}
		}
		spec.AddOperation(op)
	}
	b, err := json.MarshalIndent(spec, "", "  ")
	return append(b, '\n'), err
}
