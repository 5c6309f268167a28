package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// Read calls fn for every entry after the sequence after, in order, up to the
// last that was acknowledged when Read was called; 0 is before all. data is
// valid during the call only. It fails with ErrTrimmed where entries after a
// sequence other than 0 are kept no more, and with what fn returned, which ends
// it. Reading does not hold up appending.
func (j *Journal) Read(ctx context.Context, s Stream, after uint64, fn func(seq uint64, at time.Time, data []byte) error) error {
	if s >= streams {
		return fmt.Errorf("read %s: no such stream", s)
	}
	e, err := j.up()
	if err != nil {
		return fmt.Errorf("read %s: %w", s, err)
	}
	to := j.lanes[s].acked.Load()
	from := after >> indexBits
	strict := after != 0
	err = e.read(ctx, s, max(from, 1), to, func(m stored) error {
		// The group of after itself may be gone, the next may not.
		if strict && m.group > from+1 {
			return ErrTrimmed
		}
		from, strict = m.group, true
		g, err := parseGroup(m.data)
		if err != nil {
			return fmt.Errorf("group %d: %w", m.group, err)
		}
		at := time.Unix(0, g.at)
		return g.each(func(i int, data []byte) error {
			if seq := sequence(m.group, i); seq > after {
				return fn(seq, at, data)
			}
			return nil
		})
	})
	if err == nil && strict && from < to {
		err = ErrTrimmed
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", s, err)
	}
	return nil
}

// stored is one message as the server has it.
type stored struct {
	group   uint64
	subject string
	data    []byte
}

// What is asked for at once. It bounds the memory of a reader.
const (
	readGroups = 512
	readOctets = 4 << 20
)

type readQuestion struct {
	Seq      uint64 `json:"seq"`
	Batch    int    `json:"batch"`
	MaxBytes int    `json:"max_bytes"`
}

// read calls fn for what the server has from one group up to another, both
// included, with gaps where messages are gone. It uses the batched direct get
// of JetStream (its design record 31), which leaves no consumer behind.
func (e *engine) read(ctx context.Context, s Stream, from, to uint64, fn func(stored) error) error {
	inbox := e.conn.NewInbox()
	sub, err := e.conn.SubscribeSync(inbox)
	if err != nil {
		return lost(err)
	}
	defer sub.Unsubscribe()
	if err := sub.SetPendingLimits(-1, -1); err != nil { // readOctets bounds it
		return lost(err)
	}
	for from <= to {
		q, err := json.Marshal(readQuestion{from, readGroups, readOctets})
		if err != nil {
			return err
		}
		if err := e.conn.PublishRequest("$JS.API.DIRECT.GET."+s.String(), inbox, q); err != nil {
			return lost(err)
		}
		next, err := e.answers(ctx, sub, to, fn)
		if err != nil {
			return err
		}
		if next == 0 {
			return nil // nothing is there from here on
		}
		from = next
	}
	return nil
}

// answers hands out one batch and returns the group to go on with, 0 for the
// end of the stream.
func (e *engine) answers(ctx context.Context, sub *nats.Subscription, to uint64, fn func(stored) error) (next uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	for {
		m, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			return 0, lost(err)
		}
		switch status := m.Header.Get("Status"); status {
		case "":
		case "204": // the end of this batch
			return next, nil
		case "404":
			return 0, nil
		default:
			return 0, fmt.Errorf("%w: the server answered %s %s", ErrDown, status, m.Header.Get("Description"))
		}
		group, err := strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("number of a group: %w", err)
		}
		next = group + 1
		if group > to {
			continue
		}
		if err := fn(stored{group, m.Header.Get("Nats-Subject"), m.Data}); err != nil {
			return 0, err
		}
	}
}

// lost turns errors of the connection, which only ends when the store does,
// into ours.
func lost(err error) error {
	if errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, nats.ErrBadSubscription) || strings.Contains(err.Error(), "no responders") {
		return fmt.Errorf("%w: %w", ErrDown, err)
	}
	return err
}
