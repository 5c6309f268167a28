package public_test

import (
	"bytes"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"floodmark/internal/public"
	"floodmark/internal/public/publictest/stories"
)

var update = flag.Bool("update", false, "write docs/openapi-public.json anew")

// exercises hold every operation, each with a success and with errors of its own.
var exercises = []struct {
	op, method, path, body string
	want                   int
}{
	{"list-services", "GET", "/api/v1/services", "", 200},
	{"list-services", "GET", "/api/v1/services?x=1", "", 422},
	{"list-services", "DELETE", "/api/v1/services", "", 405},
	{"get-service", "GET", "/api/v1/services/open", "", 200},
	{"get-service", "GET", "/api/v1/services/new", "", 200},
	{"get-service", "GET", "/api/v1/services/none", "", 404},
	{"get-service-series", "GET", "/api/v1/services/new/series", "", 200},
	{"list-service-incidents", "GET", "/api/v1/service-incidents?service=open", "", 200},
	{"list-service-incidents", "GET", "/api/v1/service-incidents?service=none", "", 404},
	{"get-service-incident", "GET", "/api/v1/service-incidents/in-service-elsewhere-20261124T1035Z", "", 200},
	{"get-service-incident", "GET", "/api/v1/service-incidents/in-service-suspected-20261124T1035Z", "", 200},
	{"get-service-incident", "GET", "/api/v1/service-incidents/none", "", 404},
	{"get-service-incident", "GET", "/api/v1/service-incidents/{attack}", "", 200},
	{"get-service-incident", "GET", "/api/v1/service-incidents/{after}", "", 200},
	{"get-service-incident", "GET", "/api/v1/service-incidents/{outside}", "", 200},
	{"get-service-incident", "GET", "/api/v1/service-incidents/{empty}", "", 200},
	{"list-public-incidents", "GET", "/api/v1/public/incidents", "", 200},
	{"get-challenge", "GET", "/api/v1/challenge?service=open", "", 200},
	{"get-challenge", "GET", "/api/v1/challenge?service=none", "", 404},
	{"post-report", "POST", "/api/v1/reports", `{"service":"open","component":"app","kind":"problem"}`, 202},
	{"post-report", "POST", "/api/v1/reports", `{"service":"open","kind":"problem","x":"y"}`, 422},
	{"post-report", "POST", "/api/v1/reports", `{"service":"none","kind":"problem"}`, 404},
	{"post-suggestion", "POST", "/api/v1/suggestions", `{"name":"x"}`, 202},
	{"post-suggestion", "POST", "/api/v1/suggestions", `{"x":"y"}`, 422},
}

type described struct {
	OpenAPI string
	Paths   map[string]map[string]struct {
		OperationID          string
		Summary, Description string
		Tags                 []string
		Parameters           []struct{ Name, Description string }
		Responses            map[string]struct {
			Description string
			Content     map[string]any
		}
	}
	Components struct {
		Schemas map[string]struct {
			Properties map[string]struct{ Description, Ref string }
		}
	}
}

func TestEveryRouteOfTheAPIIsDescribed(t *testing.T) {
	s := newSetup(t)
	d := decode[described](t, s.get("/openapi.json"))
	n := 0
	for _, path := range public.NewSite(public.Config{Backend: s.fake, Page: pages}).Routes() {
		if !strings.HasPrefix(path, "/api/v1/") {
			continue
		}
		n++
		if len(d.Paths[path]) == 0 {
			t.Errorf("%s is not described", path)
		}
	}
	if d.OpenAPI != "3.1.0" || n != len(d.Paths) || n < 9 {
		t.Errorf("OpenAPI %s, %d routes, %d described", d.OpenAPI, n, len(d.Paths))
	}
	for path, p := range d.Paths {
		for _, op := range p {
			if op.OperationID == "" || op.Summary == "" || op.Description == "" || len(op.Tags) != 1 {
				t.Errorf("%s: %+v", path, op)
			}
			for code, r := range op.Responses {
				if _, problem := r.Content["application/problem+json"]; r.Description == "" || problem != (code >= "400") {
					t.Errorf("%s: response %s is not described", path, code)
				}
			}
		}
	}
	for name, schema := range d.Components.Schemas {
		for field, p := range schema.Properties {
			if p.Description == "" {
				t.Errorf("%s.%s has no description", name, field)
			}
		}
	}
}

// TestAnswersFitTheDescription holds the body of each answer against the served
// schema.
func TestAnswersFitTheDescription(t *testing.T) {
	s := newSetup(t)
	d := decode[described](t, s.get("/openapi.json"))
	doc, err := jsonschema.UnmarshalJSON(s.get("/openapi.json").Body)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("mem:///openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	done := make(map[string]bool)
	var ids []string
	for _, story := range stories.All(s.fake.Now) {
		s.fake.Publish(story)
		ids = append(ids, "{"+story.Slug+"}", story.Incident.ID)
	}
	for _, e := range exercises {
		e.path = strings.NewReplacer(ids...).Replace(e.path)
		w := s.send(request(e.method, e.path, e.body, "Content-Type", "application/json"))
		status(t, w, e.want)
		done[e.op] = done[e.op] || e.want < 300
		path, method := operation(d, e.op)
		kind := w.Header().Get("Content-Type")
		if _, ok := d.Paths[path][method].Responses[strconv.Itoa(w.Code)]; !ok {
			t.Errorf("%s %s: answer %d is not described", e.method, e.path, w.Code)
			continue
		}
		if w.Body.Len() == 0 {
			continue
		}
		schema, err := c.Compile("mem:///openapi.json#/paths/" + pointer(path) + "/" + method + "/responses/" + strconv.Itoa(w.Code) + "/content/" + pointer(kind) + "/schema")
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
			if !done[op.OperationID] {
				t.Errorf("operation %s has no exercise that succeeds", op.OperationID)
			}
		}
	}
}

func operation(d described, id string) (path, method string) {
	for path, p := range d.Paths {
		for method, op := range p {
			if op.OperationID == id {
				return path, method
			}
		}
	}
	return "", ""
}

func pointer(s string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D", "+", "%2B").Replace(s)
}

// TestCommittedDescription holds docs/openapi-public.json to the served one.
func TestCommittedDescription(t *testing.T) {
	w := newSetup(t).get("/openapi.json")
	got := w.Body.Bytes()
	path := filepath.Join("..", "..", "docs", "openapi-public.json")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) || w.Code != http.StatusOK {
		t.Error("docs/openapi-public.json is not the served one; run with -update")
	}
}
