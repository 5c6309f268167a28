package archive

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"floodmark/internal/opendata"
)

// fakeSource knows a row of each of its days.
type fakeSource struct{ days []int64 }

func (f *fakeSource) ClosedUntil() int64 { return 0 }
func (f *fakeSource) Days() []int64      { return slices.Clone(f.days) }
func (f *fakeSource) Tables(day int64) opendata.Tables {
	return opendata.Tables{Rows: []opendata.Row{{Service: "x", Time: day * oneDay, Problems: 7}}}
}

const firstDay = int64(20605)

func newArchive(dir string, s *fakeSource) *Archive {
	return New(Config{Dir: dir, Tick: time.Second, Log: slog.New(slog.DiscardHandler)}, Deps{Source: s})
}

func written(t *testing.T, a *Archive) []string {
	t.Helper()
	days, err := a.Days()
	if err != nil {
		t.Fatal(err)
	}
	return days
}

// TestDaysAreWrittenOnceTheyAreOver has days that ended before the start, one
// that ends, and one on which nobody reported.
func TestDaysAreWrittenOnceTheyAreOver(t *testing.T) {
	s := &fakeSource{days: []int64{firstDay - 1, firstDay}}
	a := newArchive(filepath.Join(t.TempDir(), "days"), s)
	noon := firstDay*oneDay + oneDay/2
	a.step(noon)
	if got := written(t, a); !slices.Equal(got, []string{DayName(firstDay - 1)}) {
		t.Fatalf("at noon: %v", got)
	}
	a.step((firstDay+1)*oneDay - 1)
	if got := written(t, a); len(got) != 1 {
		t.Fatalf("before midnight: %v", got)
	}
	a.step((firstDay + 1) * oneDay)
	s.days = nil // nobody reports on the next day
	a.step((firstDay + 2) * oneDay)
	if got := written(t, a); !slices.Equal(got, []string{DayName(firstDay + 1), DayName(firstDay), DayName(firstDay - 1)}) {
		t.Fatalf("after two midnights: %v", got)
	}
	var b bytes.Buffer
	if err := a.Dump(&b, opendata.Select{Day: DayName(firstDay), Format: opendata.CSV}); err != nil || b.Len() == 0 {
		t.Errorf("dump of %d bytes: %v", b.Len(), err)
	}
}

// TestDayThatCannotBeWrittenIsTriedAgain has a file in the place of the directory.
func TestDayThatCannotBeWrittenIsTriedAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "days")
	s := &fakeSource{days: []int64{firstDay}}
	a := newArchive(dir, s)
	a.step(firstDay*oneDay + 1)
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	midnight := (firstDay + 1) * oneDay
	a.step(midnight)
	if got := a.Failed(); !slices.Equal(got, []string{DayName(firstDay)}) {
		t.Fatalf("failed: %v", got)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	a.step(midnight + 1)
	if len(a.Failed()) != 1 {
		t.Error("tried again at once")
	}
	a.step(midnight + retryAfter)
	if got := written(t, a); len(a.Failed()) != 0 || !slices.Equal(got, []string{DayName(firstDay)}) {
		t.Errorf("failed: %v, written: %v", a.Failed(), got)
	}
}
