package userreports

import (
	"context"
	"errors"
	"fmt"
	"time"

	"floodmark/internal/journal"
	"floodmark/internal/source/report"
)

// Journal keeps reports and small state; see package journal.
type Journal interface {
	Append(ctx context.Context, s journal.Stream, entries ...[]byte) (last uint64, err error)
	Read(ctx context.Context, s journal.Stream, after uint64, each func(seq uint64, at time.Time, data []byte) error) error
	Put(ctx context.Context, key string, value []byte) error
	Get(ctx context.Context, key string) ([]byte, error)
	Delete(ctx context.Context, key string) error
}

// reportJournal is the journal as the intake of reports needs it.
type reportJournal struct{ j Journal }

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
type reportState struct{ j Journal }

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
