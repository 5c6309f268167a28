package flowudp

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"
)

func TestWarmBatchAllocatesNothing(t *testing.T) {
	l := listen(t, Config{Address: "127.0.0.1:0", Buffer: 1 << 20, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	c, s := dial(t, l.Addr()), l.sockets[0]
	payload, sum := bytes.Repeat([]byte{1}, 1400), 0
	h := Handler(func(batch []Datagram) { sum += len(batch) })
	n := testing.AllocsPerRun(50, func() {
		for range batch {
			c.Write(payload)
		}
		n, err := s.receive(0)
		if err != nil {
			t.Fatal(err)
		}
		s.hand(l, h, n)
		s.countDrops()
	})
	if n != 0 || sum != 51*batch {
		t.Errorf("%g allocations a batch, %d datagrams", n, sum)
	}
}

func TestPaceNapsOnlyInQuickTraffic(t *testing.T) {
	buffer := 8 << 20
	f := func(what string, every time.Duration, each int, want bool) {
		t.Helper()
		p := newPace(buffer)
		napped := 0
		for now := time.Duration(0); now < time.Second; now += every {
			if p.add(each, now) {
				napped++
			}
		}
		if want != (napped > 0) {
			t.Errorf("%s: napped %d times", what, napped)
		}
	}
	f("ten a second", 100*time.Millisecond, 1, false)
	f("a burst of 60 every 100 ms", 100*time.Millisecond, 60, false)
	f("1,000 a second", time.Millisecond, 1, false)
	f("5,000 a second", 200*time.Microsecond, 1, true)
	f("36,000 a second, by 36", time.Millisecond, 36, true)
	f("full batches", time.Millisecond, batch, false)
	buffer = 106496 // where nothing is configured, a nap in quick traffic would lose datagrams
	f("5,000 a second, little buffer", 200*time.Microsecond, 1, true)
	f("36,000 a second, little buffer", time.Millisecond, 36, false)
}

// BenchmarkReceive is the cost of a datagram of 1,400 octets with an empty
// handler, sending it included.
func BenchmarkReceive(b *testing.B) {
	l, err := Listen(Config{Address: "127.0.0.1:0", Buffer: 8 << 20})
	if err != nil {
		b.Fatal(err)
	}
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(l.Addr()))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithCancel(context.Background())
	var n atomic.Int64
	done := make(chan error, 1)
	go func() {
		done <- l.Run(ctx, func(int) Handler { return func(batch []Datagram) { n.Add(int64(len(batch))) } })
	}()
	payload := make([]byte, 1400)
	b.ReportAllocs()
	for b.Loop() {
		c.Write(payload)
	}
	cancel()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(n.Load())/float64(b.N), "received/sent")
}
