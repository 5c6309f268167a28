package probe

import (
	"container/heap"
	"context"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"
)

// Run asks all targets, each at its times, until ctx is done. Requests are
// spread evenly over the interval; each time is off by up to a tenth of it,
// so that no two servers fall into step.
func (p *Prober) Run(ctx context.Context) error {
	p.schedule(time.Now())
	var wg sync.WaitGroup
	for range min(atOnce, len(p.targets)) {
		wg.Go(func() { p.work(ctx) })
	}
	<-ctx.Done()
	wg.Wait()
	return nil
}

// schedule gives every target its first time.
func (p *Prober) schedule(now time.Time) {
	order := rand.New(rand.NewPCG(p.c.Seed, 0)).Perm(len(p.targets))
	for i, t := range p.targets {
		h := fnv.New64a()
		h.Write([]byte(t.Service + " " + t.Component + " " + t.URL))
		t.rand = rand.New(rand.NewPCG(p.c.Seed, h.Sum64()))
		t.every = p.every(t)
		t.base = now.Add(t.every * time.Duration(order[i]) / time.Duration(len(p.targets)))
		t.due = t.base.Add(t.jitter())
		p.queue.list = append(p.queue.list, t)
	}
	heap.Init(&p.queue)
}

// every is the real time between two requests: the clock of a replay may change
// its pace.
func (p *Prober) every(t *target) time.Duration { return max(p.c.Real(t.Every), minEvery) }

func (t *target) jitter() time.Duration { return time.Duration(t.rand.Int64N(int64(t.every)/10 + 1)) }

// next gives a target the first of its times after now.
func (t *target) next(now time.Time) {
	t.base = t.base.Add(t.every)
	if late := now.Sub(t.base); late > 0 {
		t.base = t.base.Add((late/t.every + 1) * t.every)
	}
	t.due = t.base.Add(t.jitter())
}

// work takes the target that is due first, waits for its time, asks, and puts
// it back. Whoever puts one back takes the first again, so that nobody waits
// for a later one than needs be.
func (p *Prober) work(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		t := p.queue.take()
		timer.Reset(time.Until(t.due))
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		began := time.Now()
		r := p.ask(ctx, t)
		p.ownLink(ctx, t, began, &r)
		if ctx.Err() != nil {
			return // given up rather than failed
		}
		p.c.Sink(r)
		if e := p.every(t); e != t.every {
			t.every, t.base = e, began
		}
		t.next(time.Now())
		p.queue.put(t)
	}
}

// queue is the targets that nobody asks, by when they are due. It never has
// fewer than the workers that come to take one.
type queue struct {
	mu   sync.Mutex
	list []*target
}

func (q *queue) take() *target {
	q.mu.Lock()
	defer q.mu.Unlock()
	return heap.Pop(q).(*target)
}

func (q *queue) put(t *target) {
	q.mu.Lock()
	defer q.mu.Unlock()
	heap.Push(q, t)
}

// Len is for package heap, as the methods below are.
func (q *queue) Len() int { return len(q.list) }

// Less orders by when a target is due.
func (q *queue) Less(i, j int) bool { return q.list[i].due.Before(q.list[j].due) }

// Swap swaps two.
func (q *queue) Swap(i, j int) { q.list[i], q.list[j] = q.list[j], q.list[i] }

// Push appends one.
func (q *queue) Push(x any) { q.list = append(q.list, x.(*target)) }

// Pop takes the last.
func (q *queue) Pop() any {
	n := len(q.list) - 1
	t := q.list[n]
	q.list = q.list[:n]
	return t
}
