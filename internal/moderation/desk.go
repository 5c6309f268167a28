package moderation

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"floodmark/internal/model"
)

// Store keeps small values, durably.
type Store interface {
	Put(ctx context.Context, key string, value []byte) error
	Get(ctx context.Context, key string) ([]byte, error)
	Delete(ctx context.Context, key string) error
	Keys(ctx context.Context, prefix string) ([]string, error)
}

// Config of a Desk.
type Config struct {
	Store Store
	Now   func() int64                      // Unix ns
	Known func(service string) bool         // services that can be written about
	Near  func(netip.Addr) (country string) // of a visitor, "" where it is not known; nil for never
	Log   *slog.Logger
}

// What callers branch on.
var (
	ErrMany    = errors.New("too much was sent from this network; try again in an hour")
	ErrFull    = errors.New("there is too much to look through already; try again tomorrow")
	ErrUnknown = errors.New("there is none of that name")
)

// Kind tells what an entry is.
type Kind string

// The kinds of entry.
const (
	suggested Kind = "suggestion"
	commented Kind = "comment"
	noted     Kind = "note"
)

// Entry is one thing that was written.
type Entry struct {
	ID      string `json:"id"`
	Kind    Kind   `json:"kind"`
	Service string `json:"service,omitempty"`
	Name    string `json:"name,omitempty"` // of a suggested service
	URL     string `json:"url,omitempty"`
	Text    string `json:"text,omitempty"`
	Country string `json:"country,omitempty"`
	By      string `json:"by,omitempty"` // who wrote a note, or let an entry pass
	At      int64  `json:"at"`           // Unix ns
	Passed  bool   `json:"passed"`
	Token   string `json:"token,omitempty"` // SHA-256 of the token that deletes it, hexadecimal
}

// Bounds of a Desk. Old entries that nobody looked at go after a month, what was
// let pass after three.
const (
	maxWaiting = 1000
	maxPassed  = 2000
	waitingFor = 30 * 24 * time.Hour
	passedFor  = 90 * 24 * time.Hour
	perHour    = 5 // from one /24 or /56
	perWide    = 50
	maxPlaces  = 16384
	prefix     = "desk/"
)

// Moderation is where entries lie.
type Moderation struct {
	c Config

	mu      sync.Mutex
	entries map[string]Entry
	sent    map[netip.Prefix]int // in this hour
	hour    int64
}

// New reads what is kept.
func New(ctx context.Context, c Config) (*Moderation, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	d := &Moderation{c: c, entries: make(map[string]Entry), sent: make(map[netip.Prefix]int)}
	keys, err := c.Store.Keys(ctx, prefix)
	if err != nil {
		return nil, fmt.Errorf("read what visitors wrote: %w", err)
	}
	for _, k := range keys {
		b, err := c.Store.Get(ctx, k)
		if err != nil {
			return nil, fmt.Errorf("read what visitors wrote: %w", err)
		}
		var e Entry
		if err := json.Unmarshal(b, &e); err != nil || e.ID == "" {
			c.Log.Warn("an entry of a visitor cannot be read", "key", k)
			continue
		}
		d.entries[e.ID] = e
	}
	return d, nil
}

// Suggest keeps a suggestion for operators to look at.
func (d *Moderation) Suggest(ctx context.Context, s model.Suggestion) error {
	name, err := clean(s.Name, maxName)
	if err != nil {
		return fmt.Errorf("name: %w", err)
	}
	e := Entry{Kind: suggested, Name: name}
	if s.URL != "" {
		u, err := url.Parse(strings.TrimSpace(s.URL))
		if err != nil || len(s.URL) > maxURL || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
			return errors.New("address: not the address of a page, such as https://example.org/")
		}
		e.URL = u.String()
	}
	if s.Text != "" {
		if e.Text, err = clean(s.Text, maxText); err != nil && !errors.Is(err, errEmpty) {
			return err
		}
	}
	return d.put(ctx, e, s.From.Address)
}

// Comment keeps a comment for operators to look at and returns the token that
// deletes it.
func (d *Moderation) Comment(ctx context.Context, c model.Comment) (token string, err error) {
	if !d.c.Known(c.Service) {
		return "", ErrUnknown
	}
	text, err := cleanComment(c.Text)
	if err != nil {
		return "", err
	}
	token = random(16)
	e := Entry{Kind: commented, Service: c.Service, Text: text, Token: hashed(token)}
	if d.c.Near != nil {
		e.Country = d.c.Near(c.From.Address)
	}
	return token, d.put(ctx, e, c.From.Address)
}

// put names an entry, keeps it, and counts it against its sender.
func (d *Moderation) put(ctx context.Context, e Entry, from netip.Addr) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sweep(ctx)
	if !d.allow(from) {
		return ErrMany
	}
	if n := d.count(func(e *Entry) bool { return !e.Passed }); n >= maxWaiting {
		return ErrFull
	}
	e.ID, e.At = random(9), d.c.Now()
	return d.keep(ctx, e)
}

func (d *Moderation) keep(ctx context.Context, e Entry) error {
	b, err := json.Marshal(e)
	if err == nil {
		err = d.c.Store.Put(ctx, prefix+e.ID, b)
	}
	if err != nil {
		return fmt.Errorf("keep %s: %w", e.Kind, err)
	}
	d.entries[e.ID] = e
	return nil
}

func (d *Moderation) drop(ctx context.Context, id string) error {
	if err := d.c.Store.Delete(ctx, prefix+id); err != nil {
		return fmt.Errorf("delete entry: %w", err)
	}
	delete(d.entries, id)
	return nil
}

// allow counts an entry against the network of its sender.
func (d *Moderation) allow(from netip.Addr) bool {
	if hour := d.c.Now() / int64(time.Hour); hour != d.hour {
		d.hour = hour
		clear(d.sent)
	}
	bits, wide := 24, 16
	if from.Is6() {
		bits, wide = 56, 40
	}
	if !from.IsValid() {
		return true // of no network: the program itself
	}
	narrow, _ := from.Prefix(bits)
	broad, _ := from.Prefix(wide)
	if d.sent[narrow] >= perHour || d.sent[broad] >= perWide || len(d.sent) >= maxPlaces {
		return false
	}
	d.sent[narrow]++
	d.sent[broad]++
	return true
}

func (d *Moderation) count(is func(*Entry) bool) (n int) {
	for _, e := range d.entries {
		if is(&e) {
			n++
		}
	}
	return n
}

// sweep forgets what is too old.
func (d *Moderation) sweep(ctx context.Context) {
	now := d.c.Now()
	for id, e := range d.entries {
		age := time.Duration(now - e.At)
		if e.Kind == noted || age <= waitingFor || e.Passed && age <= passedFor {
			continue
		}
		if err := d.drop(ctx, id); err != nil {
			d.c.Log.Warn("an old entry of a visitor was not deleted", "err", err)
			return
		}
	}
}

func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return hex.EncodeToString(b)
}

func hashed(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

// Uncomment deletes the comment of a token.
func (d *Moderation) Uncomment(ctx context.Context, token string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	want := hashed(token)
	for id, e := range d.entries {
		if e.Token == want {
			return d.drop(ctx, id)
		}
	}
	return ErrUnknown
}

// Queue returns what waits for an operator, the oldest first.
func (d *Moderation) Queue() []Entry {
	out := d.list(func(e *Entry) bool { return !e.Passed })
	slices.Reverse(out)
	return out
}

// list returns entries, the newest first, without their tokens.
func (d *Moderation) list(is func(*Entry) bool) []Entry {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := []Entry{}
	for _, e := range d.entries {
		if is(&e) {
			e.Token = ""
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b Entry) int { return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(a.ID, b.ID)) })
	return out
}

// Decide lets an entry pass, or deletes it. A suggestion that passes is one that
// was dealt with: it goes as well.
func (d *Moderation) Decide(ctx context.Context, id string, pass bool, by string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	e, ok := d.entries[id]
	if !ok {
		return ErrUnknown
	}
	if !pass || e.Kind == suggested {
		return d.drop(ctx, id)
	}
	if n := d.count(func(e *Entry) bool { return e.Passed }); n >= maxPassed {
		return ErrFull
	}
	e.Passed, e.By = true, by
	return d.keep(ctx, e)
}

// Comments returns those about a service that were let pass, the newest first.
func (d *Moderation) Comments(service string) []model.Comment {
	var out []model.Comment
	for _, e := range d.list(func(e *Entry) bool { return e.Passed && e.Kind == commented && e.Service == service }) {
		out = append(out, model.Comment{ID: e.ID, Service: e.Service, At: e.At, Text: e.Text, Country: e.Country})
	}
	return out
}

// Note puts an operator's word on the page of a service and returns its id.
func (d *Moderation) Note(ctx context.Context, service, text, by string) (id string, err error) {
	if !d.c.Known(service) {
		return "", ErrUnknown
	}
	if text, err = clean(text, maxNote); err != nil {
		return "", err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := d.count(func(e *Entry) bool { return e.Passed }); n >= maxPassed {
		return "", ErrFull
	}
	e := Entry{ID: random(9), Kind: noted, Service: service, Text: text, By: by, At: d.c.Now(), Passed: true}
	return e.ID, d.keep(ctx, e)
}

// Notes returns operators' words about a service, the newest first.
func (d *Moderation) Notes(service string) []Entry {
	return d.list(func(e *Entry) bool { return e.Kind == noted && e.Service == service })
}
