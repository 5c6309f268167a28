package engine

import (
	"context"
	"log/slog"
	"time"

	"floodmark/internal/incident"
	"floodmark/internal/journal"
)

// Config of an Engine.
type Config struct {
	Incidents incident.Config
	Now       func() int64  // the server's clock, Unix ns
	Idle      time.Duration // real time after which it looks whether something is due
	Log       *slog.Logger
}

// Journal keeps inputs, changes and snapshots; see package journal.
type Journal interface {
	Append(ctx context.Context, s journal.Stream, entries ...[]byte) (last uint64, err error)
	Read(ctx context.Context, s journal.Stream, after uint64, each func(seq uint64, at time.Time, data []byte) error) error
	Put(ctx context.Context, key string, value []byte) error
	Get(ctx context.Context, key string) ([]byte, error)
}

// Deps are what an Engine is connected to.
type Deps struct {
	Journal Journal
}
