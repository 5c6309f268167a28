package public

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"floodmark/internal/public/page"
)

// Problem is every answer of the API that is an error (RFC 9457,
// application/problem+json).
type Problem struct {
	Type   string `json:"type" doc:"Always about:blank: the status tells the kind (RFC 9457 section 4.2.1)"`
	Title  string `json:"title" doc:"The status in words"`
	Status int    `json:"status" doc:"HTTP status"`
	Detail string `json:"detail" doc:"What is wrong, in one sentence"`
	Hint   string `json:"hint,omitempty" doc:"What to do about it"`

	after time.Duration
	plain bool // its words are the server's own, which pages say better in the visitor's language
}

func (p *Problem) Error() string { return p.Detail }

func problem(status int, detail, hint string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Hint: hint, plain: true}
}

func (p *Problem) later(d time.Duration) *Problem { p.after = d; return p }

// problems without words of their own.
var (
	noPage    = problem(http.StatusNotFound, "there is no such page", "")
	noService = problem(http.StatusNotFound, "there is no service of that name", "GET /api/v1/services lists them")
	tooLarge  = problem(http.StatusRequestEntityTooLarge, "the body is larger than 16,384 octets", "")
	elsewhere = problem(http.StatusForbidden, "a page of another site sent this request", "open our page and send it from there")
	tooSlow   = problem(http.StatusRequestTimeout, "the body did not come in time", "")
)

func invalid(detail string) *Problem { return problem(http.StatusUnprocessableEntity, detail, "") }

func busy(after time.Duration) *Problem {
	return problem(http.StatusServiceUnavailable, "this server has too much to do", "try again later").later(after)
}

var statusOf = map[ErrorKind]int{
	Invalid: http.StatusUnprocessableEntity, NotFound: http.StatusNotFound, Refused: http.StatusForbidden,
	WorkNeeded: http.StatusPreconditionRequired, TooMany: http.StatusTooManyRequests, Full: http.StatusServiceUnavailable,
}

// fault makes what a Backend returned into a Problem. What is not meant for
// visitors is logged and not told.
func (s *site) fault(ctx context.Context, err error) *Problem {
	var e *Error
	var p *Problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &e):
		status, ok := statusOf[e.Kind]
		if !ok {
			status = http.StatusInternalServerError
		}
		p := problem(status, e.Text, e.Hint).later(e.After)
		p.plain = false
		if status == http.StatusServiceUnavailable && p.after <= 0 {
			p.after = defaultAfter
		}
		return p
	case errors.Is(err, context.DeadlineExceeded):
		return busy(defaultAfter)
	case ctx.Err() != nil:
		return problem(statusClientGone, "the client went away", "")
	}
	s.Log.Error("public request failed", "error", err)
	return problem(http.StatusInternalServerError, "the server could not answer this", "")
}

const (
	defaultAfter = 5 * time.Second
	// statusClientGone is never seen by anyone; other servers log it as this, too.
	statusClientGone = 499
)

// refuse answers with a problem: JSON where programs ask, else a page.
func (s *site) refuse(w http.ResponseWriter, r *http.Request, p *Problem) {
	if programs(r.URL.Path) {
		refuseJSON(w, p)
		return
	}
	s.refusePage(w, r, p, "")
}

// programs reports paths that programs ask for.
func programs(path string) bool {
	return strings.HasPrefix(path, "/api/") || strings.Contains(path, "/api/v2/") || strings.HasPrefix(path, "/fragments/") ||
		strings.HasPrefix(path, "/badge/") || path == "/events" || path == "/openapi.json" || strings.HasSuffix(path, ".atom") || path == "/healthz" ||
		strings.HasPrefix(path, "/i/") && strings.HasSuffix(path, "/report.json")
}

// refuseJSON writes a problem. Errors of the API are readable from anywhere, as
// its answers are.
func refuseJSON(w http.ResponseWriter, p *Problem) {
	h := w.Header()
	p.headers(h)
	readable(h)
	h["Content-Type"] = []string{"application/problem+json"}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone
}

// refusePage shows a problem as a page with a way back.
func (s *site) refusePage(w http.ResponseWriter, r *http.Request, p *Problem, back string) {
	h := w.Header()
	p.headers(h)
	v := page.ProblemView{Common: s.common(""), Status: p.Status, After: p.after, Back: back}
	if !p.plain {
		v.Text, v.Hint = p.Detail, p.Hint
	}
	h["Content-Type"] = inHTML
	w.WriteHeader(p.Status)
	_, _ = w.Write(s.Page.Problem(language(r), v))
}

func (p *Problem) headers(h http.Header) {
	h["Cache-Control"] = noStore
	delete(h, "Content-Length")
	delete(h, "Content-Disposition")
	if p.after > 0 {
		h["Retry-After"] = []string{strconv.Itoa(max(1, int(math.Ceil(p.after.Seconds()))))}
	}
}
