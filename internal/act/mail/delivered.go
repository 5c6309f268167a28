package mail

import (
	"context"
	"errors"
	"slices"
	"strings"
)

const (
	maxTries    = 8 // of one mail that is rejected temporarily: about two hours, as greylisting needs
	maxRejected = 3 // rejected mails in a row that end a subscription
)

// delivered records the outcome of a mail; err is nil or a rejection.
func (m *Mailer) delivered(ctx context.Context, j *job, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails > 0 {
		m.c.Log.Info("mail server reachable again", "failed", m.fails)
	}
	m.fails, m.status.LastError, m.status.Since = 0, "", 0
	var no rejection
	later := errors.As(err, &no) && !no.permanent && j.tries+1 < maxTries
	switch {
	case err == nil:
		m.status.Sent++
	case !later:
		m.status.Rejected++
	}
	if j.thread == nil {
		m.confirmationSent(ctx, j, no, later)
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
	m.countRejections(ctx, j.sub.ID, err, no)
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

// confirmationSent records the outcome of a confirmation mail.
func (m *Mailer) confirmationSent(ctx context.Context, j *job, no rejection, later bool) {
	s := m.subs[j.sub.ID]
	if s != j.sub { // deleted, or requested again, while it was sent
		return
	}
	switch {
	case later:
		s.tries, s.due = s.tries+1, m.again(j)
		return
	case no.error != nil:
		if err := m.forget(ctx, s.ID); err != nil {
			m.c.Log.Warn("failed to delete rejected subscription", "error", err)
		}
		return
	}
	s.Mailed = m.c.Now().UnixNano()
	b := m.hashBox(s.Address)
	m.mailed[b] = s.Mailed
	for _, o := range m.subs { // the next mail to the same mailbox waits an hour
		if o.Mailed == 0 && o.Confirmed == 0 && m.hashBox(o.Address) == b {
			o.due = max(o.due, s.Mailed+int64(perBox))
		}
	}
	if err := m.save(ctx, subKeys+s.ID, s); err != nil {
		m.c.Log.Warn("failed to save mail progress", "error", err)
	}
}

// countRejections counts rejections of a subscriber in a row.
func (m *Mailer) countRejections(ctx context.Context, id string, err error, no rejection) {
	s := m.subs[id]
	if s == nil {
		return
	}
	was := s.Rejected
	switch {
	case err == nil:
		s.Rejected = 0
	case no.noMailbox:
		s.Rejected++
	}
	switch {
	case s.Rejected >= maxRejected:
		if err := m.forget(ctx, id); err != nil {
			m.c.Log.Warn("failed to delete rejected subscription", "error", err)
			return
		}
		m.c.Log.Info("subscription ended by rejections", "reason", strings.ReplaceAll(no.Error(), s.Address, "the recipient"))
	case s.Rejected != was:
		if err := m.save(ctx, subKeys+id, s); err != nil {
			m.c.Log.Warn("failed to save mail rejection", "error", err)
		}
	}
}
