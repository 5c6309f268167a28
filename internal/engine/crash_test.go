package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"floodmark/internal/incident"
	"floodmark/internal/journal"
	"floodmark/internal/model"
	"floodmark/internal/testenv"
)

// fakeDisk is a journal in memory that stops taking anything at one of its
// writes, before or after that write is kept: what is kept is what a new process
// finds.
type fakeDisk struct {
	mu      sync.Mutex // guards what follows
	entries map[journal.Stream][]fakeEntry
	values  map[string][]byte
	seq     uint64
	writes  int
	crashAt int  // number of the write, 0 for never
	after   bool // the write is kept, its caller never learns
	log     []string
}

type fakeEntry struct {
	seq  uint64
	data []byte
}

func newFakeDisk() *fakeDisk {
	return &fakeDisk{entries: make(map[journal.Stream][]fakeEntry), values: make(map[string][]byte)}
}

// write does one write unless the process has crashed; mu is held.
func (d *fakeDisk) write(what string, keep func()) error {
	d.writes++
	if d.crashAt != 0 && d.writes > d.crashAt {
		return journal.ErrClosed
	}
	if d.writes == d.crashAt {
		if d.after {
			keep()
		}
		return journal.ErrClosed
	}
	keep()
	d.log = append(d.log, what)
	return nil
}

func (d *fakeDisk) Append(_ context.Context, s journal.Stream, entries ...[]byte) (uint64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.write("append "+s.String(), func() {
		d.seq += 1000 // sequences grow and are not consecutive between groups
		for _, b := range entries {
			d.seq++
			d.entries[s] = append(d.entries[s], fakeEntry{d.seq, b})
		}
	})
	return d.seq, err
}

func (d *fakeDisk) Put(_ context.Context, key string, value []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.write("put "+key, func() { d.values[key] = value })
}

func (d *fakeDisk) Get(_ context.Context, key string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if b, ok := d.values[key]; ok {
		return b, nil
	}
	return nil, journal.ErrNotFound
}

func (d *fakeDisk) Read(_ context.Context, s journal.Stream, after uint64, each func(uint64, time.Time, []byte) error) error {
	d.mu.Lock()
	list := d.entries[s]
	d.mu.Unlock()
	for _, e := range list {
		if e.seq > after {
			if err := each(e.seq, time.Time{}, e.data); err != nil {
				return err
			}
		}
	}
	return nil
}

// boot is what a new process finds.
func (d *fakeDisk) boot() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.writes, d.crashAt = 0, 0
}

const crashBegin = int64(1_800_000_000e9)

func startEngine(t *testing.T, d Journal, now func() int64) (*Engine, func()) {
	t.Helper()
	e, err := New(t.Context(), Config{Now: now, Idle: time.Hour, Log: slog.New(slog.DiscardHandler)}, Deps{Journal: d})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { e.Run(ctx) })
	running.Go(func() {
		for range e.Published() {
		}
	})
	return e, func() { stop(); running.Wait() }
}

// serviceChange is one change of a service's incident.
func serviceChange(service string, revision uint64) model.Change {
	c := change(service, revision, model.Open, model.Changed)
	c.Incident.Target, c.Incident.Opened = model.ServiceID(service), 1
	return c
}

// play interleaves both sources and returns the revisions that were acknowledged,
// by incident.
func play(t *testing.T, e *Engine, now *int64, mu *sync.Mutex, from uint64) map[string]uint64 {
	t.Helper()
	acked := make(map[string]uint64)
	var ackedMu sync.Mutex // guards acked
	var sources sync.WaitGroup
	for _, service := range []string{"alpha", "beta"} {
		sources.Go(func() {
			for r := from; r < from+8; r++ {
				if e.Write(t.Context(), []model.Change{serviceChange(service, 2*r), serviceChange(service, 2*r+1)}) != nil {
					return
				}
				ackedMu.Lock()
				acked[service] = 2*r + 1
				ackedMu.Unlock()
			}
		})
	}
	host := model.HostID(model.Addr4(0xc6336409))
	id := incident.ID(host, model.In, crashBegin)
	sources.Go(func() {
		e.Send(Anomalies{{At: crashBegin, Since: crashBegin, Phase: model.Raised, Kind: model.ByThreshold, Target: host, Metric: model.Packets, Rate: 300e3, Bound: 100e3, Sampling: 1}})
		for i := range 8 {
			mu.Lock()
			*now += int64(snapshotEvery) / 2 // every other step takes a snapshot
			at := *now
			mu.Unlock()
			if e.Command(t.Context(), model.Command{Type: model.Acknowledge, Incident: id, By: "x", At: at, Note: fmt.Sprint(from, i)}) != nil {
				return
			}
			if in, _, ok := e.Incidents().Get(id); ok {
				ackedMu.Lock()
				acked[id] = in.Revision
				ackedMu.Unlock()
			}
		}
	})
	sources.Wait()
	return acked
}

// TestCrashAnywhereLosesNothing stops the journal at each of its writes while
// traffic and services write, before and after the write is kept, and starts
// again from what is there.
func TestCrashAnywhereLosesNothing(t *testing.T) {
	for at := 1; at <= 45; at++ {
		for _, after := range []bool{false, true} {
			d := newFakeDisk()
			d.crashAt, d.after = at, after
			var mu sync.Mutex // guards now
			now := crashBegin
			clock := func() int64 { mu.Lock(); defer mu.Unlock(); return now }
			e, stop := startEngine(t, d, clock)
			acked := play(t, e, &now, &mu, 1)
			stop()
			name := fmt.Sprintf("crash at write %d, kept %v", at, after)
			d.boot()
			checkSnapshot(t, name, d)
			again, stop := startEngine(t, d, clock)
			for id, revision := range acked {
				if in, _, ok := again.Incidents().Get(id); !ok || in.Revision < revision {
					t.Errorf("%s: %s was acknowledged at revision %d, there is %d", name, id, revision, in.Revision)
				}
			}
			play(t, again, &now, &mu, 9)
			stop()
			checkSnapshot(t, name+", and on", d)
			checkRevisions(t, name, d)
		}
	}
}

// TestEveryChangeIsHandedOver stops the journal at each of its writes while an
// outbox takes changes, which it keeps before they are handed over, and starts
// again: each change is in the outbox in the end, none but the last group twice.
func TestEveryChangeIsHandedOver(t *testing.T) {
	for at := 2; at <= 45; at++ {
		for _, after := range []bool{false, true} {
			d := newFakeDisk()
			d.crashAt, d.after = at, after
			taken := make(map[string]int) // by incident and revision
			run := func(from uint64) {
				e, err := New(t.Context(), Config{Now: func() int64 { return crashBegin }, Idle: time.Hour, Log: slog.New(slog.DiscardHandler)}, Deps{Journal: d})
				if err != nil {
					t.Fatal(err)
				}
				ctx, stop := context.WithCancel(t.Context())
				var running, outbox sync.WaitGroup
				running.Go(func() { e.Run(ctx) })
				outbox.Go(func() {
					for g := range e.Published() {
						if d.Put(t.Context(), "outbox", nil) != nil {
							continue // the process is gone
						}
						for _, c := range g.Changes {
							taken[fmt.Sprint(c.Incident.ID, " ", c.Incident.Revision)]++
						}
						e.HandedOver(t.Context(), g)
					}
				})
				for r := from; r < from+6; r++ {
					if e.Write(t.Context(), []model.Change{serviceChange("alpha", 2*r), serviceChange("alpha", 2*r+1)}) != nil {
						break
					}
				}
				stop()
				running.Wait()
				outbox.Wait()
			}
			run(1)
			d.boot()
			run(100)
			twice := 0
			for _, e := range d.entries[journal.Changes] {
				var c model.Change
				if err := json.Unmarshal(e.data, &c); err != nil {
					t.Fatal(err)
				}
				switch n := taken[fmt.Sprint(c.Incident.ID, " ", c.Incident.Revision)]; {
				case n == 0:
					t.Errorf("crash at write %d, kept %v: revision %d was never handed over", at, after, c.Incident.Revision)
				case n > 2:
					t.Errorf("crash at write %d, kept %v: revision %d was handed over %d times", at, after, c.Incident.Revision, n)
				case n == 2:
					twice++
				}
			}
			if twice > 2 {
				t.Errorf("crash at write %d, kept %v: %d changes were handed over twice", at, after, twice)
			}
		}
	}
}

// checkSnapshot wants a fold from the snapshot to equal a fold from the start.
func checkSnapshot(t *testing.T, name string, d *fakeDisk) {
	t.Helper()
	whole, begun := newIncidents(), newIncidents()
	var f folded
	if b, err := d.Get(t.Context(), keyIncidents); err == nil {
		if err := json.Unmarshal(b, &f); err != nil {
			t.Fatal(err)
		}
		begun.restore(f)
	}
	for _, e := range d.entries[journal.Changes] {
		var c model.Change
		if err := json.Unmarshal(e.data, &c); err != nil {
			t.Fatal(err)
		}
		whole.fold(e.seq, c)
		if e.seq > f.Seq {
			begun.fold(e.seq, c)
		}
	}
	if want, got := string(encode(whole.snapshot())), string(encode(begun.snapshot())); want != got {
		t.Fatalf("%s: the snapshot up to %d lacks something:\n%s\n%s", name, f.Seq, want, got)
	}
}

// checkRevisions wants each incident's revisions to come without a gap, and no
// incident but those that were played; the host's may come back as a second one
// once the first is closed.
func checkRevisions(t *testing.T, name string, d *fakeDisk) {
	t.Helper()
	last := make(map[string]model.Incident)
	for _, e := range d.entries[journal.Changes] {
		var c model.Change
		if err := json.Unmarshal(e.data, &c); err != nil {
			t.Fatal(err)
		}
		in := &c.Incident
		was, known := last[in.ID]
		if known && in.Revision > was.Revision+1 && !strings.Contains("alpha beta", in.ID) {
			t.Errorf("%s: %s goes from revision %d to %d", name, in.ID, was.Revision, in.Revision)
		}
		if first, again := strings.CutSuffix(in.ID, "-2"); again && last[first].State != model.Closed {
			t.Errorf("%s: %s while the first one is %q", name, in.ID, last[first].State)
		}
		if !known || in.Revision > was.Revision {
			last[in.ID] = *in
		}
	}
	delete(last, incident.ID(model.HostID(model.Addr4(0xc6336409)), model.In, crashBegin)+"-2")
	if len(last) != 3 {
		t.Errorf("%s: changes of %d incidents, want 3", name, len(last))
	}
}

// TestOneGoroutineWritesBoth wants the writes of a group in their order: inputs,
// changes, and snapshots only after what they claim.
func TestOneGoroutineWritesBoth(t *testing.T) {
	d := newFakeDisk()
	var mu sync.Mutex // guards now
	now := crashBegin
	e, stop := startEngine(t, d, func() int64 { mu.Lock(); defer mu.Unlock(); return now })
	play(t, e, &now, &mu, 1)
	stop()
	if err := e.Write(t.Context(), []model.Change{serviceChange("alpha", 99)}); err == nil {
		t.Error("a stopped engine took changes")
	}
	for i, what := range d.log {
		if what == "put "+keyIncidents && d.log[i-1] != "put "+keyMachine {
			t.Errorf("%s came after %s", what, d.log[i-1])
		}
		if what == "put "+keyMachine && !strings.HasPrefix(d.log[i-1], "append ") {
			t.Errorf("%s came after %s", what, d.log[i-1])
		}
	}
	if got, want := e.Incidents().Last(), d.entries[journal.Changes][len(d.entries[journal.Changes])-1].seq; got != want {
		t.Errorf("the fold is at %d, the journal at %d", got, want)
	}
}

// TestNothingIsSeenBeforeItIsKept has a journal that refuses for a while.
func TestNothingIsSeenBeforeItIsKept(t *testing.T) {
	d := &refusing{fakeDisk: newFakeDisk(), tried: make(chan struct{})}
	d.refuse.Store(true)
	e, stop := startEngine(t, d, func() int64 { return crashBegin })
	defer stop()
	done := make(chan error, 1)
	go func() { done <- e.Write(t.Context(), []model.Change{serviceChange("alpha", 1)}) }()
	<-d.tried
	testenv.Eventually(t, "the engine says that it cannot write", func() bool { return e.Err() != nil })
	if _, _, ok := e.Incidents().Get("alpha"); ok {
		t.Error("a change is seen that the journal refused")
	}
	d.refuse.Store(false)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if _, _, ok := e.Incidents().Get("alpha"); !ok || e.Err() != nil {
		t.Errorf("seen: %v, error: %v", ok, e.Err())
	}
}

// refusing is a disk that is full for a while.
type refusing struct {
	*fakeDisk
	refuse atomic.Bool
	once   sync.Once
	tried  chan struct{}
}

func (d *refusing) Append(ctx context.Context, s journal.Stream, entries ...[]byte) (uint64, error) {
	if d.refuse.Load() {
		d.once.Do(func() { close(d.tried) })
		return 0, journal.ErrFull
	}
	return d.fakeDisk.Append(ctx, s, entries...)
}
