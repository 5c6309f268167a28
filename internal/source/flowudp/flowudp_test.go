package flowudp

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/model"
	"floodmark/internal/testenv"
)

// got is one datagram, kept.
type got struct {
	Text string
	From model.Exporter
	At   int64
}

// taker is a running Listener whose datagrams are kept by reader.
type taker struct {
	t    *testing.T
	l    *Listener
	mu   sync.Mutex
	kept map[int][]got
	more chan struct{} // after each batch
	stop func()        // cancels and waits for Run
}

func listen(t *testing.T, cfg Config) *Listener {
	t.Helper()
	l, err := Listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func take(t *testing.T, cfg Config) *taker {
	t.Helper()
	k := &taker{t: t, l: listen(t, cfg), kept: make(map[int][]got), more: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- k.l.Run(ctx, func(reader int) Handler {
			return func(batch []Datagram) {
				k.mu.Lock()
				for _, d := range batch {
					k.kept[reader] = append(k.kept[reader], got{string(d.Payload), d.From, d.At})
				}
				k.mu.Unlock()
				select {
				case k.more <- struct{}{}:
				default:
				}
			}
		})
	}()
	k.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(k.stop)
	return k
}

func (k *taker) count() (n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, g := range k.kept {
		n += len(g)
	}
	return n
}

// wait returns when n datagrams were handed on.
func (k *taker) wait(n int) {
	k.t.Helper()
	deadline := time.After(testenv.Patience)
	for k.count() < n {
		select {
		case <-k.more:
		case <-deadline:
			k.t.Fatalf("%d datagrams came, want %d; %+v", k.count(), n, k.l.Stats())
		}
	}
}

func dial(t *testing.T, to netip.AddrPort) *net.UDPConn {
	t.Helper()
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func send(t *testing.T, c *net.UDPConn, text string) {
	t.Helper()
	if _, err := c.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

func source(c *net.UDPConn) model.Exporter {
	a := c.LocalAddr().(*net.UDPAddr).AddrPort()
	return model.Exporter{Addr: model.AddrFromNetip(a.Addr()), Port: a.Port()}
}

func TestDatagramsArriveWithSenderAndTime(t *testing.T) {
	now := int64(1000)
	k := take(t, Config{Address: "127.0.0.1:0", Now: func() int64 { return now }})
	c := dial(t, k.l.Addr())
	send(t, c, "one")
	k.wait(1)
	send(t, c, "")
	k.wait(2)
	send(t, c, strings.Repeat("x", largest))
	k.wait(3)
	k.stop()
	want := []got{{"one", source(c), 1000}, {"", source(c), 1000}, {strings.Repeat("x", largest), source(c), 1000}}
	if diff := cmp.Diff(want, k.kept[0]); diff != "" {
		t.Error(diff)
	}
	s := k.l.Stats().Total()
	if s.Datagrams != 3 || s.Bytes != 3+largest || s.Batches != 3 || s.Dropped+s.Refused+s.Truncated != 0 {
		t.Errorf("%+v", s)
	}
}

func TestIPv6(t *testing.T) {
	for _, c := range []struct{ listen, to string }{
		{"[::1]:0", "::1"}, {"[::]:0", "::1"}, {":0", "::1"},
		{"[::]:0", "127.0.0.1"}, {":0", "127.0.0.1"}, // comes as ::ffff:127.0.0.1
	} {
		t.Run(c.listen+" from "+c.to, func(t *testing.T) {
			k := take(t, Config{Address: c.listen})
			conn := dial(t, netip.AddrPortFrom(netip.MustParseAddr(c.to), k.l.Addr().Port()))
			send(t, conn, "six")
			k.wait(1)
			k.stop()
			if diff := cmp.Diff(source(conn), k.kept[0][0].From); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUnknownAreCountedAndNotHandedOn(t *testing.T) {
	k := take(t, Config{Address: "127.0.0.1:0", Allow: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("::/0")}, Now: func() int64 { return 7 }})
	c := dial(t, k.l.Addr())
	for range 3 {
		send(t, c, "let me in")
	}
	testenv.Eventually(t, "3 refused", func() bool { return k.l.Stats().Total().Refused == 3 })
	want := []UnknownExporter{{Addr: model.Addr4(0x7f000001), Datagrams: 3, Last: 7}}
	if diff := cmp.Diff(want, k.l.Stats().Unknown); diff != "" {
		t.Error(diff)
	}
	k.l.Allow([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	send(t, c, "now")
	k.wait(1)
	k.stop()
	if k.count() != 1 || k.l.Stats().Total().Refused != 3 {
		t.Errorf("%d handed on, %+v", k.count(), k.l.Stats())
	}
}

func TestManyUnknownAreForgotten(t *testing.T) {
	var s unknown
	for i := range 1000 {
		s.add(model.Addr4(uint32(i)), int64(i))
	}
	refused, list := s.read()
	if refused != 1000 || len(list) != MaxUnknown {
		t.Fatalf("%d refused, %d remembered", refused, len(list))
	}
	for _, x := range list {
		if x.Last < 1000-MaxUnknown {
			t.Errorf("%v is remembered, later ones are not", x)
		}
	}
}

func TestLongDatagramsAreCountedAndNotHandedOn(t *testing.T) {
	k := take(t, Config{Address: "127.0.0.1:0"})
	c := dial(t, k.l.Addr())
	send(t, c, strings.Repeat("x", largest+1))
	send(t, c, "short")
	k.wait(1)
	k.stop()
	if s := k.l.Stats().Total(); s.Truncated != 1 || s.Datagrams != 1 || k.kept[0][0].Text != "short" {
		t.Errorf("%+v", s)
	}
}

func TestKernelDropsAreCounted(t *testing.T) {
	l := listen(t, Config{Address: "127.0.0.1:0", Buffer: 4096})
	c := dial(t, l.Addr())
	const sent = 500
	text := strings.Repeat("x", 1400)
	for range sent {
		send(t, c, text)
	}
	dropped := l.Stats().Total().Dropped // while nobody reads
	if dropped == 0 || dropped >= sent {
		t.Fatalf("%d of %d dropped with a buffer of %d octets", dropped, sent, l.Stats().Total().Buffer)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := l.Run(ctx, func(int) Handler { return func([]Datagram) {} }); err != nil {
		t.Fatal(err)
	}
	if s := l.Stats().Total(); s.Datagrams+s.Dropped != sent || s.Dropped != dropped {
		t.Errorf("%d read and %d dropped (before: %d) of %d", s.Datagrams, s.Dropped, dropped, sent)
	}
}

func TestStopReadsWhatHasArrived(t *testing.T) {
	l := listen(t, Config{Address: "127.0.0.1:0", Buffer: 1 << 20})
	c := dial(t, l.Addr())
	for i := range 200 {
		send(t, c, fmt.Sprint(i))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	next := 0
	err := l.Run(ctx, func(int) Handler {
		return func(batch []Datagram) {
			for _, d := range batch {
				if string(d.Payload) != fmt.Sprint(next) {
					t.Errorf("datagram %d holds %q", next, d.Payload)
				}
				next++
			}
		}
	})
	if err != nil || next != 200 {
		t.Errorf("%d datagrams of 200; %v", next, err)
	}
	if err := l.Run(context.Background(), nil); err == nil {
		t.Error("a Listener ran twice")
	}
}

func TestStopEndsAnIdleListener(t *testing.T) {
	take(t, Config{Address: "127.0.0.1:0", Readers: 3}).stop()
}

func TestOneExporterStaysWithOneReader(t *testing.T) {
	const senders, each = 24, 20
	k := take(t, Config{Address: "127.0.0.1:0", Readers: 4, Buffer: 1 << 20})
	var conns []*net.UDPConn
	for range senders {
		conns = append(conns, dial(t, k.l.Addr()))
	}
	for range each {
		for _, c := range conns {
			send(t, c, "x")
		}
	}
	k.wait(senders * each)
	k.stop()
	reader := make(map[model.Exporter]int)
	for r, kept := range k.kept {
		for _, g := range kept {
			if was, ok := reader[g.From]; ok && was != r {
				t.Fatalf("%v came to readers %d and %d", g.From, was, r)
			}
			reader[g.From] = r
		}
	}
	if len(reader) != senders || len(k.kept) < 2 {
		t.Errorf("%d exporters at %d readers", len(reader), len(k.kept))
	}
	s := k.l.Stats()
	if len(s.Sockets) != 4 || s.Total().Datagrams != senders*each {
		t.Errorf("%+v", s)
	}
}

func TestPortInUseIsStated(t *testing.T) {
	for _, readers := range []int{1, 2} { // a first instance that shares its port does not hide
		first := listen(t, Config{Address: "127.0.0.1:0", Readers: readers})
		addr := first.Addr().String()
		for _, again := range []int{1, 2} {
			_, err := Listen(Config{Address: addr, Readers: again})
			want := fmt.Sprintf("listen on UDP %s: the port is in use; stop who has it (ss -ulpn sport = :%d names it) or configure another port", addr, first.Addr().Port())
			if err == nil || err.Error() != want {
				t.Errorf("%d readers, then %d: %v\nwant %s", readers, again, err, want)
			}
		}
	}
}

func TestBadAddressesAreRefused(t *testing.T) {
	for _, c := range []struct{ address, want string }{
		{"", "expected an IP address"}, {"2055", "expected an IP address"}, {":port", "expected an IP address"},
		{"localhost:2055", "expected an IP address"}, {"127.0.0.1:99999", "expected an IP address"},
		{"192.0.2.1:0", "no interface of this machine has this address"}, {"[fe80::1%nosuch0]:0", "no such interface"},
	} {
		_, err := Listen(Config{Address: c.address})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.address) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", c.address, err)
		}
	}
	if _, err := Listen(Config{Address: "127.0.0.1:0", Readers: maxReaders + 1}); err == nil {
		t.Error("65 readers are accepted")
	}
}

func TestGrantedBufferIsReported(t *testing.T) {
	l := listen(t, Config{Address: "127.0.0.1:0", Buffer: 64 << 10})
	if b := l.Stats().Total().Buffer; b != 64<<10 {
		t.Errorf("asked for %d, was granted %d", 64<<10, b)
	}
}
