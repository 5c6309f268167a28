// Package httpkit holds what the operator's and the public listener share: errors
// as application/problem+json (RFC 9457) and the status of each kind of error.
package httpkit

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"floodmark/internal/fault"
)

// Problem is the body of every answer that is an error.
type Problem struct {
	Type   string `json:"type" doc:"Problem type, always about:blank: the status is specific enough (RFC 9457 section 4.2.1)"`
	Title  string `json:"title" doc:"HTTP status as text"`
	Status int    `json:"status" doc:"HTTP status code"`
	Detail string `json:"detail" doc:"One-sentence description of the error"`
	Hint   string `json:"hint,omitempty" doc:"Remedy, where there is one"`
	Column int    `json:"column,omitempty" doc:"Column of the query at which the error is, counted from 1"`
	Errors []Flaw `json:"errors,omitempty" doc:"Invalid parts of the request"`

	RetryAfter time.Duration `json:"-"` // 0 for no header
	Generic    bool          `json:"-"` // the text is the server's own rather than a fault's: pages have one in the visitor's language
}

// Flaw is one invalid part of a request.
type Flaw struct {
	Where string `json:"where" doc:"Path of the invalid part, such as query.limit"`
	What  string `json:"what" doc:"Description of what is invalid"`
}

// NewProblem returns a problem with the server's own text; the hint may be empty.
func NewProblem(status int, detail, hint string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Hint: hint, Generic: true}
}

// After returns the problem with a Retry-After header.
func (p *Problem) After(d time.Duration) *Problem {
	p.RetryAfter = d
	return p
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of problems, whatever was asked for.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders holds Retry-After, in whole seconds.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(p.RetryAfter.Seconds())))))
	}
	return h
}

// SetHeaders sets the headers of a problem and removes those of the answer that
// it replaces.
func (p *Problem) SetHeaders(h http.Header) {
	for k, v := range p.GetHeaders() {
		h[k] = v
	}
	h.Del("Content-Length")
	h.Del("Content-Disposition")
}

// Write sends the problem.
func (p *Problem) Write(w http.ResponseWriter) {
	p.SetHeaders(w.Header())
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone
}

var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.NotFound: http.StatusNotFound, fault.Forbidden: http.StatusForbidden,
	fault.WorkRequired: http.StatusPreconditionRequired, fault.Conflict: http.StatusConflict, fault.Gone: http.StatusGone,
	fault.TooMany: http.StatusTooManyRequests, fault.Unavailable: http.StatusServiceUnavailable, fault.Timeout: http.StatusGatewayTimeout,
}

// Status is the HTTP status of a kind of error.
func Status(k fault.Kind) int { return statuses[k] }

// statusClientGone is not seen by anyone; other servers log it as this, too.
const statusClientGone = 499

// retryAfter is used where a fault that passes names no time of its own.
const retryAfter = 5 * time.Second

// Translate turns an error into a problem. An error without a text for the caller
// is logged and answered with status 500.
func Translate(ctx context.Context, err error, log *slog.Logger) *Problem {
	var e *fault.Error
	var p *Problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &e):
		p := NewProblem(Status(e.Kind), e.Text, e.Hint).After(e.RetryAfter)
		p.Column, p.Generic = e.Column, false
		if p.RetryAfter <= 0 && (e.Kind == fault.TooMany || e.Kind == fault.Unavailable) {
			p.RetryAfter = retryAfter
		}
		return p
	case errors.Is(err, context.DeadlineExceeded):
		return NewProblem(http.StatusGatewayTimeout, "the answer took longer than allowed", "use a shorter period or fewer groups")
	case ctx.Err() != nil:
		return NewProblem(statusClientGone, "the client disconnected", "")
	}
	log.Error("request failed", "error", err)
	return NewProblem(http.StatusInternalServerError, "the server could not answer this request", "see the server's log for the reason")
}
