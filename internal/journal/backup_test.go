package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"
)

// sample fills a journal: entries in all streams, values, and inputs of which
// the first were given up.
func sample(t testing.TB) *Journal {
	j := open(t, Config{Dir: t.TempDir()})
	for s := range streams - 1 {
		for i := range 30 {
			_, err := j.Append(t.Context(), s, fmt.Appendf(nil, "%s %d a", s, i), fmt.Appendf(nil, "%s %d b", s, i))
			must(t, err)
		}
	}
	j.trimTo(t, 20)
	must(t, j.Put(t.Context(), "k1", []byte("old")))
	must(t, j.Put(t.Context(), "k2", nil))
	must(t, j.Put(t.Context(), "k1", bytes.Repeat([]byte("new"), 1000)))
	return j
}

func backupOf(t testing.TB, j *Journal) []byte {
	var b bytes.Buffer
	must(t, j.Backup(t.Context(), &b))
	return b.Bytes()
}

func TestBackupRestoresEverythingWithItsSequences(t *testing.T) {
	j := sample(t)
	dir := filepath.Join(t.TempDir(), "new")
	must(t, Restore(t.Context(), Config{Dir: dir}, bytes.NewReader(backupOf(t, j))))
	back := open(t, Config{Dir: dir})
	for s := range streams {
		want, wantSeqs := all(t, j, s, 0)
		got, seqs := all(t, back, s, 0)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", s, diff)
		}
		if diff := cmp.Diff(wantSeqs, seqs); diff != "" {
			t.Errorf("%s: %s", s, diff)
		}
	}
	if n := len(texts(t, back, Inputs, 0)); n == 0 || n == 60 {
		t.Errorf("%d inputs; the first should have been given up", n)
	}
	keys, err := back.Keys(t.Context(), "")
	must(t, err)
	if diff := cmp.Diff([]string{"k1", "k2"}, keys); diff != "" {
		t.Error(diff)
	}
	if v, err := back.Get(t.Context(), "k1"); err != nil || len(v) != 3000 {
		t.Errorf("%d octets, %v", len(v), err)
	}
	for s := range streams { // both go on alike
		a, err := j.Append(t.Context(), s, []byte("next"))
		must(t, err)
		b, err := back.Append(t.Context(), s, []byte("next"))
		must(t, err)
		if a != b {
			t.Errorf("%s goes on at %d, the original at %d", s, b, a)
		}
	}
	// A second one of the restored is as good.
	must(t, Restore(t.Context(), Config{Dir: dir + "2"}, bytes.NewReader(backupOf(t, back))))
}

func TestBackupLeavesValuesOutByTheirBeginning(t *testing.T) {
	j := open(t, Config{Dir: t.TempDir()})
	for _, key := range []string{"a/key/0", "a/key/1", "a/keys", "a/kept", "key/0"} {
		must(t, j.Put(t.Context(), key, []byte("value")))
	}
	var b bytes.Buffer
	must(t, j.Backup(t.Context(), &b, "a/key/", "never"))
	dir := filepath.Join(t.TempDir(), "new")
	must(t, Restore(t.Context(), Config{Dir: dir}, &b))
	keys, err := open(t, Config{Dir: dir}).Keys(t.Context(), "")
	must(t, err)
	if diff := cmp.Diff([]string{"a/kept", "a/keys", "key/0"}, keys); diff != "" {
		t.Error(diff)
	}
}

func TestBackupWhileWritingHoldsWhatItsValuesSpeakOf(t *testing.T) {
	j := open(t, Config{Dir: t.TempDir()})
	stop, enough := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			seq, err := j.Append(context.Background(), Changes, []byte("x"))
			if err == nil {
				err = j.Put(context.Background(), "snapshot", binary.BigEndian.AppendUint64(nil, seq))
			}
			if err != nil {
				t.Error(err)
				return
			}
			if i == 50 {
				close(enough)
			}
		}
	})
	<-enough
	for i := range 5 {
		b := backupOf(t, j)
		dir := filepath.Join(t.TempDir(), fmt.Sprint(i))
		must(t, Restore(t.Context(), Config{Dir: dir}, bytes.NewReader(b)))
		back := open(t, Config{Dir: dir})
		v, err := back.Get(t.Context(), "snapshot")
		must(t, err)
		found := false
		must(t, back.Read(t.Context(), Changes, 0, func(seq uint64, _ time.Time, _ []byte) error {
			found = found || seq == binary.BigEndian.Uint64(v)
			return nil
		}))
		if !found {
			t.Errorf("the snapshot speaks of entry %d, which is not there", binary.BigEndian.Uint64(v))
		}
		must(t, back.Close())
	}
	close(stop)
	wg.Wait()
}

func TestRestoreRefusesADirectoryThatHoldsSomething(t *testing.T) {
	j := sample(t)
	b := backupOf(t, j)
	err := Restore(t.Context(), Config{Dir: j.c.Dir}, bytes.NewReader(b))
	if err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Fatalf("got %v", err)
	}
}

func TestTruncationAndDamageAreRefusedWithItsPlaceAndLeavesNothing(t *testing.T) {
	whole := backupOf(t, sample(t))
	parent := t.TempDir()
	check := func(name string, b []byte, least int64) {
		t.Helper()
		_, err := readBackup(bytes.NewReader(b), func(record) error { return nil })
		var damaged *BackupError
		if !errors.As(err, &damaged) || damaged.Offset < least || damaged.Offset > int64(len(b)) {
			t.Fatalf("%s: got %v, want a BackupError from octet %d on", name, err, least)
		}
	}
	for n := 0; n < len(whole); n += 5 {
		check(fmt.Sprint("cut at ", n), whole[:n], 0)
		bad := bytes.Clone(whole)
		bad[n] ^= 0x10
		check(fmt.Sprint("changed at ", n), bad, 0)
	}
	check("followed by something", append(bytes.Clone(whole), 0), int64(len(whole)))
	for _, b := range [][]byte{whole[:len(whole)/2], whole[:0]} {
		dir := filepath.Join(parent, "new")
		if err := Restore(t.Context(), Config{Dir: dir}, bytes.NewReader(b)); !errors.As(err, new(*BackupError)) {
			t.Errorf("got %v, want a BackupError", err)
		}
	}
	if has, _ := os.ReadDir(parent); len(has) != 0 {
		t.Errorf("%s was left behind", has[0].Name())
	}
}

// Backups were written before there were reports; then 4 was the last number.
func TestBackupOfTheFirstFormatIsRead(t *testing.T) {
	var b bytes.Buffer
	w, err := newBlockWriter(&b)
	must(t, err)
	must(t, w.json("HEAD", backupHead{1, 5}))
	add := func(stream byte, key string, data []byte) {
		w.count++
		w.raw = binary.LittleEndian.AppendUint64(append(w.raw, stream), 1)
		w.raw = binary.LittleEndian.AppendUint16(w.raw, uint16(len(key)))
		w.raw = binary.LittleEndian.AppendUint32(w.raw, uint32(len(data)))
		w.raw = append(append(w.raw, key...), data...)
	}
	add(4, "k", []byte("value"))
	for s := range byte(4) {
		add(s, "", appendEntry(appendGroupHeader(nil, 9, 1), []byte{'0' + s}))
	}
	must(t, w.json("DONE", backupDone{map[string]uint64{"changes": 1, "inputs": 1, "commands": 1, "alerts": 1}, w.count}))
	dir := filepath.Join(t.TempDir(), "new")
	must(t, Restore(t.Context(), Config{Dir: dir}, &b))
	j := open(t, Config{Dir: dir})
	if v, err := j.Get(t.Context(), "k"); string(v) != "value" || err != nil {
		t.Errorf("the value is %q, %v", v, err)
	}
	for i, s := range []Stream{Changes, Inputs, Commands, Alerts} {
		if got := texts(t, j, s, 0); len(got) != 1 || got[0] != fmt.Sprint(i) {
			t.Errorf("%s holds %q", s, got)
		}
	}
	_, err = j.Append(t.Context(), Reports, []byte("r"))
	must(t, err)
}

func TestBackupWithGroupsGivenUpMeanwhile(t *testing.T) {
	var b bytes.Buffer
	w, err := newBlockWriter(&b)
	must(t, err)
	must(t, w.json("HEAD", backupHead{1, 5}))
	for _, g := range []uint64{7, 8, 20} {
		must(t, w.add(record{Inputs, g, "", appendEntry(appendGroupHeader(nil, 9, 1), fmt.Appendf(nil, "%d", g))}))
	}
	must(t, w.json("DONE", backupDone{map[string]uint64{"inputs": 20}, 3}))
	dir := filepath.Join(t.TempDir(), "new")
	must(t, Restore(t.Context(), Config{Dir: dir}, &b))
	got, seqs := all(t, open(t, Config{Dir: dir}), Inputs, 0)
	if diff := cmp.Diff([]string{"7", "8", "20"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]uint64{sequence(7, 0), sequence(8, 0), sequence(20, 0)}, seqs); diff != "" {
		t.Error(diff)
	}
}

// trimTo gives up the inputs before a group.
func (j *Journal) trimTo(t testing.TB, group uint64) {
	must(t, j.engine.streams[Inputs].Purge(t.Context(), jetstream.WithPurgeSequence(group)))
}

func FuzzReadBackup(f *testing.F) {
	f.Add(backupOf(f, sample(f)))
	f.Add([]byte(backupMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, err := readBackup(bytes.NewReader(b), func(r record) error {
			if len(r.data) > maxGroup || r.stream > state {
				t.Errorf("record of stream %d with %d octets", r.stream, len(r.data))
			}
			return nil
		})
		var damaged *BackupError
		if errors.As(err, &damaged) && (damaged.Offset < 0 || damaged.Offset > int64(len(b))) {
			t.Errorf("damaged at %d of %d octets", damaged.Offset, len(b))
		}
	})
}

// FuzzRecords gets at what checksums keep the fuzzer from in FuzzReadBackup.
func FuzzRecords(f *testing.F) {
	f.Add([]byte{0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 'x'})
	f.Fuzz(func(t *testing.T, b []byte) {
		total := 0
		if err := records(b, func(r record) error { total += recordHeader + len(r.key) + len(r.data); return nil }); err == nil && total != len(b) {
			t.Errorf("records of %d octets from %d", total, len(b))
		}
	})
}

func FuzzGroup(f *testing.F) {
	f.Add(appendEntry(appendEntry(appendGroupHeader(nil, 1, 2), []byte("one")), nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := parseGroup(b)
		if err != nil {
			return
		}
		again := appendGroupHeader(nil, g.at, g.entries)
		if err := g.each(func(_ int, data []byte) error { again = appendEntry(again, data); return nil }); err == nil && !bytes.Equal(again, b) {
			t.Errorf("%x was read as %x", b, again)
		}
	})
}
