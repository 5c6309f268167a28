package report

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/telemetry/histogram"
)

// Journal keeps batches of reports.
type Journal interface {
	// Append has the entries on the disk and synced when it returns nil. seq grows.
	// An entry has at most 1 MiB. Errors wrap ErrFull or ErrDown where that is
	// what they mean.
	Append(ctx context.Context, entries ...[]byte) (seq uint64, err error)
}

// State keeps small values; a deleted one must be gone.
type State interface {
	Get(ctx context.Context, key string) (value []byte, found bool, err error)
	Put(ctx context.Context, key string, value []byte) error
	Delete(ctx context.Context, key string) error
}

// What errors of a Journal wrap.
var (
	ErrFull = errors.New("the journal has no space")
	ErrDown = errors.New("the journal is down")
)

// Config is what an intake is connected to.
type Config struct {
	Journal Journal
	State   State                                       // for salts
	Now     func() int64                                // the server's clock, Unix ns; reports are stamped with it
	Real    func() time.Time                            // for proofs of work, which people do in real time; nil for time.Now
	Place   func(netip.Addr) model.Place                // its Kind is "" where there is no address data; nil for never any
	Known   func(service string) (*model.Service, bool) // quick: it is asked for every submission
	// Confirmed tells that an incident of the service is open, and confirmed or
	// long open: proofs of work are easier then. Quick as well; nil for never.
	Confirmed func(service string) bool
	// Sink hears every report once, in the order of the journal, when it is
	// durable; seq is that of the entry that holds the batch. No later report will
	// have At < upTo. At least every Tick while the journal answers there is a
	// call, with no batch and seq 0 where nobody reported. Answers wait for it.
	Sink func(batch []model.Report, upTo int64, seq uint64)
	Tick time.Duration // of real time; 0 is a second. Replays need it shorter
}

// queueMost is how many submissions may wait for the journal: a second or two
// of what one machine writes. Who would wait longer is better told to come back.
const queueMost = 16384

// Intake takes in reports.
type Intake struct {
	c     Config
	clock clock
	salts atomic.Pointer[salts]
	work  works
	queue chan *ticket
	stats counters

	mu      sync.Mutex // guards what follows, and who may put into queue
	persons recent[person]
	counts  recent[uint32]
	spent   spent
	pending map[said]*ticket
	refused map[string]uint32
	closed  bool

	stale  int  // Run's: slot + 1 of a salt that could not be deleted yet, 0 for none
	unkept bool // Run's: the salt in use could not be written down yet
}

// said is what one person says in one way.
type said struct {
	person uint64
	kind   model.ReportKind
}

// ticket is a submission on its way into the journal.
type ticket struct {
	report model.Report
	keys   keys
	proof  proof
	done   chan struct{} // closed when report.At or err is set
	err    error
}

// New makes an intake. It loads the salts that are still good, or makes one.
func New(ctx context.Context, c Config) (*Intake, error) {
	if c.Real == nil {
		c.Real = time.Now
	}
	if c.Tick == 0 {
		c.Tick = time.Second
	}
	if c.Confirmed == nil {
		c.Confirmed = func(string) bool { return false }
	}
	in := &Intake{c: c, stats: counters{writes: histogram.Seconds()}, queue: make(chan *ticket, queueMost), work: newWorks(c.Real),
		persons: newRecent[person](personsMost), counts: newRecent[uint32](countsMost), spent: newSpent(spentBits),
		pending: make(map[said]*ticket), refused: make(map[string]uint32)}
	in.clock.now = c.Now
	s, err := loadSalts(ctx, c.State, in.clock.read())
	if err != nil {
		return nil, fmt.Errorf("load salts of reports: %w", err)
	}
	in.salts.Store(s)
	return in, nil
}

// Restore tells of a report that the journal holds, in its order, so that its
// sender counts once over a restart, and so that time goes on after it. What
// single addresses, /48s and forms without a proof have sent is not restored:
// no report tells that.
func (in *Intake) Restore(r *model.Report) {
	now := in.clock.reach(r.At)
	in.mu.Lock()
	defer in.mu.Unlock()
	in.persons.turn(now)
	in.counts.turn(now)
	in.saidBy(r.Person, r.Kind, now)
	in.count(&keys{prefix: level(r.Prefix, ofPrefix), network: networkKey(r.Service, r.ASN)})
}

// Refused returns how many people were not taken since the last call because
// the server was full, by service; each person counts once in a window, and
// only with a problem. nil for none.
func (in *Intake) Refused() map[string]uint32 {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.refused) == 0 {
		return nil
	}
	out := in.refused
	in.refused = make(map[string]uint32)
	return out
}

// clock is the server's, and never steps back: after a step back it stands
// until it is reached again.
type clock struct {
	now  func() int64
	last atomic.Int64
}

func (c *clock) read() int64 { return c.reach(c.now()) }

// reach moves the clock forward to at, and returns where it is.
func (c *clock) reach(at int64) int64 {
	for {
		last := c.last.Load()
		if at <= last {
			return last
		}
		if c.last.CompareAndSwap(last, at) {
			return at
		}
	}
}
