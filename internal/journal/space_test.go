package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"floodmark/internal/testenv"
)

// small mounts a file system of the given size for the test.
func small(t *testing.T, octets int) string {
	t.Helper()
	if os.Getuid() != 0 {
		testenv.Missing(t, "mounting a small file system needs root")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", octets)); err != nil {
		testenv.Missing(t, "mounting a small file system is not allowed here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// occupy writes a file of another program until only so much is free.
func occupy(t *testing.T, dir string, left int64) (path string) {
	t.Helper()
	f, err := free(dir)
	must(t, err)
	path = filepath.Join(dir, "other")
	must(t, os.WriteFile(path, make([]byte, f-left), 0o600))
	return path
}

// fill appends until an error.
func fillStream(t *testing.T, j *Journal, s Stream) (n int, err error) {
	t.Helper()
	msg := make([]byte, 200<<10)
	for n = 0; n < 10_000; n++ {
		if _, err = j.Append(t.Context(), s, msg); err != nil {
			return n, err
		}
	}
	t.Fatal("never full")
	return
}

const mib = 1 << 20

func TestFullDiskStopsInputsFirstThenAllAndWorksAgainWithSpace(t *testing.T) {
	mount := small(t, 96*mib)
	j := open(t, Config{Dir: filepath.Join(mount, "journal"), Reserve: 16 * mib})
	other := occupy(t, mount, 14*mib)
	// A reserve of 16 MiB: inputs are refused, others not before 8.
	if _, err := j.Append(t.Context(), Inputs, []byte("x")); !errors.Is(err, ErrFull) {
		t.Errorf("inputs got %v, want ErrFull", err)
	}
	if _, err := j.Append(t.Context(), Reports, []byte("again")); err != nil {
		t.Errorf("reports, which are kept like changes, got %v", err)
	}
	n, err := fillStream(t, j, Changes)
	if !errors.Is(err, ErrFull) || n < 20 {
		t.Errorf("changes got %v after %d appends, want ErrFull after at least 20", err, n)
	}
	if err := j.Put(t.Context(), "k", make([]byte, 300<<10)); !errors.Is(err, ErrFull) {
		t.Errorf("a value got %v, want ErrFull", err)
	}
	u, err := j.Usage(t.Context())
	must(t, err)
	if !u.Full || u.Down {
		t.Errorf("usage says full %v, down %v", u.Full, u.Down)
	}
	if got := len(texts(t, j, Changes, 0)); got != n {
		t.Errorf("%d changes are kept, %d were acknowledged", got, n)
	}
	must(t, os.Remove(other))
	for s := range streams {
		if _, err := j.Append(t.Context(), s, []byte("again")); err != nil {
			t.Errorf("%s with space again: %v", s, err)
		}
	}
	must(t, j.Put(t.Context(), "k", []byte("v")))
}

func TestOldInputsAreGivenUpForChanges(t *testing.T) {
	mount := small(t, 160*mib)
	j := open(t, Config{Dir: filepath.Join(mount, "journal"), Reserve: 16 * mib, Limits: map[Stream]Limit{Inputs: {Bytes: 1 << 30}}})
	msg := make([]byte, 200<<10)
	for range 5 * 80 { // 80 MB
		_, err := j.Append(t.Context(), Inputs, msg)
		must(t, err)
	}
	// Changes go on far beyond what was free. They outrun the watcher at times;
	// its next look makes room.
	for i := range 5 * 90 {
		testenv.Eventually(t, "there was room for a change", func() bool {
			_, err := j.Append(t.Context(), Changes, msg)
			if err != nil && !errors.Is(err, ErrFull) {
				t.Fatalf("change %d: %v", i, err)
			}
			return err == nil
		})
	}
	u, err := j.Usage(t.Context())
	must(t, err)
	if got := u.Streams[Changes].Groups; got != 5*90 {
		t.Errorf("%d changes are kept", got)
	}
	if got := u.Streams[Inputs].Octets; got > 60*mib {
		t.Errorf("%d octets of inputs are kept", got)
	}
}

// Another program may take the last octet between our look and our write.
func TestDiskFilledBehindOurBackIsSurvived(t *testing.T) {
	mount := small(t, 64*mib)
	j := open(t, Config{Dir: filepath.Join(mount, "journal"), Reserve: -1 << 40})
	_, err := j.Append(t.Context(), Changes, []byte("first"))
	must(t, err)
	other := occupy(t, mount, mib)
	n, err := fillStream(t, j, Changes) // with a reserve below nothing, nothing keeps the server from meeting the full disk
	if err == nil {
		t.Fatal("no error on a full disk")
	}
	t.Logf("after %d: %v", n, err)
	must(t, os.Remove(other))
	testenv.Eventually(t, "changes were taken again", func() bool {
		_, err := j.Append(t.Context(), Changes, []byte("again"))
		return err == nil
	})
	got := texts(t, j, Changes, 0)
	if got[0] != "first" || len(got) < n+2 || got[len(got)-1] != "again" {
		t.Errorf("%d entries, from %.10q to %.10q; %d were acknowledged before", len(got), got[0], got[len(got)-1], n+1)
	}
}
