package journal

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// lane is the way into one stream: what many callers bring is committed
// together, by one writer.
type lane struct {
	stream Stream
	queue  chan *request
	acked  atomic.Uint64 // the last group that is on the disk
}

// request is a copy of what one caller brought, so that a caller who gives up
// can have its memory back at once.
type request struct {
	encoded []byte // entries with their headers
	entries int
	done    chan result
}

type result struct {
	last uint64
	err  error
}

// Append adds msgs to the end of the stream, in order, and returns the sequence
// of the last one when all are on the disk and synced. Sequences grow and are
// not consecutive. What fits in 4 MiB is committed in one step, whole or not at
// all; more in several, and then an error comes with the sequence of the last
// that was kept. After ErrFull and ErrTooLarge nothing more was kept; after
// other errors, a cancelled ctx among them, that is not known.
func (j *Journal) Append(ctx context.Context, s Stream, msgs ...[]byte) (last uint64, err error) {
	if s >= streams {
		return 0, fmt.Errorf("append to %s: no such stream", s)
	}
	for i, m := range msgs {
		if len(m) > MaxMessage {
			return 0, fmt.Errorf("append to %s: entry %d of %d octets: %w", s, i, len(m), ErrTooLarge)
		}
	}
	defer j.appends.Since(time.Now())
	for len(msgs) > 0 {
		n, octets := 0, 0
		for n < len(msgs) && n < maxEntries && groupHeader+octets+entryHeader+len(msgs[n]) <= maxGroup {
			octets += entryHeader + len(msgs[n])
			n++
		}
		r := &request{make([]byte, 0, octets), n, make(chan result, 1)}
		for _, m := range msgs[:n] {
			r.encoded = appendEntry(r.encoded, m)
		}
		seq, err := j.hand(ctx, s, r)
		if err != nil {
			return last, fmt.Errorf("append to %s: %w", s, err)
		}
		last, msgs = seq, msgs[n:]
	}
	return last, nil
}

func (j *Journal) hand(ctx context.Context, s Stream, r *request) (uint64, error) {
	select {
	case j.lanes[s].queue <- r:
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-j.gone:
		return 0, ErrClosed
	}
	select {
	case res := <-r.done:
		return res.last, res.err
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-j.gone:
	}
	select { // the writer may have answered before it went
	case res := <-r.done:
		return res.last, res.err
	default:
		return 0, ErrClosed
	}
}

// write is the writer of one lane.
func (j *Journal) write(l *lane) {
	var (
		buf   []byte
		batch []*request
		next  *request // did not fit in the batch before
	)
	for {
		if next == nil {
			select {
			case next = <-l.queue:
			case <-j.ctx.Done():
				return
			}
		}
		batch = batch[:0]
		octets, entries := groupHeader, 0
		for next != nil && octets+len(next.encoded) <= maxGroup && entries+next.entries <= maxEntries {
			batch, octets, entries = append(batch, next), octets+len(next.encoded), entries+next.entries
			next = nil
			select {
			case next = <-l.queue:
			default:
			}
		}
		buf = appendGroupHeader(buf[:0], j.c.Now(), entries)
		for _, r := range batch {
			buf = append(buf, r.encoded...)
		}
		group, err := j.commit(l.stream, l.stream.String(), buf)
		if err == nil {
			l.acked.Store(group)
		}
		at := 0
		for _, r := range batch {
			at += r.entries
			r.done <- result{sequence(group, at-1), err}
		}
	}
}

// commit has the server keep one message, and returns its number in the stream
// when it is synced.
func (j *Journal) commit(s Stream, subject string, b []byte) (uint64, error) {
	if err := j.room(s, int64(len(b))); err != nil {
		return 0, err
	}
	e, err := j.up()
	if err != nil {
		return 0, err
	}
	defer j.syncs.Since(time.Now())
	ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
	defer cancel()
	ack, err := e.js.Publish(ctx, subject, b, jetstream.WithRetryAttempts(0))
	if err != nil {
		j.fail()
		return 0, fmt.Errorf("%w: %w", ErrDown, err)
	}
	if err := j.syncDir(s); err != nil {
		return 0, fmt.Errorf("sync the directory of %s: %w", s, err)
	}
	return ack.Sequence, nil
}
