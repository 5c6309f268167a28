package scenario_test

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"time"

	"floodmark/internal/scenario"
	"floodmark/internal/scenario/export"
	"floodmark/internal/scenario/topology"
)

func schedule() *scenario.Schedule {
	at := func(from, to time.Duration) scenario.Stretch { return scenario.Stretch{From: from, To: to} }
	one := netip.MustParsePrefix("203.0.113.10/32")
	m := time.Minute
	s := scenario.Site{Name: "a", Network: netip.MustParsePrefix("203.0.113.0/24"), Servers: 20, Rate: 100_000,
		Visitors: []topology.Share{{Country: "US", Weight: 1}}, Silent: []scenario.Stretch{at(20*m, 25*m)}}
	for h := range s.Hours {
		s.Hours[h] = 1
	}
	return &scenario.Schedule{Name: "test", Title: "A test", Length: 30 * m, Sampling: 10_000, Protocol: export.SFlow, Sites: []scenario.Site{s},
		Events: []scenario.Event{
			{Stretch: at(5*m, 8*m), Name: "first", Vector: "cameras", Target: one, Rate: 2e6, Hosts: 4000},
			{Stretch: at(10*m, 12*m), Name: "second", Vector: "reflection-cldap", Target: netip.MustParsePrefix("203.0.113.0/24"), Rate: 1e6, Hosts: 500},
			{Stretch: at(13*m, 14*m), Name: "third", Vector: "syn-forged", Target: one, Rate: 1e6},
			{Stretch: at(15*m, 16*m), Name: "crowd", Vector: "visits", Target: one, Rate: 1e6, Hosts: 4000},
			{Stretch: at(21*m, 22*m), Name: "storm", Vector: "retries", Target: one, Rate: 1e6, Hosts: 4000},
		}}
}

func runSchedule(t *testing.T, x *scenario.Schedule) (scenario.Truth, map[netip.Addr]int) {
	t.Helper()
	sent := map[netip.Addr]int{}
	truth, err := scenario.RunSchedule(context.Background(), x, scenario.RunOptions{Options: scenario.Options{Seed: 3, Start: time.Date(2025, 3, 10, 0, 0, 0, 0, time.UTC)},
		Send: func(from netip.Addr, _ scenario.Collector, datagram []byte, _ int64) error {
			sent[from] += len(datagram)
			return nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	return truth, sent
}

func TestScheduleIsPlayedAsItIsWritten(t *testing.T) {
	truth, sent := runSchedule(t, schedule())
	if again, bytes := runSchedule(t, schedule()); again.Packets != truth.Packets || bytes[netip.MustParseAddr("127.0.0.31")] != sent[netip.MustParseAddr("127.0.0.31")] {
		t.Errorf("the same seed: %d and %d packets", again.Packets, truth.Packets)
	}
	got := map[string]float64{}
	for _, a := range truth.Attacks {
		got[a.Name] += float64(a.Sampled) * 10_000
		if a.Spoofed != (a.Name == "third") {
			t.Errorf("%s: spoofed %v", a.Name, a.Spoofed)
		}
	}
	for name, want := range map[string]float64{"first": 2e6 * 180, "second": 1e6 * 120, "third": 1e6 * 60} {
		if x := got[name] / want; x < 0.9 || x > 1.1 {
			t.Errorf("%s: %.3g packets, %.3g planned", name, got[name], want)
		}
	}
	if len(got) != 3 || len(truth.Events) != 2 || len(sent) != 2 || truth.Sampling != 10_000 {
		t.Errorf("attacks %v, ordinary %v, %d exporters", got, truth.Events, len(sent))
	}
	// 100,000 packets a second, one in 10,000, for half an hour; the rest is visits and retries.
	if n := truth.Background.Packets; n < 10*1800+2*60*100*8/10 || n > 10*1800+2*60*100*2 {
		t.Errorf("%d ordinary packets", n)
	}
}

func TestCamerasAreWhereTheyAreStatedToBe(t *testing.T) {
	x := schedule()
	x.Events = x.Events[:1]
	truth, _ := runSchedule(t, x)
	var order []string
	for _, c := range truth.Countries {
		order = append(order, c.Code)
	}
	if len(order) < 30 || !slices.Contains(order, "UA") || slices.Contains(order[:20], "UA") {
		t.Fatalf("%v", order)
	}
	for _, want := range []string{"US", "MX", "ES", "IT", "BR"} {
		if !slices.Contains(order[:6], want) {
			t.Errorf("%s is not among the first: %v", want, order)
		}
	}
}

func TestSchedulesThatCannotBePlayed(t *testing.T) {
	for _, change := range []func(e *scenario.Event){
		func(e *scenario.Event) { e.Vector = "reflection-nothing" },
		func(e *scenario.Event) { e.Vector = "" },
		func(e *scenario.Event) { e.Target = netip.Prefix{} },
		func(e *scenario.Event) { e.Rate = 0 },
		func(e *scenario.Event) { e.To = e.From },
	} {
		x := schedule()
		change(&x.Events[0])
		if _, err := scenario.RunSchedule(context.Background(), x, scenario.RunOptions{}); err == nil {
			t.Errorf("%+v was played", x.Events[0])
		}
	}
}
