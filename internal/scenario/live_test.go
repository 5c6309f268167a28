package scenario

import (
	"context"
	"errors"
	"hash/fnv"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/scenario/export"
)

// digest runs a scenario and returns a hash of all that it sends.
func digest(t *testing.T, name string, opt RunOptions) (Truth, uint64) {
	t.Helper()
	h := fnv.New64a()
	last := int64(0)
	opt.Send = func(from netip.Addr, to Collector, d []byte, at int64) error {
		if at < last {
			t.Fatalf("%s: %v after %v", name, at, last)
		}
		last = at
		h.Write(from.AsSlice())
		h.Write(d)
		return nil
	}
	truth, err := Run(context.Background(), name, opt)
	if err != nil {
		t.Fatal(err)
	}
	return truth, h.Sum64()
}

func TestSameSeedSameDatagramsInOrderOfTime(t *testing.T) {
	t.Parallel()
	opt := RunOptions{Options: Options{Scale: 0.1, Duration: 18 * time.Minute}}
	ta, a := digest(t, "outbound-flood", opt)
	tb, b := digest(t, "outbound-flood", opt)
	if a != b || !cmp.Equal(ta, tb) {
		t.Error("the same seed gave different datagrams")
	}
	opt.Seed = 2
	if _, c := digest(t, "outbound-flood", opt); a == c {
		t.Error("another seed gave the same datagrams")
	}
}

func TestPacketsAreTheSameWhateverReportsThem(t *testing.T) {
	t.Parallel()
	var first Truth
	for p := export.NetFlow5; p <= export.SFlow; p++ {
		truth, _ := digest(t, "slow-ramp", RunOptions{Options: Options{Scale: 0.02}, Protocol: p})
		truth.Exporters = nil
		if p == export.NetFlow5 {
			first = truth
		} else if d := cmp.Diff(first, truth); d != "" {
			t.Errorf("%v: %s", p, d)
		}
	}
}

func TestMixedDayHasThreeAttacksAndOrdinaryDayNone(t *testing.T) {
	t.Parallel()
	opt := RunOptions{Options: Options{Scale: 0.01}}
	mixed, _ := digest(t, "mixed-day", opt)
	var names []string
	for _, a := range mixed.Attacks {
		names = append(names, a.Name)
		if a.Sampled == 0 || a.PeakPPS == 0 || a.Start >= a.End || a.Sampling != 1000 {
			t.Errorf("%+v", a)
		}
	}
	if d := cmp.Diff([]string{"reflection", "carpet", "pulse-wave"}, names); d != "" {
		t.Error(d)
	}
	ordinary, _ := digest(t, "ordinary-day", opt)
	kinds := map[string]int{}
	for _, e := range ordinary.Events {
		kinds[e.Kind]++
	}
	if len(ordinary.Attacks) != 0 || ordinary.Attack || len(ordinary.Target) != 0 {
		t.Errorf("attacks on an ordinary day: %+v", ordinary.Attacks)
	}
	want := map[string]int{"speed-test": 240, "cdn-fill": 12, "backup": 26, "game-update": 110, "flash-crowd": 2}
	if d := cmp.Diff(want, kinds); d != "" {
		t.Error(d)
	}
}

func TestRecordingsCanBeRun(t *testing.T) {
	t.Parallel()
	truth, _ := digest(t, "syn-flood", RunOptions{Options: light("syn-flood")})
	if len(truth.Exporters) != 1 || truth.Exporters[0].Stats.Observed != truth.Packets {
		t.Errorf("%+v", truth.Exporters)
	}
	_, err := Run(context.Background(), "syn-flood", RunOptions{Sampling: 10})
	if err == nil {
		t.Error("a recording took another sampling rate")
	}
}

func TestErrorOfSendEndsTheRun(t *testing.T) {
	t.Parallel()
	stop := errors.New("enough")
	_, err := Run(context.Background(), "slow-ramp", RunOptions{Send: func(netip.Addr, Collector, []byte, int64) error { return stop }})
	if !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = Run(ctx, "slow-ramp", RunOptions{Send: func(netip.Addr, Collector, []byte, int64) error { return nil }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
