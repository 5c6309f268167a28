package journal

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// The disk is looked at before every commit and every lookEvery. The server
// switches itself off on a full disk, so it must never meet one.
const lookEvery = time.Second

// reopenMost bounds the growing pause between attempts to reopen a failed store.
const reopenMost = 30 * time.Second

// free returns the octets that may still be written on the disk of dir by
// somebody who is not root (statfs(2)).
func free(dir string) (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, fmt.Errorf("ask for free space of %s: %w", dir, err)
	}
	return int64(st.Bavail) * int64(st.Bsize), nil
}

// floor is what a stream leaves free. Inputs stop first: they are the most, and
// only a replay needs them.
func (j *Journal) floor(s Stream) int64 {
	if s == Inputs {
		return j.c.Reserve
	}
	return j.c.Reserve / 2
}

// room tells whether n octets may be written, and has the watcher look at once
// where they may not.
func (j *Journal) room(s Stream, n int64) error {
	f, err := free(j.c.Dir)
	if err != nil {
		return err
	}
	j.free.Store(f)
	if f-n < j.floor(s) {
		j.look()
		return fmt.Errorf("%w: %d octets are free on its disk, %d are kept in reserve", ErrFull, f, j.floor(s))
	}
	return nil
}

func (j *Journal) look() {
	select {
	case j.kick <- struct{}{}:
	default:
	}
}

// watch looks after the disk and after the store until Close.
func (j *Journal) watch() {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	full, pause, again := false, lookEvery, time.Time{}
	for {
		select {
		case <-j.ctx.Done():
			return
		case <-tick.C:
		case <-j.kick:
		}
		f, err := free(j.c.Dir)
		if err != nil {
			continue // commits say so
		}
		j.free.Store(f)
		if f < 2*j.c.Reserve {
			j.trim()
		}
		if now := f < j.floor(Inputs); now != full {
			full = now
			if full {
				j.c.Log.Error("journal disk is full: inputs are refused, at half the reserve everything", "free", f, "reserve", j.c.Reserve)
			} else {
				j.c.Log.Info("journal disk has space again", "free", f)
			}
		}
		if j.healthy() {
			pause = lookEvery
			continue
		}
		j.takeDown()
		if f < j.floor(Changes) || time.Now().Before(again) {
			continue
		}
		again, pause = time.Now().Add(pause), min(2*pause, reopenMost)
		j.reopen()
	}
}

// trim gives up the older half of the inputs, down to what MinBytes holds.
func (j *Journal) trim() {
	e, err := j.up()
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(j.ctx, answerTimeout)
	defer cancel()
	info, err := e.streams[Inputs].Info(ctx)
	if err != nil || info.State.Bytes <= MinBytes || info.State.Msgs < 2 {
		return
	}
	to := info.State.FirstSeq + info.State.Msgs/2
	if err := e.streams[Inputs].Purge(ctx, jetstream.WithPurgeSequence(to)); err != nil {
		j.c.Log.Warn("journal could not give up old inputs", "err", err)
		return
	}
	j.c.Log.Warn("journal gave up old inputs for space", "groups", to-info.State.FirstSeq)
}

// healthy tells whether the store works. After a write error it answers no
// write until it is reopened.
func (j *Journal) healthy() bool {
	e, err := j.up()
	return err == nil && !j.suspect.Load() && e.server.JetStreamEnabled()
}

// takeDown stops a store that failed, so that those who wait for its answer
// hear at once that there will be none.
func (j *Journal) takeDown() {
	j.mu.Lock()
	e := j.engine
	if !j.closed {
		j.engine = nil
	}
	closed := j.closed
	j.mu.Unlock()
	if e == nil || closed {
		return
	}
	j.c.Log.Error("journal's store failed and is being reopened")
	e.stop()
}

// reopen starts the server anew, which reads back from the disk what is really
// there.
func (j *Journal) reopen() {
	j.suspect.Store(false)
	ctx, cancel := context.WithTimeout(j.ctx, startTimeout)
	defer cancel()
	switch err := j.start(ctx); {
	case err == nil:
		j.c.Log.Warn("journal was reopened after its store had failed")
	case !errors.Is(err, ErrClosed):
		j.c.Log.Error("journal could not be reopened", "err", err)
	}
}

// fail notes that the store failed, and has the watcher see to it.
func (j *Journal) fail() {
	j.suspect.Store(true)
	j.look()
}
