package pipeline

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"sync"
	"time"

	"floodmark/internal/clock"
	"floodmark/internal/conditions"
	"floodmark/internal/decode/packet"
	"floodmark/internal/model"
	"floodmark/internal/settings"
	afpacket "floodmark/internal/source/capture"
	"floodmark/internal/source/flowudp"
	"floodmark/internal/telemetry"
)

// Datagrams is what a collector reads: a flowudp.Listener, or one in memory.
type Datagrams interface {
	Run(ctx context.Context, handler func(reader int) flowudp.Handler) error
	Addr() netip.AddrPort
	Allow([]netip.Prefix)
	Stats() flowudp.Stats
	Close()
}

// Conditions takes those of interfaces.
type Conditions interface {
	Raise(code, subject, text string)
	Clear(code, subject string)
}

// SourcesConfig configures Sources.
type SourcesConfig struct {
	Collectors []settings.Collector
	Captures   []settings.Capture
	Clock      *clock.Clock
}

// SourcesDeps are what Sources are connected to.
type SourcesDeps struct {
	Pipeline   *Pipeline
	Conditions Conditions
	Listen     func(flowudp.Config) (Datagrams, error)
}

// Sources are the sockets and interfaces that traffic is read from. Make them with
// NewSources.
type Sources struct {
	c          SourcesConfig
	d          SourcesDeps
	collectors []*collector
	captures   []*interfaceCapture
}

// collector is a UDP address with its readers.
type collector struct {
	protocol settings.Protocol
	address  string
	listener Datagrams
	readers  []*Reader
}

// interfaceCapture is an interface that is read directly. It is opened again
// when it comes back after it was removed.
type interfaceCapture struct {
	name   string
	config afpacket.Config
	reader *Reader

	mu      sync.Mutex // guards capture
	capture *afpacket.Capture
}

func (c *interfaceCapture) current() *afpacket.Capture {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.capture
}

// maxReaders is how many sockets read one address, unless configured.
const maxReaders = 4

// NewSources binds all collectors and interfaces. Where one cannot be bound, all
// are closed again.
func NewSources(c SourcesConfig, d SourcesDeps) (*Sources, error) {
	s := &Sources{c: c, d: d}
	for i := range c.Collectors {
		if err := s.openCollector(&c.Collectors[i]); err != nil {
			s.Close()
			return nil, err
		}
	}
	for i := range c.Captures {
		if err := s.openCapture(&c.Captures[i]); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

func (s *Sources) openCollector(c *settings.Collector) error {
	n := c.Readers
	if n == 0 {
		n = min(runtime.GOMAXPROCS(0), maxReaders)
	}
	l, err := s.d.Listen(flowudp.Config{Address: c.Listen.String(), Readers: n, Buffer: int(c.Buffer), Allow: allowedBy(c), Now: s.c.Clock.Free})
	if err != nil {
		return fmt.Errorf("collector for %s: %w", c.Protocol, err)
	}
	k := &collector{protocol: c.Protocol, address: l.Addr().String(), listener: l}
	s.collectors = append(s.collectors, k)
	for range n {
		if c.Protocol == settings.SFlow {
			k.readers = append(k.readers, s.d.Pipeline.SFlowReader())
		} else {
			k.readers = append(k.readers, s.d.Pipeline.NetFlowReader())
		}
	}
	return nil
}

func allowedBy(c *settings.Collector) []netip.Prefix {
	allow := []netip.Prefix{}
	for _, p := range c.Allowed() {
		allow = append(allow, p.Prefix)
	}
	return allow
}

func (s *Sources) openCapture(c *settings.Capture) error {
	k := &interfaceCapture{name: c.Interface, config: afpacket.Config{Interface: c.Interface, Readers: 1, Promiscuous: c.Promiscuous,
		Snap: int(c.Snaplen), Buffer: int(c.Buffer), Now: s.c.Clock.Now, Speed: s.c.Clock.Speed()}}
	var err error
	if k.capture, err = afpacket.Open(k.config); err != nil {
		return err
	}
	k.reader = s.d.Pipeline.PacketReader("capture:"+c.Interface, packet.LinkType(k.capture.LinkType()))
	s.captures = append(s.captures, k)
	return nil
}

// Run reads all sockets and interfaces until ctx is done. Where one fails, it stops
// them all and returns the error.
func (s *Sources) Run(ctx context.Context) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var wg sync.WaitGroup
	start := func(name string, run func() error) {
		wg.Go(func() {
			if err := run(); err != nil && ctx.Err() == nil {
				fail(fmt.Errorf("%s: %w", name, err))
			}
		})
	}
	for _, c := range s.collectors {
		start("collector "+c.address, func() error {
			return c.listener.Run(ctx, func(i int) flowudp.Handler { return c.readers[i].Datagrams })
		})
	}
	for _, c := range s.captures {
		start("capture "+c.name, func() error { return s.runCapture(ctx, c) })
	}
	<-ctx.Done()
	wg.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// reopenEvery is how often an interface that was removed is looked for.
const reopenEvery = 5 * time.Second

// runCapture reads an interface until ctx is done; where the interface is removed
// it waits for its return.
func (s *Sources) runCapture(ctx context.Context, c *interfaceCapture) error {
	for {
		err := c.current().Run(ctx, func(int) afpacket.Handler { return c.reader.Packets })
		if !errors.Is(err, afpacket.ErrGone) {
			return err
		}
		s.d.Conditions.Raise(conditions.InterfaceMissing, c.name, fmt.Sprintf("interface %s was removed: its traffic is not seen; the capture continues when it is back", c.name))
		for {
			if !clock.Sleep(ctx, reopenEvery) {
				return nil
			}
			next, err := afpacket.Open(c.config)
			if err == nil {
				c.mu.Lock()
				c.capture = next
				c.mu.Unlock()
				break
			}
		}
		s.d.Conditions.Clear(conditions.InterfaceMissing, c.name)
	}
}

// Close closes all sockets. It may be called twice.
func (s *Sources) Close() {
	for _, c := range s.collectors {
		c.listener.Close()
	}
	for _, c := range s.captures {
		c.current().Close()
	}
}

// SetAllowed takes over from which addresses each collector accepts datagrams.
func (s *Sources) SetAllowed(list []settings.Collector) {
	for i := range s.collectors {
		s.collectors[i].listener.Allow(allowedBy(&list[i]))
	}
}

// Learn reads the templates of a datagram of an earlier run, for all readers.
func (s *Sources) Learn(from model.Exporter, datagram []byte) {
	for _, c := range s.collectors {
		for _, x := range c.readers {
			x.Learn(datagram, from)
		}
	}
}

// Addresses are those that collectors listen on, each after its protocol.
func (s *Sources) Addresses() []string {
	var out []string
	for _, c := range s.collectors {
		out = append(out, string(c.protocol)+" "+c.address)
	}
	return out
}

// Statuses is what was received by each collector and interface.
func (s *Sources) Statuses() []model.SocketStatus {
	var out []model.SocketStatus
	for _, c := range s.collectors {
		st := c.listener.Stats()
		t := st.Total()
		o := model.SocketStatus{Address: c.address, Datagrams: t.Datagrams, Dropped: t.Dropped, UnknownDatagrams: t.Refused}
		if len(st.Unknown) > 0 {
			o.LastUnknown = st.Unknown[0].Addr.String()
		}
		for _, x := range c.readers {
			o.Undecoded += x.Undecoded()
		}
		out = append(out, o)
	}
	for _, c := range s.captures {
		t := c.current().Stats().Total()
		out = append(out, model.SocketStatus{Address: "capture:" + c.name, Datagrams: t.Packets, Dropped: t.Dropped})
	}
	return out
}

// Telemetry copies the counters of all sockets and interfaces.
func (s *Sources) Telemetry() ([]telemetry.Socket, []telemetry.Capture) {
	var sockets []telemetry.Socket
	for _, c := range s.collectors {
		n := c.listener.Stats().Total()
		sockets = append(sockets, telemetry.Socket{Name: string(c.protocol) + " " + c.address, Datagrams: n.Datagrams, Bytes: n.Bytes,
			Dropped: n.Dropped, UnknownExporter: n.Refused, Truncated: n.Truncated, Buffer: n.Buffer})
	}
	var captures []telemetry.Capture
	for _, c := range s.captures {
		st := c.current().Stats()
		n := st.Total()
		captures = append(captures, telemetry.Capture{Interface: c.name, Packets: n.Packets, Bytes: n.Bytes, Dropped: n.Dropped, Up: st.State == afpacket.Up})
	}
	return sockets, captures
}
