package capture

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// ErrGone is in the error of Run where the interface was removed.
var ErrGone = errors.New("the interface was removed")

// idle is how long a reader waits for packets before it looks up.
const idle = 100 * time.Millisecond

// Run hands packets on until ctx is done and then those that were taken before;
// within about 200 ms it returns nil, after the last call of a handler. It asks
// handler for one Handler for each reader before any of them starts. An
// interface that goes down ends nothing; one that is removed, or a socket that
// fails, ends Run with an error. A Capture runs once.
func (c *Capture) Run(ctx context.Context, handler func(reader int) Handler) error {
	if !c.ran.CompareAndSwap(false, true) {
		return errors.New("capture " + c.name + ": it was run or closed before")
	}
	defer c.close()
	handlers := make([]Handler, len(c.rings))
	for i := range handlers {
		handlers[i] = handler(i)
	}
	var stop atomic.Bool
	defer context.AfterFunc(ctx, func() { stop.Store(true) })()
	errs := make([]error, len(c.rings))
	var readers sync.WaitGroup
	for i, r := range c.rings {
		readers.Go(func() {
			if errs[i] = r.run(c.clock, handlers[i], &stop); errs[i] != nil {
				stop.Store(true)
			}
		})
	}
	readers.Wait()
	for _, err := range errs { // all rings see the same interface: one tells
		if err != nil {
			return fmt.Errorf("capture %s: %w", c.name, err)
		}
	}
	return nil
}

// run reads blocks until stop is set, and then what is left in the ring.
func (r *ring) run(c clock, h Handler, stop *atomic.Bool) error {
	start, counted := time.Now(), time.Duration(0)
	for !stop.Load() {
		b, ready := r.block()
		if ready {
			r.hand(b, c, h)
			r.release(b)
		} else if err := r.wait(idle); err != nil {
			return errors.Join(err, r.drain(c, h))
		}
		if now := time.Since(start); now-counted >= time.Second {
			r.countDrops()
			counted = now
		}
	}
	return r.drain(c, h)
}

// drain takes no more packets and hands on what was taken. The kernel keeps a
// block that is not full for up to two rounds of its timer.
func (r *ring) drain(c clock, h Handler) error {
	if err := r.accept(0); err != nil {
		return fmt.Errorf("end: %w", err)
	}
	start := time.Now()
	for range len(r.memory)/blockSize + 1 {
		b, ready := r.block()
		for !ready && time.Since(start) < 3*retire {
			_ = unix.Nanosleep(&unix.Timespec{Nsec: int64(retire / 4)}, nil)
			b, ready = r.block()
		}
		if !ready {
			return nil
		}
		r.hand(b, c, h)
		r.release(b)
	}
	return nil
}

// wait returns when a block is ready or the time is over, with an error when
// the interface is not there any more.
func (r *ring) wait(d time.Duration) error {
	fds := [1]unix.PollFd{{Fd: int32(r.fd), Events: unix.POLLIN}}
	n, err := unix.Poll(fds[:], int(d.Milliseconds()))
	if err != nil && err != unix.EINTR {
		return fmt.Errorf("wait for packets: %w", err)
	}
	if n > 0 && fds[0].Revents&unix.POLLERR == 0 {
		return nil
	}
	// Reading the error clears it. The socket goes on by itself when an
	// interface that is down comes up again. A removal is seen here or, since
	// the kernel tells of it only as of a switching off before, a little later.
	e, err := unix.GetsockoptInt(r.fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return fmt.Errorf("wait for packets: %w", err)
	}
	if e != 0 && unix.Errno(e) != unix.ENETDOWN {
		return fmt.Errorf("wait for packets: %w", unix.Errno(e))
	}
	if r.gone() {
		return ErrGone
	}
	return nil
}

// gone reports whether the kernel took the interface from the socket, which it
// does on removal.
func (r *ring) gone() bool {
	sa, err := unix.Getsockname(r.fd)
	if err != nil {
		return true
	}
	link, ok := sa.(*unix.SockaddrLinklayer)
	return ok && link.Ifindex <= 0
}
