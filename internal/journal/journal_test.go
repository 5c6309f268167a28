package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/testenv"
)

func open(t testing.TB, c Config) *Journal {
	t.Helper()
	if c.Reserve == 0 {
		c.Reserve = 1 << 20
	}
	j, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// all returns what Read hands out, as text.
func all(t testing.TB, j *Journal, s Stream, after uint64) (texts []string, seqs []uint64) {
	t.Helper()
	must(t, j.Read(t.Context(), s, after, func(seq uint64, _ time.Time, data []byte) error {
		texts, seqs = append(texts, string(data)), append(seqs, seq)
		return nil
	}))
	return texts, seqs
}

func texts(t testing.TB, j *Journal, s Stream, after uint64) []string {
	t.Helper()
	got, _ := all(t, j, s, after)
	return got
}

func numbered(n int) (msgs [][]byte, want []string) {
	for i := range n {
		want = append(want, fmt.Sprintf("message %d", i))
		msgs = append(msgs, []byte(want[i]))
	}
	return msgs, want
}

func TestEntriesComeBackInOrderWithTheirTimesAndAfterReopening(t *testing.T) {
	dir, now := t.TempDir(), int64(1_700_000_000_000_000_123)
	j := open(t, Config{Dir: dir, Now: func() int64 { return now }})
	first, err := j.Append(t.Context(), Changes, []byte("a"), []byte(""), []byte("c"))
	must(t, err)
	now++
	second, err := j.Append(t.Context(), Changes, []byte("d"))
	must(t, err)
	if second <= first {
		t.Errorf("sequences %d, %d do not grow", first, second)
	}
	for range 2 {
		got, seqs := all(t, j, Changes, 0)
		if diff := cmp.Diff([]string{"a", "", "c", "d"}, got); diff != "" {
			t.Error(diff)
		}
		if seqs[2] != first || seqs[3] != second {
			t.Errorf("read sequences %d, appended %d and %d", seqs, first, second)
		}
		for i := range seqs {
			if diff := cmp.Diff([]string{"a", "", "c", "d"}[i+1:], texts(t, j, Changes, seqs[i]), cmpEmpty); diff != "" {
				t.Errorf("after %d: %s", seqs[i], diff)
			}
		}
		must(t, j.Read(t.Context(), Changes, first, func(_ uint64, at time.Time, _ []byte) error {
			if at.UnixNano() != now {
				t.Errorf("at %d, want %d", at.UnixNano(), now)
			}
			return nil
		}))
		if got := texts(t, j, Commands, 0); got != nil {
			t.Errorf("another stream holds %q", got)
		}
		must(t, j.Close())
		j = open(t, Config{Dir: dir})
	}
}

var cmpEmpty = cmp.Transformer("empty", func(s []string) string { return strings.Join(s, "|") })

func TestManyMessagesInOneCall(t *testing.T) {
	j := open(t, Config{Dir: t.TempDir()})
	msgs, want := numbered(maxEntries + 10)
	last, err := j.Append(t.Context(), Inputs, msgs...)
	must(t, err)
	got, seqs := all(t, j, Inputs, 0)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if seqs[len(seqs)-1] != last {
		t.Errorf("last %d, want %d", seqs[len(seqs)-1], last)
	}
	u, err := j.Usage(t.Context())
	must(t, err)
	if u.Streams[Inputs].Groups != 2 {
		t.Errorf("%d groups, want 2", u.Streams[Inputs].Groups)
	}
}

func TestManyCallersAreCommittedTogetherAndEachKeepsItsOrder(t *testing.T) {
	j := open(t, Config{Dir: t.TempDir()})
	const callers, each = 64, 20
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			last := uint64(0)
			for i := range each {
				seq, err := j.Append(t.Context(), Alerts, fmt.Appendf(nil, "%d %d", c, i))
				if err != nil || seq <= last {
					t.Errorf("caller %d: sequence %d after %d, %v", c, seq, last, err)
				}
				last = seq
			}
		})
	}
	wg.Wait()
	var next [callers]int
	got := texts(t, j, Alerts, 0)
	for _, s := range got {
		var c, i int
		fmt.Sscanf(s, "%d %d", &c, &i)
		if next[c] != i {
			t.Fatalf("caller %d: %d where %d should be", c, i, next[c])
		}
		next[c]++
	}
	u, err := j.Usage(t.Context())
	must(t, err)
	if len(got) != callers*each || u.Streams[Alerts].Groups >= callers*each {
		t.Errorf("%d entries in %d commits", len(got), u.Streams[Alerts].Groups)
	}
}

func TestTooLargeIsRefusedAndNothingOfItKept(t *testing.T) {
	j := open(t, Config{Dir: t.TempDir()})
	if _, err := j.Append(t.Context(), Changes, []byte("small"), make([]byte, MaxMessage+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
	if err := j.Put(t.Context(), "k", make([]byte, MaxValue+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
	if err := j.Put(t.Context(), strings.Repeat("k", MaxKey+1), nil); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
	if got := texts(t, j, Changes, 0); got != nil {
		t.Errorf("kept %q", got)
	}
	big := bytes.Repeat([]byte("x"), MaxMessage)
	_, err := j.Append(t.Context(), Changes, big, big, big, big, big)
	must(t, err)
	must(t, j.Put(t.Context(), "k", make([]byte, MaxValue)))
	n := 0
	must(t, j.Read(t.Context(), Changes, 0, func(_ uint64, _ time.Time, data []byte) error {
		if !bytes.Equal(data, big) {
			t.Error("a large entry came back changed")
		}
		n++
		return nil
	}))
	if n != 5 {
		t.Errorf("%d entries, want 5", n)
	}
}

func TestValues(t *testing.T) {
	dir := t.TempDir()
	j := open(t, Config{Dir: dir})
	ctx := t.Context()
	put := func(key, value string) { t.Helper(); must(t, j.Put(ctx, key, []byte(value))) }
	put("template/2001:db8::1/256", "one")
	put("template/192_0_2_1", "two")
	put("snapshot", "old")
	put("snapshot", "new")
	put("gone", "x")
	must(t, j.Delete(ctx, "gone"))
	must(t, j.Delete(ctx, "never"))
	for range 2 {
		if v, err := j.Get(ctx, "snapshot"); err != nil || string(v) != "new" {
			t.Errorf("snapshot is %q, %v", v, err)
		}
		if _, err := j.Get(ctx, "gone"); !errors.Is(err, ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
		keys, err := j.Keys(ctx, "template/")
		must(t, err)
		if diff := cmp.Diff([]string{"template/192_0_2_1", "template/2001:db8::1/256"}, keys); diff != "" {
			t.Error(diff)
		}
		must(t, j.Close())
		j = open(t, Config{Dir: dir})
	}
	for _, key := range []string{"", "a b", "a.b", "*", ">", "a>", "\xff"} {
		if err := j.Put(ctx, key, nil); err == nil {
			t.Errorf("key %q was taken", key)
		}
	}
}

func TestValuesTogetherAreBounded(t *testing.T) {
	j := open(t, Config{Dir: t.TempDir()})
	j.maxValues = 100_000
	value := make([]byte, 30_000)
	for range 20 { // replacing one costs no room
		must(t, j.Put(t.Context(), "a", value))
	}
	must(t, j.Put(t.Context(), "b", value))
	must(t, j.Put(t.Context(), "c", value))
	if err := j.Put(t.Context(), "d", value); !errors.Is(err, ErrFull) {
		t.Errorf("got %v, want ErrFull", err)
	}
	must(t, j.Delete(t.Context(), "b"))
	must(t, j.Put(t.Context(), "d", value))
}

func TestOldestGoWhenTheLimitIsReachedAndReadersAreTold(t *testing.T) {
	dir := t.TempDir()
	c := Config{Dir: dir, Limits: map[Stream]Limit{Inputs: {Bytes: MinBytes}}}
	j := open(t, c)
	first, err := j.Append(t.Context(), Inputs, []byte("first"))
	must(t, err)
	big := make([]byte, MaxMessage)
	var last uint64
	for range 12 {
		last, err = j.Append(t.Context(), Inputs, big)
		must(t, err)
	}
	nothing := func(uint64, time.Time, []byte) error { return nil }
	if err := j.Read(t.Context(), Inputs, first, nothing); !errors.Is(err, ErrTrimmed) {
		t.Errorf("got %v, want ErrTrimmed", err)
	}
	must(t, j.Read(t.Context(), Inputs, 0, nothing))
	must(t, j.Read(t.Context(), Inputs, last, nothing))
	u, err := j.Usage(t.Context())
	must(t, err)
	if u.Streams[Inputs].Octets > MinBytes {
		t.Errorf("%d octets are kept, the limit is %d", u.Streams[Inputs].Octets, MinBytes)
	}
}

func TestSequencesGoOnAfterEverythingWasTrimmed(t *testing.T) {
	dir := t.TempDir()
	j := open(t, Config{Dir: dir})
	var last uint64
	var err error
	for range 10 {
		last, err = j.Append(t.Context(), Inputs, []byte("x"))
		must(t, err)
	}
	must(t, j.engine.streams[Inputs].Purge(t.Context()))
	must(t, j.Close())
	j = open(t, Config{Dir: dir})
	next, err := j.Append(t.Context(), Inputs, []byte("y"))
	must(t, err)
	if next <= last {
		t.Errorf("sequence %d after %d", next, last)
	}
}

func TestLimitsMayBeChanged(t *testing.T) {
	dir := t.TempDir()
	j := open(t, Config{Dir: dir})
	_, err := j.Append(t.Context(), Inputs, []byte("x"))
	must(t, err)
	must(t, j.Close())
	j = open(t, Config{Dir: dir, Limits: map[Stream]Limit{Inputs: {Bytes: MinBytes, Age: time.Hour}}})
	if got := j.engine.streams[Inputs].CachedInfo().Config; got.MaxAge != time.Hour || got.MaxBytes != MinBytes {
		t.Errorf("limits are %d octets, %s", got.MaxBytes, got.MaxAge)
	}
	if diff := cmp.Diff([]string{"x"}, texts(t, j, Inputs, 0)); diff != "" {
		t.Error(diff)
	}
}

func TestClosedJournalAnswersEveryCaller(t *testing.T) {
	j := open(t, Config{Dir: t.TempDir()})
	var wg sync.WaitGroup
	begun := make(chan struct{}, 8)
	for range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				if _, err := j.Append(context.Background(), Changes, []byte("x")); err != nil {
					if !errors.Is(err, ErrClosed) {
						t.Errorf("got %v, want ErrClosed", err)
					}
					return
				}
				if i == 3 {
					begun <- struct{}{}
				}
			}
		})
	}
	for range 8 {
		<-begun
	}
	must(t, j.Close())
	wg.Wait()
	if err := j.Close(); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
	if _, err := j.Get(t.Context(), "k"); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}

func TestFailedStoreIsReopenedWithoutARestart(t *testing.T) {
	j := open(t, Config{Dir: t.TempDir()})
	_, err := j.Append(t.Context(), Changes, []byte("before"))
	must(t, err)
	must(t, j.engine.server.ShutdownJetStream()) // as the server does by itself on a full disk
	if _, err := j.Append(t.Context(), Changes, []byte("refused")); !errors.Is(err, ErrDown) {
		t.Fatalf("got %v, want ErrDown", err)
	}
	testenv.Eventually(t, "it is written again", func() bool {
		_, err := j.Append(t.Context(), Changes, []byte("after"))
		return err == nil
	})
	got := texts(t, j, Changes, 0)
	if got[0] != "before" || got[len(got)-1] != "after" {
		t.Errorf("holds %q", got)
	}
}

func TestGivingUpDoesNotWait(t *testing.T) {
	j := open(t, Config{Dir: t.TempDir()})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		if _, err := j.Append(ctx, Changes, []byte("x")); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if err := j.Put(ctx, "k", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// holds tells whether any file under dir has the octets.
func holds(t *testing.T, dir string, octets []byte) bool {
	t.Helper()
	found := false
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		found = found || bytes.Contains(b, octets)
		return err
	}))
	return found
}

func TestDeletedValuesAreNotOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	j := open(t, Config{Dir: dir})
	secret := []byte("the key of many hashes, 32 octets")
	must(t, j.Put(t.Context(), "a", []byte("before")))
	must(t, j.Put(t.Context(), "salt", secret))
	must(t, j.Put(t.Context(), "b", []byte("after")))
	if !holds(t, dir, secret) {
		t.Fatal("the value was never on the disk; this test shows nothing")
	}
	must(t, j.Delete(t.Context(), "salt"))
	if holds(t, dir, secret) {
		t.Error("the value is still on the disk")
	}
	must(t, j.Close())
	j = open(t, Config{Dir: dir})
	if _, err := j.Get(t.Context(), "salt"); !errors.Is(err, ErrNotFound) {
		t.Errorf("the key is answered with %v", err)
	}
	if v, err := j.Get(t.Context(), "b"); string(v) != "after" {
		t.Errorf("its neighbour is %q, %v", v, err)
	}
	if holds(t, dir, secret) {
		t.Error("the value is on the disk again")
	}
}
