package flowudp

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"floodmark/internal/model"
)

// Config says where to listen and whom to listen to.
type Config struct {
	Address string         // IP address and port, "127.0.0.1:2055" or "[::1]:2055"; ":2055" is every address, port 0 a free one
	Readers int            // sockets that share the port, at most maxReaders; 0 is one
	Buffer  int            // octets of receive buffer wanted for each socket; 0 leaves the kernel's default
	Allow   []netip.Prefix // who may send; nil is everyone, an empty list nobody
	Now     func() int64   // the server's clock, Unix ns, called from every reader; nil is the system's
}

// maxReaders is the most readers of one Listener.
const maxReaders = 64

// maxBuffer is what the kernel can double without overflow (sock_setsockopt).
const maxBuffer = 1 << 30

// Datagram is one export as it arrived. It is valid during the handler's call.
type Datagram struct {
	Payload []byte
	From    model.Exporter // an IPv4 sender has its IPv4 address also on an IPv6 socket
	At      int64          // when it was read, by the server's clock, Unix ns; within about 2 ms of its arrival unless the handler was busy
}

// Handler takes the datagrams of one read, of at least one. One goroutine calls
// it for each reader; while it runs, that socket's buffer fills.
type Handler func(batch []Datagram)

// Listener is a bound UDP address with its sockets.
type Listener struct {
	address string
	addr    netip.AddrPort
	sockets []*socket
	allow   atomic.Pointer[allowed]
	now     func() int64
	ran     atomic.Bool
}

// Listen binds the address. From then on the kernel keeps what arrives, up to
// the buffer, until Run reads it. An error is one line that names the address
// and what can be done.
func Listen(cfg Config) (*Listener, error) {
	addr, everywhere, err := parse(cfg.Address)
	if err != nil {
		return nil, fmt.Errorf("listen on UDP %q: %w", cfg.Address, err)
	}
	if cfg.Readers < 0 || cfg.Readers > maxReaders {
		return nil, fmt.Errorf("listen on UDP %s: %d readers: expected 1 to %d", cfg.Address, cfg.Readers, maxReaders)
	}
	l := &Listener{address: cfg.Address, now: cfg.Now}
	if l.now == nil {
		l.now = func() int64 { return time.Now().UnixNano() }
	}
	l.Allow(cfg.Allow)
	readers := max(cfg.Readers, 1)
	for i := range readers {
		fd, err := l.bind(addr, everywhere, share{before: i > 0, after: readers > 1})
		if err != nil {
			l.Close()
			return nil, fmt.Errorf("listen on UDP %s: %w", cfg.Address, explain(err, addr))
		}
		l.sockets = append(l.sockets, newSocket(fd, setBuffer(fd, cfg.Buffer)))
		if i > 0 {
			continue
		}
		if l.addr, err = bound(fd); err != nil {
			l.Close()
			return nil, fmt.Errorf("listen on UDP %s: read the port: %w", cfg.Address, err)
		}
		// The next sockets share the port that the first one was given.
		addr = netip.AddrPortFrom(addr.Addr(), l.addr.Port())
	}
	return l, nil
}

// parse reads an address; everywhere says that both IP versions are meant.
func parse(s string) (addr netip.AddrPort, everywhere bool, err error) {
	if port, ok := strings.CutPrefix(s, ":"); ok {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil {
			return addr, false, errors.New("expected an IP address and a port from 0 to 65535, such as 127.0.0.1:2055")
		}
		return netip.AddrPortFrom(netip.IPv6Unspecified(), uint16(n)), true, nil
	}
	if addr, err = netip.ParseAddrPort(s); err != nil {
		return addr, false, errors.New("expected an IP address and a port from 0 to 65535, such as 127.0.0.1:2055 or [::1]:2055")
	}
	addr = netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())
	return addr, addr.Addr() == netip.IPv6Unspecified(), nil
}

// share says when a socket starts to share its port. The first of several does
// after it is bound, so that a port which another instance listens on (and
// shares) is an error and not half of the traffic lost to it.
type share struct{ before, after bool }

// bind opens one socket.
func (l *Listener) bind(addr netip.AddrPort, everywhere bool, how share) (int, error) {
	sa, family, err := sockaddr(addr)
	if err != nil {
		return -1, err
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.IPPROTO_UDP)
	if err == unix.EAFNOSUPPORT && everywhere && strings.HasPrefix(l.address, ":") {
		return l.bind(netip.AddrPortFrom(netip.IPv4Unspecified(), addr.Port()), false, how)
	}
	if err != nil {
		return -1, err
	}
	if err := prepare(fd, sa, everywhere, how); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

func prepare(fd int, sa unix.Sockaddr, everywhere bool, how share) error {
	if everywhere {
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 0); err != nil {
			return err
		}
	}
	if how.before {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
			return err
		}
	}
	// A reader looks up from an idle socket this often, to stop and to count drops.
	tv := unix.NsecToTimeval(int64(idle))
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv); err != nil {
		return err
	}
	if err := unix.Bind(fd, sa); err != nil || !how.after {
		return err
	}
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
}

func sockaddr(addr netip.AddrPort) (unix.Sockaddr, int, error) {
	if a := addr.Addr(); a.Is4() {
		return &unix.SockaddrInet4{Port: int(addr.Port()), Addr: a.As4()}, unix.AF_INET, nil
	}
	sa := &unix.SockaddrInet6{Port: int(addr.Port()), Addr: addr.Addr().As16()}
	if zone := addr.Addr().Zone(); zone != "" {
		ifi, err := net.InterfaceByName(zone)
		if err != nil {
			return nil, 0, fmt.Errorf("interface %q: no such interface", zone)
		}
		sa.ZoneId = uint32(ifi.Index)
	}
	return sa, unix.AF_INET6, nil
}

// bound returns the address that a socket has.
func bound(fd int) (netip.AddrPort, error) {
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return netip.AddrPort{}, err
	}
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port)), nil
	case *unix.SockaddrInet6:
		a := netip.AddrFrom16(sa.Addr)
		if sa.ZoneId != 0 {
			a = a.WithZone(strconv.Itoa(int(sa.ZoneId)))
		}
		return netip.AddrPortFrom(a, uint16(sa.Port)), nil
	}
	return netip.AddrPort{}, errors.New("not an IP socket")
}

// setBuffer asks for n octets and returns what was granted, without the
// doubling by which the kernel makes room for its own bookkeeping (socket(7)).
func setBuffer(fd, n int) int {
	if n = min(n, maxBuffer); n > 0 {
		// Past net.core.rmem_max only with CAP_NET_ADMIN.
		if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, n) != nil {
			_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, n)
		}
	}
	granted, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF)
	if err != nil {
		return 0
	}
	return granted / 2
}

// explain says what to do about an error of the kernel.
func explain(err error, addr netip.AddrPort) error {
	switch {
	case errors.Is(err, unix.EADDRINUSE):
		return fmt.Errorf("the port is in use; stop who has it (ss -ulpn sport = :%d names it) or configure another port", addr.Port())
	case errors.Is(err, unix.EADDRNOTAVAIL):
		return errors.New("no interface of this machine has this address; ip addr lists those there are")
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return fmt.Errorf("not permitted; choose a port above 1023 or give the program CAP_NET_BIND_SERVICE (%w)", err)
	case errors.Is(err, unix.EAFNOSUPPORT):
		return errors.New("this kernel has no IPv6; configure an IPv4 address")
	}
	return err
}

// Addr returns the address that is listened on, with the real port.
func (l *Listener) Addr() netip.AddrPort { return l.addr }

// Allow replaces the list of who may send, from the next read on: nil is
// everyone, an empty list nobody.
func (l *Listener) Allow(prefixes []netip.Prefix) { l.allow.Store(newAllowed(prefixes)) }

// Close closes the sockets of a Listener that was not run; what is in them is
// lost. Run closes them itself.
func (l *Listener) Close() {
	if !l.ran.CompareAndSwap(false, true) {
		return
	}
	l.close()
}

func (l *Listener) close() {
	for _, s := range l.sockets {
		s.close()
	}
}
