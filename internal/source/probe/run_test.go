package probe

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"floodmark/internal/model"
)

// TestRun: each target is asked again and again, no more than so many at once,
// and one that hangs delays no other.
func TestRun(t *testing.T) {
	const n = 40
	var largest, going atomic.Int64
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		x := going.Add(1)
		for m := largest.Load(); x > m && !largest.CompareAndSwap(m, x); m = largest.Load() {
		}
		defer going.Add(-1)
		if r.URL.Path == "/hang" {
			<-r.Context().Done()
		}
	})
	var targets []Target
	for i := range n {
		x := Target{Service: fmt.Sprintf("s%d", i), URL: url, Every: 10 * time.Second, Timeout: time.Minute}
		if i == 0 {
			x.URL += "/hang"
		}
		targets = append(targets, x)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var mu sync.Mutex
	seen := make(map[string]int)
	p := prober(t, Config{Targets: targets, Seed: 7})
	p.c.Real = func(d time.Duration) time.Duration { return d / 1000 } // and never less than minEvery
	p.c.Sink = func(r model.ProbeResult) {
		mu.Lock()
		defer mu.Unlock()
		if r.Failure != "" {
			t.Errorf("%+v", r)
		}
		seen[r.Service]++
		enough := 0
		for _, n := range seen {
			if n >= 3 {
				enough++
			}
		}
		if enough == n-1 {
			cancel()
		}
	}
	if err := p.Run(ctx); err != nil {
		t.Error(err)
	}
	if seen["s0"] != 0 {
		t.Error("a request that was given up has a result")
	}
	if m := largest.Load(); m > atOnce {
		t.Errorf("%d requests at once", m)
	}
}

// TestRunWithoutTargets ends when it is told to.
func TestRunWithoutTargets(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := prober(t, Config{}).Run(ctx); err != nil {
		t.Error(err)
	}
}

// TestTimesAreSpread evenly, off by a tenth at most, the same for the same seed,
// and never made up for.
func TestTimesAreSpread(t *testing.T) {
	var targets []Target
	for i := range 10 {
		targets = append(targets, Target{Service: fmt.Sprintf("s%d", i), URL: "http://a.example/", Every: time.Minute})
	}
	now := time.Unix(1_800_000_000, 0)
	times := func(seed uint64) (out []time.Duration) {
		p := prober(t, Config{Targets: targets, Seed: seed})
		p.schedule(now)
		for range 10 {
			x := p.queue.take()
			out = append(out, x.due.Sub(now))
		}
		return out
	}
	got := times(1)
	for i, d := range got {
		if even := time.Duration(i) * 6 * time.Second; d < even || d > even+6*time.Second {
			t.Errorf("number %d is due after %s", i, d)
		}
	}
	if !slices.Equal(got, times(1)) || slices.Equal(got, times(2)) {
		t.Error("times do not follow from the seed")
	}
	p := prober(t, Config{Targets: targets[:1]})
	p.schedule(now)
	x := p.queue.take()
	for _, c := range []struct{ at, from time.Duration }{{time.Second, time.Minute}, {70 * time.Second, 2 * time.Minute}, {time.Hour, 61 * time.Minute}} {
		x.next(now.Add(c.at))
		if d := x.due.Sub(now); d < c.from || d > c.from+6*time.Second {
			t.Errorf("after %s it is due at %s", c.at, d)
		}
	}
}
