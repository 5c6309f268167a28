package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// floor receives and touches every octet's cache line, and does nothing else.
func floor(args []string) error {
	f := flag.NewFlagSet("floor", flag.ExitOnError)
	listen := f.String("listen", "127.0.0.1:2055", "address")
	f.Parse(args)
	addr, err := loopback(*listen)
	if err != nil {
		return err
	}
	s, err := newSocket()
	if err != nil {
		return err
	}
	if err := unix.Bind(s.fd, sockaddr(addr)); err != nil {
		return fmt.Errorf("listen on %s: %w", addr, err)
	}
	_ = unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 32<<20)
	const largest = 9216
	room := make([]byte, batch*largest)
	for i := range batch {
		s.iovecs[i].Base = &room[i*largest]
		s.iovecs[i].SetLen(largest)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	datagrams, touched := 0, byte(0)
	go func() {
		<-stop
		fmt.Println("datagrams", datagrams, touched)
		os.Exit(0)
	}()
	for {
		n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&s.messages[0])), batch, unix.MSG_WAITFORONE, 0, 0)
		if errno != 0 && errno != unix.EINTR {
			return fmt.Errorf("receive: %w", errno)
		}
		for i := range int(n) {
			b := room[i*largest:][:s.messages[i].Len]
			for at := 0; at < len(b); at += 64 {
				touched ^= b[at]
			}
		}
		datagrams += int(n)
	}
}
