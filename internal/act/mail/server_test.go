package mail

import (
	"fmt"
	"mime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"floodmark/internal/act/mail/mailtest"
	"floodmark/internal/model"
)

func TestWaysToTheServer(t *testing.T) {
	for name, c := range map[string]struct {
		o      mailtest.Options
		change func(*Config)
	}{
		"starttls and a password": {mailtest.Options{StartTLS: true, User: "u", Password: "p"}, func(c *Config) { c.Host, c.Security, c.Username, c.Password = "localhost", securityStartTLS, "u", "p" }},
		"tls":                     {mailtest.Options{TLS: true}, func(c *Config) { c.Host, c.Security = "localhost", securityTLS }},
		"none and a password":     {mailtest.Options{User: "u", Password: "p"}, func(c *Config) { c.Username, c.Password = "u", "p" }},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t, c.o, c.change)
			w.subscribe("jo@example.org")
			x, _, _ := w.got()
			if want := c.o.StartTLS || c.o.TLS; x.TLS != want || x.User != c.o.User {
				t.Errorf("tls %v, user %q", x.TLS, x.User)
			}
		})
	}
}

// failing starts a mailer whose first connection cannot work and returns what it
// says of that.
func failing(t *testing.T, o mailtest.Options, change func(*Config)) string {
	t.Helper()
	failure := make(chan string, 1)
	w := start(t, o, change)
	w.m.mu.Lock()
	w.m.backoff = func(int) time.Duration {
		select {
		case failure <- w.m.status.LastError: // disconnected holds mu
		default:
		}
		return time.Hour
	}
	w.m.mu.Unlock()
	w.subscribe("jo@example.org")
	text := <-failure
	if s := w.m.Status(); s.Sent > 0 || s.Waiting != 1 {
		t.Errorf("status %+v", s)
	}
	select {
	case x := <-w.server.Got:
		t.Errorf("sent %v", x)
	default:
	}
	return text
}

func TestNothingIsSentWithoutTrust(t *testing.T) {
	for name, c := range map[string]struct {
		o      mailtest.Options
		change func(*Config)
		want   string
	}{
		"no starttls offered": {mailtest.Options{}, func(c *Config) { c.Host, c.Security = "localhost", securityStartTLS }, "does not support STARTTLS"},
		"another authority":   {mailtest.Options{StartTLS: true}, func(c *Config) { c.Host, c.Security, c.Roots = "localhost", securityStartTLS, nil }, "x509"},
		"another name":        {mailtest.Options{TLS: true}, func(c *Config) { c.Security = securityTLS }, "x509"},
		"a wrong password": {mailtest.Options{StartTLS: true, User: "u", Password: "p"}, func(c *Config) {
			c.Host, c.Security, c.Username, c.Password = "localhost", securityStartTLS, "u", "secret"
		}, "AUTH"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := failing(t, c.o, c.change); !strings.Contains(got, c.want) || strings.Contains(got, "secret") {
				t.Errorf("said %q, want %q", got, c.want)
			}
		})
	}
}

// TestFaults: what is temporary is tried again with the same Message-ID, what is
// final is not.
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct{ command, answer string }{
		"hangs up at the start": {"EHLO", "hang up"}, "grey-listed": {"RCPT", "451 later"}, "hangs up after the mail": {".", "hang up"},
		"closes": {"RCPT", "421 closing"}, "the sender is busy": {"MAIL", "450 busy"}, "full": {".", "452 full"},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t, mailtest.Options{}, nil)
			w.confirmed("jo@example.org")
			var asked atomic.Int32
			w.server.Answer(func(command, _ string) string {
				if command == c.command && asked.Add(1) <= 3 {
					return c.answer
				}
				return ""
			})
			w.handle(w.change(model.Opened, 1))
			if x, _, _ := w.got(); x.To != "jo@example.org" {
				t.Errorf("to %s", x.To)
			}
			w.end() // the server may have been faster than the mailer
			if s := w.m.Status(); s.Rejected > 0 || s.GivenUp > 0 {
				t.Errorf("status %+v", s)
			}
		})
	}
}

func TestRefusedForGood(t *testing.T) {
	w := start(t, mailtest.Options{}, nil)
	w.confirmed("gone@example.org")
	w.confirmed("jo@example.org")
	w.server.Answer(func(command, argument string) string {
		if command == "RCPT" && strings.Contains(argument, "gone") {
			return "550 no such box <gone@example.org>"
		}
		return ""
	})
	for i := range maxRejected {
		w.pass(time.Minute)
		c := w.change(model.Opened, 1)
		c.Incident.ID = fmt.Sprint("incident-", i)
		w.handle(c)
		if x, _, _ := w.got(); x.To != "jo@example.org" {
			t.Errorf("to %s", x.To)
		}
	}
	w.nothing()
	if s := w.m.Status(); s.Subscribers != 1 || strings.Contains(w.store.text(), "gone@") {
		t.Errorf("status %+v", s)
	}
	w.pass(2 * time.Hour)
	w.subscribe("gone@example.org") // forgotten at once where it was never confirmed
	w.nothing()
	if strings.Contains(w.store.text(), "gone@") {
		t.Error("a refused address is kept")
	}
}

// TestRestartLosesNothing: a mailer that ends in the midst of a notice goes on
// where it was; everybody is told, the few that are told twice by the same
// Message-ID.
func TestRestartLosesNothing(t *testing.T) {
	w := start(t, mailtest.Options{}, nil)
	const people = 120
	for i := range people {
		w.confirmed(fmt.Sprintf("p%d@example.org", i))
	}
	w.pass(time.Second)
	var mu sync.Mutex
	taken := 0
	w.server.Answer(func(command, _ string) string {
		mu.Lock()
		defer mu.Unlock()
		if command == "." {
			if taken++; taken == 70 || taken == 90 {
				return "hang up" // and the test ends the mailer
			}
		}
		return ""
	})
	w.handle(w.change(model.Opened, 1))
	got := map[string]string{}
	n := 0
	for ; len(got) < people; n++ {
		x, m, _ := w.got()
		if id := m.Header.Get("Message-Id"); got[x.To] != "" && got[x.To] != id {
			t.Fatalf("%s was told twice by different names", x.To)
		} else {
			got[x.To] = id
		}
		if n == 100 {
			w.end()
			w.begin(nil)
		}
	}
	if n > people+saveEvery+2 {
		t.Errorf("%d mails to %d people", n, people)
	}
}

// TestTheEndOvertakes: who could not be told of the opening hears of the end
// only.
func TestTheEndOvertakes(t *testing.T) {
	w := start(t, mailtest.Options{}, nil)
	w.confirmed("jo@example.org")
	w.m.mu.Lock()
	w.m.pause = w.clock().Add(time.Hour)
	w.m.mu.Unlock()
	w.handle(w.change(model.Opened, 1))
	w.handle(w.change(model.Ended, 4))
	w.pass(2 * time.Hour)
	_, m, _ := w.got()
	if s, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || !strings.HasPrefix(s, "Resolved:") {
		t.Errorf("subject %q, %v", s, err)
	}
	w.nothing()
}

func TestStoreThatFails(t *testing.T) {
	w := start(t, mailtest.Options{}, nil)
	w.confirmed("jo@example.org")
	w.store.mu.Lock()
	w.store.fail = fmt.Errorf("disk full")
	w.store.mu.Unlock()
	if err := w.m.Subscribe(ctx, "new@example.org", "chat", noAddr); err == nil {
		t.Error("a subscription that is not kept was taken")
	}
	if err := w.m.Handle(ctx, w.change(model.Opened, 1)); err == nil {
		t.Error("a notice that is not kept was taken")
	}
	w.store.mu.Lock()
	w.store.fail = nil
	w.store.mu.Unlock()
	w.handle(w.change(model.Opened, 1))
	w.got()
}

// TestManyAtOnce is for the race detector.
func TestManyAtOnce(t *testing.T) {
	w := start(t, mailtest.Options{}, nil)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 10 {
				w.m.Subscribe(ctx, fmt.Sprintf("a%d.%d@example.org", i, k), "chat", noAddr)
				w.m.Status()
				w.m.Confirm(ctx, "x")
				c := w.change(model.Opened, uint64(k))
				c.Incident.ID = fmt.Sprint(i)
				w.m.Handle(ctx, c)
			}
		})
	}
	wg.Wait()
	for range 80 {
		w.got()
	}
}
