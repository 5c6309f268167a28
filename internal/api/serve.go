package api

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// Times of a connection. Streams of events extend their own.
const (
	headerTime = 5 * time.Second
	readTime   = 20 * time.Second
	writeTime  = 90 * time.Second
	idleTime   = 2 * time.Minute
	stopTime   = 5 * time.Second
)

// Serve serves h on ln until ctx is done; then it ends streams, waits at most
// 5 s for answers and returns nil. It closes ln. certs nil is without
// encryption, log nil without words on failed handshakes.
func Serve(ctx context.Context, ln net.Listener, h http.Handler, certs *Certificates, log *slog.Logger) error {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	stop := make(chan struct{})
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		ErrorLog:    slog.NewLogLogger(log.Handler(), slog.LevelDebug), // what strangers send must not fill the log
		BaseContext: func(net.Listener) context.Context { return context.WithValue(context.Background(), stopKey{}, stop) },
	}
	if certs != nil {
		s.TLSConfig = certs.config()
	}
	ended := make(chan error, 1)
	go func() {
		if certs != nil {
			ended <- s.ServeTLS(ln, "", "")
			return
		}
		ended <- s.Serve(ln)
	}()
	select {
	case err := <-ended:
		return fmt.Errorf("serve http on %s: %w", ln.Addr(), err)
	case <-ctx.Done():
	}
	close(stop)
	end, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	if err := s.Shutdown(end); err != nil {
		_ = s.Close() // what did not end in time
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve http on %s: %w", ln.Addr(), err)
	}
	return nil
}

type stopKey struct{}

// Stopping is closed when the server of a request stops, so that streams end;
// nil where it is none of Serve.
func Stopping(ctx context.Context) <-chan struct{} {
	c, _ := ctx.Value(stopKey{}).(chan struct{})
	return c
}

// Certificates is a certificate and its key, read from files and read again
// where asked to. Any goroutine may call its methods.
type Certificates struct {
	cert, key string
	now       atomic.Pointer[tls.Certificate]
}

// LoadCertificates reads PEM files of a certificate chain and its key.
func LoadCertificates(cert, key string) (*Certificates, error) {
	c := &Certificates{cert: cert, key: key}
	if err := c.Reload(); err != nil {
		return nil, err
	}
	return c, nil
}

// Reload reads the files again. After an error the old pair stays.
func (c *Certificates) Reload() error {
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("read certificate %s and key %s: %w", c.cert, c.key, err)
	}
	c.now.Store(&pair)
	return nil
}

func (c *Certificates) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.now.Load(), nil }}
}
