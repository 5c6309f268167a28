package alert

import (
	"context"
	"time"

	"floodmark/internal/model"
)

// Hasten makes retries of d wait so long and no longer.
func (d *Dispatcher) Hasten(wait time.Duration) { d.backoff = func(int) time.Duration { return wait } }

type diverted func(*Message) error

func (f diverted) send(_ context.Context, m *Message) error { return f(m) }

// Divert lets a function stand for what carries a receiver's messages.
func (d *Dispatcher) Divert(receiver string, take func(*Message) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	w := d.workers[receiver]
	w.replace(w.conf, diverted(take))
}

// Refresh tells a receiver again of what lasts, as it is told every minute.
func (d *Dispatcher) Refresh(ctx context.Context, receiver string) { d.workers[receiver].again(ctx) }

// Routed is what the rules say: "send", "hold" or "".
func Routed(rules []Rule, c model.Change, notified bool, now time.Time) string {
	switch v := route(rules, "p", &c, notified, now); {
	case v.send:
		return "send"
	case v.hold:
		return "hold"
	}
	return ""
}

// CleanChat cleans an error of the shoutrrr service with this address.
func CleanChat(url, text string) string { return (&chat{tokens: tokens(url)}).clean(text) }

// Subject is the line of a change.
func Subject(c *model.Change) string { return subject(c) }

// Body is the text of a message of a change, with links to pages there.
func Body(c *model.Change, link string) string {
	e := Event{Text: c.Text, Incident: incidentOf(&c.Incident)}
	if link != "" {
		e.Link = link + "/incidents/" + c.Incident.ID
	}
	return body(&e)
}

// ForChange is for tests from outside.
var ForChange = forChange
