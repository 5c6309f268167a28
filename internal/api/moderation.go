package api

import (
	"context"
	"net/http"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/view"
)

// Moderation is what the operator's listener needs from user reports.
type Moderation interface {
	// Services returns every service and what is known about it now.
	Services() []*model.ServiceNow
	// Queue returns what visitors wrote and no operator has decided on, oldest first.
	Queue() []ModerationEntry
	// Decide approves or deletes an entry; notes are deleted in the same way.
	Decide(ctx context.Context, id string, approve bool, by string) error
	// AddNote publishes an operator's note on the page of a service.
	AddNote(ctx context.Context, service, text, by string) (id string, err error)
	// ServiceNotes returns the operators' notes about a service.
	ServiceNotes(service string) []ModerationEntry
}

// ModerationEntry is a text that a visitor or an operator wrote.
type ModerationEntry struct {
	ID      string    `json:"id" doc:"ID of the entry, used to decide on it"`
	Kind    string    `json:"kind" enum:"suggestion,comment,note" doc:"Kind of the entry"`
	Service string    `json:"service,omitempty" doc:"Slug of the service that the entry is about"`
	Name    string    `json:"name,omitempty" doc:"Name of the suggested service"`
	URL     string    `json:"url,omitempty" doc:"Address of the suggested service"`
	Text    string    `json:"text,omitempty" doc:"Text of the entry as it was written"`
	Country string    `json:"country,omitempty" doc:"Country (ISO 3166-1 alpha-2) of the writer's address, where known"`
	By      string    `json:"by,omitempty" doc:"Author of a note"`
	At      time.Time `json:"at" doc:"Time at which the entry was written"`
}

type moderationList struct {
	Entries []ModerationEntry `json:"entries" doc:"Entries awaiting moderation, oldest first, or notes, newest first"`
}

type moderationDecision struct {
	ID   string `path:"id" maxLength:"40" doc:"ID of the entry"`
	Body struct {
		Approve bool `json:"approve" doc:"Whether to publish the entry; false deletes it. A suggestion leaves the queue either way"`
	}
}

type noteInput struct {
	Slug string `path:"slug" maxLength:"40" doc:"Slug of the service"`
	Body struct {
		Text string `json:"text" maxLength:"1000" doc:"Plain text, shown on the page of the service with the name of the token"`
	}
}

type noteList struct {
	Slug string `path:"slug" maxLength:"40" doc:"Slug of the service"`
}

type noteMade struct {
	ID string `json:"id" doc:"ID of the new note, used to delete it"`
}

func (o *operator) moderationRoutes(m Moderation) {
	if m == nil {
		return
	}
	add(o, operation{id: "list-moderation", method: http.MethodGet, path: "/api/v1/moderation", tag: "reports", scope: Read,
		summary: "List the moderation queue", about: "Suggestions and comments of visitors that no operator has decided on."},
		func(context.Context, *none) (*answer[moderationList], error) {
			return &answer[moderationList]{moderationList{view.List(m.Queue())}}, nil
		})
	add(o, operation{id: "moderate-entry", method: http.MethodPost, path: "/api/v1/moderation/{id}", tag: "reports", scope: Operate,
		errors: []int{404, 409, 413, 503}, summary: "Approve or delete an entry",
		about: "The decision is on disk when the server answers. Notes are deleted in the same way."},
		func(ctx context.Context, in *moderationDecision) (*answer[moderationList], error) {
			if err := m.Decide(ctx, in.ID, in.Body.Approve, CallerOf(ctx).Name); err != nil {
				return nil, err
			}
			return &answer[moderationList]{moderationList{view.List(m.Queue())}}, nil
		})
	add(o, operation{id: "add-note", method: http.MethodPost, path: "/api/v1/services/{slug}/notes", tag: "reports", scope: Operate,
		errors: []int{404, 409, 413, 503}, summary: "Publish a note on the page of a service", about: "The note is on disk when the server answers."},
		func(ctx context.Context, in *noteInput) (*answer[noteMade], error) {
			id, err := m.AddNote(ctx, in.Slug, in.Body.Text, CallerOf(ctx).Name)
			if err != nil {
				return nil, err
			}
			return &answer[noteMade]{noteMade{id}}, nil
		})
	add(o, operation{id: "list-notes", method: http.MethodGet, path: "/api/v1/services/{slug}/notes", tag: "reports", scope: Read,
		summary: "List the notes on the page of a service", about: "Newest first."},
		func(_ context.Context, in *noteList) (*answer[moderationList], error) {
			return &answer[moderationList]{moderationList{view.List(m.ServiceNotes(in.Slug))}}, nil
		})
}
