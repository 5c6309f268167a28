package probe

import (
	"context"
	"encoding/binary"
	"net"
	"strconv"
	"syscall"
	"testing"
)

// resolver asks one server on loopback.
func resolver(at net.Addr) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", at.String())
	}}
}

// nameServer answers that every name has one IPv4 address, and that names that
// begin with gone do not exist.
func nameServer(t *testing.T, a net.IP) net.Addr {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := c.ReadFrom(buf)
			if err != nil {
				return
			}
			c.WriteTo(answer(buf[:n], a), from)
		}
	}()
	return c.LocalAddr()
}

// answer makes the answer to a question of one name (RFC 1035, section 4.1).
func answer(q []byte, a net.IP) []byte {
	end := 12
	for q[end] != 0 {
		end += int(q[end]) + 1
	}
	end += 5
	out := append([]byte(nil), q[:end]...)
	binary.BigEndian.PutUint16(out[2:], 0x8180)
	copy(out[4:12], []byte{0, 1, 0, 0, 0, 0, 0, 0})
	if string(q[13:17]) == "gone" {
		out[3] = 0x83 // NXDOMAIN
	} else if binary.BigEndian.Uint16(q[end-4:]) == 1 { // A; there is no AAAA
		out[7] = 1
		out = append(out, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4)
		if a == nil { // each first letter has a loopback address of its own
			a = net.IPv4(127, 0, 0, q[13])
		}
		out = append(out, a.To4()...)
	}
	return out
}

// full is an address whose queue of connections is full, so that the next
// waits: nobody accepts.
func full(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	own, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	at := net.JoinHostPort("127.0.0.1", strconv.Itoa(own.(*syscall.SockaddrInet4).Port))
	c, err := net.Dial("tcp", at) // a backlog of 0 has room for one
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return at
}
