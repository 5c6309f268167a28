package moderation

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"floodmark/internal/model"
)

// memory is a Store.
type memory struct {
	mu   sync.Mutex
	m    map[string][]byte
	fail error
}

func (s *memory) Put(_ context.Context, k string, v []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail == nil {
		s.m[k] = slices.Clone(v)
	}
	return s.fail
}

func (s *memory) Get(_ context.Context, k string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.m[k], nil
}

func (s *memory) Delete(_ context.Context, k string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.m, k)
	return s.fail
}

func (s *memory) Keys(_ context.Context, p string) (out []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.m {
		if strings.HasPrefix(k, p) {
			out = append(out, k)
		}
	}
	return out, nil
}

type moderation struct {
	*Moderation
	store *memory
	now   int64
}

func newModeration(t *testing.T) *moderation {
	t.Helper()
	x := &moderation{store: &memory{m: make(map[string][]byte)}, now: int64(time.Hour) * 1e4}
	x.open(t)
	return x
}

func (x *moderation) open(t *testing.T) {
	t.Helper()
	d, err := New(t.Context(), Config{Store: x.store, Now: func() int64 { return x.now }, Known: func(s string) bool { return s == "x" },
		Near: func(netip.Addr) string { return "DE" }})
	if err != nil {
		t.Fatal(err)
	}
	x.Moderation = d
}

func from(a string) model.Submission { return model.Submission{Address: netip.MustParseAddr(a)} }

func TestACommentWaitsPassesAndGoes(t *testing.T) {
	x := newModeration(t)
	token, err := x.Comment(t.Context(), model.Comment{Service: "x", Text: "does not\n load \u202e here", From: from("192.0.2.1")})
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Comments("x")) != 0 {
		t.Fatal("a comment is shown that nobody looked at")
	}
	q := x.Queue()
	if len(q) != 1 || q[0].Text != "does not load here" || q[0].Token != "" || q[0].Country != "DE" {
		t.Fatalf("%+v", q)
	}
	if err := x.Decide(t.Context(), q[0].ID, true, "ann"); err != nil {
		t.Fatal(err)
	}
	x.open(t) // over a restart
	if c := x.Comments("x"); len(c) != 1 || len(x.Queue()) != 0 {
		t.Fatalf("%+v", c)
	}
	if err := x.Uncomment(t.Context(), "guess"); !errors.Is(err, ErrUnknown) {
		t.Errorf("a guessed token: %v", err)
	}
	if err := x.Uncomment(t.Context(), token); err != nil || len(x.Comments("x")) != 0 || len(x.store.m) != 0 {
		t.Errorf("%v, %d kept", err, len(x.store.m))
	}
	for k, v := range x.store.m {
		if strings.Contains(string(v), "192.0.2") {
			t.Errorf("%s holds an address", k)
		}
	}
}

func TestWhatIsNotTaken(t *testing.T) {
	x := newModeration(t)
	for text, want := range map[string]error{"": errEmpty, "\x00\u200b": errEmpty, strings.Repeat("a", 501): errLong, strings.Repeat("a", 1<<20): errLong,
		"see https://a.example": errLink, "www.a.example": errLink, "go to evil.com/x now": errLink, "buy at shop.example.xyz!": errLink} {
		if _, err := x.Comment(t.Context(), model.Comment{Service: "x", Text: text, From: from("192.0.2.1")}); !errors.Is(err, want) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	if _, err := x.Comment(t.Context(), model.Comment{Service: "y", Text: "a", From: from("192.0.2.1")}); !errors.Is(err, ErrUnknown) {
		t.Errorf("an unknown service: %v", err)
	}
	for _, u := range []string{"javascript:alert(1)", "ftp://a.example", "//a.example", "https://u:p@a.example", "nonsense"} {
		if err := x.Suggest(t.Context(), model.Suggestion{Name: "A", URL: u, From: from("192.0.2.1")}); err == nil {
			t.Errorf("%s was taken", u)
		}
	}
	if len(x.Queue()) != 0 {
		t.Errorf("%+v", x.Queue())
	}
}

func TestNetworksAreBounded(t *testing.T) {
	x := newModeration(t)
	for i := range perHour + 1 {
		err := x.Suggest(t.Context(), model.Suggestion{Name: "A", From: from("198.51.100." + string(rune('1'+i)))})
		if (i < perHour) != (err == nil) {
			t.Errorf("number %d: %v", i, err)
		}
	}
	if err := x.Suggest(t.Context(), model.Suggestion{Name: "A", From: from("2001:db8::1")}); err != nil {
		t.Errorf("another network: %v", err)
	}
	x.now += int64(time.Hour)
	if err := x.Suggest(t.Context(), model.Suggestion{Name: "A", From: from("198.51.100.1")}); err != nil {
		t.Errorf("an hour later: %v", err)
	}
	x.now += int64(31 * 24 * time.Hour)
	if err := x.Suggest(t.Context(), model.Suggestion{Name: "B", From: from("198.51.100.1")}); err != nil || len(x.Queue()) != 1 {
		t.Errorf("a month later %d wait: %v", len(x.Queue()), err)
	}
}

func TestNothingIsTakenThatIsNotKept(t *testing.T) {
	x := newModeration(t)
	x.store.fail = errors.New("full")
	if err := x.Suggest(t.Context(), model.Suggestion{Name: "A", From: from("192.0.2.1")}); err == nil || len(x.Queue()) != 0 {
		t.Errorf("%v %+v", err, x.Queue())
	}
}

func TestNotes(t *testing.T) {
	x := newModeration(t)
	id, err := x.Note(t.Context(), "x", "we are on it", "ann")
	if err != nil || len(x.Notes("x")) != 1 || x.Notes("x")[0].By != "ann" {
		t.Fatalf("%v %+v", err, x.Notes("x"))
	}
	if err := x.Decide(t.Context(), id, false, "ann"); err != nil || len(x.Notes("x")) != 0 {
		t.Errorf("%v", err)
	}
}

func TestManyAtOnce(t *testing.T) {
	x := newModeration(t)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			_ = x.Suggest(t.Context(), model.Suggestion{Name: "A", From: from("10.0." + string(rune('0'+i%10)) + ".1")})
			x.Queue()
			x.Comments("x")
		})
	}
	wg.Wait()
	if n := len(x.Queue()); n != len(x.store.m) || n == 0 {
		t.Errorf("%d wait, %d kept", n, len(x.store.m))
	}
}

func FuzzCleanComment(f *testing.F) {
	for _, s := range []string{"a b", "\x00\xff", "https://a", strings.Repeat("é", 600)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out, err := cleanComment(s)
		if err != nil {
			return
		}
		if n := len([]rune(out)); n == 0 || n > maxComment || strings.ContainsAny(out, "\n\r\t\x00") || strings.Contains(out, "://") {
			t.Fatalf("%q gives %q", s, out)
		}
		if again, err := cleanComment(out); err != nil || again != out {
			t.Fatalf("%q gives %q, then %q %v", s, out, again, err)
		}
	})
}
