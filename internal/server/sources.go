package server

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"sync"
	"time"

	"floodmark/internal/aggregate/samples"
	"floodmark/internal/aggregate/shard"
	"floodmark/internal/clock"
	"floodmark/internal/conditions"
	"floodmark/internal/conditions/evaluator"
	"floodmark/internal/decode/netflow"
	"floodmark/internal/decode/packet"
	"floodmark/internal/decode/sflow"
	"floodmark/internal/journal"
	"floodmark/internal/model"
	"floodmark/internal/normalize"
	"floodmark/internal/settings"
	afpacket "floodmark/internal/source/capture"
	"floodmark/internal/source/flowudp"
)

// collector is a UDP address with its readers.
type collector struct {
	protocol settings.Protocol
	address  string
	listener Datagrams
	readers  []*reader
}

// interfaceCapture is an interface that is read directly. It is opened again
// when it comes back after it was removed.
type interfaceCapture struct {
	name   string
	config afpacket.Config
	reader *reader

	mu      sync.Mutex
	capture *afpacket.Capture
}

func (c *interfaceCapture) current() *afpacket.Capture {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.capture
}

func (c *interfaceCapture) close() {
	if c.capture != nil {
		c.capture.Close()
	}
}

// openSources binds all collectors and interfaces, and gives their decoders
// what exporters told earlier runs.
func (s *Server) openSources(ctx context.Context) error {
	for i := range s.settings.Collectors {
		if err := s.openCollector(&s.settings.Collectors[i]); err != nil {
			return err
		}
	}
	for i := range s.settings.Capture {
		if err := s.openCapture(&s.settings.Capture[i]); err != nil {
			return err
		}
	}
	b, err := s.journal.Get(ctx, keyTold)
	if errors.Is(err, journal.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = s.line.told.decode(b, func(from model.Exporter, datagram []byte) {
			for _, x := range s.line.readers {
				if x.netflow != nil {
					x.netflow.Learn(datagram, from) // what cannot be read is not missed
				}
			}
		})
	}
	if err != nil {
		s.log.Warn("templates of earlier runs cannot be read; flows wait until exporters tell them again", "err", err)
	}
	return nil
}

func (s *Server) openCollector(c *settings.Collector) error {
	n := c.Readers
	if n == 0 {
		n = min(runtime.GOMAXPROCS(0), 4)
	}
	l, err := s.opt.Network.collect(flowudp.Config{Address: c.Listen.String(), Readers: n, Buffer: int(c.Buffer), Allow: allowedBy(c), Now: s.clock.Free})
	if err != nil {
		return fmt.Errorf("collector for %s: %w", c.Protocol, err)
	}
	k := &collector{protocol: c.Protocol, address: l.Addr().String(), listener: l}
	s.collectors = append(s.collectors, k)
	for range n {
		x := s.line.newReader()
		if c.Protocol == settings.SFlow {
			x.decodeSflow()
		} else {
			x.decodeNetflow()
		}
		k.readers = append(k.readers, x)
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

func (s *Server) openCapture(c *settings.Capture) error {
	k := &interfaceCapture{name: c.Interface, config: afpacket.Config{Interface: c.Interface, Readers: 1, Promiscuous: c.Promiscuous,
		Snap: int(c.Snaplen), Buffer: int(c.Buffer), Now: s.clock.Now, Speed: s.clock.Speed()}}
	var err error
	if k.capture, err = afpacket.Open(k.config); err != nil {
		return err
	}
	x := s.line.newReader()
	x.packets, x.link = new(packet.Decoder), packet.LinkType(k.capture.LinkType())
	x.exporter = s.line.exporters.number("capture:" + c.Interface)
	k.reader = x
	s.captures = append(s.captures, k)
	return nil
}

// newReader makes a reader without a decoder.
func (l *Line) newReader() *reader {
	p := l.plan.Load()
	x := &reader{line: l, using: p, norm: normalize.New(p.normalize, l.owners, l.key), ring: samples.NewRing(ringRecords, ringSeconds),
		datagramsOf: make(map[uint32]uint64), uptimes: make(map[model.Exporter]int64)}
	if l.store != nil {
		x.rows = l.store.Writer()
	}
	x.places.use(l.geo.Load())
	x.held = make([]shardBatch, len(l.shards))
	for i := range x.held {
		x.held[i].list = make([]shard.Update, 0, shardHold)
	}
	l.readers = append(l.readers, x)
	return x
}

func (x *reader) decodeNetflow() {
	x.netflow = netflow.New(netflow.Config{Emit: x.record,
		Index: func(e model.Exporter) uint32 { return x.introduce(e.Addr) },
		Interface: func(i *netflow.Interface) {
			name := i.Name
			if name == "" {
				name = i.Description
			}
			x.norm.SetInterface(i.Exporter, i.Index, name, 0)
		}})
}

func (x *reader) decodeSflow() {
	x.sflow = sflow.New(sflow.Config{Emit: x.record,
		Index: func(from model.Exporter, agent model.Addr) uint32 {
			if agent.IsZero() {
				agent = from.Addr
			}
			return x.introduce(agent)
		},
		Counters: func(c *sflow.Counters) {
			if len(x.counters) < mostCounters {
				n := x.line.exporters.address(c.Agent)
				x.norm.SetInterface(n, c.IfIndex, "", c.Speed)
				x.counters = append(x.counters, evaluator.Counters{Exporter: n, IfIndex: c.IfIndex, At: c.At, Speed: c.Speed, InBytes: c.InBytes, OutBytes: c.OutBytes})
			}
		}})
}

// mostCounters bounds counter samples between two ticks.
const mostCounters = 4096

func (x *reader) introduce(a model.Addr) uint32 {
	n := x.line.exporters.address(a)
	x.norm.SetAddress(n, a)
	if e := x.using.exporters[a]; e != nil {
		for _, i := range e.Interfaces {
			if i.Index != 0 {
				speed := uint64(0)
				if i.Speed != nil {
					speed = uint64(i.Speed.Value)
				}
				x.norm.SetInterface(n, i.Index, i.Name, speed)
			}
		}
	}
	return n
}

// runCollector reads a collector's sockets until ctx is done.
func (s *Server) runCollector(ctx context.Context, c *collector) error {
	return c.listener.Run(ctx, func(i int) flowudp.Handler { return c.readers[i].datagrams })
}

// runCapture reads an interface until ctx is done; where the interface is
// removed it waits for its return.
func (s *Server) runCapture(ctx context.Context, c *interfaceCapture) error {
	for {
		err := c.current().Run(ctx, func(int) afpacket.Handler { return c.reader.captured })
		if !errors.Is(err, afpacket.ErrGone) {
			return err
		}
		s.conditions.Raise(conditions.InterfaceMissing, c.name, fmt.Sprintf("interface %s was removed: its traffic is not seen; the capture continues when it is back", c.name))
		for {
			if !clock.Sleep(ctx, 5*time.Second) {
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
		s.conditions.Clear(conditions.InterfaceMissing, c.name)
	}
}
