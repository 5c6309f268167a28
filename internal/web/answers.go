package web

import (
	"context"
	"errors"
	"sync"
	"time"

	"floodmark/internal/api"
)

const (
	keepAnswer  = 10 * time.Second
	maxAnswers  = 128 // kept at the same time
	askAtOnce   = 2   // the API has places of its own
	askPatience = 4 * time.Second
)

// errSlow tells that an answer did not come while a reader would wait for it.
var errSlow = errors.New("still running: reload in a few seconds")

// answers asks questions over stored flows for pages that ask the same ones
// again and again, and keeps the answers for a short time. A question that is
// being answered is not asked a second time.
type answers struct {
	ask func(context.Context, string) (api.FlowAnswer, error)
	now func() time.Time

	places chan struct{} // one for each question that may be asked at the same time

	mu   sync.Mutex
	kept map[string]*kept
}

type kept struct {
	done   chan struct{}
	at     time.Time
	answer api.FlowAnswer
	err    error
}

// get returns the answer, kept or new. Where it takes too long the error is
// errSlow, and the answer is there for the next who asks.
func (a *answers) get(ctx context.Context, question string) (api.FlowAnswer, error) {
	k := a.begin(question)
	if k == nil {
		return api.FlowAnswer{}, errSlow
	}
	t := time.NewTimer(askPatience)
	defer t.Stop()
	select {
	case <-k.done:
		return k.answer, k.err
	case <-t.C:
		return api.FlowAnswer{}, errSlow
	case <-ctx.Done():
		return api.FlowAnswer{}, ctx.Err()
	}
}

// begin returns the answer that is kept or on its way, and asks where there is
// none; nil where too many questions are being answered already.
func (a *answers) begin(question string) *kept {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	for q, k := range a.kept {
		if !k.at.IsZero() && now.Sub(k.at) >= keepAnswer {
			delete(a.kept, q)
		}
	}
	if k := a.kept[question]; k != nil {
		return k
	}
	if len(a.kept) >= maxAnswers {
		return nil
	}
	k := &kept{done: make(chan struct{})}
	a.kept[question] = k
	go a.fetch(question, k)
	return k
}

// fetch asks one question. It outlives the request that began it, for others
// may wait for the same answer, but not for long.
func (a *answers) fetch(question string, k *kept) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*askPatience)
	defer cancel()
	var answer api.FlowAnswer
	err := errSlow
	select {
	case a.places <- struct{}{}:
		answer, err = a.ask(ctx, question)
		<-a.places
	case <-ctx.Done():
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	k.answer, k.err, k.at = answer, err, a.now()
	close(k.done)
}
