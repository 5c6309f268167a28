package memnet

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// window is how many bytes a connection holds that nobody has read yet.
const window = 256 << 10

// pipe makes the two ends of a connection.
func pipe(here, there net.Addr) (a, b *conn) {
	up, down := newFlow(), newFlow()
	return &conn{in: down, out: up, local: here, remote: there}, &conn{in: up, out: down, local: there, remote: here}
}

// conn is one end of a connection.
type conn struct {
	in, out       *flow
	local, remote net.Addr
	reset         bool // Close resets; set before it is called
}

func (c *conn) Read(b []byte) (int, error)  { return c.in.read(b) }
func (c *conn) Write(b []byte) (int, error) { return c.out.write(b) }

// Close ends both directions. The other end still reads what was written, unless
// SetLinger asked for a reset.
func (c *conn) Close() error {
	end := io.EOF
	if c.reset {
		end = os.NewSyscallError("read", syscall.ECONNRESET)
	}
	c.out.close(end, c.reset)
	c.in.close(net.ErrClosed, true)
	return nil
}

// SetLinger lets Close reset the connection, for 0, as that of net.TCPConn does.
func (c *conn) SetLinger(seconds int) error {
	c.reset = seconds == 0
	return nil
}

func (c *conn) LocalAddr() net.Addr  { return c.local }
func (c *conn) RemoteAddr() net.Addr { return c.remote }

func (c *conn) SetDeadline(t time.Time) error {
	c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

func (c *conn) SetReadDeadline(t time.Time) error {
	c.in.expire(&c.in.reader, t)
	return nil
}

func (c *conn) SetWriteDeadline(t time.Time) error {
	c.out.expire(&c.out.writer, t)
	return nil
}

// flow is one direction of a connection.
type flow struct {
	mu             sync.Mutex // guards all below
	changed        *sync.Cond
	waiting        []byte
	end            error // what a reader gets when nothing waits, nil while it is open
	reader, writer deadline
}

type deadline struct {
	timer  *time.Timer
	passed bool
}

func newFlow() *flow {
	f := new(flow)
	f.changed = sync.NewCond(&f.mu)
	return f
}

func (f *flow) read(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		switch {
		case f.reader.passed:
			return 0, os.ErrDeadlineExceeded
		case len(f.waiting) > 0 || len(b) == 0:
			n := copy(b, f.waiting)
			f.waiting = f.waiting[n:]
			f.changed.Broadcast()
			return n, nil
		case f.end != nil:
			return 0, f.end
		}
		f.changed.Wait()
	}
}

func (f *flow) write(b []byte) (n int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(b) > 0 {
		switch room := window - len(f.waiting); {
		case f.end != nil:
			return n, os.NewSyscallError("write", syscall.EPIPE)
		case f.writer.passed:
			return n, os.ErrDeadlineExceeded
		case room > 0:
			k := min(room, len(b))
			f.waiting = append(f.waiting, b[:k]...)
			n, b = n+k, b[k:]
			f.changed.Broadcast()
		default:
			f.changed.Wait()
		}
	}
	return n, nil
}

// close ends the flow once, and drops what waits where asked to.
func (f *flow) close(end error, drop bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.end == nil || f.end == io.EOF && drop {
		f.end = end
	}
	if drop {
		f.waiting = nil
	}
	for _, d := range []*deadline{&f.reader, &f.writer} {
		if d.timer != nil {
			d.timer.Stop()
		}
	}
	f.changed.Broadcast()
}

// expire sets a deadline; the zero time is none.
func (f *flow) expire(d *deadline, t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	d.passed = false
	if t.IsZero() {
		return
	}
	left := time.Until(t)
	if left <= 0 {
		d.passed = true
		f.changed.Broadcast()
		return
	}
	var timer *time.Timer
	timer = time.AfterFunc(left, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if d.timer == timer {
			d.passed = true
			f.changed.Broadcast()
		}
	})
	d.timer = timer
}
