package mail

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"floodmark/internal/model"
)

const (
	maxThreads = 1000
	maxAgain   = 1000               // recipients of one notice that were rejected temporarily
	tooOld     = 24 * time.Hour     // a notice is worth nothing after a day
	keepThread = 7 * 24 * time.Hour // after its last notice: changes come no later
	between    = time.Hour          // notices that an incident resumed
)

// thread is the latest notice of one incident and its delivery progress. There
// is never more than one: a subscriber who did not get the opening before the
// incident ended gets only the notice of its end.
type thread struct {
	Incident string           `json:"incident"`
	Service  string           `json:"service"`
	Revision uint64           `json:"revision"`
	Type     model.ChangeType `json:"type"`
	At       int64            `json:"at"` // Unix ns, of the change
	Subject  string           `json:"subject"`
	Text     string           `json:"text"`
	After    string           `json:"after,omitempty"` // subscriptions up to this ID have been tried
	Again    []string         `json:"again,omitempty"` // these have to be tried again
	Done     bool             `json:"done,omitempty"`

	left  []string // subscriptions not tried yet, sorted
	again []retry
	since int // mails since it was saved
}

type retry struct {
	id    string
	tries int
	next  int64 // Unix ns
}

// Handle takes a change. When it returns nil, the resulting notice is durable. A
// change may be handed over repeatedly, since its revision identifies it. An
// error comes from the store; the caller may try again.
func (m *Mailer) Handle(ctx context.Context, c model.Change) error {
	in := &c.Incident
	if in.Target.Kind != model.ServiceTarget || in.Opened == 0 || in.State == model.Suspected {
		return nil
	}
	if c.Type != model.Opened && c.Type != model.Resumed && c.Type != model.Ended {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.threads[in.ID]
	if m.c.Now().UnixNano()-c.At > int64(tooOld) || old != nil && in.Revision <= old.Revision {
		return nil
	}
	if old != nil && c.Type == model.Resumed && c.At-old.At < int64(between) {
		return nil // an incident that flaps is announced once an hour
	}
	t := &thread{Incident: in.ID, Service: in.Target.Name, Revision: in.Revision, Type: c.Type, At: c.At}
	t.Subject, t.Text = m.wording(&c)
	m.addRecipients(t)
	if len(t.left) == 0 && old == nil {
		return nil
	}
	if old == nil && len(m.threads) >= maxThreads && !m.forgetThread(ctx) {
		m.status.GivenUp += uint64(len(t.left))
		return nil
	}
	if err := m.save(ctx, m.threadKey(in.ID), t); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	m.threads[in.ID] = t
	m.notify()
	return nil
}

func (m *Mailer) threadKey(incident string) string {
	return threadKeys + hex.EncodeToString(m.sum("thread", incident)[:idSize])
}

// addRecipients lists the subscriptions that the notice goes to: those that were
// confirmed when the change happened.
func (m *Mailer) addRecipients(t *thread) {
	if t.Done {
		return
	}
	for id, s := range m.subs {
		if s.Service == t.Service && s.Confirmed > 0 && s.Confirmed <= t.At && id > t.After {
			t.left = append(t.left, id)
		}
	}
	slices.Sort(t.left)
	for _, id := range t.Again {
		if m.subs[id] != nil {
			t.again = append(t.again, retry{id: id})
		}
	}
}

// forgetThread makes room by deleting the oldest thread that was delivered to
// all. Callers hold mu.
func (m *Mailer) forgetThread(ctx context.Context) bool {
	var oldest *thread
	for _, t := range m.threads {
		if t.Done && (oldest == nil || t.At < oldest.At) {
			oldest = t
		}
	}
	return oldest != nil && m.dropThread(ctx, oldest)
}

func (m *Mailer) dropThread(ctx context.Context, t *thread) bool {
	if err := m.c.Store.Delete(ctx, m.threadKey(t.Incident)); err != nil {
		m.c.Log.Warn("failed to delete mail thread", "error", err)
		return false
	}
	delete(m.threads, t.Incident)
	return true
}

// saveEvery is how many mails a crash repeats at most.
const saveEvery = 50

// progress saves how far a notice has been delivered. Callers hold mu.
func (m *Mailer) progress(ctx context.Context, t *thread) {
	t.Done = len(t.left) == 0 && len(t.again) == 0
	if t.since++; !t.Done && t.since < saveEvery {
		return
	}
	t.since = 0
	t.Again = t.Again[:0]
	for _, r := range t.again {
		t.Again = append(t.Again, r.id)
	}
	if m.threads[t.Incident] != t {
		return // a later notice has taken its place
	}
	if err := m.save(ctx, m.threadKey(t.Incident), t); err != nil {
		m.c.Log.Warn("failed to save mail progress", "error", err)
	}
}

// sweep deletes what is too old. Callers hold mu.
func (m *Mailer) sweep(ctx context.Context) {
	now := m.c.Now().UnixNano()
	for id, s := range m.subs {
		if s.Confirmed == 0 && now-s.Asked > int64(keepAsked) {
			if err := m.forget(ctx, id); err != nil {
				m.c.Log.Warn("failed to delete unconfirmed subscription", "error", err)
			}
		}
	}
	for b, at := range m.mailed {
		if now-at > int64(perBox) {
			delete(m.mailed, b)
		}
	}
	for _, t := range m.threads {
		if n := len(t.left) + len(t.again); n > 0 && now-t.At > int64(tooOld) {
			m.status.GivenUp += uint64(n)
			t.left, t.again = nil, nil
			m.progress(ctx, t)
		}
		if t.Done && now-t.At > int64(keepThread) {
			m.dropThread(ctx, t)
		}
	}
}
