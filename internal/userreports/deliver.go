package userreports

import (
	"context"
	"slices"
	"time"

	"floodmark/internal/model"
)

// retryAfter is how long after a failure delivery is tried again.
const retryAfter = time.Second

// deliverAll hands pending changes to the engine in their order until ctx is done.
// What is left then comes again from the journal of reports.
func (s *Service) deliverAll(ctx context.Context) {
	s.signal() // of what the last run left
	for {
		select {
		case <-s.wake:
		case <-ctx.Done():
			return
		}
		if err := s.deliver(ctx); err != nil && ctx.Err() == nil {
			s.c.Log.Warn("changes of services not written", "error", err)
			time.AfterFunc(retryAfter, s.signal)
		}
	}
}

// deliver hands over all that is pending.
func (s *Service) deliver(ctx context.Context) error {
	for {
		changes := s.undelivered()
		if len(changes) == 0 {
			return nil
		}
		if err := s.d.Engine.Write(ctx, changes); err != nil {
			return err
		}
		s.mu.Lock()
		s.pending = s.pending[len(changes):]
		s.delivered += uint64(len(changes))
		s.release()
		s.mu.Unlock()
	}
}

func (s *Service) undelivered() []model.Change {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.pending)
}

// release answers who waited for what is safe now; mu is held.
func (s *Service) release() {
	s.waiters = slices.DeleteFunc(s.waiters, func(w waiter) bool {
		if w.at > s.delivered {
			return false
		}
		close(w.done)
		return true
	})
}

func (s *Service) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
