package detector

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"floodmark/internal/model"
)

// counted is how many reports pages show of the last day.
func counted(l *Detector, now int64) (n uint32) {
	for _, v := range l.Views(now) {
		for i, b := range v.Day {
			if n += b.Problems; i > 0 && v.Day[i-1].At >= b.At {
				return 0 // not in order
			}
		}
	}
	return n
}

// TestStopsLoseNoMinute stops a detector again and again, saved or not, for
// seconds or for hours, and has the journal bring it back: every report is counted
// in the end, and what was shown never falls.
func TestStopsLoseNoMinute(t *testing.T) {
	type entry struct {
		seq uint64
		r   model.Report
	}
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 3))
		now := time.Date(2026, 6, 15, 10, 0, r.IntN(60), 0, time.UTC).UnixNano()
		var journal []entry
		var state []byte
		l := newDetector()
		start := func() {
			l = newDetector()
			seq := uint64(0)
			if state != nil {
				var err error
				if seq, err = l.Load(bytes.NewReader(state)); err != nil {
					t.Fatal(err)
				}
			}
			l.Rewind(now)
			for i := range journal {
				if e := &journal[i]; e.seq > seq {
					l.Advance(e.r.At)
					l.Add(&e.r)
				}
			}
			l.Skip(now)
		}
		shown := uint32(0)
		look := func(what string) {
			n := counted(l, now)
			if n < shown {
				t.Fatalf("seed %d: %d reports were shown, %d after %s", seed, shown, n, what)
			}
			shown = n
		}
		for range 200 {
			switch r.IntN(12) {
			case 0: // saved, and goes on
				var b bytes.Buffer
				if err := l.Save(&b, uint64(len(journal))); err != nil {
					t.Fatal(err)
				}
				state = b.Bytes()
			case 1: // a clean stop, or a kill
				if r.IntN(2) == 0 {
					var b bytes.Buffer
					if err := l.Save(&b, uint64(len(journal))); err != nil {
						t.Fatal(err)
					}
					state = b.Bytes()
				}
				now += []int64{0, int64(time.Second), 70 * int64(time.Second), 20 * minute, 50 * minute}[r.IntN(5)]
				start()
				look("a stop")
			case 2: // a step of the clock, or a quiet hour that nobody looked at
				now += 40 * minute
				l.Advance(now)
				look("a step")
			default:
				now += r.Int64N(20 * int64(time.Second))
				l.Advance(now)
				look("a moment")
				if r.IntN(2) == 0 {
					x := person(r, now, "x")
					journal = append(journal, entry{uint64(len(journal) + 1), *x})
					l.Add(x)
				}
			}
		}
		now += 2 * minute
		l.Advance(now)
		if n := counted(l, now); int(n) != len(journal) && now-journal[0].r.At < 23*60*minute {
			t.Errorf("seed %d: %d of %d reports are counted", seed, n, len(journal))
		}
	}
}
