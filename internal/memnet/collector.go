package memnet

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/source/flowudp"
)

// Collector receives datagrams as a flowudp.Listener does.
type Collector struct {
	network *Network
	address netip.AddrPort
	now     func() int64
	readers []*queue
	ran     atomic.Bool
	done    chan struct{}
	once    sync.Once

	allowed atomic.Pointer[[]netip.Prefix]
}

// queue is what waits for one reader.
type queue struct {
	datagrams                      chan flowudp.Datagram
	taken, bytes, batches, refused atomic.Uint64
}

const (
	room  = 4096 // datagrams that wait for a reader
	batch = 64   // datagrams that a reader takes at once
)

// Collect binds a UDP address, whose port may be 0.
func (n *Network) Collect(cfg flowudp.Config) (*Collector, error) {
	a, err := netip.ParseAddrPort(cfg.Address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	a = n.numbered(a)
	if n.collectors[a] != nil {
		return nil, &net.OpError{Op: "listen", Net: "udp", Err: syscall.EADDRINUSE}
	}
	c := &Collector{network: n, address: a, now: cfg.Now, done: make(chan struct{})}
	for range max(cfg.Readers, 1) {
		c.readers = append(c.readers, &queue{datagrams: make(chan flowudp.Datagram, room)})
	}
	c.Allow(cfg.Allow)
	if n.collectors == nil {
		n.collectors = make(map[netip.AddrPort]*Collector)
	}
	n.collectors[a] = c
	return c, nil
}

// Addr is the address with its port.
func (c *Collector) Addr() netip.AddrPort { return c.address }

// Allow replaces who may send; nil is everyone.
func (c *Collector) Allow(list []netip.Prefix) {
	if list == nil {
		c.allowed.Store(nil)
		return
	}
	c.allowed.Store(&list)
}

func (c *Collector) allows(a netip.Addr) bool {
	list := c.allowed.Load()
	if list == nil {
		return true
	}
	for _, p := range *list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// Run hands on what arrives until ctx is done, and then what waits.
func (c *Collector) Run(ctx context.Context, handler func(reader int) flowudp.Handler) error {
	if !c.ran.CompareAndSwap(false, true) {
		return errors.New("the collector was run or closed before")
	}
	defer c.end()
	var wg sync.WaitGroup
	for i, q := range c.readers {
		h := handler(i)
		wg.Go(func() { q.run(ctx, c.now, h) })
	}
	wg.Wait()
	return nil
}

func (q *queue) run(ctx context.Context, now func() int64, handle flowudp.Handler) {
	for {
		select {
		case d := <-q.datagrams:
			q.hand(d, now(), handle)
		case <-ctx.Done():
			for {
				select {
				case d := <-q.datagrams:
					q.hand(d, now(), handle)
				default:
					return
				}
			}
		}
	}
}

// hand hands on a datagram and those that wait behind it.
func (q *queue) hand(d flowudp.Datagram, at int64, handle flowudp.Handler) {
	list := make([]flowudp.Datagram, 0, batch)
	for more := true; more; {
		d.At = at
		q.taken.Add(1)
		q.bytes.Add(uint64(len(d.Payload)))
		if list = append(list, d); len(list) == batch {
			break
		}
		select {
		case d = <-q.datagrams:
		default:
			more = false
		}
	}
	q.batches.Add(1)
	handle(list)
}

// Stats is what was received.
func (c *Collector) Stats() flowudp.Stats {
	var out flowudp.Stats
	for _, q := range c.readers {
		out.Sockets = append(out.Sockets, flowudp.Socket{Datagrams: q.taken.Load(), Bytes: q.bytes.Load(), Batches: q.batches.Load(), Refused: q.refused.Load(), Buffer: room * 1500})
	}
	return out
}

// Close ends a Collector that was not run.
func (c *Collector) Close() {
	if c.ran.CompareAndSwap(false, true) {
		c.end()
	}
}

func (c *Collector) end() {
	c.once.Do(func() {
		c.network.mu.Lock()
		delete(c.network.collectors, c.address)
		c.network.mu.Unlock()
		close(c.done)
	})
}

// Datagrams is a connection of datagrams towards a collector.
type Datagrams struct {
	network *Network
	from    netip.Addr
	to      netip.AddrPort
}

// Write sends one.
func (d *Datagrams) Write(b []byte) (int, error) {
	c := d.network.collector(d.to)
	if c == nil {
		return 0, &net.OpError{Op: "write", Net: "udp", Err: syscall.ECONNREFUSED}
	}
	from := d.from.As16()
	q := c.readers[int(from[15])%len(c.readers)]
	if !c.allows(d.from) {
		q.refused.Add(1)
		return len(b), nil
	}
	select {
	case q.datagrams <- flowudp.Datagram{Payload: append([]byte(nil), b...), From: model.Exporter{Addr: model.AddrFromNetip(d.from)}}:
		return len(b), nil
	case <-c.done:
		return 0, &net.OpError{Op: "write", Net: "udp", Err: syscall.ECONNREFUSED}
	}
}

// Read gets nothing: a collector never answers.
func (d *Datagrams) Read([]byte) (int, error) { return 0, net.ErrClosed }

// Close does nothing.
func (d *Datagrams) Close() error { return nil }

// LocalAddr is the exporter's address.
func (d *Datagrams) LocalAddr() net.Addr {
	return net.UDPAddrFromAddrPort(netip.AddrPortFrom(d.from, 1024))
}

// RemoteAddr is the collector's.
func (d *Datagrams) RemoteAddr() net.Addr { return net.UDPAddrFromAddrPort(d.to) }

// SetDeadline does nothing, as the two below: a write waits for room.
func (d *Datagrams) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (d *Datagrams) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (d *Datagrams) SetWriteDeadline(time.Time) error { return nil }
