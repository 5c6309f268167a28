package duckdb

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	stampForm = "20060102T150405Z"
	suffix    = ".duckdb"
	maxFiles  = 4096 // of all kinds that are listed; older ones are removed
)

// errNewer is of a file that a later version of this program wrote.
var errNewer = errors.New("written by a newer version")

// file is one period file. Its fields belong to the lock of files, those above
// the line never change.
type file struct {
	kind       Kind
	start, end int64 // Unix ns, of the period
	seq        int   // files of one period in the order they were begun
	path       string
	alias      string // in DuckDB

	attached bool
	writing  bool
	doomed   bool // to be removed when nobody reads it any more
	refused  error
	refs     int
	idle     int64 // Unix ns, last used
	bytes    int64
}

// files is the list of period files, in order of kind, start and sequence.
type files struct {
	mu    sync.Mutex
	cfg   *Config
	admin *link // attaches and detaches, under mu
	list  []*file
}

func (f *file) name() string { return filepath.Base(f.path) }

func (c *Config) file(k Kind, start int64, seq int) *file {
	stamp := time.Unix(0, start).UTC().Format(stampForm)
	return &file{kind: k, start: start, end: start + c.period(k), seq: seq,
		path:  filepath.Join(c.Dir, fmt.Sprintf("%s-%s.%d%s", k, stamp, seq, suffix)),
		alias: fmt.Sprintf("%s_%s_%d", k, stamp, seq)}
}

// parseName reads what Config.file makes.
func (c *Config) parseName(name string) (*file, bool) {
	base, ok := strings.CutSuffix(name, suffix)
	kind, rest, ok2 := strings.Cut(base, "-")
	stamp, number, ok3 := strings.Cut(rest, ".")
	k := slices.Index(kindNames[:], kind)
	t, err := time.Parse(stampForm, stamp)
	var seq int
	if n, err := fmt.Sscanf(number, "%d", &seq); n != 1 || err != nil {
		return nil, false
	}
	if !ok || !ok2 || !ok3 || k < 0 || err != nil {
		return nil, false
	}
	f := c.file(Kind(k), t.UnixNano(), seq)
	return f, f.name() == name
}

// openFiles lists the directory, replays what a crash left in write-ahead logs
// and sets aside what cannot be opened.
func openFiles(cfg *Config, admin *link) (*files, error) {
	fs := &files{cfg: cfg, admin: admin}
	entries, err := os.ReadDir(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("list flow store: %w", err)
	}
	for _, e := range entries {
		if f, ok := cfg.parseName(e.Name()); ok {
			fs.list = append(fs.list, f)
		}
	}
	slices.SortFunc(fs.list, order)
	for _, f := range slices.Clone(fs.list) {
		if !plausible(f.path) {
			fs.setAside(f, errors.New("not a DuckDB file"))
			continue
		}
		if _, err := os.Stat(f.path + ".wal"); err != nil {
			continue
		}
		if err := fs.attach(f, true); err != nil {
			fs.unusable(f, err)
			continue
		}
		if err := admin.exec("CHECKPOINT " + f.alias); err != nil {
			cfg.Log.Warn("flow store: a file keeps its write-ahead log", slog.String("file", f.name()), slog.Any("err", err))
		}
		fs.detach(f)
	}
	return fs, nil
}

func order(a, b *file) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.start, b.start), cmp.Compare(a.seq, b.seq))
}

// plausible looks for the magic bytes at offset 8 (DuckDB, main header).
func plausible(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var b [12]byte
	_, err = f.ReadAt(b[:], 0)
	return err == nil && string(b[8:12]) == "DUCK"
}

// attach opens the file in DuckDB and checks its version. With the lock held, or
// before others know of the list.
func (fs *files) attach(f *file, write bool) error {
	if f.refused != nil {
		return f.refused
	}
	option := " (READ_ONLY)"
	if write {
		option = ""
	}
	if err := fs.admin.exec("ATTACH " + quote(f.path) + " AS " + f.alias + option); err != nil {
		return fmt.Errorf("open %s: %w", f.name(), err)
	}
	v, err := fs.admin.int("SELECT max(version)::BIGINT FROM " + f.alias + ".main.meta")
	if err == nil && v > schemaVersion {
		err = fmt.Errorf("schema %d, this program knows %d: %w", v, schemaVersion, errNewer)
	}
	if err != nil {
		fs.admin.exec("DETACH " + f.alias)
		return fmt.Errorf("open %s: %w", f.name(), err)
	}
	f.attached = true
	return nil
}

func (fs *files) detach(f *file) {
	if err := fs.admin.exec("DETACH " + f.alias); err != nil {
		fs.cfg.Log.Warn("flow store: close a file", slog.String("file", f.name()), slog.Any("err", err))
	}
	f.attached = false
}

// unusable says why a file is left out, and sets it aside if it is damaged for
// good. A file of a newer version stays where it is, for that version.
func (fs *files) unusable(f *file, err error) {
	if damaged(err) {
		fs.setAside(f, err)
		return
	}
	if errors.Is(err, errNewer) || strings.Contains(err.Error(), "version number") {
		f.refused = err
	}
	fs.cfg.Log.Error("flow store: a file cannot be read; it stays in place", slog.String("file", f.name()), slog.Any("err", err))
}

// setAside renames a damaged file, so that the next start does not stumble over
// it and somebody can look at it.
func (fs *files) setAside(f *file, err error) {
	to := f.path + ".damaged"
	if e := os.Rename(f.path, to); e != nil {
		err = errors.Join(err, e)
	}
	os.Rename(f.path+".wal", to+".wal")
	fs.list = slices.DeleteFunc(fs.list, func(x *file) bool { return x == f })
	fs.cfg.Log.Error("flow store: a damaged file is set aside, all others are used", slog.String("file", f.name()), slog.String("now", filepath.Base(to)), slog.Any("err", err))
}

// begin returns a file to write for the period that holds now: the last one of
// the period if it can be gone on with, unless fresh is wanted.
func (fs *files) begin(k Kind, now int64, fresh bool) (*file, error) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	start := now - now%fs.cfg.period(k)
	seq := 1
	var last *file
	for _, f := range fs.list {
		if f.kind == k && f.start == start {
			last, seq = f, max(seq, f.seq+1)
		}
	}
	if last != nil && !fresh && last.refused == nil && !last.writing && last.refs == 0 {
		if last.attached {
			fs.detach(last)
		}
		err := fs.attach(last, true)
		if err == nil {
			last.writing = true
			return last, nil
		}
		fs.unusable(last, err)
	}
	for ; ; seq++ { // names of files that were set aside are not used again
		f := fs.cfg.file(k, start, seq)
		if _, err := os.Lstat(f.path + ".damaged"); err == nil {
			continue
		}
		if _, err := os.Lstat(f.path); err == nil {
			continue
		}
		return f, fs.create(f)
	}
}

func (fs *files) create(f *file) error {
	q := "ATTACH " + quote(f.path) + " AS " + f.alias + "; USE " + f.alias + ";" + ddl(f.kind) + "; CHECKPOINT " + f.alias + "; USE engine.main"
	if err := fs.admin.exec(q); err != nil {
		fs.admin.exec("USE engine.main")
		fs.admin.exec("DETACH " + f.alias)
		os.Remove(f.path)
		os.Remove(f.path + ".wal")
		return fmt.Errorf("begin %s: %w", f.name(), err)
	}
	f.attached, f.writing = true, true
	fs.list = append(fs.list, f)
	slices.SortFunc(fs.list, order)
	return nil
}

// end takes a file from the writer; it is closed when nobody reads it.
func (fs *files) end(f *file) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	f.writing = false
	if f.refs == 0 {
		fs.detach(f)
	}
}
