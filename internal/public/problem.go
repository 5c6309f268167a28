package public

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"floodmark/internal/httpkit"
	"floodmark/internal/public/page"
)

func problem(status int, detail, hint string) *httpkit.Problem {
	return httpkit.NewProblem(status, detail, hint)
}

// problems without words of their own.
var (
	noPage    = problem(http.StatusNotFound, "there is no such page", "")
	noService = problem(http.StatusNotFound, "there is no service of that name", "GET /api/v1/services lists them")
	tooLarge  = problem(http.StatusRequestEntityTooLarge, "the body is larger than 16,384 octets", "")
	elsewhere = problem(http.StatusForbidden, "a page of another site sent this request", "open our page and send it from there")
	tooSlow   = problem(http.StatusRequestTimeout, "the body did not come in time", "")
)

func invalid(detail string) *httpkit.Problem {
	return problem(http.StatusUnprocessableEntity, detail, "")
}

func busy(after time.Duration) *httpkit.Problem {
	return problem(http.StatusServiceUnavailable, "this server has too much to do", "try again later").After(after)
}

// fault makes what a Backend returned into a problem.
func (s *site) fault(ctx context.Context, err error) *httpkit.Problem {
	if errors.Is(err, context.DeadlineExceeded) {
		return busy(defaultAfter)
	}
	return httpkit.Translate(ctx, err, s.Log)
}

const defaultAfter = 5 * time.Second

// refuse answers with a problem: JSON where programs ask, else a page.
func (s *site) refuse(w http.ResponseWriter, r *http.Request, p *httpkit.Problem) {
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
func refuseJSON(w http.ResponseWriter, p *httpkit.Problem) {
	h := w.Header()
	p.SetHeaders(h)
	h["Cache-Control"] = noStore
	readable(h)
	h["Content-Type"] = []string{"application/problem+json"}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone
}

// refusePage shows a problem as a page with a way back.
func (s *site) refusePage(w http.ResponseWriter, r *http.Request, p *httpkit.Problem, back string) {
	h := w.Header()
	p.SetHeaders(h)
	h["Cache-Control"] = noStore
	v := page.ProblemView{Common: s.common(""), Status: p.Status, After: p.RetryAfter, Back: back}
	if !p.Generic {
		v.Text, v.Hint = p.Detail, p.Hint
	}
	h["Content-Type"] = inHTML
	w.WriteHeader(p.Status)
	_, _ = w.Write(s.Page.Problem(language(r), v))
}
