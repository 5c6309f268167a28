package incident

import (
	"fmt"
	"strings"
	"testing"

	"floodmark/internal/model"
)

func TestHostsOfAPrefixBecomeOneIncident(t *testing.T) {
	w := play(t, quick)
	var all []model.Anomaly
	for i := range 6 {
		all = append(all, flood(host(byte(i)), 30_000))
	}
	w.add(0, all...)
	if n := len(w.m.Open()); n != 6 {
		t.Fatalf("%d suspicions, want 6", n)
	}
	for s := 3.0; s < 20; s++ {
		w.add(s, append(all, flood(prefix(24), 250_000), flood(prefix(22), 255_000))...)
	}
	open := w.m.Open()
	if len(open) != 1 || open[0].Target != prefix(24) || open[0].HostCount != 6 || len(open[0].Merged) != 6 || open[0].State != model.Open {
		t.Fatalf("open: %+v", open)
	}
	if n := strings.Count(w.reported(), "merged"); n != 6 {
		t.Errorf("%d merged", n)
	}
	t.Run("and a host that begins later is added", func(t *testing.T) {
		w.add(20, append(all, flood(host(99), 30_000), flood(prefix(24), 250_000))...)
		if open := w.m.Open(); len(open) != 1 || open[0].HostCount != 7 {
			t.Errorf("open: %+v", open)
		}
	})
	t.Run("unless it stands out", func(t *testing.T) {
		w.add(21, append(all, flood(host(100), 200_000), flood(prefix(24), 390_000))...)
		if open := w.m.Open(); len(open) != 2 || open[1].Target != host(100) {
			t.Errorf("open: %+v", open)
		}
	})
}

func TestWideCarpetBecomesOneIncident(t *testing.T) {
	w := play(t, quick)
	var all []model.Anomaly
	for i := range 4 {
		all = append(all, flood(model.PrefixID(model.Addr4(0xc6336400+uint32(i)<<8), 24), 60_000))
	}
	all = append(all, flood(prefix(22), 240_000), flood(prefix(20), 241_000), flood(model.CustomerID("acme"), 241_000), flood(model.NetworkID(), 300_000))
	w.run(0, 20, all...)
	w.wait(600)
	var lasting []string
	for _, c := range w.log {
		if c.Type == model.Opened {
			lasting = append(lasting, c.Incident.Target.String())
		}
	}
	if got := fmt.Sprint(lasting); got != "[198.51.100.0/22 customer:acme]" { // nobody said that acme owns it
		t.Errorf("opened %s", got)
	}
}

func TestOneHostExplainsEverythingAroundIt(t *testing.T) {
	c := quick
	c.Customers = func(model.TargetID) []string { return []string{"acme"} }
	wide := []model.Anomaly{flood(prefix(24), 110_000), flood(prefix(22), 112_000), flood(prefix(20), 120_000),
		flood(model.CustomerID("acme"), 120_000), flood(model.NetworkID(), 150_000)}
	t.Run("at once", func(t *testing.T) {
		w := play(t, c)
		w.run(0, 20, append(wide, flood(host(7), 100_000))...)
		w.want("noticed 198.51.100.7, opened 198.51.100.7, eased 198.51.100.7")
		if in := w.last().Incident; in.Customer != "acme" {
			t.Errorf("customer %q", in.Customer)
		}
	})
	t.Run("a little later", func(t *testing.T) {
		w := play(t, c)
		w.add(0, wide[0])
		w.run(1, 20, append(wide, flood(host(7), 100_000))...)
		w.want("noticed 198.51.100.0/24, noticed 198.51.100.7, merged 198.51.100.0/24, opened 198.51.100.7, eased 198.51.100.7")
	})
}

func TestCustomerStandsAloneWhereNothingInsideExplainsIt(t *testing.T) {
	c := quick
	c.Customers = func(model.TargetID) []string { return []string{"acme"} }
	w := play(t, c)
	w.run(0, 20, flood(host(7), 30_000), flood(model.CustomerID("acme"), 200_000))
	if n := strings.Count(w.reported(), "opened"); n != 2 {
		t.Errorf("told %s", w.reported())
	}
}

func TestLastHostIsSplitOff(t *testing.T) {
	w := play(t, quick)
	var all []model.Anomaly
	for i := range 6 {
		all = append(all, flood(host(byte(i)), 30_000))
	}
	w.run(0, 30, append(all, flood(prefix(24), 250_000))...)
	for s := 31.0; s < 100; s++ {
		w.add(s, flood(host(3), 30_000))
	}
	var own *model.Change
	for i, c := range w.log {
		if c.Type == model.Opened && c.Incident.Target == host(3) {
			own = &w.log[i]
		}
	}
	if own == nil || own.Incident.SplitFrom == "" || own.At != at(90) {
		t.Fatalf("told %s", w.reported())
	}
	if open := w.m.Open(); len(open) != 2 || open[0].State != model.Easing {
		t.Errorf("open %+v", open)
	}
}

func TestTooManyTargetsAreReportedTogether(t *testing.T) {
	c := quick
	c.Active = 50
	w := play(t, c)
	var all []model.Anomaly
	for i := range 5000 {
		all = append(all, flood(model.HostID(model.Addr4(0x0a000000+uint32(i)<<12)), 30_000))
	}
	for s := 0.0; s < 100; s++ {
		w.add(s, all...)
	}
	open := w.m.Open()
	whole := open[len(open)-1]
	if len(open) != 51 || whole.Target != model.NetworkID() || whole.HostCount != maxMembers || len(whole.Hosts) != maxHosts || whole.State != model.Open {
		t.Fatalf("%d open, last %+v", len(open), whole)
	}
	if w.m.Stats().Folded == 0 {
		t.Error("not counted")
	}
	w.wait(1000)
	if n := len(w.m.Open()); n != 0 {
		t.Errorf("%d open in the end", n)
	}
}

func TestDirectionsAreApart(t *testing.T) {
	w := play(t, quick)
	out := flood(host(7), 30_000)
	out.Direction = model.Out
	w.run(0, 20, flood(host(7), 30_000), out)
	if n := strings.Count(w.reported(), "opened"); n != 2 {
		t.Errorf("told %s", w.reported())
	}
}

// TestYoungCustomerNarrowsToItsHost: a customer's incident that began just before
// the host's was noticed is the host's; an older one stays.
func TestYoungCustomerNarrowsToItsHost(t *testing.T) {
	c := quick
	c.Customers = func(model.TargetID) []string { return []string{"acme"} }
	for wait, merged := range map[float64]bool{10: true, 120: false} {
		w := play(t, c)
		for s := 0.0; s < wait; s++ {
			w.add(s, flood(model.CustomerID("acme"), 110_000))
		}
		w.run(wait, wait+20, flood(model.CustomerID("acme"), 110_000), flood(host(7), 100_000))
		if got := strings.Contains(w.reported(), "merged customer:acme"); got != merged {
			t.Errorf("after %.0f s: told %s", wait, w.reported())
		}
	}
}
