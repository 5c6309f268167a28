package api

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// FlowsForm is the form of an answer.
type FlowsForm struct {
	Format string `query:"format" enum:"json,csv" doc:"Default by the Accept header: text/csv, else JSON"`
	Accept string `header:"Accept" hidden:"true"`
}

type flowsInput struct {
	FlowsForm
	Q string `query:"q" required:"true" minLength:"1" maxLength:"4096" doc:"A question; docs/query.md tells the language" example:"dst in 198.18.0.0/15 and proto = udp group by src_country, src_as"`
}

type flowsPost struct {
	FlowsForm
	Body struct {
		Q string `json:"q" minLength:"1" maxLength:"4096" doc:"A question; docs/query.md tells the language"`
	}
}

const flowsAbout = "Rankings, tables and series over stored flows, corrected for sampling and with their standard errors. At most four questions are answered at a time, each within a minute; one whose caller goes away is given up."

func (o *operator) flowRoutes() {
	errors := []int{413, 429, 503, 504}
	add(o, operation{id: "ask-flows", method: http.MethodGet, path: "/api/v1/flows", tag: "traffic", scope: Read, errors: errors, time: questionTime,
		summary: "Ask about stored flows", about: flowsAbout, success: o.flowsResponse()},
		func(ctx context.Context, in *flowsInput) (*huma.StreamResponse, error) {
			return o.flows(ctx, in.Q, in.FlowsForm)
		})
	add(o, operation{id: "post-flows", method: http.MethodPost, path: "/api/v1/flows", tag: "traffic", scope: Read, errors: errors, time: questionTime,
		summary: "Ask a long question about stored flows", about: flowsAbout, success: o.flowsResponse()},
		func(ctx context.Context, in *flowsPost) (*huma.StreamResponse, error) {
			return o.flows(ctx, in.Body.Q, in.FlowsForm)
		})
}

func (o *operator) flowsResponse() map[string]*huma.Response {
	s := huma.SchemaFromType(o.api.OpenAPI().Components.Schemas, answerType)
	return map[string]*huma.Response{"200": {Description: "The answer", Content: map[string]*huma.MediaType{
		"application/json": {Schema: s},
		"text/csv":         {Schema: &huma.Schema{Type: huma.TypeString, Description: "A line of titles, then one line a row (RFC 4180)"}}}}}
}

// question takes one of the places for questions, or tells to come back.
func (o *operator) question() (done func(), err error) {
	select {
	case o.questions <- struct{}{}:
		return func() { <-o.questions }, nil
	default:
		return nil, problem(http.StatusTooManyRequests, "other questions are being answered", "try again in some seconds").after(2)
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
	a.Columns, a.Rows, a.Missing = list(a.Columns), numbers(a.Rows), list(a.Missing)
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "application/json")
		_ = o.api.Marshal(c.BodyWriter(), "application/json", a) // the client is gone
	}}, nil
}

// numbers makes null of values that JSON has no number for.
func numbers(rows [][]any) [][]any {
	out := list(rows)
	for i, row := range out {
		for j, v := range row {
			if f, ok := v.(float64); ok && f != finite(f) { // NaN is never equal
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
		o.log.Warn("answer broken off", "error", err)
		panic(http.ErrAbortHandler)
	default:
		p, _ := o.fault(ctx, err).(*Problem)
		writeProblem(w, p)
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
