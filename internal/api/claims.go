package api

import (
	"context"
	"net/http"
	"time"

	"floodmark/internal/model"
)

type claimInput struct {
	IncidentPath
	Body struct {
		Text   string     `json:"text" minLength:"1" maxLength:"300" doc:"As it was said; docs/claims.md tells what can be checked"`
		Source string     `json:"source" minLength:"1" maxLength:"300" doc:"Who said it and where"`
		Said   *time.Time `json:"said,omitempty" doc:"When it was said; now where it is left out"`
	}
}

func (o *operator) claimRoutes() {
	add(o, operation{id: "add-claim", method: http.MethodPost, path: "/api/v1/incidents/{id}/claims", tag: "incidents", scope: Operate, errors: []int{404, 409, 413, 503},
		summary: "Check a public claim about an incident", about: "It is checked with the next document, within seconds, and anew whenever more is known. Kept durably when answered; the incident shows its verdicts."},
		func(ctx context.Context, in *claimInput) (*answer[ClaimView], error) {
			c := model.EnteredClaim{Text: in.Body.Text, Source: in.Body.Source, By: CallerOf(ctx).Name}
			if in.Body.Said != nil {
				c.Said = in.Body.Said.UnixNano()
			}
			c, err := o.back.AddClaim(ctx, in.ID, c)
			if err != nil {
				return nil, err
			}
			return &answer[ClaimView]{viewClaim(&c)}, nil
		})
}
