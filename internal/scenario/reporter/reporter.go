package reporter

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"floodmark/internal/scenario/simday"
)

// Config says where reports go and when.
type Config struct {
	To          string                                                               // public listener on loopback, address:port
	Due         func(at int64) time.Time                                             // moment of a simulated time, Unix ns; nil: at once
	Connections int                                                                  // that report at once; 0 is 96
	Progress    func(at int64, now Stats)                                            // nil, or called about once a second from one goroutine
	Dial        func(ctx context.Context, network, address string) (net.Conn, error) // nil is the machine's
}

// Stats is what came of reports.
type Stats struct {
	Sent      uint64        `json:"sent"`      // people who reported
	Counted   uint64        `json:"counted"`   // 202
	Duplicate uint64        `json:"duplicate"` // 202: this person reported the same recently
	TooMany   uint64        `json:"too_many"`  // 429
	Full      uint64        `json:"full"`      // answers 503; they are tried again
	GaveUp    uint64        `json:"gave_up"`   // still 503 after some tries
	Refused   uint64        `json:"refused"`   // any other answer
	Failed    uint64        `json:"failed"`    // no answer
	Proofs    uint64        `json:"proofs"`    // proofs of work
	Bits      uint64        `json:"bits"`      // of all proofs together
	WorkTime  time.Duration `json:"work_ns"`   // processor time of the proofs
	Latest    time.Duration `json:"latest_ns"` // by how much a report missed its time at most
	Complaint string        `json:"complaint"` // the last refusal or failure
}

// run is a Run under way.
type run struct {
	cfg   Config
	mu    sync.Mutex
	stats Stats
}

// Run sends reports, each at its time, and returns what came of them. That some
// are refused is counted and no error; that nobody listens is one.
func Run(ctx context.Context, reports iter.Seq[simday.Report], cfg Config) (Stats, error) {
	addr, err := net.ResolveTCPAddr("tcp", cfg.To)
	if err != nil {
		return Stats{}, fmt.Errorf("report to %s: %w", cfg.To, err)
	}
	if addr.IP == nil || !addr.IP.IsLoopback() {
		return Stats{}, fmt.Errorf("report to %s: only a server on this machine may get synthetic reports", cfg.To)
	}
	if cfg.Dial == nil {
		cfg.Dial = (&net.Dialer{Timeout: answerTime}).DialContext
	}
	if c, err := cfg.Dial(ctx, "tcp", cfg.To); err != nil {
		return Stats{}, fmt.Errorf("report to %s: %w", cfg.To, err)
	} else {
		c.Close()
	}
	if cfg.Connections == 0 {
		cfg.Connections = 96
	}
	r := &run{cfg: cfg}
	var at atomic.Int64
	due := make(chan simday.Report, cfg.Connections)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var workers sync.WaitGroup
	for range cfg.Connections {
		workers.Go(func() { r.work(ctx, due) })
	}
	ticked := r.tick(ctx, &at)
	r.feed(ctx, reports, due, &at)
	close(due)
	workers.Wait()
	err = ctx.Err()
	stop()
	<-ticked
	return r.Stats(), err
}

// tick tells the progress until ctx ends.
func (r *run) tick(ctx context.Context, at *atomic.Int64) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for r.cfg.Progress != nil {
			select {
			case <-t.C:
				r.cfg.Progress(at.Load(), r.Stats())
			case <-ctx.Done():
				return
			}
		}
	}()
	return done
}

// feed gives out each report when it is due.
func (r *run) feed(ctx context.Context, reports iter.Seq[simday.Report], due chan<- simday.Report, at *atomic.Int64) {
	for x := range reports {
		if !r.wait(ctx, x.At) {
			return
		}
		at.Store(x.At)
		select {
		case due <- x:
		case <-ctx.Done():
			return
		}
	}
}

const nap = 5 * time.Millisecond // what is due sooner goes at once

func (r *run) wait(ctx context.Context, at int64) bool {
	if r.cfg.Due == nil {
		return ctx.Err() == nil
	}
	for {
		d := time.Until(r.cfg.Due(at))
		if d < nap {
			return ctx.Err() == nil
		}
		select {
		case <-time.After(min(d, 200*time.Millisecond)):
		case <-ctx.Done():
			return false
		}
	}
}

// Stats returns what was counted so far.
func (r *run) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stats
}

func (r *run) count(change func(s *Stats)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.stats)
}

func (r *run) complain(format string, args ...any) {
	r.count(func(s *Stats) { s.Complaint = fmt.Sprintf(format, args...) })
}

// tries is how often a server that is full is asked again.
const tries = 6

// work is one browser after the other, on one connection.
func (r *run) work(ctx context.Context, due <-chan simday.Report) {
	c := &conn{to: r.cfg.To, dial: r.cfg.Dial}
	defer c.close()
	for x := range due {
		if ctx.Err() != nil {
			continue // empties the channel
		}
		r.count(func(s *Stats) { s.Sent++ })
		full := 0
		for full < tries {
			status, retry, err := r.report(c, &x)
			if err != nil {
				r.count(func(s *Stats) { s.Failed++ })
				r.complain("%v", err)
				break
			}
			if status != 503 {
				r.answered(status, c.body)
				break
			}
			full++
			r.count(func(s *Stats) { s.Full++ })
			select {
			case <-time.After(retry):
			case <-ctx.Done():
			}
		}
		late := time.Duration(0)
		if r.cfg.Due != nil {
			late = time.Since(r.cfg.Due(x.At))
		}
		r.count(func(s *Stats) {
			s.Latest = max(s.Latest, late)
			if full == tries {
				s.GaveUp++
			}
		})
	}
}

// answered counts an answer.
func (r *run) answered(status int, body []byte) {
	var a struct{ State string }
	if status == 202 {
		if err := json.Unmarshal(body, &a); err != nil {
			a.State = ""
		}
	}
	r.count(func(s *Stats) {
		switch {
		case a.State == "counted":
			s.Counted++
		case a.State == "duplicate":
			s.Duplicate++
		case status == 429:
			s.TooMany++
		default:
			s.Refused++
			s.Complaint = fmt.Sprintf("%d %.200s", status, body)
		}
	})
}
