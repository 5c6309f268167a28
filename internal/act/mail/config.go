package mail

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Security tells how the way to the server is protected.
type Security string

// The ways to the server. There is no way without TLS but to this machine.
const (
	securityStartTLS Security = "starttls" // TLS after STARTTLS (RFC 3207); nothing is sent where the server does not offer it
	securityTLS      Security = "tls"      // TLS from the first octet (RFC 8314)
	securityNone     Security = "none"     // no TLS; only to a loopback address
)

// Store keeps small values. What Put has answered without an error survives a
// crash. Keys are at most 120 of letters, digits and -_/=:@.
type Store interface {
	Put(ctx context.Context, key string, value []byte) error
	Get(ctx context.Context, key string) ([]byte, error)
	Delete(ctx context.Context, key string) error
	Keys(ctx context.Context, prefix string) ([]string, error)
}

// Config is what a Mailer needs.
type Config struct {
	Host     string // of the SMTP server
	Port     int    // 0 for the usual one: 587 with starttls, 465 with tls, 25 with none
	Security Security
	From     string // address, with or without a name: "Floodmark <alerts@example.org>"
	Username string // "" for no authentication
	Password string
	BaseURL  string // of the public pages, without the slash at the end
	// Name returns the name of a service, false where there is none of that slug.
	Name  func(slug string) (string, bool)
	Store Store
	Now   func() time.Time // nil for time.Now
	Log   *slog.Logger     // nil for none
	Roots *x509.CertPool   // that the server's certificate must come from; nil for the system's
}

// check completes c, or says what cannot work. It returns the sender.
func (c *Config) check() (*mail.Address, error) {
	from, err := mail.ParseAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("mail: from %q: %w", c.From, err)
	}
	if from.Address, err = parseAddress(from.Address); err != nil {
		return nil, fmt.Errorf("mail: from %q: %w", c.From, err)
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.ContainsAny(c.BaseURL, " <>\r\n\t\"?#") {
		return nil, fmt.Errorf("mail: base url %q: expected https://HOST: mails hold links", c.BaseURL)
	}
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	usual := map[Security]int{securityStartTLS: 587, securityTLS: 465, securityNone: 25}
	switch {
	case c.Host == "":
		return nil, errors.New("mail: no host")
	case usual[c.Security] == 0:
		return nil, fmt.Errorf("mail: tls %q: expected starttls, tls or none", c.Security)
	case c.Security == securityNone && !loopback(c.Host):
		return nil, fmt.Errorf("mail: tls none is allowed to a loopback address only, not to %s", c.Host)
	case c.Store == nil || c.Name == nil:
		return nil, errors.New("mail: no store or no names")
	}
	if c.Port == 0 {
		c.Port = usual[c.Security]
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return from, nil
}

func (c *Config) address() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}
