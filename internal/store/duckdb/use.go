package duckdb

import (
	"log/slog"
	"os"
	"slices"
	"time"
)

const idleAfter = int64(time.Minute) // a file that nobody reads is closed then

// acquire opens the files of a kind whose period overlaps [from, to) and keeps
// them until release. missing names those that could not be opened.
func (fs *files) acquire(k Kind, from, to int64) (got []*file, missing []string) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, f := range slices.Clone(fs.list) {
		if f.kind != k || f.doomed || f.end <= from || f.start >= to {
			continue
		}
		if !f.attached {
			if err := fs.attach(f, false); err != nil {
				if f.refused == nil {
					fs.unusable(f, err)
				}
				missing = append(missing, f.name())
				continue
			}
		}
		f.refs++
		got = append(got, f)
	}
	return got, missing
}

// release gives files back, and removes those that were waiting for it.
func (fs *files) release(got []*file) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	now := fs.cfg.Now()
	for _, f := range got {
		f.refs--
		f.idle = now
		if f.refs == 0 && f.doomed {
			fs.remove(f)
		}
	}
}

// remove closes and unlinks a file that nobody uses. With the lock held.
func (fs *files) remove(f *file) {
	if f.attached {
		fs.detach(f)
	}
	for _, p := range []string{f.path, f.path + ".wal"} {
		if err := os.Remove(p); err != nil && !os.IsNotExist(err) {
			fs.cfg.Log.Error("flow store: remove an old file", slog.Any("err", err))
		}
	}
	fs.list = slices.DeleteFunc(fs.list, func(x *file) bool { return x == f })
}

// doom removes a file now, or when its last reader is done. With the lock held.
func (fs *files) doom(f *file) {
	f.doomed = true
	if f.refs == 0 {
		fs.remove(f)
	}
}

func (c *Config) limit(k Kind) Limit {
	return [kinds]Limit{c.Retain.Flows, c.Retain.Seconds, c.Retain.Minutes, c.Retain.Hours}[k]
}

// tidy applies the limits, closes idle files, and returns the sizes.
func (fs *files) tidy(now int64) (count int, bytes int64) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	var of [kinds]int64
	for _, f := range fs.list {
		f.bytes = size(f.path) + size(f.path+".wal")
		of[f.kind] += f.bytes
	}
	excess := len(fs.list) - maxFiles
	for _, f := range slices.Clone(fs.list) {
		l := fs.cfg.limit(f.kind)
		switch {
		case f.writing || f.doomed:
		case f.refused != nil: // not ours to remove
		case l.Age > 0 && now-f.end >= int64(l.Age), l.Bytes > 0 && of[f.kind] > l.Bytes, excess > 0:
			of[f.kind] -= f.bytes
			excess--
			fs.doom(f)
		case f.attached && f.refs == 0 && now-f.idle > idleAfter:
			fs.detach(f)
		}
	}
	for _, b := range of {
		bytes += b
	}
	return len(fs.list), bytes
}

// oldest removes the oldest file of a kind that is not being written; false
// where there is none.
func (fs *files) oldest(k Kind) bool {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, f := range fs.list {
		if f.kind == k && !f.writing && !f.doomed && f.refused == nil {
			fs.doom(f)
			return true
		}
	}
	return false
}

func size(path string) int64 {
	st, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return st.Size()
}
