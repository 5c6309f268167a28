package api

import (
	"context"
	"net/http"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/view"
)

type claimInput struct {
	IncidentPath
	Body struct {
		Text     string     `json:"text" minLength:"1" maxLength:"300" doc:"Wording of the claim; docs/claims.md lists what can be checked"`
		Source   string     `json:"source" minLength:"1" maxLength:"300" doc:"Person or medium that made the claim, and where"`
		StatedAt *time.Time `json:"stated_at,omitempty" doc:"Time at which the claim was made; default now"`
	}
}

func (o *operator) claimRoutes() {
	add(o, operation{id: "add-claim", method: http.MethodPost, path: "/api/v1/incidents/{id}/claims", tag: "incidents", scope: Operate, errors: []int{404, 409, 413, 503},
		summary: "Check a public claim about an incident", about: "The claim is checked against the next evidence document, within seconds, and again whenever the evidence changes. It is on disk when the server answers; the incident shows its verdicts."},
		func(ctx context.Context, in *claimInput) (*answer[view.Claim], error) {
			c := model.EnteredClaim{Text: in.Body.Text, Source: in.Body.Source, By: CallerOf(ctx).Name}
			if in.Body.StatedAt != nil {
				c.Stated = in.Body.StatedAt.UnixNano()
			}
			c, err := o.back.AddClaim(ctx, in.ID, c)
			if err != nil {
				return nil, err
			}
			return &answer[view.Claim]{view.NewClaim(&c)}, nil
		})
}
