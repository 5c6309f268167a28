package mail

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"
)

// job is one mail that may be sent now.
type job struct {
	sub    *sub
	thread *thread // nil for a mail that asks for confirmation
	tries  int
	mail   *message
}

// Run sends until ctx is done. What was not sent by then is sent by the next Run
// on the same store.
func (m *Mailer) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	swept := time.Time{}
	for ctx.Err() == nil {
		m.drain(ctx)
		if now := m.c.Now(); now.Sub(swept) >= time.Minute || now.Before(swept) {
			swept = now
			m.mu.Lock()
			m.sweep(ctx)
			m.mu.Unlock()
		}
		select {
		case <-ctx.Done():
		case <-m.wake:
		case <-tick.C:
		}
	}
	return nil
}

func (m *Mailer) notify() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// drain sends all that may be sent now.
func (m *Mailer) drain(ctx context.Context) {
	var c *conn
	defer func() {
		if c != nil {
			c.close()
		}
	}()
	for ctx.Err() == nil {
		j := m.next()
		if j == nil {
			return
		}
		if j.mail.to == "" {
			m.skip(ctx, j)
			continue
		}
		if c != nil && c.sent >= maxPerConn {
			c.close()
			c = nil
		}
		var err error
		if c == nil {
			c, err = m.dial(ctx)
		}
		if err == nil {
			err = c.send(m.compose(j.mail))
		}
		if ctx.Err() != nil && err != nil {
			return
		}
		var rejected rejection
		if err != nil && !errors.As(err, &rejected) {
			if c != nil {
				c.stop()
				c.net.Close()
				c = nil
			}
			m.disconnected(err, j)
			continue
		}
		m.delivered(ctx, j, err)
	}
}

// next returns a mail that may be sent: somebody waits for
// a confirmation, so these come first.
func (m *Mailer) next() *job {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.c.Now()
	if now.Before(m.pause) {
		return nil
	}
	if s := m.nextConfirmation(now.UnixNano()); s != nil {
		subject, text := m.confirmation(s)
		return &job{sub: s, tries: s.tries, mail: &message{to: s.Address, id: m.messageID(s.ID, time.Unix(0, s.Asked).UTC().Format(time.RFC3339Nano)), at: time.Unix(0, s.Asked), subject: subject, text: text}}
	}
	var first *thread
	for _, t := range m.threads {
		if (len(t.left) > 0 || t.due(now.UnixNano()) >= 0) && (first == nil || t.At < first.At || t.At == first.At && t.Incident < first.Incident) {
			first = t
		}
	}
	if first == nil {
		return nil
	}
	return m.take(first, now.UnixNano())
}

// nextConfirmation returns the subscription that has waited longest for its confirmation.
func (m *Mailer) nextConfirmation(now int64) *sub {
	var best *sub
	for _, s := range m.subs {
		if s.Confirmed == 0 && s.Mailed == 0 && s.due <= now && (best == nil || s.Asked < best.Asked || s.Asked == best.Asked && s.ID < best.ID) {
			best = s
		}
	}
	return best
}

// due returns the place of a retry whose time has come, -1 for none.
func (t *thread) due(now int64) int {
	for i := range t.again {
		if t.again[i].next <= now {
			return i
		}
	}
	return -1
}

// take makes the next mail of a notice. The notice keeps it until delivered.
func (m *Mailer) take(t *thread, now int64) *job {
	var id string
	tries := 0
	if i := t.due(now); i >= 0 {
		id, tries = t.again[i].id, t.again[i].tries
	} else {
		id = t.left[0]
	}
	s := m.subs[id]
	if s == nil { // unsubscribed: a mail to nobody, which is skipped
		s = &sub{ID: id}
	}
	return &job{sub: s, thread: t, tries: tries, mail: m.notice(t, s)}
}

// disconnected records that the connection to the server failed, and pauses.
func (m *Mailer) disconnected(err error, j *job) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.c.Now()
	text := strings.ReplaceAll(err.Error(), j.mail.to, "the recipient") // servers quote it
	if m.fails++; m.fails == 1 {
		m.status.Since = now.UnixNano()
		m.c.Log.Warn("mail server unreachable", "server", m.c.address(), "error", text)
	}
	m.status.LastError = text
	m.pause = now.Add(m.backoff(m.fails))
}

// backoff is how long to wait after so many attempts: 5 s and twice as long each
// time, at most 10 min, of which a random half.
func backoff(tries int) time.Duration {
	d := min(5*time.Second<<min(tries-1, 20), 10*time.Minute)
	return d/2 + rand.N(d/2)
}
