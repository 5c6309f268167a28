package alert_test

import (
	"net/netip"
	"testing"
	"time"

	"floodmark/internal/act/alert"
	"floodmark/internal/model"
)

func TestRules(t *testing.T) {
	prefix := func(s string) model.TargetID {
		p := netip.MustParsePrefix(s)
		return model.PrefixID(model.AddrFromNetip(p.Addr()), p.Bits())
	}
	day, dark := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), time.Date(2026, 11, 23, 23, 0, 0, 0, time.UTC)
	critical := func(in *model.Incident) { in.Severity = model.Critical }
	f := func(m alert.Match, ct model.ChangeType, want string, more ...func(*model.Incident)) {
		t.Helper()
		in := incident("a") // warning, 198.51.100.7, in, acme, web
		for _, f := range more {
			f(&in)
		}
		r := []alert.Rule{{Receivers: []string{"q"}}, {Receivers: []string{"p"}, Match: m, Quiet: night}}
		if got := alert.Routed(r, change(&in, ct), true, day); got != want {
			t.Errorf("%+v at %s: %q, want %q", m, ct, got, want)
		}
	}
	type M = alert.Match
	f(M{}, model.Opened, "send")
	f(M{}, model.Noticed, "")
	f(M{}, model.Updated, "")
	f(M{Changes: []model.ChangeType{model.Noticed}}, model.Noticed, "send")
	f(M{Changes: []model.ChangeType{model.Noticed}}, model.Opened, "")
	f(M{Severity: model.Info}, model.Opened, "send")
	f(M{Severity: model.Warning}, model.Opened, "send")
	f(M{Severity: model.Critical}, model.Opened, "")
	f(M{Severity: model.Critical}, model.Opened, "send", critical)
	f(M{Customers: []string{"x", "acme"}}, model.Opened, "send")
	f(M{Customers: []string{"x"}}, model.Opened, "")
	f(M{Groups: []string{"web"}}, model.Opened, "send")
	f(M{Groups: []string{"dns"}}, model.Opened, "")
	f(M{Directions: []model.Direction{model.In}}, model.Opened, "send")
	f(M{Directions: []model.Direction{model.Out}}, model.Opened, "")
	f(M{Targets: []model.TargetID{prefix("198.51.100.0/24")}}, model.Opened, "send")
	f(M{Targets: []model.TargetID{target("198.51.100.7")}}, model.Opened, "send")
	f(M{Targets: []model.TargetID{target("198.51.100.8"), prefix("2001:db8::/48")}}, model.Opened, "")
	f(M{Targets: []model.TargetID{model.CustomerID("acme")}}, model.Opened, "send")
	f(M{Targets: []model.TargetID{model.NetworkID()}}, model.Opened, "send")
	f(M{Customers: []string{"acme"}, Groups: []string{"dns"}}, model.Opened, "")

	// A quiet rule holds back; another one that is not quiet sends.
	in := incident("a")
	quiet := alert.Rule{Receivers: []string{"p"}, Quiet: night}
	loud := alert.Rule{Receivers: []string{"p"}}
	at := func(now time.Time, want string, rules ...alert.Rule) {
		t.Helper()
		if got := alert.Routed(rules, change(&in, model.Opened), false, now); got != want {
			t.Errorf("at %s: %q, want %q", now, got, want)
		}
	}
	at(day, "send", quiet)
	at(dark, "hold", quiet)
	at(dark, "send", quiet, loud)
	in.Severity = model.Critical
	at(dark, "send", quiet)

	// What cannot be the first thing that somebody hears.
	for ct, want := range map[model.ChangeType]string{model.Opened: "send", model.Escalated: "send", model.Changed: "send", model.Resumed: "send", model.Eased: "", model.Ended: ""} {
		in := incident("a")
		if got := alert.Routed([]alert.Rule{loud}, change(&in, ct), false, day); got != want {
			t.Errorf("first %s: %q, want %q", ct, got, want)
		}
	}
}

func TestCustomersHaveTheirReceivers(t *testing.T) {
	c := alert.Config{Receivers: people("p", "q"), Customers: map[string][]string{"acme": {"q"}}, Rules: []alert.Rule{{Receivers: []string{"p"}}}}
	bench(t, c, func(t *testing.T, d *alert.Dispatcher, tapes map[string]*tape) {
		in, other := incident("a"), incident("b")
		other.Customer = "x"
		compose(d, &in, model.Opened)
		compose(d, &other, model.Opened)
		want(t, tapes["p"].stated(), "a opened", "b opened")
		want(t, tapes["q"].stated(), "a opened")
	})
}
