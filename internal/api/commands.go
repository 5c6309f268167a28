package api

import (
	"context"
	"net/http"
	"time"

	"floodmark/internal/model"
)

type commandBody struct {
	Note string `json:"note,omitempty" maxLength:"2000" doc:"Why, for those who read it later"`
}

type commandInput struct {
	IncidentPath
	Body *commandBody
}

type silenceInput struct {
	IncidentPath
	Body struct {
		Note  string    `json:"note,omitempty" maxLength:"2000" doc:"Why, for those who read it later"`
		Until time.Time `json:"until" doc:"No alerts until then; at most 30 days from now"`
	}
}

// longestSilence keeps a slip of the pen from silencing an incident for good.
const longestSilence = 30 * 24 * time.Hour

func (o *operator) commandRoutes() {
	for _, c := range []struct {
		id, last, summary, about string
		kind                     model.CommandType
	}{
		{"acknowledge-incident", "acknowledge", "Acknowledge an incident", "Tells the others that somebody looks at it.", model.Acknowledge},
		{"mark-false-alarm", "false-alarm", "Mark an incident as a false alarm", "It was ordinary: closes it, teaches the baseline, and corrects what was said publicly.", model.MarkFalseAlarm},
		{"close-incident", "close", "Close an incident", "Ends it now, although traffic may still be out of bounds; it opens anew if that goes on.", model.CloseNow},
	} {
		add(o, operation{id: c.id, method: http.MethodPost, path: "/api/v1/incidents/{id}/" + c.last, tag: "incidents", scope: Operate, errors: []int{404, 409, 413, 503},
			summary: c.summary, about: c.about + " Kept durably when answered; the body may be left out."},
			func(ctx context.Context, in *commandInput) (*answer[Incident], error) {
				cmd := model.Command{Type: c.kind, Incident: in.ID}
				if in.Body != nil {
					cmd.Note = in.Body.Note
				}
				return o.command(ctx, cmd)
			})
	}
	add(o, operation{id: "silence-incident", method: http.MethodPost, path: "/api/v1/incidents/{id}/silence", tag: "incidents", scope: Operate, errors: []int{404, 409, 413, 503},
		summary: "Silence an incident", about: "No alerts of it until then. Kept durably when answered."},
		func(ctx context.Context, in *silenceInput) (*answer[Incident], error) {
			now, _, _ := o.back.Clock()
			if !in.Body.Until.After(now) || in.Body.Until.Sub(now) > longestSilence {
				return nil, problem(http.StatusUnprocessableEntity, "until must be in the next 30 days", "the server's time is "+now.UTC().Format(time.RFC3339))
			}
			return o.command(ctx, model.Command{Type: model.Silence, Incident: in.ID, Note: in.Body.Note, Until: in.Body.Until.UnixNano()})
		})
}

// command answers with the incident as it is afterwards.
func (o *operator) command(ctx context.Context, c model.Command) (*answer[Incident], error) {
	now, _, _ := o.back.Clock()
	c.By, c.At = CallerOf(ctx).Name, now.UnixNano()
	if _, _, ok := o.back.Incident(c.Incident); !ok {
		return nil, noIncident
	}
	if err := o.back.Command(ctx, c); err != nil {
		return nil, err
	}
	in, _, ok := o.back.Incident(c.Incident)
	if !ok {
		return nil, noIncident
	}
	return &answer[Incident]{ViewIncident(&in)}, nil
}
