package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"sync"
	"sync/atomic"
	"time"

	"floodmark/internal/telemetry/histogram"
)

// What callers branch on. They come wrapped in what was tried.
var (
	// ErrFull says that the disk's reserve, or the room for values, is used up.
	// Nothing was kept. It works again by itself once there is space.
	ErrFull = errors.New("journal is full")
	// ErrTooLarge says that an entry, value or key exceeds its limit.
	ErrTooLarge = errors.New("too large for the journal")
	// ErrNotFound says that a key has no value.
	ErrNotFound = errors.New("no such key in the journal")
	// ErrTrimmed says that entries after the sequence asked for are kept no more.
	ErrTrimmed = errors.New("journal no longer has all entries asked for")
	// ErrDown says that the store failed (the log says why); it is reopened
	// every few seconds. Whether the entries were kept is not known.
	ErrDown = errors.New("journal's store is down")
	// ErrClosed says that Close was called.
	ErrClosed = errors.New("journal is closed")
)

// Config of a journal.
type Config struct {
	Dir string // made where it does not exist; claimed by the caller (datadir)
	// Reserve is the space in octets that must stay free on the disk. Below it
	// inputs are refused, below half of it everything; below twice of it the
	// oldest inputs are given up. 0 for DefaultReserve.
	Reserve int64
	Limits  map[Stream]Limit // DefaultLimit for those that are not in it
	Log     *slog.Logger     // nil for none
	Now     func() int64     // Unix ns, stamped on entries; nil for the machine's clock
}

// DefaultReserve leaves room for the few files that the server rewrites, for a
// backup's last words and for an operator to log in.
const DefaultReserve = 512 << 20

// Journal is an open journal.
type Journal struct {
	c     Config
	lanes [streams]*lane

	mu     sync.RWMutex // guards engine and closed
	engine *engine      // nil while down
	closed bool

	free           atomic.Int64 // octets, as last looked
	suspect        atomic.Bool  // a write failed for another reason than space
	kick           chan struct{}
	values         atomic.Int64 // octets of state, about
	maxValues      int64
	appends, syncs *histogram.Histogram      // seconds
	changedAt      [streams + 1]atomic.Int64 // of the directory of a stream; see syncDir

	ctx   context.Context // ends when Close begins
	end   context.CancelFunc
	tasks sync.WaitGroup
	gone  chan struct{} // closed when the writers have ended
}

// Open starts the journal in c.Dir, after whatever ended the last one. It
// returns when everything can be read and written.
func Open(ctx context.Context, c Config) (*Journal, error) {
	if c.Reserve == 0 {
		c.Reserve = DefaultReserve
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = func() int64 { return time.Now().UnixNano() }
	}
	for s, l := range c.Limits {
		if s >= streams || l.Bytes < MinBytes || l.Age < 0 {
			return nil, fmt.Errorf("open journal %s: limit of %s: %d octets, %s; want at least %d octets", c.Dir, s, l.Bytes, l.Age, MinBytes)
		}
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	j := &Journal{c: c, appends: histogram.Seconds(), syncs: histogram.Seconds(), kick: make(chan struct{}, 1), gone: make(chan struct{}), maxValues: MaxState}
	for s := range streams {
		j.lanes[s] = &lane{stream: s, queue: make(chan *request, 256)}
	}
	if err := j.start(ctx); err != nil {
		return nil, fmt.Errorf("open journal %s: %w", c.Dir, err)
	}
	j.ctx, j.end = context.WithCancel(context.Background())
	for _, l := range j.lanes {
		j.tasks.Go(func() { j.write(l) })
	}
	j.tasks.Go(j.watch)
	return j, nil
}

// start brings up the server and takes over what the streams hold.
func (j *Journal) start(ctx context.Context) error {
	e, err := startEngine(engineConfig{dir: j.c.Dir, sync: true, log: j.c.Log, failed: j.fail})
	if err != nil {
		return err
	}
	for s := range streams + 1 {
		st, err := e.open(ctx, s, j.limit(s))
		if err != nil {
			e.stop()
			return err
		}
		if s < streams {
			j.lanes[s].acked.Store(st.LastSeq)
		} else {
			j.values.Store(int64(st.Bytes))
		}
		j.changedAt[s].Store(0)
	}
	if e.made {
		if err := errors.Join(syncTree(j.c.Dir), syncPath(filepath.Dir(j.c.Dir))); err != nil {
			e.stop()
			return err
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		e.stop()
		return ErrClosed
	}
	j.engine = e
	return nil
}

func (j *Journal) limit(s Stream) Limit {
	if l, ok := j.c.Limits[s]; ok {
		return l
	}
	return DefaultLimit(s)
}

// up returns the running engine.
func (j *Journal) up() (*engine, error) {
	j.mu.RLock()
	defer j.mu.RUnlock()
	if j.closed {
		return nil, ErrClosed
	}
	if j.engine == nil {
		return nil, ErrDown
	}
	return j.engine, nil
}

// Close waits for commits that have begun, refuses the rest, writes what makes
// the next Open quick, and stops. Nothing acknowledged needs it.
func (j *Journal) Close() error {
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return ErrClosed
	}
	j.closed = true
	e := j.engine
	j.engine = nil
	j.mu.Unlock()
	j.end()
	j.tasks.Wait()
	close(j.gone)
	if e != nil {
		e.stop()
	}
	return nil
}

// syncDir makes the names of newly begun block files durable. The server syncs
// the files and not the directory, which POSIX leaves open and only some file
// systems do on their own (fsync(2)). The directory's time changes when a file
// is made, about every few megabytes.
func (j *Journal) syncDir(s Stream) error {
	path := storeDir(j.c.Dir, s)
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	now := st.ModTime().UnixNano()
	if j.changedAt[s].Load() == now {
		return nil
	}
	if err := syncPath(path); err != nil {
		return err
	}
	j.changedAt[s].Store(now)
	return nil
}
