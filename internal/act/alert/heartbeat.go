package alert

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// Heartbeat is a request in regular intervals that a dead-man's switch waits
// for.
type Heartbeat struct {
	URL   string // a secret as a whole; "" for none
	Every time.Duration
	// Healthy reports whether the program judges. While it does not, nothing is
	// sent, so that the switch trips.
	Healthy func() bool
	// Carry, where set, returns what goes along as JSON, by POST; otherwise it is a
	// GET.
	Carry func() any
}

// Run sends until ctx is done. It fails at once on an address that cannot be;
// what fails later is logged, and tried again with the next beat.
func (h Heartbeat) Run(ctx context.Context, log *slog.Logger) error {
	if h.URL == "" {
		return nil
	}
	p, err := newPoster(h.URL, true)
	if err != nil {
		return fmt.Errorf("heartbeat: %w", err)
	}
	every := time.NewTicker(max(h.Every, time.Second))
	defer every.Stop()
	var logged time.Time
	for {
		if err := h.beat(ctx, p); err != nil && ctx.Err() == nil && time.Since(logged) >= 10*time.Minute {
			logged = time.Now()
			log.Warn("heartbeat not delivered", "error", err)
		} else if err == nil {
			logged = time.Time{}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
		}
	}
}

func (h Heartbeat) beat(ctx context.Context, p *poster) error {
	if !h.Healthy() {
		return fmt.Errorf("the judge has stalled; the switch shall trip")
	}
	if h.Carry == nil {
		return p.do(ctx, http.MethodGet, nil, http.Header{})
	}
	b, err := json.Marshal(h.Carry())
	if err != nil {
		return fmt.Errorf("heartbeat: %w", err)
	}
	return p.post(ctx, b, http.Header{"Content-Type": {"application/json"}})
}
