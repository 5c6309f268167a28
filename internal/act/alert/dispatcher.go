package alert

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"floodmark/internal/model"
)

// Dispatcher decides who is told of what, and sees to it that they are.
type Dispatcher struct {
	out Outbox
	log *slog.Logger
	now func() time.Time

	mu       sync.Mutex // guards what follows, and is held while the outbox is written
	config   Config
	rules    []Rule
	threads  map[string]*Thread
	gather   map[string][]Delivery // by receiver: parts of a message to come
	workers  map[string]*worker
	counts   Counts
	unsafeAt int64 // Unix ns since when the outbox fails, 0 while it works
	start    func(*worker)
	backoff  func(tries int) time.Duration
}

// Counts tells what was not said, by reason.
type Counts struct {
	Repeated  uint64 // changes that were handed over again
	Muted     uint64 // changes of incidents that are silenced, in maintenance or false alarms
	Refused   uint64 // messages not made, since too many wait for the receiver
	Forgotten uint64 // threads given up, since there were too many
	NotKept   uint64 // writes of the outbox that failed; what they held was sent, but not repeated after a restart
}

// New reads what is pending in out. It fails on a configuration that cannot
// work, and where out cannot be read. now is the clock of incidents, quiet hours
// and waiting; retries and signatures use the machine's. Nothing is sent before
// Run.
func New(c Config, out Outbox, log *slog.Logger, now func() time.Time) (*Dispatcher, error) {
	d := &Dispatcher{out: out, log: log, now: now, threads: make(map[string]*Thread), gather: make(map[string][]Delivery),
		workers: make(map[string]*worker), backoff: backoff}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.now == nil {
		d.now = time.Now
	}
	if err := d.Reload(c); err != nil {
		return nil, err
	}
	if err := d.recall(); err != nil {
		return nil, err
	}
	return d, nil
}

// Reload puts another configuration in force, all of it or, with an error, none.
// What waits for a receiver that is still there is sent as it is configured now;
// what waits for one that is gone is given up.
func (d *Dispatcher) Reload(c Config) error {
	if err := c.check(); err != nil {
		return err
	}
	if c.Host == "" {
		c.Host, _ = os.Hostname()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	senders := make(map[string]sender)
	for i := range c.Receivers {
		r := &c.Receivers[i]
		if w := d.workers[r.Name]; w != nil && reflect.DeepEqual(w.conf, *r) {
			continue
		}
		s, err := r.sender(c.Host, d.log)
		if err != nil {
			return fmt.Errorf("receiver %s: %w", r.Name, err)
		}
		senders[r.Name] = s
	}
	d.config, d.rules = c, c.rules()
	kept := make(map[string]*worker)
	for _, r := range c.Receivers {
		w := d.workers[r.Name]
		switch {
		case w == nil:
			w = newWorker(d, r, senders[r.Name])
			if d.start != nil {
				d.start(w)
			}
		case senders[r.Name] != nil:
			w.replace(r, senders[r.Name])
		}
		kept[r.Name] = w
	}
	for name, w := range d.workers {
		if kept[name] == nil {
			w.remove()
			d.discard(d.gather[name], "its receiver was removed")
			delete(d.gather, name)
		}
	}
	d.workers = kept
	return nil
}

// upgrade replaces the incidents in messages of an earlier version, whose fields
// had other names, by the last known state of the incidents.
func upgrade(list []Delivery) {
	last := make(map[string]*model.Incident)
	for _, p := range list {
		if p.Thread != nil {
			last[p.Thread.Change.Incident.ID] = &p.Thread.Change.Incident
		}
	}
	for _, p := range list {
		if p.Message == nil || p.Message.Schema == Schema {
			continue
		}
		p.Message.Schema = Schema
		for i := range p.Message.Events {
			if in := last[p.Message.Events[i].Incident.ID]; in != nil {
				p.Message.Events[i].Incident = incidentOf(in)
			}
		}
	}
}

// recall takes up what the last run left.
func (d *Dispatcher) recall() error {
	list, err := d.out.Pending(context.Background())
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b Delivery) int {
		return cmp.Or(cmp.Compare(a.At, b.At), strings.Compare(a.Key, b.Key))
	})
	joined := make(map[string]bool)
	for _, p := range list {
		for _, key := range p.Parts {
			joined[key] = true
		}
	}
	upgrade(list)
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range list {
		w := d.workers[p.Receiver]
		switch {
		case p.Thread != nil:
			d.threads[p.Thread.Change.Incident.ID] = p.Thread
		case p.Message == nil:
			d.discard([]Delivery{p}, "unreadable")
		case joined[p.Key]:
			d.discard([]Delivery{p}, "joined with others")
		case w == nil:
			d.discard([]Delivery{p}, "its receiver was removed")
		case p.Due > 0:
			d.gather[p.Receiver] = append(d.gather[p.Receiver], p)
		default:
			w.add(p)
		}
	}
	return nil
}

// Handle hears of a change and writes what it leads to before it returns. After
// a restart the caller hands over again what it is not sure of: a change that
// was heard is known by its revision. It waits for the outbox only.
func (d *Dispatcher) Handle(ctx context.Context, c model.Change) {
	d.mu.Lock()
	defer d.mu.Unlock()
	in := &c.Incident
	t := d.threads[in.ID]
	if t != nil && in.Revision <= t.Change.Incident.Revision {
		d.counts.Repeated++
		return
	}
	if t == nil {
		t = &Thread{Notice: make(map[string]Notice)}
	}
	t.Change = lean(c)
	if c.Type == model.Updated || c.Type == model.SilencedNow {
		return
	}
	now := d.now()
	if muted(in, now.UnixNano()) && !ends(c.Type) {
		d.counts.Muted++
	}
	var due []Delivery
	for i := range d.config.Receivers {
		due = append(due, d.notify(t, &d.config.Receivers[i], now)...)
	}
	if ends(c.Type) && t.Over == 0 {
		t.Over = now.UnixNano()
	}
	if len(t.Notice) == 0 || !d.remember(in.ID, t) {
		return
	}
	d.commit(ctx, due, []*Thread{t})
}

// remember keeps the thread, in place of the one that ended first where there
// are too many.
func (d *Dispatcher) remember(id string, t *Thread) bool {
	if d.threads[id] == nil && len(d.threads) >= maxThreads && !d.forgetOldest() {
		d.counts.Forgotten++
		return false
	}
	d.threads[id] = t
	return true
}

// lean leaves out what messages do not tell of, since threads are kept.
func lean(c model.Change) model.Change {
	c.Incident.Waves = nil
	c.Incident.Hosts = slices.Clone(c.Incident.Hosts[:min(len(c.Incident.Hosts), 20)])
	if c.Incident.UserReports != nil {
		x := *c.Incident.UserReports
		x.Shape = nil
		c.Incident.UserReports = &x
	}
	return c
}

// Run sends until ctx is done, and returns when every receiver has stopped. What
// was not taken until then is sent by the next Run on the same outbox.
func (d *Dispatcher) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	d.mu.Lock()
	d.start = func(w *worker) { wg.Go(func() { w.run(ctx) }) }
	for _, w := range d.workers {
		d.start(w)
	}
	d.mu.Unlock()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			d.mu.Lock()
			d.start = nil
			d.mu.Unlock()
			wg.Wait()
			return nil
		case <-tick.C:
			d.tick(ctx)
		}
	}
}
