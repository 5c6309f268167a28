package engine

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"

	"floodmark/internal/journal"
	"floodmark/internal/model"
)

// handover knows up to which change everybody who must not miss one has it: the
// outbox of alerts, subscribers. A crash between a change and what it leads to
// loses nothing, since the next run begins there.
type handover struct {
	journal Journal
	log     *slog.Logger
	failed  bool // which was logged
}

// keyHandover is of the journal's small state: a number in JSON.
const keyHandover = "handed-over"

func (h *handover) keep(ctx context.Context, g Group) {
	// Nobody is notified of updates, which come every second: they wait for the next
	// change.
	if !slices.ContainsFunc(g.Changes, func(c model.Change) bool { return c.Type != model.Updated }) {
		return
	}
	err := h.journal.Put(ctx, keyHandover, encode(g.last))
	if err != nil && !h.failed {
		h.log.Warn("number of the last change handed over not kept: a restart may repeat messages", "error", err)
	}
	h.failed = err != nil
}

// handedOver returns the number that the last run kept. Without one nothing was
// ever handed over, or by a version that kept none: then it is that of the last
// change, which is kept.
func handedOver(ctx context.Context, log *slog.Logger, j Journal, last uint64) (uint64, error) {
	b, err := j.Get(ctx, keyHandover)
	var n uint64
	if err == nil && json.Unmarshal(b, &n) == nil {
		return n, nil
	}
	if err != nil && !errors.Is(err, journal.ErrNotFound) {
		return 0, err
	}
	if err := j.Put(ctx, keyHandover, encode(last)); err != nil { // a full disk keeps nobody from starting
		log.Warn("number of the last change handed over not kept", "error", err)
	}
	return last, nil
}
