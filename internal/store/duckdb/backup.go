package duckdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
)

// Backup copies all that was handed over until now into dir, which must be empty
// or absent. The store goes on meanwhile: it begins new files, and the old ones,
// which do not change any more, are copied.
func (s *Store) Backup(ctx context.Context, dir string) error {
	if err := emptyDir(dir); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	var all []*file
	var err error
	ask := s.call(ctx, func() {
		s.takeQueued()
		for k := range kinds {
			sink := s.sinks[k]
			before := sink.f
			if e := sink.end(); e != nil {
				err = errors.Join(err, sink.fail(s.cfg.Now(), e))
				continue
			}
			got, _ := s.files.acquire(k, math.MinInt64, math.MaxInt64)
			all = append(all, got...)
			if before != nil { // not gone on with, while it is copied
				if e := sink.ready(s.cfg.Now(), true); e != nil {
					err = errors.Join(err, e)
				}
			}
		}
	})
	defer s.files.release(all)
	if err = errors.Join(ask, err); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	for _, f := range all {
		if err := copyFile(ctx, f.path, filepath.Join(dir, f.name())); err != nil {
			return fmt.Errorf("back up %s: %w", f.name(), err)
		}
	}
	return nil
}

// Restore copies a backup into dir, which must be empty or absent; Open does the
// rest.
func Restore(ctx context.Context, backup, dir string) error {
	if err := emptyDir(dir); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	entries, err := os.ReadDir(backup)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	n := 0
	for _, e := range entries {
		if filepath.Ext(e.Name()) != suffix || !plausible(filepath.Join(backup, e.Name())) {
			continue
		}
		if err := copyFile(ctx, filepath.Join(backup, e.Name()), filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("restore %s: %w", e.Name(), err)
		}
		n++
	}
	if n == 0 {
		return fmt.Errorf("restore: %s holds no file of a flow store", backup)
	}
	return nil
}

func emptyDir(dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("%s is not empty", dir)
	}
	return err
}

// copyFile copies and syncs.
func copyFile(ctx context.Context, from, to string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
