package duckdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/telemetry/histogram"
)

// Store keeps flows and series; see the package comment.
type Store struct {
	cfg    Config
	engine *engine
	files  *files
	queue  chan *chunk
	free   chan *chunk // nil entries stand for chunks not made yet
	points chan []model.Point
	calls  chan func()
	quit   chan struct{}
	done   chan struct{}
	once   sync.Once
	closed atomic.Bool
	count  counters

	// What follows belongs to the goroutine.
	sinks  [kinds]*sink
	roll   *rollup
	means  *means
	low    int   // how short the disk is: see room
	tick   int64 // Unix ns, of the last one
	hours  int64 // Unix ms, end of the last hour made from minutes
	minute uint32
	log    limiter
}

// counters are what Stats reports.
type counters struct {
	rows, queue, disk, points, pointsLost, meansLost, rollups, folded, rollupsLost, errors atomic.Uint64
	bytes, files, free, lag                                                                atomic.Int64
	short                                                                                  atomic.Int32
	flushes                                                                                *histogram.Histogram // seconds of a commit
}

// Stats is what a store did since it was opened.
type Stats struct {
	Rows         uint64           // flows appended
	DroppedQueue uint64           // flows lost since the writer did not keep up
	DroppedDisk  uint64           // flows lost since the disk was short or failed
	Points       uint64           // in series_1s
	DroppedPoint uint64           // not in series_1s, for either reason
	DroppedMean  uint64           // points not in series_1m, since there were too many series
	Rollups      uint64           // roll-up rows written
	Folded       uint64           // flows in folded rows of roll-ups, once for each
	LostRollups  uint64           // roll-up and mean rows lost since the disk failed
	Errors       uint64           // of the engine
	Bytes, Files int64            // on disk
	Free         int64            // bytes on the disk
	Short        int              // 0: room enough, 1: no raw flows, 2: nor series_1s
	Flush        histogram.Counts // seconds of a commit
	Lag          time.Duration    // age of the oldest flows that were appended and not committed
}

// Stats returns the counters.
func (s *Store) Stats() Stats {
	c := &s.count
	return Stats{Rows: c.rows.Load(), DroppedQueue: c.queue.Load(), DroppedDisk: c.disk.Load(), Points: c.points.Load(), DroppedPoint: c.pointsLost.Load(), DroppedMean: c.meansLost.Load(),
		Rollups: c.rollups.Load(), Folded: c.folded.Load(), LostRollups: c.rollupsLost.Load(), Errors: c.errors.Load(),
		Bytes: c.bytes.Load(), Files: c.files.Load(), Free: c.free.Load(), Short: int(c.short.Load()), Lag: time.Duration(c.lag.Load()), Flush: c.flushes.Counts()}
}

// Open opens or makes the store in cfg.Dir. Damaged files are set aside, files
// of a newer version left out, both with a message; an error means that nothing
// can be kept at all, such as a second Store on the directory.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if err := cfg.defaults(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("open flow store: %w", err)
	}
	cfg.Dir = dir
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("open flow store: %w", err)
	}
	os.RemoveAll(filepath.Join(dir, "tmp")) // what a crash left of queries
	e, err := openEngine(ctx, &cfg)
	if err != nil {
		return nil, err
	}
	s := &Store{cfg: cfg, engine: e, queue: make(chan *chunk, cfg.QueueChunks), free: make(chan *chunk, cfg.QueueChunks),
		points: make(chan []model.Point, 64), calls: make(chan func()), quit: make(chan struct{}), done: make(chan struct{}),
		roll: newRollup(cfg.RollupKeys), means: newMeans(cfg.SeriesKeys)}
	s.count.flushes = histogram.Seconds()
	for range cfg.QueueChunks {
		s.free <- nil
	}
	if err := s.links(); err != nil {
		s.unlink()
		return nil, errors.Join(err, e.close())
	}
	now := cfg.Now()
	s.room()
	if s.hours, err = s.rolledTo(ctx); err != nil {
		s.report("read how far the hours are", err)
	}
	s.minute = minuteOf(now)
	go s.run()
	return s, nil
}

func (s *Store) links() error {
	admin, err := s.engine.link()
	if err != nil {
		return err
	}
	if s.files, err = openFiles(&s.cfg, admin); err != nil {
		admin.close()
		return err
	}
	tables := [kinds][]string{{"narrow", "wide"}, {"series_1s"}, append(rollupTables("_1m"), "series_1m"), append(rollupTables("_1h"), "series_1h")}
	for k := range kinds {
		l, err := s.engine.link()
		if err != nil {
			return err
		}
		s.sinks[k] = &sink{kind: k, files: s.files, link: l, tables: tables[k], flushes: s.count.flushes, kept: &s.count.rollups, lost: &s.count.rollupsLost}
	}
	s.sinks[Flows].kept, s.sinks[Flows].lost = &s.count.rows, &s.count.disk
	s.sinks[Seconds].kept, s.sinks[Seconds].lost = &s.count.points, &s.count.pointsLost
	return nil
}

func (s *Store) unlink() {
	for _, k := range s.sinks {
		if k != nil {
			k.link.close()
		}
	}
	if s.files != nil {
		s.files.admin.close()
	}
}

// run is the store's goroutine.
func (s *Store) run() {
	defer close(s.done)
	t := time.NewTicker(250 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case c := <-s.queue:
			s.write(c)
		case p := <-s.points:
			s.writePoints(p)
		case f := <-s.calls:
			f()
		case <-t.C:
			s.ticked(s.cfg.Now())
		case <-s.quit:
			s.finish()
			return
		}
	}
}

// takeQueued writes what was handed over so far.
func (s *Store) takeQueued() {
	for {
		select {
		case c := <-s.queue:
			s.write(c)
		case p := <-s.points:
			s.writePoints(p)
		default:
			return
		}
	}
}

// finish writes what was handed over before Close, and minutes as far as they
// are; what follows after a start adds up with them.
func (s *Store) finish() {
	s.takeQueued()
	s.rollMinutes(s.cfg.Now(), ^uint32(0))
	for _, k := range s.sinks {
		s.end(k)
	}
}

// call runs f in the goroutine and waits for it.
func (s *Store) call(ctx context.Context, f func()) error {
	ran := make(chan struct{})
	select {
	case s.calls <- func() { f(); close(ran) }:
		<-ran
		return nil
	case <-s.done:
		return errors.New("the flow store is closed")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Sync writes what was handed over so far and makes it visible to queries.
func (s *Store) Sync(ctx context.Context) error {
	return s.call(ctx, func() {
		s.takeQueued()
		s.commitAll(s.cfg.Now(), 0)
	})
}

// Close writes what was handed over, closes all files and returns. Writers must
// have stopped, and results must be closed.
func (s *Store) Close() error {
	var err error
	s.once.Do(func() {
		s.closed.Store(true)
		close(s.quit)
		<-s.done
		s.files.mu.Lock()
		for _, f := range s.files.list {
			if f.attached && f.refs == 0 {
				s.files.detach(f)
			}
		}
		s.files.mu.Unlock()
		s.unlink()
		err = s.engine.close()
	})
	return err
}
