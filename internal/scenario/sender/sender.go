package sender

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// Config says where datagrams go and when.
type Config struct {
	NetFlow, SFlow string    // collectors on loopback, address:port
	Start          int64     // simulated time of the first datagram, Unix ns
	Begin          time.Time // moment that Start falls on
	Speed          float64   // simulated seconds in a second
	Limit          float64   // datagrams a second; 0: none
	// Due gives the moment of a simulated time (Unix ns) where its speed changes;
	// Start, Begin and Speed are not used then.
	Due func(at int64) time.Time
	// Dial makes what datagrams are written to, from an address to a collector;
	// nil is a UDP socket.
	Dial func(from netip.Addr, to netip.AddrPort) (net.Conn, error)
}

// Stats counts what a Sender did.
type Stats struct {
	Sent    uint64
	Refused uint64        // datagrams that nobody listened for
	Late    time.Duration // by how much the last one missed its time
}

// Sender sends datagrams; see the package.
type Sender struct {
	collectors [2]netip.AddrPort
	sockets    map[route]net.Conn
	dial       func(from netip.Addr, to netip.AddrPort) (net.Conn, error)
	pace       pace
	stats      Stats
}

type route struct {
	from netip.Addr
	to   int
}

// New checks the configuration; it opens no socket yet.
func New(cfg Config) (*Sender, error) {
	if cfg.Due == nil && !(cfg.Speed > 0) {
		return nil, fmt.Errorf("send scenario: speed %v is not above 0", cfg.Speed)
	}
	s := &Sender{sockets: map[route]net.Conn{}, dial: cfg.Dial, pace: pace{start: cfg.Start, begin: cfg.Begin, speed: cfg.Speed, due: cfg.Due}}
	if s.dial == nil {
		s.dial = udp
	}
	if cfg.Limit > 0 {
		s.pace.gap = 1e9 / cfg.Limit
	}
	for i, text := range [...]string{cfg.NetFlow, cfg.SFlow} {
		a, err := net.ResolveUDPAddr("udp4", text)
		if err != nil {
			return nil, fmt.Errorf("send scenario to %s: %w", text, err)
		}
		if a.IP == nil || !a.IP.IsLoopback() || a.Port == 0 {
			return nil, fmt.Errorf("send scenario to %s: only a collector on this machine may get synthetic data (127.0.0.0/8 and a port)", text)
		}
		s.collectors[i] = netip.AddrPortFrom(a.AddrPort().Addr().Unmap(), a.AddrPort().Port())
	}
	return s, nil
}

// Send returns a function that sends a datagram of simulated time at when that
// time has come, unless ctx ends before. The sender is the loopback address
// from; to is 0 for the NetFlow collector and 1 for the one of sFlow. That
// nobody listens is counted, no error.
func (s *Sender) Send(ctx context.Context) func(from netip.Addr, to int, datagram []byte, at int64) error {
	return func(from netip.Addr, to int, datagram []byte, at int64) error {
		if err := s.wait(ctx, at); err != nil {
			return err
		}
		return s.write(route{from, to}, datagram)
	}
}

func (s *Sender) wait(ctx context.Context, at int64) error {
	for d := s.pace.wait(at, time.Now()); d > 0; d = s.pace.wait(at, time.Now()) {
		time.Sleep(d)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sender) write(r route, datagram []byte) error {
	c, err := s.socket(r)
	if err != nil {
		return err
	}
	_, err = c.Write(datagram)
	if errors.Is(err, syscall.ECONNREFUSED) { // of an earlier datagram; this one was not sent
		s.stats.Refused++
		_, err = c.Write(datagram)
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("send scenario: %w", err)
	}
	s.stats.Sent++
	return nil
}

// udp opens a UDP socket.
func udp(from netip.Addr, to netip.AddrPort) (net.Conn, error) {
	return net.DialUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(from, 0)), net.UDPAddrFromAddrPort(to))
}

func (s *Sender) socket(r route) (net.Conn, error) {
	if c := s.sockets[r]; c != nil {
		return c, nil
	}
	c, err := s.dial(r.from, s.collectors[r.to])
	if err != nil {
		return nil, fmt.Errorf("send scenario from %v: %w", r.from, err)
	}
	s.sockets[r] = c
	return c, nil
}

// Stats returns what was counted.
func (s *Sender) Stats() Stats {
	st := s.stats
	st.Late = s.pace.late
	return st
}

// Close closes the sockets.
func (s *Sender) Close() error {
	var errs []error
	for _, c := range s.sockets {
		errs = append(errs, c.Close())
	}
	clear(s.sockets)
	return errors.Join(errs...)
}
