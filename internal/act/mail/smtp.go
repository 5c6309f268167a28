package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"github.com/wneessen/go-mail"
)

const (
	dialTimeout    = 20 * time.Second
	commandTimeout = 2 * time.Minute // for one mail; RFC 5321, 4.5.3.2, allows servers more, which nobody needs
	maxPerConn     = 100             // mails over one connection: servers end longer ones
)

// rejection is the answer of a server about one recipient or mail, not about us.
type rejection struct {
	error
	permanent bool // another attempt would meet the same answer
	noMailbox bool // the mailbox does not exist
}

func (r rejection) Unwrap() error { return r.error }

// conn is a connection that is ready for mails.
type conn struct {
	net    net.Conn
	client *mail.Client
	sent   int
	stop   func() bool // detaches the connection from the context
}

// dial connects, secures and authenticates. The connection ends with ctx.
func (m *Mailer) dial(ctx context.Context) (*conn, error) {
	c := &conn{}
	options := []mail.Option{mail.WithPort(m.c.Port), mail.WithTimeout(commandTimeout), mail.WithHELO(m.domain()), mail.WithoutNoop(),
		mail.WithTLSConfig(m.tls()), mail.WithTLSPolicy(mail.NoTLS),
		mail.WithDialContextFunc(func(ctx context.Context, network, address string) (n net.Conn, err error) {
			n, err = m.connect(ctx, network, address)
			c.net = n
			return n, err
		})}
	if m.c.Security == securityStartTLS {
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if m.c.Username != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthPlain), mail.WithUsername(m.c.Username), mail.WithPassword(m.c.Password))
	}
	var err error
	if c.client, err = mail.NewClient(m.c.Host, options...); err != nil {
		return nil, err
	}
	if err := c.client.DialWithContext(ctx); err != nil {
		if c.net != nil {
			c.net.Close()
		}
		return nil, err
	}
	c.stop = context.AfterFunc(ctx, func() { c.net.Close() })
	return c, nil
}

func (m *Mailer) tls() *tls.Config {
	return &tls.Config{ServerName: m.c.Host, RootCAs: m.c.Roots, MinVersion: tls.VersionTLS12}
}

// connect opens the connection that the client uses, with TLS where it is used
// from the first byte.
func (m *Mailer) connect(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: dialTimeout}
	if m.c.Security == securityTLS {
		return (&tls.Dialer{NetDialer: &d, Config: m.tls()}).DialContext(ctx, network, address)
	}
	return d.DialContext(ctx, network, address)
}

// close ends the connection, politely where the server still listens.
func (c *conn) close() {
	c.stop()
	c.net.SetDeadline(time.Now().Add(5 * time.Second)) // of the machine: no other clock drives sockets
	c.client.Close()
	c.net.Close()
}

// send sends one mail. A rejection leaves the connection usable; any other error
// ends it.
func (c *conn) send(x *mail.Msg) error {
	err := c.client.Send(x)
	if err == nil || x.IsDelivered() {
		c.sent++
		return nil
	}
	var failed *mail.SendError
	if !errors.As(err, &failed) {
		return err
	}
	code := failed.ErrorCode()
	if code == 0 || code == 421 || failed.Reason == mail.ErrSMTPMailFrom { // 421: the server closes the connection
		return err
	}
	recipient := failed.Reason == mail.ErrSMTPRcptTo
	if !recipient { // the client resets the transaction only after RCPT
		if reset := c.client.Reset(); reset != nil {
			return reset
		}
	}
	permanent := code >= 500
	return rejection{err, permanent, recipient && permanent && code != 552} // 552: the mailbox is full, not gone
}
