package flowudp

import (
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"floodmark/internal/model"
)

const (
	batch = 64 // datagrams taken by one recvmmsg
	// largest is the most octets of a datagram that are taken: a jumbo frame.
	// Exporters keep to the path's MTU (RFC 7011 section 10.3.3).
	largest = 9216
	// drainMax bounds what is still read from one socket after the stop.
	drainMax = 1 << 16
)

// socket is one reader's end. Fields above the line are its goroutine's alone.
type socket struct {
	payload  []byte
	iovecs   [batch]unix.Iovec
	names    [batch]unix.RawSockaddrInet6 // large enough for either version
	messages [batch]unix.Mmsghdr
	out      [batch]Datagram
	pace     pace

	// ---- any goroutine

	buffer                               int
	datagrams, bytes, batches, truncated atomic.Uint64
	unknown                              unknown

	mu      sync.Mutex // over fd as far as it may be closed, and drops
	fd      int        // -1 when closed
	lastRaw uint32     // the kernel's counter as last seen; it wraps
	dropped uint64
}

func newSocket(fd, buffer int) *socket {
	s := &socket{fd: fd, buffer: buffer, pace: newPace(buffer), payload: make([]byte, batch*largest)}
	for i := range s.messages {
		s.iovecs[i].Base = &s.payload[i*largest]
		s.iovecs[i].SetLen(largest)
		h := &s.messages[i].Hdr
		h.Iov = &s.iovecs[i]
		h.SetIovlen(1)
		h.Name = (*byte)(unsafe.Pointer(&s.names[i]))
	}
	return s
}

func (s *socket) close() {
	s.countDrops()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fd >= 0 {
		unix.Close(s.fd)
		s.fd = -1
	}
}

// run reads until stop is set, and then what is left in the socket.
func (s *socket) run(l *Listener, h Handler, stop *atomic.Bool) error {
	start, counted := time.Now(), time.Duration(0)
	for !stop.Load() {
		n, err := s.receive(unix.MSG_WAITFORONE)
		if err != nil {
			return err
		}
		s.hand(l, h, n)
		now := time.Since(start)
		if now-counted >= time.Second {
			s.countDrops()
			counted = now
		}
		if s.pace.add(n, now) {
			// Not time.Sleep: through the scheduler a nap costs more than it saves.
			_ = unix.Nanosleep(&unix.Timespec{Nsec: int64(nap)}, nil)
		}
	}
	for taken := 0; taken < drainMax; {
		n, err := s.receive(unix.MSG_DONTWAIT)
		if err != nil || n == 0 {
			return err
		}
		s.hand(l, h, n)
		taken += n
	}
	return nil
}

// receive takes up to a batch of datagrams into messages and returns how many,
// 0 when there were none in time. Only run's goroutine closes the descriptor's
// life, so it is read without the lock.
func (s *socket) receive(flags uintptr) (int, error) {
	for i := range s.messages {
		s.messages[i].Hdr.Namelen = unix.SizeofSockaddrInet6 // the kernel overwrites it
	}
	n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&s.messages[0])), batch, flags, 0, 0)
	switch errno {
	case 0:
		return int(n), nil
	case unix.EAGAIN, unix.EINTR, unix.ENOMEM, unix.ENOBUFS:
		return 0, nil
	}
	return 0, fmt.Errorf("read from the socket: %w", errno)
}

// hand counts n messages and gives those that are whole, from those who may
// send, to h.
func (s *socket) hand(l *Listener, h Handler, n int) {
	if n == 0 {
		return
	}
	at, allow := l.now(), l.allow.Load()
	kept, bytes, cut := 0, 0, 0
	for i := range n {
		m := &s.messages[i]
		from := exporter(&s.names[i])
		if !allow.has(from.Addr) {
			s.unknown.add(from.Addr, at)
			continue
		}
		if m.Hdr.Flags&unix.MSG_TRUNC != 0 {
			cut++
			continue
		}
		size := min(int(m.Len), largest)
		s.out[kept] = Datagram{Payload: s.payload[i*largest : i*largest+size : i*largest+size], From: from, At: at}
		bytes += size
		kept++
	}
	s.batches.Add(1)
	if cut > 0 {
		s.truncated.Add(uint64(cut))
	}
	if kept > 0 {
		s.datagrams.Add(uint64(kept))
		s.bytes.Add(uint64(bytes))
		h(s.out[:kept])
	}
}

// exporter reads the sender's address; ports are in network order.
func exporter(name *unix.RawSockaddrInet6) model.Exporter {
	raw := (*[unix.SizeofSockaddrInet6]byte)(unsafe.Pointer(name))
	port := binary.BigEndian.Uint16(raw[2:]) // at the same place in sockaddr_in
	if name.Family == unix.AF_INET {
		return model.Exporter{Addr: model.AddrFrom(raw[4:8]), Port: port}
	}
	return model.Exporter{Addr: model.AddrFrom(raw[8:24]), Port: port}
}

// countDrops adds what the kernel dropped since the last call. SO_MEMINFO
// (Linux 4.12) reads the counter that SO_RXQ_OVFL would put beside every
// datagram, also while none arrives.
func (s *socket) countDrops() {
	const drops = 8 // SK_MEMINFO_DROPS of linux/sock_diag.h
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fd < 0 {
		return
	}
	var mem [drops + 1]uint32
	size := uint32(unsafe.Sizeof(mem))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(s.fd), unix.SOL_SOCKET, unix.SO_MEMINFO,
		uintptr(unsafe.Pointer(&mem)), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 || uintptr(size) < unsafe.Sizeof(mem) {
		return
	}
	s.dropped += uint64(mem[drops] - s.lastRaw)
	s.lastRaw = mem[drops]
}
