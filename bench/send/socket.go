package main

import (
	"fmt"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

const batch = 64

// socket sends or receives many datagrams by one call.
type socket struct {
	fd       int
	iovecs   [batch]unix.Iovec
	messages [batch]unix.Mmsghdr
}

func newSocket() (*socket, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return nil, fmt.Errorf("open a socket: %w", err)
	}
	s := &socket{fd: fd}
	for i := range s.messages {
		s.messages[i].Hdr.Iov = &s.iovecs[i]
		s.messages[i].Hdr.SetIovlen(1)
	}
	return s, nil
}

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
}

func connect(to netip.AddrPort) (*socket, error) {
	s, err := newSocket()
	if err != nil {
		return nil, err
	}
	_ = unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, 4<<20)
	if err := unix.Connect(s.fd, sockaddr(to)); err != nil {
		return nil, fmt.Errorf("connect to %s: %w", to, err)
	}
	return s, nil
}

// send sends all datagrams. A collector that is gone shows as an error of the
// kernel, which is not ours.
func (s *socket) send(list [][]byte) error {
	for len(list) > 0 {
		n := min(len(list), batch)
		for i, b := range list[:n] {
			s.iovecs[i].Base = &b[0]
			s.iovecs[i].SetLen(len(b))
		}
		sent, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&s.messages[0])), uintptr(n), 0, 0, 0)
		switch errno {
		case 0:
			list = list[sent:]
		case unix.EINTR, unix.ENOBUFS, unix.EAGAIN, unix.ECONNREFUSED:
		default:
			return fmt.Errorf("send: %w", errno)
		}
	}
	return nil
}
