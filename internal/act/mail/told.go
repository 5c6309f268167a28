package mail

import (
	"context"
	"errors"
	"slices"
	"strings"
)

const (
	maxTries   = 8 // of one mail whose server asks to come again: some two hours, as grey-listing needs
	maxRefused = 3 // mails in a row that end a subscription
)

// told notes what came of a mail; err is nil or a refusal.
func (m *Mailer) told(ctx context.Context, j *job, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails > 0 {
		m.c.Log.Info("mail works again", "failed", m.fails)
	}
	m.fails, m.status.LastError, m.status.Since = 0, "", 0
	var no refusal
	later := errors.As(err, &no) && !no.final && j.tries+1 < maxTries
	switch {
	case err == nil:
		m.status.Sent++
	case !later:
		m.status.Refused++
	}
	if j.thread == nil {
		m.asked(ctx, j, no, later)
		return
	}
	t := j.thread
	t.tried(j.sub.ID)
	if later {
		if len(t.again) < maxAgain {
			t.again = append(t.again, retry{j.sub.ID, j.tries + 1, m.again(j)})
		} else {
			m.status.GivenUp++
		}
	}
	m.reckon(ctx, j.sub.ID, err, no)
	m.progress(ctx, t)
}

// tried takes a subscription out of what waits.
func (t *thread) tried(id string) {
	if len(t.left) > 0 && t.left[0] == id {
		t.left, t.After = t.left[1:], id
	}
	t.again = slices.DeleteFunc(t.again, func(r retry) bool { return r.id == id })
}

// skip passes over a subscription that has ended.
func (m *Mailer) skip(ctx context.Context, j *job) {
	m.mu.Lock()
	defer m.mu.Unlock()
	j.thread.tried(j.sub.ID)
	m.progress(ctx, j.thread)
}

// again is when to try a mail again, Unix ns. Grey-listing lasts minutes.
func (m *Mailer) again(j *job) int64 { return m.c.Now().Add(12 * m.backoff(j.tries+1)).UnixNano() }

// asked notes what came of a mail that asks for confirmation.
func (m *Mailer) asked(ctx context.Context, j *job, no refusal, later bool) {
	s := m.subs[j.sub.ID]
	if s != j.sub { // forgotten, or asked for anew, while it was sent
		return
	}
	switch {
	case later:
		s.tries, s.due = s.tries+1, m.again(j)
		return
	case no.error != nil:
		if err := m.forget(ctx, s.ID); err != nil {
			m.c.Log.Warn("refused address not forgotten", "err", err)
		}
		return
	}
	s.Mailed = m.c.Now().UnixNano()
	b := m.hashBox(s.Address)
	m.mailed[b] = s.Mailed
	for _, o := range m.subs { // what the same box waits for comes an hour later
		if o.Mailed == 0 && o.Confirmed == 0 && m.hashBox(o.Address) == b {
			o.due = max(o.due, s.Mailed+int64(perBox))
		}
	}
	if err := m.save(ctx, subKeys+s.ID, s); err != nil {
		m.c.Log.Warn("mail progress not kept, one may be sent again", "err", err)
	}
}

// reckon counts refusals of a subscriber's server in a row.
func (m *Mailer) reckon(ctx context.Context, id string, err error, no refusal) {
	s := m.subs[id]
	if s == nil {
		return
	}
	was := s.Refused
	switch {
	case err == nil:
		s.Refused = 0
	case no.nobody:
		s.Refused++
	}
	switch {
	case s.Refused >= maxRefused:
		if err := m.forget(ctx, id); err != nil {
			m.c.Log.Warn("refused address not forgotten", "err", err)
			return
		}
		m.c.Log.Info("subscription ended: its server refuses it", "why", strings.ReplaceAll(no.Error(), s.Address, "the recipient"))
	case s.Refused != was:
		if err := m.save(ctx, subKeys+id, s); err != nil {
			m.c.Log.Warn("refusal not kept", "err", err)
		}
	}
}
