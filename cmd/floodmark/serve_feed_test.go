package main

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"floodmark/internal/memnet"
	"floodmark/internal/model"
	"floodmark/internal/scenario/export"
	"floodmark/internal/scenario/sender"
	"floodmark/internal/scenario/wire"
)

// feed is an exporter on a loopback address of its own that reports what tests
// let happen.
type feed struct {
	t    *testing.T
	mu   sync.Mutex
	e    *export.Exporter
	conn net.Conn
	rng  *rand.Rand
	stop context.CancelFunc
	wg   sync.WaitGroup
	mute bool // nothing leaves it
	now  func() time.Time
	fast float64 // seconds in a real one
}

// feeds are how tests want an exporter.
type feeds struct {
	protocol export.Protocol
	from, to string
	sampling uint32
	refresh  time.Duration // of templates; 0 is each second
	faults   export.Faults
	active   time.Duration   // of the flow cache; 0 is a second
	clock    *sender.Clock   // of the server; nil is real time
	net      *memnet.Network // nil is the machine's
}

func exporting(t *testing.T, c feeds) *feed {
	t.Helper()
	from, to := netip.MustParseAddr(c.from), netip.MustParseAddrPort(c.to)
	var conn net.Conn
	var err error
	if c.net != nil {
		conn = c.net.DialUDP(from, to)
	} else if conn, err = net.DialUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(from, 0)), net.UDPAddrFromAddrPort(to)); err != nil {
		t.Fatal(err)
	}
	f := &feed{t: t, conn: conn, rng: rand.New(rand.NewPCG(1, uint64(from.As4()[3]))), now: time.Now, fast: 1}
	if k := c.clock; k != nil {
		f.fast = k.Speed
		f.now = func() time.Time { return k.Now.Add(time.Duration(float64(time.Since(k.Asked)) * k.Speed)) }
	}
	if c.refresh == 0 {
		c.refresh = time.Second
	}
	if c.active == 0 {
		c.active = time.Second
	}
	f.e, err = export.New(export.Config{Name: c.from, Addr: from, Protocol: c.protocol, Sampling: c.sampling, Domain: 7,
		Interfaces: []export.Interface{{Index: 1, Name: "transit", Speed: 1e11, External: true}, {Index: 2, Name: "core", Speed: 1e11}},
		Active:     c.active, Inactive: min(c.active, 15*time.Second), Refresh: c.refresh, Boot: f.now().Add(-time.Hour).UnixNano(), Faults: c.faults,
		Rand: rand.New(rand.NewPCG(2, 3)), Send: func(b []byte, _ int64) error {
			if !f.mute {
				conn.Write(b) // nobody listens while the program is dead
			}
			return nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	f.stop = cancel
	f.wg.Go(func() { f.advance(ctx) })
	t.Cleanup(func() { f.close() })
	return f
}

// advance lets the exporter send what is due although nothing happens.
func (f *feed) advance(ctx context.Context) {
	for pause(ctx, 20*time.Millisecond) {
		f.mu.Lock()
		f.e.Advance(f.now().UnixNano())
		f.mu.Unlock()
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

func (f *feed) close() {
	f.stop()
	f.wg.Wait()
	f.conn.Close()
}

// silence keeps whatever the exporter would send from leaving it.
func (f *feed) silence(mute bool) {
	f.mu.Lock()
	f.mute = mute
	f.mu.Unlock()
}

// traffic lets so many packets a second pass the exporter (sampled ones, where
// it samples) until the test or the returned function ends it.
func (f *feed) traffic(perSecond float64, packet func(*rand.Rand) *wire.Packet) (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		begin, sent := f.now(), 0.0
		for pause(ctx, 5*time.Millisecond) {
			f.mu.Lock()
			now := f.now()
			for due := now.Sub(begin).Seconds() * perSecond; sent < due; sent++ {
				at := begin.Add(time.Duration(sent / perSecond * 1e9))
				f.e.Observe(at.UnixNano(), packet(f.rng), 1, 2)
			}
			f.mu.Unlock()
		}
	})
	stop := func() { cancel(); wg.Wait() }
	f.t.Cleanup(stop)
	return stop
}

// udpFlood is noise from everywhere to random ports of one host.
func udpFlood(target string) func(*rand.Rand) *wire.Packet {
	dst := model.AddrFromNetip(netip.MustParseAddr(target))
	return func(r *rand.Rand) *wire.Packet {
		return &wire.Packet{In: true, Src: unknownExporter(r), Dst: dst, Proto: model.ProtoUDP, TTL: uint8(40 + r.IntN(20)), ID: r.Uint32(),
			Sport: uint16(1024 + r.IntN(60000)), Dport: uint16(1 + r.IntN(65000)), Length: 900 + r.IntN(200), Tail: wire.TailRandom, Noise: r.Uint64()}
	}
}

// synFlood is SYNs from forged addresses.
func synFlood(target string) func(*rand.Rand) *wire.Packet {
	dst := model.AddrFromNetip(netip.MustParseAddr(target))
	return func(r *rand.Rand) *wire.Packet {
		return &wire.Packet{In: true, Src: unknownExporter(r), Dst: dst, Proto: model.ProtoTCP, TTL: uint8(40 + r.IntN(20)), ID: r.Uint32(),
			Sport: uint16(1024 + r.IntN(60000)), Dport: 443, Seq: r.Uint32(), Flags: model.SYN, Window: 1024}
	}
}

// browsing is ordinary: a few visitors fetch something from a host.
func browsing(target string) func(*rand.Rand) *wire.Packet {
	dst := model.AddrFromNetip(netip.MustParseAddr(target))
	return func(r *rand.Rand) *wire.Packet {
		return &wire.Packet{In: true, Src: model.Addr4(0xcb007100 | uint32(r.IntN(20))), Dst: dst, Proto: model.ProtoTCP, TTL: 55,
			Sport: 443, Dport: uint16(50000 + r.IntN(20)), Flags: model.ACK, Seq: r.Uint32(), Window: 500, Length: 1000}
	}
}

func unknownExporter(r *rand.Rand) model.Addr {
	for {
		v := r.Uint32()
		if a := v >> 24; a > 1 && a != 10 && a != 127 && a < 192 {
			return model.Addr4(v)
		}
	}
}
