package report

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"floodmark/internal/fault"
	"floodmark/internal/model"
)

func TestProofsAreBoundAndUsedOnce(t *testing.T) {
	b := newBench(t, newState())
	b.run()
	s := from("100.64.0.1")
	n := 0
	next := func(address string) model.Submission { // another person each time
		n++
		s := from(address)
		s.Agent = fmt.Sprint("person ", n)
		return s
	}
	first := b.proved(s)
	b.want("counted", first)
	check := func(name, want string, address, solution string) {
		t.Helper()
		s := next(address)
		s.Solution = solution
		if got := b.submit(s); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	check("replayed by a neighbour", "work", "100.64.0.2", first.Solution)
	if b.Stats().Replayed != 1 {
		t.Errorf("%+v", b.Stats())
	}
	token := func() (model.Challenge, string) {
		c, err := b.Challenge("alpha", s)
		if err != nil {
			t.Fatal(err)
		}
		return c, solve(c)
	}
	c, solution := token()
	check("another prefix", "work", "100.64.1.1", solution)
	other := next("100.64.0.3")
	other.Service, other.Solution = "beta", solution
	b.want("work", other)
	wrong := c.Token + ":"
	for i := 0; ; i++ {
		if q := c; solve(q) != fmt.Sprintf("%s%d", wrong, i) {
			wrong += fmt.Sprint(i)
			break
		}
	}
	check("no work", "work", "100.64.0.4", wrong)
	check("a neighbour in the same prefix", "counted", "100.64.0.5", solution)
	for i := range len(c.Token) {
		c, solution := token()
		bad := []byte(solution)
		bad[i] = map[bool]byte{true: 'B', false: 'A'}[bad[i] == 'A']
		check(fmt.Sprint("octet ", i), "work", "100.64.0.6", string(bad))
		_ = c
	}
	_, solution = token()
	check("a long nonce", "work", "100.64.0.7", solution+strings.Repeat("0", 40))
	check("nothing", "work", "100.64.0.7", "")
	check("colon", "work", "100.64.0.7", ":")
	check("long", "work", "100.64.0.7", strings.Repeat("A", 1<<20))
	b.real.Add(int64(proofLife + time.Second))
	check("too old", "work", "100.64.0.7", solution)
	_, solution = token()
	b.real.Add(int64(proofLife - time.Second))
	check("nearly too old", "counted", "100.64.0.7", solution)
	_, solution = token()
	b.time.Add(int64(proofLife) * 50) // the server's clock may run as it likes
	check("another clock", "counted", "100.64.0.8", solution)
}

func TestChallengesFollowWhoAsks(t *testing.T) {
	b := newBench(t, newState())
	b.confirmed.Store(false)
	b.run()
	bits := func(address string) uint8 {
		t.Helper()
		c, err := b.Challenge("alpha", from(address))
		if err != nil {
			t.Fatal(err)
		}
		return c.Bits
	}
	for address, want := range map[string]uint8{"10.0.0.1": 14, "100.64.0.1": 14, "2001:db8::1": 14, "20.0.0.1": 16, "30.0.0.1": 16, "203.0.113.1": 15} {
		if got := bits(address); got != want {
			t.Errorf("%s: %d bits, want %d", address, got, want)
		}
	}
	b.confirmed.Store(true)
	if got := bits("10.0.0.1"); got != 4 {
		t.Errorf("%d bits while an incident is confirmed", got)
	}
	for i := range 10 {
		s := from("20.0.0.1")
		s.Agent = fmt.Sprint(i)
		b.want("counted", b.proved(s))
	}
	b.confirmed.Store(false)
	if got := bits("20.0.0.99"); got != 16+3 {
		t.Errorf("%d bits for a prefix at half its limit", got)
	}
	if got := bits("20.0.1.1"); got != 16 {
		t.Errorf("%d bits for a neighbour", got)
	}
	c, err := b.Challenge("alpha", from("10.0.0.1"))
	if err != nil || c.Until != b.c.Real().Add(10*time.Minute).UnixNano() {
		t.Errorf("until %d, %v", c.Until, err)
	}
	for name, s := range map[string]model.Submission{"gamma": from("10.0.0.1"), "alpha": {}} {
		var e *fault.Error
		if _, err := b.Challenge(name, s); !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Proofs that were asked for when they were easy do not work for long.
	b.confirmed.Store(true)
	s := b.proved(from("10.0.0.1"))
	b.confirmed.Store(false)
	b.want("work", s)
}

func TestFormsWithoutScript(t *testing.T) {
	b := newBench(t, newState())
	b.run()
	n := 0
	form := func(address string, wait time.Duration) string {
		t.Helper()
		s := from(address)
		n++
		s.Agent = fmt.Sprint("old phone ", n)
		c, err := b.Challenge("alpha", s)
		if err != nil {
			t.Fatal(err)
		}
		b.real.Add(int64(wait))
		s.Solution = c.Token
		return b.submit(s)
	}
	if got := form("10.0.0.1", 2*time.Second); got != "work" {
		t.Errorf("a form that nobody can have read: %s", got)
	}
	got := map[string]int{}
	for range 300 {
		got[form("10.0.0.1", 5*time.Second)]++
	}
	if got["counted"] != 256 || got["work"] != 44 {
		t.Errorf("a carrier's: %v", got)
	}
	clear(got)
	for range 10 {
		got[form("20.0.0.1", 5*time.Second)]++
	}
	if got["counted"] != 4 || got["work"] != 6 {
		t.Errorf("a machine's: %v", got)
	}
	for _, r := range b.j.all(t) {
		if r.Work != 0 {
			t.Fatalf("work of %d bits", r.Work)
		}
	}
	s := from("100.64.0.1")
	c, _ := b.Challenge("alpha", s)
	b.real.Add(int64(5 * time.Second))
	s.Solution = c.Token
	b.want("counted", s)
	s.Agent = "another"
	b.want("work", s) // a form is used once, too
	s.Solution = solve(c)
	b.want("work", s)
}

func TestProofsOfOtherThings(t *testing.T) {
	b := newBench(t, newState())
	s := from("100.64.0.1")
	s.Service = ""
	reason := func(err error) string { return outcome(model.Receipt{}, err) }
	if got := reason(b.Prove(s)); got != "work" {
		t.Error(got)
	}
	p := b.proved(s)
	if got := reason(b.Prove(p)); got != "counted" {
		t.Error(got)
	}
	if got := reason(b.Prove(p)); got != "work" {
		t.Errorf("replayed: %s", got)
	}
	for range deedsMost - 1 {
		if err := b.Prove(b.proved(s)); err != nil {
			t.Error(err)
		}
	}
	if got := reason(b.Prove(b.proved(s))); got != "many" {
		t.Error(got)
	}
	s.Address = from("100.64.0.2").Address
	if err := b.Prove(b.proved(s)); err != nil {
		t.Error(err)
	}
	b.run()
	b.want("counted", b.proved(from("100.64.0.1")))
	if got := reason(b.Prove(model.Submission{})); got != "invalid" {
		t.Error(got)
	}
}

// spent is the same as a set of numbers, as far back as it is long.
func TestSpentIsASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newSpent(128)
		set := map[uint64]bool{}
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		for range 2000 {
			switch n := s.last - uint64(rng.IntN(200)); rng.IntN(4) {
			case 0:
				s.next()
			case 1:
				if !s.used(n) {
					s.set(n)
					set[n] = true
				}
			case 2:
				if n <= s.last && s.last-n < 128 {
					s.clear(n)
					delete(set, n)
				}
			default:
				want := n > s.last || s.last-n >= 128 || set[n]
				if got := s.used(n); got != want {
					t.Fatalf("%d of %d used: %v, want %v", n, s.last, got, want)
				}
			}
		}
	})
}

func FuzzSolution(f *testing.F) {
	b := newBench(f, newState())
	s := from("100.64.0.1")
	f.Add(b.proved(s).Solution)
	f.Add(":")
	f.Fuzz(func(t *testing.T, solution string) {
		s.Solution = solution
		if p := b.work.check(&s); p.valid && p.number > b.spent.last {
			t.Errorf("number %d was never given", p.number)
		}
	})
}
