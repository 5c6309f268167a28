package mail

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	netmail "net/mail"
	"slices"
	"strings"
	"sync"
	"time"
)

// Errors that callers distinguish.
var (
	ErrAddress = errors.New("this is not an address that mail can be sent to")
	ErrService = errors.New("no such service")
	ErrTooMany = errors.New("too many subscriptions were asked for from here; try again in an hour")
	errFull    = errors.New("no further subscriptions can be taken now")
	ErrToken   = errors.New("this link is not valid, or no longer")
)

const (
	maxSubs   = 20000 // in all; about 300 bytes each in the store
	maxPerBox = 50    // subscriptions of one mailbox
	maxAsked  = 3     // unconfirmed ones of one mailbox
	keepAsked = 24 * time.Hour
	perBox    = time.Hour // between two mails that ask for confirmation
)

// sub is one address that asked about one service.
type sub struct {
	ID        string `json:"-"`
	Address   string `json:"address"`
	Service   string `json:"service"`
	Asked     int64  `json:"asked"`               // Unix ns
	Mailed    int64  `json:"mailed,omitempty"`    // Unix ns, when it was asked for confirmation
	Confirmed int64  `json:"confirmed,omitempty"` // Unix ns
	Rejected  int    `json:"refused,omitempty"`   // mails in a row that its server rejected permanently
	due       int64  // Unix ns, when the mail that asks may be sent
	tries     int
}

// Mailer keeps subscriptions and sends.
type Mailer struct {
	c       Config
	from    *netmail.Address
	key     []byte
	wake    chan struct{}
	backoff func(tries int) time.Duration

	mu      sync.Mutex // guards what follows, and is held while the store is written
	subs    map[string]*sub
	threads map[string]*thread
	mailed  map[string]int64 // by mailbox, hashed: Unix ns of the last mail that asked
	limits  limits
	status  Status
	pause   time.Time // nothing is sent before
	fails   int       // connections in a row that failed
}

// Status is the state of a Mailer.
type Status struct {
	Subscribers int // confirmed
	Unconfirmed int
	Waiting     int    // mails that are to be sent
	Sent        uint64 // since the start
	Rejected    uint64 // mails that a server rejected permanently
	GivenUp     uint64 // mails that were too old, or dropped because there were too many
	LastError   string // of the connection; "" while it works. Holds no address of a subscriber
	Since       int64  // Unix ns of the first failure after the last success, 0 for none
}

// New reads what the store holds. It fails on a configuration that cannot work
// and where the store cannot be read. Nothing is sent before Run.
func New(ctx context.Context, c Config) (*Mailer, error) {
	from, err := c.check()
	if err != nil {
		return nil, err
	}
	m := &Mailer{c: c, from: from, wake: make(chan struct{}, 1), backoff: backoff,
		subs: make(map[string]*sub), threads: make(map[string]*thread), mailed: make(map[string]int64)}
	if err := m.readKey(ctx); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	if err := m.restore(ctx); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return m, nil
}

const (
	keyKey     = "mail/key"
	subKeys    = "mail/sub/"
	threadKeys = "mail/thread/"
)

// readKey reads the key of the tokens, or makes one: links live as long as it.
func (m *Mailer) readKey(ctx context.Context) error {
	keys, err := m.c.Store.Keys(ctx, keyKey)
	if err != nil {
		return err
	}
	if slices.Contains(keys, keyKey) {
		if m.key, err = m.c.Store.Get(ctx, keyKey); err == nil && len(m.key) != 32 {
			err = fmt.Errorf("%s: %d bytes, expected 32", keyKey, len(m.key))
		}
		return err
	}
	m.key = make([]byte, 32)
	rand.Read(m.key) // never an error
	return m.c.Store.Put(ctx, keyKey, m.key)
}

// restore reads what the last run saved.
func (m *Mailer) restore(ctx context.Context) error {
	keys, err := m.c.Store.Keys(ctx, subKeys)
	if err != nil {
		return err
	}
	for _, k := range keys {
		s := &sub{ID: strings.TrimPrefix(k, subKeys)}
		if err := m.load(ctx, k, s); err != nil {
			return err
		}
		s.due = s.Asked
		m.subs[s.ID] = s
		b := m.hashBox(s.Address)
		m.mailed[b] = max(m.mailed[b], s.Mailed)
	}
	for _, s := range m.subs {
		s.due = max(s.due, m.mailed[m.hashBox(s.Address)]+int64(perBox))
	}
	if keys, err = m.c.Store.Keys(ctx, threadKeys); err != nil {
		return err
	}
	for _, k := range keys {
		t := &thread{}
		if err := m.load(ctx, k, t); err != nil {
			return err
		}
		m.threads[t.Incident] = t
		m.addRecipients(t)
	}
	return nil
}

func (m *Mailer) load(ctx context.Context, key string, v any) error {
	b, err := m.c.Store.Get(ctx, key)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

func (m *Mailer) save(ctx context.Context, key string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return m.c.Store.Put(ctx, key, b)
}

func (m *Mailer) hashBox(address string) string { return string(m.sum("box", box(address))[:idSize]) }

// Status returns the current state.
func (m *Mailer) Status() Status {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.status
	for _, x := range m.subs {
		switch {
		case x.Confirmed > 0:
			s.Subscribers++
		default:
			s.Unconfirmed++
			if x.Mailed == 0 {
				s.Waiting++
			}
		}
	}
	for _, t := range m.threads {
		s.Waiting += len(t.left) + len(t.again)
	}
	return s
}
