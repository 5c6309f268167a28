package alert

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"floodmark/internal/telemetry/histogram"
)

// sender carries one message by one attempt. Its errors hold no secret.
type sender interface {
	send(ctx context.Context, m *Message) error
}

// refresher is a sender that must tell again and again of what lasts.
type refresher interface {
	refresh(ctx context.Context, firing []Event) error
}

// rejection is an error that a further attempt would meet again.
type rejection struct{ error }

func (r rejection) Unwrap() error { return r.error }

// busy is an error of a receiver that said when to come again.
type busy struct {
	error
	after time.Duration
}

func (b busy) Unwrap() error { return b.error }

// worker is one receiver's queue. Messages on one incident are sent in order;
// one that fails holds up the later ones on the same incident only, but for a
// moment after any failure nothing is sent at all.
type worker struct {
	d       *Dispatcher
	wake    chan struct{}
	gone    chan struct{}        // closed when the receiver is removed
	seconds *histogram.Histogram // of an attempt

	mu     sync.Mutex
	conf   Receiver
	sender sender
	items  []*item
	pause  time.Time // nothing is sent before
	state  ReceiverStatus
	since  int64 // Unix ns of the first failure after the last success
	fails  uint64
	logged time.Time
}

// item is a message that waits.
type item struct {
	Delivery
	ids   map[string]bool
	tries int
	next  time.Time
}

func newWorker(d *Dispatcher, r Receiver, s sender) *worker {
	return &worker{d: d, wake: make(chan struct{}, 1), gone: make(chan struct{}), seconds: histogram.Seconds(), conf: r, sender: s}
}

func (w *worker) add(p Delivery) {
	w.mu.Lock()
	w.items = append(w.items, &item{Delivery: p, ids: incidents(p.Message.Events)})
	w.mu.Unlock()
	w.stir()
}

func (w *worker) stir() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *worker) waiting() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.items)
}

func (w *worker) machine() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.conf.machine()
}

// replace takes another configuration, and tries at once.
func (w *worker) replace(r Receiver, s sender) {
	w.mu.Lock()
	w.conf, w.sender, w.pause = r, s, time.Time{}
	for _, it := range w.items {
		it.next = time.Time{}
	}
	w.mu.Unlock()
	w.stir()
}

// remove ends the worker and gives up what waits.
func (w *worker) remove() {
	w.mu.Lock()
	list := w.items
	w.items = nil
	w.mu.Unlock()
	close(w.gone)
	for _, it := range list {
		w.d.done(it.Key, "its receiver was removed")
	}
}

// refreshEvery is how often receivers that forget are told again. Alertmanager
// asks for something from 30 s to 3 min.
const refreshEvery = time.Minute

func (w *worker) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	refresh := time.NewTicker(refreshEvery)
	defer refresh.Stop()
	for {
		it, wait := w.next(time.Now())
		if it != nil {
			w.attempt(ctx, it)
			wait = 0
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-w.gone:
		case <-w.wake:
		case <-timer.C:
		case <-refresh.C:
			w.again(ctx)
		}
		timer.Stop()
		select {
		case <-w.gone:
			return
		default:
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// next returns the message that was free to be sent for longest, or how long to
// wait for one. New messages come before those that failed.
func (w *worker) next(now time.Time) (*item, time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var best *item
	held := make(map[string]bool) // incidents with an earlier message that waits
	for _, it := range w.items {
		free := true
		for id := range it.ids {
			free = free && !held[id]
			held[id] = true
		}
		if free && (best == nil || it.next.Before(best.next)) {
			best = it
		}
	}
	if best == nil {
		return nil, time.Hour
	}
	due := best.next
	if w.pause.After(due) {
		due = w.pause
	}
	if due.After(now) {
		return nil, due.Sub(now)
	}
	return best, 0
}

// attempt sends a message, or gives it up.
func (w *worker) attempt(ctx context.Context, it *item) {
	w.mu.Lock()
	s, old := w.sender, w.conf.maxAge()
	w.mu.Unlock()
	if age := time.Since(time.Unix(0, it.At)); age > old {
		w.giveUp(it, "not taken in "+old.String())
		return
	}
	began := time.Now()
	err := s.send(ctx, it.Message)
	w.seconds.Since(began)
	if err != nil && ctx.Err() != nil {
		return // the program ends; it is sent by the next one
	}
	var no rejection
	switch {
	case err == nil:
		w.succeeded(it)
		w.d.done(it.Key, "sent")
	case errors.As(err, &no):
		w.failed(it, err)
		w.giveUp(it, "refused: "+err.Error())
	default:
		w.failed(it, err)
	}
}

func (w *worker) succeeded(it *item) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fails > 0 {
		w.d.log.Info("alert receiver works again", "receiver", w.conf.Name, "failed", w.fails)
	}
	w.state.Sent++
	w.state.LastSent = time.Now().UnixNano()
	w.well()
	w.drop(it)
}

// well forgets about failures. Callers hold mu.
func (w *worker) well() {
	w.state.LastError, w.since, w.fails, w.pause = "", 0, 0, time.Time{}
}

func (w *worker) failed(it *item, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if it != nil {
		it.tries++
		it.next = now.Add(w.d.backoff(it.tries))
		// A receiver that is down shall not be asked by every message that waits.
		w.pause = now.Add(min(w.d.backoff(1), 10*time.Second))
		var b busy
		if errors.As(err, &b) {
			w.pause = now.Add(min(b.after, 10*time.Minute))
		}
	}
	w.state.Failed++
	w.state.LastError = err.Error()
	if w.fails++; w.fails == 1 {
		w.since = now.UnixNano()
	}
	if now.Sub(w.logged) >= time.Minute {
		w.logged = now
		w.d.log.Warn("alert not delivered", "receiver", w.conf.Name, "error", err, "waiting", len(w.items), "failed", w.fails)
	}
}

// giveUp forgets a message. If it was the first on its incidents, the later ones
// go with it: nobody hears of the end of what he never heard of.
func (w *worker) giveUp(it *item, why string) {
	first := make(map[string]bool)
	for _, e := range it.Message.Events {
		if e.First {
			first[e.Incident.ID] = true
		}
	}
	w.mu.Lock()
	w.drop(it)
	gone := []*item{it}
	for _, other := range append([]*item(nil), w.items...) {
		if allIn(other.ids, first) {
			w.drop(other)
			gone = append(gone, other)
		}
	}
	w.state.GivenUp += uint64(len(gone))
	name := w.conf.Name
	w.mu.Unlock()
	for _, g := range gone {
		w.d.done(g.Key, "given up: "+why)
	}
	w.d.log.Error("alert given up", "receiver", name, "key", it.Key, "why", why, "messages", len(gone))
	if len(first) > 0 {
		w.d.unnotified(name, first)
	}
}

// allIn reports whether all of ids are in set.
func allIn(ids, set map[string]bool) bool {
	for id := range ids {
		if !set[id] {
			return false
		}
	}
	return true
}

// drop takes the message out of the queue. Callers hold mu.
func (w *worker) drop(it *item) {
	for i, x := range w.items {
		if x == it {
			w.items = append(w.items[:i], w.items[i+1:]...)
			return
		}
	}
}

// again tells a receiver that forgets of what lasts.
func (w *worker) again(ctx context.Context) {
	w.mu.Lock()
	s, name := w.sender, w.conf.Name
	w.mu.Unlock()
	r, ok := s.(refresher)
	if !ok {
		return
	}
	list := w.d.firing(name)
	if len(list) == 0 {
		return
	}
	if err := r.refresh(ctx, list); err != nil && ctx.Err() == nil {
		w.failed(nil, err)
	} else if err == nil {
		w.mu.Lock()
		w.well()
		w.mu.Unlock()
	}
}

// backoff is how long to wait after so many attempts: 1 s and twice as long each
// time, at most 5 min, of which a random half, so that many messages do not come
// at once.
func backoff(tries int) time.Duration {
	d := min(time.Second<<min(tries-1, 20), 5*time.Minute)
	return d/2 + rand.N(d/2)
}
