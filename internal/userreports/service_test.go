package userreports

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"floodmark/internal/journal"
	"floodmark/internal/model"
	"floodmark/internal/source/report"
)

const minute = int64(time.Minute)

var begin = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC).UnixNano()

// fakeJournal is a journal in memory.
type fakeJournal struct {
	mu      sync.Mutex // guards what follows
	reports [][]byte
	values  map[string][]byte
}

func (j *fakeJournal) Append(_ context.Context, _ journal.Stream, entries ...[]byte) (uint64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.reports = append(j.reports, entries...)
	return uint64(len(j.reports)), nil
}

func (j *fakeJournal) Read(_ context.Context, _ journal.Stream, after uint64, each func(uint64, time.Time, []byte) error) error {
	j.mu.Lock()
	list := j.reports
	j.mu.Unlock()
	for i, b := range list {
		if uint64(i+1) > after {
			if err := each(uint64(i+1), time.Time{}, b); err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *fakeJournal) Put(_ context.Context, key string, b []byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.values[key] = b
	return nil
}

func (j *fakeJournal) Get(_ context.Context, key string) ([]byte, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if b, ok := j.values[key]; ok {
		return b, nil
	}
	return nil, journal.ErrNotFound
}

func (j *fakeJournal) Delete(_ context.Context, key string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.values, key)
	return nil
}

// fakeEngine writes nothing until it is let.
type fakeEngine struct {
	open    chan struct{} // closed when it writes
	asked   chan struct{} // a write waits
	written atomic.Int64
}

func (e *fakeEngine) Write(ctx context.Context, changes []model.Change) error {
	select {
	case e.asked <- struct{}{}:
	default:
	}
	select {
	case <-e.open:
		e.written.Add(int64(len(changes)))
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

type noIncidents struct{}

func (noIncidents) Get(string) (model.Incident, []model.NumberedChange, bool) {
	return model.Incident{}, nil, false
}
func (noIncidents) Services(func(*model.Incident) bool, int) []model.Incident { return nil }
func (noIncidents) Traffic() []model.Incident                                 { return nil }

type nowhere struct{}

func (nowhere) Place(netip.Addr) model.Place           { return model.Place{} }
func (nowhere) Prefixes(model.TargetID) []netip.Prefix { return nil }

type bench struct {
	*Service
	engine *fakeEngine
	now    *atomic.Int64
	random *rand.Rand
}

func newBench(t *testing.T, dir string, j *fakeJournal, now int64) *bench {
	t.Helper()
	b := &bench{engine: &fakeEngine{open: make(chan struct{}), asked: make(chan struct{}, 1)}, now: new(atomic.Int64), random: rand.New(rand.NewPCG(1, 1))}
	b.now.Store(now)
	var err error
	b.Service, err = New(t.Context(), Config{Services: []*model.Service{{Slug: "x", Name: "X"}}, Budget: model.Budget{Max: 1, Per: model.Year}, Dir: dir,
		Now: b.now.Load, Tick: time.Hour, Log: slog.New(slog.DiscardHandler)},
		Deps{Journal: j, Engine: b.engine, Incidents: noIncidents{}, Network: nowhere{}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// minutes has so many people report in each of some minutes.
func (b *bench) minutes(n, people int) {
	for range n {
		at := b.now.Add(minute)
		batch := make([]model.Report, 0, people)
		for range people {
			batch = append(batch, model.Report{At: at, Service: "x", ASN: 100 + uint32(b.random.IntN(40)), Network: "access", Person: b.random.Uint64(), Prefix: b.random.Uint64(), Client: uint32(b.random.IntN(30))})
		}
		b.sink(batch, at, uint64(at))
		b.shownAt = time.Time{}
	}
}

// TestNobodyWaitsForTheDisk has a disk that takes nothing while an outage is
// reported: reports are counted, pages see them, and nothing is kept that would
// make a start forget the changes that wait.
func TestNobodyWaitsForTheDisk(t *testing.T) {
	dir := t.TempDir()
	b := newBench(t, dir, &fakeJournal{values: make(map[string][]byte)}, begin)
	before := b.View()
	b.minutes(2*24*60, 1)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { b.Run(ctx) })
	defer running.Wait()
	defer stop()
	b.minutes(20, 60)
	<-b.engine.asked // it is held up from now on
	b.minutes(5, 60)
	select {
	case <-before.Changed():
	default:
		t.Error("pages were not shown anything new")
	}
	v, _ := b.View().Service("x")
	if v.Incident == nil || v.Last15m.Problems < 100 {
		t.Fatalf("pages see %d problems and the incident %v", v.Last15m.Problems, v.Incident)
	}
	here := 0
	for asn := range uint32(40) {
		n, _, _ := b.View().Near("x", 100+asn)
		here += n
	}
	if here < 300 {
		t.Errorf("networks near have %d reports", here)
	}
	b.Save(t.Context())
	if _, err := os.Stat(filepath.Join(dir, stateFile)); err == nil {
		t.Error("state was kept while changes wait")
	}
	hurried, cancel := context.WithCancel(t.Context())
	cancel()
	ack := model.Command{Type: model.Acknowledge, Incident: v.Incident.ID, By: "op", At: b.now.Load()}
	if err := b.Command(hurried, ack); err != ErrUnavailable {
		t.Errorf("a command that is not safe: %v", err)
	}
	close(b.engine.open)
	ack.Note = "again"
	if err := b.Command(t.Context(), ack); err != nil {
		t.Errorf("a command that is safe: %v", err)
	}
	if len(b.undelivered()) != 0 || b.engine.written.Load() < 3 {
		t.Errorf("%d written, %d wait", b.engine.written.Load(), len(b.undelivered()))
	}
	b.Save(t.Context())
	if _, err := os.Stat(filepath.Join(dir, stateFile)); err != nil {
		t.Error(err)
	}
}

// TestHistoryDoesNotHoldUpMinutes has a history that comes slowly.
func TestHistoryDoesNotHoldUpMinutes(t *testing.T) {
	b := newBench(t, t.TempDir(), &fakeJournal{values: make(map[string][]byte)}, begin)
	b.minutes(3, 0)
	r, w := io.Pipe()
	done := make(chan Imported, 1)
	go func() {
		out, err := b.Import(r, false)
		if err != nil {
			t.Error(err)
		}
		done <- out
	}()
	fmt.Fprintln(w, "service,time,count")
	const days = 14
	at := time.Unix(0, begin).Add(-days * 24 * time.Hour)
	for q := range days * 96 {
		fmt.Fprintf(w, "x,%s,%d\n", at.UTC().Format(time.RFC3339), q%5)
		at = at.Add(15 * time.Minute)
		if q%96 == 0 {
			closed := b.ClosedUntil()
			b.minutes(1, 0)
			if b.ClosedUntil() == closed {
				t.Fatal("no minute is closed while history comes in")
			}
		}
	}
	w.Close()
	if out := <-done; out.Taken != days*96 || out.Late != 0 {
		t.Errorf("%d taken, %d late", out.Taken, out.Late)
	}
	b.minutes(1, 0)
	if v, _ := b.View().Service("x"); v.Why != "" || v.Last15m.Expected < 1 || v.Last15m.Expected > 4 {
		t.Errorf("%q, expected %g", v.Why, v.Last15m.Expected)
	}
	if _, err := b.Import(io.MultiReader(), false); err == nil {
		t.Error("an empty file was taken")
	}
}

// TestUndeliveredChangesComeAgain stops before the engine took anything: the next
// run finds the same in the journal of reports.
func TestUndeliveredChangesComeAgain(t *testing.T) {
	dir, j := t.TempDir(), &fakeJournal{values: make(map[string][]byte)}
	b := newBench(t, dir, j, begin)
	b.minutes(24*60, 1)
	b.seq = 0 // of the journal, which has none of these
	b.Save(t.Context())
	r := b.random
	for range 30 {
		at := b.now.Add(minute)
		batch := report.AppendBatch(nil)
		for range 60 {
			x := model.Report{At: at, Service: "x", ASN: 100 + uint32(r.IntN(40)), Network: "access", Person: r.Uint64(), Prefix: r.Uint64(), Client: uint32(r.IntN(30))}
			batch = report.AppendReport(batch, &x)
		}
		j.Append(t.Context(), journal.Reports, batch)
	}
	again := newBench(t, dir, j, b.now.Load())
	if again.seq != 30 {
		t.Errorf("the journal was read up to %d", again.seq)
	}
	first := again.undelivered()
	if len(first) == 0 {
		t.Fatal("no change is pending")
	}
	third := newBench(t, dir, j, b.now.Load())
	if got := third.undelivered(); len(got) != len(first) || got[0].Incident.ID != first[0].Incident.ID {
		t.Errorf("%d changes, then %d", len(first), len(got))
	}
}

// TestClockThatWasAhead: one boot with a clock two hours ahead does not keep the
// next one from counting, whether somebody reported meanwhile or nobody.
func TestClockThatWasAhead(t *testing.T) {
	for _, meanwhile := range []int{0, 7} {
		dir, j := t.TempDir(), &fakeJournal{values: make(map[string][]byte)}
		b := newBench(t, dir, j, begin)
		b.minutes(10, 1)
		b.Save(t.Context())
		ahead := newBench(t, dir, j, b.now.Load()+120*minute)
		ahead.minutes(1, meanwhile)
		ahead.Save(t.Context())
		again := newBench(t, dir, j, b.now.Load()+minute)
		before := problems(again)
		again.minutes(5, 3)
		again.minutes(1, 0)
		if n := problems(again) - before; n != 15 {
			t.Errorf("%d reports meanwhile: %d of 15 later ones are shown", meanwhile, n)
		}
		if want := uint32(10 + meanwhile); before < want {
			t.Errorf("%d of %d earlier reports are shown", before, want)
		}
	}
}

func problems(b *bench) (n uint32) {
	v, _ := b.View().Service("x")
	for _, x := range v.Day {
		n += x.Problems
	}
	return n
}
