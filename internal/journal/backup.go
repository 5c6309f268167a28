package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// Backup writes everything that the journal holds to w, while it goes on
// working. What w then holds is consistent: values come first, so that every
// sequence which a value or an entry speaks of is in the backup too. The caller
// syncs w; a backup that was broken off is refused by Restore. Values whose key
// begins with one of without are left out.
func (j *Journal) Backup(ctx context.Context, w io.Writer, without ...string) error {
	if err := j.backup(ctx, w, without); err != nil {
		return fmt.Errorf("back up the journal: %w", err)
	}
	return nil
}

func (j *Journal) backup(ctx context.Context, w io.Writer, without []string) error {
	e, err := j.up()
	if err != nil {
		return err
	}
	b, err := newBlockWriter(w)
	if err != nil {
		return err
	}
	if err := b.json("HEAD", backupHead{backupFormat, j.c.Now()}); err != nil {
		return err
	}
	done := backupDone{Last: map[string]uint64{}}
	// Up to the very end, wherever that moves to: a value replaced meanwhile is
	// found there, and perhaps its older one as well.
	err = e.read(ctx, state, 1, math.MaxUint64, func(m stored) error {
		key := strings.TrimPrefix(m.subject, stateSubject(""))
		if slices.ContainsFunc(without, func(begin string) bool { return strings.HasPrefix(key, begin) }) {
			return nil
		}
		return b.add(record{state, m.group, key, m.data})
	})
	if err != nil {
		return err
	}
	// Those that speak of others come before those.
	for _, s := range []Stream{Alerts, Commands, Inputs, Changes, Reports} {
		to := j.lanes[s].acked.Load()
		done.Last[s.String()] = to
		if err := e.read(ctx, s, 1, to, func(m stored) error { return b.add(record{s, m.group, "", m.data}) }); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	done.Records = b.count
	return b.json("DONE", done)
}

// readBackup checks a backup and calls fn for each record; done is valid when
// there was no error.
func readBackup(r io.Reader, fn func(record) error) (done backupDone, err error) {
	b, err := newBlockReader(r)
	if err != nil {
		return done, err
	}
	defer b.zip.Close()
	var (
		count uint64
		last  [streams + 1]uint64
	)
	for begun := false; ; begun = true {
		kind, raw, at, err := b.next()
		if err != nil {
			return done, err
		}
		damaged := func(format string, v ...any) error { return &BackupError{at, fmt.Sprintf(format, v...)} }
		var head backupHead
		switch {
		case kind == "HEAD" && !begun:
			if err := json.Unmarshal(raw, &head); err != nil {
				return done, damaged("head: %v", err)
			}
			if head.Format < 1 || head.Format > backupFormat {
				return done, fmt.Errorf("backup has format %d, this program reads formats 1 and 2; restore it with the version that wrote it", head.Format)
			}
		case kind == "DATA" && begun:
			var fault error // fn's, which is not the backup's
			err := records(raw, func(r record) error {
				if r.group <= last[r.stream] {
					return fmt.Errorf("group %d of %s after %d", r.group, r.stream, last[r.stream])
				}
				if r.stream == state {
					if err := checkKey(r.key); err != nil {
						return err
					}
				}
				last[r.stream] = r.group
				count++
				fault = fn(r)
				return fault
			})
			if fault != nil {
				return done, fault
			}
			if err != nil {
				return done, damaged("%v", err)
			}
		case kind == "DONE" && begun:
			if err := json.Unmarshal(raw, &done); err != nil {
				return done, damaged("end: %v", err)
			}
			if done.Records != count {
				return done, damaged("%d records, should be %d", count, done.Records)
			}
			for s := range streams {
				if l := done.Last[s.String()]; l < last[s] {
					return done, damaged("%s ends at group %d, should at %d", s, last[s], l)
				}
			}
			if n, _ := io.ReadFull(b.r, make([]byte, 1)); n > 0 {
				return done, &BackupError{b.at, "something follows its end"}
			}
			return done, nil
		default:
			return done, damaged("a block %q is not expected here", kind)
		}
	}
}
