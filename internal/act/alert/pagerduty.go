package alert

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"floodmark/internal/model"
	"floodmark/internal/view"
)

// PagerDuty is an integration of a PagerDuty service (Events API v2). One
// incident is one alert there.
type PagerDuty struct {
	RoutingKey string
	URL        string // "" for the public API
}

const publicPagerDuty = "https://events.pagerduty.com/v2/enqueue"

type pagerduty struct {
	*poster
	key string
}

func newPagerDuty(c *PagerDuty) (*pagerduty, error) {
	url := c.URL
	if url == "" {
		url = publicPagerDuty
	}
	p, err := newPoster(url, false, c.RoutingKey)
	if err != nil {
		return nil, fmt.Errorf("pagerduty: %w", err)
	}
	return &pagerduty{p, c.RoutingKey}, nil
}

func (p *pagerduty) send(ctx context.Context, m *Message) error {
	for i := range m.Events {
		e := &m.Events[i]
		action := pagerdutyAction(e)
		if m.Reason == forTest {
			action = "trigger"
		}
		if action == "" {
			continue
		}
		if err := p.enqueue(ctx, action, m, e); err != nil {
			return err
		}
		if m.Reason == forTest {
			return p.enqueue(ctx, "resolve", m, e)
		}
	}
	return nil
}

func pagerdutyAction(e *Event) string {
	switch {
	case e.Last:
		return "resolve"
	case e.Type == model.AcknowledgedNow:
		return "acknowledge"
	case e.Type == model.Eased:
		return "" // it may come back; nothing there says so
	}
	return "trigger"
}

// maxSummary is how long the API lets a summary be.
const maxSummary = 1024

func (p *pagerduty) enqueue(ctx context.Context, action string, m *Message, e *Event) error {
	in := &e.Incident
	doc := map[string]any{"routing_key": p.key, "event_action": action, "dedup_key": "floodmark/" + in.ID}
	if action == "trigger" {
		summary := e.Subject
		if m.Reason == forTest {
			summary = m.Subject
		}
		doc["payload"] = map[string]any{
			"summary": summary[:min(len(summary), maxSummary)], "source": in.Target, "timestamp": e.At, "component": component(in), "group": in.Group,
			"severity": severity(model.Severity(in.Severity), "info", "warning", "critical"), "class": class(in), "custom_details": in,
		}
		doc["client"] = "Floodmark"
		if e.Link != "" {
			doc["client_url"] = e.Link
			doc["links"] = []map[string]string{{"href": e.Link, "text": "The incident's page"}}
		}
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return rejection{errors.New("pagerduty: event cannot be written as JSON")}
	}
	return p.post(ctx, b, http.Header{"Content-Type": {"application/json"}})
}

// component is whose the target is, of a service the part that stands out.
func component(in *view.Incident) string {
	if in.UserReports != nil {
		return leadingComponent(in.UserReports)
	}
	return in.Customer
}

// class is the heaviest vector, of a service what it rests on.
func class(in *view.Incident) string {
	if in.UserReports != nil {
		return "user-reports"
	}
	if len(in.Vectors) == 0 {
		return "unknown"
	}
	return in.Vectors[0].Value
}
