package api

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"floodmark/internal/view"
)

// FlowsForm is the form of an answer.
type FlowsForm struct {
	Format string `query:"format" enum:"json,csv" doc:"Format of the answer; default csv where the Accept header asks for text/csv, otherwise json"`
	Accept string `header:"Accept" hidden:"true"`
}

type flowsInput struct {
	FlowsForm
	Q string `query:"q" required:"true" minLength:"1" maxLength:"4096" doc:"Query in the language of docs/query.md" example:"dst in 198.18.0.0/15 and proto = udp group by src_country, src_as"`
}

type flowsPost struct {
	FlowsForm
	Body struct {
		Q string `json:"q" minLength:"1" maxLength:"4096" doc:"Query in the language of docs/query.md"`
	}
}

const flowsAbout = "Rankings, tables and series over stored flows, corrected for sampling, with standard errors. At most four queries run at a time, each for at most one minute; a query is canceled when its caller disconnects."

func (o *operator) flowRoutes() {
	errors := []int{413, 429, 503, 504}
	add(o, operation{id: "query-flows", method: http.MethodGet, path: "/api/v1/flows", tag: "traffic", scope: Read, errors: errors, time: questionTime,
		summary: "Query stored flows", about: flowsAbout, success: o.flowsResponse()},
		func(ctx context.Context, in *flowsInput) (*huma.StreamResponse, error) {
			return o.flows(ctx, in.Q, in.FlowsForm)
		})
	add(o, operation{id: "query-flows-post", method: http.MethodPost, path: "/api/v1/flows", tag: "traffic", scope: Read, errors: errors, time: questionTime,
		summary: "Query stored flows with a long query", about: flowsAbout, success: o.flowsResponse()},
		func(ctx context.Context, in *flowsPost) (*huma.StreamResponse, error) {
			return o.flows(ctx, in.Body.Q, in.FlowsForm)
		})
}

func (o *operator) flowsResponse() map[string]*huma.Response {
	s := huma.SchemaFromType(o.api.OpenAPI().Components.Schemas, answerType)
	return map[string]*huma.Response{"200": {Description: "Result of the query", Content: map[string]*huma.MediaType{
		"application/json": {Schema: s},
		"text/csv":         {Schema: &huma.Schema{Type: huma.TypeString, Description: "Header line, then one line per row (RFC 4180)"}}}}}
}

// question takes a query slot, or answers 429 where all are taken.
func (o *operator) question() (done func(), err error) {
	select {
	case o.questions <- struct{}{}:
		return func() { <-o.questions }, nil
	default:
		return nil, problem(http.StatusTooManyRequests, "too many queries are running", "retry in a few seconds").After(2 * time.Second)
	}
}

func (o *operator) flows(ctx context.Context, q string, f FlowsForm) (*huma.StreamResponse, error) {
	done, err := o.question()
	if err != nil {
		return nil, err
	}
	if f.Format == "csv" || f.Format == "" && strings.Contains(f.Accept, "text/csv") {
		return &huma.StreamResponse{Body: func(c huma.Context) { defer done(); o.csv(ctx, c, q) }}, nil
	}
	defer done()
	a, err := o.back.Flows(ctx, q)
	if err != nil {
		return nil, err
	}
	a.Columns, a.Rows, a.Missing = view.List(a.Columns), numbers(a.Rows), view.List(a.Missing)
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "application/json")
		_ = o.api.Marshal(c.BodyWriter(), "application/json", a) // the client is gone
	}}, nil
}

// numbers makes null of values that JSON has no number for.
func numbers(rows [][]any) [][]any {
	out := view.List(rows)
	for i, row := range out {
		for j, v := range row {
			if f, ok := v.(float64); ok && f != view.Finite(f) { // NaN is never equal
				if &out[0] == &rows[0] {
					out = slices.Clone(rows)
				}
				out[i] = slices.Clone(out[i])
				out[i][j] = nil
			}
		}
	}
	return out
}

// csv streams an answer. Where it breaks off after its beginning the
// connection is cut, so that half an answer is not taken for a whole one.
func (o *operator) csv(ctx context.Context, c huma.Context, q string) {
	_, w := humago.Unwrap(c)
	out := &lateHeader{w: w}
	err := o.back.FlowsCSV(ctx, q, out)
	switch {
	case err == nil:
		out.begin()
	case out.begun:
		o.log.Warn("flow query: answer aborted", "error", err)
		panic(http.ErrAbortHandler)
	default:
		p := o.fault(ctx, err)
		p.Write(w)
	}
}

// lateHeader sends the header with the first octet of the body.
type lateHeader struct {
	w     http.ResponseWriter
	begun bool
}

func (l *lateHeader) begin() {
	if !l.begun {
		l.begun = true
		l.w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
		l.w.Header().Set("Content-Disposition", `attachment; filename="flows.csv"`)
	}
}

// Write is that of io.Writer.
func (l *lateHeader) Write(b []byte) (int, error) {
	l.begin()
	return l.w.Write(b)
}

var _ io.Writer = (*lateHeader)(nil)
