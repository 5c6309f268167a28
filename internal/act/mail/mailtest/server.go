package mailtest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"time"
)

// Mail is one mail that was taken.
type Mail struct {
	From, To string // of the envelope
	Data     string // as it was sent, lines ended by \n
	TLS      bool   // it came over TLS
	User     string // who authenticated
}

// Options say what the server does. The zero value takes all mail without TLS.
type Options struct {
	StartTLS bool // offered, and wanted before any mail
	TLS      bool // from the first octet
	User     string
	Password string // wanted where User is set
}

// Server is a running one.
type Server struct {
	Port  int
	Roots *x509.CertPool // that its certificate comes from; the name is localhost
	Got   chan Mail      // every mail that was taken; room for 4096

	o        Options
	listener net.Listener
	tls      *tls.Config
	wg       sync.WaitGroup

	mu     sync.Mutex
	answer func(command, argument string) string
	conns  map[net.Conn]bool
}

// Start starts one on a free port of loopback.
func Start(o Options) (*Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{Port: l.Addr().(*net.TCPAddr).Port, Got: make(chan Mail, 4096), o: o, listener: l, conns: make(map[net.Conn]bool)}
	if err := s.certificate(); err != nil {
		l.Close()
		return nil, err
	}
	s.wg.Go(s.accept)
	return s, nil
}

// Answer makes f answer commands (EHLO, MAIL, RCPT, DATA, "." for the end of a
// mail): "" for the usual answer, "hang up" to end the connection.
func (s *Server) Answer(f func(command, argument string) string) {
	s.mu.Lock()
	s.answer = f
	s.mu.Unlock()
}

// Close ends the server and its connections.
func (s *Server) Close() {
	s.listener.Close()
	s.mu.Lock()
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.wg.Wait()
}

func (s *Server) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns[c] = true
		s.mu.Unlock()
		s.wg.Go(func() {
			s.serve(c)
			c.Close()
			s.mu.Lock()
			delete(s.conns, c)
			s.mu.Unlock()
		})
	}
}

func (s *Server) certificate() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	s.Roots = x509.NewCertPool()
	s.Roots.AddCert(leaf)
	s.tls = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	return nil
}

// session is one connection.
type session struct {
	s      *Server
	net    net.Conn
	r      *textproto.Reader
	safe   bool
	user   string
	mail   Mail
	closed bool
}

func (s *Server) serve(c net.Conn) {
	x := &session{s: s}
	if s.o.TLS {
		c, x.safe = tls.Server(c, s.tls), true
	}
	x.on(c)
	x.progress("220 localhost ESMTP")
	for !x.closed {
		line, err := x.r.ReadLine()
		if err != nil {
			return
		}
		command, argument, _ := strings.Cut(line, " ")
		x.command(strings.ToUpper(command), argument)
	}
}

func (x *session) on(c net.Conn) { x.net, x.r = c, textproto.NewReader(bufio.NewReader(c)) }

func (x *session) progress(line string) {
	if _, err := x.net.Write([]byte(line + "\r\n")); err != nil {
		x.closed = true
	}
}

// reported answers as the test wants, and reports whether it did.
func (x *session) reported(command, argument string) bool {
	x.s.mu.Lock()
	f := x.s.answer
	x.s.mu.Unlock()
	if f == nil {
		return false
	}
	switch a := f(command, argument); a {
	case "":
		return false
	case "hang up":
		x.closed = true
	default:
		x.progress(a)
	}
	return true
}

func (x *session) command(command, argument string) {
	if x.reported(command, argument) {
		return
	}
	o := x.s.o
	switch command {
	case "EHLO":
		x.progress("250-localhost")
		if o.StartTLS && !x.safe {
			x.progress("250-STARTTLS")
		}
		if o.User != "" && (x.safe || !o.StartTLS) {
			x.progress("250-AUTH PLAIN")
		}
		x.progress("250 8BITMIME")
	case "STARTTLS":
		x.progress("220 go on")
		x.on(tls.Server(x.net, x.s.tls))
		x.safe = true
	case "AUTH":
		x.auth(argument)
	case "MAIL":
		if o.StartTLS && !x.safe || o.User != "" && x.user == "" {
			x.progress("530 not so")
			return
		}
		x.mail = Mail{From: between(argument), TLS: x.safe, User: x.user}
		x.progress("250 ok")
	case "RCPT":
		x.mail.To = between(argument)
		x.progress("250 ok")
	case "DATA":
		x.data()
	case "RSET", "NOOP":
		x.progress("250 ok")
	case "QUIT":
		x.progress("221 bye")
		x.closed = true
	default:
		x.progress("500 what?")
	}
}

func (x *session) auth(argument string) {
	_, word, _ := strings.Cut(argument, " ")
	b, err := base64.StdEncoding.DecodeString(word)
	if parts := strings.Split(string(b), "\x00"); err == nil && len(parts) == 3 && parts[1] == x.s.o.User && parts[2] == x.s.o.Password {
		x.user = parts[1]
		x.progress("235 welcome")
		return
	}
	x.progress("535 no")
}

func (x *session) data() {
	x.progress("354 go on")
	b, err := x.r.ReadDotBytes()
	if err != nil {
		x.closed = true
		return
	}
	x.mail.Data = string(b)
	if x.reported(".", x.mail.To) {
		return
	}
	x.s.Got <- x.mail
	x.progress("250 taken")
}

func between(s string) string {
	_, s, _ = strings.Cut(s, "<")
	s, _, _ = strings.Cut(s, ">")
	return s
}
