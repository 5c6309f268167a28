package journal

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain lets the test binary be a process that appends until it is killed,
// and says on standard output what was acknowledged.
func TestMain(m *testing.M) {
	if dir := os.Getenv("FLOODMARK_TEST_APPEND"); dir != "" {
		if err := appendForever(dir); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// appendForever has four goroutines append batches and put values, and each
// writes a line when it was answered. FLOODMARK_TEST_ROUNDS ends it,
// FLOODMARK_TEST_PAD makes entries larger.
func appendForever(dir string) error {
	ctx := context.Background()
	j, err := Open(ctx, Config{Dir: dir, Reserve: 1 << 20})
	if err != nil {
		return err
	}
	fmt.Println("opened")
	rounds := 1 << 40
	fmt.Sscan(os.Getenv("FLOODMARK_TEST_ROUNDS"), &rounds)
	pid := os.Getpid()
	faults := make(chan error, 4)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range rounds {
				if err := appendOnce(ctx, j, fmt.Sprintf("<%d-%d-%d>", pid, w, i), w); err != nil {
					faults <- err
					return
				}
			}
		})
	}
	wg.Wait()
	select {
	case err := <-faults:
		return err
	default:
		return j.Close()
	}
}

func appendOnce(ctx context.Context, j *Journal, mark string, w int) error {
	if w == 3 {
		if err := j.Put(ctx, "value", []byte(mark+strings.Repeat("v", 100))); err != nil {
			return err
		}
		// One write, so that a line is whole or not there.
		os.Stdout.WriteString("put " + mark + "\n")
		return nil
	}
	s := []Stream{Changes, Reports, Inputs}[w]
	pad := 300
	fmt.Sscan(os.Getenv("FLOODMARK_TEST_PAD"), &pad)
	msgs := make([][]byte, 1+len(mark)%3)
	for k := range msgs {
		msgs[k] = fmt.Appendf(nil, "%s%d%s", mark, k, strings.Repeat("x", pad))
	}
	last, err := j.Append(ctx, s, msgs...)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "acked %d %d %s %d\n", s, last, mark, len(msgs))
	return nil
}

// child starts the appending process, and returns its output.
func child(t *testing.T, dir string, wrap ...string) (*exec.Cmd, io.Reader) {
	t.Helper()
	args := append(wrap, os.Args[0])
	c := exec.Command(args[0], args[1:]...)
	c.Env = append(os.Environ(), "FLOODMARK_TEST_APPEND="+dir)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	must(t, err)
	return c, out
}

func TestKilledAtAnyMomentNothingAcknowledgedIsLost(t *testing.T) { kill(t, 25) }

func kill(t *testing.T, times int) {
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(1, uint64(times)))
	acked := map[string]uint64{} // mark of a batch to the sequence of its last entry
	sizes := map[string]int{}
	put, begun := "", 0
	for range times {
		c, out := child(t, dir)
		must(t, c.Start())
		lines := bufio.NewScanner(out)
		if !lines.Scan() || lines.Text() != "opened" {
			c.Process.Kill()
			t.Fatalf("the process said %q, %v", lines.Text(), c.Wait())
		}
		timer := time.AfterFunc(time.Duration(random.IntN(150_000))*time.Microsecond, func() { c.Process.Kill() })
		got := 0
		for lines.Scan() {
			var s, n int
			var last uint64
			var mark string
			switch f := lines.Text(); {
			case strings.HasPrefix(f, "put "):
				put = f[4:]
			case strings.HasPrefix(f, "acked "):
				fmt.Sscanf(f, "acked %d %d %s %d", &s, &last, &mark, &n)
				acked[fmt.Sprint(s, mark)], sizes[fmt.Sprint(s, mark)] = last, n
				got++
			default:
				t.Errorf("the process said %q", f)
			}
		}
		timer.Stop()
		c.Process.Kill()
		c.Wait()
		if got > 0 {
			begun++
		}
	}
	if begun < times/2 {
		t.Fatalf("only %d of %d processes had anything acknowledged", begun, times)
	}
	j := open(t, Config{Dir: dir})
	for _, s := range []Stream{Changes, Reports, Inputs} {
		before := uint64(0)
		must(t, j.Read(t.Context(), s, 0, func(seq uint64, _ time.Time, data []byte) error {
			if seq <= before {
				t.Errorf("%s: sequence %d after %d", s, seq, before)
			}
			before = seq
			mark, rest, _ := strings.Cut(string(data), ">")
			key := fmt.Sprint(int(s), mark+">")
			sizes[key]--
			if last, ok := acked[key]; ok && sizes[key] == 0 {
				if last != seq {
					t.Errorf("%s: acknowledged as %d, is %d", key, last, seq)
				}
				delete(acked, key)
			}
			if len(rest) != 301 {
				t.Errorf("%s: %d octets", key, len(rest))
			}
			return nil
		}))
	}
	for key, last := range acked {
		t.Errorf("batch %s, acknowledged with sequence %d, is not there", key, last)
	}
	// The last value is the one acknowledged last, or one put after it.
	v, err := j.Get(t.Context(), "value")
	must(t, err)
	var p1, p2, w, i1, i2 int
	fmt.Sscanf(put, "<%d-%d-%d>", &p1, &w, &i1)
	fmt.Sscanf(string(v), "<%d-%d-%d>", &p2, &w, &i2)
	if p1 == p2 && i2 < i1 {
		t.Errorf("the value is %.30s, %s was acknowledged", v, put)
	}
}
