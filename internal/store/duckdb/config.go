package duckdb

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Limit bounds the files of one kind; 0 sets no limit.
type Limit struct {
	Age   time.Duration // since the end of a file's period
	Bytes int64         // of all files of the kind
}

// Retain bounds what is kept. Files are removed whole, the oldest first; the
// files being written stay.
type Retain struct {
	Flows   Limit // raw flows
	Seconds Limit // series_1s
	Minutes Limit // _1m
	Hours   Limit // _1h
}

// Config says where and how much to keep. Zero values mean the defaults.
type Config struct {
	Dir         string        // created when absent; one Store at a time
	RawFlows    bool          // keep raw flows; roll-ups are kept in any case
	FlowPeriod  time.Duration // of one file of raw flows or seconds; default one hour
	Retain      Retain
	Lateness    time.Duration // a minute is rolled up so long after its end; default 90 s
	CommitAge   time.Duration // flows become visible and safe after this, at most twice this; default 5 s
	RollupKeys  int           // of each roll-up in a minute, lighter ones are folded; 1,024 to 1,048,574, default 32,768
	SeriesKeys  int           // different series in a minute; default 131,072
	QueueChunks int           // of up to 16,384 rows and 1.3 MB each; default 32
	Threads     int           // of DuckDB, shared by all queries; default 1
	Queries     int           // at the same time, others wait; default 2
	MemoryLimit int64         // of DuckDB, bytes; default 384 MiB
	Reserve     int64         // bytes to leave free on the disk; default 1 GiB
	Now         func() int64  // Unix ns; default the system's clock
	Log         *slog.Logger  // default slog.Default()

	free func(dir string) (int64, error) // bytes; statfs, replaced in tests
}

func (c *Config) defaults() error {
	if c.Dir == "" {
		return errors.New("open flow store: no directory")
	}
	def := func(p *time.Duration, v time.Duration) {
		if *p == 0 {
			*p = v
		}
	}
	def(&c.FlowPeriod, time.Hour)
	def(&c.Lateness, 90*time.Second)
	def(&c.CommitAge, 5*time.Second)
	for _, p := range []struct {
		p *int
		v int
	}{{&c.RollupKeys, 1 << 15}, {&c.SeriesKeys, 1 << 17}, {&c.QueueChunks, 32}, {&c.Threads, 1}, {&c.Queries, 2}} {
		if *p.p == 0 {
			*p.p = p.v
		}
	}
	if c.MemoryLimit == 0 {
		c.MemoryLimit = 384 << 20
	}
	if c.Reserve == 0 {
		c.Reserve = 1 << 30
	}
	if c.Now == nil {
		c.Now = func() int64 { return time.Now().UnixNano() }
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.free == nil {
		c.free = freeBytes
	}
	if c.FlowPeriod < time.Minute || c.FlowPeriod%time.Second != 0 || c.QueueChunks < 1 || c.Threads < 1 || c.Queries < 1 || c.RollupKeys < 1<<10 || c.RollupKeys >= indexMask || c.SeriesKeys < 1 {
		return fmt.Errorf("open flow store %s: a period under a minute, or a size out of bounds", c.Dir)
	}
	return nil
}
