// Package backup copies a data directory while its server runs, and makes one of
// such a copy.
package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"floodmark/internal/datadir"
	"floodmark/internal/journal"
	"floodmark/internal/source/report"
	"floodmark/internal/store/duckdb"
)

// form is the name and version of the format of a backup.
const form = "floodmark.backup/1"

// manifest is what a backup contains about itself. It is written last.
type manifest struct {
	Form    string `json:"form"`
	Program string `json:"program"`
	At      string `json:"at"` // RFC 3339, by the server's clock
}

// Names inside a backup.
const (
	manifestFile = "backup.json"
	journalFile  = "journal.backup"
)

// directories are those of a data directory that are copied as they are.
var directories = []string{"evidence", "baselines", "crowd"}

// Store is that of flows and series.
type Store interface {
	Backup(ctx context.Context, dir string) error
}

// Journal is that of a running server.
type Journal interface {
	Backup(ctx context.Context, w io.Writer, skip ...string) error
}

// Source is what a backup is made of.
type Source struct {
	Dir     string // the data directory
	Store   Store
	Journal Journal
	Program string    // name and version
	At      time.Time // by the server's clock
}

// Create copies everything that is kept into dir, which must be empty or absent,
// while the server runs; its state must have been saved just before. The journal
// comes last, so that it refers to nothing that the rest lacks. The keys of hashes
// of people stay out: they live for a day, and a backup for longer.
func Create(ctx context.Context, s Source, dir string) error {
	if err := create(ctx, s, dir); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

func create(ctx context.Context, s Source, dir string) error {
	if err := emptyDir(dir); err != nil {
		return err
	}
	if err := s.Store.Backup(ctx, filepath.Join(dir, "store")); err != nil {
		return err
	}
	for _, name := range directories {
		if err := copyTree(filepath.Join(s.Dir, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(filepath.Join(dir, journalFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = s.Journal.Backup(ctx, f, report.SaltKeys)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	m, err := json.Marshal(manifest{form, s.Program, s.At.Format(time.RFC3339)})
	if err != nil {
		return err
	}
	return datadir.WriteFile(filepath.Join(dir, manifestFile), m) // the backup is complete
}

// Restore makes a data directory of a backup. The directory must be empty or
// absent; it appears whole or not at all.
func Restore(ctx context.Context, backup, dir, program string) error {
	if err := restore(ctx, backup, dir, program); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

func restore(ctx context.Context, backup, dir, program string) error {
	var m manifest
	b, err := os.ReadFile(filepath.Join(backup, manifestFile))
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err == nil && m.Form != form {
		err = fmt.Errorf("its form is %q, not %q", m.Form, form)
	}
	if err != nil {
		return fmt.Errorf("%s is no whole backup: %w", backup, err)
	}
	if err := emptyDir(dir); err != nil {
		return err
	}
	part := filepath.Clean(dir) + ".part"
	defer os.RemoveAll(part)
	d, err := datadir.Open(datadir.Config{Path: part, Program: program})
	if err != nil {
		return err
	}
	defer d.Close()
	// A server that was just started has no file of flows or series yet.
	if files, _ := filepath.Glob(filepath.Join(backup, "store", "*.duckdb")); len(files) > 0 {
		if err := duckdb.Restore(ctx, filepath.Join(backup, "store"), filepath.Join(part, "store")); err != nil {
			return err
		}
	}
	for _, name := range directories {
		if err := copyTree(filepath.Join(backup, name), filepath.Join(part, name)); err != nil {
			return err
		}
	}
	f, err := os.Open(filepath.Join(backup, journalFile))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := journal.Restore(ctx, journal.Config{Dir: filepath.Join(part, "journal"), Reserve: 1 << 20}, f); err != nil {
		return err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(part, dir)
}

// emptyDir wants a directory that is empty, or none, and makes it.
func emptyDir(dir string) error {
	list, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(list) > 0 {
		return fmt.Errorf("%s is not empty; give a directory that is empty or does not exist", dir)
	}
	return os.MkdirAll(dir, 0o700)
}

// copyTree copies a file or a directory; nothing where there is none.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile, or never there
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		if !d.Type().IsRegular() || filepath.Ext(path) == ".part" {
			return nil
		}
		return copyFile(path, target)
	})
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	if e := out.Close(); err == nil {
		err = e
	}
	return err
}
