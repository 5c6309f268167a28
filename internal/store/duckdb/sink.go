package duckdb

import (
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"floodmark/internal/telemetry/histogram"
)

// sink writes one kind of file. It belongs to the store's goroutine.
type sink struct {
	kind   Kind
	files  *files
	link   *link
	tables []string
	to     []*appender // of tables
	f      *file
	open   bool // a transaction
	rows   int  // in it
	narrow int  // of raw flows, in their two tables
	wide   int
	since  int64 // Unix ns, when it began
	retry  int64 // Unix ns; nothing is tried before, after an error

	flushes    *histogram.Histogram // seconds of a commit
	kept, lost *atomic.Uint64       // rows whose transaction ended well, or did not
}

// ready sees to a file for now, and to a transaction. fresh wants a new file.
func (k *sink) ready(now int64, fresh bool) error {
	if now < k.retry && now >= k.retry-1e9 { // else the clock was set back
		return fmt.Errorf("write %s: waiting after an error", k.kind)
	}
	if k.f != nil && (fresh || now >= k.f.end || now < k.f.start) {
		if err := k.end(); err != nil {
			return k.fail(now, err)
		}
	}
	if k.f == nil {
		f, err := k.files.begin(k.kind, now, fresh)
		if err != nil {
			return k.fail(now, err)
		}
		k.f = f
		for _, t := range k.tables {
			a, err := k.link.appender(f, t)
			if err != nil {
				return k.fail(now, err)
			}
			k.to = append(k.to, a)
		}
	}
	if !k.open {
		if err := k.link.exec("BEGIN"); err != nil {
			return k.fail(now, err)
		}
		k.open, k.since = true, now
	}
	return nil
}

// commit makes what was appended visible and safe.
func (k *sink) commit() error {
	if !k.open {
		return nil
	}
	defer k.flushes.Since(time.Now())
	for _, a := range k.to {
		if err := a.flush(); err != nil {
			return err
		}
	}
	k.open = false
	if err := k.link.exec("COMMIT"); err != nil {
		return fmt.Errorf("commit %s: %w", k.f.name(), err)
	}
	k.kept.Add(uint64(k.rows))
	k.rows, k.narrow, k.wide = 0, 0, 0
	return nil
}

// rowGroup is what DuckDB compresses and writes at once (122,880 rows,
// DEFAULT_ROW_GROUP_SIZE).
const rowGroup = 122880

// whole tells when to commit raw flows. Whole row groups of a transaction go to
// the file compressed and past the write-ahead log, and less than one goes through
// the log. But some and a remainder would be written twice, at double the cost
// in time and space; so a transaction ends where a row group does.
func (k *sink) whole(now, age int64) bool {
	if k.narrow < rowGroup {
		return k.wide == rowGroup
	}
	return k.narrow%rowGroup == 0 && (k.narrow >= 4*rowGroup || k.wide >= rowGroup/2 || now-k.since >= age)
}

// put counts n rows, and appends them by fill.
func (k *sink) put(now int64, n int, fill func() error) error {
	if err := k.ready(now, false); err != nil {
		k.lost.Add(uint64(n))
		return err
	}
	k.rows += n
	if err := fill(); err != nil {
		return k.fail(now, err)
	}
	return nil
}

// end commits, and closes the file with all in its place.
func (k *sink) end() error {
	if k.f == nil {
		return nil
	}
	if err := k.commit(); err != nil {
		return err
	}
	k.closeAppenders()
	if err := k.link.exec("CHECKPOINT " + k.f.alias); err != nil { // all is safe in the log beside it
		k.files.cfg.Log.Warn("flow store: a file keeps its write-ahead log", slog.String("file", k.f.name()), slog.Any("err", err))
	}
	k.files.end(k.f)
	k.f = nil
	return nil
}

// fail gives the transaction up and leaves the file; a new one is tried a second
// later.
func (k *sink) fail(now int64, err error) error {
	k.closeAppenders()
	k.link.exec("ROLLBACK")
	k.lost.Add(uint64(k.rows))
	k.open, k.rows, k.narrow, k.wide = false, 0, 0, 0
	if k.f != nil {
		k.files.end(k.f)
		k.f = nil
	}
	k.retry = now + 1e9
	return err
}

func (k *sink) closeAppenders() {
	for _, a := range k.to {
		a.close()
	}
	k.to = k.to[:0]
}

func (k *sink) table(name string) *appender { return k.to[slices.Index(k.tables, name)] }
