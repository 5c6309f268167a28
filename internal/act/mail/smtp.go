package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"net/textproto"
	"time"
)

const (
	dialWithin = 20 * time.Second
	eachWithin = 2 * time.Minute // for one mail; RFC 5321 4.5.3.2 allows servers more, nobody needs it
	perConn    = 100             // mails over one connection: servers end longer ones
)

// refusal is what a server said of one recipient or mail, not of us.
type refusal struct {
	error
	final  bool // a further attempt would meet it again
	nobody bool // there is no such mailbox
}

func (r refusal) Unwrap() error { return r.error }

// conn is a connection that is ready for mails.
type conn struct {
	net    net.Conn
	client *smtp.Client
	sent   int
	stop   func() bool
}

// dial connects, secures and authenticates. The connection ends with ctx.
func (m *Mailer) dial(ctx context.Context) (*conn, error) {
	d := net.Dialer{Timeout: dialWithin}
	n, err := d.DialContext(ctx, "tcp", m.c.address())
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { n.Close() })
	n.SetDeadline(time.Now().Add(eachWithin)) // of the machine: no other clock drives sockets
	c, err := m.greet(n)
	if err != nil {
		stop()
		n.Close()
		return nil, err
	}
	return &conn{net: n, client: c, stop: stop}, nil
}

func (m *Mailer) greet(n net.Conn) (*smtp.Client, error) {
	safe := &tls.Config{ServerName: m.c.Host, RootCAs: m.c.Roots, MinVersion: tls.VersionTLS12}
	if m.c.Security == TLS {
		n = tls.Client(n, safe)
	}
	c, err := smtp.NewClient(n, m.c.Host)
	if err != nil {
		return nil, err
	}
	if err := c.Hello(m.domain()); err != nil {
		return nil, err
	}
	if m.c.Security == StartTLS {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return nil, errors.New("the server does not offer STARTTLS")
		}
		if err := c.StartTLS(safe); err != nil {
			return nil, err
		}
	}
	if m.c.Username != "" {
		if err := c.Auth(smtp.PlainAuth("", m.c.Username, m.c.Password, m.c.Host)); err != nil {
			return nil, fmt.Errorf("authenticate: %w", err)
		}
	}
	return c, nil
}

// close ends the connection as politely as it can.
func (c *conn) close() {
	c.stop()
	c.net.SetDeadline(time.Now().Add(5 * time.Second))
	c.client.Quit()
	c.net.Close()
}

// send sends one mail. A refusal leaves the connection usable; any other error
// ends it.
func (c *conn) send(from string, to string, body []byte) error {
	c.net.SetDeadline(time.Now().Add(eachWithin))
	if err := c.client.Mail(from); err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	if err := c.client.Rcpt(to); err != nil {
		return c.refused(err, true)
	}
	w, err := c.client.Data()
	if err != nil {
		return c.refused(err, false)
	}
	if _, err := w.Write(body); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return c.refused(err, false)
	}
	c.sent++
	return nil
}

// refused tells what is said of one mail from what is said of the connection,
// and makes the connection ready for the next mail.
func (c *conn) refused(err error, recipient bool) error {
	var said *textproto.Error
	if !errors.As(err, &said) || said.Code == 421 { // 421: the server closes
		return err
	}
	if reset := c.client.Reset(); reset != nil {
		return reset
	}
	final := said.Code >= 500
	return refusal{err, final, recipient && final && said.Code != 552} // 552: full, not gone
}
