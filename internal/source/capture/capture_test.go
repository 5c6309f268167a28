package capture

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"floodmark/internal/decode/packet"
	"floodmark/internal/model"
	"floodmark/internal/testenv"
)

// missing ends a test that this machine cannot run.
func missing(t *testing.T, what string) {
	t.Helper()
	testenv.Missing(t, "%s", what)
}

// namespace moves the test into a network of its own, with two interfaces that
// are joined by a wire, v0 and v1. The thread ends with the test, and with it
// the network. A test that uses it starts no subtests.
func namespace(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		missing(t, "a network namespace needs root")
	}
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		missing(t, "unshare the network: "+err.Error())
	}
	for _, which := range []string{"default", "all"} { // else the kernel sends packets of its own; a kernel without IPv6 does not
		os.WriteFile("/proc/sys/net/ipv6/conf/"+which+"/disable_ipv6", []byte("1"), 0)
	}
	ip(t, "link", "add", "v0", "type", "veth", "peer", "name", "v1")
	ip(t, "link", "set", "v0", "up")
	ip(t, "link", "set", "v1", "up")
}

func ip(t *testing.T, args ...string) {
	t.Helper()
	path, err := exec.LookPath("ip")
	if err != nil {
		missing(t, "ip is not installed (package iproute2)")
	}
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// wire sends frames into an interface.
type wire struct {
	t  *testing.T
	fd int
}

func plug(t *testing.T, name string) wire {
	t.Helper()
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	ifi, err := unix.NewIfreq(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, ifi); err != nil {
		t.Fatal(err)
	}
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Ifindex: int(ifi.Uint32())}); err != nil {
		t.Fatal(err)
	}
	return wire{t, fd}
}

func (w wire) send(frame []byte) {
	w.t.Helper()
	if _, err := unix.Write(w.fd, frame); err != nil {
		w.t.Fatal(err)
	}
}

// udp is an Ethernet frame with a UDP datagram of n octets from 192.0.2.1, with
// what number in its source port.
func udp(number, n int) []byte {
	f := make([]byte, 14+20+8+n)
	copy(f, "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00\x45")
	binary.BigEndian.PutUint16(f[16:], uint16(20+8+n))
	f[22], f[23] = 64, unix.IPPROTO_UDP
	copy(f[26:], []byte{192, 0, 2, 1, 198, 51, 100, 1})
	binary.BigEndian.PutUint16(f[34:], uint16(number))
	binary.BigEndian.PutUint16(f[36:], 53)
	binary.BigEndian.PutUint16(f[38:], uint16(8+n))
	return f
}

// kept is one packet, read.
type kept struct {
	Port  uint16
	Len   int
	Short int // octets captured
	At    int64
}

// taker keeps what a running Capture hands on, by reader.
type taker struct {
	t    *testing.T
	c    *Capture
	mu   sync.Mutex
	got  map[int][]kept
	more chan struct{}
	done chan error
	stop func() error
}

func open(t *testing.T, cfg Config) *Capture {
	t.Helper()
	c, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func take(t *testing.T, c *Capture) *taker {
	k := &taker{t: t, c: c, got: make(map[int][]kept), more: make(chan struct{}, 1), done: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		k.done <- c.Run(ctx, func(reader int) Handler {
			var d packet.Decoder
			return func(packets []Packet) { k.keep(reader, &d, packets) }
		})
	}()
	k.stop = sync.OnceValue(func() error { cancel(); return <-k.done })
	t.Cleanup(func() { k.stop() })
	return k
}

func (k *taker) keep(reader int, d *packet.Decoder, packets []Packet) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, p := range packets {
		var r model.Record
		if reason := d.Decode(p.Data, packet.LinkType(k.c.LinkType()), p.Len, &r); reason != packet.OK {
			k.t.Errorf("% x: %v", p.Data, reason)
			continue
		}
		k.got[reader] = append(k.got[reader], kept{r.SrcPort, p.Len, len(p.Data), p.At})
	}
	select {
	case k.more <- struct{}{}:
	default:
	}
}

func (k *taker) count() (n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, g := range k.got {
		n += len(g)
	}
	return n
}

func (k *taker) wait(n int) {
	k.t.Helper()
	deadline := time.After(testenv.Patience)
	for k.count() < n {
		select {
		case <-k.more:
		case <-deadline:
			k.t.Fatalf("%d packets after 20 s, want %d; %+v", k.count(), n, k.c.Stats())
		}
	}
}

func TestPacketsArriveWithLengthAndTime(t *testing.T) {
	namespace(t)
	k := take(t, open(t, Config{Interface: "v0"}))
	w, before := plug(t, "v1"), time.Now().UnixNano()
	w.send(udp(1, 100))
	w.send(udp(2, 1000))
	k.wait(2)
	if err := k.stop(); err != nil {
		t.Fatal(err)
	}
	after := time.Now().UnixNano()
	for i := range k.got[0] {
		if g := &k.got[0][i]; g.At < before || g.At > after {
			t.Errorf("packet at %d, not between %d and %d", g.At, before, after)
		} else {
			g.At = 0
		}
	}
	want := []kept{{1, 142, 142, 0}, {2, 1042, 256, 0}}
	if diff := cmp.Diff(want, k.got[0]); diff != "" {
		t.Error(diff)
	}
	s := k.c.Stats()
	if diff := cmp.Diff(Reader{Packets: 2, Bytes: 142 + 1042, Truncated: 1, Buffer: defaultBuffer}, s.Total()); diff != "" {
		t.Error(diff)
	}
	if k.c.LinkType() != uint16(packet.Ethernet) || s.State != Closed {
		t.Errorf("link type %d, state %s", k.c.LinkType(), s.State)
	}
}

func TestStrippedTagsDoNotConfuseTheDecoder(t *testing.T) {
	namespace(t)
	k := take(t, open(t, Config{Interface: "v0"}))
	f := udp(7, 100)
	plug(t, "v1").send(append(append(append([]byte{}, f[:12]...), 0x81, 0, 0, 42), f[12:]...))
	k.wait(1)
	k.stop()
	if g := k.got[0][0]; g.Port != 7 || g.Len != len(f) || k.c.Stats().Total().Untagged != 1 {
		t.Errorf("%+v, %+v", g, k.c.Stats())
	}
}

func TestKernelDropsAreCounted(t *testing.T) {
	namespace(t)
	c := open(t, Config{Interface: "v0", Buffer: minBuffer})
	w, frame := plug(t, "v1"), udp(1, 300)
	const sent = 6000 // a block holds about 850 of them
	for range sent {
		w.send(frame)
	}
	before := c.Stats().Total().Dropped // while nobody reads
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	n := 0
	if err := c.Run(ctx, func(int) Handler { return func(p []Packet) { n += len(p) } }); err != nil {
		t.Fatal(err)
	}
	s := c.Stats().Total()
	if before == 0 || s.Dropped < before || s.Packets == 0 || s.Packets+s.Dropped != sent || int(s.Packets) != n {
		t.Errorf("%d handed on, %d dropped before, %+v", n, before, s)
	}
}

func TestReadersShareByFlow(t *testing.T) {
	namespace(t)
	const flows, each = 32, 20
	k := take(t, open(t, Config{Interface: "v0", Readers: 3, Promiscuous: true}))
	w := plug(t, "v1")
	for range each {
		for f := range flows {
			w.send(udp(1000+f, 20))
		}
	}
	k.wait(flows * each)
	if err := k.stop(); err != nil {
		t.Fatal(err)
	}
	reader := make(map[uint16]int)
	for r, got := range k.got {
		for _, g := range got {
			if was, ok := reader[g.Port]; ok && was != r {
				t.Fatalf("flow %d came to readers %d and %d", g.Port, was, r)
			}
			reader[g.Port] = r
		}
	}
	if len(k.got) < 2 || len(reader) != flows || k.count() != flows*each {
		t.Errorf("%d readers, %d flows, %d packets", len(k.got), len(reader), k.count())
	}
}

func TestBothDirectionsAreSeenAndLoopbackOnce(t *testing.T) {
	namespace(t)
	ip(t, "link", "set", "lo", "up")
	out, lo := take(t, open(t, Config{Interface: "v0"})), take(t, open(t, Config{Interface: "lo"}))
	plug(t, "v0").send(udp(1, 20))
	plug(t, "v1").send(udp(2, 20))
	plug(t, "lo").send(udp(3, 20))
	out.wait(2)
	lo.wait(1)
	out.stop()
	lo.stop()
	if out.count() != 2 || lo.count() != 1 {
		t.Errorf("%d packets on v0, %d on lo", out.count(), lo.count())
	}
}

func TestInterfaceDownIsReportedAndUpAgainGoesOn(t *testing.T) {
	namespace(t)
	k := take(t, open(t, Config{Interface: "v0"}))
	state := func(want State) {
		t.Helper()
		// The carrier follows a little later.
		testenv.Eventually(t, "the state is "+string(want), func() bool { return k.c.Stats().State == want })
	}
	state(Up)
	ip(t, "link", "set", "v1", "down")
	state(NoCarrier)
	ip(t, "link", "set", "v0", "down")
	state(Down)
	ip(t, "link", "set", "v0", "up")
	ip(t, "link", "set", "v1", "up")
	state(Up)
	plug(t, "v1").send(udp(5, 20))
	k.wait(1)
	ip(t, "link", "del", "v0")
	if err := <-k.done; !errors.Is(err, ErrGone) || err.Error() != "capture v0: the interface was removed" {
		t.Errorf("%v", err)
	}
	k.done <- nil
}

func TestInterfaceWithoutLinkHeaderIsRaw(t *testing.T) {
	namespace(t)
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		missing(t, "open /dev/net/tun: "+err.Error())
	}
	defer unix.Close(fd)
	req, err := unix.NewIfreq("t0")
	if err != nil {
		t.Fatal(err)
	}
	req.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, req); err != nil {
		missing(t, "make a tun interface: "+err.Error())
	}
	ip(t, "link", "set", "t0", "up")
	k := take(t, open(t, Config{Interface: "t0"}))
	if _, err := unix.Write(fd, udp(9, 20)[14:]); err != nil {
		t.Fatal(err)
	}
	k.wait(1)
	k.stop()
	if g := k.got[0][0]; k.c.LinkType() != uint16(packet.Raw) || g.Port != 9 || g.Len != 48 {
		t.Errorf("link type %d, %+v", k.c.LinkType(), g)
	}
}
