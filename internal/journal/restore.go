package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
)

// maxGap bounds the groups that a backup may lack between two others.
const maxGap = 1 << 20

// Restore makes the journal that r is a backup of in c.Dir, which must not
// exist or be empty; no journal may be open there. Sequences are as they were.
// After an error, a *BackupError for a damaged backup among them, c.Dir is as it
// was. The age of what is restored counts from now.
func Restore(ctx context.Context, c Config, r io.Reader) error {
	if err := restore(ctx, c, r); err != nil {
		return fmt.Errorf("restore the journal into %s: %w", c.Dir, err)
	}
	return nil
}

func restore(ctx context.Context, c Config, r io.Reader) (err error) {
	has, err := os.ReadDir(c.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(has) > 0 {
		return fmt.Errorf("the directory is not empty (it holds %s); name an empty one", has[0].Name())
	}
	part := filepath.Clean(c.Dir) + ".restoring"
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	if err := os.MkdirAll(part, 0o700); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(part)
		}
	}()
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if err := fill(ctx, part, c, r); err != nil {
		return err
	}
	if err := syncTree(part); err != nil {
		return err
	}
	if err := os.Rename(part, c.Dir); err != nil {
		return err
	}
	return syncPath(filepath.Dir(filepath.Clean(c.Dir)))
}

// fill writes the records of r into a new store.
func fill(ctx context.Context, dir string, c Config, r io.Reader) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	e, err := startEngine(engineConfig{dir: dir, log: c.Log, failed: func() { cancel(ErrDown) }})
	if err != nil {
		return err
	}
	defer e.stop()
	if _, err := e.open(ctx, state, Limit{}); err != nil {
		return err
	}
	var next [streams]uint64 // 0 where the stream was not begun
	begin := func(s Stream, group uint64) error {
		// No limits yet: what is in the backup is restored, and Open sets them.
		config := streamConfig(s, Limit{Bytes: -1})
		config.FirstSeq = group
		next[s] = group
		_, err := e.js.CreateStream(ctx, config)
		return err
	}
	put := func(s Stream, b []byte) error {
		ack, err := e.js.Publish(ctx, s.String(), b)
		if err != nil {
			return err
		}
		if ack.Sequence != next[s] {
			return fmt.Errorf("%s: group %d was written as %d", s, next[s], ack.Sequence)
		}
		next[s]++
		return nil
	}
	done, err := readBackup(r, func(r record) error {
		if r.stream == state {
			_, err := e.js.Publish(ctx, stateSubject(r.key), r.data)
			return err
		}
		if next[r.stream] == 0 {
			if err := begin(r.stream, r.group); err != nil {
				return err
			}
		}
		if r.group-next[r.stream] > maxGap {
			return fmt.Errorf("%s: %d groups are missing before group %d", r.stream, r.group-next[r.stream], r.group)
		}
		for next[r.stream] < r.group { // given up while the backup was made
			if err := put(r.stream, appendGroupHeader(nil, 0, 0)); err != nil {
				return err
			}
		}
		return put(r.stream, r.data)
	})
	if err != nil && context.Cause(ctx) != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return err
	}
	for s := range streams { // empty ones go on where they were
		if next[s] == 0 {
			if err := begin(s, done.Last[s.String()]+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// syncTree makes every file and directory under dir durable.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return syncPath(path)
	})
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
