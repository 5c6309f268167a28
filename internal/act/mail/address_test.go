package mail

import (
	"bytes"
	"context"
	netmail "net/mail"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

var noAddr netip.Addr

func TestParseAddress(t *testing.T) {
	for in, want := range map[string]string{
		"jo@example.org": "jo@example.org", " Jo.X+y@EXAMPLE.org ": "Jo.X+y@example.org", "a@xn--mnchen-3ya.example": "a@xn--mnchen-3ya.example",
		"": "", "jo": "", "jo@localhost": "", "jo@127.0.0.1": "", "jo@[127.0.0.1]": "", "Jo <jo@example.org>": "", "jo@example.org,x@example.org": "",
		"jo@example.org\r\nBcc: x@example.org": "", "\"a b\"@example.org": "", "jo@münchen.example": "", "jö@example.org": "", "jo@-x.org": "", "jo@x..org": "",
		".jo@example.org": "", "jo@example.org>": "", "jo@example.org SIZE=1": "", "<jo@example.org>": "", "jo(x)@example.org": "", "a\x00@example.org": "",
		strings.Repeat("a", 65) + "@example.org": "", "a@" + strings.Repeat("a", 64) + ".org": "", "a@" + strings.Repeat("abc.", 70) + "org": "",
	} {
		got, err := parseAddress(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

func FuzzMail(f *testing.F) {
	f.Add("jo@example.org", "Chat", "text")
	f.Add("a@b.c\r\nX: y", "x\r\nBcc: all@example.org\r\n\r\nbody", ".\r\n.\r\nQUIT\r\n")
	f.Add("a@b.c", "=?utf-8?q?x?=", "\u2028\x00\xff")
	c := Config{Host: "localhost", Security: securityNone, From: "Ä <a@floodmark.example>", BaseURL: "https://status.example", Name: func(string) (string, bool) { return "", false }, Store: &memory{values: map[string][]byte{}}}
	m, err := New(context.Background(), c)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, address, subject, text string) {
		to, err := parseAddress(address)
		if err != nil {
			return
		}
		var out bytes.Buffer
		if _, err := m.compose(&message{to: to, id: m.messageID("x", subject), root: m.messageID("x", "y"), leave: "https://status.example/x", list: subject, at: time.Unix(0, 0), subject: subject, text: text}).WriteTo(&out); err != nil {
			t.Fatal(err)
		}
		b := out.Bytes()
		head, body, _ := bytes.Cut(b, []byte("\r\n\r\n"))
		for i, c := range b {
			if c >= 0x80 || c == 0 || c == '\n' && b[i-1] != '\r' || c == '\r' && (i+1 == len(b) || b[i+1] != '\n') {
				t.Fatalf("byte %d is %#x in %q", i, c, b)
			}
		}
		for _, line := range bytes.Split(slices.Concat(head, []byte("\r\n"), body), []byte("\r\n")) {
			if len(line) > 998 {
				t.Fatalf("a line of %d bytes", len(line))
			}
		}
		x, err := netmail.ReadMessage(bytes.NewReader(b))
		if err != nil {
			t.Fatalf("%v in %q", err, b)
		}
		if len(x.Header) != 14 {
			t.Fatalf("%d fields: %v", len(x.Header), x.Header)
		}
		if a, err := x.Header.AddressList("To"); err != nil || len(a) != 1 || a[0].Address != to {
			t.Fatalf("to %v, %v; want %s", a, err, to)
		}
	})
}

func TestConfig(t *testing.T) {
	good := Config{Host: "mail.example", Security: securityStartTLS, From: "a@floodmark.example", BaseURL: "https://status.example", Name: func(string) (string, bool) { return "", false }, Store: &memory{values: map[string][]byte{}}}
	if _, err := New(ctx, good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Config){
		"no host": func(c *Config) { c.Host = "" }, "no tls to elsewhere": func(c *Config) { c.Security = securityNone }, "tls of another kind": func(c *Config) { c.Security = "ssl" },
		"from": func(c *Config) { c.From = "nobody" }, "no links": func(c *Config) { c.BaseURL = "" }, "bad links": func(c *Config) { c.BaseURL = "https://a b" },
		"no store": func(c *Config) { c.Store = nil }, "from with a line break": func(c *Config) { c.From = "A\r\nBcc: x <a@floodmark.example>" },
	} {
		c := good
		change(&c)
		if _, err := New(ctx, c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestTokensOfAnotherKey(t *testing.T) {
	a, b := &Mailer{key: bytes.Repeat([]byte{1}, 32), c: Config{Now: time.Now}}, &Mailer{key: bytes.Repeat([]byte{2}, 32), c: Config{Now: time.Now}}
	token := a.token(leaves, a.id("jo@example.org", "chat"), time.Time{})
	if id, err := a.read(leaves, token); err != nil || id != a.id("jo@example.org", "chat") {
		t.Errorf("id %q, %v", id, err)
	}
	if _, err := b.read(leaves, token); err == nil {
		t.Error("another key reads it")
	}
}
