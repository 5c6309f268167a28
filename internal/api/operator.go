package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// OperatorConfig is what the operator's listener is made of.
type OperatorConfig struct {
	Backend Backend
	Auth    *Auth
	// Pages serves everything that is not the API: /, /traffic, /static/, ...
	// GET /login and /static/ are open to anyone, the rest needs the scope read,
	// and operate for other methods than GET. GET /login is asked with next, and
	// after a failure with failed=1 or wait=1; its form posts token and next there.
	// nil serves a plain login form and an index of the API.
	Pages      http.Handler
	Moderation Moderation   // moderation of user reports; nil for no routes about it
	Metrics    http.Handler // of /metrics, with the scope metrics; nil for none
	Version    string       // of the program
	Log        *slog.Logger // nil for none
}

// operator is the state of the operator's handlers.
type operator struct {
	back      Backend
	auth      *Auth
	log       *slog.Logger
	cross     *http.CrossOriginProtection
	api       huma.API
	table     *table
	questions chan struct{} // one for each that is being answered
	streams   chan struct{}
}

// Operator returns the handler of the operator's listener.
func Operator(c OperatorConfig) http.Handler { return secure(newOperator(c).table) }

func newOperator(c OperatorConfig) *operator {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	o := &operator{back: c.Backend, auth: c.Auth, log: c.Log, cross: http.NewCrossOriginProtection(),
		questions: make(chan struct{}, maxQuestions), streams: make(chan struct{}, maxStreams)}
	o.table = &table{mux: http.NewServeMux(), guard: o.admit, log: c.Log}
	o.api = newAPI(o.table, c.Version)
	o.incidentRoutes()
	o.commandRoutes()
	o.claimRoutes()
	o.eventRoutes()
	o.targetRoutes()
	o.flowRoutes()
	o.systemRoutes()
	o.moderationRoutes(c.Moderation)
	o.describe()
	o.otherRoutes(c)
	return o
}

func newAPI(t *table, version string) huma.API {
	if version == "" {
		version = "dev"
	}
	c := huma.DefaultConfig("Floodmark", version)
	c.CreateHooks, c.OpenAPIPath, c.DocsPath, c.SchemasPath = nil, "", "", ""
	c.RejectUnknownQueryParameters = true
	c.Transformers = []huma.Transformer{ownProblems}
	c.Info.Description = "Incidents, traffic and health, for operators. Times are RFC 3339 in UTC; rates are per second and corrected for sampling. Errors are application/problem+json (RFC 9457)."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer", Description: "A token of http.tokens. Scopes: read, operate, admin, metrics."},
		"session": {Type: "apiKey", In: "cookie", Name: sessionCookie, Description: "Set by POST /login."},
	}
	return huma.NewAPI(c, t)
}

// errorsOf are the errors that any route may answer with, and their words.
var errorsOf = map[int]string{
	401: "No valid token", 403: "The token lacks the scope, or another site's page sent the request", 404: "There is none of that name",
	409: "Not possible as it is now", 410: "Kept no more", 413: "The body is too large", 422: "The request is wrong; errors says where",
	429: "Too much at once; Retry-After says when to try again", 500: "A fault of the server; its log says why",
	502: "The receiver did not take it", 503: "Cannot be done now; Retry-After says when to try again", 504: "Took longer than allowed",
}

// operation is one route of the API as its description says it.
type operation struct {
	id, method, path, tag, summary, about string
	scope                                 Scope
	errors                                []int // besides 401, 403, 422 and 500
	time                                  time.Duration
	success                               map[string]*huma.Response
	status                                int
}

// add makes the operation a route.
func add[I, O any](o *operator, op operation, h func(context.Context, *I) (*O, error)) {
	responses := op.success
	if responses == nil {
		responses = make(map[string]*huma.Response)
	}
	problems := o.api.OpenAPI().Components.Schemas.Schema(problemType, true, "Problem")
	codes := []int{422, 500}
	if op.scope != Anyone {
		codes = append(codes, 401, 403)
	}
	for _, code := range append(codes, op.errors...) {
		responses[strconv.Itoa(code)] = &huma.Response{Description: errorsOf[code],
			Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problems}}}
	}
	about := op.about
	var security []map[string][]string
	if op.scope != Anyone {
		security = []map[string][]string{{"token": {}}, {"session": {}}}
		about += "\n\nScope: " + op.scope.String() + "."
	}
	huma.Register(o.api, huma.Operation{OperationID: op.id, Method: op.method, Path: op.path, Summary: op.summary, Description: about,
		Tags: []string{op.tag}, Responses: responses, Security: security, MaxBodyBytes: maxBody, DefaultStatus: op.status,
		Metadata: map[string]any{"scope": op.scope, "time": op.time}},
		func(ctx context.Context, in *I) (*O, error) {
			out, err := h(ctx, in)
			if err != nil {
				return nil, o.fault(ctx, err)
			}
			return out, nil
		})
}

// describe serves the description of the API, which is complete now. It is
// encoded when it is asked for first: that takes longer than all the rest here.
func (o *operator) describe() {
	spec := o.api.OpenAPI()
	delete(spec.Components.Schemas.Map(), "ErrorModel") // the library's own form, which no answer has
	delete(spec.Components.Schemas.Map(), "ErrorDetail")
	serve := func(path, kind string, encode func() ([]byte, error)) {
		once := sync.OnceValues(encode)
		o.table.handle(route{method: http.MethodGet, path: path, scope: Read}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, err := once()
			if err != nil {
				p := o.fault(r.Context(), err)
				p.Write(w)
				return
			}
			file(kind, b).ServeHTTP(w, r)
		}))
	}
	serve("/openapi.json", "application/openapi+json", func() ([]byte, error) {
		b, err := json.MarshalIndent(spec, "", "  ")
		return append(b, '\n'), err
	})
	serve("/openapi.yaml", "application/openapi+yaml", spec.YAML)
}

// file serves octets that do not change.
func file(kind string, b []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(b) // the client is gone
	})
}

// otherRoutes are login, metrics and what pages serve.
func (o *operator) otherRoutes(c OperatorConfig) {
	t := o.table
	t.handle(route{method: http.MethodPost, path: "/login"}, http.HandlerFunc(o.login))
	t.handle(route{method: http.MethodPost, path: "/logout"}, http.HandlerFunc(o.logout))
	t.handle(route{path: "/api/", scope: Read}, http.HandlerFunc(noRoute))
	if c.Metrics != nil {
		t.handle(route{method: http.MethodGet, path: "/metrics", scope: Scrape}, c.Metrics)
	}
	if c.Pages == nil {
		t.handle(route{method: http.MethodGet, path: "/login"}, http.HandlerFunc(loginPage))
		t.handle(route{method: http.MethodGet, path: "/{$}", scope: Read}, file("text/plain; charset=utf-8",
			[]byte("Floodmark. The API is described by /openapi.json.\n")))
		return
	}
	t.handle(route{method: http.MethodGet, path: "/login"}, c.Pages)
	t.handle(route{method: http.MethodGet, path: "/static/"}, c.Pages)
	t.handle(route{path: "/", scope: Read, time: questionTime}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A form that changes something needs what the same command of the API does.
		if r.Method != http.MethodGet && r.Method != http.MethodHead && !CallerOf(r.Context()).May(Operate) {
			o.auth.refused.Add(1)
			problem(http.StatusForbidden, "this needs the scope "+Operate.String(), "log in with a token that has it").Write(w)
			return
		}
		c.Pages.ServeHTTP(w, r)
	}))
}

func noRoute(w http.ResponseWriter, r *http.Request) {
	problem(http.StatusNotFound, "there is no "+r.Method+" of this path", "GET /openapi.json lists every route").Write(w)
}
