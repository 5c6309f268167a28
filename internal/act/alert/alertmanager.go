package alert

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Alertmanager is a Prometheus Alertmanager, told by its API v2. It forgets what
// it is not told of again, so it is told every minute of what lasts.
type Alertmanager struct {
	URL   string // without /api/v2
	Token string // bearer token; "" for none. Not sent by plain http but to loopback.
}

// resolveTimeout is how long an alert stays without being told again: a few messages
// may be lost, and the end of this program is not the end of the attack at once.
const resolveTimeout = 5 * time.Minute

type alertmanager struct {
	*poster
	token, host string
}

// amAlert is a postable alert of the API
// (github.com/prometheus/alertmanager, api/v2/openapi.yaml).
type amAlert struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     string            `json:"startsAt"`
	EndsAt       string            `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL,omitempty"`
}

func newAlertmanager(c *Alertmanager, host string) (*alertmanager, error) {
	p, err := newPoster(strings.TrimRight(c.URL, "/")+"/api/v2/alerts", c.Token == "", c.Token)
	if err != nil {
		return nil, fmt.Errorf("alertmanager: %w", err)
	}
	return &alertmanager{p, c.Token, host}, nil
}

func (a *alertmanager) send(ctx context.Context, m *Message) error {
	var list []amAlert
	for i := range m.Events {
		e := &m.Events[i]
		if e.Was != "" && !e.First {
			// Another severity is another set of labels, and so another alert.
			old := *e
			old.Incident.Severity = string(e.Was)
			list = append(list, a.alert(&old, m.Reason, true))
		}
		list = append(list, a.alert(e, m.Reason, e.Last))
	}
	return a.push(ctx, list)
}

func (a *alertmanager) refresh(ctx context.Context, firing []Event) error {
	for len(firing) > 0 {
		n := min(len(firing), maxEvents)
		var list []amAlert
		for i := range firing[:n] {
			list = append(list, a.alert(&firing[i], forChange, false))
		}
		if err := a.push(ctx, list); err != nil {
			return err
		}
		firing = firing[n:]
	}
	return nil
}

func (a *alertmanager) alert(e *Event, reason Reason, over bool) amAlert {
	in := &e.Incident
	now := time.Now()
	out := amAlert{
		Labels: map[string]string{"alertname": "FloodmarkIncident", "incident": in.ID, "target": in.Target, "target_kind": in.Kind,
			"direction": in.Direction, "severity": string(in.Severity), "customer": in.Customer, "group": in.Group, "floodmark": a.host},
		Annotations:  map[string]string{"summary": e.Subject, "description": body(e)},
		StartsAt:     stampTime(in.StartedAt),
		EndsAt:       now.Add(resolveTimeout).UTC().Format(time.RFC3339),
		GeneratorURL: e.Link,
	}
	if over {
		out.EndsAt = now.UTC().Format(time.RFC3339)
	}
	// The clock of incidents may not be the machine's (a replay); the API refuses
	// what ends before it starts.
	if start, err := time.Parse(time.RFC3339, out.StartsAt); err != nil || start.After(now) {
		out.StartsAt = now.Add(-time.Second).UTC().Format(time.RFC3339)
	}
	if reason == forTest {
		out.Labels["alertname"], out.EndsAt = "FloodmarkTest", now.Add(time.Minute).UTC().Format(time.RFC3339)
	}
	for k, v := range out.Labels {
		if v == "" {
			delete(out.Labels, k) // an empty label is none (Prometheus data model)
		}
	}
	return out
}

func (a *alertmanager) push(ctx context.Context, list []amAlert) error {
	b, err := json.Marshal(list)
	if err != nil {
		return rejection{errors.New("alertmanager: alert cannot be written as JSON")}
	}
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	if a.token != "" {
		h.Set("Authorization", "Bearer "+a.token)
	}
	return a.post(ctx, b, h)
}
