package alert

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"floodmark/internal/model"
)

// notify decides what one receiver is sent about the thread's last change, and
// records it. Callers hold mu.
func (d *Dispatcher) notify(t *Thread, r *Receiver, now time.Time) []Delivery {
	c := &t.Change
	h, known := t.Notice[r.Name]
	var v verdict
	switch {
	case h.Over && (c.Type != model.MarkedFalse || h.False || r.machine()):
		return nil
	case ends(c.Type):
		v = d.farewell(r, h, c, now)
	case c.Type == model.AcknowledgedNow:
		v.send = h.Sent && r.PagerDuty != nil
	case muted(&c.Incident, now.UnixNano()):
	default:
		v = route(d.rules, r.Name, c, h.Sent, now)
	}
	if v.hold {
		h.Held = c.Type
		t.Notice[r.Name] = h
		return nil
	}
	if ends(c.Type) && !v.send && known {
		h.Over, h.Held = true, ""
		t.Notice[r.Name] = h
	}
	if !v.send {
		return nil
	}
	if r.machine() {
		v.wait = 0
	}
	return d.compose(t, r, forChange, v.wait, now)
}

// farewell decides on the end of an incident. Who heard of it may hear of its
// end; who heard of a false alarm is told in any case; machines must be.
func (d *Dispatcher) farewell(r *Receiver, h Notice, c *model.Change, now time.Time) verdict {
	switch {
	case !h.Sent:
		return verdict{}
	case r.machine():
		return verdict{send: true}
	}
	v := wantsEnd(d.rules, r.Name, &c.Incident, now)
	if c.Incident.FalseAlarm != nil && !v.hold {
		v.send = true
	}
	return v
}

// compose makes the message of the thread's last change for a receiver, and notes
// that it was told. Nothing is said where too much waits already: but the ends
// of what was told.
func (d *Dispatcher) compose(t *Thread, r *Receiver, reason Reason, wait time.Duration, now time.Time) []Delivery {
	h, c := t.Notice[r.Name], t.Change
	over := ends(c.Type)
	if !over && d.workers[r.Name].waiting()+len(d.gather[r.Name]) >= maxQueue {
		d.counts.Refused++
		return nil
	}
	e := Event{Type: c.Type, First: !h.Sent, Last: over, At: stamp(c.At), Subject: subject(&c), Text: c.Text, Incident: incidentOf(&c.Incident)}
	if d.config.Link != "" {
		e.Link = d.config.Link + "/incidents/" + c.Incident.ID
	}
	if h.Severity != c.Incident.Severity {
		e.Was = h.Severity
	}
	key := fmt.Sprintf("%s.%d.%s.%s", c.Incident.ID, c.Incident.Revision, c.Type, plain(r.Name))
	if reason != forChange {
		key += fmt.Sprintf(".%s.%d", reason, now.Unix())
	}
	m := &Message{Schema: Schema, Key: key, Reason: reason, Receiver: r.Name, Created: stamp(now.UnixNano()), Events: []Event{e}}
	m.entitle()
	p := Delivery{Key: key, Receiver: r.Name, At: time.Now().UnixNano(), Message: m}
	if wait > 0 {
		p.Due = now.Add(wait).UnixNano()
	}
	t.Notice[r.Name] = Notice{Sent: true, Over: over, False: h.False || c.Type == model.MarkedFalse, Severity: c.Incident.Severity, Last: now.UnixNano()}
	return []Delivery{p}
}

// plain makes a receiver's name fit for a key.
func plain(name string) string {
	for i := range len(name) {
		c := name[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') || i >= 40 {
			sum := sha256.Sum256([]byte(name))
			return hex.EncodeToString(sum[:8])
		}
	}
	return name
}

// commit keeps messages and threads, then hands the messages on. Where the
// outbox fails they are sent all the same: a message that may be lost by a
// restart is better than none.
func (d *Dispatcher) commit(ctx context.Context, due []Delivery, threads []*Thread) {
	all := slices.Clone(due)
	for _, t := range threads {
		all = append(all, Delivery{Key: threadKey + t.Change.Incident.ID, At: time.Now().UnixNano(), Thread: t.clone()})
	}
	d.put(ctx, all...)
	for _, p := range due {
		switch {
		case p.Due > 0:
			d.gather[p.Receiver] = append(d.gather[p.Receiver], p)
		case len(d.gather[p.Receiver]) > 0:
			// What waits was before; it goes along.
			d.gather[p.Receiver] = append(d.gather[p.Receiver], p)
			d.join(ctx, p.Receiver)
		default:
			d.workers[p.Receiver].add(p)
		}
	}
}

// clone shares nothing that is written to later.
func (t *Thread) clone() *Thread {
	c := *t
	c.Notice = maps.Clone(t.Notice)
	return &c
}

func (d *Dispatcher) put(ctx context.Context, list ...Delivery) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := d.out.Put(ctx, list...)
	if err == nil {
		d.unsafeAt = 0
		return
	}
	d.counts.NotKept++
	if d.unsafeAt == 0 {
		d.unsafeAt = d.now().UnixNano()
		d.log.Error("alerts cannot be kept; they are sent, but not repeated after a restart", "error", err)
	}
}

// discard forgets deliveries that are not sent.
func (d *Dispatcher) discard(list []Delivery, why string) {
	for _, p := range list {
		d.done(p.Key, why)
	}
}

// done tells the outbox. Where that fails the delivery is sent once more after a
// restart, with the same key.
func (d *Dispatcher) done(key, outcome string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := d.out.Done(ctx, key, outcome); err != nil {
		d.log.Warn("the end of an alert cannot be kept", "key", key, "error", err)
	}
}

// join makes one message of all that a receiver's events were gathered for.
func (d *Dispatcher) join(ctx context.Context, receiver string) {
	list := d.gather[receiver]
	delete(d.gather, receiver)
	for len(list) > 0 {
		n := min(len(list), maxEvents)
		d.joined(ctx, receiver, list[:n])
		list = list[n:]
	}
}

func (d *Dispatcher) joined(ctx context.Context, receiver string, list []Delivery) {
	p := list[0]
	p.Due = 0
	if len(list) > 1 {
		m := *p.Message
		sum := sha256.New()
		m.Events, p.Parts = nil, nil
		for _, part := range list {
			p.Parts = append(p.Parts, part.Key)
			m.Events = append(m.Events, part.Message.Events...)
			if part.Message.Reason != m.Reason {
				m.Reason = forChange
			}
			sum.Write([]byte(part.Key + "\n"))
		}
		p.Key = "joined." + hex.EncodeToString(sum.Sum(nil)[:12]) + "." + plain(receiver)
		m.Key = p.Key
		m.entitle()
		p.Message = &m
	}
	// The parts are given up before the whole may be sent, so that no restart
	// sends both.
	d.put(ctx, p)
	if len(list) > 1 {
		d.discard(list, "joined with others")
	}
	d.workers[receiver].add(p)
}
