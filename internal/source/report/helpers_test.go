package report

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"floodmark/internal/fault"
	"floodmark/internal/model"
)

// fakeJournal keeps entries in memory.
type fakeJournal struct {
	mu      sync.Mutex
	entries [][]byte
	fail    error
	hold    chan struct{} // Append waits for it where it is not nil
	holding chan struct{} // and says so here
}

func (j *fakeJournal) Append(_ context.Context, entries ...[]byte) (uint64, error) {
	if j.hold != nil {
		j.holding <- struct{}{}
		<-j.hold
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.fail != nil {
		return 0, fmt.Errorf("append: %w", j.fail)
	}
	for _, e := range entries {
		j.entries = append(j.entries, slices.Clone(e))
	}
	return uint64(len(j.entries)), nil
}

func (j *fakeJournal) failing(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.fail = err
}

// all returns what is durable.
func (j *fakeJournal) all(t testing.TB) (out []model.Report) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range j.entries {
		if err := ParseBatch(e, func(r *model.Report) error { out = append(out, *r); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// fakeState keeps values in memory.
type fakeState struct {
	mu     sync.Mutex
	values map[string][]byte
	fail   error
}

func newState() *fakeState { return &fakeState{values: make(map[string][]byte)} }

func (s *fakeState) Get(_ context.Context, key string) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.values[key]
	return v, ok, s.fail
}

func (s *fakeState) Put(_ context.Context, key string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail == nil {
		s.values[key] = slices.Clone(value)
	}
	return s.fail
}

func (s *fakeState) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail == nil {
		delete(s.values, key)
	}
	return s.fail
}

var testServices = map[string]*model.Service{}

func init() {
	for _, slug := range []string{"alpha", "beta"} {
		testServices[slug] = &model.Service{Slug: slug, Name: slug, Components: []model.Component{{Slug: "login", Name: "Login"}}}
	}
}

// placeOf is address data of a test: 10/8 a carrier, 100.64/10 broadband, 20/8
// machines, 30/8 exits of a VPN, 2001:db8::/33 broadband, the rest unknown.
func placeOf(a netip.Addr) model.Place {
	for prefix, p := range map[string]model.Place{
		"10.0.0.0/8":     {Country: "DE", ASN: 64500, Kind: "mobile"},
		"100.64.0.0/10":  {Country: "FR", ASN: 64501, Kind: "access"},
		"20.0.0.0/8":     {Country: "US", ASN: 64502, Kind: "hosting"},
		"30.0.0.0/8":     {Country: "US", ASN: 64503, Kind: "vpn", Unlocatable: true},
		"40.0.0.0/8":     {Country: "UA", Country2: "PL", ASN: 64504, Kind: "access"},
		"2001:db8::/33":  {Country: "MX", ASN: 64505, Kind: "access"},
		"203.0.113.0/24": {Country: "NZ", ASN: 64506, Kind: "unknown"},
	} {
		if netip.MustParsePrefix(prefix).Contains(a) {
			return p
		}
	}
	return model.Place{Kind: "unknown"}
}

// bench is an intake and all around it.
type bench struct {
	*Intake
	t         testing.TB
	j         *fakeJournal
	state     *fakeState
	time      atomic.Int64 // of the server
	real      atomic.Int64 // since the beginning
	confirmed atomic.Bool

	mu    sync.Mutex
	heard []model.Report
	upTo  int64
	wrong string
	ticks chan struct{}
}

const testStart = int64(1_760_000_000_000_000_000)

func newBench(t testing.TB, state *fakeState) *bench {
	t.Helper()
	b := &bench{t: t, j: &fakeJournal{}, state: state, ticks: make(chan struct{}, 1)}
	b.time.Store(testStart)
	b.confirmed.Store(true) // so that tests work less
	b.open()
	return b
}

// open makes the intake anew, as a restart does.
func (b *bench) open() {
	b.t.Helper()
	began := time.Now()
	in, err := New(b.t.Context(), Config{Journal: b.j, State: b.state, Now: b.time.Load,
		Real:      func() time.Time { return began.Add(time.Duration(b.real.Load())) },
		Place:     placeOf,
		Known:     func(s string) (*model.Service, bool) { v, ok := testServices[s]; return v, ok },
		Confirmed: func(string) bool { return b.confirmed.Load() },
		Sink:      b.sink})
	if err != nil {
		b.t.Fatal(err)
	}
	b.Intake = in
}

// sink checks what it is promised.
func (b *bench) sink(batch []model.Report, upTo int64, seq uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range batch {
		if r.At < b.upTo || r.At > upTo {
			b.wrong = fmt.Sprintf("a report of %d after all before %d were promised, in a batch up to %d", r.At, b.upTo, upTo)
		}
	}
	if upTo < b.upTo || (len(batch) == 0) != (seq == 0) {
		b.wrong = fmt.Sprintf("up to %d after %d; %d reports with seq %d", upTo, b.upTo, len(batch), seq)
	}
	b.upTo = upTo
	b.heard = append(b.heard, batch...)
	select {
	case b.ticks <- struct{}{}:
	default:
	}
}

// run runs the intake until the end of the test, or until stop is called.
func (b *bench) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { b.Run(ctx) })
	stop = sync.OnceFunc(func() {
		cancel()
		wg.Wait()
		if b.wrong != "" {
			b.t.Error(b.wrong)
		}
	})
	b.t.Cleanup(stop)
	return stop
}

// from is a problem of alpha that somebody has.
func from(address string) model.Submission {
	return model.Submission{Service: "alpha", Address: netip.MustParseAddr(address), Agent: "Browser/1", Languages: "de"}
}

// solve does the work of a challenge.
func solve(c model.Challenge) string {
	for n := 0; ; n++ {
		s := fmt.Sprintf("%s:%d", c.Token, n)
		sum := sha256.Sum256([]byte(s))
		if zeros(&sum) >= int(c.Bits) {
			return s
		}
	}
}

// proved adds a proof of work.
func (b *bench) proved(s model.Submission) model.Submission {
	b.t.Helper()
	c, err := b.Challenge(s.Service, s)
	if err != nil {
		b.t.Fatal(err)
	}
	s.Solution = solve(c)
	return s
}

// submit returns the outcome of a submission in a word. The receipt of a
// suppressed report is that of a counted one; the statistics tell them apart.
func (b *bench) submit(s model.Submission) string {
	b.t.Helper()
	before := b.Stats().Suppressed
	got := outcome(b.Submit(context.Background(), s))
	if got == "counted" && b.Stats().Suppressed > before {
		return "suppressed"
	}
	return got
}

func outcome(r model.Receipt, err error) string {
	var e *fault.Error
	switch {
	case errors.As(err, &e):
		return map[fault.Kind]string{fault.Invalid: "invalid", fault.NotFound: "unknown", fault.WorkRequired: "work", fault.TooMany: "many", fault.Unavailable: "full"}[e.Kind]
	case err != nil:
		return err.Error()
	}
	return [...]string{"counted", "duplicate"}[r.State]
}

func (b *bench) want(want string, s model.Submission) {
	b.t.Helper()
	if got := b.submit(s); got != want {
		b.t.Errorf("%s %s: %s, want %s", s.Address, strings.Join([]string{s.Service, s.Agent}, " "), got, want)
	}
}
