package api

import (
	"context"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"floodmark/internal/httpkit"
)

// problem makes a problem; the hint may be empty.
func problem(status int, detail, hint string) *httpkit.Problem {
	return httpkit.NewProblem(status, detail, hint)
}

// fault makes what a Backend returned into an answer.
func (o *operator) fault(ctx context.Context, err error) *httpkit.Problem {
	return httpkit.Translate(ctx, err, o.log)
}

// ownProblems replaces the error form of the library by ours.
func ownProblems(_ huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := problem(m.Status, m.Detail, "")
	for _, d := range m.Errors {
		if d.Message == "unknown query parameter" {
			p.Hint = "GET /openapi.json lists the parameters of every route"
		}
		p.Errors = append(p.Errors, httpkit.Flaw{Where: d.Location, What: d.Message})
	}
	if len(p.Errors) > 0 {
		p.Detail = strings.TrimPrefix(p.Errors[0].Where+": "+p.Errors[0].What, ": ")
	}
	return p, nil
}
