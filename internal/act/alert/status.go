package alert

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"floodmark/internal/conditions"
	"floodmark/internal/model"
	"floodmark/internal/telemetry/histogram"
	"floodmark/internal/text"
)

// ReceiverStatus is one receiver and how it does. Times are Unix ns by the
// machine's clock, 0 for never.
type ReceiverStatus struct {
	Name      string
	Kind      string
	Sent      uint64           // messages taken, since the start
	Failed    uint64           // attempts that failed
	GivenUp   uint64           // messages that were refused or too old
	Pending   int              // messages that wait, those that are gathered among them
	Seconds   histogram.Counts // of an attempt
	LastSent  int64
	LastError string // "" after a success; holds no secret
}

// Status returns how every receiver does, in the order of the configuration.
func (d *Dispatcher) Status() []ReceiverStatus {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]ReceiverStatus, 0, len(d.config.Receivers))
	for i := range d.config.Receivers {
		r := &d.config.Receivers[i]
		w := d.workers[r.Name]
		w.mu.Lock()
		s := w.state
		s.Seconds = w.seconds.Counts()
		s.Pending = len(w.items) + len(d.gather[r.Name])
		w.mu.Unlock()
		s.Name, s.Kind = r.Name, r.Kind()
		out = append(out, s)
	}
	return out
}

// Counts returns what was not said so far.
func (d *Dispatcher) Counts() Counts {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.counts
}

// Conditions returns in which way alerts do not arrive now. A receiver is told
// of after its second failure in a row.
func (d *Dispatcher) Conditions() []model.Condition {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []model.Condition
	for i := range d.config.Receivers {
		name := d.config.Receivers[i].Name
		w := d.workers[name]
		w.mu.Lock()
		if w.fails >= 2 {
			out = append(out, model.Condition{Code: conditions.ReceiverFailing, Subject: name, Severity: model.Warning, Since: w.since,
				Text: fmt.Sprintf("alerts do not reach %s since %s, %d wait: %s", name, clock(w.since), len(w.items), w.state.LastError)})
		}
		w.mu.Unlock()
	}
	if d.unsafeAt > 0 {
		out = append(out, model.Condition{Code: conditions.AlertsNotDurable, Severity: model.Warning, Since: d.unsafeAt,
			Text: "alerts cannot be written to the journal since " + clock(d.unsafeAt) + ": a restart would lose those that wait"})
	}
	return out
}

// Test sends a message that says it is a test, past the queue, and returns what
// came of it. Incidents and their threads are left alone. It fails where there
// is no such receiver.
func (d *Dispatcher) Test(ctx context.Context, receiver string) error {
	d.mu.Lock()
	w := d.workers[receiver]
	d.mu.Unlock()
	if w == nil {
		return fmt.Errorf("test: no receiver %q", receiver)
	}
	w.mu.Lock()
	s := w.sender
	w.mu.Unlock()
	if err := s.send(ctx, testMessage(receiver, time.Now())); err != nil {
		return fmt.Errorf("test of receiver %s: %s", receiver, text.Clean(err.Error(), 500))
	}
	return nil
}

// testMessage tells of an address that belongs to nobody (RFC 5737).
func testMessage(receiver string, now time.Time) *Message {
	at := now.UnixNano()
	in := model.Incident{
		Header: model.Header{
			ID: fmt.Sprintf("test-192.0.2.1-%d", at), Revision: 1, State: model.Open, Severity: model.Info,
			Target: model.HostID(model.AddrFromNetip(netip.AddrFrom4([4]byte{192, 0, 2, 1}))), Started: at, Opened: at,
			LastSeen: at,
		},
	}
	c := model.Change{At: at, Type: model.Opened, Incident: in, Text: "This is a test; nothing happened"}
	e := Event{Type: c.Type, First: true, Last: true, At: stamp(at), Subject: "Floodmark can reach this receiver", Text: c.Text, Incident: incidentOf(&in)}
	m := &Message{Schema: Schema, Key: in.ID + "." + plain(receiver), Reason: forTest, Receiver: receiver, Created: stamp(at), Events: []Event{e}}
	m.entitle()
	return m
}
