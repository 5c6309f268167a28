package api

import (
	"context"
	"net/http"
	"time"

	"floodmark/internal/model"
)

// Crowd is what the operator's listener needs of the reports of people.
type Crowd interface {
	// Services returns every service and what is known of it now.
	Services() []*model.ServiceNow
	// Queue returns what visitors wrote and nobody looked at, the oldest first.
	Queue() []DeskEntry
	// Decide lets an entry pass or deletes it; also notes are deleted so.
	Decide(ctx context.Context, id string, pass bool, by string) error
	// AddNote puts an operator's word on the page of a service.
	AddNote(ctx context.Context, service, text, by string) (id string, err error)
	// ServiceNotes returns operators' words about a service.
	ServiceNotes(service string) []DeskEntry
}

// DeskEntry is something that was written by a visitor or an operator.
type DeskEntry struct {
	ID      string    `json:"id" doc:"Its name in other calls"`
	Kind    string    `json:"kind" enum:"suggestion,comment,note" doc:"What it is"`
	Service string    `json:"service,omitempty" doc:"That it is about"`
	Name    string    `json:"name,omitempty" doc:"Of a service that is suggested"`
	URL     string    `json:"url,omitempty" doc:"Of a service that is suggested"`
	Text    string    `json:"text,omitempty" doc:"In the writer's words"`
	Country string    `json:"country,omitempty" doc:"Of the writer's address, where it is known"`
	By      string    `json:"by,omitempty" doc:"Who wrote a note"`
	At      time.Time `json:"at" doc:"When it was written"`
}

type deskList struct {
	Entries []DeskEntry `json:"entries" doc:"Of the desk the oldest first, of notes the newest"`
}

type deskDecision struct {
	ID   string `path:"id" maxLength:"40" doc:"Of the entry"`
	Body struct {
		Pass bool `json:"pass" doc:"Let it be seen; false deletes it. A suggestion goes either way"`
	}
}

type noteInput struct {
	Slug string `path:"slug" maxLength:"40" doc:"Of the service"`
	Body struct {
		Text string `json:"text" maxLength:"1000" doc:"Plain text, shown on the page of the service with the name of the token"`
	}
}

type noteList struct {
	Slug string `path:"slug" maxLength:"40" doc:"Of the service"`
}

type noteMade struct {
	ID string `json:"id" doc:"By which it is deleted"`
}

func (o *operator) deskRoutes(c Crowd) {
	if c == nil {
		return
	}
	add(o, operation{id: "list-desk", method: http.MethodGet, path: "/api/v1/desk", tag: "reports", scope: Read,
		summary: "What visitors wrote", about: "Suggestions and comments that nobody looked at yet."},
		func(context.Context, *none) (*answer[deskList], error) {
			return &answer[deskList]{deskList{list(c.Queue())}}, nil
		})
	add(o, operation{id: "decide-desk", method: http.MethodPost, path: "/api/v1/desk/{id}", tag: "reports", scope: Operate, errors: []int{404, 409, 413, 503},
		summary: "Let an entry pass, or delete it", about: "Durable when answered. Notes are deleted so, too."},
		func(ctx context.Context, in *deskDecision) (*answer[deskList], error) {
			if err := c.Decide(ctx, in.ID, in.Body.Pass, CallerOf(ctx).Name); err != nil {
				return nil, err
			}
			return &answer[deskList]{deskList{list(c.Queue())}}, nil
		})
	add(o, operation{id: "add-note", method: http.MethodPost, path: "/api/v1/services/{slug}/notes", tag: "reports", scope: Operate, errors: []int{404, 409, 413, 503},
		summary: "Write a note on the page of a service", about: "For those who run it. Durable when answered."},
		func(ctx context.Context, in *noteInput) (*answer[noteMade], error) {
			id, err := c.AddNote(ctx, in.Slug, in.Body.Text, CallerOf(ctx).Name)
			if err != nil {
				return nil, err
			}
			return &answer[noteMade]{noteMade{id}}, nil
		})
	add(o, operation{id: "list-notes", method: http.MethodGet, path: "/api/v1/services/{slug}/notes", tag: "reports", scope: Read,
		summary: "Notes on the page of a service", about: "The newest first."},
		func(_ context.Context, in *noteList) (*answer[deskList], error) {
			return &answer[deskList]{deskList{list(c.ServiceNotes(in.Slug))}}, nil
		})
}
