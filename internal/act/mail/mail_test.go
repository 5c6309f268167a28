package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"floodmark/internal/act/mail/mailtest"
	"floodmark/internal/model"
)

// memory is a store that survives a Mailer.
type memory struct {
	mu     sync.Mutex
	values map[string][]byte
	fail   error
}

func (s *memory) Put(_ context.Context, key string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	if len(key) > 120 || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789-_/=:@") != "" {
		return fmt.Errorf("key %q", key)
	}
	s.values[key] = slices.Clone(value)
	return nil
}

func (s *memory) Get(_ context.Context, key string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.values[key]
	if !ok {
		return nil, errors.New("not found")
	}
	return slices.Clone(v), s.fail
}

func (s *memory) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.values, key)
	return s.fail
}

func (s *memory) Keys(_ context.Context, prefix string) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for k := range s.values {
		if strings.HasPrefix(k, prefix) {
			out = append(out, k)
		}
	}
	return out, s.fail
}

// text is all that the store holds.
func (s *memory) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, v := range s.values {
		b.Write(v)
	}
	return b.String()
}

// world is a mailer, its server and its clock.
type world struct {
	*testing.T
	m      *Mailer
	server *mailtest.Server
	store  *memory
	stop   context.CancelFunc
	done   chan struct{}

	mu  sync.Mutex
	now time.Time
}

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func start(t *testing.T, o mailtest.Options, change func(*Config)) *world {
	t.Helper()
	s, err := mailtest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, server: s, store: &memory{values: make(map[string][]byte)}, now: noon}
	t.Cleanup(func() { w.end(); s.Close() })
	w.begin(change)
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// pass lets time go by.
func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	w.now = w.now.Add(d)
	w.mu.Unlock()
	w.m.notify()
}

// begin starts a mailer on the store, as a program does that is started again.
func (w *world) begin(change func(*Config)) {
	w.Helper()
	c := Config{Host: "127.0.0.1", Port: w.server.Port, Security: securityNone, From: "Floodmark <alerts@floodmark.example>", BaseURL: "https://status.example/",
		Name: func(slug string) (string, bool) { return "Chät\r\nBcc: all@example.org", slug == "chat" }, Store: w.store, Now: w.clock, Roots: w.server.Roots, Log: slog.New(slog.NewTextHandler(w.Output(), nil))}
	if change != nil {
		change(&c)
	}
	m, err := New(context.Background(), c)
	if err != nil {
		w.Fatal(err)
	}
	m.backoff = func(int) time.Duration { return 0 }
	ctx, cancel := context.WithCancel(context.Background())
	w.m, w.stop, w.done = m, cancel, make(chan struct{})
	go func() {
		defer close(w.done)
		if err := m.Run(ctx); err != nil {
			w.Error(err)
		}
	}()
}

func (w *world) end() {
	if w.stop != nil {
		w.stop()
		<-w.done
		w.stop = nil
	}
}

// got waits for the next mail and reads it.
func (w *world) got() (mailtest.Mail, *netmail.Message, string) {
	w.Helper()
	x := <-w.server.Got
	m, err := netmail.ReadMessage(strings.NewReader(x.Data))
	if err != nil {
		w.Fatalf("%v in %s", err, x.Data)
	}
	b, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		w.Fatal(err)
	}
	return x, m, string(b)
}

// nothing waits until the mailer has nothing to send now, and wants no mail from
// it.
func (w *world) nothing() {
	w.Helper()
	for w.m.next() != nil {
		runtime.Gosched()
	}
	select {
	case x := <-w.server.Got:
		w.Fatalf("a mail to %s: %s", x.To, x.Data)
	default:
	}
}

var link = regexp.MustCompile(`https://status\.example/mail/(confirm|unsubscribe)\?token=(\S+)`)

func tokenIn(t *testing.T, text, way string) string {
	t.Helper()
	for _, f := range link.FindAllStringSubmatch(text, -1) {
		if f[1] == way {
			v, err := url.QueryUnescape(f[2])
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
	}
	t.Fatalf("no link to %s in %s", way, text)
	return ""
}

var ctx = context.Background()

func (w *world) subscribe(address string) {
	w.Helper()
	if err := w.m.Subscribe(ctx, address, "chat", netip.Addr{}); err != nil {
		w.Fatal(err)
	}
}

// confirmed subscribes an address and confirms it.
func (w *world) confirmed(address string) {
	w.Helper()
	w.subscribe(address)
	_, _, text := w.got()
	if s, err := w.m.Confirm(ctx, tokenIn(w.T, text, "confirm")); err != nil || s != "chat" {
		w.Fatalf("confirm: %q, %v", s, err)
	}
}

func (w *world) change(t model.ChangeType, revision uint64) model.Change {
	now := w.clock().UnixNano()
	in := model.Incident{
		Header: model.Header{
			ID: "in-service-chat-20260615T1100Z", Revision: revision, State: model.Open,
			Target: model.ServiceID("chat"), Started: noon.Add(-time.Hour).UnixNano(), Opened: noon.UnixNano(),
		},
		ServiceIncident: model.ServiceIncident{UserReports: &model.UserReports{Name: "Chat", Peak: model.Bucket{Problems: 412}}},
	}
	if t == model.Ended {
		in.State, in.Ended, in.ClosedAt = model.Closed, now, now
	}
	return model.Change{At: now, Type: t, Incident: in, Text: "secret"}
}

func (w *world) handle(c model.Change) {
	w.Helper()
	if err := w.m.Handle(ctx, c); err != nil {
		w.Fatal(err)
	}
}

func TestDoubleOptIn(t *testing.T) {
	w := start(t, mailtest.Options{}, nil)
	w.subscribe("Jo@Example.ORG")
	x, m, text := w.got()
	if x.From != "alerts@floodmark.example" || x.To != "Jo@example.org" || m.Header.Get("To") != "<Jo@example.org>" {
		t.Errorf("envelope %s to %s, header %v", x.From, x.To, m.Header)
	}
	if m.Header.Get("List-Unsubscribe") != "" || m.Header.Get("Bcc") != "" || m.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("header %v", m.Header)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || !strings.HasPrefix(subject, "Please confirm your subscription to Chät") {
		t.Errorf("subject %q, %v", subject, err)
	}
	w.handle(w.change(model.Opened, 1)) // nobody has confirmed
	w.nothing()
	w.subscribe("jo@example.org") // another letter is the same box
	w.subscribe("jo+more@example.org")
	w.nothing()
	token := tokenIn(t, text, "confirm")
	for _, bad := range []string{"", "x", token[:len(token)-1] + "_", strings.Repeat("A", 300), token + "="} {
		if _, err := w.m.Confirm(ctx, bad); !errors.Is(err, ErrToken) {
			t.Errorf("token %q: %v", bad, err)
		}
	}
	if err := w.m.Unsubscribe(ctx, token); !errors.Is(err, ErrToken) {
		t.Errorf("a token that confirms, used to leave: %v", err)
	}
	for range 2 {
		if s, err := w.m.Confirm(ctx, token); err != nil || s != "chat" {
			t.Fatalf("confirm: %q, %v", s, err)
		}
	}
	w.subscribe("Jo@example.org") // answers the same, and sends nothing
	w.nothing()
	if s := w.m.Status(); s.Subscribers != 1 {
		t.Errorf("status %+v", s)
	}
}

func TestOneThread(t *testing.T) {
	w := start(t, mailtest.Options{}, nil)
	w.confirmed("jo@example.org")
	suspected := w.change(model.Noticed, 1)
	suspected.Incident.Opened, suspected.Incident.State = 0, model.Suspected
	for _, c := range []model.Change{suspected, w.change(model.Escalated, 1), w.change(model.Eased, 1), w.change(model.Updated, 1)} {
		w.handle(c)
	}
	w.nothing()
	opened := w.change(model.Opened, 2)
	w.handle(opened)
	_, first, text := w.got()
	root := first.Header.Get("Message-Id")
	if !strings.Contains(text, "412") || !strings.Contains(text, "not confirmed") || strings.Contains(text, "secret") {
		t.Errorf("text %s", text)
	}
	if got := first.Header.Get("List-Unsubscribe-Post"); got != "List-Unsubscribe=One-Click" {
		t.Errorf("List-Unsubscribe-Post %q", got)
	}
	w.handle(opened) // again
	w.nothing()
	w.pass(2 * time.Hour)
	w.handle(w.change(model.Resumed, 5))
	_, second, _ := w.got()
	w.pass(time.Minute)
	w.handle(w.change(model.Resumed, 6)) // comes and goes
	w.nothing()
	w.handle(w.change(model.Ended, 7))
	_, third, text := w.got()
	for _, m := range []*netmail.Message{second, third} {
		if m.Header.Get("References") != root || m.Header.Get("In-Reply-To") != root || m.Header.Get("Message-Id") == root {
			t.Errorf("header %v, root %s", m.Header, root)
		}
	}
	if err := w.m.Unsubscribe(ctx, tokenIn(t, third.Header.Get("List-Unsubscribe")[1:], "unsubscribe")); err == nil {
		t.Error("the mark > is no part of the token")
	}
	leave := tokenIn(t, text, "unsubscribe")
	w.pass(1000 * 24 * time.Hour) // such a link works for ever
	for range 2 {
		if err := w.m.Unsubscribe(ctx, leave); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(w.store.text(), "jo@") {
		t.Error("the address is still kept")
	}
	c := w.change(model.Opened, 9)
	c.Incident.ID = "another"
	w.handle(c)
	w.nothing()
}

func TestWhatIsForgotten(t *testing.T) {
	w := start(t, mailtest.Options{}, nil)
	w.subscribe("jo@example.org")
	_, _, text := w.got()
	w.pass(keepAsked + time.Minute)
	if _, err := w.m.Confirm(ctx, tokenIn(t, text, "confirm")); !errors.Is(err, ErrToken) {
		t.Errorf("a link of yesterday: %v", err)
	}
	w.m.mu.Lock()
	w.m.sweep(ctx)
	w.m.mu.Unlock()
	if strings.Contains(w.store.text(), "jo@") {
		t.Error("an address that was not confirmed is kept")
	}
	old := w.change(model.Opened, 1)
	w.pass(25 * time.Hour)
	w.confirmed("jo@example.org")
	w.handle(old) // history that is heard again
	w.nothing()
}

func TestLimits(t *testing.T) {
	w := start(t, mailtest.Options{}, nil)
	from := netip.MustParseAddr("2001:db8:1:2ff::1")
	for i := range perPrefix {
		if err := w.m.Subscribe(ctx, fmt.Sprintf("a%d@example.org", i), "chat", from); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.m.Subscribe(ctx, "b@example.org", "chat", netip.MustParseAddr("2001:db8:1:2aa::9")); !errors.Is(err, ErrTooMany) {
		t.Errorf("the same /56: %v", err)
	}
	if err := w.m.Subscribe(ctx, "b@example.org", "chat", netip.MustParseAddr("2001:db8:1:300::9")); err != nil {
		t.Errorf("another /56: %v", err)
	}
	if err := w.m.Subscribe(ctx, "b@example.org", "none", netip.Addr{}); !errors.Is(err, ErrService) {
		t.Errorf("unknown service: %v", err)
	}
	for range perHour {
		w.m.Subscribe(ctx, "b@example.org", "chat", netip.Addr{})
	}
	if err := w.m.Subscribe(ctx, "b@example.org", "chat", netip.Addr{}); !errors.Is(err, ErrTooMany) {
		t.Errorf("more than all may: %v", err)
	}
	w.pass(time.Hour)
	if err := w.m.Subscribe(ctx, "c@example.org", "chat", from); err != nil {
		t.Errorf("an hour later: %v", err)
	}
}

// TestOneMailAnHour: whoever types somebody's address again and again, for many
// services, makes one mail an hour at most.
func TestOneMailAnHour(t *testing.T) {
	w := start(t, mailtest.Options{}, func(c *Config) { c.Name = func(slug string) (string, bool) { return slug, true } })
	for i := range 20 {
		if err := w.m.Subscribe(ctx, fmt.Sprintf("jo+%d@example.org", i), fmt.Sprintf("s%d", i), netip.Addr{}); err != nil {
			t.Fatal(err)
		}
	}
	w.got()
	for range maxAsked - 1 {
		w.nothing()
		w.pass(time.Hour + time.Second)
		w.got()
	}
	w.nothing()
	w.pass(time.Hour + time.Second)
	w.nothing()
}
