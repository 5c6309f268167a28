package alert

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"floodmark/internal/model"
)

// tick does what is due by the clock: messages that were gathered long enough,
// what quiet hours held back, reminders, and threads to forget.
func (d *Dispatcher) tick(ctx context.Context) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	for name, list := range d.gather {
		if list[0].Due <= now.UnixNano() || len(list) >= maxEvents {
			d.join(ctx, name)
		}
	}
	var due []Delivery
	var touched []*Thread
	for _, t := range d.threads {
		if t.Over > 0 && now.UnixNano()-t.Over > int64(keepThreads) {
			d.forget(t)
		}
	}
	for _, t := range d.ordered() {
		list, changed := d.overdue(t, now)
		due = append(due, list...)
		if changed {
			touched = append(touched, t)
		}
	}
	if len(touched) > 0 {
		d.digest(ctx, due, touched)
	}
}

// ordered are the threads of which something may have to be said yet, by when
// their incidents began, so that digests read the same every time.
func (d *Dispatcher) ordered() []*Thread {
	var out []*Thread
	for _, t := range d.threads {
		if t.Over == 0 || t.holds() {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b *Thread) int {
		x, y := &a.Change.Incident, &b.Change.Incident
		return cmp.Or(cmp.Compare(x.Started, y.Started), strings.Compare(x.ID, y.ID))
	})
	return out
}

// holds reports whether quiet hours hold something back.
func (t *Thread) holds() bool {
	for _, h := range t.Notice {
		if h.Held != "" {
			return true
		}
	}
	return false
}

// overdue says what is due on one thread.
func (d *Dispatcher) overdue(t *Thread, now time.Time) (due []Delivery, changed bool) {
	for i := range d.config.Receivers {
		r := &d.config.Receivers[i]
		h, ok := t.Notice[r.Name]
		switch {
		case !ok || h.Over && h.Held == "":
		case h.Held != "":
			list, done := d.release(t, r, h, now)
			due, changed = append(due, list...), changed || done
		case h.Sent && t.Over == 0 && d.reminding(t, r, h, now):
			due, changed = append(due, d.compose(t, r, forReminder, 0, now)...), true
		}
	}
	return due, changed
}

func (d *Dispatcher) reminding(t *Thread, r *Receiver, h Notice, now time.Time) bool {
	in := &t.Change.Incident
	if r.machine() || in.Acknowledged != nil || in.State != model.Open || muted(in, now.UnixNano()) {
		return false
	}
	every := reminds(d.rules, r.Name, in, now)
	return every > 0 && now.UnixNano()-h.Last >= int64(every)
}

// release looks whether what was held back may be said now, and whether it
// still is worth it. done tells that nothing is held any more.
func (d *Dispatcher) release(t *Thread, r *Receiver, h Notice, now time.Time) (due []Delivery, done bool) {
	c := t.Change
	drop := func() ([]Delivery, bool) {
		h.Held = ""
		h.Over = t.Over > 0
		t.Notice[r.Name] = h
		if !h.Sent && !h.Over {
			delete(t.Notice, r.Name)
		}
		return nil, true
	}
	var v verdict
	switch {
	case t.Over > 0 && !h.Sent:
		return drop()
	case t.Over > 0:
		if c.Incident.FalseAlarm != nil {
			c.Type = model.MarkedFalse // also where it ended since
		}
		v = d.farewell(r, h, &c, now)
	case muted(&c.Incident, now.UnixNano()):
		return drop()
	default:
		c.Type = h.Held
		if !h.Sent && h.Held != model.Noticed {
			c.Type = model.Opened
		}
		v = route(d.rules, r.Name, &c, h.Sent, now)
	}
	switch {
	case v.hold:
		return nil, false
	case !v.send:
		return drop()
	}
	last := t.Change.Type
	t.Change.Type = c.Type
	due = d.compose(t, r, forDigest, 0, now)
	t.Change.Type = last
	return due, true
}

// digest joins what one receiver is told by the clock into one message; machines
// get each by itself.
func (d *Dispatcher) digest(ctx context.Context, due []Delivery, touched []*Thread) {
	byReceiver := make(map[string][]Delivery)
	var single []Delivery
	for _, p := range due {
		if d.workers[p.Receiver].machine() {
			single = append(single, p)
		} else {
			byReceiver[p.Receiver] = append(byReceiver[p.Receiver], p)
		}
	}
	for i := range d.config.Receivers {
		name := d.config.Receivers[i].Name
		for k := range byReceiver[name] {
			byReceiver[name][k].Due = 1 // kept as a part until it is joined, below
		}
		single = append(single, byReceiver[name]...)
	}
	d.commit(ctx, single, touched)
	for name := range byReceiver {
		d.join(ctx, name)
	}
}

// forgetOldest forgets the thread that ended first; false if none has ended.
func (d *Dispatcher) forgetOldest() bool {
	var oldest *Thread
	for _, t := range d.threads {
		if t.Over > 0 && (oldest == nil || t.Over < oldest.Over) {
			oldest = t
		}
	}
	if oldest == nil {
		return false
	}
	d.counts.Forgotten++
	d.forget(oldest)
	return true
}

func (d *Dispatcher) forget(t *Thread) {
	delete(d.threads, t.Change.Incident.ID)
	d.done(threadKey+t.Change.Incident.ID, "forgotten")
}

// unnotified notes that a receiver will never get the first message on incidents,
// so that it hears no more of them.
func (d *Dispatcher) unnotified(receiver string, ids map[string]bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var touched []*Thread
	for id := range ids {
		if t := d.threads[id]; t != nil {
			delete(t.Notice, receiver)
			touched = append(touched, t)
		}
	}
	d.commit(context.Background(), nil, touched)
}

// firing are the incidents that a receiver was told of and that last.
func (d *Dispatcher) firing(receiver string) []Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []Event
	for _, t := range d.ordered() {
		if h := t.Notice[receiver]; h.Sent && !h.Over && t.Over == 0 {
			c := t.Change
			c.Incident.Severity = h.Severity // as it knows it; another one is another alert
			e := Event{Type: c.Type, At: stamp(c.At), Subject: subject(&c), Text: c.Text, Incident: incidentOf(&c.Incident)}
			if d.config.Link != "" {
				e.Link = d.config.Link + "/incidents/" + c.Incident.ID
			}
			out = append(out, e)
		}
	}
	return out
}
