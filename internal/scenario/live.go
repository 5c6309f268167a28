package scenario

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/export"
	"floodmark/internal/scenario/wire"
)

// Collector is the kind of port that a datagram is meant for.
type Collector uint8

// Collectors.
const (
	toNetFlow Collector = iota // NetFlow v5, v9 and IPFIX
	toSFlow
)

// RunOptions shape a run.
type RunOptions struct {
	Options
	Protocol export.Protocol          // of every exporter; 0: each its own
	Sampling uint32                   // of every exporter, 0: the scenario's own. Only live scenarios can choose
	Faults   map[string]export.Faults // by name of exporter
	// Send takes each datagram in order of simulated time. The datagram is
	// valid during the call only. An error ends the run.
	Send func(from netip.Addr, to Collector, datagram []byte, at int64) error
	// Progress, where it is not nil, is called for every simulated second. The
	// names of attacks are valid during the call only.
	Progress func(Progress)
}

// Progress is how far a run has come.
type Progress struct {
	At       int64 // simulated time, Unix ns
	Until    int64
	Records  uint64 // sent
	Attacks  []string
	Finished bool
}

// device is an exporter and what passes it.
type device struct {
	name     string
	last     byte // of its address 127.0.0.x
	protocol export.Protocol
	outer    []export.Interface
	inner    export.Interface
	// carries picks one of outer for packets from and to a remote address; a
	// negative number where they take another way.
	carries func(remote model.Addr) int
}

// network is the devices at work.
type network struct {
	devices   []device
	exporters []*export.Exporter
	ctx       context.Context
	failed    error
	opt       *RunOptions
	names     []string
}

const exporterTurn = int64(250 * time.Millisecond) // between looks at what exporters have to send

// Run plays the named scenario, lets its exporters report it, and returns the
// truth. It streams: datagrams leave in order of simulated time, as fast as
// Send takes them, and memory is bounded by the flow caches. Every scenario
// can be run; of a recording every packet is one that an exporter saw. The
// same options give the same datagrams.
func Run(ctx context.Context, name string, opt RunOptions) (Truth, error) {
	rec, err := find(name)
	if err != nil {
		return Truth{}, err
	}
	if opt.Sampling > 0 && rec.devices == nil {
		return Truth{}, fmt.Errorf("run scenario %s: its packets are drawn already; the sampling rate cannot be chosen", name)
	}
	return run(ctx, rec, opt)
}

func run(ctx context.Context, rec *recipe, opt RunOptions) (Truth, error) {
	if opt.Sampling > 0 {
		chosen := *rec
		chosen.sampling = opt.Sampling
		rec = &chosen
	}
	name := rec.name
	s := newSim(rec, opt.Options)
	n := &network{ctx: ctx, opt: &opt}
	if err := n.build(s); err != nil {
		return Truth{}, fmt.Errorf("run scenario %s: %w", name, err)
	}
	s.out, s.err = n.see, func() error { return n.failed }
	rec.play(s)
	s.at(s.start, n)
	s.run()
	for _, e := range n.exporters {
		if n.failed == nil {
			n.failed = e.Close(s.end)
		}
	}
	if n.failed != nil {
		return Truth{}, fmt.Errorf("run scenario %s: %w", name, n.failed)
	}
	s.settle()
	n.settle(&s.truth)
	n.progress(s, s.end, true)
	return s.truth, nil
}

func (n *network) build(s *sim) error {
	n.devices = []device{single1}
	if s.rec.devices != nil {
		n.devices = s.rec.devices()
	}
	for i, d := range n.devices {
		addr := netip.AddrFrom4([4]byte{127, 0, 0, d.last})
		c := export.Config{
			Name: d.name, Addr: addr, Protocol: d.protocol, Sampling: uint32(s.oneIn), Interfaces: append([]export.Interface{d.inner}, d.outer...),
			Domain: uint32(d.last), Boot: s.start - int64(1000+77*i)*3600e9/24, Faults: n.opt.Faults[d.name],
			Rand: rand.New(rand.NewPCG(s.opt.Seed, nameSeed(d.name))),
		}
		if n.opt.Protocol != 0 {
			c.Protocol = n.opt.Protocol
		}
		to := toNetFlow
		if c.Protocol == export.SFlow {
			to = toSFlow
		}
		c.Send = func(datagram []byte, at int64) error { return n.opt.Send(addr, to, datagram, at) }
		e, err := export.New(c)
		if err != nil {
			return err
		}
		n.exporters = append(n.exporters, e)
		n.devices[i].protocol = c.Protocol
	}
	for name := range n.opt.Faults {
		if !n.has(name) {
			return fmt.Errorf("faults of %q: no such exporter", name)
		}
	}
	return nil
}

func (n *network) has(name string) bool {
	for _, d := range n.devices {
		if d.name == name {
			return true
		}
	}
	return false
}

// see shows a packet to every device on its way.
func (n *network) see(now int64, p *wire.Packet) int {
	remote := p.Dst
	if p.In {
		remote = p.Src
	}
	for i := range n.devices {
		d := &n.devices[i]
		k := d.carries(remote)
		if k < 0 || n.failed != nil {
			continue
		}
		in, out := d.inner.Index, d.outer[k].Index
		if p.In {
			in, out = out, in
		}
		n.failed = n.exporters[i].Observe(now, p, in, out)
	}
	return p.Len()
}

// step is the exporters' own turn.
func (n *network) step(s *sim, now int64) int64 {
	for _, e := range n.exporters {
		if n.failed == nil {
			n.failed = e.Advance(now)
		}
	}
	if n.failed == nil {
		n.failed = n.ctx.Err()
	}
	if (now-s.start)%int64(time.Second) == 0 {
		n.progress(s, now, false)
	}
	return now + exporterTurn
}

func (n *network) progress(s *sim, now int64, finished bool) {
	if n.opt.Progress == nil {
		return
	}
	p := Progress{At: now, Until: s.end, Finished: finished}
	for _, e := range n.exporters {
		p.Records += e.Stats().Records
	}
	n.names = s.underWay(n.names[:0], now)
	p.Attacks = n.names
	n.opt.Progress(p)
}

// TruthExporter is a device that reported, and what it did.
type TruthExporter struct {
	Name       string             `json:"name"`
	Address    string             `json:"address"`
	Protocol   string             `json:"protocol"`
	Sampling   uint32             `json:"sampling"` // 1: none
	Interfaces []export.Interface `json:"interfaces"`
	Stats      export.Stats       `json:"stats"`
	Faults     *export.Faults     `json:"faults,omitempty"`
}

func (n *network) settle(t *Truth) {
	for i, d := range n.devices {
		x := TruthExporter{
			Name: d.name, Address: fmt.Sprintf("127.0.0.%d", d.last), Protocol: d.protocol.String(), Sampling: max(t.Sampling, 1),
			Interfaces: append([]export.Interface{d.inner}, d.outer...), Stats: n.exporters[i].Stats(),
		}
		if f, ok := n.opt.Faults[d.name]; ok {
			x.Faults = &f
		}
		t.Exporters = append(t.Exporters, x)
	}
}
