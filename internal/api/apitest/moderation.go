package apitest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/fault"
	"floodmark/internal/model"
)

// Moderation is an api.Moderation that answers from its fields.
type Moderation struct {
	mu sync.Mutex

	Now     time.Time
	Known   []*model.ServiceNow
	Waiting []api.ModerationEntry // the oldest first
	Passed  []api.ModerationEntry // what was let pass
	Written []api.ModerationEntry // notes, the newest first
	Fail    error                 // what everything with a context returns, where set
}

var _ api.Moderation = (*Moderation)(nil)

// NewModeration returns a Moderation with the service example, a suggestion and a comment
// that wait, and a note.
func NewModeration() *Moderation {
	now := time.Date(2026, 11, 24, 2, 5, 0, 0, time.UTC)
	example := &model.Service{Slug: "example", Name: "Example", Components: []model.Component{{Slug: "login", Name: "Login"}}}
	return &Moderation{Now: now, Known: []*model.ServiceNow{{Service: example, At: now.UnixNano(), Why: "not enough history: 2 of 7 days seen"}},
		Waiting: []api.ModerationEntry{
			{ID: "s1", Kind: "suggestion", Name: "Other", URL: "https://other.example/", Text: "it is missing", Country: "DE", At: now.Add(-time.Hour)},
			{ID: "c1", Kind: "comment", Service: "example", Text: "no login since two", Country: "FR", At: now.Add(-time.Minute)}},
		Written: []api.ModerationEntry{{ID: "n1", Kind: "note", Service: "example", Text: "We are on it.", By: "ops", At: now}}}
}

// Services is that of api.Moderation.
func (c *Moderation) Services() []*model.ServiceNow { return c.Known }

// Queue is that of api.Moderation.
func (c *Moderation) Queue() []api.ModerationEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.Waiting)
}

// Decide is that of api.Moderation.
func (c *Moderation) Decide(_ context.Context, id string, pass bool, _ string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Fail != nil {
		return c.Fail
	}
	named := func(e api.ModerationEntry) bool { return e.ID == id }
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
		return &fault.Error{Kind: fault.NotFound, Text: "there is no entry " + id}
	}
	return nil
}

// AddNote is that of api.Moderation.
func (c *Moderation) AddNote(_ context.Context, service, text, by string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Fail != nil {
		return "", c.Fail
	}
	if !slices.ContainsFunc(c.Known, func(s *model.ServiceNow) bool { return s.Service.Slug == service }) {
		return "", &fault.Error{Kind: fault.NotFound, Text: "there is no service " + service}
	}
	id := fmt.Sprintf("n%d", len(c.Written)+1)
	c.Written = slices.Insert(c.Written, 0, api.ModerationEntry{ID: id, Kind: "note", Service: service, Text: text, By: by, At: c.Now})
	return id, nil
}

// ServiceNotes is that of api.Moderation.
func (c *Moderation) ServiceNotes(service string) []api.ModerationEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []api.ModerationEntry
	for _, e := range c.Written {
		if e.Service == service {
			out = append(out, e)
		}
	}
	return out
}

// ServiceIncident makes the nth incident of the service example, with something
// in every field of its reports. It was noticed between Incident(n-1) and
// Incident(n).
func ServiceIncident(n int, s model.State) model.Incident {
	start := time.Date(2026, 11, 24, 2, 0, 0, 5e8, time.UTC).Add(time.Duration(n) * time.Second).UnixNano()
	peak := model.Bucket{At: start, Problems: 820, Effective: 790, Works: 12, Followed: 30, Suppressed: 4, Refused: 2, Expected: 61, Low: 40, High: 95, Known: true}
	in := model.Incident{
		Header: model.Header{
			ID: fmt.Sprintf("example-20261124T0200%02dZ", n), Revision: 3, State: s, Severity: model.Critical,
			Target: model.ServiceID("example"), Started: start, Noticed: start, Opened: start + 60e9,
			LastSeen: start + 120e9, Waves: []model.Wave{{Start: start, Peak: 820}}, WaveCount: 1,
		},
		TrafficIncident: model.TrafficIncident{Because: "reports only, unconfirmed"},
		ServiceIncident: model.ServiceIncident{UserReports: &model.UserReports{Service: "example", Name: "Example", Evidence: 9.5, Strongest: 11.2, Limit: 6.4, Budget: "at most one false incident per service and year",
			Peak: peak, Total: 1900, Effective: 1800, Works: 40, Refused: 2, Networks: 61,
			Parts:   []model.PartShare{{Slug: "login", Name: "Login", Reports: 1100, Share: 0.8, Low: 0.77, High: 0.83, Usual: 0.2, Evidence: 40, StandsOut: true}, {Reports: 500}},
			Places:  []model.PlaceShare{{Country: "DE", Reports: 700, Effective: 690, Expected: 300, Excess: 2.3, Low: 2.1, High: 2.5, Evidence: 12, StandsOut: true}, {Reports: 200, Effective: 190, Expected: 210, Excess: 0.9, Low: 0.8, High: 1.1}},
			Cause:   model.Cause{Kind: model.CauseElsewhere, By: "other", Name: "Other", Share: 0.6, Low: 0.4, High: 0.8, Text: "Mostly explained by the outage of Other"},
			Fraud:   model.Fraud{Synchronized: 0.1, Brigading: 0.2, Text: "Nothing looks made up"},
			Similar: []model.Similar{{ID: "example-20261001T0000Z", Score: 0.8, Started: start - 5e15, Lasted: 3600e9, Peak: 500, Text: "the same part"}}, Shape: []float32{790, 610}}},
	}
	switch s {
	case model.Closed:
		in.Ended, in.ClosedAt = start+120e9, start+420e9
	case model.Suspected:
		in.Opened = 0
	}
	return in
}
