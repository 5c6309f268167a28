package apitest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/model"
)

// Crowd is an api.Crowd that answers from its fields.
type Crowd struct {
	mu sync.Mutex

	Now     time.Time
	Known   []*model.ServiceNow
	Waiting []api.DeskEntry // the oldest first
	Passed  []api.DeskEntry // what was let pass
	Written []api.DeskEntry // notes, the newest first
	Fail    error           // what everything with a context returns, where set
}

var _ api.Crowd = (*Crowd)(nil)

// NewCrowd returns a Crowd with the service example, a suggestion and a comment
// that wait, and a note.
func NewCrowd() *Crowd {
	now := time.Date(2026, 11, 24, 2, 5, 0, 0, time.UTC)
	example := &model.Service{Slug: "example", Name: "Example", Components: []model.Component{{Slug: "login", Name: "Login"}}}
	return &Crowd{Now: now, Known: []*model.ServiceNow{{Service: example, At: now.UnixNano(), Why: "not enough history: 2 of 7 days seen"}},
		Waiting: []api.DeskEntry{
			{ID: "s1", Kind: "suggestion", Name: "Other", URL: "https://other.example/", Text: "it is missing", Country: "DE", At: now.Add(-time.Hour)},
			{ID: "c1", Kind: "comment", Service: "example", Text: "no login since two", Country: "FR", At: now.Add(-time.Minute)}},
		Written: []api.DeskEntry{{ID: "n1", Kind: "note", Service: "example", Text: "We are on it.", By: "ops", At: now}}}
}

// Services is that of api.Crowd.
func (c *Crowd) Services() []*model.ServiceNow { return c.Known }

// Queue is that of api.Crowd.
func (c *Crowd) Queue() []api.DeskEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.Waiting)
}

// Decide is that of api.Crowd.
func (c *Crowd) Decide(_ context.Context, id string, pass bool, _ string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Fail != nil {
		return c.Fail
	}
	named := func(e api.DeskEntry) bool { return e.ID == id }
	i, n := slices.IndexFunc(c.Waiting, named), slices.IndexFunc(c.Written, named)
	switch {
	case i >= 0:
		if pass {
			c.Passed = append(c.Passed, c.Waiting[i])
		}
		c.Waiting = slices.Delete(c.Waiting, i, i+1)
	case n >= 0:
		c.Written = slices.Delete(c.Written, n, n+1)
	default:
		return &api.Error{Kind: api.NotFound, Text: "there is no entry " + id}
	}
	return nil
}

// AddNote is that of api.Crowd.
func (c *Crowd) AddNote(_ context.Context, service, text, by string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Fail != nil {
		return "", c.Fail
	}
	if !slices.ContainsFunc(c.Known, func(s *model.ServiceNow) bool { return s.Service.Slug == service }) {
		return "", &api.Error{Kind: api.NotFound, Text: "there is no service " + service}
	}
	id := fmt.Sprintf("n%d", len(c.Written)+1)
	c.Written = slices.Insert(c.Written, 0, api.DeskEntry{ID: id, Kind: "note", Service: service, Text: text, By: by, At: c.Now})
	return id, nil
}

// ServiceNotes is that of api.Crowd.
func (c *Crowd) ServiceNotes(service string) []api.DeskEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []api.DeskEntry
	for _, e := range c.Written {
		if e.Service == service {
			out = append(out, e)
		}
	}
	return out
}
