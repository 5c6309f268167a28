package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Problem is every answer that is an error (RFC 9457, application/problem+json).
type Problem struct {
	Type   string `json:"type" doc:"Problem type, always about:blank: the status is specific enough (RFC 9457 section 4.2.1)"`
	Title  string `json:"title" doc:"HTTP status as text"`
	Status int    `json:"status" doc:"HTTP status code"`
	Detail string `json:"detail" doc:"One-sentence description of the error"`
	Hint   string `json:"hint,omitempty" doc:"Remedy, where there is one"`
	Column int    `json:"column,omitempty" doc:"Column of the query at which the error is, counted from 1"`
	Errors []Flaw `json:"errors,omitempty" doc:"Invalid parts of the request"`

	retryAfter int // seconds
}

// Flaw is one part of a request that is wrong.
type Flaw struct {
	Where string `json:"where" doc:"Path of the invalid part, such as query.limit"`
	What  string `json:"what" doc:"Description of what is invalid"`
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of problems, whatever was asked for.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders tells when to try again.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	return h
}

// problem makes a Problem; the hint may be empty.
func problem(status int, detail, hint string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Hint: hint}
}

// after tells to try again in so many seconds.
func (p *Problem) after(seconds int) *Problem {
	p.retryAfter = max(1, seconds)
	return p
}

// writeProblem answers outside of the API's own handlers.
func writeProblem(w http.ResponseWriter, p *Problem) {
	h := w.Header()
	for k, v := range p.GetHeaders() {
		h[k] = v
	}
	h.Del("Content-Length")
	h.Del("Content-Disposition")
	h.Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone
}

var statusOf = map[ErrorKind]int{
	Invalid: http.StatusUnprocessableEntity, NotFound: http.StatusNotFound, Conflict: http.StatusConflict,
	Gone: http.StatusGone, Busy: http.StatusTooManyRequests, Unavailable: http.StatusServiceUnavailable, TooSlow: http.StatusGatewayTimeout,
}

// fault makes what a Backend returned into an answer. What is not meant for
// the caller is logged and not told.
func (o *operator) fault(ctx context.Context, err error) error {
	var e *Error
	var p *Problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &e):
		p := problem(statusOf[e.Kind], e.Text, e.Hint)
		p.Column = e.Column
		if e.Kind == Busy || e.Kind == Unavailable {
			p.after(2)
		}
		return p
	case errors.Is(err, context.DeadlineExceeded):
		return problem(http.StatusGatewayTimeout, "the answer took longer than allowed", "ask for less: a shorter time, fewer groups")
	case ctx.Err() != nil:
		return problem(statusClientGone, "the client went away", "")
	}
	o.log.Error("request failed", "error", err)
	return problem(http.StatusInternalServerError, "the server could not answer this", "its log says why")
}

// statusClientGone is never seen by anyone; other servers log it as this, too.
const statusClientGone = 499

// ownProblems replaces the error form of the library by ours.
func ownProblems(_ huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := problem(m.Status, m.Detail, "")
	for _, d := range m.Errors {
		where, what := d.Location, d.Message
		if what == "unknown query parameter" {
			p.Hint = "GET /openapi.json lists the parameters of every route"
		}
		p.Errors = append(p.Errors, Flaw{where, what})
	}
	if len(p.Errors) > 0 {
		p.Detail = strings.TrimPrefix(p.Errors[0].Where+": "+p.Errors[0].What, ": ")
	}
	return p, nil
}
