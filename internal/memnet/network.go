package memnet

import (
	"context"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"os"
	"sync"
	"syscall"
)

// Network is one; the zero value is ready.
type Network struct {
	mu         sync.Mutex // guards all below
	listeners  map[string]*listener
	collectors map[netip.AddrPort]*Collector
	port       uint16 // the last one that was given for port 0
}

// Listen listens on an address of "tcp", whose port may be 0, or on a path of
// "unix", which is made as an empty file.
func (n *Network) Listen(network, address string) (net.Listener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if network == "tcp" {
		a, err := netip.ParseAddrPort(address)
		if err != nil {
			return nil, err
		}
		address = n.numbered(a).String()
	} else if err := os.WriteFile(address, nil, 0o600); err != nil {
		return nil, err
	}
	if n.listeners[address] != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Err: syscall.EADDRINUSE}
	}
	l := &listener{network: n, address: name{network, address}, calls: make(chan net.Conn, 256), done: make(chan struct{})}
	if n.listeners == nil {
		n.listeners = make(map[string]*listener)
	}
	n.listeners[address] = l
	return l, nil
}

// numbered gives an address a port where it has none.
func (n *Network) numbered(a netip.AddrPort) netip.AddrPort {
	if a.Port() != 0 {
		return a
	}
	n.port++
	return netip.AddrPortFrom(a.Addr(), 20000+n.port)
}

// Dial connects to what listens on an address; an httptrace of ctx hears of it.
func (n *Network) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	trace := httptrace.ContextClientTrace(ctx)
	if trace != nil && trace.ConnectStart != nil {
		trace.ConnectStart(network, address)
	}
	c, err := n.connect(ctx, network, address)
	if trace != nil && trace.ConnectDone != nil {
		trace.ConnectDone(network, address, err)
	}
	return c, err
}

func (n *Network) connect(ctx context.Context, network, address string) (net.Conn, error) {
	n.mu.Lock()
	l := n.listeners[address]
	n.mu.Unlock()
	refused := &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	if l == nil {
		return nil, refused
	}
	here, there := pipe(name{network, "127.0.0.1:1024"}, l.address)
	select {
	case l.calls <- there:
		return here, nil
	case <-l.done:
		return nil, refused
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Client is a client of HTTP on this network that keeps no connection.
func (n *Network) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: n.Dial, DisableKeepAlives: true}}
}

// DialUDP gives a connection whose writes are datagrams from one address to a
// collector.
func (n *Network) DialUDP(from netip.Addr, to netip.AddrPort) *Datagrams {
	return &Datagrams{network: n, from: from, to: to}
}

func (n *Network) collector(at netip.AddrPort) *Collector {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.collectors[at]
}

type listener struct {
	network *Network
	address name
	calls   chan net.Conn
	done    chan struct{}
	once    sync.Once
}

// Accept waits for the next connection.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.calls:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close ends listening; what nobody accepted is reset.
func (l *listener) Close() error {
	l.once.Do(func() {
		l.network.mu.Lock()
		delete(l.network.listeners, l.address.address)
		l.network.mu.Unlock()
		close(l.done)
	})
	return nil
}

// Addr is what is listened on.
func (l *listener) Addr() net.Addr { return l.address }

// name is an address of a network.
type name struct{ network, address string }

// Network is "tcp" or "unix".
func (a name) Network() string { return a.network }

func (a name) String() string { return a.address }
