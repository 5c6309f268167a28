package api

import (
	"context"
	"net/http"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/view"
)

type commandBody struct {
	Note string `json:"note,omitempty" maxLength:"2000" doc:"Note for other operators"`
}

type commandInput struct {
	IncidentPath
	Body *commandBody
}

type silenceInput struct {
	IncidentPath
	Body struct {
		Note  string    `json:"note,omitempty" maxLength:"2000" doc:"Note for other operators"`
		Until time.Time `json:"until" doc:"End of the silence; at most 30 days from now"`
	}
}

// maxSilence keeps a typing error from silencing an incident for good.
const maxSilence = 30 * 24 * time.Hour

func (o *operator) commandRoutes() {
	for _, c := range []struct {
		id, last, summary, about string
		kind                     model.CommandType
	}{
		{"acknowledge-incident", "acknowledge", "Acknowledge an incident", "Shows other operators that somebody is working on it, and stops reminders.", model.Acknowledge},
		{"mark-false-alarm", "false-alarm", "Mark an incident as a false alarm", "Closes the incident, trains the baseline with its traffic and publishes a correction.", model.MarkFalseAlarm},
		{"close-incident", "close", "Close an incident", "Closes the incident now. A new incident opens if the traffic still exceeds its threshold.", model.CloseNow},
	} {
		add(o, operation{id: c.id, method: http.MethodPost, path: "/api/v1/incidents/{id}/" + c.last, tag: "incidents", scope: Operate, errors: []int{404, 409, 413, 503},
			summary: c.summary, about: c.about + " The change is on disk when the server answers. The body is optional."},
			func(ctx context.Context, in *commandInput) (*answer[view.Incident], error) {
				cmd := model.Command{Type: c.kind, Incident: in.ID}
				if in.Body != nil {
					cmd.Note = in.Body.Note
				}
				return o.command(ctx, cmd)
			})
	}
	add(o, operation{id: "silence-incident", method: http.MethodPost, path: "/api/v1/incidents/{id}/silence", tag: "incidents", scope: Operate, errors: []int{404, 409, 413, 503},
		summary: "Silence an incident", about: "Suppresses alerts about the incident until the given time. The change is on disk when the server answers."},
		func(ctx context.Context, in *silenceInput) (*answer[view.Incident], error) {
			now, _, _ := o.back.Clock()
			if !in.Body.Until.After(now) || in.Body.Until.Sub(now) > maxSilence {
				return nil, problem(http.StatusUnprocessableEntity, "until must be within the next 30 days", "the server's time is "+now.UTC().Format(time.RFC3339))
			}
			return o.command(ctx, model.Command{Type: model.Silence, Incident: in.ID, Note: in.Body.Note, Until: in.Body.Until.UnixNano()})
		})
}

// command answers with the incident after the command.
func (o *operator) command(ctx context.Context, c model.Command) (*answer[view.Incident], error) {
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
	return &answer[view.Incident]{view.NewIncident(&in)}, nil
}
