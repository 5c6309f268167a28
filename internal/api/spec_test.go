package api_test

import (
	"bytes"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"floodmark/internal/api"
	"floodmark/internal/api/apitest"
	"floodmark/internal/httpkit/httpkittest"
	"floodmark/internal/model"
)

var update = flag.Bool("update", false, "write docs/openapi.json")

const incident = "/api/v1/incidents/in-198.51.100.1-20261124T0200Z"

// exercise is one request of an operation and what it must answer.
type exercise struct {
	op, method, path, body string
	want                   int
}

// exercises hold every operation, each with a success and, where it has
// errors of its own, at least one of them.
var exercises = []exercise{
	{"list-incidents", "GET", "/api/v1/incidents?state=open,easing&severity=warning&target=198.51.100.0/24&customer=acme&direction=in&since=2026-11-24T00:00:00Z&until=2026-11-25T00:00:00Z&limit=5", "", 200},
	{"list-incidents", "GET", "/api/v1/incidents?limit=1001", "", 422},
	{"list-incidents", "GET", "/api/v1/incidents?cursor=x", "", 422},
	{"list-incidents", "GET", "/api/v1/incidents?target=nowhere", "", 422},
	{"list-incidents", "GET", "/api/v1/incidents?colour=red", "", 422},
	{"list-incidents", "GET", "/api/v1/incidents?kind=service,host", "", 200},
	{"list-incidents", "GET", "/api/v1/incidents?kind=planet", "", 422},
	{"get-incident", "GET", "/api/v1/incidents/example-20261124T020001Z", "", 200},
	{"list-incident-changes", "GET", "/api/v1/incidents/example-20261124T020001Z/changes", "", 200},
	{"list-attacks", "GET", "/api/v1/attacks", "", 200},
	{"get-incident", "GET", incident, "", 200},
	{"get-incident", "GET", "/api/v1/incidents/in-none", "", 404},
	{"list-incident-changes", "GET", incident + "/changes?limit=1", "", 200},
	{"list-incident-changes", "GET", "/api/v1/incidents/in-none/changes", "", 404},
	{"get-evidence", "GET", incident + "/evidence?revision=1", "", 200},
	{"get-evidence", "GET", incident + "/evidence?revision=9", "", 404},
	{"get-evidence", "GET", incident + "/evidence?form=redacted", "", 200},
	{"get-evidence", "GET", incident + "/evidence?form=half", "", 422},
	{"list-samples", "GET", incident + "/samples", "", 200},
	{"list-samples", "GET", "/api/v1/incidents/in-none/samples", "", 404},
	{"acknowledge-incident", "POST", incident + "/acknowledge", "", 200},
	{"acknowledge-incident", "POST", incident + "/acknowledge", `{"note":"looking"}`, 200},
	{"acknowledge-incident", "POST", incident + "/acknowledge", `{"remark":"looking"}`, 422},
	{"acknowledge-incident", "POST", "/api/v1/incidents/in-none/acknowledge", "", 404},
	{"mark-false-alarm", "POST", incident + "/false-alarm", `{"note":"a backup"}`, 200},
	{"close-incident", "POST", incident + "/close", `{}`, 200},
	{"add-claim", "POST", incident + "/claims", `{"text":"over 1 Tbps","source":"a newspaper"}`, 200},
	{"add-claim", "POST", incident + "/claims", `{"text":"over 1 Tbps"}`, 422},
	{"silence-incident", "POST", incident + "/silence", `{"until":"2026-11-24T04:00:00Z"}`, 200},
	{"silence-incident", "POST", incident + "/silence", `{"until":"2026-11-24T01:00:00Z"}`, 422},
	{"silence-incident", "POST", incident + "/silence", `{"until":"2027-11-24T01:00:00Z"}`, 422},
	{"silence-incident", "POST", incident + "/silence", `{}`, 422},
	{"list-targets", "GET", "/api/v1/targets?metric=packets&direction=out&kind=host,prefix&within=198.51.100.0/24&group=default&limit=1", "", 200},
	{"list-targets", "GET", "/api/v1/targets?metric=colours", "", 422},
	{"top-targets", "GET", "/api/v1/top?metric=bits", "", 200},
	{"get-target", "GET", "/api/v1/targets/198.51.100.1", "", 200},
	{"get-target", "GET", "/api/v1/targets/198.51.100.99", "", 404},
	{"get-target", "GET", "/api/v1/targets/anything", "", 422},
	{"get-series", "GET", "/api/v1/targets/198.51.100.0_24/series", "", 200},
	{"get-series", "GET", "/api/v1/targets/2001:db8::%2F48/series?direction=out&from=2026-11-24T01:00:00Z&to=2026-11-24T02:00:00Z&step=60", "", 200},
	{"get-series", "GET", "/api/v1/targets/network/series?from=2026-11-24T02:00:00Z&to=2026-11-24T01:00:00Z", "", 422},
	{"get-series", "GET", "/api/v1/targets/network/series?from=2025-11-24T02:00:00Z&to=2026-11-24T01:00:00Z&step=1", "", 422},
	{"query-flows", "GET", "/api/v1/flows?q=group+by+src_country", "", 200},
	{"query-flows", "GET", "/api/v1/flows?q=group+by+src_country&format=csv", "", 200},
	{"query-flows", "GET", "/api/v1/flows", "", 422},
	{"query-flows-post", "POST", "/api/v1/flows", `{"q":"group by src_country"}`, 200},
	{"query-flows-post", "POST", "/api/v1/flows", `{"q":""}`, 422},
	{"list-exporters", "GET", "/api/v1/exporters", "", 200},
	{"list-conditions", "GET", "/api/v1/conditions", "", 200},
	{"list-receivers", "GET", "/api/v1/receivers", "", 200},
	{"list-probes", "GET", "/api/v1/probes", "", 200},
	{"test-receiver", "POST", "/api/v1/receivers/chat/test", "", 204},
	{"test-receiver", "POST", "/api/v1/receivers/nobody/test", "", 404},
	{"get-clock", "GET", "/api/v1/clock", "", 200},
	{"get-health", "GET", "/api/v1/health", "", 200},
	{"probe-live", "GET", "/api/v1/health/live", "", 200},
	{"probe-ready", "GET", "/api/v1/health/ready", "", 200},
	{"get-settings", "GET", "/api/v1/settings", "", 200},
	{"list-moderation", "GET", "/api/v1/moderation", "", 200},
	{"moderate-entry", "POST", "/api/v1/moderation/c1", `{"approve":true}`, 200},
	{"moderate-entry", "POST", "/api/v1/moderation/none", `{"approve":false}`, 404},
	{"moderate-entry", "POST", "/api/v1/moderation/s1", `{}`, 422},
	{"moderate-entry", "POST", "/api/v1/moderation/s1", `{"approve":false,"note":"x"}`, 422},
	{"add-note", "POST", "/api/v1/services/example/notes", `{"text":"We are on it."}`, 200},
	{"add-note", "POST", "/api/v1/services/none/notes", `{"text":"We are on it."}`, 404},
	{"add-note", "POST", "/api/v1/services/example/notes", `{}`, 422},
	{"list-notes", "GET", "/api/v1/services/example/notes", "", 200},
	{"list-notes", "GET", "/api/v1/services/none/notes", "", 200},
}

// streamed operations have tests of their own.
var streamed = []string{"stream-events"}

type described struct {
	OpenAPI string
	Paths   map[string]map[string]struct {
		OperationID          string
		Summary, Description string
		Tags                 []string
		Security             []map[string][]string
		Parameters           []struct{ Name, In, Description string }
		Responses            map[string]struct {
			Description string
			Content     map[string]any
		}
	}
	Components struct {
		Schemas map[string]struct {
			Properties map[string]struct{ Description string }
		}
	}
}

// TestEveryRouteIsDescribed compares the route table with the description.
func TestEveryRouteIsDescribed(t *testing.T) {
	s := operator(t, nil)
	d := decode[described](t, s.get("/openapi.json"))
	if d.OpenAPI != "3.1.0" {
		t.Errorf("OpenAPI %q", d.OpenAPI)
	}
	n := 0
	for _, r := range s.routes {
		if !strings.HasPrefix(r.Path, "/api/v1/") {
			continue
		}
		n++
		op, ok := d.Paths[r.Path][strings.ToLower(r.Method)]
		if !ok || op.OperationID == "" || op.Summary == "" || op.Description == "" || len(op.Tags) != 1 || (r.Scope == api.Anyone) != (len(op.Security) == 0) {
			t.Errorf("%s %s is not described: %+v", r.Method, r.Path, op)
		}
		for _, p := range op.Parameters {
			if p.Description == "" && p.Name != "Accept" {
				t.Errorf("%s %s: parameter %s has no description", r.Method, r.Path, p.Name)
			}
		}
		for _, code := range []string{"422", "500"} {
			if _, ok := op.Responses[code]; !ok {
				t.Errorf("%s %s: no response %s", r.Method, r.Path, code)
			}
		}
		for code, resp := range op.Responses {
			_, problem := resp.Content["application/problem+json"]
			if resp.Description == "" || problem != (code >= "400") {
				t.Errorf("%s %s: response %s is not described: %+v", r.Method, r.Path, code, resp)
			}
		}
	}
	described := 0
	for _, p := range d.Paths {
		described += len(p)
	}
	if n < 25 || described != n {
		t.Errorf("%d routes, %d described", n, described)
	}
}

// TestAnswersFitTheDescription sends every exercise and holds the body against
// the served schema.
func TestAnswersFitTheDescription(t *testing.T) {
	s := operator(t, nil)
	s.fake.Add(model.Opened, apitest.ServiceIncident(1, model.Open))
	spec := s.get("/openapi.json").Body.Bytes()
	d := decode[described](t, s.get("/openapi.json"))
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(spec))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("mem:///openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	done := make(map[string]bool)
	for _, e := range exercises {
		done[e.op] = done[e.op] || e.want < 300
		w := s.send(request(e.method, e.path, e.body))
		if w.Code != e.want {
			t.Errorf("%s %s: status %d, want %d: %s", e.method, e.path, w.Code, e.want, w.Body)
			continue
		}
		path, ok := pathOf(d, e.op)
		if !ok {
			t.Errorf("no operation %s", e.op)
			continue
		}
		kind, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
		resp, ok := d.Paths[path][strings.ToLower(e.method)].Responses[strconv.Itoa(w.Code)]
		if _, has := resp.Content[kind]; !ok || w.Code != http.StatusNoContent && !has {
			t.Errorf("%s %s: answer %d of %q is not described", e.method, e.path, w.Code, kind)
			continue
		}
		if !strings.HasSuffix(kind, "json") {
			continue
		}
		schema, err := c.Compile("mem:///openapi.json#/paths/" + pointer(path) + "/" + strings.ToLower(e.method) + "/responses/" + strconv.Itoa(w.Code) + "/content/" + pointer(kind) + "/schema")
		if err != nil {
			t.Fatal(err)
		}
		body, err := jsonschema.UnmarshalJSON(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(body); err != nil {
			t.Errorf("%s %s: %v", e.method, e.path, err)
		}
	}
	for _, p := range d.Paths {
		for _, op := range p {
			if !done[op.OperationID] && !slices.Contains(streamed, op.OperationID) {
				t.Errorf("operation %s has no exercise that succeeds", op.OperationID)
			}
		}
	}
}

func pathOf(d described, op string) (string, bool) {
	for path, p := range d.Paths {
		for _, o := range p {
			if o.OperationID == op {
				return path, true
			}
		}
	}
	return "", false
}

func pointer(s string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D", "+", "%2B").Replace(s)
}

// TestCommittedDescription holds docs/openapi.json to the served one.
func TestCommittedDescription(t *testing.T) {
	h, _ := api.OperatorTable(api.OperatorConfig{Backend: apitest.New(), Auth: api.NewAuth(nil, nil), Moderation: apitest.NewModeration(), Version: "dev"})
	s := &setup{t: t, h: h}
	got := s.get("/openapi.json").Body.Bytes()
	path := filepath.Join("..", "..", "docs", "openapi.json")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/openapi.json is not the served one; run with -update")
	}
	if y := s.get("/openapi.yaml"); y.Code != http.StatusOK || !strings.Contains(y.Body.String(), "openapi: 3.1.0") {
		t.Error(y.Code, y.Body.String()[:100])
	}
}

// TestDescriptionsStandAlone wants a whole phrase for every property and
// parameter, which is all that a generated client shows.
func TestDescriptionsStandAlone(t *testing.T) {
	flaws, err := httpkittest.Flaws(operator(t, nil).get("/openapi.json").Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range flaws {
		t.Error(f)
	}
}
