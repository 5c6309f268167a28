package live

import (
	"context"
	"errors"
	"fmt"

	"floodmark/internal/fault"
	"floodmark/internal/journal"
	"floodmark/internal/model"
	"floodmark/internal/source/report"
)

// reportJournal is the journal as the intake of reports needs it.
type reportJournal struct{ j *journal.Journal }

// Append keeps entries of reports.
func (r reportJournal) Append(ctx context.Context, entries ...[]byte) (uint64, error) {
	seq, err := r.j.Append(ctx, journal.Reports, entries...)
	switch {
	case errors.Is(err, journal.ErrFull):
		err = fmt.Errorf("%w: %w", report.ErrFull, err)
	case err != nil:
		err = fmt.Errorf("%w: %w", report.ErrDown, err)
	}
	return seq, err
}

// reportState is its small state: salts.
type reportState struct{ j *journal.Journal }

// Get returns a value, false where there is none.
func (r reportState) Get(ctx context.Context, key string) ([]byte, bool, error) {
	b, err := r.j.Get(ctx, key)
	if errors.Is(err, journal.ErrNotFound) {
		return nil, false, nil
	}
	return b, err == nil, err
}

// Put keeps a value.
func (r reportState) Put(ctx context.Context, key string, b []byte) error {
	return r.j.Put(ctx, key, b)
}

// Delete removes a value.
func (r reportState) Delete(ctx context.Context, key string) error { return r.j.Delete(ctx, key) }

func conflict(err error) error { return &fault.Error{Kind: fault.Conflict, Text: err.Error()} }

func unavailable() error {
	return &fault.Error{Kind: fault.Unavailable, Text: "the journal cannot be written now"}
}

// mailStore is the journal as subscriptions need it.
type mailStore struct{ *journal.Journal }

// subscribers tells those who subscribed to a service.
func (c *crowd) subscribers(x *model.Change) {
	if c.mail == nil || x.Incident.Target.Kind != model.ServiceTarget {
		return
	}
	if err := c.mail.Handle(context.Background(), *x); err != nil {
		c.s.log.Warn("subscribers were not told of a change", "incident", x.Incident.ID, "err", err)
	}
}
