package duckdb

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"floodmark/internal/testenv"
)

func list(t testing.TB, dir, pattern string) []string {
	t.Helper()
	got, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// fill writes a chunk in each of so many periods of a minute.
func fillPeriods(t *testing.T, s *Store, c *clock, n int) {
	t.Helper()
	for range n {
		give(t, s, flows(100))
		c.add(time.Minute)
		tick(t, s)
	}
}

func minutely(c *Config) { c.FlowPeriod = time.Minute }

func TestOldFilesGoByAge(t *testing.T) {
	s, c := open(t, t.TempDir(), func(c *Config) { minutely(c); c.Retain.Flows.Age = 3 * time.Minute })
	fillPeriods(t, s, c, 8)
	if got := list(t, s.cfg.Dir, "flows-*.duckdb"); len(got) != 3 {
		t.Fatalf("%d files left: %v", len(got), got)
	}
	if got := one(t, s, "flows", "SELECT count(*) FROM {rows}"); got != 300 {
		t.Fatalf("%v rows left", got)
	}
}

func TestOldFilesGoByBytes(t *testing.T) {
	s, c := open(t, t.TempDir(), func(c *Config) { minutely(c); c.Retain.Flows.Bytes = 4 << 20 })
	fillPeriods(t, s, c, 8)
	tick(t, s)
	var n int64
	left := list(t, s.cfg.Dir, "flows-*.duckdb")
	for _, p := range left {
		n += size(p)
	}
	if n > 4<<20 || len(left) == 0 || len(left) == 8 {
		t.Fatalf("%d bytes in %d files", n, len(left))
	}
	if !strings.Contains(left[len(left)-1], "T1207") {
		t.Fatalf("the newest is gone: %v", left)
	}
}

func TestFilesBeingReadAreRemovedAfterwards(t *testing.T) {
	s, c := open(t, t.TempDir(), minutely)
	fillPeriods(t, s, c, 2)
	r, err := s.Query(t.Context(), Query{Table: "flows", To: 1 << 42, SQL: "SELECT src_lo FROM {rows}"})
	if err != nil {
		t.Fatal(err)
	}
	if !s.files.oldest(Flows) {
		t.Fatal("nothing to remove")
	}
	n := 0
	for r.Next() {
		n++
	}
	if n != 200 || r.Err() != nil || len(list(t, s.cfg.Dir, "flows-*.duckdb")) != 2 {
		t.Fatalf("%d rows, %v", n, r.Err())
	}
	r.Close()
	if got := list(t, s.cfg.Dir, "flows-*.duckdb"); len(got) != 1 {
		t.Fatalf("%v left", got)
	}
	if got := one(t, s, "flows", "SELECT count(*) FROM {rows}"); got != 100 {
		t.Fatalf("%v rows", got)
	}
}

func TestDamagedFileIsSetAside(t *testing.T) {
	dir := t.TempDir()
	s, c := open(t, dir, minutely)
	fillPeriods(t, s, c, 3)
	s.Close()
	damaged := list(t, dir, "flows-*.duckdb")
	os.WriteFile(damaged[0], []byte("nonsense that is no database at all"), 0o640) // no magic
	b, _ := os.ReadFile(damaged[1])
	for i := 4096; i < 4096*3; i++ { // both headers
		b[i] ^= 0x5a
	}
	os.WriteFile(damaged[1], b, 0o640)
	var log strings.Builder
	s, _ = open(t, dir, func(c *Config) { minutely(c); c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	r, err := s.Query(t.Context(), Query{Table: "flows", To: 1 << 42, SQL: "SELECT count(*) FROM {rows}"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var n int
	if !r.Next() || r.Scan(&n) != nil || n != 100 {
		t.Fatalf("%d rows, %v", n, r.Err())
	}
	if len(r.Missing) != 1 || len(list(t, dir, "*.damaged")) != 2 || strings.Count(log.String(), "set aside") != 2 {
		t.Fatalf("missing %v; %v; %s", r.Missing, list(t, dir, "*"), log.String())
	}
}

func TestFileOfANewerVersionIsLeftInPlace(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir, nil)
	give(t, s, flows(100))
	if err := s.call(t.Context(), func() {
		s.sinks[Flows].link.exec("UPDATE " + s.sinks[Flows].f.alias + ".main.meta SET version = 99")
	}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	s, _ = open(t, dir, nil)
	give(t, s, flows(7)) // in the same period: a file of its own
	r, err := s.Query(t.Context(), Query{Table: "flows", To: 1 << 42, SQL: "SELECT count(*) FROM {rows}"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var n int
	if !r.Next() || r.Scan(&n) != nil || n != 7 || len(r.Missing) != 1 {
		t.Fatalf("%d rows, missing %v", n, r.Missing)
	}
	if got := list(t, dir, "flows-*.duckdb"); len(got) != 2 {
		t.Fatalf("%v", got)
	}
}

func TestSecondStoreOnADirectoryIsRefused(t *testing.T) {
	dir := os.Getenv("FLOODMARK_SECOND")
	if dir != "" {
		_, err := Open(t.Context(), Config{Dir: dir})
		fmt.Println("second:", err)
		return
	}
	s, _ := open(t, t.TempDir(), nil)
	cmd := exec.Command(os.Args[0], "-test.run=^TestSecondStoreOnADirectoryIsRefused$", "-test.v")
	cmd.Env = append(os.Environ(), "FLOODMARK_SECOND="+s.cfg.Dir)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "lock") {
		t.Fatalf("%v\n%s", err, out)
	}
}

func TestShortDiskStopsFlowsFirstAndResumes(t *testing.T) {
	var free atomic.Int64
	free.Store(10 << 30)
	s, c := open(t, t.TempDir(), func(c *Config) {
		minutely(c)
		c.Reserve = 1 << 30
		c.free = func(string) (int64, error) { return free.Load(), nil }
	})
	fillPeriods(t, s, c, 3)
	check := func(bytes int64, short int, rows float64) {
		t.Helper()
		free.Store(bytes)
		c.add(2 * time.Second)
		tick(t, s)
		give(t, s, flows(10))
		if st := s.Stats(); st.Short != short {
			t.Errorf("%d bytes free: short %d, want %d", bytes, st.Short, short)
		}
		if got := one(t, s, "flows", "SELECT count(*) FROM {rows}"); got != rows {
			t.Errorf("%d bytes free: %v rows, want %v", bytes, got, rows)
		}
	}
	check(900<<20, 1, 200) // one file less, ten flows not kept
	check(400<<20, 2, 100)
	check(400<<20, 2, 0)
	check(700<<20, 1, 0)
	check(1050<<20, 1, 0) // not enough to go back
	check(2<<30, 0, 10)
	if st := s.Stats(); st.DroppedDisk != 50 {
		t.Errorf("%d dropped", st.DroppedDisk)
	}
	c.add(5 * time.Minute)
	tick(t, s)
	if got := one(t, s, "interfaces_1m", "SELECT sum(flows) FROM {rows}"); got != 360 {
		t.Errorf("roll-ups have %v flows", got)
	}
}

// TestFullDiskIsSurvived uses a small file system of its own.
func TestFullDiskIsSurvived(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=12m"); err != nil {
		testenv.Missing(t, "needs root: %v", err)
	}
	defer syscall.Unmount(dir, syscall.MNT_DETACH)
	s, c := open(t, dir, func(c *Config) { c.FlowPeriod = time.Minute })
	rows := traffic(chunkRows, true)
	var given uint64
	for range 60 {
		give(t, s, rows)
		given += uint64(len(rows))
		c.add(2 * time.Second)
	}
	st := s.Stats()
	if st.DroppedDisk == 0 || st.Rows == 0 || st.Rows+st.DroppedDisk != given {
		t.Fatalf("%d given, %+v", given, st)
	}
	for s.files.oldest(Flows) {
	}
	c.add(2 * time.Minute)
	tick(t, s)
	give(t, s, rows[:1000])
	if got := s.Stats(); got.Rows != st.Rows+1000 {
		t.Fatalf("does not go on: %+v", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestKilledProcessLosesOnlyWhatWasNotCommitted kills a child that writes.
func TestKilledProcessLosesOnlyWhatWasNotCommitted(t *testing.T) {
	if dir := os.Getenv("FLOODMARK_VICTIM"); dir != "" {
		victim(dir)
	}
	dir := t.TempDir()
	for round := range 3 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledProcessLosesOnlyWhatWasNotCommitted$")
		cmd.Env = append(os.Environ(), "FLOODMARK_VICTIM="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil || cmd.Start() != nil {
			t.Fatal(err)
		}
		var committed float64
		lines := bufio.NewScanner(out)
		for i := 0; i < 1+round && lines.Scan(); i++ {
			fmt.Sscanf(lines.Text(), "committed %f", &committed)
		}
		cmd.Process.Kill()
		for lines.Scan() {
			fmt.Sscanf(lines.Text(), "committed %f", &committed)
		}
		cmd.Wait()
		s, _ := open(t, dir, nil)
		got := one(t, s, "flows", "SELECT count(*) FROM {rows}")
		if committed == 0 || got < committed || len(list(t, dir, "*.damaged")) > 0 {
			t.Fatalf("round %d: %v rows of %v committed; %v", round, got, committed, list(t, dir, "*"))
		}
		s.Close()
	}
}

// victim writes until it is killed, and tells how many rows are safe.
func victim(dir string) {
	s, err := Open(context.Background(), Config{Dir: dir, RawFlows: true, Now: func() int64 { return midday }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var before float64
	r, err := s.Query(context.Background(), Query{Table: "flows", To: 1 << 42, SQL: "SELECT count(*) FROM {rows}"})
	if err == nil && r.Next() {
		r.Scan(&before)
		r.Close()
	}
	w := s.Writer()
	rows := traffic(3*chunkRows, false)
	for {
		for i := range rows {
			w.Add(&rows[i])
			if i%chunkRows == chunkRows/2 {
				s.Sync(context.Background())
			}
		}
		w.Flush(midday)
		s.Sync(context.Background())
		fmt.Println("committed", before+float64(s.Stats().Rows))
	}
}

func TestBackupWhileRunningRestores(t *testing.T) {
	s, c := open(t, t.TempDir(), minutely)
	fillPeriods(t, s, c, 2)
	give(t, s, flows(50))
	backup, restored := filepath.Join(t.TempDir(), "b"), filepath.Join(t.TempDir(), "r")
	if err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	give(t, s, flows(5))
	if got := one(t, s, "flows", "SELECT count(*) FROM {rows}"); got != 255 {
		t.Fatalf("%v rows after the backup", got)
	}
	if err := Restore(t.Context(), backup, restored); err != nil {
		t.Fatal(err)
	}
	r, _ := open(t, restored, minutely)
	if got := one(t, r, "flows", "SELECT count(*) FROM {rows}"); got != 250 {
		t.Fatalf("%v rows restored", got)
	}
	if err := s.Backup(t.Context(), backup); err == nil {
		t.Fatal("wrote over a backup")
	}
	if err := Restore(t.Context(), t.TempDir(), t.TempDir()); err == nil {
		t.Fatal("restored nothing")
	}
}

func TestQueryEndsWithItsContext(t *testing.T) {
	s, _ := open(t, t.TempDir(), nil)
	give(t, s, flows(10000))
	slow := Query{Table: "flows", To: 1 << 42, Timeout: 50 * time.Millisecond, SQL: "SELECT sum(sqrt(a.src_lo::DOUBLE * b.src_lo)) FROM {rows} a, {rows} b, {rows} c"}
	if _, err := s.Query(t.Context(), slow); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Query(ctx, slow); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v", err)
	}
	if got := one(t, s, "flows", "SELECT count(*) FROM {rows}"); got != 10000 {
		t.Fatalf("%v rows", got)
	}
}

func TestQueryStopsAtMaxRows(t *testing.T) {
	s, _ := open(t, t.TempDir(), nil)
	give(t, s, flows(100))
	r, err := s.Query(t.Context(), Query{Table: "flows", To: 1 << 42, SQL: "SELECT time FROM {rows} WHERE bytes = ?", Args: []any{1500}, MaxRows: 7})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n := 0
	for r.Next() {
		n++
	}
	if n != 7 || !r.Truncated {
		t.Fatalf("%d rows, truncated %v", n, r.Truncated)
	}
}

func TestQueriesReachNothingElse(t *testing.T) {
	s, _ := open(t, t.TempDir(), nil)
	secret := filepath.Join(t.TempDir(), "x.csv")
	os.WriteFile(secret, []byte("a,b\n1,2\n"), 0o600)
	for _, sql := range []string{"SELECT * FROM read_csv('" + secret + "')", "INSTALL httpfs", "SET enable_external_access=true", "ATTACH '/tmp/floodmark-elsewhere.db'",
		"SELECT * FROM 'https://192.0.2.1/x.parquet'"} {
		if r, err := s.Query(t.Context(), Query{Table: "flows", SQL: sql}); err == nil {
			r.Close()
			t.Errorf("%s was let through", sql)
		}
	}
	if _, err := s.Query(t.Context(), Query{Table: "meta", SQL: "SELECT 1"}); err == nil {
		t.Error("a table that is none of the documented ones")
	}
}
